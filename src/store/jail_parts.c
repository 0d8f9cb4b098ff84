/*
 * Which trees a jail has at this moment, opened.
 */
#include "store/jail_parts.h"

#include <fcntl.h>
#include <string.h>

#include "base/fd.h"
#include "base/path.h"
#include "store/base_use.h"
#include "store/ids_way.h"

static const struct jail_parts closed = {.generation = -1, .skel = -1, .state = -1};

struct numbers {
	unsigned skel, base; /* base 0: the one in use */
};

/* A running jail keeps what it was started with. */
static int
numbers_find(const struct store *s, const char *jail, struct numbers *ret, struct err *e)
{
	struct numbers n = {0};
	struct jail_status st;

	if (store_check_name(jail, "read jail", e) < 0 || skel_link_read(s, jail, &n.skel, e) < 0 ||
		store_base_choice(s, jail, &n.base, e) < 0 || store_jail_status(s, jail, &st, e) < 0)
		return -1;
	if (n.skel == 0) {
		err_set(e, ERR_FAILED, "read jail", jail, "it has not been created");
		return err_hint(e, "make it with: warder create %s", jail);
	}
	if (st.state == JAIL_RUNNING)
		n = (struct numbers){st.record.skel_generation, st.record.base_generation};
	*ret = n;
	return 0;
}

static int
part_open(int dirfd, const char *rel, int *ret, struct err *e)
{
	return (*ret = path_open_beneath(dirfd, rel, PATH_ONLY | O_DIRECTORY, 0, e)) < 0 ? -1 : 0;
}

static int
open_all(const struct store *s, const char *jail, struct arena *a, struct jail_parts *p, struct err *e)
{
	char path[STORE_PATH];
	struct numbers n = {0};
	struct skel_meta m;

	if (numbers_find(s, jail, &n, e) < 0 ||
		skel_meta_read(s->dotfd, store_path(path, "skel/%s/%u.meta", jail, n.skel), &m, e) < 0)
		return -1;
	if ((n.base ? store_base_meta_of(s, m.base, n.base, a, &p->base, e)
		    : store_base_meta(s, m.base, a, &p->base, e)) < 0)
		return -1;
	if (store_ids_find(s, jail, &p->first, e) < 0)
		return -1;
	if (p->first == 0 && ids_are_shifted)
		return err_set(e, ERR_FAILED, "read", ".warder/ids", "the jail has no range of ids in it");
	if (part_open(s->dotfd, store_path(path, "base/%s/%u", m.base, p->base->generation), &p->generation, e) < 0 ||
		part_open(s->dotfd, store_path(path, "skel/%s/%u", jail, n.skel), &p->skel, e) < 0)
		return -1;
	return part_open(s->rootfd, store_path(path, "t/%s", jail), &p->state, e);
}

int
jail_parts_open(const struct store *s, const char *jail, const struct strv *declared, struct arena *a,
	struct jail_parts *ret, struct err *e)
{
	struct jail_parts p = closed;

	if (open_all(s, jail, a, &p, e) < 0) {
		jail_parts_close(&p);
		return -1;
	}
	jail_pins_list(p.base, declared, a, &p.pins, &p.npins);
	*ret = p;
	return 0;
}

void
jail_parts_close(struct jail_parts *p)
{
	fd_close(&p->generation);
	fd_close(&p->skel);
	fd_close(&p->state);
}
