/*
 * A manifest as text and back: pure.  A line is what was read only if printing what it came to gives the same line
 * again, so that there is one text of a manifest and its hash says all.
 */
#include <string.h>

#include "store/seal_lines.h"
#include "store/seal_words.h"

static const char head[] = "#mtree\n";

/* ---- printing ---- */

static void
entry_print(const struct seal_entry *v, struct str *out)
{
	str_add(out, strcmp(v->path, ".") == 0 ? "" : "./");
	seal_name_print(v->path, out);
	for (size_t i = 0; i < WORD_COUNT; i++) {
		if (!seal_says(v, (enum seal_fact)i))
			continue;
		str_addc(out, ' ');
		str_add(out, seal_words[i].name);
		str_addc(out, '=');
		seal_words[i].print(v, out);
	}
	str_addc(out, '\n');
}

void
seal_print(const struct seal *s, struct str *out)
{
	str_add(out, head);
	for (size_t i = 0; i < s->n; i++)
		entry_print(&s->v[i], out);
}

void
seal_hash(const struct seal *s, char ret[SHA256_HEX])
{
	str_auto text = {0};

	seal_print(s, &text);
	sha256_of(str_text(&text), text.len, ret);
}

/* ---- reading ---- */

/* Of mtree(5), and without a meaning for us.  "ignore", "nochange" and "optional" would change that of the others. */
static const char *const passed_over[] = {"cksum", "contents", "flags", "gname", "inode", "md5", "md5digest",
	"resdevice", "ripemd160digest", "rmd160", "rmd160digest", "sha1", "sha1digest", "sha384", "sha384digest",
	"sha512", "sha512digest", "time", "uname"};

static int
fault(const struct seal_lines *r, const char *why, struct err *e)
{
	return err_set(e, ERR_FAILED, "read", r->subject, "line %u: %s", r->line, why);
}

static int
path_parse(const struct seal_lines *r, const char *text, struct arena *a, struct seal_entry *v, struct err *e)
{
	const char *raw = seal_name_parse(text, a);

	if (!raw)
		return fault(r, "a malformed escape in a name", e);
	if (strcmp(raw, ".") != 0) {
		if (!str_has_prefix(raw, "./") || !seal_path_is_clean(raw + 2))
			return fault(r, "not a path of the tree", e);
		raw += 2;
	}
	v->path = raw;
	return strlen(raw) > SEAL_PATH_MAX ? fault(r, "a path is too long", e) : 0;
}

static bool
is_passed_over(const char *name)
{
	for (size_t i = 0; i < sizeof(passed_over) / sizeof(*passed_over); i++)
		if (strcmp(passed_over[i], name) == 0)
			return true;
	return false;
}

static int
word_parse(struct seal_lines *r, char *text, struct arena *a, struct seal_entry *v, unsigned *seen, struct err *e)
{
	size_t i = 0;
	char *value = strchr(text, '=');

	if (!value)
		return fault(r, "a word that is no keyword", e);
	*value++ = '\0';
	while (i < WORD_COUNT && strcmp(seal_words[i].name, text) != 0)
		i++;
	if (i == WORD_COUNT)
		return is_passed_over(text) ? 0 : fault(r, "an unknown keyword", e);
	if (seal_words[i].parse(value, a, v) < 0)
		return err_set(
			e, ERR_FAILED, "read", r->subject, "line %u: malformed: %s", r->line, seal_words[i].name);
	*seen |= 1U << i;
	str_addc(&r->kept, ' ');
	str_add(&r->kept, text);
	str_addc(&r->kept, '=');
	str_add(&r->kept, value);
	return 0;
}

static int
check_words(const struct seal_lines *r, const struct seal_entry *v, unsigned seen, struct err *e)
{
	for (size_t i = 0; i < WORD_COUNT; i++)
		if (!(seen & 1U << i) && !seal_words[i].optional && (seal_words[i].types & 1U << v->type))
			return err_set(e, ERR_FAILED, "read", r->subject, "line %u: %s is missing", r->line,
				seal_words[i].name);
	return 0;
}

/* After the one before, and in a directory that came before: with both, the text is that of a tree. */
static int
check_place(const struct seal_lines *r, const struct seal_entry *v, struct err *e)
{
	const struct seal_entry *last = r->any ? &r->last : NULL;
	const char *slash = strrchr(v->path, '/');
	size_t len = slash ? (size_t)(slash - v->path) : 0;

	if (!last)
		return strcmp(v->path, ".") == 0 && v->type == SEAL_DIR ? 0 : fault(r, "not the top of a tree", e);
	if (seal_order(last->path, v->path) >= 0)
		return fault(r, "out of order", e);
	if (len == 0 || (strncmp(last->path, v->path, len) == 0 &&
				(last->path[len] == '/' || (last->path[len] == '\0' && last->type == SEAL_DIR))))
		return 0;
	return fault(r, "its directory is missing", e);
}

static int
check_same(struct seal_lines *r, const struct seal_entry *v, struct err *e)
{
	r->again.len = 0;
	entry_print(v, &r->again);
	str_addc(&r->kept, '\n');
	if (r->kept.len == r->again.len && memcmp(str_text(&r->kept), str_text(&r->again), r->again.len) == 0)
		return 0;
	return fault(r, "not as warder writes it", e);
}

static int
entry_parse(struct seal_lines *r, const char *line, size_t len, struct arena *a, struct seal_entry *ret, struct err *e)
{
	struct seal_entry v = {0};
	unsigned seen = 0;
	char *rest, *piece;

	if (memchr(line, '\0', len))
		return fault(r, "a byte 0", e);
	r->pieces.len = r->kept.len = 0;
	str_addn(&r->pieces, line, len);
	rest = r->pieces.s;
	piece = strsep(&rest, " ");
	if (path_parse(r, piece, a, &v, e) < 0)
		return -1;
	str_add(&r->kept, piece);
	while ((piece = strsep(&rest, " ")))
		if (word_parse(r, piece, a, &v, &seen, e) < 0)
			return -1;
	if (check_words(r, &v, seen, e) < 0 || check_place(r, &v, e) < 0 || check_same(r, &v, e) < 0)
		return -1;
	r->last = v;
	r->any = true;
	*ret = v;
	return 1;
}

int
seal_lines_parse(
	struct seal_lines *l, const char *line, size_t len, struct arena *a, struct seal_entry *ret, struct err *e)
{
	if (l->line++ > 0)
		return entry_parse(l, line, len, a, ret, e);
	if (len + 1 == strlen(head) && memcmp(line, head, len) == 0)
		return 0;
	return fault(l, "not a manifest: it must begin with #mtree", e);
}

int
seal_lines_cut(const struct seal_lines *l, struct err *e)
{
	return err_set(e, ERR_FAILED, "read", l->subject, "line %u: it is cut off", l->line + 1);
}

int
seal_lines_end(const struct seal_lines *l, struct err *e)
{
	return l->any ? 0 : err_set(e, ERR_FAILED, "read", l->subject, "line %u: an empty manifest", l->line + 1);
}

void
seal_lines_done(struct seal_lines *l)
{
	str_done(&l->pieces);
	str_done(&l->kept);
	str_done(&l->again);
}

static int
lines_parse(struct seal_lines *l, const char *text, const char *end, struct arena *a, struct seal *ret, struct err *e)
{
	while (text < end) {
		struct seal_entry v = {0};
		const char *nl = memchr(text, '\n', (size_t)(end - text));
		if (!nl)
			return seal_lines_cut(l, e);
		int got = seal_lines_parse(l, text, (size_t)(nl - text), a, &v, e);
		if (got < 0)
			return -1;
		if (got > 0) {
			ret->v = arena_grow(a, ret->v, ret->n, sizeof(v));
			ret->v[ret->n++] = v;
		}
		text = nl + 1;
	}
	return seal_lines_end(l, e);
}

int
seal_parse(const char *text, size_t len, const char *subject, struct arena *a, struct seal *ret, struct err *e)
{
	struct seal_lines l = {.subject = subject};
	struct seal s = {0};
	int result = lines_parse(&l, text, text + len, a, &s, e);

	seal_lines_done(&l);
	if (result == 0)
		*ret = s;
	return result;
}
