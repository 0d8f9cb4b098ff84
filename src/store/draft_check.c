/*
 * Owns the look at a skeleton's draft before it is put to use: a jail must be able to start on it.
 */
#include <fcntl.h>

#include "base/fd.h"
#include "base/path.h"
#include "store/draft.h"
#include "store/internal.h"

/* Those of the base are directories; their mount points are. */
static int
check_pins(int skel, const struct base_meta *m, struct err *e)
{
	for (size_t i = 0; i < m->npins; i++) {
		const struct pin *p = &m->pins[i];
		struct err why;

		if (p->source != PIN_FROM_SKEL)
			continue;
		fd_auto fd = path_open_in_root(skel, p->from, PATH_ONLY | O_DIRECTORY, 0, &why);
		if (fd < 0) {
			err_set(e, ERR_FAILED, "check", p->from, "it must be a directory: the pin of %s", p->path);
			return err_hint(e, "every start mounts it: put it back");
		}
	}
	return 0;
}

int
store_draft_check(const struct store *s, const struct jail *j, const struct draft *d, struct err *e)
{
	struct arena a = {0};
	struct jail_facts f;
	fd_auto skel = store_draft_open(s, d, e);
	int r = skel < 0 ? -1 : jail_common_facts(s, j, &a, &f, e);

	if (r == 0)
		r = jail_skel_facts(j, skel, &a, &f, e) < 0 ? -1 : check_pins(skel, f.base, e);
	arena_done(&a);
	return r;
}
