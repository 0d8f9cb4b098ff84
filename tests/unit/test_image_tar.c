/*
 * Archives as bases, honest and hostile.  The archives are written here, block by block, so that they can say what no
 * tar(1) would.
 */
#include "image_test.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>

#include "base/spawn.h"

enum { BLOCK = 512 };

struct entry {
	const char *name;
	char type; /* '0' file, '1' hard link, '2' link, '3' device, '5' directory, '6' fifo */
	const char *link;
	const char *data;
	unsigned mode;
};

static void
put_block(FILE *f, const struct entry *n, size_t size)
{
	unsigned char b[BLOCK] = {0};
	unsigned sum = 0;

	memcpy(b, n->name, strnlen(n->name, 100));
	snprintf((char *)b + 100, 8, "%07o", (n->mode == 0 ? 0755 : n->mode) & 07777);
	snprintf((char *)b + 108, 8, "%07o", 0);
	snprintf((char *)b + 116, 8, "%07o", 0);
	snprintf((char *)b + 124, 12, "%011o", (unsigned)size);
	snprintf((char *)b + 136, 12, "%011o", 1700000000);
	memset(b + 148, ' ', 8);
	b[156] = (unsigned char)n->type;
	if (n->link != NULL)
		memcpy(b + 157, n->link, strnlen(n->link, 100));
	memcpy(b + 257, "ustar\00000", 8);
	snprintf((char *)b + 329, 8, "%07o", 1);
	snprintf((char *)b + 337, 8, "%07o", 3);
	for (size_t i = 0; i < BLOCK; i++)
		sum += b[i];
	snprintf((char *)b + 148, 8, "%06o", sum);
	assert_int_equal(fwrite(b, BLOCK, 1, f), 1);
}

static void
put_data(FILE *f, const char *data, size_t n)
{
	static const char zeros[BLOCK];

	assert_int_equal(fwrite(data, 1, n, f), n);
	fwrite(zeros, 1, (BLOCK - n % BLOCK) % BLOCK, f);
}

static void
put_entry(FILE *f, const struct entry *n)
{
	size_t size = n->data == NULL ? 0 : strlen(n->data);

	if (strlen(n->name) > 100) {
		const struct entry longer = {.name = "././@LongLink", .type = 'L', .mode = 0644};
		put_block(f, &longer, strlen(n->name) + 1);
		put_data(f, n->name, strlen(n->name) + 1);
	}
	put_block(f, n, size);
	if (size > 0)
		put_data(f, n->data, size);
}

static const char *
write_tar(struct scratch *s, const struct entry *v, size_t n)
{
	static const char end[2 * BLOCK];
	const char *path = arena_printf(&s->a, "%s/a.tar", s->path);
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	for (size_t i = 0; i < n; i++)
		put_entry(f, &v[i]);
	fwrite(end, sizeof(end), 1, f);
	assert_int_equal(fclose(f), 0);
	return path;
}
#define WRITE_TAR(s, ...)                                                                                              \
	write_tar(s, (const struct entry[]){__VA_ARGS__},                                                              \
		sizeof((const struct entry[]){__VA_ARGS__}) / sizeof(struct entry))

static int
fetch(struct scratch *s, const char *path, int root, struct err *e)
{
	const struct base_decl d = {.name = "m", .from = arena_printf(&s->a, "tar:%s", path)};

	return image_fetch(&d, root, NULL, e);
}

static void
fetch_works(struct scratch *s, const char *path)
{
	struct err e = {0};

	if (fetch(s, path, s->root, &e) < 0)
		fail_msg("%s %s: %s (%d)", e.op, e.subject, e.reason, e.err_no);
}

static struct err
fetch_fails(struct scratch *s, const char *path)
{
	struct err e = {0};

	assert_int_equal(fetch(s, path, s->root, &e), -1);
	assert_string_equal(e.op, "unpack");
	return e;
}

/* The helper lies in another folder of a build tree than the tests: a link beside this program stands for it. */
static int
link_helper(void **state)
{
	char self[4096] = "";

	if (!can_be_root() || readlink("/proc/self/exe", self, sizeof(self) - 32) < 0)
		return 0;
	strcpy(strrchr(self, '/'), "/warder-image");
	return symlink("../../src/warder-image", self) < 0 && errno != EEXIST ? -1 : 0;
}

static int
unlink_helper(void **state)
{
	char self[4096] = "";

	if (!can_be_root() || readlink("/proc/self/exe", self, sizeof(self) - 32) < 0)
		return 0;
	strcpy(strrchr(self, '/'), "/warder-image");
	return unlink(self);
}

static int
tar_setup(void **state)
{
	if (scratch_setup(state) < 0)
		return -1;
	struct scratch *s = *state;
	MAKE_TREE(s->fd, {'d', "outside"}, {'f', "outside/secret", "secret"});
	return 0;
}

static void
need_root(void)
{
	if (!can_be_root())
		skip();
}

static void
an_archive_becomes_a_tree(void **state)
{
	struct scratch *s = *state;

	need_root();
	fetch_works(s, WRITE_TAR(s, {"./", '5'}, {"./etc/", '5', .mode = 0750}, {"./etc/motd", '0', .data = "hi"},
			       {"./etc/again", '1', .link = "./etc/motd"}, {"./bin", '2', .link = "usr/bin"},
			       {"./usr/bin/su", '0', .data = "x", .mode = 04755}, {"fifo", '6'}));
	assert_text(s->root, "etc/motd", "hi");
	assert_text(s->root, "etc/again", "hi");
	assert_dir(s->root, "etc", 0750);
	assert_link(s->root, "bin", "usr/bin");
	assert_true(exists(s->root, "fifo"));
}

static void
absolute_names_and_links_stay_inside(void **state)
{
	struct scratch *s = *state;

	need_root();
	fetch_works(s,
		WRITE_TAR(s, {"//warder-image-test/x", '0', .data = "in"}, {"h", '1', .link = "/warder-image-test/x"}));
	assert_text(s->root, "warder-image-test/x", "in");
	assert_text(s->root, "h", "in");
	assert_int_equal(access("/warder-image-test", F_OK), -1);
}

static void
names_that_climb_are_refused_by_name(void **state)
{
	struct scratch *s = *state;
	static const char *const bad[] = {"../evil", "a/../../evil", "a/..", "/../evil", ".."};

	need_root();
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct err e = fetch_fails(s, WRITE_TAR(s, {"a/", '5'}, {bad[i], '0', .data = "x"}));
		assert_string_equal(e.subject, bad[i]);
	}
	assert_false(exists(s->gen, "evil"));
	assert_false(exists(s->fd, "evil"));
}

static void
nothing_is_written_through_a_link(void **state)
{
	struct scratch *s = *state;
	const char *outside = arena_printf(&s->a, "%s/outside", s->path);

	need_root();
	fetch_fails(s, WRITE_TAR(s, {"d", '2', .link = outside}, {"d/evil", '0', .data = "x"}));
	assert_false(exists(s->fd, "outside/evil"));
	fetch_fails(
		s, WRITE_TAR(s, {"e", '2', .link = "../../outside"}, {"e/sub/", '5'}, {"e/sub/x", '0', .data = "x"}));
	assert_false(exists(s->fd, "outside/sub"));
}

static void
a_file_replaces_a_link_of_its_name(void **state)
{
	struct scratch *s = *state;
	const char *secret = arena_printf(&s->a, "%s/outside/secret", s->path);

	need_root();
	fetch_works(s, WRITE_TAR(s, {"f", '2', .link = secret}, {"f", '0', .data = "evil"}));
	assert_text(s->fd, "outside/secret", "secret");
	assert_text(s->root, "f", "evil");
}

static void
hard_links_out_of_the_tree_are_refused(void **state)
{
	struct scratch *s = *state;
	const char *outside = arena_printf(&s->a, "%s/outside", s->path);

	need_root();
	fetch_fails(s, WRITE_TAR(s, {"d", '2', .link = outside}, {"h", '1', .link = "d/secret"}));
	assert_false(exists(s->root, "h"));
	fetch_fails(s, WRITE_TAR(s, {"h", '1', .link = "../../outside/secret"}));
	fetch_fails(s, WRITE_TAR(s, {"h", '1', .link = arena_printf(&s->a, "%s/secret", outside)}));
	assert_false(exists(s->root, "h"));
}

static void
a_hard_link_to_a_link_does_not_open_its_target(void **state)
{
	struct scratch *s = *state;
	const char *secret = arena_printf(&s->a, "%s/outside/secret", s->path);
	struct err e = {0};

	need_root();
	(void)!fetch(s, WRITE_TAR(s, {"l", '2', .link = secret}, {"h", '1', .link = "l", .data = "evil"}), s->root, &e);
	assert_text(s->fd, "outside/secret", "secret");
}

static void
device_nodes_are_left_out(void **state)
{
	struct scratch *s = *state;

	need_root();
	fetch_works(s, WRITE_TAR(s, {"dev/", '5'}, {"dev/null", '3'}, {"dev/sda", '4'}, {"f", '0', .data = "x"}));
	assert_dir(s->root, "dev", 0755);
	assert_false(exists(s->root, "dev/null"));
	assert_false(exists(s->root, "dev/sda"));
}

static void
long_names_are_ordinary(void **state)
{
	struct scratch *s = *state;
	char name[251] = "";

	need_root();
	memset(name, 'n', sizeof(name) - 1);
	fetch_works(s, WRITE_TAR(s, {name, '0', .data = "x"}));
	assert_text(s->root, name, "x");
	char over[400] = "";
	memset(over, 'o', sizeof(over) - 1);
	assert_int_equal(fetch_fails(s, WRITE_TAR(s, {over, '0', .data = "x"})).subject[0], 'o');
}

static void
run_tool(const char *const *argv)
{
	struct spawn sp = {.argv = argv};
	struct err e = {0};

	if (spawn_check(&sp, &e) < 0)
		fail_msg("%s: %s", argv[0], e.reason);
}

static void
compressed_archives_work_and_cut_ones_are_refused(void **state)
{
	struct scratch *s = *state;
	static const char *const tools[][3] = {
		{"gzip", "-kf", ".gz"}, {"xz", "-kf", ".xz"}, {"bzip2", "-kf", ".bz2"}, {"zstd", "-qkf", ".zst"}};
	char noise[4001] = "";

	need_root();
	for (size_t i = 0; i < sizeof(noise) - 1; i++)
		noise[i] = (char)('!' + (i * 7919 + i * i * 104729 / 31) % 90);
	const char *path =
		WRITE_TAR(s, {"first", '0', .data = "1"}, {"noise", '0', .data = noise}, {"last", '0', .data = "l"});
	for (size_t i = 0; i < sizeof(tools) / sizeof(tools[0]); i++) {
		const char *packed = arena_printf(&s->a, "%s%s", path, tools[i][2]);
		const char *const argv[] = {tools[i][0], tools[i][1], path, NULL};
		struct err ignored = {0};
		struct stat st;

		run_tool(argv);
		fetch_works(s, packed);
		assert_text(s->root, "last", "l");
		assert_int_equal(tree_empty(s->root, NULL, &ignored), 0);
		assert_int_equal(stat(packed, &st), 0);
		assert_int_equal(truncate(packed, st.st_size * 2 / 3), 0);
		assert_int_equal(fetch_fails(s, packed).kind, ERR_FAILED);
	}
}

static void
a_cut_archive_names_its_entry(void **state)
{
	struct scratch *s = *state;

	need_root();
	const char *path = WRITE_TAR(s, {"first", '0', .data = "1"}, {"second", '0', .data = "22"});
	assert_int_equal(truncate(path, 3 * BLOCK + 1), 0);
	assert_string_equal(fetch_fails(s, path).subject, "second");
}

static void
what_is_no_archive_is_refused(void **state)
{
	struct scratch *s = *state;
	const char *path = arena_printf(&s->a, "%s/outside/secret", s->path);
	struct err e = {0};

	need_root();
	fetch_fails(s, path);
	assert_int_equal(fetch(s, s->path, s->root, &e), -1);
	assert_int_equal(fetch(s, "/dev/null", s->root, &e), -1);
	assert_int_equal(fetch(s, "/nonexistent", s->root, &e), -1);
	assert_int_equal(e.err_no, ENOENT);
	fetch_fails(s, write_tar(s, NULL, 0));
}

/* In a mount namespace of its own: 0 if the error was the right one. */
static int
fetch_on_full_disk(struct scratch *s, const char *path)
{
	const char *small = arena_printf(&s->a, "%s/gen/root", s->path);
	struct err e = {0};

	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
		mount("tmpfs", small, "tmpfs", 0, "size=64k") < 0)
		return 77;
	int root = open(small, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fetch(s, path, root, &e) == 0)
		return 1;
	return e.kind == ERR_CANTCREATE && e.err_no == ENOSPC && strcmp(e.subject, "big") == 0 ? 0 : 2;
}

static void
a_full_disk_is_said_to_be_full(void **state)
{
	struct scratch *s = *state;
	char *big = arena_alloc(&s->a, 200001);
	int status;

	need_root();
	memset(big, 'b', 200000);
	const char *path = WRITE_TAR(s, {"big", '0', .data = big});
	fflush(NULL);
	pid_t pid = fork();
	if (pid == 0)
		_exit(fetch_on_full_disk(s, path));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(status, 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, tar_setup, scratch_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(an_archive_becomes_a_tree),
		T(absolute_names_and_links_stay_inside),
		T(names_that_climb_are_refused_by_name),
		T(nothing_is_written_through_a_link),
		T(a_file_replaces_a_link_of_its_name),
		T(hard_links_out_of_the_tree_are_refused),
		T(a_hard_link_to_a_link_does_not_open_its_target),
		T(device_nodes_are_left_out),
		T(long_names_are_ordinary),
		T(compressed_archives_work_and_cut_ones_are_refused),
		T(a_cut_archive_names_its_entry),
		T(what_is_no_archive_is_refused),
		T(a_full_disk_is_said_to_be_full),
	};

	return cmocka_run_group_tests_name("image_tar", tests, link_helper, unlink_helper);
}
