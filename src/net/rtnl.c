/*
 * rtnetlink by libmnl: sequence numbers, acknowledgements, and errors in the kernel's own words (NETLINK_EXT_ACK).
 */
#include "net/rtnl.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

enum { ANSWER_MAX = 32768 };

struct answer {
	mnl_cb_t each;
	void *arg;
	int err_no;
	char reason[128];
};

int
rtnl_open(struct rtnl *ret, struct err *e)
{
	struct rtnl r = {.socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC)};
	int on = 1;

	if (r.socket == NULL)
		return err_sys(e, "socket", "rtnetlink");
	if (mnl_socket_setsockopt(r.socket, NETLINK_EXT_ACK, &on, sizeof(on)) < 0 ||
		mnl_socket_setsockopt(r.socket, NETLINK_CAP_ACK, &on, sizeof(on)) < 0 ||
		mnl_socket_setsockopt(r.socket, NETLINK_GET_STRICT_CHK, &on, sizeof(on)) < 0 ||
		mnl_socket_bind(r.socket, 0, MNL_SOCKET_AUTOPID) < 0) {
		err_sys(e, "setsockopt", "rtnetlink");
		rtnl_close(&r);
		return -1;
	}
	*ret = r;
	return 0;
}

void
rtnl_close(struct rtnl *r)
{
	if (r->socket != NULL)
		mnl_socket_close(r->socket);
	r->socket = NULL;
}

struct nlmsghdr *
rtnl_begin(struct rtnl_message *m, uint16_t type, uint16_t flags)
{
	struct nlmsghdr *h = mnl_nlmsg_put_header(m->bytes);

	h->nlmsg_type = type;
	h->nlmsg_flags = NLM_F_REQUEST | flags;
	return h;
}

static int
explanation_attr(const struct nlattr *attr, void *arg)
{
	struct answer *a = arg;
	size_t n;

	if (mnl_attr_get_type(attr) != NLMSGERR_ATTR_MSG)
		return MNL_CB_OK;
	n = strnlen(mnl_attr_get_payload(attr), mnl_attr_get_payload_len(attr));
	if (n >= sizeof(a->reason))
		n = sizeof(a->reason) - 1;
	memcpy(a->reason, mnl_attr_get_payload(attr), n);
	a->reason[n] = '\0';
	return MNL_CB_OK;
}

/* NLMSG_ERROR: an acknowledgement, or a failure with the kernel's explanation. */
static int
answer_ack(const struct nlmsghdr *h, void *arg)
{
	const struct nlmsgerr *ack = mnl_nlmsg_get_payload(h);
	struct answer *a = arg;

	if (mnl_nlmsg_get_payload_len(h) < sizeof(*ack)) {
		a->err_no = EBADMSG;
		return MNL_CB_STOP;
	}
	a->err_no = -ack->error;
	if (a->err_no != 0 && (h->nlmsg_flags & NLM_F_ACK_TLVS) != 0)
		(void)mnl_attr_parse(h, sizeof(*ack), explanation_attr, a);
	return MNL_CB_STOP;
}

/* NLMSG_DONE ends a dump and carries its errno. */
static int
answer_done(const struct nlmsghdr *h, void *arg)
{
	struct answer *a = arg;
	int32_t code = 0;

	if (mnl_nlmsg_get_payload_len(h) >= sizeof(code))
		memcpy(&code, mnl_nlmsg_get_payload(h), sizeof(code));
	a->err_no = -code;
	return MNL_CB_STOP;
}

static int
answer_each(const struct nlmsghdr *h, void *arg)
{
	struct answer *a = arg;

	return a->each == NULL ? MNL_CB_OK : a->each(h, a->arg);
}

static int
answer_wait(struct rtnl *r, struct answer *a)
{
	mnl_cb_t control[NLMSG_MIN_TYPE] = {[NLMSG_ERROR] = answer_ack, [NLMSG_DONE] = answer_done};
	char buf[ANSWER_MAX];
	ssize_t n;
	int rc;

	do {
		n = mnl_socket_recvfrom(r->socket, buf, sizeof(buf));
		if (n < 0 && errno == EINTR)
			rc = MNL_CB_OK;
		else if (n < 0)
			return -1;
		else
			rc = mnl_cb_run2(buf, (size_t)n, r->seq, mnl_socket_get_portid(r->socket), answer_each, a,
				control, NLMSG_MIN_TYPE);
	} while (rc > MNL_CB_STOP);
	if (rc == MNL_CB_STOP && a->err_no != 0) {
		errno = a->err_no;
		return -1;
	}
	return rc < 0 ? -1 : 0;
}

int
rtnl_ask(struct rtnl *r, struct nlmsghdr *request, mnl_cb_t each, void *arg, int absent, const char *op,
	const char *subject, struct err *e)
{
	struct answer a = {.each = each, .arg = arg};

	request->nlmsg_seq = ++r->seq;
	request->nlmsg_flags |= NLM_F_ACK;
	if (mnl_socket_sendto(r->socket, request, request->nlmsg_len) < 0)
		return err_sys(e, op, subject);
	if (answer_wait(r, &a) == 0 || (absent != 0 && errno == absent))
		return 0;
	err_sys(e, op, subject);
	(void)snprintf(e->reason, sizeof(e->reason), "%s", a.reason);
	return -1;
}

int
rtnl_do(struct rtnl *r, struct nlmsghdr *request, const char *op, const char *subject, struct err *e)
{
	return rtnl_ask(r, request, NULL, NULL, 0, op, subject, e);
}
