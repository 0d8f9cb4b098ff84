/*
 * warder help and version: what the tables say of themselves.
 */
#include <string.h>

#include "cli/cli.h"
#include "run/backend.h"

static int
no_such(const struct verb *const *list, size_t n, const char *name, struct arena *a, struct err *e)
{
	struct strv names = verb_names(list, n, a);
	const char *near = str_nearest(name, names.v, names.n);
	err_set(e, ERR_USAGE, "help", name, "there is no such verb");
	return near != NULL ? err_hint(e, "did you mean %s?", near) : -1;
}

static int
find_topic(struct cli *c, const struct verb **ret, const struct verb **ret_parent, struct err *e)
{
	const struct verb *const *list = verbs;
	size_t n = nverbs;
	*ret = *ret_parent = NULL;
	for (size_t i = 0; i < c->args.n; i++) {
		const struct verb *v = verb_find(list, n, c->args.v[i]);
		if (v == NULL)
			return no_such(list, n, c->args.v[i], &c->a, e);
		*ret_parent = *ret;
		*ret = v;
		list = v->subs;
		n = v->nsubs;
	}
	return 0;
}

static int
help_main(struct cli *c, struct err *e)
{
	const struct verb *v, *parent;
	str_auto out = {0};
	if (c->o.json) {
		struct json j = {0};
		help_json(&j);
		cli_print_json(&j);
		return 0;
	}
	if (find_topic(c, &v, &parent, e) == -1)
		return -1;
	help_print(v, parent, &out);
	fputs(str_text(&out), stdout);
	return 0;
}

static int
version_main(struct cli *c, struct err *e)
{
	if (!c->o.json) {
		printf("warder %s\n", WARDER_VERSION);
		return 0;
	}
	struct json j = {0};
	json_object(&j, NULL);
	json_uint(&j, "version", 1);
	json_string(&j, "warder", WARDER_VERSION);
	json_string(&j, "backend", backend_native.name);
	json_string(&j, "config", config_default_path);
	json_object_end(&j);
	cli_print_json(&j);
	return 0;
}

const struct verb verb_help = {
	.name = "help",
	.operands = "[VERB [SUBVERB]]",
	.summary = "explain a verb",
	.flags = VERB_JSON,
	.max = 2,
	.kind = OPERAND_VERB,
	.run = help_main,
};
const struct verb verb_version = {
	.name = "version",
	.operands = "",
	.summary = "print the version",
	.flags = VERB_JSON,
	.run = version_main,
};
