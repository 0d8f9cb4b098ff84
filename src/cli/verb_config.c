/*
 * warder config check | dump | keys.
 */

#include "base/table.h"
#include "cli/cli.h"

static int
check_main(struct cli *c, struct err *e)
{
	if (c->o.json) {
		struct json j = {0};
		json_object(&j, NULL);
		json_uint(&j, "version", 1);
		json_string(&j, "file", c->config.file);
		json_uint(&j, "jails", c->config.njails);
		json_uint(&j, "bases", c->config.nbases);
		json_null(&j, "error");
		json_object_end(&j);
		cli_print_json(&j);
		return 0;
	}
	cli_say(c, "%s: %zu jail%s, %zu base%s, no error", c->config.file, c->config.njails,
		c->config.njails == 1 ? "" : "s", c->config.nbases, c->config.nbases == 1 ? "" : "s");
	return 0;
}

static int
dump_main(struct cli *c, struct err *e)
{
	if (c->o.json) {
		struct json j = {0};
		config_json(&c->config, &j);
		cli_print_json(&j);
		return 0;
	}
	str_auto text = {0};
	config_print(&c->config, &text);
	fputs(str_text(&text), stdout);
	return 0;
}

static void
keys_json(const struct key_doc *keys, size_t n)
{
	struct json j = {0};
	json_object(&j, NULL);
	json_uint(&j, "version", 1);
	json_array(&j, "keys");
	for (size_t i = 0; i < n; i++) {
		json_object(&j, NULL);
		json_string(&j, "name", keys[i].name);
		json_string(&j, "where", keys[i].where);
		json_string(&j, "type", keys[i].type);
		json_string(&j, "default", keys[i].fallback);
		json_string(&j, "text", keys[i].text);
		json_object_end(&j);
	}
	json_array_end(&j);
	json_object_end(&j);
	cli_print_json(&j);
}

static void
keys_table(struct cli *c, const struct key_doc *keys, size_t n)
{
	static const char *const heads[] = {"KEY", "WHERE", "TYPE", "DEFAULT", "WHAT"};
	struct table t;
	table_init(&t, &c->a, heads, sizeof(heads) / sizeof(heads[0]));
	for (size_t i = 0; i < n; i++) {
		table_add(&t, keys[i].name);
		table_add(&t, keys[i].where);
		table_add(&t, keys[i].type);
		table_add(&t, keys[i].fallback);
		table_add(&t, keys[i].text);
	}
	table_print(&t, stdout, c->color);
}

static int
keys_main(struct cli *c, struct err *e)
{
	const struct key_doc *keys;
	size_t n = config_keys(&keys);
	if (c->o.json)
		keys_json(keys, n);
	else if (!c->o.quiet)
		keys_table(c, keys, n);
	for (size_t i = 0; c->o.quiet && !c->o.json && i < n; i++)
		puts(keys[i].name);
	return 0;
}

static const struct verb config_check = {
	.name = "check",
	.operands = "",
	.summary = "read the configuration and report the first error",
	.flags = VERB_CONFIG | VERB_JSON,
	.run = check_main,
};
static const struct verb config_dump = {
	.name = "dump",
	.operands = "",
	.summary = "print the configuration as warder understands it",
	.text = "Includes, variables and defaults are filled in; reading the output again gives the same.",
	.flags = VERB_CONFIG | VERB_JSON,
	.run = dump_main,
};
static const struct verb config_keys_verb = {
	.name = "keys",
	.operands = "",
	.summary = "list every key with its type, default and meaning",
	.flags = VERB_JSON,
	.run = keys_main,
};
static const struct verb *const config_subs[] = {&config_check, &config_dump, &config_keys_verb};

const struct verb verb_config = {
	.name = "config",
	.operands = "check|dump|keys",
	.summary = "check, print or explain the configuration",
	.subs = config_subs,
	.nsubs = sizeof(config_subs) / sizeof(config_subs[0]),
};
