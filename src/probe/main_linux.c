/*
 * warder-probe: measures, from inside a running jail and with the rights of its root, what can be done there.
 *
 * warder executes it as `warder exec` does a command (run/linux/enter.c), from memory; it takes no argument, reads
 * nothing of the jail's but names and the kernel's own files, and writes records (record.h) to descriptor 1, which it
 * alone has.  It runs among processes that may be hostile.  None of them may trace it, read its memory or open its
 * descriptors: it has a Landlock domain of its own, as every command of exec, and it is not dumpable, nor can the jail
 * read the file that it is executed from (run/linux/init_image.h); its children inherit that.  They can end or stop it:
 * then there is no last record, and the jail counts as not measured.
 */
#include "probe/measure.h"

int
main(void)
{
	probe_measure();
	return 0;
}
