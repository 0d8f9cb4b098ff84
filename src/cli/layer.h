/*
 * The layers of an image, written as tar from a store's trees, one entry at a time: what is in a base's generation and
 * in a skeleton, with the links between them flattened (emit/flat.h).
 */
#ifndef WARDER_CLI_LAYER_H
#define WARDER_CLI_LAYER_H

#include "base/progress.h"
#include "emit/flat.h"
#include "model/plan.h"
#include "store/store.h"

/* Where the bytes go. */
struct layer_sink {
	int (*write)(void *ctx, const void *data, size_t n, struct err *e);
	void *ctx;
};
struct layer_options {
	uint64_t mtime; /* of every entry */
	struct progress *bar;
	/* Told of what no image has: devices and sockets.  path: in the image. */
	void (*left_out)(void *ctx, const char *path, const char *why);
	void *ctx;
};

/* Where the parts lie, by the links of the base and of the skeleton. */
int layer_find_parts(const struct store_trees *t, struct arena *a, struct flat *ret, struct err *e) must_check;
/* The base's generation: root, the state that a new jail starts from, pins.  The same for all jails on it. */
int layer_write_base(const struct store_trees *t, const struct base_meta *m, const struct flat *f,
	const struct layer_sink *sink, const struct layer_options *o, struct err *e) must_check;
/* The jail's skeleton, its pins, and the directories that it has in /run. */
int layer_write_skeleton(const struct store_trees *t, const struct plan *p, const struct flat *f,
	const struct layer_sink *sink, const struct layer_options *o, struct err *e) must_check;

#endif
