/*
 * The jail's Landlock ruleset with every other layer off: root of the host in a plain, writable, executable layout.
 * Each attack is done first without the ruleset, where it must work.
 */
#include "unit.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

#include "plan/plan.h"
#include "run/linux/landlock.h"

enum { WORKED = 0, BROKEN = 255, STATUS = 7 };

static const char *const exec_dirs[] = {"/usr", "/s"};
static struct base_meta meta = {.name = "b", .generation = 1, .exec_dirs = {(const char **)exec_dirs, 2}};
static const char *const allowed[] = {"/usr/probe", "/s/link"};
static struct jail anything = {.name = "j", .base = "b", .hostname = "j"};
static struct jail listed = {.name = "j", .base = "b", .hostname = "j", .exec_allow = {(const char **)allowed, 2}};
static struct jail_facts facts = {
	.root = "/jails", .base_generation = 1, .skel_generation = 1, .id_base = 65536, .base = &meta};

static char probe[4096];

/* The static program of the build, which says "exit N" with its status. */
static void
find_probe(void)
{
	ssize_t n = readlink("/proc/self/exe", probe, sizeof(probe) - 32);

	assert_true(n > 0);
	probe[n] = '\0';
	for (int i = 0; i < 3; i++)
		*strrchr(probe, '/') = '\0';
	strcat(probe, "/tools/probe");
}

static int
copy(const char *from, const char *to)
{
	char command[4200];

	snprintf(command, sizeof(command), "cp '%s' %s && chmod 755 %s", from, to, to);
	return system(command) == 0 ? 0 : -1;
}

/* On a tmpfs, which becomes the root: programs in /usr, /s, and in the state; /t/tmp is mounted noexec of its own. */
static int
place_make(void)
{
	static const char *const dirs[] = {"usr", "s", "t", "t/var", "t/tmp", "dev"};

	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
		mount("x", "/mnt", "tmpfs", 0, NULL) < 0 || chdir("/mnt") < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(dirs); i++)
		if (mkdir(dirs[i], 0755) < 0)
			return -1;
	if (mount("x", "t/tmp", "tmpfs", MS_NOEXEC, NULL) < 0 || copy(probe, "usr/probe") < 0 ||
		copy(probe, "usr/other") < 0 || copy(probe, "s/probe") < 0 || copy(probe, "t/var/probe") < 0 ||
		copy(probe, "t/tmp/probe") < 0 || symlink("/t/tmp/probe", "s/link") < 0)
		return -1;
	return chroot(".") < 0 || chdir("/") < 0 ? -1 : 0;
}

static int
confine(const struct jail *j)
{
	struct arena a = {0};
	struct plan p;
	struct err e;
	int ruleset;

	if (plan_build(j, &facts, &a, &p, &e) < 0 || (ruleset = landlock_ruleset(&p, &e)) < 0)
		return -1;
	/* What the mount says is not to be what stops it. */
	if (mount(NULL, "/t/tmp", NULL, MS_REMOUNT | MS_BIND, NULL) < 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -1;
	return (int)syscall(SYS_landlock_restrict_self, ruleset, 0);
}

static int
run(const char *path)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		execl(path, path, "exit", "7", (char *)NULL);
		_exit(errno == EACCES ? EACCES : BROKEN);
	}
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -1;
	errno = WEXITSTATUS(status);
	return errno == STATUS ? 0 : -1;
}

static int
create(const char *path)
{
	return open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644) < 0 ? -1 : 0;
}

#define ACT(name, call)                                                                                                \
	static int name(void)                                                                                          \
	{                                                                                                              \
		return call;                                                                                           \
	}
ACT(write_root, create("/x"))
ACT(write_usr, create("/usr/x"))
ACT(write_skel, create("/s/x"))
ACT(write_state, create("/t/x"))
ACT(overwrite, open("/usr/other", O_WRONLY | O_CLOEXEC) < 0 ? -1 : 0)
ACT(cut, truncate("/usr/other", 0))
ACT(remove_file, unlink("/usr/other"))
ACT(remove_dir, rmdir("/dev"))
ACT(make_dir, mkdir("/usr/d", 0755))
ACT(make_link, symlink("x", "/s/l"))
ACT(move_out, rename("/t/var/probe", "/usr/moved"))
ACT(make_device, mknod("/t/var/null", S_IFCHR | 0600, makedev(1, 3)))
ACT(run_from_var, run("/t/var/probe"))
ACT(run_from_tmp, run("/t/tmp/probe"))
ACT(run_other, run("/usr/other"))
ACT(run_by_link, run("/s/link"))
ACT(write_var, create("/t/var/x"))
ACT(write_tmp, create("/t/tmp/x"))
ACT(run_allowed, run("/usr/probe"))
ACT(run_skel, run("/s/probe"))

static const struct attempt {
	const char *name;
	int (*act)(void);
	const struct jail *jail;
	int err_no;       /* with the ruleset; 0: goes on working */
	bool loose_mount; /* the noexec of /t/tmp is taken away for the attempt without the ruleset, too */
	int abi;          /* from which Landlock handles it */
} attempts[] = {
#define ROW(act, jail, err_no)                                                                                         \
	{                                                                                                              \
#act, act, jail, err_no, false, 1                                                                      \
	}
	ROW(write_root, &anything, EACCES),
	ROW(write_usr, &anything, EACCES),
	ROW(write_skel, &anything, EACCES),
	ROW(write_state, &anything, EACCES),
	ROW(overwrite, &anything, EACCES),
	{"cut", cut, &anything, EACCES, false, 3},
	ROW(remove_file, &anything, EACCES),
	ROW(remove_dir, &anything, EACCES),
	ROW(make_dir, &anything, EACCES),
	ROW(make_link, &anything, EACCES),
	ROW(move_out, &anything, EACCES),
	ROW(make_device, &anything, EACCES),
	ROW(run_from_var, &anything, EACCES),
	{"run_from_tmp", run_from_tmp, &anything, EACCES, true, 1},
	ROW(run_other, &listed, EACCES),
	ROW(run_skel, &listed, EACCES),
	{"run_by_link", run_by_link, &listed, EACCES, true, 1},
	ROW(write_var, &anything, 0),
	ROW(write_tmp, &anything, 0),
	ROW(run_allowed, &listed, 0),
	ROW(run_allowed, &anything, 0),
	ROW(run_skel, &anything, 0),
#undef ROW
};

/* WORKED, or the errno. */
static int
attempt(const struct attempt *t, bool confined)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		if (place_make() < 0 || (confined && confine(t->jail) < 0))
			_exit(BROKEN);
		if (!confined && t->loose_mount && mount(NULL, "/t/tmp", NULL, MS_REMOUNT | MS_BIND, NULL) < 0)
			_exit(BROKEN);
		_exit(t->act() < 0 ? errno : WORKED);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
landlock_alone_refuses_what_the_mounts_refuse(void **state)
{
	if (geteuid() != 0 || landlock_abi() == 0) {
		print_message("skipped: %s\n", geteuid() != 0 ? "not root" : "no Landlock");
		skip();
	}
	find_probe();
	for (size_t i = 0; i < ARRAY_LEN(attempts); i++) {
		if (landlock_abi() < attempts[i].abi)
			continue;
		int before = attempt(&attempts[i], false), after = attempt(&attempts[i], true);

		if (before != WORKED)
			fail_msg("%s: %s without the ruleset", attempts[i].name, strerror(before));
		if (after != attempts[i].err_no)
			fail_msg("%s: %s with the ruleset", attempts[i].name, strerror(after));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(landlock_alone_refuses_what_the_mounts_refuse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
