/*
 * Logs: each file is one jail's, and none is a file of the system's or lies where others can write.  Whether what is
 * there is a log, and who can write its directory, is known only when it is opened (store/log.c).
 */
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "config/check.h"
#include "config/lex.h"

static const char *const no_places[] = {"/bin", "/boot", "/dev", "/etc", "/lib", "/lib32", "/lib64", "/libx32", "/proc",
	"/sbin", "/sys", "/tmp", "/usr", "/var/tmp"};

static int
check_place(const struct config *c, const struct jail *j, struct err *e)
{
	const struct srcloc *at = jail_at(j, KEY_CONSOLELOG);

	if (path_overlaps(c->root, j->consolelog))
		return fail_at(
			e, at, "exec.consolelog", j->consolelog, "lies under root %s, where jails can write", c->root);
	for (size_t i = 0; i < sizeof(no_places) / sizeof(*no_places); i++)
		if (path_contains(no_places[i], j->consolelog))
			return fail_at(
				e, at, "exec.consolelog", j->consolelog, "%s is no place for a log", no_places[i]);
	return strchr(j->consolelog + 1, '/')
		       ? 0
		       : fail_at(e, at, "exec.consolelog", j->consolelog, "/ is no place for a log");
}

static int
compare_logs(const void *a, const void *b)
{
	const struct jail *const *x = a, *const *y = b;
	const int r = strcmp((*x)->consolelog, (*y)->consolelog);

	return r ? r : (*x > *y) - (*x < *y);
}

int
config_check_logs(const struct config *c, struct arena *a, struct err *e)
{
	const struct jail **v = arena_array(a, c->njails + 1, sizeof(*v));
	size_t n = 0;

	for (size_t i = 0; i < c->njails; i++) {
		if (!c->jails[i].consolelog)
			continue;
		if (check_place(c, &c->jails[i], e) < 0)
			return -1;
		v[n++] = &c->jails[i];
	}
	qsort(v, n, sizeof(*v), compare_logs);
	for (size_t i = 1; i < n; i++) {
		if (strcmp(v[i - 1]->consolelog, v[i]->consolelog) != 0)
			continue;
		fail_at(e, jail_at(v[i], KEY_CONSOLELOG), "exec.consolelog", v[i]->consolelog,
			"is the log of jail %s, too", v[i - 1]->name);
		return err_hint(e, "${name} in it stands for the jail's name");
	}
	return 0;
}
