/*
 * Golden cases whose input is a configuration, and whose other sections are each what is made of it by their name.
 */
#ifndef WARDER_TESTS_GOLDEN_CONFIG_H
#define WARDER_TESTS_GOLDEN_CONFIG_H

#include "config/config.h"
#include "golden.h"

typedef bool golden_make(const char *section, const struct config *c, struct arena *a, struct str *out);

/* True if every section is what make writes, both times that it is asked: nothing of it is left to chance. */
static inline bool
golden_config_case(struct golden *g, golden_make *make)
{
	const struct golden_section *config = golden_find(g, "config");
	struct arena a = {0};
	struct config c;
	struct err e = {0};
	bool ok = config != NULL && g->n > 1;

	if (ok && config_parse("warder.conf", config->text, config->len, &a, &c, &e) < 0) {
		err_print(stderr, &e, g->path, NULL);
		ok = false;
	}
	for (size_t i = 0; ok && i < g->n; i++) {
		str_auto out = {0}, again = {0};

		if (&g->v[i] == config)
			continue;
		ok = make(g->v[i].name, &c, &a, &out) && make(g->v[i].name, &c, &a, &again) &&
		     !strcmp(str_text(&out), str_text(&again)) && golden_expect(g, g->v[i].name, str_text(&out));
	}
	arena_done(&a);
	return ok;
}

#endif
