/*
 * Owns the order of what is tried, the same on every system; how it is tried is in files chosen by name.
 *
 * What is tried does nothing where it succeeds, or is made in a child that is thrown away, or leaves no name.
 */
#include "probe/measure.h"

#include "probe/calls.h"
#include "probe/child.h"
#include "probe/execute.h"
#include "probe/out.h"
#include "probe/processes.h"
#include "probe/rights.h"
#include "probe/walk.h"

static struct mounts mounts;
static struct places places;

void
probe_measure(void)
{
	child_protect();
	rights_descriptors();
	rights_capabilities();
	mounts_read(&mounts);
	walk_view(&mounts, &places);
	execute_files(&places);
	execute_memory();
	processes_try(&mounts);
	rights_namespaces();
	rights_mounting(&mounts);
	rights_sockets();
	calls_try();
	out_end();
}
