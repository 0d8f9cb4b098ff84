/*
 * libFuzzer's entry for manifests; tests/fuzz/run (`make fuzz`) builds and runs it, with tests/fuzz/manifests as seeds.
 */
#include "fuzz_manifest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size ? size : 1);

	if (!text)
		return 0;
	memcpy(text, data, size);
	fuzz_manifest(text, size);
	free(text);
	return 0;
}
