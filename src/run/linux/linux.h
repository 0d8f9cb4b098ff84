/*
 * The Linux backend's parts, and what they share.
 */
#ifndef WARDER_RUN_LINUX_LINUX_H
#define WARDER_RUN_LINUX_LINUX_H

#include "init/brief.h"
#include "run/backend.h"

int linux_start(const struct store *s, const struct plan *p, int *ret_pid, struct err *e) must_check;
int linux_stop(const struct store *s, const struct jail *j, const char *name, bool kill, struct err *e) must_check;
int linux_end(const struct store *s, const struct jail *j, const char *name, bool kill, bool *ret_was,
	struct err *e) must_check;
int linux_enter(const struct store *s, const char *name, const struct enter_request *r, int *ret_status,
	struct err *e) must_check;
int linux_probe(const struct store *s, const char *name, struct str *ret, struct err *e) must_check;
int linux_manage(const struct store *s, const struct plan *p, const struct enter_request *r, int *ret_status,
	struct err *e) must_check;
int linux_renew(const struct store *s, const struct plan *p, enum renewal *ret, struct err *e) must_check;
int linux_doctor(const char *root, struct arena *a, struct finding **ret, size_t *ret_n, struct err *e) must_check;

/* Removes what is left of a jail that does not run: interface, control group, record.  ERR_BUSY if it runs.  Needs the
 * lock "jail.NAME": a start has it until its end, so that an incomplete record is one of a start that is no more. */
int linux_clear(const struct store *s, const char *name, struct err *e) must_check;
int linux_clear_record(const struct store *s, const char *name, const struct run_record *r, struct err *e) must_check;

/* "warder/HASH-NAME": HASH is of the store's root, so that two stores do not meet. */
void linux_cgroup_path(const char *root, const char *name, char *ret, size_t size);
/* vm.memfd_noexec is there (6.3). */
bool linux_has_memfd_noexec(void);

#endif
