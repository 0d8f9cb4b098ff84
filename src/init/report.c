/*
 * Owns the record that tells the starter what happened, so that no step in the jail needs stdio or memory for it.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "init/report.h"

static void
field_set(char *field, size_t size, const char *text)
{
	size_t n = strnlen(text, size - 1);

	memcpy(field, text, n);
	memset(field + n, 0, size - n);
}

int
report_set(struct report *r, enum err_kind kind, const char *op, const char *subject, const char *reason)
{
	r->ok = 0;
	r->step = 0;
	r->kind = kind;
	r->err_no = 0;
	field_set(r->op, sizeof(r->op), op);
	field_set(r->subject, sizeof(r->subject), subject);
	field_set(r->reason, sizeof(r->reason), reason ? reason : "");
	return -1;
}

static enum err_kind
kind_of(int err_no)
{
	static const struct {
		int err_no;
		enum err_kind kind;
	} rows[] = {
		{EPERM, ERR_NOPERM},
		{EACCES, ERR_NOPERM},
		{ENOSPC, ERR_CANTCREATE},
		{EDQUOT, ERR_CANTCREATE},
		{EROFS, ERR_CANTCREATE},
		{EEXIST, ERR_CANTCREATE},
		{EBUSY, ERR_BUSY},
		{ENOSYS, ERR_UNAVAILABLE},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].err_no == err_no)
			return rows[i].kind;
	return ERR_FAILED;
}

int
report_sys(struct report *r, const char *op, const char *subject)
{
	int err_no = errno;

	report_set(r, kind_of(err_no), op, subject, NULL);
	r->err_no = err_no;
	return -1;
}

int
report_send(const struct report *r)
{
	return send(BRIEF_FD_REPORT, r, sizeof(*r), MSG_NOSIGNAL) == (ssize_t)sizeof(*r) ? 0 : -1;
}
