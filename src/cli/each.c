/*
 * One verb, several jails: in order, or -j of them at a time.  With -j each jail is worked on by a child of its own,
 * whose output goes to a memory file and is printed whole when it ends, so that two jails' lines never mix.
 */
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/system.h"
#include "cli/results.h"

enum job_state { JOB_WAITING, JOB_RUNNING, JOB_DONE };
struct job {
	enum job_state state;
	pid_t pid;
	int out, err, result; /* memory files: what it printed, and its struct result */
};
struct crew {
	struct cli *c;
	const struct targets *t;
	enum order order;
	int (*work)(struct cli *c, const struct target *t, struct err *e);
	struct job *jobs;
	struct result *results; /* of each job that is done */
	size_t running;
};

static struct result
work_on(struct crew *w, size_t i)
{
	struct result r = {0};
	r.status = w->work(w->c, &w->t->v[i], &r.e);
	if (r.status == -1)
		r.status = err_exit_status(&r.e);
	else
		r.e.kind = ERR_NONE;
	return r;
}

/* The first target that i waits for and that failed, or NULL. */
static const struct target *
failed_dependency(const struct crew *w, size_t i)
{
	for (size_t k = 0; w->order == ORDER_START && k < i; k++)
		if (w->results[k].status != 0 && target_waits_for(&w->t->v[i], &w->t->v[k], w->order))
			return &w->t->v[k];
	return NULL;
}

static bool
is_ready(const struct crew *w, size_t i)
{
	if (w->jobs[i].state != JOB_WAITING)
		return false;
	for (size_t k = 0; k < i; k++)
		if (w->jobs[k].state != JOB_DONE && target_waits_for(&w->t->v[i], &w->t->v[k], w->order))
			return false;
	return true;
}

static void
finish(struct crew *w, size_t i, struct result r)
{
	w->jobs[i].state = JOB_DONE;
	w->results[i] = r;
	if (r.e.kind == ERR_NONE)
		return;
	fflush(stdout);
	cli_error(&r.e, w->t->v[i].name);
}

/* True if i was finished without trying, since what it depends on failed. */
static bool
skip_if_dependency_failed(struct crew *w, size_t i)
{
	const struct target *dep = failed_dependency(w, i);
	if (dep == NULL)
		return false;
	struct result r = {0};
	err_set(&r.e, ERR_FAILED, w->c->op, NULL, "not tried: it depends on %s, which failed", dep->name);
	r.status = err_exit_status(&r.e);
	finish(w, i, r);
	return true;
}

static void
copy_output(int from, int to)
{
	char buf[8192];
	ssize_t n;
	struct err e;
	if (lseek(from, 0, SEEK_SET) != 0)
		return;
	while ((n = read(from, buf, sizeof(buf))) > 0)
		if (fd_write_all(to, buf, (size_t)n, "output", &e) == -1)
			return;
}

static _Noreturn void
child_main(struct crew *w, size_t i, int out, int err, int result)
{
	if (dup2(out, STDOUT_FILENO) == -1 || dup2(err, STDERR_FILENO) == -1)
		_exit(1);
	struct result r = work_on(w, i);
	struct err ignored;
	fflush(stdout);
	_exit(fd_write_all(result, &r, sizeof(r), "result", &ignored) == -1 ? 1 : r.status);
}

static int
begin_job(struct crew *w, size_t i)
{
	struct job *job = &w->jobs[i];
	fd_auto out = system_anonymous_file("warder-out");
	fd_auto err = system_anonymous_file("warder-err");
	fd_auto result = system_anonymous_file("warder-result");
	fflush(stdout);
	pid_t pid = out == -1 || err == -1 || result == -1 ? -1 : fork();
	if (pid == 0)
		child_main(w, i, out, err, result);
	if (pid == -1)
		return -1;
	*job = (struct job){.state = JOB_RUNNING, .pid = pid};
	job->out = fd_take(&out);
	job->err = fd_take(&err);
	job->result = fd_take(&result);
	w->running++;
	return 0;
}

/* A child that was killed left no result. */
static struct result
take_result(const struct crew *w, int fd, int wstatus)
{
	struct result r;
	if (pread(fd, &r, sizeof(r), 0) == sizeof(r))
		return r;
	r = (struct result){.status = WIFEXITED(wstatus) ? WEXITSTATUS(wstatus) : 128 + WTERMSIG(wstatus)};
	err_set(&r.e, ERR_FAILED, w->c->op, NULL, "its process ended with %d, and without a word", r.status);
	return r;
}

static void
end_job(struct crew *w, size_t i, int wstatus)
{
	struct job *job = &w->jobs[i];
	copy_output(job->out, STDOUT_FILENO);
	copy_output(job->err, STDERR_FILENO);
	finish(w, i, take_result(w, job->result, wstatus));
	fd_close(&job->out);
	fd_close(&job->err);
	fd_close(&job->result);
	w->running--;
}

static void
wait_for_one(struct crew *w)
{
	int wstatus;
	pid_t pid = waitpid(-1, &wstatus, 0);
	for (size_t i = 0; pid > 0 && i < w->t->n; i++)
		if (w->jobs[i].state == JOB_RUNNING && w->jobs[i].pid == pid)
			end_job(w, i, wstatus);
}

/* Begins what can be begun; a job that cannot be given a child is done here. */
static void
begin_ready(struct crew *w)
{
	for (size_t i = 0; i < w->t->n && w->running < w->c->o.jobs; i++)
		if (is_ready(w, i) && !skip_if_dependency_failed(w, i) && begin_job(w, i) == -1)
			finish(w, i, work_on(w, i));
}

static void
run_parallel(struct crew *w)
{
	for (size_t undone = w->t->n; undone > 0;) {
		begin_ready(w);
		if (w->running > 0)
			wait_for_one(w);
		undone = 0;
		for (size_t i = 0; i < w->t->n; i++)
			undone += w->jobs[i].state != JOB_DONE;
	}
}

static void
run_in_order(struct crew *w)
{
	for (size_t i = 0; i < w->t->n; i++)
		if (!skip_if_dependency_failed(w, i))
			finish(w, i, work_on(w, i));
}

int
targets_each(struct cli *c, const struct targets *t, enum order order,
	int (*work)(struct cli *c, const struct target *t, struct err *e))
{
	struct crew w = {.c = c, .t = t, .order = order, .work = work};
	w.jobs = arena_array(&c->a, t->n + 1, sizeof(*w.jobs));
	w.results = arena_array(&c->a, t->n + 1, sizeof(*w.results));
	if (c->o.jobs > 1 && t->n > 1 && c->json == NULL)
		run_parallel(&w);
	else
		run_in_order(&w);
	if (c->o.json && c->json == NULL)
		results_json(c, t, w.results);
	for (size_t i = 0; i < t->n; i++)
		if (w.results[i].status != 0)
			return w.results[i].status;
	return 0;
}
