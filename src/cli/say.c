/*
 * What verbs say to the person at the terminal, and the one question that they ask.
 */
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/excerpt.h"

/* The text with everything that could steer a terminal escaped; a final newline is added. */
static void
print_line(FILE *out, const char *prefix, const char *fmt, va_list ap)
{
	char *text;
	if (vasprintf(&text, fmt, ap) == -1)
		return;
	str_auto line = {0};
	str_add(&line, prefix);
	str_add_escaped(&line, text, strlen(text));
	str_addc(&line, '\n');
	free(text);
	fputs(str_text(&line), out);
	fflush(out);
}

void
cli_say(const struct cli *c, const char *fmt, ...)
{
	if (c->o.quiet || c->o.json)
		return;
	va_list ap;
	va_start(ap, fmt);
	print_line(stdout, "", fmt, ap);
	va_end(ap);
}

void
cli_step(const struct cli *c, const char *fmt, ...)
{
	if (!c->o.verbose)
		return;
	va_list ap;
	va_start(ap, fmt);
	print_line(stderr, "", fmt, ap);
	va_end(ap);
}

void
cli_error(const struct err *e, const char *who)
{
	str_auto lines = {0};
	excerpt_of_error(e, &lines);
	err_print_with(stderr, e, "warder", who, str_text(&lines));
}

void
cli_warn(const char *who, const char *fmt, ...)
{
	str_auto prefix = {0};
	str_addf(&prefix, "warder: %s: ", who);
	va_list ap;
	va_start(ap, fmt);
	print_line(stderr, str_text(&prefix), fmt, ap);
	va_end(ap);
}

static bool json_is_printed;

void
cli_print_json(struct json *j)
{
	json_is_printed = true;
	fputs(str_text(&j->out), stdout);
	fputc('\n', stdout);
	json_done(j);
}

bool
cli_has_printed_json(void)
{
	return json_is_printed;
}

void
cli_progress(const struct cli *c, struct progress *p)
{
	progress_init(p, stderr, c->o.quiet || c->o.json);
}

static void
wake_up(int sig)
{
	(void)sig;
}

/* An interrupt is an answer, too: no.  The verb goes on and says what is left. */
static bool
answer_is_yes(void)
{
	struct sigaction wakes = {.sa_handler = wake_up}, before;
	char answer[16];
	sigaction(SIGINT, &wakes, &before);
	bool yes = fgets(answer, sizeof(answer), stdin) != NULL && (answer[0] == 'y' || answer[0] == 'Y');
	sigaction(SIGINT, &before, NULL);
	return yes;
}

int
cli_confirm(const struct cli *c, const char *question, struct err *e)
{
	if (c->o.yes)
		return 0;
	if (isatty(STDIN_FILENO) != 1 || isatty(STDERR_FILENO) != 1) {
		err_set(e, ERR_USAGE, c->op, NULL, "nobody to ask: not a terminal");
		return err_hint(e, "-y answers yes");
	}
	fprintf(stderr, "%s [y/N] ", question);
	if (answer_is_yes())
		return 0;
	return err_set(e, ERR_FAILED, c->op, NULL, "not done: the answer was no");
}
