/*
 * A running jail gets its new skeleton at once: from the host, into mounts that are locked for the jail.
 *
 * The new tree is cloned, flagged and id-mapped while it is detached, as at a start; then a child of ours enters the
 * jail's mount namespace and attaches it.  The first time it covers the locked mount of the start, which stays
 * underneath for good.  Later ones go beneath the covering one, which is then dropped: at no moment does the jail see
 * half of one, or the older one again (MOVE_MOUNT_BENEATH, Linux 6.5; before that a jail is renewed once, and from then
 * on at its next start).  What is open stays what it was; a service that reads its configuration anew reads the new
 * one.
 *
 * What start asserts of the mounts is asserted here, too.  Each new one is looked at while nobody can see it, and the
 * jail's mounts before anything is attached: up to there a difference leaves the jail what it has.  Afterwards they are
 * read again, and a jail whose mounts are not what they were and the renewed ones is ended: it may have used already
 * what should not be there, and what covers what cannot be taken back (the one that was dropped is gone).
 */
#include "run/linux/linux.h"
#include "run/messages.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/fd.h"
#include "base/path.h"
#include "init/brief.h"
#include "run/linux/assert.h"
#include "run/linux/child.h"
#include "run/linux/process.h"
#include "run/linux/sys.h"

enum { MAX_MOUNTS = 64 };

/* What the child answers.  LATER: the kernel lacks the way; WRONG: the jail's mounts are not what they should be now.
 */
enum answer { ANSWER_FAILED, ANSWER_DONE, ANSWER_LATER, ANSWER_WRONG };

struct renewing {
	const struct plan *plan;
	const struct run_record *record;
	struct view view;
	int pidfd;
	const struct op *ops[MAX_MOUNTS]; /* those of the skeleton */
	int mounts[MAX_MOUNTS];           /* detached, flagged */
	size_t n;
	const struct op *allowed_ops[MAX_MOUNTS]; /* those of exec.allow that lie in the skeleton */
	int allowed[MAX_MOUNTS];
	size_t nallowed;
	struct op done[2 * MAX_MOUNTS]; /* what was attached, as a plan's steps */
	size_t ndone;
};

static bool
is_of_skeleton(const struct op *o)
{
	return o->kind == OP_MOUNT && o->u.mount.type == MOUNT_BIND && o->u.mount.tree == TREE_SKEL;
}

static int
make_mounts(struct renewing *w, struct err *e)
{
	const struct plan *p = w->plan;

	for (size_t i = 0; i < p->nops; i++) {
		if (!is_of_skeleton(&p->ops[i]))
			continue;
		if (w->n == MAX_MOUNTS)
			return err_set(
				e, ERR_FAILED, "renew", p->jail->name, "more than %d pins of the skeleton", MAX_MOUNTS);
		if ((w->mounts[w->n] = mount_make(&w->view, &p->ops[i], e)) < 0)
			return err_at(e, &p->ops[i].why);
		w->ops[w->n++] = &p->ops[i];
		if (assert_detached(w->mounts[w->n - 1], &p->ops[i], e) < 0)
			return -1;
	}
	return 0;
}

/* ---- in the child, before it enters: in the jail's namespaces no mount can be cloned (user.max_mnt_namespaces) ----
 */

static int
mount_id(int fd, uint64_t *ret, struct err *e)
{
	struct statx st;

	if (statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &st) < 0)
		return err_sys(e, "statx", "mount");
	*ret = st.stx_mnt_id;
	return 0;
}

/* Root and new skeleton as the jail will see them, in a mount namespace that goes with this process. */
static int
assemble(const struct renewing *w, struct view *v, struct store_trees *trees, struct err *e)
{
	const struct plan *p = w->plan;
	struct store s;
	int r = 0;

	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return err_sys(e, "unshare", "mount namespace");
	if (store_open(p->facts->root, &s, e) < 0)
		return -1;
	r = store_trees_open(&s, &p->facts->trees, trees, e);
	store_close(&s);
	for (size_t i = 0; r == 0 && i < p->nops; i++)
		if (p->ops[i].kind == OP_MOUNT &&
			(strcmp(p->ops[i].u.mount.target, "/") == 0 || strcmp(p->ops[i].u.mount.target, "/s") == 0))
			r = mount_apply(v, &p->ops[i], e);
	return r;
}

static int
allow_one(struct renewing *w, const struct view *v, const struct op *o, uint64_t skel, struct err *e)
{
	fd_auto at = path_open_in_root(v->root, o->u.mount.target, O_PATH, 0, e);
	uint64_t id = 0;

	if (at < 0 || mount_id(at, &id, e) < 0)
		return -1;
	if (id != skel)
		return 0;
	if (w->nallowed == MAX_MOUNTS)
		return err_set(e, ERR_FAILED, "renew", w->plan->jail->name, "more than %d programs of the skeleton",
			MAX_MOUNTS);
	if ((w->allowed[w->nallowed] = mount_make(v, o, e)) < 0)
		return -1;
	w->allowed_ops[w->nallowed++] = o;
	return assert_detached(w->allowed[w->nallowed - 1], o, e);
}

static int
make_allowed(struct renewing *w, struct err *e)
{
	const struct plan *p = w->plan;
	struct store_trees trees;
	struct view v = {.trees = &trees, .userns = w->view.userns, .root = -1};
	uint64_t skel = 0;

	if (p->jail->exec_allow.n == 0)
		return 0;
	if (assemble(w, &v, &trees, e) < 0)
		return -1;
	fd_auto s = path_open_in_root(v.root, "s", O_PATH, 0, e);
	if (s < 0 || mount_id(s, &skel, e) < 0)
		return -1;
	for (size_t i = 0; i < p->nops; i++)
		if (p->ops[i].kind == OP_MOUNT && p->ops[i].u.mount.tree == TREE_VIEW &&
			allow_one(w, &v, &p->ops[i], skel, e) < 0)
			return -1;
	return 0;
}

/* ---- in the jail's mount namespace ---- */

static int
open_in_view(const char *target, uint64_t resolve, struct err *e)
{
	struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = resolve | RESOLVE_NO_MAGICLINKS};
	int fd = (int)syscall(SYS_openat2, AT_FDCWD, target, &how, sizeof(how));

	return fd < 0 ? err_sys(e, "open mount point", target) : fd;
}

static int
attach(int mfd, int target, unsigned flags)
{
	return move_mount(mfd, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH | flags);
}

/* A pin that was declared since the start has no mount in the jail, perhaps no directory: the next start makes it. */
static bool
is_mounted(const char *target)
{
	struct err ignored;
	struct statx st;
	fd_auto at = open_in_view(target, RESOLVE_NO_SYMLINKS, &ignored);

	return at >= 0 && statx(at, "", AT_EMPTY_PATH, 0, &st) == 0 &&
	       (st.stx_attributes_mask & st.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}

static enum answer
renew_one(const struct renewing *w, size_t i, struct err *e)
{
	const char *target = w->ops[i]->u.mount.target;
	fd_auto at = open_in_view(target, RESOLVE_NO_SYMLINKS, e);

	if (at < 0)
		return ANSWER_FAILED;
	if (!w->record->renewed) {
		if (attach(w->mounts[i], at, 0) == 0)
			return ANSWER_DONE;
		err_sys(e, "move_mount", target);
		return ANSWER_FAILED;
	}
	if (attach(w->mounts[i], at, MOVE_MOUNT_BENEATH) < 0) {
		if (i == 0 && errno == EINVAL)
			return ANSWER_LATER;
		err_sys(e, "move_mount", target);
		return ANSWER_FAILED;
	}
	if (umount2(target, MNT_DETACH | UMOUNT_NOFOLLOW) == 0)
		return ANSWER_DONE;
	err_sys(e, "umount2", target);
	return ANSWER_FAILED;
}

/* A program of the skeleton that exec.allow names is mounted over itself, executable. */
static int
allow_programs(struct renewing *w, struct err *e)
{
	for (size_t i = 0; i < w->nallowed; i++) {
		const char *target = w->allowed_ops[i]->u.mount.target;
		fd_auto at = open_in_view(target, 0, e);

		if (at < 0)
			return -1;
		if (attach(w->allowed[i], at, 0) < 0)
			return err_sys(e, "move_mount", target);
		w->done[w->ndone++] = *w->allowed_ops[i];
	}
	return 0;
}

static enum answer
attach_all(struct renewing *w, struct err *e)
{
	for (size_t i = 0; i < w->n; i++) {
		if (i > 0 && !is_mounted(w->ops[i]->u.mount.target))
			continue;
		enum answer a = renew_one(w, i, e);
		if (a != ANSWER_DONE)
			return a;
		w->done[w->ndone++] = *w->ops[i];
	}
	return allow_programs(w, e) < 0 ? ANSWER_FAILED : ANSWER_DONE;
}

/* proc is the host's: what the jail has there may be anything, if what we look for has happened. */
static enum answer
attach_and_assert(struct renewing *w, int proc, struct err *e)
{
	struct arena a = {0};
	struct seen_mounts before;
	enum answer answer = ANSWER_FAILED;

	if (assert_before(proc, &a, &before, e) == 0)
		answer = attach_all(w, e);
	if (answer == ANSWER_DONE) {
		struct plan done = {.jail = w->plan->jail, .ops = w->done, .nops = w->ndone};

		if (assert_renewed(&done, proc, &before, w->record->renewed, e) < 0)
			answer = ANSWER_WRONG;
	}
	arena_done(&a);
	return answer;
}

static enum answer
renew_all(struct renewing *w, struct err *e)
{
	fd_auto proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (proc < 0)
		err_sys(e, "open", "/proc");
	if (proc < 0 || make_allowed(w, e) < 0)
		return ANSWER_FAILED;
	if (setns(w->pidfd, CLONE_NEWNS) < 0) {
		err_sys(e, "setns", w->plan->jail->name);
		return ANSWER_FAILED;
	}
	return attach_and_assert(w, proc, e);
}

/* ---- on the host ---- */

static int
open_userns(const struct run_record *r, struct err *e)
{
	char path[48];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/ns/user", r->pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? err_sys(e, "open", path) : fd;
}

/* In a child: whoever enters a jail's mount namespace has no way back that is worth trusting. */
static int
in_child(struct renewing *w, enum answer *ret, struct err *e)
{
	int pair[2], pid, status;
	struct report r = {0};
	struct err why = {0};

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return err_sys(e, "socketpair", "renew");
	fd_auto ours = pair[0], theirs = pair[1];
	pid = fork();
	if (pid < 0)
		return err_sys(e, "fork", "renew");
	if (pid == 0) {
		enum answer a = renew_all(w, &why);

		if (a == ANSWER_FAILED || a == ANSWER_WRONG)
			child_report(theirs, &why, 0);
		_exit(a);
	}
	fd_close(&theirs);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return err_sys(e, "wait", "renew");
	*ret = WIFEXITED(status) ? (enum answer)WEXITSTATUS(status) : ANSWER_FAILED;
	if (*ret == ANSWER_DONE || *ret == ANSWER_LATER)
		return 0;
	if (recv(ours, &r, sizeof(r), MSG_DONTWAIT) == sizeof(r))
		return messages_report_error(&r, e);
	return err_set(e, ERR_FAILED, "renew", w->plan->jail->name, "the child that entered it ended");
}

static int
renew(const struct store *s, struct renewing *w, struct store_trees *trees, enum answer *ret, struct err *e)
{
	if ((w->view.userns = open_userns(w->record, e)) < 0 ||
		store_trees_open(s, &w->plan->facts->trees, trees, e) < 0)
		return -1;
	return make_mounts(w, e) < 0 ? -1 : in_child(w, ret, e);
}

static void
release(struct renewing *w, struct store_trees *trees)
{
	for (size_t i = 0; i < w->n; i++)
		fd_close(&w->mounts[i]);
	fd_close(&w->view.userns);
	store_trees_close(trees);
}

static unsigned
least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Returns -1, with e as it came: a difference that was found. */
static int
end_jail(const struct store *s, const struct jail *j, struct err *e)
{
	struct err why = {0};
	bool was;

	if (linux_end(s, j, j->name, true, &was, &why) < 0)
		return err_hint(e, "it could not be stopped (%s): warder stop --kill %s", why.reason, j->name);
	return err_hint(e, "it was killed, since its mounts were not what they should be: warder start %s", j->name);
}

int
linux_renew(const struct store *s, const struct plan *p, enum renewal *ret, struct err *e)
{
	struct store_trees trees = {-1, -1, -1, -1, -1, -1};
	struct run_record r;
	struct renewing w = {.plan = p, .record = &r, .view = {.trees = &trees, .userns = -1, .root = -1}};
	enum answer answer = ANSWER_FAILED;
	struct err not_running;
	bool found;

	if (store_run_read(s, p->jail->name, &r, &found, e) < 0)
		return -1;
	fd_auto pidfd = found ? process_open_recorded(&r, p->jail->name, &not_running) : -1;
	*ret = RENEWAL_STOPPED;
	if (pidfd < 0)
		return 0;
	w.pidfd = pidfd;
	int result = renew(s, &w, &trees, &answer, e);
	release(&w, &trees);
	if (result < 0)
		return answer == ANSWER_WRONG ? end_jail(s, p->jail, e) : -1;
	*ret = answer == ANSWER_DONE ? RENEWAL_LIVE : RENEWAL_LATER;
	if (answer != ANSWER_DONE)
		return 0;
	r.renewed = 1;
	r.skel_oldest = least(r.skel_oldest > 0 ? r.skel_oldest : r.skel_generation, p->facts->skel_generation);
	r.skel_generation = p->facts->skel_generation;
	return store_run_write(s, p->jail->name, &r, e);
}
