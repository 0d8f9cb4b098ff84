/*
 * The Linux backend as one value, and the small things that its parts share.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "run/linux/linux.h"

/* Both sides hold it for moments; a group is waited for up to a second. */
enum { ENTER_WAIT_MS = 5000 };

const struct backend backend_native = {
	.name = "linux",
	.start = linux_start,
	.stop = linux_stop,
	.end = linux_end,
	.enter = linux_enter,
	.probe = linux_probe,
	.manage = linux_manage,
	.renew = linux_renew,
	.clear = linux_clear,
	.doctor = linux_doctor,
};

int
linux_enter_lock(const struct store *s, const char *name, bool alone, int *ret_fd, struct err *e)
{
	char what[80];

	snprintf(what, sizeof(what), "enter.%s", name);
	return alone ? store_lock(s, what, "clear", ENTER_WAIT_MS, ret_fd, e)
		     : store_lock_shared(s, what, ENTER_WAIT_MS, ret_fd, e);
}

void
linux_cgroup_path(const char *root, const char *name, char *ret, size_t size)
{
	uint64_t hash = 0xcbf29ce484222325;

	for (const char *p = root; *p != '\0'; p++)
		hash = (hash ^ (unsigned char)*p) * 0x100000001b3;
	snprintf(ret, size, "warder/%08x-%s", (unsigned)(hash ^ hash >> 32), name);
}

bool
linux_has_memfd_noexec(void)
{
	return access("/proc/sys/vm/memfd_noexec", F_OK) == 0;
}

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
linux_report_error(const struct report *r, struct err *e)
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
