/*
 * What a hostile jail does to those who walk its state from outside.  Run inside a jail, and on plain layouts.
 *
 *	disturb swap A B MS	renames A and B over each other for so long
 *	disturb deep DIR N	makes N directories in DIR, each in the one before
 *	disturb lease FILE MS	holds a write lease on the file for so long, and does not give it up when asked to
 *
 * Static, as probe is.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static long
now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int
fail(const char *what)
{
	fprintf(stderr, "disturb: %s: %s\n", what, strerror(errno));
	return 1;
}

static int
swap(const char *a, const char *b, long ms)
{
	for (long end = now_ms() + ms; now_ms() < end;)
		for (int i = 0; i < 100; i++)
			if (renameat2(AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE) == -1)
				return fail(a);
	return 0;
}

static int
deep(const char *dir, long n)
{
	if (chdir(dir) == -1)
		return fail(dir);
	for (long i = 0; i < n; i++)
		if (mkdir("d", 0755) == -1 || chdir("d") == -1)
			return fail("d");
	return 0;
}

static int
lease(const char *path, long ms)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	signal(SIGIO, SIG_IGN);
	if (fd == -1 || fcntl(fd, F_SETLEASE, F_WRLCK) == -1)
		return fail(path);
	puts("leased");
	fflush(stdout);
	struct timespec t = {ms / 1000, ms % 1000 * 1000000};
	nanosleep(&t, NULL);
	return 0;
}

int
main(int argc, char **argv)
{
	long n = argc > 2 ? strtol(argv[argc - 1], NULL, 10) : 0;
	if (argc == 5 && strcmp(argv[1], "swap") == 0)
		return swap(argv[2], argv[3], n);
	if (argc == 4 && strcmp(argv[1], "deep") == 0)
		return deep(argv[2], n);
	if (argc == 4 && strcmp(argv[1], "lease") == 0)
		return lease(argv[2], n);
	fprintf(stderr, "usage: disturb swap A B MS | deep DIR N | lease FILE MS\n");
	return 64;
}
