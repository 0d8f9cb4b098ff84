/*
 * Headers of a tar archive in the pax format of POSIX.1-2001: ustar, and before an entry that ustar has no room for a
 * header with records.  Pure, and the same bytes for the same entry, which no library promises from one version to the
 * next: the digest of a layer is that of its bytes.
 */
#ifndef WARDER_EMIT_TAR_H
#define WARDER_EMIT_TAR_H

#include <stdint.h>

#include "base/str.h"

enum { TAR_BLOCK = 512 };
enum tar_type { TAR_FILE = '0', TAR_HARD_LINK = '1', TAR_LINK = '2', TAR_DIR = '5', TAR_FIFO = '6' };

struct tar_xattr {
	const char *name; /* "security.capability" */
	const void *value;
	size_t len;
};
struct tar_entry {
	enum tar_type type;
	const char *path; /* relative, raw bytes, without a '/' at its end */
	const char *link; /* of both kinds of links */
	uint32_t mode, uid, gid;
	uint64_t size; /* TAR_FILE */
	uint64_t mtime;
	const struct tar_xattr *xattrs; /* as records "SCHILY.xattr.NAME", as container engines read them */
	size_t nxattrs;
};

/* Appends the header, or both; the content, if any, follows it and is filled up to whole blocks. */
void tar_add_header(struct str *out, const struct tar_entry *v);
/* Appends the zeros after size bytes of content. */
void tar_add_padding(struct str *out, uint64_t size);
/* Appends the end of the archive. */
void tar_add_end(struct str *out);

#endif
