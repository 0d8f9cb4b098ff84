/*
 * FreeBSD: fexecve(2), shm_open(2).  A file has a name for a moment, since there are none without.
 */
#include <sys/param.h> /* before the others, as they want it */

#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/shm.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "probe/child.h"
#include "probe/execute.h"
#include "probe/execute_ways.h"
#include "probe/out.h"

static const char *const argv[] = {"x", NULL}, *const envp[] = {NULL};

/* Somebody may have written a program there meanwhile: it would have no descriptor, and its end is a child's. */
static int
try_executing(const void *arg)
{
	int fd = *(const int *)arg;

	for (int other = STDIN_FILENO; other <= STDERR_FILENO; other++)
		close(other);
	fexecve(fd, (char *const *)(uintptr_t)argv, (char *const *)(uintptr_t)envp);
	return errno == ENOEXEC ? 0 : errno;
}

static int
by_descriptor(int fd)
{
	return child_run(try_executing, &fd);
}

const struct execute_way execute_system_ways[] = {{"fexecve", by_descriptor}};
const size_t nexecute_system_ways = sizeof(execute_system_ways) / sizeof(execute_system_ways[0]);

/* The mode may always be set; whether it is honoured is the mount's to say.  Of the flags that only the system's root
 * may set, this one hinders nothing; where the file system has none, there is nothing to tell. */
static void
try_modes(const char *place, int fd)
{
	struct stat st;
	struct statfs fs;

	if (fstat(fd, &st) < 0 || fstatfs(fd, &fs) < 0)
		out_give_up(place, errno);
	if (!(fs.f_flags & MNT_NOSUID) && fchmod(fd, S_ISUID | 0700) == 0)
		out_record(PROBE_SETID, place, "set-uid file");
	if (!(fs.f_flags & MNT_NOSUID) && fchmod(fd, S_ISGID | 0710) == 0)
		out_record(PROBE_SETID, place, "set-gid file");
	if (fchmod(fd, 0700) < 0)
		out_give_up(place, errno);
	if (fchflags(fd, st.st_flags | SF_ARCHIVED) == 0)
		out_record(PROBE_PRIVILEGE, "chflags", "");
}

int
execute_write(const char *place)
{
	static const char name[] = ".warder-surface-file";
	int dir = open(place, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), fd, again;
	struct stat made, opened;

	if (dir < 0)
		out_give_up(place, errno);
	unlinkat(dir, name, 0);
	fd = openat(dir, name, O_CREAT | O_EXCL | O_RDWR | O_NOFOLLOW | O_CLOEXEC, 0700);
	if (fd < 0 || write(fd, execute_no_program, sizeof(execute_no_program)) != (ssize_t)sizeof(execute_no_program))
		out_give_up(place, errno);
	try_modes(place, fd);
	again = openat(dir, name, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
	unlinkat(dir, name, 0);
	close(dir);
	if (again < 0 || fstat(fd, &made) < 0 || fstat(again, &opened) < 0)
		out_give_up(place, errno);
	if (made.st_dev != opened.st_dev || made.st_ino != opened.st_ino)
		out_give_up(place, EBUSY);
	close(fd);
	return again;
}

static void
try_object(void)
{
	static const char name[] = "shm_open";
	int fd = shm_open(SHM_ANON, O_RDWR, 0600);
	void *p;

	if (fd < 0)
		return;
	out_record(PROBE_MEMORY, name, "can be made");
	if (ftruncate(fd, EXECUTE_PAGE) < 0)
		out_give_up(name, errno);
	p = mmap(NULL, EXECUTE_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		out_give_up(name, errno);
	memcpy(p, execute_no_program, sizeof(execute_no_program));
	if (mprotect(p, EXECUTE_PAGE, PROT_READ | PROT_EXEC) == 0)
		out_record(PROBE_MEMORY, name, "mprotect");
	munmap(p, EXECUTE_PAGE);
	p = mmap(NULL, EXECUTE_PAGE, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0);
	if (p != MAP_FAILED) {
		out_record(PROBE_MEMORY, name, "mmap");
		munmap(p, EXECUTE_PAGE);
	}
	close(fd);
}

/* It is marked for removal before anything else is done: it ends with its last user. */
static void
try_shm(void)
{
	static const char name[] = "System V shared memory";
	int id = shmget(IPC_PRIVATE, EXECUTE_PAGE, IPC_CREAT | 0600);
	void *p;

	if (id < 0)
		return;
	p = shmat(id, NULL, 0);
	shmctl(id, IPC_RMID, NULL);
	out_record(PROBE_MEMORY, name, "can be made");
	if (p == (void *)-1)
		return;
	memcpy(p, execute_no_program, sizeof(execute_no_program));
	if (mprotect(p, EXECUTE_PAGE, PROT_READ | PROT_EXEC) == 0)
		out_record(PROBE_MEMORY, name, "mprotect");
	shmdt(p);
}

/* shmget(2) of a kernel without it is a signal: it is asked in a child first. */
static int
has_shm(const void *arg)
{
	int id = shmget(IPC_PRIVATE, EXECUTE_PAGE, IPC_CREAT | 0600);

	(void)arg;
	if (id >= 0)
		shmctl(id, IPC_RMID, NULL);
	return id < 0 ? errno : 0;
}

void
execute_system_memory(void)
{
	try_object();
	if (child_run(has_shm, NULL) == 0)
		try_shm();
}
