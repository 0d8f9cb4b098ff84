/*
 * What a package's script leaves that must not be shared by all jails of a base: keys and identities that were made at
 * the installation, and what mmdebstrap took from the host.  A service that needs a key makes its own in its jail.
 *
 * The tree is a package's work: every name is resolved inside it.
 */
#include "image/debian.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/tree.h"

enum clean_act { CLEAN_REMOVE, CLEAN_TRUNCATE };

/* dir: a directory; pattern: fnmatch(3) of names in it. */
static const struct {
	const char *dir, *pattern;
	enum clean_act act;
} cleanings[] = {
	/* of the host */
	{"etc", "resolv.conf", CLEAN_REMOVE},
	{"etc", "hostname", CLEAN_REMOVE},
	{"etc", "hosts", CLEAN_REMOVE},
	/* identities */
	{"etc", "machine-id", CLEAN_TRUNCATE},
	{"var/lib/dbus", "machine-id", CLEAN_REMOVE},
	{"var/lib/systemd", "random-seed", CLEAN_REMOVE},
	{"etc", "hostid", CLEAN_REMOVE},
	/* secrets that packages' scripts make */
	{"etc/ssh", "ssh_host_*", CLEAN_REMOVE},
	{"etc/bind", "rndc.key", CLEAN_REMOVE},
	{"etc", "krb5.keytab", CLEAN_REMOVE},
	{"var/lib/heimdal-kdc", "m-key", CLEAN_REMOVE},
	{"var/lib/heimdal-kdc", "heimdal.*", CLEAN_REMOVE},
	{"var/lib/heimdal-kdc", "log", CLEAN_REMOVE},
	{"etc/ssl/private", "ssl-cert-snakeoil.key", CLEAN_REMOVE},
	{"etc/ssl/certs", "ssl-cert-snakeoil.pem", CLEAN_REMOVE},
	/* left-overs */
	{"usr/sbin", "policy-rc.d", CLEAN_REMOVE},
	{"var/lib/apt/lists", "*_*", CLEAN_REMOVE},
	{"var/cache/apt", "*.bin", CLEAN_REMOVE},
	{"var/cache/apt/archives", "*.deb", CLEAN_REMOVE},
	{"var/log", "?tmp", CLEAN_TRUNCATE},
	{"var/log", "*log", CLEAN_TRUNCATE},
	{"var/log/apt", "*", CLEAN_REMOVE},
	{"tmp", "*", CLEAN_REMOVE},
	{"var/tmp", "*", CLEAN_REMOVE},
};

static int
clean_entry(int dirfd, const char *name, enum clean_act act, struct err *e)
{
	struct stat st;

	if (act == CLEAN_REMOVE)
		return tree_remove(dirfd, name, e);
	fd_auto seen = path_open_beneath(dirfd, name, PATH_ONLY | O_NOFOLLOW, 0, e);
	if (seen < 0)
		return -1;
	if (fstat(seen, &st) < 0)
		return err_sys(e, "fstat", name);
	if (!S_ISREG(st.st_mode))
		return 0;
	fd_auto fd = path_reopen_regular(seen, O_WRONLY, name, e);
	if (fd < 0)
		return -1;
	return ftruncate(fd, 0) < 0 ? err_sys(e, "empty", name) : 0;
}

static bool
is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static int
clean_dir(int fd, const char *pattern, enum clean_act act, struct err *e)
{
	DIR *dir = fdopendir(fd);
	struct dirent *de;
	int r = 0;

	if (dir == NULL) {
		err_sys(e, "read", pattern);
		fd_close(&fd);
		return -1;
	}
	while (r == 0 && (de = readdir(dir)) != NULL)
		if (!is_dots(de->d_name) && fnmatch(pattern, de->d_name, 0) == 0)
			r = clean_entry(dirfd(dir), de->d_name, act, e);
	closedir(dir);
	return r;
}

int
debian_clean(int treefd, struct err *e)
{
	for (size_t i = 0; i < sizeof(cleanings) / sizeof(cleanings[0]); i++) {
		struct err missing = {0};
		int fd = path_open_in_root(treefd, cleanings[i].dir, O_RDONLY | O_DIRECTORY, 0, &missing);

		/* In a pristine skeleton "var" is a link to itself, seen from inside. */
		if (fd < 0 && (missing.err_no == ENOENT || missing.err_no == ENOTDIR || missing.err_no == ELOOP))
			continue;
		if (fd < 0) {
			*e = missing;
			return -1;
		}
		if (clean_dir(fd, cleanings[i].pattern, cleanings[i].act, e) < 0)
			return -1;
	}
	return 0;
}
