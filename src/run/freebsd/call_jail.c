/*
 * Owns jail_set(2), jail_get(2) and jail_remove(2), and libjail's list of parameters.  jail_attach(2) is in
 * init/way_freebsd.c.
 */
#include <sys/param.h> /* before the others, as they want it */

#include <sys/jail.h>
#include <sys/uio.h>

#include <errno.h>
#include <jail.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "run/freebsd/call.h"
#include "run/freebsd/iov.h"

enum { JAIL_ERROR_LEN = 1024 };

int
fbsd_kernel_ask(unsigned ruleset, struct arena *a, struct fbsd_kernel *ret, struct err *e)
{
	struct fbsd_kernel k = {.devfs_ruleset = ruleset};
	struct jailparam *params;
	int n = jailparam_all(&params);

	if (n < 0)
		return err_set(e, ERR_UNAVAILABLE, "jailparam_all", "security.jail.param", "%s", jail_errmsg);
	for (int i = 0; i < n; i++)
		strv_add(a, &k.params, arena_strdup(a, params[i].jp_name));
	jailparam_free(params, (unsigned)n);
	free(params);
	*ret = k;
	return 0;
}

int
fbsd_jail_create(const struct fbsd_args *l, struct err *e)
{
	struct arena a = {0};
	char why[JAIL_ERROR_LEN] = "";
	struct iovec *iov = fbsd_iov(l, &a);
	int jid;

	iov[2 * l->n] = (struct iovec){arena_strdup(&a, "errmsg"), sizeof("errmsg")};
	iov[2 * l->n + 1] = (struct iovec){why, sizeof(why)};
	jid = jail_set(iov, (unsigned)(2 * (l->n + 1)), JAIL_CREATE);
	if (jid < 0 && why[0] != '\0')
		err_set(e, errno == EEXIST ? ERR_BUSY : ERR_FAILED, "jail_set", l->v[0].text, "%s", why);
	else if (jid < 0)
		err_sys(e, "jail_set", l->v[0].text);
	arena_done(&a);
	return jid;
}

/* flags: JAIL_DYING to see those without processes, too.  0 and *ret, or -1 with errno. */
static int
ask(int jid, int flags)
{
	char name[] = "jid";
	struct iovec iov[] = {{name, sizeof(name)}, {&jid, sizeof(jid)}};

	return jail_get(iov, 2, flags);
}

int
fbsd_jail_find(const char *name, const char *view, struct err *e)
{
	static char name_key[] = "name", path_key[] = "path", error_key[] = "errmsg";
	char path[MAXPATHLEN] = "", why[JAIL_ERROR_LEN] = "";
	struct arena a = {0};
	char *copy = arena_strdup(&a, name);
	struct iovec iov[] = {{name_key, sizeof(name_key)}, {copy, strlen(copy) + 1}, {path_key, sizeof(path_key)},
		{path, sizeof(path)}, {error_key, sizeof(error_key)}, {why, sizeof(why)}};
	int jid = jail_get(iov, sizeof(iov) / sizeof(iov[0]), 0);
	int error = errno;

	arena_done(&a);
	errno = error;
	if (jid < 0 && error == ENOENT)
		return 0;
	if (jid < 0)
		return why[0] != '\0' ? err_set(e, ERR_FAILED, "jail_get", name, "%s", why)
				      : err_sys(e, "jail_get", name);
	if (strcmp(path, view) != 0)
		return err_set(e, ERR_BUSY, "find", name, "another jail has that name, at %s", path);
	return jid;
}

int
fbsd_jail_remove(int jid, bool *ret_dying, struct err *e)
{
	enum { TRIES = 500 };
	const struct timespec pause = {.tv_nsec = 10 * 1000 * 1000};
	char number[16];

	snprintf(number, sizeof(number), "%d", jid);
	*ret_dying = false;
	for (int i = 0; i < TRIES; i++) {
		if (jail_remove(jid) < 0 && errno != EINVAL)
			return err_sys(e, "jail_remove", number);
		if (ask(jid, JAIL_DYING) < 0 && errno == ENOENT)
			return 0;
		nanosleep(&pause, NULL);
	}
	if (ask(jid, 0) >= 0 || errno != ENOENT)
		return err_set(e, ERR_BUSY, "jail_remove", number, "processes of it do not end");
	*ret_dying = true;
	return 0;
}
