/*
 * What warder-image gives up before it reads the first byte of an archive: a bug in a decompressor has then the files
 * beneath the target and this process's own memory, and nothing else of the host.
 */
#ifndef WARDER_IMAGE_CONFINE_H
#define WARDER_IMAGE_CONFINE_H

#include "base/err.h"

/*
 * Makes the open directory the working directory, and from then on: reads, makes and changes files only beneath it
 * (Landlock), but no device nodes; starts no program or process, signals none, opens no socket (the filter "unpack");
 * makes no memory executable, where the kernel has that (6.3); keeps no capability but those that restoring owners and
 * attributes needs.  ERR_UNAVAILABLE without Landlock.
 */
int confine(int target, struct err *e) must_check;

#endif
