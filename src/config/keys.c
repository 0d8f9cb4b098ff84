/*
 * The table of keys.
 *
 * One row says everything about a key; the parser, `config keys`, dump, JSON, the manual page's check and completion
 * all read it.  A new key is one new row (and a new number in enum key).
 */
#include "config/keys.h"

#include <stddef.h>
#include <string.h>

#include "config/faults.h"

#define FIELD(type, member) offsetof(struct type, member), sizeof(((struct type *)0)->member)
#define GLOBAL(k, name, t, member, ...)                                                                                \
	{                                                                                                              \
		KEY_##k, WHERE_GLOBAL, name, &type_##t, FIELD(config, member), __VA_ARGS__                             \
	}
#define BASE(k, name, t, member, ...)                                                                                  \
	{                                                                                                              \
		KEY_BASE_##k, WHERE_BASE, name, &type_##t, FIELD(base_decl, member), __VA_ARGS__                       \
	}
#define JAIL(k, name, t, member, ...)                                                                                  \
	{                                                                                                              \
		KEY_##k, WHERE_JAIL, name, &type_##t, FIELD(jail, member), __VA_ARGS__                                 \
	}
/* A key whose type finds its fields itself. */
#define JAIL_WHOLE(k, name, t, ...)                                                                                    \
	{                                                                                                              \
		KEY_##k, WHERE_JAIL, name, &type_##t, 0, 0, __VA_ARGS__                                                \
	}
#define LIST(check, rep, most) .fault = fault_##check, .repeats = REPEATS_##rep, .max = (most)
#define DOC(none, doc) .fallback = (none), .text = (doc)

enum { DAY = 86400, PINS_MAX = 256, NAMES_MAX = 256, CPU_MAX = 100 * 4096 };

#define MEBIBYTE (UINT64_C(1) << 20)
#define SIZE_LIMIT (UINT64_C(1) << 60)

static const char *const restart_words[] = {
	[RESTART_NO] = "no", [RESTART_ON_FAILURE] = "on-failure", [RESTART_ALWAYS] = "always", NULL};
static const char *const wx_words[] = {[WX_ALLOW] = "allow", [WX_DENY] = "deny", NULL};
static const char *const sysvshm_words[] = {[SYSVSHM_DISABLE] = "disable", [SYSVSHM_NEW] = "new", NULL};
static const char *const limits_words[] = {[LIMITS_STRICT] = "strict", [LIMITS_BEST_EFFORT] = "best-effort", NULL};
static const char *const before_start_words[] = {
	[BEFORE_START_NO] = "no", [BEFORE_START_QUICK] = "quick", [BEFORE_START_FULL] = "full", NULL};

const struct key_row key_table[] = {
	GLOBAL(ROOT, "root", text, root, .fault = fault_root,
		DOC("/jails", "the directory on the host that holds all")),
	GLOBAL(GLOBAL_GENERATIONS_KEEP, "generations.keep", keep, keep,
		DOC("5, 30d",
			"what `warder gc` keeps: so many of the newest, and what is younger; of every jail and base")),
	GLOBAL(SEAL_KEY, "seal.key", text, seal_key, .fault = fault_seal_key,
		DOC("", "the public key NAME.pub that manifests are signed for, by NAME.sec beside it")),

	BASE(FROM, "from", text, from, .fault = fault_from,
		DOC("(required)", "where it comes from: debian:SUITE, tar:FILE, dir:PATH or busybox")),
	BASE(PACKAGES, "packages", strings, packages, LIST(package, NO_NAME, 0), DOC("", "further packages")),
	BASE(MIRROR, "mirror", text, mirror, .fault = fault_mirror, DOC("", "where packages are fetched from")),
	BASE(COMPONENTS, "components", strings, components, LIST(component, NO, 0),
		DOC("", "parts of the archive, such as main")),
	BASE(APT_OPTIONS, "apt.options", strings, apt_options, LIST(any, OK, 0), DOC("", "lines of apt.conf(5)")),
	BASE(DEBCONF, "debconf", strings, debconf, LIST(any, OK, 0),
		DOC("", "answers to packages' questions, lines of debconf-set-selections(1)")),
	BASE(PATH_EXCLUDE, "path.exclude", strings, path_exclude, LIST(glob, NO, 0),
		DOC("", "files of packages to leave out, as dpkg's path-exclude")),
	BASE(PATH_INCLUDE, "path.include", strings, path_include, LIST(glob, NO, 0),
		DOC("", "files to keep of those left out, as dpkg's path-include")),
	BASE(LINKS, "links", strings, links, LIST(link, NO, 0),
		DOC("", "further links from the base into the skeleton or the state: \"opt -> s/opt\"")),
	BASE(PINS, "pins", strings, pins, LIST(pin, NO, PINS_MAX),
		DOC("", "further paths under /var that are read-only, from the base")),
	BASE(FLAVOUR, "flavour", text, flavour, .fault = fault_flavour,
		DOC("", "the kind of system; found from the tree if not said")),
	BASE(GENERATIONS_KEEP, "generations.keep", keep, keep,
		DOC("5, 30d", "which generations of it `warder gc` keeps; outside of blocks for all")),

	JAIL(BASE, "base", text, base, .fault = fault_name, DOC("(required)", "the base that it uses")),
	JAIL(HOSTNAME, "host.hostname", text, hostname, .fault = fault_hostname,
		DOC("(the jail's name)", "the name that the jail sees as the host's")),
	JAIL(IP4_ADDR, "ip4.addr", ip4, addrs, DOC("", "its IPv4 addresses, ADDRESS or ADDRESS/LENGTH")),
	JAIL(IP6_ADDR, "ip6.addr", ip6, addrs, DOC("", "its IPv6 addresses, ADDRESS or ADDRESS/LENGTH")),
	JAIL(BRIDGE, "bridge", text, bridge, .fault = fault_interface,
		DOC("warder0", "the bridge that joins it to the host; made if it is not there")),
	JAIL(BRIDGE_IP4, "bridge.ip4", bridge4, bridge_ip4,
		DOC("", "the host's IPv4 address on the bridge; if not said the first of the jail's network")),
	JAIL(BRIDGE_IP6, "bridge.ip6", bridge6, bridge_ip6,
		DOC("", "the host's IPv6 address on the bridge; if not said the first of the jail's network")),
	JAIL(GATEWAY, "gateway", bool, gateway, DOC("false", "whether it has a default route, by the host")),
	JAIL(PEERS, "peers", strings, peers, LIST(name, NO, NAMES_MAX), DOC("", "jails that it may talk to")),

	JAIL(SERVICE, "exec.service", argv, service,
		DOC("", "the program that it runs, a list of arguments; without one only pid 1 runs")),
	JAIL(START, "exec.start", strings, start, LIST(any, OK, 0),
		DOC("", "commands for its /bin/sh, before the service")),
	JAIL(STOP, "exec.stop", strings, stop, LIST(any, OK, 0),
		DOC("", "commands for its /bin/sh, before the service is told to stop")),
	JAIL(HEALTH, "exec.health", argv, health,
		DOC("", "a command, a list of arguments, that ends with 0 in the jail while the service is well")),
	JAIL(PRESTART, "exec.prestart", strings, prestart, LIST(any, OK, 0),
		DOC("", "commands for the host's /bin/sh, before the jail is made")),
	JAIL(POSTSTART, "exec.poststart", strings, poststart, LIST(any, OK, 0),
		DOC("", "commands for the host's /bin/sh, once the jail runs")),
	JAIL(PRESTOP, "exec.prestop", strings, prestop, LIST(any, OK, 0),
		DOC("", "commands for the host's /bin/sh, before the jail is stopped")),
	JAIL(POSTSTOP, "exec.poststop", strings, poststop, LIST(any, OK, 0),
		DOC("", "commands for the host's /bin/sh, once the jail is gone")),
	JAIL(EXEC_TIMEOUT, "exec.timeout", number, exec_timeout, .max = DAY,
		DOC("0", "seconds that each command may take; 0: no end")),
	JAIL_WHOLE(EXEC_CLEAN, "exec.clean", always, DOC("true", "the environment is built from nothing, always")),
	JAIL(EXEC_ALLOW, "exec.allow", strings, exec_allow, LIST(exec_allow, NO, NAMES_MAX),
		DOC("", "the only programs that can be executed; all of base and skeleton if not said")),
	JAIL(CONSOLELOG, "exec.consolelog", text, consolelog, .fault = fault_host_path,
		DOC("", "the file on the host for its output; ROOT/.warder/log/NAME.log if not said")),
	JAIL(ENVIRONMENT, "exec.environment", strings, environment, LIST(environment, NO_NAME, 0),
		DOC("", "NAME=value, for all that is run in it")),
	JAIL(JAIL_USER, "exec.jail_user", text, service_user, .fault = fault_user,
		DOC("", "USER or USER:GROUP of the service; the jail's root if not said")),
	JAIL_WHOLE(RUN_DIRS, "run.dirs", run_dirs,
		DOC("", "directories made in /run at each start: \"NAME OWNER[:GROUP] MODE\"")),
	JAIL(RESTART, "restart", words, restart, .words = restart_words,
		DOC("no", "when the service is run again after it ended: no, on-failure, always")),
	JAIL(RESTART_DELAY, "restart.delay", number, restart_delay, .max = DAY,
		DOC("1", "seconds before it is run again")),
	JAIL(STOP_SIGNAL, "stop.signal", signal, stop_signal,
		DOC("SIGTERM", "the signal that tells the service to end")),
	JAIL(STOP_TIMEOUT, "stop.timeout", number, stop_timeout, .max = DAY,
		DOC("10", "seconds that it has to end before it is killed")),

	JAIL_WHOLE(CAPABILITIES, "capabilities", caps,
		DOC("chown, dac_override, fowner, kill, setgid, setuid", "the bounding set; `none` empties it")),
	JAIL_WHOLE(CAPABILITIES_FORCE, "capabilities.force", caps_force,
		DOC("", "capabilities that break a jail's promise, given all the same")),
	JAIL(WX, "wx", words, wx, .words = wx_words,
		DOC("allow", "whether memory may be both written and executed: allow, deny")),
	JAIL(SHM, "shm", size, shm, .min = 4096, .max = SIZE_LIMIT, DOC("", "size of /dev/shm; none if not said")),
	JAIL(SYSVSHM, "sysvshm", words, sysvshm, .words = sysvshm_words,
		DOC("disable", "whether it has System V shared memory, its own: disable, new")),
	JAIL(PINS, "pins", strings, pins, LIST(pin, NO, PINS_MAX),
		DOC("", "further paths under /var that are read-only, from the skeleton")),
	{KEY_MEMORY, WHERE_JAIL, "memory", &type_size, FIELD(jail, limits.memory), .min = MEBIBYTE, .max = SIZE_LIMIT,
		DOC("", "the most memory that it can use")},
	JAIL(PIDS, "pids", number, limits.pids, .min = 2, .max = 4194304, DOC("", "the most processes and threads")),
	JAIL(CPU, "cpu", percent, limits.cpu, .min = 1, .max = CPU_MAX,
		DOC("", "the most processor time, in percent of one processor")),
	JAIL(NOFILE, "nofile", number, nofile, .min = 16, .max = 1073741816,
		DOC("", "the most open files of a process")),
	JAIL(LIMITS, "limits", words, limits.policy, .words = limits_words,
		DOC("strict", "what a limit that the machine cannot hold does to a start: strict, best-effort")),

	JAIL_WHOLE(RESOLVER, "resolver", resolver,
		DOC("none", "its /etc/resolv.conf: none, host, or addresses of name servers")),
	JAIL(HOSTS, "hosts", strings, hosts, LIST(hosts_line, OK, 0), DOC("", "further lines of its /etc/hosts")),
	JAIL(TIMEZONE, "timezone", text, timezone, .fault = fault_timezone,
		DOC("", "its time zone; as the base has it if not said")),
	JAIL(DEPEND, "depend", strings, depend, LIST(name, NO, NAMES_MAX), DOC("", "jails that are started before it")),
	JAIL(VERIFY_BEFORE_START, "verify.before_start", words, verify, .words = before_start_words,
		DOC("no", "whether its skeleton and base are verified before each start: no, quick, full")),
	JAIL(GENERATIONS_KEEP, "generations.keep", keep, keep,
		DOC("5, 30d", "which generations of its skeleton `warder gc` keeps; outside of blocks for all")),
	JAIL(META, "meta", strings, meta, LIST(any, OK, 0), DOC("", "notes of the administrator")),

	JAIL_WHOLE(PATH, "path", refused, DOC("", "refused: where a jail lies follows from `root`")),
	JAIL_WHOLE(
		INTERFACE, "interface", refused, DOC("", "refused: a jail has an interface of its own; see `bridge`")),
	JAIL_WHOLE(VNET, "vnet", refused, DOC("", "refused: a jail always has a network stack of its own")),
	JAIL_WHOLE(MOUNT_FSTAB, "mount.fstab", refused, DOC("", "refused: nothing further is mounted in a jail")),
	JAIL_WHOLE(DEVFS_RULESET, "devfs_ruleset", refused, DOC("", "refused: FreeBSD only")),
	JAIL_WHOLE(SECURELEVEL, "securelevel", refused, DOC("", "refused: FreeBSD only")),
	JAIL_WHOLE(ALLOW, "allow.*", refused, DOC("", "refused unless false: nothing of it is ever allowed")),
};
const size_t nkey_table = sizeof(key_table) / sizeof(*key_table);

static const struct foreign_key foreign_keys[] = {
	{"path", KEY_PATH, false, "a jail's place follows from its name", "set `root` before the first jail"},
	{"interface", KEY_INTERFACE, false, "a jail has an interface of its own", "name its bridge: bridge = warder0;"},
	{"vnet.", KEY_VNET, false, "a jail has an interface of its own", "name its bridge: bridge = warder0;"},
	{"vnet", KEY_VNET, false, "a jail always has a network stack of its own", "remove the line"},
	{"mount.fstab", KEY_MOUNT_FSTAB, false, "nothing further is mounted in a jail",
		"what it needs belongs into its base, its skeleton or its /var"},
	{"mount", KEY_MOUNT_FSTAB, false, "nothing further is mounted in a jail",
		"what it needs belongs into its base, its skeleton or its /var"},
	{"mount.", KEY_COUNT, false, "a jail always has its own /dev and /proc, and nothing else", "remove the line"},
	{"devfs_ruleset", KEY_DEVFS_RULESET, false, "is of FreeBSD only", "/dev holds seven harmless devices here"},
	{"securelevel", KEY_SECURELEVEL, false, "is of FreeBSD only", "see capabilities and wx"},
	{"allow.", KEY_ALLOW, true, "is never allowed: the jail could break out of its promise",
		"remove the line; see capabilities for what can be given"},
	{"name", KEY_COUNT, false, "stands before the block", "write NAME { ... }"},
	{"jid", KEY_COUNT, false, "is of FreeBSD only", "a jail is known by its name"},
	{"host.", KEY_COUNT, false, "is of FreeBSD only", "host.hostname is the one that is known here"},
	{"persist", KEY_COUNT, false, "a jail stays as long as its pid 1",
		"leave exec.service away for a jail without one"},
	{"exec.fib", KEY_COUNT, false, "is of FreeBSD only", "see gateway and peers"},
	{"exec.system_user", KEY_COUNT, false, "commands on the host run as root", "see exec.jail_user"},
	{"exec.system_jail_user", KEY_COUNT, false, "users are looked up in the jail, always", "remove the line"},
	{"exec.created", KEY_COUNT, false, "is not known here", "see exec.prestart and exec.poststart"},
	{"exec.release", KEY_COUNT, false, "is not known here", "see exec.poststop"},
	{"children.", KEY_COUNT, false, "there are no jails within jails", "remove the line"},
	{"enforce_statfs", KEY_COUNT, false, "is of FreeBSD only", "a jail never sees the host's mounts"},
	{"sysvmsg", KEY_COUNT, false, "System V objects are a jail's own, always", "remove the line"},
	{"sysvsem", KEY_COUNT, false, "System V objects are a jail's own, always", "remove the line"},
	{"linux", KEY_COUNT, false, "is of FreeBSD only", "remove the line"},
	{"linux.", KEY_COUNT, false, "is of FreeBSD only", "remove the line"},
};

static const char *const where_names[] = {[WHERE_GLOBAL] = "global", [WHERE_BASE] = "base", [WHERE_JAIL] = "jail"};

const char *
key_where_name(enum key_where w)
{
	return where_names[w];
}

const struct key_row *
key_find(const char *name, enum key_where where)
{
	for (size_t i = 0; i < nkey_table; i++)
		if (key_table[i].where == where && !strcmp(key_table[i].name, name))
			return &key_table[i];
	return NULL;
}

const struct key_row *
key_find_elsewhere(const char *name, enum key_where where)
{
	for (size_t i = 0; i < nkey_table; i++)
		if (key_table[i].where != where && !strcmp(key_table[i].name, name))
			return &key_table[i];
	return NULL;
}

const char *
key_nearest(const char *name, enum key_where where)
{
	const char *names[sizeof(key_table) / sizeof(*key_table)];
	size_t n = 0;

	for (size_t i = 0; i < nkey_table; i++)
		if (key_table[i].where == where && key_table[i].type != &type_refused)
			names[n++] = key_table[i].name;
	return str_nearest(name, names, n);
}

const struct foreign_key *
foreign_find(const char *name)
{
	for (size_t i = 0; i < sizeof(foreign_keys) / sizeof(*foreign_keys); i++) {
		const struct foreign_key *k = &foreign_keys[i];
		const size_t n = strlen(k->name);

		if (k->name[n - 1] == '.' ? str_has_prefix(name, k->name) : !strcmp(name, k->name))
			return k;
	}
	return NULL;
}

size_t
config_keys(const struct key_doc **ret)
{
	static struct key_doc docs[sizeof(key_table) / sizeof(*key_table)];

	for (size_t i = 0; i < nkey_table; i++)
		docs[i] = (struct key_doc){key_table[i].name, key_where_name(key_table[i].where),
			key_table[i].type->name, key_table[i].fallback, key_table[i].text};
	*ret = docs;
	return nkey_table;
}
