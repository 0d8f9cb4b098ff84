/*
 * Times commands against each other, interleaved in one run.
 *
 *	race ROUNDS < LINES
 *
 * Each line is NAME, FILE, COMMAND, CLEAN, separated by tabs.  A round runs every COMMAND once (by /bin/sh -c "exec
 * ...", standard output to FILE unless it is "-"), in an order that turns by one each round; the command's last line in
 * FILE ends with the moment of the payload's first instruction (bench/stamp.c).  CLEAN, if any, runs after it, untimed.
 * Printed: medians and the 10th and 90th percentile of start -> first instruction and of start -> exit, in
 * microseconds, and the ratio of the medians to the first line's.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX = 16, LINE = 16384 };
static struct runner {
	char *name, *file, *command, *clean;
	double *first, *exit;
	int n;
} runners[MAX];

static long long
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (long long)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int
run(const char *command, const char *out)
{
	char *const args[] = {"sh", "-c", (char *)command, NULL};
	posix_spawn_file_actions_t files;
	int status;
	pid_t pid;

	posix_spawn_file_actions_init(&files);
	if (out != NULL)
		posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, out, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	errno = posix_spawn(&pid, "/bin/sh", &files, NULL, args, environ);
	if (errno != 0)
		err(1, "posix_spawn");
	posix_spawn_file_actions_destroy(&files);
	if (waitpid(pid, &status, 0) < 0)
		err(1, "waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* The last number of the file: waits for it, since a log may be written a moment after the command is back. */
static long long
stamp_of(const char *file, long long after)
{
	for (int tries = 0; tries < 2000; tries++) {
		char buf[4096], *p;
		int fd = open(file, O_RDONLY | O_CLOEXEC);
		struct stat st;
		ssize_t n = -1;

		if (fd >= 0 && fstat(fd, &st) == 0)
			n = pread(fd, buf, sizeof(buf) - 1, st.st_size > 4000 ? st.st_size - 4000 : 0);
		if (fd >= 0)
			close(fd);
		if (n > 0) {
			buf[n] = '\0';
			for (p = buf; (p = strpbrk(p, "0123456789")) != NULL;) {
				long long t = strtoll(p, &p, 10);

				if (t > after && t < after + 10000000000LL)
					return t;
			}
		}
		usleep(500);
	}
	return 0;
}

static void
once(struct runner *r)
{
	char command[LINE];
	long long begin, end, first;
	int status;

	snprintf(command, sizeof(command), "exec %s", r->command);
	begin = now();
	status = run(command, strncmp(r->file, ">", 1) == 0 ? r->file + 1 : NULL);
	end = now();
	if (status != 0)
		errx(1, "%s: exit status %d: %s", r->name, status, r->command);
	first = stamp_of(r->file[0] == '>' ? r->file + 1 : r->file, begin);
	if (first == 0)
		errx(1, "%s: no stamp in %s", r->name, r->file);
	if (r->clean != NULL && *r->clean != '\0')
		run(r->clean, "/dev/null");
	r->first[r->n] = (double)(first - begin) / 1000;
	r->exit[r->n++] = (double)(end - begin) / 1000;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double
at(double *v, int n, int percent)
{
	qsort(v, (size_t)n, sizeof(*v), compare);
	return v[(n - 1) * percent / 100];
}

static int
read_lines(int rounds)
{
	static char line[LINE];
	int n = 0;

	while (n < MAX && fgets(line, sizeof(line), stdin) != NULL) {
		struct runner *r = &runners[n];
		char *p = strdup(line);

		p[strcspn(p, "\n")] = '\0';
		r->name = strsep(&p, "\t");
		r->file = strsep(&p, "\t");
		r->command = strsep(&p, "\t");
		r->clean = p;
		if (r->command == NULL)
			errx(64, "a line needs a name, a file and a command: %s", line);
		r->first = calloc((size_t)rounds, sizeof(double));
		r->exit = calloc((size_t)rounds, sizeof(double));
		n++;
	}
	return n;
}

int
main(int argc, char **argv)
{
	int rounds = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 0, n = rounds > 0 ? read_lines(rounds) : 0;

	if (n == 0)
		errx(64, "usage: race ROUNDS < LINES");
	for (int i = 0; i < n; i++) { /* warm */
		once(&runners[i]);
		runners[i].n = 0;
	}
	for (int k = 0; k < rounds; k++)
		for (int i = 0; i < n; i++)
			once(&runners[(i + k) % n]);
	printf("%-28s %28s %6s %28s %6s\n", "microseconds, median (p10-p90)", "start -> first instruction", "ratio",
		"start -> exit", "ratio");
	for (int i = 0; i < n; i++) {
		struct runner *r = &runners[i];

		printf("%-28s %10.0f (%6.0f - %6.0f) %6.2f %10.0f (%6.0f - %6.0f) %6.2f\n", r->name,
			at(r->first, r->n, 50), at(r->first, r->n, 10), at(r->first, r->n, 90),
			at(r->first, r->n, 50) / at(runners[0].first, runners[0].n, 50), at(r->exit, r->n, 50),
			at(r->exit, r->n, 10), at(r->exit, r->n, 90),
			at(r->exit, r->n, 50) / at(runners[0].exit, runners[0].n, 50));
	}
	return 0;
}
