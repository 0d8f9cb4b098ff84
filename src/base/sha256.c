/*
 * Owns what is the same with every library that hashes; which one that is, sha256_linux.c and sha256_freebsd.c know.
 */
#include "base/sha256.h"

void
sha256_hex(const uint8_t hash[SHA256_SIZE], char ret[SHA256_HEX])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < SHA256_SIZE; i++) {
		ret[2 * i] = digits[hash[i] >> 4];
		ret[2 * i + 1] = digits[hash[i] & 15];
	}
	ret[SHA256_HEX - 1] = '\0';
}

void
sha256_of(const void *data, size_t n, char ret[SHA256_HEX])
{
	struct sha256 h;
	uint8_t hash[SHA256_SIZE];

	sha256_init(&h);
	sha256_add(&h, data, n);
	sha256_end(&h, hash);
	sha256_hex(hash, ret);
}
