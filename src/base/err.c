/*
 * Owns the making and printing of errors, and three tables: kind -> exit status, errno -> kind, (operation, errno) ->
 * hint.  A part that knows a way out of an errno that misleads adds a row to hints.
 */
#define ERR_IMPLEMENTATION
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "base/str.h"
#include "base/system.h"
#include "base/utf8.h"

#define ARRAY_LEN(v) (sizeof(v) / sizeof((v)[0]))

static const int exit_statuses[ERR_NKINDS] = {
	[ERR_NONE] = 0,
	[ERR_FAILED] = 1,
	[ERR_USAGE] = 64,
	[ERR_UNAVAILABLE] = 69,
	[ERR_CANTCREATE] = 73,
	[ERR_BUSY] = 75,
	[ERR_NOPERM] = 77,
	[ERR_CONFIG] = 78,
};

static const struct {
	int err_no;
	enum err_kind kind;
} errno_kinds[] = {
	{EPERM, ERR_NOPERM},
	{EACCES, ERR_NOPERM},
	{ENOSPC, ERR_CANTCREATE},
	{EDQUOT, ERR_CANTCREATE},
	{EROFS, ERR_CANTCREATE},
	{EEXIST, ERR_CANTCREATE},
	{EBUSY, ERR_BUSY},
	{EAGAIN, ERR_BUSY},
	{ENOSYS, ERR_UNAVAILABLE},
};

/* op NULL: any operation.  The first row that fits is printed. */
static const struct {
	const char *op;
	int err_no;
	const char *hint;
} hints[] = {
	{"mount_setattr", EINVAL, "the file system cannot be id-mapped; `warder doctor` names ones that can"},
	{"mount_setattr", EPERM, "the file system cannot be id-mapped; `warder doctor` names ones that can"},
	{"mount_setattr", ENOSYS, "needs Linux 5.12 or newer"},
	{"open_tree", EPERM, "run as root"},
	{"open_tree", ENOSYS, "needs Linux 5.2 or newer"},
	{"fsopen", EPERM, "run as root"},
	{"fsopen", ENODEV, "this kernel lacks the file system; `warder doctor` says what is missing"},
	{"move_mount", EPERM, "run as root"},
	{"move_mount", ENOENT, "the base lacks the mount point; make the base again"},
	{"mount", EPERM, "run as root"},
	{"clone", EPERM, "run as root, and not inside another container that forbids namespaces"},
	{"clone", ENOSPC, "too many namespaces; see user.max_*_namespaces in sysctl(8)"},
	{"clone", EINVAL, "this kernel lacks a kind of namespace; `warder doctor` names it"},
	{"unshare", EPERM, "run as root, and not inside another container that forbids namespaces"},
	{"unshare", ENOSPC, "too many namespaces; see user.max_*_namespaces in sysctl(8)"},
	{"unshare", EINVAL, "this kernel lacks a kind of namespace; `warder doctor` names it"},
	{"setns", EPERM, "run as root"},
	{"pivot_root", EINVAL, "the new root must be a mount of its own and not shared"},
	{"landlock_create_ruleset", ENOSYS, "this kernel was built without Landlock"},
	{"landlock_create_ruleset", EOPNOTSUPP, "Landlock is off; add it to the lsm= option of the kernel"},
	{"seccomp", EINVAL, "this kernel was built without seccomp filters"},
	{"open", ELOOP, "a symbolic link stands where none may be"},
	{"open", EXDEV, "the path leaves its tree, or something is mounted inside it"},
	{"remove", EBUSY, "something is mounted there; umount(8) it first"},
	{"remove", EXDEV, "something is mounted there; umount(8) it first"},
	{"copy", EXDEV, "something is mounted there; umount(8) it first"},
	{"put", EXDEV, "something is mounted there: name what is in it"},
	{"measure", EXDEV, "something is mounted there; umount(8) it first"},
	{NULL, ENOSPC, "make room, then try again"},
	{NULL, EDQUOT, "the quota is used up"},
	{NULL, EROFS, "the file system is read-only"},
	{NULL, EMFILE, "raise the limit of open files, see ulimit -n"},
};

static void
put(char *field, size_t size, const char *text)
{
	size_t len = strnlen(text, size);
	if (len >= size)
		len = utf8_cut(text, size - 1);
	memcpy(field, text, len);
	memset(field + len, 0, size - len);
}

static void
put_end(char *field, size_t size, const char *text)
{
	size_t len = strlen(text);
	if (len >= size)
		text += len - (size - 1);
	while (((unsigned char)*text & 0xc0) == 0x80)
		text++;
	put(field, size, text);
}

/* vsnprintf with a format of ours allocates nothing: no wide characters, no huge precision. */
static void
put_format(char *field, size_t size, const char *fmt, va_list ap)
{
	memset(field, 0, size);
	int len = vsnprintf(field, size, fmt, ap);
	if (len < 0)
		field[0] = '\0';
	else if ((size_t)len >= size)
		field[utf8_cut(field, size - 1)] = '\0';
}

static void
start(struct err *e, enum err_kind kind, const char *op, const char *subject)
{
	memset(e, 0, sizeof(*e));
	e->kind = (uint8_t)kind;
	put(e->op, sizeof(e->op), op == NULL ? "" : op);
	put(e->subject, sizeof(e->subject), subject == NULL ? "" : subject);
}

int
err_set(struct err *e, enum err_kind kind, const char *op, const char *subject, const char *fmt, ...)
{
	int saved = errno;
	struct err made;
	va_list ap;
	start(&made, kind, op, subject);
	va_start(ap, fmt);
	put_format(made.reason, sizeof(made.reason), fmt, ap);
	va_end(ap);
	*e = made;
	errno = saved;
	return -1;
}

static enum err_kind
kind_of_errno(int err_no)
{
	for (size_t i = 0; i < ARRAY_LEN(errno_kinds); i++)
		if (errno_kinds[i].err_no == err_no)
			return errno_kinds[i].kind;
	return ERR_FAILED;
}

int
err_sys(struct err *e, const char *op, const char *subject)
{
	int saved = errno;
	struct err made;
	start(&made, kind_of_errno(saved), op, subject);
	made.err_no = saved;
	*e = made;
	errno = saved;
	return -1;
}

int
err_hint(struct err *e, const char *fmt, ...)
{
	int saved = errno;
	char hint[sizeof(e->hint)];
	va_list ap;
	va_start(ap, fmt);
	put_format(hint, sizeof(hint), fmt, ap);
	va_end(ap);
	memcpy(e->hint, hint, sizeof(hint));
	errno = saved;
	return -1;
}

int
err_at(struct err *e, const struct srcloc *loc)
{
	if (loc->file == NULL)
		return -1;
	put_end(e->file, sizeof(e->file), loc->file);
	e->line = loc->line;
	e->col = loc->col;
	return -1;
}

int
err_exit_status(const struct err *e)
{
	return e->kind < ERR_NKINDS ? exit_statuses[e->kind] : exit_statuses[ERR_FAILED];
}

const char *
err_hint_text(const struct err *e)
{
	if (e->hint[0] != '\0')
		return e->hint;
	for (size_t i = 0; i < ARRAY_LEN(hints) && e->err_no != 0; i++)
		if (hints[i].err_no == e->err_no &&
			(hints[i].op == NULL || strncmp(hints[i].op, e->op, sizeof(e->op)) == 0))
			return hints[i].hint;
	return "";
}

/* A field that came through a pipe need not end in NUL. */
static void
add_field(struct str *b, const char *before, const char *field, size_t size, const char *after)
{
	size_t len = strnlen(field, size);
	if (len == 0)
		return;
	str_add(b, before);
	str_add_escaped(b, field, len);
	str_add(b, after);
}

void
err_reason(const struct err *e, struct str *out)
{
	bool has_reason = e->reason[0] != '\0';
	str_addn(out, e->reason, strnlen(e->reason, sizeof(e->reason)));
	if (e->err_no != 0) {
		const char *text = system_error_text(e->err_no);
		str_add(out, has_reason ? " (" : "");
		if (text != NULL)
			str_add(out, text);
		else
			str_addf(out, "errno %d", (int)e->err_no);
		str_add(out, has_reason ? ")" : "");
	}
	if (!has_reason && e->err_no == 0)
		str_add(out, "failed");
}

static void
add_reason(struct str *b, const struct err *e)
{
	str_auto reason = {0};
	err_reason(e, &reason);
	add_field(b, ": ", str_text(&reason), reason.len, "");
}

void
err_print(FILE *out, const struct err *e, const char *prog, const char *who)
{
	err_print_with(out, e, prog, who, NULL);
}

void
err_print_with(FILE *out, const struct err *e, const char *prog, const char *who, const char *lines)
{
	str_auto b = {0};
	str_add(&b, prog);
	if (who != NULL)
		add_field(&b, ": ", who, strlen(who), "");
	if (e->op[0] != '\0' || e->subject[0] != '\0')
		str_add(&b, ":");
	add_field(&b, " ", e->op, sizeof(e->op), "");
	add_field(&b, " ", e->subject, sizeof(e->subject), "");
	add_reason(&b, e);
	str_add(&b, "\n");
	if (e->file[0] != '\0') {
		add_field(&b, "\tat ", e->file, sizeof(e->file), "");
		str_addf(&b, ":%u:%u\n", (unsigned)e->line, (unsigned)e->col);
		str_add(&b, lines != NULL ? lines : "");
	}
	add_field(&b, "\thint: ", err_hint_text(e), strnlen(err_hint_text(e), sizeof(e->hint)), "\n");
	fputs(str_text(&b), out);
}
