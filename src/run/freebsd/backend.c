/*
 * The FreeBSD backend as one value.
 */
#include "run/freebsd/freebsd.h"

const struct backend backend_native = {
	.name = "freebsd",
	.start = fbsd_start,
	.stop = fbsd_stop,
	.end = fbsd_end,
	.enter = fbsd_enter,
	.probe = fbsd_probe,
	.manage = fbsd_manage,
	.renew = fbsd_renew,
	.clear = fbsd_clear,
	.doctor = fbsd_doctor,
};

/* A skeleton cannot be put in the place of one that is in use: the mounts above it are of a running jail. */
int
fbsd_renew(const struct store *s, const struct plan *p, enum renewal *ret, struct err *e)
{
	struct jail_status st;

	if (store_jail_status(s, p->jail->name, &st, e) < 0)
		return -1;
	*ret = st.state == JAIL_RUNNING || st.state == JAIL_STARTING ? RENEWAL_LATER : RENEWAL_STOPPED;
	return 0;
}
