/*
 * Owns the reading of a jail's passwd(5) and group(5) as text that a jail's packages wrote: every field is checked, no
 * line is trusted, nothing but these bytes is consulted.
 */
#include "base/passwd.h"

#include <string.h>

#include "base/str.h"

enum { PASSWD_FIELDS = 7, GROUP_FIELDS = 4, FIELDS_MAX = PASSWD_FIELDS };

struct slice {
	const char *s;
	size_t n;
};

static bool
slice_is(struct slice a, const char *s)
{
	return strlen(s) == a.n && memcmp(a.s, s, a.n) == 0;
}

/* The text before the next sep; *rest goes on after it, NULL at the end. */
static struct slice
slice_cut(struct slice *rest, char sep)
{
	const char *end = memchr(rest->s, sep, rest->n);
	struct slice part = {rest->s, end == NULL ? rest->n : (size_t)(end - rest->s)};
	if (end == NULL)
		*rest = (struct slice){0};
	else
		*rest = (struct slice){end + 1, rest->n - part.n - 1};
	return part;
}

/* An id as digits only.  -1: not a number; 1: one that no user may have (over what 32 bits hold counts as that). */
static int
parse_id(struct slice text, uint32_t limit, uint32_t *ret)
{
	uint64_t value = 0;
	if (text.n == 0)
		return -1;
	for (size_t i = 0; i < text.n; i++) {
		if (text.s[i] < '0' || text.s[i] > '9')
			return -1;
		if (value <= UINT32_MAX)
			value = value * 10 + (uint64_t)(text.s[i] - '0');
	}
	if (value >= limit || value >= UINT32_MAX)
		return 1;
	*ret = (uint32_t)value;
	return 0;
}

/* gcc 12's analyzer does not see that all `want` fields were filled and last_id is one of them (docs/lint.md). */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wanalyzer-use-of-uninitialized-value"
#endif

/* The next line with exactly want fields, a name and digits in the id fields from 2 to last_id.  False at the end. */
static bool
next_entry(struct slice *text, size_t want, size_t last_id, struct slice *fields)
{
	while (text->s != NULL && text->n > 0) {
		struct slice line = slice_cut(text, '\n');
		size_t n = 0;
		uint32_t id;
		while (line.s != NULL && n < want)
			fields[n++] = slice_cut(&line, ':');
		if (n < want || line.s != NULL || fields[0].n == 0 || strchr("#+-", fields[0].s[0]) != NULL)
			continue;
		size_t i = 2;
		while (i <= last_id && parse_id(fields[i], UINT32_MAX, &id) >= 0)
			i++;
		if (i > last_id)
			return true;
	}
	return false;
}

static struct slice
slice_of(const char *s)
{
	struct slice text = {s, s == NULL ? 0 : strlen(s)};
	return text;
}

static int
bad_id(const char *op, const char *subject, uint32_t limit, struct err *e)
{
	return err_set(e, ERR_FAILED, op, subject, "its id is over %u", (unsigned)(limit - 1));
}

static int
entry_id(struct slice field, uint32_t limit, const char *op, const char *subject, uint32_t *ret, struct err *e)
{
	return parse_id(field, limit, ret) == 0 ? 0 : bad_id(op, subject, limit, e);
}

/* The entry whose name is spec, else, if spec is a number, the one with that id.  False: none. */
static bool
find_entry(const char *text, const char *spec, size_t want, size_t last_id, struct slice *ret_fields)
{
	uint32_t number = 0, id = 0;
	struct slice rest = slice_of(text);
	while (next_entry(&rest, want, last_id, ret_fields))
		if (slice_is(ret_fields[0], spec))
			return true;
	if (parse_id(slice_of(spec), UINT32_MAX, &number) != 0)
		return false;
	rest = slice_of(text);
	while (next_entry(&rest, want, last_id, ret_fields))
		if (parse_id(ret_fields[2], UINT32_MAX, &id) == 0 && id == number)
			return true;
	return false;
}

int
group_lookup(const char *group, const char *spec, uint32_t limit, uint32_t *ret_gid, struct err *e)
{
	static const char op[] = "look up group";
	struct slice fields[FIELDS_MAX];
	if (find_entry(group, spec, GROUP_FIELDS, 2, fields))
		return entry_id(fields[2], limit, op, spec, ret_gid, e);
	int parsed = parse_id(slice_of(spec), limit, ret_gid);
	if (parsed > 0)
		return bad_id(op, spec, limit, e);
	if (parsed < 0)
		return err_set(e, ERR_FAILED, op, spec, "there is no such group in the jail");
	return 0;
}

static void
add_group(struct arena *a, struct user *u, uint32_t gid)
{
	for (size_t i = 0; i < u->ngroups; i++)
		if (u->groups[i] == gid)
			return;
	u->groups = arena_grow(a, u->groups, u->ngroups, sizeof(*u->groups));
	u->groups[u->ngroups++] = gid;
}

static bool
is_member(struct slice members, const char *name)
{
	while (members.s != NULL)
		if (slice_is(slice_cut(&members, ','), name))
			return true;
	return false;
}

static int
add_memberships(const char *group, uint32_t limit, struct arena *a, struct user *u, struct err *e)
{
	struct slice fields[FIELDS_MAX], rest = slice_of(group);
	uint32_t gid = 0;
	while (next_entry(&rest, GROUP_FIELDS, 2, fields)) {
		if (!is_member(fields[3], u->name))
			continue;
		if (entry_id(fields[2], limit, "look up groups of", u->name, &gid, e) < 0)
			return -1;
		add_group(a, u, gid);
	}
	return 0;
}

static const char *
copy_or(struct arena *a, struct slice text, const char *other)
{
	return text.n == 0 ? other : arena_strndup(a, text.s, text.n);
}

static int
find_user(const char *passwd, const char *spec, uint32_t limit, struct arena *a, struct user *ret, struct err *e)
{
	static const char op[] = "look up user";
	struct slice fields[FIELDS_MAX];
	if (find_entry(passwd, spec, PASSWD_FIELDS, 3, fields)) {
		ret->name = arena_strndup(a, fields[0].s, fields[0].n);
		ret->home = copy_or(a, fields[5], "/");
		ret->shell = copy_or(a, fields[6], "/bin/sh");
		if (entry_id(fields[2], limit, op, spec, &ret->uid, e) < 0)
			return -1;
		return entry_id(fields[3], limit, op, spec, &ret->gid, e);
	}
	int parsed = parse_id(slice_of(spec), limit, &ret->uid);
	if (parsed > 0)
		return bad_id(op, spec, limit, e);
	if (parsed < 0)
		return err_set(e, ERR_FAILED, op, spec, "there is no such user in the jail");
	ret->gid = ret->uid;
	ret->name = arena_strdup(a, spec);
	ret->home = "/";
	ret->shell = "/bin/sh";
	return 0;
}

int
passwd_lookup(const char *passwd, const char *group, const char *spec, uint32_t limit, struct arena *a,
	struct user *ret, struct err *e)
{
	struct user u = {0};
	const char *colon = strchr(spec, ':');
	const char *name = colon == NULL ? spec : arena_strndup(a, spec, (size_t)(colon - spec));
	if (find_user(passwd, name, limit, a, &u, e) < 0)
		return -1;
	if (colon != NULL && group_lookup(group, colon + 1, limit, &u.gid, e) < 0)
		return -1;
	add_group(a, &u, u.gid);
	if (colon == NULL && add_memberships(group, limit, a, &u, e) < 0)
		return -1;
	*ret = u;
	return 0;
}
