/*
 * The flavours of systems as data: which links make a plain tree a base, and what under /var belongs to the software.
 *
 * Nothing here acts: split.c walks the rows.  A link whose path begins with "s/" lies in the skeleton, not in the root:
 * relative links of packages ("etc/os-release -> ../usr/lib/os-release") start one level deeper there and would dangle
 * without it.  The order of links is that of the work: what is displaced first is moved first.
 */
#include "image/image.h"

#include <fcntl.h>
#include <string.h>

#include "base/fd.h"
#include "base/path.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

static const struct flavour_link debian_links[] = {
	{"etc", "s/etc"},
	{"root", "s/root"},
	{"home", "s/home"},
	{"opt", "s/opt"},
	{"srv", "s/srv"},
	{"usr/local", "../s/usr-local"},
	{"var", "t/var"},
	{"tmp", "t/tmp"},
	{"run", "t/var/run"},
	{"s/usr", "../usr"},
	{"s/run", "../run"},
	{"s/proc", "../proc"},
	{"s/var", "../var"},
};
static const struct flavour_pin debian_pins[] = {
	{"/var/lib/dpkg", PIN_FROM_BASE, true},
	{"/var/lib/apt", PIN_FROM_BASE, false},
	{"/var/lib/pam", PIN_FROM_BASE, false},
	{"/var/lib/systemd", PIN_FROM_BASE, false},
	{"/var/lib/misc", PIN_FROM_BASE, false},
	{"/var/lib/ucf", PIN_FROM_BASE, false},
	{"/var/cache/apt", PIN_FROM_BASE, false},
	{"/var/cache/debconf", PIN_FROM_BASE, false},
	{"/var/cache/ldconfig", PIN_FROM_BASE, false},
	{"/var/backups", PIN_FROM_BASE, false},
	{"/var/spool/cron", PIN_FROM_SKEL, true},
	{"/var/spool/at", PIN_FROM_SKEL, true},
};

static const struct flavour_link freebsd_links[] = {
	{"etc", "s/etc"},
	{"root", "s/root"},
	{"home", "s/home"},
	{"usr/local", "../s/usr-local"},
	{"usr/X11R6", "../s/usr-X11R6"},
	{"usr/ports/distfiles", "../../s/distfiles"},
	{"sys", "usr/src/sys"},
	{"var", "t/var"},
	{"tmp", "t/tmp"},
	{"s/usr", "../usr"},
	{"s/var", "../var"},
	{"s/bin", "../bin"},
	{"s/sbin", "../sbin"},
};
static const struct flavour_pin freebsd_pins[] = {
	{"/var/db/pkg", PIN_FROM_SKEL, true},
	{"/var/cron/tabs", PIN_FROM_SKEL, true},
	{"/var/at", PIN_FROM_SKEL, true},
	{"/var/db/freebsd-update", PIN_FROM_BASE, false},
	{"/var/db/etcupdate", PIN_FROM_BASE, false},
	{"/var/db/mergemaster.mtree", PIN_FROM_BASE, false},
	{"/var/backups", PIN_FROM_BASE, false},
	{"/var/cache/pkg", PIN_FROM_BASE, false},
};

static const struct flavour_link busybox_links[] = {
	{"etc", "s/etc"},
	{"root", "s/root"},
	{"home", "s/home"},
	{"srv", "s/srv"},
	{"usr/local", "../s/usr-local"},
	{"var", "t/var"},
	{"tmp", "t/tmp"},
	{"run", "t/var/run"},
	{"s/usr", "../usr"},
	{"s/run", "../run"},
};
static const struct flavour_pin busybox_pins[] = {
	{"/var/spool/cron", PIN_FROM_SKEL, true},
};

static const struct flavour_link generic_links[] = {
	{"etc", "s/etc"},
	{"root", "s/root"},
	{"home", "s/home"},
	{"opt", "s/opt"},
	{"srv", "s/srv"},
	{"usr/local", "../s/usr-local"},
	{"var", "t/var"},
	{"tmp", "t/tmp"},
	{"run", "t/var/run"},
	{"s/usr", "../usr"},
	{"s/run", "../run"},
	{"s/proc", "../proc"},
	{"s/var", "../var"},
};
static const struct flavour_pin generic_pins[] = {
	{"/var/lib/rpm", PIN_FROM_BASE, false},
	{"/var/lib/pacman", PIN_FROM_BASE, false},
	{"/var/spool/cron", PIN_FROM_SKEL, true},
	{"/var/spool/at", PIN_FROM_SKEL, true},
};

#define LINKS(t) .links = (t), .nlinks = COUNT(t)
#define PINS(t) .pins = (t), .npins = COUNT(t)

static const struct flavour debian = {
	.name = "debian",
	.marks = LIST("etc/debian_version", "var/lib/dpkg"),
	LINKS(debian_links),
	PINS(debian_pins),
	.mount_points = LIST("s", "t", "dev", "proc"),
	.library_dirs = LIST("usr/lib/*-linux-gnu*", "usr/lib64", "usr/lib32", "usr/libx32"),
};
static const struct flavour freebsd = {
	.name = "freebsd",
	.marks = LIST("libexec/ld-elf.so.1", "rescue", "etc/rc.subr"),
	LINKS(freebsd_links),
	PINS(freebsd_pins),
	.mount_points = LIST("s", "t", "dev", "proc"),
	.library_dirs = LIST("lib", "usr/lib", "usr/lib32", "libexec"),
};
static const struct flavour busybox = {
	.name = "busybox",
	.marks = LIST("bin/busybox", "etc/warder-busybox"),
	LINKS(busybox_links),
	PINS(busybox_pins),
	.mount_points = LIST("s", "t", "dev", "proc"),
	.library_dirs = LIST("lib", "lib64", "usr/lib"),
};
static const struct flavour generic = {
	.name = "generic",
	.marks = (const char *const[]){NULL},
	LINKS(generic_links),
	PINS(generic_pins),
	.mount_points = LIST("s", "t", "dev", "proc"),
	.library_dirs = LIST("lib", "lib64", "usr/lib", "usr/lib64", "usr/lib/*-linux-gnu*"),
};

const struct flavour *const flavours[] = {&debian, &freebsd, &busybox, &generic};
const size_t nflavours = COUNT(flavours);

static bool
tree_has(int treefd, const char *rel)
{
	struct err ignored = {0};
	fd_auto fd = path_open_in_root(treefd, rel, PATH_ONLY, 0, &ignored);

	return fd >= 0;
}

static bool
flavour_matches(const struct flavour *f, int treefd)
{
	for (const char *const *mark = f->marks; *mark != NULL; mark++)
		if (!tree_has(treefd, *mark))
			return false;
	return true;
}

const struct flavour *
flavour_find(int treefd)
{
	for (size_t i = 0; i < nflavours; i++)
		if (flavour_matches(flavours[i], treefd))
			return flavours[i];
	return &generic;
}

const struct flavour *
flavour_by_name(const char *name)
{
	for (size_t i = 0; i < nflavours; i++)
		if (strcmp(flavours[i]->name, name) == 0)
			return flavours[i];
	return NULL;
}
