/*
 * Owns what proc(5) says of this boot and of a process.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/str.h"
#include "store/internal.h"

enum { STAT_MAX = 1024 };

int
boot_id_read(char ret[BOOT_ID], struct err *e)
{
	static const char file[] = "/proc/sys/kernel/random/boot_id";
	fd_auto fd = open(file, O_RDONLY | O_CLOEXEC);
	char text[BOOT_ID];

	if (fd < 0)
		return err_sys(e, "open", file);
	ssize_t n = fd_read_full(fd, text, sizeof(text) - 1, file, e);
	if (n < 0)
		return -1;
	text[n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	memcpy(ret, text, sizeof(text));
	return 0;
}

static int
stat_read(int pid, char *ret_state, uint64_t *ret_ticks)
{
	char path[32], text[STAT_MAX];

	if (pid <= 0)
		return -1;
	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	fd_auto fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (n <= 0)
		return -1;
	text[n] = '\0';
	return proc_stat_parse(text, ret_state, ret_ticks);
}

int
process_ticks(int pid, uint64_t *ret)
{
	char state;

	return stat_read(pid, &state, ret);
}

bool
process_is(int pid, uint64_t ticks)
{
	char state;
	uint64_t began;

	return stat_read(pid, &state, &began) == 0 && began == ticks && state != 'Z' && state != 'X';
}
