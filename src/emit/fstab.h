/*
 * Lines of fstab(5) for another emitter, which has mount(8) make a part of the view.
 */
#ifndef WARDER_EMIT_FSTAB_H
#define WARDER_EMIT_FSTAB_H

#include "emit/emit.h"

/* Adds the line of one step that is a mount, as `emit fstab` for Linux has it. */
void fstab_add_mount(
	const struct emit_input *in, const struct plan *p, const struct op *o, struct arena *a, struct str *out);

#endif
