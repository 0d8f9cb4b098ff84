/*
 * Owns the way from the service's output to the log outside the jail.  Bytes are passed on as they are (whoever shows
 * them escapes them); a line over 8 KiB is cut into several.  A log that cannot be written (a full disk) is lost and
 * never stops the service: the pipe is always emptied.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "init/log.h"
#include "init/text.h"

int
log_open(struct log *l, struct report *r)
{
	int p[2];

	if (pipe2(p, O_CLOEXEC) < 0)
		return report_sys(r, "pipe2", "log");
	l->rd = p[0];
	l->wr = p[1];
	l->nbuf = 0;
	l->torn = false;
	return fcntl(l->rd, F_SETFL, O_NONBLOCK) < 0 ? report_sys(r, "fcntl", "log") : 0;
}

/* after: what follows the time: " " for what the jail wrote, "* " for what pid 1 says. */
static void
line_write(struct log *l, const char *after, const char *s, size_t n)
{
	char stamp[40];
	struct text t = text_on(stamp);
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if (l->torn)
		text_add(&t, "\n");
	text_add_time(&t, now.tv_sec, (unsigned)(now.tv_nsec / 1000000));
	text_add(&t, after);

	struct iovec parts[] = {{stamp, t.len}, {(void *)(uintptr_t)s, n}, {(void *)(uintptr_t) "\n", 1}};
	ssize_t written = writev(BRIEF_FD_LOG, parts, 3);

	if (written > 0)
		l->torn = (size_t)written != t.len + n + 1;
}

/* Writes each whole line of the buffer and keeps the rest; a full buffer without an end is a line of its own. */
static void
lines_take(struct log *l)
{
	char *start = l->buf, *end;

	while ((end = memchr(start, '\n', l->nbuf))) {
		line_write(l, " ", start, (size_t)(end - start));
		l->nbuf -= (size_t)(end + 1 - start);
		start = end + 1;
	}
	if (l->nbuf == sizeof(l->buf)) {
		line_write(l, " ", start, l->nbuf);
		l->nbuf = 0;
	}
	memmove(l->buf, start, l->nbuf);
}

bool
log_drain(struct log *l)
{
	for (int i = 0; i < 16; i++) {
		ssize_t n = read(l->rd, l->buf + l->nbuf, sizeof(l->buf) - l->nbuf);

		if (n <= 0)
			return i > 0;
		l->nbuf += (size_t)n;
		lines_take(l);
	}
	return true;
}

void
log_flush(struct log *l)
{
	if (l->nbuf)
		line_write(l, " ", l->buf, l->nbuf);
	l->nbuf = 0;
}

void
log_say(struct log *l, const char *text)
{
	static const char who[] = "warder: ";
	char line[512];
	struct text t = text_on(line);

	text_add(&t, who);
	text_add(&t, text);
	line_write(l, "* ", line, t.len);
}

void
log_say_error(struct log *l, const char *what, int err_no)
{
	char line[256];
	struct text t = text_on(line);

	text_add(&t, what);
	text_add(&t, ": ");
	text_add(&t, strerror(err_no));
	log_say(l, line);
}
