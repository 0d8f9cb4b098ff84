/*
 * One jail as it is: declaration, store and running state put together.  Never blocks on a jail (SECURITY.md R21).
 */
#include "cli/row.h"

#include "store/base_use.h"

/* 0: unknown. */
static unsigned
skel_generation(struct cli *c, const char *name)
{
	unsigned generation;
	struct err ignored;
	return store_jail_generation(&c->store, name, &generation, &ignored) == 0 ? generation : 0;
}

/* What its next start takes.  A base that is gone leaves the generation unknown; the listing goes on. */
static unsigned
base_generation(struct cli *c, const char *jail, const char *base)
{
	const struct base_meta *meta;
	struct err ignored;
	unsigned choice;
	if (store_base_choice(&c->store, jail, &choice, &ignored) == -1)
		return 0;
	if (choice != 0)
		return choice;
	return store_base_meta(&c->store, base, &c->a, &meta, &ignored) == 0 ? meta->generation : 0;
}

static int
read_stored(struct cli *c, struct row *r, struct err *e)
{
	if (store_jail_base(&c->store, r->name, &c->a, &r->base, e) == -1 ||
		store_ids_find(&c->store, r->name, &r->id_base, e) == -1)
		return -1;
	if (row_is_running(r)) {
		r->base_generation = r->st.record.base_generation;
		r->skel_generation = r->st.record.skel_generation;
		return 0;
	}
	r->base_generation = base_generation(c, r->name, r->base);
	r->skel_generation = skel_generation(c, r->name);
	return 0;
}

static int
row_read(struct cli *c, const struct target *t, struct row *ret, struct err *e)
{
	struct row r = {.name = t->name, .jail = t->jail, .created = store_jail_exists(&c->store, t->name)};
	if (t->jail != NULL)
		r.base = t->jail->base;
	if (store_jail_status(&c->store, t->name, &r.st, e) == -1)
		return -1;
	if (r.created && read_stored(c, &r, e) == -1)
		return -1;
	*ret = r;
	return 0;
}

int
rows_read(struct cli *c, const struct targets *t, struct row *rows, size_t *ret_n)
{
	int status = 0;
	*ret_n = 0;
	for (size_t i = 0; i < t->n; i++) {
		struct err e = {0};
		if (row_read(c, &t->v[i], &rows[*ret_n], &e) == 0) {
			++*ret_n;
			continue;
		}
		cli_error(&e, t->v[i].name);
		status = status != 0 ? status : err_exit_status(&e);
	}
	return status;
}

bool
row_is_running(const struct row *r)
{
	return r->st.state == JAIL_RUNNING;
}

static const char *const state_words[] = {
	[JAIL_STOPPED] = "stopped",
	[JAIL_RUNNING] = "running",
	[JAIL_FAILED] = "failed",
	[JAIL_STARTING] = "starting",
};

const char *
row_state(const struct row *r)
{
	return r->created || r->st.state != JAIL_STOPPED ? state_words[r->st.state] : "not created";
}

void
row_addresses(const struct row *r, struct arena *a, struct strv *ret)
{
	for (size_t i = 0; r->jail != NULL && i < r->jail->addrs.n; i++) {
		str_auto s = {0};
		addr_print(&r->jail->addrs.v[i], false, &s);
		strv_add(a, ret, arena_strdup(a, str_text(&s)));
	}
}

static void
json_known(struct json *j, const char *key, uint64_t n)
{
	if (n != 0)
		json_uint(j, key, n);
	else
		json_null(j, key);
}

/* Scripts see three states: one that is just starting is not running yet. */
static const char *
json_state(const struct row *r)
{
	return state_words[r->st.state == JAIL_STARTING ? JAIL_STOPPED : r->st.state];
}

void
row_json_fields(struct json *j, const struct row *r, struct arena *a)
{
	struct strv addresses = {0};
	bool running = row_is_running(r);
	row_addresses(r, a, &addresses);
	json_string(j, "name", r->name);
	json_string(j, "state", json_state(r));
	json_known(j, "pid", running ? (uint64_t)r->st.record.pid : 0);
	json_string(j, "base", r->base);
	json_known(j, "base_generation", r->base_generation);
	json_known(j, "skel_generation", r->skel_generation);
	json_strings(j, "addresses", &addresses);
	json_time(j, "started", running ? r->st.record.started : 0);
	json_uint(j, "restarts", r->st.restarts);
	json_known(j, "uid_base", r->id_base);
}
