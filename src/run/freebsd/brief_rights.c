/*
 * Owns what of a brief is FreeBSD's: nothing.  What the jail's parameters leave is the same for each process in it.
 */
#include "run/brief.h"

void
brief_fill_rights(struct brief *h, struct str *b, const struct plan *p)
{
	h->flags = 0;
}
