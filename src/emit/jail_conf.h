/*
 * What the parts of a FreeBSD setup share.
 */
#ifndef WARDER_EMIT_JAIL_CONF_H
#define WARDER_EMIT_JAIL_CONF_H

#include "emit/emit.h"

enum { JAIL_RULESET = 4100 }; /* of devfs.rules; FreeBSD's own are below 100 */

/* rc.conf(5): what makes jails start, the bridge's address; devfs.rules(5): the devices of a jail; rctl.conf(5). */
void jail_rc_conf(const struct emit_input *in, struct arena *a, struct str *out);
void jail_devfs_rules(struct str *out);
void jail_rctl_conf(const struct emit_input *in, struct str *out); /* empty if no jail has a limit */

#endif
