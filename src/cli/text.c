/*
 * Words for people, apart from the verbs so that tests can look at them.
 */
#include <inttypes.h>

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
