/*
 * Owns the one line of progress: "copying base  [####......]  41%  12,310 files  3.2 s", or
 * "base x  [####......]  41%  3.2 s  640 MiB/s, 12,310 files/s" where bytes are counted.  It is drawn over itself, at
 * most ten times a second, and only on a terminal.
 */
#include "base/progress.h"

#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "base/str.h"
#include "base/utf8.h"

enum { BAR_WIDTH = 20, DEFAULT_WIDTH = 80 };
static const uint64_t second_ns = 1000000000, draw_every_ns = 100000000;

static uint64_t
now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * second_ns + (uint64_t)t.tv_nsec;
}

static size_t
width_of(FILE *out)
{
	struct winsize w;
	return ioctl(fileno(out), TIOCGWINSZ, &w) == 0 && w.ws_col > 0 ? w.ws_col : DEFAULT_WIDTH;
}

/* "12,310" */
static void
add_count(struct str *b, uint64_t n)
{
	if (n >= 1000) {
		add_count(b, n / 1000);
		str_addf(b, ",%03u", (unsigned)(n % 1000));
	} else
		str_addf(b, "%u", (unsigned)n);
}

static bool
add_files(const struct progress *p, struct str *b, const char *before)
{
	if (p->done == 0)
		return false;
	str_add(b, before);
	add_count(b, p->done);
	str_add(b, p->done == 1 ? " file" : " files");
	return true;
}

static void
add_time(const struct progress *p, struct str *b, const char *before, uint64_t now)
{
	uint64_t tenths = (now - p->started_ns) / (second_ns / 10);
	str_addf(b, "%s%llu.%llu s", before, (unsigned long long)(tenths / 10), (unsigned long long)(tenths % 10));
}

/* "  640 MiB/s, 12,310 files/s" */
static void
add_rates(const struct progress *p, struct str *b, const char *before, uint64_t now)
{
	double seconds = (double)(now - p->started_ns) / (double)second_ns;
	if (p->bytes == 0 || seconds <= 0)
		return;
	str_add(b, before);
	str_add_size(b, (uint64_t)((double)p->bytes / seconds));
	str_add(b, "/s, ");
	add_count(b, (uint64_t)((double)p->done / seconds));
	str_add(b, " files/s");
}

static void
add_bar(const struct progress *p, struct str *b)
{
	uint64_t done = p->done < p->total ? p->done : p->total;
	double part = (double)done / (double)p->total;
	str_add(b, "  [");
	for (unsigned i = 0; i < BAR_WIDTH; i++)
		str_addc(b, i < (unsigned)(part * BAR_WIDTH) ? '#' : '.');
	str_addf(b, "]  %2u%%", (unsigned)(part * 100));
}

/* As much of text as fits into columns. */
static void
add_cut(struct str *b, const char *text, size_t columns)
{
	size_t n = strlen(text), used = 0;
	while (n > 0 && used < columns) {
		uint32_t c;
		size_t len = utf8_decode(text, n, &c);
		len = len == 0 ? 1 : len;
		str_addn(b, text, len);
		text += len;
		n -= len;
		used++;
	}
}

static void
draw(struct progress *p, const char *note, uint64_t now)
{
	str_auto line = {0}, shown = {0};
	str_add(&line, p->what);
	if (p->total > 0)
		add_bar(p, &line);
	if (p->bytes == 0)
		add_files(p, &line, "  ");
	add_time(p, &line, "  ", now);
	add_rates(p, &line, "  ", now);
	if (note != NULL) {
		str_add(&line, "  ");
		str_add_escaped(&line, note, strlen(note));
	}
	add_cut(&shown, str_text(&line), width_of(p->out) - 1);
	fprintf(p->out, "\r%s\033[K", str_text(&shown));
	fflush(p->out);
	p->drawn = true;
	p->drawn_ns = now;
}

static void
draw_if_due(struct progress *p, const char *note)
{
	uint64_t now = now_ns();
	if (!p->drawn || now - p->drawn_ns >= draw_every_ns)
		draw(p, note, now);
}

static void
finish(struct progress *p, const char *verdict)
{
	str_auto line = {0};
	if (p->out == NULL || p->what[0] == '\0')
		return;
	str_add(&line, p->what);
	uint64_t now = now_ns();
	add_time(p, &line, add_files(p, &line, ": ") ? ", " : ": ", now);
	add_rates(p, &line, ", ", now);
	fprintf(p->out, "\r%s%s\033[K\n", str_text(&line), verdict);
	fflush(p->out);
	p->what[0] = '\0';
}

void
progress_init(struct progress *p, FILE *out, bool quiet)
{
	*p = (struct progress){.out = !quiet && out != NULL && isatty(fileno(out)) ? out : NULL};
}

void
progress_phase(struct progress *p, const char *what, uint64_t total)
{
	str_auto escaped = {0};
	if (p == NULL || p->out == NULL)
		return;
	finish(p, "");
	str_add_escaped(&escaped, what, strlen(what));
	size_t len = escaped.len < sizeof(p->what) ? escaped.len : utf8_cut(str_text(&escaped), sizeof(p->what) - 1);
	*p = (struct progress){.out = p->out, .total = total, .started_ns = now_ns()};
	memcpy(p->what, str_text(&escaped), len);
	draw(p, NULL, p->started_ns);
}

void
progress_add(struct progress *p, uint64_t n)
{
	if (p == NULL || p->out == NULL || p->what[0] == '\0')
		return;
	p->done += n;
	draw_if_due(p, NULL);
}

void
progress_bytes(struct progress *p, uint64_t bytes)
{
	if (p != NULL)
		p->bytes = bytes;
}

void
progress_note(struct progress *p, const char *text)
{
	if (p == NULL || p->out == NULL || p->what[0] == '\0')
		return;
	draw_if_due(p, text);
}

void
progress_done(struct progress *p, bool ok)
{
	if (p != NULL)
		finish(p, ok ? "" : ": failed");
}
