/*
 * Who runs: one small record for each jail that was started.
 *
 * It is not synced: a record that a crash of the machine loses or keeps is void anyway, for the boot it names is over.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/rename.h"
#include "store/internal.h"

enum { RECORD_MAX = 4096, RIGHTS_MAX = 1 << 20 };

#define ROW(key, type)                                                                                                 \
	{                                                                                                              \
#key, type, offsetof(struct run_record, key), sizeof(((struct run_record *)0)->key)                    \
	}
static const struct kv_row rows[] = {
	ROW(pid, KV_INT),
	ROW(start_ticks, KV_U64),
	ROW(starter_pid, KV_INT),
	ROW(starter_ticks, KV_U64),
	ROW(boot_id, KV_TEXT),
	ROW(started, KV_I64),
	ROW(base_generation, KV_UINT),
	ROW(skel_generation, KV_UINT),
	ROW(id_base, KV_UINT),
	ROW(pidns, KV_U64),
	ROW(netns, KV_U64),
	ROW(userns, KV_U64),
	ROW(bridge, KV_TEXT),
	ROW(veth, KV_TEXT),
	ROW(cgroup, KV_TEXT),
	ROW(caps_forced, KV_U64),
	ROW(limits_lacking, KV_TEXT),
	ROW(renewed, KV_UINT),
	ROW(skel_oldest, KV_UINT),
};
enum { NROWS = sizeof(rows) / sizeof(*rows) };

static int
new_file_write(int dotfd, const char *path, const struct str *text, struct err *e)
{
	fd_auto fd = openat(dotfd, path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);

	return fd < 0 ? err_sys(e, "create", path) : fd_write_all(fd, str_text(text), text->len, path, e);
}

/*
 * The old record is exchanged for the new one and then removed: some file systems write a file to the disk at once when
 * it is renamed over another (ext4, auto_da_alloc), which a record does not need and a start would wait for.
 */
static int
put_in_place(int dotfd, const char *fresh, const char *path, struct err *e)
{
	return rename_over_volatile(dotfd, fresh, path) < 0 ? err_sys(e, "rename", path) : 0;
}

/* The jail's lock is held, so the new file's name need not be a secret: a killed run's is written over. */
int
store_run_write(const struct store *s, const char *jail, const struct run_record *r, struct err *e)
{
	char path[STORE_PATH], fresh[STORE_PATH];
	str_auto text = {0};

	if (store_check_name(jail, "write run record", e) < 0)
		return -1;
	kv_print(rows, NROWS, r, &text);
	store_path(path, "run/%s", jail);
	if (new_file_write(s->dotfd, store_path(fresh, "run/%s.new", jail), &text, e) < 0)
		return -1;
	return put_in_place(s->dotfd, fresh, path, e);
}

int
store_run_read(const struct store *s, const char *jail, struct run_record *ret, bool *ret_found, struct err *e)
{
	struct arena a = {0};
	struct run_record rec = {0};
	char path[STORE_PATH], *text;

	if (store_check_name(jail, "read run record", e) < 0)
		return -1;
	store_path(path, "run/%s", jail);
	int r = file_read(s->dotfd, path, RECORD_MAX, &a, &text, NULL, e);
	bool found = r == 0 && text;
	if (found)
		r = kv_parse(rows, NROWS, text, path, &rec, e);
	arena_done(&a);
	if (r < 0)
		return -1;
	if (found)
		*ret = rec;
	*ret_found = found;
	return 0;
}

int
store_rights_write(const struct store *s, const char *jail, const struct str *text, struct err *e)
{
	char path[STORE_PATH];

	if (store_check_name(jail, "write rights", e) < 0)
		return -1;
	return new_file_write(s->dotfd, store_path(path, "run/%s.rights", jail), text, e);
}

int
store_rights_read(const struct store *s, const char *jail, struct arena *a, char **ret, size_t *ret_len, struct err *e)
{
	char path[STORE_PATH];

	if (store_check_name(jail, "read rights", e) < 0 ||
		file_read(s->dotfd, store_path(path, "run/%s.rights", jail), RIGHTS_MAX, a, ret, ret_len, e) < 0)
		return -1;
	return *ret ? 0 : err_set(e, ERR_FAILED, "read", path, "it is missing");
}

int
store_run_remove(const struct store *s, const char *jail, struct err *e)
{
	char path[STORE_PATH];

	if (store_check_name(jail, "remove run record", e) < 0 ||
		store_unlink(s->dotfd, store_path(path, "run/%s.new", jail), 0, e) < 0 ||
		store_unlink(s->dotfd, store_path(path, "run/%s.rights", jail), 0, e) < 0)
		return -1;
	return store_unlink(s->dotfd, store_path(path, "run/%s", jail), 0, e);
}
