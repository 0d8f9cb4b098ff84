/*
 * The command line's pure half: options, targets, order, words, where a log's last lines begin.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/excerpt.h"
#include "cli/log.h"
#include "cli/targets.h"
#include "cli/text.h"

struct parsed {
	struct arena a;
	struct command c;
	struct err e;
	int r;
};

enum { WORDS_MAX = 16 };

/* words: NULL-ended, without the program's name. */
static struct parsed
parse(const char *const *words)
{
	struct parsed p = {0};
	char *argv[WORDS_MAX] = {(char *)"warder"};
	int argc = 1;
	for (; words[argc - 1] != NULL; argc++)
		argv[argc] = (char *)(uintptr_t)words[argc - 1];
	p.r = command_parse(argc, argv, &p.a, &p.c, &p.e);
	return p;
}
#define PARSE(...) parse((const char *const[]){__VA_ARGS__, NULL})

static void
options_stand_before_and_after_the_verb(void **state)
{
	struct parsed p = PARSE("--root", "/r", "start", "-j", "4", "ldap", "--file=/f", "bind");
	assert_int_equal(p.r, 0);
	assert_string_equal(p.c.verb->name, "start");
	assert_string_equal(p.c.o.root, "/r");
	assert_string_equal(p.c.o.file, "/f");
	assert_int_equal(p.c.o.jobs, 4);
	assert_int_equal(p.c.args.n, 2);
	assert_string_equal(p.c.args.v[1], "bind");
	arena_done(&p.a);
}

static void
letters_can_be_joined_with_each_other_and_with_a_value(void **state)
{
	struct parsed p = PARSE("start", "-qvj8", "ldap");
	assert_int_equal(p.r, 0);
	assert_true(p.c.o.quiet && p.c.o.verbose);
	assert_int_equal(p.c.o.jobs, 8);
	arena_done(&p.a);
}

static void
a_verbs_own_letter_comes_before_a_common_one(void **state)
{
	struct parsed p = PARSE("logs", "-n", "20", "ldap");
	assert_int_equal(p.r, 0);
	assert_int_equal(p.c.o.lines, 20);
	assert_false(p.c.o.dry_run);
	arena_done(&p.a);
}

static void
the_words_of_an_executed_command_are_its_own(void **state)
{
	struct parsed p = PARSE("exec", "-u", "bind", "ns", "ls", "-l", "--", "-q");
	assert_int_equal(p.r, 0);
	assert_string_equal(p.c.o.user, "bind");
	assert_int_equal(p.c.args.n, 5);
	assert_string_equal(p.c.args.v[2], "-l");
	assert_string_equal(p.c.args.v[3], "--");
	assert_false(p.c.o.quiet);
	arena_done(&p.a);
	p = PARSE("exec", "ns", "-t", "--", "-weird", "x");
	assert_int_equal(p.r, 0);
	assert_true(p.c.o.tty);
	assert_string_equal(p.c.args.v[1], "-weird");
	arena_done(&p.a);
}

static void
values_of_a_repeated_option_are_all_kept(void **state)
{
	struct parsed p = PARSE("exec", "-e", "A=1", "--env=B=2", "ns", "env");
	assert_int_equal(p.r, 0);
	assert_int_equal(p.c.o.env.n, 2);
	assert_string_equal(p.c.o.env.v[1], "B=2");
	arena_done(&p.a);
}

static void
a_subverb_is_found_with_its_parent(void **state)
{
	struct parsed p = PARSE("base", "--json", "list");
	assert_int_equal(p.r, 0);
	assert_string_equal(p.c.verb->name, "list");
	assert_string_equal(p.c.parent->name, "base");
	arena_done(&p.a);
}

static const struct bad {
	const char *words[6];
	const char *reason, *hint; /* a part of each; hint may be NULL */
} bad_lines[] = {
	{{NULL}, "no verb", "warder help"},
	{{"strat", "x"}, "no such verb", "start"},
	{{"frobnicate"}, "no such verb", "warder help"},
	{{"base", "lsit"}, "no such subverb", "list"},
	{{"base"}, "which one", NULL},
	{{"start", "--al"}, "no such option", "--all"},
	{{"start", "-Z", "x"}, "no such option", NULL},
	{{"start"}, "no jail named", "--all"},
	{{"start", "--all", "x"}, "not both", NULL},
	{{"start", "-j", "0", "x"}, "at most 64", NULL},
	{{"start", "-j", "65", "x"}, "at most 64", NULL},
	{{"start", "-j", "-1", "x"}, "at most 64", NULL},
	{{"start", "-j"}, "needs a value", NULL},
	{{"start", "--quiet=yes", "x"}, "takes no value", NULL},
	{{"logs", "--json", "x"}, "has no option --json", NULL},
	{{"--json", "logs", "x"}, "has no option --json", NULL},
	{{"start", "--yes", "x"}, "has no option --yes", NULL},
	{{"-y", "list"}, "has no option --yes", NULL},
	{{"version", "-f", "x"}, "has no option --file", NULL},
	{{"--root", "/x", "help"}, "has no option --root", NULL},
	{{"config", "keys", "--root=/x"}, "has no option --root", NULL},
	{{"list", "--all", "x"}, "not both", NULL},
	{{"list", "--dry-run"}, "has no option --dry-run", NULL},
	{{"--root", "", "list"}, "empty", NULL},
	{{"exec", "ns"}, "too few", NULL},
	{{"init", "x"}, "too many", NULL},
	{{"plan", "a", "b"}, "too many", NULL},
};

static void
each_bad_line_is_a_usage_error_of_its_own(void **state)
{
	for (size_t i = 0; i < sizeof(bad_lines) / sizeof(bad_lines[0]); i++) {
		struct parsed p = parse(bad_lines[i].words);
		assert_int_equal(p.r, -1);
		assert_int_equal(p.e.kind, ERR_USAGE);
		assert_non_null(strstr(p.e.reason, bad_lines[i].reason));
		if (bad_lines[i].hint != NULL)
			assert_non_null(strstr(p.e.hint, bad_lines[i].hint));
		arena_done(&p.a);
	}
}

static void
help_is_given_whatever_else_is_missing(void **state)
{
	struct parsed p = PARSE("start", "--help");
	assert_int_equal(p.r, 0);
	assert_true(p.c.o.help);
	assert_string_equal(p.c.verb->name, "start");
	arena_done(&p.a);
}

static void
check_rows(const struct option_row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		assert_true(rows[i].offset < sizeof(struct options));
		assert_true((rows[i].type == OPT_FLAG) == (rows[i].value == NULL));
		assert_true(rows[i].text != NULL && *rows[i].text != '\0');
		for (size_t k = 0; k < i; k++) {
			assert_string_not_equal(rows[i].name, rows[k].name);
			assert_true(rows[i].letter == 0 || rows[i].letter != rows[k].letter);
		}
	}
}

static void
check_verb(const struct verb *v)
{
	assert_true(*v->summary != '\0' && v->summary[strlen(v->summary) - 1] != '.');
	assert_true((v->nsubs > 0) != (v->run != NULL));
	assert_true(v->min <= v->max || v->nsubs > 0);
	assert_true(*v->operands != '\0' || v->max == 0);
	assert_false((v->flags & VERB_CONFIG) && (v->flags & VERB_WANTS));
	check_rows(v->options, v->noptions);
	for (size_t i = 0; i < v->nsubs; i++)
		check_verb(v->subs[i]);
}

static void
every_row_of_the_tables_is_whole(void **state)
{
	check_rows(common_options, ncommon_options);
	for (size_t i = 0; i < nverbs; i++) {
		check_verb(verbs[i]);
		assert_ptr_equal(verb_find(verbs, nverbs, verbs[i]->name), verbs[i]);
	}
}

static const char *const known_names[] = {"bind", "heimdal", "ldap", "web1", "web2"};
static const struct strv known = {.v = (const char **)(uintptr_t)known_names, .n = 5};

static int
match(const char *word, struct arena *a, struct targets *t, struct err *e)
{
	struct strv words = {.v = &word, .n = 1};
	targets_match("start", &known, &words, ERR_CONFIG, a, t);
	if (t->nfaults == 0)
		return 0;
	assert_int_equal(t->n, 0);
	*e = t->faults[0];
	return -1;
}

static void
patterns_choose_and_names_are_exact(void **state)
{
	struct arena a = {0};
	struct targets t;
	struct err e = {0};
	assert_int_equal(match("web*", &a, &t, &e), 0);
	assert_int_equal(t.n, 2);
	assert_false(t.v[0].named);
	assert_int_equal(match("web[2-9]", &a, &t, &e), 0);
	assert_int_equal(t.n, 1);
	assert_string_equal(t.v[0].name, "web2");
	assert_int_equal(match("ldap", &a, &t, &e), 0);
	assert_true(t.v[0].named);
	arena_done(&a);
}

static void
a_jail_named_twice_is_one_target(void **state)
{
	struct arena a = {0};
	struct targets t;
	const char *words[] = {"web2", "web*", "web2"};
	struct strv l = {.v = words, .n = 3};
	targets_match("start", &known, &l, ERR_CONFIG, &a, &t);
	assert_int_equal(t.nfaults, 0);
	assert_int_equal(t.n, 2);
	assert_string_equal(t.v[0].name, "web2");
	assert_true(t.v[0].named);
	arena_done(&a);
}

static void
each_word_that_means_no_jail_is_a_fault_and_the_others_are_targets(void **state)
{
	struct arena a = {0};
	struct targets t;
	const char *words[] = {"lpad", "web2", "a/b", "zz*", "bind", ""};
	static const enum err_kind kinds[] = {ERR_CONFIG, ERR_USAGE, ERR_FAILED, ERR_USAGE};
	static const char *const subjects[] = {"lpad", "a/b", "zz*", "''"};
	struct strv l = {.v = words, .n = 6};
	targets_match("start", &known, &l, ERR_CONFIG, &a, &t);
	assert_int_equal(t.n, 2);
	assert_string_equal(t.v[1].name, "bind");
	assert_int_equal(t.nfaults, 4);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(t.faults[i].kind, kinds[i]);
		assert_string_equal(t.faults[i].subject, subjects[i]);
	}
	arena_done(&a);
}

static void
impossible_and_unknown_names_are_told_apart(void **state)
{
	static const char *const impossible[] = {
		"..", ".", "", "-f", "a/b", "a b", "a\nb", "\xff", "a.b", "[\033", "w*/x", "we\nb*", "* "};
	struct arena a = {0};
	struct targets t;
	char longest[301];
	memset(longest, 'a', 300);
	longest[300] = '\0';
	for (size_t i = 0; i < sizeof(impossible) / sizeof(impossible[0]); i++) {
		struct err e = {0};
		assert_int_equal(match(impossible[i], &a, &t, &e), -1);
		assert_int_equal(e.kind, ERR_USAGE);
	}
	struct err e = {0};
	assert_int_equal(match(longest, &a, &t, &e), -1);
	assert_int_equal(e.kind, ERR_USAGE);
	assert_int_equal(match("lpad", &a, &t, &e), -1);
	assert_int_equal(e.kind, ERR_CONFIG);
	assert_non_null(strstr(e.hint, "ldap"));
	assert_int_equal(match("zz*", &a, &t, &e), -1);
	assert_int_equal(e.kind, ERR_FAILED);
	arena_done(&a);
}

/* c needs b, b needs a; d alone. */
static struct targets
chain(struct arena *a, struct jail jails[4])
{
	static const char *const names[] = {"c", "d", "b", "a"};
	static const char *on_b[] = {"b"}, *on_a[] = {"a"};
	struct targets t = {.v = arena_array(a, 4, sizeof(struct target)), .n = 4};
	memset(jails, 0, 4 * sizeof(*jails));
	jails[0].depend = (struct strv){.v = on_b, .n = 1};
	jails[2].depend = (struct strv){.v = on_a, .n = 1};
	for (size_t i = 0; i < 4; i++) {
		jails[i].name = names[i];
		t.v[i] = (struct target){.name = names[i], .jail = &jails[i]};
	}
	return t;
}

static void
assert_order(const struct targets *t, const char *expected)
{
	char got[8] = "";
	for (size_t i = 0; i < t->n; i++)
		got[i] = t->v[i].name[0];
	assert_string_equal(got, expected);
}

static void
a_start_comes_after_what_it_depends_on_and_a_stop_before(void **state)
{
	struct arena a = {0};
	struct jail jails[4];
	struct targets t = chain(&a, jails);
	targets_order(&t, ORDER_AS_GIVEN, &a);
	assert_order(&t, "cdba");
	targets_order(&t, ORDER_START, &a);
	assert_order(&t, "dabc");
	targets_order(&t, ORDER_STOP, &a);
	assert_order(&t, "dcba");
	arena_done(&a);
}

static void
dependencies_are_added_with_their_own(void **state)
{
	struct arena a = {0};
	struct jail jails[4];
	struct targets all = chain(&a, jails);
	struct config c = {.jails = jails, .njails = 4};
	struct targets t = {.v = arena_grow(&a, NULL, 0, sizeof(struct target)), .n = 1};
	t.v[0] = all.v[0];
	targets_add_dependencies(&c, &a, &t);
	targets_order(&t, ORDER_START, &a);
	assert_order(&t, "abc");
	assert_false(t.v[0].named);
	assert_ptr_equal(t.v[0].jail, &jails[3]);
	arena_done(&a);
}

static void
assert_excerpt(const char *line, unsigned col, const char *expected)
{
	str_auto s = {0};
	excerpt_of_line(line, strlen(line), col, &s);
	assert_string_equal(str_text(&s), expected);
}

static void
the_caret_stands_below_the_place(void **state)
{
	char longest[400];
	assert_excerpt("a { b = 1; }", 5, "\ta { b = 1; }\n\t    ^\n");
	assert_excerpt("\t\tx = y", 7, "\t\t\tx = y\n\t\t\t    ^\n");
	assert_excerpt("m = \"\316\225\316\273\", }", 10, "\tm = \"\316\225\316\273\", }\n\t         ^\n");
	assert_excerpt("a\033[2Jb", 6, "\ta\\x1B[2Jb\n\t        ^\n");
	assert_excerpt("a", 2, "\ta\n\t ^\n");
	assert_excerpt("", 1, "\t\n\t^\n");
	assert_excerpt("\xff\xe2\x80", 3, "\t\\xFF\\xE2\\x80\n\t            ^\n");
	memset(longest, 'a', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	assert_excerpt(longest, 3, "");
}

static void
assert_duration(int64_t seconds, const char *expected)
{
	str_auto s = {0};
	text_duration(seconds, &s);
	assert_string_equal(str_text(&s), expected);
}

static void
durations_are_rounded_down_to_one_unit(void **state)
{
	assert_duration(-5, "0 s");
	assert_duration(0, "0 s");
	assert_duration(59, "59 s");
	assert_duration(60, "1 min");
	assert_duration(3599, "59 min");
	assert_duration(3600, "1 h");
	assert_duration(86399, "23 h");
	assert_duration(86400 * 400, "400 d");
}

static void
counts_have_their_thousands_apart(void **state)
{
	str_auto s = {0};
	text_count(0, &s);
	str_addc(&s, ' ');
	text_count(999, &s);
	str_addc(&s, ' ');
	text_count(9412, &s);
	str_addc(&s, ' ');
	text_count(1000000, &s);
	assert_string_equal(str_text(&s), "0 999 9,412 1,000,000");
}

static void
assert_command(const char *const *words, size_t n, size_t max, const char *want)
{
	struct strv command = {.v = (const char **)words, .n = n};
	str_auto s = {0};
	text_command(&command, max, &s);
	assert_string_equal(str_text(&s), want);
}

static void
a_command_is_shown_as_a_shell_takes_it_and_cut_between_characters(void **state)
{
	static const char *const words[] = {"sh", "-c", "echo 'a'", "", "x=$y", "caf\xc3\xa9"};
	assert_command(words, 0, 100, "");
	assert_command(words, 5, 100, "sh -c 'echo '\\''a'\\''' '' 'x=$y'");
	assert_command(words, 2, 5, "sh -c");
	assert_command(words, 2, 4, "sh -...");
	assert_command(words + 5, 1, 5, "'caf...");
	assert_command(words + 5, 1, 6, "'caf\xc3\xa9...");
}

static off_t
tail(const char *text, size_t len, uint64_t n)
{
	off_t at = -1;
	struct err e;
	int fd = memfd_create("log", MFD_CLOEXEC);
	assert_int_equal(write(fd, text, len), (ssize_t)len);
	assert_int_equal(log_tail_offset(fd, n, &at, &e), 0);
	close(fd);
	return at;
}

static void
the_last_lines_are_found_from_the_end(void **state)
{
	assert_int_equal(tail("", 0, 3), 0);
	assert_int_equal(tail("a\nb\nc\n", 6, 1), 4);
	assert_int_equal(tail("a\nb\nc\n", 6, 2), 2);
	assert_int_equal(tail("a\nb\nc\n", 6, 9), 0);
	assert_int_equal(tail("a\nb\nc", 5, 1), 4);
	assert_int_equal(tail("a\nb\nc", 5, 2), 2);
	assert_int_equal(tail("\n\n\n", 3, 1), 2);
}

static void
lines_longer_than_a_block_are_found_too(void **state)
{
	enum { LONG = 200000 };
	char *text = malloc(LONG + 2);
	memset(text, 'x', LONG);
	text[0] = '\n';
	text[LONG] = '\n';
	text[LONG + 1] = 'y';
	assert_int_equal(tail(text, LONG + 2, 1), LONG + 1);
	assert_int_equal(tail(text, LONG + 2, 2), 1);
	free(text);
}

static void
a_log_is_printed_with_its_controls_escaped(void **state)
{
	static const char text[] = "ok \x1b[2J\xc3\xa4\nnext";
	char *out = NULL;
	size_t len = 0;
	off_t pos = 0;
	struct err e;
	FILE *f = open_memstream(&out, &len);
	int fd = memfd_create("log", MFD_CLOEXEC);
	assert_int_equal(write(fd, text, sizeof(text) - 1), (ssize_t)sizeof(text) - 1);
	assert_int_equal(log_print(fd, &pos, f, &e), 0);
	assert_int_equal(pos, sizeof(text) - 1);
	assert_int_equal(ftruncate(fd, 2), 0);
	assert_int_equal(log_print(fd, &pos, f, &e), 0);
	assert_int_equal(pos, 2);
	fclose(f);
	close(fd);
	assert_string_equal(out, "ok \\x1B[2J\xc3\xa4\nnextok");
	free(out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_stand_before_and_after_the_verb),
		cmocka_unit_test(letters_can_be_joined_with_each_other_and_with_a_value),
		cmocka_unit_test(a_verbs_own_letter_comes_before_a_common_one),
		cmocka_unit_test(the_words_of_an_executed_command_are_its_own),
		cmocka_unit_test(values_of_a_repeated_option_are_all_kept),
		cmocka_unit_test(a_subverb_is_found_with_its_parent),
		cmocka_unit_test(each_bad_line_is_a_usage_error_of_its_own),
		cmocka_unit_test(help_is_given_whatever_else_is_missing),
		cmocka_unit_test(every_row_of_the_tables_is_whole),
		cmocka_unit_test(patterns_choose_and_names_are_exact),
		cmocka_unit_test(a_jail_named_twice_is_one_target),
		cmocka_unit_test(each_word_that_means_no_jail_is_a_fault_and_the_others_are_targets),
		cmocka_unit_test(impossible_and_unknown_names_are_told_apart),
		cmocka_unit_test(a_start_comes_after_what_it_depends_on_and_a_stop_before),
		cmocka_unit_test(dependencies_are_added_with_their_own),
		cmocka_unit_test(the_caret_stands_below_the_place),
		cmocka_unit_test(durations_are_rounded_down_to_one_unit),
		cmocka_unit_test(counts_have_their_thousands_apart),
		cmocka_unit_test(a_command_is_shown_as_a_shell_takes_it_and_cut_between_characters),
		cmocka_unit_test(the_last_lines_are_found_from_the_end),
		cmocka_unit_test(lines_longer_than_a_block_are_found_too),
		cmocka_unit_test(a_log_is_printed_with_its_controls_escaped),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
