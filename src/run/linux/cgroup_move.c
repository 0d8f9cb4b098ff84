/*
 * Moving a jail that runs already, where version 1 is all that there is: a move there waits for every processor of the
 * machine (RCU) and so is kept off the way to the service's first instruction.
 *
 * Who is in the jail is found by its pid namespace, whose number the starter knows.  What a process begins before it is
 * moved itself begins in the old group; so passes are made until one finds nobody who is outside.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <fcntl.h>

#include "base/fd.h"
#include "run/linux/cgroup.h"
#include "run/linux/process.h"

enum { PASSES = 8, MEMBERSHIP_MAX = 4096 };

/* /proc/PID/cgroup has a line for each hierarchy: "9:name=systemd:/warder/HASH-NAME". */
static bool
is_member(int pid, const char *path)
{
	char file[40], text[MEMBERSHIP_MAX];
	str_auto line = {0};
	fd_auto fd = -1;
	ssize_t n;

	snprintf(file, sizeof(file), "/proc/%d/cgroup", pid);
	fd = open(file, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (n < 0)
		return true; /* it is gone */
	text[n] = '\0';
	str_addf(&line, ":name=systemd:/%s\n", path);
	return strstr(text, str_text(&line)) != NULL;
}

/* How many were moved; -1 if proc cannot be read. */
static int
pass(const struct cgroup *c, const char *path, uint64_t pidns)
{
	DIR *d = opendir("/proc");
	int moved = 0;

	if (d == NULL)
		return -1;
	for (const struct dirent *entry; (entry = readdir(d)) != NULL;) {
		int pid = (int)strtol(entry->d_name, NULL, 10);
		struct err gone;

		if (pid > 0 && process_ns_inode(pid, "pid") == pidns && !is_member(pid, path) &&
			cgroup_join_session(c, pid, &gone) == 0)
			moved++;
	}
	closedir(d);
	return moved;
}

void
cgroup_move(const struct cgroup *c, const char *path, uint64_t pidns)
{
	if (c->session < 0)
		return;
	for (int i = 0; i < PASSES && pass(c, path, pidns) > 0;)
		i++;
}
