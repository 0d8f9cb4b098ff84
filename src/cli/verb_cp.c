/*
 * warder cp: a file or a tree into a jail's state, or out of whatever the jail sees, with the jail running or not.
 */
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "cli/host_path.h"
#include "cli/targets.h"
#include "store/copy.h"

/* One operand; target.name NULL: the host's. */
struct side {
	const char *word;
	struct target target;
	const char *path;
};

/* What is left out is told when it is met, and kept for --json. */
struct telling {
	const char *jail, *source;
	struct arena *a;
	struct strv paths, reasons;
};

static void
tell_left_out(void *ctx, const char *path, const char *why)
{
	struct telling *t = ctx;
	cli_warn(t->jail, "cp %s/%s: left out: %s", t->source, path, why);
	strv_add(t->a, &t->paths, arena_printf(t->a, "%s/%s", t->source, path));
	strv_add(t->a, &t->reasons, arena_strdup(t->a, why));
}

/* As scp(1): a colon before any slash makes it a jail's. */
static int
read_side(struct cli *c, const char *word, struct arena *a, struct side *ret, struct err *e)
{
	size_t len = strcspn(word, ":/");
	struct side side = {.word = word, .path = word};
	if (word[len] == ':') {
		side.path = word + len + 1;
		if (target_named(c, arena_strndup(a, word, len), false, a, &side.target, e) == -1)
			return err_hint(e, "%s", e->hint[0] != '\0' ? e->hint : "./NAME for a file of the host");
		if (side.path[0] != '/') {
			err_set(e, ERR_USAGE, "cp", word, "a path of a jail begins with /");
			return err_hint(e, "%s:/%s, or ./%s for a file of the host", side.target.name, side.path, word);
		}
	}
	*ret = side;
	return 0;
}

static bool
is_jails(const struct side *s)
{
	return s->target.name != NULL;
}

/*
 * On the host the path of a jail's file goes through directories that the jail can swap.  A help against mistakes, as
 * written: who goes round by ".." or a link means it.
 */
static int
check_outside_store(struct cli *c, const struct side *host, struct err *e)
{
	static const char *const inside[] = {"t", "s", "manage", ".warder"};
	char cwd[PATH_MAX] = "";
	const char *path = host->word;
	if (path[0] != '/' && getcwd(cwd, sizeof(cwd)) != NULL)
		path = arena_printf(&c->a, "%s/%s", cwd, path);
	for (size_t i = 0; i < sizeof(inside) / sizeof(inside[0]); i++) {
		if (!path_contains(arena_printf(&c->a, "%s/%s", c->root, inside[i]), path))
			continue;
		err_set(e, ERR_NOPERM, "cp", host->word, "it lies in the store");
		return err_hint(e, "name the jail and its own path, JAIL:/path");
	}
	return 0;
}

static const struct strv *
declared_pins(const struct side *s)
{
	return s->target.jail != NULL ? &s->target.jail->pins : NULL;
}

static int
say_done(const struct cli *c, const struct side *from, const char *to, const struct telling *t)
{
	const char *outcome = c->o.dry_run ? "would be copied" : "copied";
	struct json j = {0};
	cli_say(c, "%s: %s to %s", from->word, outcome, to);
	if (!c->o.json)
		return 0;
	json_object(&j, NULL);
	json_uint(&j, "version", 1);
	json_string(&j, "jail", t->jail);
	json_string(&j, "outcome", outcome);
	json_string(&j, "source", from->word);
	json_string(&j, "target", to);
	json_array(&j, "left_out");
	for (size_t i = 0; i < t->paths.n; i++) {
		json_object(&j, NULL);
		json_string(&j, "path", t->paths.v[i]);
		json_string(&j, "why", t->reasons.v[i]);
		json_object_end(&j);
	}
	json_array_end(&j);
	json_object_end(&j);
	cli_print_json(&j);
	return 0;
}

static int
copy_in(struct cli *c, const struct side *from, const struct side *to, struct err *e)
{
	struct telling telling = {.jail = to->target.name, .source = from->path, .a = &c->a};
	struct progress bar;
	struct tree_copy_options o = {.left_out = tell_left_out, .ctx = &telling, .bar = &bar};
	struct copy_in in = {.jail = to->target.name,
		.declared = declared_pins(to),
		.path = to->path,
		.owner = c->o.owner,
		.dry_run = c->o.dry_run,
		.options = &o};
	const char *path;
	fd_auto source = host_source_open(from->path, &c->a, &in.name, e);
	if (source == -1)
		return -1;
	in.source = source;
	cli_progress(c, &bar);
	progress_phase(&bar, "copying", 0);
	int r = store_copy_in(&c->store, &in, &c->a, &path, e);
	progress_done(&bar, r == 0);
	return r == -1 ? -1 : say_done(c, from, arena_printf(&c->a, "%s:%s", to->target.name, path), &telling);
}

static int
fill(struct cli *c, int source, const char *name, const struct host_target *t, struct telling *telling, struct err *e)
{
	static const struct tree_owner caller = {UINT32_MAX, UINT32_MAX};
	struct progress bar;
	struct tree_copy_options o = {.owner = &caller,
		.drop_mode = 07000 | c->umask, /* as for any file that the caller makes */
		.strip_setid = true,
		.left_out = tell_left_out,
		.ctx = telling,
		.bar = &bar};
	if (c->o.dry_run)
		return 0;
	cli_progress(c, &bar);
	progress_phase(&bar, "copying", 0);
	int r = host_target_fill(t, source, name, &o, e);
	progress_done(&bar, r == 0);
	return r;
}

static int
copy_out(struct cli *c, const struct side *from, const struct side *to, struct err *e)
{
	const char *name = host_name_of(from->path, &c->a);
	struct host_target t = {.dir = -1};
	struct telling telling = {.jail = from->target.name, .source = from->path, .a = &c->a};
	if (*name == '\0')
		name = from->target.name; /* all of it: "JAIL:/" */
	if (host_name_check(from->word, name, e) == -1)
		return -1;
	fd_auto source = store_copy_source(&c->store, from->target.name, declared_pins(from), from->path, e);
	if (source == -1 || host_target_open(to->path, name, &c->a, &t, e) == -1)
		return -1;
	int r = fill(c, source, name, &t, &telling, e);
	fd_close(&t.dir);
	return r == -1 ? -1 : say_done(c, from, t.path, &telling);
}

static int
cp_main(struct cli *c, struct err *e)
{
	struct side from, to;
	if (read_side(c, c->args.v[0], &c->a, &from, e) == -1 || read_side(c, c->args.v[1], &c->a, &to, e) == -1)
		return -1;
	if (is_jails(&from) == is_jails(&to)) {
		err_set(e, ERR_USAGE, "cp", NULL, is_jails(&from) ? "both are a jail's" : "neither is a jail's");
		return err_hint(e, "warder cp %s", c->verb->operands);
	}
	if (c->o.owner != NULL && is_jails(&from))
		return err_set(e, ERR_USAGE, "cp", "--owner", "is for copies into a jail");
	if (check_outside_store(c, is_jails(&from) ? &to : &from, e) == -1)
		return -1;
	return is_jails(&from) ? copy_out(c, &from, &to, e) : copy_in(c, &from, &to, e);
}

static const struct option_row options[] = {
	{0, "owner", "USER", OPT_TEXT, offsetof(struct options, owner), 0,
		"whose it is in the jail: user, or user:group, of the jail (root)"},
};

const struct verb verb_cp = {
	.name = "cp",
	.operands = "SOURCE JAIL:/PATH | JAIL:/PATH TARGET",
	.summary = "copy files and directories into a jail's state, or out of a jail",
	.text = "The jail may run.  An existing directory is copied into.  Links are copied as links; set-id bits, "
		"devices, FIFOs and attributes stay behind.",
	.options = options,
	.noptions = sizeof(options) / sizeof(options[0]),
	.flags = VERB_ROOT | VERB_WANTS | VERB_STORE | VERB_CHANGES | VERB_JSON,
	.min = 2,
	.max = 2,
	.kind = OPERAND_COPY,
	.run = cp_main,
};
