/*
 * Changes as lines and as JSON.
 */
#include <inttypes.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "cli/delta.h"
#include "cli/text.h"

enum { SET_ID = 06000 };

static const struct kind {
	char sign;
	const char *word, *count;
} kinds[CHANGE_NKINDS] = {
	{'+', "added", "added"},
	{'-', "removed", "removed"},
	{'~', "changed", "changed"},
	{'m', "rights", "with other rights"},
};
/* In JSON they are mtree(5)'s. */
static const struct type {
	const char *word, *json;
} types[SEAL_NTYPES] = {
	{"directory", "dir"},
	{"file", "file"},
	{"link", "link"},
	{"fifo", "fifo"},
	{"socket", "socket"},
	{"character device", "char"},
	{"block device", "block"},
};

static bool
is_device(const struct seal_entry *v)
{
	return v->type == SEAL_CHAR || v->type == SEAL_BLOCK;
}

/* ---- one line ---- */

/* Two spaces before the first word of it, ", " before each further one. */
static void
begin(struct str *out, bool *any)
{
	str_add(out, *any ? ", " : "  ");
	*any = true;
}

static void
add_device(struct str *out, const struct seal_entry *v)
{
	str_addf(out, "%s %u,%u", types[v->type].word, major(v->device), minor(v->device));
}

static void
add_link(struct str *out, const struct seal_entry *v)
{
	str_add_escaped(out, v->link, strlen(v->link));
}

/* What a person should see of a file that came: where a link leads, and what gives rights. */
static void
add_new(struct str *out, const struct seal_entry *v)
{
	bool any = false;

	if (v->type == SEAL_LINK) {
		str_add(out, " -> ");
		add_link(out, v);
	} else if (is_device(v)) {
		begin(out, &any);
		add_device(out, v);
	} else if (v->type == SEAL_FIFO || v->type == SEAL_SOCKET) {
		begin(out, &any);
		str_add(out, types[v->type].word);
	}
	if (v->type == SEAL_FILE && (v->mode & SET_ID)) {
		begin(out, &any);
		str_addf(out, "%#o, %u:%u", v->mode, v->uid, v->gid);
	}
	if (v->has_xattrs) {
		begin(out, &any);
		str_add(out, "attributes");
	}
}

static void
add_content(struct str *out, const struct seal_entry *b, const struct seal_entry *a, bool *any)
{
	if (b->type != a->type) {
		begin(out, any);
		str_addf(out, "%s -> %s", types[b->type].word, types[a->type].word);
		if (a->type == SEAL_LINK) {
			str_add(out, " to ");
			add_link(out, a);
		}
	} else if (a->type == SEAL_LINK) {
		begin(out, any);
		add_link(out, b);
		str_add(out, " -> ");
		add_link(out, a);
	} else if (is_device(a)) {
		begin(out, any);
		add_device(out, b);
		str_add(out, " -> ");
		add_device(out, a);
	}
}

static void
add_rights(struct str *out, const struct seal_entry *b, const struct seal_entry *a, bool *any)
{
	if (b->mode != a->mode && b->type != SEAL_LINK && a->type != SEAL_LINK) {
		begin(out, any);
		str_addf(out, "%#o -> %#o", b->mode, a->mode);
	}
	if (b->uid != a->uid || b->gid != a->gid) {
		begin(out, any);
		str_addf(out, "%u:%u -> %u:%u", b->uid, b->gid, a->uid, a->gid);
	}
	if (b->has_xattrs != a->has_xattrs || (a->has_xattrs && memcmp(b->xattrs, a->xattrs, sizeof(a->xattrs)) != 0)) {
		begin(out, any);
		str_add(out, "attributes");
	}
	if (b->type == SEAL_FILE && a->type == SEAL_FILE && b->nlink != a->nlink) {
		begin(out, any);
		str_addf(out, "%u -> %u names", b->nlink, a->nlink);
	}
}

static const struct seal_entry *
entry_of(const struct change *ch)
{
	return ch->kind == CHANGE_REMOVED ? ch->before : ch->after;
}

void
delta_entry(const struct seal_entry *v, struct str *out)
{
	char hash[SHA256_HEX];

	str_addf(out, "%s", types[v->type].word);
	if (v->type == SEAL_LINK) {
		str_add(out, " -> ");
		add_link(out, v);
	} else
		str_addf(out, ", %#o", v->mode);
	str_addf(out, ", %u:%u", v->uid, v->gid);
	if (is_device(v))
		str_addf(out, ", %u,%u", major(v->device), minor(v->device));
	if (v->type == SEAL_FILE) {
		sha256_hex(v->sha256, hash);
		str_addf(out, ", %u %s, %" PRIu64 " bytes, sha256 %s", v->nlink, v->nlink == 1 ? "name" : "names",
			v->size, hash);
	}
	if (v->has_xattrs) {
		sha256_hex(v->xattrs, hash);
		str_addf(out, ", attributes %s", hash);
	}
}

const char *
delta_path(const struct change *ch)
{
	return entry_of(ch)->path;
}

void
delta_line(const struct change *ch, struct str *out)
{
	const char *path = delta_path(ch);
	bool any = false;

	str_addf(out, "%c ", kinds[ch->kind].sign);
	str_add_escaped(out, path, strlen(path));
	if (entry_of(ch)->type == SEAL_DIR)
		str_addc(out, '/');
	if (ch->kind == CHANGE_ADDED)
		add_new(out, ch->after);
	if (ch->kind == CHANGE_CONTENT)
		add_content(out, ch->before, ch->after, &any);
	if (ch->kind == CHANGE_CONTENT || ch->kind == CHANGE_RIGHTS)
		add_rights(out, ch->before, ch->after, &any);
}

void
delta_counts(const struct delta *d, struct str *out)
{
	for (size_t i = 0; i < CHANGE_NKINDS; i++) {
		if (d->count[i] == 0)
			continue;
		str_add(out, out->len > 0 ? ", " : "");
		text_count(d->count[i], out);
		str_addf(out, " %s", kinds[i].count);
	}
	if (out->len == 0)
		str_add(out, "no difference");
}

void
delta_add_content(struct str *out, const char *text)
{
	while (*text != '\0') {
		size_t len = strcspn(text, "\t\\");
		str_add_escaped(out, text, len);
		text += len;
		if (*text != '\0')
			str_addc(out, *text++);
	}
}

/* ---- for programs ---- */

static void
entry_json(struct json *j, const char *key, const struct seal_entry *v)
{
	char text[SHA256_HEX];

	if (v == NULL) {
		json_null(j, key);
		return;
	}
	json_object(j, key);
	json_string(j, "type", types[v->type].json);
	snprintf(text, sizeof(text), "%#o", v->mode);
	json_string(j, "mode", text);
	json_uint(j, "uid", v->uid);
	json_uint(j, "gid", v->gid);
	if (v->type == SEAL_FILE) {
		json_uint(j, "links", v->nlink);
		json_uint(j, "size", v->size);
		sha256_hex(v->sha256, text);
		json_string(j, "sha256", text);
	}
	if (v->type == SEAL_LINK)
		json_string(j, "target", v->link);
	if (is_device(v)) {
		json_uint(j, "major", major(v->device));
		json_uint(j, "minor", minor(v->device));
	}
	if (v->has_xattrs) {
		sha256_hex(v->xattrs, text);
		json_string(j, "attributes", text);
	}
	json_object_end(j);
}

void
delta_json(struct json *j, const char *key, const struct delta *d)
{
	json_array(j, key);
	for (size_t i = 0; i < d->n; i++) {
		const struct change *ch = &d->v[i];
		json_object(j, NULL);
		json_string(j, "kind", kinds[ch->kind].word);
		json_string(j, "path", delta_path(ch));
		entry_json(j, "before", ch->before);
		entry_json(j, "after", ch->after);
		json_object_end(j);
	}
	json_array_end(j);
	for (size_t i = 0; i < CHANGE_NKINDS; i++)
		json_uint(j, kinds[i].word, d->count[i]);
}
