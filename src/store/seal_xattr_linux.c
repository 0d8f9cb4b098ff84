/*
 * One digest of the extended attributes that give rights or change what is seen: of each, sorted by name, the name with
 * its NUL, the length of the value (32 bits, little-endian) and the value.
 */
#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>

#include "store/seal_xattr.h"

enum { LIST_MAX = 65536, VALUE_MAX = 65536 }; /* XATTR_LIST_MAX, XATTR_SIZE_MAX */

/* Beginnings of names: trusted.overlay.* says which of a layer's directories hide those below. */
static const char *const covered[] = {"security.capability", "system.posix_acl_", "trusted.overlay."};

/* Where they are read from: fd, or its name in /proc if it is PATH_ONLY. */
struct source {
	int fd;
	const char *path; /* NULL: fd */
};

static ssize_t
list(const struct source *from, char *names)
{
	return from->path ? listxattr(from->path, names, LIST_MAX) : flistxattr(from->fd, names, LIST_MAX);
}

static ssize_t
get(const struct source *from, const char *name, char *value)
{
	return from->path ? getxattr(from->path, name, value, VALUE_MAX) : fgetxattr(from->fd, name, value, VALUE_MAX);
}

static bool
is_covered(const char *name)
{
	for (size_t i = 0; i < sizeof(covered) / sizeof(*covered); i++)
		if (str_has_prefix(name, covered[i]))
			return true;
	return false;
}

/* The first covered name after last in the order of bytes; NULL at the end.  There are hardly ever two. */
static const char *
name_after(const char *names, size_t len, const char *last)
{
	const char *next = NULL;

	for (const char *name = names; name < names + len; name += strlen(name) + 1)
		if (is_covered(name) && (!last || strcmp(name, last) > 0) && (!next || strcmp(name, next) < 0))
			next = name;
	return next;
}

static int
hash(struct seal_xattrs *x, const struct source *from, size_t len, struct seal_entry *v)
{
	struct sha256 h;

	sha256_init(&h);
	for (const char *name = NULL; (name = name_after(x->names, len, name));) {
		ssize_t n = get(from, name, x->value);
		uint32_t size = htole32((uint32_t)n);
		if (n < 0)
			return -1;
		sha256_add(&h, name, strlen(name) + 1);
		sha256_add(&h, &size, sizeof(size));
		sha256_add(&h, x->value, (size_t)n);
		v->has_xattrs = true;
	}
	if (v->has_xattrs)
		sha256_end(&h, v->xattrs);
	return 0;
}

static int
read_all(struct seal_xattrs *x, const struct source *from, struct seal_entry *v)
{
	if (!x->names && (!(x->names = malloc(LIST_MAX)) || !(x->value = malloc(VALUE_MAX))))
		arena_out_of_memory();
	ssize_t len = list(from, x->names);
	if (len <= 0)
		return len == 0 || errno == EOPNOTSUPP ? 0 : -1;
	return hash(x, from, (size_t)len, v);
}

void
seal_xattrs_done(struct seal_xattrs *x)
{
	free(x->names);
	free(x->value);
	*x = (struct seal_xattrs){0};
}

int
seal_xattrs_of_fd(struct seal_xattrs *x, int fd, struct seal_entry *v)
{
	return read_all(x, &(struct source){.fd = fd}, v);
}

int
seal_xattrs_of_path(struct seal_xattrs *x, int pathfd, struct seal_entry *v)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", pathfd);
	return read_all(x, &(struct source){.path = path}, v);
}
