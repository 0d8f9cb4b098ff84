/*
 * systemd.service(5): a unit for each jail, which drives warder.
 *
 * Type=notify: `warder start` tells systemd that the jail is up and that its pid 1 is the main process from now on, and
 * ends.  So systemd starts, stops and orders jails, and sees one that ends by itself; restarting the service within is
 * pid 1's work (restart).  The jail's processes live in control groups of their own, not in the unit's.
 */
#include "emit/systemd.h"

#include <inttypes.h>
#include <string.h>

/* doubled: characters that stand for something else unless they stand there twice. */
static void
quote(struct str *out, const char *word, const char *doubled)
{
	str_addc(out, '"');
	for (const char *s = word; *s != '\0'; s++) {
		if (strchr("\"\\", *s) != NULL)
			str_addc(out, '\\');
		else if (strchr(doubled, *s) != NULL)
			str_addc(out, *s);
		str_addc(out, *s);
	}
	str_addc(out, '"');
}

static void
words(struct str *out, const char *key, const struct strv *l, const char *doubled)
{
	str_addf(out, "%s=", key);
	for (size_t i = 0; i < l->n; i++) {
		str_add(out, i > 0 ? " " : "");
		quote(out, l->v[i], doubled);
	}
	str_addc(out, '\n');
}

void
unit_quote(struct str *out, const char *word)
{
	quote(out, word, "%");
}

const char *
unit_specifiers(const char *text, struct arena *a)
{
	str_auto out = {0};

	for (const char *s = text; *s != '\0'; s++)
		str_addf(&out, *s == '%' ? "%%%c" : "%c", *s);
	return arena_strdup(a, str_text(&out));
}

void
unit_words(struct str *out, const char *key, const struct strv *l)
{
	words(out, key, l, "%");
}

void
unit_command(struct str *out, const char *key, const struct strv *l)
{
	words(out, key, l, "%$");
}

void
unit_shell(struct str *out, const char *key, const struct strv *commands)
{
	for (size_t i = 0; i < commands->n; i++) {
		const char *argv[] = {"/bin/sh", "-c", commands->v[i]};

		unit_command(out, key, &(struct strv){argv, 3});
	}
}

void
unit_timeout(struct str *out, const char *key, const struct jail *j, size_t ncommands, uint64_t seconds)
{
	if (ncommands > 0 && j->exec_timeout == 0)
		str_addf(out, "%s=infinity\n", key);
	else
		str_addf(out, "%s=%" PRIu64 "\n", key, ncommands * (uint64_t)j->exec_timeout + seconds);
}

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
