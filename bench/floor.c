/*
 * The floor: what the kernel charges for the view of a jail, in the plainest C.
 *
 *	floor BASE SKEL STATE DEV VIEW FIRST-ID PROGRAM [TARGET SOURCE]...
 *
 * The same namespaces and mounts as `warder start` makes for a jail without an address: mount, pid, ipc, uts, net and
 * cgroup namespaces, id-mapped base, skeleton and pins, state, devices, devpts, proc; pivot_root; a user namespace and
 *a second mount namespace; then PROGRAM (a path in the view) as pid 1.  Nothing is checked beyond "it worked", nothing
 * is recorded, no Landlock, no seccomp, no limits, no log.  The further arguments are the anchors (SOURCE "-": state,
 * writable) and pins (SOURCE: a host path, sealed) of the jail.  Exit status: the program's.
 */
#include <err.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STACK = 65536, COUNT = 65536 };
enum { SEALED = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_IDMAP };
enum { STATE = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC };

static int userns, root = -1;
static char **args;
static int nargs;

static int
ok(long r, const char *what)
{
	if (r < 0)
		err(125, "%s", what);
	return (int)r;
}

static void
write_map(int pid, const char *file, const char *first)
{
	char path[64], map[64];
	int n = snprintf(map, sizeof(map), "0 %s %d\n", first, COUNT), fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
	fd = ok(open(path, O_WRONLY), path);
	ok(write(fd, map, (size_t)n), path);
	close(fd);
}

static int
idle(void *arg)
{
	while (pause() < 0)
		;
	return 0;
}

static void
make_userns(const char *first)
{
	static char stack[STACK] __attribute__((aligned(16)));
	int pid = ok(clone(idle, stack + STACK, CLONE_VM | CLONE_NEWUSER | SIGCHLD, NULL), "clone");
	char path[64];

	write_map(pid, "uid_map", first);
	write_map(pid, "gid_map", first);
	snprintf(path, sizeof(path), "/proc/%d/ns/user", pid);
	userns = ok(open(path, O_RDONLY | O_CLOEXEC), path);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void
attach(int mfd, uint64_t attrs, const char *target)
{
	struct mount_attr a = {.attr_set = attrs, .propagation = MS_PRIVATE};
	int at;

	if (attrs & MOUNT_ATTR_IDMAP)
		a.userns_fd = (uint64_t)userns;
	ok(mount_setattr(mfd, "", AT_EMPTY_PATH, &a, sizeof(a)), target);
	at = ok(openat(root < 0 ? AT_FDCWD : root, target, O_PATH | O_CLOEXEC), target);
	ok(move_mount(mfd, "", at, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH), target);
	close(at);
}

static void
bind_to(const char *source, const char *target, uint64_t attrs)
{
	int mfd = ok(open_tree(AT_FDCWD, source, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC), source);

	attach(mfd, attrs, target);
	if (root < 0)
		root = mfd;
	else
		close(mfd);
}

static void
fs(const char *type, const char *const *options, const char *target, uint64_t attrs)
{
	int f = ok(fsopen(type, FSOPEN_CLOEXEC), type), mfd;

	for (; *options != NULL; options += 2)
		ok(fsconfig(f, FSCONFIG_SET_STRING, options[0], options[1], 0), options[0]);
	ok(fsconfig(f, FSCONFIG_CMD_CREATE, NULL, NULL, 0), type);
	mfd = ok(fsmount(f, FSMOUNT_CLOEXEC, (unsigned)attrs), type);
	attach(mfd, attrs, target);
	close(mfd);
	close(f);
}

static void
view(void)
{
	static const char *const proc[] = {"subset", "pid", "hidepid", "invisible", NULL};
	static const char *const pts[] = {"ptmxmode", "0666", "mode", "0620", NULL};
	char path[4096];

	ok(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "private");
	bind_to(args[1], args[5], SEALED);
	bind_to(args[2], "s", SEALED);
	bind_to(args[3], "t", STATE | MOUNT_ATTR_RDONLY);
	for (int i = 8; i + 1 < nargs; i += 2) {
		if (strcmp(args[i + 1], "-") == 0) {
			snprintf(path, sizeof(path), "%s/%s", args[3], args[i] + 2);
			bind_to(path, args[i], STATE);
		} else
			bind_to(args[i + 1], args[i], SEALED | MOUNT_ATTR_NOEXEC);
	}
	bind_to(args[4], "dev", MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC | MOUNT_ATTR_IDMAP);
	fs("devpts", pts, "dev/pts", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC);
	fs("proc", proc, "proc", MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
}

static int
child(void *arg)
{
	char *const program[] = {args[7], NULL};

	view();
	ok(fchdir(root), "fchdir");
	ok(syscall(SYS_pivot_root, ".", "."), "pivot_root");
	ok(umount2(".", MNT_DETACH), "umount2");
	ok(setns(userns, CLONE_NEWUSER), "setns");
	ok(setresuid(0, 0, 0), "setresuid");
	ok(unshare(CLONE_NEWNS), "unshare");
	ok(close_range(3, ~0U, 0), "close_range");
	execv(args[7], program);
	err(127, "%s", args[7]);
}

int
main(int argc, char **argv)
{
	static char stack[STACK] __attribute__((aligned(16)));
	int pid, status;

	if (argc < 8)
		errx(64, "usage: floor BASE SKEL STATE DEV VIEW FIRST-ID PROGRAM [TARGET SOURCE]...");
	args = argv;
	nargs = argc;
	make_userns(argv[6]);
	pid = ok(clone(child, stack + STACK,
			 CLONE_VM | CLONE_VFORK | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS |
				 CLONE_NEWNET | CLONE_NEWCGROUP | SIGCHLD,
			 NULL),
		"clone");
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
