/*
 * Owns the chunks of an arena.  A chunk is at least CHUNK_SIZE bytes, larger for a large request; allocation goes on
 * from the newest one only, so that it is a pointer's increment.
 */
#include "base/arena.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK_SIZE = 16384, ALIGN = _Alignof(max_align_t), FIRST_CAPACITY = 8 };

struct arena_chunk {
	struct arena_chunk *next;
	size_t used, size;
	_Alignas(max_align_t) char bytes[];
};

void
arena_out_of_memory(void)
{
	static const char text[] = "warder: out of memory\n";
	ssize_t ignored = write(STDERR_FILENO, text, sizeof(text) - 1);
	(void)ignored;
	_exit(1);
}

void
arena_done(struct arena *a)
{
	while (a->head != NULL) {
		struct arena_chunk *c = a->head;
		a->head = c->next;
		free(c);
	}
}

static struct arena_chunk *
chunk_new(struct arena *a, size_t size)
{
	struct arena_chunk *c = NULL;
	if (size < CHUNK_SIZE)
		size = CHUNK_SIZE;
	if (size < SIZE_MAX - sizeof(*c))
		c = calloc(1, sizeof(*c) + size);
	if (c == NULL)
		arena_out_of_memory();
	c->size = size;
	c->next = a->head;
	a->head = c;
	return c;
}

void *
arena_alloc(struct arena *a, size_t size)
{
	if (size > SIZE_MAX / 2)
		arena_out_of_memory();
	size = (size + ALIGN - 1) / ALIGN * ALIGN;
	struct arena_chunk *c = a->head;
	if (c == NULL || c->size - c->used < size)
		c = chunk_new(a, size);
	void *p = c->bytes + c->used;
	c->used += size;
	return p;
}

void *
arena_array(struct arena *a, size_t n, size_t size)
{
	size_t bytes;
	if (__builtin_mul_overflow(n, size, &bytes))
		arena_out_of_memory();
	return arena_alloc(a, bytes);
}

char *
arena_strdup(struct arena *a, const char *s)
{
	return arena_strndup(a, s, strlen(s));
}

char *
arena_strndup(struct arena *a, const char *s, size_t n)
{
	size_t len = strnlen(s, n);
	char *p = arena_alloc(a, len + 1);
	memcpy(p, s, len);
	return p;
}

char *
arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap, again;
	va_start(ap, fmt);
	va_copy(again, ap);
	int len = vsnprintf(NULL, 0, fmt, ap);
	if (len < 0)
		arena_out_of_memory();
	char *p = arena_alloc(a, (size_t)len + 1);
	vsnprintf(p, (size_t)len + 1, fmt, again);
	va_end(again);
	va_end(ap);
	return p;
}

/* Capacities are FIRST_CAPACITY and its doubles: an array is full exactly when n is one of them. */
void *
arena_grow(struct arena *a, void *items, size_t n, size_t size)
{
	if (n != 0 && (n < FIRST_CAPACITY || (n & (n - 1)) != 0))
		return items;
	if (n > SIZE_MAX / 2)
		arena_out_of_memory();
	void *larger = arena_array(a, n == 0 ? FIRST_CAPACITY : 2 * n, size);
	if (n != 0)
		memcpy(larger, items, n * size);
	return larger;
}

void
strv_add(struct arena *a, struct strv *l, const char *s)
{
	l->v = arena_grow(a, l->v, l->v == NULL ? 0 : l->n + 1, sizeof(*l->v));
	l->v[l->n++] = s;
	l->v[l->n] = NULL;
}

bool
strv_has(const struct strv *l, const char *s)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->v[i], s) == 0)
			return true;
	return false;
}
