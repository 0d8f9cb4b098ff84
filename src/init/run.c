/*
 * Owns /run of a jail, which lies in its state (var/run) and so holds whatever the jail left there when it ran last:
 * trees of any depth, links to anywhere, FIFOs.  Nothing in it is opened but directories; pid 1 is alone in the jail
 * while it works here.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "init/run.h"
#include "init/run_system.h"

struct walk {
	int dirfd;         /* where we are; closed by the walk unless it is the top */
	unsigned depth;    /* 0: the top */
	uint64_t descents; /* against a file system on which an emptied directory never goes away */
	uint64_t removals;
	char buf[4096] __attribute__((aligned(8)));
};

enum step { STEP_ERROR = -1, STEP_EMPTY, STEP_DESCENDED };

static bool
is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static void
walk_move(struct walk *w, int fd)
{
	if (w->depth)
		close(w->dirfd);
	w->dirfd = fd;
}

static enum step
walk_descend(struct walk *w, const char *name, struct report *r)
{
	int fd = run_dir_open(w->dirfd, name);

	if (fd < 0)
		return errno == ENOENT ? STEP_EMPTY : report_sys(r, "empty /run", name);
	walk_move(w, fd);
	w->depth++;
	if (++w->descents > 2 * (w->removals + w->depth) + 64) {
		errno = ENOTEMPTY;
		return report_sys(r, "empty /run", name);
	}
	return STEP_DESCENDED;
}

static enum step
entry_remove(struct walk *w, const char *name, struct report *r)
{
	if (run_unlink(w->dirfd, name) == 0) {
		w->removals++;
		return STEP_EMPTY;
	}
	if (errno == ENOTEMPTY || errno == EEXIST)
		return walk_descend(w, name, r);
	if (errno == ENOENT)
		return STEP_EMPTY;
	return report_sys(r, "empty /run", name);
}

/* Removes what can be removed here; goes into the first directory that is not empty. */
static enum step
walk_scan(struct walk *w, struct report *r)
{
	long n;

	if (lseek(w->dirfd, 0, SEEK_SET) < 0)
		return report_sys(r, "lseek", "/run");
	while ((n = run_dir_read(w->dirfd, w->buf, sizeof(w->buf))) > 0) {
		for (const char *at = w->buf, *name; (name = run_dir_next(&at, w->buf + n));) {
			enum step step = is_dots(name) ? STEP_EMPTY : entry_remove(w, name, r);

			if (step != STEP_EMPTY)
				return step;
		}
	}
	/* A directory that was removed itself is not listed. */
	return n < 0 && errno != ENOENT ? report_sys(r, "read", "/run") : STEP_EMPTY;
}

static int
walk_ascend(struct walk *w, int top, struct report *r)
{
	int fd = w->depth == 1 ? top : run_dir_open_parent(w->dirfd);

	if (fd < 0)
		return report_sys(r, "empty /run", "..");
	walk_move(w, fd);
	w->depth--;
	return 0;
}

/* Scans until nothing at all is found: removing while reading may have hidden some entries. */
static enum step
walk_scan_all(struct walk *w, struct report *r)
{
	uint64_t before;
	enum step step;

	do {
		before = w->removals;
		step = walk_scan(w, r);
	} while (step == STEP_EMPTY && w->removals != before);
	return step;
}

int
run_empty(int dirfd, struct report *r)
{
	struct walk w = {.dirfd = dirfd};
	enum step step;

	while ((step = walk_scan_all(&w, r)) != STEP_ERROR) {
		if (step == STEP_DESCENDED)
			continue;
		if (w.depth == 0)
			return 0;
		if (walk_ascend(&w, dirfd, r) < 0)
			break;
	}
	if (w.depth)
		close(w.dirfd);
	return -1;
}

/* Opens VAR/run; a link, a file or nothing in its place is replaced by a directory. */
static int
run_open(int varfd, struct report *r)
{
	int fd = run_dir_open(varfd, "run");

	if (fd >= 0)
		return fd;
	if (errno != ENOENT && errno != ELOOP && errno != ENOTDIR)
		return report_sys(r, "open", "/run");
	if (unlinkat(varfd, "run", 0) < 0 && errno != ENOENT)
		return report_sys(r, "unlinkat", "/run");
	if (mkdirat(varfd, "run", 0755) < 0)
		return report_sys(r, "mkdirat", "/run");
	fd = run_dir_open(varfd, "run");
	return fd >= 0 ? fd : report_sys(r, "open", "/run");
}

static int
rundir_make(int runfd, const struct brief *b, const struct brief_rundir *d, struct report *r)
{
	const char *name = brief_string(b, d->name);

	if (mkdirat(runfd, name, 0700) < 0)
		return report_sys(r, "mkdirat", name);
	if (fchownat(runfd, name, d->uid, d->gid, AT_SYMLINK_NOFOLLOW) < 0)
		return report_sys(r, "fchownat", name);
	return fchmodat(runfd, name, d->mode, 0) < 0 ? report_sys(r, "fchmodat", name) : 0;
}

static int
run_fill(int runfd, const struct brief *b, struct report *r)
{
	const struct brief_rundir *d = (const struct brief_rundir *)(const void *)brief_string(b, b->rundirs.off);

	if (fchown(runfd, 0, 0) < 0)
		return report_sys(r, "fchown", "/run");
	if (fchmod(runfd, 0755) < 0)
		return report_sys(r, "fchmod", "/run");
	if (run_empty(runfd, r) < 0)
		return -1;
	for (uint32_t i = 0; i < b->rundirs.n; i++)
		if (rundir_make(runfd, b, &d[i], r) < 0)
			return -1;
	return 0;
}

int
run_prepare(const char *var, const struct brief *b, struct report *r)
{
	int varfd = run_dir_open_path(var);
	int runfd, done;

	if (varfd < 0)
		return report_sys(r, "open", var);
	runfd = run_open(varfd, r);
	close(varfd);
	if (runfd < 0)
		return -1;
	done = run_fill(runfd, b, r);
	close(runfd);
	return done;
}
