/*
 * What the doctors of all systems have in common.
 */
#include "run/doctor.h"

#include <unistd.h>

enum offer
probe_root(struct probe *p)
{
	p->detail = geteuid() == 0 ? "effective uid 0" : "not root";
	return geteuid() == 0 ? OFFER_YES : OFFER_NO;
}

struct finding *
doctor_run(const struct doctor_row *rows, size_t n, const char *root, struct arena *a)
{
	struct finding *f = arena_array(a, n, sizeof(*f));

	for (size_t i = 0; i < n; i++) {
		struct probe p = {root, a, ""};

		f[i].name = rows[i].name;
		f[i].have = rows[i].probe(&p);
		f[i].required = rows[i].required;
		f[i].detail = p.detail;
		f[i].follows = f[i].have == OFFER_YES ? "" : rows[i].follows;
	}
	return f;
}
