/*
 * What a program inherits of its starter's signals.
 */
#ifndef WARDER_BASE_SIGNALS_H
#define WARDER_BASE_SIGNALS_H

/*
 * Every signal at its default disposition, none blocked, before another program is executed (SECURITY.md R13).  By the
 * raw system calls: the C library keeps signals 32 and 33 to itself, and what glibc's own posix_spawn(3) starts, a
 * recipe of make(1) among it, has them ignored.  Async-signal-safe.
 */
void signals_reset(void);

#endif
