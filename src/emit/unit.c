/*
 * The words of systemd.syntax(7) and of systemd.service(5)'s timeouts.
 */
#include <inttypes.h>
#include <string.h>

#include "emit/systemd.h"

/* doubled: characters that stand for something else unless they stand there twice. */
static void
quote(struct str *out, const char *word, const char *doubled)
{
	str_addc(out, '"');
	for (const char *s = word; *s != '\0'; s++) {
		if (strchr("\"\\", *s) != NULL)
			str_addc(out, '\\');
		else if (strchr(doubled, *s) != NULL)
			str_addc(out, *s);
		str_addc(out, *s);
	}
	str_addc(out, '"');
}

static void
words(struct str *out, const char *key, const struct strv *l, const char *doubled)
{
	str_addf(out, "%s=", key);
	for (size_t i = 0; i < l->n; i++) {
		str_add(out, i > 0 ? " " : "");
		quote(out, l->v[i], doubled);
	}
	str_addc(out, '\n');
}

void
unit_quote(struct str *out, const char *word)
{
	quote(out, word, "%");
}

const char *
unit_specifiers(const char *text, struct arena *a)
{
	str_auto out = {0};

	for (const char *s = text; *s != '\0'; s++)
		str_addf(&out, *s == '%' ? "%%%c" : "%c", *s);
	return arena_strdup(a, str_text(&out));
}

void
unit_words(struct str *out, const char *key, const struct strv *l)
{
	words(out, key, l, "%");
}

void
unit_command(struct str *out, const char *key, const struct strv *l)
{
	words(out, key, l, "%$");
}

void
unit_shell(struct str *out, const char *key, const struct strv *commands)
{
	for (size_t i = 0; i < commands->n; i++) {
		const char *argv[] = {"/bin/sh", "-c", commands->v[i]};

		unit_command(out, key, &(struct strv){argv, 3});
	}
}

void
unit_timeout(struct str *out, const char *key, const struct jail *j, size_t ncommands, uint64_t seconds)
{
	if (ncommands > 0 && j->exec_timeout == 0)
		str_addf(out, "%s=infinity\n", key);
	else
		str_addf(out, "%s=%" PRIu64 "\n", key, ncommands * (uint64_t)j->exec_timeout + seconds);
}
