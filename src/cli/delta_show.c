/*
 * The difference of two generations, as a person reads it.
 */
#include "cli/delta.h"

static const char *const colors[CHANGE_NKINDS] = {
	[CHANGE_ADDED] = "\033[32m",
	[CHANGE_REMOVED] = "\033[31m",
	[CHANGE_CONTENT] = "\033[33m",
	[CHANGE_RIGHTS] = "\033[36m",
};
static const char color_end[] = "\033[0m";

static void
show_lines(const struct cli *c, const struct delta *d)
{
	size_t shown = c->o.verbose || d->n <= DELTA_LINES ? d->n : DELTA_LINES;

	for (size_t i = 0; i < shown; i++) {
		str_auto line = {0};
		str_add(&line, c->color ? colors[d->v[i].kind] : "");
		delta_line(&d->v[i], &line);
		str_add(&line, c->color ? color_end : "");
		puts(str_text(&line));
	}
	if (shown < d->n)
		printf("... and %zu more (-v shows all)\n", d->n - shown);
}

int
delta_show(const struct cli *c, const struct delta *d, const char *within, int beforefd, int afterfd, struct err *e)
{
	str_auto counts = {0};

	if (c->o.quiet)
		return 0;
	show_lines(c, d);
	delta_show_files(c, d, within, beforefd, afterfd);
	delta_counts(d, &counts);
	puts(str_text(&counts));
	return fflush(stdout) == 0 ? 0 : err_sys(e, "write", "standard output");
}
