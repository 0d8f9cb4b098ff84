/*
 * Owns the life of a jail: exec.start commands, the service, its restarts, exec.stop commands, the end.
 *
 * One loop waits for three things: signals (all blocked, read from a descriptor, SIGCHLD among them), output of the
 * children (one pipe, see log.c), and one deadline.  What they mean depends on the phase; each phase is a row of a
 * table. Every child that ends is reaped, ours or orphaned.  There is no allocation and no file is opened by its path.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "init/log.h"
#include "init/pid1.h"
#include "init/restart.h"
#include "init/service.h"
#include "init/status.h"
#include "init/system.h"
#include "init/text.h"

enum phase {
	PHASE_START, /* exec.start, one after another */
	PHASE_RUN,   /* the service, or nothing but ourselves */
	PHASE_DELAY, /* until the service is started again */
	PHASE_STOP,  /* exec.stop, one after another */
	PHASE_TERM,  /* stop_signal was sent */
	PHASE_END,
};

static struct pid1 {
	const struct brief *b;
	enum phase phase;
	struct status status;
	struct log log;
	bool starter_waits;
	int sigfd;
	int word;          /* of the service: whether its program runs; -1: that is known */
	bool not_executed; /* it said that it does not */
	uint32_t next;     /* of the commands of this phase */
	pid_t command;     /* 0: none is running */
	bool stop_asked;   /* while an exec.start command was running */
	uint64_t deadline; /* milliseconds of CLOCK_MONOTONIC, 0: none */
	uint64_t started;  /* the service's last start */
	uint32_t delay;    /* before that start, seconds, 0: it was the first */
	int result;        /* of pid 1 */
} self;

static void phase_end(const char *state, int result);
static void stop_begin(void);

static uint64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void
deadline_in(uint32_t seconds)
{
	self.deadline = now_ms() + (uint64_t)seconds * 1000;
}

/* The first news since "starting" is what the starter waits for: it reads the page when its socket ends. */
static void
status_set(const char *state)
{
	self.status.state = state;
	status_write(&self.status);
	if (self.starter_waits)
		close(BRIEF_FD_REPORT);
	self.starter_waits = false;
}

/* A line in the log: WHAT "SUBJECT" WORDS N WORDS; subject and after may be NULL. */
static void
say(const char *what, const char *subject, const char *words, uint64_t n, const char *after)
{
	char line[256];
	struct text t = text_on(line);

	text_add(&t, what);
	if (subject) {
		text_add(&t, " \"");
		text_add(&t, subject);
		text_add(&t, "\"");
	}
	text_add(&t, words);
	text_add_number(&t, n);
	text_add(&t, after ? after : "");
	log_say(&self.log, line);
}

static int
exit_status_of(int wstatus)
{
	return WIFEXITED(wstatus) ? WEXITSTATUS(wstatus) : 128 + WTERMSIG(wstatus);
}

/* --- the service --- */

static void
service_begin(void)
{
	self.phase = PHASE_RUN;
	self.deadline = 0;
	if (!self.b->argv.n) {
		status_set("running");
		return;
	}
	self.started = now_ms();
	self.status.pid = service_start(self.b, self.log.wr, &self.word);
	if (self.status.pid < 0) {
		self.status.pid = 0;
		log_say_error(&self.log, "fork of the service", errno);
		phase_end("failed", 1);
	}
}

/* A jail is running when its service's program is: a process that has only been forked may still fail to become it. */
static void
word_take(void)
{
	char byte;
	ssize_t n = self.word < 0 ? -1 : read(self.word, &byte, 1);

	if (self.word < 0 || (n < 0 && (errno == EAGAIN || errno == EINTR)))
		return;
	close(self.word);
	self.word = -1;
	self.not_executed = n > 0;
	if (n == 0 && self.phase == PHASE_RUN)
		status_set("running");
}

/* A program that cannot be executed when the jail starts would not be by trying again. */
static void
service_ended_itself(int status)
{
	say("service", brief_string(self.b, self.b->argv.off), " ended with status ", (uint64_t)status, NULL);
	if ((self.not_executed && !self.status.restarts) || !restart_is_due(self.b->restart, status)) {
		phase_end(status ? "failed" : "stopped", status != 0);
		return;
	}
	self.delay = restart_delay(self.b->restart_delay, self.delay, now_ms() - self.started);
	self.phase = PHASE_DELAY;
	deadline_in(self.delay);
	status_set("starting");
}

static void
service_restart(void)
{
	self.status.restarts++;
	service_begin();
}

/* --- exec.start and exec.stop --- */

static struct brief_list
commands(void)
{
	return self.phase == PHASE_START ? self.b->start : self.b->stop;
}

static void
commands_done(void)
{
	if (self.phase == PHASE_START) {
		service_begin();
		return;
	}
	self.phase = PHASE_TERM;
	deadline_in(self.b->stop_timeout);
	if (self.status.pid)
		kill(self.status.pid, (int)self.b->stop_signal);
	else
		system_signal_jail((int)self.b->stop_signal);
}

static void
command_next(void)
{
	self.deadline = 0;
	if (self.next == commands().n) {
		commands_done();
		return;
	}
	self.command = service_command(self.b, brief_string_at(self.b, commands(), self.next++), self.log.wr);
	if (self.command < 0) {
		self.command = 0;
		log_say_error(&self.log, "fork of a command", errno);
		phase_end("failed", 1);
	} else if (self.b->exec_timeout) {
		deadline_in(self.b->exec_timeout);
	}
}

static void
command_ended(int status)
{
	static const char *const names[] = {"exec.start", "exec.stop"};

	self.command = 0;
	if (status)
		say(names[self.phase == PHASE_STOP], brief_string_at(self.b, commands(), self.next - 1),
			" ended with status ", (uint64_t)status, NULL);
	if (self.stop_asked)
		stop_begin();
	else if (status && self.phase == PHASE_START)
		phase_end("failed", 1);
	else
		command_next();
}

static void
command_late(void)
{
	say("a command", brief_string_at(self.b, commands(), self.next - 1), " was killed after ", self.b->exec_timeout,
		" s");
	self.deadline = 0;
	kill(-self.command, SIGKILL);
}

/* --- the end --- */

static void
stop_begin(void)
{
	self.phase = PHASE_STOP;
	self.stop_asked = false;
	self.next = 0;
	status_set("stopping");
	command_next();
}

static void
stop_late(void)
{
	say("not stopped", NULL, " within ", self.b->stop_timeout, " s: killed");
	phase_end("stopped", 0);
}

/* Kills and reaps all that is left, takes the last output, and only then says so. */
static void
phase_end(const char *state, int result)
{
	int wstatus;
	pid_t pid;

	system_end_jail();
	while ((pid = system_wait_end(&wstatus)) > 0 || errno == EINTR)
		if (pid > 0 && pid == self.status.pid)
			self.status.last_exit = exit_status_of(wstatus);
	while (log_drain(&self.log))
		continue;
	log_flush(&self.log);
	self.status.pid = 0;
	self.phase = PHASE_END;
	self.result = result;
	status_set(state);
}

/* --- the loop --- */

static void
service_ended_in_stop(int status)
{
	(void)status;
	status_set("stopping");
}

static void
service_ended_in_term(int status)
{
	(void)status;
	phase_end("stopped", 0);
}

static void
stop_asked_in_start(void)
{
	self.stop_asked = true;
	kill(-self.command, SIGKILL);
	kill(self.command, SIGKILL); /* it has no group of its own yet if it has only been forked */
}

static const struct {
	void (*service_ended)(int status);
	void (*late)(void);
	void (*stop)(void); /* asked by a signal; NULL: it is on its way */
} phases[] = {
	[PHASE_START] = {NULL, command_late, stop_asked_in_start},
	[PHASE_RUN] = {service_ended_itself, NULL, stop_begin},
	[PHASE_DELAY] = {NULL, service_restart, stop_begin},
	[PHASE_STOP] = {service_ended_in_stop, command_late, NULL},
	[PHASE_TERM] = {service_ended_in_term, stop_late, NULL},
	[PHASE_END] = {NULL, NULL, NULL},
};

/* What the service left behind in its own group goes with it. */
static void
service_ended(int status)
{
	word_take();
	system_end_group(self.status.pid);
	log_drain(&self.log);
	log_flush(&self.log);
	self.status.pid = 0;
	self.status.last_exit = status;
	if (phases[self.phase].service_ended)
		phases[self.phase].service_ended(status);
}

static void
children_reap(void)
{
	int wstatus;
	pid_t pid;

	while ((pid = wait4(-1, &wstatus, WNOHANG, NULL)) > 0) {
		if (pid == self.status.pid)
			service_ended(exit_status_of(wstatus));
		else if (pid == self.command)
			command_ended(exit_status_of(wstatus));
		if (self.phase == PHASE_END)
			return;
	}
	if (pid < 0 && self.phase == PHASE_TERM && !self.status.pid)
		phase_end("stopped", 0); /* no service, and nobody is left */
}

static void
on_stop(int signo)
{
	(void)signo;
	if (phases[self.phase].stop)
		phases[self.phase].stop();
}

static void
on_pass(int signo)
{
	if (self.status.pid)
		kill(self.status.pid, signo);
}

/* It has woken the loop, which reaps at every turn. */
static void
on_child(int signo)
{
	(void)signo;
}

static const struct {
	int signo;
	void (*handle)(int signo);
} signals[] = {
	{SIGCHLD, on_child},
	{SIGTERM, on_stop},
	{SIGINT, on_stop},
	{SIGHUP, on_pass},
	{SIGUSR1, on_pass},
	{SIGUSR2, on_pass},
	{SIGWINCH, on_pass},
};
enum { NSIGNALS = sizeof(signals) / sizeof(signals[0]) };

static void
signals_take(void)
{
	int signo;

	while (self.phase != PHASE_END && (signo = system_signal_take(self.sigfd)) > 0)
		for (size_t i = 0; i < NSIGNALS; i++)
			if (signals[i].signo == signo)
				signals[i].handle(signo);
}

/* Milliseconds to the deadline, 0 if it has passed, -1 if there is none. */
static int
deadline_left(void)
{
	uint64_t now = now_ms();

	if (!self.deadline)
		return -1;
	if (now >= self.deadline)
		return 0;
	return self.deadline - now > 3600000 ? 3600000 : (int)(self.deadline - now);
}

static void
loop_once(void)
{
	struct pollfd fds[] = {{self.sigfd, POLLIN, 0}, {self.log.rd, POLLIN, 0}, {self.word, POLLIN, 0}};

	poll(fds, 3, deadline_left());
	log_drain(&self.log);
	word_take();
	signals_take();
	if (self.phase != PHASE_END)
		children_reap();
	if (self.phase != PHASE_END && deadline_left() == 0 && phases[self.phase].late)
		phases[self.phase].late();
}

static int
signals_open(struct report *r)
{
	int wanted[NSIGNALS];

	for (size_t i = 0; i < NSIGNALS; i++)
		wanted[i] = signals[i].signo;
	self.sigfd = system_signals_open(wanted, NSIGNALS);
	return self.sigfd < 0 ? report_sys(r, "open", "signals") : 0;
}

int
pid1_open(const struct brief *b, struct report *r)
{
	self.b = b;
	self.word = -1;
	self.status = (struct status){.state = "starting", .last_exit = -1};
	status_write(&self.status);
	if (log_open(&self.log, r) < 0)
		return -1;
	return signals_open(r);
}

int
pid1_run(void)
{
	self.starter_waits = true;
	self.phase = PHASE_START;
	command_next();
	while (self.phase != PHASE_END)
		loop_once();
	return self.result;
}
