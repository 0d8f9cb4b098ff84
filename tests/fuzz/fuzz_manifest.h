/*
 * What is held against every manifest, by the fuzzer and by the replay of its seeds: neither reader crashes, each says
 * why and where it refuses; what is taken has only paths of the tree, in order, each in its directory; and warder's own
 * form is one text, read from memory and from a file alike.
 */
#ifndef WARDER_TESTS_FUZZ_MANIFEST_H
#define WARDER_TESTS_FUZZ_MANIFEST_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "store/mtree.h"
#include "store/seal_lines.h"

static inline void
manifest_require(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "broken promise: %s\n", what);
	abort();
}

static inline void
manifest_require_error(const struct err *e)
{
	manifest_require(e->kind == ERR_FAILED, "a refusal is no success of another kind");
	manifest_require(strncmp(e->reason, "line ", 5) == 0, "a refusal says where");
}

static inline void
manifest_require_path(const char *path, const char *before)
{
	str_auto slashed = {0};

	str_addf(&slashed, "/%s/", path);
	manifest_require(strlen(path) <= SEAL_PATH_MAX && *path != '\0', "a path has a length that can be opened");
	manifest_require(
		before ? seal_order(before, path) < 0 : strcmp(path, ".") == 0, "paths are in order, each once");
	manifest_require(!strstr(str_text(&slashed), "//") && !strstr(str_text(&slashed), "/../"), "a path is clean");
	manifest_require(!before || !strstr(str_text(&slashed), "/./"), "only the top is .");
}

static inline void
fuzz_foreign(const char *data, size_t size)
{
	struct arena a = {0};
	struct mtree m = {0};
	struct err e = {0};

	if (mtree_parse(data, size, "fuzz", &a, &m, &e) < 0)
		manifest_require_error(&e);
	for (size_t i = 0; i < m.n; i++) {
		manifest_require_path(m.v[i].v.path, i > 0 ? m.v[i - 1].v.path : NULL);
		manifest_require(!seal_says(&m.v[i].v, WORD_LINK) || *m.v[i].v.link != '\0',
			"a link that is said leads somewhere");
	}
	arena_done(&a);
}

/* From a file; n: how many entries the text has, or that it is refused. */
static inline void
fuzz_reader(const char *data, size_t size, bool is_taken, size_t n)
{
	struct seal_reader r;
	struct seal_entry v;
	struct err e = {0};
	char hash[SHA256_HEX];
	uint64_t lines;
	size_t entries = 0;
	int got, fd = memfd_create("manifest", MFD_CLOEXEC);

	manifest_require(fd >= 0 && write(fd, data, size) == (ssize_t)size && lseek(fd, 0, SEEK_SET) == 0, "a file");
	manifest_require(seal_reader_open(&r, fd, "fuzz", hash, &lines, &e) == 0, "what can be read has a hash");
	while ((got = seal_reader_next(&r, &v, &e)) > 0)
		entries++;
	if (got < 0)
		manifest_require_error(&e);
	manifest_require((got == 0) == is_taken && (!is_taken || entries == n), "a file is read as its text");
	seal_reader_done(&r);
	close(fd);
}

static inline void
fuzz_ours(const char *data, size_t size)
{
	struct arena a = {0};
	struct seal s = {0}, again = {0};
	struct err e = {0};
	str_auto first = {0}, second = {0};
	bool is_taken = seal_parse(data, size, "fuzz", &a, &s, &e) == 0;

	if (!is_taken)
		manifest_require_error(&e);
	fuzz_reader(data, size, is_taken, s.n);
	if (is_taken) {
		struct mtree m;
		for (size_t i = 0; i < s.n; i++)
			manifest_require_path(s.v[i].path, i > 0 ? s.v[i - 1].path : NULL);
		seal_print(&s, &first);
		manifest_require(
			seal_parse(first.s, first.len, "print", &a, &again, &e) == 0, "what is printed parses");
		seal_print(&again, &second);
		manifest_require(
			!strcmp(str_text(&first), str_text(&second)), "what is printed parses to the same print");
		manifest_require(mtree_parse(first.s, first.len, "print", &a, &m, &e) == 0 && m.n == s.n,
			"ours is one of theirs");
	}
	arena_done(&a);
}

static inline void
fuzz_manifest(const char *data, size_t size)
{
	fuzz_foreign(data, size);
	fuzz_ours(data, size);
}

#endif
