/*
 * Owns the copying of extended attributes.  Files are named by /proc/self/fd, which works for every kind of file that
 * O_PATH can hold, where fgetxattr(2) works only for those that can be opened.
 */
#include "base/xattr.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>

#include "base/arena.h"
#include "base/str.h"

static int
fail(const char *name, const char *subject, struct err *e)
{
	int saved = errno;
	str_auto op = {0};
	str_addf(&op, "copy attribute %s", name);
	errno = saved;
	return err_sys(e, str_text(&op), subject);
}

static int
copy_one(const char *from, const char *to, const char *name, char *value, size_t size, const struct xattr_rules *r,
	const char *subject, struct err *e)
{
	ssize_t len = getxattr(from, name, value, size);
	if (len < 0)
		return errno == ENODATA ? 0 : fail(name, subject, e);
	if (r->id_shift != 0 && str_has_prefix(name, "system.posix_acl_") &&
		xattr_shift_acl(value, (size_t)len, r->id_shift, r->id_count) < 0)
		return err_set(e, ERR_FAILED, "copy", subject, "its access control list has an id over %u",
			(unsigned)(r->id_count - 1));
	return setxattr(to, name, value, (size_t)len, 0) < 0 ? fail(name, subject, e) : 0;
}

static int
copy_all(const char *from, const char *to, const char *names, size_t len, const struct xattr_rules *r,
	const char *subject, struct err *e)
{
	enum { VALUE_MAX = 65536 }; /* XATTR_SIZE_MAX */
	int result = 0;
	char *value = malloc(VALUE_MAX);
	if (value == NULL)
		arena_out_of_memory();
	for (const char *name = names; name < names + len && result == 0; name += strlen(name) + 1)
		if (!r->no_capabilities || strcmp(name, "security.capability") != 0)
			result = copy_one(from, to, name, value, VALUE_MAX, r, subject, e);
	free(value);
	return result;
}

int
xattr_copy(int from, int to, const struct xattr_rules *r, const char *subject, struct err *e)
{
	char source[32], target[32];
	snprintf(source, sizeof(source), "/proc/self/fd/%d", from);
	snprintf(target, sizeof(target), "/proc/self/fd/%d", to);
	ssize_t len = listxattr(source, NULL, 0);
	if (len == 0 || (len < 0 && errno == EOPNOTSUPP))
		return 0;
	if (len < 0)
		return fail("names", subject, e);
	char *names = malloc((size_t)len + 1);
	if (names == NULL)
		arena_out_of_memory();
	len = listxattr(source, names, (size_t)len);
	int result = len < 0 ? fail("names", subject, e) : copy_all(source, target, names, (size_t)len, r, subject, e);
	free(names);
	return result;
}

ssize_t
xattr_value(int fd, const char *name, void *value, size_t size)
{
	return fgetxattr(fd, name, value, size);
}
