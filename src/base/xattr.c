/*
 * Owns the form of Linux's access control lists; the copying itself is in xattr_linux.c and xattr_freebsd.c.
 */
#include "base/xattr.h"

#include <string.h>

/* linux/posix_acl_xattr.h: little-endian whatever the machine.  An entry: tag and rights of 16 bits, id of 32. */
enum { ACL_VERSION = 2, ACL_TAG_USER = 0x02, ACL_TAG_GROUP = 0x08, HEADER_SIZE = 4, ENTRY_SIZE = 8, ID_AT = 4 };

static uint32_t
number_at(const uint8_t *at)
{
	return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static void
number_put(uint8_t *at, uint32_t n)
{
	for (int i = 0; i < 4; i++)
		at[i] = (uint8_t)(n >> 8 * i);
}

int
xattr_shift_acl(void *value, size_t len, uint32_t shift, uint32_t count)
{
	uint8_t *at = value, *end = at + len;

	if (len < HEADER_SIZE || (len - HEADER_SIZE) % ENTRY_SIZE != 0 || number_at(at) != ACL_VERSION)
		return -1;
	for (at += HEADER_SIZE; at < end; at += ENTRY_SIZE) {
		uint32_t tag = number_at(at) & 0xffff, id = number_at(at + ID_AT);
		if (tag != ACL_TAG_USER && tag != ACL_TAG_GROUP)
			continue;
		if (id >= count)
			return -1;
		number_put(at + ID_AT, id + shift);
	}
	return 0;
}
