/*
 * Two processes that should know nothing of each other: one offers itself in every way in which a process can be
 * reached, the other tries each.  What is between them, namespaces and rights, is the caller's business.
 *
 *	reach serve	offers all, prints "ready", ends with SIGTERM; prints "reached: HOW" for what it notices
 *	reach try	one line "NAME: REASON" for each way; REASON is "REACHED" or why not.  Exit status 1 if one was.
 *
 * Static, as the probe is.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/ptrace.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { KEY = 0x77726472, PORT = 47047, PID_END = 65536, MAX_LISTENERS = 3 };
static const char queue_name[] = "/warder-reach", abstract_name[] = "\0warder-reach", path_name[] = "/tmp/warder-reach";
static const char secret[] = "warder-reach-secret";

static int
result(long r)
{
	return r == -1 ? errno : 0;
}

/* ---- addresses ---- */

static socklen_t
unix_address(bool is_abstract, struct sockaddr_un *a)
{
	*a = (struct sockaddr_un){.sun_family = AF_UNIX};
	size_t n = is_abstract ? sizeof(abstract_name) - 1 : sizeof(path_name) - 1;
	memcpy(a->sun_path, is_abstract ? abstract_name : path_name, n);
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
}

static struct sockaddr_in
loopback_address(void)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET, .sin_port = htons(PORT), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

/* ---- who is reached ---- */

static volatile sig_atomic_t ended, signalled;

static void
on_signal(int sig)
{
	*(sig == SIGTERM ? &ended : &signalled) = 1;
}

static int
listen_at(int family, const void *address, socklen_t len)
{
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	if (bind(fd, address, len) == -1 || listen(fd, 8) == -1) {
		perror("reach: listen");
		exit(2);
	}
	return fd;
}

/* What is left there after the end: the ipc objects go with the namespace, elsewhere they are removed. */
struct offers {
	int listeners[MAX_LISTENERS];
	int shm, sem, msg;
	mqd_t queue;
};

static void
offer_all(struct offers *o)
{
	struct sockaddr_un a;
	struct sockaddr_in in = loopback_address();
	socklen_t len = unix_address(true, &a);
	o->listeners[0] = listen_at(AF_UNIX, &a, len);
	unlink(path_name);
	len = unix_address(false, &a);
	o->listeners[1] = listen_at(AF_UNIX, &a, len);
	o->listeners[2] = listen_at(AF_INET, &in, sizeof(in));
	o->shm = shmget(KEY, 4096, IPC_CREAT | 0666);
	o->sem = semget(KEY, 1, IPC_CREAT | 0666);
	o->msg = msgget(KEY, IPC_CREAT | 0666);
	o->queue = mq_open(queue_name, O_CREAT | O_RDWR | O_NONBLOCK, 0666, NULL);
	if (o->shm == -1 || o->sem == -1 || o->msg == -1 || o->queue == (mqd_t)-1)
		puts("not all of ipc is there to be offered");
}

static void
withdraw_all(const struct offers *o)
{
	shmctl(o->shm, IPC_RMID, NULL);
	semctl(o->sem, 0, IPC_RMID);
	msgctl(o->msg, IPC_RMID, NULL);
	mq_unlink(queue_name);
	unlink(path_name);
}

static int
serve(void)
{
	static const char *const names[MAX_LISTENERS] = {
		"an abstract socket", "a socket in /tmp", "the loopback network"};
	struct sigaction action = {.sa_handler = on_signal};
	struct offers o;
	struct pollfd p[MAX_LISTENERS];
	setenv("WARDER_REACH", secret, 1);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGUSR1, &action, NULL);
	sigaction(SIGCONT, &action, NULL);
	offer_all(&o);
	for (int i = 0; i < MAX_LISTENERS; i++)
		p[i] = (struct pollfd){.fd = o.listeners[i], .events = POLLIN};
	puts("ready");
	while (!ended) {
		int n = poll(p, MAX_LISTENERS, 100);
		for (int i = 0; n > 0 && i < MAX_LISTENERS; i++)
			if (p[i].revents != 0) {
				close(accept(p[i].fd, NULL, NULL));
				printf("reached: by %s\n", names[i]);
			}
		if (signalled)
			puts("reached: by a signal");
		signalled = 0;
	}
	withdraw_all(&o);
	return 0;
}

/* ---- who tries ---- */

static int target; /* 0: not found in /proc */

static bool
is_target(const char *pid)
{
	char path[64], buf[256];
	snprintf(path, sizeof(path), "/proc/%.20s/cmdline", pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return false;
	ssize_t n = read(fd, buf, sizeof(buf) - 1);
	close(fd);
	buf[n > 0 ? n : 0] = '\0';
	size_t first = strlen(buf);
	return n > 0 && first >= 5 && strcmp(buf + first - 5, "reach") == 0 && strcmp(buf + first + 1, "serve") == 0;
}

static int
find_target(void)
{
	DIR *d = opendir("/proc");
	if (d == NULL)
		return errno;
	for (struct dirent *de; target == 0 && (de = readdir(d)) != NULL;)
		if (de->d_name[0] >= '1' && de->d_name[0] <= '9' && is_target(de->d_name))
			target = (int)strtol(de->d_name, NULL, 10);
	closedir(d);
	return target != 0 ? 0 : ESRCH;
}

static int
open_of_target(const char *name, int flags)
{
	char path[64];
	if (target == 0)
		return ESRCH;
	snprintf(path, sizeof(path), "/proc/%d/%s", target, name);
	int fd = open(path, flags | O_CLOEXEC);
	if (fd != -1)
		close(fd);
	return result(fd);
}

static int
trace_target(void)
{
	int status;
	if (target == 0)
		return ESRCH;
	if (ptrace(PTRACE_ATTACH, target, NULL, NULL) == -1)
		return errno;
	waitpid(target, &status, __WALL);
	ptrace(PTRACE_DETACH, target, NULL, NULL);
	return 0;
}

static int
read_memory_of_target(void)
{
	char byte;
	struct iovec to = {&byte, 1}, from = {(void *)(uintptr_t)secret, 1};
	return target == 0 ? ESRCH : result(process_vm_readv(target, &to, 1, &from, 1, 0));
}

static int
signal_target(void)
{
	return target == 0 ? ESRCH : result(kill(target, SIGUSR1));
}

static bool
is_in_proc(int pid)
{
	char path[32];
	snprintf(path, sizeof(path), "/proc/%d", pid);
	return access(path, F_OK) == 0;
}

/* What /proc does not show may be there all the same: whoever serves says so.  A signal that harms nobody. */
static void
signal_hidden(void)
{
	for (int pid = 1; pid < PID_END; pid++)
		if (kill(pid, 0) == 0 && !is_in_proc(pid))
			kill(pid, SIGCONT);
}

static int
connect_to(int family, const void *address, socklen_t len)
{
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return errno;
	int r = result(connect(fd, address, len));
	close(fd);
	return r;
}

static int
connect_unix(bool is_abstract)
{
	struct sockaddr_un a;
	socklen_t len = unix_address(is_abstract, &a);
	return connect_to(AF_UNIX, &a, len);
}

static int
connect_loopback(void)
{
	struct sockaddr_in in = loopback_address();
	return connect_to(AF_INET, &in, sizeof(in));
}

static int
open_queue(void)
{
	mqd_t q = mq_open(queue_name, O_RDWR);
	if (q == (mqd_t)-1)
		return errno;
	mq_close(q);
	return 0;
}

#define WAY(function, call)                                                                                            \
	static int function(void)                                                                                      \
	{                                                                                                              \
		return call;                                                                                           \
	}
WAY(w_environ, open_of_target("environ", O_RDONLY))
WAY(w_root, open_of_target("root/.", O_RDONLY | O_DIRECTORY))
WAY(w_cwd, open_of_target("cwd/.", O_RDONLY | O_DIRECTORY))
WAY(w_fds, open_of_target("fd/0", O_RDONLY | O_NONBLOCK))
WAY(w_mem, open_of_target("mem", O_RDWR))
WAY(w_ns, open_of_target("ns/mnt", O_RDONLY))
WAY(w_pidfd, target == 0 ? ESRCH : result(syscall(SYS_pidfd_open, target, 0)))
WAY(w_abstract, connect_unix(true))
WAY(w_path, connect_unix(false))
WAY(w_shm, result(shmget(KEY, 0, 0)))
WAY(w_sem, result(semget(KEY, 0, 0)))
WAY(w_msg, result(msgget(KEY, 0)))

static const struct way {
	const char *name;
	int (*run)(void);
} ways[] = {
	{"find it in /proc", find_target},
	{"read its environment", w_environ},
	{"open its root directory", w_root},
	{"open its working directory", w_cwd},
	{"open its descriptors", w_fds},
	{"open its memory", w_mem},
	{"open its namespaces", w_ns},
	{"read its memory", read_memory_of_target},
	{"trace it", trace_target},
	{"signal it", signal_target},
	{"open a pidfd of it", w_pidfd},
	{"connect to its abstract socket", w_abstract},
	{"connect to its socket in /tmp", w_path},
	{"connect by the loopback network", connect_loopback},
	{"get its shared memory", w_shm},
	{"get its semaphores", w_sem},
	{"get its message queue", w_msg},
	{"open its POSIX message queue", open_queue},
};

static int
try_all(void)
{
	unsigned reached = 0;
	signal_hidden();
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		int r = ways[i].run();
		printf("%s: %s\n", ways[i].name, r == 0 ? "REACHED" : strerror(r));
		reached += r == 0;
	}
	return reached != 0;
}

int
main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc == 2 && strcmp(argv[1], "serve") == 0)
		return serve();
	if (argc == 2 && strcmp(argv[1], "try") == 0)
		return try_all();
	fprintf(stderr, "usage: reach serve | try\n");
	return 64;
}
