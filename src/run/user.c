/*
 * Owns the look-up of users in the files of a skeleton, which a process rooted there would find at /etc.
 */
#include "run/user.h"

#include <stdlib.h>
#include <string.h>

enum { TERM_MAX = 32 };

int
user_find(const struct store *s, const char *skel, const char *spec, struct arena *a, struct user *ret, struct err *e)
{
	return store_jail_user(s, skel, spec != NULL ? spec : "0", a, ret, e);
}

const char *
user_terminal(bool tty)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-+._";
	const char *t = tty ? getenv("TERM") : NULL;

	if (t == NULL || *t == '\0' || strlen(t) > TERM_MAX)
		return NULL;
	return t[strspn(t, plain)] == '\0' ? t : NULL;
}
