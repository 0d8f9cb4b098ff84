/*
 * What the tests of image share: a scratch directory, small trees written down as tables, and looks at the result.
 */
#ifndef WARDER_TESTS_IMAGE_TEST_H
#define WARDER_TESTS_IMAGE_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/tree.h"
#include "image/image.h"

struct scratch {
	char path[64];
	int fd, gen, root; /* the directory, gen and gen/root in it */
	struct arena a;
};

static inline int
scratch_setup(void **state)
{
	struct scratch *s = calloc(1, sizeof(*s));

	strcpy(s->path, "/tmp/warder-image-XXXXXX");
	if (mkdtemp(s->path) == NULL)
		return -1;
	s->fd = open(s->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	mkdirat(s->fd, "gen", 0755);
	s->gen = openat(s->fd, "gen", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	mkdirat(s->gen, "root", 0755);
	s->root = openat(s->gen, "root", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	*state = s;
	return s->root < 0 ? -1 : 0;
}

static inline int
scratch_teardown(void **state)
{
	struct scratch *s = *state;
	struct err e = {0};
	int r = tree_empty(s->fd, NULL, &e);

	close(s->root);
	close(s->gen);
	close(s->fd);
	arena_done(&s->a);
	r |= rmdir(s->path);
	free(s);
	return r;
}

/* 'd' directory, 'f' file with text, 'l' link to text, 'p' fifo. */
struct made {
	char type;
	const char *path;
	const char *text;
	mode_t mode;
};

static inline void
make_one(int dirfd, const struct made *m)
{
	fd_auto fd = -1;

	switch (m->type) {
	case 'd':
		assert_int_equal(mkdirat(dirfd, m->path, 0700), 0);
		assert_int_equal(fchmodat(dirfd, m->path, m->mode == 0 ? 0755 : m->mode, 0), 0);
		break;
	case 'l':
		assert_int_equal(symlinkat(m->text, dirfd, m->path), 0);
		break;
	case 'p':
		assert_int_equal(mkfifoat(dirfd, m->path, 0600), 0);
		break;
	default:
		fd = openat(dirfd, m->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, m->mode == 0 ? 0644 : m->mode);
		assert_true(fd >= 0);
		if (m->text != NULL)
			assert_int_equal(write(fd, m->text, strlen(m->text)), (ssize_t)strlen(m->text));
	}
}

static inline void
make_tree(int dirfd, const struct made *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		make_one(dirfd, &v[i]);
}
#define MAKE_TREE(fd, ...)                                                                                             \
	do {                                                                                                           \
		const struct made made_[] = {__VA_ARGS__};                                                             \
		make_tree(fd, made_, sizeof(made_) / sizeof(made_[0]));                                                \
	} while (0)

static inline void
assert_link(int dirfd, const char *path, const char *target)
{
	char text[256] = "";

	if (readlinkat(dirfd, path, text, sizeof(text) - 1) < 0)
		fail_msg("%s is no link: %s", path, strerror(errno));
	assert_string_equal(text, target);
}

static inline void
assert_dir(int dirfd, const char *path, mode_t mode)
{
	struct stat st;

	if (fstatat(dirfd, path, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISDIR(st.st_mode))
		fail_msg("%s is no directory", path);
	assert_int_equal(st.st_mode & 07777, mode);
}

static inline bool
exists(int dirfd, const char *path)
{
	struct stat st;

	return fstatat(dirfd, path, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static inline void
assert_text(int dirfd, const char *path, const char *text)
{
	char buf[512] = "";
	fd_auto fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0)
		fail_msg("%s: %s", path, strerror(errno));
	assert_true(read(fd, buf, sizeof(buf) - 1) >= 0);
	assert_string_equal(buf, text);
}

static inline bool
can_be_root(void)
{
	return geteuid() == 0;
}

#endif
