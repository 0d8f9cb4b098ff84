/*
 * Lines that `emit fstab` makes without --plain.
 */
#include "adopt/fstab_own.h"

#include <string.h>

#include "base/path.h"
#include "base/str.h"

/* What is behind ROOT/.warder/KIND/NAME/N in path, "" or from its slash on; NULL if it does not lie there. */
static const char *
in_generation(const char *root, const char *kind, const char *path, struct arena *a, const char **ret_name)
{
	const char *dir = arena_printf(a, "%s/.warder/%s/", root, kind), *number;
	size_t len, digits;

	if (!str_has_prefix(path, dir))
		return NULL;
	path += strlen(dir);
	len = strcspn(path, "/");
	*ret_name = arena_strndup(a, path, len);
	if (path[len] == '\0' || !name_is_valid(*ret_name))
		return NULL;
	number = path + len + 1;
	digits = strspn(number, "0123456789");
	return digits > 0 && (number[digits] == '\0' || number[digits] == '/') ? number + digits : NULL;
}

const char *
fstab_own_root(const struct fstab_entry *x, struct arena *a)
{
	const char *at = strstr(x->source, "/.warder/base/"), *root, *name, *rest;

	if (!x->is_bind || at == NULL)
		return NULL;
	root = arena_strndup(a, x->source, (size_t)(at - x->source));
	rest = in_generation(root, "base", x->source, a, &name);
	if (rest == NULL || strcmp(rest, "/root") != 0 || !str_has_prefix(x->target, arena_printf(a, "%s/j/", root)))
		return NULL;
	return root;
}

const char *
fstab_own_link(const char *root, const char *source, struct arena *a)
{
	const char *name, *rest = in_generation(root, "base", source, a, &name);

	if (rest != NULL && strcmp(rest, "/root") == 0)
		return arena_printf(a, "%s/j/%s", root, name);
	rest = in_generation(root, "skel", source, a, &name);
	if (rest != NULL && *rest == '\0')
		return arena_printf(a, "%s/s/%s", root, name);
	return source;
}

/* A read-only mount on t/var/... of something in a generation. */
static enum fstab_own
pin_kind(const char *root, const struct fstab_entry *x, const char *name, const char *rest, struct arena *a,
	const char **ret)
{
	const char *owner, *in = in_generation(root, "skel", x->source, a, &owner);

	if (!x->read_only || !str_has_prefix(rest, "/t/var/"))
		return OWN_NOT;
	*ret = rest + 2;
	if (in != NULL && strcmp(owner, name) == 0)
		return strcmp(in, arena_printf(a, "/pins%s", *ret)) == 0  ? OWN_PIN
		       : strcmp(arena_printf(a, "/var%s", in), *ret) == 0 ? OWN_ANYWAY
									  : OWN_NOT;
	in = in_generation(root, "base", x->source, a, &owner);
	return in != NULL && strcmp(in, arena_printf(a, "/pins%s", *ret)) == 0 ? OWN_ANYWAY : OWN_NOT;
}

static enum fstab_own
shm_kind(const struct fstab_entry *x, const char **ret)
{
	uint64_t size;

	for (size_t i = 0; i < x->options.n; i++)
		if (str_has_prefix(x->options.v[i], "size=")) {
			*ret = x->options.v[i] + 5;
			return str_to_u64(*ret, UINT64_MAX, &size) == 0 ? OWN_SHM : OWN_NOT;
		}
	return OWN_NOT;
}

enum fstab_own
fstab_own_kind(const char *root, const struct fstab_entry *x, const char *name, const char *rest, struct arena *a,
	const char **ret)
{
	const char *state = arena_printf(a, "%s/t/%s", root, name);

	if (strcmp(x->type, "devpts") == 0 && strcmp(rest, "/dev/pts") == 0)
		return OWN_ANYWAY;
	if (strcmp(x->type, "tmpfs") == 0 && strcmp(rest, "/dev/shm") == 0)
		return shm_kind(x, ret);
	if (!x->is_bind)
		return OWN_NOT;
	if (strcmp(rest, "/dev") == 0)
		return strcmp(x->source, arena_printf(a, "%s/.warder/dev", root)) == 0 ? OWN_ANYWAY : OWN_NOT;
	if (strcmp(x->source, x->target) == 0 && x->read_only && *rest != '\0' && strcmp(rest, "/s") != 0 &&
		strcmp(rest, "/t") != 0)
		return OWN_PROGRAMS;
	if (str_has_prefix(rest, "/t/") && strcmp(x->source, arena_printf(a, "%s%s", state, rest + 2)) == 0) {
		if (x->read_only)
			return OWN_NOT;
		return strcmp(rest, "/t/var") == 0       ? OWN_VAR
		       : strcmp(rest, "/t/tmp") == 0     ? OWN_TMP
		       : str_has_prefix(rest, "/t/var/") ? OWN_ANYWAY
							 : OWN_NOT;
	}
	return pin_kind(root, x, name, rest, a, ret);
}
