/*
 * Owns what of a brief is Linux's: capabilities, Landlock, wx, the filter of system calls.
 */
#include "run/brief.h"
#include "seccomp/filter.h"

static const struct op *
find_step(const struct plan *p, enum op_kind kind)
{
	for (size_t i = 0; i < p->nops; i++)
		if (p->ops[i].kind == kind)
			return &p->ops[i];
	return NULL;
}

void
brief_fill_rights(struct brief *h, struct str *b, const struct plan *p)
{
	const struct filter_variant *f = filter_by_name(find_step(p, OP_SECCOMP)->u.seccomp);

	h->flags = BRIEF_HAS_LANDLOCK | (find_step(p, OP_WX) != NULL ? BRIEF_WX_DENY : 0);
	h->caps = find_step(p, OP_CAPS)->u.caps;
	h->seccomp.len = (uint32_t)(f->len * sizeof(*f->code));
	h->seccomp.off = brief_place(b, f->code, h->seccomp.len);
}
