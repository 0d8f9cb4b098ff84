/*
 * What is held against every input, by the fuzzer and by the replay of its corpus: config_parse does not crash, says
 * why it refuses, and what it accepts is printed as something that parses to the same print, and as JSON.
 */
#ifndef WARDER_TESTS_FUZZ_CONFIG_H
#define WARDER_TESTS_FUZZ_CONFIG_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "config/config.h"

static inline void
fuzz_require(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "broken promise: %s\n", what);
	abort();
}

static inline void
fuzz_require_error(const struct err *e)
{
	fuzz_require(e->kind == ERR_CONFIG, "a refusal is an error of the configuration");
	fuzz_require(e->line > 0 && e->col > 0, "a refusal says where");
	fuzz_require(*e->reason, "a refusal says why");
}

static inline void
fuzz_require_stable(const struct config *c)
{
	struct arena a = {0};
	struct config again;
	struct err e = {0};
	str_auto first = {0}, second = {0};
	struct json json = {0};

	config_print(c, &first);
	if (config_parse("print", str_text(&first), first.len, &a, &again, &e) < 0) {
		err_print(stderr, &e, "print", NULL);
		fuzz_require(false, "what is printed parses");
	}
	config_print(&again, &second);
	fuzz_require(!strcmp(str_text(&first), str_text(&second)), "what is printed parses to the same print");
	config_json(c, &json);
	fuzz_require(json.depth == 0, "JSON is closed");
	json_done(&json);
	arena_done(&a);
}

static inline void
fuzz_config(const char *data, size_t size)
{
	struct arena a = {0};
	struct config c;
	struct err e = {0};

	if (config_parse("fuzz", data, size, &a, &c, &e) < 0)
		fuzz_require_error(&e);
	else
		fuzz_require_stable(&c);
	arena_done(&a);
}

#endif
