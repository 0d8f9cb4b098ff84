/*
 * Owns the socket between a starter and the process on its way in.  Messages are told apart by their size and by what
 * comes with them; a field that came from inside is never trusted to end in NUL (messages_report_error).
 */
#include "run/messages.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fd.h"

/* A field that came from inside the jail may lack its NUL. */
static void
take(char *field, size_t size, const char *from, size_t from_size)
{
	size_t n = strnlen(from, from_size);

	n = n < size ? n : size - 1;
	memcpy(field, from, n);
	field[n] = '\0';
}

int
messages_report_error(const struct report *r, struct err *e)
{
	struct err got = {.kind = ERR_FAILED, .err_no = r->err_no};

	if (r->kind > ERR_NONE && r->kind < ERR_NKINDS)
		got.kind = (uint8_t)r->kind;
	take(got.op, sizeof(got.op), r->op, sizeof(r->op));
	take(got.subject, sizeof(got.subject), r->subject, sizeof(r->subject));
	take(got.reason, sizeof(got.reason), r->reason, sizeof(r->reason));
	*e = got;
	return -1;
}

union control {
	char buf[CMSG_SPACE(sizeof(int))];
	struct cmsghdr align;
};

int
messages_send_master(int socket, int master, struct err *e)
{
	union control control = {0};
	struct report r = {.ok = 1};
	struct iovec iov = {&r, sizeof(r)};
	struct msghdr m = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control.buf, .msg_controllen = sizeof(control.buf)};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &master, sizeof(int));
	return sendmsg(socket, &m, MSG_NOSIGNAL) < 0 ? err_sys(e, "send", "pty") : 0;
}

/* True if one came with the message. */
static bool
take_master(struct msghdr *m, struct news *n)
{
	const struct cmsghdr *c = CMSG_FIRSTHDR(m);

	if (c == NULL || c->cmsg_type != SCM_RIGHTS)
		return false;
	fd_close(&n->master);
	memcpy(&n->master, CMSG_DATA(c), sizeof(int));
	return true;
}

int
messages_receive(int socket, struct news *n, struct err *e)
{
	union control control;
	struct report r;
	struct iovec iov = {&r, sizeof(r)};
	struct msghdr m = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control.buf, .msg_controllen = sizeof(control.buf)};
	bool is_master;
	ssize_t got;

	do
		got = recvmsg(socket, &m, MSG_CMSG_CLOEXEC);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return err_sys(e, "receive", "report");
	if (got == 0)
		return 1;
	is_master = take_master(&m, n);
	if (got == sizeof(int)) {
		memcpy(&n->pid, &r, sizeof(int));
		return 0;
	}
	if (got != sizeof(r))
		return err_set(e, ERR_FAILED, "receive", "report", "malformed");
	if (!r.ok)
		return messages_report_error(&r, e);
	n->ready = n->ready || !is_master;
	return 0;
}
