/*
 * The surface for people: the tree of mounts by plane, a line for each kind of fact, one for each level of the promise,
 * and at the end what is too much.
 */
#include <inttypes.h>
#include <string.h>

#include "cli/surface.h"
#include "cli/text.h"
#include "model/caps.h"

enum { LISTED = 10, NAME_WIDTH = 22 };

static const char plain[] = "\033[0m", red[] = "\033[1;31m", green[] = "\033[32m", yellow[] = "\033[33m";

static const struct {
	const char *plane, *color;
} plane_colors[] = {
	{"base", "\033[34m"},
	{"programs", "\033[34m"},
	{"skeleton", "\033[36m"},
	{"pins", "\033[32m"},
	{"state", "\033[33m"},
	{"devices", "\033[35m"},
	{"kernel", "\033[35m"},
};

static const char *
color_of(const struct cli *c, const char *plane)
{
	if (!c->color)
		return "";
	for (size_t i = 0; plane != NULL && i < sizeof(plane_colors) / sizeof(plane_colors[0]); i++)
		if (strcmp(plane_colors[i].plane, plane) == 0)
			return plane_colors[i].color;
	return red;
}

static const char *
paint(const struct cli *c, const char *color)
{
	return c->color ? color : "";
}

/* ---- mounts ---- */

/* The mounts that this one lies in, by path. */
static unsigned
depth_of(const struct surface *s, const char *target)
{
	unsigned depth = 0;
	for (size_t i = 0; i < s->nmounts; i++)
		depth += strcmp(s->mounts[i].target, target) != 0 && path_contains(s->mounts[i].target, target);
	return depth;
}

static void
print_mount(const struct cli *c, const struct surface_view *v, const struct surface_mount *m)
{
	const char *plane = surface_plane(v, m->target);
	str_auto name = {0}, flags = {0};
	str_addf(&name, "%*s", (int)depth_of(&v->s, m->target) * 2, "");
	str_add_escaped(&name, m->target, strlen(m->target));
	mount_flags_print(m->flags, &flags);
	printf("  %s%-30s %-9s%s %s%s\n", color_of(c, plane), str_text(&name), plane != NULL ? plane : "UNKNOWN",
		paint(c, plain), m->flags & MNT_RO ? "" : "rw,", str_text(&flags));
}

/* ---- facts ---- */

static size_t
count_kind(const struct facts *f, enum fact_kind kind)
{
	size_t n = 0;
	for (size_t i = 0; i < f->n; i++)
		n += f->v[i].kind == kind;
	return n;
}

/* A device without its numbers, unless all is asked for. */
static size_t
shown_length(const struct cli *c, const struct fact *f)
{
	const char *last = strrchr(f->text, ' ');
	return f->kind == FACT_DEVICE && !c->o.verbose && last != NULL ? (size_t)(last - f->text) - 2 : strlen(f->text);
}

static void
print_kind(const struct cli *c, const struct surface_view *v, enum fact_kind kind, const char *name)
{
	const struct facts *f = &v->s.facts;
	size_t n = count_kind(f, kind), shown = 0, most = c->o.verbose ? n : LISTED;
	str_auto line = {0};
	for (size_t i = 0; i < f->n && shown < most; i++)
		if (f->v[i].kind == kind) {
			str_add(&line, shown++ > 0 ? ", " : "");
			str_add_escaped(&line, f->v[i].text, shown_length(c, &f->v[i]));
		}
	if (shown < n)
		str_addf(&line, " and %zu more", n - shown);
	printf("  %-*s %s\n", NAME_WIDTH, name, n > 0 ? str_text(&line) : "none");
}

static uint64_t
tried(const struct surface *s, const char *what)
{
	for (size_t i = 0; i < s->ntried; i++)
		if (strcmp(s->tried[i].what, what) == 0)
			return s->tried[i].n;
	return 0;
}

/* Where none of them was tried, why. */
static void
print_calls(const struct surface_view *v)
{
	uint64_t n = tried(&v->s, "system calls");
	const char *why = n == 0 && v->s.nuntried > 0 ? v->s.untried[0].text : NULL;
	if (why != NULL)
		printf("  %-*s %s\n", NAME_WIDTH, "system calls", why);
	else
		printf("  %-*s %zu of %" PRIu64 " get through\n", NAME_WIDTH, "system calls",
			count_kind(&v->s.facts, FACT_SYSCALL), n);
}

static void
print_counts(const struct surface_view *v)
{
	str_auto dirs = {0}, files = {0}, answers = {0};
	text_count(tried(&v->s, "directories"), &dirs);
	text_count(tried(&v->s, "files"), &files);
	text_count(tried(&v->s, "answers EROFS"), &answers);
	print_calls(v);
	printf("  %-*s %s directories, %s files; %s answered EROFS\n", NAME_WIDTH, "tried", str_text(&dirs),
		str_text(&files), str_text(&answers));
}

static void
print_facts(const struct cli *c, const struct surface_view *v)
{
	static const struct {
		enum fact_kind kind;
		const char *name;
	} lines[] = {
		{FACT_WRITE, "can be written"},
		{FACT_ALIAS, "also as"},
		{FACT_EXECUTE, "written, then executed"},
		{FACT_PROC, "in /proc and /sys"},
		{FACT_SETID, "set-id"},
		{FACT_DEVICE, "devices"},
		{FACT_MOUNTING, "changing mounts"},
		{FACT_NAMESPACE, "new namespaces"},
		{FACT_CAPABILITY, "capabilities"},
		{FACT_SOCKET, "sockets"},
	};
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		print_kind(c, v, lines[i].kind, lines[i].name);
	if (c->o.verbose)
		print_kind(c, v, FACT_SYSCALL, "system calls");
	print_counts(v);
}

static void
print_forced(const struct surface_view *v)
{
	const struct srcloc *at = &v->jail->at[KEY_CAPABILITIES_FORCE];
	str_auto line = {0};
	if (v->jail->caps_forced == 0)
		return;
	cap_mask_print(v->jail->caps_forced, &line);
	if (at->file != NULL)
		str_addf(&line, "  [%s:%u]", at->file, at->line);
	printf("  %-*s %s\n", NAME_WIDTH, "forced capabilities", str_text(&line));
}

/* ---- levels, and what is too much ---- */

static void
print_level(const struct cli *c, const struct surface_level *l)
{
	const char *const words[] = {[LEVEL_KEPT] = "kept", [LEVEL_GIVEN] = l->given, [LEVEL_BROKEN] = "BROKEN"};
	static const char *const colors[] = {[LEVEL_KEPT] = green, [LEVEL_GIVEN] = yellow, [LEVEL_BROKEN] = red};
	str_auto why = {0};
	bool is_told = l->state == LEVEL_BROKEN || c->o.verbose || l->say;
	for (size_t i = 0; is_told && i < l->why.n && i < LISTED; i++) {
		str_add(&why, i > 0 ? ", " : ": ");
		str_add_escaped(&why, l->why.v[i], strlen(l->why.v[i]));
	}
	printf("  %s %-36s %s%s%s%s\n", l->name, l->what, paint(c, colors[l->state]), words[l->state], paint(c, plain),
		str_text(&why));
}

static void
print_excess(const struct cli *c, const struct fact *f, const char *than)
{
	str_auto line = {0};
	str_add_escaped(&line, f->text, strlen(f->text));
	printf("%s! %s: %s%s (%s)\n", paint(c, red), fact_rows[f->kind].title, str_text(&line), paint(c, plain), than);
}

static const char *
than_words(const struct excess *x)
{
	if (x->than[THAN_DECLARED] && x->than[THAN_RECORDED])
		return "neither declared nor recorded";
	return x->than[THAN_DECLARED] ? "not declared" : "not recorded";
}

static void
print_comparison(const struct cli *c, const struct surface_view *v)
{
	for (size_t i = 0; i < v->c.nwider; i++)
		print_excess(c, v->c.wider[i].fact, than_words(&v->c.wider[i]));
	for (size_t i = 0; i < v->c.nmissing; i++)
		print_excess(c, v->c.missing[i], "declared, and not there");
	if (v->record.fault != NULL)
		printf("%s! what is expected: %s%s\n", paint(c, red), v->record.fault, paint(c, plain));
	for (size_t i = 0; i < v->c.nnarrower && !c->o.quiet; i++)
		print_excess(c, v->c.narrower[i], "recorded, and not there: narrower");
}

static void
print_verdict(const struct cli *c, const struct surface_view *v)
{
	size_t n = v->c.nwider + v->c.nmissing;
	const char *with = v->record.text != NULL ? "declared and recorded" : "declared";
	if (surface_is_wider(v))
		printf("%s: %sWIDER%s than %s: %zu\n", v->jail->name, paint(c, red), paint(c, plain), with, n);
	else if (!c->o.quiet)
		printf("%s: %sno wider than %s%s, %" PRIu64 " ms\n", v->jail->name, paint(c, green), with,
			paint(c, plain), v->ms);
}

void
surface_print(struct cli *c, const struct surface_view *v)
{
	struct surface_level levels[SURFACE_NLEVELS];
	surface_levels(c, v, levels);
	if (!c->o.quiet) {
		printf("%s: base generation %u, skeleton generation %u\n", v->jail->name, v->base_generation,
			v->skel_generation);
		for (size_t i = 0; i < v->s.nmounts; i++)
			print_mount(c, v, &v->s.mounts[i]);
		print_facts(c, v);
		print_forced(v);
		for (size_t i = 0; i < SURFACE_NLEVELS; i++)
			print_level(c, &levels[i]);
	}
	print_comparison(c, v);
	print_verdict(c, v);
}
