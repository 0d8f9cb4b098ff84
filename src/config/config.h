/*
 * Reading the configuration: jail.conf(5)'s syntax, our keys (DESIGN.md section 5).
 */
#ifndef WARDER_CONFIG_CONFIG_H
#define WARDER_CONFIG_CONFIG_H

#include "base/json.h"
#include "model/jail.h"

/*
 * Reads path and, where it is the default path, jails.d/(*).conf beside it in byte order, checks all of it and fills
 * in defaults.  The default path itself need not exist: ret->file is NULL if nothing was read.  Every file must be a
 * regular file owned by root (uid 0) or, when not root, by the caller, and not writable by others (SECURITY.md R20).
 * The first error is returned (ERR_CONFIG with its place; ERR_NOPERM for a file that others can write or the caller
 * cannot read).
 */
int config_load(const char *path, struct arena *a, struct config *ret, struct err *e) must_check;
/* The same from bytes, for tests and the fuzzer: name stands for the file; .include is refused. */
int config_parse(
	const char *name, const char *text, size_t len, struct arena *a, struct config *ret, struct err *e) must_check;

/* The configuration as it is after defaults, includes and variables, in its own syntax: parsing it again gives the
 * same. */
void config_print(const struct config *c, struct str *out);
void config_json(const struct config *c, struct json *out);
/* Where the file is if -f does not say: "/etc/warder/warder.conf"; and a line of help that says so.  default_*.c, by
 * the system's name. */
extern const char config_default_path[], config_default_help[];

/* The table of keys, for `config keys`, the manual page's check and completion. */
struct key_doc {
	const char *name, *where /* "global", "base" or "jail" */, *type, *fallback, *text;
};
size_t config_keys(const struct key_doc **ret);

#endif
