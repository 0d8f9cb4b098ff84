/*
 * Owns the one place that knows that libcrypto hashes.
 */
#define OPENSSL_SUPPRESS_DEPRECATED /* the EVP interface would bring all of libcrypto into a static program */
#include <openssl/sha.h>

#include "base/sha256.h"

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
