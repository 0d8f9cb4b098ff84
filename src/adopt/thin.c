/*
 * What adopters of thin jails share: the base in an fstab, and the configuration with its comments.
 */
#include "adopt/thin.h"

#include <string.h>

#include "adopt/fstab_read.h"
#include "base/path.h"
#include "config/config.h"

void
thin_done(struct thin *t)
{
	str_done(&t->bases);
	str_done(&t->jails);
}

/* ---- the fstab ---- */

/* What every jail has anyway. */
static bool
is_own(const struct fstab_entry *x, const char *path)
{
	static const char *const own[][2] = {
		{"devfs", "/dev"}, {"fdescfs", "/dev/fd"}, {"procfs", "/proc"}, {"proc", "/proc"}};
	size_t len = strlen(path);

	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (strcmp(x->type, own[i][0]) == 0 && strncmp(x->target, path, len) == 0 &&
			strcmp(x->target + len, own[i][1]) == 0)
			return true;
	return false;
}

static const char *
base_fault(const struct fstab_entry *x)
{
	static const char *const known[] = {"ro", "bind", "nosuid", "nodev", "noatime", "late"};

	if (!x->read_only)
		return "the base is writable there, but never is in a jail of warder's";
	for (size_t i = 0; i < x->options.n; i++) {
		bool found = false;

		for (size_t k = 0; k < sizeof(known) / sizeof(known[0]) && !found; k++)
			found = strcmp(known[k], x->options.v[i]) == 0;
		if (!found)
			return "it has an option that is not known here";
	}
	return strcmp(x->source, "/") == 0 ? "the host's own root is no base" : NULL;
}

int
thin_find_base(struct thin *t, const struct adopt_text *fstab, const char *path, const char **ret, struct err *e)
{
	const char *at = arena_printf(t->a, "%s%s", path, t->at), *source = NULL;
	struct srcloc none = {.file = fstab->file, .line = 1, .col = 1};
	struct fstab_entries f;
	bool told = false;

	if (fstab->text == NULL || fstab_read(fstab->file, fstab->text, fstab->len, t->a, &f, e) == -1) {
		if (fstab->text != NULL)
			return -1;
		f.n = 0;
	}
	for (size_t i = 0; i < f.n; i++) {
		const struct fstab_entry *x = &f.v[i];
		bool is_base = x->is_bind && strcmp(x->target, at) == 0;
		const char *why = is_base      ? base_fault(x)
				  : x->is_bind ? "nothing further is mounted in a jail; it belongs into its base, "
						 "its skeleton or its /var"
					       : "a jail has no such file system of its own";

		if (!is_base && is_own(x, path))
			continue;
		if (is_base && why == NULL)
			source = x->source;
		else
			adopt_fault(t->a, t->r, &x->at, x->target, "%s", why);
		told = told || is_base;
	}
	if (source == NULL && !told)
		adopt_fault(t->a, t->r, &none, path, "no line mounts a base on its %s: it is no thin jail", t->at);
	*ret = source;
	return 0;
}

/* ---- bases ---- */

const char *
thin_base_name(struct thin *t, const char *source, const struct srcloc *at, bool *ret_new)
{
	char *name = arena_strdup(t->a, strrchr(source, '/') + 1);

	*ret_new = false;
	for (size_t i = 0; i < t->sources.n; i++)
		if (strcmp(t->sources.v[i], source) == 0)
			return t->names.v[i];
	for (char *s = name; *s != '\0'; s++) /* 13.2-RELEASE */
		*s = *s == '.' ? '_' : *s;
	if (!name_is_valid(name)) {
		adopt_fault(t->a, t->r, at, source, "the directory's name cannot be that of a base");
		return NULL;
	}
	if (strv_has(&t->names, name)) {
		adopt_fault(t->a, t->r, at, source, "another base has its name already");
		return NULL;
	}
	*ret_new = true;
	return name;
}

/* ---- what is written ---- */

/* Whether the configuration's own reader takes all so far with this behind it; what it needs is freed at once. */
static int
try(const struct thin *t, const char *behind, struct err *e)
{
	struct arena a = {0};
	struct config c;
	const char *text = arena_printf(&a, "%s%s%s", str_text(&t->bases), str_text(&t->jails), behind);
	int r = config_parse("adopted", text, strlen(text), &a, &c, e);

	arena_done(&a);
	return r;
}

/* The same, with a fault. */
static bool
fits(struct thin *t, const struct srcloc *at, const char *name, const char *behind)
{
	struct err e = {0};

	if (try(t, behind, &e) == 0)
		return true;
	adopt_fault(t->a, t->r, at, name, "%s", e.reason);
	return false;
}

bool
thin_add_base(struct thin *t, const char *source, const char *name, const struct srcloc *at, const char *block)
{
	if (!fits(t, at, source, block))
		return false;
	strv_add(t->a, &t->sources, source);
	strv_add(t->a, &t->names, name);
	str_add(&t->bases, block);
	return true;
}

bool
thin_accepts(struct thin *t, const struct srcloc *at, const char *jail, const char *before, const char *name,
	const char *line)
{
	str_auto block = {0};

	str_addf(&block, "base warder-adopts { from = busybox; }\n%s {\n\tbase = warder-adopts;\n%s%s}\n", jail, before,
		line);
	return fits(t, at, name, str_text(&block));
}

void
thin_quote(struct str *out, const char *path)
{
	str_add_quoted(out, path, "\"\\$`");
}

static void
write_move(struct str *out, const char *name, const char *path, const char *dir, const char *options, const char *verb)
{
	str_auto from = {0};

	str_addf(&from, "%s/%s", path, dir);
	str_add(out, "\t#\ttar -C ");
	thin_quote(out, str_text(&from));
	str_addf(out, "%s -cf - . | warder %s %s -- tar -C /%s -xpf -\n", options, verb, name, dir);
}

void
thin_add_jail(struct thin *t, const struct srcloc *at, const char *name, const char *base, const char *path,
	const char *params)
{
	static const char *const skeleton[] = {"etc", "root", "home", "usr/local", "var/db/pkg"};
	str_auto block = {0};

	str_addf(&block, "\n%s {\n\tbase = %s;\n%s", name, base, params);
	str_addf(&block,
		"\t# After `warder create %s`, with the old jail stopped.  What is its own, and no link to %s, goes to "
		"the\n"
		"\t# skeleton, s: of these what there is, and others that you made.\n",
		name, t->at);
	for (size_t i = 0; i < sizeof(skeleton) / sizeof(skeleton[0]); i++)
		write_move(&block, name, path, skeleton[i], "", "manage -y");
	str_addf(&block, "\t# Its data goes to the state, t, with the jail's own rights, after `warder start %s`.\n",
		name);
	write_move(&block, name, path, "var", " --exclude=./db/pkg --exclude=./run", "exec");
	str_add(&block, "}\n");
	if (strv_has(&t->names, name)) {
		adopt_fault(t->a, t->r, at, name, "it has the name of a base");
		return;
	}
	if (!fits(t, at, name, str_text(&block)))
		return;
	str_add(&t->jails, str_text(&block));
	t->njails++;
}

int
thin_finish(struct thin *t, const char *op, struct adopted *ret, struct err *e)
{
	if (t->njails == 0)
		return err_set(e, ERR_CONFIG, op, NULL, "there is no thin jail that can be used");
	if (try(t, "", e) == -1)
		return -1;
	t->r->text = arena_printf(t->a, "%s%s", str_text(&t->bases), str_text(&t->jails));
	*ret = *t->r;
	return 0;
}
