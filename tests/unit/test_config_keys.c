/*
 * The table of keys, walked row by row; and the field and place that a key ends in.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "config/config.h"
#include "config/keys.h"

static void
every_key_has_exactly_one_row(void **state)
{
	unsigned seen[KEY_COUNT] = {0};

	for (size_t i = 0; i < nkey_table; i++)
		seen[key_table[i].key]++;
	for (size_t k = 0; k < KEY_COUNT; k++)
		assert_int_equal(seen[k], 1);
}

static void
every_row_is_complete_and_found_by_its_name(void **state)
{
	for (size_t i = 0; i < nkey_table; i++) {
		const struct key_row *row = &key_table[i];

		assert_ptr_equal(key_find(row->name, row->where), row);
		assert_non_null(row->type);
		assert_non_null(row->fallback);
		assert_true(*row->text);
		assert_true(row->type != &type_words || row->words);
		assert_true((row->type != &type_text && row->type != &type_strings) || row->fault);
	}
}

static void
every_refused_row_is_refused_with_a_reason_and_a_way_out(void **state)
{
	for (size_t i = 0; i < nkey_table; i++) {
		const struct key_row *row = &key_table[i];
		const struct foreign_key *foreign = foreign_find(row->name);

		assert_int_equal(row->type == &type_refused, foreign && foreign->key == row->key);
		assert_true(!foreign || row->type != &type_refused || (*foreign->reason && *foreign->hint));
	}
}

/* What a default stands for must be what an empty jail has. */
static void
every_written_default_is_what_an_empty_jail_has(void **state)
{
	static const char text[] = "base = x; a { }";
	struct arena a = {0};
	struct config c;
	struct err e = {0};

	assert_int_equal(config_parse("t", text, strlen(text), &a, &c, &e), 0);
	for (size_t i = 0; i < nkey_table; i++) {
		const struct key_row *row = &key_table[i];
		struct shown shown = {0};
		str_auto joined = {0};

		if (row->where != WHERE_JAIL || *row->fallback == '(')
			continue;
		row->type->show(row, &c.jails[0], &a, &shown);
		for (size_t k = 0; k < shown.list.n; k++)
			str_addf(&joined, "%s%s", k ? ", " : "", shown.list.v[k]);
		assert_string_equal(str_text(&joined), row->fallback);
	}
	arena_done(&a);
}

static void
the_documentation_names_each_key_once_and_where(void **state)
{
	const struct key_doc *docs;
	const size_t n = config_keys(&docs);

	assert_int_equal(n, nkey_table);
	assert_string_equal(docs[0].name, "root");
	assert_string_equal(docs[0].where, "global");
	assert_string_equal(docs[0].fallback, "/jails");
}

static void
a_key_remembers_the_place_of_its_value(void **state)
{
	static const char text[] = "base = x;\na {\n\tmemory = 64M;\n\tgateway;\n\tmeta = y,\n\t\tz;\n}\n";
	struct arena a = {0};
	struct config c;
	struct err e = {0};

	assert_int_equal(config_parse("t", text, strlen(text), &a, &c, &e), 0);
	assert_int_equal(c.jails[0].at[KEY_MEMORY].line, 3);
	assert_int_equal(c.jails[0].at[KEY_MEMORY].col, 11);
	assert_string_equal(c.jails[0].at[KEY_MEMORY].file, "t");
	assert_int_equal(c.jails[0].at[KEY_GATEWAY].line, 4);
	assert_int_equal(c.jails[0].at[KEY_GATEWAY].col, 2);
	assert_int_equal(c.jails[0].at[KEY_META].line, 5);
	assert_int_equal(c.jails[0].at[KEY_BASE].line, 1);
	assert_null(c.jails[0].at[KEY_PIDS].file);
	assert_int_equal(c.jails[0].loc.line, 2);
	arena_done(&a);
}

static void
fields_get_what_their_keys_say(void **state)
{
	static const char text[] =
		"a { base = x; ip6.addr = \"fd66::4\"; ip4.addr = 10.66.0.4; memory = 1G; cpu = \"150%\";"
		" stop.signal = INT; resolver = host; exec.service = \"/bin/x 'a b'\"; run.dirs = \"n o:g 0775\";"
		" restart = always; capabilities = none; exec.consolelog = \"\"; }";
	struct arena a = {0};
	struct config c;
	struct err e = {0};
	const struct jail *j;

	assert_int_equal(config_parse("t", text, strlen(text), &a, &c, &e), 0);
	j = &c.jails[0];
	assert_int_equal(j->addrs.n, 2);
	assert_int_equal(j->addrs.v[0].family, 4);
	assert_int_equal(j->addrs.v[0].prefix, 24);
	assert_int_equal(j->addrs.v[1].family, 6);
	assert_int_equal(j->addrs.v[1].prefix, 64);
	assert_int_equal(j->limits.memory, UINT64_C(1) << 30);
	assert_int_equal(j->limits.cpu, 150);
	assert_int_equal(j->stop_signal, 2);
	assert_int_equal(j->resolver, RESOLVER_HOST);
	assert_int_equal(j->service.n, 2);
	assert_string_equal(j->service.v[1], "a b");
	assert_null(j->service.v[2]);
	assert_string_equal(j->run_dirs[0].group, "g");
	assert_int_equal(j->run_dirs[0].mode, 0775);
	assert_int_equal(j->restart, RESTART_ALWAYS);
	assert_int_equal(j->caps, 0);
	assert_null(j->consolelog);
	assert_string_equal(j->hostname, "a");
	arena_done(&a);
}

static void
bytes_that_are_no_text_are_refused_where_they_stand(void **state)
{
	static const char *const inputs[] = {"a\0b", "x = \"a\0\";", "\0", "\\", "'\\", "$", "/", "+"};
	static const size_t lengths[] = {3, 9, 1, 1, 2, 1, 1, 1};

	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		struct arena a = {0};
		struct config c;
		struct err e = {0};

		assert_int_equal(config_parse("t", inputs[i], lengths[i], &a, &c, &e), -1);
		assert_int_equal(e.kind, ERR_CONFIG);
		assert_int_equal(e.line, 1);
		arena_done(&a);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_key_has_exactly_one_row),
		cmocka_unit_test(every_row_is_complete_and_found_by_its_name),
		cmocka_unit_test(every_refused_row_is_refused_with_a_reason_and_a_way_out),
		cmocka_unit_test(every_written_default_is_what_an_empty_jail_has),
		cmocka_unit_test(the_documentation_names_each_key_once_and_where),
		cmocka_unit_test(a_key_remembers_the_place_of_its_value),
		cmocka_unit_test(fields_get_what_their_keys_say),
		cmocka_unit_test(bytes_that_are_no_text_are_refused_where_they_stand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
