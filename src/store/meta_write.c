/*
 * meta.json, written: what is known of one generation of a base.
 */
#include "base/json.h"
#include "store/internal.h"

void
meta_print(const struct base_meta *m, struct str *out)
{
	struct json j = {0};

	json_object(&j, NULL);
	json_uint(&j, "version", STORE_META_VERSION);
	json_string(&j, "name", m->name);
	json_uint(&j, "generation", m->generation);
	json_string(&j, "flavour", m->flavour);
	json_string(&j, "source", m->source);
	json_int(&j, "created", m->created);
	json_uint(&j, "entries", m->entries);
	json_uint(&j, "bytes", m->bytes);
	json_array(&j, "pins");
	for (size_t i = 0; i < m->npins; i++) {
		json_object(&j, NULL);
		json_string(&j, "path", m->pins[i].path);
		json_string(&j, "source", meta_pin_sources[m->pins[i].source]);
		json_string(&j, "from", m->pins[i].from);
		json_object_end(&j);
	}
	json_array_end(&j);
	json_strings(&j, "exec_dirs", &m->exec_dirs);
	json_strings(&j, "library_dirs", &m->library_dirs);
	json_strings(&j, "loaders", &m->loaders);
	json_object_end(&j);
	str_add(out, str_text(&j.out));
	str_addc(out, '\n');
	json_done(&j);
}
