/*
 * Owns the attempts to execute what the probe wrote.
 *
 * No program is ever run: the file is none, so that execve(2) of it is refused by its mount or its rights, which is
 * the answer "no", or because it is no program (ENOEXEC), which comes after all of these and is the answer "yes".
 */
#include "probe/execute.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "probe/execute_ways.h"
#include "probe/out.h"

const char execute_no_program[20] = "this is no program\n";

static int
by_mapping(int fd)
{
	void *p = mmap(NULL, EXECUTE_PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);

	if (p == MAP_FAILED)
		return errno;
	munmap(p, EXECUTE_PAGE);
	return 0;
}

static int
by_protecting(int fd)
{
	void *p = mmap(NULL, EXECUTE_PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
	int r;

	if (p == MAP_FAILED)
		return errno;
	r = mprotect(p, EXECUTE_PAGE, PROT_READ | PROT_EXEC) < 0 ? errno : 0;
	munmap(p, EXECUTE_PAGE);
	return r;
}

static const struct execute_way common[] = {{"mmap", by_mapping}, {"mprotect", by_protecting}};

static void
try_each(const struct execute_way *v, size_t n, enum probe_word word, const char *what, int fd)
{
	for (size_t i = 0; i < n; i++) {
		int r = v[i].try(fd);

		if (r == 0)
			out_record(word, what, v[i].name);
		else if (!is_refusal(r))
			out_give_up(what, r);
	}
}

void
execute_try_ways(enum probe_word word, const char *what, int fd)
{
	try_each(execute_system_ways, nexecute_system_ways, word, what, fd);
	try_each(common, sizeof(common) / sizeof(common[0]), word, what, fd);
}

void
execute_files(const struct places *p)
{
	for (size_t i = 0; i < p->n; i++) {
		int fd = execute_write(p->v[i]);

		execute_try_ways(PROBE_EXECUTE, p->v[i], fd);
		close(fd);
	}
}

static void
try_anonymous(const char *name, int flags)
{
	void *p = mmap(NULL, EXECUTE_PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, flags | MAP_ANONYMOUS, -1, 0);

	if (p != MAP_FAILED) {
		out_record(PROBE_MEMORY, name, "mmap");
		munmap(p, EXECUTE_PAGE);
	}
	p = mmap(NULL, EXECUTE_PAGE, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		out_give_up(name, errno);
	memcpy(p, execute_no_program, sizeof(execute_no_program));
	if (mprotect(p, EXECUTE_PAGE, PROT_READ | PROT_EXEC) == 0)
		out_record(PROBE_MEMORY, name, "mprotect");
	munmap(p, EXECUTE_PAGE);
}

void
execute_memory(void)
{
	execute_system_memory();
	try_anonymous("private memory", MAP_PRIVATE);
	try_anonymous("shared memory", MAP_SHARED);
}
