/*
 * Seeds: the golden cases of adopters.
 */
#include "fuzz_adopt.h"

#include "entry.h"

FUZZ_ENTRY(fuzz_adopt)
