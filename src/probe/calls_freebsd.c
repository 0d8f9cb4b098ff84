/*
 * FreeBSD: no filter lies before the table of system calls, so each of them is reached; and there is none whose
 * harmless form is known for all of them, reboot(2) being one.  What may be done is told by the privileges
 * (rights_freebsd.c).
 */
#include "probe/calls.h"

#include "probe/out.h"

void
calls_try(void)
{
	out_record(PROBE_UNTRIED, PROBE_ALL_CALLS,
		"not tried on FreeBSD: nothing filters them there, each is reached; see the privileges");
}
