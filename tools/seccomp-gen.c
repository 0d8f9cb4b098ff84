/*
 * Compiles the policy of system calls (src/seccomp/policy.h) to filters, at build time.
 *
 *	seccomp-gen x86_64|aarch64 OUTPUT.c
 *
 * A program is: the architecture, then a balanced binary tree over ranges of numbers with one verdict, whose leaves are
 * shared returns or the argument checks of a call.  All jumps go forward and fit in 8 bits; else the build fails.
 * The table of names is libseccomp's; a name that it does not know is an error, so that no rule is lost by a slip.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "seccomp/policy.h"

#define NELEMS(a) (sizeof(a) / sizeof((a)[0]))

enum { MAX_NR = 1024, MAX_CODE = 512, NCHECKS = NELEMS(policy_checks) };
/* What a range leads to, which is also its label: a verdict, or POLICY_NVERDICTS + the number of a check. */
enum { LABEL_NEXT = -1, LABEL_TREE = POLICY_NVERDICTS + NCHECKS, MAX_LABELS = LABEL_TREE + MAX_NR };

struct instruction {
	uint16_t code;
	uint32_t k;
	int jt, jf; /* labels */
};
struct range {
	uint32_t first;
	int label;
};
struct program {
	struct instruction code[MAX_CODE];
	unsigned ncode, nlabels;
	unsigned at[MAX_LABELS]; /* where each label is */
	struct range ranges[MAX_NR + 1];
	unsigned nranges;
};

static const struct {
	const char *name;
	uint32_t seccomp, audit;
} arches[] = {
	{"x86_64", SCMP_ARCH_X86_64, AUDIT_ARCH_X86_64},
	{"aarch64", SCMP_ARCH_AARCH64, AUDIT_ARCH_AARCH64},
};

static void
die(const char *what, const char *subject)
{
	fprintf(stderr, "seccomp-gen: %s: %s\n", subject, what);
	exit(1);
}

/* --- the policy, by number --- */

/* The number of a name, or -1 if this architecture has no such call. */
static int
number_of(uint32_t arch, const char *name)
{
	int nr = seccomp_syscall_resolve_name_arch(arch, name);

	if (nr >= 0 && nr < MAX_NR)
		return nr;
	for (size_t i = 0; i < NELEMS(policy_newer); i++)
		if (strcmp(policy_newer[i].name, name) == 0)
			return policy_newer[i].nr;
	if (nr == __NR_SCMP_ERROR || nr >= MAX_NR)
		die("no such system call", name);
	return -1;
}

static void
label_set(int *labels, uint32_t arch, const char *name, int label, bool again)
{
	int nr = number_of(arch, name);

	if (nr < 0)
		return;
	if (labels[nr] != POLICY_ENOSYS && !again)
		die("named twice in the policy", name);
	labels[nr] = label;
}

static void
labels_set(int *labels, uint32_t arch, const char *names, int label, bool again)
{
	char *copy = strdup(names), *rest = copy;

	if (!copy)
		die("out of memory", names);
	for (char *name; (name = strtok_r(rest, " ", &rest));)
		label_set(labels, arch, name, label, again);
	free(copy);
}

static void
policy_set(int *labels, uint32_t arch, const struct policy_variant *v)
{
	labels_set(labels, arch, policy_allowed, POLICY_ALLOW, false);
	labels_set(labels, arch, policy_refused, POLICY_EPERM, false);
	for (int i = 0; i < NCHECKS; i++)
		for (int n = 0; n < POLICY_MAX_NAMES && policy_checks[i].names[n]; n++)
			label_set(labels, arch, policy_checks[i].names[n], POLICY_NVERDICTS + i, false);
	labels_set(labels, arch, v->refused, POLICY_EPERM, true);
	labels_set(labels, arch, v->allowed, POLICY_ALLOW, true);
}

static void
ranges_make(struct program *p, uint32_t arch, const struct policy_variant *v)
{
	int labels[MAX_NR] = {0};

	if (v->only[0])
		labels_set(labels, arch, v->only, POLICY_ALLOW, false);
	else
		policy_set(labels, arch, v);
	for (uint32_t nr = 0; nr < MAX_NR; nr++)
		if (nr == 0 || labels[nr] != labels[nr - 1])
			p->ranges[p->nranges++] = (struct range){nr, labels[nr]};
}

/* --- the program --- */

static void
emit(struct program *p, uint16_t code, uint32_t k, int jt, int jf)
{
	if (p->ncode == MAX_CODE)
		die("too long", "filter");
	p->code[p->ncode++] = (struct instruction){code, k, jt, jf};
}

static void
load(struct program *p, size_t offset)
{
	emit(p, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, LABEL_NEXT, LABEL_NEXT);
}

/* Compares with the first number of the upper half; an end of one range is a jump right to where the range leads. */
static void
emit_tree(struct program *p, unsigned first, unsigned n)
{
	unsigned half = n / 2;
	int low, high;

	low = half == 1 ? p->ranges[first].label : (int)p->nlabels++;
	high = n - half == 1 ? p->ranges[first + half].label : (int)p->nlabels++;
	emit(p, BPF_JMP | BPF_JGE | BPF_K, p->ranges[first + half].first, high, low);
	if (half > 1) {
		p->at[low] = p->ncode;
		emit_tree(p, first, half);
	}
	if (n - half > 1) {
		p->at[high] = p->ncode;
		emit_tree(p, first + half, n - half);
	}
}

static void
emit_test(struct program *p, const struct policy_test *t, int yes, int no)
{
	const bool negated = t->op == IF_NONE || t->op == IF_ISNT;
	const bool bits = t->op == IF_ANY || t->op == IF_NONE;

	if (!bits && t->mask != 0xffffffff)
		emit(p, BPF_ALU | BPF_AND | BPF_K, t->mask, LABEL_NEXT, LABEL_NEXT);
	emit(p, (uint16_t)(BPF_JMP | BPF_K | (bits ? BPF_JSET : BPF_JEQ)), bits ? t->mask : t->value,
		negated ? no : yes, negated ? yes : no);
}

static void
emit_check(struct program *p, const struct policy_check *c)
{
	int loaded = -1; /* the argument in the accumulator */
	int first = (int)p->nlabels, target = -1;

	p->nlabels += POLICY_MAX_TESTS;
	for (int i = 0; i < POLICY_MAX_TESTS && c->tests[i].mask; i++) {
		const struct policy_test *t = &c->tests[i];
		bool last = i + 1 == POLICY_MAX_TESTS || !c->tests[i + 1].mask;

		p->at[first + i] = p->ncode;
		if (loaded != t->arg || i == target)
			load(p, offsetof(struct seccomp_data, args) + 8 * (size_t)t->arg);
		if (t->verdict >= POLICY_SKIP)
			target = i + 1 + t->verdict - POLICY_SKIP;
		emit_test(p, t, t->verdict >= POLICY_SKIP ? first + target : t->verdict,
			last ? c->otherwise : LABEL_NEXT);
		loaded = (t->op == IF_IS || t->op == IF_ISNT) && t->mask != 0xffffffff ? -1 : t->arg;
	}
}

static bool
has_label(const struct program *p, int label)
{
	for (unsigned i = 0; i < p->nranges; i++)
		if (p->ranges[i].label == label)
			return true;
	return false;
}

static void
emit_program(struct program *p, uint32_t audit_arch)
{
	static const uint32_t returns[POLICY_NVERDICTS] = {
		[POLICY_ENOSYS] = SECCOMP_RET_ERRNO | ENOSYS,
		[POLICY_EPERM] = SECCOMP_RET_ERRNO | EPERM,
		[POLICY_NOPROTO] = SECCOMP_RET_ERRNO | EPROTONOSUPPORT,
		[POLICY_ALLOW] = SECCOMP_RET_ALLOW,
	};

	p->nlabels = LABEL_TREE;
	load(p, offsetof(struct seccomp_data, arch));
	emit(p, BPF_JMP | BPF_JEQ | BPF_K, audit_arch, LABEL_NEXT, POLICY_ENOSYS);
	load(p, offsetof(struct seccomp_data, nr));
	/* x32's numbers, from 0x40000000, lie in the last range: ENOSYS */
	emit_tree(p, 0, p->nranges);
	for (int i = 0; i < NCHECKS; i++) {
		p->at[POLICY_NVERDICTS + i] = p->ncode;
		if (has_label(p, POLICY_NVERDICTS + i))
			emit_check(p, &policy_checks[i]);
	}
	for (int v = 0; v < POLICY_NVERDICTS; v++) {
		p->at[v] = p->ncode;
		emit(p, BPF_RET | BPF_K, returns[v], LABEL_NEXT, LABEL_NEXT);
	}
}

/* --- the output --- */

static unsigned
distance(const struct program *p, unsigned from, int label)
{
	unsigned to = label == LABEL_NEXT ? from + 1 : p->at[label];

	if (to <= from || to - from - 1 > 255)
		die("a jump is too long", "filter");
	return to - from - 1;
}

static void
print_program(FILE *out, const struct program *p, unsigned variant)
{
	fprintf(out, "static const struct sock_filter code_%u[] = {\n", variant);
	for (unsigned i = 0; i < p->ncode; i++)
		fprintf(out, "\t{0x%02x, %u, %u, 0x%08x},\n", p->code[i].code, distance(p, i, p->code[i].jt),
			distance(p, i, p->code[i].jf), p->code[i].k);
	fprintf(out, "};\n\n");
}

static void
generate(FILE *out, size_t arch)
{
	unsigned lengths[NELEMS(policy_variants)];

	fprintf(out, "/* Made by tools/seccomp-gen from src/seccomp/policy.h for %s. */\n", arches[arch].name);
	fprintf(out, "#include \"seccomp/filter.h\"\n\n");
	for (unsigned i = 0; i < NELEMS(policy_variants); i++) {
		struct program *p = calloc(1, sizeof(*p));

		if (!p)
			die("out of memory", "filter");
		ranges_make(p, arches[arch].seccomp, &policy_variants[i]);
		emit_program(p, arches[arch].audit);
		print_program(out, p, i);
		lengths[i] = p->ncode;
		printf("%s %s: %u instructions, %u ranges\n", arches[arch].name, policy_variants[i].name, p->ncode,
			p->nranges);
		free(p);
	}
	fprintf(out, "const struct filter_variant filter_variants[] = {\n");
	for (unsigned i = 0; i < NELEMS(policy_variants); i++)
		fprintf(out, "\t{\"%s\", code_%u, %u},\n", policy_variants[i].name, i, lengths[i]);
	fprintf(out, "};\nconst size_t nfilter_variants = %zu;\n", NELEMS(policy_variants));
}

int
main(int argc, char **argv)
{
	size_t arch = 0;
	FILE *out;

	if (argc != 3)
		die("usage: seccomp-gen ARCH OUTPUT", "arguments");
	while (arch < NELEMS(arches) && strcmp(arches[arch].name, argv[1]) != 0)
		arch++;
	if (arch == NELEMS(arches))
		die("unknown architecture", argv[1]);
	out = fopen(argv[2], "we");
	if (!out)
		die(strerror(errno), argv[2]);
	generate(out, arch);
	if (fclose(out) != 0)
		die(strerror(errno), argv[2]);
	return 0;
}
