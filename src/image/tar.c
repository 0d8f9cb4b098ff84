/*
 * A base from an archive.  The archive is somebody else's bytes: it is parsed by a program of its own, warder-image,
 * which can write nowhere but in the new tree; here it is only opened, and the helper's lines are understood.
 */
#include "image/scheme.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/spawn.h"
#include "base/str.h"
#include "image/unpack.h"

struct unpack {
	struct progress *bar;
	struct err *e;
	uint64_t entries;
	bool failed;
};

static void
line_entries(struct unpack *u, const char *rest)
{
	uint64_t n = strtoull(rest, NULL, 10);

	if (n > u->entries)
		progress_add(u->bar, n - u->entries);
	u->entries = n;
}

static void
line_skipped(struct unpack *u, const char *rest)
{
	char note[64];

	snprintf(note, sizeof(note), "%.20s device nodes left out", rest);
	if (strcmp(rest, "0") != 0)
		progress_note(u->bar, note);
}

/* "KIND ERRNO SUBJECT\tREASON" */
static void
line_error(struct unpack *u, const char *rest)
{
	char *end;
	unsigned long kind = strtoul(rest, &end, 10);
	long err_no = strtol(end, &end, 10);
	const char *subject = end + (*end == ' ');
	const char *tab = strchr(subject, '\t');
	struct str name = {0};

	if (u->failed || tab == NULL || kind == ERR_NONE || kind >= ERR_NKINDS)
		return;
	str_addn(&name, subject, (size_t)(tab - subject));
	err_set(u->e, (enum err_kind)kind, "unpack", str_text(&name), "%s", tab + 1);
	u->e->err_no = (int32_t)err_no;
	str_done(&name);
	u->failed = true;
}

static const struct {
	const char *word;
	void (*read)(struct unpack *u, const char *rest);
} lines[] = {
	{UNPACK_ENTRIES, line_entries},
	{UNPACK_SKIPPED, line_skipped},
	{UNPACK_ERROR, line_error},
};

static void
unpack_line(void *arg, const char *text, bool is_stderr)
{
	for (size_t i = 0; !is_stderr && i < sizeof(lines) / sizeof(lines[0]); i++)
		if (str_has_prefix(text, lines[i].word))
			lines[i].read(arg, text + strlen(lines[i].word));
}

static int
archive_open(const char *path, struct err *e)
{
	struct stat st;
	fd_auto fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0 || fstat(fd, &st) < 0)
		return err_sys(e, "open", path);
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_FAILED, "open", path, "not a regular file");
	return fd_take(&fd);
}

static int
run_helper(const char *helper, int archive, int target, struct progress *bar, struct err *e)
{
	char archive_arg[16], target_arg[16];
	const char *const argv[] = {helper, "unpack", archive_arg, target_arg, NULL};
	const int keep[] = {archive, target, -1};
	struct unpack u = {.bar = bar, .e = e};
	struct spawn s = {.argv = argv, .keep_fds = keep, .line = unpack_line, .arg = &u};
	struct err spawn_err = {0};

	snprintf(archive_arg, sizeof(archive_arg), "%d", archive);
	snprintf(target_arg, sizeof(target_arg), "%d", target);
	if (spawn_check(&s, &spawn_err) == 0)
		return 0;
	if (!u.failed)
		*e = spawn_err;
	return -1;
}

int
tar_fetch(const struct base_decl *d, const char *arg, int dirfd, struct progress *bar, struct err *e)
{
	const char *helper;
	struct arena a = {0};
	fd_auto archive = archive_open(arg, e);
	int r = -1;

	if (archive >= 0 && spawn_find_helper("warder-image", &a, &helper, e) == 0) {
		progress_phase(bar, "unpacking", 0);
		r = run_helper(helper, archive, dirfd, bar, e);
	}
	arena_done(&a);
	return r;
}
