/*
 * Changes as lines and as JSON.
 */
#include <inttypes.h>
#include <string.h>

#include "base/system.h"
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
	str_addf(out, "%s %u,%u", types[v->type].word, system_device_major(v->device), system_device_minor(v->device));
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
	} else if (a->type == SEAL_LINK && seal_says(b, WORD_LINK)) {
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

/* Of another program's manifest, only what it says. */
static void
add_content_facts(const struct seal_entry *v, struct str *out)
{
	char hash[SHA256_HEX];

	if (seal_says(v, WORD_NLINK))
		str_addf(out, ", %u %s", v->nlink, v->nlink == 1 ? "name" : "names");
	if (seal_says(v, WORD_SIZE))
		str_addf(out, ", %" PRIu64 " bytes", v->size);
	if (seal_says(v, WORD_SHA256)) {
		sha256_hex(v->sha256, hash);
		str_addf(out, ", sha256 %s", hash);
	}
	if (seal_says(v, WORD_TAGS)) {
		sha256_hex(v->xattrs, hash);
		str_addf(out, ", attributes %s", hash);
	}
}

void
delta_entry(const struct seal_entry *v, struct str *out)
{
	bool is_link = seal_says(v, WORD_LINK);

	str_add(out, seal_says(v, WORD_TYPE) ? types[v->type].word : "any type");
	if (is_link) {
		str_add(out, " -> ");
		add_link(out, v);
	} else if (seal_says(v, WORD_MODE))
		str_addf(out, ", %#o", v->mode);
	if (seal_says(v, WORD_UID) && seal_says(v, WORD_GID))
		str_addf(out, ", %u:%u", v->uid, v->gid);
	else if (seal_says(v, WORD_UID) || seal_says(v, WORD_GID))
		str_addf(out, seal_says(v, WORD_UID) ? ", user %u" : ", group %u",
			seal_says(v, WORD_UID) ? v->uid : v->gid);
	if (seal_says(v, WORD_DEVICE))
		str_addf(out, ", %u,%u", system_device_major(v->device), system_device_minor(v->device));
	add_content_facts(v, out);
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
hash_json(struct json *j, const char *key, const uint8_t hash[SHA256_SIZE])
{
	char text[SHA256_HEX];

	sha256_hex(hash, text);
	json_string(j, key, text);
}

/* What applies to the type; null where it is unsaid. */
static void
number_json(struct json *j, const char *key, const struct seal_entry *v, enum seal_fact fact, uint64_t n)
{
	if (seal_says(v, fact))
		json_uint(j, key, n);
	else
		json_null(j, key);
}

static void
file_json(struct json *j, const struct seal_entry *v)
{
	number_json(j, "links", v, WORD_NLINK, v->nlink);
	number_json(j, "size", v, WORD_SIZE, v->size);
	if (seal_says(v, WORD_SHA256))
		hash_json(j, "sha256", v->sha256);
	else
		json_null(j, "sha256");
}

static void
entry_json(struct json *j, const char *key, const struct seal_entry *v)
{
	char mode[16];

	if (v == NULL) {
		json_null(j, key);
		return;
	}
	json_object(j, key);
	json_string(j, "type", seal_says(v, WORD_TYPE) ? types[v->type].json : NULL);
	snprintf(mode, sizeof(mode), "%#o", v->mode);
	json_string(j, "mode", seal_says(v, WORD_MODE) ? mode : NULL);
	number_json(j, "uid", v, WORD_UID, v->uid);
	number_json(j, "gid", v, WORD_GID, v->gid);
	if (v->type == SEAL_FILE)
		file_json(j, v);
	if (v->type == SEAL_LINK)
		json_string(j, "target", seal_says(v, WORD_LINK) ? v->link : NULL);
	if (is_device(v)) {
		number_json(j, "major", v, WORD_DEVICE, system_device_major(v->device));
		number_json(j, "minor", v, WORD_DEVICE, system_device_minor(v->device));
	}
	if (seal_says(v, WORD_TAGS))
		hash_json(j, "attributes", v->xattrs);
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
