/*
 * Building the brief (init/brief.h) from a plan.  Pure.
 */
#ifndef WARDER_RUN_BRIEF_H
#define WARDER_RUN_BRIEF_H

#include "base/passwd.h"
#include "init/brief.h"
#include "model/plan.h"
#include "run/backend.h"

/* For pid 1 of the plan's jail.  *ret lives in out, which the caller owns. */
int brief_for_init(const struct plan *p, struct str *out, struct err *e) must_check;
/* For one command in it, as user u.  shell: the user's own, for a console without a command. */
int brief_for_command(const struct plan *p, const struct enter_request *r, const struct user *u, const char *term,
	struct str *out, struct err *e) must_check;
/* For pid 1 of a management view, which runs the command. */
int brief_for_view(const struct plan *p, const struct enter_request *r, const struct user *u, const char *term,
	struct str *out, struct err *e) must_check;

/* RLIMIT_* of a plan's name ("nofile"), -1 if there is none. */
int brief_rlimit_number(const char *name);

/* ---- shared with linux/brief_rights.c and freebsd/brief_rights.c ---- */

/* What a system has beside the limits of a process: flags, capabilities, filter. */
void brief_fill_rights(struct brief *h, struct str *b, const struct plan *p);
/* Appends n bytes at an aligned place, which is returned. */
uint32_t brief_place(struct str *b, const void *data, size_t n);

#endif
