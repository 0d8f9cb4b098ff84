/*
 * Linux capabilities as data: name, number, whether a jail may have it.  Pure.
 */
#ifndef WARDER_MODEL_CAPS_H
#define WARDER_MODEL_CAPS_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum cap_class {
	CAP_DEFAULT,   /* given unless the declaration says otherwise: chown dac_override fowner kill setgid setuid */
	CAP_ALLOWED,   /* may be declared with `capabilities` */
	CAP_FORBIDDEN, /* only with `capabilities.force`; shown by status and surface */
};
struct cap_row {
	const char *name; /* as capabilities(7), lower case, without CAP_ */
	unsigned number;
	enum cap_class class;
};
extern const struct cap_row caps_table[];
extern const size_t ncaps_table;

const struct cap_row *cap_by_name(const char *name); /* with or without "cap_", any case; NULL if unknown */
uint64_t cap_default_mask(void);
/* "chown dac_override ..." in number order. */
void cap_mask_print(uint64_t mask, struct str *out);

#endif
