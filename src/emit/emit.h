/*
 * Plans in other tools' formats.  Pure: plans in, texts out; the same plans give the same bytes.
 *
 * An emitter is one file and one row of emitters.c.  What its format cannot say is an error, or a comment in the text
 * that names it (emit_note); nothing is left out silently.
 */
#ifndef WARDER_EMIT_EMIT_H
#define WARDER_EMIT_EMIT_H

#include "base/str.h"
#include "model/plan.h"

enum emit_os { EMIT_LINUX, EMIT_FREEBSD };

struct emit_options {
	enum emit_os os;             /* fstab */
	bool manage;                 /* fstab: the management views, too */
	bool plain;                  /* fstab: the proposal's own lines, nothing of ours */
	bool native;                 /* systemd: without warder at run time */
	bool split;                  /* jail.conf: a file for each jail */
	bool pod;                    /* kube: a Pod, not a Deployment */
	bool seccomp;                /* kube: warder's own filter, as a file beside */
	const char *image, *storage; /* kube: before the image's name, size of the claim; NULL: their defaults */
};

struct emit_input {
	const char *root;         /* the store, host path */
	const struct plan *plans; /* one for each jail; where the emitter needs no facts, only their jail is set */
	size_t n;
	struct strv command; /* the words that call warder with this configuration, before the verb */
	struct emit_options o;
};

/* A file of the output; in the arena. */
struct emit_file {
	const char *name; /* relative, "named.service" */
	const char *text;
};
struct emit_files {
	struct emit_file *v;
	size_t n;
};

struct emitter {
	const char *name;
	int (*emit)(const struct emit_input *in, struct arena *a, struct emit_files *ret, struct err *e);
};
/* The rows, each at the end of its own file. */
extern const struct emitter emit_fstab, emit_jail_conf, emit_kube, emit_nspawn, emit_oci, emit_systemd;
extern const struct emitter *const emitters[];
extern const size_t nemitters;

const struct emitter *emitter_find(const char *name); /* NULL: there is none */

/* ---- what emitters share (parts.c) ---- */

/* Adds a file; the text is copied. */
void emit_file_add(struct arena *a, struct emit_files *f, const char *name, const struct str *text);
/* "ROOT/.warder/base/mroot/7/root" and the like: where the source of a bind of a plan lies on the host, or in a view
 * at that path. */
const char *emit_source(const struct emit_input *in, const struct plan *p, const struct op *o, struct arena *a);
/* "# SUBJECT (FILE:LINE): TEXT\n", folded to lines of at most 100 columns; why may be NULL. */
void emit_note(struct str *out, const char *subject, const struct srcloc *why, const char *text);
/* The service's words; exec.start, if there is one, before it, by the jail's own shell.  No word has a
 * newline in it. */
struct strv emit_service(const struct plan *p, struct arena *a);
/* "SIGTERM", "SIGRTMIN+3". */
const char *emit_signal(uint32_t number, struct arena *a);
/* "PATH=...", what is declared last. */
struct strv emit_environment(const struct plan *p, struct arena *a);
/* ERR_CONFIG for a jail that emit_service cannot say: no service, or exec.start as another user than it. */
int emit_check_service(const char *op, const struct jail *j, struct err *e) must_check;
/* Words as a shell takes them, a blank before each. */
void emit_shell(struct str *out, const struct strv *words);
/* "CAP_SETGID", ...: in number order. */
struct strv emit_caps(uint64_t caps, struct arena *a);
/* "NAME=A B\n", as unit files have it; nothing in the words needs quoting. */
void emit_setting(struct str *out, const char *name, const struct strv *words);
/* The first step of that kind; NULL: the plan has none. */
const struct op *emit_find(const struct plan *p, enum op_kind kind);

#endif
