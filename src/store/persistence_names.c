/*
 * Owns which paths of the state the jail's configuration names.
 *
 * Every service has a syntax of its own, and none is understood here.  What they have in common is that a line which
 * includes, loads or runs something says so in a word of a short list, and that a path is a path.  So a name too many
 * may be found and, where a service builds its paths from pieces, one may be missed; the manual says so.
 */
#include <ctype.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/dirs.h"
#include "base/fd.h"
#include "base/path.h"
#include "store/internal.h"
#include "store/persistence.h"

#define ARRAY_LEN(v) (sizeof(v) / sizeof((v)[0]))

enum { FILE_MAX = 1 << 20, DEEP = 64 };

static const char *const words[] = {
	"include", "source", "load", "import", "require", "plugin", "module", "exec", "script", "command", "program"};
/* As the jail's processes name them, and as they are. */
static const char *const roots[] = {"/t/var/", "/t/tmp/", "/var/", "/tmp/"};

/* ---- pure ---- */

static bool
is_of_path(char c)
{
	return isalnum((unsigned char)c) || (unsigned char)c >= 0x80 || (c != '\0' && strchr("/._-+@~%", c) != NULL);
}

static bool
has_word(const char *line, size_t len)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		size_t n = strlen(words[i]);

		for (size_t at = 0; at + n <= len; at++)
			if (strncasecmp(line + at, words[i], n) == 0)
				return true;
	}
	return false;
}

/* The first of the roots that s begins with, n bytes; NULL: none. */
static const char *
root_of(const char *s, size_t n)
{
	for (size_t i = 0; i < ARRAY_LEN(roots); i++)
		if (n > strlen(roots[i]) && memcmp(s, roots[i], strlen(roots[i])) == 0)
			return roots[i];
	return NULL;
}

static void
add_path(struct persist_names *n, const char *path, size_t len)
{
	size_t skip = path[1] == 't' && path[2] == '/' ? 2 : 0;

	path += skip;
	len -= skip;
	while (len > 1 && (path[len - 1] == '/' || path[len - 1] == '.'))
		len--;
	if (len >= 4096)
		return;
	if (n->bytes + len > PERSIST_NAMES_MAX) {
		n->is_full = true;
		return;
	}
	n->bytes += len + 1;
	strv_add(n->a, &n->paths, arena_strndup(n->a, path, len));
}

/* What of a pattern's last part is before its first wildcard says nothing: its directory is meant. */
static size_t
cut_pattern(const char *path, size_t len, char next)
{
	if (next != '*' && next != '?' && next != '[' && next != '{' && next != '$')
		return len;
	while (len > 1 && path[len - 1] != '/')
		len--;
	return len;
}

static void
add_paths(struct persist_names *n, const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		size_t end = i;

		if (s[i] != '/' || (i > 0 && is_of_path(s[i - 1])) || root_of(s + i, len - i) == NULL)
			continue;
		while (end < len && is_of_path(s[end]))
			end++;
		add_path(n, s + i, cut_pattern(s + i, end - i, end < len ? s[end] : '\0'));
		i = end - 1;
	}
}

void
persistence_names_add(struct persist_names *n, const char *text, size_t len)
{
	while (len > 0) {
		const char *newline = memchr(text, '\n', len);
		size_t line = newline != NULL ? (size_t)(newline - text) : len;

		if (memchr(text, '/', line) != NULL && has_word(text, line))
			add_paths(n, text, line);
		line += newline != NULL;
		text += line;
		len -= line;
	}
}

void
persistence_names_add_word(struct persist_names *n, const char *word)
{
	add_paths(n, word, strlen(word));
}

static int
compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void
persistence_names_sort(struct persist_names *n)
{
	size_t kept = 0;

	if (n->paths.n == 0)
		return;
	qsort(n->paths.v, n->paths.n, sizeof(*n->paths.v), compare);
	for (size_t i = 0; i < n->paths.n; i++)
		if (kept == 0 || strcmp(n->paths.v[kept - 1], n->paths.v[i]) != 0)
			n->paths.v[kept++] = n->paths.v[i];
	n->paths.n = kept;
}

static bool
has(const struct persist_names *n, const char *path)
{
	return n->paths.n > 0 && bsearch(&path, n->paths.v, n->paths.n, sizeof(*n->paths.v), compare) != NULL;
}

/* The file, or a directory that it is in; but not all of /var. */
bool
persistence_is_included(const struct persist_names *n, const char *path)
{
	char part[4096];
	size_t len = strlen(path);

	if (n->paths.n == 0 || len >= sizeof(part))
		return false;
	memcpy(part, path, len + 1);
	for (char *slash; strcmp(part, "/var") != 0 && strcmp(part, "/tmp") != 0;) {
		if (has(n, part))
			return true;
		if ((slash = strrchr(part, '/')) == NULL || slash == part)
			return false;
		*slash = '\0';
	}
	return false;
}

/* ---- reading ---- */

/* A file that cannot be read, or is no text of a sensible size, names nothing. */
static void
read_file(const struct dirs *d, const char *name, char *buf, struct persist_names *n)
{
	struct err ignored;
	fd_auto fd = path_open_regular(dirs_fd(d), name, &ignored);
	ssize_t got = fd < 0 ? -1 : fd_read_full(fd, buf, FILE_MAX, name, &ignored);

	if (got > 0)
		persistence_names_add(n, buf, (size_t)got);
}

static int
read_tree(struct dirs *d, char *buf, struct persist_names *n, struct err *e)
{
	const char *name;
	unsigned char type;
	struct err why;

	for (;;) {
		int got = dirs_read(d, &name, &type, e);

		if (got < 0)
			return -1;
		if (got == 0 && d->n == 1)
			return 0;
		if (got == 0) {
			if (dirs_pop(d, e) < 0)
				return -1;
		} else if (d->n >= DEEP || dirs_push(d, name, &why) < 0)
			read_file(d, name, buf, n);
	}
}

int
persistence_names_read(const struct store *s, const char *skel, struct persist_names *n, struct err *e)
{
	char etc[STORE_PATH];
	fd_auto fd = path_open_beneath(s->rootfd, store_path(etc, "%s/etc", skel), PATH_ONLY | O_DIRECTORY, 0, e);
	dirs_auto d = {0};
	char *buf;
	int r;

	if (fd < 0 || dirs_open(&d, fd, "read", e) < 0)
		return -1;
	buf = malloc(FILE_MAX);
	if (buf == NULL)
		arena_out_of_memory();
	r = read_tree(&d, buf, n, e);
	free(buf);
	return r;
}
