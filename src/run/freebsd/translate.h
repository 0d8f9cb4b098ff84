/*
 * From a plan to what FreeBSD's kernel is asked for.  Pure: no system calls, and compiled on every system, so that its
 * tests run on every system.
 *
 * What FreeBSD cannot express is ERR_CONFIG with the line that asked for it, or where no line did, a note.
 */
#ifndef WARDER_RUN_FREEBSD_TRANSLATE_H
#define WARDER_RUN_FREEBSD_TRANSLATE_H

#include "model/plan.h"
#include "run/freebsd/args.h"

/* Everything in *ret lives in a, in p or in k. */
int fbsd_translate(const struct plan *p, const struct fbsd_kernel *k, struct arena *a, struct fbsd_plan *ret,
	struct err *e) must_check;

/* ---- shared by translate*.c ---- */

struct fbsd_builder {
	struct arena *a;
	const struct plan *p;
	const struct fbsd_kernel *k;
	struct fbsd_plan *out;
};

struct fbsd_step *fbsd_step_add(struct fbsd_builder *b, enum fbsd_kind kind, const struct op *o);
/* A note, once for each subject. */
void fbsd_note_add(struct fbsd_builder *b, const struct op *o, const char *subject, const char *text);
/* As a note where o is a rule of warder's own; ERR_CONFIG with the line where somebody wrote it. */
int fbsd_cannot(
	struct fbsd_builder *b, const struct op *o, const char *subject, const char *text, struct err *e) must_check;

void fbsd_arg_flag(struct fbsd_builder *b, struct fbsd_args *l, const char *name);
void fbsd_arg_text(struct fbsd_builder *b, struct fbsd_args *l, const char *name, const char *text);
void fbsd_arg_number(struct fbsd_builder *b, struct fbsd_args *l, const char *name, int number);

/* translate_mount.c: o is an OP_MOUNT. */
int fbsd_mount(struct fbsd_builder *b, const struct op *o, struct err *e) must_check;
/* Where the view is, an absolute path. */
const char *fbsd_view(struct fbsd_builder *b);
/* translate_jail.c: the jail itself, of all that the plan says of it; o: its OP_LOCK. */
int fbsd_jail(struct fbsd_builder *b, const struct op *o, struct err *e) must_check;
/* translate_net.c: o is one of the network's steps. */
int fbsd_network(struct fbsd_builder *b, const struct op *o, struct err *e) must_check;

#endif
