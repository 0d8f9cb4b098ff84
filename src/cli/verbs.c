/*
 * The table of verbs.  An explicit array: a constructor in a static library is dropped by the linker.
 */
#include <string.h>

#include "cli/verb.h"

const struct verb *const verbs[] = {
	&verb_init,
	&verb_base,
	&verb_create,
	&verb_destroy,
	&verb_manage,
	&verb_install,
	&verb_rollback,
	&verb_start,
	&verb_stop,
	&verb_restart,
	&verb_list,
	&verb_status,
	&verb_exec,
	&verb_console,
	&verb_cp,
	&verb_reset,
	&verb_logs,
	&verb_diff,
	&verb_journal,
	&verb_verify,
	&verb_key,
	&verb_surface,
	&verb_report,
	&verb_gc,
	&verb_plan,
	&verb_emit,
	&verb_adopt,
	&verb_config,
	&verb_doctor,
	&verb_completion,
	&verb_version,
	&verb_help,
};
const size_t nverbs = sizeof(verbs) / sizeof(verbs[0]);

const struct verb *
verb_find(const struct verb *const *list, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i]->name, name) == 0)
			return list[i];
	return NULL;
}

struct strv
verb_names(const struct verb *const *list, size_t n, struct arena *a)
{
	struct strv names = {0};
	for (size_t i = 0; i < n; i++)
		strv_add(a, &names, list[i]->name);
	return names;
}

const char *
verb_path(const struct verb *parent, const struct verb *v, struct arena *a)
{
	return parent != NULL ? arena_printf(a, "%s %s", parent->name, v->name) : v->name;
}
