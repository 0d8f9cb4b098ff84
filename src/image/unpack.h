/*
 * What warder and its helper warder-image say to each other: lines on the helper's standard output.
 *
 *	warder-image unpack ARCHIVE-FD TARGET-FD
 *
 *	entries N BYTES			so far; at least once, at the end
 *	skipped N			device nodes that were left out
 *	error KIND ERRNO SUBJECT\tREASON	the last line of a run that failed; SUBJECT is escaped
 *
 * The helper ends with 0, or with 1 after an error line.
 */
#ifndef WARDER_IMAGE_UNPACK_H
#define WARDER_IMAGE_UNPACK_H

#define UNPACK_ENTRIES "entries "
#define UNPACK_SKIPPED "skipped "
#define UNPACK_ERROR "error "

#endif
