/*
 * Owns the finding of a declaration by its name, and what holds where there is none.
 */
#include <string.h>

#include "model/jail.h"

const struct keep keep_default = {.count = 5, .seconds = 30 * 86400};

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
