/*
 * warder logs: what a jail's service wrote.
 */
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "cli/log.h"
#include "cli/targets.h"

enum { POLL_MS = 250 };

/* Waits one turn; false when whoever read our output has gone, which an idle log would never notice. */
static bool
wait_turn(void)
{
	struct pollfd p = {.fd = STDOUT_FILENO, .events = 0};
	return poll(&p, 1, POLL_MS) <= 0 || !(p.revents & (POLLERR | POLLHUP));
}

/* The log may have been moved aside and begun anew: then the new file is read from its beginning. */
static int
reopen_if_replaced(const struct store *s, const struct jail *j, int *fd, off_t *pos, struct err *e)
{
	struct stat old, now;
	fd_auto fresh = store_log_open(s, j, false, e);
	if (fresh == -1)
		return -1;
	if (fstat(*fd, &old) == -1 || fstat(fresh, &now) == -1)
		return err_sys(e, "stat", "log");
	if (old.st_ino == now.st_ino && old.st_dev == now.st_dev)
		return 0;
	fd_close(fd);
	*fd = fd_take(&fresh);
	*pos = 0;
	return 0;
}

/* A log that is gone for a moment (being rotated) is waited for. */
static int
follow(const struct store *s, const struct jail *j, int *fd, off_t *pos, struct err *e)
{
	while (wait_turn()) {
		struct err ignored;
		if (log_print(*fd, pos, stdout, e) == -1)
			return -1;
		if (reopen_if_replaced(s, j, fd, pos, &ignored) == -1)
			continue;
	}
	return 0;
}

static int
logs_main(struct cli *c, struct err *e)
{
	struct target t;
	off_t pos = 0;
	if (target_single(c, false, &c->a, &t, e) == -1)
		return -1;
	struct jail undeclared = {.name = t.name};
	const struct jail *j = t.jail != NULL ? t.jail : &undeclared;
	fd_auto fd = store_log_open(&c->store, j, false, e);
	if (fd == -1)
		return -1;
	if (c->o.lines > 0 && log_tail_offset(fd, c->o.lines, &pos, e) == -1)
		return -1;
	if (log_print(fd, &pos, stdout, e) == -1)
		return -1;
	return c->o.follow ? follow(&c->store, j, &fd, &pos, e) : 0;
}

static const struct option_row options[] = {
	{'f', "follow", NULL, OPT_FLAG, offsetof(struct options, follow), 0, "go on as the log grows"},
	{'n', "lines", "N", OPT_NUMBER, offsetof(struct options, lines), 0, "the last N lines only"},
};

const struct verb verb_logs = {
	.name = "logs",
	.operands = "JAIL",
	.summary = "print what a jail's service wrote",
	.text = "Control characters are escaped.",
	.options = options,
	.noptions = 2,
	.flags = VERB_WANTS | VERB_STORE,
	.min = 1,
	.max = 1,
	.kind = OPERAND_JAIL,
	.run = logs_main,
};
