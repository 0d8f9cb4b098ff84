/*
 * Owns the copying of extended attributes and of access control lists, which FreeBSD keeps apart: UFS has those of
 * POSIX.1e, one for the file and one for what is made in a directory, ZFS those of NFSv4.  A list that says no more
 * than the mode is left out.
 */
#include "base/xattr.h"

#include <sys/types.h>

#include <sys/acl.h>
#include <sys/extattr.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"

enum { VALUE_MAX = 65536, NAME_LONGEST = 255 };

static int
fail(const char *subject, struct err *e)
{
	return err_sys(e, "copy attributes of", subject);
}

/* That the file system has no such thing is no error. */
static bool
is_none(int err_no)
{
	return err_no == EOPNOTSUPP || err_no == EINVAL || err_no == ENOENT || err_no == ENOATTR;
}

static int
copy_list(int from, int to, acl_type_t type, const struct xattr_rules *r, const char *subject, struct err *e)
{
	int trivial = 0, done;
	acl_t acl = acl_get_fd_np(from, type);

	if (acl == NULL)
		return is_none(errno) ? 0 : fail(subject, e);
	if (type == ACL_TYPE_DEFAULT)
		trivial = acl_get_entry(acl, ACL_FIRST_ENTRY, &(acl_entry_t){NULL}) == 0;
	else if (acl_is_trivial_np(acl, &trivial) < 0)
		trivial = 0;
	if (trivial != 0)
		done = 0;
	else if (r->id_shift != 0)
		done = err_set(
			e, ERR_UNAVAILABLE, "copy", subject, "its access control list cannot be given other ids");
	else
		done = acl_set_fd_np(to, acl, type) < 0 ? fail(subject, e) : 0;
	acl_free(acl);
	return done;
}

static int
copy_lists(int from, int to, const struct xattr_rules *r, const char *subject, struct err *e)
{
	if (fpathconf(from, _PC_ACL_NFS4) > 0)
		return copy_list(from, to, ACL_TYPE_NFS4, r, subject, e);
	if (fpathconf(from, _PC_ACL_EXTENDED) <= 0)
		return 0;
	if (copy_list(from, to, ACL_TYPE_ACCESS, r, subject, e) < 0)
		return -1;
	return copy_list(from, to, ACL_TYPE_DEFAULT, r, subject, e);
}

static int
copy_one(int from, int to, const char *name, char *value, const char *subject, struct err *e)
{
	ssize_t len = extattr_get_fd(from, EXTATTR_NAMESPACE_USER, name, value, VALUE_MAX);

	if (len < 0)
		return errno == ENOATTR ? 0 : fail(subject, e);
	if (len == VALUE_MAX) {
		errno = E2BIG;
		return fail(subject, e);
	}
	return extattr_set_fd(to, EXTATTR_NAMESPACE_USER, name, value, (size_t)len) < 0 ? fail(subject, e) : 0;
}

/* Of each name its length, one byte, and its bytes. */
static int
copy_named(int from, int to, const uint8_t *names, size_t len, const char *subject, struct err *e)
{
	int r = 0;
	char *value = malloc(VALUE_MAX);

	if (value == NULL)
		arena_out_of_memory();
	for (size_t at = 0; r == 0 && at < len && at + 1 + names[at] <= len; at += 1 + (size_t)names[at]) {
		char name[NAME_LONGEST + 1];
		memcpy(name, names + at + 1, names[at]);
		name[names[at]] = '\0';
		r = copy_one(from, to, name, value, subject, e);
	}
	free(value);
	return r;
}

int
xattr_copy(int from, int to, const struct xattr_rules *r, const char *subject, struct err *e)
{
	if (from < 0 || to < 0)
		return 0;
	ssize_t len = extattr_list_fd(from, EXTATTR_NAMESPACE_USER, NULL, 0);
	if (len < 0 && !is_none(errno))
		return fail(subject, e);
	if (len > 0) {
		uint8_t *names = malloc((size_t)len);
		if (names == NULL)
			arena_out_of_memory();
		ssize_t got = extattr_list_fd(from, EXTATTR_NAMESPACE_USER, names, (size_t)len);
		int done = got < 0 ? fail(subject, e) : copy_named(from, to, names, (size_t)got, subject, e);
		free(names);
		if (done < 0)
			return -1;
	}
	return copy_lists(from, to, r, subject, e);
}

ssize_t
xattr_value(int fd, const char *name, void *value, size_t size)
{
	errno = ENOATTR;
	return -1;
}
