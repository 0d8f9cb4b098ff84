/*
 * The declaration as data: what an administrator wrote, checked and complete, with the place of each key.
 *
 * Everything lives in the arena of the configuration.  Sizes are bytes, times seconds, paths absolute as seen in the
 * jail unless said otherwise.  Strings are UTF-8 without control characters.
 */
#ifndef WARDER_MODEL_JAIL_H
#define WARDER_MODEL_JAIL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/net.h"

/*
 * Every key has a number here and a row in config/keys.c; jail->at[KEY_X] and base->at[KEY_X] say where it was written
 * (file NULL: the default).  A key that one system cannot honour is accepted by the parser and refused by the checks.
 */
enum key {
	/* before any block */
	KEY_ROOT,
	KEY_GLOBAL_GENERATIONS_KEEP,
	KEY_SEAL_KEY,
	/* base NAME { } */
	KEY_BASE_FROM,
	KEY_BASE_PACKAGES,
	KEY_BASE_MIRROR,
	KEY_BASE_COMPONENTS,
	KEY_BASE_APT_OPTIONS,
	KEY_BASE_DEBCONF,
	KEY_BASE_PATH_EXCLUDE,
	KEY_BASE_PATH_INCLUDE,
	KEY_BASE_LINKS,
	KEY_BASE_PINS,
	KEY_BASE_FLAVOUR,
	KEY_BASE_GENERATIONS_KEEP,
	/* NAME { } */
	KEY_BASE,
	KEY_HOSTNAME,
	KEY_IP4_ADDR,
	KEY_IP6_ADDR,
	KEY_BRIDGE,
	KEY_BRIDGE_IP4,
	KEY_BRIDGE_IP6,
	KEY_GATEWAY,
	KEY_PEERS,
	KEY_SERVICE,
	KEY_START,
	KEY_STOP,
	KEY_HEALTH,
	KEY_PRESTART,
	KEY_POSTSTART,
	KEY_PRESTOP,
	KEY_POSTSTOP,
	KEY_EXEC_TIMEOUT,
	KEY_EXEC_CLEAN,
	KEY_EXEC_ALLOW,
	KEY_CONSOLELOG,
	KEY_ENVIRONMENT,
	KEY_JAIL_USER,
	KEY_RUN_DIRS,
	KEY_RESTART,
	KEY_RESTART_DELAY,
	KEY_STOP_SIGNAL,
	KEY_STOP_TIMEOUT,
	KEY_CAPABILITIES,
	KEY_CAPABILITIES_FORCE,
	KEY_WX,
	KEY_SHM,
	KEY_SYSVSHM,
	KEY_PINS,
	KEY_MEMORY,
	KEY_PIDS,
	KEY_CPU,
	KEY_NOFILE,
	KEY_LIMITS,
	KEY_RESOLVER,
	KEY_HOSTS,
	KEY_TIMEZONE,
	KEY_DEPEND,
	KEY_VERIFY_BEFORE_START,
	KEY_GENERATIONS_KEEP,
	KEY_META,
	/* jail.conf(5)'s own that Linux has nothing for; refused there with the line */
	KEY_PATH,
	KEY_INTERFACE,
	KEY_VNET,
	KEY_MOUNT_FSTAB,
	KEY_DEVFS_RULESET,
	KEY_SECURELEVEL,
	KEY_ALLOW, /* any allow.NAME */
	KEY_COUNT
};

enum restart_policy { RESTART_NO, RESTART_ON_FAILURE, RESTART_ALWAYS };
enum wx_policy { WX_ALLOW, WX_DENY };
enum sysvshm_policy { SYSVSHM_DISABLE, SYSVSHM_NEW };
enum limits_policy { LIMITS_STRICT, LIMITS_BEST_EFFORT };
enum before_start { BEFORE_START_NO, BEFORE_START_QUICK, BEFORE_START_FULL };
enum resolver_kind { RESOLVER_NONE, RESOLVER_HOST, RESOLVER_ADDRESSES };

/* "named bind 0775" or "named bind:bind 0775": /run/named. */
struct run_dir {
	const char *name, *owner, *group; /* group NULL: the owner's own */
	uint32_t mode;
};

struct limits {
	uint64_t memory; /* bytes, 0: none */
	uint64_t pids;   /* 0: none */
	uint32_t cpu;    /* percent of one processor, 0: none; 150 is one and a half */
	enum limits_policy policy;
};

/* Which generations are kept: this many of the newest, and all that are not this old. */
struct keep {
	uint32_t count; /* at least 1: no number is given twice */
	uint64_t seconds;
};
extern const struct keep keep_default; /* 5, 30 days */

struct addrs {
	struct addr *v;
	size_t n;
};

struct jail {
	const char *name;
	struct srcloc loc; /* of its block */
	const char *base;
	const char *hostname; /* default: the jail's name */

	struct addrs addrs;                 /* IPv4 first; empty: loopback only */
	const char *bridge;                 /* "warder0" */
	struct addr bridge_ip4, bridge_ip6; /* family 0: the first host of the jail's own network */
	bool gateway;                       /* a default route to the host's address */
	struct strv peers; /* names of jails it may talk to; holds if either of the two names the other */

	struct strv service;      /* argument list; empty: none, pid 1 alone */
	const char *service_user; /* exec.jail_user; NULL: root in the jail */
	struct strv start, stop;  /* exec.start, exec.stop: commands for the jail's /bin/sh -c */
	struct strv health;       /* exec.health: argument list, 0 when the service is well; empty: nobody knows */
	struct strv prestart, poststart, prestop, poststop; /* on the host, by /bin/sh -c, as jail.conf(5) */
	uint32_t exec_timeout;                              /* 0: none */
	struct strv exec_allow;                             /* empty: all of base and skeleton */
	const char *consolelog;                             /* host path; NULL: ROOT/.warder/log/NAME.log */
	struct strv environment;                            /* "NAME=value" */
	struct run_dir *run_dirs;
	size_t nrun_dirs;
	enum restart_policy restart;
	uint32_t restart_delay;   /* 1 */
	enum before_start verify; /* of skeleton and base, before it starts */
	uint32_t stop_signal;     /* SIGTERM's number */
	uint32_t stop_timeout;    /* 10 */

	uint64_t caps;        /* bounding set, forced ones among them */
	uint64_t caps_forced; /* the forbidden ones that were forced */
	enum wx_policy wx;
	uint64_t shm;                /* bytes of /dev/shm, 0: none */
	enum sysvshm_policy sysvshm; /* whether it has System V shared memory, its own */
	struct strv pins;            /* further paths under /var, pinned from the skeleton */
	struct limits limits;
	uint32_t nofile; /* RLIMIT_NOFILE, 0: as the starter's own */

	enum resolver_kind resolver; /* RESOLVER_NONE */
	struct strv resolver_addrs;
	struct strv hosts;    /* further lines of /etc/hosts: "10.66.0.3 ns.example.org ns" */
	const char *timezone; /* "Europe/Athens", "UTC"; NULL: as the base has it */
	struct strv depend;
	struct keep keep;
	struct strv meta;

	struct srcloc at[KEY_COUNT];
};

struct base_decl {
	const char *name;
	struct srcloc loc;
	const char *from;    /* "debian:bookworm", "tar:/path", "dir:/path", "busybox" */
	const char *flavour; /* NULL: found from the tree */
	struct strv packages;
	const char *mirror;
	struct strv components;
	struct strv apt_options;
	struct strv debconf;                    /* lines for debconf-set-selections */
	struct strv path_exclude, path_include; /* dpkg path globs */
	struct strv links;                      /* further "opt -> s/opt" */
	struct strv pins;                       /* further paths under /var, pinned from the base */
	struct keep keep;
	struct srcloc at[KEY_COUNT];
};

struct config {
	const char *file;     /* the main file, else the pattern of those beside it; NULL: none was read */
	const char *root;     /* host path, "/jails" by default */
	struct keep keep;     /* of what is no longer declared */
	const char *seal_key; /* the public key's file on the host; NULL: manifests are not signed */
	struct jail *jails;   /* in the order written */
	size_t njails;
	struct base_decl *bases;
	size_t nbases;
	struct srcloc at[KEY_COUNT]; /* of global keys */
};

const struct jail *config_jail(const struct config *c, const char *name);      /* NULL if not declared */
const struct base_decl *config_base(const struct config *c, const char *name); /* NULL if not declared */

#endif
