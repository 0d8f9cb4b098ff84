/*
 * Owns sets of facts: their words, their order, and the file that they are kept in.
 */
#include <stdlib.h>
#include <string.h>

#include "surface/surface.h"

const struct fact_row fact_rows[FACT_NKINDS] = {
	[FACT_MOUNT] = {"mounts", "mount", true},
	[FACT_MOUNT_RIGHT] = {"mount_rights", "right of a mount", true},
	[FACT_COVERED] = {"covered", "covered mount", true},
	[FACT_WRITE] = {"writable", "writable", true},
	[FACT_ALIAS] = {"aliases", "alias", false},
	[FACT_DEVICE] = {"devices", "device", true},
	[FACT_PROC] = {"kernel_files", "writable file of the kernel's", true},
	[FACT_EXECUTE] = {"executable", "written, then executed", true},
	[FACT_MEMORY] = {"memory", "memory written, then executed", true},
	[FACT_SETID] = {"set_id", "set-id", true},
	[FACT_MOUNTING] = {"mounting", "changing mounts", true},
	[FACT_NAMESPACE] = {"namespaces", "new namespace", true},
	[FACT_CAPABILITY] = {"capabilities", "capability", true},
	[FACT_SYSCALL] = {"syscalls", "system call", true},
	[FACT_SOCKET] = {"sockets", "socket", true},
	[FACT_DESCRIPTOR] = {"descriptors", "inherited descriptor", true},
	[FACT_ROOT] = {"roots", "root of another process", true},
};

static const char head[] = "# warder surface 1";

static int
compare(const void *a, const void *b)
{
	const struct fact *x = a, *y = b;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return strcmp(x->text, y->text);
}

void
facts_add(struct facts *f, enum fact_kind kind, const char *text, struct arena *a)
{
	f->v = arena_grow(a, f->v, f->n, sizeof(*f->v));
	f->v[f->n++] = (struct fact){kind, text};
}

void
facts_sort(struct facts *f)
{
	size_t n = 0;

	if (f->n > 1)
		qsort(f->v, f->n, sizeof(*f->v), compare);
	for (size_t i = 0; i < f->n; i++)
		if (n == 0 || compare(&f->v[n - 1], &f->v[i]) != 0)
			f->v[n++] = f->v[i];
	f->n = n;
}

bool
facts_has(const struct facts *f, enum fact_kind kind, const char *text)
{
	const struct fact wanted = {kind, text};

	return f->n > 0 && bsearch(&wanted, f->v, f->n, sizeof(*f->v), compare) != NULL;
}

void
facts_print(const struct facts *f, struct str *out)
{
	str_addf(out, "%s\n", head);
	for (size_t i = 0; i < f->n; i++) {
		str_addf(out, "%s ", fact_rows[f->v[i].kind].key);
		str_add_escaped(out, f->v[i].text, strlen(f->v[i].text));
		str_addc(out, '\n');
	}
}

/* 0 to 15; 16: no digit. */
static unsigned
hex(char c)
{
	static const char digits[] = "0123456789ABCDEF";
	const char *at = c != '\0' ? strchr(digits, c) : NULL;

	return at != NULL ? (unsigned)(at - digits) : 16;
}

/* What str_add_escaped made, in place; -1 if it did not make this. */
static int
unescape(char *s)
{
	static const char letters[] = "nt\\", meant[] = "\n\t\\";
	char *to = s;

	for (; *s != '\0'; to++) {
		if (*s != '\\') {
			*to = *s++;
			continue;
		}
		const char *letter = s[1] != '\0' ? strchr(letters, s[1]) : NULL;

		if (letter != NULL) {
			*to = meant[letter - letters];
			s += 2;
		} else if (s[1] == 'x' && hex(s[2]) < 16 && hex(s[3]) < 16) {
			*to = (char)(hex(s[2]) << 4 | hex(s[3]));
			s += 4;
		} else
			return -1;
	}
	*to = '\0';
	return 0;
}

static int
parse_line(char *line, struct arena *a, struct facts *f)
{
	char *rest = line;
	const char *key = strsep(&rest, " ");

	if (rest == NULL || unescape(rest) < 0)
		return -1;
	for (int k = 0; k < FACT_NKINDS; k++)
		if (strcmp(fact_rows[k].key, key) == 0) {
			facts_add(f, (enum fact_kind)k, rest, a);
			return 0;
		}
	return -1;
}

int
facts_parse(const char *text, const char *subject, struct arena *a, struct facts *ret, struct err *e)
{
	struct facts f = {0};
	char *rest = arena_strdup(a, text), *line = strsep(&rest, "\n");
	unsigned n = 1;

	if (line == NULL || strcmp(line, head) != 0)
		return err_set(e, ERR_FAILED, "read", subject, "it does not begin with \"%s\"", head);
	while ((line = strsep(&rest, "\n")) != NULL && (rest != NULL || *line != '\0')) {
		n++;
		if (rest == NULL || parse_line(line, a, &f) < 0)
			return err_set(e, ERR_FAILED, "read", subject, "line %u is none of warder's", n);
	}
	facts_sort(&f);
	*ret = f;
	return 0;
}
