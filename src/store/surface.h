/*
 * What is expected of a jail's surface, as the administrator recorded it: .warder/skel/JAIL/surface, with its hash in
 * the journal, so that neither the file nor its absence goes unnoticed when it is not what was recorded.
 */
#ifndef WARDER_STORE_SURFACE_H
#define WARDER_STORE_SURFACE_H

#include "base/sha256.h"
#include "store/store.h"

/* Writes it, between store_journal_begin and _end of the action "surface", with its hash as `after`.  Needs the lock
 * "jail.NAME". */
int store_surface_write(const struct store *s, const char *jail, const struct str *text, struct err *e) must_check;

struct surface_record {
	const char *text;  /* NULL: none was recorded */
	const char *fault; /* why it is not what was recorded; NULL: it is, or there is none */
};
int store_surface_read(
	const struct store *s, const char *jail, struct arena *a, struct surface_record *ret, struct err *e) must_check;

#endif
