/*
 * What changed inside files: unified diffs by diff(1), which gets open descriptors of what was looked at and no name.
 * Its two lines of names are left away and ours printed, so that no name reaches the terminal unescaped.
 */
#include <string.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/path.h"
#include "base/spawn.h"
#include "cli/delta.h"

enum { DIFF_SECONDS = 10, HEAD_LINES = 2, DIFFERENT = 1 };

struct side;
struct showing {
	const struct cli *c;
	const char *within; /* what the paths must begin with; NULL: all */
	int beforefd, afterfd;
	size_t left; /* lines that may still be printed */
	bool any, no_diff;
	size_t files_left_out, lines_left_out;
	/* of the diff that runs */
	const struct side *before, *after;
	size_t line;
	struct str problem; /* what diff(1) wrote on standard error */
};

/* One side of a change: a file that may be text. */
struct side {
	const struct seal_entry *entry; /* NULL: there is none */
	int fd;                         /* -1: there is none, or it cannot be shown */
	bool is_binary;
};

static void
put_line(struct showing *s, const char *color, const struct str *line)
{
	bool colored = s->c->color && *color != '\0';

	if (s->left == 0) {
		s->lines_left_out++;
		return;
	}
	s->left -= s->left != SIZE_MAX;
	printf("%s", s->any ? "" : "\n");
	s->any = true;
	printf("%s%s%s\n", colored ? color : "", str_text(line), colored ? "\033[0m" : "");
}

/* "etc/x: WHY" in the place of a diff. */
static void
put_instead(struct showing *s, const struct seal_entry *v, const char *why)
{
	str_auto line = {0};

	str_add_escaped(&line, v->path, strlen(v->path));
	str_addf(&line, ": %s", why);
	put_line(s, "", &line);
}

static void
put_sizes(struct showing *s, const struct change *ch, const char *what)
{
	str_auto why = {0};

	str_addf(&why, "%s, ", what);
	if (ch->before != NULL && ch->before->type == SEAL_FILE) {
		str_add_size(&why, ch->before->size);
		str_add(&why, " -> ");
	}
	str_add_size(&why, ch->after->size);
	put_instead(s, ch->after, str_text(&why));
}

/* ---- reading ---- */

/* True if what can be read there now is what was sealed. */
static bool
is_as_sealed(const struct seal_entry *v, const char *text, size_t len)
{
	struct sha256 h;
	uint8_t hash[SHA256_SIZE];

	sha256_init(&h);
	sha256_add(&h, text, len);
	sha256_end(&h, hash);
	return len == v->size && memcmp(hash, v->sha256, sizeof(hash)) == 0;
}

/* e is filled in where it cannot be shown. */
static int
side_open(struct side *side, int tree, struct err *e)
{
	struct arena a = {0};
	char *text;
	size_t len;

	if (side->entry == NULL)
		return 0;
	side->fd = path_open_regular(tree, side->entry->path, e);
	int r = side->fd == -1 ? -1 : file_read_fd(side->fd, DELTA_DIFF_SIZE, &a, side->entry->path, &text, &len, e);
	if (r == 0 && !is_as_sealed(side->entry, text, len))
		r = err_set(e, ERR_FAILED, "read", side->entry->path, "it is not what was sealed");
	if (r == 0)
		side->is_binary = memchr(text, '\0', len) != NULL;
	arena_done(&a);
	return r;
}

/* ---- diff(1) ---- */

static void
put_name(struct showing *s, const char *sign, const char *dir, const struct seal_entry *v)
{
	str_auto line = {0};

	str_addf(&line, "%s %s", sign, v != NULL ? dir : "/dev/null");
	if (v != NULL)
		str_add_escaped(&line, v->path, strlen(v->path));
	put_line(s, "\033[1m", &line);
}

static const char *
color_of(char sign)
{
	switch (sign) {
	case '+':
		return "\033[32m";
	case '-':
		return "\033[31m";
	case '@':
		return "\033[36m";
	default:
		return "";
	}
}

static void
take_line(void *arg, const char *text, bool is_stderr)
{
	struct showing *s = arg;
	str_auto line = {0};

	if (is_stderr) {
		s->problem.len = 0;
		str_add_escaped(&s->problem, text, strlen(text));
		return;
	}
	if (s->line++ == 0) {
		put_name(s, "---", "a/", s->before->entry);
		put_name(s, "+++", "b/", s->after->entry);
	}
	if (s->line <= HEAD_LINES)
		return;
	delta_add_content(&line, text);
	put_line(s, color_of(text[0]), &line);
}

static void
fd_path(int fd, char ret[32])
{
	if (fd == -1)
		snprintf(ret, 32, "/dev/null");
	else
		snprintf(ret, 32, "/dev/fd/%d", fd);
}

static int
run_diff(struct showing *s, const struct side *before, const struct side *after, struct err *e)
{
	char from[32], to[32];
	const char *const argv[] = {"diff", "-u", from, to, NULL};
	int fds[] = {before->fd == -1 ? after->fd : before->fd, after->fd, -1}, status;
	struct spawn spawn = {.argv = argv, .keep_fds = fds, .line = take_line, .arg = s, .timeout_s = DIFF_SECONDS};

	fd_path(before->fd, from);
	fd_path(after->fd, to);
	s->before = before;
	s->after = after;
	s->line = s->problem.len = 0;
	if (spawn_run(&spawn, &status, e) == -1)
		return -1;
	return status <= DIFFERENT ? 0 : err_set(e, ERR_FAILED, "run", "diff", "%s", str_text(&s->problem));
}

/* ---- one change ---- */

/* What cannot be compared is said in its place: the changes as such have been shown. */
static void
put_failure(struct showing *s, const struct seal_entry *v, const struct err *why)
{
	str_auto text = {0};

	s->no_diff = why->kind == ERR_UNAVAILABLE;
	if (s->no_diff) {
		str_add(&text, "contents are not compared: there is no diff(1)");
		put_line(s, "", &text);
		return;
	}
	str_addf(&text, "not compared: %s", why->reason[0] != '\0' ? why->reason : strerror(why->err_no));
	put_instead(s, v, str_text(&text));
}

static void
show_change(struct showing *s, const struct change *ch)
{
	bool was_file = ch->before != NULL && ch->before->type == SEAL_FILE;
	struct side before = {.entry = was_file ? ch->before : NULL, .fd = -1}, after = {.entry = ch->after, .fd = -1};
	struct err why = {0};

	if (ch->after->size > DELTA_DIFF_SIZE || (was_file && ch->before->size > DELTA_DIFF_SIZE)) {
		put_sizes(s, ch, "large");
		return;
	}
	int r = side_open(&before, s->beforefd, &why) == -1 ? -1 : side_open(&after, s->afterfd, &why);
	if (r == 0 && (before.is_binary || after.is_binary))
		put_sizes(s, ch, "binary");
	else if (r == 0)
		r = run_diff(s, &before, &after, &why);
	if (r == -1)
		put_failure(s, ch->after, &why);
	fd_close(&before.fd);
	fd_close(&after.fd);
}

/* An empty file that came has nothing to show. */
static bool
is_shown(const struct showing *s, const struct change *ch, enum change_kind kind)
{
	if (ch->kind != kind || ch->after->type != SEAL_FILE)
		return false;
	if (s->within != NULL && !str_has_prefix(ch->after->path, s->within))
		return false;
	return ch->after->size > 0 || (ch->before != NULL && ch->before->type == SEAL_FILE);
}

static void
show_kind(struct showing *s, const struct delta *d, enum change_kind kind)
{
	for (size_t i = 0; i < d->n && !s->no_diff; i++)
		if (!is_shown(s, &d->v[i], kind))
			continue;
		else if (s->left == 0)
			s->files_left_out++;
		else
			show_change(s, &d->v[i]);
}

void
delta_show_files(const struct cli *c, const struct delta *d, const char *within, int beforefd, int afterfd)
{
	struct showing s = {.c = c,
		.within = c->o.verbose ? NULL : within,
		.beforefd = beforefd,
		.afterfd = afterfd,
		.left = c->o.verbose ? SIZE_MAX : DELTA_DIFF_LINES};

	/* What was changed before what is new: where not all is shown, it says more. */
	show_kind(&s, d, CHANGE_CONTENT);
	show_kind(&s, d, CHANGE_ADDED);
	if (s.lines_left_out > 0)
		printf("... and %zu more lines (-v shows all)\n", s.lines_left_out);
	if (s.files_left_out > 0)
		printf("... and %zu more files (-v shows all)\n", s.files_left_out);
	printf("%s", s.any ? "\n" : "");
	str_done(&s.problem);
}
