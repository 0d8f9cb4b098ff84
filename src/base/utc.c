/*
 * Owns the proleptic Gregorian calendar, as days counted from 1970-01-01.  Years begin in March here, so that a leap
 * day is a year's last.
 */
#include "base/utc.h"

enum { SECONDS_OF_DAY = 86400, DAYS_TO_1970 = 719468, DAYS_OF_ERA = 146097, YEARS_OF_ERA = 400 };

struct date {
	int64_t year;
	unsigned month, day;
};

static struct date
date_of_day(int64_t day)
{
	day += DAYS_TO_1970;
	int64_t era = (day >= 0 ? day : day - (DAYS_OF_ERA - 1)) / DAYS_OF_ERA;
	unsigned in_era = (unsigned)(day - era * DAYS_OF_ERA);
	unsigned year = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
	unsigned in_year = in_era - (365 * year + year / 4 - year / 100);
	unsigned month = (5 * in_year + 2) / 153;
	return (struct date){
		.year = era * YEARS_OF_ERA + year + (month >= 10),
		.month = month < 10 ? month + 3 : month - 9,
		.day = in_year - (153 * month + 2) / 5 + 1,
	};
}

/* Of a year from 1 on. */
static int64_t
day_of_date(struct date d)
{
	int64_t march_year = d.year - (d.month <= 2), era = march_year / YEARS_OF_ERA;
	unsigned year = (unsigned)(march_year - era * YEARS_OF_ERA);
	unsigned in_year = (153 * (d.month > 2 ? d.month - 3 : d.month + 9) + 2) / 5 + d.day - 1;
	return era * DAYS_OF_ERA + year * 365 + year / 4 - year / 100 + in_year - DAYS_TO_1970;
}

void
utc_print(int64_t unix_seconds, char ret[UTC_SIZE])
{
	int64_t day = unix_seconds / SECONDS_OF_DAY, rest = unix_seconds % SECONDS_OF_DAY;
	if (rest < 0) {
		rest += SECONDS_OF_DAY;
		day--;
	}
	struct date d = date_of_day(day);
	snprintf(ret, UTC_SIZE, "%04lld-%02u-%02uT%02u:%02u:%02uZ", (long long)d.year, d.month, d.day,
		(unsigned)(rest / 3600), (unsigned)(rest / 60 % 60), (unsigned)(rest % 60));
}

/* A day that its month does not have comes back as another. */
static bool
is_date(struct date d)
{
	if (d.year < 1970 || d.month < 1 || d.month > 12)
		return false;
	struct date same = date_of_day(day_of_date(d));
	return same.month == d.month && same.day == d.day;
}

int
utc_parse(const char *text, int64_t *ret)
{
	static const char form[] = "dddd-dd-ddTdd:dd:ddZ";
	enum { YEAR, MONTH, DAY, HOUR, MINUTE, SECOND, REST, NFIELDS };
	unsigned field[NFIELDS] = {0}, n = 0;
	for (size_t i = 0; i < sizeof(form); i++) { /* its NUL too */
		if (form[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != form[i])
			return -1;
		if (form[i] == 'd')
			field[n] = field[n] * 10 + (unsigned)(text[i] - '0');
		else if (n < REST)
			n++;
	}
	struct date d = {.year = field[YEAR], .month = field[MONTH], .day = field[DAY]};
	if (!is_date(d) || field[HOUR] > 23 || field[MINUTE] > 59 || field[SECOND] > 59)
		return -1;
	*ret = day_of_date(d) * SECONDS_OF_DAY + field[HOUR] * 3600 + field[MINUTE] * 60 + field[SECOND];
	return 0;
}
