/*
 * Owns descriptor 1.  A throw-away child never writes there: what it found is its exit status.
 */
#include "probe/out.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char buffer[16384];
static size_t used;
static unsigned long records;

/* Whoever reads is gone, or was: nobody waits for the rest. */
static void
flush(void)
{
	for (size_t at = 0; at < used;) {
		ssize_t n = write(STDOUT_FILENO, buffer + at, used - at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			_exit(1);
		at += (size_t)n;
	}
	used = 0;
}

static void
put(const char *s)
{
	size_t n = strlen(s) + 1;

	while (n > 0) {
		size_t room = sizeof(buffer) - used, piece = n < room ? n : room;

		memcpy(buffer + used, s, piece);
		used += piece;
		s += piece;
		n -= piece;
		if (used == sizeof(buffer))
			flush();
	}
}

void
out_record(enum probe_word w, const char *a, const char *b)
{
	put(probe_words[w]);
	put(a);
	put(b);
	records++;
}

void
out_number(enum probe_word w, long n, const char *b)
{
	char text[24];

	snprintf(text, sizeof(text), "%ld", n);
	out_record(w, text, b);
}

void
out_tried(const char *what, unsigned long n)
{
	char text[24];

	snprintf(text, sizeof(text), "%lu", n);
	out_record(PROBE_TRIED, what, text);
}

void
out_end(void)
{
	out_number(PROBE_END, (long)records, "");
	flush();
}

void
out_give_up(const char *what, int err_no)
{
	out_record(PROBE_FAILED, what, strerror(err_no));
	out_end();
	_exit(1);
}

bool
is_refusal(int err_no)
{
	return err_no == EROFS || err_no == EACCES || err_no == EPERM || err_no == ENOSYS;
}
