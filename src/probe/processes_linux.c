/*
 * Owns the walk of the kernel's own file systems.
 *
 * Of the processes, two are looked into: pid 1, and a child of ours that is as any process of the jail (child.h); of
 * the others only the root and the memory, for there may be many, and they come and go.  Opening a file of /proc or
 * /sys changes nothing; nothing is written.
 */
#include "probe/processes.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "probe/child.h"
#include "probe/out.h"

enum { DEPTH_MAX = 12, PATH_SIZE = 4096, FILES_MAX = 1000000, FOUND_MAX = 4096 };

struct proc_walk {
	long twin;
	struct stat root; /* ours */
	uint64_t root_mount;
	unsigned long files, processes, found;
	char path[PATH_SIZE];
	char shown[PATH_SIZE]; /* the same with "self" for the twin */
};

static void
set_path(struct proc_walk *w, size_t len, const char *name)
{
	if (len + strlen(name) + 2 > sizeof(w->path) || w->files > FILES_MAX)
		out_give_up(w->path, E2BIG);
	snprintf(w->path + len, sizeof(w->path) - len, "/%s", name);
}

static void
found(struct proc_walk *w)
{
	char twin[32];
	const char *at;

	snprintf(twin, sizeof(twin), "/%ld", w->twin);
	at = strstr(w->path, twin);
	if (w->found++ == FOUND_MAX)
		out_give_up("writable files of the kernel's", E2BIG);
	if (at != NULL && (at[strlen(twin)] == '/' || at[strlen(twin)] == '\0'))
		snprintf(w->shown, sizeof(w->shown), "%.*s/self%s", (int)(at - w->path), w->path, at + strlen(twin));
	else
		snprintf(w->shown, sizeof(w->shown), "%s", w->path);
	out_record(PROBE_PROC, w->shown, "");
}

/* A process may end at any time, and its files with it. */
static void
try_file(struct proc_walk *w, int dir, const char *name)
{
	int fd = openat(dir, name, O_WRONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);

	w->files++;
	if (fd >= 0) {
		close(fd);
		found(w);
	} else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM)
		out_give_up(w->path, errno);
}

/* What is to be done with an entry of a directory; w->path is that of the entry.  depth: of the directory. */
typedef void visit(struct proc_walk *w, int dir, const struct dirent *de, int depth);

/* fd is closed. */
static void
walk(struct proc_walk *w, int fd, int depth, visit *visit_one)
{
	DIR *d = fdopendir(fd);
	size_t len = strlen(w->path);

	if (d == NULL)
		out_give_up(w->path, errno);
	for (struct dirent *de; (de = readdir(d)) != NULL;) {
		if (strcmp(de->d_name, ".") == 0 || strcmp(de->d_name, "..") == 0)
			continue;
		set_path(w, len, de->d_name);
		visit_one(w, dirfd(d), de, depth);
		w->path[len] = '\0';
	}
	closedir(d);
}

static void
visit_entry(struct proc_walk *w, int dir, const struct dirent *de, int depth)
{
	int sub;

	if (de->d_type == DT_REG)
		try_file(w, dir, de->d_name);
	else if (de->d_type == DT_DIR && depth < DEPTH_MAX &&
		 (sub = openat(dir, de->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)) >= 0)
		walk(w, sub, depth + 1, visit_entry);
}

static void
try_root(struct proc_walk *w, int process, const char *pid)
{
	int fd = openat(process, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return;
	if (fstat(fd, &st) < 0)
		out_give_up(w->path, errno);
	if (st.st_dev != w->root.st_dev || st.st_ino != w->root.st_ino || mount_id_of(fd) != w->root_mount)
		out_record(PROBE_ROOT, pid, "");
	close(fd);
}

static void
try_process(struct proc_walk *w, int proc, const char *pid)
{
	int fd = openat(proc, pid, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	size_t len = strlen(w->path);

	w->processes++;
	if (fd < 0)
		return;
	try_root(w, fd, pid);
	if (strcmp(pid, "1") == 0 || strtol(pid, NULL, 10) == w->twin) {
		walk(w, fd, 0, visit_entry);
		return;
	}
	set_path(w, len, "mem");
	try_file(w, fd, "mem");
	w->path[len] = '\0';
	close(fd);
}

static bool
is_pid(const char *name)
{
	return *name != '\0' && name[strspn(name, "0123456789")] == '\0';
}

/* Of proc's own directory: what is below it counts from there, as what is below a process does. */
static void
visit_of_proc(struct proc_walk *w, int dir, const struct dirent *de, int depth)
{
	if (is_pid(de->d_name))
		try_process(w, dir, de->d_name);
	else
		visit_entry(w, dir, de, depth);
}

static bool
is_one_of(const char *type, const char *const *types)
{
	for (; *types != NULL; types++)
		if (strcmp(type, *types) == 0)
			return true;
	return false;
}

static void
walk_mount(struct proc_walk *w, const struct mount_row *m)
{
	static const char *const proc[] = {"proc", NULL}, *const others[] = {"sysfs", "cgroup", "cgroup2", NULL};
	struct stat st;
	int fd;

	if (m->covered || (!is_one_of(m->type, proc) && !is_one_of(m->type, others)))
		return;
	fd = open(m->target, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		out_give_up(m->target, errno);
	snprintf(w->path, sizeof(w->path), "%s", m->target);
	if (!S_ISDIR(st.st_mode)) {
		try_file(w, AT_FDCWD, m->target);
		close(fd);
	} else if (is_one_of(m->type, proc) && mount_id_of(fd) == m->id)
		walk(w, fd, -1, visit_of_proc);
	else
		walk(w, fd, 0, visit_entry);
}

void
processes_try(const struct mounts *m)
{
	static struct proc_walk w;
	int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (root < 0 || fstat(root, &w.root) < 0)
		out_give_up("/", errno);
	w.root_mount = mount_id_of(root);
	close(root);
	w.twin = twin_begin();
	for (size_t i = 0; i < m->n; i++)
		walk_mount(&w, &m->v[i]);
	twin_end((pid_t)w.twin);
	out_tried("files of the kernel's", w.files);
	out_tried("processes", w.processes);
}
