/*
 * Owns the arithmetic of addresses.  Both families are rows of one table; no function is written twice.
 */
#include "model/net.h"

#include <string.h>

#include "base/inet.h"

#define ARRAY_LEN(v) (sizeof(v) / sizeof((v)[0]))

struct family {
	uint8_t family;
	int af;
	unsigned bits, default_prefix;
};
static const struct family families[] = {{4, AF_INET, 32, 24}, {6, AF_INET6, 128, 64}};

/* Networks that no jail may have an address of. */
static const struct {
	uint8_t family, prefix;
	uint8_t bytes[16];
	const char *what;
} refused[] = {
	{4, 8, {0}, "an unspecified address"},
	{4, 8, {127}, "a loopback address"},
	{4, 16, {169, 254}, "a link-local address"},
	{4, 4, {224}, "a multicast address"},
	{4, 32, {255, 255, 255, 255}, "the broadcast address"},
	{4, 4, {240}, "a reserved address"},
	{6, 128, {0}, "an unspecified address"},
	{6, 128, {[15] = 1}, "a loopback address"},
	{6, 96, {[10] = 0xff, [11] = 0xff}, "an IPv4 address in IPv6 form"},
	{6, 10, {0xfe, 0x80}, "a link-local address"},
	{6, 8, {0xff}, "a multicast address"},
};

static const struct family *
family_row(unsigned family)
{
	for (size_t i = 0; i < ARRAY_LEN(families); i++)
		if (families[i].family == family)
			return &families[i];
	return NULL;
}

/* True if the first bits of both are the same. */
static bool
same_bits(const uint8_t *a, const uint8_t *b, unsigned bits)
{
	if (memcmp(a, b, bits / 8) != 0)
		return false;
	unsigned rest = bits % 8;
	return rest == 0 || (a[bits / 8] ^ b[bits / 8]) >> (8 - rest) == 0;
}

/* Sets all bits from first on, up to bits. */
static void
set_host_bits(uint8_t *bytes, unsigned first, unsigned bits, bool on)
{
	for (unsigned i = first; i < bits; i++) {
		uint8_t bit = (uint8_t)(0x80 >> i % 8);
		bytes[i / 8] = on ? bytes[i / 8] | bit : bytes[i / 8] & (uint8_t)~bit;
	}
}

static const char *
refused_as(const struct addr *a, const struct family *f)
{
	struct addr edge = *a;
	for (size_t i = 0; i < ARRAY_LEN(refused); i++)
		if (refused[i].family == a->family && same_bits(refused[i].bytes, a->bytes, refused[i].prefix))
			return refused[i].what;
	if (a->prefix + 1U >= f->bits) /* RFC 3021, RFC 6164: no such addresses in a network of one or two */
		return NULL;
	set_host_bits(edge.bytes, a->prefix, f->bits, false);
	if (addr_equal(&edge, a))
		return "the network's own address";
	set_host_bits(edge.bytes, a->prefix, f->bits, true);
	if (f->family == 4 && addr_equal(&edge, a))
		return "the network's broadcast address";
	return NULL;
}

static int
not_an_address(const char *text, const struct family *f, struct err *e)
{
	return err_set(e, ERR_CONFIG, "address", text, "not an IPv%u address", (unsigned)f->family);
}

int
addr_parse(const char *text, unsigned family, struct addr *ret, struct err *e)
{
	const struct family *f = family_row(family);
	const char *slash = strchr(text, '/');
	size_t len = slash == NULL ? strlen(text) : (size_t)(slash - text);
	char bare[INET6_ADDRSTRLEN + 1];
	if (f == NULL)
		return err_set(e, ERR_CONFIG, "address", text, "no such family: %u", family);
	struct addr a = {.family = f->family, .prefix = (uint8_t)f->default_prefix};
	if (len >= sizeof(bare))
		return not_an_address(text, f, e);
	memcpy(bare, text, len);
	bare[len] = '\0';
	if (inet_pton(f->af, bare, a.bytes) != 1)
		return not_an_address(text, f, e);
	if (slash != NULL) {
		uint64_t prefix = 0;
		if (str_to_u64(slash + 1, f->bits, &prefix) < 0 || prefix == 0)
			return err_set(
				e, ERR_CONFIG, "address", text, "its prefix is not a number from 1 to %u", f->bits);
		a.prefix = (uint8_t)prefix;
	}
	const char *what = refused_as(&a, f);
	if (what != NULL)
		return err_set(e, ERR_CONFIG, "address", text, "it is %s", what);
	*ret = a;
	return 0;
}

void
addr_print(const struct addr *a, bool with_prefix, struct str *out)
{
	char text[INET6_ADDRSTRLEN];
	const struct family *f = family_row(a->family);
	if (f == NULL || inet_ntop(f->af, a->bytes, text, sizeof(text)) == NULL) {
		str_add(out, "none");
		return;
	}
	str_add(out, text);
	if (with_prefix)
		str_addf(out, "/%u", (unsigned)a->prefix);
}

bool
addr_equal(const struct addr *a, const struct addr *b)
{
	return a->family == b->family && memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

bool
addr_same_network(const struct addr *a, const struct addr *b)
{
	return a->family == b->family && a->prefix == b->prefix && same_bits(a->bytes, b->bytes, a->prefix);
}

struct addr
addr_first_host(const struct addr *a)
{
	struct addr first = *a;
	const struct family *f = family_row(a->family);
	if (f == NULL)
		return first;
	set_host_bits(first.bytes, a->prefix, f->bits, false);
	if (a->prefix + 1U < f->bits)
		first.bytes[f->bits / 8 - 1] |= 1;
	return first;
}

/* FNV-1a, 64 bits, of both names and the NUL between them. */
static uint64_t
hash_of(const char *root, const char *jail)
{
	const char *const parts[] = {root, jail};
	uint64_t h = UINT64_C(0xcbf29ce484222325);
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		for (size_t j = 0; j <= strlen(parts[i]); j++)
			h = (h ^ (uint8_t)parts[i][j]) * UINT64_C(0x100000001b3);
	return h;
}

void
mac_for(const char *root, const char *jail, uint8_t ret[6])
{
	uint64_t h = hash_of(root, jail);
	ret[0] = 0x02;
	for (int i = 1; i < 6; i++)
		ret[i] = (uint8_t)(h >> 8 * i);
}

void
veth_name_for(const char *root, const char *jail, char ret[16])
{
	uint64_t h = hash_of(root, jail);
	h ^= h >> 48;
	snprintf(ret, 16, "wdr%012llx", (unsigned long long)(h & UINT64_C(0xffffffffffff)));
}
