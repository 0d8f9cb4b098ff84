/*
 * What mmdebstrap is told and what its lines mean: tables, and pure functions over them.
 */
#include "image/debian.h"

#include <string.h>

#include "base/str.h"

/* What no package's script needs, and what would change the running host.  Not a border: sys_admin and mknod stay,
 * which mmdebstrap needs (docs/threats.md). */
static const char without_caps[] =
	"--bounding-set=-sys_module,-sys_rawio,-sys_boot,-sys_time,-sys_ptrace,-sys_pacct,-sys_nice,-sys_tty_config,"
	"-syslog,-mac_admin,-mac_override,-net_admin,-net_raw,-net_broadcast,-ipc_lock,-ipc_owner,-lease,"
	"-linux_immutable,-wake_alarm,-block_suspend,-audit_control,-audit_read,-perfmon,-bpf,-checkpoint_restore";

static const char *const command[] = {
	"unshare",
	"--mount",
	"--pid",
	"--ipc",
	"--uts",
	"--fork",
	"--kill-child",
	"--mount-proc",
	"--propagation",
	"private",
	"--",
	"setpriv",
	"--inh-caps=-all",
	without_caps,
	"mmdebstrap",
	"--verbose",
	"--mode=root",
	"--format=directory",
	"--variant=minbase",
	"--aptopt=Acquire::Check-Valid-Until \"false\"",
	"--aptopt=Acquire::Check-Date \"false\"",
	"--aptopt=APT::Install-Recommends \"false\"",
	"--essential-hook=chroot \"$1\" debconf-set-selections <\"$WARDER_PRESEED\"",
};

/* A declaration's own path_exclude or path_include takes the place of the list here. */
static const char *const default_excludes[] = {
	"/usr/share/doc/*",
	"/usr/share/man/*",
	"/usr/share/info/*",
	"/usr/share/locale/*",
};
static const char *const default_includes[] = {
	"/usr/share/doc/*/copyright",
	"/usr/share/locale/locale.alias",
};

static const struct {
	const char *prefix, *phase;
	bool note; /* the word after the prefix is a package */
} steps[] = {
	{"I: running apt-get update", "reading package lists", false},
	{"I: downloading packages", "downloading packages", false},
	{"I: extracting archives", "unpacking essential packages", false},
	{"I: installing essential packages", "configuring essential packages", false},
	{"I: installing remaining packages", "downloading packages", false},
	{"I: cleaning package lists", "cleaning", false},
	{"Get:", NULL, false},
	{"Unpacking ", "unpacking", true},
	{"Setting up ", "configuring", true},
	{"extracting: ", NULL, false},
};

/* Parts of lines that say why; the first that is seen decides. */
static const struct {
	const char *part;
	enum err_kind kind;
} failures[] = {
	{"No space left on device", ERR_CANTCREATE},
	{"Disk quota exceeded", ERR_CANTCREATE},
	{"You don't have enough free space", ERR_CANTCREATE},
	{"Could not resolve", ERR_UNAVAILABLE},
	{"Temporary failure resolving", ERR_UNAVAILABLE},
	{"Could not connect to", ERR_UNAVAILABLE},
	{"Cannot initiate the connection", ERR_UNAVAILABLE},
	{"Unable to connect to", ERR_UNAVAILABLE},
	{"Connection failed", ERR_UNAVAILABLE},
	{"Connection timed out", ERR_UNAVAILABLE},
	{"Network is unreachable", ERR_UNAVAILABLE},
	/* Something answers, and it is no mirror, or not one that has this: 403, 404, 5xx, a page of a proxy. */
	{"Invalid response from proxy", ERR_UNAVAILABLE},
	{"Failed to fetch", ERR_UNAVAILABLE},
	{"does not have a Release file", ERR_UNAVAILABLE},
};

struct debian_step
debian_read_line(const char *line, struct arena *a)
{
	struct debian_step step = {NULL, NULL};

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		const char *rest = line + strlen(steps[i].prefix);

		if (!str_has_prefix(line, steps[i].prefix))
			continue;
		step.phase = steps[i].phase;
		if (steps[i].note)
			step.note = arena_strndup(a, rest, strcspn(rest, " :"));
		break;
	}
	return step;
}

enum err_kind
debian_failure(const char *line)
{
	for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++)
		if (strstr(line, failures[i].part) != NULL)
			return failures[i].kind;
	return ERR_NONE;
}

/* A comma would end a name and a dash begin an option: neither is in the name of a package. */
static int
package_check(const struct base_decl *d, const char *name, struct err *e)
{
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-:=~/_");

	if (n > 0 && name[n] == '\0' && strchr("+.-:=~/_", name[0]) == NULL)
		return 0;
	err_set(e, ERR_CONFIG, "fetch", name, "not the name of a Debian package");
	return err_at(e, &d->at[KEY_BASE_PACKAGES]);
}

static int
add_packages(const struct base_decl *d, struct arena *a, struct strv *argv, struct err *e)
{
	str_auto list = {0};

	for (size_t i = 0; i < d->packages.n; i++) {
		if (package_check(d, d->packages.v[i], e) < 0)
			return -1;
		str_addf(&list, "%s%s", i == 0 ? "" : ",", d->packages.v[i]);
	}
	if (list.len > 0)
		strv_add(a, argv, arena_printf(a, "--include=%s", str_text(&list)));
	return 0;
}

static void
add_components(const struct base_decl *d, struct arena *a, struct strv *argv)
{
	str_auto list = {0};

	for (size_t i = 0; i < d->components.n; i++)
		str_addf(&list, "%s%s", i == 0 ? "" : ",", d->components.v[i]);
	if (list.len > 0)
		strv_add(a, argv, arena_printf(a, "--components=%s", str_text(&list)));
}

static void
add_each(struct arena *a, struct strv *argv, const char *option, const char *const *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		strv_add(a, argv, arena_printf(a, "%s%s", option, v[i]));
}

#define ADD_OR_DEFAULT(a, argv, option, own, table)                                                                    \
	((own).n > 0 ? add_each(a, argv, option, (own).v, (own).n)                                                     \
		     : add_each(a, argv, option, table, sizeof(table) / sizeof((table)[0])))

int
debian_argv(const struct base_decl *d, const char *suite, const char *target, const struct strv *sources,
	struct arena *a, struct strv *ret, struct err *e)
{
	add_each(a, ret, "", command, sizeof(command) / sizeof(command[0]));
	if (add_packages(d, a, ret, e) < 0)
		return -1;
	add_components(d, a, ret);
	add_each(a, ret, "--aptopt=", d->apt_options.v, d->apt_options.n);
	ADD_OR_DEFAULT(a, ret, "--dpkgopt=path-exclude=", d->path_exclude, default_excludes);
	ADD_OR_DEFAULT(a, ret, "--dpkgopt=path-include=", d->path_include, default_includes);
	strv_add(a, ret, suite);
	strv_add(a, ret, target);
	if (d->mirror != NULL)
		strv_add(a, ret, d->mirror);
	else
		add_each(a, ret, "", sources->v, sources->n);
	return 0;
}
