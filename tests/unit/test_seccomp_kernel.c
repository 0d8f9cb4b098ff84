/*
 * The filter in a real kernel.  Each attack is done first without it, where it must work (else it would prove nothing:
 * then it is skipped by name), and again with it, where it must fail with the errno of the policy.  What services need
 * goes on working.  Every attempt is a forked child in namespaces and a directory of its own.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "seccomp/filter.h"

#define NELEMS(a) (sizeof(a) / sizeof((a)[0]))

enum { WORKED = 0, BROKEN = 255 };

/* Each returns -1 with errno if it was refused; it runs in an empty directory, in namespaces that are thrown away. */
static long
new_user_namespace(void)
{
	return unshare(CLONE_NEWUSER);
}

static long
clone_mount_namespace(void)
{
	long pid = syscall(SYS_clone, CLONE_NEWNS | SIGCHLD, 0, 0, 0, 0);

	if (pid == 0)
		_exit(0);
	return pid;
}

static long
clone3_plain(void)
{
	uint64_t args[8] = {0};
	long pid;

	args[4] = SIGCHLD;
	pid = syscall(SYS_clone3, args, sizeof(args));
	if (pid == 0)
		_exit(0);
	return pid;
}

static long
mount_tmpfs(void)
{
	return mount("x", ".", "tmpfs", 0, NULL);
}

static long
open_filesystem(void)
{
	return syscall(430, "tmpfs", 0);
}

static long
clone_tree(void)
{
	return syscall(428, AT_FDCWD, "/", 1);
}

static long
change_root(void)
{
	return chroot(".");
}

static long
join_namespace(void)
{
	int fd = open("/proc/self/ns/uts", O_RDONLY);

	return setns(fd, CLONE_NEWUTS);
}

static long
set_host_name(void)
{
	return sethostname("x", 1);
}

static long
be_traced(void)
{
	return ptrace(PTRACE_TRACEME, 0, 0, 0);
}

static long
read_memory(void)
{
	char a = 1, b = 0;
	struct iovec from = {&a, 1}, to = {&b, 1};

	return process_vm_readv(getpid(), &to, 1, &from, 1, 0);
}

static long
steal_descriptor(void)
{
	return syscall(SYS_pidfd_getfd, syscall(SYS_pidfd_open, getpid(), 0), 1, 0);
}

static long
fault_handler(void)
{
	return syscall(SYS_userfaultfd, O_CLOEXEC);
}

static long
session_keyring(void)
{
	return syscall(SYS_keyctl, 1, NULL, 0, 0, 0);
}

static long
watch_mounts(void)
{
	return syscall(SYS_fanotify_init, 0, 0);
}

static long
load_program(void)
{
	uint32_t attr[16] = {2, 4, 4, 1}; /* BPF_MAP_TYPE_ARRAY of one int */

	return syscall(SYS_bpf, 0, attr, sizeof(attr));
}

static long
uring(void)
{
	char params[120] = {0};

	return syscall(SYS_io_uring_setup, 1, params);
}

static long
read_implies_exec(void)
{
	return syscall(SYS_personality, 0x400000);
}

static long
map_shared_executable(void)
{
	int id = shmget(IPC_PRIVATE, 4096, 0700);
	void *p = shmat(id, NULL, SHM_EXEC);
	int err_no = errno;

	shmctl(id, IPC_RMID, NULL);
	errno = err_no;
	return p == (void *)-1 ? -1 : 0;
}

/* Attached as a program may, written, then made executable: no argument of a call gives it away. */
static long
write_shared(void)
{
	int id = shmget(IPC_PRIVATE, 4096, 0700);
	void *p = shmat(id, NULL, 0);
	int e = errno;
	long r = -1;

	if (p != (void *)-1) {
		*(char *)p = 1;
		r = mprotect(p, 4096, PROT_READ | PROT_EXEC);
		e = errno;
	}
	shmctl(id, IPC_RMID, NULL);
	errno = e;
	return r;
}

static long
execute_descriptor(void)
{
	int fd = open("/bin/true", O_PATH);
	char *argv[] = {(char *)(uintptr_t) "true", NULL};

	return syscall(SYS_execveat, fd, "", argv, argv + 1, AT_EMPTY_PATH);
}

static long
make_device(void)
{
	return mknod("null", S_IFCHR | 0600, makedev(1, 3));
}

static long
make_set_uid_file(void)
{
	return open("file", O_CREAT | O_WRONLY, 04755);
}

static long
set_set_uid(void)
{
	return fchmod(open("file", O_CREAT | O_WRONLY, 0755), 04755);
}

static long
take_lease(void)
{
	close(open("file", O_CREAT | O_WRONLY, 0644));
	return fcntl(open("file", O_RDONLY), F_SETLEASE, F_WRLCK);
}

static long
open_by_struct(void)
{
	uint64_t how[3] = {O_CREAT | O_WRONLY, 04755, 0};

	return syscall(SYS_openat2, AT_FDCWD, "file", how, sizeof(how));
}

static long
packet_socket(void)
{
	return socket(17, SOCK_RAW, 0);
}

static long
audit_socket(void)
{
	return socket(AF_NETLINK, SOCK_RAW, 9);
}

static long
crypto_socket(void)
{
	return socket(38, SOCK_SEQPACKET, 0);
}

static long
multipath_socket(void)
{
	return socket(AF_INET, SOCK_STREAM, 262);
}

static long
udplite_socket(void)
{
	return socket(AF_INET6, SOCK_DGRAM, 136);
}

static long
line_discipline(void)
{
	int zero = 0;

	return ioctl(posix_openpt(O_RDWR | O_NOCTTY), TIOCSETD, &zero);
}

static long
memory_file(void)
{
	return memfd_create("x", 0);
}

#ifdef __x86_64__
static long
ia32_getpid(void)
{
	long r = 20;

	__asm__ volatile("int $0x80" : "+a"(r) : : "memory", "r8", "r9", "r10", "r11");
	errno = (int)-r;
	return r < 0 ? -1 : r;
}
#endif

static const struct {
	const char *name;
	long (*attack)(void);
	const char *variant;
	int err_no;
} attacks[] = {
#define ATTACK(f, e)                                                                                                   \
	{                                                                                                              \
#f, f, "default", e                                                                                    \
	}
	ATTACK(new_user_namespace, EPERM),
	ATTACK(clone_mount_namespace, EPERM),
	ATTACK(clone3_plain, ENOSYS),
	ATTACK(mount_tmpfs, EPERM),
	ATTACK(open_filesystem, EPERM),
	ATTACK(clone_tree, EPERM),
	ATTACK(change_root, EPERM),
	ATTACK(join_namespace, EPERM),
	ATTACK(set_host_name, EPERM),
	ATTACK(be_traced, EPERM),
	ATTACK(read_memory, EPERM),
	ATTACK(steal_descriptor, EPERM),
	ATTACK(fault_handler, EPERM),
	ATTACK(session_keyring, EPERM),
	ATTACK(watch_mounts, EPERM),
	ATTACK(load_program, EPERM),
	ATTACK(uring, ENOSYS),
	ATTACK(read_implies_exec, EPERM),
	ATTACK(map_shared_executable, EPERM),
	ATTACK(execute_descriptor, EPERM),
	ATTACK(make_device, EPERM),
	ATTACK(make_set_uid_file, EPERM),
	ATTACK(set_set_uid, EPERM),
	ATTACK(take_lease, EPERM),
	ATTACK(open_by_struct, ENOSYS),
	ATTACK(packet_socket, EPERM),
	ATTACK(audit_socket, EPROTONOSUPPORT),
	ATTACK(crypto_socket, EPERM),
	ATTACK(multipath_socket, EPROTONOSUPPORT),
	ATTACK(udplite_socket, EPROTONOSUPPORT),
	ATTACK(line_discipline, EPERM),
#ifdef __x86_64__
	ATTACK(ia32_getpid, ENOSYS),
#endif
	{"memory_file", memory_file, "no-memfd", EPERM},
	{"write_shared", write_shared, "no-memfd-shm", EPERM},
};

static int
filter_install(const struct filter_variant *f)
{
	struct sock_fprog p = {f->len, (struct sock_filter *)(uintptr_t)f->code};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -1;
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &p);
}

/* A directory, mounts and names of its own: nothing that an attack does is seen outside. */
static int
place_make(void)
{
	if (unshare(CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET) < 0)
		return -1;
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 || mount("x", "/mnt", "tmpfs", 0, NULL) < 0)
		return -1;
	return chdir("/mnt");
}

/* WORKED, or the errno. */
static int
attempt(long (*act)(void), const struct filter_variant *f)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		if (place_make() < 0 || (f && filter_install(f) < 0))
			_exit(BROKEN);
		_exit(act() < 0 ? errno : WORKED);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_not_equal(WEXITSTATUS(status), BROKEN);
	return WEXITSTATUS(status);
}

static void
attacks_that_work_without_the_filter_fail_with_it(void **state)
{
	size_t proved = 0;

	(void)state;
	if (geteuid() != 0) {
		print_message("skipped: not root\n");
		skip();
	}
	for (size_t i = 0; i < NELEMS(attacks); i++) {
		int before = attempt(attacks[i].attack, NULL);
		int after = attempt(attacks[i].attack, filter_by_name(attacks[i].variant));

		if (before != WORKED)
			print_message(
				"%s: proves nothing here: %s without the filter\n", attacks[i].name, strerror(before));
		proved += before == WORKED;
		if (after != attacks[i].err_no)
			fail_msg("%s: %s with the filter", attacks[i].name, strerror(after));
	}
	print_message("%zu of %zu attacks worked without the filter\n", proved, NELEMS(attacks));
	assert_true(proved >= 20);
}

static void
programs_run_under_the_filter(void **state)
{
	static const char *const commands[] = {
		"ls -lR /etc >/dev/null && getent passwd root && date",
		"d=$(mktemp -d) && cp -a /etc/hostname $d/x && chmod 755 $d/x && mkfifo $d/f && rm -r $d",
		"bash -c 'set -o pipefail; echo a | while read x; do (echo $x); done; exec 3<>/dev/null; wait' ",
		"perl -MSocket -e 'socket(my $s, PF_INET, SOCK_STREAM, 0) or die; fork // die; wait; print sqrt 2'",
		"! command -v python3 || python3 -c 'import threading, socket, tempfile, subprocess as s; "
		"t = threading.Thread(target=print); t.start(); t.join(); tempfile.TemporaryFile(); s.run([\"true\"])'",
		"! command -v tar || tar cf - /etc/hostname | tar tf -",
		"! command -v named || named -V",
		"! command -v slapd || slapd -VV; test $? -le 1",
	};

	(void)state;
	for (size_t i = 0; i < NELEMS(commands); i++) {
		int status;
		pid_t pid = fork();

		if (pid == 0) {
			dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), STDOUT_FILENO);
			if (filter_install(filter_by_name("no-memfd-shm")) < 0)
				_exit(BROKEN);
			execl("/bin/sh", "sh", "-ec", commands[i], NULL);
			_exit(BROKEN);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		if (status)
			fail_msg("%s: status %#x", commands[i], (unsigned)status);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(attacks_that_work_without_the_filter_fail_with_it),
		cmocka_unit_test(programs_run_under_the_filter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
