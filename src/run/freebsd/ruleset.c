/*
 * Owns the patterns: tty, ptmx and pts are for exec, console and sshd(8), a jail sees its own terminals only.
 */
#include "run/freebsd/ruleset.h"

const char *const fbsd_ruleset_shown[] = {"null", "zero", "full", "random", "urandom", "tty", "fd", "fd/*", "stdin",
	"stdout", "stderr", "ptmx", "pts", "pts/*"};
const size_t nfbsd_ruleset_shown = sizeof(fbsd_ruleset_shown) / sizeof(fbsd_ruleset_shown[0]);
