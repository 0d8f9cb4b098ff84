/*
 * Writing to the journal: first what a crash left is settled, then the new line is chained to the head.
 *
 * Only the end of the file is read, so an entry costs the same however long the journal is.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/utf8.h"
#include "store/internal.h"
#include "store/journal_line.h"

/* What the steps of one append share. */
struct appending {
	int dir, fd;
	struct arena *a;
	struct journal_head head;
	enum head_state state;
	/* the end of the file: room for its last line and a torn one */
	char *text;
	size_t len;
	off_t at; /* where in the file it begins */
	/* of text: the last line is [start, end), what is torn [end, len) */
	size_t start, end;
};

static int
tail_read(struct appending *p, struct err *e)
{
	struct stat st;

	if (fstat(p->fd, &st) < 0)
		return err_sys(e, "fstat", "journal");
	p->at = st.st_size > 2 * JOURNAL_LINE_MAX ? st.st_size - 2 * JOURNAL_LINE_MAX : 0;
	p->text = arena_alloc(p->a, (size_t)(st.st_size - p->at) + 1);
	if (lseek(p->fd, p->at, SEEK_SET) < 0)
		return err_sys(e, "lseek", "journal");
	ssize_t n = fd_read_full(p->fd, p->text, (size_t)(st.st_size - p->at), "journal", e);
	if (n < 0)
		return -1;
	p->len = (size_t)n;
	return 0;
}

/* After the last newline in n bytes. */
static size_t
line_start(const char *text, size_t n)
{
	const char *nl = memrchr(text, '\n', n);

	return nl ? (size_t)(nl + 1 - text) : 0;
}

static bool
is_heads(const struct appending *p, const char *line, size_t len)
{
	char hash[SHA256_HEX];

	sha256_of(line, len, hash);
	return strcmp(hash, p->head.hash) == 0;
}

/* A line with NUL bytes is torn although its newline reached the disk: blocks may be written in any order. */
static int
tail_split(struct appending *p, struct err *e)
{
	p->end = line_start(p->text, p->len);
	p->start = p->end ? line_start(p->text, p->end - 1) : 0;
	if (memchr(p->text + p->start, '\0', p->end - p->start)) {
		p->end = p->start;
		p->start = p->end ? line_start(p->text, p->end - 1) : 0;
	}
	if (p->at > 0 && p->start == 0)
		return err_set(e, ERR_FAILED, "append to", "journal", "its end is longer than any entry");
	return 0;
}

/* The line is the last entry from now on. */
static int
head_move(struct appending *p, const char *line, size_t len, struct err *e)
{
	p->head = journal_head_after(&p->head, line, len);
	p->state = HEAD_GOOD;
	return journal_head_write(p->dir, &p->head, e);
}

/*
 * The last line is the head's, or the one after it, or evidence.  Where the head is gone, the next entry gets the
 * number after the last line's, and no line's hash: it never fits.
 */
static int
last_line_settle(struct appending *p, struct err *e)
{
	const char *line = p->text + p->start;
	size_t len = p->end - p->start;
	struct journal_entry last;

	if (len == 0 || is_heads(p, line, len))
		return 0;
	if (p->state != HEAD_MALFORMED && journal_follows(&p->head, line, len))
		return head_move(p, line, len, e);
	if (p->state != HEAD_GOOD && journal_line_parse(line, len, p->a, &last) == 0)
		p->head.number = last.number;
	return 0;
}

/* Its name is its content's: what is set aside twice, by a crash in here, is the same file, and nothing is lost. */
static int
torn_set_aside(struct appending *p, struct err *e)
{
	char name[STORE_PATH], hash[SHA256_HEX];
	const char *torn = p->text + p->end;

	sha256_of(torn, p->len - p->end, hash);
	store_path(name, "torn.%s", hash);
	if (file_write(p->dir, name, torn, p->len - p->end, 0600, e) < 0)
		return -1;
	if (ftruncate(p->fd, p->at + (off_t)p->end) < 0)
		return err_sys(e, "truncate", "journal");
	return 0;
}

static int
torn_settle(struct appending *p, struct err *e)
{
	size_t len = p->len - p->end;

	if (len == 0)
		return 0;
	char *line = arena_alloc(p->a, len + 1);
	memcpy(line, p->text + p->end, len);
	line[len] = '\n';
	if (p->state == HEAD_MALFORMED || !journal_follows(&p->head, line, len + 1))
		return torn_set_aside(p, e);
	if (fd_write_all(p->fd, "\n", 1, "journal", e) < 0)
		return -1;
	if (fsync(p->fd) < 0)
		return err_sys(e, "fsync", "journal");
	return head_move(p, line, len + 1, e);
}

static int
settle(struct appending *p, struct err *e)
{
	if (journal_head_read(p->dir, &p->head, &p->state, e) < 0 || tail_read(p, e) < 0 || tail_split(p, e) < 0)
		return -1;
	return last_line_settle(p, e) < 0 || torn_settle(p, e) < 0 ? -1 : 0;
}

/* /proc/self/loginuid: who logged in, whatever su(1) and sudo(8) did since.  None without the kernel's audit. */
static uint32_t
login_uid(void)
{
	char text[16];
	uint64_t n;
	fd_auto fd = open("/proc/self/loginuid", O_RDONLY | O_CLOEXEC);
	ssize_t len = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (len <= 0)
		return UINT32_MAX;
	text[len] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return str_to_u64(text, UINT32_MAX, &n) < 0 ? UINT32_MAX : (uint32_t)n;
}

static const char *
sudo_user(struct arena *a)
{
	enum { NAME_MAX_BYTES = 256 };
	const char *name = getenv("SUDO_USER");

	return name && *name ? arena_strndup(a, name, strnlen(name, NAME_MAX_BYTES)) : NULL;
}

/* The bound counts each word's end, so that the number of words is bounded too. */
static struct strv
command_cut(const struct strv *command, struct arena *a)
{
	struct strv cut = {0};
	size_t room = JOURNAL_COMMAND_MAX, lost = 0;

	for (size_t i = 0; i < command->n; i++) {
		size_t len = strlen(command->v[i]), kept = len < room ? len : utf8_cut(command->v[i], room);
		if (room > 0)
			strv_add(a, &cut, arena_strndup(a, command->v[i], kept));
		lost += len - kept + (room == 0);
		room = kept == len && room > 0 ? room - len - (room > len) : 0;
	}
	if (lost)
		strv_add(a, &cut, arena_printf(a, "[%zu bytes more]", lost));
	return cut;
}

/* What could not be written whole is taken back, as far as that is possible. */
static int
line_write(struct appending *p, const struct str *line, struct err *e)
{
	off_t size = lseek(p->fd, 0, SEEK_END);

	if (size < 0)
		return err_sys(e, "lseek", "journal");
	if (fd_write_all(p->fd, str_text(line), line->len, "journal", e) < 0) {
		if (ftruncate(p->fd, size) < 0)
			err_hint(e, "a torn line is left, which the next entry sets aside");
		return -1;
	}
	return fsync(p->fd) < 0 ? err_sys(e, "fsync", "journal") : 0;
}

void
journal_entry_fill(const struct journal_entry *j, struct arena *a, struct journal_entry *ret)
{
	*ret = *j;
	ret->time = time(NULL);
	ret->uid = getuid();
	ret->login_uid = login_uid();
	ret->sudo_user = sudo_user(a);
	ret->command = command_cut(&j->command, a);
}

static int
entry_add(struct appending *p, const struct journal_entry *j, struct err *e)
{
	struct journal_entry entry = *j;
	str_auto line = {0};

	entry.number = p->head.number + 1;
	memcpy(entry.previous, p->head.hash, SHA256_HEX);
	journal_line_print(&entry, &line);
	if (line_write(p, &line, e) < 0)
		return -1;
	return head_move(p, str_text(&line), line.len, e);
}

int
journal_dir_lock(const struct store *s, const char *doing, int *ret_lock, struct err *e)
{
	fd_auto dir = store_dir_open(s->dotfd, "journal", e);

	if (dir < 0 || store_lock(s, "journal", doing, STORE_WAIT_MS, ret_lock, e) < 0 ||
		store_sweep_dir(dir, ".", e) < 0)
		return -1;
	return fd_take(&dir);
}

int
journal_add(int dirfd, const struct journal_entry *j, struct err *e)
{
	struct arena a = {0};
	fd_auto fd = journal_open(dirfd, O_RDWR | O_APPEND | O_CREAT, e);

	if (fd < 0)
		return -1;
	struct appending p = {.dir = dirfd, .fd = fd, .a = &a};
	int r = settle(&p, e) < 0 || entry_add(&p, j, e) < 0 ? -1 : 0;
	arena_done(&a);
	return r;
}

int
store_journal_append(const struct store *s, const struct journal_entry *j, struct err *e)
{
	struct arena a = {0};
	struct journal_entry entry;
	fd_auto lock = -1;
	fd_auto dir = journal_dir_lock(s, j->action, &lock, e);

	if (dir < 0)
		return -1;
	journal_entry_fill(j, &a, &entry);
	int r = journal_add(dir, &entry, e);
	arena_done(&a);
	return r;
}
