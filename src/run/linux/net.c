/*
 * A jail's network: the plan's steps become arguments of warder-net, its words become our error.
 */
#include "run/linux/net.h"

#include <string.h>

#include "base/spawn.h"

static void
add_option(struct arena *a, struct strv *l, const char *option, const char *value)
{
	strv_add(a, l, option);
	strv_add(a, l, value);
}

static void
add_addr(struct arena *a, struct strv *l, const char *option, const struct addr *addr, bool with_prefix)
{
	str_auto text = {0};

	if (addr->family == 0)
		return;
	addr_print(addr, with_prefix, &text);
	add_option(a, l, option, arena_strdup(a, str_text(&text)));
}

static void
add_veth(struct arena *a, struct strv *l, const struct op *o)
{
	const uint8_t *m = o->u.veth.mac;

	add_option(a, l, "--host", o->u.veth.host);
	add_option(a, l, "--bridge", o->u.veth.bridge);
	add_option(a, l, "--mac", arena_printf(a, "%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2], m[3], m[4], m[5]));
}

static void
add_peers(struct arena *a, struct strv *l, const struct plan *p, const struct op *o)
{
	for (size_t i = 0; i < o->u.filter.peers->n; i++) {
		char veth[16];

		veth_name_for(p->facts->root, o->u.filter.peers->v[i], veth);
		add_option(a, l, "--peer", arena_strdup(a, veth));
	}
}

static void
add_step(struct arena *a, struct strv *l, const struct plan *p, const struct op *o)
{
	switch (o->kind) {
	case OP_VETH:
		add_veth(a, l, o);
		break;
	case OP_BRIDGE:
		add_addr(a, l, "--bridge-addr", &o->u.bridge.ip4, true);
		add_addr(a, l, "--bridge-addr", &o->u.bridge.ip6, true);
		break;
	case OP_ADDRESS:
		add_addr(a, l, "--addr", &o->u.address, true);
		break;
	case OP_ROUTE:
		add_addr(a, l, "--gateway", &o->u.route, false);
		break;
	case OP_FILTER:
		add_peers(a, l, p, o);
		break;
	default:
		break;
	}
}

void
net_up_arguments(const struct plan *p, const char *program, int netns, struct arena *a, struct strv *ret)
{
	struct strv l = {0};

	if (p->jail->addrs.n > 0) {
		strv_add(a, &l, program);
		strv_add(a, &l, "up");
		add_option(a, &l, "--netns", arena_printf(a, "%d", netns));
		for (size_t i = 0; i < p->nops; i++)
			add_step(a, &l, p, &p->ops[i]);
		add_option(a, &l, "--owner", p->facts->root);
	}
	*ret = l;
}

/* The kinds of error by the exit status that stands for them: warder-net ends with the one of its own error. */
static enum err_kind
kind_of_status(int status)
{
	for (int k = ERR_FAILED; k < ERR_NKINDS; k++) {
		struct err e = {.kind = (uint8_t)k};

		if (err_exit_status(&e) == status)
			return (enum err_kind)k;
	}
	return ERR_FAILED;
}

struct said {
	char first[136], hint[96];
};

/* "warder-net: REASON", then perhaps "\thint: ...". */
static void
hear(void *arg, const char *text, bool is_stderr)
{
	static const char us[] = "warder-net: ", hint[] = "\thint: ";
	struct said *s = arg;

	if (strncmp(text, hint, strlen(hint)) == 0)
		strncpy(s->hint, text + strlen(hint), sizeof(s->hint) - 1);
	else if (s->first[0] == '\0')
		strncpy(s->first, strncmp(text, us, strlen(us)) == 0 ? text + strlen(us) : text, sizeof(s->first) - 1);
}

static int
run(const struct strv *argv, const int *keep, const char *what, const char *subject, struct err *e)
{
	struct said said = {"", ""};
	struct spawn s = {.argv = argv->v, .keep_fds = keep, .line = hear, .arg = &said, .timeout_s = 30};
	int status;

	if (spawn_run(&s, &status, e) < 0)
		return -1;
	if (status == 0)
		return 0;
	err_set(e, kind_of_status(status), what, subject, "%s",
		said.first[0] != '\0' ? said.first : "warder-net failed without a word");
	return said.hint[0] != '\0' ? err_hint(e, "%s", said.hint) : -1;
}

int
net_up(const struct plan *p, int netns, struct err *e)
{
	struct arena a = {0};
	struct strv argv;
	const char *program;
	int r = 0;

	if (p->jail->addrs.n > 0) {
		r = spawn_find_helper("warder-net", &a, &program, e);
		if (r == 0) {
			net_up_arguments(p, program, netns, &a, &argv);
			r = run(&argv, (int[]){netns, -1}, "network", p->jail->bridge, e);
		}
	}
	arena_done(&a);
	return r;
}

static int
call(const char *const *words, size_t n, const char *what, const char *subject, struct err *e)
{
	struct arena a = {0};
	struct strv argv = {0};
	const char *program;
	int r = spawn_find_helper("warder-net", &a, &program, e);

	if (r == 0) {
		strv_add(&a, &argv, program);
		for (size_t i = 0; i < n; i++)
			strv_add(&a, &argv, words[i]);
		r = run(&argv, NULL, what, subject, e);
	}
	arena_done(&a);
	return r;
}

int
net_down(const char *root, const char *veth, const char *bridge, struct err *e)
{
	const char *words[] = {"down", "--host", veth, "--bridge", bridge, "--owner", root};

	return call(words, sizeof(words) / sizeof(words[0]), "network", bridge, e);
}

int
net_check(struct err *e)
{
	const char *words[] = {"check"};

	return call(words, 1, "check", "network", e);
}
