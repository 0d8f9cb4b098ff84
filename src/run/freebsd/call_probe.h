/*
 * The probe (src/probe) in a running jail: a child of this process, which enters it.  No program of the jail's trees is
 * executed, nor does the jail see one of the host's.
 */
#ifndef WARDER_RUN_FREEBSD_CALL_PROBE_H
#define WARDER_RUN_FREEBSD_CALL_PROBE_H

#include "base/err.h"
#include "base/str.h"

/* What it wrote, for surface_parse.  ERR_FAILED unless it came to its end by itself, within some seconds. */
int fbsd_probe_run(int jid, const char *view, struct str *ret, struct err *e) must_check;

#endif
