/*
 * libFuzzer's entry; tests/fuzz/run (`make fuzz`) builds and runs it, with the golden cases of adopters as seeds.
 */
#include "fuzz_adopt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size ? size : 1);

	if (!text)
		return 0;
	memcpy(text, data, size);
	fuzz_adopt(text, size);
	free(text);
	return 0;
}
