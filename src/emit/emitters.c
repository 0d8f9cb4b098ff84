/*
 * The table of emitters: an explicit array, as that of verbs is.
 */
#include <string.h>

#include "emit/emit.h"

const struct emitter *const emitters[] = {
	&emit_fstab,
	&emit_jail_conf,
	&emit_kube,
	&emit_nspawn,
	&emit_oci,
	&emit_systemd,
};
const size_t nemitters = sizeof(emitters) / sizeof(emitters[0]);

const struct emitter *
emitter_find(const char *name)
{
	for (size_t i = 0; i < nemitters; i++)
		if (strcmp(emitters[i]->name, name) == 0)
			return emitters[i];
	return NULL;
}
