/*
 * Owns the table of system calls.
 *
 * Each number is tried in a child of its own, with arguments that the kernel can do nothing with: descriptors,
 * addresses and lengths of -1.  What answers EPERM or ENOSYS is refused, whether by the filter or by the kernel; any
 * other answer means that the call was reached.  Calls that look at their arguments before they are refused, or would
 * do something even so, have a row below, with other arguments; those that cannot be tried at all have the reason.
 */
#include "probe/calls.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include "probe/child.h"
#include "probe/out.h"

enum { CALLS_END = 512, NARGS = 6, NOBODY = 0x7ffffffe };
#define X (-1L)

static const struct row {
	long nr;
	long args[NARGS];
	const char *untried;
} rows[] = {
	/* the filter looks at an argument: the harmless form of each */
	{SYS_socket, {1, X, X, X, X, X}, NULL},
	{SYS_socketpair, {1, X, X, X, X, X}, NULL},
	{SYS_personality, {0xffffffff, 0, 0, 0, 0, 0}, NULL},
	{SYS_shmat, {X, 0, 0, 0, 0, 0}, NULL},
	{SYS_execveat, {X, X, X, X, 0, 0}, NULL},
	{SYS_fcntl, {X, 0, 0, 0, 0, 0}, NULL},
	{SYS_prctl, {X, X, X, X, X, X}, NULL},
	{SYS_ioctl, {X, 0, 0, 0, 0, 0}, NULL},
	{SYS_fchmod, {X, 0, 0, 0, 0, 0}, NULL},
	{SYS_fchmodat, {X, X, 0, 0, 0, 0}, NULL},
	{452 /* fchmodat2 */, {X, X, 0, 0, 0, 0}, NULL},
	{SYS_openat, {X, X, 0, 0, 0, 0}, NULL},
	{SYS_mknodat, {X, X, 0, 0, 0, 0}, NULL},
#ifdef SYS_chmod
	{SYS_chmod, {X, 0, 0, 0, 0, 0}, NULL},
	{SYS_creat, {X, 0, 0, 0, 0, 0}, NULL},
	{SYS_open, {X, 0, 0, 0, 0, 0}, NULL},
	{SYS_mknod, {X, 0, 0, 0, 0, 0}, NULL},
#endif
	/* the kernel's answer to nonsense would be ENOSYS: FUTEX_WAKE of no address, reading no table */
	{SYS_futex, {X, 1, 1, 0, 0, 0}, NULL},
#ifdef SYS_modify_ldt
	{SYS_modify_ldt, {0, X, 1, 0, 0, 0}, NULL},
#endif
	/* -1 is everybody, or everything */
	{SYS_kill, {NOBODY, 0, 0, 0, 0, 0}, NULL},
	{SYS_tkill, {NOBODY, 0, 0, 0, 0, 0}, NULL},
	{SYS_tgkill, {NOBODY, NOBODY, 0, 0, 0, 0}, NULL},
	{SYS_setpriority, {X, X, 0, 0, 0, 0}, NULL},
	/* these would make something that stays */
	{SYS_msgget, {NOBODY, 0, 0, 0, 0, 0}, NULL},
	{SYS_semget, {NOBODY, 0, 0, 0, 0, 0}, NULL},
	{SYS_shmget, {NOBODY, 0, 0, 0, 0, 0}, NULL},
	/* what they answer is no errno */
	{SYS_exit, {0, 0, 0, 0, 0, 0}, NULL},
	{SYS_exit_group, {0, 0, 0, 0, 0, 0}, NULL},
	{SYS_sync, {0}, "it would have the host write all that it has not written yet"},
#ifdef __x86_64__
	{335 /* uretprobe */, {0}, "the kernel lets it past every filter, and answers none but its own trampoline"},
	{336 /* uprobe */, {0}, "the kernel lets it past every filter, and answers none but its own trampoline"},
#endif
#ifdef SYS_vfork
	{SYS_vfork, {0}, "its child would run on the stack of its parent; fork and clone are tried"},
#endif
};

static const struct row *
row_of(long nr)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].nr == nr)
			return &rows[i];
	return NULL;
}

static void
wake(int sig)
{
	(void)sig;
}

/* It waits for a signal: one comes soon, again and again, so that none can be too early. */
static void
expect_signal(void)
{
	static const struct itimerval soon = {{0, 1000}, {0, 1000}};

	signal(SIGALRM, wake);
	setitimer(ITIMER_REAL, &soon, NULL);
}

static long
call(long nr, const long *a)
{
#ifdef SYS_fork
	if (nr == SYS_fork) {
		long pid = syscall(nr);

		if (pid == 0)
			_exit(0);
		return pid;
	}
#endif
	if (nr == SYS_clone) {
		long pid = syscall(nr, SIGCHLD, 0, 0, 0, 0);

		if (pid == 0)
			_exit(0);
		return pid;
	}
#ifdef SYS_pause
	if (nr == SYS_pause)
		expect_signal();
#endif
	return syscall(nr, a[0], a[1], a[2], a[3], a[4], a[5]);
}

static int
try_call(const void *arg)
{
	static const long nonsense[NARGS] = {X, X, X, X, X, X};
	long nr = *(const long *)arg;
	const struct row *r = row_of(nr);

	errno = 0;
	if (call(nr, r != NULL ? r->args : nonsense) != -1 || errno == 0)
		return 0;
	return errno == EPERM || errno == ENOSYS ? errno : 0;
}

static void
try_number(long nr, unsigned long *tried)
{
	const struct row *r = row_of(nr);
	int answer;

	if (r != NULL && r->untried != NULL) {
		out_number(PROBE_UNTRIED, nr, r->untried);
		return;
	}
	answer = child_run(try_call, &nr);
	++*tried;
	if (answer != EPERM && answer != ENOSYS)
		out_number(PROBE_SYSCALL, nr, "");
}

#ifdef __x86_64__
/* getpid(2) of the two other tables that this kernel may have. */
static int
try_x32(const void *arg)
{
	(void)arg;
	return syscall(0x40000000L | SYS_getpid) < 0 ? errno : 0;
}

static int
try_ia32(const void *arg)
{
	long r;

	(void)arg;
	__asm__ volatile("int $0x80" : "=a"(r) : "a"(20L) : "memory", "r8", "r9", "r10", "r11");
	return (int)r < 0 ? -(int)r : 0;
}

static void
try_other_tables(void)
{
	if (child_run(try_x32, NULL) == 0)
		out_record(PROBE_SYSCALL, "x32", "");
	if (child_run(try_ia32, NULL) == 0)
		out_record(PROBE_SYSCALL, "ia32", "");
}
#else
static void
try_other_tables(void)
{
}
#endif

void
calls_try(void)
{
	unsigned long tried = 0;

	for (long nr = 0; nr < CALLS_END; nr++)
		try_number(nr, &tried);
	try_other_tables();
	out_tried("system calls", tried);
}
