/*
 * Measures, from inside a jail and with whatever rights it is started with, what can be written and what of that can
 * be executed; and tries attacks.  It believes nothing: every directory and file of the view is tried.
 *
 *	probe surface		one line "writable PATH" for each topmost place where a file can be made or opened for
 *				writing, one line "executable PATH HOW" for each way in which something written ran,
 *				and "tried ..."
 *	probe attacks [NAME...]	one line "NAME: REASON" for each; REASON is "SUCCEEDED" or why not.  Exit status 1 if
 *				one succeeded.
 *	probe list		the names of the attacks; '*' before those that do no harm outside a jail (controls)
 *	probe exit N		ends with status N at once
 *
 * Static, so that it runs on any base; the demo and the tests copy it into a skeleton.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U
#endif
#ifndef SHM_EXEC
#define SHM_EXEC 0100000
#endif

static const char mark[] = ".warder-probe";
static char *self; /* our own program's bytes, to be written elsewhere and run */
static size_t self_len;

static char *
path_join(const char *dir, const char *name)
{
	char *path = NULL;
	if (asprintf(&path, "%s/%s", strcmp(dir, "/") == 0 ? "" : dir, name) == -1 || path == NULL)
		abort();
	return path;
}

static void
read_self(void)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	struct stat st;
	if (fd == -1 || fstat(fd, &st) == -1) {
		perror("probe: /proc/self/exe");
		exit(2);
	}
	self = malloc((size_t)st.st_size);
	self_len = (size_t)st.st_size;
	if (self == NULL || read(fd, self, self_len) != st.st_size) {
		perror("probe: reading itself");
		exit(2);
	}
	close(fd);
}

/* ---- running what was written: each returns 0 if it ran, else errno ---- */

/* Runs "exit 7" by one execve(2) or execveat(2) in a child, whose errno comes back as its status. */
static int
run_program(const char *path, int fd, bool by_fd)
{
	const char *const argv[] = {"probe", "exit", "7", NULL}, *const envp[] = {NULL};
	pid_t child = fork();
	if (child == -1)
		return errno;
	if (child == 0) {
		if (by_fd)
			syscall(SYS_execveat, fd, "", argv, envp, 0x1000 /* AT_EMPTY_PATH */);
		else
			execve(path, (char **)(uintptr_t)argv, (char **)(uintptr_t)envp);
		_exit(100 + (errno < 100 ? errno : 99));
	}
	int status;
	while (waitpid(child, &status, 0) == -1 && errno == EINTR)
		;
	if (!WIFEXITED(status))
		return EFAULT;
	return WEXITSTATUS(status) == 7 ? 0 : WEXITSTATUS(status) - 100;
}

static int
run_by_loader(const char *path)
{
	static const char loader[] = "/lib64/ld-linux-x86-64.so.2";
	if (access(loader, X_OK) == -1)
		return ENOENT;
	/* The loader maps a static program too, or says why not: 127. */
	pid_t child = fork();
	if (child == -1)
		return errno;
	if (child == 0) {
		int null = open("/dev/null", O_RDWR);
		if (null != -1) {
			dup2(null, 1);
			dup2(null, 2);
		}
		execl(loader, loader, path, "exit", "7", (char *)NULL);
		_exit(126);
	}
	int status;
	while (waitpid(child, &status, 0) == -1 && errno == EINTR)
		;
	return WIFEXITED(status) && WEXITSTATUS(status) == 7 ? 0 : EACCES;
}

static int
map_executable(int fd)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		return errno;
	munmap(p, 4096);
	return 0;
}

static int
map_then_protect(int fd)
{
	void *p = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		return errno;
	int r = mprotect(p, 4096, PROT_READ | PROT_EXEC) == -1 ? errno : 0;
	munmap(p, 4096);
	return r;
}

static int
write_self(int fd)
{
	if (write(fd, self, self_len) != (ssize_t)self_len)
		return errno != 0 ? errno : ENOSPC;
	return fchmod(fd, 0755) == -1 ? errno : 0;
}

/* fd -> the same file read-only: a file that is open for writing cannot be executed. */
static int
reopen_readonly(int fd)
{
	char link[32];
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	int ro = open(link, O_RDONLY);
	close(fd);
	return ro;
}

static int
run_memfd(unsigned flags)
{
	int fd = (int)syscall(SYS_memfd_create, "x", flags);
	if (fd == -1)
		return errno;
	int r = write_self(fd);
	fd = reopen_readonly(fd);
	if (fd == -1)
		return errno;
	char link[32];
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	int by_fd = run_program(NULL, fd, true), by_path = run_program(link, -1, false);
	close(fd);
	return by_fd == 0 || by_path == 0 ? 0 : r != 0 ? r : by_path;
}

/* What vm.memfd_noexec does not stop: only a filter that refuses memfd_create does. */
static int
map_memfd(void)
{
	int fd = (int)syscall(SYS_memfd_create, "x", 0);
	if (fd == -1)
		return errno;
	int r = write_self(fd);
	r = map_executable(fd) == 0 ? 0 : r != 0 ? r : EPERM;
	close(fd);
	return r;
}

/* Only where there is a pin below it. */
static int
rename_pin_parent(void)
{
	if (access("/t/var/lib/dpkg", F_OK) == -1)
		return errno;
	if (rename("/t/var/lib", "/t/var/lib.moved") == -1)
		return errno;
	return rename("/t/var/lib.moved", "/t/var/lib") == -1 ? errno : 0;
}

static int
run_tmpfile(const char *dir)
{
	int fd = open(dir, O_TMPFILE | O_RDWR, 0755);
	if (fd == -1)
		return errno;
	write_self(fd);
	fd = reopen_readonly(fd);
	char link[32];
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	int r = run_program(link, -1, false);
	if (r != 0 && run_program(NULL, fd, true) == 0)
		r = 0;
	close(fd);
	return r;
}

static int
attach_executable_shm(void)
{
	int id = shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0700);
	if (id == -1)
		return errno;
	void *p = shmat(id, NULL, SHM_EXEC);
	int r = p == (void *)-1 ? errno : 0;
	if (r == 0)
		shmdt(p);
	shmctl(id, IPC_RMID, NULL);
	return r;
}

/* Instructions that return 42, in the order of bytes of the machine. */
static const unsigned char code_42[] = {
#if defined(__x86_64__)
	0xb8,
	42,
	0,
	0,
	0,
	0xc3,
#elif defined(__aarch64__)
	0x40,
	0x05,
	0x80,
	0x52,
	0xc0,
	0x03,
	0x5f,
	0xd6,
#else
#error "no code for this machine"
#endif
};

/* Shared memory as it is allowed to be attached, filled, then made executable and jumped into. */
static int
run_written_shm(void)
{
	int id = shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0700);
	if (id == -1)
		return errno;
	void *p = shmat(id, NULL, 0);
	int r = p == (void *)-1 ? errno : 0;
	if (r == 0) {
		memcpy(p, code_42, sizeof(code_42));
		__builtin___clear_cache(p, (char *)p + sizeof(code_42));
		r = mprotect(p, 4096, PROT_READ | PROT_EXEC) == -1 ? errno : 0;
		int (*run)(void);
		memcpy(&run, &p, sizeof(run));
		if (r == 0 && run() != 42)
			r = EINVAL;
		shmdt(p);
	}
	shmctl(id, IPC_RMID, NULL);
	return r;
}

/* ---- the surface ---- */

struct surface {
	char **dirs; /* writable ones, in the order found: parents first */
	size_t ndirs, tried_dirs, tried_files;
};

static bool
is_below(const char *path, const char *dir)
{
	size_t n = strlen(dir);
	return strncmp(path, dir, n) == 0 && (path[n] == '/' || path[n] == '\0');
}

static void
add_writable(struct surface *s, const char *path)
{
	for (size_t i = 0; i < s->ndirs; i++)
		if (is_below(path, s->dirs[i]))
			return;
	char **dirs = realloc(s->dirs, (s->ndirs + 1) * sizeof(*dirs));
	char *copy = strdup(path);
	if (dirs == NULL || copy == NULL)
		abort();
	s->dirs = dirs;
	s->dirs[s->ndirs++] = copy;
}

/* True if a file, or a directory, can be made in dir. */
static bool
can_create(const char *dir)
{
	char *path = path_join(dir, mark);
	int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0755);
	if (fd != -1) {
		close(fd);
		unlink(path);
	}
	bool made = fd != -1;
	if (!made && mkdir(path, 0755) == 0) {
		rmdir(path);
		made = true;
	}
	if (!made && symlink("x", path) == 0) {
		unlink(path);
		made = true;
	}
	free(path);
	return made;
}

/*
 * Regular files only: writing to /dev/null keeps nothing, and opening others may block.  A program that runs is busy
 * before the kernel looks at its mount: there access(2) says whether it is read-only.
 */
static bool
can_open_for_writing(const char *path)
{
	int fd = open(path, O_WRONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
	if (fd == -1)
		return errno == ETXTBSY && access(path, W_OK) == 0;
	close(fd);
	return true;
}

static void
walk(struct surface *s, const char *dir, unsigned depth)
{
	s->tried_dirs++;
	if (can_create(dir))
		add_writable(s, dir);
	DIR *d = depth < 64 ? opendir(dir) : NULL;
	if (d == NULL)
		return;
	for (struct dirent *de; (de = readdir(d)) != NULL;) {
		if (strcmp(de->d_name, ".") == 0 || strcmp(de->d_name, "..") == 0)
			continue;
		char *path = path_join(dir, de->d_name);
		struct stat st;
		if (lstat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
			walk(s, path, depth + 1);
		} else if (lstat(path, &st) == 0 && S_ISREG(st.st_mode)) {
			s->tried_files++;
			if (can_open_for_writing(path))
				add_writable(s, path);
		}
		free(path);
	}
	closedir(d);
}

/* "/t/var/x" is shown as the name that the jail uses, "/var/x". */
static void
print_shown(const char *word, const char *path, const char *how)
{
	static const char *const names[] = {"/var", "/tmp", "/run"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char *real = realpath(names[i], NULL);
		bool below = real != NULL && is_below(path, real);
		if (below)
			printf("%s %s%s%s%s\n", word, names[i], path + strlen(real), *how != '\0' ? " " : "", how);
		free(real);
		if (below)
			return;
	}
	printf("%s %s%s%s\n", word, path, *how != '\0' ? " " : "", how);
}

static unsigned
report_run(const char *where, const char *how, int result)
{
	if (result == 0)
		print_shown("executable", where, how);
	return result == 0;
}

/* Every way to run what can be written in dir. */
static unsigned
try_running_in(const char *dir)
{
	char *path = path_join(dir, mark);
	unsigned found = 0;
	int fd = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0755);
	if (fd != -1) {
		write_self(fd);
		close(fd);
		fd = open(path, O_RDONLY);
		found += report_run(dir, "execve", run_program(path, -1, false));
		found += report_run(dir, "execveat", run_program(NULL, fd, true));
		found += report_run(dir, "loader", run_by_loader(path));
		found += report_run(dir, "mmap", map_executable(fd));
		found += report_run(dir, "mprotect", map_then_protect(fd));
		close(fd);
		unlink(path);
		found += report_run(dir, "O_TMPFILE", run_tmpfile(dir));
	}
	free(path);
	return found;
}

static int
surface_main(void)
{
	struct surface s = {0};
	unsigned found = 0;
	walk(&s, "/", 0);
	for (size_t i = 0; i < s.ndirs; i++)
		print_shown("writable", s.dirs[i], "");
	for (size_t i = 0; i < s.ndirs; i++)
		found += try_running_in(s.dirs[i]);
	found += report_run("memory", "memfd", run_memfd(0));
	found += report_run("memory", "memfd-exec", run_memfd(MFD_EXEC));
	found += report_run("memory", "memfd-map", map_memfd());
	found += report_run("memory", "shm", attach_executable_shm());
	found += report_run("memory", "shm-written", run_written_shm());
	printf("tried %zu directories, %zu files\n", s.tried_dirs, s.tried_files);
	for (size_t i = 0; i < s.ndirs; i++)
		free(s.dirs[i]);
	free(s.dirs);
	return found != 0;
}

/* ---- the attacks: each returns 0 if it succeeded, else errno ---- */

static int
result(long r)
{
	return r == -1 ? errno : 0;
}

static int
write_to(const char *path)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd != -1)
		close(fd);
	return result(fd);
}

static int
create_in(const char *dir)
{
	char *path = path_join(dir, mark);
	int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0755);
	int r = result(fd);
	if (fd != -1) {
		close(fd);
		unlink(path);
	}
	free(path);
	return r;
}

static int
run_in(const char *dir)
{
	char *path = path_join(dir, mark);
	int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0755);
	int r = result(fd);
	if (fd != -1) {
		write_self(fd);
		close(fd);
		r = run_program(path, -1, false);
		unlink(path);
	}
	free(path);
	return r;
}

static int
map_in(const char *dir)
{
	int fd = open(dir, O_TMPFILE | O_RDWR, 0755);
	if (fd == -1)
		return errno;
	write_self(fd);
	int r = map_executable(fd);
	close(fd);
	return r;
}

static int
set_id_in(const char *dir, mode_t bit)
{
	char *path = path_join(dir, mark);
	int fd = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0755);
	int r = fd == -1 ? errno : result(fchmod(fd, 0755 | bit));
	if (fd != -1) {
		close(fd);
		unlink(path);
	}
	free(path);
	return r;
}

static int
make_node(mode_t type, dev_t dev)
{
	char *path = path_join("/tmp", mark);
	int r = result(mknod(path, type | 0600, dev));
	unlink(path);
	free(path);
	return r;
}

/* Writes over this program's own text by way of /proc/self/mem, which ignores page protections. */
static __attribute__((noinline)) int
target_function(void)
{
	return 1;
}

static int
patch_text(void)
{
	int fd = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
	if (fd == -1)
		return errno;
	char byte;
	off_t at = (off_t)(uintptr_t)target_function;
	int r = pread(fd, &byte, 1, at) == 1 ? result(pwrite(fd, &byte, 1, at)) : errno;
	close(fd);
	return r;
}

static int
anonymous_wx(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int r = p == MAP_FAILED ? errno : result(mprotect(p, 4096, PROT_READ | PROT_EXEC));
	if (p != MAP_FAILED)
		munmap(p, 4096);
	return r;
}

static int
open_socket(int family, int type, int protocol)
{
	int fd = socket(family, type | SOCK_CLOEXEC, protocol);
	if (fd != -1)
		close(fd);
	return result(fd);
}

static int
in_child(int (*attack)(void))
{
	pid_t child = fork();
	if (child == -1)
		return errno;
	if (child == 0)
		_exit(attack());
	int status;
	while (waitpid(child, &status, 0) == -1 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : EFAULT;
}

static int
clone_flags(unsigned long flags)
{
	long pid = syscall(SYS_clone, flags | SIGCHLD, NULL, NULL, NULL, 0L);
	if (pid == 0)
		_exit(0);
	int r = result(pid);
	if (pid > 0)
		waitpid((pid_t)pid, NULL, 0);
	return r;
}

static int
open_call(long nr, long a, long b, long c, long d, long e)
{
	long fd = syscall(nr, a, b, c, d, e);
	if (fd > 2)
		close((int)fd);
	return result(fd);
}

/* Whoever opens a file with a lease waits for its holder, up to /proc/sys/fs/lease-break-time. */
static int
take_lease(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return errno;
	int r = result(fcntl(fd, F_SETLEASE, F_WRLCK));
	close(fd);
	return r;
}

#define ATTACK(function, call)                                                                                         \
	static int function(void)                                                                                      \
	{                                                                                                              \
		return call;                                                                                           \
	}
ATTACK(a_write_etc, write_to("/etc/passwd"))
ATTACK(a_create_root, create_in("/"))
ATTACK(a_create_usr, create_in("/usr"))
ATTACK(a_create_s, create_in("/s"))
ATTACK(a_create_local, create_in("/usr/local"))
ATTACK(a_create_dev, create_in("/dev"))
ATTACK(a_create_t, create_in("/t"))
ATTACK(a_create_dpkg, create_in("/var/lib/dpkg"))
ATTACK(a_rename_pin_parent, rename_pin_parent())
ATTACK(a_rename_var, result(rename("/t/var", "/t/var.moved")) == 0 ? rename("/t/var.moved", "/t/var") : errno)
ATTACK(a_chmod_usr, result(chmod("/usr/bin", 0777)))
ATTACK(a_exec_tmp, run_in("/tmp"))
ATTACK(a_exec_var, run_in("/var/tmp"))
ATTACK(a_exec_run, run_in("/run"))
ATTACK(a_exec_shm, run_in("/dev/shm"))
ATTACK(a_map_tmp, map_in("/tmp"))
ATTACK(a_lease, take_lease("/etc/passwd"))
ATTACK(a_memfd, run_memfd(0))
ATTACK(a_memfd_exec, run_memfd(MFD_EXEC))
ATTACK(a_memfd_map, map_memfd())
ATTACK(a_tmpfile, run_tmpfile("/tmp"))
ATTACK(a_shm_exec, attach_executable_shm())
ATTACK(a_shm_written, run_written_shm())
ATTACK(a_setuid, set_id_in("/tmp", S_ISUID))
ATTACK(a_setgid, set_id_in("/tmp", S_ISGID))
ATTACK(a_mknod_block, make_node(S_IFBLK, makedev(254, 0)))
ATTACK(a_mknod_mem, make_node(S_IFCHR, makedev(1, 1)))
ATTACK(a_text, patch_text())
ATTACK(a_wx, anonymous_wx())
ATTACK(a_mount, result(mount("none", "/tmp", "tmpfs", 0, NULL)))
ATTACK(a_bind, result(mount("/tmp", "/var/tmp", NULL, MS_BIND, NULL)))
ATTACK(a_remount, result(mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND, NULL)))
ATTACK(a_remount_t, result(mount(NULL, "/t", NULL, MS_REMOUNT | MS_BIND, NULL)))
ATTACK(a_umount, result(umount2("/t", MNT_DETACH)))
ATTACK(a_mount_setattr, open_call(442 /* mount_setattr */, AT_FDCWD, (long)"/", 0, (long)(uint64_t[4]){0, 1}, 32))
ATTACK(a_open_tree, open_call(428 /* open_tree */, AT_FDCWD, (long)"/", 1, 0, 0))
ATTACK(a_fsopen, open_call(430 /* fsopen */, (long)"tmpfs", 0, 0, 0, 0))
ATTACK(a_chroot, result(chroot("/tmp")))
ATTACK(a_pivot, open_call(SYS_pivot_root, (long)".", (long)".", 0, 0, 0))
ATTACK(a_unshare_user, result(unshare(CLONE_NEWUSER)))
ATTACK(a_unshare_mount, result(unshare(CLONE_NEWNS)))
ATTACK(a_unshare_net, result(unshare(CLONE_NEWNET)))
ATTACK(a_clone_user, clone_flags(CLONE_NEWUSER))
ATTACK(a_setns, open_call(SYS_setns, open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), 0, 0, 0, 0))
ATTACK(a_ptrace, result(ptrace(PTRACE_ATTACH, 1, NULL, NULL)))
ATTACK(a_vm_write,
	open_call(SYS_process_vm_writev, 1, (long)&(struct iovec){&self, 1}, 1, (long)&(struct iovec){&self, 1}, 1))
ATTACK(a_keys, open_call(SYS_add_key, (long)"user", (long)"x", (long)"x", 1, -3))
ATTACK(a_bpf, open_call(SYS_bpf, 0, (long)(uint64_t[16]){2 | 4ULL << 32, 4 | 1ULL << 32}, 128, 0, 0))
ATTACK(a_perf, open_call(SYS_perf_event_open, (long)(uint64_t[16]){1 | 112ULL << 32}, 0, -1, -1, 0))
ATTACK(a_userfault, open_call(SYS_userfaultfd, 1, 0, 0, 0, 0))
ATTACK(a_uring, open_call(425 /* io_uring_setup */, 1, (long)(uint64_t[16]){0}, 0, 0, 0))
ATTACK(a_handle,
	open_call(SYS_open_by_handle_at, open("/", O_RDONLY | O_CLOEXEC), (long)(uint32_t[8]){8, 1, 2, 0}, 0, 0, 0))
ATTACK(a_fanotify, open_call(SYS_fanotify_init, 0, 0, 0, 0, 0))
ATTACK(a_module, open_call(SYS_init_module, 0, 0, (long)"", 0, 0))
ATTACK(a_personality, personality(READ_IMPLIES_EXEC) == -1 ? errno : 0)
ATTACK(a_hostname, result(sethostname("owned", 5)))
ATTACK(a_packet, open_socket(AF_PACKET, SOCK_RAW, 0))
ATTACK(a_raw, open_socket(AF_INET, SOCK_RAW, 1))
ATTACK(a_netfilter, open_socket(AF_NETLINK, SOCK_RAW, 12))
ATTACK(a_multipath, open_socket(AF_INET, SOCK_STREAM, 262 /* IPPROTO_MPTCP */))
ATTACK(a_sctp, open_socket(AF_INET, SOCK_STREAM, 132 /* IPPROTO_SCTP */))
ATTACK(a_vsock, open_socket(AF_VSOCK, SOCK_STREAM, 0))
ATTACK(a_sysctl, write_to("/proc/sys/kernel/core_pattern"))
ATTACK(a_sysctl_ns, write_to("/proc/sys/vm/memfd_noexec"))
ATTACK(a_sysrq, write_to("/proc/sysrq-trigger"))
ATTACK(a_kmsg, write_to("/dev/kmsg"))
ATTACK(a_kill_outside, result(kill(-1, 0)) == 0 && getpid() > 4096 ? 0 : EPERM)
ATTACK(a_tty, write_to("/dev/tty"))
ATTACK(a_sti, result(ioctl(0, TIOCSTI, "x")))
ATTACK(a_linux_tty, result(ioctl(0, TIOCLINUX, (char[]){2, 0})))

enum attack_flag { CONTROL = 1, FORK = 2 };
static const struct attack {
	const char *name;
	int (*run)(void);
	unsigned flags; /* CONTROL: harmless in a namespace of its own, where it must succeed; FORK: in a child */
} attacks[] = {
	{"write /etc/passwd", a_write_etc, CONTROL},
	{"create in /", a_create_root, CONTROL},
	{"create in /usr", a_create_usr, CONTROL},
	{"create in /s", a_create_s, CONTROL},
	{"create in /usr/local", a_create_local, CONTROL},
	{"create in /dev", a_create_dev, CONTROL},
	{"create in /t", a_create_t, CONTROL},
	{"create in a pin (/var/lib/dpkg)", a_create_dpkg, 0},
	{"rename the parent of a pin", a_rename_pin_parent, CONTROL},
	{"rename /t/var", a_rename_var, CONTROL},
	{"chmod /usr/bin", a_chmod_usr, CONTROL},
	{"take a lease on /etc/passwd", a_lease, CONTROL},
	{"execute from /tmp", a_exec_tmp, CONTROL},
	{"execute from /var/tmp", a_exec_var, CONTROL},
	{"execute from /run", a_exec_run, CONTROL},
	{"execute from /dev/shm", a_exec_shm, 0},
	{"map a file of /tmp executable", a_map_tmp, CONTROL},
	{"execute a memfd", a_memfd, CONTROL},
	{"execute a memfd made with MFD_EXEC", a_memfd_exec, 0},
	{"map a memfd executable", a_memfd_map, CONTROL},
	{"execute an O_TMPFILE", a_tmpfile, CONTROL},
	{"attach executable shared memory", a_shm_exec, CONTROL},
	{"write shared memory, then execute it", a_shm_written, CONTROL},
	{"make a set-uid file", a_setuid, CONTROL},
	{"make a set-gid file", a_setgid, CONTROL},
	{"make a block device", a_mknod_block, CONTROL},
	{"make /dev/mem", a_mknod_mem, CONTROL},
	{"patch program text by /proc/self/mem", a_text, CONTROL},
	{"write memory, then execute it", a_wx, CONTROL},
	{"mount a tmpfs", a_mount, 0},
	{"bind mount", a_bind, 0},
	{"remount / writable", a_remount, 0},
	{"remount /t without noexec", a_remount_t, 0},
	{"unmount /t", a_umount, 0},
	{"mount_setattr", a_mount_setattr, 0},
	{"open_tree clone", a_open_tree, CONTROL},
	{"fsopen", a_fsopen, CONTROL},
	{"chroot", a_chroot, CONTROL | FORK},
	{"pivot_root", a_pivot, 0},
	{"unshare a user namespace", a_unshare_user, FORK},
	{"unshare a mount namespace", a_unshare_mount, CONTROL | FORK},
	{"unshare a network namespace", a_unshare_net, CONTROL | FORK},
	{"clone into a user namespace", a_clone_user, 0},
	{"setns", a_setns, CONTROL | FORK},
	{"ptrace pid 1", a_ptrace, 0},
	{"write the memory of pid 1", a_vm_write, 0},
	{"add a key", a_keys, 0},
	{"make a bpf map", a_bpf, 0},
	{"perf_event_open", a_perf, 0},
	{"userfaultfd", a_userfault, 0},
	{"io_uring", a_uring, 0},
	{"open by handle", a_handle, 0},
	{"fanotify", a_fanotify, 0},
	{"load a kernel module", a_module, 0},
	{"personality READ_IMPLIES_EXEC", a_personality, CONTROL | FORK},
	{"set the hostname", a_hostname, CONTROL},
	{"packet socket", a_packet, CONTROL},
	{"raw socket", a_raw, CONTROL},
	{"netfilter socket", a_netfilter, CONTROL},
	{"vsock", a_vsock, 0},
	{"multipath TCP socket", a_multipath, 0},
	{"SCTP socket", a_sctp, 0},
	{"write a sysctl", a_sysctl, 0},
	{"turn off memfd_noexec", a_sysctl_ns, 0},
	{"sysrq", a_sysrq, 0},
	{"write the kernel's log", a_kmsg, 0},
	{"signal a process outside", a_kill_outside, 0},
	{"open the caller's terminal by /dev/tty", a_tty, 0},
	{"push input into a terminal (TIOCSTI)", a_sti, 0},
	{"TIOCLINUX", a_linux_tty, 0},
};
enum { NATTACKS = sizeof(attacks) / sizeof(attacks[0]) };

static bool
is_wanted(const struct attack *a, int argc, char **argv)
{
	for (int i = 0; i < argc; i++)
		if (strcmp(argv[i], a->name) == 0 || (strcmp(argv[i], "controls") == 0 && (a->flags & CONTROL)))
			return true;
	return argc == 0;
}

static int
attacks_main(int argc, char **argv)
{
	unsigned succeeded = 0, tried = 0;
	for (const struct attack *a = attacks; a < attacks + NATTACKS; a++) {
		if (!is_wanted(a, argc, argv))
			continue;
		errno = 0;
		int r = a->flags & FORK ? in_child(a->run) : a->run();
		printf("%s: %s\n", a->name, r == 0 ? "SUCCEEDED" : strerror(r));
		succeeded += r == 0;
		tried++;
	}
	if (tried == 0) {
		fprintf(stderr, "probe: no such attack\n");
		return 2;
	}
	return succeeded != 0;
}

int
main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc == 3 && strcmp(argv[1], "exit") == 0)
		return (int)strtol(argv[2], NULL, 10);
	if (argc == 2 && strcmp(argv[1], "list") == 0) {
		for (const struct attack *a = attacks; a < attacks + NATTACKS; a++)
			printf("%s%s\n", a->flags & CONTROL ? "*" : " ", a->name);
		return 0;
	}
	if (argc >= 2 && strcmp(argv[1], "surface") == 0) {
		read_self();
		return surface_main();
	}
	if (argc >= 2 && strcmp(argv[1], "attacks") == 0) {
		read_self();
		return attacks_main(argc - 2, argv + 2);
	}
	fprintf(stderr, "usage: probe surface | attacks [NAME...] | list | exit N\n");
	return 64;
}
