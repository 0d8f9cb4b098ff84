/*
 * Owns the comparison.
 */
#include "run/freebsd/mounts.h"

#include <string.h>

#include "base/str.h"

static const struct fbsd_arg *
find(const struct fbsd_args *l, const char *name)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->v[i].name, name) == 0)
			return &l->v[i];
	return NULL;
}

static bool
has_flags(const struct fbsd_args *l, const struct fbsd_seen *m)
{
	const struct {
		const char *name;
		bool is_set;
	} rows[] = {{"ro", m->ro}, {"nosuid", m->nosuid}, {"noexec", m->noexec}, {"nosymfollow", m->nosymfollow}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (find(l, rows[i].name) != NULL && !rows[i].is_set)
			return false;
	return true;
}

/* view "/j/a", path "t/var": "/j/a/t/var"; path "": "/j/a". */
static bool
is_at(const char *on, const char *view, const char *path)
{
	size_t len = strlen(view);

	if (strncmp(on, view, len) != 0)
		return false;
	return *path == '\0' ? on[len] == '\0' : on[len] == '/' && strcmp(on + len + 1, path) == 0;
}

bool
fbsd_is_beneath(const char *view, const char *path)
{
	size_t len = strlen(view);

	return strncmp(path, view, len) == 0 && (path[len] == '\0' || path[len] == '/');
}

static const char *
text_of(const struct fbsd_args *l, const char *name)
{
	const struct fbsd_arg *arg = find(l, name);

	return arg != NULL ? arg->text : "";
}

static int
check_one(const struct fbsd_step *s, const struct fbsd_seen *m, struct err *e)
{
	const struct fbsd_arg *target = find(&s->args, "target");

	if (strcmp(m->fstype, text_of(&s->args, "fstype")) != 0)
		return err_set(e, ERR_FAILED, "check mounts", m->on, "it is of type %s", m->fstype);
	if (target != NULL && strcmp(m->from, target->text) != 0)
		return err_set(e, ERR_FAILED, "check mounts", m->on, "it is %s", m->from);
	if (!has_flags(&s->args, m))
		return err_set(e, ERR_FAILED, "check mounts", m->on, "it lacks a flag of the plan");
	return 0;
}

/* In the order of both: the kernel lists mounts as they were made. */
int
fbsd_mounts_check(const struct fbsd_plan *p, const char *view, const struct fbsd_seen *seen, size_t n, struct err *e)
{
	size_t at = 0;

	for (size_t i = 0; i < p->nsteps; i++) {
		const struct fbsd_step *s = &p->steps[i];
		bool here = s->kind == FBSD_MOUNT && at < n && is_at(seen[at].on, view, s->path);

		if (s->kind != FBSD_MOUNT || (!here && s->optional))
			continue;
		if (!here)
			return err_set(e, ERR_FAILED, "check mounts", text_of(&s->args, "fspath"), "%s",
				at < n ? "another mount is in its place" : "it is not there");
		if (check_one(s, &seen[at++], e) < 0)
			return -1;
	}
	return at < n ? err_set(e, ERR_FAILED, "check mounts", seen[at].on, "the plan has no such mount") : 0;
}

/* The names of warder's ruleset, and what devfs(5) always has. */
static const char *const devices[] = {
	"fd", "full", "null", "ptmx", "pts", "random", "stderr", "stdin", "stdout", "tty", "urandom", "zero"};

bool
fbsd_device_is_allowed(const char *name)
{
	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++)
		if (strcmp(name, devices[i]) == 0)
			return true;
	return str_has_prefix(name, "fd/") || str_has_prefix(name, "pts/");
}
