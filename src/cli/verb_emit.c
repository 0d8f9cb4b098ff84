/*
 * warder emit: jails in another tool's format.  Each format is a subverb here and an emitter in src/emit.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/system.h"
#include "cli/emit_image.h"
#include "cli/life.h"
#include "cli/output.h"

static int
read_os(const char *word, enum emit_os *ret, struct err *e)
{
	static const char *const names[] = {[EMIT_LINUX] = "linux", [EMIT_FREEBSD] = "freebsd"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (word == NULL || strcmp(word, names[i]) == 0) {
			*ret = (enum emit_os)i;
			return 0;
		}
	return err_set(e, ERR_USAGE, "--os", word, "is neither linux nor freebsd");
}

/* The proposal's own lines follow from the declaration alone; all else needs created jails. */
static int
make_plans(struct cli *c, const struct targets *t, const struct emit_options *o, struct plan *plans, struct err *e)
{
	if (!o->plain && store_open(c->root, &c->store, e) == -1)
		return -1;
	for (size_t i = 0; i < t->n; i++) {
		c->who = t->v[i].name;
		plans[i] = (struct plan){.jail = t->v[i].jail};
		if (!o->plain && life_make_plan(c, t->v[i].jail, &plans[i], e) == -1)
			return -1;
	}
	c->who = NULL;
	return 0;
}

/* How warder is called for the same jails by whoever reads the output: this program, its options. */
static int
find_command(struct cli *c, struct strv *ret, struct err *e)
{
	char path[PATH_MAX];
	if (system_program_path(path, sizeof(path), e) == -1)
		return -1;
	strv_add(&c->a, ret, arena_strdup(&c->a, path));
	if (c->o.root != NULL) {
		strv_add(&c->a, ret, "--root");
		strv_add(&c->a, ret, c->o.root);
	}
	if (c->o.file == NULL)
		return 0;
	if (realpath(c->o.file, path) == NULL)
		return err_sys(e, "realpath", c->o.file);
	strv_add(&c->a, ret, "--file");
	strv_add(&c->a, ret, arena_strdup(&c->a, path));
	return 0;
}

static int
emit_main(struct cli *c, struct err *e)
{
	struct emit_input in = {.root = c->root,
		.o = {.manage = c->o.manage,
			.plain = c->o.plain,
			.native = c->o.native,
			.split = c->o.split,
			.pod = c->o.pod,
			.seccomp = c->o.seccomp,
			.image = c->o.image,
			.storage = c->o.storage}};
	struct emit_files files = {0};
	struct targets t;
	if (read_os(c->o.os, &in.o.os, e) == -1 || targets_choose(c, true, &c->a, &t, e) == -1)
		return -1;
	struct plan *plans = arena_array(&c->a, t.n, sizeof(*plans));
	if (make_plans(c, &t, &in.o, plans, e) == -1 || find_command(c, &in.command, e) == -1)
		return -1;
	in.plans = plans;
	in.n = t.n;
	if (emitter_find(c->verb->name)->emit(&in, &c->a, &files, e) == -1)
		return -1;
	return output_write(c, &files, e);
}

static int
image_main(struct cli *c, struct err *e)
{
	const struct emit_options o = {0};
	struct targets t;
	if (targets_choose(c, true, &c->a, &t, e) == -1)
		return -1;
	struct plan *plans = arena_array(&c->a, t.n, sizeof(*plans));
	return make_plans(c, &t, &o, plans, e) == -1 ? -1 : emit_image(c, plans, t.n, e);
}

#define FORMAT_ROWS(rows) .options = (rows), .noptions = sizeof(rows) / sizeof((rows)[0])
#define FORMAT(word, what, rows) FORMAT_BY(word, what, rows, emit_main)
#define FORMAT_BY(word, what, rows, main)                                                                              \
	.name = (word), .operands = "[JAIL...]", .summary = (what), FORMAT_ROWS(rows), .flags = VERB_CONFIG, .min = 1, \
	.max = UINT_MAX, .kind = OPERAND_JAIL, .run = (main)

static const struct option_row fstab_options[] = {
	OPTION_ALL,
	{0, "os", "SYSTEM", OPT_TEXT, offsetof(struct options, os), 0, "for which system: linux (default), freebsd"},
	{0, "manage", NULL, OPT_FLAG, offsetof(struct options, manage), 0, "the views for management, too"},
	{0, "plain", NULL, OPT_FLAG, offsetof(struct options, plain), 0,
		"the lines of the proposal, nothing else: no option, pin or generation of ours"},
	OPTION_OUTPUT,
};
static const struct verb format_fstab = {
	FORMAT("fstab", "the mounts of jails as lines of fstab(5)", fstab_options),
	.text = "With --plain the jails need not be created.",
};

static const struct option_row systemd_options[] = {
	OPTION_ALL,
	{0, "native", NULL, OPT_FLAG, offsetof(struct options, native), 0, "units that need no warder at run time"},
	OPTION_OUTPUT,
};
static const struct verb format_systemd = {
	FORMAT("systemd", "a unit for each jail, as systemd.service(5)", systemd_options),
	.text = "A unit is called warder@JAIL.service, with --native jail-JAIL.service.",
};

static const struct option_row oci_options[] = {OPTION_ALL, OPTION_OUTPUT};
static const struct verb format_oci = {
	FORMAT("oci", "a bundle for each jail, as runc and crun run it", oci_options),
	.text = "The directory JAIL gets config.json, and fstab with what mount(8) must mount before.",
};

static const struct option_row image_options[] = {
	OPTION_ALL,
	{'o', "output", "DIR", OPT_TEXT, offsetof(struct options, output), 0, "the image layout, made or added to"},
};
static const struct verb format_oci_image = {
	FORMAT_BY("oci-image", "an image of each jail, in a layout of the OCI", image_options, image_main),
	.text = "A layer for the base, which its jails share, and one for the skeleton; /var and /tmp are volumes.",
};

static const struct option_row jail_conf_options[] = {
	OPTION_ALL,
	{0, "split", NULL, OPT_FLAG, offsetof(struct options, split), 0, "a file for each jail, in jail.conf.d"},
	OPTION_OUTPUT,
};
static const struct verb format_jail_conf = {
	FORMAT("jail.conf", "jails of FreeBSD, as jail.conf(5), and what belongs to it", jail_conf_options),
	.text = "Makes jail.conf, fstab.JAIL, rc.conf, devfs.rules and rctl.conf: files of /etc, or parts of them.",
};

static const struct option_row kube_options[] = {
	OPTION_ALL,
	{0, "image", "PREFIX", OPT_TEXT, offsetof(struct options, image), 0,
		"where the images are: PREFIX/JAIL:BASE.SKELETON (default localhost)"},
	{0, "pod", NULL, OPT_FLAG, offsetof(struct options, pod), 0, "a Pod, restarted as declared, not a Deployment"},
	{0, "seccomp", NULL, OPT_FLAG, offsetof(struct options, seccomp), 0,
		"with warder's own filter of system calls, as a file beside, not the engine's"},
	{0, "storage", "SIZE", OPT_TEXT, offsetof(struct options, storage), 0, "of the claim for /var (default 1Gi)"},
	OPTION_OUTPUT,
};
static const struct verb format_kube = {
	FORMAT("kube", "objects of Kubernetes for each jail, on its image", kube_options),
	.text = "Makes JAIL.yaml: a claim for /var and a Deployment.  Images come from warder emit oci-image.",
};

static const struct option_row nspawn_options[] = {OPTION_ALL, OPTION_OUTPUT};
static const struct verb format_nspawn = {
	FORMAT("nspawn", "settings for systemd-nspawn(1), as systemd.nspawn(5)", nspawn_options),
	.text = "Makes JAIL.nspawn, and JAIL.fstab with what mount(8) must mount before.",
};
static const struct verb *const formats[] = {&format_fstab, &format_jail_conf, &format_kube, &format_nspawn,
	&format_oci, &format_oci_image, &format_systemd};

const struct verb verb_emit = {
	.name = "emit",
	.operands = "fstab|jail.conf|kube|nspawn|oci|oci-image|systemd",
	.summary = "print jails in the format of another tool",
	.subs = formats,
	.nsubs = sizeof(formats) / sizeof(formats[0]),
};
