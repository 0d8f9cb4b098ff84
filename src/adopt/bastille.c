/*
 * Thin jails of Bastille as our configuration: of each, jail.conf(5) with its one block, and its fstab.  Limits, order
 * and redirections are in other files, which are not read.
 */
#include <string.h>

#include "adopt/jail_conf.h"
#include "adopt/thin.h"
#include "base/path.h"

static bool
add_base(struct thin *t, const char *name, const char *source, const struct srcloc *at)
{
	str_auto block = {0};

	str_addf(&block,
		"\n# A release is a whole tree: `warder base create %s` copies it.\nbase %s {\n\tfrom = ", name, name);
	adopt_quote(&block, arena_printf(t->a, "dir:%s", source));
	str_add(&block, ";\n}\n");
	return thin_add_base(t, source, name, at, str_text(&block));
}

static int
adopt_one(struct thin *t, const struct adopt_jail *j, struct err *e)
{
	struct srcloc top = {.file = j->conf.file, .line = 1, .col = 1};
	struct jail_conf_block b = {.name = j->name};
	const char *source = NULL, *base = NULL;
	str_auto params = {0};
	size_t nfaults = t->r->nfaults;
	bool is_new = false;

	if (!name_is_valid(j->name)) {
		adopt_fault(t->a, t->r, &top, j->name, "the directory's name cannot be that of a jail");
		return 0;
	}
	if (jail_conf_one(t, &j->conf, &b, &params, e) == -1)
		return -1;
	adopt_sort(t->r, nfaults);
	if (b.at.file == NULL)
		adopt_fault(t->a, t->r, &top, j->name, "there is no block of this name");
	else if (b.path == NULL)
		adopt_fault(t->a, t->r, &b.at, j->name, "no line that can be used says its path");
	else if (thin_find_base(t, &j->fstab, b.path, &source, e) == -1)
		return -1;
	if (source != NULL)
		base = thin_base_name(t, source, &b.at, &is_new);
	if (base != NULL && (!is_new || add_base(t, base, source, &b.at)))
		thin_add_jail(t, &b.at, j->name, base, b.path, str_text(&params));
	return 0;
}

static int
adopt(const struct adopt_jail *v, size_t n, struct arena *a, struct adopted *ret, struct err *e)
{
	struct adopted r = {0};
	struct thin t = {.a = a, .r = &r, .at = "/.bastille"};
	int status = 0;

	for (size_t i = 0; i < n && status == 0; i++)
		status = adopt_one(&t, &v[i], e);
	if (status == 0)
		status = thin_finish(&t, "adopt bastille", ret, e);
	*ret = r;
	thin_done(&t);
	return status;
}

const struct adopter adopt_bastille = {.name = "bastille", .adopt_jails = adopt};
