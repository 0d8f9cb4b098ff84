/*
 * tests/golden/plan-*.case: the plan of the first jail of a configuration, as text and as JSON, on a store whose facts
 * are fixed here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "config/config.h"
#include "golden.h"
#include "plan/plan.h"
#include "plan_facts.h"

static bool
compare(struct golden *g, const struct plan *p)
{
	str_auto text = {0};
	struct json j = {0};
	bool ok;

	plan_print(p, &text);
	ok = golden_expect(g, "plan", str_text(&text));
	if (golden_find(g, "json")) {
		plan_json(p, &j);
		str_addc(&j.out, '\n');
		ok = golden_expect(g, "json", str_text(&j.out)) && ok;
		json_done(&j);
	}
	return ok;
}

/* The management views of the same jail, where the case has their sections. */
static bool
compare_views(struct golden *g, const struct jail *j, const struct jail_facts *f, struct arena *a)
{
	static const char *words[] = {"sh", NULL};
	static const struct strv command = {words, 1};
	static const struct {
		const char *section;
		struct view_options o;
	} rows[] = {
		{"manage", {VIEW_SKEL, false, &command}},
		{"manage --net", {VIEW_SKEL, true, &command}},
		{"manage --base", {VIEW_SKEL_AND_BASE, false, &command}},
		{"base edit", {VIEW_BASE, true, &command}},
	};
	bool ok = true;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		str_auto text = {0};
		struct plan p;
		struct err e = {0};

		if (!golden_find(g, rows[i].section))
			continue;
		if (plan_build_view(j, f, &rows[i].o, a, &p, &e) < 0)
			return false;
		plan_print(&p, &text);
		ok = golden_expect(g, rows[i].section, str_text(&text)) && ok;
	}
	return ok;
}

static bool
check_case(struct golden *g)
{
	const struct golden_section *config = golden_find(g, "config");
	struct arena a = {0};
	struct base_meta meta;
	struct jail_facts facts;
	struct config c;
	struct plan p;
	struct err e = {0};
	bool ok = false;

	if (!config)
		return false;
	if (config_parse("warder.conf", config->text, config->len, &a, &c, &e) < 0 || c.njails == 0) {
		err_print(stderr, &e, g->path, NULL);
	} else {
		facts = fixed_facts(&c.jails[0], &meta, &a);
		ok = plan_build(&c.jails[0], &facts, &a, &p, &e) == 0 && compare(g, &p) &&
		     compare_views(g, &c.jails[0], &facts, &a);
	}
	arena_done(&a);
	return ok;
}

static void
every_plan_is_as_written_down(void **state)
{
	size_t ncases = 0;

	assert_int_equal(golden_walk("plan-*.case", check_case, &ncases), 0);
	assert_true(ncases >= 5);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(every_plan_is_as_written_down)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
