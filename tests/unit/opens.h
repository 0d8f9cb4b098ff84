/*
 * Whether anything opened a file: a device or a FIFO that is only looked at (O_PATH) is not opened.
 */
#ifndef WARDER_TESTS_OPENS_H
#define WARDER_TESTS_OPENS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/inotify.h>
#include <unistd.h>

/* To be given to was_opened, which ends the watching. */
static inline int
watch_opens(int dirfd, const char *name)
{
	char path[32];
	int at = openat(dirfd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	int watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

	snprintf(path, sizeof(path), "/proc/self/fd/%d", at);
	assert_true(at >= 0 && watch >= 0 && inotify_add_watch(watch, path, IN_OPEN) >= 0);
	close(at);
	return watch;
}

static inline bool
was_opened(int watch)
{
	char buf[256];
	ssize_t n = read(watch, buf, sizeof(buf));

	close(watch);
	return n > 0;
}

#endif
