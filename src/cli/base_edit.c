/*
 * warder base edit and warder install: changes to the software that jails share.
 */
#include "cli/base_edit.h"

#include <limits.h>
#include <unistd.h>

#include "cli/session.h"
#include "cli/targets.h"
#include "image/edit.h"

/* The view of a base belongs to no jail; it is named after the base. */
static int
edit(struct cli *c, const char *base, struct session *s, struct err *e)
{
	struct jail *nobody = arena_alloc(&c->a, sizeof(*nobody));
	const struct base_meta *m;

	if (store_base_meta(&c->store, base, &c->a, &m, e) == -1 ||
		image_edit_environment(m->flavour, &c->a, &s->environment, e) == -1)
		return -1;
	nobody->name = nobody->hostname = base;
	s->kind = VIEW_BASE;
	s->jail = nobody;
	s->base = base;
	s->host_network = true;
	return session_run(c, s, e);
}

static int
base_edit_main(struct cli *c, struct err *e)
{
	struct session s = {.action = "base edit"};

	for (size_t i = 1; i < c->args.n; i++)
		strv_add(&c->a, &s.command, c->args.v[i]);
	return edit(c, c->args.v[0], &s, e);
}

static const struct option_row edit_options[] = {SESSION_OPTIONS};

const struct verb base_edit = {
	.name = "edit",
	.operands = "BASE [--] [COMMAND [ARGUMENT...]]",
	.summary = "change a base: a shell, or a command, in a view where it is writable",
	.text = "Works on a new generation, with the network of the host; services are not started. What was changed\n"
		"is shown; then it is committed, kept as a draft or discarded. Jails take it at their next start.",
	.options = edit_options,
	.noptions = sizeof(edit_options) / sizeof(edit_options[0]),
	.flags = VERB_ROOT | VERB_WANTS | VERB_STORE | VERB_CHANGES | VERB_ASKS | VERB_JSON | VERB_WORDS,
	.min = 1,
	.max = UINT_MAX,
	.kind = OPERAND_BASE,
	.run = base_edit_main,
};

/* ---- install ---- */

/* The operand is a base, or a jail, whose base it is then. */
static int
find_base(struct cli *c, const char *name, const char **ret, struct err *e)
{
	if (!store_jail_exists(&c->store, name)) {
		*ret = name;
		return 0;
	}
	if (store_jail_base(&c->store, name, &c->a, ret, e) == -1)
		return -1;
	cli_say(c, "%s: software from packages belongs to its base, %s", name, *ret);
	return 0;
}

static int
install_main(struct cli *c, struct err *e)
{
	struct session s = {.action = "install"};
	const struct base_meta *m;
	const char *base;

	for (size_t i = 1; i < c->args.n; i++)
		if (image_check_package(c->args.v[i], e) == -1)
			return -1;
	if (find_base(c, c->args.v[0], &base, e) == -1 || store_base_meta(&c->store, base, &c->a, &m, e) == -1)
		return -1;
	const char *const *command = image_install_command(m->flavour, c->o.quiet || isatty(STDOUT_FILENO) != 1);
	if (command == NULL) {
		err_set(e, ERR_UNAVAILABLE, "install", base, "no package tool is known for a base of flavour %s",
			m->flavour);
		return err_hint(e, "warder base edit %s", base);
	}
	for (; *command != NULL; command++)
		strv_add(&c->a, &s.command, *command);
	for (size_t i = 1; i < c->args.n; i++)
		strv_add(&c->a, &s.command, c->args.v[i]);
	return edit(c, base, &s, e);
}

static const struct option_row install_options[] = {SESSION_OPTIONS};

const struct verb verb_install = {
	.name = "install",
	.operands = "BASE|JAIL PACKAGE...",
	.summary = "install packages into a base, or into that of a jail",
	.text = "As base edit, with the package tool of the base.",
	.options = install_options,
	.noptions = sizeof(install_options) / sizeof(install_options[0]),
	.flags = VERB_ROOT | VERB_WANTS | VERB_STORE | VERB_CHANGES | VERB_ASKS | VERB_JSON,
	.min = 2,
	.max = UINT_MAX,
	.kind = OPERAND_BASE,
	.run = install_main,
};
