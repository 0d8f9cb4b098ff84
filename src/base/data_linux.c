/*
 * Owns the short cuts of Linux: sharing a file's blocks, and copying within the kernel.
 */
#include <errno.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/data_ways.h"

static bool
is_no_such_way(int err_no)
{
	static const int none[] = {EXDEV, EOPNOTSUPP, ENOTTY, EINVAL, ENOSYS, EPERM, ETXTBSY, EBADF};
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		if (none[i] == err_no)
			return true;
	return false;
}

bool
data_clone(int from, int to, struct data_ways *ways)
{
	if (!ways->no_clone && ioctl(to, FICLONE, from) == 0)
		return true;
	ways->no_clone = true;
	return false;
}

/* By copy_file_range(2); the kernel moves neither offset. */
int
data_copy_range(int from, int to, off_t at, off_t len, struct data_ways *ways, off_t *ret_done, const char *subject,
	struct err *e)
{
	off_t in = at, out = at;
	while (!ways->no_copy_range && in < at + len) {
		ssize_t n = copy_file_range(from, &in, to, &out, (size_t)(at + len - in), 0);
		if (n < 0 && !is_no_such_way(errno))
			return err_sys(e, "copy", subject);
		if (n < 0)
			ways->no_copy_range = true;
		if (n <= 0)
			break;
	}
	*ret_done = in - at;
	return 0;
}
