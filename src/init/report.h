/*
 * Errors inside the jail: struct report is the record, filled by the leaf and sent as it is.
 */
#ifndef WARDER_INIT_REPORT_H
#define WARDER_INIT_REPORT_H

#include "base/err.h"
#include "init/brief.h"

/* Each returns -1 and fills *r; texts are cut to their fields.  reason may be NULL. */
int report_sys(struct report *r, const char *op, const char *subject);
int report_set(struct report *r, enum err_kind kind, const char *op, const char *subject, const char *reason);
/* One message on BRIEF_FD_REPORT; -1 if nobody is there any more. */
int report_send(const struct report *r);

#endif
