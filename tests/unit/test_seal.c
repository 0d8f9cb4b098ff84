/* store/seal: any tree becomes a manifest, hostile ones too; every kind of change is told from the others. */
#include "unit.h"

#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <sys/xattr.h>

#include "base/fd.h"
#include "base/tree.h"
#include "seal_test.h"

enum { LEVELS = 100000 };

static const char *const odd_names[] = {"new\nline", "tab\there", "sp ace", "#hash", "ha#sh", "st*ar", "q?m", "[a]",
	"back\\slash", "\\141", "\xff\xfe", "a=b", "-dash", "..x", "\x01", "\x7f", "\xc3\xa9", "\x1b[2J", "a-b", "%s"};

static const struct seal_entry *
entry(const struct seal *s, const char *path)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->v[i].path, path) == 0)
			return &s->v[i];
	fail_msg("no entry %s", path);
	return NULL;
}

static void
check_sorted(const struct seal *s)
{
	for (size_t i = 1; i < s->n; i++)
		assert_true(seal_order(s->v[i - 1].path, s->v[i].path) < 0);
}

static void
make_odd_files(int dirfd)
{
	char longest[256];
	for (size_t i = 0; i < ARRAY_LEN(odd_names); i++)
		put_file(dirfd, odd_names[i], odd_names[i]);
	memset(longest, 'n', 255);
	longest[255] = '\0';
	put_file(dirfd, longest, "x");
	assert_int_equal(mkdirat(dirfd, "dir\n#*", 0700), 0);
	put_file(dirfd, "dir\n#*/ ", "");
	assert_int_equal(symlinkat("to\n \\#\xff", dirfd, "link\n"), 0);
}

static void
names_of_any_bytes_are_in_it(void **state)
{
	struct scratch *s = *state;
	struct arena a = {0};
	make_odd_files(s->fd);
	struct seal seal = sealed(s->fd, &a);
	assert_int_equal(seal.n, 1 + ARRAY_LEN(odd_names) + 1 + 2 + 1);
	check_sorted(&seal);
	check_round_trip(&seal);
	for (size_t i = 0; i < ARRAY_LEN(odd_names); i++) {
		char want[SHA256_HEX], got[SHA256_HEX];
		sha256_of(odd_names[i], strlen(odd_names[i]), want);
		sha256_hex(entry(&seal, odd_names[i])->sha256, got);
		assert_string_equal(got, want);
	}
	assert_string_equal(entry(&seal, "link\n")->link, "to\n \\#\xff");
	assert_int_equal(entry(&seal, "dir\n#*/ ")->type, SEAL_FILE);
	str_auto text = {0};
	seal_print(&seal, &text);
	for (size_t i = 0; i < text.len; i++)
		assert_true(text.s[i] == '\n' || (text.s[i] >= ' ' && text.s[i] < 0x7f));
	arena_done(&a);
}

/* Links lead to devices, in circles and nowhere; a FIFO has no writer. */
static void
nothing_is_followed_or_waited_for(void **state)
{
	struct scratch *s = *state;
	struct arena a = {0};
	unsigned fds = count_fds();
	assert_int_equal(mkfifoat(s->fd, "fifo", 0640), 0);
	assert_int_equal(mknodat(s->fd, "socket", S_IFSOCK | 0600, 0), 0);
	assert_int_equal(symlinkat("loop", s->fd, "loop"), 0);
	assert_int_equal(symlinkat(".", s->fd, "self"), 0);
	assert_int_equal(symlinkat("/dev/zero", s->fd, "zero"), 0);
	assert_int_equal(symlinkat("fifo", s->fd, "to-fifo"), 0);
	bool devices = mknodat(s->fd, "device", S_IFCHR | 0600, makedev(1, 5)) == 0 &&
		       mknodat(s->fd, "large", S_IFBLK | 0600, makedev(259, 70000)) == 0;
	alarm(20);
	struct seal seal = sealed(s->fd, &a);
	alarm(0);
	assert_int_equal(seal.n, 7 + 2 * devices);
	assert_int_equal(entry(&seal, "fifo")->type, SEAL_FIFO);
	assert_int_equal(entry(&seal, "socket")->type, SEAL_SOCKET);
	assert_string_equal(entry(&seal, "self")->link, ".");
	assert_string_equal(entry(&seal, "zero")->link, "/dev/zero");
	if (devices) {
		assert_int_equal(entry(&seal, "device")->type, SEAL_CHAR);
		assert_true(entry(&seal, "device")->device == makedev(1, 5));
		assert_true(entry(&seal, "large")->device == makedev(259, 70000));
	}
	check_round_trip(&seal);
	assert_int_equal(count_fds(), fds);
	arena_done(&a);
}

/* Levels beneath dirfd; the descriptor of the last. */
static int
go_down(int dirfd, const char *name, unsigned levels)
{
	int at = dup(dirfd);
	for (unsigned i = 0; i < levels; i++) {
		assert_int_equal(mkdirat(at, name, 0700), 0);
		int next = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		assert_true(next >= 0);
		close(at);
		at = next;
	}
	return at;
}

static void
a_tree_that_no_path_can_name_is_refused_at_once(void **state)
{
	struct scratch *s = *state;
	struct arena a = {0};
	struct seal seal;
	struct err e = {0};
	unsigned fds = count_fds();
	close(go_down(s->fd, "d", LEVELS));
	alarm(20);
	assert_int_equal(seal_make(s->fd, NULL, NULL, &a, &seal, &e), -1);
	alarm(0);
	assert_int_equal(e.kind, ERR_FAILED);
	assert_non_null(strstr(e.reason, "too long"));
	assert_non_null(strstr(e.subject, ".../d/d/"));
	assert_int_equal(count_fds(), fds);
	arena_done(&a);
	assert_int_equal(tree_remove(s->fd, "d", &e), 0);
}

/* 15 names of 255 bytes with their '/', and one more: 4095 bytes is the longest path, 4096 none. */
static void
the_longest_path_is_sealed(void **state)
{
	struct scratch *s = *state;
	struct arena a = {0};
	struct seal seal;
	struct err e = {0};
	char name[256];
	memset(name, 'n', 255);
	name[255] = '\0';
	fd_auto last = go_down(s->fd, name, 15);
	put_file(last, name, "deep");
	seal = sealed(s->fd, &a);
	assert_int_equal(seal.n, 17);
	assert_int_equal(strlen(seal.v[16].path), SEAL_PATH_MAX);
	check_round_trip(&seal);
	assert_int_equal(unlinkat(last, name, 0), 0);
	assert_int_equal(mkdirat(last, "m", 0700), 0);
	name[254] = '\0';
	char over[300];
	snprintf(over, sizeof(over), "m/%s", name);
	put_file(last, over, "");
	assert_int_equal(seal_make(s->fd, NULL, NULL, &a, &seal, &e), -1);
	assert_int_equal(e.kind, ERR_FAILED);
	arena_done(&a);
}

static void
a_file_with_many_names_has_one_hash(void **state)
{
	struct scratch *s = *state;
	struct arena a = {0};
	put_file(s->fd, "m", "content");
	assert_int_equal(mkdirat(s->fd, "d", 0700), 0);
	assert_int_equal(linkat(s->fd, "m", s->fd, "d/other", 0), 0);
	assert_int_equal(linkat(s->fd, "m", s->fd, "a", 0), 0);
	put_file(s->fd, "single", "content");
	struct seal seal = sealed(s->fd, &a);
	const struct seal_entry *one = entry(&seal, "a"), *two = entry(&seal, "d/other"), *m = entry(&seal, "m");
	assert_int_equal(one->nlink, 3);
	assert_int_equal(two->nlink, 3);
	assert_memory_equal(one->sha256, m->sha256, SHA256_SIZE);
	assert_memory_equal(two->sha256, entry(&seal, "single")->sha256, SHA256_SIZE);
	check_round_trip(&seal);
	arena_done(&a);
}

static void
names_at_the_top_are_left_out(void **state)
{
	static const char *const skip[] = {"b", "c", NULL};
	struct scratch *s = *state;
	struct arena a = {0};
	struct seal seal;
	struct err e;
	put_file(s->fd, "a", "");
	put_file(s->fd, "b", "");
	assert_int_equal(mkdirat(s->fd, "c", 0700), 0);
	assert_int_equal(mkdirat(s->fd, "d", 0700), 0);
	put_file(s->fd, "d/b", "");
	assert_int_equal(seal_make(s->fd, skip, NULL, &a, &seal, &e), 0);
	assert_int_equal(seal.n, 4);
	assert_string_equal(seal.v[3].path, "d/b");
	arena_done(&a);
}

static int
check_mount_stops(const char *path)
{
	struct arena a = {0};
	struct seal seal;
	struct err e = {0};
	fd_auto dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 || mkdirat(dir, "a", 0700) < 0 ||
		fchdir(dir) < 0 || mount("none", "a", "tmpfs", 0, NULL) < 0)
		return 10;
	if (seal_make(dir, NULL, NULL, &a, &seal, &e) == 0 || e.err_no != EXDEV)
		return 11;
	put_file(dir, "source", "x");
	put_file(dir, "target", "y");
	if (umount("a") < 0 || seal_make(dir, NULL, NULL, &a, &seal, &e) < 0)
		return 12;
	if (mount("source", "target", NULL, MS_BIND, NULL) < 0)
		return 13;
	if (seal_make(dir, NULL, NULL, &a, &seal, &e) == 0 || e.err_no != EXDEV)
		return 14;
	return umount("target") < 0 ? 15 : 0;
}

static void
a_mount_in_the_tree_stops_it(void **state)
{
	struct scratch *s = *state;
	int status;
	pid_t pid = fork();
	if (pid == 0)
		_exit(unshare(CLONE_NEWNS) < 0 ? 77 : check_mount_stops(s->path));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* ---- while others write ---- */

/* Runs until it is killed; the parent waits for its first step. */
static pid_t
start_disturbing(int dirfd, void (*step)(int dirfd))
{
	int ready[2];
	char c;
	assert_int_equal(pipe(ready), 0);
	pid_t pid = fork();
	if (pid == 0) {
		step(dirfd);
		close(ready[1]);
		for (;;)
			step(dirfd);
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &c, 1), 0);
	close(ready[0]);
	return pid;
}

static void
write_once(int dirfd)
{
	int fd = openat(dirfd, "large", O_WRONLY);
	if (fd < 0 || pwrite(fd, "x", 1, 4096) != 1)
		_exit(1);
	close(fd);
}

static void
a_file_that_is_written_to_is_not_sealed(void **state)
{
	struct scratch *s = *state;
	struct arena a = {0};
	struct seal seal;
	struct err e = {0};
	put_file(s->fd, "large", "");
	fd_auto fd = openat(s->fd, "large", O_RDWR);
	assert_int_equal(ftruncate(fd, 512 << 20), 0);
	pid_t pid = start_disturbing(s->fd, write_once);
	int made = seal_make(s->fd, NULL, NULL, &a, &seal, &e);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(made, -1);
	assert_int_equal(e.kind, ERR_BUSY);
	assert_string_equal(e.subject, "large");
	arena_done(&a);
}

static void
swap_once(int dirfd)
{
	if (renameat2(dirfd, "file", dirfd, "fifo", RENAME_EXCHANGE) < 0 ||
		renameat2(dirfd, "dir", dirfd, "link", RENAME_EXCHANGE) < 0)
		_exit(1);
}

/* What is sealed is what the name was at one moment: never what lies behind a link, never a FIFO as a file. */
static void
a_file_swapped_for_a_fifo_is_not_waited_for(void **state)
{
	struct scratch *s = *state;
	unsigned fds = count_fds();
	put_file(s->fd, "file", "x");
	assert_int_equal(mkfifoat(s->fd, "fifo", 0600), 0);
	assert_int_equal(mkdirat(s->fd, "dir", 0700), 0);
	assert_int_equal(symlinkat("/etc", s->fd, "link"), 0);
	pid_t pid = start_disturbing(s->fd, swap_once);
	alarm(60);
	for (int i = 0; i < 3000; i++) {
		struct arena a = {0};
		struct seal seal;
		struct err e = {0};
		if (seal_make(s->fd, NULL, NULL, &a, &seal, &e) == 0)
			assert_true(seal.n <= 5);
		else
			assert_true(e.kind == ERR_BUSY || e.err_no == ENOTDIR || e.err_no == ELOOP ||
				    e.err_no == ENOENT || e.err_no == ENXIO);
		arena_done(&a);
	}
	alarm(0);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(count_fds(), fds);
}

/* ---- differences ---- */

static void
change_nothing(int d)
{
	struct timespec times[2] = {{1, 0}, {2, 0}};
	utimensat(d, "file", times, 0);
	utimensat(d, "dir", times, 0);
}

static void
change_add(int d)
{
	put_file(d, "dir/new", "");
}

static void
change_remove(int d)
{
	unlinkat(d, "dir/inner", 0);
}

static void
change_byte(int d)
{
	put_file(d, "file", "yyyy");
}

static void
change_size(int d)
{
	put_file(d, "file", "xxxxx");
}

static void
change_link(int d)
{
	unlinkat(d, "link", 0);
	symlinkat("filf", d, "link");
}

static void
change_type(int d)
{
	unlinkat(d, "file", 0);
	symlinkat("link", d, "file");
}

static void
change_device(int d)
{
	unlinkat(d, "null", 0);
	mknodat(d, "null", S_IFCHR | 0600, makedev(1, 5));
}

static void
change_mode(int d)
{
	fchmodat(d, "file", 04644, 0);
}

static void
change_owner(int d)
{
	fchownat(d, "link", 5, 0, AT_SYMLINK_NOFOLLOW);
}

static void
change_group(int d)
{
	fchownat(d, "dir", 0, 6, 0);
}

static void
change_nlink(int d)
{
	linkat(d, "file", d, "dir/inner", 0); /* is there: nothing */
	unlinkat(d, "second", 0);
}

static void
set_attribute(int d, const char *file, const char *name, const char *value, size_t len)
{
	fd_auto fd = openat(d, file, O_RDONLY);
	if (fsetxattr(fd, name, value, len, 0) < 0)
		skip();
}

static void
change_capability(int d)
{
	set_attribute(d, "file", "security.capability", "\0\0\0\2\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20);
}

/* owner rwx, user 7 r--, group r-x, mask r-x, other --- */
static const char list[] = "\2\0\0\0\1\0\7\0\377\377\377\377\2\0\4\0\7\0\0\0\4\0\5\0\377\377\377\377"
			   "\20\0\5\0\377\377\377\377\40\0\0\0\377\377\377\377";

static void
change_default_list(int d)
{
	set_attribute(d, "dir", "system.posix_acl_default", list, sizeof(list) - 1);
}

static void
change_list_of_fifo(int d)
{
	char path[64];
	snprintf(path, sizeof(path), "/proc/self/fd/%d/fifo", d);
	chmod(path, 0750);
	if (setxattr(path, "system.posix_acl_access", list, sizeof(list) - 1, 0) < 0)
		skip();
}

static void
change_user_attribute(int d)
{
	set_attribute(d, "file", "user.note", "x", 1);
}

static const struct change_row {
	const char *name;
	void (*act)(int d);
	const char *want; /* kind and path of each change, '+' '-' '~' 'm' */
} changes[] = {
	{"nothing, but times", change_nothing, ""},
	{"a file is added", change_add, "+dir/new "},
	{"a file is removed", change_remove, "-dir/inner "},
	{"a byte is changed", change_byte, "~file ~second "},
	{"a file grows", change_size, "~file ~second "},
	{"a link leads elsewhere", change_link, "~link "},
	{"a file becomes a link", change_type, "~file msecond "},
	{"a device is another", change_device, "~null "},
	{"a set-uid bit is set", change_mode, "mfile msecond "},
	{"a link's owner", change_owner, "mlink "},
	{"a directory's group", change_group, "mdir "},
	{"a file has a name less", change_nlink, "mfile -second "},
	{"a file gets a capability", change_capability, "mfile msecond "},
	{"a directory gets a default access list", change_default_list, "mdir "},
	{"a FIFO gets an access list", change_list_of_fifo, "mfifo "},
	{"an attribute that gives nothing", change_user_attribute, ""},
};

static void
make_sample(int d)
{
	put_file(d, "file", "xxxx");
	linkat(d, "file", d, "second", 0);
	mkdirat(d, "dir", 0755);
	put_file(d, "dir/inner", "x");
	symlinkat("file", d, "link");
	mkfifoat(d, "fifo", 0750);
	assert_int_equal(mknodat(d, "null", S_IFCHR | 0600, makedev(1, 3)), 0);
}

static void
delta_text(const struct delta *d, struct str *out)
{
	size_t count[CHANGE_NKINDS] = {0};
	for (size_t i = 0; i < d->n; i++) {
		const struct change *c = &d->v[i];
		count[c->kind]++;
		assert_true((c->before == NULL) == (c->kind == CHANGE_ADDED));
		assert_true((c->after == NULL) == (c->kind == CHANGE_REMOVED));
		str_addf(out, "%c%s ", "+-~m"[c->kind], (c->before ? c->before : c->after) -> path);
	}
	assert_memory_equal(count, d->count, sizeof(count));
}

static void
check_change(void **state)
{
	const struct change_row *row = *state;
	struct scratch *s;
	void *place = NULL;
	struct arena a = {0};
	struct delta d;
	str_auto text = {0};
	if (geteuid() != 0)
		skip();
	assert_int_equal(scratch_open(&place), 0);
	s = place;
	make_sample(s->fd);
	struct seal before = sealed(s->fd, &a);
	row->act(s->fd);
	struct seal after = sealed(s->fd, &a);
	assert_int_equal(scratch_close(&place), 0);
	seal_diff(&before, &after, &a, &d);
	delta_text(&d, &text);
	assert_string_equal(str_text(&text), row->want);
	check_round_trip(&after);
	arena_done(&a);
}

static void
a_difference_is_in_the_order_of_a_walk(void **state)
{
	struct scratch *s = *state;
	struct arena a = {0};
	struct delta d;
	struct seal empty = {0};
	str_auto text = {0};
	static const char *const names[] = {"b", "a-b", "a.b", "c"};
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		put_file(s->fd, names[i], "");
	assert_int_equal(mkdirat(s->fd, "a", 0700), 0);
	put_file(s->fd, "a/z", "");
	put_file(s->fd, "a/\x01", "");
	struct seal seal = sealed(s->fd, &a);
	seal_diff(&empty, &seal, &a, &d);
	delta_text(&d, &text);
	assert_string_equal(str_text(&text), "+. +a +a/\x01 +a/z +a-b +a.b +b +c ");
	seal_diff(&seal, &empty, &a, &d);
	assert_int_equal(d.count[CHANGE_REMOVED], 8);
	arena_done(&a);
}

#define in_scratch(t) cmocka_unit_test_setup_teardown(t, scratch_open, scratch_close)

int
main(void)
{
	struct CMUnitTest tests[10 + ARRAY_LEN(changes)] = {
		in_scratch(names_of_any_bytes_are_in_it),
		in_scratch(nothing_is_followed_or_waited_for),
		cmocka_unit_test_setup_teardown(
			a_tree_that_no_path_can_name_is_refused_at_once, scratch_open_memory, scratch_close),
		in_scratch(the_longest_path_is_sealed),
		in_scratch(a_file_with_many_names_has_one_hash),
		in_scratch(names_at_the_top_are_left_out),
		in_scratch(a_mount_in_the_tree_stops_it),
		in_scratch(a_file_that_is_written_to_is_not_sealed),
		in_scratch(a_file_swapped_for_a_fifo_is_not_waited_for),
		in_scratch(a_difference_is_in_the_order_of_a_walk),
	};
	size_t n = 10;
	for (size_t i = 0; i < ARRAY_LEN(changes); i++)
		tests[n++] = (struct CMUnitTest){.name = changes[i].name,
			.test_func = check_change,
			.initial_state = (void *)(uintptr_t)&changes[i]};
	return _cmocka_run_group_tests("seal", tests, n, NULL, NULL);
}
