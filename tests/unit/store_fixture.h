/*
 * A store in a directory of its own, with a small base: for the tests of src/store.
 */
#ifndef WARDER_TESTS_STORE_FIXTURE_H
#define WARDER_TESTS_STORE_FIXTURE_H

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/path.h"
#include "base/tree.h"
#include "store/internal.h"

#define ok(call) fixture_ok((call), #call, &fixture_err)
#define fails(call, want) fixture_fails((call), #call, want)

static struct err fixture_err;
#define E (&fixture_err)

struct fixture {
	char dir[64];
	char root[80];
	char host[80]; /* ids_host_dir */
	struct store s;
};

static inline int
fixture_ok(int r, const char *call, const struct err *e)
{
	if (r < 0) {
		print_error("%s\n", call);
		err_print(stderr, e, "test", NULL);
	}
	assert_true(r >= 0);
	return r;
}

static inline void
fixture_fails(int r, const char *call, enum err_kind want)
{
	if (r >= 0 || fixture_err.kind != want) {
		print_error("%s: %d, kind %d\n", call, r, fixture_err.kind);
		err_print(stderr, &fixture_err, "test", NULL);
	}
	assert_int_equal(r, -1);
	assert_int_equal(fixture_err.kind, want);
}

static inline void
fixture_file(int dirfd, const char *path, const char *text)
{
	ok(file_write_volatile(dirfd, path, text, strlen(text), 0644, E));
}

static inline void
fixture_dir(int dirfd, const char *path)
{
	fd_auto fd = ok(path_make_dirs(dirfd, path, 0755, E));

	(void)fd;
}

static struct pin fixture_pins[] = {
	{"/var/lib/dpkg", PIN_FROM_BASE, "pins/var/lib/dpkg"},
	{"/var/spool/cron", PIN_FROM_SKEL, "spool/cron"},
};

static inline struct base_meta
fixture_meta(const char *name, unsigned generation)
{
	static const char *exec[] = {"/usr", NULL};

	return (struct base_meta){.name = name,
		.flavour = "generic",
		.source = "dir:/x\n\"quoted\"",
		.generation = generation,
		.created = 1700000000,
		.pins = fixture_pins,
		.npins = 2,
		.exec_dirs = {exec, 1},
		.entries = 7,
		.bytes = 1234};
}

/* Makes and publishes a generation of a base. */
static inline unsigned
fixture_base(const struct store *s, const char *name)
{
	unsigned generation;
	fd_auto dir = -1;

	ok(store_base_begin(s, name, &generation, &dir, E));
	fixture_dir(dir, "root/usr/share/zoneinfo/Europe");
	fixture_file(dir, "root/usr/share/zoneinfo/Europe/Athens", "TZif");
	assert_int_equal(symlinkat("s/etc", dir, "root/etc"), 0);
	assert_int_equal(symlinkat("t/var", dir, "root/var"), 0);
	assert_int_equal(symlinkat("t/tmp", dir, "root/tmp"), 0);
	fixture_dir(dir, "pins/var/lib/dpkg");
	fixture_dir(dir, "skel/s/etc");
	fixture_file(dir, "skel/s/etc/passwd", "root:x:0:0::/root:/bin/sh\nbind:x:101:105::/:/bin/false\n");
	fixture_file(dir, "skel/s/etc/group", "root:x:0:\ntty:x:6:\nbind:x:105:\nssl:x:110:bind\n");
	assert_int_equal(symlinkat("/tmp/warder-test-outside", dir, "skel/s/etc/hosts"), 0);
	fixture_dir(dir, "skel/t/var/lib/dpkg/info");
	fixture_dir(dir, "skel/t/var/lib/own");
	fixture_file(dir, "skel/t/var/lib/own/data", "pristine");
	fixture_dir(dir, "skel/t/var/run");
	fixture_dir(dir, "skel/t/tmp");
	fd_auto t = ok(path_open_beneath(dir, "skel/t", O_PATH, 0, E));
	assert_int_equal(fchmodat(t, "tmp", 01777, 0), 0);
	assert_int_equal(fchownat(t, "var/lib/own/data", 101, 105, 0), 0);
	struct base_meta m = fixture_meta(name, generation);
	ok(store_base_publish(s, &m, dir, NULL, E));
	return generation;
}

static inline struct jail
fixture_jail(const char *name)
{
	return (struct jail){.name = name, .base = "mroot", .hostname = "ns.example.org"};
}

static inline int
fixture_setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	bool made;

	if (geteuid() != 0) {
		print_message("skipped: the store belongs to root\n");
		free(f);
		*state = NULL;
		return 0;
	}
	strcpy(f->dir, "/tmp/warder-store-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	ids_host_dir = f->host;
	snprintf(f->host, sizeof(f->host), "%s/host", f->dir);
	snprintf(f->root, sizeof(f->root), "%s/jails", f->dir);
	ok(store_init(f->root, &made, E));
	ok(store_open(f->root, &f->s, E));
	*state = f;
	return 0;
}

static inline int
fixture_teardown(void **state)
{
	struct fixture *f = *state;

	if (!f)
		return 0;
	store_close(&f->s);
	fd_auto tmp = open("/tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ok(tree_remove(tmp, f->dir + strlen("/tmp/"), E));
	free(f);
	return 0;
}

/* The fixture, or the test is skipped. */
static inline struct fixture *
fixture(void **state)
{
	if (!*state)
		skip();
	return *state;
}

static inline struct stat
fixture_stat(int dirfd, const char *path)
{
	struct stat st;

	if (fstatat(dirfd, path, &st, AT_SYMLINK_NOFOLLOW) < 0)
		fail_msg("%s is not there", path);
	return st;
}

static inline bool
fixture_there(int dirfd, const char *path)
{
	struct stat st;

	return fstatat(dirfd, path, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

#endif
