/*
 * Start and stop of one jail.  The order, and what is undone when a step fails, is the same for start and restart.
 */

#include <string.h>

#include "cli/checks.h"
#include "cli/life.h"
#include "plan/plan.h"
#include "run/backend.h"

bool
life_is_running(const struct jail_status *st)
{
	return st->state == JAIL_RUNNING || st->state == JAIL_STARTING;
}

int
life_refuse_running(const struct cli *c, const char *name, struct err *e)
{
	struct jail_status st;
	if (store_jail_status(&c->store, name, &st, e) == -1)
		return -1;
	if (!life_is_running(&st))
		return 0;
	err_set(e, ERR_BUSY, c->op, name, "it is running");
	return err_hint(e, "warder stop %s", name);
}

int
life_lock(struct cli *c, const char *name, unsigned wait_ms, int *ret_fd, struct err *e)
{
	return store_lock(&c->store, arena_printf(&c->a, "jail.%s", name), c->op, wait_ms, ret_fd, e);
}

/* A start that was ended, or killed, holds its lock while it undoes what it made. */
enum { END_LOCK_STEP_MS = 100, END_LOCK_WAIT_MS = 2000, ENDED_LOCK_WAIT_MS = 10000 };

int
life_lock_to_end(struct cli *c, const struct target *t, bool kill, int *ret_fd, bool *ret_was, struct err *e)
{
	bool was = false;
	for (unsigned waited = 0;; waited += END_LOCK_STEP_MS) {
		if (life_lock(c, t->name, END_LOCK_STEP_MS, ret_fd, e) == 0)
			break;
		if (e->kind != ERR_BUSY || waited >= (was ? ENDED_LOCK_WAIT_MS : END_LOCK_WAIT_MS))
			return -1;
		if (!was && backend_native.end(&c->store, t->jail, t->name, kill, &was, e) == -1)
			return -1;
	}
	*ret_was = was;
	return 0;
}

int
life_make_plan(struct cli *c, const struct jail *j, struct plan *ret, struct err *e)
{
	if (!store_jail_exists(&c->store, j->name)) {
		err_set(e, ERR_FAILED, c->op, j->name, "it is declared but was not created");
		return err_hint(e, "warder create %s", j->name);
	}
	struct jail_facts *facts = arena_alloc(&c->a, sizeof(*facts));
	if (store_jail_facts(&c->store, j, &c->a, facts, e) == -1)
		return -1;
	return plan_build(j, facts, &c->a, ret, e);
}

void
life_print_plan(const struct cli *c, const struct plan *p)
{
	if (c->o.json) {
		struct json out = {0};
		plan_json(p, &out);
		cli_print_json(&out);
		return;
	}
	str_auto text = {0};
	plan_print(p, &text);
	fputs(str_text(&text), stdout);
}

int
life_plan(struct cli *c, const struct jail *j, struct err *e)
{
	struct plan plan;
	if (life_make_plan(c, j, &plan, e) == -1)
		return -1;
	life_print_plan(c, &plan);
	return 0;
}

int
life_plans_json(struct cli *c, const struct targets *t, struct err *e)
{
	struct json out = {0};
	json_object(&out, NULL);
	json_uint(&out, "version", 1);
	json_array(&out, "plans");
	for (size_t i = 0; i < t->n; i++) {
		struct plan plan;
		c->who = t->v[i].name;
		if (life_make_plan(c, t->v[i].jail, &plan, e) == -1) {
			json_done(&out);
			return -1;
		}
		plan_json(&plan, &out);
	}
	c->who = NULL;
	json_array_end(&out);
	json_object_end(&out);
	cli_print_json(&out);
	return 0;
}

/* exec.poststop always runs, all of it; its failures are told and change nothing. */
static void
run_poststop(const struct cli *c, const struct jail *j)
{
	for (size_t i = 0; i < j->poststop.n; i++) {
		struct err e = {0};
		struct strv one = {.v = &j->poststop.v[i], .n = 1};
		if (hooks_run(c, j, "exec.poststop", &one, &e) == -1)
			cli_error(&e, j->name);
	}
}

/* The last steps of an end: the record goes when poststop has run, and not before. */
static int
complete_end(const struct cli *c, const struct jail *j, const char *name, struct err *e)
{
	if (j != NULL)
		run_poststop(c, j);
	return backend_native.clear(&c->store, name, e);
}

static void
say_steps(const struct cli *c, const struct plan *plan)
{
	str_auto text = {0};
	if (!c->o.verbose)
		return;
	plan_print(plan, &text);
	for (const char *line = str_text(&text); *line != '\0'; line += strspn(line, "\n")) {
		int n = (int)strcspn(line, "\n");
		cli_step(c, "%s: %.*s", plan->jail->name, n, line);
		line += n;
	}
}

/* The administrator allowed it, and is told each time. */
static void
say_lacking(const struct cli *c, const struct jail *j)
{
	struct run_record r;
	struct err ignored;
	bool found;
	if (store_run_read(&c->store, j->name, &r, &found, &ignored) == 0 && found && r.limits_lacking[0] != '\0')
		cli_warn(j->name, "limits that this machine cannot hold: %s", r.limits_lacking);
}

static int
run_backend(struct cli *c, const struct plan *plan, int *ret_pid, struct err *e)
{
	const struct jail *j = plan->jail;
	say_steps(c, plan);
	if (backend_native.start(&c->store, plan, ret_pid, e) == -1)
		return -1;
	say_lacking(c, j);
	if (hooks_run(c, j, "exec.poststart", &j->poststart, e) == 0)
		return 0;
	struct err second = {0};
	if (backend_native.stop(&c->store, j, j->name, false, &second) == -1)
		cli_error(&second, j->name);
	return -1;
}

int
life_start(struct cli *c, const struct jail *j, struct err *e)
{
	struct plan plan;
	struct jail_status st;
	int pid;
	if (life_make_plan(c, j, &plan, e) == -1 || store_jail_status(&c->store, j->name, &st, e) == -1)
		return -1;
	if (st.recorded && complete_end(c, j, j->name, e) == -1)
		return -1;
	if (checks_before_start(c, j, e) == -1)
		return -1;
	if (hooks_run(c, j, "exec.prestart", &j->prestart, e) == -1 || run_backend(c, &plan, &pid, e) == -1) {
		struct err second = {0};
		if (complete_end(c, j, j->name, &second) == -1)
			cli_error(&second, j->name);
		return -1;
	}
	cli_say(c, "%s: started, pid %d", j->name, pid);
	return 0;
}

int
life_stop(struct cli *c, const char *name, const struct jail *j, bool kill, bool *ret_was, struct err *e)
{
	struct jail_status st;
	if (store_jail_status(&c->store, name, &st, e) == -1)
		return -1;
	bool was = st.state != JAIL_STOPPED;
	struct err hook = {0};
	if (was && j != NULL && !kill && hooks_run(c, j, "exec.prestop", &j->prestop, &hook) == -1)
		cli_error(&hook, name); /* a jail that should stop is stopped all the same */
	cli_step(c, "%s: stopping", name);
	if (backend_native.stop(&c->store, j, name, kill, e) == -1)
		return -1;
	*ret_was = was;
	return st.recorded ? complete_end(c, j, name, e) : backend_native.clear(&c->store, name, e);
}
