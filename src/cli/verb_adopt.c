/*
 * warder adopt: another tool's files as our configuration.  Each format is a subverb here and an adopter in src/adopt.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "adopt/adopt.h"
#include "base/fd.h"
#include "base/file.h"
#include "cli/output.h"

enum { ADOPT_SIZE_MAX = 1 << 20, JAIL_SIZE_MAX = 1 << 16, EXIT_NOT_ALL = 2 };

static int
read_input(const char *path, size_t most, struct arena *a, char **ret, size_t *ret_len, struct err *e)
{
	fd_auto fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (fd == -1)
		return err_sys(e, "open", path);
	return file_read_fd(fd, most, a, path, ret, ret_len, e);
}

/* Where a tool keeps what it knows of its jails, beneath the operand. */
static const struct layout {
	const char *adopter;
	const char *dir;          /* one entry in it for each jail */
	const char *conf, *fstab; /* with the entry's name for each % */
	const char *suffix;       /* of an entry, for nothing in its name */
} layouts[] = {
	{"ezjail", "usr/local/etc/ezjail", "usr/local/etc/ezjail/%", "etc/fstab.%", ".norun"},
	{"bastille", "jails", "jails/%/jail.conf", "jails/%/fstab", NULL},
};

static const char *
fill_in(struct cli *c, const char *pattern, const char *name)
{
	const char *percent = strchr(pattern, '%');
	return arena_printf(&c->a, "%s/%.*s%s%s", c->args.v[0], (int)(percent - pattern), pattern, name, percent + 1);
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int
list_entries(struct cli *c, const struct layout *l, struct strv *ret, struct err *e)
{
	const char *path = arena_printf(&c->a, "%s/%s", c->args.v[0], l->dir);
	DIR *dir = opendir(path);
	if (dir == NULL)
		return err_sys(e, "open", path);
	for (const struct dirent *de = readdir(dir); de != NULL; de = readdir(dir))
		if (de->d_name[0] != '.')
			strv_add(&c->a, ret, arena_strdup(&c->a, de->d_name));
	closedir(dir);
	if (ret->n > 1)
		qsort(ret->v, ret->n, sizeof(*ret->v), compare_names);
	return 0;
}

/* A file that is not there is none, not an error. */
static int
read_text(struct cli *c, const char *path, struct adopt_text *ret, struct err *e)
{
	char *text;
	ret->file = path;
	if (read_input(path, JAIL_SIZE_MAX, &c->a, &text, &ret->len, e) == 0)
		ret->text = text;
	else if (e->err_no != ENOENT)
		return -1;
	return 0;
}

static int
read_jails(struct cli *c, const struct layout *l, struct adopt_jail **ret, size_t *ret_n, struct err *e)
{
	struct strv names = {0};
	if (list_entries(c, l, &names, e) == -1)
		return -1;
	struct adopt_jail *v = arena_array(&c->a, names.n, sizeof(*v));
	*ret_n = 0;
	for (size_t i = 0; i < names.n; i++) {
		struct adopt_jail *j = &v[*ret_n];
		size_t len = strlen(names.v[i]), end = l->suffix != NULL ? strlen(l->suffix) : 0;
		bool ends = end > 0 && len > end && strcmp(names.v[i] + len - end, l->suffix) == 0;
		j->name = arena_strndup(&c->a, names.v[i], len - (ends ? end : 0));
		if (read_text(c, fill_in(c, l->conf, names.v[i]), &j->conf, e) == -1 ||
			read_text(c, fill_in(c, l->fstab, j->name), &j->fstab, e) == -1)
			return -1;
		*ret_n += j->conf.text != NULL; /* a directory beside the jails is none */
	}
	*ret = v;
	return 0;
}

static int
adopt_any(struct cli *c, struct adopted *ret, struct err *e)
{
	const struct adopter *adopter = adopter_find(c->verb->name);
	for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++) {
		struct adopt_jail *v;
		size_t n;
		if (strcmp(layouts[i].adopter, adopter->name) != 0)
			continue;
		if (read_jails(c, &layouts[i], &v, &n, e) == -1)
			return -1;
		*e = (struct err){0};
		return adopter->adopt_jails(v, n, &c->a, ret, e);
	}
	char *text;
	size_t len;
	if (read_input(c->args.v[0], ADOPT_SIZE_MAX, &c->a, &text, &len, e) == -1)
		return -1;
	return adopter->adopt(c->args.v[0], text, len, &c->a, ret, e);
}

static int
adopt_main(struct cli *c, struct err *e)
{
	struct adopted r = {0};
	struct emit_files files = {0};
	int status = adopt_any(c, &r, e);
	for (size_t i = 0; i < r.nfaults; i++)
		cli_error(&r.faults[i], NULL);
	if (status == -1)
		return -1;
	str_auto out = {0};
	str_addf(&out, "# Made by warder %s of ", c->op);
	str_add_escaped(&out, c->args.v[0], strlen(c->args.v[0]));
	str_addf(&out, ".\n%s", r.text);
	emit_file_add(&c->a, &files, "warder.conf", &out);
	if (output_write(c, &files, e) == -1)
		return -1;
	return r.nfaults > 0 ? EXIT_NOT_ALL : 0;
}

static const struct option_row options[] = {OPTION_OUTPUT};
#define FORMAT(word, operand, of, what)                                                                                \
	.name = (word), .operands = (operand), .summary = (what), .options = options,                                  \
	.noptions = sizeof(options) / sizeof(options[0]), .min = 1, .max = 1, .kind = (of), .run = adopt_main,         \
	.text = "What is not understood is listed with its line; then the exit status is 2."

static const struct verb format_fstab = {
	FORMAT("fstab", "FILE", OPERAND_FILE, "the mounts of a setup of the proposal's kind")};
static const struct verb format_jail_conf = {
	FORMAT("jail.conf", "FILE", OPERAND_FILE, "jails of FreeBSD, as jail.conf(5) declares them")};
static const struct verb format_ezjail = {
	FORMAT("ezjail", "DIR", OPERAND_DIRECTORY, "thin jails of ezjail, of the host whose / is DIR")};
static const struct verb format_bastille = {
	FORMAT("bastille", "DIR", OPERAND_DIRECTORY, "thin jails of Bastille, whose prefix is DIR")};
static const struct verb *const formats[] = {&format_fstab, &format_jail_conf, &format_ezjail, &format_bastille};

const struct verb verb_adopt = {
	.name = "adopt",
	.operands = "fstab|jail.conf|ezjail|bastille",
	.summary = "make a configuration of another tool's files",
	.subs = formats,
	.nsubs = sizeof(formats) / sizeof(formats[0]),
};
