/*
 * Owns the making of an image: two layers, two documents, one line of the index.
 */
#include "cli/emit_image.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include "cli/layer.h"
#include "cli/layout.h"
#include "store/seal.h"

/* What the images of one call share. */
struct images {
	struct cli *c;
	struct layout layout;
	struct layer_options o;
	struct progress bar;
	struct utsname machine;
	struct strv descriptors;
	const struct oci_image *done; /* those that were made */
	size_t ndone;
};

static void
tell_left_out(void *ctx, const char *path, const char *why)
{
	const struct images *m = ctx;

	cli_warn(m->c->who, "not in the image: /%s: %s", path, why);
}

/* The time of all that is made, so that the same trees are the same image. */
static int
source_date(uint64_t *ret, struct err *e)
{
	const char *text = getenv("SOURCE_DATE_EPOCH");

	*ret = 0;
	if (text == NULL || str_to_u64(text, UINT32_MAX, ret) == 0)
		return 0;
	return err_set(e, ERR_USAGE, "SOURCE_DATE_EPOCH", text, "is no number of seconds");
}

static int
seals(const struct cli *c, struct oci_image *i, struct err *e)
{
	const struct jail *j = i->plan->jail;
	const struct jail_facts *f = i->plan->facts;
	struct arena a = {0};
	struct seal seal;
	int r = store_base_seal(&c->store, j->base, f->base_generation, &a, &seal, e);

	if (r == 0) {
		seal_hash(&seal, i->base_seal);
		r = store_skel_seal(&c->store, j->name, f->skel_generation, &a, &seal, e);
	}
	if (r == 0)
		seal_hash(&seal, i->skel_seal);
	arena_done(&a);
	return r;
}

static const struct oci_image *
same_base(const struct images *m, const struct oci_image *i)
{
	for (size_t n = 0; n < m->ndone; n++)
		if (strcmp(m->done[n].plan->jail->base, i->plan->jail->base) == 0 &&
			m->done[n].plan->facts->base_generation == i->plan->facts->base_generation)
			return &m->done[n];
	return NULL;
}

static int
layers(struct images *m, const struct store_trees *t, const struct flat *f, struct oci_image *i, struct err *e)
{
	const struct layer_sink sink = {layout_blob_write, &m->layout};
	const struct oci_image *other = same_base(m, i);

	if (other != NULL) {
		i->base = other->base;
	} else {
		progress_phase(&m->bar, "writing base", 0);
		if (layout_blob_begin(&m->layout, e) == -1 ||
			layer_write_base(t, i->plan->facts->base, f, &sink, &m->o, e) == -1 ||
			layout_blob_end(&m->layout, &i->base, e) == -1)
			return -1;
	}
	progress_phase(&m->bar, "writing skeleton", 0);
	if (layout_blob_begin(&m->layout, e) == -1 || layer_write_skeleton(t, i->plan, f, &sink, &m->o, e) == -1)
		return -1;
	return layout_blob_end(&m->layout, &i->skel, e);
}

static bool
is_same_dir(int a, int b)
{
	struct stat x, y;

	return fstat(a, &x) == 0 && fstat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* What vanishes while it is walked is no error to the walk; but a generation loses its name, and a jail its link,
 * before anything in them is removed. */
static int
check_there(const struct images *m, const struct store_trees *t, const struct oci_image *i, struct err *e)
{
	struct store_trees now;
	struct err why;
	bool same = false;

	if (store_trees_open(&m->c->store, &i->plan->facts->trees, &now, &why) == 0) {
		same = is_same_dir(t->base, now.base) && is_same_dir(t->skel, now.skel);
		store_trees_close(&now);
	}
	if (same && store_jail_exists(&m->c->store, i->plan->jail->name))
		return 0;
	return err_set(e, ERR_BUSY, "emit oci-image", i->plan->jail->name, "a generation was removed meanwhile");
}

static int
documents(struct images *m, struct oci_image *i, struct err *e)
{
	struct json config = {0}, manifest = {0}, line = {0};
	struct oci_blob blob;
	struct arena *a = &m->c->a;

	oci_image_config(i, a, &config);
	int r = layout_blob_text(&m->layout, &config.out, &i->config, e);
	if (r == 0) {
		oci_image_manifest(i, a, &manifest);
		r = layout_blob_text(&m->layout, &manifest.out, &blob, e);
	}
	if (r == 0) {
		oci_image_descriptor(i, &blob, &line);
		strv_add(a, &m->descriptors, arena_strdup(a, str_text(&line.out)));
	}
	json_done(&line);
	json_done(&manifest);
	json_done(&config);
	return r;
}

static int
image(struct images *m, struct oci_image *i, struct err *e)
{
	struct store_trees t;
	struct flat f;

	if (emit_check_service("emit oci-image", i->plan->jail, e) == -1 || seals(m->c, i, e) == -1 ||
		store_trees_open(&m->c->store, &i->plan->facts->trees, &t, e) == -1)
		return -1;
	int r = layer_find_parts(&t, &m->c->a, &f, e);
	if (r == 0)
		r = layers(m, &t, &f, i, e);
	if (r == 0)
		r = check_there(m, &t, i, e);
	store_trees_close(&t);
	return r == 0 ? documents(m, i, e) : -1;
}

static int
all_images(struct images *m, struct oci_image *v, const struct plan *plans, size_t n, struct err *e)
{
	m->done = v;
	for (size_t i = 0; i < n; i++) {
		m->c->who = plans[i].jail->name;
		v[i] = (struct oci_image){.plan = &plans[i],
			.architecture = oci_architecture(m->machine.machine),
			.created = (int64_t)m->o.mtime};
		if (image(m, &v[i], e) == -1)
			return -1;
		m->ndone++;
	}
	m->c->who = NULL;
	return layout_index(&m->layout, &m->descriptors, e);
}

int
emit_image(struct cli *c, const struct plan *plans, size_t n, struct err *e)
{
	struct images m = {.c = c};
	struct oci_image *v = arena_array(&c->a, n, sizeof(*v));

	m.o = (struct layer_options){.bar = &m.bar, .left_out = tell_left_out, .ctx = &m};
	if (c->o.output == NULL) {
		err_set(e, ERR_USAGE, c->op, NULL, "it makes a directory");
		return err_hint(e, "-o DIR");
	}
	if (source_date(&m.o.mtime, e) == -1 || uname(&m.machine) == -1 ||
		layout_open(c, c->o.output, &m.layout, e) == -1)
		return -1;
	cli_progress(c, &m.bar);
	int r = all_images(&m, v, plans, n, e);
	progress_done(&m.bar, r == 0);
	layout_close(&m.layout, r == 0);
	return r;
}
