/*
 * Linux: execve(2) and execveat(2), files without a name, memfd_create(2).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "probe/execute_ways.h"
#include "probe/out.h"

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U /* 6.3 */
#endif
#ifndef SHM_EXEC
#define SHM_EXEC 0100000
#endif

static const char *const argv[] = {"x", NULL}, *const envp[] = {NULL};

static int
answer(int err_no)
{
	return err_no == ENOEXEC ? 0 : err_no;
}

static int
by_path(int fd)
{
	char link[32];

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	execve(link, (char *const *)(uintptr_t)argv, (char *const *)(uintptr_t)envp);
	return answer(errno);
}

static int
by_descriptor(int fd)
{
	syscall(SYS_execveat, fd, "", argv, envp, AT_EMPTY_PATH);
	return answer(errno);
}

const struct execute_way execute_system_ways[] = {{"execve", by_path}, {"execveat", by_descriptor}};
const size_t nexecute_system_ways = sizeof(execute_system_ways) / sizeof(execute_system_ways[0]);

/* -1 with errno; a name for a moment only where there is no other way. */
static int
make_file(const char *place)
{
	int dir = open(place, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), fd;
	static const char name[] = ".warder-surface";

	if (dir < 0)
		return -1;
	fd = openat(dir, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0700);
	if (fd < 0 && errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL) {
		close(dir);
		return -1;
	}
	if (fd < 0 && (fd = openat(dir, name, O_CREAT | O_EXCL | O_RDWR | O_NOFOLLOW | O_CLOEXEC, 0700)) >= 0)
		unlinkat(dir, name, 0);
	close(dir);
	return fd;
}

/* The same file, for reading only; fd is closed. */
static int
reopen(int fd)
{
	char link[32];
	int again;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	again = open(link, O_RDONLY | O_CLOEXEC);
	close(fd);
	return again;
}

int
execute_write(const char *place)
{
	int fd = make_file(place);

	if (fd < 0 || write(fd, execute_no_program, sizeof(execute_no_program)) != (ssize_t)sizeof(execute_no_program))
		out_give_up(place, errno);
	if (fchmod(fd, S_ISUID | 0700) == 0)
		out_record(PROBE_SETID, place, "set-uid file");
	if (fchmod(fd, S_ISGID | 0710) == 0)
		out_record(PROBE_SETID, place, "set-gid file");
	if (fchmod(fd, 0700) < 0 || (fd = reopen(fd)) < 0)
		out_give_up(place, errno);
	return fd;
}

static void
try_memfd(const char *name, unsigned flags)
{
	int fd = (int)syscall(SYS_memfd_create, "x", flags);

	if (fd < 0)
		return; /* EINVAL: a kernel without the flag; EACCES: vm.memfd_noexec */
	out_record(PROBE_MEMORY, name, "can be made");
	if (write(fd, execute_no_program, sizeof(execute_no_program)) != (ssize_t)sizeof(execute_no_program))
		out_give_up(name, errno);
	if (fchmod(fd, 0700) < 0 && !is_refusal(errno))
		out_give_up(name, errno);
	if ((fd = reopen(fd)) < 0)
		out_give_up(name, errno);
	execute_try_ways(PROBE_MEMORY, name, fd);
	close(fd);
}

/* It is marked for removal before anything else is done: it ends with its last user. */
static void
try_shm(void)
{
	static const char name[] = "System V shared memory";
	int id = shmget(IPC_PRIVATE, EXECUTE_PAGE, IPC_CREAT | 0600);
	void *p, *q;

	if (id < 0)
		return;
	p = shmat(id, NULL, 0);
	q = shmat(id, NULL, SHM_EXEC);
	shmctl(id, IPC_RMID, NULL);
	out_record(PROBE_MEMORY, name, "can be made");
	if (q != (void *)-1)
		out_record(PROBE_MEMORY, name, "SHM_EXEC");
	if (p == (void *)-1)
		return;
	memcpy(p, execute_no_program, sizeof(execute_no_program));
	if (mprotect(p, EXECUTE_PAGE, PROT_READ | PROT_EXEC) == 0)
		out_record(PROBE_MEMORY, name, "mprotect");
	shmdt(p);
	if (q != (void *)-1)
		shmdt(q);
}

void
execute_system_memory(void)
{
	try_memfd("memfd", 0);
	try_memfd("memfd with MFD_EXEC", MFD_EXEC);
	try_shm();
}
