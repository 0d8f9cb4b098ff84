/*
 * Owns the layout of the two system calls' argument.
 */
#include "run/freebsd/iov.h"

#include <string.h>

static struct iovec
text(const char *s, struct arena *a)
{
	return (struct iovec){arena_strdup(a, s), strlen(s) + 1};
}

static struct iovec
value(const struct fbsd_arg *arg, struct arena *a)
{
	struct iovec v = {NULL, 0};

	switch (arg->kind) {
	case FBSD_FLAG:
		break;
	case FBSD_TEXT:
		v = text(arg->text, a);
		break;
	case FBSD_NUMBER:
		v = (struct iovec){arena_alloc(a, sizeof(arg->number)), sizeof(arg->number)};
		memcpy(v.iov_base, &arg->number, v.iov_len);
		break;
	case FBSD_BYTES:
		v = (struct iovec){arena_alloc(a, arg->nbytes), arg->nbytes};
		memcpy(v.iov_base, arg->bytes, v.iov_len);
		break;
	}
	return v;
}

struct iovec *
fbsd_iov(const struct fbsd_args *l, struct arena *a)
{
	struct iovec *iov = arena_array(a, 2 * (l->n + 1), sizeof(*iov));

	for (size_t i = 0; i < l->n; i++) {
		iov[2 * i] = text(l->v[i].name, a);
		iov[2 * i + 1] = value(&l->v[i], a);
	}
	return iov;
}
