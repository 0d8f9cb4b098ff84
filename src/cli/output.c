/*
 * Owns the writing of what emit and adopt make.
 */
#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/path.h"

static bool
is_directory(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool
ends_with_slash(const char *path)
{
	size_t len = strlen(path);
	return len > 0 && path[len - 1] == '/';
}

static int
open_directory(const char *path, struct err *e)
{
	int fd = path_open_given(AT_FDCWD, path, O_DIRECTORY);
	return fd != -1 ? fd : err_sys(e, "open", path);
}

static int
write_text(const struct cli *c, int dir, const char *name, const char *text, struct err *e)
{
	return file_write(dir, name, text, strlen(text), 0666 & ~c->umask, e);
}

/* A file of the output beneath dir, with the directories on its way; one without a text is a directory itself. */
static int
write_beneath(const struct cli *c, int dir, const struct emit_file *f, struct err *e)
{
	const char *slash = f->text != NULL ? strrchr(f->name, '/') : f->name + strlen(f->name);
	mode_t mode = 0777 & ~c->umask;
	if (slash == NULL)
		return write_text(c, dir, f->name, f->text, e);
	char *parent = strndup(f->name, (size_t)(slash - f->name));
	if (parent == NULL)
		arena_out_of_memory();
	fd_auto in = path_make_dirs(dir, parent, mode, e);
	free(parent);
	if (in == -1)
		return -1;
	return f->text != NULL ? write_text(c, in, slash + 1, f->text, e) : 0;
}

static int
write_directory(const struct cli *c, const struct emit_files *files, struct err *e)
{
	const char *path = c->o.output;
	if (mkdir(path, 0777 & ~c->umask) == -1 && errno != EEXIST)
		return err_sys(e, "mkdir", path);
	fd_auto dir = open_directory(path, e);
	if (dir == -1)
		return -1;
	for (size_t i = 0; i < files->n; i++) {
		if (write_beneath(c, dir, &files->v[i], e) == -1)
			return -1;
		cli_step(c, "%s/%s", path, files->v[i].name);
	}
	return 0;
}

static int
write_file(const struct cli *c, const char *text, struct err *e)
{
	const char *path = c->o.output, *slash = strrchr(path, '/');
	char *parent = slash == NULL ? strdup(".") : strndup(path, (size_t)(slash - path + 1));
	if (parent == NULL)
		arena_out_of_memory();
	fd_auto dir = open_directory(parent, e);
	free(parent);
	if (dir == -1)
		return -1;
	return write_text(c, dir, slash == NULL ? path : slash + 1, text, e);
}

int
output_write(const struct cli *c, const struct emit_files *files, struct err *e)
{
	const char *path = c->o.output;
	bool single = files->n == 1 && files->v[0].text != NULL;
	if (path != NULL && (!single || ends_with_slash(path) || is_directory(path)))
		return write_directory(c, files, e);
	if (path != NULL)
		return write_file(c, files->v[0].text, e);
	if (!single) {
		err_set(e, ERR_USAGE, c->op, NULL, "it makes %zu files", files->n);
		return err_hint(e, "-o DIR");
	}
	fputs(files->v[0].text, stdout);
	return 0;
}
