/*
 * Control groups (kernel: Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/).
 *
 * The hierarchies are looked for where every distribution mounts them; the mount table is never read (with many mounts
 * that alone costs more than a start).  A controller is on one version at a time; each limit goes where its controller
 * is.
 */
#include "run/linux/cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"

enum { CPU_PERIOD_US = 100000, REMOVE_TRIES = 200, REMOVE_WAIT_NS = 5000000 };

static const char session_place[] = "/sys/fs/cgroup/systemd";
static const char *const v2_places[] = {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"};

static const struct controller {
	const char *name;
	const char *v2_file, *v1_place, *v1_file;
	const char *v2_swap, *v1_swap; /* what swap is bounded by: 0 of it, and the same for both together */
} controllers[3] = {
	{"memory", "memory.max", "/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.swap.max",
		"memory.memsw.limit_in_bytes"},
	{"pids", "pids.max", "/sys/fs/cgroup/pids", "pids.max", NULL, NULL},
	{"cpu", "cpu.max", "/sys/fs/cgroup/cpu", "cpu.cfs_quota_us", NULL, NULL},
};
enum { NCONTROLLERS = 3 };

void
cgroup_init(struct cgroup *c)
{
	*c = (struct cgroup){-1, {-1, -1, -1}, -1, 0};
}

void
cgroup_close(struct cgroup *c)
{
	fd_close(&c->v2);
	fd_close(&c->session);
	for (int i = 0; i < NCONTROLLERS; i++)
		fd_close(&c->v1[i]);
}

/* The hierarchy's root if a file system of that kind is mounted there; -1 if not. */
static int
open_hierarchy(const char *place, long magic)
{
	fd_auto fd = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct statfs st;

	if (fd < 0 || fstatfs(fd, &st) < 0 || st.f_type != magic)
		return -1;
	return fd_take(&fd);
}

static int
open_v2(void)
{
	for (size_t i = 0; i < sizeof(v2_places) / sizeof(v2_places[0]); i++) {
		int fd = open_hierarchy(v2_places[i], CGROUP2_SUPER_MAGIC);

		if (fd >= 0)
			return fd;
	}
	return -1;
}

static int
open_v1(const struct controller *c)
{
	return open_hierarchy(c->v1_place, CGROUP_SUPER_MAGIC);
}

static int
open_session(void)
{
	return open_hierarchy(session_place, CGROUP_SUPER_MAGIC);
}

/* Whether a space-separated list in dirfd/file has the word. */
static bool
list_has(int dirfd, const char *file, const char *word)
{
	char buf[512];
	fd_auto fd = openat(dirfd, file, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, buf, sizeof(buf) - 1);

	if (n < 0)
		return false;
	buf[n] = '\0';
	for (char *save, *w = strtok_r(buf, " \n", &save); w != NULL; w = strtok_r(NULL, " \n", &save))
		if (strcmp(w, word) == 0)
			return true;
	return false;
}

static int
write_file(int dirfd, const char *file, const char *text, struct err *e)
{
	fd_auto fd = openat(dirfd, file, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return err_sys(e, "open", file);
	return fd_write_all(fd, text, strlen(text), file, e);
}

/* A controller reaches a group only through every parent's subtree_control. */
static int
enable(int dirfd, const char *controller, struct err *e)
{
	char word[16] = "+";

	if (list_has(dirfd, "cgroup.subtree_control", controller))
		return 0;
	strncat(word, controller, sizeof(word) - 2);
	return write_file(dirfd, "cgroup.subtree_control", word, e);
}

/* The group below a hierarchy's root: "PARENT/NAME", both made where missing. */
static int
make_group(int root, const char *path, const char *enable_controller, struct err *e)
{
	const char *slash = strchr(path, '/');
	char parent[32];
	fd_auto dir = -1;
	int fd;

	memcpy(parent, path, (size_t)(slash - path));
	parent[slash - path] = '\0';
	if (enable_controller != NULL && enable(root, enable_controller, e) < 0)
		return -1;
	if (mkdirat(root, parent, 0755) < 0 && errno != EEXIST)
		return err_sys(e, "make control group", parent);
	dir = openat(root, parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return err_sys(e, "open control group", parent);
	if (enable_controller != NULL && enable(dir, enable_controller, e) < 0)
		return -1;
	if (mkdirat(dir, slash + 1, 0755) < 0 && errno != EEXIST)
		return err_sys(e, "make control group", path);
	fd = openat(dir, slash + 1, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? err_sys(e, "open control group", path) : fd;
}

static const struct controller *
controller_of(const struct op *o)
{
	for (int i = 0; i < NCONTROLLERS; i++)
		if (strcmp(controllers[i].name, o->u.limit.name) == 0)
			return &controllers[i];
	return NULL;
}

/* A kernel that does not account for swap has no such file. */
static int
set_swap(int group, const struct controller *c, const struct op *o, bool v2, struct err *e)
{
	const char *file = v2 ? c->v2_swap : c->v1_swap;
	str_auto text = {0};

	if (file == NULL || faccessat(group, file, F_OK, 0) < 0)
		return 0;
	str_addf(&text, "%" PRIu64, v2 ? 0 : o->u.limit.value);
	return write_file(group, file, str_text(&text), e);
}

static int
set_limit(int group, const struct controller *c, const struct op *o, bool v2, struct err *e)
{
	uint64_t n = o->u.limit.value;
	str_auto text = {0};

	if (strcmp(c->name, "cpu") == 0)
		n = n * CPU_PERIOD_US / 100;
	str_addf(&text, "%" PRIu64, n);
	if (v2 && strcmp(c->name, "cpu") == 0)
		str_addf(&text, " %d", CPU_PERIOD_US);
	if (write_file(group, v2 ? c->v2_file : c->v1_file, str_text(&text), e) < 0)
		return -1;
	return set_swap(group, c, o, v2, e);
}

static int
apply_limit(const struct op *o, const char *path, struct cgroup *g, struct err *e)
{
	const struct controller *c = controller_of(o);
	fd_auto v2 = open_v2();
	fd_auto v1 = -1;
	int *slot;

	if (c == NULL)
		return err_set(e, ERR_FAILED, "limit", o->u.limit.name, "has no controller");
	slot = &g->v1[c - controllers];
	if (v2 >= 0 && list_has(v2, "cgroup.controllers", c->name)) {
		fd_close(&g->v2);
		g->v2 = make_group(v2, path, c->name, e);
		return g->v2 < 0 ? -1 : set_limit(g->v2, c, o, true, e);
	}
	v1 = open_v1(c);
	if (v1 >= 0) {
		*slot = make_group(v1, path, NULL, e);
		return *slot < 0 ? -1 : set_limit(*slot, c, o, false, e);
	}
	if (o->u.limit.best_effort) {
		g->lacking |= 1U << (c - controllers);
		return 0;
	}
	err_set(e, ERR_UNAVAILABLE, "limit", c->name, "no control group hierarchy here has the controller");
	err_at(e, &o->why);
	return err_hint(e, "limits = best-effort; starts it without");
}

/* Nothing depends on it but the jail's outliving a session, so it is left out where it cannot be made. */
static void
make_session_group(const char *path, struct cgroup *g)
{
	fd_auto v2 = g->v2 < 0 ? open_v2() : -1;
	fd_auto v1 = -1;
	struct err ignored;

	if (g->v2 >= 0)
		return;
	if (v2 >= 0)
		g->v2 = make_group(v2, path, NULL, &ignored);
	else if ((v1 = open_session()) >= 0)
		g->session = make_group(v1, path, NULL, &ignored);
}

int
cgroup_create(const struct plan *p, const char *path, struct cgroup *ret, struct err *e)
{
	struct cgroup g;

	cgroup_init(&g);
	for (size_t i = 0; i < p->nops; i++)
		if (p->ops[i].kind == OP_LIMIT && apply_limit(&p->ops[i], path, &g, e) < 0) {
			struct err ignored;

			cgroup_close(&g);
			(void)!cgroup_remove(path, &ignored);
			return -1;
		}
	make_session_group(path, &g);
	*ret = g;
	return 0;
}

void
cgroup_lacking(const struct cgroup *c, char *ret, size_t size)
{
	str_auto text = {0};

	for (int i = 0; i < NCONTROLLERS; i++)
		if (c->lacking >> i & 1)
			str_addf(&text, "%s%s", text.len > 0 ? "," : "", controllers[i].name);
	snprintf(ret, size, "%s", str_text(&text));
}

static int
join(int group, int pid, struct err *e)
{
	str_auto text = {0};

	str_addf(&text, "%d", pid);
	return write_file(group, "cgroup.procs", str_text(&text), e);
}

int
cgroup_attach(const struct cgroup *c, int pid, struct err *e)
{
	for (int i = 0; i < NCONTROLLERS; i++)
		if (c->v1[i] >= 0 && join(c->v1[i], pid, e) < 0)
			return -1;
	return 0;
}

int
cgroup_join(const struct cgroup *c, int pid, struct err *e)
{
	if (c->v2 >= 0 && join(c->v2, pid, e) < 0)
		return -1;
	return cgroup_attach(c, pid, e);
}

int
cgroup_join_session(const struct cgroup *c, int pid, struct err *e)
{
	return join(c->session, pid, e);
}

static int
open_existing(int root, const char *path, int *ret, struct err *e)
{
	int fd = root < 0 ? -1 : openat(root, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (root >= 0 && fd < 0 && errno != ENOENT)
		return err_sys(e, "open control group", path);
	*ret = fd;
	return 0;
}

int
cgroup_open(const char *path, struct cgroup *ret, struct err *e)
{
	fd_auto v2 = open_v2();
	struct cgroup g;
	int r;

	cgroup_init(&g);
	r = open_existing(v2, path, &g.v2, e);
	for (int i = 0; r == 0 && i < NCONTROLLERS; i++) {
		fd_auto root = open_v1(&controllers[i]);

		r = open_existing(root, path, &g.v1[i], e);
	}
	if (r < 0) {
		cgroup_close(&g);
		return -1;
	}
	*ret = g;
	return 0;
}

/* The kernel says EBUSY until the last zombie is reaped. */
static int
remove_group(int root, const char *path, struct err *e)
{
	const struct timespec wait = {.tv_nsec = REMOVE_WAIT_NS};
	char parent[32];
	size_t n = strcspn(path, "/");

	for (int tries = 0; unlinkat(root, path, AT_REMOVEDIR) < 0 && errno != ENOENT; tries++) {
		if (errno != EBUSY || tries >= REMOVE_TRIES)
			return err_sys(e, "remove control group", path);
		nanosleep(&wait, NULL);
	}
	memcpy(parent, path, n);
	parent[n] = '\0';
	if (unlinkat(root, parent, AT_REMOVEDIR) < 0 && errno != EBUSY && errno != ENOENT && errno != ENOTEMPTY)
		return err_sys(e, "remove control group", parent);
	return 0;
}

int
cgroup_remove(const char *path, struct err *e)
{
	fd_auto v2 = open_v2();
	fd_auto session = open_session();
	int r = v2 < 0 ? 0 : remove_group(v2, path, e);

	if (session >= 0 && remove_group(session, path, e) < 0)
		r = -1;
	for (int i = 0; i < NCONTROLLERS; i++) {
		fd_auto root = open_v1(&controllers[i]);

		if (root >= 0 && remove_group(root, path, e) < 0)
			r = -1;
	}
	return r;
}

void
cgroup_offers(struct str *out)
{
	fd_auto v2 = open_v2();

	for (int i = 0; i < NCONTROLLERS; i++) {
		const struct controller *c = &controllers[i];
		bool on_v2 = v2 >= 0 && list_has(v2, "cgroup.controllers", c->name);
		fd_auto v1 = on_v2 ? -1 : open_v1(c);

		if (on_v2 || v1 >= 0)
			str_addf(out, "%s%s (v%d)", out->len > 0 ? ", " : "", c->name, on_v2 ? 2 : 1);
	}
}
