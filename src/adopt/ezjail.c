/*
 * Jails of ezjail as our configuration: of each, the file of settings that its rc script hands to rc.d/jail, and its
 * fstab.  What ezjail.conf says are the values that new jails get, so it is not needed.
 */
#include <string.h>

#include "adopt/shell_read.h"
#include "adopt/thin.h"
#include "base/path.h"

struct adoption {
	struct thin *t;
	const struct adopt_jail *jail;
	const char *rootdir;
	struct str params;
};

/* Where a setting is not a key's, an empty value says that there is none of it; another word may say the same. */
static const struct {
	const char *name, *word; /* word NULL: any */
	const char *otherwise;
} fixed[] = {
	{"mount_enable", "YES", "a jail's base is always mounted"},
	{"devfs_enable", "YES", "a jail always has a /dev"},
	{"devfs_ruleset", "devfsrules_jail", "its devices are seven harmless ones"},
	{"procfs_enable", "YES", "a jail always has a /proc of its own"},
	{"fdescfs_enable", "YES", "a jail always has a /dev/fd"},
	{"image", "", "an image is no tree: attach and mount it for the copy"},
	{"imagetype", "zfs", "an image is no tree: attach and mount it for the copy"},
	{"attachparams", "", "an image is no tree: attach and mount it for the copy"},
	{"attachblocking", "NO", "nothing asks for a passphrase at a start"},
	{"forceblocking", "NO", "nothing asks for a passphrase at a start"},
	{"parentzfs", NULL, NULL},
	{"zfs_datasets", "", "no file system is handed to a jail"},
	{"cpuset", "", "cpu limits its time, not on which processors it runs"},
	{"fib", "", "a jail has routes of its own; see gateway"},
	{"parameters", "", "see warder.conf(5) for the keys that there are"},
	{"post_start_script", "", "exec.poststart is for commands on the host"},
	{"retention_policy", "", "there are no snapshots"},
	{"fstab", "", "its fstab is looked for in /etc/fstab.NAME"},
	{"interface", "", "a jail has an interface of its own, on a bridge"},
};

/* Commands; many: NAME0, NAME1, ... follow each other. */
static const struct {
	const char *name, *key;
	bool many;
} commands[] = {
	{"exec", "exec.start", false},
	{"exec_start", "exec.start", false},
	{"exec_afterstart", "exec.start", true},
	{"exec_stop", "exec.stop", false},
	{"exec_prestart", "exec.prestart", true},
	{"exec_poststart", "exec.poststart", true},
	{"exec_prestop", "exec.prestop", true},
	{"exec_poststop", "exec.poststop", true},
	{"hostname", "host.hostname", false},
};

static void
refuse(struct adoption *ad, const struct shell_setting *s, const char *why)
{
	adopt_fault(ad->t->a, ad->t->r, &s->at, s->name, "%s", why);
}

static void
add_param(struct adoption *ad, const struct shell_setting *s, const char *key, const char *how, const char *value)
{
	str_auto line = {0};

	str_addf(&line, "\t%s %s ", key, how);
	adopt_quote(&line, value);
	str_add(&line, ";\n");
	if (thin_accepts(ad->t, &s->at, ad->jail->name, str_text(&ad->params), s->name, str_text(&line)))
		str_add(&ad->params, str_text(&line));
}

/* "lo1|10.0.0.1,10.0.0.2/24": with the interface it is an address of the host's, which no jail has. */
static void
take_addresses(struct adoption *ad, const struct shell_setting *s)
{
	for (const char *p = s->value; *p != '\0';) {
		size_t len = strcspn(p, ",");
		const char *word = arena_strndup(ad->t->a, p, len);
		const char *key = strchr(word, ':') != NULL ? "ip6.addr" : "ip4.addr";

		if (strchr(word, '|') != NULL)
			adopt_fault(ad->t->a, ad->t->r, &s->at, s->name,
				"%.60s names an interface; a jail has one of its own, on a bridge", word);
		else
			add_param(ad, s, key, "+=", word);
		p += len + (p[len] == ',');
	}
}

static bool
is_numbered(const char *name, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(name, prefix, len) == 0 && name[len] != '\0' &&
	       name[len + strspn(name + len, "0123456789")] == '\0';
}

/* name: without what is before it, "jail_NAME_". */
static void
take(struct adoption *ad, const struct shell_setting *s, const char *name)
{
	if (strcmp(name, "rootdir") == 0) {
		if (path_is_clean_absolute(s->value))
			ad->rootdir = s->value;
		else
			refuse(ad, s, "it is no clean absolute path");
		return;
	}
	if (strcmp(name, "ip") == 0) {
		take_addresses(ad, s);
		return;
	}
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strcmp(name, commands[i].name) == 0 || (commands[i].many && is_numbered(name, commands[i].name))) {
			if (*s->value != '\0')
				add_param(ad, s, commands[i].key,
					strcmp(commands[i].key, "host.hostname") == 0 ? "=" : "+=", s->value);
			return;
		}
	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
		if (strcmp(name, fixed[i].name) == 0) {
			if (*s->value != '\0' && fixed[i].word != NULL && strcmp(s->value, fixed[i].word) != 0)
				refuse(ad, s, fixed[i].otherwise);
			return;
		}
	refuse(ad, s, "there is no such setting");
}

/* ezjail's base is half a system: what it lacks is in the tree that new jails are copied from. */
static bool
add_base(struct thin *t, const char *name, const char *source, const struct srcloc *at)
{
	str_auto block = {0};

	str_addf(&block,
		"\n# ezjail's base lacks /etc, /var and the like, which are in newjail, beside it if ezjail.conf does "
		"not say\n"
		"# otherwise; the rest of newjail are links.  `warder base create %s` needs a whole tree, NEW, with "
		"nothing\n"
		"# but copies of what is there; name it below:\n#\tcp -a newjail NEW && find NEW -lname '/basejail/*' "
		"-delete && cp -a ",
		name);
	thin_quote(&block, source);
	str_addf(&block, "/. NEW\nbase %s {\n\tfrom = ", name);
	adopt_quote(&block, arena_printf(t->a, "dir:%s.whole", source));
	str_add(&block, ";\n}\n");
	return thin_add_base(t, source, name, at, str_text(&block));
}

static int
adopt_one(struct adoption *ad, struct err *e)
{
	struct thin *t = ad->t;
	const struct adopt_jail *j = ad->jail;
	struct srcloc top = {.file = j->conf.file, .line = 1, .col = 1};
	const char *prefix = arena_printf(t->a, "jail_%s_", j->name), *source = NULL, *base = NULL;
	struct shell_settings settings;
	size_t nfaults = t->r->nfaults;
	bool is_new = false;

	if (!name_is_valid(j->name)) {
		adopt_fault(t->a, t->r, &top, j->name, "the file's name cannot be that of a jail");
		return 0;
	}
	if (shell_read(&j->conf, t->a, t->r, &settings, e) == -1)
		return -1;
	for (size_t i = 0; i < settings.n; i++) {
		const struct shell_setting *s = &settings.v[i];

		if (s->value != NULL && !str_has_prefix(s->name, prefix))
			refuse(ad, s, "it is no setting of this jail's");
		else if (s->value != NULL)
			take(ad, s, s->name + strlen(prefix));
	}
	adopt_sort(t->r, nfaults);
	if (ad->rootdir == NULL)
		adopt_fault(t->a, t->r, &top, j->name, "no line that can be used says its rootdir");
	else if (thin_find_base(t, &j->fstab, ad->rootdir, &source, e) == -1)
		return -1;
	if (source != NULL)
		base = thin_base_name(t, source, &top, &is_new);
	if (base != NULL && (!is_new || add_base(t, base, source, &top)))
		thin_add_jail(t, &top, j->name, base, ad->rootdir, str_text(&ad->params));
	return 0;
}

static int
adopt(const struct adopt_jail *v, size_t n, struct arena *a, struct adopted *ret, struct err *e)
{
	struct adopted r = {0};
	struct thin t = {.a = a, .r = &r, .at = "/basejail"};
	int status = 0;

	for (size_t i = 0; i < n && status == 0; i++) {
		struct adoption ad = {.t = &t, .jail = &v[i]};

		status = adopt_one(&ad, e);
		str_done(&ad.params);
	}
	if (status == 0)
		status = thin_finish(&t, "adopt ezjail", ret, e);
	*ret = r;
	thin_done(&t);
	return status;
}

const struct adopter adopt_ezjail = {.name = "ezjail", .adopt_jails = adopt};
