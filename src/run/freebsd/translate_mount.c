/*
 * Mounts: nullfs(5), devfs(5) and tmpfs(5), as names and values of nmount(2).
 *
 * nullfs answers EDEADLK where the directory that is mounted lies directly below the one that it is mounted on, in a
 * nullfs again (sys/fs/nullfs/null_vfsops.c): a tree cannot be mounted on itself, as on Linux.  Three things follow.
 *  - /t is not the state's own directory made read-only, but an empty one of warder's with the mount points var and
 * tmp.
 *  - A directory above a pin is no mount point but has the flag SF_NOUNLINK (chflags(2)) while the jail runs: it can be
 *    neither renamed nor removed, and the root of a jail cannot take the flag away (allow.chflags is off).
 *  - What exec.allow asks for cannot be had.
 */
#include <string.h>

#include "run/freebsd/translate.h"

enum { PATH_LONGEST = 1023 }; /* MNAMELEN and MAXPATHLEN, without the NUL */

/* Those that FreeBSD has; and why it needs none of the others, which is told once. */
static const struct {
	unsigned flag;
	const char *name, *instead;
} flags[] = {
	{MNT_RO, "ro", NULL},
	{MNT_NOSUID, "nosuid", NULL},
	{MNT_NOEXEC, "noexec", NULL},
	{MNT_NOSYMFOLLOW, "nosymfollow", NULL},
	{MNT_NODEV, "nodev", "a device file outside of devfs(5) does nothing"},
	{MNT_IDMAP, "idmap", "ids are the host's own"},
};

static void
add_flags(struct fbsd_builder *b, const struct op *o, struct fbsd_args *l)
{
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (o->u.mount.flags & flags[i].flag && flags[i].instead == NULL)
			fbsd_arg_flag(b, l, flags[i].name);
		else if (o->u.mount.flags & flags[i].flag)
			fbsd_note_add(b, o, flags[i].name, flags[i].instead);
}

static const char *
beneath(struct fbsd_builder *b, const char *tree, const char *source)
{
	const char *root = b->p->facts->root;

	return strcmp(source, ".") == 0 ? arena_printf(b->a, "%s/%s", root, tree)
					: arena_printf(b->a, "%s/%s/%s", root, tree, source);
}

static bool
is_state_itself(const struct op *o)
{
	return o->u.mount.tree == TREE_STATE && strcmp(o->u.mount.source, ".") == 0;
}

/* A directory of the state below var: what build.c calls an anchor. */
static bool
is_anchor(const struct op *o)
{
	return o->u.mount.tree == TREE_STATE && strchr(o->u.mount.source, '/') != NULL;
}

static const char *
source_of(struct fbsd_builder *b, const struct op *o)
{
	const struct tree_paths *t = &b->p->facts->trees;
	const char *source = o->u.mount.source;

	switch (o->u.mount.tree) {
	case TREE_BASE:
		return beneath(b, arena_printf(b->a, "%s/root", t->generation), source);
	case TREE_GENERATION:
		return beneath(b, t->generation, source);
	case TREE_SKEL:
		return beneath(b, t->skel, source);
	case TREE_STATE:
		return is_state_itself(o) ? beneath(b, ".warder/t", ".") : beneath(b, t->state, source);
	default:
		return NULL;
	}
}

/* Mounts are the host's there: those of a base's view must not lie over the places of the jails' views. */
const char *
fbsd_view(struct fbsd_builder *b)
{
	const char *view = b->p->facts->trees.view;

	return strcmp(view, "manage") == 0 ? beneath(b, view, b->p->jail->name) : beneath(b, view, ".");
}

/* The mount point: the step's place, and the first two names and values of each mount. */
static int
place(struct fbsd_builder *b, const struct op *o, const char *fstype, struct fbsd_step **ret, struct err *e)
{
	const char *view = fbsd_view(b), *target = o->u.mount.target;
	const char *path = strcmp(target, "/") == 0 ? view : arena_printf(b->a, "%s%s", view, target);
	struct fbsd_step *s;

	if (strlen(path) > PATH_LONGEST)
		return err_set(e, ERR_FAILED, "mount", target, "the path is longer than nmount(2) takes");
	s = fbsd_step_add(b, FBSD_MOUNT, o);
	s->root = view;
	s->path = target + 1;
	s->optional = (o->u.mount.flags & MNT_OPTIONAL) != 0;
	fbsd_arg_text(b, &s->args, "fstype", fstype);
	fbsd_arg_text(b, &s->args, "fspath", path);
	*ret = s;
	return 0;
}

static int
nullfs(struct fbsd_builder *b, const struct op *o, struct err *e)
{
	const char *source = source_of(b, o);
	struct fbsd_step *s;

	if (source == NULL)
		return err_set(e, ERR_FAILED, "mount", o->u.mount.target, "a mount of nothing");
	if (strlen(source) > PATH_LONGEST)
		return err_set(e, ERR_FAILED, "mount", source, "the path is longer than nmount(2) takes");
	if (is_state_itself(o)) {
		s = fbsd_step_add(b, FBSD_POINTS, o);
		s->root = b->p->facts->root;
		s->path = ".warder/t";
	}
	if (place(b, o, "nullfs", &s, e) < 0)
		return -1;
	fbsd_arg_text(b, &s->args, "target", source);
	add_flags(b, o, &s->args);
	return 0;
}

static int
devfs(struct fbsd_builder *b, const struct op *o, struct err *e)
{
	struct fbsd_step *s;

	if (place(b, o, "devfs", &s, e) < 0)
		return -1;
	fbsd_arg_text(b, &s->args, "from", "devfs");
	fbsd_arg_text(b, &s->args, "ruleset", arena_printf(b->a, "%u", b->k->devfs_ruleset));
	add_flags(b, o, &s->args);
	return 0;
}

/* "mode=1777,size=4096,uid=131072": the ids are those of the host's, that is shifted; here they are not. */
static int
tmpfs_option(struct fbsd_builder *b, const char *option, struct fbsd_args *l, struct err *e)
{
	const char *equals = strchr(option, '=');
	const char *name = equals != NULL ? arena_strndup(b->a, option, (size_t)(equals - option)) : option;
	const char *value = equals != NULL ? equals + 1 : "";
	uint64_t id;

	if (strcmp(name, "uid") == 0 || strcmp(name, "gid") == 0) {
		if (str_to_u64(value, UINT32_MAX, &id) < 0 || id < b->p->facts->id_base)
			return err_set(e, ERR_FAILED, "mount", option, "not an id of the jail's");
		value = arena_printf(b->a, "%u", (unsigned)(id - b->p->facts->id_base));
	} else if (strcmp(name, "mode") != 0 && strcmp(name, "size") != 0)
		return err_set(e, ERR_FAILED, "mount", option, "not an option of tmpfs(5)");
	fbsd_arg_text(b, l, name, value);
	return 0;
}

static int
tmpfs(struct fbsd_builder *b, const struct op *o, struct err *e)
{
	const char *s = o->u.mount.options;
	struct fbsd_step *step;

	if (str_has_prefix(o->u.mount.target, "/dev/"))
		return fbsd_cannot(
			b, o, "shm", "shared memory of shm_open(2) needs no file system, and has no limit", e);
	if (place(b, o, "tmpfs", &step, e) < 0)
		return -1;
	while (s != NULL && *s != '\0') {
		size_t len = strcspn(s, ",");

		if (tmpfs_option(b, arena_strndup(b->a, s, len), &step->args, e) < 0)
			return -1;
		s += len + (s[len] == ',');
	}
	add_flags(b, o, &step->args);
	return 0;
}

static void
anchor(struct fbsd_builder *b, const struct op *o)
{
	struct fbsd_step *s = fbsd_step_add(b, FBSD_ANCHOR, o);

	s->root = beneath(b, b->p->facts->trees.state, ".");
	s->path = o->u.mount.source;
	fbsd_note_add(b, o, "anchor", "a directory above a pin is held by SF_NOUNLINK");
}

static int
bind(struct fbsd_builder *b, const struct op *o, struct err *e)
{
	if (o->u.mount.tree == TREE_DEV)
		return devfs(b, o, e);
	if (o->u.mount.tree == TREE_VIEW || o->u.mount.flags & MNT_FILE) {
		err_set(e, ERR_CONFIG, "exec.allow", b->p->jail->name,
			"not on FreeBSD: nullfs(5) mounts no tree on itself");
		return err_at(e, &o->why);
	}
	if (is_anchor(o)) {
		anchor(b, o);
		return 0;
	}
	return nullfs(b, o, e);
}

int
fbsd_mount(struct fbsd_builder *b, const struct op *o, struct err *e)
{
	switch (o->u.mount.type) {
	case MOUNT_BIND:
		return bind(b, o, e);
	case MOUNT_TMPFS:
		return tmpfs(b, o, e);
	case MOUNT_PROC:
		fbsd_note_add(b, o, "proc", "there is no procfs(5) in the jail; nothing of the base needs it");
		return 0;
	case MOUNT_DEVPTS:
		fbsd_note_add(b, o, "devpts", "devfs(5) shows a jail the terminals that its ruleset allows");
		return 0;
	}
	return err_set(e, ERR_FAILED, "mount", o->u.mount.target, "unknown type");
}
