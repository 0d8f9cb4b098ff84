/*
 * What every unit test includes: cmocka and the headers that it needs first, and a directory that is gone afterwards.
 */
#ifndef WARDER_TESTS_UNIT_H
#define WARDER_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"

#define ARRAY_LEN(v) (sizeof(v) / sizeof((v)[0]))

struct scratch {
	char path[40];
	int fd;
};

static inline int
scratch_open(void **state)
{
	static struct scratch s;
	strcpy(s.path, "/tmp/warder-unit-XXXXXX");
	if (mkdtemp(s.path) == NULL || (s.fd = open(s.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
		return -1;
	*state = &s;
	return 0;
}

/* In memory where that can be had: what a disk's file system takes for so many directories is not what is tested. */
static inline int
scratch_open_memory(void **state)
{
	static struct scratch s;
	strcpy(s.path, "/dev/shm/warder-unit-XXXXXX");
	if (mkdtemp(s.path) == NULL)
		return scratch_open(state);
	s.fd = open(s.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	*state = &s;
	return s.fd < 0 ? -1 : 0;
}

/* rm(1), not our own code, which is what is tested. */
static inline int
scratch_close(void **state)
{
	struct scratch *s = *state;
	char command[80];
	snprintf(command, sizeof(command), "rm -rf -- %s", s->path);
	close(s->fd);
	return system(command) == 0 ? 0 : -1;
}

static inline void
put_file(int dirfd, const char *name, const char *text)
{
	int fd = openat(dirfd, name, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static inline unsigned
count_fds(void)
{
	unsigned n = 0;
	for (int fd = 0; fd < 1024; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

#endif
