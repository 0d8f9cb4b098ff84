/*
 * Gathering what a report shows.  What fails for one jail is told in its place: a report without the rest would hide
 * it.
 */
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

#include "cli/life.h"
#include "cli/report.h"
#include "cli/text.h"
#include "model/caps.h"
#include "store/base_use.h"

/* ---- what the declaration opens ---- */

static void
add_exception(
	struct cli *c, struct report_jail *r, enum key key, const char *name, const char *value, const char *gives)
{
	r->exceptions = arena_grow(&c->a, r->exceptions, r->nexceptions, sizeof(*r->exceptions));
	r->exceptions[r->nexceptions++] = (struct report_exception){name, value, gives, &r->row.jail->at[key]};
}

static const char *
caps_text(struct cli *c, uint64_t mask)
{
	str_auto s = {0};
	cap_mask_print(mask, &s);
	return arena_strdup(&c->a, str_text(&s));
}

static void
add_commands(struct cli *c, struct report_jail *r)
{
	const struct jail *j = r->row.jail;
	const struct {
		enum key key;
		const char *name;
		const struct strv *l;
		const char *gives;
	} rows[] = {
		{KEY_PRESTART, "exec.prestart", &j->prestart, "runs on the host, as root"},
		{KEY_POSTSTART, "exec.poststart", &j->poststart, "runs on the host, as root"},
		{KEY_PRESTOP, "exec.prestop", &j->prestop, "runs on the host, as root"},
		{KEY_POSTSTOP, "exec.poststop", &j->poststop, "runs on the host, as root"},
		{KEY_PEERS, "peers", &j->peers, "a jail that it may talk to"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (size_t k = 0; k < rows[i].l->n; k++)
			add_exception(c, r, rows[i].key, rows[i].name, rows[i].l->v[k], rows[i].gives);
}

static void
add_exceptions(struct cli *c, struct report_jail *r)
{
	const struct jail *j = r->row.jail;
	uint64_t more = j->caps & ~cap_default_mask() & ~j->caps_forced;
	if (j->caps_forced != 0)
		add_exception(c, r, KEY_CAPABILITIES_FORCE, "capabilities.force", caps_text(c, j->caps_forced),
			"what no jail may have otherwise");
	if (more != 0)
		add_exception(
			c, r, KEY_CAPABILITIES, "capabilities", caps_text(c, more), "more than a jail has otherwise");
	if (j->sysvshm == SYSVSHM_NEW)
		add_exception(c, r, KEY_SYSVSHM, "sysvshm", "new",
			j->wx == WX_DENY ? "shared memory" : "shared memory, which can be made executable");
	if (j->shm > 0) {
		str_auto size = {0};
		str_add_size(&size, j->shm);
		add_exception(c, r, KEY_SHM, "shm", arena_strdup(&c->a, str_text(&size)),
			"/dev/shm, writable and not executable");
	}
	if (j->limits.policy == LIMITS_BEST_EFFORT)
		add_exception(c, r, KEY_LIMITS, "limits", "best-effort", "it starts without limits that cannot be had");
	if (j->gateway)
		add_exception(c, r, KEY_GATEWAY, "gateway", "true", "a route beyond its own network");
	add_commands(c, r);
}

/* ---- checks ---- */

static const struct report_check *
check(struct cli *c, struct report *rep, enum draft_kind kind, const char *name, unsigned generation)
{
	struct verify_request q = {.kind = kind, .name = name, .generation = generation, .quick = true};
	struct progress bar;
	for (size_t i = 0; i < rep->nchecks; i++)
		if (rep->checks[i]->kind == kind && strcmp(rep->checks[i]->name, name) == 0 &&
			(generation == 0 || rep->checks[i]->r.generation == generation))
			return rep->checks[i];
	struct report_check *k = arena_alloc(&c->a, sizeof(*k));
	k->kind = kind;
	k->name = name;
	cli_progress(c, &bar);
	if (store_verify(&c->store, &q, &bar, &c->a, &k->r, &k->untold) == -1)
		progress_done(&bar, false);
	else
		progress_done(&bar, true);
	rep->checks = arena_grow(&c->a, rep->checks, rep->nchecks, sizeof(*rep->checks));
	rep->checks[rep->nchecks++] = k;
	return k;
}

/* ---- drift ---- */

#define DRIFT(c, r, ...) strv_add(&(c)->a, &(r)->drift, arena_printf(&(c)->a, __VA_ARGS__))

static void
drift_of_generations(struct cli *c, struct report_jail *r)
{
	const struct row *row = &r->row;
	unsigned base = 0, choice = 0;
	struct err ignored;
	if (store_base_generation(&c->store, row->base, &base, &ignored) == -1 ||
		store_base_choice(&c->store, row->name, &choice, &ignored) == -1)
		return;
	if (choice != 0 && choice != base)
		DRIFT(c, r, "it was told to stay on generation %u of its base, and %u is in use", choice, base);
	if (!row_is_running(row))
		return;
	if (row->base_generation != (choice != 0 ? choice : base))
		DRIFT(c, r, "it runs on generation %u of its base, and takes %u at its next start",
			row->base_generation, choice != 0 ? choice : base);
	if (row->skel_generation != r->generations.used)
		DRIFT(c, r, "it runs on generation %u of its skeleton, and takes %u at its next start",
			row->skel_generation, r->generations.used);
}

static void
find_drift(struct cli *c, struct report_jail *r)
{
	const struct row *row = &r->row;
	if (row->jail == NULL)
		DRIFT(c, r, "the configuration no longer declares it");
	if (!row->created) {
		DRIFT(c, r, "it is declared, and was not created");
		return;
	}
	drift_of_generations(c, r);
	if (r->generations.draft)
		DRIFT(c, r, "a draft of its skeleton is neither committed nor discarded");
	if (row_is_running(row) && row->st.record.limits_lacking[0] != '\0')
		DRIFT(c, r, "limits that are declared and not held: %s", row->st.record.limits_lacking);
	if (row_is_running(row) && row->jail != NULL && row->st.record.caps_forced != row->jail->caps_forced)
		DRIFT(c, r, "it was started with other forced capabilities than are declared");
	if (r->measured && r->view.c.nnarrower > 0)
		DRIFT(c, r, "%zu facts of the recorded surface are not there any more", r->view.c.nnarrower);
}

/* ---- jails and bases ---- */

static void
measure(struct cli *c, const struct target *t, struct report_jail *r)
{
	if (t->jail == NULL || !row_is_running(&r->row))
		return;
	r->measured = surface_look(c, t, &r->view, &r->unmeasured) == 0;
	if (r->measured)
		surface_levels(c, &r->view, r->levels);
}

static void
gather_jail(struct cli *c, struct report *rep, const struct target *t, struct report_jail *r)
{
	struct err why = {0};
	if (r->row.jail != NULL)
		add_exceptions(c, r);
	if (r->row.created) {
		if (store_skel_generations(&c->store, t->name, &c->a, &r->generations, &why) == -1 ||
			store_journal_read(&c->store, t->name, &c->a, &r->journal, &why) == -1)
			r->unplanned = why;
		r->checks[0] = check(c, rep, DRAFT_SKEL, t->name, 0);
		r->checks[1] = check(c, rep, DRAFT_BASE, r->row.base, r->row.base_generation);
	}
	if (r->row.created && r->row.jail != NULL && r->unplanned.kind == ERR_NONE &&
		life_make_plan(c, r->row.jail, &r->plan, &r->unplanned) == -1)
		r->plan.nops = 0;
	measure(c, t, r);
	find_drift(c, r);
}

static int
gather_jails(struct cli *c, struct report *ret, struct err *e)
{
	struct targets t;
	c->o.all = true;
	if (targets_find(c, false, &c->a, &t, e) == -1)
		return -1;
	struct row *rows = arena_array(&c->a, t.n + 1, sizeof(*rows));
	if (rows_read(c, &t, rows, &ret->njails) != 0)
		return err_set(e, ERR_FAILED, "report", NULL, "not every jail could be read");
	ret->jails = arena_array(&c->a, ret->njails + 1, sizeof(*ret->jails));
	for (size_t i = 0; i < ret->njails; i++) {
		ret->jails[i].row = rows[i];
		gather_jail(c, ret, &t.v[i], &ret->jails[i]); /* none was left out */
	}
	return 0;
}

static int
gather_bases(struct cli *c, struct report *ret, struct err *e)
{
	struct base_row *rows;
	if (store_bases(&c->store, &c->a, &rows, &ret->nbases, e) == -1)
		return -1;
	ret->bases = arena_array(&c->a, ret->nbases + 1, sizeof(*ret->bases));
	for (size_t i = 0; i < ret->nbases; i++) {
		struct report_base *b = &ret->bases[i];
		b->row = rows[i];
		b->check = check(c, ret, DRAFT_BASE, rows[i].name, 0);
		if (store_base_generations(&c->store, rows[i].name, &c->a, &b->generations, e) == -1)
			return -1;
	}
	return 0;
}

int
report_gather(struct cli *c, struct report *ret, struct err *e)
{
	struct utsname host;
	*ret = (struct report){.time = time(NULL), .root = c->store.root, .config = c->config.file};
	ret->host = uname(&host) == 0 ? arena_strdup(&c->a, host.nodename) : "";
	/* Bases first: of the one in use more can be told than of one of that number. */
	if (gather_bases(c, ret, e) == -1 || gather_jails(c, ret, e) == -1)
		return -1;
	return store_journal_check(&c->store, &ret->journal, e);
}

/* ---- what it comes to ---- */

enum report_state
report_state_of_check(const struct report_check *k)
{
	if (k->untold.kind == ERR_NONE && (k->r.changes > 0 || k->r.faults.n > 0))
		return REPORT_WRONG;
	return k->untold.kind != ERR_NONE || !k->r.match ? REPORT_UNKNOWN : REPORT_FINE;
}

static enum report_state
worse(enum report_state a, enum report_state b)
{
	return a > b ? a : b;
}

enum report_state
report_state_of_jail(const struct report_jail *j)
{
	enum report_state s =
		j->unplanned.kind != ERR_NONE || j->unmeasured.kind != ERR_NONE ? REPORT_UNKNOWN : REPORT_FINE;
	for (size_t i = 0; i < 2; i++)
		if (j->checks[i] != NULL)
			s = worse(s, report_state_of_check(j->checks[i]));
	return j->measured && surface_is_wider(&j->view) ? REPORT_WRONG : s;
}

enum report_state
report_state(const struct report *r)
{
	enum report_state s = r->journal.fault.kind != ERR_NONE ? REPORT_WRONG : REPORT_FINE;
	for (size_t i = 0; i < r->njails; i++)
		s = worse(s, report_state_of_jail(&r->jails[i]));
	for (size_t i = 0; i < r->nbases; i++)
		s = worse(s, report_state_of_check(r->bases[i].check));
	return s;
}

void
report_check_words(const struct report_check *k, struct str *out)
{
	const struct err *why = k->untold.kind != ERR_NONE ? &k->untold : &k->r.stopped;
	switch (report_state_of_check(k)) {
	case REPORT_FINE:
		str_add(out, "as published: ");
		text_count(k->r.entries, out);
		str_add(out, " entries");
		break;
	case REPORT_WRONG:
		str_add(out, "NOT as published");
		if (k->r.changes > 0) {
			str_add(out, ": ");
			text_count(k->r.changes, out);
			str_add(out, " differ");
		}
		break;
	case REPORT_UNKNOWN:
		str_add(out, "could not be told: ");
		err_reason(why, out);
		break;
	}
}

const char *
report_who(const struct journal_entry *entry, struct arena *a)
{
	if (entry->sudo_user != NULL)
		return arena_printf(a, "sudo %s", entry->sudo_user);
	return arena_printf(a, "uid %u", entry->login_uid != UINT32_MAX ? entry->login_uid : entry->uid);
}
