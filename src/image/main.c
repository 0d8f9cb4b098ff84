/*
 * warder-image: unpacks an archive, apart from everything else that warder does.
 *
 *	warder-image unpack ARCHIVE-FD TARGET-FD	(see unpack.h)
 *
 * An archive is hostile until shown otherwise, and so may be what a bug in a decompressor makes of this process. Before
 * the first byte is read it is confined (confine.h).  libarchive's own checks (no "..", no writing through a link) come
 * on top.  Filters are named one by one: libarchive would run other programs for some of the rest.
 */
#include <sys/auxv.h>
#include <sys/stat.h>
#include <sys/time.h>

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/str.h"
#include "image/confine.h"
#include "image/unpack.h"

enum { BLOCK = 256 * 1024, TELL_EVERY = 64, MAX_FD = 1 << 20 };

/* Each is part of libarchive, or a library that it is linked with; none starts a program. */
static int (*const filters[])(struct archive *) = {
	archive_read_support_filter_gzip,
	archive_read_support_filter_bzip2,
	archive_read_support_filter_xz,
	archive_read_support_filter_lzma,
	archive_read_support_filter_lzip,
	archive_read_support_filter_zstd,
	archive_read_support_filter_lz4,
	archive_read_support_filter_compress,
};

struct unpack {
	struct archive *in, *out;
	uint64_t entries, bytes, skipped;
};

/* libarchive's own numbers for its own errors are not errnos; a reason of its own says more. */
static int
archive_err(struct archive *ar, struct archive_entry *entry, struct err *e)
{
	const char *text = archive_error_string(ar), *name = entry == NULL ? NULL : archive_entry_pathname(entry);
	int err_no = archive_errno(ar);
	bool full = err_no == ENOSPC || err_no == EDQUOT;

	err_set(e, full ? ERR_CANTCREATE : ERR_FAILED, "unpack", name == NULL ? "the archive" : name, "%s",
		text == NULL ? "damaged" : text);
	e->err_no = full ? err_no : 0;
	return -1;
}

static int
refuse(const char *name, const char *why, struct err *e)
{
	return err_set(e, ERR_FAILED, "unpack", name, "%s", why);
}

static const char *
strip_slashes(const char *name)
{
	return name + strspn(name, "/");
}

static bool
climbs(const char *name)
{
	for (const char *p = name; p != NULL; p = strchr(p, '/')) {
		p += *p == '/';
		if (strncmp(p, "..", 2) == 0 && (p[2] == '/' || p[2] == '\0'))
			return true;
	}
	return false;
}

/* Makes the entry's names relative; refuses those that climb. */
static int
clean_names(struct archive_entry *entry, struct err *e)
{
	const char *name = archive_entry_pathname(entry), *link = archive_entry_hardlink(entry);

	if (name == NULL || *name == '\0')
		return refuse("an entry", "its name is not text", e);
	if (climbs(name))
		return refuse(name, "its name has \"..\" in it", e);
	if (link != NULL && (climbs(link) || *strip_slashes(link) == '\0'))
		return refuse(name, "a hard link out of the tree", e);
	if (link != NULL && link[0] == '/') {
		str_auto copy = {0};
		str_add(&copy, strip_slashes(link));
		archive_entry_copy_hardlink(entry, str_text(&copy));
	}
	if (name[0] == '/') {
		str_auto copy = {0};
		str_add(&copy, *strip_slashes(name) == '\0' ? "." : strip_slashes(name));
		archive_entry_copy_pathname(entry, str_text(&copy));
	}
	return 0;
}

static void
tell(const struct unpack *u)
{
	printf(UNPACK_ENTRIES "%llu %llu\n", (unsigned long long)u->entries, (unsigned long long)u->bytes);
	fflush(stdout);
}

static int
copy_data(struct unpack *u, struct archive_entry *entry, struct err *e)
{
	const void *block;
	size_t n;
	la_int64_t offset;
	int r;

	while ((r = archive_read_data_block(u->in, &block, &n, &offset)) == ARCHIVE_OK) {
		if (archive_write_data_block(u->out, block, n, offset) < ARCHIVE_OK)
			return archive_err(u->out, entry, e);
		u->bytes += n;
	}
	return r == ARCHIVE_EOF ? 0 : archive_err(u->in, entry, e);
}

/* What cannot be kept on this file system (an attribute, a flag) is no failure; an owner or a mode that cannot is. */
static bool
write_failed(struct archive *out, int r)
{
	int err_no = archive_errno(out);

	if (r >= ARCHIVE_OK)
		return false;
	return r < ARCHIVE_WARN || (err_no != ENOTSUP && err_no != ENOSYS);
}

static int
unpack_entry(struct unpack *u, struct archive_entry *entry, struct err *e)
{
	mode_t type = archive_entry_filetype(entry);
	int r;

	if (type == AE_IFCHR || type == AE_IFBLK) {
		u->skipped++;
		return 0;
	}
	if (clean_names(entry, e) < 0)
		return -1;
	archive_entry_set_fflags(entry, 0, 0);
	r = archive_write_header(u->out, entry);
	if (write_failed(u->out, r))
		return archive_err(u->out, entry, e);
	if (archive_entry_size(entry) > 0 && copy_data(u, entry, e) < 0)
		return -1;
	r = archive_write_finish_entry(u->out);
	if (write_failed(u->out, r))
		return archive_err(u->out, entry, e);
	if (++u->entries % TELL_EVERY == 0)
		tell(u);
	return 0;
}

static int
unpack_all(struct unpack *u, struct err *e)
{
	struct archive_entry *entry = NULL;
	int r;

	while ((r = archive_read_next_header(u->in, &entry)) == ARCHIVE_OK || r == ARCHIVE_WARN)
		if (unpack_entry(u, entry, e) < 0)
			return -1;
	if (r != ARCHIVE_EOF)
		return archive_err(u->in, u->entries > 0 ? entry : NULL, e);
	if (archive_write_close(u->out) < ARCHIVE_OK)
		return archive_err(u->out, NULL, e);
	return u->entries > 0 ? 0 : refuse("the archive", "it is empty", e);
}

static int
unpack_open(struct unpack *u, int archive, struct err *e)
{
	u->in = archive_read_new();
	u->out = archive_write_disk_new();
	if (u->in == NULL || u->out == NULL)
		return err_set(e, ERR_FAILED, "unpack", NULL, "out of memory");
	for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++)
		filters[i](u->in);
	archive_read_support_format_tar(u->in);
	archive_write_disk_set_options(
		u->out, ARCHIVE_EXTRACT_OWNER | ARCHIVE_EXTRACT_PERM | ARCHIVE_EXTRACT_TIME | ARCHIVE_EXTRACT_ACL |
				ARCHIVE_EXTRACT_XATTR | ARCHIVE_EXTRACT_SECURE_SYMLINKS |
				ARCHIVE_EXTRACT_SECURE_NODOTDOT | ARCHIVE_EXTRACT_SECURE_NOABSOLUTEPATHS);
	if (archive_read_open_fd(u->in, archive, BLOCK) != ARCHIVE_OK)
		return archive_err(u->in, NULL, e);
	return 0;
}

static int
unpack(int archive, int target, struct err *e)
{
	struct unpack u = {0};
	int r = -1;

	if (confine(target, e) == 0 && unpack_open(&u, archive, e) == 0)
		r = unpack_all(&u, e);
	if (u.in != NULL)
		archive_read_free(u.in);
	if (u.out != NULL)
		archive_write_free(u.out);
	tell(&u);
	printf(UNPACK_SKIPPED "%llu\n", (unsigned long long)u.skipped);
	return r;
}

static void
tell_error(const struct err *e)
{
	str_auto line = {0};

	str_addf(&line, UNPACK_ERROR "%u %d ", (unsigned)e->kind, (int)e->err_no);
	str_add_escaped(&line, e->subject, strlen(e->subject));
	str_addc(&line, '\t');
	str_add_escaped(&line, e->reason[0] != '\0' ? e->reason : strerror(e->err_no),
		strlen(e->reason[0] != '\0' ? e->reason : strerror(e->err_no)));
	puts(str_text(&line));
}

int
main(int argc, char *argv[])
{
	struct err e = {0};
	uint64_t archive, target;

	if (getauxval(AT_SECURE) != 0) {
		fputs("warder-image: must not be set-uid\n", stderr);
		return 77;
	}
	if (argc != 4 || strcmp(argv[1], "unpack") != 0 || str_to_u64(argv[2], MAX_FD, &archive) < 0 ||
		str_to_u64(argv[3], MAX_FD, &target) < 0) {
		fputs("usage: warder-image unpack ARCHIVE-FD TARGET-FD\n", stderr);
		return 64;
	}
	if (unpack((int)archive, (int)target, &e) < 0)
		tell_error(&e);
	return e.kind == ERR_NONE ? 0 : 1;
}
