/*
 * systemd.service(5): a unit for each jail, which drives warder.
 *
 * Type=notify: `warder start` tells systemd that the jail is up and that its pid 1 is the main process from now on, and
 * ends.  So systemd starts, stops and orders jails, and sees one that ends by itself; restarting the service within is
 * pid 1's work (restart).  The jail's processes live in control groups of their own, not in the unit's.
 */
#include "emit/systemd.h"

static void
command(struct str *out, const char *key, const struct emit_input *in, const char *before, const char *verb,
	const char *jail)
{
	struct arena a = {0};
	struct strv argv = {0};

	if (before != NULL) {
		const char *shell[] = {"/bin/sh", "-c", before, "sh"};
		for (size_t i = 0; i < sizeof(shell) / sizeof(shell[0]); i++)
			strv_add(&a, &argv, shell[i]);
	}
	for (size_t i = 0; i < in->command.n; i++)
		strv_add(&a, &argv, in->command.v[i]);
	strv_add(&a, &argv, verb);
	strv_add(&a, &argv, jail);
	unit_command(out, key, &argv);
	arena_done(&a);
}

static void
dependencies(struct str *out, const struct jail *j)
{
	str_add(out, "After=network.target");
	for (size_t i = 0; i < j->depend.n; i++)
		str_addf(out, " warder@%s.service", j->depend.v[i]);
	str_addc(out, '\n');
	for (size_t i = 0; i < j->depend.n; i++)
		str_addf(out, "Requires=warder@%s.service\n", j->depend.v[i]);
}

/* systemd runs ExecStop= also after a main process that ended by itself, such as in a restart by hand: what is there by
 * then is not this unit's. */
static const char while_main[] = "[ -z \"$MAINPID\" ] || exec \"$@\"";

static void
driver(const struct emit_input *in, const struct jail *j, struct str *out)
{
	str_add(out, "# Made by warder emit systemd.\n");
	emit_note(out, "Delegate", NULL,
		"the jail is in control groups of its own, and its pid 1 restarts the service; a restart of the jail "
		"is "
		"systemctl restart, since after warder restart this unit has ended");
	str_addf(out, "[Unit]\nDescription=Jail %s\nDocumentation=man:warder(8) man:warder.conf(5)\n", j->name);
	dependencies(out, j);
	str_add(out, "RequiresMountsFor=");
	unit_quote(out, in->root);
	str_add(out, "\n\n[Service]\nType=notify\n");
	command(out, "ExecStart", in, NULL, "start", j->name);
	command(out, "ExecStop", in, while_main, "stop", j->name);
	unit_timeout(out, "TimeoutStartSec", j, j->prestart.n + j->start.n + j->poststart.n, UNIT_SLACK);
	unit_timeout(out, "TimeoutStopSec", j, j->prestop.n + j->stop.n + j->poststop.n,
		(uint64_t)j->stop_timeout + UNIT_SLACK);
	str_add(out, "Delegate=yes\nKillMode=mixed\n\n[Install]\nWantedBy=multi-user.target\n");
}

static int
emit(const struct emit_input *in, struct arena *a, struct emit_files *ret, struct err *e)
{
	for (size_t i = 0; i < in->n; i++) {
		const struct plan *p = &in->plans[i];
		str_auto out = {0};

		if (!in->o.native)
			driver(in, p->jail, &out);
		else if (unit_native(in, p, a, &out, e) == -1)
			return -1;
		emit_file_add(a, ret,
			arena_printf(a, in->o.native ? "jail-%s.service" : "warder@%s.service", p->jail->name), &out);
	}
	return 0;
}

const struct emitter emit_systemd = {.name = "systemd", .emit = emit};
