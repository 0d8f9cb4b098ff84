/*
 * The three levels of the promise, each from the facts that would break it.
 */
#include <string.h>

#include "cli/surface.h"

/* Of an unnamed file (O_TMPFILE) there is no fact of its own: a place is tried with one. */
static const struct {
	enum fact_kind kind;
	unsigned level;
	const char *prefix; /* of the facts' text; "": all */
} breakers[] = {
	{FACT_EXECUTE, 0, ""},
	{FACT_PROC, 0, ""},
	{FACT_SETID, 0, ""},
	{FACT_MOUNTING, 0, ""},
	{FACT_MEMORY, 1, "memfd"},
	{FACT_MEMORY, 1, "System V"},
	{FACT_MEMORY, 1, "shm_open"}, /* FreeBSD: nothing there forbids it, so every declaration gives it */
	{FACT_MEMORY, 2, "private"},
	{FACT_MEMORY, 2, "shared"},
};

static void
add_reason(struct cli *c, const struct surface_view *v, struct surface_level *l, const struct fact *f)
{
	bool given = facts_has(&v->declared, f->kind, f->text);
	strv_add(&c->a, &l->why, f->text);
	if (!given)
		l->state = LEVEL_BROKEN;
	else if (l->state == LEVEL_KEPT)
		l->state = LEVEL_GIVEN;
}

/* The promise is of /var and /tmp, with the directories on the way to a pin, which are mounts of the plan's. */
static void
add_writable(struct cli *c, const struct surface_view *v, struct surface_level *l)
{
	for (size_t i = 0; i < v->s.facts.n; i++) {
		const struct fact *f = &v->s.facts.v[i];
		const char *plane = surface_plane(v, f->text);
		if (f->kind == FACT_WRITE && (plane == NULL || strcmp(plane, "state") != 0))
			add_reason(c, v, l, f);
	}
}

void
surface_levels(struct cli *c, const struct surface_view *v, struct surface_level ret[SURFACE_NLEVELS])
{
	static const struct surface_level names[SURFACE_NLEVELS] = {
		{.name = "L1", .what = "files", .given = "the declaration gives more", .say = true},
		{.name = "L2",
			.what = "files without a name, shared memory",
			.given = "the declaration gives more",
			.say = true},
		{.name = "L3", .what = "memory of a process", .given = "not asked for (wx = deny)"},
	};
	memcpy(ret, names, sizeof(names));
	add_writable(c, v, &ret[0]);
	for (size_t i = 0; i < v->s.facts.n; i++) {
		const struct fact *f = &v->s.facts.v[i];
		for (size_t k = 0; k < sizeof(breakers) / sizeof(breakers[0]); k++)
			if (breakers[k].kind == f->kind && str_has_prefix(f->text, breakers[k].prefix))
				add_reason(c, v, &ret[breakers[k].level], f);
	}
}

static const char *const planes[] = {
	[TREE_BASE] = "base",
	[TREE_GENERATION] = "pins",
	[TREE_SKEL] = "skeleton",
	[TREE_STATE] = "state",
	[TREE_DEV] = "devices",
	[TREE_VIEW] = "programs",
};

const char *
surface_plane(const struct surface_view *v, const char *target)
{
	for (size_t i = 0; i < v->plan->nops; i++) {
		const struct op *o = &v->plan->ops[i];
		if (o->kind != OP_MOUNT || strcmp(o->u.mount.target, target) != 0)
			continue;
		if (o->u.mount.type != MOUNT_BIND)
			return o->u.mount.type == MOUNT_PROC ? "kernel" : "devices";
		if (o->u.mount.tree == TREE_SKEL && strcmp(target, "/s") != 0)
			return "pins";
		return planes[o->u.mount.tree];
	}
	return NULL;
}

bool
surface_is_wider(const struct surface_view *v)
{
	return v->c.nwider > 0 || v->c.nmissing > 0 || v->record.fault != NULL;
}
