/*
 * Owns the rule for what a brief may look like.  The host writes it, but a wrong one must never become a weaker jail or
 * a wild pointer in pid 1: every offset, count and value is looked at before anything is done.
 */
#include <stdint.h>
#include <string.h>

#include "init/check.h"

bool
brief_has_array(size_t size, struct brief_list l, size_t element, size_t align, uint32_t max)
{
	if (l.n == 0)
		return true;
	return l.n <= max && l.off % align == 0 && l.off >= sizeof(struct brief) && l.off <= size &&
	       l.n <= (size - l.off) / element;
}

static bool
is_string(const char *block, size_t size, uint32_t off)
{
	return off >= sizeof(struct brief) && off < size && memchr(block + off, 0, size - off) != NULL;
}

static bool
is_strings(const char *block, size_t size, struct brief_list l)
{
	size_t off = l.off;

	if (l.n > BRIEF_MAX_STRINGS)
		return false;
	for (uint32_t i = 0; i < l.n; i++) {
		if (off > UINT32_MAX || !is_string(block, size, (uint32_t)off))
			return false;
		off += strlen(block + off) + 1;
	}
	return true;
}

static bool
is_name(const char *s)
{
	return *s && strlen(s) <= 255 && !strchr(s, '/') && strcmp(s, ".") != 0 && strcmp(s, "..") != 0;
}

static bool
is_id(uint32_t id)
{
	return id != UINT32_MAX;
}

static bool
has_rundirs(const struct brief *b)
{
	const char *block = (const char *)b;
	const struct brief_rundir *d = (const struct brief_rundir *)(const void *)(block + b->rundirs.off);

	if (!brief_has_array(b->size, b->rundirs, sizeof(*d), 4, BRIEF_MAX_RUNDIRS))
		return false;
	for (uint32_t i = 0; i < b->rundirs.n; i++)
		if (!is_string(block, b->size, d[i].name) || !is_name(block + d[i].name) || !is_id(d[i].uid) ||
			!is_id(d[i].gid) || d[i].mode > 07777)
			return false;
	return true;
}

static bool
has_rlimits(const struct brief *b)
{
	const struct brief_rlimit *l = (const struct brief_rlimit *)(const void *)((const char *)b + b->rlimits.off);

	if (!brief_has_array(b->size, b->rlimits, sizeof(*l), 8, BRIEF_MAX_RLIMITS))
		return false;
	for (uint32_t i = 0; i < b->rlimits.n; i++)
		if (l[i].resource < 0 || l[i].resource > 15 || l[i].soft > l[i].hard)
			return false;
	return true;
}

static bool
has_groups(const struct brief *b)
{
	const uint32_t *g = (const uint32_t *)(const void *)((const char *)b + b->groups.off);

	if (!brief_has_array(b->size, b->groups, sizeof(*g), 4, BRIEF_MAX_GROUPS))
		return false;
	for (uint32_t i = 0; i < b->groups.n; i++)
		if (!is_id(g[i]))
			return false;
	return true;
}

static bool
has_mode(const struct brief *b)
{
	return b->mode >= BRIEF_INIT && b->mode <= BRIEF_RUN;
}

static bool
has_flags(const struct brief *b)
{
	return (b->flags & ~(uint32_t)(BRIEF_HAS_LANDLOCK | BRIEF_WX_DENY | BRIEF_CTTY | BRIEF_CWD | BRIEF_PROGRAM)) ==
		       0 &&
	       (!(b->flags & BRIEF_PROGRAM) || b->mode == BRIEF_EXEC);
}

static bool
has_ids(const struct brief *b)
{
	return is_id(b->uid) && is_id(b->gid);
}

static bool
has_argv(const struct brief *b)
{
	if (!is_strings((const char *)b, b->size, b->argv))
		return false;
	return b->argv.n ? *brief_string(b, b->argv.off) != 0 : b->mode == BRIEF_INIT;
}

static bool
has_env(const struct brief *b)
{
	return is_strings((const char *)b, b->size, b->env);
}

static bool
has_cwd(const struct brief *b)
{
	return is_string((const char *)b, b->size, b->cwd) && *brief_string(b, b->cwd) == '/';
}

static bool
has_umask(const struct brief *b)
{
	return b->umask <= 0777;
}

static bool
has_commands(const struct brief *b)
{
	return is_strings((const char *)b, b->size, b->start) && is_strings((const char *)b, b->size, b->stop);
}

static bool
has_policy(const struct brief *b)
{
	return b->mode != BRIEF_INIT || (b->stop_signal >= 1 && b->stop_signal <= 64 && b->restart <= 2);
}

static const struct {
	const char *name;
	bool (*is_right)(const struct brief *b);
} fields[] = {
	{"mode", has_mode},
	{"flags", has_flags},
	{"uid, gid", has_ids},
	{"groups", has_groups},
	{"argv", has_argv},
	{"env", has_env},
	{"cwd", has_cwd},
	{"umask", has_umask},
	{"seccomp", brief_has_filter},
	{"rlimits", has_rlimits},
	{"rundirs", has_rundirs},
	{"start, stop", has_commands},
	{"stop_signal, restart", has_policy},
};

const char *
brief_fault(const void *block, size_t size)
{
	const struct brief *b = block;

	if (size < sizeof(*b) || size > BRIEF_MAX)
		return "size";
	if (b->magic != BRIEF_MAGIC)
		return "magic";
	if (b->size != size)
		return "size";
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (!fields[i].is_right(b))
			return fields[i].name;
	return NULL;
}

void
brief_strings(const struct brief *b, struct brief_list l, const char **v)
{
	const char *s = brief_string(b, l.off);

	for (uint32_t i = 0; i < l.n; i++, s += strlen(s) + 1)
		v[i] = s;
	v[l.n] = NULL;
}

const char *
brief_string_at(const struct brief *b, struct brief_list l, uint32_t i)
{
	const char *s = brief_string(b, l.off);

	while (i-- > 0)
		s += strlen(s) + 1;
	return s;
}
