/*
 * Asks a service whether it is well.
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/fd.h"
#include "cli/health.h"
#include "run/backend.h"

enum { NSTREAMS = 3 };

static int
streams_give(const int to[NSTREAMS], struct err *e)
{
	for (int i = 0; i < NSTREAMS; i++)
		if (dup2(to[i], i) < 0)
			return err_sys(e, "dup2", "standard streams");
	return 0;
}

static int
streams_keep(int ret[NSTREAMS], struct err *e)
{
	for (int i = 0; i < NSTREAMS; i++)
		if ((ret[i] = fcntl(i, F_DUPFD_CLOEXEC, NSTREAMS)) < 0)
			return err_sys(e, "fcntl", "standard streams");
	return 0;
}

/* It reads nothing, and standard output is the listing's. */
static int
enter(struct cli *c, const struct row *r, int *ret_status, struct err *e)
{
	const struct enter_request request = {.argv = r->jail->health.v, .user = r->jail->service_user};
	int kept[NSTREAMS] = {-1, -1, -1}, result = -1;
	struct err second = {0};
	fd_auto null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0)
		return err_sys(e, "open", "/dev/null");
	fflush(stdout);
	if (streams_keep(kept, e) == 0) {
		const int to = c->o.quiet ? null : kept[STDERR_FILENO];
		const int given[NSTREAMS] = {null, to, to};

		result = streams_give(given, e);
		if (result == 0)
			result = backend_native.enter(&c->store, r->name, &request, ret_status, e);
		if (streams_give(kept, &second) == -1 && result == 0) {
			*e = second;
			result = -1;
		}
	}
	for (int i = 0; i < NSTREAMS; i++)
		if (kept[i] >= 0)
			close(kept[i]);
	return result;
}

void
health_ask(struct cli *c, const struct row *r, struct health *ret)
{
	struct err e = {0};

	*ret = (struct health){0};
	if (!row_is_running(r))
		return;
	ret->state = HEALTH_UNDECLARED;
	if (r->jail == NULL || r->jail->health.n == 0)
		return;
	if (enter(c, r, &ret->status, &e) == 0)
		ret->state = ret->status == 0 ? HEALTH_GOOD : HEALTH_BAD;
	else {
		ret->state = ret->status != 0 ? HEALTH_BAD : HEALTH_FAILED;
		cli_error(&e, r->name);
	}
}
