/*
 * A store's facts of a jail, fixed: what golden cases make plans with.
 */
#ifndef WARDER_TESTS_PLAN_FACTS_H
#define WARDER_TESTS_PLAN_FACTS_H

#include "model/facts.h"
#include "model/jail.h"

static struct pin pins[] = {
	{"/var/lib/dpkg", PIN_FROM_BASE, "pins/var/lib/dpkg"},
	{"/var/lib/apt", PIN_FROM_BASE, "pins/var/lib/apt"},
	{"/var/spool/cron", PIN_FROM_SKEL, "spool/cron"},
};
static const char *exec_dirs[] = {"/usr", "/s", NULL};
static const char *library_dirs[] = {"/usr/lib/x86_64-linux-gnu", NULL};
static const char *loaders[] = {"/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2", NULL};

/* What a store would say of j; meta is filled in and kept. */
static inline struct jail_facts
fixed_facts(const struct jail *j, struct base_meta *meta, struct arena *a)
{
	struct pin *own = arena_array(a, j->pins.n, sizeof(*own));
	struct id_pair *ids = arena_array(a, j->nrun_dirs, sizeof(*ids));

	*meta = (struct base_meta){.name = j->base,
		.flavour = "debian",
		.generation = 7,
		.pins = pins,
		.npins = 3,
		.exec_dirs = {exec_dirs, 2},
		.library_dirs = {library_dirs, 1},
		.loaders = {loaders, 1}};
	for (size_t i = 0; i < j->pins.n; i++)
		own[i] = (struct pin){j->pins.v[i], PIN_FROM_SKEL, arena_printf(a, "pins%s", j->pins.v[i])};
	for (size_t i = 0; i < j->nrun_dirs; i++)
		ids[i] = (struct id_pair){101 + (uint32_t)i, 103};
	return (struct jail_facts){.root = "/jails",
		.base_generation = 7,
		.skel_generation = 3,
		.id_base = 131072,
		.base = meta,
		.tty_gid = 5,
		.service_uid = j->service_user ? 101 : 0,
		.service_gid = j->service_user ? 103 : 0,
		.trees = {.generation = arena_printf(a, ".warder/base/%s/7", j->base),
			.skel = arena_printf(a, ".warder/skel/%s/3", j->name),
			.state = arena_printf(a, "t/%s", j->name),
			.view = arena_printf(a, "j/%s", j->name)},
		.skel_pins = own,
		.nskel_pins = j->pins.n,
		.run_dir_ids = ids};
}

#endif
