/*
 * The policy of system calls (SECURITY.md R18) as data: what tools/seccomp-gen.c compiles, and what the tests compare
 * its output with.  A name that is in no list gets ENOSYS, as from a kernel that has never heard of it; so do the other
 * architectures' calls (ia32, x32).  Names, not numbers: the generator resolves them for the architecture of the build.
 *
 * A filter sees the registers only, never what a pointer points at.  So calls whose danger lies behind a pointer are
 * ENOSYS, which makes every program fall back on the older call: clone3 (namespaces), openat2 (a set-id mode).
 */
#ifndef WARDER_SECCOMP_POLICY_H
#define WARDER_SECCOMP_POLICY_H

#include <stdint.h>

/* NOPROTO: EPROTONOSUPPORT, which a program takes for a kernel without that protocol. */
enum policy_verdict { POLICY_ENOSYS, POLICY_EPERM, POLICY_NOPROTO, POLICY_ALLOW, POLICY_NVERDICTS };

/*
 * Tests are done in their order and the first that holds decides.  They look at the low 32 bits: in every call below
 * the kernel itself takes no more of that argument (int, unsigned int, umode_t, or the low half of clone's flags).
 */
enum policy_op {
	IF_ANY,  /* one of these bits is set */
	IF_NONE, /* none of these bits is set */
	IF_IS,   /* arg & mask equals value */
	IF_ISNT,
};
struct policy_test {
	uint8_t arg;
	uint8_t op;
	uint8_t verdict;
	uint32_t mask, value;
};
/* A verdict from POLICY_SKIP on decides nothing: that many tests after this one are left out. */
enum { POLICY_MAX_TESTS = 9, POLICY_MAX_NAMES = 4, POLICY_SKIP = POLICY_NVERDICTS };
struct policy_check {
	const char *names[POLICY_MAX_NAMES];
	struct policy_test tests[POLICY_MAX_TESTS]; /* those with mask 0 are not there */
	uint8_t otherwise;
};

#define ANY(arg, bits, verdict)                                                                                        \
	{                                                                                                              \
		arg, IF_ANY, POLICY_##verdict, bits, 0                                                                 \
	}
#define NONE(arg, bits, verdict)                                                                                       \
	{                                                                                                              \
		arg, IF_NONE, POLICY_##verdict, bits, 0                                                                \
	}
#define IS(arg, value, verdict)                                                                                        \
	{                                                                                                              \
		arg, IF_IS, POLICY_##verdict, 0xffffffff, value                                                        \
	}
#define ISNT(arg, value, verdict)                                                                                      \
	{                                                                                                              \
		arg, IF_ISNT, POLICY_##verdict, 0xffffffff, value                                                      \
	}
#define MASKED(arg, mask, value, verdict)                                                                              \
	{                                                                                                              \
		arg, IF_IS, POLICY_##verdict, mask, value                                                              \
	}
#define SKIP_IF_MASKED(arg, mask, value, n)                                                                            \
	{                                                                                                              \
		arg, IF_IS, POLICY_SKIP + (n), mask, value                                                             \
	}
#define SETID 06000                /* S_ISUID | S_ISGID */
#define CREATES (020000000 | 0100) /* __O_TMPFILE | O_CREAT: without them open's mode is not looked at */
#define FORMAT 0170000             /* S_IFMT */

static const struct policy_check policy_checks[] = {
	/* any CLONE_NEW* */
	{{"clone"}, {ANY(0, 0x7e020000, EPERM)}, POLICY_ALLOW},
	/* AF_UNIX; AF_INET and AF_INET6 (2, 10) with TCP, UDP and ICMP, not the protocols that are rarely looked at
	 * (MPTCP, SCTP, DCCP, UDP-Lite); AF_NETLINK with NETLINK_ROUTE: useradd(8) gives up where NETLINK_AUDIT is
	 * forbidden, and goes on where it does not exist */
	{{"socket", "socketpair"},
		{IS(0, 1, ALLOW), SKIP_IF_MASKED(0, ~8U, 2, 2), ISNT(0, 16, EPERM), ISNT(2, 0, NOPROTO),
			IS(2, 0, ALLOW), IS(2, 6, ALLOW), IS(2, 17, ALLOW), IS(2, 1, ALLOW), IS(2, 58, ALLOW)},
		POLICY_NOPROTO},
	/* PER_LINUX and the question; READ_IMPLIES_EXEC and no randomisation among the rest */
	{{"personality"}, {IS(0, 0, ALLOW), IS(0, 0xffffffff, ALLOW)}, POLICY_EPERM},
	/* SHM_EXEC */
	{{"shmat"}, {ANY(2, 0100000, EPERM)}, POLICY_ALLOW},
	/* AT_EMPTY_PATH */
	{{"execveat"}, {ANY(4, 0x1000, EPERM)}, POLICY_ALLOW},
	/* F_SETLEASE: on a file of the base it would hold up everybody who opens it, for 45 seconds each time */
	{{"fcntl"}, {IS(1, 1024, EPERM)}, POLICY_ALLOW},
	/* PR_SET_MM */
	{{"prctl"}, {IS(0, 35, EPERM)}, POLICY_ALLOW},
	/* TIOCSTI, TIOCLINUX, TIOCSETD */
	{{"ioctl"}, {IS(1, 0x5412, EPERM), IS(1, 0x541c, EPERM), IS(1, 0x5423, EPERM)}, POLICY_ALLOW},
	{{"chmod", "fchmod"}, {ANY(1, SETID, EPERM)}, POLICY_ALLOW},
	{{"creat"}, {ANY(1, SETID, EPERM)}, POLICY_ALLOW},
	{{"fchmodat", "fchmodat2"}, {ANY(2, SETID, EPERM)}, POLICY_ALLOW},
	{{"open"}, {NONE(1, CREATES, ALLOW), ANY(2, SETID, EPERM)}, POLICY_ALLOW},
	{{"openat"}, {NONE(2, CREATES, ALLOW), ANY(3, SETID, EPERM)}, POLICY_ALLOW},
	/* S_IFCHR, S_IFBLK */
	{{"mknod"}, {MASKED(1, FORMAT, 0020000, EPERM), MASKED(1, FORMAT, 0060000, EPERM), ANY(1, SETID, EPERM)},
		POLICY_ALLOW},
	{{"mknodat"}, {MASKED(2, FORMAT, 0020000, EPERM), MASKED(2, FORMAT, 0060000, EPERM), ANY(2, SETID, EPERM)},
		POLICY_ALLOW},
};
#undef ANY
#undef NONE
#undef IS
#undef ISNT
#undef MASKED
#undef SKIP_IF_MASKED
#undef SETID
#undef CREATES
#undef FORMAT

/* Refused, though the kernel knows them: a program is told that it may not, rather than that there is no such thing. */
static const char policy_refused[] =
	/* the view of files */
	"mount umount2 pivot_root chroot open_tree move_mount fsopen fsconfig fsmount fspick mount_setattr "
	"swapon swapoff quotactl quotactl_fd acct "
	/* namespaces */
	"unshare setns sethostname setdomainname "
	/* the kernel itself */
	"init_module finit_module delete_module kexec_load kexec_file_load reboot syslog bpf perf_event_open "
	"lookup_dcookie iopl ioperm modify_ldt vhangup nfsservctl "
	/* time */
	"settimeofday clock_settime clock_adjtime adjtimex "
	/* other processes */
	"ptrace process_vm_readv process_vm_writev process_madvise pidfd_getfd kcmp userfaultfd migrate_pages "
	"move_pages "
	/* keys, files by handle, watching of whole mounts, memory that hides */
	"add_key request_key keyctl name_to_handle_at open_by_handle_at fanotify_init fanotify_mark memfd_secret ";

static const char policy_allowed[] =
	/* files by descriptor */
	"read write close lseek pread64 pwrite64 readv writev preadv pwritev preadv2 pwritev2 dup dup2 dup3 flock "
	"fsync fdatasync ftruncate fallocate sync sync_file_range syncfs readahead fadvise64 copy_file_range sendfile "
	"splice tee vmsplice close_range pipe pipe2 fstat fstatfs getdents getdents64 fchdir fchown "
	/* files by path */
	"stat lstat newfstatat statx access faccessat faccessat2 truncate getcwd chdir rename renameat renameat2 mkdir "
	"mkdirat rmdir link linkat unlink unlinkat symlink symlinkat readlink readlinkat chown lchown fchownat umask "
	"utime "
	"utimes futimesat utimensat statfs "
	"setxattr lsetxattr fsetxattr getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr removexattr "
	"lremovexattr fremovexattr inotify_init inotify_init1 inotify_add_watch inotify_rm_watch cachestat "
	/* memory */
	"mmap mprotect munmap brk mremap msync mincore madvise mlock mlock2 munlock mlockall munlockall pkey_mprotect "
	"pkey_alloc pkey_free mbind set_mempolicy get_mempolicy set_mempolicy_home_node map_shadow_stack mseal "
	"memfd_create "
	/* waiting */
	"poll ppoll select pselect6 epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2 eventfd "
	"eventfd2 signalfd signalfd4 timerfd_create timerfd_settime timerfd_gettime io_setup io_destroy io_getevents "
	"io_pgetevents io_submit io_cancel futex futex_waitv futex_wake futex_wait futex_requeue "
	/* signals */
	"rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigtimedwait rt_sigqueueinfo rt_tgsigqueueinfo "
	"rt_sigsuspend sigaltstack pause kill tkill tgkill pidfd_open pidfd_send_signal restart_syscall "
	/* processes */
	"fork vfork execve exit exit_group wait4 waitid getpid getppid gettid getpgid getpgrp setpgid setsid getsid "
	"set_tid_address set_robust_list get_robust_list rseq membarrier arch_prctl getpriority setpriority ioprio_set "
	"ioprio_get sched_yield sched_setparam sched_getparam sched_setscheduler sched_getscheduler "
	"sched_get_priority_max sched_get_priority_min sched_rr_get_interval sched_setaffinity sched_getaffinity "
	"sched_setattr sched_getattr getrlimit setrlimit prlimit64 getrusage times getcpu process_mrelease "
	/* rights: no call here gives more than there is */
	"getuid geteuid getgid getegid getresuid getresgid getgroups setuid setgid setreuid setregid setresuid "
	"setresgid "
	"setfsuid setfsgid setgroups capget capset seccomp landlock_create_ruleset landlock_add_rule "
	"landlock_restrict_self "
	/* time */
	"gettimeofday time clock_gettime clock_getres clock_nanosleep nanosleep alarm getitimer setitimer timer_create "
	"timer_settime timer_gettime timer_getoverrun timer_delete "
	/* sockets and other ways to talk */
	"connect accept accept4 bind listen getsockname getpeername sendto recvfrom sendmsg recvmsg sendmmsg recvmmsg "
	"shutdown setsockopt getsockopt shmget shmctl shmdt semget semop semtimedop semctl msgget msgsnd msgrcv msgctl "
	"mq_open mq_unlink mq_timedsend mq_timedreceive mq_notify mq_getsetattr "
	/* the system */
	"uname sysinfo getrandom ";

/* Calls newer than the table of names that the build may have; from 424 on, the number is the same everywhere. */
static const struct {
	const char *name;
	int nr;
} policy_newer[] = {
	{"cachestat", 451},
	{"fchmodat2", 452},
	{"map_shadow_stack", 453},
	{"futex_wake", 454},
	{"futex_wait", 455},
	{"futex_requeue", 456},
	{"mseal", 462},
};

/* For what unpacks archives, which is no jail: files, its own memory, and nothing of other processes or the network. */
static const char policy_unpack[] =
	"read readv pread64 write writev close lseek dup fcntl fstat stat lstat newfstatat statx fstatfs statfs access "
	"faccessat faccessat2 open openat getdents64 ftruncate fadvise64 chdir fchdir getcwd umask mkdir mkdirat rmdir "
	"unlink unlinkat rename renameat renameat2 link linkat symlink symlinkat readlink readlinkat mknod mknodat "
	"chmod "
	"fchmod fchmodat fchmodat2 chown lchown fchown fchownat utime utimes futimesat utimensat setxattr lsetxattr "
	"fsetxattr getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr removexattr lremovexattr fremovexattr "
	"mmap munmap mremap madvise brk futex rt_sigaction rt_sigprocmask rt_sigreturn restart_syscall exit exit_group "
	"getrandom clock_gettime gettimeofday time getpid gettid getuid geteuid getgid getegid getrlimit prlimit64 "
	"sysinfo ";

/* A variant is the policy with calls moved to "refused", and others to "allowed" whatever their arguments; "" moves
 * none.  Or it is a list of its own: these calls, whatever their arguments, and no other exists. */
static const struct policy_variant {
	const char *name, *refused, *allowed, *only;
} policy_variants[] = {
	{"default", "", "", ""},
	/* jails with sysvshm = new */
	{"no-memfd", "memfd_create ", "", ""},
	/* jails: nothing without a name that can be written and, later, executed */
	{"no-memfd-shm", "memfd_create shmget shmat shmctl shmdt ", "", ""},
	/* management views: packages bring set-id programs, which no mount of ours honours */
	{"manage", "", "chmod fchmod creat fchmodat fchmodat2 open openat ", ""},
	{"unpack", "", "", policy_unpack},
};

#endif
