/*
 * systemd.service(5) without warder at run time: the view and the rights of the plan in systemd's own settings.
 *
 * What systemd has no setting for is a comment, above all the shift of ids: there is no user namespace with a range of
 * its own, so a root in the unit is the host's, and the state's files must have plain ids.
 */
#include <inttypes.h>
#include <string.h>

#include "emit/systemd.h"

/* What holds for every jail.  The filter is systemd's groups, not warder's own list: SECURITY.md R18 less what a group
 * cannot take apart. */
static const char fixed[] =
	"MountAPIVFS=yes\n"
	"TemporaryFileSystem=/run:rw,nosuid,nodev,noexec,mode=0755\n"
	"InaccessiblePaths=-+/sys\n"
	"ProtectSystem=strict\n"
	"ProtectHome=read-only\n"
	"ReadWritePaths=+/t/var +/t/tmp\n"
	"PrivateDevices=yes\n"
	"DevicePolicy=closed\n"
	"PrivateIPC=yes\n"
	"PrivateMounts=yes\n"
	"ProtectProc=invisible\n"
	"ProcSubset=pid\n"
	"ProtectClock=yes\n"
	"ProtectControlGroups=yes\n"
	"ProtectHostname=yes\n"
	"ProtectKernelLogs=yes\n"
	"ProtectKernelModules=yes\n"
	"ProtectKernelTunables=yes\n"
	"NoNewPrivileges=yes\n"
	"LockPersonality=yes\n"
	"RestrictNamespaces=yes\n"
	"RestrictRealtime=yes\n"
	"RestrictSUIDSGID=yes\n"
	"RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK\n"
	"KeyringMode=private\n"
	"AmbientCapabilities=\n"
	"SystemCallArchitectures=native\n"
	"SystemCallErrorNumber=EPERM\n"
	"SystemCallFilter=@system-service\n"
	"SystemCallFilter=~@clock @cpu-emulation @debug @keyring @module @mount @obsolete @raw-io @reboot @swap\n"
	"SystemCallFilter=~memfd_create clone3:ENOSYS io_uring_setup:ENOSYS io_uring_enter:ENOSYS "
	"io_uring_register:ENOSYS name_to_handle_at "
	"fanotify_init userfaultfd process_vm_readv process_vm_writev pidfd_getfd\n"
	"LimitCORE=0\n";

/* Calls that System V shared memory needs; the jail has none. */
static const char no_shm[] = "SystemCallFilter=~shmget shmat shmctl shmdt\n";

struct unit {
	const struct emit_input *in;
	const struct plan *p;
	struct arena *a;
	struct str *out;
};

static void
note(const struct unit *u, const char *subject, enum key key, const char *text)
{
	emit_note(u->out, subject, key != KEY_COUNT ? &u->p->jail->at[key] : NULL, text);
}

static void
notes(const struct unit *u)
{
	const struct jail *j = u->p->jail;

	note(u, "ids", KEY_COUNT,
		"not shifted: root here is the host's, less its capabilities; files of the state, which have ids from "
		"the jail's own range, must be given plain ones before, and then warder cannot start the jail");
	note(u, "/sys", KEY_COUNT,
		"systemd mounts it, and hides it again; where the base has no such directory systemd makes it there, "
		"and "
		"warder verify reports it");
	if (j->addrs.n > 0)
		note(u, "ip4.addr, ip6.addr, peers, gateway", KEY_COUNT,
			"not here: it is in the host's network, and nothing filters what it sends");
	if (strcmp(j->hostname, j->name) != 0)
		note(u, "host.hostname", KEY_HOSTNAME, "not here: it sees the host's name");
	if (j->prestart.n + j->poststart.n + j->prestop.n + j->poststop.n > 0)
		note(u, "exec.prestart, exec.poststart, exec.prestop, exec.poststop", KEY_COUNT,
			"not here: what runs on the host belongs into a unit of its own, with Before= or After=");
	if (j->health.n > 0)
		note(u, "exec.health", KEY_HEALTH, "not asked: systemd has no word for it");
	if (j->nrun_dirs > 0)
		note(u, "run.dirs", KEY_RUN_DIRS, "they belong to User=, and have one mode");
}

static void
setting(const struct unit *u, const char *key, const char *word)
{
	unit_words(u->out, key, &(struct strv){&word, 1});
}

/* Each path between quotes of its own: within them a colon parts nothing. */
static void
bind(const struct unit *u, const char *key, const struct op *o)
{
	const char *optional = o->u.mount.flags & MNT_OPTIONAL ? "-" : "";

	str_addf(u->out, "%s=", key);
	unit_quote(u->out, arena_printf(u->a, "%s%s", optional, emit_source(u->in, u->p, o, u->a)));
	str_addc(u->out, ':');
	unit_quote(u->out, o->u.mount.target);
	str_addc(u->out, '\n');
}

static void
mount(const struct unit *u, const struct op *o)
{
	const char *key = o->u.mount.flags & MNT_RO ? "BindReadOnlyPaths" : "BindPaths";

	if (o->u.mount.type == MOUNT_TMPFS)
		str_addf(u->out, "TemporaryFileSystem=%s:rw,nosuid,nodev,noexec,mode=1777,size=%" PRIu64 "\n",
			o->u.mount.target, u->p->jail->shm);
	if (o->u.mount.type != MOUNT_BIND || o->u.mount.tree == TREE_DEV || o->u.mount.tree == TREE_VIEW)
		return;
	if (o->u.mount.tree == TREE_BASE)
		str_addf(u->out, "RootDirectory=%s\n", unit_specifiers(emit_source(u->in, u->p, o, u->a), u->a));
	else
		bind(u, key, o);
}

/* "+": of the unit's root; without it they are the host's. */
static void
within(const struct unit *u, const char *key, const struct strv *paths)
{
	struct strv l = {0};

	for (size_t i = 0; i < paths->n; i++)
		strv_add(u->a, &l, arena_printf(u->a, "+%s", paths->v[i]));
	unit_words(u->out, key, &l);
}

/* A mount of its own does not take noexec from the one that it lies in. */
static struct strv
not_executable(const struct unit *u)
{
	struct strv l = {0};

	for (size_t i = 0; i < u->p->nops; i++) {
		const struct op *o = &u->p->ops[i];
		if (o->kind == OP_MOUNT && o->u.mount.type == MOUNT_BIND && o->u.mount.flags & MNT_NOEXEC)
			strv_add(u->a, &l, o->u.mount.target);
	}
	return l;
}

static void
executables(const struct unit *u)
{
	const struct jail *j = u->p->jail;
	struct strv not = not_executable(u);

	within(u, "NoExecPaths", &not );
	if (j->exec_allow.n == 0)
		return;
	str_add(u->out, "NoExecPaths=+/\n");
	within(u, "ExecPaths", &j->exec_allow);
	within(u, "ExecPaths", &u->p->facts->base->library_dirs);
}

static void
view(const struct unit *u)
{
	for (size_t i = 0; i < u->p->nops; i++)
		if (u->p->ops[i].kind == OP_MOUNT)
			mount(u, &u->p->ops[i]);
	if (u->p->jail->shm == 0)
		str_add(u->out, "TemporaryFileSystem=/dev/shm:ro,nosuid,nodev,noexec\n");
	executables(u);
}

static void
capabilities(const struct unit *u, uint64_t caps)
{
	const struct strv names = emit_caps(caps, u->a);

	emit_setting(u->out, "CapabilityBoundingSet", &names);
}

static void
rights(const struct unit *u)
{
	const struct jail *j = u->p->jail;

	str_add(u->out, fixed);
	capabilities(u, j->caps);
	str_addf(u->out, "PrivateNetwork=%s\n", j->addrs.n == 0 ? "yes" : "no");
	if (j->sysvshm == SYSVSHM_DISABLE)
		str_add(u->out, no_shm);
	if (j->wx == WX_DENY)
		str_add(u->out, "MemoryDenyWriteExecute=yes\n");
	if (j->nofile > 0)
		str_addf(u->out, "LimitNOFILE=%u\n", j->nofile);
	if (j->limits.memory > 0)
		str_addf(u->out, "MemoryMax=%" PRIu64 "\nMemorySwapMax=0\n", j->limits.memory);
	if (j->limits.pids > 0)
		str_addf(u->out, "TasksMax=%" PRIu64 "\n", j->limits.pids);
	if (j->limits.cpu > 0)
		str_addf(u->out, "CPUQuota=%u%%\n", j->limits.cpu);
}

static void
user(const struct unit *u)
{
	const struct jail_facts *f = u->p->facts;

	if (u->p->jail->service_user == NULL)
		return;
	str_addf(u->out, "User=%u\nGroup=%u\n", f->service_uid, f->service_gid);
	for (size_t i = 0; i < f->nservice_groups; i++)
		str_addf(u->out, "SupplementaryGroups=%u\n", f->service_groups[i]);
}

static void
run_dirs(const struct unit *u)
{
	const struct jail *j = u->p->jail;

	for (size_t i = 0; i < j->nrun_dirs; i++)
		setting(u, "RuntimeDirectory", j->run_dirs[i].name);
	if (j->nrun_dirs > 0)
		str_addf(u->out, "RuntimeDirectoryMode=%04o\n", j->run_dirs[0].mode);
}

static void
process(const struct unit *u)
{
	static const char *const restarts[] = {
		[RESTART_NO] = "no", [RESTART_ON_FAILURE] = "on-failure", [RESTART_ALWAYS] = "always"};
	const struct jail *j = u->p->jail;

	user(u);
	run_dirs(u);
	for (size_t i = 0; i < j->environment.n; i++) {
		str_add(u->out, "Environment=");
		unit_quote(u->out, j->environment.v[i]);
		str_addc(u->out, '\n');
	}
	unit_shell(u->out, "ExecStartPre", &j->start);
	unit_command(u->out, "ExecStart", &j->service);
	unit_shell(u->out, "ExecStop", &j->stop);
	str_addf(u->out, "Restart=%s\nRestartSec=%u\nKillMode=mixed\nKillSignal=%u\n", restarts[j->restart],
		j->restart_delay, j->stop_signal);
	unit_timeout(u->out, "TimeoutStartSec", j, j->start.n, UNIT_SLACK);
	unit_timeout(u->out, "TimeoutStopSec", j, j->stop.n, j->stop_timeout);
	if (j->consolelog != NULL)
		str_addf(u->out, "StandardOutput=append:%s\n", unit_specifiers(j->consolelog, u->a));
}

static void
dependencies(const struct unit *u)
{
	const struct jail *j = u->p->jail;

	str_addf(u->out, "[Unit]\nDescription=Jail %s\nAfter=network.target", j->name);
	for (size_t i = 0; i < j->depend.n; i++)
		str_addf(u->out, " jail-%s.service", j->depend.v[i]);
	str_addc(u->out, '\n');
	for (size_t i = 0; i < j->depend.n; i++)
		str_addf(u->out, "Requires=jail-%s.service\n", j->depend.v[i]);
}

int
unit_native(const struct emit_input *in, const struct plan *p, struct arena *a, struct str *out, struct err *e)
{
	struct unit u = {.in = in, .p = p, .a = a, .out = out};

	if (p->jail->service.n == 0) {
		err_set(e, ERR_CONFIG, "emit systemd", p->jail->name, "has no exec.service that a unit could run");
		return err_at(e, &p->jail->loc);
	}
	str_add(out, "# Made by warder emit systemd --native; it names generations: make it anew after a change.\n");
	notes(&u);
	dependencies(&u);
	str_add(out, "\n[Service]\nType=exec\n");
	view(&u);
	rights(&u);
	process(&u);
	str_add(out, "\n[Install]\nWantedBy=multi-user.target\n");
	return 0;
}
