/*
 * Memory that is freed at once.
 *
 * Everything parsed or planned lives in one arena; nothing in it is freed singly.  Allocation never returns NULL: out
 * of memory ends the program with a message (exit 1), since nothing in an arena is a resource that must be undone.
 */
#ifndef WARDER_BASE_ARENA_H
#define WARDER_BASE_ARENA_H

#include <stddef.h>

#include "base/err.h"

struct arena_chunk;
struct arena {
	struct arena_chunk *head;
};

/* Ends the program with a message, exit 1. */
void arena_out_of_memory(void) __attribute__((noreturn));

/* A zeroed struct arena is empty and ready. */
void arena_done(struct arena *a);

/* size bytes, zeroed, aligned for any type. */
void *arena_alloc(struct arena *a, size_t size) __attribute__((returns_nonnull, malloc));
/* n elements of size bytes, zeroed; ends the program on overflow. */
void *arena_array(struct arena *a, size_t n, size_t size) __attribute__((returns_nonnull, malloc));
char *arena_strdup(struct arena *a, const char *s) __attribute__((returns_nonnull));
char *arena_strndup(struct arena *a, const char *s, size_t n) __attribute__((returns_nonnull));
char *arena_printf(struct arena *a, const char *fmt, ...) printf_like(2, 3) __attribute__((returns_nonnull));
/*
 * An array that grows: returns items with room for n + 1 elements of size bytes.  Capacities are powers of two, so n
 * alone says whether there is room.  items may be NULL when n is 0.
 *	v->items = arena_grow(a, v->items, v->n, sizeof(*v->items));
 *	v->items[v->n++] = x;
 */
void *arena_grow(struct arena *a, void *items, size_t n, size_t size) __attribute__((returns_nonnull));

/* A counted list of strings in an arena; v[n] is always NULL when v is not NULL. */
struct strv {
	const char **v;
	size_t n;
};
/* Appends s itself (not a copy). */
void strv_add(struct arena *a, struct strv *l, const char *s);
bool strv_has(const struct strv *l, const char *s);

#endif
