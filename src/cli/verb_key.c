/*
 * warder key: the key that manifests are signed with.
 */
#include "cli/cli.h"
#include "store/seal_key.h"

static int
key_generate_main(struct cli *c, struct err *e)
{
	if (c->store.seal_key == NULL) {
		err_set(e, ERR_CONFIG, c->op, NULL, "the configuration names no key");
		return err_hint(e, "seal.key = \"/etc/warder/seal.pub\";");
	}
	if (store_key_generate(&c->store, e) == -1)
		return -1;
	cli_say(c, "key %s: made, with its secret one beside it", c->store.seal_key);
	return 0;
}

static const struct verb key_generate = {
	.name = "generate",
	.operands = "",
	.summary = "make the pair of keys that seal.key names",
	.text = "The secret key has no passphrase: as by signify -G -n.",
	.flags = VERB_ROOT | VERB_CONFIG | VERB_STORE,
	.run = key_generate_main,
};
static const struct verb *const key_subs[] = {&key_generate};

const struct verb verb_key = {
	.name = "key",
	.operands = "generate",
	.summary = "the key that manifests are signed with",
	.subs = key_subs,
	.nsubs = sizeof(key_subs) / sizeof(key_subs[0]),
};
