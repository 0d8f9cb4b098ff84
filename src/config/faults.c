/*
 * Checks of single texts.
 *
 * Each says what is wrong in a few words; the caller adds the key, the text and the place.  Character sets are strict
 * where a text later becomes an argument of another program or a part of a path.
 */
#include "config/faults.h"

#include <ctype.h>
#include <string.h>

#include "base/inet.h"
#include "base/path.h"

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"
#define ALNUM LOWER UPPER DIGITS

static const char *
fault_chars(const char *text, const char *allowed)
{
	if (*text == '-')
		return "must not begin with '-'";
	return text[strspn(text, allowed)] ? "has a character that cannot be in it" : NULL;
}

FAULT(any)
{
	return NULL;
}

static const char *
name_character_fault(const char *name)
{
	for (const char *p = name; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			return "has a control character in it";
	if (strchr(name, '/'))
		return "has a '/' in it";
	if (strchr(name, '.'))
		return "has a '.' in it; there are no jails within jails";
	return "may have only letters, digits, '_' and '-'";
}

FAULT(name)
{
	if (name_is_valid(text))
		return NULL;
	note->hint = "names are letters, digits, '_' and '-', at most 63, not '-' first";
	if (!*text)
		return "is empty";
	if (!strcmp(text, ".") || !strcmp(text, ".."))
		return "is a directory's own name";
	if (*text == '-')
		return "begins with '-', as an option does";
	return strlen(text) > 63 ? "is longer than 63 bytes" : name_character_fault(text);
}

FAULT(host_path)
{
	return path_is_clean_absolute(text) ? NULL : "is not a clean absolute path";
}

FAULT(seal_key)
{
	const char *slash = strrchr(text, '/');
	size_t len = slash ? strlen(slash + 1) : 0;

	note->hint = "such as \"/etc/warder/seal.pub\"; the secret key lies beside it, with .sec";
	if (fault_host_path(text, note))
		return fault_host_path(text, note);
	return len > 4 && slash > text && !strcmp(slash + 1 + len - 4, ".pub") ? NULL : "does not name a file NAME.pub";
}

FAULT(root)
{
	note->hint = "such as \"/jails\": no \"..\", no \"//\", no '/' at its end";
	return fault_host_path(text, note);
}

static const struct {
	const char *scheme, *chars; /* chars NULL: a clean absolute path follows */
} sources[] = {
	{"debian:", LOWER DIGITS "-"},
	{"tar:", NULL},
	{"dir:", NULL},
	{"busybox", ""},
};

FAULT(from)
{
	for (size_t i = 0; i < sizeof(sources) / sizeof(*sources); i++) {
		const char *rest = text + strlen(sources[i].scheme);

		if (!str_has_prefix(text, sources[i].scheme))
			continue;
		if (!sources[i].chars)
			return fault_host_path(rest, note) ? "needs a clean absolute path" : NULL;
		if (*sources[i].chars && !*rest)
			return "needs the name of a suite";
		return fault_chars(rest, sources[i].chars);
	}
	note->hint = "debian:SUITE, tar:FILE, dir:PATH or busybox";
	return "is no source of a base";
}

FAULT(flavour)
{
	return fault_chars(text, LOWER DIGITS "_-");
}

FAULT(package)
{
	return fault_chars(text, ALNUM "+.:=~_/-");
}

FAULT(component)
{
	return fault_chars(text, LOWER DIGITS "-/");
}

FAULT(mirror)
{
	static const char *const schemes[] = {"http://", "https://", "file:/", "copy:/"};

	if (strpbrk(text, " '\""))
		return "has a blank or a quote in it";
	for (size_t i = 0; i < sizeof(schemes) / sizeof(*schemes); i++)
		if (str_has_prefix(text, schemes[i]))
			return NULL;
	note->hint = "write \"http://...\" in quotes: // outside of them begins a comment";
	return "is no address of a mirror";
}

FAULT(glob)
{
	return *text == '/' ? NULL : "is not absolute";
}

/* How deep a relative path goes, or -1 if it is unclean or leaves where it starts at `depth`. */
static int
relative_depth(const char *p, size_t n, int depth)
{
	const char *end = p + n;

	while (p < end) {
		const char *slash = memchr(p, '/', (size_t)(end - p));
		const size_t len = (size_t)((slash ? slash : end) - p);

		if (len == 0 || (len == 1 && *p == '.'))
			return -1;
		depth += len == 2 && !memcmp(p, "..", 2) ? -1 : 1;
		if (depth < 0)
			return -1;
		p += len;
		if (slash && ++p == end)
			return -1;
	}
	return depth;
}

FAULT(link)
{
	const char *arrow = strstr(text, " -> ");
	const size_t n = arrow ? (size_t)(arrow - text) : 0;
	int depth;

	note->hint = "such as \"opt -> s/opt\", both relative and within the base";
	if (!arrow || n == 0 || !arrow[4])
		return "is not \"NAME -> TARGET\"";
	depth = relative_depth(text, n, 0);
	if (depth < 1 || memmem(text, n, "..", 2))
		return "has a name that is not a clean relative path";
	if (relative_depth(arrow + 4, strlen(arrow + 4), depth - 1) < 1)
		return "has a target outside of the base";
	return NULL;
}

FAULT(pin)
{
	if (!path_is_clean_absolute(text))
		return "is not a clean absolute path";
	if (!strcmp(text, "/var"))
		return "is all of the jail's state";
	if (!path_contains("/var", text))
		return "is not under /var: the rest is read-only anyway";
	if (path_overlaps("/var/run", text))
		return "is emptied at each start";
	return NULL;
}

static const char *
label_fault(const char *label, size_t n)
{
	if (n == 0)
		return "has an empty part";
	if (n > 63)
		return "has a part longer than 63 bytes";
	if (*label == '-')
		return "has a part that begins with '-'";
	for (size_t i = 0; i < n; i++)
		if (!strchr(ALNUM "_-", label[i]))
			return "may have only letters, digits, '.', '_' and '-'";
	return NULL;
}

FAULT(hostname)
{
	const char *fault = NULL;

	if (strlen(text) > 64)
		return "is longer than 64 bytes";
	for (const char *label = text; !fault; label++) {
		const size_t n = strcspn(label, ".");

		fault = label_fault(label, n);
		label += n;
		if (!*label)
			break;
	}
	return fault;
}

FAULT(interface)
{
	if (!*text || strlen(text) > 15)
		return "is not a name of 1 to 15 bytes";
	if (!strcmp(text, ".") || !strcmp(text, "..") || !strcmp(text, "lo") || !strcmp(text, "all") ||
		!strcmp(text, "default"))
		return "is a name that the system uses itself";
	return fault_chars(text, ALNUM "._-");
}

FAULT(exec_allow)
{
	static const char *const written[] = {"/var", "/tmp", "/run", "/t"};

	if (!path_is_clean_absolute(text))
		return "is not a clean absolute path";
	for (size_t i = 0; i < sizeof(written) / sizeof(*written); i++)
		if (path_contains(written[i], text))
			return "lies where the jail can write: nothing there is executed";
	return NULL;
}

FAULT(environment)
{
	const size_t n = strcspn(text, "=");

	note->hint = "such as \"LANG=C.UTF-8\"";
	if (!text[n] || n == 0)
		return "is not NAME=value";
	if (isdigit((unsigned char)*text) || strspn(text, ALNUM "_") < n)
		return "has a name that is not letters, digits and '_'";
	return NULL;
}

bool
is_account_name(const char *text, size_t n)
{
	if (n == 0 || n > 32 || *text == '-')
		return false;
	for (size_t i = 0; i < n; i++)
		if (!strchr(ALNUM "._-", text[i]))
			return false;
	return true;
}

FAULT(user)
{
	const size_t n = strcspn(text, ":");

	if (!is_account_name(text, n) || (text[n] && !is_account_name(text + n + 1, strlen(text + n + 1))))
		return "is not USER or USER:GROUP";
	return NULL;
}

bool
is_ip_address(const char *text)
{
	unsigned char bytes[16];

	return inet_pton(AF_INET, text, bytes) == 1 || inet_pton(AF_INET6, text, bytes) == 1;
}

static const char *
hosts_address_fault(const char *text, size_t n)
{
	char address[INET6_ADDRSTRLEN];

	if (n >= sizeof(address))
		return "does not begin with an address";
	memcpy(address, text, n);
	address[n] = '\0';
	return is_ip_address(address) ? NULL : "does not begin with an address";
}

FAULT(hosts_line)
{
	size_t n = strcspn(text, " ");
	const char *fault = hosts_address_fault(text, n);
	size_t names = 0;

	note->hint = "such as \"10.66.0.3 ns.example.org ns\"";
	for (const char *p = text + n; !fault && *p; p += n) {
		p += strspn(p, " ");
		n = strcspn(p, " ");
		if (n > 64 || strspn(p, ALNUM "._-") < n)
			fault = "has a name that is not a host's";
		names += n > 0;
	}
	if (!fault && names == 0)
		return "names no host";
	return fault;
}

FAULT(timezone)
{
	note->hint = "such as \"UTC\" or \"Europe/Athens\"";
	if (strlen(text) > 255 || relative_depth(text, strlen(text), 0) < 1 || strstr(text, ".."))
		return "is not a clean relative name";
	return fault_chars(text, ALNUM "+_/-");
}
