/*
 * The head of the journal, what may follow it, and opening the journal.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "base/file.h"
#include "store/internal.h"
#include "store/journal_line.h"

enum { HEAD_MAX = 256 };

const char journal_zeros[SHA256_HEX] = "0000000000000000000000000000000000000000000000000000000000000000";

static const struct kv_row rows[] = {
	{"number", KV_U64, offsetof(struct journal_head, number), 0},
	{"hash", KV_TEXT, offsetof(struct journal_head, hash), SHA256_HEX},
};
enum { NROWS = sizeof(rows) / sizeof(*rows) };

/* It is written by one rename, so no crash makes a malformed one. */
int
journal_head_read(int dirfd, struct journal_head *ret, enum head_state *ret_state, struct err *e)
{
	struct arena a = {0};
	struct journal_head h = {0};
	struct err why;
	char *text;
	int r = file_read(dirfd, "head", HEAD_MAX, &a, &text, NULL, e);

	if (r == 0) {
		*ret_state = !text ? HEAD_ABSENT
			     : kv_parse(rows, NROWS, text, "head", &h, &why) < 0 || h.number == 0 ||
					     strlen(h.hash) != SHA256_HEX - 1
				     ? HEAD_MALFORMED
				     : HEAD_GOOD;
		if (*ret_state != HEAD_GOOD) {
			h.number = 0;
			memcpy(h.hash, journal_zeros, SHA256_HEX);
		}
		*ret = h;
	}
	arena_done(&a);
	return r;
}

int
journal_head_write(int dirfd, const struct journal_head *h, struct err *e)
{
	str_auto text = {0};

	kv_print(rows, NROWS, h, &text);
	return file_write(dirfd, "head", str_text(&text), text.len, 0600, e);
}

bool
journal_follows(const struct journal_head *h, const char *line, size_t len)
{
	struct arena a = {0};
	struct journal_entry entry;
	bool follows = journal_line_parse(line, len, &a, &entry) == 0 && entry.number == h->number + 1 &&
		       strcmp(entry.previous, h->hash) == 0;

	arena_done(&a);
	return follows;
}

struct journal_head
journal_head_after(const struct journal_head *h, const char *line, size_t len)
{
	struct journal_head after = {.number = h->number + 1};

	sha256_of(line, len, after.hash);
	return after;
}

int
journal_open(int dirfd, int flags, struct err *e)
{
	struct stat st;
	fd_auto fd = openat(dirfd, "journal", flags | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600);

	if (fd < 0 || fstat(fd, &st) < 0)
		return err_sys(e, "open", "journal");
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_FAILED, "open", "journal", "not a regular file");
	return fd_take(&fd);
}
