/*
 * warder-probe: measures, from inside a running jail and with the rights of its root, what can be done there.
 *
 * warder executes it as `warder exec` does a command (run/linux/enter.c), from memory; it takes no argument, reads
 * nothing of the jail's but names and the kernel's own files, and writes records (record.h) to descriptor 1, which it
 * alone has.  It runs among processes that may be hostile.  None of them may trace it, read its memory or open its
 * descriptors: it has a Landlock domain of its own, as every command of exec, and it is not dumpable, nor can the jail
 * read the file that it is executed from (run/linux/init_image.h); its children inherit that.  They can end or stop it:
 * then there is no last record, and the jail counts as not measured.
 *
 * What is tried does nothing where it succeeds, or is made in a child that is thrown away, or leaves no name.
 */
#include <errno.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "probe/calls.h"
#include "probe/execute.h"
#include "probe/out.h"
#include "probe/processes.h"
#include "probe/rights.h"
#include "probe/walk.h"

static struct mounts mounts;
static struct places places;

int
main(void)
{
	/* fs.suid_dumpable = 1 would have it otherwise. */
	if (prctl(PR_SET_DUMPABLE, 0UL, 0UL, 0UL, 0UL) < 0)
		out_give_up("PR_SET_DUMPABLE", errno);
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
	return 0;
}
