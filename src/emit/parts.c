/*
 * What emitters share: where a mount's source lies on the host, and how something is said that a format cannot.
 */
#include <string.h>

#include "emit/emit.h"
#include "model/caps.h"

void
emit_file_add(struct arena *a, struct emit_files *f, const char *name, const struct str *text)
{
	f->v = arena_grow(a, f->v, f->n, sizeof(*f->v));
	f->v[f->n++] = (struct emit_file){name, arena_strdup(a, str_text(text))};
}

static const char *
beneath(const char *tree, const char *source, struct arena *a)
{
	return strcmp(source, ".") == 0 ? tree : arena_printf(a, "%s/%s", tree, source);
}

const char *
emit_source(const struct emit_input *in, const struct plan *p, const struct op *o, struct arena *a)
{
	const struct tree_paths *t = &p->facts->trees;
	const char *source = o->u.mount.source;

	switch (o->u.mount.tree) {
	case TREE_BASE:
		return beneath(arena_printf(a, "%s/%s/root", in->root, t->generation), source, a);
	case TREE_GENERATION:
		return beneath(arena_printf(a, "%s/%s", in->root, t->generation), source, a);
	case TREE_SKEL:
		return beneath(arena_printf(a, "%s/%s", in->root, t->skel), source, a);
	case TREE_STATE:
		return beneath(arena_printf(a, "%s/%s", in->root, t->state), source, a);
	case TREE_DEV:
		return beneath(arena_printf(a, "%s/.warder/dev", in->root), source, a);
	case TREE_VIEW:
		return arena_printf(a, "%s/j/%s%s", in->root, p->jail->name, source);
	case TREE_NONE:
		break;
	}
	return NULL;
}

enum { NOTE_COLUMNS = 100 };

void
emit_note(struct str *out, const char *subject, const struct srcloc *why, const char *text)
{
	str_auto words = {0};
	size_t column = 1;

	str_add(&words, subject);
	if (why != NULL && why->file != NULL)
		str_addf(&words, " (%s:%u)", why->file, why->line);
	str_addf(&words, ": %s", text);
	str_addc(out, '#');
	for (const char *w = str_text(&words); *w != '\0';) {
		size_t len = strcspn(w, " ");

		if (column + 1 + len > NOTE_COLUMNS && column > 1) {
			str_add(out, "\n#  ");
			column = 4;
		}
		str_addc(out, ' ');
		str_add_escaped(out, w, len);
		column += 1 + len;
		w += len + strspn(w + len, " ");
	}
	str_addc(out, '\n');
}

const struct op *
emit_find(const struct plan *p, enum op_kind kind)
{
	for (size_t i = 0; i < p->nops; i++)
		if (p->ops[i].kind == kind)
			return &p->ops[i];
	return NULL;
}

void
emit_setting(struct str *out, const char *name, const struct strv *words)
{
	str_addf(out, "%s=", name);
	for (size_t i = 0; i < words->n; i++)
		str_addf(out, "%s%s", i > 0 ? " " : "", words->v[i]);
	str_addc(out, '\n');
}

struct strv
emit_caps(uint64_t caps, struct arena *a)
{
	struct strv names = {0};

	for (size_t i = 0; i < ncaps_table; i++) {
		char *name;

		if (!(caps >> caps_table[i].number & 1))
			continue;
		name = arena_printf(a, "CAP_%s", caps_table[i].name);
		for (char *s = name; *s != '\0'; s++)
			if (*s >= 'a' && *s <= 'z')
				*s = (char)(*s - 'a' + 'A');
		strv_add(a, &names, name);
	}
	return names;
}

static bool
is_plain(const char *word)
{
	return *word != '\0' &&
	       word[strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=:,./@%")] == '\0';
}

void
emit_shell(struct str *out, const struct strv *words)
{
	for (size_t i = 0; i < words->n; i++) {
		if (is_plain(words->v[i])) {
			str_addf(out, " %s", words->v[i]);
			continue;
		}
		str_add(out, " '");
		for (const char *s = words->v[i]; *s != '\0'; s++)
			if (*s == '\'')
				str_add(out, "'\\''");
			else
				str_addc(out, *s);
		str_addc(out, '\'');
	}
}

struct strv
emit_service(const struct plan *p, struct arena *a)
{
	const struct jail *j = p->jail;
	struct strv argv = {0};
	str_auto script = {0};

	if (j->start.n > 0) {
		for (size_t i = 0; i < j->start.n; i++)
			str_add(&script, "/bin/sh -c \"$1\" || exit; shift; ");
		str_add(&script, "exec \"$@\"");
		strv_add(a, &argv, "/bin/sh");
		strv_add(a, &argv, "-c");
		strv_add(a, &argv, arena_strdup(a, str_text(&script)));
		strv_add(a, &argv, "sh");
		for (size_t i = 0; i < j->start.n; i++)
			strv_add(a, &argv, j->start.v[i]);
	}
	for (size_t i = 0; i < j->service.n; i++)
		strv_add(a, &argv, j->service.v[i]);
	return argv;
}

struct strv
emit_environment(const struct plan *p, struct arena *a)
{
	struct strv env = {0};

	strv_add(a, &env, "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
	strv_add(a, &env, p->facts->service_uid == 0 ? "HOME=/root" : "HOME=/");
	strv_add(a, &env, "LANG=C.UTF-8");
	for (size_t i = 0; i < p->jail->environment.n; i++)
		strv_add(a, &env, p->jail->environment.v[i]);
	return env;
}

/* By Linux's numbers: what runs there. */
const char *
emit_signal(uint32_t number, struct arena *a)
{
	static const char *const names[] = {[1] = "HUP",
		"INT",
		"QUIT",
		"ILL",
		"TRAP",
		"ABRT",
		"BUS",
		"FPE",
		"KILL",
		"USR1",
		"SEGV",
		"USR2",
		"PIPE",
		"ALRM",
		"TERM",
		"STKFLT",
		"CHLD",
		"CONT",
		"STOP",
		"TSTP",
		"TTIN",
		"TTOU",
		"URG",
		"XCPU",
		"XFSZ",
		"VTALRM",
		"PROF",
		"WINCH",
		"IO",
		"PWR",
		"SYS"};

	if (number > 0 && number < sizeof(names) / sizeof(names[0]))
		return arena_printf(a, "SIG%s", names[number]);
	return number == 34 ? "SIGRTMIN" : arena_printf(a, "SIGRTMIN+%u", number - 34);
}

int
emit_check_service(const char *op, const struct jail *j, struct err *e)
{
	if (j->service.n == 0) {
		err_set(e, ERR_CONFIG, op, j->name, "has no exec.service that could be run");
		return err_at(e, &j->loc);
	}
	if (j->service_user != NULL && j->start.n > 0) {
		err_set(e, ERR_CONFIG, op, j->name, "exec.start runs as root, its exec.service does not: only one can");
		return err_at(e, &j->at[KEY_START]);
	}
	return 0;
}
