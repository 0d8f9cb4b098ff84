/*
 * The probe's output (probe/record.h), and the one way to give up.
 */
#ifndef WARDER_PROBE_OUT_H
#define WARDER_PROBE_OUT_H

#include <stdbool.h>

#include "probe/record.h"

void out_record(enum probe_word w, const char *a, const char *b);
void out_number(enum probe_word w, long n, const char *b);
void out_tried(const char *what, unsigned long n);
/* The last record; then everything is written. */
void out_end(void);

/* Says what could not be measured, and ends: half of a measurement is none. */
_Noreturn void out_give_up(const char *what, int err_no);

/* True for the answers by which the kernel refuses; any other is not taken for a refusal. */
bool is_refusal(int err_no);

#endif
