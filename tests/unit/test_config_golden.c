/*
 * tests/golden/config-*.case: what is accepted and what it means, what is refused and how that is said.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "config/config.h"
#include "golden.h"

static char *
error_text(const struct err *e)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	err_print(f, e, "warder", NULL);
	fprintf(f, "exit %d\n", err_exit_status(e));
	fclose(f);
	return text;
}

/* The print must parse again to the same print. */
static bool
is_stable(const char *dump, const char *path)
{
	struct arena a = {0};
	struct config c;
	struct err e = {0};
	str_auto again = {0};
	bool same = false;

	if (config_parse("dump", dump, strlen(dump), &a, &c, &e) < 0) {
		err_print(stderr, &e, path, "the dump is refused");
	} else {
		config_print(&c, &again);
		same = !strcmp(str_text(&again), dump);
		if (!same)
			fprintf(stderr, "%s: dumped again:\n%s", path, str_text(&again));
	}
	arena_done(&a);
	return same;
}

static bool
check_case(struct golden *g)
{
	const struct golden_section *config = golden_find(g, "config");
	struct arena a = {0};
	struct config c;
	struct err e = {0};
	str_auto dump = {0};
	bool ok;

	if (!config)
		return false;
	if (config_parse("warder.conf", config->text, config->len, &a, &c, &e) < 0) {
		char *text = error_text(&e);

		ok = golden_expect(g, "dump", NULL) && golden_expect(g, "error", text);
		free(text);
	} else {
		config_print(&c, &dump);
		ok = golden_expect(g, "error", NULL) && golden_expect(g, "dump", str_text(&dump)) &&
		     is_stable(str_text(&dump), g->path);
	}
	arena_done(&a);
	return ok;
}

static void
every_case_is_as_written_down(void **state)
{
	size_t ncases = 0;

	assert_int_equal(golden_walk("config-*.case", check_case, &ncases), 0);
	assert_true(ncases > 50);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_case_is_as_written_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
