/*
 * What is held against every input: an adopter does not crash, says why it refuses, and what it makes can be read.
 *
 * An input is the adopter's name on a line, its file, and for the adopters of a jail's files the line "--- fstab" and
 * the jail's fstab; the jail is www.
 */
#ifndef WARDER_TESTS_FUZZ_ADOPT_H
#define WARDER_TESTS_FUZZ_ADOPT_H

#include <stdint.h>

#include "adopt/adopt.h"
#include "fuzz_config.h"

/* Which base, jail.conf(5) does not say: what is made of it is no whole configuration. */
static inline bool
fuzz_is_whole(const struct adopter *adopter)
{
	return adopter != &adopt_jail_conf;
}

static inline void
fuzz_adopted(const struct adopter *adopter, const struct adopted *r)
{
	for (size_t i = 0; i < r->nfaults; i++)
		fuzz_require_error(&r->faults[i]);
	if (fuzz_is_whole(adopter)) {
		struct arena a = {0};
		struct config c;
		struct err e = {0};

		if (config_parse("adopted", r->text, strlen(r->text), &a, &c, &e) < 0) {
			fprintf(stderr, "%s", r->text);
			err_print(stderr, &e, "adopted", NULL);
			fuzz_require(false, "what is made is a configuration");
		}
		arena_done(&a);
	}
}

static inline void
fuzz_adopt(const char *data, size_t size)
{
	static const char between[] = "--- fstab\n";
	const char *newline = memchr(data, '\n', size), *text, *fstab;
	struct arena a = {0};
	struct adopted r = {0};
	struct err e = {0};
	const struct adopter *adopter;
	struct adopt_jail j = {.name = "www", .conf = {.file = "conf"}, .fstab = {.file = "fstab"}};
	int status;

	if (!newline)
		return;
	adopter = adopter_find(arena_strndup(&a, data, (size_t)(newline - data)));
	text = newline + 1;
	size -= (size_t)(text - data);
	if (adopter && adopter->adopt) {
		status = adopter->adopt("file", text, size, &a, &r, &e);
	} else if (adopter) {
		fstab = memmem(text, size, between, sizeof(between) - 1);
		j.conf.text = text;
		j.conf.len = fstab ? (size_t)(fstab - text) : size;
		if (fstab) {
			j.fstab.text = fstab + sizeof(between) - 1;
			j.fstab.len = size - (size_t)(j.fstab.text - text);
		}
		status = adopter->adopt_jails(&j, 1, &a, &r, &e);
	}
	if (adopter && status < 0)
		fuzz_require(e.kind == ERR_CONFIG && *e.reason, "a refusal is an error of the file, and says why");
	else if (adopter)
		fuzz_adopted(adopter, &r);
	arena_done(&a);
}

#endif
