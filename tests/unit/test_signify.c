/* base/signify: keys and signatures are those of signify(1). */
#include "unit.h"

#include <stdlib.h>

#include "base/signify.h"

/* Made by signify(1) 31: -G -n, -S of the text, and -G with a passphrase. */
static const char public_text[] = "untrusted comment: test public key\n"
				  "RWSe8Lpp06Y83brvXwhvpGWzrTFlR11WMg8OmJXdEdo08fq+CZTJyd1t\n";
static const char secret_text[] =
	"untrusted comment: test secret key\n"
	"RWRCSwAAAABoWtVhfnL8yU2g9l3GvqQ820agX4dSHh+e8Lpp06Y83QQLeJZXFJSDZvij7VX6ZrcKMMor4vhaQNqPQriN3G/"
	"8uu9fCG+kZbOtMWVHXVYyDw6Yld0R2jTx+r4JlMnJ3W0=\n";
static const char signature[] =
	"untrusted comment: verify with k.pub\n"
	"RWSe8Lpp06Y83QxfQFlQ3LQWsowyeIMsXA/fY4h4xqrw6gU4wmj9IIBt6YD8IW1/NdDBhx0NE6mE6U4yJjiglIWgS/C5rFLTywk=\n";
static const char locked_text[] = "untrusted comment: signify secret key\n"
				  "RWRCSwAAACp7zKlruDdOWCyBHNusMAwefHnWSSjGrDGtdX8kH2fZgim7uLcT+rtNs/"
				  "q0TYbhtEfDyn8WuAZ5mET7fZf6m5AlhwizOmXHuvTHbyF2eG5onmMi3mfqQlEHJpxKic9JkAE=\n";
static const char text[] = "#mtree\n"
			   ". type=dir\n";

static void
what_signify_made_is_read(void **state)
{
	struct signify_public public;
	struct signify_secret secret;
	struct err e = {0};
	assert_int_equal(signify_public_parse(public_text, strlen(public_text), "k.pub", &public, &e), 0);
	assert_int_equal(signify_secret_parse(secret_text, strlen(secret_text), "k.sec", &secret, &e), 0);
	assert_int_equal(signify_check(&public, signature, strlen(signature), text, strlen(text)), SIGNIFY_GOOD);
	assert_int_equal(signify_check(&public, signature, strlen(signature), text, strlen(text) - 1), SIGNIFY_BAD);
	assert_int_equal(signify_check(&public, signature, strlen(signature), "", 0), SIGNIFY_BAD);
	str_auto again = {0};
	signify_sign(&secret, text, strlen(text), "k.pub", &again);
	assert_string_equal(str_text(&again), signature);
}

static void
a_pair_is_made_printed_and_read_again(void **state)
{
	struct signify_public public, public2, other;
	struct signify_secret secret, secret2, other_secret;
	struct err e = {0};
	str_auto p = {0}, s = {0}, sig = {0};
	assert_int_equal(signify_generate(&secret, &public, &e), 0);
	assert_int_equal(signify_generate(&other_secret, &other, &e), 0);
	assert_memory_not_equal(secret.key, other_secret.key, sizeof(secret.key));
	signify_public_print(&public, "seal", &p);
	signify_secret_print(&secret, "seal", &s);
	assert_true(str_has_prefix(str_text(&p), "untrusted comment: seal public key\nRW"));
	assert_true(str_has_prefix(str_text(&s), "untrusted comment: seal secret key\nRWRCSwAAAAA"));
	assert_int_equal(signify_public_parse(p.s, p.len, "p", &public2, &e), 0);
	assert_int_equal(signify_secret_parse(s.s, s.len, "s", &secret2, &e), 0);
	signify_sign(&secret2, "x", 1, "seal.pub", &sig);
	assert_int_equal(signify_check(&public2, sig.s, sig.len, "x", 1), SIGNIFY_GOOD);
	assert_int_equal(signify_check(&other, sig.s, sig.len, "x", 1), SIGNIFY_OTHER_KEY);
	memcpy(other.number, public.number, sizeof(other.number));
	assert_int_equal(signify_check(&other, sig.s, sig.len, "x", 1), SIGNIFY_BAD);
}

/* Every text that differs in one byte, and every beginning, is none or has no good signature. */
static void
a_byte_changed_or_cut_off_is_found(void **state)
{
	struct signify_public public;
	struct signify_secret secret;
	struct err e = {0};
	size_t n = strlen(signature), comment = strcspn(signature, "\n");
	char copy[512];
	assert_int_equal(signify_public_parse(public_text, strlen(public_text), "k.pub", &public, &e), 0);
	for (size_t i = 0; i < n; i++) {
		assert_int_not_equal(signify_check(&public, signature, i, text, strlen(text)), SIGNIFY_GOOD);
		memcpy(copy, signature, n);
		copy[i] ^= 1;
		bool good = signify_check(&public, copy, n, text, strlen(text)) == SIGNIFY_GOOD;
		assert_int_equal(good, i >= strlen("untrusted comment: ") && i < comment && copy[i] != '\n');
	}
	n = strlen(secret_text);
	comment = strcspn(secret_text, "\n");
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(signify_secret_parse(secret_text, i, "k.sec", &secret, &e), -1);
		memcpy(copy, secret_text, n);
		copy[i] ^= 1;
		if (i < strlen("untrusted comment: ") || i == comment || i == n - 1)
			assert_int_equal(signify_secret_parse(copy, n, "k.sec", &secret, &e), -1);
	}
	assert_int_equal(signify_public_parse(secret_text, n, "k.sec", &public, &e), -1);
	assert_int_equal(signify_secret_parse(public_text, strlen(public_text), "k.pub", &secret, &e), -1);
	assert_string_equal(e.hint, "warder key generate");
}

/* As signify -S -e has it. */
static void
a_message_below_its_signature_is_covered_whole(void **state)
{
	struct signify_public public;
	struct signify_secret secret;
	struct err e = {0};
	size_t len = 0;
	str_auto sig = {0};
	assert_int_equal(signify_public_parse(public_text, strlen(public_text), "k.pub", &public, &e), 0);
	assert_int_equal(signify_secret_parse(secret_text, strlen(secret_text), "k.sec", &secret, &e), 0);
	assert_null(signify_message(signature, strlen(signature), &len));
	assert_int_equal(signify_check_embedded(&public, signature, strlen(signature)), SIGNIFY_MALFORMED);
	signify_sign_embedded(&secret, text, strlen(text), "k.pub", &sig);
	assert_string_equal(signify_message(sig.s, sig.len, &len), text);
	assert_int_equal(len, strlen(text));
	assert_true(str_has_prefix(str_text(&sig), signature));
	assert_int_equal(signify_check_embedded(&public, sig.s, sig.len), SIGNIFY_GOOD);
	for (size_t i = 0; i < sig.len; i++)
		assert_int_not_equal(signify_check_embedded(&public, sig.s, i), SIGNIFY_GOOD);
	for (size_t i = strlen(signature); i < sig.len; i++) {
		sig.s[i] ^= 1;
		assert_int_equal(signify_check_embedded(&public, sig.s, sig.len), SIGNIFY_BAD);
		sig.s[i] ^= 1;
	}
}

static void
a_passphrase_is_not_asked_for(void **state)
{
	struct signify_secret secret;
	struct err e = {0};
	assert_int_equal(signify_secret_parse(locked_text, strlen(locked_text), "k.sec", &secret, &e), -1);
	assert_non_null(strstr(e.reason, "passphrase"));
	assert_string_equal(e.subject, "k.sec");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_signify_made_is_read),
		cmocka_unit_test(a_pair_is_made_printed_and_read_again),
		cmocka_unit_test(a_byte_changed_or_cut_off_is_found),
		cmocka_unit_test(a_message_below_its_signature_is_covered_whole),
		cmocka_unit_test(a_passphrase_is_not_asked_for),
	};
	return cmocka_run_group_tests_name("signify", tests, NULL, NULL);
}
