/*
 * The log is read in blocks with pread(2) at kept offsets: no line, and no file, is ever held whole.
 */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/utf8.h"
#include "cli/log.h"

enum { BLOCK = 65536 };

static int
size_of(int fd, off_t *ret, struct err *e)
{
	struct stat st;
	if (fstat(fd, &st) == -1)
		return err_sys(e, "stat", "log");
	*ret = st.st_size;
	return 0;
}

/* The offset after the newline that is the n-th from the end of the block, counted down in *n; -1 if it has fewer. */
static off_t
scan_block(const char *block, size_t len, off_t at, uint64_t *n)
{
	while (len-- > 0)
		if (block[len] == '\n' && (*n)-- == 0)
			return at + (off_t)len + 1;
	return -1;
}

int
log_tail_offset(int fd, uint64_t n, off_t *ret, struct err *e)
{
	char block[BLOCK];
	off_t end = 0, at, found = -1;
	if (size_of(fd, &end, e) == -1)
		return -1;
	if (end > 0 && (pread(fd, block, 1, end - 1) != 1 || block[0] != '\n'))
		n = n > 0 ? n - 1 : 0; /* a last line that is not ended yet */
	for (at = end; at > 0 && found == -1;) {
		size_t len = at < BLOCK ? (size_t)at : BLOCK;
		at -= (off_t)len;
		ssize_t got = pread(fd, block, len, at);
		if (got == -1)
			return err_sys(e, "read", "log");
		found = scan_block(block, (size_t)got, at, &n);
	}
	*ret = found == -1 ? 0 : found;
	return 0;
}

static void
print_escaped(const char *block, size_t len, FILE *out)
{
	str_auto s = {0};
	while (len > 0) {
		const char *nl = memchr(block, '\n', len);
		size_t part = nl != NULL ? (size_t)(nl - block) : len;
		str_add_escaped(&s, block, part);
		if (nl != NULL)
			str_addc(&s, '\n');
		part += nl != NULL;
		block += part;
		len -= part;
	}
	fputs(str_text(&s), out);
}

int
log_print(int fd, off_t *pos, FILE *out, struct err *e)
{
	char block[BLOCK];
	off_t end = 0;
	if (size_of(fd, &end, e) == -1)
		return -1;
	if (end < *pos)
		*pos = 0;
	while (*pos < end) {
		ssize_t got = pread(fd, block, sizeof(block), *pos);
		if (got == -1)
			return err_sys(e, "read", "log");
		if (got == 0)
			break;
		size_t n = got == BLOCK ? utf8_cut(block, (size_t)got) : (size_t)got;
		print_escaped(block, n, out);
		*pos += (off_t)n;
	}
	fflush(out);
	return 0;
}
