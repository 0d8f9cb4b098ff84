/*
 * fstab(5): what a jail's view is made of, as lines for mount(8) -a.
 *
 * --plain is the proposal's own form: the links j/BASE, s/JAIL and t/JAIL, grouped as it groups them, no option of
 * ours. Else the lines are the plan's mounts, with the generations that it names; what mount(8) cannot do is a comment.
 *
 * FreeBSD's nullfs(5) refuses to lie over what it shows itself (EDEADLK), so there is no read-only /t with a writable
 * /t/var over it, no anchor and no allow-list; what holds instead is said (emit jail.conf does it).
 */
#include <string.h>

#include "base/fstab.h"
#include "emit/fstab.h"

/* How each system says it; NULL: it has nothing to say there. */
static const struct {
	unsigned flag;
	const char *words[2]; /* by enum emit_os */
} flag_words[] = {
	{MNT_NOSUID, {"nosuid", "nosuid"}},
	{MNT_NODEV, {"nodev", NULL}}, /* device nodes work in devfs only */
	{MNT_NOEXEC, {"noexec", "noexec"}},
	{MNT_NOSYMFOLLOW, {"nosymfollow", "nosymfollow"}},
	{MNT_OPTIONAL, {"nofail", "failok"}},
};

struct fstab {
	const struct emit_input *in;
	struct arena *a;
	struct str out;
	bool freebsd;
};

static void
line(struct fstab *f, const char *source, const char *target, const char *type, const char *options)
{
	fstab_escape(&f->out, source);
	str_addc(&f->out, ' ');
	fstab_escape(&f->out, target);
	str_addf(&f->out, " %s ", type);
	fstab_escape(&f->out, options);
	str_add(&f->out, " 0 0\n");
}

/* One tree on another: flags of ours, and further options or "". */
static void
bind(struct fstab *f, const char *source, const char *target, unsigned flags, const char *more)
{
	str_auto options = {0};

	str_addf(&options, "%s%s", f->freebsd ? "" : "bind,", flags & MNT_RO ? "ro" : "rw");
	for (size_t i = 0; i < sizeof(flag_words) / sizeof(flag_words[0]); i++)
		if ((flags & flag_words[i].flag) && flag_words[i].words[f->in->o.os] != NULL)
			str_addf(&options, ",%s", flag_words[i].words[f->in->o.os]);
	str_add(&options, more);
	line(f, source, target, f->freebsd ? "nullfs" : "none", str_text(&options));
}

static const char *
under_root(struct fstab *f, const char *view, const char *name, const char *rest)
{
	return arena_printf(f->a, "%s/%s/%s%s", f->in->root, view, name, rest);
}

/* ---- the proposal's form ---- */

static void
plain_views(struct fstab *f, const char *view, unsigned sealed)
{
	const struct emit_input *in = f->in;

	for (size_t i = 0; i < in->n; i++) {
		const struct jail *j = in->plans[i].jail;

		bind(f, under_root(f, "j", j->base, ""), under_root(f, view, j->name, ""), sealed, "");
	}
	for (size_t i = 0; i < in->n; i++) {
		const char *name = in->plans[i].jail->name;

		bind(f, under_root(f, "s", name, ""), under_root(f, view, name, "/s"), sealed, "");
	}
	for (size_t i = 0; i < in->n; i++) {
		const char *name = in->plans[i].jail->name;

		bind(f, under_root(f, "t", name, ""), under_root(f, view, name, "/t"), 0, "");
	}
}

static void
manage_devices(struct fstab *f, const char *name, const char *more)
{
	const char *target = under_root(f, "manage", name, "/dev");

	if (f->freebsd)
		line(f, "devfs", target, "devfs", arena_printf(f->a, "rw%s", more));
	else
		bind(f, arena_printf(f->a, "%s/.warder/dev", f->in->root), target, MNT_RO | MNT_NOSUID | MNT_NOEXEC,
			more);
}

static void
plain(struct fstab *f)
{
	str_add(&f->out, "# Jails\n");
	plain_views(f, "j", MNT_RO);
	if (!f->in->o.manage)
		return;
	str_add(&f->out, "# Manage jails\n");
	plain_views(f, "manage", 0);
	for (size_t i = 0; i < f->in->n; i++)
		manage_devices(f, f->in->plans[i].jail->name, "");
}

/* ---- ours ---- */

static bool
is_tree(const struct op *o, enum mount_tree tree, const char *target)
{
	return o->u.mount.tree == tree && (target == NULL || strcmp(o->u.mount.target, target) == 0);
}

/* An anchor, or the parts of /t: nullfs cannot lie over itself. */
static bool
is_over_itself(const struct op *o)
{
	return is_tree(o, TREE_VIEW, NULL) || (is_tree(o, TREE_STATE, NULL) && strcmp(o->u.mount.source, ".") != 0);
}

static unsigned
flags_for(const struct fstab *f, const struct op *o)
{
	unsigned flags = o->u.mount.flags;

	if (!f->freebsd)
		return flags;
	if (is_tree(o, TREE_STATE, "/t"))
		flags &= ~(unsigned)MNT_RO;
	if (is_tree(o, TREE_BASE, "/") || is_tree(o, TREE_SKEL, "/s")) /* noexec comes with exec.allow only */
		flags &= ~(unsigned)MNT_NOEXEC;
	return flags;
}

static void
plan_bind(struct fstab *f, const struct plan *p, const struct op *o)
{
	const char *rest = strcmp(o->u.mount.target, "/") == 0 ? "" : o->u.mount.target;
	const char *ids = "";

	if (f->freebsd && (is_over_itself(o) || is_tree(o, TREE_DEV, NULL)))
		return;
	if (!f->freebsd && (o->u.mount.flags & MNT_IDMAP))
		ids = arena_printf(f->a, ",X-mount.idmap=b:0:%u:%u", p->facts->id_base, ID_COUNT);
	bind(f, emit_source(f->in, p, o, f->a), under_root(f, "j", p->jail->name, rest), flags_for(f, o), ids);
}

static void
plan_other(struct fstab *f, const struct plan *p, const struct op *o)
{
	const char *type = mount_type_name(o->u.mount.type);
	str_auto options = {0};

	if (f->freebsd || o->u.mount.type == MOUNT_PROC)
		return;
	mount_flags_print(o->u.mount.flags, &options);
	str_addf(&options, ",%s", o->u.mount.options);
	line(f, type, under_root(f, "j", p->jail->name, o->u.mount.target), type, str_text(&options));
}

void
fstab_add_mount(const struct emit_input *in, const struct plan *p, const struct op *o, struct arena *a, struct str *out)
{
	struct fstab f = {.in = in, .a = a};

	(o->u.mount.type == MOUNT_BIND ? plan_bind : plan_other)(&f, p, o);
	str_add(out, str_text(&f.out));
	str_done(&f.out);
}

static void
jail_notes(struct fstab *f, const struct plan *p)
{
	const struct jail *j = p->jail;

	str_addf(&f->out, "# Jail %s: base %s, generation %u; skeleton, generation %u\n", j->name, j->base,
		p->facts->base_generation, p->facts->skel_generation);
	if (f->freebsd && j->exec_allow.n > 0)
		emit_note(&f->out, "exec.allow", &j->at[KEY_EXEC_ALLOW],
			"not held; nullfs(5) cannot make single programs executable");
	if (f->freebsd && j->shm > 0)
		emit_note(&f->out, "shm", &j->at[KEY_SHM],
			"not here; POSIX shared memory needs no file system on FreeBSD");
}

static void
jail_lines(struct fstab *f, const struct plan *p)
{
	jail_notes(f, p);
	for (size_t i = 0; i < p->nops; i++) {
		const struct op *o = &p->ops[i];

		if (o->kind == OP_MOUNT && o->u.mount.type == MOUNT_BIND)
			plan_bind(f, p, o);
		else if (o->kind == OP_MOUNT)
			plan_other(f, p, o);
	}
}

/* Not mounted by -a: the proposal's views are there all the time, and so is what can be done through them. */
static void
manage_lines(struct fstab *f, const struct plan *p)
{
	static const char off[] = ",noauto";
	const char *name = p->jail->name;

	for (size_t i = 0; i < p->nops; i++) {
		const struct op *o = &p->ops[i];
		unsigned flags = MNT_NOSUID | MNT_NODEV;

		if (o->kind != OP_MOUNT || o->u.mount.type != MOUNT_BIND)
			continue;
		if (is_tree(o, TREE_SKEL, "/s"))
			bind(f, emit_source(f->in, p, o, f->a), under_root(f, "manage", name, "/s"), flags, off);
		else if (is_tree(o, TREE_STATE, "/t"))
			bind(f, emit_source(f->in, p, o, f->a), under_root(f, "manage", name, "/t"),
				flags | MNT_NOEXEC | MNT_NOSYMFOLLOW, off);
		else if (is_tree(o, TREE_BASE, "/"))
			bind(f, emit_source(f->in, p, o, f->a), under_root(f, "manage", name, ""), flags | MNT_RO, off);
		else if (is_tree(o, TREE_GENERATION, NULL) || is_tree(o, TREE_SKEL, NULL))
			bind(f, emit_source(f->in, p, o, f->a), under_root(f, "manage", name, o->u.mount.target),
				flags | MNT_RO | MNT_NOEXEC, off);
	}
	manage_devices(f, name, f->freebsd ? ",ruleset=4,noauto" : off);
}

static void
linux_notes(struct str *out)
{
	emit_note(out, "ids", NULL,
		"base and skeleton are shifted to the jail's own range by X-mount.idmap, which mount(8) knows from "
		"util-linux 2.39 on and passes over before: a state's files then have other owners than the jail's");
	emit_note(out, "/proc", NULL, "not here; it would be the host's; who starts the jail mounts one of its own");
}

static void
freebsd_notes(struct str *out)
{
	emit_note(out, "/dev", NULL, "not here; mount.devfs and devfs_ruleset of jail.conf(5) make it");
	emit_note(out, "ids", NULL, "a jail's root is the host's: nothing shifts ids here, so ROOT/t must stay 0700");
	emit_note(out, "/t", NULL,
		"writable as a whole, since nullfs(5) cannot lie over what it shows itself; `chflags schg` on t/JAIL "
		"and `chflags sunlnk` on the directories above pins hold them, and emit jail.conf does that");
}

static void
ours(struct fstab *f)
{
	const struct emit_input *in = f->in;

	str_add(&f->out, "# Made by warder emit fstab.  The lines name generations: make them anew after a change.\n");
	(f->freebsd ? freebsd_notes : linux_notes)(&f->out);
	for (size_t i = 0; i < in->n; i++)
		jail_lines(f, &in->plans[i]);
	if (!in->o.manage)
		return;
	str_add(&f->out, "# Manage jails\n");
	emit_note(&f->out, "noauto", NULL,
		"mount by hand, with the jail stopped; what is changed this way is in no journal, and warder verify "
		"will report it; warder manage makes a new generation instead");
	for (size_t i = 0; i < in->n; i++)
		manage_lines(f, &in->plans[i]);
}

static int
emit(const struct emit_input *in, struct arena *a, struct emit_files *ret, struct err *e)
{
	struct fstab f = {.in = in, .a = a, .freebsd = in->o.os == EMIT_FREEBSD};

	(in->o.plain ? plain : ours)(&f);
	emit_file_add(a, ret, "fstab", &f.out);
	str_done(&f.out);
	return 0;
}

const struct emitter emit_fstab = {.name = "fstab", .emit = emit};
