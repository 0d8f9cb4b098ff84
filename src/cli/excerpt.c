/*
 * Errors carry a place, not the text that stands there: it is read once more for the message.  The file was trusted
 * when it was read the first time; what is in it now is shown, never acted on.
 */
#include "cli/excerpt.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"

enum { COLUMNS_MAX = 120 };

/* Where the character after the next begins: as the configuration's lexer counts columns. */
static size_t
character_end(const char *line, size_t i, size_t n)
{
	do
		i++;
	while (i < n && ((unsigned char)line[i] & 0xc0) == 0x80);
	return i;
}

void
excerpt_of_line(const char *line, size_t n, unsigned col, struct str *out)
{
	str_auto text = {0}, caret = {0};
	size_t i = 0;
	for (unsigned at = 1; i < n; at++) {
		size_t end = character_end(line, i, n), before = text.len;
		if (line[i] == '\t')
			str_addc(&text, '\t');
		else
			str_add_escaped(&text, line + i, end - i);
		for (size_t k = str_columns(str_text(&text) + before); at < col && k > 0; k--)
			str_addc(&caret, line[i] == '\t' ? '\t' : ' ');
		i = end;
	}
	if (str_columns(str_text(&text)) <= COLUMNS_MAX)
		str_addf(out, "\t%s\n\t%s^\n", str_text(&text), str_text(&caret));
}

static FILE *
open_again(const struct err *e)
{
	struct stat st;
	/* A name that fills its field was cut. */
	if (e->file[0] == '\0' || strnlen(e->file, sizeof(e->file)) >= sizeof(e->file) - 1)
		return NULL;
	fd_auto fd = open(e->file, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd == -1 || fstat(fd, &st) == -1 || !S_ISREG(st.st_mode))
		return NULL;
	FILE *f = fdopen(fd, "r");
	if (f != NULL)
		(void)fd_take(&fd);
	return f;
}

void
excerpt_of_error(const struct err *e, struct str *out)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t n = 0;
	FILE *f = open_again(e);
	if (f == NULL)
		return;
	for (unsigned i = 0; i < e->line && n != -1; i++)
		n = getline(&line, &size, f);
	if (n > 0)
		excerpt_of_line(line, (size_t)n - (line[n - 1] == '\n'), e->col, out);
	free(line);
	fclose(f);
}
