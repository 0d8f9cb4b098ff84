/*
 * What is known of one generation of a skeleton, and who the created jails are.
 *
 * A jail exists exactly while the link ROOT/s/NAME does: making it is the last step of create, removing it the first
 * of destroy.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/path.h"
#include "store/internal.h"

enum { SKEL_META_MAX = 4096 };

static const struct kv_row rows[] = {
	{"base", KV_TEXT, offsetof(struct skel_meta, base), sizeof(((struct skel_meta *)0)->base)},
	{"base_generation", KV_UINT, offsetof(struct skel_meta, base_generation), 0},
	{"created", KV_I64, offsetof(struct skel_meta, created), 0},
	{"offered", KV_UINT, offsetof(struct skel_meta, offered), 0},
};
enum { NROWS = sizeof(rows) / sizeof(*rows) };

int
skel_meta_write(int dirfd, const char *name, const struct skel_meta *m, struct err *e)
{
	str_auto text = {0};

	kv_print(rows, NROWS, m, &text);
	return file_write(dirfd, name, str_text(&text), text.len, 0600, e);
}

int
skel_meta_read(int dirfd, const char *name, struct skel_meta *ret, struct err *e)
{
	struct arena a = {0};
	struct skel_meta m = {0};
	char *text;
	int r = file_read(dirfd, name, SKEL_META_MAX, &a, &text, NULL, e);

	if (r == 0 && !text)
		r = err_set(e, ERR_FAILED, "read", name, "it is missing");
	if (r == 0)
		r = kv_parse(rows, NROWS, text, name, &m, e);
	if (r == 0 && !name_is_valid(m.base))
		r = err_set(e, ERR_FAILED, "read", name, "not the name of a base in it");
	arena_done(&a);
	if (r == 0)
		*ret = m;
	return r;
}

bool
store_jail_exists(const struct store *s, const char *jail)
{
	char path[STORE_PATH];
	struct stat st;

	return name_is_valid(jail) &&
	       fstatat(s->rootfd, store_path(path, "s/%s", jail), &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode);
}

int
store_jails(const struct store *s, struct arena *a, struct strv *ret, struct err *e)
{
	struct strv names, jails = {0};

	if (store_names(s->rootfd, "s", a, &names, e) < 0)
		return -1;
	for (size_t i = 0; i < names.n; i++)
		if (store_jail_exists(s, names.v[i]))
			strv_add(a, &jails, names.v[i]);
	*ret = jails;
	return 0;
}

int
store_jail_base(const struct store *s, const char *jail, struct arena *a, const char **ret, struct err *e)
{
	char path[STORE_PATH];
	struct skel_meta m;
	unsigned generation;

	if (store_check_name(jail, "read jail", e) < 0 || skel_link_read(s, jail, &generation, e) < 0)
		return -1;
	if (generation == 0)
		return err_set(e, ERR_FAILED, "read jail", jail, "it has not been created");
	if (skel_meta_read(s->dotfd, store_path(path, "skel/%s/%u.meta", jail, generation), &m, e) < 0)
		return -1;
	*ret = arena_strdup(a, m.base);
	return 0;
}
