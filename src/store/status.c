/*
 * Whether a jail runs: from its record, from what the kernel says of its process, and from the page that its pid 1
 * writes.
 *
 * A number of a process says nothing by itself: it may have been given to another since.  A process is the recorded
 * one if it was started at the same tick of the same boot.  The page is written inside the jail: it is only ever read
 * as a known word and three numbers.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/str.h"
#include "store/internal.h"

enum { PAGE_SIZE = 128, STARTTIME_FIELD = 22, EXIT_MAX = 255, PID_MAX = 1 << 22 };
static const char *const words[] = {"starting", "running", "stopping", "stopped", "failed"};

/* The command's name, field 2, may hold anything: fields are counted after its last ')'. */
int
proc_stat_parse(const char *text, char *ret_state, uint64_t *ret_ticks)
{
	char digits[24];
	const char *p = strrchr(text, ')');

	if (!p || p[1] != ' ' || !p[2])
		return -1;
	char state = p[2];
	p += 2;
	for (int field = 3; field < STARTTIME_FIELD; field++)
		if (!(p = strchr(p, ' ')) || !*++p)
			return -1;
	size_t n = strcspn(p, " \n");
	if (n >= sizeof(digits))
		return -1;
	memcpy(digits, p, n);
	digits[n] = '\0';
	if (str_to_u64(digits, UINT64_MAX, ret_ticks) < 0)
		return -1;
	*ret_state = state;
	return 0;
}

/* Blank, at its full length: that writes over an earlier page, where cutting it short would take a millisecond. */
int
store_status_open(const struct store *s, const char *jail, struct err *e)
{
	char path[STORE_PATH], blank[PAGE_SIZE];

	if (store_check_name(jail, "open status page", e) < 0)
		return -1;
	fd_auto fd = openat(s->dotfd, store_path(path, "run/%s.status", jail),
		O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_sys(e, "open", path);
	memset(blank, '\n', sizeof(blank));
	if (pwrite(fd, blank, sizeof(blank), 0) != sizeof(blank))
		return err_sys(e, "write", path);
	return fd_take(&fd);
}

static bool
number_at(const char *text, uint64_t max, uint64_t *ret)
{
	return text && str_to_u64(text, max, ret) == 0;
}

void
status_page_parse(const char *text, struct jail_status *ret)
{
	char line[PAGE_SIZE + 1], *rest = line;
	uint64_t restarts, code = 0, pid;

	snprintf(line, sizeof(line), "%.*s", (int)strcspn(text, "\n"), text);
	const char *word = strsep(&rest, " ");
	const char *restarts_text = strsep(&rest, " "), *code_text = strsep(&rest, " "), *pid_text = strsep(&rest, " ");
	bool ended = code_text && strcmp(code_text, "-") != 0;
	if (rest || !number_at(restarts_text, UINT32_MAX, &restarts) || !number_at(pid_text, PID_MAX, &pid) ||
		(ended && !number_at(code_text, EXIT_MAX, &code)))
		return;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (strcmp(word, words[i]) != 0)
			continue;
		memcpy(ret->word, words[i], strlen(words[i]) + 1);
		ret->restarts = (unsigned)restarts;
		ret->service_exit = ended ? (int)code : -1;
		ret->service_pid = (int)pid;
		return;
	}
}

static int
page_read(const struct store *s, const char *jail, struct jail_status *st, struct err *e)
{
	char path[STORE_PATH], text[PAGE_SIZE + 1];

	store_path(path, "run/%s.status", jail);
	fd_auto fd = openat(s->dotfd, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? 0 : err_sys(e, "open", path);
	ssize_t n = fd_read_full(fd, text, PAGE_SIZE, path, e);
	if (n < 0)
		return -1;
	text[n] = '\0';
	status_page_parse(text, st);
	return 0;
}

static bool
word_is(const struct jail_status *st, const char *word)
{
	return strcmp(st->word, word) == 0;
}

/* Of a record of this boot.  The page's last word is "stopped" or "failed", unless pid 1 was killed. */
static enum jail_state
state_of(const struct jail_status *st, bool is_alive)
{
	if (st->record.pid == 0)
		return is_alive ? JAIL_STARTING : JAIL_STOPPED;
	if (is_alive)
		return word_is(st, "starting") && st->service_exit < 0 ? JAIL_STARTING : JAIL_RUNNING;
	return word_is(st, "stopped") ? JAIL_STOPPED : JAIL_FAILED;
}

static int
state_read(const struct store *s, const char *jail, struct jail_status *st, struct err *e)
{
	const struct run_record *r = &st->record;
	char boot_id[BOOT_ID];

	if (boot_id_read(boot_id, e) < 0)
		return -1;
	/* Before the page is read: what one that is gone wrote last is there. */
	bool is_alive = r->pid != 0 ? process_is(r->pid, r->start_ticks) : process_is(r->starter_pid, r->starter_ticks);
	if (page_read(s, jail, st, e) < 0)
		return -1;
	st->recorded = strcmp(r->boot_id, boot_id) == 0;
	st->state = st->recorded ? state_of(st, is_alive) : JAIL_STOPPED;
	st->was_killed = st->state == JAIL_FAILED && !word_is(st, "failed");
	return 0;
}

int
store_jail_status(const struct store *s, const char *jail, struct jail_status *ret, struct err *e)
{
	struct jail_status st = {.state = JAIL_STOPPED, .service_exit = -1};
	bool found;

	if (store_run_read(s, jail, &st.record, &found, e) < 0 || (found && state_read(s, jail, &st, e) < 0))
		return -1;
	*ret = st;
	return 0;
}
