/*
 * Reading fstab(5), as FreeBSD and Linux write it.
 */
#include "adopt/fstab_read.h"

#include <stdlib.h>
#include <string.h>

#include "base/fstab.h"
#include "base/path.h"
#include "base/str.h"

enum { FIELD_SOURCE, FIELD_TARGET, FIELD_TYPE, FIELD_OPTIONS, FIELD_FREQ, FIELD_PASS, NFIELDS };
enum { FIELDS_NEEDED = FIELD_OPTIONS + 1, NUMBER_MAX = 99 };

static const char blanks[] = " \t";

struct field {
	const char *text; /* unescaped */
	struct srcloc at;
};

static int
bad(struct err *e, const struct srcloc *at, const char *subject, const char *why)
{
	err_set(e, ERR_CONFIG, "fstab", subject, "%s", why);
	return err_at(e, at);
}

/* ---- one line ---- */

static int
read_fields(
	const char *line, size_t len, struct srcloc at, struct arena *a, struct field *v, size_t *ret_n, struct err *e)
{
	size_t n = 0;

	for (size_t i = 0;; n++) {
		size_t start, size = 0;

		while (i < len && strchr(blanks, line[i]) != NULL)
			i++;
		if (i == len)
			break;
		start = i;
		while (i < len && (line[i] == '\0' || strchr(blanks, line[i]) == NULL))
			i++;
		size = i - start;
		at.col = (unsigned)start + 1;
		if (n == NFIELDS)
			return bad(e, &at, arena_strndup(a, line + start, size), "is a field too many");
		if (memchr(line + start, '\0', size) != NULL)
			return bad(e, &at, NULL, "has a NUL byte in it");
		v[n].at = at;
		if (fstab_unescape(line + start, size, a, &v[n].text) == -1)
			return bad(e, &at, arena_strndup(a, line + start, size),
				"has a backslash without three octal digits");
	}
	*ret_n = n;
	return 0;
}

static void
read_options(struct fstab_entry *x, const char *text, struct arena *a)
{
	for (const char *s = text;; s++) {
		size_t len = strcspn(s, ",");
		const char *word = arena_strndup(a, s, len);

		strv_add(a, &x->options, word);
		if (strcmp(word, "ro") == 0 || strcmp(word, "rw") == 0)
			x->read_only = word[1] == 'o';
		s += len;
		if (*s == '\0')
			return;
	}
}

static int
check_path(const struct field *f, struct err *e)
{
	if (path_is_clean_absolute(f->text) || strcmp(f->text, "/") == 0)
		return 0;
	if (f->text[0] != '/')
		return bad(e, &f->at, f->text, "is not an absolute path");
	for (const char *s = strstr(f->text, "/.."); s != NULL; s = strstr(s + 1, "/.."))
		if (s[3] == '/' || s[3] == '\0')
			return bad(e, &f->at, f->text, "has \"..\" in it");
	return bad(e, &f->at, f->text, "is not a clean path: \"//\", \"/.\", a '/' at its end or a control character");
}

static int
check_entry(const struct fstab_entry *x, const struct field *f, size_t n, struct err *e)
{
	for (size_t i = FIELD_FREQ; i < n; i++) {
		uint64_t number;

		if (str_to_u64(f[i].text, NUMBER_MAX, &number) == -1)
			return bad(e, &f[i].at, f[i].text, "is not a number");
	}
	if (!x->is_bind)
		return 0;
	return check_path(&f[FIELD_SOURCE], e) == -1 || check_path(&f[FIELD_TARGET], e) == -1 ? -1 : 0;
}

static int
read_line(const char *line, size_t len, struct srcloc at, struct arena *a, struct fstab_entries *r, struct err *e)
{
	struct field f[NFIELDS] = {0};
	struct fstab_entry x = {.via = NO_ENTRY};
	size_t n = 0, blank = 0;

	while (blank < len && strchr(blanks, line[blank]) != NULL)
		blank++;
	if (blank == len || line[blank] == '#')
		return 0;
	if (read_fields(line, len, at, a, f, &n, e) == -1)
		return -1;
	if (n < FIELDS_NEEDED)
		return bad(
			e, &f[0].at, f[0].text, "has too few fields: device, directory, type and options are needed");
	x.at = f[0].at;
	x.source = f[FIELD_SOURCE].text;
	x.target = f[FIELD_TARGET].text;
	x.type = f[FIELD_TYPE].text;
	read_options(&x, f[FIELD_OPTIONS].text, a);
	x.is_bind = strcmp(x.type, "nullfs") == 0 || strv_has(&x.options, "bind") || strv_has(&x.options, "rbind");
	if (check_entry(&x, f, n, e) == -1)
		return -1;
	if (r->n == FSTAB_ENTRIES_MAX)
		return bad(e, &x.at, NULL, "has too many lines");
	r->v = arena_grow(a, r->v, r->n, sizeof(*r->v));
	r->v[r->n++] = x;
	return 0;
}

/* ---- all lines ---- */

static int
compare_targets(const void *a, const void *b)
{
	const struct fstab_entry *x = *(struct fstab_entry *const *)a, *y = *(struct fstab_entry *const *)b;
	int r = strcmp(x->target, y->target);

	return r != 0 ? r : (x > y) - (x < y);
}

/* Entries sorted by target, those without one ("none" of swap) left out. */
static struct fstab_entry **
sort_targets(const struct fstab_entries *r, struct arena *a, size_t *ret_n)
{
	struct fstab_entry **v = arena_array(a, r->n, sizeof(struct fstab_entry *));

	*ret_n = 0;
	for (size_t i = 0; i < r->n; i++)
		if (r->v[i].target[0] == '/')
			v[(*ret_n)++] = &r->v[i];
	if (*ret_n > 0)
		qsort(v, *ret_n, sizeof(*v), compare_targets);
	return v;
}

static int
check_duplicates(struct fstab_entry *const *v, size_t n, struct arena *a, struct err *e)
{
	for (size_t i = 1; i < n; i++)
		if (strcmp(v[i - 1]->target, v[i]->target) == 0)
			return bad(e, &v[i]->at, v[i]->target,
				arena_printf(a, "is mounted twice; line %u does it, too", v[i - 1]->at.line));
	return 0;
}

static struct fstab_entry *
find_target(struct fstab_entry *const *v, size_t n, const char *path)
{
	struct fstab_entry key = {.target = path};

	for (size_t low = 0, high = n; low < high;) {
		size_t mid = low + (high - low) / 2;
		int r = strcmp(key.target, v[mid]->target);

		if (r == 0)
			return v[mid];
		if (r < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return NULL;
}

/* The bind whose target is the path or the deepest directory above it. */
static size_t
find_via(const struct fstab_entries *r, struct fstab_entry *const *v, size_t n, const char *path, struct arena *a)
{
	for (size_t len = strlen(path); len > 0; len--) {
		const struct fstab_entry *x;

		if (path[len] != '\0' && path[len] != '/')
			continue;
		x = find_target(v, n, arena_strndup(a, path, len));
		if (x != NULL && x->is_bind)
			return (size_t)(x - r->v);
	}
	return NO_ENTRY;
}

/* What each source is seen through leads from entry to entry; a way that comes back to itself cannot be mounted. */
static int
check_circles(const struct fstab_entries *r, struct arena *a, struct err *e)
{
	size_t *seen = arena_array(a, r->n, sizeof(*seen)); /* the number of the way, from 1 */

	for (size_t i = 0; i < r->n; i++)
		for (size_t at = i; at != NO_ENTRY && seen[at] != i + 1; at = r->v[at].via) {
			size_t next = r->v[at].via;

			if (seen[at] != 0)
				break;
			seen[at] = i + 1;
			if (next != NO_ENTRY && seen[next] == i + 1)
				return bad(e, &r->v[at].at, r->v[at].source,
					arena_printf(a, "goes in a circle: line %u shows it", r->v[next].at.line));
		}
	return 0;
}

int
fstab_read(const char *file, const char *text, size_t len, struct arena *a, struct fstab_entries *ret, struct err *e)
{
	struct srcloc at = {.file = file};
	struct fstab_entries r = {0};
	struct fstab_entry **v;
	size_t n;

	for (const char *s = text, *end = text + len; s < end;) {
		const char *newline = memchr(s, '\n', (size_t)(end - s));
		size_t size = (size_t)((newline != NULL ? newline : end) - s);

		at.line++;
		if (read_line(s, size, at, a, &r, e) == -1)
			return -1;
		s += size + 1;
	}
	v = sort_targets(&r, a, &n);
	if (check_duplicates(v, n, a, e) == -1)
		return -1;
	for (size_t i = 0; i < r.n; i++) /* over itself is no circle: the way to make a mount of a directory */
		if (r.v[i].is_bind && strcmp(r.v[i].source, r.v[i].target) != 0)
			r.v[i].via = find_via(&r, v, n, r.v[i].source, a);
	if (check_circles(&r, a, e) == -1)
		return -1;
	*ret = r;
	return 0;
}
