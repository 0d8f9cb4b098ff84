/*
 * One rtnetlink socket: build a request, send it, wait for its answer.
 */
#ifndef WARDER_NET_RTNL_H
#define WARDER_NET_RTNL_H

#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>

#include "base/err.h"

/* It stays in the network namespace in which it was opened. */
struct rtnl {
	struct mnl_socket *socket;
	uint32_t seq;
};
#define rtnl_auto __attribute__((cleanup(rtnl_close))) struct rtnl

enum { RTNL_MESSAGE_MAX = 1024 };
/* A request in the making; large enough for all of ours. */
struct rtnl_message {
	_Alignas(struct nlmsghdr) char bytes[RTNL_MESSAGE_MAX];
};

int rtnl_open(struct rtnl *ret, struct err *e) must_check;
void rtnl_close(struct rtnl *r);
/* Pure: an empty request of this type; flags besides NLM_F_REQUEST. */
struct nlmsghdr *rtnl_begin(struct rtnl_message *m, uint16_t type, uint16_t flags);

/* Sends it with NLM_F_ACK and waits.  The kernel's own explanation becomes the error's reason. */
int rtnl_do(struct rtnl *r, struct nlmsghdr *request, const char *op, const char *subject, struct err *e) must_check;
/*
 * As rtnl_do, for a question; calls each for every message of the answer.  absent: an errno that only says that there
 * is no such thing, for which 0 is returned with no message seen; 0: none.
 */
int rtnl_ask(struct rtnl *r, struct nlmsghdr *request, mnl_cb_t each, void *arg, int absent, const char *op,
	const char *subject, struct err *e) must_check;

#endif
