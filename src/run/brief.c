/*
 * Building the brief: a head and, behind it, what its offsets point at.  The block grows in one string; the head is
 * kept apart until the end, because growing moves the string.
 */
#include "run/brief.h"

#include <string.h>
#include <sys/resource.h>

#include "model/caps.h"

enum { ALIGN = 8 };

static const char default_path[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

uint32_t
brief_place(struct str *b, const void *data, size_t n)
{
	uint32_t off;

	while (b->len % ALIGN != 0)
		str_addc(b, '\0');
	off = (uint32_t)b->len;
	if (n > 0)
		str_addn(b, data, n);
	return off;
}

static uint32_t
place_string(struct str *b, const char *s)
{
	return brief_place(b, s, strlen(s) + 1);
}

/* n strings one after another. */
static struct brief_list
place_strings(struct str *b, const char *const *v, size_t n)
{
	struct brief_list l = {brief_place(b, NULL, 0), (uint32_t)n};

	for (size_t i = 0; i < n; i++)
		str_addn(b, v[i], strlen(v[i]) + 1);
	return l;
}

static struct brief_list
place_strv(struct str *b, const struct strv *l)
{
	return place_strings(b, l->v, l->n);
}

static const struct {
	const char *name;
	int resource;
} rlimit_rows[] = {{"core", RLIMIT_CORE}, {"nofile", RLIMIT_NOFILE}};

int
brief_rlimit_number(const char *name)
{
	for (size_t i = 0; i < sizeof(rlimit_rows) / sizeof(rlimit_rows[0]); i++)
		if (strcmp(rlimit_rows[i].name, name) == 0)
			return rlimit_rows[i].resource;
	return -1;
}

/* Appends, for each step of one kind, what `each` makes of it, as an array. */
static struct brief_list
place_steps(struct str *b, const struct plan *p, enum op_kind kind, void (*each)(struct str *, const struct op *))
{
	struct brief_list l = {brief_place(b, NULL, 0), 0};

	for (size_t i = 0; i < p->nops; i++)
		if (p->ops[i].kind == kind) {
			each(b, &p->ops[i]);
			l.n++;
		}
	return l;
}

static void
add_rlimit(struct str *b, const struct op *o)
{
	struct brief_rlimit r = {brief_rlimit_number(o->u.rlimit.name), 0, o->u.rlimit.soft, o->u.rlimit.hard};

	str_addn(b, (const char *)&r, sizeof(r));
}

static void
add_start(struct str *b, const struct op *o)
{
	str_addn(b, o->u.start, strlen(o->u.start) + 1);
}

static struct brief_list
place_rundirs(struct str *b, const struct plan *p)
{
	struct arena a = {0};
	struct brief_rundir *dirs = arena_array(&a, p->nops, sizeof(*dirs));
	struct brief_list l;
	uint32_t n = 0;

	for (size_t i = 0; i < p->nops; i++) {
		const struct op *o = &p->ops[i];

		if (o->kind == OP_RUNDIR)
			dirs[n++] = (struct brief_rundir){
				place_string(b, o->u.rundir.name), o->u.rundir.uid, o->u.rundir.gid, o->u.rundir.mode};
	}
	l = (struct brief_list){brief_place(b, dirs, n * sizeof(*dirs)), n};
	arena_done(&a);
	return l;
}

static int
finish(struct brief *h, struct str *b, struct err *e)
{
	if (b->len > BRIEF_MAX)
		return err_set(
			e, ERR_CONFIG, "brief", NULL, "arguments and environment are longer than %d bytes", BRIEF_MAX);
	h->size = (uint32_t)b->len;
	memcpy(b->s, h, sizeof(*h));
	return 0;
}

/* The head, and the rights that pid 1 and a command have in common. */
static void
begin(struct brief *h, struct str *b, const struct plan *p)
{
	memset(h, 0, sizeof(*h));
	str_addn(b, (const char *)h, sizeof(*h));
	h->magic = BRIEF_MAGIC;
	brief_fill_rights(h, b, p);
	h->rlimits = place_steps(b, p, OP_RLIMIT, add_rlimit);
}

static struct brief_list
service_env(struct str *b, const struct plan *p)
{
	struct arena a = {0};
	struct strv env = {0};
	struct brief_list l;

	strv_add(&a, &env, default_path);
	strv_add(&a, &env, p->facts->service_uid == 0 ? "HOME=/root" : "HOME=/");
	strv_add(&a, &env, "LANG=C.UTF-8");
	for (size_t i = 0; i < p->jail->environment.n; i++)
		strv_add(&a, &env, p->jail->environment.v[i]);
	l = place_strv(b, &env);
	arena_done(&a);
	return l;
}

int
brief_for_init(const struct plan *p, struct str *out, struct err *e)
{
	const struct jail *j = p->jail;
	const struct jail_facts *facts = p->facts;
	struct brief h;

	begin(&h, out, p);
	h.mode = BRIEF_INIT;
	h.caps_init = cap_default_mask();
	h.uid = facts->service_uid;
	h.gid = facts->service_gid;
	h.groups.n = (uint32_t)facts->nservice_groups;
	h.groups.off = brief_place(out, facts->service_groups, facts->nservice_groups * sizeof(*facts->service_groups));
	h.argv = place_strv(out, &j->service);
	h.env = service_env(out, p);
	h.cwd = place_string(out, "/");
	h.umask = 022;
	h.rundirs = place_rundirs(out, p);
	h.start = place_steps(out, p, OP_START, add_start);
	h.stop = place_strv(out, &j->stop);
	h.stop_signal = j->stop_signal;
	h.stop_timeout = j->stop_timeout;
	h.restart = j->restart;
	h.restart_delay = j->restart_delay;
	h.exec_timeout = j->exec_timeout;
	return finish(&h, out, e);
}

static struct brief_list
command_env(struct str *b, const struct plan *p, const struct enter_request *r, const struct user *u, const char *term)
{
	struct arena a = {0};
	struct strv env = {0};
	struct brief_list l;

	strv_add(&a, &env, default_path);
	strv_add(&a, &env, "LANG=C.UTF-8");
	strv_add(&a, &env, arena_printf(&a, "HOME=%s", u->home));
	strv_add(&a, &env, arena_printf(&a, "USER=%s", u->name));
	strv_add(&a, &env, arena_printf(&a, "LOGNAME=%s", u->name));
	strv_add(&a, &env, arena_printf(&a, "SHELL=%s", u->shell));
	if (term != NULL)
		strv_add(&a, &env, arena_printf(&a, "TERM=%s", term));
	for (size_t i = 0; i < p->jail->environment.n; i++)
		strv_add(&a, &env, p->jail->environment.v[i]);
	for (size_t i = 0; i < r->environment.n; i++)
		strv_add(&a, &env, r->environment.v[i]);
	l = place_strv(b, &env);
	arena_done(&a);
	return l;
}

static size_t
count(const char *const *v)
{
	size_t n = 0;

	while (v[n] != NULL)
		n++;
	return n;
}

static int
brief_of_command(uint32_t mode, const struct plan *p, const struct enter_request *r, const struct user *u,
	const char *term, struct str *out, struct err *e)
{
	const char *login[] = {u->shell, "-l"};
	struct brief h;

	begin(&h, out, p);
	h.mode = mode;
	h.caps_init = cap_default_mask();
	h.flags |= (r->tty ? BRIEF_CTTY : 0) | (r->cwd != NULL ? BRIEF_CWD : 0) | (r->probe ? BRIEF_PROGRAM : 0);
	h.uid = u->uid;
	h.gid = u->gid;
	h.groups.n = (uint32_t)u->ngroups;
	h.groups.off = brief_place(out, u->groups, u->ngroups * sizeof(*u->groups));
	h.argv = r->argv != NULL ? place_strings(out, r->argv, count(r->argv)) : place_strings(out, login, 2);
	h.env = command_env(out, p, r, u, term);
	h.cwd = place_string(out, r->cwd != NULL ? r->cwd : r->login ? u->home : "/");
	h.umask = 022;
	return finish(&h, out, e);
}

int
brief_for_command(const struct plan *p, const struct enter_request *r, const struct user *u, const char *term,
	struct str *out, struct err *e)
{
	return brief_of_command(BRIEF_EXEC, p, r, u, term, out, e);
}

int
brief_for_view(const struct plan *p, const struct enter_request *r, const struct user *u, const char *term,
	struct str *out, struct err *e)
{
	return brief_of_command(BRIEF_RUN, p, r, u, term, out, e);
}
