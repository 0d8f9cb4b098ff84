/*
 * From a command line to an exit status: parse, check the rights, load the configuration, open the store, run the
 * verb, print the error.  Only this folder prints.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/results.h"

static bool
color_wanted(const struct options *o)
{
	const char *no = getenv("NO_COLOR");
	return !o->no_color && (no == NULL || *no == '\0') && isatty(STDOUT_FILENO) == 1;
}

static int
load_config(struct cli *c, struct err *e)
{
	const char *path = c->o.file != NULL ? c->o.file : config_default_path;
	if (config_load(path, &c->a, &c->config, e) == -1)
		return -1;
	if (c->config.file != NULL || !(c->verb->flags & VERB_CONFIG))
		return 0;
	err_set(e, ERR_CONFIG, c->op, path, "there is no such file");
	return err_hint(e, "write one, or name another with -f FILE; see warder.conf(5)");
}

static int
check_root(const struct cli *c, struct err *e)
{
	if (!(c->verb->flags & VERB_ROOT) || geteuid() == 0)
		return 0;
	return err_set(e, ERR_NOPERM, c->op, NULL, "must be root");
}

static int
check_root_option(const struct cli *c, struct err *e)
{
	if (c->o.root != NULL && !path_is_clean_absolute(c->o.root))
		return err_set(e, ERR_USAGE, "--root", c->o.root, "is not a clean absolute path");
	return 0;
}

static int
prepare(struct cli *c, struct err *e)
{
	if (check_root(c, e) == -1 || check_root_option(c, e) == -1)
		return -1;
	if ((c->verb->flags & (VERB_CONFIG | VERB_WANTS)) && load_config(c, e) == -1)
		return -1;
	c->root = c->o.root != NULL ? c->o.root : c->config.root;
	c->config.root = c->root;
	if (c->verb->flags & VERB_STORE && store_open(c->root, &c->store, e) == -1)
		return -1;
	c->store.seal_key = c->config.seal_key;
	return 0;
}

/* Whoever asked for JSON gets an object in any case. */
static void
print_error_json(const struct err *e)
{
	struct json j = {0};
	json_object(&j, NULL);
	json_uint(&j, "version", 1);
	error_json(&j, e);
	json_object_end(&j);
	cli_print_json(&j);
}

static int
run_verb(struct cli *c)
{
	struct err e = {0};
	int status = prepare(c, &e);
	if (status == 0)
		status = c->verb->run(c, &e);
	if (status == -1) {
		fflush(stdout);
		cli_error(&e, c->who);
		if (c->o.json && !cli_has_printed_json())
			print_error_json(&e);
		status = c->verb->flags & VERB_COMMAND ? EXIT_WARDER : err_exit_status(&e);
	}
	if (c->store.dotfd != -1)
		store_close(&c->store);
	return status;
}

static int
show_help(const struct command *cmd)
{
	str_auto out = {0};
	help_print(cmd->verb, cmd->parent, &out);
	fputs(str_text(&out), stdout);
	return 0;
}

/* A full disk behind a pipe or file must not look like success. */
static int
finish_output(int status)
{
	bool flushed = fflush(stdout) == 0;
	if (flushed && ferror(stdout) == 0)
		return status;
	struct err e = {0};
	if (flushed) /* an earlier one failed, and its errno is long gone */
		err_set(&e, ERR_FAILED, "write", "standard output", "not all of it could be written");
	else
		err_sys(&e, "write", "standard output");
	cli_error(&e, NULL);
	return status != 0 ? status : 1;
}

int
cli_main(int argc, char *const *argv, mode_t umask)
{
	struct cli c = {.store = {.rootfd = -1, .dotfd = -1}, .umask = umask};
	struct command cmd;
	struct err e = {0};
	int status;
	if (command_parse(argc, argv, &c.a, &cmd, &e) == -1) {
		cli_error(&e, NULL);
		bool command = cmd.verb != NULL && (cmd.verb->flags & VERB_COMMAND);
		status = command ? EXIT_WARDER : err_exit_status(&e);
	} else if (cmd.o.help) {
		status = show_help(&cmd);
	} else if (cmd.o.version) {
		c.verb = &verb_version;
		status = run_verb(&c);
	} else {
		c.verb = cmd.verb;
		c.parent = cmd.parent;
		c.op = verb_path(c.parent, c.verb, &c.a);
		c.o = cmd.o;
		c.args = cmd.args;
		c.color = color_wanted(&c.o);
		status = run_verb(&c);
	}
	arena_done(&c.a);
	return finish_output(status);
}
