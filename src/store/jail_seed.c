/*
 * What packages add under /var comes into the state of a jail.
 *
 * The jail may run and be hostile: everything is made in the stage, which it does not see, and put in its place by a
 * rename that replaces nothing; its own directories are gone into beneath the state, through no link.
 */
#include <fcntl.h>
#include <string.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/tree.h"
#include "store/jail_parts.h"
#include "store/locate.h"
#include "store/state.h"

struct seed {
	const struct jail_parts *parts;
	struct arena *a;
};

/* Pid 1 of the jail empties /var/run at each start and makes there what is declared. */
static bool
is_not_seeded(void *ctx, const char *path)
{
	const struct seed *s = ctx;
	const char *full = arena_printf(s->a, "/var/%s", path);

	return strcmp(path, "run") == 0 || pin_at(s->parts->pins, s->parts->npins, full);
}

static int
seed_var(const struct jail_parts *p, int from, int stage, struct progress *bar, struct arena *a, uint64_t *ret_made,
	struct err *e)
{
	struct tree_copy_options o = {.id_shift = p->first, .id_count = ID_COUNT, .strip_setid = true, .bar = bar};
	struct seed s = {p, a};
	struct tree_merge m = {.copy = &o, .stage = stage, .skip = is_not_seeded, .ctx = &s};
	fd_auto var = path_open_beneath(p->state, "var", PATH_ONLY | O_DIRECTORY, 0, e);

	if (var < 0)
		return -1;
	if (bar)
		progress_phase(bar, "seeding state", 0);
	return tree_merge_missing(from, var, &m, ret_made, e);
}

/* The parts as they will be: with the pins of the base generation that is asked for. */
static int
parts_of_base(const struct store *s, const struct base_meta *base, const struct strv *declared, struct arena *a,
	struct jail_parts *p, struct err *e)
{
	char path[STORE_PATH];
	int generation = path_open_beneath(
		s->dotfd, store_path(path, "base/%s/%u", base->name, base->generation), PATH_ONLY | O_DIRECTORY, 0, e);

	if (generation < 0)
		return -1;
	fd_close(&p->generation);
	p->generation = generation;
	p->base = base;
	jail_pins_list(base, declared, a, &p->pins, &p->npins);
	return 0;
}

int
store_state_seed(const struct store *s, const char *jail, int from, const struct base_meta *base,
	const struct strv *declared, struct progress *bar, uint64_t *ret_made, struct err *e)
{
	struct arena a = {0};
	struct jail_parts p;
	struct state_stage stage;

	if (store_check_name(jail, "seed", e) < 0 || jail_parts_open(s, jail, declared, &a, &p, e) < 0)
		return -1;
	int r = parts_of_base(s, base, declared, &a, &p, e);
	if (r == 0 && (r = state_stage_open(s, jail, "seed", &stage, e)) == 0) {
		r = seed_var(&p, from, stage.fd, bar, &a, ret_made, e);
		if (r == 0)
			r = jail_pins_points(&p, p.state, false, &a, e);
		state_stage_close(&stage);
	}
	jail_parts_close(&p);
	arena_done(&a);
	return r;
}
