/*
 * Golden cases: one file with an input and what has to come out of it.
 *
 *	--- config
 *	a { }
 *	--- error
 *	warder: jail a: has no base
 *
 * A line "--- NAME" begins a section; its text goes up to the next one.  With UPDATE_GOLDEN=1 in the environment a case
 * whose output differs is written anew and counts as passed: read the difference before committing it.
 */
#ifndef WARDER_TESTS_GOLDEN_H
#define WARDER_TESTS_GOLDEN_H

#include <dirent.h>
#include <fnmatch.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/str.h"

enum { GOLDEN_SECTIONS_MAX = 16 };
struct golden {
	struct arena a;
	const char *path;
	struct golden_section {
		const char *name, *text;
		size_t len;
	} v[GOLDEN_SECTIONS_MAX];
	size_t n;
	bool changed;
};

static inline char *
golden_slurp(const char *path, struct arena *a, size_t *ret_len)
{
	FILE *f = fopen(path, "re");
	str_auto all = {0};
	char part[4096];
	size_t n;

	if (!f)
		return NULL;
	while ((n = fread(part, 1, sizeof(part), f)) > 0)
		str_addn(&all, part, n);
	fclose(f);
	*ret_len = all.len;
	return arena_strndup(a, str_text(&all), all.len);
}

static inline struct golden_section *
golden_find(struct golden *g, const char *name)
{
	for (size_t i = 0; i < g->n; i++)
		if (!strcmp(g->v[i].name, name))
			return &g->v[i];
	return NULL;
}

/* False if the file cannot be read or has text before its first section. */
static inline bool
golden_read(const char *path, struct golden *ret)
{
	size_t len = 0;
	char *text, *p;

	*ret = (struct golden){.path = path};
	text = golden_slurp(path, &ret->a, &len);
	for (p = text; p && *p;) {
		char *end = strchr(p, '\n'), *next;
		struct golden_section *s = &ret->v[ret->n];

		if (strncmp(p, "--- ", 4) != 0 || !end || ret->n == GOLDEN_SECTIONS_MAX)
			return false;
		s->name = arena_strndup(&ret->a, p + 4, (size_t)(end - p - 4));
		next = strstr(end, "\n--- ");
		s->len = next ? (size_t)(next - end) : strlen(end) - 1;
		s->text = arena_strndup(&ret->a, end + 1, s->len);
		p = end + 1 + s->len;
		ret->n++;
	}
	return ret->n > 0;
}

static inline void
golden_done(struct golden *g)
{
	arena_done(&g->a);
}

/* True if the section `name` is exactly text; NULL text: if there is no such section. */
static inline bool
golden_expect(struct golden *g, const char *name, const char *text)
{
	struct golden_section *s = golden_find(g, name);

	if (s && text && !strcmp(s->text, text))
		return true;
	if (!s && !text)
		return true;
	if (getenv("UPDATE_GOLDEN")) {
		if (!s && g->n < GOLDEN_SECTIONS_MAX)
			s = &g->v[g->n++];
		*s = (struct golden_section){
			text ? name : "", arena_strdup(&g->a, text ? text : ""), strlen(text ? text : "")};
		g->changed = true;
		return true;
	}
	fprintf(stderr, "%s: section %s\n\texpected:\n%s\n\tgot:\n%s\n", g->path, name, s ? s->text : "(none)",
		text ? text : "(none)");
	return false;
}

static inline bool
golden_write(const struct golden *g)
{
	FILE *f = fopen(g->path, "we");

	if (!f)
		return false;
	for (size_t i = 0; i < g->n; i++)
		if (*g->v[i].name)
			fprintf(f, "--- %s\n%s", g->v[i].name, g->v[i].text);
	return fclose(f) == 0;
}

static inline int
golden_compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static inline struct strv
golden_list(const char *dir, const char *pattern, struct arena *a)
{
	DIR *d = opendir(dir);
	struct strv names = {0};
	const struct dirent *entry;

	while (d && (entry = readdir(d)))
		if (fnmatch(pattern, entry->d_name, 0) == 0)
			strv_add(a, &names, arena_strdup(a, entry->d_name));
	if (d)
		closedir(d);
	if (names.n)
		qsort(names.v, names.n, sizeof(*names.v), golden_compare_names);
	return names;
}

/*
 * Runs one over all cases of TESTS_DIR/golden that match pattern, in byte order; returns how many failed, and in
 * *ret_ncases how many there were: a test that finds none must fail.
 */
static inline size_t
golden_walk(const char *pattern, bool (*one)(struct golden *g), size_t *ret_ncases)
{
	struct arena a = {0};
	const struct strv names = golden_list(TESTS_DIR "/golden", pattern, &a);
	size_t nfailed = 0;

	for (size_t i = 0; i < names.n; i++) {
		struct golden g;
		bool passed = golden_read(arena_printf(&a, TESTS_DIR "/golden/%s", names.v[i]), &g) && one(&g);

		if (g.changed)
			passed = golden_write(&g) && passed;
		if (!passed) {
			fprintf(stderr, "%s: failed\n", names.v[i]);
			nfailed++;
		}
		golden_done(&g);
	}
	*ret_ncases = names.n;
	arena_done(&a);
	return nfailed;
}

#endif
