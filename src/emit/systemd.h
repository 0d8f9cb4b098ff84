/*
 * What the two kinds of unit share (unit.c): how a word is quoted, the timeouts.
 */
#ifndef WARDER_EMIT_SYSTEMD_H
#define WARDER_EMIT_SYSTEMD_H

#include "emit/emit.h"

enum { UNIT_SLACK = 30 }; /* seconds for warder's or systemd's own part of a start or stop */

/* A word between double quotes, as systemd.syntax(7) has it, with specifiers (%) doubled. */
void unit_quote(struct str *out, const char *word);
/* A text that is a whole value, which is not quoted: specifiers doubled. */
const char *unit_specifiers(const char *text, struct arena *a);
/* "KEY=" and each word quoted, with a blank between. */
void unit_words(struct str *out, const char *key, const struct strv *words);
/* The same of a command, where $ is doubled, too. */
void unit_command(struct str *out, const char *key, const struct strv *words);
/* KEY="/bin/sh" "-c" "COMMAND", one line for each. */
void unit_shell(struct str *out, const char *key, const struct strv *commands);
/* KEY=SECONDS: what the commands may take and the seconds more; "infinity" if there is one that has no end. */
void unit_timeout(struct str *out, const char *key, const struct jail *j, size_t ncommands, uint64_t seconds);

/* systemd_native.c: one jail's unit that needs no warder at run time. */
int unit_native(
	const struct emit_input *in, const struct plan *p, struct arena *a, struct str *out, struct err *e) must_check;

#endif
