/* The rules for /dev that warder loads, those of data/devfs.rules, and the devices that a start takes for granted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "run/freebsd/mounts.h"
#include "run/freebsd/ruleset.h"

/* A pattern with a star in it is quoted there, for the shell. */
static void
assert_shows(const char *line, const char *pattern)
{
	char plain[128], quoted[128];

	snprintf(plain, sizeof(plain), "add path %s unhide\n", pattern);
	snprintf(quoted, sizeof(quoted), "add path '%s' unhide\n", pattern);
	assert_true(strcmp(line, plain) == 0 || strcmp(line, quoted) == 0);
}

static void
the_rules_are_those_of_the_file_that_is_installed(void **state)
{
	FILE *f = fopen(TESTS_DIR "/../data/devfs.rules", "r");
	char line[256], head[64];
	size_t n = 0;

	assert_non_null(f);
	snprintf(head, sizeof(head), "[warder_jail=%d]\n", FBSD_RULESET);
	while (fgets(line, sizeof(line), f) != NULL) {
		if (line[0] == '#')
			continue;
		if (n == 0)
			assert_string_equal(line, head);
		else if (n == 1)
			assert_string_equal(line, "add hide\n");
		else {
			assert_true(n - 2 < nfbsd_ruleset_shown);
			assert_shows(line, fbsd_ruleset_shown[n - 2]);
		}
		n++;
	}
	fclose(f);
	assert_int_equal(n, nfbsd_ruleset_shown + 2);
}

static void
what_they_show_is_what_a_start_expects(void **state)
{
	for (size_t i = 0; i < nfbsd_ruleset_shown; i++)
		assert_true(fbsd_device_is_allowed(fbsd_ruleset_shown[i]));
	assert_false(fbsd_device_is_allowed("mem"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_rules_are_those_of_the_file_that_is_installed),
		cmocka_unit_test(what_they_show_is_what_a_start_expects),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
