/*
 * Owns the reading of what the probe wrote.  Numbers become names here: the probe knows none.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "model/caps.h"
#include "probe/record.h"
#include "surface/names.h"
#include "surface/surface.h"

struct parsing {
	struct arena *a;
	struct surface s;
	uint64_t records;
	bool ended;
};

/* What a record becomes; NULL: it is malformed. */
typedef const char *text_maker(struct parsing *p, const char *x, const char *y);

static const char *
text_one(struct parsing *p, const char *x, const char *y)
{
	return *y == '\0' ? x : NULL;
}

static const char *
text_both(struct parsing *p, const char *x, const char *y)
{
	return *y != '\0' ? arena_printf(p->a, "%s %s", x, y) : x;
}

static const char *
text_alias(struct parsing *p, const char *x, const char *y)
{
	return *y != '\0' ? arena_printf(p->a, "%s -> %s", x, y) : NULL;
}

/* There may be several of them on one place. */
static const char *
text_covered(struct parsing *p, const char *x, const char *y)
{
	unsigned n = 1;

	for (size_t i = 0; i < p->s.facts.n; i++)
		n += p->s.facts.v[i].kind == FACT_COVERED &&
		     strcmp(p->s.facts.v[i].text, surface_covered(x, n, p->a)) == 0;
	return surface_covered(x, n, p->a);
}

static const char *
text_capability(struct parsing *p, const char *x, const char *y)
{
	uint64_t n;

	if (*y != '\0' || str_to_u64(x, NUMBER_MAX, &n) < 0)
		return NULL;
	for (size_t i = 0; i < ncaps_table; i++)
		if (caps_table[i].number == n)
			return caps_table[i].name;
	return arena_printf(p->a, "number %s", x);
}

static const char *
text_syscall(struct parsing *p, const char *x, const char *y)
{
	return *y == '\0' ? call_text(x, p->a) : NULL;
}

static const char *
text_socket(struct parsing *p, const char *x, const char *y)
{
	uint64_t family;

	if (*y == '\0' || str_to_u64(x, NUMBER_MAX, &family) < 0)
		return NULL;
	return socket_text((unsigned)family, y, p->a);
}

static const struct maker {
	enum fact_kind kind;
	text_maker *text; /* NULL: no fact */
} makers[PROBE_NWORDS] = {
	[PROBE_COVERED] = {FACT_COVERED, text_covered},
	[PROBE_WRITE] = {FACT_WRITE, text_one},
	[PROBE_ALIAS] = {FACT_ALIAS, text_alias},
	[PROBE_DEVICE] = {FACT_DEVICE, text_both},
	[PROBE_PROC] = {FACT_PROC, text_one},
	[PROBE_EXECUTE] = {FACT_EXECUTE, text_both},
	[PROBE_MEMORY] = {FACT_MEMORY, text_both},
	[PROBE_SETID] = {FACT_SETID, text_both},
	[PROBE_MOUNTING] = {FACT_MOUNTING, text_both},
	[PROBE_NAMESPACE] = {FACT_NAMESPACE, text_one},
	[PROBE_CAPABILITY] = {FACT_CAPABILITY, text_capability},
	[PROBE_PRIVILEGE] = {FACT_CAPABILITY, text_one},
	[PROBE_SYSCALL] = {FACT_SYSCALL, text_syscall},
	[PROBE_SOCKET] = {FACT_SOCKET, text_socket},
	[PROBE_DESCRIPTOR] = {FACT_DESCRIPTOR, text_one},
	[PROBE_ROOT] = {FACT_ROOT, text_one},
};

/* ---- mounts ---- */

static const struct {
	unsigned flag;
	const char *word, *right; /* the right that there is without it */
} mount_words[] = {
	{MNT_RO, "ro", "rw"},
	{MNT_NOSUID, "nosuid", "suid"},
	{MNT_NODEV, "nodev", "dev"},
	{MNT_NOEXEC, "noexec", "exec"},
};
enum { NMOUNT_WORDS = sizeof(mount_words) / sizeof(mount_words[0]) };

void
surface_mount_facts(const char *target, unsigned flags, struct arena *a, struct facts *f)
{
	facts_add(f, FACT_MOUNT, target, a);
	for (size_t i = 0; i < NMOUNT_WORDS; i++)
		if (!(flags & mount_words[i].flag))
			facts_add(f, FACT_MOUNT_RIGHT, arena_printf(a, "%s %s", target, mount_words[i].right), a);
}

/* "ro,nosuid,- ext4" */
static int
parse_flags(char *words, unsigned *ret)
{
	const char *word;

	*ret = 0;
	while ((word = strsep(&words, ",")) != NULL && strcmp(word, "-") != 0) {
		size_t i = 0;

		while (i < NMOUNT_WORDS && strcmp(mount_words[i].word, word) != 0)
			i++;
		if (i == NMOUNT_WORDS)
			return -1;
		*ret |= mount_words[i].flag;
	}
	return word != NULL && words == NULL ? 0 : -1;
}

static int
parse_mount(struct parsing *p, const char *target, const char *how)
{
	struct surface *s = &p->s;
	char *type = arena_strdup(p->a, how), *words = strsep(&type, " ");
	unsigned flags;

	if (type == NULL || *target != '/' || parse_flags(words, &flags) < 0)
		return -1;
	s->mounts = arena_grow(p->a, s->mounts, s->nmounts, sizeof(*s->mounts));
	s->mounts[s->nmounts++] = (struct surface_mount){target, type, flags};
	surface_mount_facts(target, flags, p->a, &s->facts);
	return 0;
}

static int
by_target(const void *a, const void *b)
{
	return strcmp(((const struct surface_mount *)a)->target, ((const struct surface_mount *)b)->target);
}

/* ---- records ---- */

static int
parse_tried(struct parsing *p, const char *what, const char *number)
{
	struct surface *s = &p->s;
	uint64_t n;

	if (str_to_u64(number, UINT64_MAX, &n) < 0)
		return -1;
	s->tried = arena_grow(p->a, s->tried, s->ntried, sizeof(*s->tried));
	s->tried[s->ntried++] = (struct surface_tried){what, n};
	return 0;
}

static int
parse_untried(struct parsing *p, const char *number, const char *why)
{
	struct surface *s = &p->s;
	const char *name = strcmp(number, PROBE_ALL_CALLS) == 0 ? number : text_syscall(p, number, "");

	if (name == NULL || *why == '\0')
		return -1;
	s->untried = arena_grow(p->a, s->untried, s->nuntried, sizeof(*s->untried));
	s->untried[s->nuntried++] = (struct fact){FACT_SYSCALL, arena_printf(p->a, "%s: %s", name, why)};
	return 0;
}

static int
parse_end(struct parsing *p, const char *number)
{
	uint64_t n;

	if (str_to_u64(number, UINT64_MAX, &n) < 0 || n != p->records)
		return -1;
	p->ended = true;
	return 0;
}

static int
parse_record(struct parsing *p, enum probe_word w, const char *x, const char *y)
{
	const struct maker *m = &makers[w];
	const char *text;

	if (w == PROBE_MOUNT)
		return parse_mount(p, x, y);
	if (w == PROBE_TRIED)
		return parse_tried(p, x, y);
	if (w == PROBE_UNTRIED)
		return parse_untried(p, x, y);
	if (w == PROBE_END)
		return parse_end(p, x);
	text = m->text != NULL ? m->text(p, x, y) : NULL;
	if (text == NULL || *text == '\0')
		return -1;
	facts_add(&p->s.facts, m->kind, text, p->a);
	return 0;
}

static int
word_of(const char *text)
{
	for (int w = 0; w < PROBE_NWORDS; w++)
		if (strcmp(probe_words[w], text) == 0)
			return w;
	return -1;
}

/* The next string of what is left, in the arena; NULL: it has no end. */
static const char *
next(struct parsing *p, const char **at, const char *end)
{
	const char *s = *at, *nul = memchr(s, '\0', (size_t)(end - s));

	if (nul == NULL)
		return NULL;
	*at = nul + 1;
	return arena_strndup(p->a, s, (size_t)(nul - s));
}

static int
malformed(const struct parsing *p, struct err *e)
{
	return err_set(
		e, ERR_FAILED, "measure", NULL, "record %" PRIu64 " of the probe is none of its own", p->records + 1);
}

int
surface_parse(const char *text, size_t n, struct arena *a, struct surface *ret, struct err *e)
{
	struct parsing p = {.a = a};
	const char *at = text, *end = text + n;

	while (at < end) {
		const char *word = next(&p, &at, end), *x = word != NULL ? next(&p, &at, end) : NULL,
			   *y = x != NULL ? next(&p, &at, end) : NULL;
		int w = y != NULL ? word_of(word) : -1;

		if (w == PROBE_FAILED)
			return err_set(e, ERR_FAILED, "measure", x, "%s", y);
		if (w < 0 || p.ended || parse_record(&p, (enum probe_word)w, x, y) < 0)
			return malformed(&p, e);
		p.records++;
	}
	if (!p.ended)
		return err_set(e, ERR_FAILED, "measure", NULL, "the probe was ended before it was through");
	facts_sort(&p.s.facts);
	if (p.s.nmounts > 1)
		qsort(p.s.mounts, p.s.nmounts, sizeof(*p.s.mounts), by_target);
	*ret = p.s;
	return 0;
}
