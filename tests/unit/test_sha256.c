/* SHA-256 by the vectors of FIPS 180-4. */
#include "unit.h"

#include <string.h>

#include "base/sha256.h"

static const struct {
	const char *text, *hash;
} vectors[] = {
	{"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
	{"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
	{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
};

static void
the_standards_vectors_hold(void **state)
{
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		char hex[SHA256_HEX];
		sha256_of(vectors[i].text, strlen(vectors[i].text), hex);
		assert_string_equal(hex, vectors[i].hash);
	}
}

static void
parts_give_the_hash_of_the_whole(void **state)
{
	struct sha256 h;
	uint8_t hash[SHA256_SIZE];
	char hex[SHA256_HEX];
	sha256_init(&h);
	for (int i = 0; i < 1000000; i++)
		sha256_add(&h, "a", 1);
	sha256_end(&h, hash);
	sha256_hex(hash, hex);
	assert_string_equal(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_standards_vectors_hold),
		cmocka_unit_test(parts_give_the_hash_of_the_whole),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
