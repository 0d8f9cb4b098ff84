/*
 * tests/golden/adopt-*.case: other tools' files, and the configuration that they become; the proposal's own fstab comes
 * back as it was.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "adopt/adopt.h"
#include "base/fstab.h"
#include "config/config.h"
#include "emit/emit.h"
#include "golden.h"

static void
add_error(const struct err *e, bool is_last, struct str *out)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	err_print(f, e, "warder", NULL);
	if (is_last)
		fprintf(f, "exit %d\n", err_exit_status(e));
	fclose(f);
	str_add(out, text);
	free(text);
}

/* What was made of it can be read. */
static bool
is_configuration(const char *text, const char *path)
{
	struct arena a = {0};
	struct config c;
	struct err e = {0};
	/* which base, jail.conf(5) does not say */
	const char *all = strstr(text, "from = ")
				  ? text
				  : arena_printf(&a, "%sbase = adopted; base adopted { from = busybox; }\n", text);
	bool ok = config_parse("adopted", all, strlen(all), &a, &c, &e) == 0;

	if (!ok)
		err_print(stderr, &e, path, "what was made cannot be read");
	arena_done(&a);
	return ok;
}

/* Of a jail's two files the first has the adopter's name as that of its section, and the jail is www. */
static int
run_adopter(const struct adopter *adopter, struct golden *g, struct arena *a, struct adopted *r, struct err *e)
{
	struct golden_section *fstab = golden_find(g, "fstab");
	struct adopt_jail j = {"www", {g->v[0].name, g->v[0].text, g->v[0].len}, {.file = "fstab"}};

	if (adopter->adopt)
		return adopter->adopt(g->v[0].name, g->v[0].text, g->v[0].len, a, r, e);
	if (fstab) {
		j.fstab.text = fstab->text;
		j.fstab.len = fstab->len;
	}
	return adopter->adopt_jails(&j, 1, a, r, e);
}

/* The first section has the adopter's name. */
static bool
check_case(struct golden *g)
{
	const struct adopter *adopter = adopter_find(g->v[0].name);
	struct arena a = {0};
	struct adopted r = {0};
	struct err e = {0};
	str_auto faults = {0};
	int status;
	bool ok;

	if (!adopter)
		return false;
	status = run_adopter(adopter, g, &a, &r, &e);
	for (size_t i = 0; i < r.nfaults; i++)
		add_error(&r.faults[i], false, &faults);
	if (status < 0)
		add_error(&e, true, &faults);
	ok = golden_expect(g, "config", status < 0 ? NULL : r.text) &&
	     golden_expect(g, "said", faults.len ? str_text(&faults) : NULL) &&
	     (status < 0 || is_configuration(r.text, g->path));
	arena_done(&a);
	return ok;
}

static void
every_case_is_as_written_down(void **state)
{
	size_t ncases = 0;

	assert_int_equal(golden_walk("adopt-*.case", check_case, &ncases), 0);
	assert_true(ncases > 10);
}

static const char *
emit_plain(const struct config *c, struct arena *a)
{
	struct plan *plans = arena_array(a, c->njails, sizeof(*plans));
	struct emit_input in = {.root = c->root,
		.plans = plans,
		.n = c->njails,
		.o = {.os = EMIT_FREEBSD, .manage = true, .plain = true}};
	struct emit_files files = {0};
	struct err e = {0};

	for (size_t i = 0; i < c->njails; i++)
		plans[i].jail = &c->jails[i];
	assert_int_equal(emitter_find("fstab")->emit(&in, a, &files, &e), 0);
	return files.v[0].text;
}

/* adopt, emit, adopt, emit: the second two add nothing; each line of the proposal is in what came out. */
static void
the_proposals_fstab_comes_back_as_it_was(void **state)
{
	struct arena a = {0};
	size_t len = 0;
	char *seed = golden_slurp(TESTS_DIR "/golden/seed.fstab", &a, &len);
	struct adopted r = {0};
	struct config c;
	struct err e = {0};
	const char *out;

	assert_non_null(seed);
	assert_int_equal(adopt_fstab.adopt("seed", seed, len, &a, &r, &e), 0);
	assert_int_equal(r.nfaults, 0);
	assert_int_equal(config_parse("conf", r.text, strlen(r.text), &a, &c, &e), 0);
	assert_int_equal(c.njails, 3);
	out = emit_plain(&c, &a);
	assert_int_equal(strlen(out), strlen(strstr(seed, "# Jails\n")));
	for (char *s = strstr(seed, "# Jails\n"); *s; s += strcspn(s, "\n") + 1)
		if (!strstr(out, arena_strndup(&a, s, strcspn(s, "\n") + 1)))
			fail_msg("not there: %s", s);
	arena_done(&a);
}

static void
a_field_comes_back_through_its_escapes(void **state)
{
	static const char *const fields[] = {
		"/plain", "/a b", "/tab\tand\nline", "/back\\slash", "/\\040", "#first", "/last ", "/\xc3\xa9"};
	struct arena a = {0};

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		str_auto text = {0};
		const char *back;

		fstab_escape(&text, fields[i]);
		assert_int_equal(strcspn(str_text(&text), " \t\n#"), text.len);
		assert_int_equal(fstab_unescape(str_text(&text), text.len, &a, &back), 0);
		assert_string_equal(back, fields[i]);
	}
	arena_done(&a);
}

static void
an_odd_escape_is_refused(void **state)
{
	static const char *const fields[] = {
		"\\", "a\\", "\\0", "\\04", "\\048", "\\x20", "\\s", "\\\\", "\\000", "\\777", "\\400"};
	struct arena a = {0};
	const char *back;

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (fstab_unescape(fields[i], strlen(fields[i]), &a, &back) != -1)
			fail_msg("read: %s", fields[i]);
	arena_done(&a);
}

static const char odd[] = {'\0', '\\', ' ', '\n', '/', '.', '#', '"', '$', '{', '}', ';', '=', (char)0xff};

static int
adopt_text(const struct adopter *adopter, const char *file, const char *text, size_t len, const char *fstab,
	struct arena *a, struct adopted *r, struct err *e)
{
	struct adopt_jail j = {"www", {file, text, len}, {"fstab", fstab, fstab ? strlen(fstab) : 0}};

	return adopter->adopt ? adopter->adopt(file, text, len, a, r, e) : adopter->adopt_jails(&j, 1, a, r, e);
}

/* Each prefix of the text, and each byte of it made another, is read, or refused with an error. */
static void
try_all(const struct adopter *adopter, const char *whole, size_t len, const char *fstab, bool is_whole)
{
	for (size_t i = 0; i < len; i++) {
		struct arena a = {0};
		struct adopted r = {0};
		struct err e = {0};
		char *text = arena_strndup(&a, whole, len);

		if (adopt_text(adopter, "prefix", text, i, fstab, &a, &r, &e) < 0)
			assert_int_equal(e.kind, ERR_CONFIG);
		for (size_t k = 0; k < sizeof(odd); k++) {
			text[i] = odd[k];
			r = (struct adopted){0};
			e = (struct err){0};
			if (adopt_text(adopter, "odd", text, len, fstab, &a, &r, &e) < 0)
				assert_int_equal(e.kind, ERR_CONFIG);
			else
				assert_true(!is_whole || is_configuration(r.text, "odd"));
		}
		arena_done(&a);
	}
}

static void
no_text_is_too_odd(void **state)
{
	struct arena a = {0};
	size_t len = 0;
	char *seed = golden_slurp(TESTS_DIR "/golden/seed.fstab", &a, &len);
	struct golden g;

	assert_non_null(seed);
	try_all(&adopt_fstab, seed, len, NULL, true);
	assert_true(golden_read(TESTS_DIR "/golden/adopt-jail-conf-manual.case", &g));
	try_all(&adopt_jail_conf, g.v[0].text, g.v[0].len, NULL, false);
	golden_done(&g);
	assert_true(golden_read(TESTS_DIR "/golden/adopt-ezjail.case", &g));
	try_all(&adopt_ezjail, g.v[0].text, g.v[0].len, golden_find(&g, "fstab")->text, true);
	golden_done(&g);
	assert_true(golden_read(TESTS_DIR "/golden/adopt-bastille.case", &g));
	try_all(&adopt_bastille, g.v[0].text, g.v[0].len, golden_find(&g, "fstab")->text, true);
	golden_done(&g);
	arena_done(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_case_is_as_written_down),
		cmocka_unit_test(the_proposals_fstab_comes_back_as_it_was),
		cmocka_unit_test(a_field_comes_back_through_its_escapes),
		cmocka_unit_test(an_odd_escape_is_refused),
		cmocka_unit_test(no_text_is_too_odd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
