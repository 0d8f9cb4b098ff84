/*
 * Commands of the configuration that run on the host around a jail's life, as jail.conf(5) has them: exec.prestart,
 * exec.poststart, exec.prestop, exec.poststop.  The administrator wrote them; nothing that a jail wrote is passed.
 */
#include "base/spawn.h"
#include "cli/cli.h"

/* With --json, standard output is for the object alone. */
static void
to_stderr(void *arg, const char *text, bool is_stderr)
{
	fprintf(stderr, "%s\n", text);
}

static int
hook_run(const struct cli *c, const struct jail *j, const char *key, const char *command, struct err *e)
{
	const char *env[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8", NULL, NULL, NULL};
	str_auto name = {0}, root = {0};
	str_addf(&name, "WARDER_JAIL=%s", j->name);
	str_addf(&root, "WARDER_ROOT=%s", c->root);
	env[2] = str_text(&name);
	env[3] = str_text(&root);
	const char *const argv[] = {"/bin/sh", "-c", command, NULL};
	struct spawn s = {.argv = argv, .env = env, .guarded = true, .timeout_s = j->exec_timeout};
	int status;
	if (c->o.json)
		s.line = to_stderr;
	cli_step(c, "%s: %s: %s", j->name, key, command);
	if (spawn_run(&s, &status, e) == -1)
		return -1;
	return status == 0 ? 0 : err_set(e, ERR_FAILED, key, command, "ended with status %d", status);
}

int
hooks_run(const struct cli *c, const struct jail *j, const char *key, const struct strv *commands, struct err *e)
{
	for (size_t i = 0; i < commands->n; i++)
		if (hook_run(c, j, key, commands->v[i], e) == -1)
			return -1;
	return 0;
}
