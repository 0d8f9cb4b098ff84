/*
 * fstab(5) of a setup of the proposal's kind as our configuration.
 *
 * Such a setup says itself where its root is: a base ROOT/j/BASE, read-only on ROOT/j/NAME; ROOT/s/NAME, read-only on
 * the s in it; ROOT/t/NAME, writable on the t in it.  The same three, writable, beneath ROOT/manage are its management
 * views, of which the configuration needs to say nothing.  Lines of the host's own are passed over.
 *
 * What `emit fstab` makes is the same with generations instead of links, and with more beside it: fstab_own.h.
 */
#include <string.h>

#include "adopt/adopt.h"
#include "adopt/fstab_own.h"
#include "adopt/fstab_read.h"
#include "base/path.h"

enum view { VIEW_JAIL, VIEW_MANAGE, NVIEWS };
enum part { PART_BASE, PART_SKEL, PART_STATE, NPARTS };

static const char *const view_dirs[NVIEWS] = {"j", "manage"};
static const struct {
	const char *dir;  /* of ROOT, where its source lies */
	const char *rest; /* where in the view it is mounted */
	bool read_only;   /* in a jail */
	const char *what;
} parts[NPARTS] = {
	[PART_BASE] = {"j", "", true, "base"},
	[PART_SKEL] = {"s", "/s", true, "skeleton"},
	[PART_STATE] = {"t", "/t", false, "state"},
};

struct found {
	const char *name, *base;
	bool has_var, has_tmp, is_ours; /* the state's parts are mounted; it is one of a store */
	struct strv pins;
	const char *shm; /* NULL: none */
	const struct fstab_entry *parts[NVIEWS][NPARTS];
};

struct adoption {
	struct arena *a;
	struct adopted *r;
	const char *root;
	struct found *v;
	size_t n;
};

/* ROOT/VIEW/NAME/REST taken apart. */
struct place {
	enum view view;
	const char *name, *rest; /* rest: "" or from its slash on */
};

/* What is after root and one directory in it: "bind/s" of "/jails/j/bind/s"; NULL if it does not lie there. */
static const char *
after(const char *root, const char *dir, const char *path)
{
	size_t rlen = strlen(root), dlen = strlen(dir);

	if (strncmp(path, root, rlen) != 0 || path[rlen] != '/' || strncmp(path + rlen + 1, dir, dlen) != 0)
		return NULL;
	path += rlen + 1 + dlen;
	return *path == '/' ? path + 1 : NULL;
}

static bool
find_place(const struct adoption *ad, const char *target, struct place *ret)
{
	for (enum view view = 0; view < NVIEWS; view++) {
		const char *s = after(ad->root, view_dirs[view], target);

		if (s == NULL)
			continue;
		*ret = (struct place){view, arena_strndup(ad->a, s, strcspn(s, "/")), s + strcspn(s, "/")};
		return true;
	}
	return false;
}

/* "/jails" of "/jails/j/mroot"; NULL if the path is not such a one. */
static const char *
root_of(const char *path, struct arena *a)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL || slash - path < 3 || strncmp(slash - 2, "/j", 2) != 0)
		return NULL;
	return arena_strndup(a, path, (size_t)(slash - path - 2));
}

/* The first line that mounts one directory of a j on another of it says where the root is. */
static const char *
find_root(const struct fstab_entries *f, struct arena *a)
{
	for (size_t i = 0; i < f->n; i++) {
		const struct fstab_entry *x = &f->v[i];
		const char *source = x->is_bind ? root_of(x->source, a) : NULL, *target = root_of(x->target, a);

		if (source != NULL && target != NULL && strcmp(source, target) == 0)
			return source;
		source = fstab_own_root(x, a);
		if (source != NULL)
			return source;
	}
	return NULL;
}

static struct found *
found_named(struct adoption *ad, const char *name)
{
	for (size_t i = 0; i < ad->n; i++)
		if (strcmp(ad->v[i].name, name) == 0)
			return &ad->v[i];
	ad->v = arena_grow(ad->a, ad->v, ad->n, sizeof(*ad->v));
	ad->v[ad->n] = (struct found){.name = name};
	return &ad->v[ad->n++];
}

/* Options that say what is so in any jail, or less. */
static const char *
foreign_option(const struct fstab_entry *x, enum view view)
{
	static const char *const known[] = {"ro", "rw", "bind", "nosuid", "nodev", "noexec", "nosymfollow", "noatime",
		"late", "defaults", "nofail", "failok"};

	for (size_t i = 0; i < x->options.n; i++) {
		bool found = false;

		for (size_t k = 0; k < sizeof(known) / sizeof(known[0]) && !found; k++)
			found = strcmp(known[k], x->options.v[i]) == 0;
		found = found || str_has_prefix(x->options.v[i], "X-mount.idmap=b:0:") ||
			(view == VIEW_MANAGE && strcmp(x->options.v[i], "noauto") == 0);
		if (!found)
			return x->options.v[i];
	}
	return NULL;
}

/* Why a bind on a place of the scheme is not one of it; NULL: it is. */
static const char *
part_fault(const struct adoption *ad, const struct fstab_entry *x, const struct place *p, enum part part)
{
	const char *link = fstab_own_link(ad->root, x->source, ad->a);
	const char *source = after(ad->root, parts[part].dir, link), *option = foreign_option(x, p->view);

	if (!name_is_valid(p->name))
		return "the directory's name cannot be that of a jail";
	if (part == PART_BASE && (source == NULL || !name_is_valid(source)))
		return arena_printf(ad->a, "its base is %s, not a directory of %s/j", x->source, ad->root);
	if (part == PART_BASE && strcmp(source, p->name) == 0)
		return "it has the name of its base";
	if (part != PART_BASE && (source == NULL || strcmp(source, p->name) != 0))
		return arena_printf(ad->a, "its %s is %s, not %s/%s/%s", parts[part].what, x->source, ad->root,
			parts[part].dir, p->name);
	if (option != NULL)
		return arena_printf(ad->a, "the option %s is not known here", option);
	if (p->view == VIEW_JAIL && x->read_only != parts[part].read_only && part != PART_STATE)
		return arena_printf(ad->a, "its %s is %s, but never is in a jail of warder's", parts[part].what,
			x->read_only ? "read-only" : "writable");
	return NULL;
}

/* What is mounted further in a jail of ours; false: it is none of that. */
static bool
take_own(struct adoption *ad, const struct fstab_entry *x, const struct place *p)
{
	const char *value = NULL;
	enum fstab_own kind = fstab_own_kind(ad->root, x, p->name, p->rest, ad->a, &value);
	struct found *j;

	if (kind == OWN_NOT || !name_is_valid(p->name))
		return false;
	if (p->view == VIEW_MANAGE || kind == OWN_ANYWAY)
		return true;
	j = found_named(ad, p->name);
	j->has_var |= kind == OWN_VAR;
	j->has_tmp |= kind == OWN_TMP;
	if (kind == OWN_PIN)
		strv_add(ad->a, &j->pins, value);
	else if (kind == OWN_SHM)
		j->shm = value;
	else if (kind == OWN_PROGRAMS)
		adopt_fault(ad->a, ad->r, &x->at, x->target,
			"a program of exec.allow, or a directory of libraries for it: which does not stand here");
	return true;
}

static void
take_bind(struct adoption *ad, const struct fstab_entry *x, const struct place *p)
{
	for (enum part part = 0; part < NPARTS; part++) {
		const char *why;

		if (strcmp(p->rest, parts[part].rest) != 0)
			continue;
		why = part_fault(ad, x, p, part);
		if (why != NULL)
			adopt_fault(ad->a, ad->r, &x->at, x->target, "%s", why);
		else
			found_named(ad, p->name)->parts[p->view][part] = x;
		if (why == NULL && strstr(x->source, "/.warder/") != NULL)
			found_named(ad, p->name)->is_ours = true;
		return;
	}
	adopt_fault(ad->a, ad->r, &x->at, x->target,
		"nothing further is mounted in a jail; it belongs into its base, its skeleton or its /var");
}

/* What every jail has anyway. */
static bool
is_own(const struct fstab_entry *x, const struct place *p)
{
	static const char *const own[][2] = {
		{"devfs", "/dev"}, {"fdescfs", "/dev/fd"}, {"procfs", "/proc"}, {"proc", "/proc"}};

	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (strcmp(x->type, own[i][0]) == 0 && strcmp(p->rest, own[i][1]) == 0)
			return true;
	return x->is_bind && p->view == VIEW_MANAGE && strcmp(p->rest, "/dev") == 0;
}

static void
take(struct adoption *ad, const struct fstab_entry *x)
{
	struct place p;

	if (find_place(ad, x->target, &p)) {
		if (is_own(x, &p) || take_own(ad, x, &p))
			return;
		if (x->is_bind)
			take_bind(ad, x, &p);
		else
			adopt_fault(ad->a, ad->r, &x->at, x->target, "a jail has no %.40s of its own there", x->type);
	} else if (x->target[0] == '/' && path_contains(ad->root, x->target) && strcmp(ad->root, x->target) != 0)
		adopt_fault(ad->a, ad->r, &x->at, x->target, "it is no part of a jail");
}

/* ---- what was found ---- */

/* A tree is mounted before what is mounted in it, or it hides that. */
static int
check_order(const struct found *j, struct err *e)
{
	for (enum view view = 0; view < NVIEWS; view++)
		for (enum part part = PART_SKEL; part < NPARTS; part++) {
			const struct fstab_entry *base = j->parts[view][PART_BASE], *x = j->parts[view][part];

			if (base == NULL || x == NULL || x->at.line > base->at.line)
				continue;
			err_set(e, ERR_CONFIG, "fstab", x->target, "line %u mounts the base over it, which hides it",
				base->at.line);
			return err_at(e, &x->at);
		}
	return 0;
}

/* Each view has all three parts, and a jail's own has them if its management view has. */
static bool
is_whole(struct adoption *ad, const struct found *j, enum view view)
{
	const struct fstab_entry *any = NULL;
	bool whole = true;

	for (enum part part = 0; part < NPARTS; part++)
		any = any != NULL ? any : j->parts[view][part];
	for (enum part part = 0; part < NPARTS && any != NULL; part++) {
		if (j->parts[view][part] != NULL)
			continue;
		adopt_fault(ad->a, ad->r, &any->at, any->target, "no line that can be used mounts its %s on %s/%s/%s%s",
			parts[part].what, ad->root, view_dirs[view], j->name, parts[part].rest);
		whole = false;
	}
	return any != NULL && whole;
}

static bool
is_jail(struct adoption *ad, const struct found *j)
{
	const struct fstab_entry *const *managed = j->parts[VIEW_MANAGE];
	const struct fstab_entry *state = j->parts[VIEW_JAIL][PART_STATE];
	bool whole = is_whole(ad, j, VIEW_JAIL);

	if (whole && state->read_only && !(j->has_var && j->has_tmp)) {
		adopt_fault(ad->a, ad->r, &state->at, state->target,
			"its state is read-only, and nothing writable lies on its var and its tmp");
		whole = false;
	}

	if (is_whole(ad, j, VIEW_MANAGE) && !whole)
		adopt_fault(ad->a, ad->r, &managed[PART_BASE]->at, managed[PART_BASE]->target,
			"it is the management view of no jail");
	else if (whole && managed[PART_BASE] != NULL &&
		 strcmp(fstab_own_link(ad->root, managed[PART_BASE]->source, ad->a),
			 fstab_own_link(ad->root, j->parts[VIEW_JAIL][PART_BASE]->source, ad->a)) != 0)
		adopt_fault(ad->a, ad->r, &managed[PART_BASE]->at, managed[PART_BASE]->source,
			"it is another base than the jail's own");
	return whole;
}

static void
write_base(const struct adoption *ad, const struct found *j, struct strv *written, struct str *out)
{
	const char *name = j->base;

	if (strv_has(written, name))
		return;
	strv_add(ad->a, written, name);
	if (j->is_ours)
		str_addf(
			out, "\n# The base is there; what it was made from does not stand in the file: put it here.\n");
	else
		str_addf(out,
			"\n# %s/j/%s will be a link to the base in use: move the tree, and name its new place here.\n",
			ad->root, name);
	str_addf(out, "base %s {\n\tfrom = ", name);
	adopt_quote(out, arena_printf(ad->a, "dir:%s/j/%s", ad->root, name));
	str_add(out, ";\n}\n");
}

static void
write_jail(const struct found *j, struct str *out)
{
	str_addf(out, "\n%s {\n\tbase = %s;\n", j->name, j->base);
	for (size_t i = 0; i < j->pins.n; i++) {
		str_add(out, "\tpins += ");
		adopt_quote(out, j->pins.v[i]);
		str_add(out, ";\n");
	}
	if (j->shm != NULL)
		str_addf(out, "\tshm = %s;\n", j->shm);
	str_add(out, "}\n");
}

static int
write_all(struct adoption *ad, const char *file, struct err *e)
{
	struct strv written = {0};
	str_auto bases = {0}, jails = {0}, out = {0};

	for (size_t i = 0; i < ad->n; i++) {
		struct found *j = &ad->v[i];

		if (check_order(j, e) == -1)
			return -1;
		if (!is_jail(ad, j))
			continue;
		j->base = after(ad->root, "j", fstab_own_link(ad->root, j->parts[VIEW_JAIL][PART_BASE]->source, ad->a));
		write_base(ad, j, &written, &bases);
		write_jail(j, &jails);
	}
	if (written.n == 0) {
		err_set(e, ERR_CONFIG, "adopt fstab", file, "there is no whole jail in it");
		return -1;
	}
	str_add(&out, "root = ");
	adopt_quote(&out, ad->root);
	str_addf(&out, ";\n%s%s", str_text(&bases), str_text(&jails));
	ad->r->text = arena_strdup(ad->a, str_text(&out));
	return 0;
}

static int
adopt(const char *file, const char *text, size_t len, struct arena *a, struct adopted *ret, struct err *e)
{
	struct adopted r = {0};
	struct adoption ad = {.a = a, .r = &r};
	struct fstab_entries f;
	int status;

	if (fstab_read(file, text, len, a, &f, e) == -1)
		return -1;
	ad.root = find_root(&f, a);
	if (ad.root == NULL || !path_is_clean_absolute(ad.root)) {
		err_set(e, ERR_CONFIG, "adopt fstab", file, "there is no jail in it");
		return err_hint(e, "a jail is ROOT/j/BASE on ROOT/j/NAME, with ROOT/s/NAME and ROOT/t/NAME in it");
	}
	for (size_t i = 0; i < f.n; i++)
		take(&ad, &f.v[i]);
	status = write_all(&ad, file, e);
	adopt_sort(&r, 0);
	*ret = r;
	return status;
}

const struct adopter adopt_fstab = {.name = "fstab", .adopt = adopt};
