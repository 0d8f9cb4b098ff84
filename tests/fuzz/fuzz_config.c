/*
 * libFuzzer's entry: `meson setup -Dfuzz=true` with CC=clang, then
 *	tests/fuzz/fuzz_config -dict=config.dict CORPUS
 * A case of tests/golden is a good seed as it is: its section lines only make it fail early, so tests/fuzz/corpus.py
 * writes the `config` sections out.
 */
#include "fuzz_config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size ? size : 1);

	if (!text)
		return 0;
	memcpy(text, data, size);
	fuzz_config(text, size);
	free(text);
	return 0;
}
