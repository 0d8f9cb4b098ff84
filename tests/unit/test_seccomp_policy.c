/*
 * The generated filters against the policy, in a small interpreter: every number, every argument check, other
 * architectures; and the rules of SECURITY.md R18 spelled out call by call.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include <cmocka.h>

#include "seccomp/filter.h"
#include "seccomp/policy.h"

#define NELEMS(a) (sizeof(a) / sizeof((a)[0]))

#if defined(__x86_64__)
#define ARCH_HERE AUDIT_ARCH_X86_64
#define ARCH_OTHER AUDIT_ARCH_I386
#else
#define ARCH_HERE AUDIT_ARCH_AARCH64
#define ARCH_OTHER AUDIT_ARCH_ARM
#endif

extern const struct syscall_name {
	const char *name;
	int nr;
} syscall_names[];

enum { LAST_NR = 1023, GARBAGE_ROUNDS = 2000 };
static const uint32_t denies[POLICY_NVERDICTS] = {
	[POLICY_ENOSYS] = SECCOMP_RET_ERRNO | ENOSYS,
	[POLICY_EPERM] = SECCOMP_RET_ERRNO | EPERM,
	[POLICY_NOPROTO] = SECCOMP_RET_ERRNO | EPROTONOSUPPORT,
	[POLICY_ALLOW] = SECCOMP_RET_ALLOW,
};

static uint32_t
word_at(const struct seccomp_data *d, uint32_t off)
{
	uint32_t w;

	assert_true(off % 4 == 0 && off <= sizeof(*d) - 4);
	memcpy(&w, (const char *)d + off, 4);
	return w;
}

/* Runs a program as the kernel would; an instruction that the generator never uses fails the test. */
static uint32_t
filter_run(const struct filter_variant *f, const struct seccomp_data *d)
{
	uint32_t a = 0;

	for (unsigned pc = 0; pc < f->len; pc++) {
		const struct sock_filter *i = &f->code[pc];

		switch (i->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			a = word_at(d, i->k);
			break;
		case BPF_ALU | BPF_AND | BPF_K:
			a &= i->k;
			break;
		case BPF_JMP | BPF_JEQ | BPF_K:
			pc += a == i->k ? i->jt : i->jf;
			break;
		case BPF_JMP | BPF_JGE | BPF_K:
			pc += a >= i->k ? i->jt : i->jf;
			break;
		case BPF_JMP | BPF_JSET | BPF_K:
			pc += a & i->k ? i->jt : i->jf;
			break;
		case BPF_RET | BPF_K:
			return i->k;
		default:
			fail_msg("instruction %u: code %#x", pc, i->code);
		}
	}
	fail_msg("no return");
	return 0;
}

static bool
is_in(const char *names, const char *name)
{
	size_t n = strlen(name);

	for (const char *p = names; (p = strstr(p, name)); p += n)
		if ((p == names || p[-1] == ' ') && p[n] == ' ')
			return true;
	return false;
}

static bool
test_holds(const struct policy_test *t, uint64_t arg)
{
	uint32_t masked = (uint32_t)arg & t->mask;
	const bool holds[] = {
		[IF_ANY] = masked != 0,
		[IF_NONE] = masked == 0,
		[IF_IS] = masked == t->value,
		[IF_ISNT] = masked != t->value,
	};

	return holds[t->op];
}

static uint8_t
check_verdict(const struct policy_check *c, const struct seccomp_data *d)
{
	for (int i = 0; i < POLICY_MAX_TESTS && c->tests[i].mask; i++) {
		const struct policy_test *t = &c->tests[i];

		if (!test_holds(t, d->args[t->arg]))
			continue;
		if (t->verdict < POLICY_SKIP)
			return t->verdict;
		i += t->verdict - POLICY_SKIP;
	}
	return c->otherwise;
}

static const struct policy_check *
check_of(const char *name)
{
	for (size_t i = 0; i < NELEMS(policy_checks); i++)
		for (int n = 0; n < POLICY_MAX_NAMES && policy_checks[i].names[n]; n++)
			if (strcmp(policy_checks[i].names[n], name) == 0)
				return &policy_checks[i];
	return NULL;
}

static const char *
name_of(int nr)
{
	for (const struct syscall_name *s = syscall_names; s->name; s++)
		if (s->nr == nr)
			return s->name;
	for (size_t i = 0; i < NELEMS(policy_newer); i++)
		if (policy_newer[i].nr == nr)
			return policy_newer[i].name;
	return NULL;
}

static uint8_t
policy_verdict(const struct policy_variant *v, const char *name, const struct seccomp_data *d)
{
	const struct policy_check *c = name ? check_of(name) : NULL;

	if (!name)
		return POLICY_ENOSYS;
	if (v->only[0])
		return is_in(v->only, name) ? POLICY_ALLOW : POLICY_ENOSYS;
	if (is_in(v->refused, name) || is_in(policy_refused, name))
		return POLICY_EPERM;
	if (is_in(v->allowed, name))
		return POLICY_ALLOW;
	if (c)
		return check_verdict(c, d);
	return is_in(policy_allowed, name) ? POLICY_ALLOW : POLICY_ENOSYS;
}

static uint64_t
random64(void)
{
	static uint64_t x = 0x9e3779b97f4a7c15;

	x ^= x << 13;
	x ^= x >> 7;
	return x ^= x << 17;
}

/* Values near those that checks look for are more telling than any. */
static uint64_t
random_arg(void)
{
	const struct policy_check *c = &policy_checks[random64() % NELEMS(policy_checks)];
	const struct policy_test *t = &c->tests[random64() % POLICY_MAX_TESTS];
	const uint64_t choices[] = {0, random64(), random64() & 0xffff, t->value, t->mask & random64(),
		t->value | 1ULL << 40, random64() % 20};

	return choices[random64() % NELEMS(choices)];
}

static void
every_number_gets_what_the_policy_says(void **state)
{
	(void)state;
	assert_int_equal(nfilter_variants, NELEMS(policy_variants));
	for (size_t v = 0; v < nfilter_variants; v++)
		for (int nr = 0; nr <= LAST_NR; nr++) {
			const char *name = name_of(nr);
			int rounds = name && check_of(name) ? GARBAGE_ROUNDS : 4;

			for (int i = 0; i < rounds; i++) {
				struct seccomp_data d = {.nr = nr, .arch = ARCH_HERE};

				for (int a = 0; a < 6; a++)
					d.args[a] = random_arg();
				uint32_t want = denies[policy_verdict(&policy_variants[v], name, &d)];

				if (filter_run(&filter_variants[v], &d) != want)
					fail_msg("%s: %d %s: not %#x", filter_variants[v].name, nr, name ? name : "?",
						want);
			}
		}
}

static void
other_architectures_and_numbers_do_not_exist(void **state)
{
	static const uint32_t numbers[] = {
		0x40000000, 0x40000000 | 1, 0x40000000 | 59, 0x7fffffff, 0x80000000, 0xffffffff};
	struct seccomp_data d = {.arch = ARCH_HERE};

	(void)state;
	for (size_t i = 0; i < NELEMS(numbers); i++) {
		d.nr = (int)numbers[i];
		assert_int_equal(filter_run(&filter_variants[0], &d), denies[POLICY_ENOSYS]);
	}
	d.arch = ARCH_OTHER;
	for (d.nr = 0; d.nr <= LAST_NR; d.nr++)
		assert_int_equal(filter_run(&filter_variants[0], &d), denies[POLICY_ENOSYS]);
}

static const struct {
	int nr;
	uint64_t args[6];
	uint8_t want;
} rules[] = {
	{SYS_clone, {0x01200011}, POLICY_ALLOW},
	{SYS_clone, {0x10000011}, POLICY_EPERM},               /* CLONE_NEWUSER */
	{SYS_clone, {0x00020011}, POLICY_EPERM},               /* CLONE_NEWNS */
	{SYS_clone, {0x02000011}, POLICY_EPERM},               /* CLONE_NEWCGROUP */
	{SYS_clone, {UINT64_C(1) << 33 | 0x11}, POLICY_ALLOW}, /* the kernel ignores the upper half */
	{SYS_clone3, {0}, POLICY_ENOSYS},
	{SYS_openat2, {0}, POLICY_ENOSYS},
	{SYS_io_uring_setup, {0}, POLICY_ENOSYS},
	{SYS_unshare, {0}, POLICY_EPERM},
	{SYS_setns, {0}, POLICY_EPERM},
	{SYS_mount, {0}, POLICY_EPERM},
	{SYS_umount2, {0}, POLICY_EPERM},
	{SYS_pivot_root, {0}, POLICY_EPERM},
	{SYS_chroot, {0}, POLICY_EPERM},
	{428, {0}, POLICY_EPERM}, /* open_tree */
	{429, {0}, POLICY_EPERM}, /* move_mount */
	{430, {0}, POLICY_EPERM}, /* fsopen */
	{431, {0}, POLICY_EPERM}, /* fsconfig */
	{432, {0}, POLICY_EPERM}, /* fsmount */
	{433, {0}, POLICY_EPERM}, /* fspick */
	{442, {0}, POLICY_EPERM}, /* mount_setattr */
	{SYS_init_module, {0}, POLICY_EPERM},
	{SYS_finit_module, {0}, POLICY_EPERM},
	{SYS_kexec_load, {0}, POLICY_EPERM},
	{SYS_reboot, {0}, POLICY_EPERM},
	{SYS_clock_settime, {0}, POLICY_EPERM},
	{SYS_settimeofday, {0}, POLICY_EPERM},
	{SYS_ptrace, {0}, POLICY_EPERM},
	{SYS_process_vm_writev, {0}, POLICY_EPERM},
	{SYS_pidfd_getfd, {0}, POLICY_EPERM},
	{SYS_bpf, {0}, POLICY_EPERM},
	{SYS_perf_event_open, {0}, POLICY_EPERM},
	{SYS_userfaultfd, {0}, POLICY_EPERM},
	{SYS_keyctl, {0}, POLICY_EPERM},
	{SYS_open_by_handle_at, {0}, POLICY_EPERM},
	{SYS_fanotify_init, {0}, POLICY_EPERM},
	{SYS_shmat, {0, 0, 0100000}, POLICY_EPERM},
	{SYS_shmat, {0, 0, 010000}, POLICY_ALLOW},
	{SYS_execveat, {0, 0, 0, 0, 0x1000}, POLICY_EPERM},
	{SYS_execveat, {0, 0, 0, 0, 0x100}, POLICY_ALLOW},
	{SYS_personality, {0x400000}, POLICY_EPERM},
	{SYS_personality, {0x40000}, POLICY_EPERM},
	{SYS_personality, {0}, POLICY_ALLOW},
	{SYS_personality, {0xffffffff}, POLICY_ALLOW},
	{SYS_mknodat, {0, 0, 0020600}, POLICY_EPERM},
	{SYS_mknodat, {0, 0, 0060600}, POLICY_EPERM},
	{SYS_mknodat, {0, 0, 0010600}, POLICY_ALLOW},
	{SYS_mknodat, {0, 0, 0140600}, POLICY_ALLOW},
	{SYS_mknodat, {0, 0, 0104755}, POLICY_EPERM},
	{SYS_fchmod, {0, 04755}, POLICY_EPERM},
	{SYS_fchmod, {0, 02755}, POLICY_EPERM},
	{SYS_fchmod, {0, 01777}, POLICY_ALLOW},
	{SYS_fchmodat, {0, 0, 06755}, POLICY_EPERM},
	{452, {0, 0, 04755}, POLICY_EPERM}, /* fchmodat2 */
	{SYS_openat, {0, 0, 0100, 04755}, POLICY_EPERM},
	{SYS_openat, {0, 0, 020200000, 04755}, POLICY_EPERM},
	{SYS_openat, {0, 0, 0, 04755}, POLICY_ALLOW},
	{SYS_openat, {0, 0, 0101, 0644}, POLICY_ALLOW},
	{SYS_fcntl, {0, 1024, 1}, POLICY_EPERM}, /* F_SETLEASE */
	{SYS_fcntl, {0, 1025}, POLICY_ALLOW},
	{SYS_fcntl, {0, 6}, POLICY_ALLOW}, /* F_SETLK */
	{SYS_ioctl, {0, 0x5412}, POLICY_EPERM},
	{SYS_ioctl, {0, UINT64_C(1) << 32 | 0x5412}, POLICY_EPERM},
	{SYS_ioctl, {0, 0x541c}, POLICY_EPERM},
	{SYS_ioctl, {0, 0x5423}, POLICY_EPERM},
	{SYS_ioctl, {0, 0x5401}, POLICY_ALLOW},
	{SYS_socket, {1, 1, 0}, POLICY_ALLOW},
	{SYS_socket, {2, 2, 17}, POLICY_ALLOW},
	{SYS_socket, {10, 1, 6}, POLICY_ALLOW},
	{SYS_socket, {2, 1, 0}, POLICY_ALLOW},
	{SYS_socket, {2, 2, 1}, POLICY_ALLOW}, /* ICMP */
	{SYS_socket, {10, 2, 58}, POLICY_ALLOW},
	{SYS_socket, {2, 1, 262}, POLICY_NOPROTO},  /* MPTCP */
	{SYS_socket, {10, 1, 132}, POLICY_NOPROTO}, /* SCTP */
	{SYS_socket, {2, 6, 33}, POLICY_NOPROTO},   /* DCCP */
	{SYS_socket, {10, 2, 136}, POLICY_NOPROTO}, /* UDP-Lite */
	{SYS_socket, {16, 3, 0}, POLICY_ALLOW},
	{SYS_socket, {16, 3, 6}, POLICY_NOPROTO}, /* NETLINK_XFRM */
	{SYS_socket, {16, 3, 9}, POLICY_NOPROTO}, /* NETLINK_AUDIT */
	{SYS_socket, {8, 2, 0}, POLICY_EPERM},    /* AF_ATMPVC */
	{SYS_socket, {18, 2, 6}, POLICY_EPERM},
	{SYS_socket, {0, 2, 0}, POLICY_EPERM},
	{SYS_socket, {17, 3, 0}, POLICY_EPERM}, /* AF_PACKET */
	{SYS_socket, {38, 5, 0}, POLICY_EPERM}, /* AF_ALG */
	{SYS_socket, {40, 1, 0}, POLICY_EPERM}, /* AF_VSOCK */
	{SYS_socketpair, {1, 1, 0}, POLICY_ALLOW},
	{SYS_memfd_create, {0}, POLICY_ALLOW},
	{SYS_seccomp, {1}, POLICY_ALLOW},
	{SYS_landlock_restrict_self, {0}, POLICY_ALLOW},
	{SYS_rseq, {0}, POLICY_ALLOW},
	{SYS_getrandom, {0}, POLICY_ALLOW},
};

static void
the_rules_hold_call_by_call(void **state)
{
	(void)state;
	for (size_t i = 0; i < NELEMS(rules); i++) {
		struct seccomp_data d = {.nr = rules[i].nr, .arch = ARCH_HERE};

		memcpy(d.args, rules[i].args, sizeof(d.args));
		if (filter_run(&filter_variants[0], &d) != denies[rules[i].want])
			fail_msg("rule %zu, call %d", i, rules[i].nr);
	}
}

static void
a_jail_has_no_memory_without_a_name_but_that_which_it_asks_for(void **state)
{
	static const int shm[] = {SYS_shmget, SYS_shmat, SYS_shmctl, SYS_shmdt};

	(void)state;
	for (size_t i = 0; i < NELEMS(shm); i++) {
		struct seccomp_data d = {.nr = shm[i], .arch = ARCH_HERE};

		assert_int_equal(filter_run(filter_by_name("no-memfd-shm"), &d), denies[POLICY_EPERM]);
		assert_int_equal(filter_run(filter_by_name("no-memfd"), &d), denies[POLICY_ALLOW]);
	}
	struct seccomp_data d = {.nr = SYS_memfd_create, .arch = ARCH_HERE};

	assert_int_equal(filter_run(filter_by_name("no-memfd-shm"), &d), denies[POLICY_EPERM]);
	assert_int_equal(filter_run(filter_by_name("no-memfd"), &d), denies[POLICY_EPERM]);
	assert_null(filter_by_name("none"));
}

static void
a_management_view_may_unpack_set_id_programs_and_nothing_more(void **state)
{
	struct seccomp_data chmod = {.nr = SYS_fchmod, .arch = ARCH_HERE, .args = {0, 04755}};
	struct seccomp_data device = {.nr = SYS_mknodat, .arch = ARCH_HERE, .args = {0, 0, 0020600}};
	struct seccomp_data mount = {.nr = SYS_mount, .arch = ARCH_HERE};

	(void)state;
	assert_int_equal(filter_run(filter_by_name("manage"), &chmod), denies[POLICY_ALLOW]);
	assert_int_equal(filter_run(filter_by_name("manage"), &device), denies[POLICY_EPERM]);
	assert_int_equal(filter_run(filter_by_name("manage"), &mount), denies[POLICY_EPERM]);
}

static void
what_unpacks_archives_has_no_process_network_or_mount(void **state)
{
	static const int calls[] = {SYS_execve, SYS_execveat, SYS_clone, SYS_clone3, SYS_kill, SYS_tgkill, SYS_socket,
		SYS_connect, SYS_ptrace, SYS_process_vm_writev, SYS_pidfd_open, SYS_mount, SYS_unshare, SYS_chroot,
		SYS_bpf, SYS_ioctl, SYS_prctl, SYS_mprotect, SYS_memfd_create, SYS_io_uring_setup, SYS_setuid,
		SYS_capset, SYS_keyctl};

	(void)state;
	for (size_t i = 0; i < NELEMS(calls); i++) {
		struct seccomp_data d = {.nr = calls[i], .arch = ARCH_HERE};

		assert_int_equal(filter_run(filter_by_name("unpack"), &d), denies[POLICY_ENOSYS]);
	}
}

static void
filters_are_short(void **state)
{
	(void)state;
	for (size_t v = 0; v < nfilter_variants; v++)
		assert_in_range(filter_variants[v].len, 50, 200);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_number_gets_what_the_policy_says),
		cmocka_unit_test(other_architectures_and_numbers_do_not_exist),
		cmocka_unit_test(the_rules_hold_call_by_call),
		cmocka_unit_test(a_jail_has_no_memory_without_a_name_but_that_which_it_asks_for),
		cmocka_unit_test(a_management_view_may_unpack_set_id_programs_and_nothing_more),
		cmocka_unit_test(what_unpacks_archives_has_no_process_network_or_mount),
		cmocka_unit_test(filters_are_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
