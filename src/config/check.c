/*
 * Names, references and paths: what must hold between jails, bases and the root.
 *
 * Everything is sorted once and compared with its neighbour, or looked up by bisection: 65,000 jails are ordinary.
 */
#include "config/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "config/faults.h"
#include "config/lex.h"

/* The keyword of base blocks; a jail's block of that name would be read as one. */
static const char *const reserved_names[] = {"base"};

static int
check_name(const char *what, const char *name, const struct srcloc *loc, struct err *e)
{
	struct value_note note = {0};
	const char *fault = fault_name(name, &note);

	if (fault) {
		fail_at(e, loc, what, name, "the name %s", fault);
		return err_hint(e, "%s", note.hint);
	}
	for (size_t i = 0; i < sizeof(reserved_names) / sizeof(*reserved_names); i++)
		if (!strcmp(name, reserved_names[i]))
			return fail_at(e, loc, what, name, "the name is reserved");
	return 0;
}

static int
check_unique(const char *what, const struct name_index *x, struct err *e)
{
	for (size_t i = 1; i < x->n; i++)
		if (!strcmp(x->v[i - 1].name, x->v[i].name))
			return fail_at(e, x->v[i].loc, what, x->v[i].name, "declared twice: first on line %u of %s",
				x->v[i - 1].loc->line, x->v[i - 1].loc->file);
	return 0;
}

/* Both would be ROOT/j/NAME. */
static int
check_apart(const struct name_index *jails, const struct name_index *bases, struct err *e)
{
	for (size_t i = 0; i < bases->n; i++) {
		const struct name_entry *jail = index_find(jails, bases->v[i].name);

		if (jail)
			return fail_at(e, bases->v[i].loc, "base", bases->v[i].name,
				"a jail has this name: on line %u of %s", jail->loc->line, jail->loc->file);
	}
	return 0;
}

static int
check_references(const struct config *c, const struct jail *j, enum key key, const char *what, const struct strv *names,
	const struct name_index *jails, struct err *e)
{
	for (size_t i = 0; i < names->n; i++) {
		if (!strcmp(names->v[i], j->name))
			return fail_at(e, jail_at(j, key), what, names->v[i], "names the jail itself");
		if (!index_find(jails, names->v[i]))
			return fail_at(e, jail_at(j, key), what, names->v[i], "no jail has this name");
	}
	return 0;
}

static unsigned char
path_rank(char c)
{
	return c == '/' ? 1 : (unsigned char)c;
}

/* Order in which all paths in a directory follow it at once: '/' before every other character. */
static int
compare_paths(const void *a, const void *b)
{
	const char *x = *(const char *const *)a, *y = *(const char *const *)b;

	while (*x && *x == *y) {
		x++;
		y++;
	}
	return path_rank(*x) - path_rank(*y);
}

static int
check_pins(
	const struct strv *first, const struct strv *second, const struct srcloc *loc, struct arena *a, struct err *e)
{
	const size_t n = first->n + (second ? second->n : 0);
	const char **v;

	if (first->n == 0)
		return 0;
	v = arena_array(a, n, sizeof(*v));
	memcpy(v, first->v, first->n * sizeof(*v));
	if (second && second->n)
		memcpy(v + first->n, second->v, second->n * sizeof(*v));
	qsort(v, n, sizeof(*v), compare_paths);
	for (size_t i = 1; i < n; i++)
		if (path_overlaps(v[i - 1], v[i]))
			return fail_at(e, loc, "pins", v[i], "overlaps %s", v[i - 1]);
	return 0;
}

static int
check_allowed(const struct jail *j, enum key key, const char *name, const char *program, struct err *e)
{
	if (strv_has(&j->exec_allow, program))
		return 0;
	fail_at(e, jail_at(j, key), name, program, "it cannot be executed: exec.allow does not name it");
	return err_hint(e, "exec.allow += \"%s\";", program);
}

/* What the jail itself executes.  By name: whether two names lead to one file is known only with a base. */
static int
check_exec_allow(const struct jail *j, struct err *e)
{
	static const char shell[] = "/bin/sh"; /* of exec.start and exec.stop */

	if (j->exec_allow.n == 0)
		return 0;
	if (j->service.n > 0 && check_allowed(j, KEY_SERVICE, "exec.service", j->service.v[0], e) < 0)
		return -1;
	if (j->health.n > 0 && check_allowed(j, KEY_HEALTH, "exec.health", j->health.v[0], e) < 0)
		return -1;
	if (j->start.n > 0 && check_allowed(j, KEY_START, "exec.start", shell, e) < 0)
		return -1;
	return j->stop.n > 0 ? check_allowed(j, KEY_STOP, "exec.stop", shell, e) : 0;
}

static int
check_jail(const struct config *c, const struct jail *j, const struct name_index *jails, const struct name_index *bases,
	struct arena *a, struct err *e)
{
	const struct name_entry *base = j->base ? index_find(bases, j->base) : NULL;

	if (check_name("jail", j->name, &j->loc, e) < 0)
		return -1;
	if (!j->base) {
		fail_at(e, &j->loc, "jail", j->name, "has no base");
		return err_hint(e, "add base = NAME; here, or before the first jail for all of them");
	}
	if (check_references(c, j, KEY_PEERS, "peers", &j->peers, jails, e) < 0 ||
		check_references(c, j, KEY_DEPEND, "depend", &j->depend, jails, e) < 0 || check_exec_allow(j, e) < 0)
		return -1;
	return check_pins(&j->pins, base ? &c->bases[base->i].pins : NULL, jail_at(j, KEY_PINS), a, e);
}

static int
check_base(const struct base_decl *b, struct arena *a, struct err *e)
{
	if (check_name("base", b->name, &b->loc, e) < 0)
		return -1;
	if (!b->from) {
		fail_at(e, &b->loc, "base", b->name, "does not say where it comes from");
		return err_hint(e, "add from = \"debian:bookworm\"; or another source");
	}
	return check_pins(&b->pins, NULL, b->at[KEY_BASE_PINS].file ? &b->at[KEY_BASE_PINS] : &b->loc, a, e);
}

int
config_check_names(const struct config *c, struct arena *a, struct err *e)
{
	const struct name_index jails = index_jails(c, a), bases = index_bases(c, a);

	for (size_t i = 0; i < c->nbases; i++)
		if (check_base(&c->bases[i], a, e) < 0)
			return -1;
	for (size_t i = 0; i < c->njails; i++)
		if (check_jail(c, &c->jails[i], &jails, &bases, a, e) < 0)
			return -1;
	if (check_unique("jail", &jails, e) < 0 || check_unique("base", &bases, e) < 0 ||
		check_apart(&jails, &bases, e) < 0)
		return -1;
	return config_check_depend(c, &jails, a, e);
}

int
config_check(struct config *c, struct arena *a, struct err *e)
{
	if (c->seal_key && path_overlaps(c->root, c->seal_key))
		return fail_at(e, &c->at[KEY_SEAL_KEY], "seal.key", c->seal_key, "lies under root %s", c->root);
	if (config_check_names(c, a, e) < 0 || config_check_logs(c, a, e) < 0)
		return -1;
	return config_check_net(c, a, e);
}
