/*
 * Processes by identity.  The order in process_open_recorded matters: first a descriptor that cannot come to mean
 * another process, then the checks on what it names.
 */
#include "run/linux/process.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/fd.h"

enum { STAT_PARENT = 4, STAT_START_TICKS = 22, STAT_AFTER_NAME = 3, IOPRIO_WHO_PROCESS = 1 };

/* A number of /proc/PID/stat; the name, which the process chooses, is passed over as a whole. */
static uint64_t
stat_field(int pid, int wanted)
{
	char path[40], buf[1024], *p;
	fd_auto fd = -1;
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || (n = read(fd, buf, sizeof(buf) - 1)) <= 0)
		return 0;
	buf[n] = '\0';
	p = strrchr(buf, ')');
	for (int field = STAT_AFTER_NAME; p != NULL && field <= wanted; field++)
		p = strchr(p + 1, ' ');
	return p != NULL ? strtoull(p + 1, NULL, 10) : 0;
}

uint64_t
process_start_ticks(int pid)
{
	return stat_field(pid, STAT_START_TICKS);
}

int
process_parent(int pid)
{
	return (int)stat_field(pid, STAT_PARENT);
}

int
process_boot_id(char ret[40], struct err *e)
{
	static const char file[] = "/proc/sys/kernel/random/boot_id";
	fd_auto fd = open(file, O_RDONLY | O_CLOEXEC);
	char buf[40] = "";
	ssize_t n;

	if (fd < 0)
		return err_sys(e, "open", file);
	n = fd_read_full(fd, buf, sizeof(buf) - 1, file, e);
	if (n < 0)
		return -1;
	buf[strcspn(buf, "\n")] = '\0';
	memcpy(ret, buf, sizeof(buf));
	return 0;
}

uint64_t
process_ns_inode(int pid, const char *name)
{
	char path[48];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d/ns/%s", pid, name);
	return stat(path, &st) < 0 ? 0 : st.st_ino;
}

int
process_open_recorded(const struct run_record *r, const char *jail, struct err *e)
{
	fd_auto fd = -1;

	if (r->pid > 0)
		fd = pidfd_open(r->pid, 0);
	if (fd < 0 || process_start_ticks(r->pid) != r->start_ticks || process_ns_inode(r->pid, "pid") != r->pidns)
		return err_set(e, ERR_FAILED, "find", jail, "is not running");
	return fd_take(&fd);
}

bool
process_wait_end(int pidfd, int ms)
{
	struct pollfd p = {.fd = pidfd, .events = POLLIN};
	int r;

	do
		r = poll(&p, 1, ms);
	while (r < 0 && errno == EINTR);
	return r > 0;
}

/* R6: the host's own proc file system, and nothing that was mounted in its place. */
static int
spare_nobody(struct err *e)
{
	static const char file[] = "/proc/self/oom_score_adj";
	fd_auto fd = open(file, O_WRONLY | O_CLOEXEC);
	struct statfs fs;

	if (fd < 0 || fstatfs(fd, &fs) < 0)
		return err_sys(e, "open", file);
	if (fs.f_type != PROC_SUPER_MAGIC)
		return err_set(e, ERR_FAILED, "open", file, "is not a file of proc");
	/* Without CAP_SYS_RESOURCE it cannot be lowered: then it stays as it is for all that we start. */
	return fd_write_all(fd, "0", 1, file, e) < 0 && e->err_no != EACCES ? -1 : 0;
}

int
process_plain_priority(struct err *e)
{
	const struct sched_param other = {0};

	if (sched_setscheduler(0, SCHED_OTHER, &other) < 0)
		return err_sys(e, "sched_setscheduler", "the jail's process");
	if (setpriority(PRIO_PROCESS, 0, 0) < 0)
		return err_sys(e, "setpriority", "the jail's process");
	if (syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, 0) < 0 && errno != ENOSYS)
		return err_sys(e, "ioprio_set", "the jail's process");
	return spare_nobody(e);
}

void
process_kill(int pidfd, int sig)
{
	(void)pidfd_send_signal(pidfd, sig, NULL, 0);
}
