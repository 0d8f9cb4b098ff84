/*
 * Establishing what outlives processes, and undoing it by what was written down before.
 *
 * Nothing goes with a process here: mounts, limits, addresses and flags are the host's.  So a start writes them all
 * down first (keep.h), and undoing asks of each whether it is there.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "run/enter_lock.h"
#include "run/freebsd/call_devfs.h"
#include "run/freebsd/freebsd.h"
#include "run/freebsd/translate.h"

int
fbsd_view_path(const char *view, struct arena *a, const char **ret, struct err *e)
{
	char *real = realpath(view, NULL);

	if (real == NULL)
		return err_sys(e, "realpath", view);
	*ret = arena_strdup(a, real);
	free(real);
	return 0;
}

int
fbsd_prepare(const struct plan *p, struct arena *a, struct fbsd_plan *ret, struct str *ret_text,
	struct fbsd_keep *ret_keep, struct err *e)
{
	struct fbsd_kernel k;

	if (fbsd_kernel_ask(FBSD_RULESET, a, &k, e) < 0 || fbsd_translate(p, &k, a, ret, e) < 0)
		return -1;
	fbsd_keep_print(p, ret, ret_text);
	return fbsd_keep_parse(ret_text->s, ret_text->len, p->jail->name, a, ret_keep, e);
}

bool
fbsd_has_loopback(const struct fbsd_plan *f)
{
	for (size_t i = 0; i < f->nsteps; i++)
		if (f->steps[i].kind == FBSD_LOOPBACK)
			return true;
	return false;
}

/* ---- back ---- */

static int
end_jail(const struct fbsd_keep *k, const char *view, bool *ret_dying, struct err *e)
{
	struct err not_ours = {0};
	int jid = fbsd_jail_find(k->jail, view, &not_ours);

	*ret_dying = true; /* it may be, from before: then there is no other way to unmount */
	if (jid < 0 && not_ours.kind != ERR_BUSY) {
		*e = not_ours;
		return -1;
	}
	return jid <= 0 ? 0 : fbsd_jail_remove(jid, ret_dying, e);
}

/* A state that was removed has no flags. */
static int
lift_anchors(const struct fbsd_keep *k, struct err *e)
{
	for (size_t i = k->anchors.n; i-- > 0;)
		if (fbsd_anchor(k->state, k->anchors.v[i], false, e) < 0 && e->err_no != ENOENT)
			return -1;
	return 0;
}

static int
lift_limits(const struct fbsd_keep *k, struct err *e)
{
	for (size_t i = k->limits.n; i-- > 0;)
		if (fbsd_limit_remove(k->limits.v[i], e) < 0)
			return -1;
	return 0;
}

/* An alias that is not there is what is wanted: ifconfig(8) does not say why it failed. */
static void
take_addresses(const struct fbsd_keep *k)
{
	struct err ignored;

	for (size_t i = k->naddresses; i-- > 0;)
		(void)!fbsd_command(&k->addresses[i], &ignored);
}

/* The kernel holds the root of a jail that is dying, but no process is in it: by force, it then holds nothing.  Of one
 * that is gone it lets go a moment later. */
static int
unmount_view(const char *view, bool dying, struct err *e)
{
	enum { TRIES = 50 };
	const struct timespec pause = {.tv_nsec = 20 * 1000 * 1000};
	int r = fbsd_mounts_clear(view, false, e);

	for (int i = 0; r < 0 && !dying && e->err_no == EBUSY && i < TRIES; i++) {
		nanosleep(&pause, NULL);
		r = fbsd_mounts_clear(view, false, e);
	}
	return r < 0 && dying ? fbsd_mounts_clear(view, true, e) : r;
}

static int
tear_down(const struct fbsd_keep *k, struct arena *a, struct err *e)
{
	const char *view;
	bool dying;

	if (fbsd_view_path(k->view, a, &view, e) < 0) {
		if (e->err_no != ENOENT)
			return -1;
		view = k->view;
	}
	if (end_jail(k, view, &dying, e) < 0)
		return -1;
	if (unmount_view(view, dying, e) < 0 || lift_anchors(k, e) < 0 || lift_limits(k, e) < 0)
		return -1;
	take_addresses(k);
	return 0;
}

int
fbsd_tear_down(const struct fbsd_keep *k, struct err *e)
{
	struct arena a = {0};
	int r = tear_down(k, &a, e);

	arena_done(&a);
	return r;
}

static int
tear_down_recorded(const struct store *s, const char *name, struct arena *a, struct err *e)
{
	struct fbsd_keep k;
	char path[128], *text;
	size_t len;

	snprintf(path, sizeof(path), "run/%s.rights", name);
	if (faccessat(s->dotfd, path, F_OK, 0) < 0 && errno == ENOENT)
		return 0;
	if (store_rights_read(s, name, a, &text, &len, e) < 0 || fbsd_keep_parse(text, len, name, a, &k, e) < 0)
		return -1;
	return fbsd_tear_down(&k, e);
}

int
fbsd_tear_down_recorded(const struct store *s, const char *name, struct err *e)
{
	struct arena a = {0};
	int r = tear_down_recorded(s, name, &a, e);

	arena_done(&a);
	return r;
}

/* ---- forth ---- */

static bool
has_devices(const struct fbsd_plan *f, const char **ret)
{
	for (size_t i = 0; i < f->nsteps; i++)
		if (f->steps[i].kind == FBSD_MOUNT && strcmp(f->steps[i].args.v[0].text, "devfs") == 0) {
			*ret = f->steps[i].args.v[1].text;
			return true;
		}
	return false;
}

/* Before any process of the jail is there. */
static int
look(const struct fbsd_plan *f, const struct fbsd_keep *k, struct arena *a, struct err *e)
{
	struct fbsd_seen *seen;
	const char *view, *dev;
	size_t n;

	if (fbsd_view_path(k->view, a, &view, e) < 0 || fbsd_mounts_list(view, a, &seen, &n, e) < 0 ||
		fbsd_mounts_check(f, view, seen, n, e) < 0)
		return -1;
	return has_devices(f, &dev) ? fbsd_devices_check(dev, e) : 0;
}

int
fbsd_establish(const struct fbsd_plan *f, const struct fbsd_keep *k, int *ret_jid, char ret_lacking[FBSD_LACKING],
	struct err *e)
{
	struct fbsd_applied done;
	struct arena a = {0};
	int r = fbsd_ruleset_load(FBSD_RULESET, e);

	if (r < 0)
		return r;
	r = fbsd_apply(f, &done, e);
	if (r == 0) {
		r = look(f, k, &a, e);
		*ret_jid = done.jid;
		memcpy(ret_lacking, done.lacking, FBSD_LACKING);
	}
	if (r < 0) {
		struct err further;

		(void)!fbsd_tear_down(k, &further);
	}
	arena_done(&a);
	return r;
}
