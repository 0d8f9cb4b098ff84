/*
 * tests/golden/emit-*.case: jails in other tools' formats, on a store whose facts are fixed; the lines of the proposal
 * are those of tests/golden/seed.fstab.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "config/config.h"
#include "emit/emit.h"
#include "golden_config.h"
#include "plan/plan.h"
#include "plan_facts.h"

/* The words after the format, as the command line has them. */
static const struct {
	const char *word;
	struct emit_options o;
} words[] = {
	{" --os freebsd", {.os = EMIT_FREEBSD}},
	{" --manage", {.manage = true}},
	{" --plain", {.plain = true}},
	{" --native", {.native = true}},
	{" --split", {.split = true}},
	{" --pod", {.pod = true}},
	{" --seccomp", {.seccomp = true}},
	{" --image registry.example.org:5000/jails", {.image = "registry.example.org:5000/jails"}},
	{" --image Odd", {.image = "Odd"}},
	{" --storage 10Gi", {.storage = "10Gi"}},
	{" --storage 10g", {.storage = "10g"}},
};

static struct emit_options
options_of(const char *command)
{
	struct emit_options o = {0};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strstr(command, words[i].word)) {
			o.os |= words[i].o.os;
			o.manage |= words[i].o.manage;
			o.plain |= words[i].o.plain;
			o.native |= words[i].o.native;
			o.split |= words[i].o.split;
			o.pod |= words[i].o.pod;
			o.seccomp |= words[i].o.seccomp;
			o.image = words[i].o.image ? words[i].o.image : o.image;
			o.storage = words[i].o.storage ? words[i].o.storage : o.storage;
		}
	return o;
}

static bool
make_plans(const struct config *c, struct arena *a, struct plan **ret)
{
	struct plan *plans = arena_array(a, c->njails + 1, sizeof(*plans));
	struct err e = {0};

	for (size_t i = 0; i < c->njails; i++) {
		struct base_meta *meta = arena_alloc(a, sizeof(*meta));
		struct jail_facts *facts = arena_alloc(a, sizeof(*facts));

		*facts = fixed_facts(&c->jails[i], meta, a);
		if (plan_build(&c->jails[i], facts, a, &plans[i], &e) < 0) {
			err_print(stderr, &e, "plan", NULL);
			return false;
		}
	}
	*ret = plans;
	return true;
}

static void
add_error(const struct err *e, struct str *out)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	err_print(f, e, "warder", NULL);
	fprintf(f, "exit %d\n", err_exit_status(e));
	fclose(f);
	str_add(out, text);
	free(text);
}

static const char *program[] = {"/usr/sbin/warder", NULL};

/* All files of the output one after the other, or the error. */
static bool
emit(const char *command, const struct config *c, struct arena *a, struct str *out)
{
	const char *format = arena_strndup(a, command, strcspn(command, " "));
	const struct emitter *emitter = emitter_find(format);
	struct emit_input in = {.root = c->root, .n = c->njails, .o = options_of(command)};
	struct emit_files files = {0};
	struct plan *plans = NULL;
	struct err e = {0};

	if (!emitter || !make_plans(c, a, &plans))
		return false;
	in.plans = plans;
	in.command = (struct strv){program, 1};
	if (emitter->emit(&in, a, &files, &e) < 0)
		add_error(&e, out);
	for (size_t i = 0; i < files.n; i++) {
		if (files.n > 1)
			str_addf(out, "==> %s%s\n", files.v[i].name, files.v[i].text ? "" : " (directory)");
		str_add(out, files.v[i].text ? files.v[i].text : "");
	}
	return true;
}

static bool
check_case(struct golden *g)
{
	return golden_config_case(g, emit);
}

static void
every_case_is_as_written_down(void **state)
{
	size_t ncases = 0;

	assert_int_equal(golden_walk("emit-*.case", check_case, &ncases), 0);
	assert_true(ncases > 0);
}

/* ---- the proposal ---- */

static struct strv
lines_from(const char *text, const char *first, struct arena *a)
{
	struct strv l = {0};

	for (const char *s = strstr(text, first); s && *s; s += strcspn(s, "\n") + 1)
		strv_add(a, &l, arena_strndup(a, s, strcspn(s, "\n")));
	return l;
}

static size_t
where(const struct strv *l, const char *line)
{
	for (size_t i = 0; i < l->n; i++)
		if (!strcmp(l->v[i], line))
			return i;
	return l->n;
}

static char *
seed_config(struct arena *a, struct config *ret)
{
	size_t len = 0;
	struct err e = {0};
	char *text = golden_slurp(TESTS_DIR "/../examples/seed/warder.conf", a, &len);

	assert_non_null(text);
	assert_int_equal(config_parse("warder.conf", text, len, a, ret, &e), 0);
	return text;
}

static void
the_plain_form_is_the_proposals_own(void **state)
{
	struct arena a = {0};
	struct config c;
	str_auto out = {0};
	size_t len = 0;
	char *seed = golden_slurp(TESTS_DIR "/golden/seed.fstab", &a, &len);
	struct strv want, got;

	assert_non_null(seed);
	seed_config(&a, &c);
	assert_true(emit("fstab --os freebsd --manage --plain", &c, &a, &out));
	want = lines_from(seed, "# Jails\n", &a);
	got = lines_from(str_text(&out), "# Jails\n", &a);
	assert_int_equal(want.n, 23);
	assert_int_equal(got.n, want.n);
	for (size_t i = 0; i < want.n; i++) {
		if (where(&got, want.v[i]) == got.n)
			fail_msg("not there: %s", want.v[i]);
		/* each line of the second group stands in it */
		assert_int_equal(
			where(&got, want.v[i]) < where(&got, "# Manage jails"), i < where(&want, "# Manage jails"));
	}
	arena_done(&a);
}

/* The target of a line: its second field. */
static const char *
target_of(const char *line, struct arena *a)
{
	const char *s = strchr(line, ' ');

	return s ? arena_strndup(a, s + 1, strcspn(s + 1, " ")) : "";
}

static void
check_order(const char *command)
{
	struct arena a = {0};
	struct config c;
	str_auto out = {0};
	struct strv l;

	seed_config(&a, &c);
	assert_true(emit(command, &c, &a, &out));
	l = lines_from(str_text(&out), "#", &a);
	for (size_t i = 0; i < l.n; i++)
		for (size_t k = i + 1; k < l.n && l.v[i][0] != '#'; k++) {
			const char *inner = target_of(l.v[i], &a), *outer = target_of(l.v[k], &a);
			size_t len = strlen(outer);

			if (l.v[k][0] != '#' && !strncmp(inner, outer, len) && inner[len] == '/')
				fail_msg("%s is mounted before %s, which hides it", inner, outer);
		}
	arena_done(&a);
}

static void
a_tree_is_mounted_before_what_is_mounted_in_it(void **state)
{
	check_order("fstab --os freebsd --manage --plain");
	check_order("fstab --manage --plain");
	check_order("fstab --os freebsd --manage");
	check_order("fstab --manage");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_case_is_as_written_down),
		cmocka_unit_test(the_plain_form_is_the_proposals_own),
		cmocka_unit_test(a_tree_is_mounted_before_what_is_mounted_in_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
