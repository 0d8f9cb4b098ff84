/*
 * warder exec and console: a command, or a login shell, inside a running jail, with no more rights than the jail's own
 * processes have (SECURITY.md R12).  The exit status is the command's; warder's own failures are 125.
 */
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "cli/life.h"
#include "run/backend.h"

static int
check_environment(const struct cli *c, struct err *e)
{
	for (size_t i = 0; i < c->o.env.n; i++) {
		const char *equals = strchr(c->o.env.v[i], '=');
		if (equals == NULL || equals == c->o.env.v[i])
			return err_set(e, ERR_USAGE, c->op, c->o.env.v[i], "is not NAME=VALUE");
	}
	return 0;
}

/* An empty word names no program: what a shell says of it. */
static int
not_found(const struct cli *c, struct err *e)
{
	err_set(e, ERR_FAILED, c->op, "''", "no such program");
	cli_error(e, c->who);
	return EXIT_NOT_FOUND;
}

static int
enter(struct cli *c, const struct enter_request *r, struct err *e)
{
	struct target t;
	struct jail_status st;
	int status = 0;
	if (target_single(c, false, &c->a, &t, e) == -1 || store_jail_status(&c->store, t.name, &st, e) == -1)
		return -1;
	if (!life_is_running(&st) || st.record.pid == 0) {
		err_set(e, ERR_FAILED, c->op, t.name, "it is not running");
		return err_hint(e, "warder start %s", t.name);
	}
	if (r->argv != NULL && *r->argv[0] == '\0')
		return not_found(c, e);
	if (backend_native.enter(&c->store, t.name, r, &status, e) == -1) {
		if (status == 0)
			return -1;
		cli_error(e, t.name); /* not found, or not executable: the shell's own status */
	}
	return status;
}

static int
exec_main(struct cli *c, struct err *e)
{
	struct enter_request r = {
		.argv = c->args.v + 1,
		.user = c->o.user,
		.cwd = c->o.cwd,
		.tty = c->o.tty,
		.environment = c->o.env,
	};
	if (check_environment(c, e) == -1)
		return -1;
	if (r.cwd != NULL && r.cwd[0] != '/')
		return err_set(e, ERR_USAGE, "exec", r.cwd, "is not an absolute path");
	return enter(c, &r, e);
}

static int
console_main(struct cli *c, struct err *e)
{
	struct enter_request r = {.user = c->o.user, .tty = true, .login = true};
	if (isatty(STDIN_FILENO) != 1) {
		err_set(e, ERR_USAGE, "console", NULL, "standard input is not a terminal");
		return err_hint(e, "warder exec %s -- COMMAND", c->args.v[0]);
	}
	return enter(c, &r, e);
}

#define OPTION_USER                                                                                                    \
	{                                                                                                              \
		'u', "user", "USER", OPT_TEXT, offsetof(struct options, user), 0,                                      \
			"user, or user:group, of the jail (root)"                                                      \
	}

static const struct option_row exec_options[] = {
	OPTION_USER,
	{'t', "tty", NULL, OPT_FLAG, offsetof(struct options, tty), 0, "give it a terminal of the jail's own"},
	{'e', "env", "NAME=VALUE", OPT_LIST, offsetof(struct options, env), 0, "a variable of its environment"},
	{'w', "workdir", "PATH", OPT_TEXT, offsetof(struct options, cwd), 0, "its working directory in the jail (/)"},
};
static const struct option_row console_options[] = {OPTION_USER};

const struct verb verb_exec = {
	.name = "exec",
	.operands = "JAIL [--] COMMAND [ARGUMENT...]",
	.summary = "run a command in a running jail",
	.text = "Exits with the command's status; 125: warder failed, 126: not executable, 127: not found, 128+n: "
		"signal n.",
	.options = exec_options,
	.noptions = sizeof(exec_options) / sizeof(exec_options[0]),
	.flags = VERB_ROOT | VERB_WANTS | VERB_STORE | VERB_COMMAND | VERB_WORDS,
	.min = 2,
	.max = UINT_MAX,
	.kind = OPERAND_JAIL,
	.run = exec_main,
};

const struct verb verb_console = {
	.name = "console",
	.operands = "JAIL",
	.summary = "a login shell in a running jail",
	.text = "Exits as exec does.",
	.options = console_options,
	.noptions = 1,
	.flags = VERB_ROOT | VERB_WANTS | VERB_STORE | VERB_COMMAND,
	.min = 1,
	.max = 1,
	.kind = OPERAND_JAIL,
	.run = console_main,
};
