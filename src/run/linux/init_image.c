/*
 * Programs and blocks handed to a jail as sealed memory files.
 */
#include "run/linux/init_image.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "run/linux/sys.h"

static int
make(const char *name, const void *data, size_t n, unsigned flags, mode_t mode, struct err *e)
{
	fd_auto fd = memfd_create(name, flags | MFD_CLOEXEC | MFD_ALLOW_SEALING);

	/* Before 6.3 there is no MFD_EXEC and every memfd can be executed. */
	if (fd < 0 && errno == EINVAL)
		fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd < 0)
		return err_sys(e, "memfd_create", name);
	if (fd_write_all(fd, data, n, name, e) < 0)
		return -1;
	if (fchmod(fd, mode) < 0)
		return err_sys(e, "fchmod", name);
	if (fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) < 0)
		return err_sys(e, "seal", name);
	if (lseek(fd, 0, SEEK_SET) < 0)
		return err_sys(e, "lseek", name);
	return fd_take(&fd);
}

int
init_image_open(struct err *e)
{
	return make("warder-init", init_image, (uintptr_t)init_image_end - (uintptr_t)init_image, MFD_EXEC, 0777, e);
}

int
probe_image_open(struct err *e)
{
	return make(
		"warder-probe", probe_image, (uintptr_t)probe_image_end - (uintptr_t)probe_image, MFD_EXEC, 0111, e);
}

int
brief_open(const void *data, size_t n, struct err *e)
{
	return make("brief", data, n, 0, 0777, e);
}
