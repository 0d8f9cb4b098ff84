/*
 * How this machine's apt is set up.  apt itself is asked (indextargets, apt-config dump): its many ways of writing
 * sources and options are its own business.
 */
#include "image/apt.h"

#include <stdlib.h>
#include <string.h>

#include "base/spawn.h"
#include "base/str.h"

enum { APT_TIMEOUT = 60 };

static const char *const suite_parts[] = {"", "-updates", "-security"};

static const struct {
	const char *option, *variable;
} proxies[] = {
	{"Acquire::http::Proxy ", "http_proxy"},
	{"Acquire::https::Proxy ", "https_proxy"},
	{"Acquire::ftp::Proxy ", "ftp_proxy"},
};
/* What goes into a base's view: apt.conf(5).  Of each method, http and https. */
static const char *const options[] = {
	"Acquire::Retries", "Acquire::ForceIPv4", "Acquire::ForceIPv6", "Acquire::Queue-Mode", "Acquire::Languages"};
static const char *const methods[] = {"Acquire::http::", "Acquire::https::"};
static const char *const method_options[] = {
	"Timeout", "Dl-Limit", "Pipeline-Depth", "No-Cache", "Max-Age", "No-Store", "User-Agent", "AllowRedirect"};
static const char *const inherited[] = {"http_proxy", "https_proxy", "ftp_proxy", "all_proxy", "no_proxy"};

static bool
release_is_of(const char *release, size_t n, const char *suite)
{
	size_t len = strlen(suite);

	if (n < len || memcmp(release, suite, len) != 0)
		return false;
	for (size_t i = 0; i < sizeof(suite_parts) / sizeof(suite_parts[0]); i++)
		if (strlen(suite_parts[i]) == n - len && memcmp(suite_parts[i], release + len, n - len) == 0)
			return true;
	return false;
}

const char *
apt_source_line(const char *target, const char *suite, struct arena *a)
{
	const char *release = strchr(target, '|');
	const char *component = release == NULL ? NULL : strchr(release + 1, '|');

	if (component == NULL || release == target || component[1] == '\0')
		return NULL;
	size_t n = (size_t)(component - release - 1);
	if (!release_is_of(release + 1, n, suite))
		return NULL;
	return arena_printf(a, "deb %.*s %.*s %s", (int)(release - target), target, (int)n, release + 1, component + 1);
}

const char *
apt_proxy_variable(const char *line, struct arena *a)
{
	for (size_t i = 0; i < sizeof(proxies) / sizeof(proxies[0]); i++) {
		const char *value = line + strlen(proxies[i].option);

		if (!str_has_prefix(line, proxies[i].option))
			continue;
		return *value == '\0' || strcmp(value, "DIRECT") == 0
			       ? NULL
			       : arena_printf(a, "%s=%s", proxies[i].variable, value);
	}
	return NULL;
}

static bool
is_one_of(const char *name, size_t n, const char *const *list, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (strlen(list[i]) == n && memcmp(list[i], name, n) == 0)
			return true;
	return false;
}

static bool
is_taken_over(const char *name, size_t n)
{
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		size_t len = strlen(methods[i]);

		if (n > len && memcmp(name, methods[i], len) == 0 &&
			is_one_of(name + len, n - len, method_options,
				sizeof(method_options) / sizeof(method_options[0])))
			return true;
	}
	return is_one_of(name, n, options, sizeof(options) / sizeof(options[0]));
}

const char *
apt_option_line(const char *line, struct arena *a)
{
	const char *value = strchr(line, ' ');

	if (value == NULL || value[1] == '\0' || !is_taken_over(line, (size_t)(value - line)))
		return NULL;
	for (const char *p = ++value; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == 127 || *p == '"' || *p == '\\')
			return NULL;
	return arena_printf(a, "%.*s \"%s\";", (int)(value - 1 - line), line, value);
}

struct asking {
	struct arena *a;
	struct strv *found;
	const char *suite;
};

static void
add_source(void *arg, const char *text, bool is_stderr)
{
	struct asking *q = arg;
	const char *line = is_stderr ? NULL : apt_source_line(text, q->suite, q->a);

	if (line != NULL && !strv_has(q->found, line))
		strv_add(q->a, q->found, line);
}

static void
add_proxy(void *arg, const char *text, bool is_stderr)
{
	struct asking *q = arg;
	const char *variable = is_stderr ? NULL : apt_proxy_variable(text, q->a);

	if (variable != NULL)
		strv_add(q->a, q->found, variable);
}

static void
add_option(void *arg, const char *text, bool is_stderr)
{
	struct asking *q = arg;
	const char *line = is_stderr ? NULL : apt_option_line(text, q->a);

	if (line != NULL)
		strv_add(q->a, q->found, line);
}

/* A machine without apt has no sources and no proxies of its own: that is an answer, not a failure. */
static int
ask(const char *const *argv, void (*line)(void *, const char *, bool), struct asking *q, struct err *e)
{
	struct spawn s = {.argv = argv, .line = line, .arg = q, .timeout_s = APT_TIMEOUT};
	struct err mine = {0};

	if (spawn_check(&s, &mine) == 0 || mine.kind == ERR_UNAVAILABLE)
		return 0;
	*e = mine;
	return -1;
}

int
apt_host_sources(const char *suite, struct arena *a, struct strv *ret, struct err *e)
{
	static const char *const argv[] = {"apt-get", "indextargets", "--format", "$(REPO_URI)|$(RELEASE)|$(COMPONENT)",
		"Identifier: Packages", NULL};
	struct asking q = {.a = a, .found = ret, .suite = suite};

	return ask(argv, add_source, &q, e);
}

static bool
has_variable(const struct strv *l, const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < l->n; i++)
		if (strncmp(l->v[i], name, n) == 0 && l->v[i][n] == '=')
			return true;
	return false;
}

static const char *const dump[] = {"apt-config", "dump", "--format", "%F %v%n", "Acquire", NULL};

int
apt_host_options(struct arena *a, const char **ret, struct err *e)
{
	struct strv lines = {0};
	struct asking q = {.a = a, .found = &lines};

	*ret = NULL;
	if (ask(dump, add_option, &q, e) < 0)
		return -1;
	for (size_t i = 0; i < lines.n; i++)
		*ret = arena_printf(a, "%s%s\n", i == 0 ? "" : *ret, lines.v[i]);
	return 0;
}

int
apt_host_proxies(struct arena *a, struct strv *ret, struct err *e)
{
	struct asking q = {.a = a, .found = ret};

	if (ask(dump, add_proxy, &q, e) < 0)
		return -1;
	for (size_t i = 0; i < sizeof(inherited) / sizeof(inherited[0]); i++) {
		const char *value = getenv(inherited[i]);

		if (value != NULL && *value != '\0' && !has_variable(ret, inherited[i]))
			strv_add(a, ret, arena_printf(a, "%s=%s", inherited[i], value));
	}
	return 0;
}
