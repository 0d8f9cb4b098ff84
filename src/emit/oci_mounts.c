/*
 * The mounts of a bundle.
 *
 * Flags are given twice, also in the form that holds for a whole tree (rnoexec): crun 1.8 passes over the first form of
 * a mount that it was handed open, unless it is read-only.  Ids in options are the jail's own: the runtime mounts from
 * within its user namespace.
 */
#include <inttypes.h>
#include <string.h>

#include "emit/oci.h"

static const struct {
	unsigned flag;
	const char *word;
} words[] = {
	{MNT_NOSUID, "nosuid"},
	{MNT_NODEV, "nodev"},
	{MNT_NOEXEC, "noexec"},
	{MNT_NOSYMFOLLOW, "nosymfollow"},
};

static void
flags(struct json *j, unsigned mask, bool whole_tree)
{
	json_string(j, NULL, mask & MNT_RO ? "ro" : "rw");
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		char whole[32];

		if (!(mask & words[i].flag))
			continue;
		json_string(j, NULL, words[i].word);
		snprintf(whole, sizeof(whole), "r%s", words[i].word);
		if (whole_tree)
			json_string(j, NULL, whole);
	}
}

static void
mapping(struct json *j, const char *key, uint32_t first)
{
	json_array(j, key);
	json_object(j, NULL);
	json_uint(j, "containerID", 0);
	json_uint(j, "hostID", first);
	json_uint(j, "size", ID_COUNT);
	json_object_end(j);
	json_array_end(j);
}

static void
begin(struct json *j, const char *target, const char *type, const char *source, unsigned mask)
{
	bool is_bind = strcmp(type, "bind") == 0;

	json_object(j, NULL);
	json_string(j, "destination", target);
	json_string(j, "type", type);
	json_string(j, "source", source);
	json_array(j, "options");
	if (is_bind)
		json_string(j, NULL, "bind");
	flags(j, mask, is_bind);
}

static void
bind(const struct emit_input *in, const struct plan *p, const struct op *o, struct arena *a, struct json *j)
{
	begin(j, o->u.mount.target, "bind", emit_source(in, p, o, a), o->u.mount.flags);
	json_array_end(j);
	if (o->u.mount.flags & MNT_IDMAP) {
		mapping(j, "uidMappings", p->facts->id_base);
		mapping(j, "gidMappings", p->facts->id_base);
	}
	json_object_end(j);
}

/* options: words between commas. */
static void
fresh(struct json *j, const char *target, const char *type, unsigned mask, const char *options)
{
	begin(j, target, type, type, mask);
	for (const char *s = options; *s != '\0'; s += *s == ',') {
		char word[64];
		size_t len = strcspn(s, ",");

		snprintf(word, sizeof(word), "%.*s", (int)len, s);
		json_string(j, NULL, word);
		s += len;
	}
	json_array_end(j);
	json_object_end(j);
}

static void
other(const struct plan *p, const struct op *o, struct arena *a, struct json *j)
{
	const char *target = o->u.mount.target, *type = mount_type_name(o->u.mount.type);
	const char *options = o->u.mount.options;

	if (o->u.mount.type == MOUNT_DEVPTS)
		options = arena_printf(a, "newinstance,ptmxmode=0666,mode=0620,max=256,gid=%u", p->facts->tty_gid);
	else if (o->u.mount.type == MOUNT_TMPFS)
		options = arena_printf(a, "mode=1777,size=%" PRIu64, p->jail->shm);
	fresh(j, target, type, o->u.mount.flags, options);
}

/* /run, empty at each start, and the directories in it. */
static void
run_dirs(const struct plan *p, struct arena *a, struct json *j)
{
	enum { RUN = MNT_NOSUID | MNT_NODEV | MNT_NOEXEC };

	fresh(j, "/t/var/run", "tmpfs", RUN, "mode=0755");
	for (size_t i = 0; i < p->nops; i++) {
		const struct op *o = &p->ops[i];

		if (o->kind == OP_RUNDIR)
			fresh(j, arena_printf(a, "/t/var/run/%s", o->u.rundir.name), "tmpfs", RUN,
				arena_printf(a, "mode=%04o,uid=%u,gid=%u", o->u.rundir.mode, o->u.rundir.uid,
					o->u.rundir.gid));
	}
}

void
oci_mounts(const struct emit_input *in, const struct plan *p, size_t first, struct arena *a, struct json *j)
{
	json_array(j, "mounts");
	for (size_t i = first; i < p->nops; i++) {
		const struct op *o = &p->ops[i];

		if (o->kind == OP_MOUNT && o->u.mount.type == MOUNT_BIND)
			bind(in, p, o, a, j);
		else if (o->kind == OP_MOUNT)
			other(p, o, a, j);
	}
	run_dirs(p, a, j);
	json_array_end(j);
}
