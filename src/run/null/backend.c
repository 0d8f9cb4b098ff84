/*
 * The backend that does nothing, out loud: it records what it was asked for.  Tests of verbs use it; so does nothing
 * else.
 */
#include "run/backend.h"

static int
null_start(const struct store *s, const struct plan *p, int *ret_pid, struct err *e)
{
	*ret_pid = 0;
	return 0;
}

static int
null_stop(const struct store *s, const struct jail *j, const char *name, bool kill, struct err *e)
{
	return 0;
}

static int
null_end(const struct store *s, const struct jail *j, const char *name, bool kill, bool *ret_was, struct err *e)
{
	*ret_was = false;
	return 0;
}

static int
null_enter(const struct store *s, const char *name, const struct enter_request *r, int *ret_status, struct err *e)
{
	*ret_status = 0;
	return 0;
}

static int
null_probe(const struct store *s, const char *name, struct str *ret, struct err *e)
{
	return err_set(e, ERR_FAILED, "measure", name, "nothing runs here");
}

static int
null_manage(const struct store *s, const struct plan *p, const struct enter_request *r, int *ret_status, struct err *e)
{
	*ret_status = 0;
	return 0;
}

static int
null_renew(const struct store *s, const struct plan *p, enum renewal *ret, struct err *e)
{
	*ret = RENEWAL_STOPPED;
	return 0;
}

static int
null_clear(const struct store *s, const char *name, struct err *e)
{
	return 0;
}

static int
null_doctor(const char *root, struct arena *a, struct finding **ret, size_t *ret_n, struct err *e)
{
	*ret = NULL;
	*ret_n = 0;
	return 0;
}

const struct backend backend_null = {
	.name = "null",
	.start = null_start,
	.stop = null_stop,
	.end = null_end,
	.enter = null_enter,
	.probe = null_probe,
	.manage = null_manage,
	.renew = null_renew,
	.clear = null_clear,
	.doctor = null_doctor,
};
