/*
 * The smallest base: the host's static busybox, a link for each of its applets, and the few files of /etc that
 * programs look for.  It needs no network, so that the demo and the system tests always have a base.
 */
#include "image/scheme.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/path.h"
#include "base/spawn.h"
#include "base/str.h"
#include "image/elf.h"

enum { BUSYBOX_CAP = 16 << 20 };

static const char *const candidates[] = {"/bin/busybox", "/usr/bin/busybox"};

static const struct {
	const char *path;
	mode_t mode;
} dirs[] = {
	{"bin", 0755},
	{"sbin", 0755},
	{"usr", 0755},
	{"usr/bin", 0755},
	{"usr/sbin", 0755},
	{"usr/lib", 0755},
	{"usr/local", 0755},
	{"etc", 0755},
	{"home", 0755},
	{"root", 0700},
	{"srv", 0755},
	{"srv/www", 0755},
	{"tmp", 01777},
	{"var", 0755},
	{"var/lib", 0755},
	{"var/log", 0755},
	{"var/mail", 0755},
	{"var/spool", 0755},
	{"var/spool/cron", 0755},
	{"var/tmp", 01777},
};

static const struct {
	const char *name, *text;
	mode_t mode;
} etc_files[] = {
	{"passwd",
		"root:x:0:0:root:/root:/bin/sh\n"
		"daemon:x:1:1:daemon:/:/bin/false\n"
		"www-data:x:33:33:www-data:/srv/www:/bin/false\n"
		"nobody:x:65534:65534:nobody:/:/bin/false\n",
		0644},
	{"group", "root:x:0:\ndaemon:x:1:\ntty:x:5:\nutmp:x:43:\nwww-data:x:33:\nnogroup:x:65534:\n", 0644},
	{"shadow", "root:*:::::::\ndaemon:*:::::::\nwww-data:*:::::::\nnobody:*:::::::\n", 0600},
	{"shells", "/bin/sh\n/bin/ash\n", 0644},
	{"profile", "PATH=/usr/sbin:/usr/bin:/sbin:/bin\nexport PATH\n", 0644},
	{"nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n", 0644},
	{"services", "echo 7/tcp\ndaytime 13/tcp\nhttp 80/tcp\n", 0644},
	{"os-release", "NAME=busybox\nID=busybox\nPRETTY_NAME=\"warder busybox base\"\n", 0644},
	{"warder-busybox", "made by warder; marks the flavour\n", 0644},
};

static int
unavailable(struct err *e, const char *why)
{
	err_set(e, ERR_UNAVAILABLE, "find", "busybox", "%s", why);
	return err_hint(e, "apt-get install busybox-static");
}

/* The host's busybox, open; it must be static, for the base has no loader. */
static int
busybox_open(const char **ret_path, struct arena *a, struct err *e)
{
	const char *loader, *why = "no busybox on this machine";

	for (size_t i = 0; i < sizeof(candidates) / sizeof(candidates[0]); i++) {
		fd_auto fd = open(candidates[i], O_RDONLY | O_CLOEXEC | O_NONBLOCK);
		if (fd < 0)
			continue;
		if (elf_look(fd, a, &loader) == ELF_STATIC) {
			*ret_path = candidates[i];
			return fd_take(&fd);
		}
		why = "this machine's busybox is not a static program";
	}
	return unavailable(e, why);
}

static int
make_dirs(int dirfd, struct err *e)
{
	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
		if (mkdirat(dirfd, dirs[i].path, 0700) < 0 || fchmodat(dirfd, dirs[i].path, dirs[i].mode, 0) < 0)
			return err_sys(e, "mkdir", dirs[i].path);
	return 0;
}

static int
copy_program(int srcfd, int dirfd, struct arena *a, struct err *e)
{
	char *data;
	size_t len;
	fd_auto bin = path_open_beneath(dirfd, "bin", PATH_ONLY | O_DIRECTORY, 0, e);

	if (bin < 0 || file_read_fd(srcfd, BUSYBOX_CAP, a, "busybox", &data, &len, e) < 0)
		return -1;
	return file_write(bin, "busybox", data, len, 0755, e);
}

static int
write_etc(int dirfd, struct err *e)
{
	fd_auto etc = path_open_beneath(dirfd, "etc", PATH_ONLY | O_DIRECTORY, 0, e);

	if (etc < 0)
		return -1;
	for (size_t i = 0; i < sizeof(etc_files) / sizeof(etc_files[0]); i++)
		if (file_write(etc, etc_files[i].name, etc_files[i].text, strlen(etc_files[i].text), etc_files[i].mode,
			    e) < 0)
			return -1;
	return 0;
}

struct applets {
	int dirfd;
	struct progress *bar;
	struct err *e;
	unsigned n;
	bool failed;
};

static bool
is_applet_path(const char *s)
{
	static const char *const where[] = {"bin/", "sbin/", "usr/bin/", "usr/sbin/"};

	for (size_t i = 0; i < sizeof(where) / sizeof(where[0]); i++)
		if (str_has_prefix(s, where[i]))
			return s[strlen(where[i])] != '\0' && strchr(s + strlen(where[i]), '/') == NULL;
	return false;
}

/* One line of `busybox --list-full`: "usr/bin/awk". */
static void
link_applet(void *arg, const char *line, bool is_stderr)
{
	struct applets *t = arg;

	if (is_stderr || t->failed || !is_applet_path(line))
		return;
	if (symlinkat("/bin/busybox", t->dirfd, line) < 0 && errno != EEXIST) {
		err_sys(t->e, "symlink", line);
		t->failed = true;
		return;
	}
	t->n++;
	progress_add(t->bar, 1);
}

static int
link_applets(const char *program, int dirfd, struct progress *bar, struct err *e)
{
	const char *const argv[] = {program, "--list-full", NULL};
	struct applets t = {.dirfd = dirfd, .bar = bar, .e = e};
	struct spawn s = {.argv = argv, .line = link_applet, .arg = &t, .timeout_s = 30};
	struct err spawn_err = {0};

	int r = spawn_check(&s, &spawn_err);
	if (t.failed)
		return -1;
	if (r < 0) {
		*e = spawn_err;
		return -1;
	}
	return t.n > 0 ? 0 : unavailable(e, "it lists no applets");
}

int
busybox_fetch(const struct base_decl *d, const char *arg, int dirfd, struct progress *bar, struct err *e)
{
	const char *path = NULL;
	struct arena a = {0};
	fd_auto fd = busybox_open(&path, &a, e);
	int r = -1;

	if (fd >= 0) {
		progress_phase(bar, "linking applets", 0);
		if (make_dirs(dirfd, e) == 0 && copy_program(fd, dirfd, &a, e) == 0 && write_etc(dirfd, e) == 0)
			r = link_applets(path, dirfd, bar, e);
	}
	arena_done(&a);
	return r;
}
