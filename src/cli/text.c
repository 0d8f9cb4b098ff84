/*
 * Words for people, apart from the verbs so that tests can look at them.
 */
#include <inttypes.h>
#include <string.h>

#include "base/utf8.h"
#include "cli/text.h"

static const struct unit {
	int64_t seconds;
	const char *name;
} units[] = {{86400, "d"}, {3600, "h"}, {60, "min"}};

void
text_duration(int64_t seconds, struct str *out)
{
	if (seconds < 0) /* the clock was set back */
		seconds = 0;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (seconds >= units[i].seconds) {
			str_addf(out, "%" PRId64 " %s", seconds / units[i].seconds, units[i].name);
			return;
		}
	str_addf(out, "%" PRId64 " s", seconds);
}

void
text_count(uint64_t n, struct str *out)
{
	if (n < 1000) {
		str_addf(out, "%" PRIu64, n);
		return;
	}
	text_count(n / 1000, out);
	str_addf(out, ",%03" PRIu64, n % 1000);
}

static void
add_word(const char *word, struct str *out)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%_+=:,./-";
	if (*word != '\0' && word[strspn(word, plain)] == '\0') {
		str_add(out, word);
		return;
	}
	str_addc(out, '\'');
	for (; *word != '\0'; word++)
		if (*word == '\'')
			str_add(out, "'\\''");
		else
			str_addc(out, *word);
	str_addc(out, '\'');
}

void
text_command(const struct strv *words, size_t max, struct str *out)
{
	str_auto all = {0};
	for (size_t i = 0; i < words->n && all.len <= max; i++) {
		str_add(&all, i > 0 ? " " : "");
		add_word(words->v[i], &all);
	}
	bool whole = all.len <= max;
	str_addn(out, str_text(&all), whole ? all.len : utf8_cut(str_text(&all), max));
	str_add(out, whole ? "" : "...");
}
