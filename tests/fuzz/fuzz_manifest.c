/*
 * Seeds: tests/fuzz/manifests.
 */
#include "fuzz_manifest.h"

#include "entry.h"

FUZZ_ENTRY(fuzz_manifest)
