/*
 * Whose view works on a draft: pid 1 of it, beside the draft, as "draft.pid".
 *
 * A manager that is killed is gone with its lock before its view is: the kernel ends pid 1 then, and pid 1 only after
 * every other process of the view, which on a busy machine takes seconds.  What they still write must come into no
 * generation, so whoever takes the lock waits for them first.  The record is void after a crash of the machine.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "store/draft.h"
#include "store/internal.h"

enum { RECORD_MAX = 256, WAIT_MS = 10000, POLL_MS = 10 };
static const char file_name[] = "draft.pid";

struct worker {
	int pid;
	uint64_t ticks;
	char boot_id[BOOT_ID];
};

static const struct kv_row rows[] = {
	{"pid", KV_INT, offsetof(struct worker, pid), 0},
	{"ticks", KV_U64, offsetof(struct worker, ticks), 0},
	{"boot_id", KV_TEXT, offsetof(struct worker, boot_id), BOOT_ID},
};
enum { NROWS = sizeof(rows) / sizeof(*rows) };

int
store_draft_enter(const struct store *s, enum draft_kind kind, const char *name, int pid, struct err *e)
{
	struct worker w = {.pid = pid};
	str_auto text = {0};
	fd_auto dir = store_draft_dir(s, kind, name, e);

	if (dir < 0 || boot_id_read(w.boot_id, e) < 0)
		return -1;
	if (process_ticks(pid, &w.ticks) < 0)
		return err_set(e, ERR_FAILED, "find", name, "pid 1 of its view has ended");
	kv_print(rows, NROWS, &w, &text);
	return file_write_volatile(dir, file_name, str_text(&text), text.len, 0600, e);
}

/* *ret.pid 0 where there is none, or none of this boot. */
static int
worker_read(int dir, struct worker *ret, struct err *e)
{
	struct arena a = {0};
	struct worker w = {0};
	char *text = NULL, boot_id[BOOT_ID];
	struct err damaged;
	int r = file_read(dir, file_name, RECORD_MAX, &a, &text, NULL, e);

	if (r == 0 && text && kv_parse(rows, NROWS, text, file_name, &w, &damaged) < 0)
		w.pid = 0;
	arena_done(&a);
	if (r < 0 || boot_id_read(boot_id, e) < 0)
		return -1;
	if (strcmp(w.boot_id, boot_id) != 0)
		w.pid = 0;
	*ret = w;
	return 0;
}

int
store_draft_settle(const struct store *s, enum draft_kind kind, const char *name, struct err *e)
{
	const struct timespec nap = {.tv_nsec = POLL_MS * 1000000L};
	struct worker w;
	fd_auto dir = store_draft_dir(s, kind, name, e);

	if (dir < 0 || worker_read(dir, &w, e) < 0)
		return -1;
	for (int ms = 0; process_is(w.pid, w.ticks); ms += POLL_MS) {
		if (ms >= WAIT_MS)
			return err_set(e, ERR_BUSY, "open draft", name,
				"the view of a manager that was killed still ends, as process %d", w.pid);
		nanosleep(&nap, NULL);
	}
	return store_unlink(dir, file_name, 0, e);
}
