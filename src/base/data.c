/*
 * Owns the copying of a file's bytes.  A short cut that one file cannot take is not tried for the next ones.
 */
#include "base/data.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/data_ways.h"
#include "base/fd.h"

enum { BUFFER_SIZE = 65536 };

static int
copy_buffered(int from, int to, off_t at, off_t len, const char *subject, struct err *e)
{
	char buf[BUFFER_SIZE];
	if (lseek(to, at, SEEK_SET) < 0)
		return err_sys(e, "copy", subject);
	while (len > 0) {
		ssize_t n = pread(from, buf, len < BUFFER_SIZE ? (size_t)len : BUFFER_SIZE, at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(e, "read", subject);
		if (n == 0)
			break;
		if (fd_write_all(to, buf, (size_t)n, subject, e) < 0)
			return -1;
		at += n;
		len -= n;
	}
	return 0;
}

static int
copy_extent(int from, int to, off_t at, off_t len, struct data_ways *ways, const char *subject, struct err *e)
{
	off_t done = 0;
	if (data_copy_range(from, to, at, len, ways, &done, subject, e) < 0)
		return -1;
	return done == len ? 0 : copy_buffered(from, to, at + done, len - done, subject, e);
}

/* Where the next data after at begin and how long they are; 0 at the end of the file. */
static int
next_extent(int from, off_t at, off_t size, off_t *ret_start, off_t *ret_len)
{
	off_t data = lseek(from, at, SEEK_DATA);
	if (data < 0 && errno == ENXIO)
		return 0;
	off_t hole = data < 0 ? -1 : lseek(from, data, SEEK_HOLE);
	if (data < 0 || hole < 0) { /* a file system that knows no holes: all is data */
		data = at;
		hole = size;
	}
	if (hole > size)
		hole = size;
	*ret_start = data;
	*ret_len = hole - data;
	return *ret_len > 0;
}

int
data_copy(int from, int to, struct data_ways *ways, const char *subject, struct err *e)
{
	struct stat st;
	off_t at = 0, len = 0;
	if (fstat(from, &st) < 0)
		return err_sys(e, "fstat", subject);
	if (st.st_size == 0 || data_clone(from, to, ways))
		return 0;
	if ((off_t)st.st_blocks * 512 >= st.st_size)
		return copy_extent(from, to, 0, st.st_size, ways, subject, e);
	for (off_t next = 0; next < st.st_size && next_extent(from, next, st.st_size, &at, &len); next = at + len)
		if (copy_extent(from, to, at, len, ways, subject, e) < 0)
			return -1;
	return ftruncate(to, st.st_size) < 0 ? err_sys(e, "copy", subject) : 0;
}
