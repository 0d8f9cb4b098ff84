/*
 * An entry of the journal, written.
 */
#include "base/json.h"
#include "store/journal_line.h"

static void
generation_json(struct json *j, const char *key, unsigned generation)
{
	if (generation)
		json_uint(j, key, generation);
	else
		json_null(j, key);
}

void
journal_entry_json(struct json *j, const char *key, const struct journal_entry *entry)
{
	json_object(j, key);
	json_uint(j, "number", entry->number);
	json_time(j, "time", entry->time);
	json_uint(j, "uid", entry->uid);
	if (entry->login_uid == UINT32_MAX)
		json_null(j, "login_uid");
	else
		json_uint(j, "login_uid", entry->login_uid);
	json_string(j, "sudo_user", entry->sudo_user);
	json_string(j, "action", entry->action);
	json_string(j, "jail", entry->jail);
	json_string(j, "base", entry->base);
	json_strings(j, "command", &entry->command);
	generation_json(j, "from", entry->from);
	generation_json(j, "to", entry->to);
	json_string(j, "before", entry->before[0] ? entry->before : NULL);
	json_string(j, "after", entry->after[0] ? entry->after : NULL);
	json_uint(j, "added", entry->added);
	json_uint(j, "removed", entry->removed);
	json_uint(j, "changed", entry->changed);
	json_uint(j, "rights", entry->rights);
	json_string(j, "previous", entry->previous);
	json_object_end(j);
}

void
journal_line_print(const struct journal_entry *entry, struct str *out)
{
	struct json j = {0};

	journal_entry_json(&j, NULL, entry);
	str_addn(out, str_text(&j.out), j.out.len);
	str_addc(out, '\n');
	json_done(&j);
}
