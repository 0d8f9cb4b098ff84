/*
 * The files of a skeleton that come from the declaration: hostname, hosts, resolv.conf, time zone.
 *
 * They are written once, at create, and never bind-mounted.  The texts are pure.  A skeleton may hold links that a
 * package's script made: etc is looked up inside the skeleton, and what has the name of a file is replaced.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/path.h"
#include "base/tree.h"
#include "store/internal.h"

enum { RESOLV_MAX = 64 << 10 };
static const char zoneinfo[] = "/usr/share/zoneinfo";

void
jail_hostname_text(const struct jail *j, struct str *out)
{
	str_addf(out, "%s\n", j->hostname);
}

static void
host_line(const char *addr, const char *hostname, struct str *out)
{
	size_t len = strcspn(hostname, ".");

	str_addf(out, "%s\t%s", addr, hostname);
	if (hostname[len] && len > 0)
		str_addf(out, " %.*s", (int)len, hostname);
	str_addc(out, '\n');
}

/* Without an address of its own the jail's name is on its loopback network, as Debian has it. */
void
jail_hosts_text(const struct jail *j, struct str *out)
{
	str_add(out, "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n");
	for (size_t i = 0; i < j->addrs.n; i++) {
		str_auto addr = {0};
		addr_print(&j->addrs.v[i], false, &addr);
		host_line(str_text(&addr), j->hostname, out);
	}
	if (j->addrs.n == 0)
		host_line("127.0.1.1", j->hostname, out);
	for (size_t i = 0; i < j->hosts.n; i++)
		str_addf(out, "%s\n", j->hosts.v[i]);
}

void
jail_resolv_text(const struct jail *j, const char *host_text, struct str *out)
{
	switch (j->resolver) {
	case RESOLVER_NONE:
		str_add(out, "# resolver = none: this jail asks no name server.\n");
		break;
	case RESOLVER_HOST:
		str_add(out, host_text);
		break;
	case RESOLVER_ADDRESSES:
		for (size_t i = 0; i < j->resolver_addrs.n; i++)
			str_addf(out, "nameserver %s\n", j->resolver_addrs.v[i]);
		break;
	}
}

bool
jail_timezone_is_valid(const char *zone)
{
	struct arena a = {0};
	bool ok = path_is_clean_absolute(arena_printf(&a, "/%s", zone));

	arena_done(&a);
	return ok;
}

static int
write_text(int etc, const char *name, const struct str *text, struct err *e)
{
	return file_write_volatile(etc, name, str_text(text), text->len, 0644, e);
}

static int
write_resolv(const struct jail *j, int etc, struct err *e)
{
	static const char host_file[] = "/etc/resolv.conf";
	struct arena a = {0};
	str_auto text = {0};
	char *host_text = arena_strdup(&a, "");
	int r = 0;

	if (j->resolver == RESOLVER_HOST) {
		fd_auto fd = open(host_file, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
		r = fd < 0 ? err_sys(e, "open", host_file)
			   : file_read_fd(fd, RESOLV_MAX, &a, host_file, &host_text, NULL, e);
	}
	if (r == 0) {
		jail_resolv_text(j, host_text, &text);
		r = write_text(etc, "resolv.conf", &text, e);
	}
	arena_done(&a);
	return r == 0 ? 0 : err_at(e, &j->at[KEY_RESOLVER]);
}

/* C libraries take UTC where there is no file, so it needs none. */
static int
check_zone(const char *zone, int baseroot, struct arena *a, struct err *e)
{
	struct err why;

	if (!jail_timezone_is_valid(zone))
		return err_set(e, ERR_CONFIG, "set time zone", zone, "not the name of a time zone");
	if (strcmp(zone, "UTC") == 0 || strcmp(zone, "Etc/UTC") == 0)
		return 0;
	fd_auto fd = path_open_in_root(baseroot, arena_printf(a, "%s/%s", zoneinfo, zone), PATH_ONLY, 0, &why);
	return fd >= 0 ? 0 : err_set(e, ERR_CONFIG, "set time zone", zone, "the base has no %s for it", zoneinfo);
}

static int
write_zone(const char *zone, int etc, int baseroot, struct arena *a, struct err *e)
{
	str_auto text = {0};

	if (check_zone(zone, baseroot, a, e) < 0)
		return -1;
	str_addf(&text, "%s\n", zone);
	if (write_text(etc, "timezone", &text, e) < 0 || tree_remove(etc, "localtime", e) < 0)
		return -1;
	return symlinkat(arena_printf(a, "%s/%s", zoneinfo, zone), etc, "localtime") < 0
		       ? err_sys(e, "symlink", "localtime")
		       : 0;
}

static int
etc_open(int skelfd, struct err *e)
{
	int fd = path_open_in_root(skelfd, "etc", O_RDONLY | O_DIRECTORY, 0, e);

	if (fd >= 0 || e->err_no != ENOENT)
		return fd;
	fd_auto made = path_make_dirs(skelfd, "etc", 0755, e);
	return made < 0 ? -1 : path_open_in_root(skelfd, "etc", O_RDONLY | O_DIRECTORY, 0, e);
}

int
jail_files_write(const struct jail *j, int skelfd, int baseroot, struct err *e)
{
	str_auto hostname = {0}, hosts = {0};
	struct arena a = {0};
	fd_auto etc = etc_open(skelfd, e);

	if (etc < 0)
		return -1;
	jail_hostname_text(j, &hostname);
	jail_hosts_text(j, &hosts);
	if (write_text(etc, "hostname", &hostname, e) < 0 || write_text(etc, "hosts", &hosts, e) < 0 ||
		write_resolv(j, etc, e) < 0)
		return -1;
	int r = j->timezone ? write_zone(j->timezone, etc, baseroot, &a, e) : 0;
	arena_done(&a);
	return r == 0 ? 0 : err_at(e, &j->at[KEY_TIMEZONE]);
}
