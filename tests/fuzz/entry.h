/*
 * libFuzzer's entry to a target's one function, which gets a copy of exactly the input's size: what is read beyond is
 * seen. tests/fuzz/run (`make fuzz`) builds and runs the targets.
 */
#ifndef WARDER_TESTS_FUZZ_ENTRY_H
#define WARDER_TESTS_FUZZ_ENTRY_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_ENTRY(target)                                                                                             \
	int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)                                                   \
	{                                                                                                              \
		char *text = malloc(size ? size : 1);                                                                  \
		if (!text)                                                                                             \
			return 0;                                                                                      \
		memcpy(text, data, size);                                                                              \
		target(text, size);                                                                                    \
		free(text);                                                                                            \
		return 0;                                                                                              \
	}

#endif
