/*
 * Owns the order in which privileges go: FreeBSD.  A process attaches itself to the jail, which takes everything that
 * the jail's parameters take, and then has the ids of its user.  Each sequence is a table of steps, walked once; a step
 * that fails ends the process (SECURITY.md R19).
 */
#include <sys/types.h>

#include <sys/resource.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "init/lockdown.h"
#include "init/way_freebsd.h"

void
lockdown_signals(bool blocked)
{
	const struct sigaction by_default = {.sa_handler = SIG_DFL};
	sigset_t mask;

	for (int sig = 1; sig <= SIGRTMAX; sig++)
		(void)sigaction(sig, &by_default, NULL); /* SIGKILL and SIGSTOP are as they are */
	if (blocked)
		sigfillset(&mask);
	else
		sigemptyset(&mask);
	sigprocmask(SIG_SETMASK, &mask, NULL);
}

static int
cloexec(int fd, struct report *r)
{
	return fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 && errno != EBADF ? report_sys(r, "fcntl", "descriptors") : 0;
}

/* The report's place stays until exec, the program's too where there is one. */
static int
step_enter(const struct brief *b, struct report *r)
{
	int last = b->flags & BRIEF_PROGRAM ? BRIEF_FD_PROGRAM : BRIEF_FD_REPORT;

	for (int fd = BRIEF_FD_REPORT + 1; fd < last; fd++)
		close(fd);
	for (int fd = BRIEF_FD_REPORT; fd <= last; fd++)
		if (cloexec(fd, r) < 0)
			return -1;
	return way_enter(BRIEF_FD_REPORT, last, r);
}

/* The supervisor's own standard input is the host's. */
static int
step_null(const struct brief *b, struct report *r)
{
	int fd = open("/dev/null", O_RDWR | O_NOFOLLOW);

	if (fd < 0 || dup2(fd, STDIN_FILENO) < 0)
		return report_sys(r, "open", "/dev/null");
	return fd > STDERR_FILENO ? close(fd) : 0;
}

static int
step_umask(const struct brief *b, struct report *r)
{
	umask(b->umask);
	return 0;
}

static int
step_rlimits(const struct brief *b, struct report *r)
{
	const struct brief_rlimit *l = (const void *)brief_string(b, b->rlimits.off);

	for (uint32_t i = 0; i < b->rlimits.n; i++) {
		const struct rlimit limit = {.rlim_cur = (rlim_t)l[i].soft, .rlim_max = (rlim_t)l[i].hard};

		if (setrlimit(l[i].resource, &limit) < 0)
			return report_sys(r, "setrlimit", "rlimits");
	}
	return 0;
}

/* The session's name would be that of the administrator who started the jail (getlogin(2)). */
static int
step_login_name(const struct brief *b, struct report *r)
{
	static const char key[] = "LOGNAME=";
	const char *name = b->uid == 0 ? "root" : "";

	for (uint32_t i = 0; i < b->env.n; i++) {
		const char *entry = brief_string_at(b, b->env, i);

		if (strncmp(entry, key, sizeof(key) - 1) == 0)
			name = entry + sizeof(key) - 1;
	}
	return setlogin(name) < 0 ? report_sys(r, "setlogin", name) : 0;
}

/* The first of the groups that setgroups(2) takes is the effective one. */
static int
set_groups(const struct brief *b, struct report *r)
{
	enum { GROUPS_MAX = 1024 };
	const uint32_t *further = (const void *)brief_string(b, b->groups.off);
	gid_t groups[GROUPS_MAX];

	if (b->groups.n >= GROUPS_MAX)
		return report_set(r, ERR_FAILED, "setgroups", "groups", "there are too many");
	groups[0] = b->gid;
	for (uint32_t i = 0; i < b->groups.n; i++)
		groups[i + 1] = further[i];
	return setgroups((int)b->groups.n + 1, groups) < 0 ? report_sys(r, "setgroups", "groups") : 0;
}

static int
step_ids(const struct brief *b, struct report *r)
{
	uid_t u[3];
	gid_t g[3];

	if (set_groups(b, r) < 0)
		return -1;
	if (setresgid(b->gid, b->gid, b->gid) < 0)
		return report_sys(r, "setresgid", "gid");
	if (setresuid(b->uid, b->uid, b->uid) < 0)
		return report_sys(r, "setresuid", "uid");
	if (getresuid(&u[0], &u[1], &u[2]) < 0 || getresgid(&g[0], &g[1], &g[2]) < 0)
		return report_sys(r, "getresuid", "ids");
	for (int i = 0; i < 3; i++)
		if (u[i] != b->uid || g[i] != b->gid)
			return report_set(r, ERR_FAILED, "getresuid", "ids", "not the ids that were set");
	return 0;
}

typedef int lockdown_step(const struct brief *b, struct report *r);

static int
steps_run(lockdown_step *const *steps, const struct brief *b, struct report *r)
{
	for (; *steps; steps++)
		if ((*steps)(b, r) < 0)
			return -1;
	return 0;
}

/* The supervisor stays outside: it closes nothing and becomes nobody. */
int
lockdown_init(const struct brief *b, struct report *r)
{
	umask(077);
	return 0;
}

int
lockdown_child(const struct brief *b, struct report *r)
{
	static lockdown_step *const steps[] = {
		step_enter, step_null, step_umask, step_rlimits, step_login_name, step_ids, NULL};

	return steps_run(steps, b, r);
}

int
lockdown_exec(const struct brief *b, struct report *r)
{
	static lockdown_step *const steps[] = {step_enter, step_umask, step_rlimits, step_login_name, step_ids, NULL};

	return steps_run(steps, b, r);
}
