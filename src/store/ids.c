/*
 * Which host ids are whose: one range of ID_COUNT for each jail, kept for its name for ever.
 *
 * State on disk holds these ids, backups of it may, so a range that one jail had is never given to another.  Ranges
 * that the host uses for something else (subordinate ids, accounts with high numbers, its other stores) are left alone.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/path.h"
#include "base/str.h"
#include "store/ids_way.h"
#include "store/internal.h"

enum { IDS_MAX = 8 << 20, HOST_FILE_MAX = 64 << 20 };
/* 4294967295 is (uid_t)-1: the last range is not used. */
static const uint32_t id_last = 0xfffe0000;

static const struct {
	const char *path;
	unsigned first, count;
} host_files[] = {
	{"/etc/subuid", 1, 2},
	{"/etc/subgid", 1, 2},
	{"/etc/passwd", 2, 0},
	{"/etc/group", 2, 0},
};

/* A jail, or the edits of a base: "base.NAME", which is no name of a jail. */
static bool
owner_is_valid(const char *name)
{
	return name_is_valid(str_has_prefix(name, "base.") ? name + strlen("base.") : name);
}

static int
id_line_parse(const char *line, struct arena *a, struct id_line *ret)
{
	uint64_t first;
	const char *space = strchr(line, ' ');
	bool retired = line[0] == '-';

	if (!space || str_to_u64(space + 1, id_last, &first) < 0 || first < ID_COUNT || first % ID_COUNT)
		return -1;
	const char *name = arena_strndup(a, line + retired, (size_t)(space - line) - retired);
	if (!owner_is_valid(name))
		return -1;
	*ret = (struct id_line){.name = name, .first = (uint32_t)first, .retired = retired};
	return 0;
}

int
ids_parse(const char *text, struct arena *a, struct id_table *ret, struct err *e)
{
	struct id_table t = {0};

	for (unsigned line = 1; text[0]; line++) {
		const char *end = strchr(text, '\n');
		struct id_line l;
		if (!end || id_line_parse(arena_strndup(a, text, (size_t)(end - text)), a, &l) < 0)
			return err_set(e, ERR_FAILED, "read", ".warder/ids", "line %u is malformed", line);
		for (size_t i = 0; i < t.n; i++)
			if (t.v[i].first == l.first || strcmp(t.v[i].name, l.name) == 0)
				return err_set(
					e, ERR_FAILED, "read", ".warder/ids", "line %u repeats line %zu", line, i + 1);
		t.v = arena_grow(a, t.v, t.n, sizeof(*t.v));
		t.v[t.n++] = l;
		text = end + 1;
	}
	*ret = t;
	return 0;
}

void
ids_print(const struct id_table *t, struct str *out)
{
	for (size_t i = 0; i < t->n; i++)
		str_addf(out, "%s%s %u\n", t->v[i].retired ? "-" : "", t->v[i].name, t->v[i].first);
}

static bool
is_free(uint32_t first, const struct id_table *t, const struct id_span *taken, size_t ntaken)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->v[i].first == first)
			return false;
	for (size_t i = 0; i < ntaken; i++)
		if (taken[i].first < (uint64_t)first + ID_COUNT && taken[i].first + taken[i].count > first)
			return false;
	return true;
}

uint32_t
ids_pick(const struct id_table *t, const struct id_span *taken, size_t ntaken)
{
	for (uint64_t first = ID_COUNT; first <= id_last; first += ID_COUNT)
		if (is_free((uint32_t)first, t, taken, ntaken))
			return (uint32_t)first;
	return 0;
}

/* The number in a column of a line that ends at a newline or the text's end; -1 if it is none. */
static int
column_number(const char *line, unsigned column, uint64_t *ret)
{
	char digits[24];
	size_t len = strcspn(line, "\n");
	const char *p = line, *end = line + len;

	for (; column > 0; column--)
		if (!(p = memchr(p, ':', (size_t)(end - p))) || ++p > end)
			return -1;
	size_t n = strcspn(p, ":\n");
	if (n == 0 || n >= sizeof(digits))
		return -1;
	memcpy(digits, p, n);
	digits[n] = '\0';
	return str_to_u64(digits, UINT32_MAX, ret);
}

void
ids_spans_add(const char *text, unsigned first_column, unsigned count_column, struct arena *a, struct id_span **spans,
	size_t *n)
{
	for (const char *line = text; line[0]; line += strcspn(line, "\n"), line += line[0] == '\n') {
		struct id_span s = {.count = 1};
		if (column_number(line, first_column, &s.first) < 0 ||
			(count_column && column_number(line, count_column, &s.count) < 0))
			continue;
		*spans = arena_grow(a, *spans, *n, sizeof(**spans));
		(*spans)[(*n)++] = s;
	}
}

/* Added to the n that are there. */
static int
host_spans(struct arena *a, struct id_span **spans, size_t *n, struct err *e)
{
	for (size_t i = 0; i < sizeof(host_files) / sizeof(*host_files); i++) {
		char *text;
		fd_auto fd = open(host_files[i].path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
		if (fd < 0 && errno == ENOENT)
			continue;
		if (fd < 0)
			return err_sys(e, "open", host_files[i].path);
		if (file_read_fd(fd, HOST_FILE_MAX, a, host_files[i].path, &text, NULL, e) < 0)
			return -1;
		ids_spans_add(text, host_files[i].first, host_files[i].count, a, spans, n);
	}
	return 0;
}

int
store_ids_read(const struct store *s, struct arena *a, struct id_table *ret, struct err *e)
{
	char *text;

	if (file_read(s->dotfd, "ids", IDS_MAX, a, &text, NULL, e) < 0)
		return -1;
	return ids_parse(text ? text : "", a, ret, e);
}

static int
ids_write(const struct store *s, const struct id_table *t, struct err *e)
{
	str_auto text = {0};

	ids_print(t, &text);
	return file_write(s->dotfd, "ids", str_text(&text), text.len, 0600, e);
}

static struct id_line *
ids_line(const struct id_table *t, const char *jail)
{
	for (size_t i = 0; i < t->n; i++)
		if (strcmp(t->v[i].name, jail) == 0)
			return &t->v[i];
	return NULL;
}

/* On the path of a start: the one line is looked for in the text, the others are not parsed. */
int
store_ids_find(const struct store *s, const char *jail, uint32_t *ret_first, struct err *e)
{
	struct arena a = {0};
	struct id_line l = {0};
	char *text;
	size_t len = strlen(jail);

	if (!ids_are_shifted) {
		*ret_first = 0;
		return 0;
	}
	int r = file_read(s->dotfd, "ids", IDS_MAX, &a, &text, NULL, e);
	for (char *line = r == 0 ? text : NULL; line && line[0]; line = strchr(line, '\n'), line += line != NULL) {
		if (strncmp(line, jail, len) != 0 || line[len] != ' ')
			continue;
		line[strcspn(line, "\n")] = '\0';
		if (id_line_parse(line, &a, &l) < 0)
			r = err_set(e, ERR_FAILED, "read", ".warder/ids", "the line of %s is malformed", jail);
		break;
	}
	arena_done(&a);
	if (r == 0)
		*ret_first = l.first;
	return r;
}

static int
allot(const struct store *s, const char *jail, struct arena *a, uint32_t *ret_first, struct err *e)
{
	struct id_table t;
	struct id_span *spans = NULL;
	size_t n = 0;

	if (store_ids_read(s, a, &t, e) < 0)
		return -1;
	struct id_line *l = ids_line(&t, jail);
	if (l && !l->retired) {
		*ret_first = l->first;
		return 0;
	}
	fd_auto lock = -1;
	if (!l) {
		if (ids_host_lock(s, a, &spans, &n, &lock, e) < 0 || host_spans(a, &spans, &n, e) < 0)
			return -1;
		uint32_t first = ids_pick(&t, spans, n);
		if (first == 0)
			return err_set(e, ERR_CANTCREATE, "allot", "ids", "every range of %d is taken", ID_COUNT);
		t.v = arena_grow(a, t.v, t.n, sizeof(*t.v));
		l = &t.v[t.n++];
		*l = (struct id_line){.name = jail, .first = first};
	}
	l->retired = false;
	if (ids_write(s, &t, e) < 0)
		return -1;
	*ret_first = l->first;
	return 0;
}

int
store_ids_allot(const struct store *s, const char *jail, uint32_t *ret_first, struct err *e)
{
	struct arena a = {0};

	if (!owner_is_valid(jail))
		return err_set(e, ERR_USAGE, "allot ids", jail, "not a valid name");
	if (!ids_are_shifted) {
		*ret_first = 0;
		return 0;
	}
	int r = allot(s, jail, &a, ret_first, e);

	arena_done(&a);
	return r;
}

int
store_ids_retire(const struct store *s, const char *jail, struct err *e)
{
	struct arena a = {0};
	struct id_table t;
	int r = store_ids_read(s, &a, &t, e);
	struct id_line *l = r == 0 ? ids_line(&t, jail) : NULL;

	if (l && !l->retired) {
		l->retired = true;
		r = ids_write(s, &t, e);
	}
	arena_done(&a);
	return r;
}
