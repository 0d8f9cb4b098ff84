/*
 * Owns the table of capabilities, capabilities(7).  A capability is forbidden when it reaches beyond the jail, loosens
 * what keeps it tight, or does nothing in a user namespace (so that a declaration never says more than it does).
 */
#include "model/caps.h"

#include <string.h>

const struct cap_row caps_table[] = {
	{"chown", 0, CAP_DEFAULT},
	{"dac_override", 1, CAP_DEFAULT},
	{"dac_read_search", 2, CAP_FORBIDDEN},
	{"fowner", 3, CAP_DEFAULT},
	{"fsetid", 4, CAP_ALLOWED},
	{"kill", 5, CAP_DEFAULT},
	{"setgid", 6, CAP_DEFAULT},
	{"setuid", 7, CAP_DEFAULT},
	{"setpcap", 8, CAP_ALLOWED},
	{"linux_immutable", 9, CAP_FORBIDDEN},
	{"net_bind_service", 10, CAP_ALLOWED},
	{"net_broadcast", 11, CAP_ALLOWED},
	{"net_admin", 12, CAP_FORBIDDEN},
	{"net_raw", 13, CAP_FORBIDDEN},
	{"ipc_lock", 14, CAP_ALLOWED},
	{"ipc_owner", 15, CAP_ALLOWED},
	{"sys_module", 16, CAP_FORBIDDEN},
	{"sys_rawio", 17, CAP_FORBIDDEN},
	{"sys_chroot", 18, CAP_ALLOWED},
	{"sys_ptrace", 19, CAP_FORBIDDEN},
	{"sys_pacct", 20, CAP_FORBIDDEN},
	{"sys_admin", 21, CAP_FORBIDDEN},
	{"sys_boot", 22, CAP_FORBIDDEN},
	{"sys_nice", 23, CAP_ALLOWED},
	{"sys_resource", 24, CAP_FORBIDDEN},
	{"sys_time", 25, CAP_FORBIDDEN},
	{"sys_tty_config", 26, CAP_FORBIDDEN},
	{"mknod", 27, CAP_FORBIDDEN},
	{"lease", 28, CAP_FORBIDDEN},
	{"audit_write", 29, CAP_ALLOWED},
	{"audit_control", 30, CAP_FORBIDDEN},
	{"setfcap", 31, CAP_FORBIDDEN},
	{"mac_override", 32, CAP_FORBIDDEN},
	{"mac_admin", 33, CAP_FORBIDDEN},
	{"syslog", 34, CAP_FORBIDDEN},
	{"wake_alarm", 35, CAP_FORBIDDEN},
	{"block_suspend", 36, CAP_FORBIDDEN},
	{"audit_read", 37, CAP_FORBIDDEN},
	{"perfmon", 38, CAP_FORBIDDEN},
	{"bpf", 39, CAP_FORBIDDEN},
	{"checkpoint_restore", 40, CAP_FORBIDDEN},
};
const size_t ncaps_table = sizeof(caps_table) / sizeof(caps_table[0]);

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* text in any case begins with prefix, which is lower case. */
static bool
begins_with(const char *text, const char *prefix)
{
	while (*prefix != '\0')
		if (lower(*text++) != *prefix++)
			return false;
	return true;
}

const struct cap_row *
cap_by_name(const char *name)
{
	static const char prefix[] = "cap_";
	if (begins_with(name, prefix))
		name += sizeof(prefix) - 1;
	for (size_t i = 0; i < ncaps_table; i++)
		if (begins_with(name, caps_table[i].name) && name[strlen(caps_table[i].name)] == '\0')
			return &caps_table[i];
	return NULL;
}

uint64_t
cap_default_mask(void)
{
	uint64_t mask = 0;
	for (size_t i = 0; i < ncaps_table; i++)
		if (caps_table[i].class == CAP_DEFAULT)
			mask |= UINT64_C(1) << caps_table[i].number;
	return mask;
}

void
cap_mask_print(uint64_t mask, struct str *out)
{
	const char *gap = "";
	for (size_t i = 0; i < ncaps_table; i++)
		if (mask >> caps_table[i].number & 1) {
			str_addf(out, "%s%s", gap, caps_table[i].name);
			gap = " ";
		}
}
