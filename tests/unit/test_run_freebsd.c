/*
 * tests/golden/freebsd-*.case: what FreeBSD's kernel is asked for to establish a jail, each argument as its bytes are;
 * the expectations are from nmount(2), jail(2), jail(8), devfs(5), tmpfs(5) and rctl(8).  None of it runs here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "config/config.h"
#include "golden_config.h"
#include "plan/plan.h"
#include "plan_facts.h"
#include "run/freebsd/iov.h"
#include "run/freebsd/translate.h"

/* Of a kernel of 12.1 with tmpfs(5) and nullfs(5); as listed there, with the dot of the one that has others below it.
 */
static const char *params[] = {"allow.chflags", "allow.mlock", "allow.mount.", "allow.mount.devfs",
	"allow.mount.nullfs", "allow.mount.tmpfs", "allow.quotas", "allow.raw_sockets", "allow.read_msgbuf",
	"allow.reserved_ports", "allow.set_hostname", "allow.socket_af", "allow.sysvipc",
	"allow.unprivileged_proc_debug", "children.max", "devfs_ruleset", "ip4", "ip4.addr", "sysvmsg", "sysvsem",
	"sysvshm", "vnet", NULL};
/* Of one without System V memory and a network stack for each jail, and of a later one with a parameter of its own. */
static const char *few[] = {"allow.mount.", "allow.reserved_ports", "allow.suser", "allow.something.new", NULL};

static const struct {
	const char *section;
	struct fbsd_kernel kernel;
} kernels[] = {
	{"steps", {{params, sizeof(params) / sizeof(params[0]) - 1}, 117}},
	{"view", {{params, sizeof(params) / sizeof(params[0]) - 1}, 117}},
	{"steps on another kernel", {{few, sizeof(few) / sizeof(few[0]) - 1}, 5}},
};

static const char *const kinds[FBSD_NKINDS] = {
	[FBSD_HOOK] = "hook",
	[FBSD_LIMIT] = "limit",
	[FBSD_INTERFACE] = "interface",
	[FBSD_ADDRESS] = "address",
	[FBSD_POINTS] = "points",
	[FBSD_ANCHOR] = "anchor",
	[FBSD_MOUNT] = "mount",
	[FBSD_JAIL] = "jail",
	[FBSD_LOOPBACK] = "loopback",
	[FBSD_RLIMIT] = "rlimit",
	[FBSD_DIRECTORY] = "directory",
	[FBSD_START] = "start",
	[FBSD_SERVICE] = "service",
};

/* A value as its bytes are: "text", (int)2, hexadecimal for an address; nothing for none. */
static void
print_value(enum fbsd_value kind, const struct iovec *v, struct str *out)
{
	const uint8_t *bytes = v->iov_base;
	int number;

	switch (kind) {
	case FBSD_FLAG:
		assert_null(v->iov_base);
		assert_int_equal(v->iov_len, 0);
		return;
	case FBSD_TEXT:
		assert_int_equal(v->iov_len, strlen(v->iov_base) + 1);
		str_addf(out, "=\"%s\"", (const char *)v->iov_base);
		return;
	case FBSD_NUMBER:
		assert_int_equal(v->iov_len, sizeof(number));
		memcpy(&number, v->iov_base, sizeof(number));
		str_addf(out, "=(int)%d", number);
		return;
	case FBSD_BYTES:
		str_addc(out, '=');
		for (size_t i = 0; i < v->iov_len; i++)
			str_addf(out, "%02x", bytes[i]);
		return;
	}
}

static void
print_args(const struct fbsd_args *l, struct arena *a, struct str *out)
{
	struct iovec *iov = fbsd_iov(l, a);

	for (size_t i = 0; i < l->n; i++) {
		assert_int_equal(iov[2 * i].iov_len, strlen(l->v[i].name) + 1);
		str_addf(out, "\n\t%s", (const char *)iov[2 * i].iov_base);
		print_value(l->v[i].kind, &iov[2 * i + 1], out);
	}
}

static void
print_words(const char *what, const struct strv *words, struct str *out)
{
	if (words->n > 0)
		str_addf(out, "\n\t%s", what);
	for (size_t i = 0; i < words->n; i++)
		str_addf(out, " %s", words->v[i]);
}

static void
print_step(const struct fbsd_step *s, struct arena *a, struct str *out)
{
	str_add(out, kinds[s->kind]);
	if (s->root)
		str_addf(out, " %s //%s", s->root, s->path);
	else if (s->path)
		str_addf(out, " %s", s->path);
	if (s->optional)
		str_add(out, " optional");
	if (s->op->why.file)
		str_addf(out, " (line %u)", s->op->why.line);
	print_args(&s->args, a, out);
	print_words("do", &s->command, out);
	print_words("undo", &s->undo, out);
	if (s->rule)
		str_addf(out, "\n\t%s\n\tundo %s", s->rule, s->filter);
	str_addc(out, '\n');
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

static bool
make_plan(const char *section, const struct jail *j, struct arena *a, struct plan *ret)
{
	static const char *sh[] = {"/bin/sh", NULL};
	static const struct strv command = {sh, 1};
	struct view_options view = {.kind = VIEW_SKEL, .command = &command};
	struct base_meta *meta = arena_alloc(a, sizeof(*meta));
	struct jail_facts *facts = arena_alloc(a, sizeof(*facts));
	struct err e = {0};

	*facts = fixed_facts(j, meta, a);
	return (strcmp(section, "view") ? plan_build(j, facts, a, ret, &e)
					: plan_build_view(j, facts, &view, a, ret, &e)) == 0;
}

static bool
translate(const char *section, const struct config *c, struct arena *a, struct str *out)
{
	for (size_t k = 0; k < sizeof(kernels) / sizeof(kernels[0]); k++) {
		struct plan p;
		struct fbsd_plan f = {0};
		struct err e = {0};

		if (strcmp(kernels[k].section, section))
			continue;
		if (c->njails == 0 || !make_plan(section, &c->jails[0], a, &p))
			return false;
		if (fbsd_translate(&p, &kernels[k].kernel, a, &f, &e) < 0)
			add_error(&e, out);
		for (size_t i = 0; i < f.nsteps; i++)
			print_step(&f.steps[i], a, out);
		for (size_t i = 0; i < f.nnotes; i++)
			str_addf(out, "note %s: %s\n", f.notes[i].subject, f.notes[i].text);
		return true;
	}
	return false;
}

static bool
check_case(struct golden *g)
{
	return golden_config_case(g, translate);
}

static void
every_case_is_as_written_down(void **state)
{
	size_t ncases = 0;

	assert_int_equal(golden_walk("freebsd-*.case", check_case, &ncases), 0);
	assert_true(ncases > 0);
}

/* ---- what no plan asks for on FreeBSD, and what none may ---- */

static struct plan
plan_of(const struct op *o, struct jail *j, struct jail_facts *f)
{
	static struct base_meta meta;
	static struct arena unused;

	*j = (struct jail){.name = "a", .hostname = "a", .base = "mroot"};
	*f = fixed_facts(j, &meta, &unused);
	return (struct plan){.jail = j, .facts = f, .ops = (struct op *)o, .nops = 1};
}

static void
a_tmpfs_has_the_ids_that_the_jail_sees(void **state)
{
	struct op o = {.kind = OP_MOUNT};
	struct arena a = {0};
	struct jail j;
	struct jail_facts f;
	struct plan p = plan_of(&o, &j, &f);
	struct fbsd_plan out;
	struct err e = {0};
	str_auto text = {0};

	o.u.mount.type = MOUNT_TMPFS;
	o.u.mount.target = "/t/tmp";
	o.u.mount.flags = MNT_NOSUID | MNT_NOEXEC | MNT_NOSYMFOLLOW;
	o.u.mount.options = "mode=1777,size=4096,uid=131072,gid=131077";
	assert_int_equal(fbsd_translate(&p, &kernels[0].kernel, &a, &out, &e), 0);
	assert_int_equal(out.nsteps, 1);
	print_args(&out.steps[0].args, &a, &text);
	assert_string_equal(str_text(&text), "\n\tfstype=\"tmpfs\"\n\tfspath=\"/jails/j/a/t/tmp\"\n\tmode=\"1777\""
					     "\n\tsize=\"4096\"\n\tuid=\"0\"\n\tgid=\"5\"\n\tnosuid\n\tnoexec"
					     "\n\tnosymfollow");
	o.u.mount.options = "uid=7"; /* of the host's */
	assert_int_equal(fbsd_translate(&p, &kernels[0].kernel, &a, &out, &e), -1);
	o.u.mount.options = "huge=always";
	assert_int_equal(fbsd_translate(&p, &kernels[0].kernel, &a, &out, &e), -1);
	arena_done(&a);
}

static void
what_nmount_would_cut_is_refused(void **state)
{
	char target[1100];
	struct op o = {.kind = OP_MOUNT};
	struct arena a = {0};
	struct jail j;
	struct jail_facts f;
	struct plan p = plan_of(&o, &j, &f);
	struct fbsd_plan out;
	struct err e = {0};
	size_t view = strlen("/jails/j/a");

	memset(target, 'x', sizeof(target));
	target[0] = '/';
	o.u.mount.target = target;
	o.u.mount.tree = TREE_SKEL;
	o.u.mount.source = ".";
	o.u.mount.tree = TREE_NONE;
	assert_int_equal(fbsd_translate(&p, &kernels[0].kernel, &a, &out, &e), -1);
	assert_string_equal(e.reason, "a mount of nothing");
	o.u.mount.tree = TREE_SKEL;
	target[1023 - view] = '\0';
	assert_int_equal(fbsd_translate(&p, &kernels[0].kernel, &a, &out, &e), 0);
	target[1023 - view] = 'x';
	target[1024 - view] = '\0';
	assert_int_equal(fbsd_translate(&p, &kernels[0].kernel, &a, &out, &e), -1);
	assert_string_equal(e.reason, "the path is longer than nmount(2) takes");
	arena_done(&a);
}

/* Mounts are the host's: one on ROOT/manage would lie over the views of all jails. */
static void
a_view_of_a_base_lies_beside_those_of_jails(void **state)
{
	struct op ops[] = {{.kind = OP_MOUNT}, {.kind = OP_LOCK}};
	struct arena a = {0};
	struct jail j;
	struct jail_facts f;
	struct plan p = plan_of(ops, &j, &f);
	struct fbsd_plan out;
	struct err e = {0};
	str_auto mount = {0}, jail = {0};

	p.nops = 2;
	f.trees.view = "manage";
	ops[0].u.mount.source = ".";
	ops[0].u.mount.target = "/dev";
	ops[0].u.mount.tree = TREE_BASE;
	assert_int_equal(fbsd_translate(&p, &kernels[0].kernel, &a, &out, &e), 0);
	assert_int_equal(out.steps[1].kind, FBSD_JAIL);
	print_args(&out.steps[0].args, &a, &mount);
	print_args(&out.steps[1].args, &a, &jail);
	assert_non_null(strstr(str_text(&mount), "fspath=\"/jails/manage/a/dev\""));
	assert_non_null(strstr(str_text(&jail), "path=\"/jails/manage/a\""));
	assert_string_equal(out.steps[0].root, "/jails/manage/a");
	arena_done(&a);
}

static void
devices_without_a_ruleset_are_refused(void **state)
{
	struct fbsd_kernel k = {.params = kernels[0].kernel.params};
	struct op o = {.kind = OP_LOCK};
	struct arena a = {0};
	struct jail j;
	struct jail_facts f;
	struct plan p = plan_of(&o, &j, &f);
	struct fbsd_plan out;
	struct err e = {0};

	assert_int_equal(fbsd_translate(&p, &k, &a, &out, &e), -1);
	assert_string_equal(e.reason, "without a ruleset it shows the host's devices");
	k.devfs_ruleset = 5;
	assert_int_equal(fbsd_translate(&p, &k, &a, &out, &e), 0);
	arena_done(&a);
}

/* A step that translate.c knows nothing of would be left out silently: each kind of both plans gives something. */
static void
every_kind_of_step_is_translated_or_named(void **state)
{
	/* Parameters of the jail, or done where the jail is made. */
	static const bool within[OP_NKINDS] = {[OP_HOSTNAME] = true, [OP_LOOPBACK] = true};
	static const struct strv none = {0};

	for (int k = 0; k < OP_NKINDS; k++) {
		struct op o = {.kind = (enum op_kind)k};
		struct arena a = {0};
		struct jail j;
		struct jail_facts f;
		struct plan p = plan_of(&o, &j, &f);
		struct fbsd_plan out = {0};
		struct err e = {0};

		j.bridge = "warder0";
		if (k == OP_LIMIT)
			o.u.limit.name = "memory";
		if (k == OP_SYSCTL)
			o.u.sysctl.name = "kernel.new";
		if (k == OP_MOUNT) {
			o.u.mount.source = ".";
			o.u.mount.target = "/";
			o.u.mount.tree = TREE_BASE;
		}
		if (k == OP_ADDRESS)
			o.u.address = (struct addr){.family = 4, .prefix = 24, .bytes = {10, 66, 0, 4}};
		if (k == OP_SERVICE)
			o.u.service.argv = &none;
		assert_int_equal(fbsd_translate(&p, &kernels[0].kernel, &a, &out, &e), 0);
		if (within[k])
			assert_int_equal(out.nsteps + out.nnotes, 0);
		else if (out.nsteps + out.nnotes == 0)
			fail_msg("nothing comes of %s", op_kind_name((enum op_kind)k));
		arena_done(&a);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_case_is_as_written_down),
		cmocka_unit_test(a_tmpfs_has_the_ids_that_the_jail_sees),
		cmocka_unit_test(what_nmount_would_cut_is_refused),
		cmocka_unit_test(a_view_of_a_base_lies_beside_those_of_jails),
		cmocka_unit_test(devices_without_a_ruleset_are_refused),
		cmocka_unit_test(every_kind_of_step_is_translated_or_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
