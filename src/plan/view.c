/*
 * The plan of a management view (DESIGN.md section 4).
 *
 * It differs from the jail's in three ways.  The trees that are to be changed are drafts, and writable.  What the jail
 * wrote is not there: /var and /tmp are the manager's own, so that nothing an attacker left is parsed, sourced or
 * executed; that is also why they may be executable, as package scripts need.  And nothing of the jail's reaches it:
 * every namespace is its own, its user namespace too, although its ids are the jail's.
 */
#include <string.h>

#include "model/caps.h"
#include "plan/steps.h"

enum {
	SEALED = MNT_RO | MNT_NOSUID | MNT_NODEV | MNT_IDMAP,
	DRAFT = MNT_NOSUID | MNT_NODEV | MNT_IDMAP,
};

/* Packages bring owners, set-id programs and file capabilities; no mount honours the last two. */
static const char *const view_caps[] = {
	"chown", "dac_override", "fowner", "fsetid", "kill", "setgid", "setuid", "setfcap"};

static void
pin(struct builder *b, const struct pin *p, bool base_is_draft, enum key cause)
{
	bool from_base = p->source == PIN_FROM_BASE;

	step_bind(b, from_base ? TREE_GENERATION : TREE_SKEL, p->from, arena_printf(b->a, "/t%s", p->path),
		from_base && !base_is_draft ? SEALED : DRAFT, cause);
}

static void
pins(struct builder *b, bool base_is_draft)
{
	const struct jail_facts *f = b->f;

	for (size_t i = 0; i < f->base->npins; i++)
		pin(b, &f->base->pins[i], base_is_draft, OWN_RULE);
	for (size_t i = 0; i < f->nskel_pins; i++)
		pin(b, &f->skel_pins[i], base_is_draft, KEY_PINS);
}

/* A fuller /dev than the jail's.  A package script looks at more of /proc than pids; none of it can be written. */
static void
devices(struct builder *b, bool base_is_draft)
{
	const struct jail_facts *f = b->f;
	struct op *o;

	steps_devices(b);
	o = step_mount(b, MOUNT_TMPFS, "/dev/shm", MNT_NOSUID | MNT_NODEV | MNT_NOEXEC, OWN_RULE);
	o->u.mount.options = arena_printf(b->a, "mode=1777,size=64M,uid=%u,gid=%u", f->id_base, f->id_base);
	o = step_mount(b, MOUNT_PROC, "/proc", MNT_RO | MNT_NOSUID | MNT_NODEV | MNT_NOEXEC, OWN_RULE);
	o->u.mount.options = base_is_draft ? "hidepid=invisible" : "subset=pid,hidepid=invisible";
}

static void
trees(struct builder *b, bool base_is_draft)
{
	step_bind(b, TREE_BASE, ".", "/", base_is_draft ? DRAFT : SEALED, OWN_RULE);
	step_bind(b, TREE_SKEL, ".", "/s", DRAFT, OWN_RULE);
	step_bind(b, TREE_STATE, ".", "/t", SEALED, OWN_RULE);
	step_bind(b, TREE_STATE, "var", "/t/var", DRAFT, OWN_RULE);
	step_bind(b, TREE_STATE, "tmp", "/t/tmp", DRAFT, OWN_RULE);
	pins(b, base_is_draft);
	devices(b, base_is_draft);
	step_add(b, OP_PIVOT, OWN_RULE);
}

static void
rights(struct builder *b, bool base_is_draft)
{
	static const char *const drafts[] = {"/s", "/t/var", "/t/tmp"};
	uint64_t caps = 0;

	step_rlimit(b, "core", 0, 0, OWN_RULE);
	steps_process(b);
	step_landlock(b, "/", RIGHT_EXECUTE | (base_is_draft ? RIGHT_WRITE : 0), OWN_RULE);
	for (size_t i = 0; !base_is_draft && i < sizeof(drafts) / sizeof(drafts[0]); i++)
		step_landlock(b, drafts[i], RIGHT_WRITE, OWN_RULE);
	step_landlock(b, "/dev", RIGHT_DEVICE | RIGHT_WRITE, OWN_RULE);
	step_add(b, OP_SCOPE, OWN_RULE);
	for (size_t i = 0; i < sizeof(view_caps) / sizeof(view_caps[0]); i++)
		caps |= UINT64_C(1) << cap_by_name(view_caps[i])->number;
	steps_caps(b, caps, OWN_RULE);
	step_add(b, OP_SECCOMP, OWN_RULE)->u.seccomp = "manage";
}

int
plan_build_view(const struct jail *j, const struct jail_facts *f, const struct view_options *o, struct arena *a,
	struct plan *ret, struct err *e)
{
	struct plan p = {.jail = j, .facts = f};
	struct builder b = {.a = a, .j = j, .f = f, .p = &p};
	bool base_is_draft = o->kind != VIEW_SKEL;

	if (steps_check_ids(&b, e) < 0)
		return -1;
	steps_namespaces(&b, o->host_network);
	if (!o->host_network)
		step_add(&b, OP_LOOPBACK, OWN_RULE);
	trees(&b, base_is_draft);
	step_add(&b, OP_HOSTNAME, KEY_HOSTNAME)->u.hostname = j->hostname;
	steps_lock(&b, true);
	rights(&b, base_is_draft);
	step_add(&b, OP_SERVICE, OWN_RULE)->u.service.argv = o->command;
	*ret = p;
	return 0;
}
