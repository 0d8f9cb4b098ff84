/*
 * What exec.allow comes to with this base: one file can be many programs by the name that it is started with, and a
 * name can be chosen (a link in the state to it, argv[0]).  So a program that is also a shell or a multi-call binary
 * allows those, which the declaration has to say.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "base/path.h"
#include "store/internal.h"

/* Names of files that run whatever they are told; the most telling first. */
static const char *const shells[] = {"busybox", "toybox", "sh", "bash", "dash", "ash", "ksh", "mksh", "rbash", "zsh"};
static const char *const shell_dirs[] = {"bin", "usr/bin"};

static bool
is_shell_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	for (size_t i = 0; i < sizeof(shells) / sizeof(*shells); i++)
		if (strcmp(slash ? slash + 1 : path, shells[i]) == 0)
			return true;
	return false;
}

/* False where the base has no such file: it may be the skeleton's, which a base's link leads out to. */
static bool
file_of_base(int base, const char *path, struct stat *ret)
{
	struct err ignored;
	fd_auto fd = path_open_in_root(base, path, PATH_ONLY, 0, &ignored);

	return fd >= 0 && fstat(fd, ret) == 0 && S_ISREG(ret->st_mode);
}

/* The shell that the file is, as a path of the base; NULL: none. */
static const char *
shell_of(int base, const struct stat *st, struct arena *a)
{
	for (size_t d = 0; d < sizeof(shell_dirs) / sizeof(*shell_dirs); d++)
		for (size_t i = 0; i < sizeof(shells) / sizeof(*shells); i++) {
			const char *path = arena_printf(a, "/%s/%s", shell_dirs[d], shells[i]);
			struct stat shell;
			if (file_of_base(base, path + 1, &shell) && shell.st_dev == st->st_dev &&
				shell.st_ino == st->st_ino)
				return path;
		}
	return NULL;
}

static bool
is_named(int base, const struct strv *allow, const struct stat *st)
{
	struct stat named;

	for (size_t i = 0; i < allow->n; i++)
		if (is_shell_name(allow->v[i]) && file_of_base(base, allow->v[i] + 1, &named) &&
			named.st_dev == st->st_dev && named.st_ino == st->st_ino)
			return true;
	return false;
}

int
jail_allow_check(const struct store *s, const struct jail *j, const char *generation, struct arena *a, struct err *e)
{
	const struct strv *allow = &j->exec_allow;

	if (allow->n == 0)
		return 0;
	fd_auto base =
		path_open_beneath(s->rootfd, arena_printf(a, "%s/root", generation), PATH_ONLY | O_DIRECTORY, 0, e);
	if (base < 0)
		return -1;
	for (size_t i = 0; i < allow->n; i++) {
		struct stat st;
		const char *shell;
		if (!file_of_base(base, allow->v[i] + 1, &st) || is_named(base, allow, &st) ||
			!(shell = shell_of(base, &st, a)))
			continue;
		err_set(e, ERR_CONFIG, "exec.allow", allow->v[i],
			"in this base it is %s too: that would be allowed with it", shell);
		err_hint(e, "name %s as well, if that is meant", shell);
		return err_at(e, &j->at[KEY_EXEC_ALLOW]);
	}
	return 0;
}
