/*
 * Owns the page of text that says how the jail is; one pwrite(2) each time, so that a reader sees old or new.
 */
#include <string.h>
#include <unistd.h>

#include "init/status.h"
#include "init/text.h"

void
status_format(const struct status *s, char page[STATUS_SIZE])
{
	struct text t = {page, 0, STATUS_SIZE};

	text_add(&t, s->state);
	text_add(&t, " ");
	text_add_number(&t, s->restarts);
	text_add(&t, " ");
	if (s->last_exit < 0)
		text_add(&t, "-");
	else
		text_add_number(&t, (uint64_t)s->last_exit);
	text_add(&t, " ");
	text_add_number(&t, (uint64_t)s->pid);
	memset(page + t.len, '\n', STATUS_SIZE - t.len);
}

void
status_write(const struct status *s)
{
	char page[STATUS_SIZE];
	ssize_t n;

	status_format(s, page);
	n = pwrite(BRIEF_FD_STATUS, page, sizeof(page), 0);
	(void)n; /* the page has its full length since the start: there is no space to run out of */
}
