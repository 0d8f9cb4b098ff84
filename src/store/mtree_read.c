/*
 * Reading the lines: which file each names, what it says of it; then the whole in our order.
 */
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "store/mtree.h"
#include "store/seal_words.h"

enum { READ_SIZE = 64 << 10 };

struct reading {
	const char *subject;
	struct arena *a;
	unsigned line, first; /* lines read; where the one that is being joined began */
	struct str text;      /* that one */
	struct mtree_entry defaults;
	struct str cwd; /* the directory that names are in: ".", "etc/rc.d" */
	bool is_in;     /* there is one */
	struct mtree m;
	size_t paths; /* bytes of them */
	uint64_t passed[MTREE_PASSED];
};

static int
fault_at(const struct reading *r, unsigned line, const char *why, struct err *e)
{
	return err_set(e, ERR_FAILED, "read", r->subject, "line %u: %s", line, why);
}

static int
fault(const struct reading *r, const char *why, struct err *e)
{
	return fault_at(r, r->first, why, e);
}

/* ---- what a line names ---- */

/* "./a/b", "a/b": beneath the top, wherever the last name was. */
static int
full_parse(const struct reading *r, const char *text, const char **ret, struct err *e)
{
	const char *raw = mtree_name_parse(text, r->a);

	if (!raw)
		return fault(r, "a malformed name", e);
	raw += str_has_prefix(raw, "./") ? 2 : 0;
	*ret = raw;
	return seal_path_is_clean(raw) && strlen(raw) <= SEAL_PATH_MAX ? 0 : fault(r, "not a path of the tree", e);
}

static int
name_parse(const struct reading *r, const char *text, const char **ret, struct err *e)
{
	const char *raw = mtree_name_parse(text, r->a);

	if (!raw)
		return fault(r, "a malformed name", e);
	if (!r->is_in)
		return fault(r, "a name that is in no directory", e);
	if (strchr(raw, '/') || !seal_path_is_clean(raw))
		return fault(r, "not a name", e);
	bool is_top = strcmp(str_text(&r->cwd), ".") == 0;
	if ((is_top ? 0 : r->cwd.len + 1) + strlen(raw) > SEAL_PATH_MAX)
		return fault(r, "a path is too long", e);
	*ret = is_top ? raw : arena_printf(r->a, "%s/%s", str_text(&r->cwd), raw);
	return 0;
}

static void
cwd_set(struct reading *r, const char *path)
{
	r->cwd.len = 0;
	str_add(&r->cwd, path);
	r->is_in = true;
}

static int
up(struct reading *r, const char *rest, struct err *e)
{
	char *slash = r->cwd.len > 0 ? strrchr(r->cwd.s, '/') : NULL;

	if (rest && rest[strspn(rest, " \t")] != '\0')
		return fault(r, "words after ..", e);
	if (!r->is_in)
		return fault(r, ".. where there is no directory to leave", e);
	if (strcmp(str_text(&r->cwd), ".") == 0)
		r->is_in = false;
	else if (slash) {
		*slash = '\0';
		r->cwd.len = (size_t)(slash - r->cwd.s);
	} else
		cwd_set(r, ".");
	return 0;
}

/* ---- what it says ---- */

static char *
word_next(char **rest)
{
	char *word;

	do
		word = strsep(rest, " \t");
	while (word && *word == '\0');
	if (word && *word == '#') {
		*rest = NULL;
		return NULL;
	}
	return word;
}

static int
words_parse(struct reading *r, char *rest, struct mtree_entry *v, struct err *e)
{
	const char *why = NULL;
	char *word;

	while ((word = word_next(&rest)))
		if (mtree_word_parse(word, r->a, v, r->passed, &why) < 0)
			return err_set(e, ERR_FAILED, "read", r->subject, "line %u: %s: %.32s", r->first, why, word);
	return 0;
}

static int
unset_parse(struct reading *r, char *rest, struct err *e)
{
	const char *why = NULL;
	char *word;

	while ((word = word_next(&rest)))
		if (mtree_word_unset(word, &r->defaults, &why) < 0)
			return err_set(e, ERR_FAILED, "read", r->subject, "line %u: %s: %.32s", r->first, why, word);
	return 0;
}

static void
add(struct reading *r, const struct mtree_entry *v)
{
	r->m.v = arena_grow(r->a, r->m.v, r->m.n, sizeof(*v));
	r->m.v[r->m.n++] = *v;
}

static int
entry_parse(struct reading *r, const char *name, char *rest, struct err *e)
{
	struct mtree_entry v = r->defaults;
	bool is_top = strcmp(name, ".") == 0, is_full = strchr(name, '/') != NULL;
	const char *path = ".";

	if (!is_top && (is_full ? full_parse : name_parse)(r, name, &path, e) < 0)
		return -1;
	if (words_parse(r, rest, &v, e) < 0)
		return -1;
	v.line = r->first;
	v.v.path = path;
	if (v.nochange)
		v.v.unsaid |= mtree_nothing.v.unsaid & (uint16_t) ~(1U << WORD_TYPE);
	if (v.v.type == SEAL_LINK)
		v.v.unsaid |= 1U << WORD_MODE;
	if (is_top && v.v.type != SEAL_DIR)
		return fault(r, "the top is no directory", e);
	if (v.v.type == SEAL_DIR && !is_full)
		cwd_set(r, path);
	r->paths += strlen(path) + 1;
	if (r->m.n == MTREE_ENTRIES_MAX || r->paths > MTREE_PATHS_MAX)
		return fault(r, "too many entries", e);
	add(r, &v);
	return 0;
}

/* r->text, without its newline. */
static int
line_parse(struct reading *r, struct err *e)
{
	char *rest = r->text.s, *word;

	if (r->text.len == 0)
		return 0;
	if (strlen(rest) != r->text.len)
		return fault(r, "a byte 0", e);
	word = word_next(&rest);
	if (!word)
		return 0;
	if (strcmp(word, "/set") == 0)
		return words_parse(r, rest, &r->defaults, e);
	if (strcmp(word, "/unset") == 0)
		return unset_parse(r, rest, e);
	if (*word == '/')
		return fault(r, "neither /set nor /unset, nor a path of the tree", e);
	return strcmp(word, "..") == 0 ? up(r, rest, e) : entry_parse(r, word, rest, e);
}

/* ---- lines ---- */

/* An odd number of backslashes: the last one is not escaped itself. */
static bool
is_continued(const struct str *text)
{
	size_t n = 0;

	while (n < text->len && text->s[text->len - 1 - n] == '\\')
		n++;
	return n % 2 == 1;
}

static bool
is_comment(const struct str *text)
{
	const char *s = str_text(text);

	return s[strspn(s, " \t")] == '#';
}

static int
line_end(struct reading *r, struct err *e)
{
	r->line++;
	if (is_continued(&r->text) && !is_comment(&r->text)) {
		r->text.s[--r->text.len] = '\0';
		return 0;
	}
	int result = line_parse(r, e);
	r->text.len = 0;
	r->first = r->line + 1;
	return result;
}

static int
feed(struct reading *r, const char *text, size_t len, struct err *e)
{
	while (len > 0) {
		const char *nl = memchr(text, '\n', len);
		size_t n = nl ? (size_t)(nl - text) : len;
		if (r->text.len + n > MTREE_LINE_MAX)
			return fault(r, "a line is too long", e);
		str_addn(&r->text, text, n);
		if (nl && line_end(r, e) < 0)
			return -1;
		text += n + (nl ? 1 : 0);
		len -= n + (nl ? 1 : 0);
	}
	return 0;
}

/* ---- the whole ---- */

static int
by_place(const void *a, const void *b)
{
	const struct mtree_entry *x = a, *y = b;
	int order = seal_order(x->v.path, y->v.path);

	return order != 0 ? order : x->line < y->line ? -1 : 1;
}

static bool
is_directory(const struct mtree_entry *v)
{
	return v->v.type == SEAL_DIR || v->v.unsaid & 1U << WORD_TYPE;
}

/* The entry is in the directory that last is, or that last is in. */
static bool
is_placed(const struct mtree_entry *last, const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t len = slash ? (size_t)(slash - path) : 0;

	return len == 0 || (strncmp(last->v.path, path, len) == 0 &&
				   (last->v.path[len] == '/' || (last->v.path[len] == '\0' && is_directory(last))));
}

/* Of those of one path the last stays. */
static int
merge(struct reading *r, struct err *e)
{
	struct mtree *m = &r->m;
	size_t n = 0;

	for (size_t i = 0; i < m->n; i++) {
		const struct mtree_entry *v = &m->v[i], *last = n > 0 ? &m->v[n - 1] : NULL;
		bool again = last && strcmp(last->v.path, v->v.path) == 0;
		if (again && !((last->v.unsaid | v->v.unsaid) & 1U << WORD_TYPE) && last->v.type != v->v.type)
			return fault_at(r, v->line, "it was named before, with another type", e);
		m->v[again ? n - 1 : n++] = *v;
	}
	m->n = n;
	for (size_t i = 1; i < n; i++)
		if (!is_placed(&m->v[i - 1], m->v[i].v.path))
			return fault_at(r, m->v[i].line, "its directory is missing", e);
	return 0;
}

static int
finish(struct reading *r, struct mtree *ret, struct err *e)
{
	struct mtree_entry top = mtree_nothing;
	struct mtree *m = &r->m;

	if (r->text.len > 0 && line_end(r, e) < 0)
		return -1;
	if (r->text.len > 0)
		return fault(r, "it is cut off", e);
	if (m->n == 0)
		return fault(r, "an empty manifest", e);
	/* Line 0: before one that says more. */
	top.v.path = ".";
	top.v.type = SEAL_DIR;
	add(r, &top);
	qsort(m->v, m->n, sizeof(*m->v), by_place);
	if (merge(r, e) < 0)
		return -1;
	for (size_t i = 0; i < m->n; i++)
		m->undigested += m->v[i].v.type == SEAL_FILE && m->v[i].v.unsaid & 1U << WORD_SHA256;
	mtree_passed_list(r->passed, r->a, m);
	*ret = *m;
	return 0;
}

static void
reading_init(struct reading *r, const char *subject, struct arena *a)
{
	*r = (struct reading){.subject = subject, .a = a, .first = 1, .defaults = mtree_nothing};
}

static void
reading_done(struct reading *r)
{
	str_done(&r->text);
	str_done(&r->cwd);
}

int
mtree_parse(const char *text, size_t len, const char *subject, struct arena *a, struct mtree *ret, struct err *e)
{
	struct reading r;

	reading_init(&r, subject, a);
	int result = feed(&r, text, len, e) < 0 ? -1 : finish(&r, ret, e);
	reading_done(&r);
	return result;
}

int
mtree_read(int fd, const char *subject, struct arena *a, struct mtree *ret, struct err *e)
{
	struct reading r;
	char *buf = malloc(READ_SIZE);
	ssize_t n;
	int result = 0;

	if (!buf)
		arena_out_of_memory();
	reading_init(&r, subject, a);
	while (result == 0 && (n = fd_read_full(fd, buf, READ_SIZE, subject, e)) != 0)
		result = n < 0 ? -1 : feed(&r, buf, (size_t)n, e);
	if (result == 0)
		result = finish(&r, ret, e);
	reading_done(&r);
	free(buf);
	return result;
}
