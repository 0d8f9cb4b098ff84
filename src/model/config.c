/*
 * Owns the finding of a declaration by its name.
 */
#include <string.h>

#include "model/jail.h"

const struct jail *
config_jail(const struct config *c, const char *name)
{
	for (size_t i = 0; i < c->njails; i++)
		if (strcmp(c->jails[i].name, name) == 0)
			return &c->jails[i];
	return NULL;
}

const struct base_decl *
config_base(const struct config *c, const char *name)
{
	for (size_t i = 0; i < c->nbases; i++)
		if (strcmp(c->bases[i].name, name) == 0)
			return &c->bases[i];
	return NULL;
}
