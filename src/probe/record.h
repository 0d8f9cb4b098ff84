/*
 * What the probe writes and warder reads: records of three strings, each ended by NUL: a word below, and two texts that
 * may be empty.  The last record is PROBE_END with the number of those before it, so that a probe that was ended, or
 * could not measure something (PROBE_FAILED), is never taken for a jail that has little.
 */
#ifndef WARDER_PROBE_RECORD_H
#define WARDER_PROBE_RECORD_H

enum probe_word {
	PROBE_MOUNT,      /* mount point; "FLAGS TYPE" with FLAGS "ro,nosuid,nodev,noexec" or "-" */
	PROBE_COVERED,    /* mount point of a mount that no path leads to */
	PROBE_WRITE,      /* a directory in which files can be made, or a file that can be opened for writing */
	PROBE_ALIAS,      /* a link that leads to such a place; where that is */
	PROBE_DEVICE,     /* a node that can be opened for writing; "c 1:3" */
	PROBE_PROC,       /* a file of /proc or /sys that can be opened for writing */
	PROBE_EXECUTE,    /* a place where files can be made; how one that was written could be executed */
	PROBE_MEMORY,     /* memory that was written and can be executed: what it was, and how */
	PROBE_SETID,      /* what makes set-id files, or has them honoured */
	PROBE_MOUNTING,   /* something that can be done to mounts */
	PROBE_NAMESPACE,  /* a kind of namespace that can be made */
	PROBE_CAPABILITY, /* number */
	PROBE_PRIVILEGE,  /* a word, where the system has no numbers for them */
	PROBE_SYSCALL,    /* number, or the name of another table of calls */
	PROBE_UNTRIED,    /* number of a call that was not tried, or PROBE_ALL_CALLS; why */
	PROBE_SOCKET,     /* number of a family; type or protocol */
	PROBE_DESCRIPTOR, /* number of an inherited one, above 2 */
	PROBE_ROOT, /* of a process whose root is not ours, and that could be opened or, on FreeBSD, seen: its number */
	PROBE_TRIED,  /* a word for what was tried; how many */
	PROBE_FAILED, /* what could not be measured; why */
	PROBE_END,
	PROBE_NWORDS
};

#define PROBE_ALL_CALLS "all"

static const char *const probe_words[PROBE_NWORDS] = {
	[PROBE_MOUNT] = "mount",
	[PROBE_COVERED] = "covered",
	[PROBE_WRITE] = "write",
	[PROBE_ALIAS] = "alias",
	[PROBE_DEVICE] = "device",
	[PROBE_PROC] = "proc",
	[PROBE_EXECUTE] = "execute",
	[PROBE_MEMORY] = "memory",
	[PROBE_SETID] = "setid",
	[PROBE_MOUNTING] = "mounting",
	[PROBE_NAMESPACE] = "namespace",
	[PROBE_CAPABILITY] = "capability",
	[PROBE_PRIVILEGE] = "privilege",
	[PROBE_SYSCALL] = "syscall",
	[PROBE_UNTRIED] = "untried",
	[PROBE_SOCKET] = "socket",
	[PROBE_DESCRIPTOR] = "descriptor",
	[PROBE_ROOT] = "root",
	[PROBE_TRIED] = "tried",
	[PROBE_FAILED] = "failed",
	[PROBE_END] = "end",
};

#endif
