/*
 * The keywords of a manifest: one table, each row prints its value and reads it.  Pure.
 */
#include <string.h>

#include "base/system.h"
#include "store/seal_words.h"

enum {
	IN_DIR = 1 << SEAL_DIR,
	IN_FILE = 1 << SEAL_FILE,
	IN_LINK = 1 << SEAL_LINK,
	IN_DEVICE = 1 << SEAL_CHAR | 1 << SEAL_BLOCK,
	IN_ALL = (1 << SEAL_NTYPES) - 1
};

static const char xattrs_tag[] = "xattrs-";
static const char *const types[SEAL_NTYPES] = {"dir", "file", "link", "fifo", "socket", "char", "block"};

/* What both readers take as it is: printable ASCII but for comments, patterns, escapes and the sign of a keyword. */
static bool
is_plain(unsigned char c)
{
	switch (c) {
	case '#':
	case '*':
	case '?':
	case '[':
	case '\\':
	case '=':
		return false;
	default:
		return c > ' ' && c < 0x7f;
	}
}

void
seal_name_print(const char *raw, struct str *out)
{
	for (;;) {
		size_t n = 0;
		while (is_plain((unsigned char)raw[n]))
			n++;
		str_addn(out, raw, n);
		if (raw[n] == '\0')
			return;
		str_addf(out, "\\%03o", (unsigned char)raw[n]);
		raw += n + 1;
	}
}

static bool
is_octal(char c, char max)
{
	return c >= '0' && c <= max;
}

bool
seal_path_is_clean(const char *path)
{
	for (;; path++) {
		size_t len = strcspn(path, "/");
		if (len == 0 || (len == 1 && path[0] == '.') || (len == 2 && path[0] == '.' && path[1] == '.'))
			return false;
		path += len;
		if (*path == '\0')
			return true;
	}
}

const char *
seal_name_parse(const char *text, struct arena *a)
{
	char *raw = arena_alloc(a, strlen(text) + 1), *to = raw;

	for (const char *s = text;;) {
		size_t n = strcspn(s, "\\");
		memcpy(to, s, n);
		to += n;
		s += n;
		if (*s == '\0')
			return raw;
		if (!is_octal(s[1], '3') || !is_octal(s[2], '7') || !is_octal(s[3], '7'))
			return NULL;
		*to = (char)((s[1] - '0') << 6 | (s[2] - '0') << 3 | (s[3] - '0'));
		if (*to++ == '\0')
			return NULL;
		s += 4;
	}
}

static int
digit_parse(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int
digest_parse(const char *text, uint8_t ret[SHA256_SIZE])
{
	for (size_t i = 0; i < SHA256_SIZE; i++, text += 2) {
		int high = digit_parse(text[0]), low = high < 0 ? -1 : digit_parse(text[1]);
		if (low < 0)
			return -1;
		ret[i] = (uint8_t)(high << 4 | low);
	}
	return *text == '\0' ? 0 : -1;
}

static void
digest_print(const char *before, const uint8_t digest[SHA256_SIZE], struct str *out)
{
	char hex[SHA256_HEX];

	sha256_hex(digest, hex);
	str_add(out, before);
	str_addn(out, hex, SHA256_HEX - 1);
}

static int
number_parse(const char *text, uint32_t *ret)
{
	uint64_t n;

	if (str_to_u64(text, UINT32_MAX, &n) < 0)
		return -1;
	*ret = (uint32_t)n;
	return 0;
}

/* ---- keywords ---- */

static void
type_print(const struct seal_entry *v, struct str *out)
{
	str_add(out, types[v->type]);
}

static int
type_parse(const char *text, struct arena *a, struct seal_entry *v)
{
	for (size_t i = 0; i < SEAL_NTYPES; i++)
		if (strcmp(types[i], text) == 0) {
			v->type = (enum seal_type)i;
			return 0;
		}
	return -1;
}

static void
mode_print(const struct seal_entry *v, struct str *out)
{
	char digits[5], *at = digits + sizeof(digits);

	/* "0", "0755" */
	for (uint32_t mode = v->mode & 07777; mode > 0; mode >>= 3)
		*--at = (char)('0' + (mode & 7));
	*--at = '0';
	str_addn(out, at, (size_t)(digits + sizeof(digits) - at));
}

static int
mode_parse(const char *text, struct arena *a, struct seal_entry *v)
{
	return str_to_mode(text, &v->mode) < 0 || v->mode > 07777 ? -1 : 0;
}

static void
uid_print(const struct seal_entry *v, struct str *out)
{
	str_addu(out, v->uid);
}

static int
uid_parse(const char *text, struct arena *a, struct seal_entry *v)
{
	return number_parse(text, &v->uid);
}

static void
gid_print(const struct seal_entry *v, struct str *out)
{
	str_addu(out, v->gid);
}

static int
gid_parse(const char *text, struct arena *a, struct seal_entry *v)
{
	return number_parse(text, &v->gid);
}

static void
nlink_print(const struct seal_entry *v, struct str *out)
{
	str_addu(out, v->nlink);
}

static int
nlink_parse(const char *text, struct arena *a, struct seal_entry *v)
{
	return number_parse(text, &v->nlink);
}

static void
size_print(const struct seal_entry *v, struct str *out)
{
	str_addu(out, v->size);
}

static int
size_parse(const char *text, struct arena *a, struct seal_entry *v)
{
	return str_to_u64(text, INT64_MAX, &v->size);
}

static void
sha256_print(const struct seal_entry *v, struct str *out)
{
	digest_print("", v->sha256, out);
}

static int
sha256_parse(const char *text, struct arena *a, struct seal_entry *v)
{
	return digest_parse(text, v->sha256);
}

static void
link_print(const struct seal_entry *v, struct str *out)
{
	seal_name_print(v->link, out);
}

static int
link_parse(const char *text, struct arena *a, struct seal_entry *v)
{
	v->link = seal_name_parse(text, a);
	return v->link && *v->link ? 0 : -1;
}

/* "native": as makedev(3) packs them where it is read, and the only form that holds every number of Linux. */
static void
device_print(const struct seal_entry *v, struct str *out)
{
	str_addf(out, "native,%u,%u", system_device_major(v->device), system_device_minor(v->device));
}

static int
device_parse(const char *text, struct arena *a, struct seal_entry *v)
{
	static const char form[] = "native,";
	uint32_t high, low;
	const char *comma = str_has_prefix(text, form) ? strchr(text + strlen(form), ',') : NULL;

	if (!comma)
		return -1;
	text += strlen(form);
	if (number_parse(arena_strndup(a, text, (size_t)(comma - text)), &high) < 0 ||
		number_parse(comma + 1, &low) < 0)
		return -1;
	v->device = system_device(high, low);
	return 0;
}

static void
tags_print(const struct seal_entry *v, struct str *out)
{
	digest_print(xattrs_tag, v->xattrs, out);
}

static int
tags_parse(const char *text, struct arena *a, struct seal_entry *v)
{
	v->has_xattrs = true;
	return str_has_prefix(text, xattrs_tag) ? digest_parse(text + strlen(xattrs_tag), v->xattrs) : -1;
}

const struct seal_word seal_words[WORD_COUNT] = {
	[WORD_TYPE] = {"type", IN_ALL, false, type_print, type_parse},
	[WORD_MODE] = {"mode", IN_ALL, false, mode_print, mode_parse},
	[WORD_UID] = {"uid", IN_ALL, false, uid_print, uid_parse},
	[WORD_GID] = {"gid", IN_ALL, false, gid_print, gid_parse},
	[WORD_NLINK] = {"nlink", IN_FILE, false, nlink_print, nlink_parse},
	[WORD_SIZE] = {"size", IN_FILE, false, size_print, size_parse},
	[WORD_SHA256] = {"sha256digest", IN_FILE, false, sha256_print, sha256_parse},
	[WORD_LINK] = {"link", IN_LINK, false, link_print, link_parse},
	[WORD_DEVICE] = {"device", IN_DEVICE, false, device_print, device_parse},
	[WORD_TAGS] = {"tags", IN_ALL & ~IN_LINK, true, tags_print, tags_parse},
};

bool
seal_says(const struct seal_entry *v, enum seal_fact fact)
{
	if (v->unsaid & 1U << fact || !(seal_words[fact].types & 1U << v->type))
		return false;
	return !seal_words[fact].optional || v->has_xattrs;
}
