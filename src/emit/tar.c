/*
 * ustar and pax headers.
 */
#include "emit/tar.h"

#include <inttypes.h>
#include <string.h>

enum { OCTAL_8 = 07777777 };
static const uint64_t octal_12 = 077777777777;

/* The fields of a ustar header (pax(1p)). */
struct ustar {
	char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8], type, link[100], magic[6],
		version[2];
	char user[32], group[32], major[8], minor[8], prefix[155], rest[12];
};
_Static_assert(sizeof(struct ustar) == TAR_BLOCK, "a header is one block");

static void
zeros(struct str *out, size_t n)
{
	static const char block[TAR_BLOCK];

	for (; n > TAR_BLOCK; n -= TAR_BLOCK)
		str_addn(out, block, TAR_BLOCK);
	str_addn(out, block, n);
}

/* Octal digits, as many as the field has but one for the NUL; what does not fit is in a record. */
static void
octal(char *field, size_t size, uint64_t n)
{
	field[size - 1] = '\0';
	for (size_t i = size - 1; i-- > 0; n >>= 3)
		field[i] = (char)('0' + (n & 7));
}

static void
text(char *field, size_t size, const char *s)
{
	size_t len = strlen(s);

	memcpy(field, s, len < size ? len : size);
}

static void
add_block(struct str *out, const struct tar_entry *v, char type, uint64_t size)
{
	struct ustar h = {.type = type, .magic = "ustar", .version = {'0', '0'}};
	const unsigned char *bytes = (const unsigned char *)&h;
	unsigned sum = 0;

	text(h.name, sizeof(h.name), v->path);
	text(h.link, sizeof(h.link), v->link != NULL ? v->link : "");
	octal(h.mode, sizeof(h.mode), v->mode);
	octal(h.uid, sizeof(h.uid), v->uid <= OCTAL_8 ? v->uid : 0);
	octal(h.gid, sizeof(h.gid), v->gid <= OCTAL_8 ? v->gid : 0);
	octal(h.size, sizeof(h.size), size <= octal_12 ? size : 0);
	octal(h.mtime, sizeof(h.mtime), v->mtime <= octal_12 ? v->mtime : 0);
	octal(h.major, sizeof(h.major), 0);
	octal(h.minor, sizeof(h.minor), 0);
	memset(h.checksum, ' ', sizeof(h.checksum));
	for (size_t i = 0; i < sizeof(h); i++)
		sum += bytes[i];
	octal(h.checksum, 7, sum);
	str_addn(out, (const char *)&h, sizeof(h));
}

static size_t
digits_of(size_t n)
{
	size_t digits = 1;

	for (; n >= 10; n /= 10)
		digits++;
	return digits;
}

/* "LENGTH KEY=VALUE\n": the length counts its own digits. */
static void
record(struct str *out, const char *key, const void *value, size_t len)
{
	size_t rest = strlen(key) + len + 3, total = rest + digits_of(rest);

	total = rest + digits_of(total);
	str_addf(out, "%zu %s=", total, key);
	str_addn(out, value, len);
	str_addc(out, '\n');
}

static void
record_number(struct str *out, const char *key, uint64_t n)
{
	char digits[24];
	int len = snprintf(digits, sizeof(digits), "%" PRIu64, n);

	record(out, key, digits, (size_t)len);
}

static void
records(struct str *out, const struct tar_entry *v, uint64_t size)
{
	enum { ROOM = sizeof(((struct ustar *)0)->name) };

	if (strlen(v->path) > ROOM)
		record(out, "path", v->path, strlen(v->path));
	if (v->link != NULL && strlen(v->link) > ROOM)
		record(out, "linkpath", v->link, strlen(v->link));
	if (v->uid > OCTAL_8)
		record_number(out, "uid", v->uid);
	if (v->gid > OCTAL_8)
		record_number(out, "gid", v->gid);
	if (size > octal_12)
		record_number(out, "size", size);
	if (v->mtime > octal_12)
		record_number(out, "mtime", v->mtime);
	for (size_t i = 0; i < v->nxattrs; i++) {
		str_auto key = {0};

		str_addf(&key, "SCHILY.xattr.%s", v->xattrs[i].name);
		record(out, str_text(&key), v->xattrs[i].value, v->xattrs[i].len);
	}
}

void
tar_add_header(struct str *out, const struct tar_entry *v)
{
	uint64_t size = v->type == TAR_FILE ? v->size : 0;
	struct tar_entry named = *v;
	str_auto extra = {0}, path = {0};

	str_add(&path, v->path);
	if (v->type == TAR_DIR)
		str_addc(&path, '/');
	named.path = str_text(&path);
	records(&extra, &named, size);
	if (extra.len > 0) {
		const struct tar_entry before = {.path = "PaxHeaders/x", .mode = 0644, .mtime = v->mtime};

		add_block(out, &before, 'x', extra.len);
		str_addn(out, str_text(&extra), extra.len);
		tar_add_padding(out, extra.len);
	}
	add_block(out, &named, (char)v->type, size);
}

void
tar_add_padding(struct str *out, uint64_t size)
{
	zeros(out, (size_t)(-size % TAR_BLOCK));
}

void
tar_add_end(struct str *out)
{
	zeros(out, 2 * (size_t)TAR_BLOCK);
}
