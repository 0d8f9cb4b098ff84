/*
 * What this kernel and machine offer.
 */
#include <sys/param.h>

#include <sys/module.h>
#include <sys/sysctl.h>
#include <sys/utsname.h>

#include <string.h>
#include <unistd.h>

#include "run/doctor.h"
#include "run/freebsd/freebsd.h"

/* -1: the kernel has no such sysctl. */
static int
number(const char *name)
{
	int value = 0;
	size_t size = sizeof(value);

	return sysctlbyname(name, &value, &size, NULL, 0) < 0 ? -1 : value;
}

static enum offer
probe_kernel(struct probe *p)
{
	struct utsname u;

	uname(&u);
	p->detail = arena_strdup(p->a, u.release);
	return number("kern.osreldate") >= 1201000 ? OFFER_YES : OFFER_PARTLY;
}

static enum offer
probe_jails(struct probe *p)
{
	bool inside = number("security.jail.jailed") != 0;

	p->detail = inside ? "this is a jail" : "";
	return inside ? OFFER_NO : OFFER_YES;
}

/* Looked up, not loaded: a mount loads it where it can be. */
static enum offer
probe_module(struct probe *p, const char *name)
{
	bool loaded = modfind(name) >= 0;
	const char *file = arena_printf(p->a, "/boot/kernel/%s.ko", name);

	p->detail = loaded ? "in the kernel" : access(file, R_OK) == 0 ? "loaded by the first mount" : "no module";
	return loaded || p->detail[0] == 'l' ? OFFER_YES : OFFER_NO;
}

static enum offer
probe_nullfs(struct probe *p)
{
	return probe_module(p, "nullfs");
}

static enum offer
probe_tmpfs(struct probe *p)
{
	return probe_module(p, "tmpfs");
}

/* A flag of the system can be set, but not taken back, above 0 (security(7)). */
static enum offer
probe_securelevel(struct probe *p)
{
	int level = number("kern.securelevel");

	p->detail = arena_printf(p->a, "%d on the host", level);
	return level <= 0 ? OFFER_YES : OFFER_NO;
}

static enum offer
probe_limits(struct probe *p)
{
	int on = number("kern.racct.enable");

	p->detail = on > 0 ? "rctl(8)" : on == 0 ? "kern.racct.enable is 0" : "not in this kernel";
	return on > 0 ? OFFER_YES : OFFER_NO;
}

static enum offer
probe_vnet(struct probe *p)
{
	bool have = number("kern.features.vimage") > 0;

	p->detail = have ? "vnet" : "the kernel has no VIMAGE";
	return have ? OFFER_YES : OFFER_NO;
}

static enum offer
probe_ids(struct probe *p)
{
	p->detail = "the host's own";
	return OFFER_NO;
}

static const struct doctor_row rows[] = {
	{"privilege", probe_root, true, "run warder as root"},
	{"kernel", probe_kernel, true, "written for 12.1 and later"},
	{"jails", probe_jails, true, "no jail starts within a jail (children.max)"},
	{"nullfs", probe_nullfs, true, "no jail starts: kldload nullfs"},
	{"tmpfs", probe_tmpfs, false, "a management view has no /tmp of its own: kldload tmpfs"},
	{"securelevel", probe_securelevel, false,
		"a jail with pins cannot be stopped whole: the flags above them cannot be taken back until a boot"},
	{"limits", probe_limits, false, "a jail that declares one is refused: kern.racct.enable=1 in loader.conf"},
	{"network of its own", probe_vnet, false, "a jail without an address has no loopback"},
	{"ids of its own", probe_ids, false, "a jail's ids are the host's: the store's root has to be 0700"},
};

int
fbsd_doctor(const char *root, struct arena *a, struct finding **ret, size_t *ret_n, struct err *e)
{
	*ret_n = sizeof(rows) / sizeof(rows[0]);
	*ret = doctor_run(rows, *ret_n, root, a);
	return 0;
}
