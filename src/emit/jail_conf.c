/*
 * jail.conf(5) of FreeBSD: jail.conf or jail.conf.d/JAIL.conf, fstab.JAIL, rc.conf, devfs.rules and rctl.conf, as files
 * of /etc or parts of them.
 *
 * nullfs(5) cannot hold what mounts hold on Linux: that nothing is made beside var and tmp, and that no directory above
 * a pin is moved away.  File flags do, since a jail cannot take them off (no allow.chflags): schg on t/JAIL, sunlnk on
 * those directories, from before the start until after the end.
 */
#include <inttypes.h>
#include <string.h>

#include "emit/jail_conf.h"

/* What 12.1 knows and a jail could be given; all is off.  Nested ones (allow.mount.*) are nothing without their parent;
 * allow.reserved_ports stays, as low ports are a jail's own on Linux, too. */
static const char *const off[] = {
	"set_hostname", "raw_sockets", "chflags", "mount", "quotas", "socket_af", "mlock", "read_msgbuf"};

static void
line(struct str *out, const char *key, const char *value)
{
	str_addf(out, "\t%s = ", key);
	str_add_quoted(out, value, "\"\\$");
	str_add(out, ";\n");
}

static void
more(struct str *out, const char *key, const char *value)
{
	str_addf(out, "\t%s += ", key);
	str_add_quoted(out, value, "\"\\$");
	str_add(out, ";\n");
}

static void
lines(struct str *out, const char *key, const struct strv *values)
{
	for (size_t i = 0; i < values->n; i++)
		more(out, key, values->v[i]);
}

static void
note(struct str *out, const struct jail *j, const char *subject, enum key key, const char *text)
{
	str_auto plain = {0};

	emit_note(&plain, subject, key != KEY_COUNT ? &j->at[key] : NULL, text);
	for (const char *s = str_text(&plain); *s != '\0'; s += strcspn(s, "\n") + 1)
		str_addf(out, "\t%.*s\n", (int)strcspn(s, "\n"), s);
}

/* What a key says that FreeBSD has nothing for: a row each. */
static void
notes(struct str *out, const struct jail *j)
{
	if (j->at[KEY_CAPABILITIES].file != NULL || j->at[KEY_CAPABILITIES_FORCE].file != NULL)
		note(out, j, "capabilities", KEY_CAPABILITIES,
			"not here: a jail's root has what securelevel and allow.* leave");
	if (j->exec_allow.n > 0)
		note(out, j, "exec.allow", KEY_EXEC_ALLOW,
			"not held: nullfs(5) cannot make single programs executable");
	if (j->wx == WX_DENY)
		note(out, j, "wx", KEY_WX,
			"not here: sysctl kern.elf64.allow_wx=0 (13.1 and later) is for the whole host");
	if (j->shm > 0)
		note(out, j, "shm", KEY_SHM, "not here: POSIX shared memory needs no file system, and has no limit");
	if (j->peers.n > 0 || j->addrs.n > 0)
		note(out, j, "peers", KEY_PEERS,
			"not held: jails share the host's stack, and nothing filters between them");
	if (j->gateway)
		note(out, j, "gateway", KEY_GATEWAY, "not here: routes are the host's");
	if (j->restart == RESTART_ON_FAILURE)
		note(out, j, "restart", KEY_RESTART, "daemon(8) restarts it however it ended");
	if (j->health.n > 0)
		note(out, j, "exec.health", KEY_HEALTH, "not asked: jail(8) has no word for it");
	if (j->stop_signal != 15)
		note(out, j, "stop.signal", KEY_STOP_SIGNAL, "not here: jail(8) ends a jail with SIGTERM");
}

static void
addresses(struct str *out, const struct jail *j)
{
	bool has[2] = {false, false};

	for (size_t i = 0; i < j->addrs.n; i++) {
		const struct addr *addr = &j->addrs.v[i];
		bool six = addr->family == 6;

		str_addf(out, "\tip%d.addr %s ", six ? 6 : 4, has[six] ? "+=" : "=");
		addr_print(addr, false, out); /* an alias: jail(8) gives it the mask of one host */
		str_add(out, ";\n");
		has[six] = true;
	}
	if (j->addrs.n > 0)
		line(out, "interface", j->bridge);
	for (int six = 0; six < 2; six++)
		if (!has[six])
			str_addf(out, "\tip%d = disable;\n", six ? 6 : 4);
}

/* One command for all flags: the state, and each directory above a pin, which are the plan's anchors. */
static const char *
flags_command(const struct emit_input *in, const struct plan *p, struct arena *a, const char *state, const char *dirs)
{
	str_auto out = {0};
	struct strv words = {0};

	strv_add(a, &words, arena_printf(a, "%s/t/%s", in->root, p->jail->name));
	str_addf(&out, "/bin/chflags %s", state);
	emit_shell(&out, &words);
	words.n = 0;
	for (size_t i = 0; i < p->nops; i++) {
		const struct op *o = &p->ops[i];

		if (o->kind == OP_MOUNT && o->u.mount.tree == TREE_STATE && strchr(o->u.mount.source, '/') != NULL)
			strv_add(a, &words, emit_source(in, p, o, a));
	}
	if (words.n > 0) {
		str_addf(&out, " && /bin/chflags -h %s", dirs);
		emit_shell(&out, &words);
	}
	return arena_strdup(a, str_text(&out));
}

/* The service in the background, which jail(8) leaves to daemon(8). */
static const char *
service(const struct plan *p, struct arena *a)
{
	const struct jail *j = p->jail;
	struct strv words = {0};
	str_auto out = {0};

	str_add(&out, "/usr/sbin/daemon -f");
	if (j->restart != RESTART_NO)
		str_addf(&out, " -R %u", j->restart_delay > 0 ? j->restart_delay : 1);
	if (j->service_user != NULL)
		str_addf(&out, " -u %.*s", (int)strcspn(j->service_user, ":"), j->service_user);
	if (j->nofile > 0)
		str_addf(&out, " /usr/bin/limits -n %u", j->nofile);
	if (j->environment.n > 0) {
		str_add(&out, " /usr/bin/env");
		emit_shell(&out, &j->environment);
	}
	for (size_t i = 0; i < j->service.n; i++)
		strv_add(a, &words, j->service.v[i]);
	emit_shell(&out, &words);
	return arena_strdup(a, str_text(&out));
}

static void
commands(const struct emit_input *in, const struct plan *p, struct arena *a, struct str *out)
{
	const struct jail *j = p->jail;

	lines(out, "exec.prestart", &j->prestart);
	more(out, "exec.prestart", flags_command(in, p, a, "schg", "sunlnk"));
	for (size_t i = 0; i < j->nrun_dirs; i++) {
		const struct run_dir *d = &j->run_dirs[i];

		more(out, "exec.start",
			arena_printf(a, "/usr/bin/install -d -o %s%s%s -m %04o /var/run/%s", d->owner,
				d->group != NULL ? " -g " : "", d->group != NULL ? d->group : "", d->mode, d->name));
	}
	lines(out, "exec.start", &j->start);
	if (j->service.n > 0)
		more(out, "exec.start", service(p, a));
	else
		str_add(out, "\tpersist;\n");
	lines(out, "exec.poststart", &j->poststart);
	lines(out, "exec.prestop", &j->prestop);
	lines(out, "exec.stop", &j->stop);
	more(out, "exec.poststop", flags_command(in, p, a, "noschg", "nosunlnk"));
	lines(out, "exec.poststop", &j->poststop);
	if (j->exec_timeout > 0)
		str_addf(out, "\texec.timeout = %u;\n", j->exec_timeout);
	str_addf(out, "\tstop.timeout = %u;\n", j->stop_timeout);
	if (j->consolelog != NULL)
		line(out, "exec.consolelog", j->consolelog);
}

static void
rights(struct str *out, const struct jail *j)
{
	str_addf(out,
		"\texec.clean;\n\tmount.devfs;\n\tdevfs_ruleset = %d;\n\tsecurelevel = 3;\n\tenforce_statfs = 2;\n"
		"\tchildren.max = 0;\n\tsysvmsg = new;\n\tsysvsem = new;\n\tsysvshm = %s;\n",
		JAIL_RULESET, j->sysvshm == SYSVSHM_NEW ? "new" : "disable");
	for (size_t i = 0; i < sizeof(off) / sizeof(off[0]); i++)
		str_addf(out, "\tallow.no%s;\n", off[i]);
}

static int
block(const struct emit_input *in, const struct plan *p, struct arena *a, struct str *out, struct err *e)
{
	const struct jail *j = p->jail;

	if (j->name[strspn(j->name, "0123456789")] == '\0') {
		err_set(e, ERR_CONFIG, "emit jail.conf", j->name,
			"a number is a jail's id there, and cannot be its name");
		return err_at(e, &j->loc);
	}
	if (j->service_user != NULL && strchr(j->service_user, ':') != NULL) {
		err_set(e, ERR_CONFIG, "emit jail.conf", j->service_user, "daemon(8) takes a user's own group only");
		return err_at(e, &j->at[KEY_JAIL_USER]);
	}
	str_addf(out, "\n%s {\n", j->name);
	notes(out, j);
	line(out, "path", arena_printf(a, "%s/j/%s", in->root, j->name));
	line(out, "host.hostname", j->hostname);
	addresses(out, j);
	line(out, "mount.fstab", arena_printf(a, "/etc/fstab.%s", j->name));
	rights(out, j);
	commands(in, p, a, out);
	for (size_t i = 0; i < j->depend.n; i++)
		str_addf(out, "\tdepend += %s;\n", j->depend.v[i]);
	str_add(out, "}\n");
	return 0;
}

static const char head[] = "# Made by warder emit jail.conf.\n";

static int
add_fstab(const struct emit_input *in, size_t i, struct arena *a, struct emit_files *ret, struct err *e)
{
	struct emit_input one = *in;
	struct emit_files files = {0};
	str_auto text = {0};

	one.plans = &in->plans[i];
	one.n = 1;
	one.o = (struct emit_options){.os = EMIT_FREEBSD};
	if (emit_fstab.emit(&one, a, &files, e) == -1)
		return -1;
	str_add(&text, files.v[0].text);
	emit_file_add(a, ret, arena_printf(a, "fstab.%s", in->plans[i].jail->name), &text);
	return 0;
}

static int
add_blocks(const struct emit_input *in, struct arena *a, struct emit_files *ret, struct err *e)
{
	str_auto all = {0};

	str_add(&all, head);
	for (size_t i = 0; i < in->n; i++) {
		str_auto one = {0};

		str_add(&one, head);
		if (block(in, &in->plans[i], a, in->o.split ? &one : &all, e) == -1)
			return -1;
		if (in->o.split)
			emit_file_add(a, ret, arena_printf(a, "jail.conf.d/%s.conf", in->plans[i].jail->name), &one);
	}
	if (!in->o.split)
		emit_file_add(a, ret, "jail.conf", &all);
	return 0;
}

static int
emit(const struct emit_input *in, struct arena *a, struct emit_files *ret, struct err *e)
{
	str_auto rc = {0}, devfs = {0}, rctl = {0};

	if (add_blocks(in, a, ret, e) == -1)
		return -1;
	for (size_t i = 0; i < in->n; i++)
		if (add_fstab(in, i, a, ret, e) == -1)
			return -1;
	jail_rc_conf(in, a, &rc);
	jail_devfs_rules(&devfs);
	jail_rctl_conf(in, &rctl);
	emit_file_add(a, ret, "rc.conf", &rc);
	emit_file_add(a, ret, "devfs.rules", &devfs);
	if (rctl.len > 0)
		emit_file_add(a, ret, "rctl.conf", &rctl);
	return 0;
}

const struct emitter emit_jail_conf = {.name = "jail.conf", .emit = emit};
