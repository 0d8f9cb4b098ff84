/*
 * warder adopt: another tool's files as our configuration.  Each format is a subverb here and an adopter in src/adopt.
 */
#include <fcntl.h>
#include <string.h>

#include "adopt/adopt.h"
#include "base/fd.h"
#include "base/file.h"
#include "cli/output.h"

enum { ADOPT_SIZE_MAX = 1 << 20, EXIT_NOT_ALL = 2 };

static int
read_input(const char *path, struct arena *a, char **ret, size_t *ret_len, struct err *e)
{
	fd_auto fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (fd == -1)
		return err_sys(e, "open", path);
	return file_read_fd(fd, ADOPT_SIZE_MAX, a, path, ret, ret_len, e);
}

static int
adopt_main(struct cli *c, struct err *e)
{
	struct adopted r = {0};
	struct emit_files files = {0};
	char *text;
	size_t len;
	if (read_input(c->args.v[0], &c->a, &text, &len, e) == -1)
		return -1;
	int status = adopter_find(c->verb->name)->adopt(c->args.v[0], text, len, &c->a, &r, e);
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
#define FORMAT(word, what)                                                                                             \
	.name = (word), .operands = "FILE", .summary = (what), .options = options,                                     \
	.noptions = sizeof(options) / sizeof(options[0]), .min = 1, .max = 1, .kind = OPERAND_FILE, .run = adopt_main, \
	.text = "What is not understood is listed with its line; then the exit status is 2."

static const struct verb format_fstab = {FORMAT("fstab", "the mounts of a setup of the proposal's kind")};
static const struct verb format_jail_conf = {FORMAT("jail.conf", "jails of FreeBSD, as jail.conf(5) declares them")};
static const struct verb *const formats[] = {&format_fstab, &format_jail_conf};

const struct verb verb_adopt = {
	.name = "adopt",
	.operands = "fstab|jail.conf",
	.summary = "make a configuration of another tool's files",
	.subs = formats,
	.nsubs = sizeof(formats) / sizeof(formats[0]),
};
