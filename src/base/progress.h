/*
 * Progress on a terminal; quiet in a pipe.
 */
#ifndef WARDER_BASE_PROGRESS_H
#define WARDER_BASE_PROGRESS_H

#include <stdint.h>

#include "base/err.h"

struct progress {
	FILE *out;            /* NULL: silent */
	char what[64];        /* "copying base", changes with progress_phase */
	uint64_t done, total; /* total 0: unknown, a counter is shown instead of a bar */
	uint64_t bytes;       /* with it, rates are shown: files and bytes a second */
	uint64_t started_ns, drawn_ns;
	bool drawn;
};

/* Silent unless out is a terminal and quiet is false. */
void progress_init(struct progress *p, FILE *out, bool quiet);
/* Begins a phase: finishes the former line ("copying base: 24,310 files, 2.1 s") and starts a new one. */
void progress_phase(struct progress *p, const char *what, uint64_t total);
/* Redraws at most ten times a second.  p may be NULL. */
void progress_add(struct progress *p, uint64_t n);
/* How many bytes there are by now; shown at the next of the above. */
void progress_bytes(struct progress *p, uint64_t bytes);
/* A line of detail after the bar (the package that is being unpacked); cut to the terminal's width, escaped. */
void progress_note(struct progress *p, const char *text);
/* Ends the line; with ok false says "failed". */
void progress_done(struct progress *p, bool ok);

#endif
