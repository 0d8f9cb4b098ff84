/*
 * The rules, loaded by libnftables: one transaction for each call.
 *
 * Adding is tried first as if nothing were in the way, since deleting costs a grace period of the kernel (10 ms and
 * more) when the socket is closed.  Only what is refused is done again with the removal of leftovers before it, and
 * that attempt's error is the one that counts.
 */
#include "net/filter.h"

#include <nftables/libnftables.h>
#include <string.h>

#include "net/rules.h"

/* The first line of what libnftables says: "/dev/stdin:1:1-5: Error: Could not process rule: Operation not supported".
 */
static int
refused(const char *said, const char *bridge, struct err *e)
{
	const char *text = said == NULL ? NULL : strstr(said, "Error: ");

	text = text == NULL ? "nftables refused them" : text + strlen("Error: ");
	return err_set(e, ERR_FAILED, "load rules", bridge, "%.*s", (int)strcspn(text, "\n"), text);
}

static int
load(const struct str *rules, const char *bridge, struct err *e)
{
	struct nft_ctx *nft = nft_ctx_new(NFT_CTX_DEFAULT);
	int rc;

	if (nft == NULL)
		return err_set(e, ERR_UNAVAILABLE, "load rules", "nftables", "libnftables could not start");
	if (nft_ctx_buffer_error(nft) != 0 || nft_ctx_buffer_output(nft) != 0)
		rc = err_set(e, ERR_FAILED, "load rules", "nftables", "out of memory");
	else if (nft_run_cmd_from_buffer(nft, str_text(rules)) != 0)
		rc = refused(nft_ctx_get_error_buffer(nft), bridge, e);
	else
		rc = 0;
	nft_ctx_free(nft);
	return rc;
}

/* Something else on the host may have flushed all rules. */
static bool
has_table(const char *bridge)
{
	str_auto question = {0};
	struct err ignored = {0};

	str_addf(&question, "list chain bridge warder-%s prerouting\n", bridge);
	return load(&question, bridge, &ignored) == 0;
}

/* A table that is gone is not made again for one port: the others would run without their rules, unseen. */
static int
replace(struct str *rules, const struct net_port *p, bool fresh, struct err *e)
{
	str_auto whole = {0};

	if (!fresh && !has_table(p->bridge)) {
		err_set(e, ERR_FAILED, "load rules", p->bridge,
			"the bridge is there, its nftables table warder-%s is not", p->bridge);
		return err_hint(e, "were all rules flushed?  Stop every jail on this bridge, then start them");
	}
	if (fresh)
		rules_remove_table(p->bridge, &whole);
	else
		rules_remove_port(p->bridge, p->host, &whole);
	str_add(&whole, str_text(rules));
	return load(&whole, p->bridge, e);
}

int
filter_add_port(const struct net_port *p, const uint8_t mac[6], bool fresh, struct err *e)
{
	str_auto rules = {0};
	struct err ignored = {0};

	if (fresh)
		rules_add_table(p->bridge, mac, &rules);
	rules_add_port(p, &rules);
	return load(&rules, p->bridge, &ignored) == 0 ? 0 : replace(&rules, p, fresh, e);
}

int
filter_remove_port(const char *bridge, const char *host, struct err *e)
{
	str_auto text = {0};
	struct err why = {0};

	rules_remove_port(bridge, host, &text);
	if (load(&text, bridge, &why) == 0 || !has_table(bridge))
		return 0;
	*e = why;
	return -1;
}

int
filter_remove_table(const char *bridge, struct err *e)
{
	str_auto text = {0};

	rules_remove_table(bridge, &text);
	return load(&text, bridge, e);
}
