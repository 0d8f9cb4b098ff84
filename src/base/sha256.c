/*
 * Owns the one place that knows which library hashes.
 */
#define OPENSSL_SUPPRESS_DEPRECATED /* the EVP interface would bring all of libcrypto into a static program */
#include "base/sha256.h"

#include <openssl/sha.h>

_Static_assert(sizeof(SHA256_CTX) <= sizeof(struct sha256), "libcrypto's state fits");

static SHA256_CTX *
state(struct sha256 *h)
{
	return (SHA256_CTX *)(void *)h->room;
}

void
sha256_init(struct sha256 *h)
{
	SHA256_Init(state(h));
}

void
sha256_add(struct sha256 *h, const void *data, size_t n)
{
	SHA256_Update(state(h), data, n);
}

void
sha256_end(struct sha256 *h, uint8_t ret[SHA256_SIZE])
{
	SHA256_Final(ret, state(h));
}

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
