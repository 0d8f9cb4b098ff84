/*
 * Seeds: the `config` sections of the golden cases.
 */
#include "fuzz_config.h"

#include "entry.h"

FUZZ_ENTRY(fuzz_config)
