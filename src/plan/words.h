/*
 * Words that both prints of a plan use.
 */
#ifndef WARDER_PLAN_WORDS_H
#define WARDER_PLAN_WORDS_H

#include "base/str.h"

/* "02:11:22:33:44:55" */
void words_mac(const uint8_t mac[6], struct str *out);
/* enum landlock_right bits: "execute, write" */
void words_rights(unsigned mask, struct str *out);

#endif
