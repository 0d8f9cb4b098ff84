/*
 * The mounts that are there, against those that the plan has.
 *
 * Each mount is flagged while it is detached (mount.c), so there should be nothing to find here.  What this is for is
 * everything that "should" stands on: a flag that was forgotten in the plan, a call that answers 0 and has done
 * nothing, a mount that came over a propagation that was thought private, another program that is root and too helpful.
 */
#include "run/linux/mounts.h"

#include <stdlib.h>
#include <string.h>

#include "base/path.h"

#define ARRAY_LEN(v) (sizeof(v) / sizeof((v)[0]))

enum { COMPARED = MNT_RO | MNT_NOSUID | MNT_NODEV | MNT_NOEXEC | MNT_NOSYMFOLLOW | MNT_IDMAP };

/* ---- reading ---- */

static const struct {
	const char *word;
	unsigned flag;
} flag_words[] = {
	{"ro", MNT_RO},
	{"nosuid", MNT_NOSUID},
	{"nodev", MNT_NODEV},
	{"noexec", MNT_NOEXEC},
	{"nosymfollow", MNT_NOSYMFOLLOW},
	{"idmapped", MNT_IDMAP},
};

static unsigned
parse_flags(char *words)
{
	unsigned flags = 0;

	for (char *word; (word = strsep(&words, ",")) != NULL;)
		for (size_t i = 0; i < ARRAY_LEN(flag_words); i++)
			if (strcmp(word, flag_words[i].word) == 0)
				flags |= flag_words[i].flag;
	return flags;
}

static bool
is_octal(const char *s)
{
	return s[0] >= '0' && s[0] <= '3' && s[1] >= '0' && s[1] <= '7' && s[2] >= '0' && s[2] <= '7';
}

/* "\040" is a space; the kernel writes so what would end the word or the line. */
static void
unescape(char *s)
{
	char *to = s;

	for (; *s != '\0'; to++)
		if (*s == '\\' && is_octal(s + 1)) {
			*to = (char)((s[1] - '0') << 6 | (s[2] - '0') << 3 | (s[3] - '0'));
			s += 4;
		} else
			*to = *s++;
	*to = '\0';
}

/* "ID PARENT MAJOR:MINOR ROOT PATH FLAGS [TAG...] - TYPE SOURCE OPTIONS" */
static int
parse_line(char *line, struct seen_mount *ret, struct err *e)
{
	struct seen_mount m = {0};
	char *words[6], *tag, *tail[3];

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if ((words[i] = strsep(&line, " ")) == NULL)
			return err_set(e, ERR_FAILED, "assert", "mounts", "a line of mountinfo is too short");
	while ((tag = strsep(&line, " ")) != NULL && strcmp(tag, "-") != 0)
		m.is_shared = true;
	for (size_t i = 0; i < ARRAY_LEN(tail); i++)
		if ((tail[i] = strsep(&line, " ")) == NULL)
			return err_set(e, ERR_FAILED, "assert", "mounts", "a line of mountinfo has no type");
	m.id = (unsigned)strtoul(words[0], NULL, 10);
	m.parent = (unsigned)strtoul(words[1], NULL, 10);
	unescape(words[4]);
	m.path = words[4];
	m.flags = parse_flags(words[5]);
	m.type = tail[0];
	m.options = tail[2];
	*ret = m;
	return 0;
}

int
mounts_parse(char *text, struct arena *a, struct seen_mount **ret, size_t *ret_n, struct err *e)
{
	struct seen_mount *rows = NULL;
	size_t n = 0;

	for (char *line; (line = strsep(&text, "\n")) != NULL && *line != '\0';) {
		rows = arena_grow(a, rows, n, sizeof(*rows));
		if (parse_line(line, &rows[n++], e) < 0)
			return -1;
	}
	*ret = rows;
	*ret_n = n;
	return 0;
}

/* ---- comparing ---- */

/* What is mounted of the view over itself is shifted as what it lies in, base or skeleton: that cannot be asked for
 * again, nor undone (mount_setattr(2)). */
static unsigned
planned_flags(const struct op *o)
{
	bool is_of_view = o->u.mount.type == MOUNT_BIND && o->u.mount.tree == TREE_VIEW;

	return (o->u.mount.flags & COMPARED) | (is_of_view ? MNT_IDMAP : 0);
}

static int
fail(const char *path, const char *why, unsigned planned, unsigned found, struct err *e)
{
	str_auto is = {0}, should = {0};

	mount_flags_print(found & COMPARED, &is);
	mount_flags_print(planned & COMPARED, &should);
	return err_set(e, ERR_FAILED, "assert", path, "%s: planned %s%s, found %s%s", why,
		planned & MNT_RO ? "" : "rw,", str_text(&should), found & MNT_RO ? "" : "rw,", str_text(&is));
}

/* Every word of ours is among the words of the kernel. */
static bool
has_options(const char *ours, const char *kernels)
{
	while (*ours != '\0') {
		size_t n = strcspn(ours, ",");
		const char *k = kernels;

		while (!(strncmp(k, ours, n) == 0 && (k[n] == ',' || k[n] == '\0'))) {
			k += strcspn(k, ",");
			if (*k++ == '\0')
				return false;
		}
		ours += n + (ours[n] == ',');
	}
	return true;
}

/* Of a file system that is made for the view; the options of others than proc say who owns it and how large it is. */
static bool
is_of_type(const struct op *o, const struct seen_mount *m)
{
	if (o->u.mount.type == MOUNT_BIND)
		return true;
	if (strcmp(m->type, mount_type_name(o->u.mount.type)) != 0)
		return false;
	return o->u.mount.type != MOUNT_PROC || o->u.mount.options == NULL ||
	       has_options(o->u.mount.options, m->options);
}

/* The step that this mount is of, not taken by another; SIZE_MAX: none.  *ret_near: one of that path that it is not. */
static size_t
find_step(const struct plan *p, const char *const *places, const bool *taken, const struct seen_mount *m,
	const struct op **ret_near)
{
	for (size_t i = 0; i < p->nops; i++) {
		const struct op *o = &p->ops[i];

		if (o->kind != OP_MOUNT || taken[i])
			continue;
		if (strcmp(places[i] != NULL ? places[i] : o->u.mount.target, m->path) != 0)
			continue;
		if (planned_flags(o) == m->flags && is_of_type(o, m))
			return i;
		*ret_near = o;
	}
	return SIZE_MAX;
}

static int
differs(const struct seen_mount *m, const struct op *o, struct err *e)
{
	if (o == NULL)
		return err_set(e, ERR_FAILED, "assert", m->path, "a mount that is not in the plan (%s)", m->type);
	if (planned_flags(o) == m->flags)
		return err_set(e, ERR_FAILED, "assert", m->path, "planned %s (%s), found %s (%.48s)",
			mount_type_name(o->u.mount.type), o->u.mount.options != NULL ? o->u.mount.options : "", m->type,
			m->options);
	return fail(m->path, "a mount is not as planned", planned_flags(o), m->flags, e);
}

/* Whatever the plan says. */
static int
check_rule(const struct seen_mount *m, bool drafts, struct err *e)
{
	static const char *const writable[] = {"/t/var", "/t/tmp", "/dev/shm", "/dev/pts"};
	unsigned must = MNT_NOSUID | (path_contains("/dev", m->path) ? 0 : MNT_NODEV);
	bool may_write = drafts;

	if (m->is_shared)
		return err_set(e, ERR_FAILED, "assert", m->path, "its propagation is not private");
	for (size_t i = 0; i < ARRAY_LEN(writable); i++)
		may_write = may_write || path_contains(writable[i], m->path);
	if (!may_write)
		must |= MNT_RO;
	if (!drafts && !(m->flags & MNT_RO))
		must |= MNT_NOEXEC;
	return (m->flags & must) == must ? 0 : fail(m->path, "a mount gives too much", must, m->flags, e);
}

/* Each mount has its step. */
static int
check_seen(const struct plan *p, const char *const *places, bool *taken, const struct seen_mount *seen, size_t nseen,
	bool drafts, struct err *e)
{
	for (size_t i = 0; i < nseen; i++) {
		const struct op *near = NULL;
		size_t step = find_step(p, places, taken, &seen[i], &near);

		if (step == SIZE_MAX)
			return differs(&seen[i], near, e);
		if (check_rule(&seen[i], drafts, e) < 0)
			return -1;
		taken[step] = true;
	}
	return 0;
}

int
mounts_compare(const struct plan *p, const char *const *places, const struct seen_mount *seen, size_t nseen,
	bool drafts, struct err *e)
{
	struct arena a = {0};
	bool *taken = arena_array(&a, p->nops + 1, sizeof(*taken));
	int r = check_seen(p, places, taken, seen, nseen, drafts, e);

	for (size_t i = 0; r == 0 && i < p->nops; i++)
		if (p->ops[i].kind == OP_MOUNT && !taken[i])
			r = err_set(e, ERR_FAILED, "assert", places[i] != NULL ? places[i] : p->ops[i].u.mount.target,
				"a mount of the plan is not there");
	arena_done(&a);
	return r;
}

/* ---- comparing what a live renewal left (renew.c) ---- */

int
mounts_check_rules(const struct seen_mounts *seen, struct err *e)
{
	for (size_t i = 0; i < seen->n; i++)
		if (check_rule(&seen->v[i], false, e) < 0)
			return -1;
	return 0;
}

static const struct seen_mount *
find_id(const struct seen_mounts *in, unsigned id)
{
	for (size_t i = 0; i < in->n; i++)
		if (in->v[i].id == id)
			return &in->v[i];
	return NULL;
}

/* All but its place among the others: what is put beneath one gets between it and what it lay on. */
static bool
is_same(const struct seen_mount *a, const struct seen_mount *b)
{
	return a->flags == b->flags && a->is_shared == b->is_shared && strcmp(a->path, b->path) == 0 &&
	       strcmp(a->type, b->type) == 0 && (strcmp(a->type, "proc") != 0 || strcmp(a->options, b->options) == 0);
}

/* Each mount was there, or is one of those that were renewed. */
static int
check_after(const struct plan *p, const char *const *places, bool *taken, const struct seen_mounts *before,
	const struct seen_mounts *after, struct err *e)
{
	for (size_t i = 0; i < after->n; i++) {
		const struct seen_mount *m = &after->v[i], *was = find_id(before, m->id);
		const struct op *near = NULL;
		size_t step;

		if (was != NULL && is_same(was, m))
			continue;
		step = find_step(p, places, taken, m, &near);
		if (step == SIZE_MAX && was != NULL && strcmp(was->path, m->path) == 0)
			return fail(m->path, "a mount is not as it was", was->flags, m->flags, e);
		if (step == SIZE_MAX)
			return differs(m, near, e);
		taken[step] = true;
	}
	for (size_t i = 0; i < p->nops; i++)
		if (!taken[i])
			return err_set(e, ERR_FAILED, "assert",
				places[i] != NULL ? places[i] : p->ops[i].u.mount.target,
				"a mount that was renewed is not there");
	return 0;
}

/* The step that takes the place of a mount on this path; SIZE_MAX: none. */
static size_t
find_successor(const struct plan *p, const char *path)
{
	for (size_t i = 0; i < p->nops; i++)
		if (p->ops[i].u.mount.tree != TREE_VIEW && strcmp(p->ops[i].u.mount.target, path) == 0)
			return i;
	return SIZE_MAX;
}

/* It went for a step that has no other yet, or with what it lay on: a program in the skeleton. */
static bool
may_go(const struct plan *p, bool *has_one, const struct seen_mount *was, const struct seen_mounts *before,
	const struct seen_mounts *after)
{
	size_t step = find_successor(p, was->path);
	const struct seen_mount *on = find_id(before, was->parent);

	if (step == SIZE_MAX)
		return on != NULL && find_id(after, on->id) == NULL && path_contains("/s", was->path);
	if (has_one[step])
		return false;
	has_one[step] = true;
	return true;
}

static int
check_gone(const struct plan *p, bool *has_one, const struct seen_mounts *before, const struct seen_mounts *after,
	bool again, struct err *e)
{
	for (size_t i = 0; i < before->n; i++) {
		const struct seen_mount *was = &before->v[i], *is = find_id(after, was->id);

		if (is != NULL && is_same(was, is))
			continue;
		if (!again || !may_go(p, has_one, was, before, after))
			return err_set(e, ERR_FAILED, "assert", was->path, "a mount that was there is gone");
	}
	for (size_t i = 0; again && i < p->nops; i++)
		if (p->ops[i].u.mount.tree != TREE_VIEW && !has_one[i])
			return err_set(e, ERR_FAILED, "assert", p->ops[i].u.mount.target,
				"a mount that was replaced is there still");
	return 0;
}

int
mounts_compare_renewed(const struct plan *p, const char *const *places, const struct seen_mounts *before,
	const struct seen_mounts *after, bool again, struct err *e)
{
	struct arena a = {0};
	bool *taken = arena_array(&a, p->nops + 1, sizeof(*taken));
	bool *has_one = arena_array(&a, p->nops + 1, sizeof(*has_one));
	int r = -1;

	if (mounts_check_rules(after, e) == 0 && check_after(p, places, taken, before, after, e) == 0)
		r = check_gone(p, has_one, before, after, again, e);
	arena_done(&a);
	return r;
}
