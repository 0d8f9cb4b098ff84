/*
 * A Debian base: mmdebstrap fills the tree, in mount, process and message namespaces of its own, so that no mount and
 * no process of a package's script outlives it; its lines become progress, and its failures our errors.
 */
#include "image/debian.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/path.h"
#include "base/spawn.h"
#include "base/str.h"
#include "base/tree.h"
#include "image/apt.h"
#include "image/scheme.h"

/* Secrets of other packages have to be fed with the rest; these two ask where nobody can answer. */
static const char preseed_defaults[] = "slapd slapd/no_configuration boolean true\n"
				       "krb5-config krb5-config/default_realm string\n"
				       "krb5-config krb5-config/kerberos_servers string\n"
				       "krb5-config krb5-config/admin_server string\n"
				       "krb5-config krb5-config/add_servers boolean false\n";

struct debian_run {
	struct arena *a;
	struct progress *bar;
	const char *phase;
	const char *complaint; /* the first line that began with "E:"; the later ones only say that it failed */
	enum err_kind kind;
	const char *cause; /* the line that decided kind */
};

static void
run_line(void *arg, const char *text, bool is_stderr)
{
	struct debian_run *r = arg;
	struct debian_step step = debian_read_line(text, r->a);
	enum err_kind kind = debian_failure(text);

	if (step.phase != NULL && step.phase != r->phase)
		progress_phase(r->bar, r->phase = step.phase, 0);
	if (step.note != NULL) {
		progress_note(r->bar, step.note);
		progress_add(r->bar, 1);
	}
	if (r->complaint == NULL && str_has_prefix(text, "E: "))
		r->complaint = arena_strdup(r->a, text + 3);
	if (kind != ERR_NONE && r->kind == ERR_NONE) {
		r->kind = kind;
		r->cause = arena_strdup(r->a, text + (str_has_prefix(text, "E: ") ? 3 : strspn(text, " ")));
	}
}

static int
run_failed(const struct debian_run *r, const struct base_decl *d, int status, struct err *e)
{
	const char *mirror = d->mirror != NULL ? d->mirror : "the Debian mirror";

	switch (r->kind) {
	case ERR_UNAVAILABLE:
		err_set(e, ERR_UNAVAILABLE, "reach", mirror, "%s", r->cause);
		return err_hint(e, "name a mirror that can be reached (mirror), or from = \"busybox\"");
	case ERR_CANTCREATE:
		return err_set(e, ERR_CANTCREATE, "mmdebstrap", d->from, "no space left on device");
	default:
		return err_set(e, ERR_FAILED, "mmdebstrap", d->from, "%s (status %d)",
			r->complaint != NULL ? r->complaint : "it failed", status);
	}
}

static int
run_environment(const char *tmp, const char *preseed, struct arena *a, struct strv *ret, struct err *e)
{
	strv_add(a, ret, "PATH=/usr/sbin:/usr/bin:/sbin:/bin");
	strv_add(a, ret, "LC_ALL=C.UTF-8");
	strv_add(a, ret, "DEBIAN_FRONTEND=noninteractive");
	strv_add(a, ret, arena_printf(a, "TMPDIR=%s", tmp));
	strv_add(a, ret, arena_printf(a, "WARDER_PRESEED=%s", preseed));
	return apt_host_proxies(a, ret, e);
}

static int
write_preseed(const struct base_decl *d, int tmpfd, struct err *e)
{
	str_auto text = {0};

	str_add(&text, preseed_defaults);
	for (size_t i = 0; i < d->debconf.n; i++)
		str_addf(&text, "%s\n", d->debconf.v[i]);
	return file_write(tmpfd, "preseed", str_text(&text), text.len, 0600, e);
}

static int
run_mmdebstrap(const struct base_decl *d, const char *suite, const char *target, const char *tmp, struct progress *bar,
	struct arena *a, struct err *e)
{
	struct strv argv = {0}, env = {0}, sources = {0};
	struct debian_run run = {.a = a, .bar = bar};
	struct spawn s = {.line = run_line, .arg = &run};
	int status;

	if (d->mirror == NULL && d->components.n == 0 && apt_host_sources(suite, a, &sources, e) < 0)
		return -1;
	if (debian_argv(d, suite, target, &sources, a, &argv, e) < 0 ||
		run_environment(tmp, arena_printf(a, "%s/preseed", tmp), a, &env, e) < 0)
		return -1;
	s.argv = argv.v;
	s.env = env.v;
	if (spawn_run(&s, &status, e) < 0)
		return -1;
	return status == 0 ? 0 : run_failed(&run, d, status, e);
}

/* A private directory beside the target; mmdebstrap keeps its own short-lived files there. */
static int
fetch_with_tmp(const struct base_decl *d, const char *suite, int dirfd, int parent, struct progress *bar,
	struct arena *a, struct err *e)
{
	static const char name[] = "mmdebstrap.tmp";
	const char *target, *tmp;
	fd_auto tmpfd = path_make_dirs(parent, name, 0700, e);

	if (tmpfd < 0 || path_of_fd(tmpfd, a, &tmp, e) < 0 || path_of_fd(dirfd, a, &target, e) < 0 ||
		write_preseed(d, tmpfd, e) < 0)
		return -1;
	return run_mmdebstrap(d, suite, target, tmp, bar, a, e);
}

static int
suite_check(const char *suite, struct err *e)
{
	size_t n = strspn(suite, "abcdefghijklmnopqrstuvwxyz0123456789.-");

	if (n == strlen(suite) && n <= 32 && suite[0] >= 'a' && suite[0] <= 'z')
		return 0;
	return err_set(e, ERR_CONFIG, "fetch", suite, "not the name of a Debian suite");
}

static int
check_mmdebstrap(struct err *e)
{
	static const char *const argv[] = {"mmdebstrap", "--version", NULL};
	struct spawn s = {.argv = argv, .timeout_s = 30};
	struct arena a = {0};
	struct debian_run ignored = {.a = &a};
	int status, r;

	s.line = run_line;
	s.arg = &ignored;
	r = spawn_run(&s, &status, e);
	arena_done(&a);
	return r < 0 ? err_hint(e, "apt-get install mmdebstrap") : 0;
}

int
debian_fetch(const struct base_decl *d, const char *arg, int dirfd, struct progress *bar, struct err *e)
{
	struct arena a = {0};
	struct err removing = {0};
	fd_auto parent = path_open_given(dirfd, "..", O_DIRECTORY);
	int r = -1;

	if (parent < 0)
		return err_sys(e, "open", "the new generation");
	if (suite_check(arg, e) == 0 && check_mmdebstrap(e) == 0)
		r = fetch_with_tmp(d, arg, dirfd, parent, bar, &a, e);
	if (tree_remove(parent, "mmdebstrap.tmp", &removing) < 0 && r == 0) {
		*e = removing;
		r = -1;
	}
	arena_done(&a);
	if (r < 0)
		return -1;
	progress_phase(bar, "cleaning", 0);
	return debian_clean(dirfd, e);
}
