/*
 * warder-init: the only program of ours that runs inside a jail (SECURITY.md R10).
 *
 * It is told everything by the block on BRIEF_FD_BRIEF (brief.h), which is checked before anything is done.  As pid 1
 * it prepares /run, locks itself down, reports, waits for its starter's word, and runs the jail.  As the last steps
 * before a command it locks itself down and becomes that command.  As pid 1 of a management view it does the first for
 * one command (view.c).
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "init/check.h"
#include "init/lockdown.h"
#include "init/pid1.h"
#include "init/report.h"
#include "init/run.h"
#include "init/service.h"
#include "init/view.h"

/* Reads the brief into memory of its own: the file may change afterwards. */
static int
block_read(void *block, size_t size, struct report *r)
{
	const char *fault;

	if (pread(BRIEF_FD_BRIEF, block, size, 0) != (ssize_t)size)
		return report_sys(r, "read", "brief");
	close(BRIEF_FD_BRIEF);
	fault = brief_fault(block, size);
	return fault ? report_set(r, ERR_FAILED, "check", "brief", fault) : 0;
}

/* The brief, or NULL with *r filled. */
static const struct brief *
brief_load(struct report *r)
{
	struct stat st;
	void *block;

	if (fstat(BRIEF_FD_BRIEF, &st) < 0) {
		report_sys(r, "fstat", "brief");
		return NULL;
	}
	if (!S_ISREG(st.st_mode) || st.st_size <= 0 || st.st_size > BRIEF_MAX) {
		report_set(r, ERR_FAILED, "read", "brief", "not a file of a sensible size");
		return NULL;
	}
	block = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (block == MAP_FAILED) {
		report_sys(r, "mmap", "brief");
		return NULL;
	}
	return block_read(block, (size_t)st.st_size, r) < 0 ? NULL : block;
}

/* True when the starter says go: from then on its end is not ours; false when it is gone. */
static bool
starter_waits(void)
{
	struct pollfd fd = {BRIEF_FD_REPORT, POLLIN, 0};
	char word;

	while (poll(&fd, 1, -1) < 0)
		if (errno != EINTR)
			return false;
	return read(BRIEF_FD_REPORT, &word, 1) == 1 && word == 'g' && prctl(PR_SET_PDEATHSIG, 0UL, 0UL, 0UL, 0UL) == 0;
}

/* A number that is free would be taken by the pipe or another of our own. */
static int
init_fds_check(struct report *r)
{
	static const int fds[] = {BRIEF_FD_REPORT, BRIEF_FD_LOG, BRIEF_FD_STATUS};

	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		if (fcntl(fds[i], F_GETFD) < 0)
			return report_sys(r, "fcntl", "inherited descriptors");
	return 0;
}

static int
init_enter(const struct brief *b, struct report *r)
{
	lockdown_signals(true);
	if (init_fds_check(r) < 0 || run_prepare(RUN_STATE_VAR, b, r) < 0 || pid1_open(b, r) < 0)
		return -1;
	return lockdown_init(b, r);
}

static int
init_main(const struct brief *b, struct report *r)
{
	const struct report ready = {.ok = 1};

	if (init_enter(b, r) < 0) {
		report_send(r);
		return INIT_EXIT_FAILED;
	}
	if (report_send(&ready) < 0 || !starter_waits())
		return INIT_EXIT_FAILED;
	return pid1_run();
}

/* R13: with the caller's session a command would have the administrator's terminal, by /dev/tty. */
static int
session_begin(const struct brief *b, struct report *r)
{
	if (setsid() < 0)
		return report_sys(r, "setsid", "session");
	if (!(b->flags & BRIEF_CTTY))
		return 0;
	return ioctl(STDIN_FILENO, TIOCSCTTY, 0) < 0 ? report_sys(r, "ioctl TIOCSCTTY", "terminal") : 0;
}

static int
exec_main(const struct brief *b, struct report *r)
{
	static const char *argv[BRIEF_MAX_STRINGS + 1];
	int status = INIT_EXIT_FAILED;

	lockdown_signals(false);
	if (session_begin(b, r) == 0 && lockdown_exec(b, r) == 0) {
		brief_strings(b, b->argv, argv);
		status = service_exec(b, argv, r);
	}
	report_send(r);
	return status;
}

static const struct {
	uint32_t mode;
	int (*run)(const struct brief *b, struct report *r);
} modes[] = {{BRIEF_INIT, init_main}, {BRIEF_EXEC, exec_main}, {BRIEF_RUN, view_main}};

int
main(void)
{
	struct report r;
	const struct brief *b = brief_load(&r);

	if (!b) {
		report_send(&r);
		return INIT_EXIT_FAILED;
	}
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		if (modes[i].mode == b->mode)
			return modes[i].run(b, &r);
	return INIT_EXIT_FAILED;
}
