/*
 * Owns the one place that knows that libmd hashes: it is in FreeBSD's base, and has libcrypto's names (sha256(3)).
 */
#include <sys/types.h>

#include <sha256.h>

#include "base/sha256.h"

_Static_assert(sizeof(SHA256_CTX) <= sizeof(struct sha256), "libmd's state fits");

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
