/*
 * systemd.nspawn(5): JAIL.nspawn for /etc/systemd/nspawn, and JAIL.fstab with the view's mounts.
 *
 * nspawn has no word for noexec, so mount(8) makes the view on ROOT/j/JAIL before, and nspawn takes it with all that is
 * mounted in it.  /dev, /run, /sys and /proc are nspawn's own; what is laxer about them is said.
 */
#include <string.h>

#include "emit/fstab.h"

struct nspawn {
	const struct plan *p;
	struct arena *a;
	struct str *out;
};

/* A backslash means itself there: each kind of quote goes between quotes of the other. */
static void
words(const struct nspawn *n, const char *key, const struct strv *l)
{
	str_addf(n->out, "%s=", key);
	for (size_t i = 0; i < l->n; i++) {
		const char *s = l->v[i];

		str_add(n->out, i > 0 ? " " : "");
		do {
			char quote = *s == '"' ? '\'' : '"';
			size_t len = *s == '"' ? strspn(s, "\"") : strcspn(s, "\"");

			str_addf(n->out, "%c%.*s%c", quote, (int)len, s, quote);
			s += len;
		} while (*s != '\0');
	}
	str_addc(n->out, '\n');
}

static void
note(const struct nspawn *n, const char *subject, enum key key, const char *text)
{
	emit_note(n->out, subject, key != KEY_COUNT ? &n->p->jail->at[key] : NULL, text);
}

static void
notes(const struct emit_input *in, const struct nspawn *n)
{
	const struct jail *j = n->p->jail;

	note(n, "use", KEY_COUNT,
		arena_printf(n->a, "mount --all --fstab %s.fstab, then systemd-nspawn -M %s -D %s/j/%s", j->name,
			j->name, in->root, j->name));
	note(n, "/dev, /run", KEY_COUNT, "nspawn's own: the jail's root can make files in both, and execute them");
	note(n, "/proc, /sys", KEY_COUNT,
		"nspawn's own: /proc is writable as far as it is the jail's; the base must have the directory sys");
	note(n, "landlock, sysctl", KEY_COUNT, "not here; ports below 1024 need the capability net_bind_service");
	if (j->addrs.n > 0)
		note(n, "ip4.addr, ip6.addr, peers, gateway", KEY_COUNT,
			"not here: there is a loopback interface only");
	if (j->prestart.n + j->poststart.n + j->prestop.n + j->stop.n + j->poststop.n > 0)
		note(n, "exec.prestart, exec.poststart, exec.prestop, exec.stop, exec.poststop", KEY_COUNT, "not here");
	if (j->health.n > 0)
		note(n, "exec.health", KEY_HEALTH, "not asked");
	if (j->limits.memory > 0 || j->limits.pids > 0 || j->limits.cpu > 0)
		note(n, "memory, pids, cpu", KEY_COUNT, "not here: they are --property= of the command");
	if (j->wx == WX_DENY)
		note(n, "wx", KEY_WX, "not held: memory may be both written and executed");
	if (j->restart != RESTART_NO)
		note(n, "restart", KEY_RESTART, "not here: it is what systemd-nspawn@.service says");
	if (j->nrun_dirs > 0)
		note(n, "run.dirs", KEY_RUN_DIRS, "they are the jail's root's, whoever is named");
	if (j->service_user != NULL)
		note(n, "exec.jail_user", KEY_JAIL_USER, "nspawn asks the base's getent(1) for it");
}

static void
capabilities(const struct nspawn *n)
{
	const struct strv kept = emit_caps(n->p->jail->caps, n->a), dropped = emit_caps(~n->p->jail->caps, n->a);

	for (size_t i = 0; i < kept.n; i++)
		str_addf(n->out, "Capability=%s\n", kept.v[i]);
	emit_setting(n->out, "DropCapability", &dropped);
}

static void
exec(const struct nspawn *n)
{
	const struct jail *j = n->p->jail;
	const struct strv argv = emit_service(n->p, n->a);

	str_add(n->out, "[Exec]\nBoot=no\nProcessTwo=yes\nWorkingDirectory=/\n");
	words(n, "Parameters", &argv);
	for (size_t i = 0; i < j->environment.n; i++)
		words(n, "Environment", &(struct strv){&j->environment.v[i], 1});
	if (j->service_user != NULL)
		str_addf(n->out, "User=%.*s\n", (int)strcspn(j->service_user, ":"), j->service_user);
	str_addf(n->out, "Hostname=%s\nKillSignal=%u\nPrivateUsers=%u:%u\nNoNewPrivileges=yes\n", j->hostname,
		j->stop_signal, n->p->facts->id_base, ID_COUNT);
	capabilities(n);
	str_addf(n->out, "SystemCallFilter=~@debug @keyring @obsolete memfd_create%s\n",
		j->sysvshm == SYSVSHM_DISABLE ? " shmget shmat shmctl shmdt" : "");
	str_add(n->out, "LimitCORE=0\n");
	if (j->nofile > 0)
		str_addf(n->out, "LimitNOFILE=%u\n", j->nofile);
	str_add(n->out, "LinkJournal=no\nResolvConf=off\nTimezone=off\n");
}

static void
files(const struct nspawn *n)
{
	const struct jail *j = n->p->jail;

	str_add(n->out, "\n[Files]\nPrivateUsersOwnership=off\n");
	if (j->shm > 0)
		str_addf(n->out, "TemporaryFileSystem=/dev/shm:mode=1777,nosuid,noexec,size=%llu\n",
			(unsigned long long)j->shm);
	else
		str_add(n->out, "TemporaryFileSystem=/dev/shm:ro\n");
	for (size_t i = 0; i < n->p->nops; i++) {
		const struct op *o = &n->p->ops[i];

		if (o->kind == OP_RUNDIR)
			str_addf(n->out, "TemporaryFileSystem=/run/%s:mode=%04o,nosuid,noexec\n", o->u.rundir.name,
				o->u.rundir.mode);
	}
	str_add(n->out, "\n[Network]\nPrivate=yes\n");
}

static void
add_fstab(const struct emit_input *in, const struct nspawn *n, struct emit_files *ret)
{
	str_auto out = {0};

	str_add(&out, "# Made by warder emit nspawn.\n");
	for (size_t i = 0; i < n->p->nops; i++) {
		const struct op *o = &n->p->ops[i];

		if (o->kind == OP_MOUNT && o->u.mount.type == MOUNT_BIND && o->u.mount.tree != TREE_DEV)
			fstab_add_mount(in, n->p, o, n->a, &out);
	}
	emit_file_add(n->a, ret, arena_printf(n->a, "%s.fstab", n->p->jail->name), &out);
}

static int
emit(const struct emit_input *in, struct arena *a, struct emit_files *ret, struct err *e)
{
	for (size_t i = 0; i < in->n; i++) {
		str_auto out = {0};
		struct nspawn n = {.p = &in->plans[i], .a = a, .out = &out};

		if (emit_check_service("emit nspawn", n.p->jail, e) == -1)
			return -1;
		str_add(&out, "# Made by warder emit nspawn.\n");
		notes(in, &n);
		exec(&n);
		files(&n);
		emit_file_add(a, ret, arena_printf(a, "%s.nspawn", n.p->jail->name), &out);
		add_fstab(in, &n, ret);
	}
	return 0;
}

const struct emitter emit_nspawn = {.name = "nspawn", .emit = emit};
