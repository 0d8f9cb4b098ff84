/*
 * An OCI image layout on the disk: a directory to which images are added.
 *
 * Content first, the index last, each by a rename: who reads the directory meanwhile, or after a crash, sees what was
 * there before or all of it.
 */
#ifndef WARDER_CLI_LAYOUT_H
#define WARDER_CLI_LAYOUT_H

#include "base/file.h"
#include "base/sha256.h"
#include "cli/cli.h"
#include "emit/oci_image.h"

struct layout {
	const char *path;
	mode_t mode; /* of files */
	int dir, blobs;
	bool is_new; /* made by us: removed again on failure */
	struct arena a;
	struct strv added; /* blobs that were not there: removed again on failure */
	/* the blob that is being written */
	int fd;
	char temp[FILE_TEMP_NAME];
	struct sha256 hash;
	uint64_t size;
};

/* Opens path, which is made if it is missing.  ERR_CANTCREATE if it is a directory with something else in it, ERR_BUSY
 * if another one writes to it. */
int layout_open(const struct cli *c, const char *path, struct layout *ret, struct err *e) must_check;
/* One blob at a time. */
int layout_blob_begin(struct layout *l, struct err *e) must_check;
int layout_blob_write(void *layout, const void *data, size_t n, struct err *e) must_check;
int layout_blob_end(struct layout *l, struct oci_blob *ret, struct err *e) must_check;
/* A document, whole. */
int layout_blob_text(struct layout *l, const struct str *text, struct oci_blob *ret, struct err *e) must_check;
/* Puts the images into the index, in the place of those that have the same names. */
int layout_index(struct layout *l, const struct strv *descriptors, struct err *e) must_check;
/* done: false takes back what was added. */
void layout_close(struct layout *l, bool done);

#endif
