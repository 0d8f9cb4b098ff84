/*
 * Building the brief (init/brief.h) from a plan.  Pure.
 */
#ifndef WARDER_RUN_LINUX_BRIEF_H
#define WARDER_RUN_LINUX_BRIEF_H

#include "base/passwd.h"
#include "init/brief.h"
#include "model/plan.h"
#include "run/backend.h"
#include "seccomp/filter.h"

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

#endif
