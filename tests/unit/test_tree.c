/* base/tree: hostile trees are removed, copied and measured; nothing is followed, crossed or waited for. */
#include "unit.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <sys/xattr.h>

#include "base/fd.h"
#include "base/tree.h"
#include "base/xattr.h"

enum { DEEP = 25000 };

static const struct tree_copy_options plain_copy;

static void
make_deep(int dirfd, const char *name, unsigned levels)
{
	fd_auto at = dup(dirfd);
	for (unsigned i = 0; i < levels; i++) {
		const char *n = i == 0 ? name : "d";
		assert_int_equal(mkdirat(at, n, 0700), 0);
		int next = openat(at, n, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		assert_true(next >= 0);
		if (i % 1000 == 0)
			put_file(next, "file", "x");
		fd_close(&at);
		at = next;
	}
}

static bool
is_there(int dirfd, const char *name)
{
	struct stat st;
	return fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static struct stat
stat_of(int dirfd, const char *name)
{
	struct stat st;
	assert_int_equal(fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW), 0);
	return st;
}

static int
copy_named(int dirfd, const char *from, const char *to, const struct tree_copy_options *o, struct err *e)
{
	fd_auto src = openat(dirfd, from, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(src >= 0);
	return tree_copy(src, dirfd, to, o, e);
}

static struct tree_size
size_of(int dirfd, const char *name)
{
	struct tree_size size = {0};
	struct err e;
	fd_auto fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(tree_measure(fd, &size, &e), 0);
	return size;
}

/* With 45 more descriptors than there are: none is kept for each level. */
static void
a_tree_of_any_depth_is_ordinary(void **state)
{
	struct scratch *s = *state;
	struct rlimit old;
	struct err e;
	unsigned fds = count_fds();
	make_deep(s->fd, "deep", DEEP);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	struct rlimit few = {fds + 45, old.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	assert_int_equal(size_of(s->fd, "deep").entries, DEEP + DEEP / 1000);
	int copied = copy_named(s->fd, "deep", "copy", &plain_copy, &e);
	assert_int_equal(copied, 0);
	assert_int_equal(size_of(s->fd, "copy").entries, DEEP + DEEP / 1000);
	assert_int_equal(tree_remove(s->fd, "deep", &e), 0);
	assert_int_equal(tree_remove(s->fd, "copy", &e), 0);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	assert_false(is_there(s->fd, "deep"));
	assert_false(is_there(s->fd, "copy"));
	assert_int_equal(count_fds(), fds);
}

static void
make_odd_names(int dirfd, const char *dir)
{
	char longest[256];
	memset(longest, 'n', 255);
	longest[255] = '\0';
	const char *const names[] = {"new\nline", "\xff\xfe", "-rf", " ", "*", "a\\b", "\x1b[2J", longest};
	assert_int_equal(mkdirat(dirfd, dir, 0700), 0);
	fd_auto d = openat(dirfd, dir, O_RDONLY | O_DIRECTORY);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		assert_int_equal(mkdirat(d, names[i], 0700), 0);
		fd_auto sub = openat(d, names[i], O_RDONLY | O_DIRECTORY);
		for (size_t j = 0; j < ARRAY_LEN(names); j++)
			put_file(sub, names[j], "x");
	}
}

static void
names_of_any_bytes_are_copied_and_removed(void **state)
{
	struct scratch *s = *state;
	struct err e;
	make_odd_names(s->fd, "odd");
	assert_int_equal(copy_named(s->fd, "odd", "copy", &plain_copy, &e), 0);
	assert_int_equal(size_of(s->fd, "odd").entries, 1 + 8 + 64);
	assert_int_equal(size_of(s->fd, "copy").entries, 1 + 8 + 64);
	assert_true(is_there(s->fd, "copy/new\nline/\xff\xfe"));
	assert_int_equal(tree_remove(s->fd, "copy", &e), 0);
	assert_int_equal(tree_remove(s->fd, "odd", &e), 0);
	assert_false(is_there(s->fd, "odd"));
}

static void
removal_follows_no_link(void **state)
{
	struct scratch *s = *state;
	struct err e;
	mkdirat(s->fd, "outside", 0700);
	put_file(s->fd, "outside/keep", "x");
	mkdirat(s->fd, "t", 0700);
	symlinkat("../outside", s->fd, "t/dir");
	symlinkat("../outside/keep", s->fd, "t/file");
	symlinkat("outside", s->fd, "top");
	assert_int_equal(tree_remove(s->fd, "t", &e), 0);
	assert_int_equal(tree_remove(s->fd, "top", &e), 0);
	assert_int_equal(tree_remove(s->fd, "top", &e), 0); /* it is not there any more */
	assert_int_equal(tree_remove(s->fd, "none/at/all", &e), 0);
	assert_true(is_there(s->fd, "outside/keep"));
	symlinkat("outside", s->fd, "way");
	assert_int_equal(tree_remove(s->fd, "way/keep", &e), -1);
	assert_true(is_there(s->fd, "outside/keep"));
	assert_int_equal(tree_remove(s->fd, "..", &e), -1);
	assert_int_equal(tree_remove(s->fd, ".", &e), -1);
	assert_int_equal(tree_remove(s->fd, "", &e), -1);
}

static void
emptying_keeps_the_named_ones_at_the_top_only(void **state)
{
	struct scratch *s = *state;
	static const char *const keep[] = {"a", "b", NULL};
	struct err e;
	mkdirat(s->fd, "a", 0700);
	put_file(s->fd, "a/x", "");
	put_file(s->fd, "b", "");
	put_file(s->fd, "c", "");
	mkdirat(s->fd, "d", 0700);
	mkdirat(s->fd, "d/a", 0700);
	assert_int_equal(tree_empty(s->fd, keep, &e), 0);
	assert_true(is_there(s->fd, "a/x"));
	assert_true(is_there(s->fd, "b"));
	assert_false(is_there(s->fd, "c"));
	assert_false(is_there(s->fd, "d"));
	assert_int_equal(tree_empty(s->fd, NULL, &e), 0);
	assert_false(is_there(s->fd, "a"));
}

static void
a_wide_tree_is_removed_whole(void **state)
{
	struct scratch *s = *state;
	char name[32];
	struct err e;
	mkdirat(s->fd, "wide", 0700);
	for (int i = 0; i < 5000; i++) {
		snprintf(name, sizeof(name), "wide/%d", i);
		if (i % 5 == 0)
			assert_int_equal(mkdirat(s->fd, name, 0700), 0);
		else
			put_file(s->fd, name, "");
	}
	assert_int_equal(size_of(s->fd, "wide").entries, 5001);
	assert_int_equal(tree_remove(s->fd, "wide", &e), 0);
	assert_false(is_there(s->fd, "wide"));
}

static int
check_mounts_stop(struct scratch *s)
{
	struct err e;
	struct tree_size size;
	close(s->fd); /* it is on a mount of the namespace before */
	s->fd = open(s->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 || mkdirat(s->fd, "t", 0700) < 0 ||
		mkdirat(s->fd, "t/a", 0700) < 0 || mkdirat(s->fd, "t/a/mnt", 0700) < 0 || fchdir(s->fd) < 0 ||
		mount("none", "t/a/mnt", "tmpfs", 0, NULL) < 0)
		return 10;
	put_file(s->fd, "t/a/mnt/precious", "x");
	fd_auto t = openat(s->fd, "t", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (tree_remove(s->fd, "t", &e) == 0 || (e.err_no != EXDEV && e.err_no != EBUSY))
		return 11;
	if (strstr(e.subject, "a/mnt") == NULL || !is_there(s->fd, "t/a/mnt/precious"))
		return 12;
	if (tree_measure(t, &size, &e) == 0 || e.err_no != EXDEV)
		return 13;
	if (tree_copy(t, s->fd, "copy", &plain_copy, &e) == 0 || e.err_no != EXDEV || is_there(s->fd, "copy"))
		return 14;
	put_file(s->fd, "source", "x");
	put_file(s->fd, "t/file", "y");
	if (umount("t/a/mnt") < 0 || mount("source", "t/file", NULL, MS_BIND, NULL) < 0)
		return 15;
	if (tree_measure(t, &size, &e) == 0 || e.err_no != EXDEV)
		return 16;
	if (tree_copy(t, s->fd, "copy", &plain_copy, &e) == 0 || is_there(s->fd, "copy"))
		return 17;
	/* Linux lets a file that is mounted over in the own namespace be unlinked in no case: EBUSY. */
	if (tree_remove(s->fd, "t", &e) == 0 || e.err_no != EBUSY || !is_there(s->fd, "source"))
		return 18;
	return umount("t/file") < 0 ? 19 : 0;
}

static void
a_mount_in_the_tree_stops_it(void **state)
{
	int status = 0;
	pid_t pid = fork();
	if (pid == 0)
		_exit(unshare(CLONE_NEWNS) < 0 ? 99 : check_mounts_stop(*state));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 99) {
		print_message("no mount namespace may be made here\n");
		skip();
	}
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void
a_copy_has_type_mode_owner_times_and_attributes(void **state)
{
	struct scratch *s = *state;
	static const struct timespec times[2] = {{1000000, 5}, {2000000, 7}};
	char target[8] = "", value[8] = "";
	struct err e;
	mkdirat(s->fd, "a", 0700);
	mkdirat(s->fd, "a/dir", 0750);
	put_file(s->fd, "a/file", "content");
	put_file(s->fd, "a/dir/x", "x");
	symlinkat("file", s->fd, "a/link");
	mkfifoat(s->fd, "a/fifo", 0640);
	fchmodat(s->fd, "a/file", 04751, 0);
	bool root = fchownat(s->fd, "a/dir", 12, 34, 0) == 0;
	if (root)
		assert_int_equal(fchownat(s->fd, "a/link", 56, 78, AT_SYMLINK_NOFOLLOW), 0);
	fd_auto file = openat(s->fd, "a/file", O_RDONLY);
	bool attributes = fsetxattr(file, "user.k", "v", 1, 0) == 0;
	static const char *const names[] = {"a/file", "a/dir", "a/link", "a/fifo", "a"};
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		assert_int_equal(utimensat(s->fd, names[i], times, AT_SYMLINK_NOFOLLOW), 0);
	alarm(20);
	assert_int_equal(copy_named(s->fd, "a", "b", &plain_copy, &e), 0);
	alarm(0);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		char copied[16];
		snprintf(copied, sizeof(copied), "b%s", names[i] + 1);
		struct stat x = stat_of(s->fd, names[i]), y = stat_of(s->fd, copied);
		assert_int_equal(x.st_mode, y.st_mode);
		assert_int_equal(x.st_uid, y.st_uid);
		assert_int_equal(x.st_gid, y.st_gid);
		assert_int_equal(y.st_mtim.tv_sec, 2000000);
		assert_int_equal(y.st_mtim.tv_nsec, 7);
		assert_true(x.st_ino != y.st_ino);
	}
	assert_int_equal(stat_of(s->fd, "b/file").st_mode & 07777, 04751);
	assert_int_equal(stat_of(s->fd, "b/file").st_size, 7);
	assert_int_equal(readlinkat(s->fd, "b/link", target, sizeof(target)), 4);
	fd_auto copy = openat(s->fd, "b/file", O_RDONLY);
	if (attributes)
		assert_int_equal(fgetxattr(copy, "user.k", value, sizeof(value)), 1);
}

static void
hard_links_stay_within_the_copy(void **state)
{
	struct scratch *s = *state;
	struct err e;
	mkdirat(s->fd, "a", 0700);
	mkdirat(s->fd, "a/sub", 0700);
	put_file(s->fd, "a/one", "x");
	linkat(s->fd, "a/one", s->fd, "a/sub/two", 0);
	linkat(s->fd, "a/one", s->fd, "a/three", 0);
	symlinkat("t", s->fd, "a/l1");
	linkat(s->fd, "a/l1", s->fd, "a/l2", 0);
	assert_int_equal(copy_named(s->fd, "a", "b", &plain_copy, &e), 0);
	struct stat one = stat_of(s->fd, "b/one");
	assert_int_equal(one.st_nlink, 3);
	assert_true(one.st_ino == stat_of(s->fd, "b/sub/two").st_ino);
	assert_true(one.st_ino == stat_of(s->fd, "b/three").st_ino);
	assert_true(one.st_ino != stat_of(s->fd, "a/one").st_ino);
	assert_int_equal(stat_of(s->fd, "a/one").st_nlink, 3);
	assert_true(stat_of(s->fd, "b/l1").st_ino == stat_of(s->fd, "b/l2").st_ino);
	struct tree_size a = size_of(s->fd, "a"), b = size_of(s->fd, "b");
	assert_int_equal(a.entries, 7);
	assert_int_equal(b.entries, 7);
	assert_true(a.bytes == b.bytes);
}

static void
hard_links_are_measured_once(void **state)
{
	struct scratch *s = *state;
	static char block[65536];
	memset(block, 'x', sizeof(block) - 1);
	put_file(s->fd, "one", block);
	fd_auto fd = openat(s->fd, "one", O_RDONLY);
	fsync(fd);
	struct tree_size before = size_of(s->fd, ".");
	assert_true(before.bytes >= sizeof(block));
	for (int i = 0; i < 300; i++) {
		char name[16];
		snprintf(name, sizeof(name), "l%d", i);
		assert_int_equal(linkat(s->fd, "one", s->fd, name, 0), 0);
	}
	struct tree_size after = size_of(s->fd, ".");
	assert_int_equal(after.entries, before.entries + 300);
	assert_true(after.bytes < before.bytes + sizeof(block));
}

static void
holes_stay_holes(void **state)
{
	struct scratch *s = *state;
	char buf[5] = "";
	struct err e;
	mkdirat(s->fd, "a", 0700);
	fd_auto fd = openat(s->fd, "a/sparse", O_RDWR | O_CREAT, 0600);
	assert_int_equal(pwrite(fd, "begin", 5, 0), 5);
	assert_int_equal(pwrite(fd, "later", 5, 5 << 20), 5);
	assert_int_equal(ftruncate(fd, 20 << 20), 0);
	assert_int_equal(copy_named(s->fd, "a", "b", &plain_copy, &e), 0);
	struct stat st = stat_of(s->fd, "b/sparse");
	assert_int_equal(st.st_size, 20 << 20);
	assert_true(st.st_blocks * 512 < 1 << 20);
	fd_auto copy = openat(s->fd, "b/sparse", O_RDONLY);
	assert_int_equal(pread(copy, buf, 5, 5 << 20), 5);
	assert_memory_equal(buf, "later", 5);
	assert_int_equal(pread(copy, buf, 5, 0), 5);
	assert_memory_equal(buf, "begin", 5);
}

static void
ids_are_shifted_and_refused_over_the_range(void **state)
{
	struct scratch *s = *state;
	struct tree_copy_options o = {.id_shift = 131072, .id_count = 65536};
	struct err e;
	if (geteuid() != 0)
		skip();
	mkdirat(s->fd, "a", 0700);
	put_file(s->fd, "a/f", "x");
	symlinkat("x", s->fd, "a/l");
	assert_int_equal(fchownat(s->fd, "a/f", 65535, 7, 0), 0);
	assert_int_equal(fchownat(s->fd, "a/l", 3, 4, AT_SYMLINK_NOFOLLOW), 0);
	assert_int_equal(copy_named(s->fd, "a", "b", &o, &e), 0);
	assert_int_equal(stat_of(s->fd, "b/f").st_uid, 131072 + 65535);
	assert_int_equal(stat_of(s->fd, "b/f").st_gid, 131072 + 7);
	assert_int_equal(stat_of(s->fd, "b/l").st_uid, 131072 + 3);
	assert_int_equal(stat_of(s->fd, "b").st_uid, 131072);
	assert_int_equal(fchownat(s->fd, "a/f", 65536, 7, 0), 0);
	assert_int_equal(copy_named(s->fd, "a", "c", &o, &e), -1);
	assert_string_equal(e.subject, "f");
	assert_false(is_there(s->fd, "c"));
}

static void
what_gives_rights_is_stripped(void **state)
{
	struct scratch *s = *state;
	struct tree_copy_options o = {.strip_setid = true};
	static const unsigned char cap[20] = {0, 0, 0, 2, 1}; /* VFS_CAP_REVISION_2, chown permitted */
	char value[32];
	struct err e;
	if (geteuid() != 0)
		skip();
	mkdirat(s->fd, "a", 0700);
	put_file(s->fd, "a/f", "x");
	fchmodat(s->fd, "a/f", 06755, 0);
	mkdirat(s->fd, "a/d", 0700);
	fchmodat(s->fd, "a/d", 02755, 0);
	fd_auto fd = openat(s->fd, "a/f", O_RDONLY);
	bool caps = fsetxattr(fd, "security.capability", cap, sizeof(cap), 0) == 0;
	assert_int_equal(mknodat(s->fd, "a/null", S_IFCHR | 0600, makedev(1, 3)), 0);
	assert_int_equal(mknodat(s->fd, "a/sock", S_IFSOCK | 0600, 0), 0);
	assert_int_equal(copy_named(s->fd, "a", "b", &o, &e), 0);
	assert_int_equal(stat_of(s->fd, "b/f").st_mode & 07777, 0755);
	assert_int_equal(stat_of(s->fd, "b/d").st_mode & 07777, 0755);
	assert_false(is_there(s->fd, "b/null"));
	assert_false(is_there(s->fd, "b/sock"));
	fd_auto copy = openat(s->fd, "b/f", O_RDONLY);
	assert_int_equal(fgetxattr(copy, "security.capability", value, sizeof(value)), -1);
	assert_int_equal(copy_named(s->fd, "a", "c", &plain_copy, &e), 0);
	assert_int_equal(stat_of(s->fd, "c/f").st_mode & 07777, 06755);
	assert_true(stat_of(s->fd, "c/null").st_rdev == makedev(1, 3));
	fd_auto kept = openat(s->fd, "c/f", O_RDONLY);
	if (caps)
		assert_int_equal(fgetxattr(kept, "security.capability", value, sizeof(value)), 20);
}

static void
a_copy_never_goes_over_what_is_there(void **state)
{
	struct scratch *s = *state;
	struct err e;
	mkdirat(s->fd, "a", 0700);
	mkdirat(s->fd, "b", 0700);
	put_file(s->fd, "b/keep", "x");
	assert_int_equal(copy_named(s->fd, "a", "b", &plain_copy, &e), -1);
	assert_int_equal(e.kind, ERR_CANTCREATE);
	assert_true(is_there(s->fd, "b/keep"));
	symlinkat("b", s->fd, "l");
	assert_int_equal(copy_named(s->fd, "a", "l", &plain_copy, &e), -1);
	assert_int_equal(copy_named(s->fd, "a", "l/x", &plain_copy, &e), -1);
}

static void
ids_in_access_lists_are_shifted(void **state)
{
	/* version 2; owner rwx, user 5 r--, group rwx, group 6 r--, mask, other */
	unsigned char acl[4 + 6 * 8] = {2, 0, 0, 0, 1, 0, 7, 0, 255, 255, 255, 255, 2, 0, 4, 0, 5, 0, 0, 0, 4, 0, 7, 0,
		255, 255, 255, 255, 8, 0, 4, 0, 6, 0, 0, 0, 0x10, 0, 7, 0, 255, 255, 255, 255, 0x20, 0, 0, 0, 255, 255,
		255, 255};
	unsigned char again[sizeof(acl)];
	memcpy(again, acl, sizeof(acl));
	assert_int_equal(xattr_shift_acl(acl, sizeof(acl), 0x20000, 65536), 0);
	assert_int_equal(acl[4 + 8 + 4], 5);
	assert_int_equal(acl[4 + 8 + 6], 2);
	assert_int_equal(acl[4 + 24 + 6], 2);
	assert_int_equal(acl[4 + 7], 255);
	assert_int_equal(xattr_shift_acl(again, sizeof(again), 0x20000, 6), -1);
	assert_int_equal(xattr_shift_acl(again, sizeof(again) - 1, 1, 65536), -1);
	assert_int_equal(xattr_shift_acl(again, 3, 1, 65536), -1);
	again[0] = 1;
	assert_int_equal(xattr_shift_acl(again, sizeof(again), 1, 65536), -1);
}

/* ---- what differs for trees that cross the border of a jail ---- */

struct told {
	char text[512];
};

static void
tell(void *ctx, const char *path, const char *why)
{
	struct told *t = ctx;
	size_t n = strlen(t->text);
	snprintf(t->text + n, sizeof(t->text) - n, "%s: %s\n", path, why);
}

static void
what_cannot_be_copied_is_told_and_never_waited_for(void **state)
{
	struct scratch *s = *state;
	struct told told = {""};
	struct tree_copy_options o = {.strip_setid = true, .left_out = tell, .ctx = &told};
	struct err e;
	mkdirat(s->fd, "a", 0700);
	mkdirat(s->fd, "a/d", 0700);
	put_file(s->fd, "a/file", "x");
	put_file(s->fd, "a/d/leased", "x");
	mkfifoat(s->fd, "a/d/fifo", 0600);
	mknodat(s->fd, "a/sock", S_IFSOCK | 0600, 0);
	fd_auto leased = openat(s->fd, "a/d/leased", O_RDONLY);
	fd_auto writer = openat(s->fd, "a/d/leased", O_RDWR);
	fd_close(&leased);
	bool lease = fcntl(writer, F_SETLEASE, F_WRLCK) == 0;
	signal(SIGIO, SIG_IGN);
	alarm(10);
	assert_int_equal(copy_named(s->fd, "a", "b", &o, &e), 0);
	alarm(0);
	assert_true(is_there(s->fd, "b/file"));
	assert_false(is_there(s->fd, "b/d/fifo"));
	assert_false(is_there(s->fd, "b/sock"));
	assert_non_null(strstr(told.text, "d/fifo: a FIFO\n"));
	assert_non_null(strstr(told.text, "sock: a socket\n"));
	if (lease) {
		assert_false(is_there(s->fd, "b/d/leased"));
		assert_non_null(strstr(told.text, "d/leased: a process holds a lease on it\n"));
	}
}

static int
copy_one(int dirfd, const char *from, const char *to, const struct tree_copy_options *o, struct err *e)
{
	fd_auto src = openat(dirfd, from, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	assert_true(src >= 0);
	return tree_copy(src, dirfd, to, o, e);
}

static void
one_file_is_copied_as_a_tree_is(void **state)
{
	struct scratch *s = *state;
	struct told told = {""};
	struct tree_copy_options o = {.strip_setid = true, .left_out = tell, .ctx = &told};
	char target[8] = "";
	struct err e;
	put_file(s->fd, "file", "content");
	fchmodat(s->fd, "file", 06751, 0);
	linkat(s->fd, "file", s->fd, "second", 0);
	symlinkat("file", s->fd, "link");
	mkfifoat(s->fd, "fifo", 0600);
	assert_int_equal(copy_one(s->fd, "file", "f2", &o, &e), 0);
	assert_int_equal(stat_of(s->fd, "f2").st_mode & 07777, 0751);
	assert_int_equal(stat_of(s->fd, "f2").st_size, 7);
	assert_int_equal(stat_of(s->fd, "f2").st_nlink, 1);
	assert_int_equal(copy_one(s->fd, "link", "l2", &o, &e), 0);
	assert_int_equal(readlinkat(s->fd, "l2", target, sizeof(target)), 4);
	assert_int_equal(copy_one(s->fd, "file", "f2", &o, &e), -1);
	assert_int_equal(e.kind, ERR_CANTCREATE);
	assert_int_equal(stat_of(s->fd, "f2").st_size, 7);
	assert_int_equal(copy_one(s->fd, "fifo", "p2", &o, &e), -1);
	assert_int_equal(e.kind, ERR_FAILED);
	assert_string_equal(e.reason, "a FIFO: not copied");
	assert_false(is_there(s->fd, "p2"));
	assert_string_equal(told.text, "");
}

static void
an_owner_is_given_all_and_attributes_stay_behind(void **state)
{
	struct scratch *s = *state;
	struct tree_owner owner = {70000, 70001};
	struct tree_copy_options o = {.owner = &owner, .drop_mode = 07022};
	char value[8];
	struct err e;
	if (geteuid() != 0)
		skip();
	mkdirat(s->fd, "a", 0700);
	fchmodat(s->fd, "a", 01777, 0);
	put_file(s->fd, "a/f", "x");
	fchmodat(s->fd, "a/f", 0666, 0);
	symlinkat("f", s->fd, "a/l");
	fd_auto fd = openat(s->fd, "a/f", O_RDONLY);
	bool attributes = fsetxattr(fd, "user.k", "v", 1, 0) == 0;
	assert_int_equal(fchownat(s->fd, "a/f", 3, 4, 0), 0);
	assert_int_equal(copy_named(s->fd, "a", "b", &o, &e), 0);
	static const char *const names[] = {"b", "b/f", "b/l"};
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		assert_int_equal(stat_of(s->fd, names[i]).st_uid, 70000);
		assert_int_equal(stat_of(s->fd, names[i]).st_gid, 70001);
	}
	assert_int_equal(stat_of(s->fd, "b").st_mode & 07777, 0755);
	assert_int_equal(stat_of(s->fd, "b/f").st_mode & 07777, 0644);
	fd_auto copy = openat(s->fd, "b/f", O_RDONLY);
	if (attributes)
		assert_int_equal(fgetxattr(copy, "user.k", value, sizeof(value)), -1);
	owner = (struct tree_owner){UINT32_MAX, UINT32_MAX};
	assert_int_equal(copy_named(s->fd, "a", "c", &o, &e), 0);
	assert_int_equal(stat_of(s->fd, "c/f").st_uid, 0);
}

static void
linked_files_are_the_same_files_in_directories_of_their_own(void **state)
{
	struct scratch *s = *state;
	struct tree_copy_options o = {.link_files = true};
	struct err e;
	mkdirat(s->fd, "a", 0700);
	mkdirat(s->fd, "a/d", 0750);
	put_file(s->fd, "a/d/f", "x");
	fchmodat(s->fd, "a/d/f", 04711, 0);
	symlinkat("nowhere", s->fd, "a/l");
	mkfifoat(s->fd, "a/p", 0600);
	assert_int_equal(copy_named(s->fd, "a", "b", &o, &e), 0);
	static const char *const names[] = {"d/f", "l", "p"};
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		char a[16], b[16];
		snprintf(a, sizeof(a), "a/%s", names[i]);
		snprintf(b, sizeof(b), "b/%s", names[i]);
		assert_true(stat_of(s->fd, a).st_ino == stat_of(s->fd, b).st_ino);
	}
	assert_int_equal(stat_of(s->fd, "b/d").st_mode & 07777, 0750);
	assert_int_equal(stat_of(s->fd, "b/d/f").st_mode & 07777, 04711);
	assert_int_equal(copy_one(s->fd, "a/l", "l2", &o, &e), 0);
	assert_true(stat_of(s->fd, "a/l").st_ino == stat_of(s->fd, "l2").st_ino);
	assert_int_equal(tree_remove(s->fd, "a", &e), 0);
	assert_int_equal(stat_of(s->fd, "b/d/f").st_size, 1);
}

/* ext4 has 65,000 links for a file: a jail can use them up. */
static void
a_file_without_links_left_is_copied_once(void **state)
{
	struct scratch *s = *state;
	struct tree_copy_options o = {.link_files = true};
	struct err e;
	char name[32];
	int n;
	mkdirat(s->fd, "a", 0700);
	mkdirat(s->fd, "more", 0700);
	put_file(s->fd, "a/one", "x");
	assert_int_equal(linkat(s->fd, "a/one", s->fd, "a/two", 0), 0);
	for (n = 0; n < 70000; n++) {
		snprintf(name, sizeof(name), "more/%d", n);
		if (linkat(s->fd, "a/one", s->fd, name, 0) < 0)
			break;
	}
	if (n == 70000)
		skip();
	assert_int_equal(errno, EMLINK);
	assert_int_equal(copy_named(s->fd, "a", "b", &o, &e), 0);
	assert_true(stat_of(s->fd, "b/one").st_ino != stat_of(s->fd, "a/one").st_ino);
	assert_true(stat_of(s->fd, "b/one").st_ino == stat_of(s->fd, "b/two").st_ino);
	assert_int_equal(stat_of(s->fd, "b/one").st_nlink, 2);
}

static void
a_move_replaces_files_and_merges_directories(void **state)
{
	struct scratch *s = *state;
	struct err e;
	mkdirat(s->fd, "from", 0700);
	mkdirat(s->fd, "from/x", 0700);
	mkdirat(s->fd, "from/x/both", 0700);
	mkdirat(s->fd, "from/x/new", 0700);
	put_file(s->fd, "from/x/both/f", "new");
	put_file(s->fd, "from/x/new/f", "new");
	mkdirat(s->fd, "to", 0700);
	mkdirat(s->fd, "to/y", 0700);
	mkdirat(s->fd, "to/y/both", 0751);
	put_file(s->fd, "to/y/both/f", "older");
	put_file(s->fd, "to/y/both/kept", "kept");
	fd_auto from = openat(s->fd, "from", O_RDONLY | O_DIRECTORY);
	fd_auto to = openat(s->fd, "to", O_RDONLY | O_DIRECTORY);
	assert_int_equal(tree_move(from, "x", to, "y", &e), 0);
	assert_false(is_there(s->fd, "from/x"));
	assert_int_equal(stat_of(s->fd, "to/y/both/f").st_size, 3);
	assert_int_equal(stat_of(s->fd, "to/y/both").st_mode & 07777, 0751);
	assert_true(is_there(s->fd, "to/y/both/kept"));
	assert_true(is_there(s->fd, "to/y/new/f"));
}

static void
a_move_follows_no_link_and_replaces_no_other_kind(void **state)
{
	struct scratch *s = *state;
	struct err e;
	mkdirat(s->fd, "outside", 0700);
	put_file(s->fd, "outside/f", "precious");
	mkdirat(s->fd, "from", 0700);
	mkdirat(s->fd, "from/d", 0700);
	put_file(s->fd, "from/d/f", "x");
	put_file(s->fd, "from/f", "x");
	mkdirat(s->fd, "to", 0700);
	symlinkat("../outside", s->fd, "to/d");
	symlinkat("../outside/f", s->fd, "to/f");
	mkdirat(s->fd, "to/sub", 0700);
	fd_auto from = openat(s->fd, "from", O_RDONLY | O_DIRECTORY);
	fd_auto to = openat(s->fd, "to", O_RDONLY | O_DIRECTORY);
	assert_int_equal(tree_move(from, "d", to, "d", &e), -1);
	assert_int_equal(e.kind, ERR_CANTCREATE);
	assert_int_equal(tree_move(from, "f", to, "sub", &e), -1);
	assert_int_equal(e.kind, ERR_CANTCREATE);
	assert_int_equal(tree_move(from, "f", to, "f", &e), 0);
	assert_true(S_ISREG(stat_of(s->fd, "to/f").st_mode));
	assert_int_equal(stat_of(s->fd, "outside/f").st_size, 8);
	assert_true(is_there(s->fd, "from/d/f"));
}

static int
on_both(void *ctx, const struct tree_pair *p, struct err *e)
{
	tell(ctx, p->path, S_ISDIR(p->src.st_mode) && S_ISDIR(p->dst.st_mode) ? "dir" : "both");
	return 0;
}

static void
on_added(void *ctx, const char *path)
{
	tell(ctx, path, "added");
}

static bool
skip_run(void *ctx, const char *path)
{
	return strcmp(path, "run") == 0;
}

static void
make_merge_trees(int fd)
{
	mkdirat(fd, "src", 0700);
	mkdirat(fd, "src/both", 0700);
	mkdirat(fd, "src/both/new", 0700);
	put_file(fd, "src/both/new/f", "new");
	put_file(fd, "src/both/file", "new");
	mkdirat(fd, "src/run", 0700);
	mkdirat(fd, "src/other", 0700);
	put_file(fd, "src/other/f", "x");
	mkdirat(fd, "dst", 0700);
	mkdirat(fd, "dst/both", 0700);
	put_file(fd, "dst/both/file", "older");
	symlinkat("../outside", fd, "dst/other");
	mkdirat(fd, "outside", 0700);
	mkdirat(fd, "stage", 0700);
}

static void
check_merge(struct scratch *s, bool staged)
{
	struct told told = {""};
	struct err e;
	uint64_t added = 0;
	make_merge_trees(s->fd);
	fd_auto src = openat(s->fd, "src", O_RDONLY | O_DIRECTORY);
	fd_auto dst = openat(s->fd, "dst", O_RDONLY | O_DIRECTORY);
	fd_auto stage = openat(s->fd, "stage", O_RDONLY | O_DIRECTORY);
	struct tree_merge m = {&plain_copy, staged ? stage : -1, skip_run, on_added, on_both, &told};
	assert_int_equal(tree_merge_missing(src, dst, &m, &added, &e), 0);
	assert_int_equal(added, 1);
	assert_int_equal(stat_of(s->fd, "dst/both/new/f").st_size, 3);
	assert_int_equal(stat_of(s->fd, "dst/both/file").st_size, 5);
	assert_false(is_there(s->fd, "dst/run"));
	assert_false(is_there(s->fd, "outside/f"));
	assert_non_null(strstr(told.text, "both/new: added\n"));
	assert_non_null(strstr(told.text, "both: dir\n"));
	assert_non_null(strstr(told.text, "both/file: both\n"));
	assert_non_null(strstr(told.text, "other: both\n"));
	assert_int_equal(size_of(s->fd, "stage").entries, 1);
	assert_int_equal(tree_merge_missing(src, dst, &m, &added, &e), 0);
	assert_int_equal(added, 0);
}

static void
a_merge_adds_what_is_missing_and_changes_nothing(void **state)
{
	check_merge(*state, false);
}

static void
a_merge_by_a_stage_is_the_same(void **state)
{
	check_merge(*state, true);
}

/* Renames a directory and a link over each other until it is killed. */
static void
swap_for_ever(int dirfd)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		renameat2(dirfd, "t/victim", dirfd, "t/link", RENAME_EXCHANGE);
}

static void
a_link_swapped_in_leads_nowhere(void **state)
{
	struct scratch *s = *state;
	mkdirat(s->fd, "outside", 0700);
	put_file(s->fd, "outside/keep", "x");
	for (int round = 0; round < 20; round++) {
		struct err e;
		assert_int_equal(mkdirat(s->fd, "t", 0700), 0);
		assert_int_equal(mkdirat(s->fd, "t/victim", 0700), 0);
		put_file(s->fd, "t/victim/keep", "x");
		assert_int_equal(symlinkat("../outside", s->fd, "t/link"), 0);
		pid_t pid = fork();
		if (pid == 0)
			swap_for_ever(s->fd);
		int copied = copy_named(s->fd, "t", "copy", &plain_copy, &e);
		int removed = tree_remove(s->fd, "t", &e);
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, NULL, 0), pid);
		assert_true(is_there(s->fd, "outside/keep"));
		if (removed < 0)
			assert_int_equal(tree_remove(s->fd, "t", &e), 0);
		assert_true(copied < 0 || is_there(s->fd, "copy"));
		assert_int_equal(tree_remove(s->fd, "copy", &e), 0);
	}
}

/* The plain way, to see that the race is one: a path that is looked up again. */
static bool
plain_write_is_led_astray(int dirfd)
{
	for (int i = 0; i < 200000; i++) {
		int fd = openat(dirfd, "t/victim/planted", O_WRONLY | O_CREAT, 0600);
		if (fd >= 0)
			close(fd);
		if (is_there(dirfd, "outside/planted"))
			return unlinkat(dirfd, "outside/planted", 0) == 0;
	}
	return false;
}

static void
nothing_is_put_through_a_link_that_is_swapped_in(void **state)
{
	struct scratch *s = *state;
	struct err e;
	unsigned put = 0;
	mkdirat(s->fd, "outside", 0700);
	mkdirat(s->fd, "t", 0700);
	mkdirat(s->fd, "t/victim", 0700);
	mkdirat(s->fd, "from", 0700);
	assert_int_equal(symlinkat("../outside", s->fd, "t/link"), 0);
	fd_auto from = openat(s->fd, "from", O_RDONLY | O_DIRECTORY);
	fd_auto t = openat(s->fd, "t", O_RDONLY | O_DIRECTORY);
	pid_t pid = fork();
	if (pid == 0)
		swap_for_ever(s->fd);
	bool astray = plain_write_is_led_astray(s->fd);
	for (int round = 0; round < 3000; round++) {
		mkdirat(s->fd, "from/x", 0700);
		put_file(s->fd, "from/x/f", "x");
		put += tree_move(from, "x", t, "victim", &e) == 0;
		assert_int_equal(tree_remove(from, "x", &e), 0);
	}
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_true(astray);
	assert_true(put > 0);
	assert_int_equal(size_of(s->fd, "outside").entries, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_tree_of_any_depth_is_ordinary, scratch_open_memory, scratch_close),
		cmocka_unit_test_setup_teardown(names_of_any_bytes_are_copied_and_removed, scratch_open, scratch_close),
		cmocka_unit_test_setup_teardown(removal_follows_no_link, scratch_open, scratch_close),
		cmocka_unit_test_setup_teardown(
			emptying_keeps_the_named_ones_at_the_top_only, scratch_open, scratch_close),
		cmocka_unit_test_setup_teardown(a_wide_tree_is_removed_whole, scratch_open_memory, scratch_close),
		cmocka_unit_test_setup_teardown(a_mount_in_the_tree_stops_it, scratch_open, scratch_close),
		cmocka_unit_test_setup_teardown(
			a_copy_has_type_mode_owner_times_and_attributes, scratch_open, scratch_close),
		cmocka_unit_test_setup_teardown(hard_links_stay_within_the_copy, scratch_open, scratch_close),
		cmocka_unit_test_setup_teardown(hard_links_are_measured_once, scratch_open, scratch_close),
		cmocka_unit_test_setup_teardown(holes_stay_holes, scratch_open, scratch_close),
		cmocka_unit_test_setup_teardown(
			ids_are_shifted_and_refused_over_the_range, scratch_open, scratch_close),
		cmocka_unit_test_setup_teardown(what_gives_rights_is_stripped, scratch_open, scratch_close),
		cmocka_unit_test_setup_teardown(a_copy_never_goes_over_what_is_there, scratch_open, scratch_close),
		cmocka_unit_test(ids_in_access_lists_are_shifted),
		cmocka_unit_test_setup_teardown(a_link_swapped_in_leads_nowhere, scratch_open, scratch_close),
		cmocka_unit_test_setup_teardown(
			what_cannot_be_copied_is_told_and_never_waited_for, scratch_open, scratch_close),
		cmocka_unit_test_setup_teardown(one_file_is_copied_as_a_tree_is, scratch_open, scratch_close),
		cmocka_unit_test_setup_teardown(
			an_owner_is_given_all_and_attributes_stay_behind, scratch_open, scratch_close),
		cmocka_unit_test_setup_teardown(
			linked_files_are_the_same_files_in_directories_of_their_own, scratch_open, scratch_close),
		cmocka_unit_test_setup_teardown(a_file_without_links_left_is_copied_once, scratch_open, scratch_close),
		cmocka_unit_test_setup_teardown(
			a_move_replaces_files_and_merges_directories, scratch_open, scratch_close),
		cmocka_unit_test_setup_teardown(
			a_move_follows_no_link_and_replaces_no_other_kind, scratch_open, scratch_close),
		cmocka_unit_test_setup_teardown(
			a_merge_adds_what_is_missing_and_changes_nothing, scratch_open, scratch_close),
		cmocka_unit_test_setup_teardown(a_merge_by_a_stage_is_the_same, scratch_open, scratch_close),
		cmocka_unit_test_setup_teardown(
			nothing_is_put_through_a_link_that_is_swapped_in, scratch_open, scratch_close),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
