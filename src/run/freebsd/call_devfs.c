/*
 * Owns the requests of <fs/devfs/devfs.h>.  Rules have the numbers that devfs(8) gives those of a file: 100, 200, ...;
 * so two that load them at once add each of them once.
 */
#include <sys/param.h> /* before the others, as they want it */

#include <sys/ioctl.h>

#include <fs/devfs/devfs.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "run/freebsd/call_devfs.h"
#include "run/freebsd/ruleset.h"

enum { STEP = 100 };

/* The nth rule, from 0, which hides. */
static struct devfs_rule
rule_of(unsigned number, size_t n)
{
	struct devfs_rule r = {.dr_magic = DEVFS_MAGIC,
		.dr_id = mkrid(number, (n + 1) * STEP),
		.dr_iacts = DRA_BACTS,
		.dr_bacts = n == 0 ? DRB_HIDE : DRB_UNHIDE};

	if (n > 0) {
		r.dr_icond = DRC_PATHPTRN;
		strlcpy(r.dr_pathptrn, fbsd_ruleset_shown[n - 1], sizeof(r.dr_pathptrn));
	}
	return r;
}

static bool
is_same(const struct devfs_rule *a, const struct devfs_rule *b)
{
	return a->dr_id == b->dr_id && a->dr_icond == b->dr_icond && a->dr_iacts == b->dr_iacts &&
	       a->dr_bacts == b->dr_bacts &&
	       (!(a->dr_icond & DRC_PATHPTRN) || strcmp(a->dr_pathptrn, b->dr_pathptrn) == 0);
}

/* All of them, and no other. */
static int
check(int dev, unsigned number, struct err *e)
{
	struct devfs_rule r = {.dr_magic = DEVFS_MAGIC, .dr_id = mkrid(number, 0)};
	size_t n = 0;

	for (; ioctl(dev, DEVFSIO_RGETNEXT, &r) >= 0; n++) {
		struct devfs_rule expected = rule_of(number, n);

		if (n > nfbsd_ruleset_shown || !is_same(&r, &expected)) {
			err_set(e, ERR_FAILED, "devfs", NULL, "ruleset %u has rules that are not warder's", number);
			return err_hint(e, "devfs rule -s %u show; devfs rule -s %u delset", number, number);
		}
	}
	if (errno != ENOENT)
		return err_sys(e, "DEVFSIO_RGETNEXT", "/dev");
	return n == nfbsd_ruleset_shown + 1 ? 0
					    : err_set(e, ERR_FAILED, "devfs", NULL, "ruleset %u is not whole", number);
}

int
fbsd_ruleset_load(unsigned number, struct err *e)
{
	fd_auto dev = open("/dev", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (dev < 0)
		return err_sys(e, "open", "/dev");
	for (size_t n = 0; n <= nfbsd_ruleset_shown; n++) {
		struct devfs_rule r = rule_of(number, n);

		if (ioctl(dev, DEVFSIO_RADD, &r) < 0 && errno != EEXIST)
			return err_sys(e, "DEVFSIO_RADD", "/dev");
	}
	return check(dev, number, e);
}
