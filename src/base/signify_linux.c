/*
 * Owns the formats and the one use of libsodium; signify_freebsd.c has none.
 */
#include "base/signify.h"

#include <sodium.h>
#include <string.h>

static const char header[] = "untrusted comment: ";
enum { COMMENT_MAX = 1024, CHECKSUM = 8, SALT = 16 };

/* As they are in the files. */
struct public_form {
	uint8_t algorithm[2], number[SIGNIFY_NUMBER], key[32];
};
struct secret_form {
	uint8_t algorithm[2], derivation[2], rounds[4], salt[SALT], checksum[CHECKSUM], number[SIGNIFY_NUMBER], key[64];
};
struct signature_form {
	uint8_t algorithm[2], number[SIGNIFY_NUMBER], signature[64];
};
_Static_assert(
	sizeof(struct public_form) == 42 && sizeof(struct secret_form) == 104 && sizeof(struct signature_form) == 74,
	"no padding");
_Static_assert(sizeof(((struct public_form *)0)->key) == crypto_sign_PUBLICKEYBYTES &&
		       sizeof(((struct secret_form *)0)->key) == crypto_sign_SECRETKEYBYTES &&
		       sizeof(((struct signature_form *)0)->signature) == crypto_sign_BYTES,
	"libsodium's keys are signify's");

static const uint8_t algorithm[2] = {'E', 'd'}, derivation[2] = {'B', 'K'};

/* ---- the file ---- */

static void
file_print(const char *comment, const char *name, const void *form, size_t size, struct str *out)
{
	char text[sodium_base64_ENCODED_LEN(sizeof(struct secret_form), sodium_base64_VARIANT_ORIGINAL)];

	sodium_bin2base64(text, sizeof(text), form, size, sodium_base64_VARIANT_ORIGINAL);
	str_addf(out, "%s%s%s\n%s\n", header, comment, name, text);
	sodium_memzero(text, sizeof(text));
}

/* -1 unless it is these two lines and the second is of that size. */
static int
file_parse(const char *text, size_t len, void *form, size_t size)
{
	const char *nl = memchr(text, '\n', len), *end;
	size_t got;

	if (!nl || len < sizeof(header) - 1 || memcmp(text, header, sizeof(header) - 1) != 0 ||
		nl - text > COMMENT_MAX || text[len - 1] != '\n')
		return -1;
	nl++;
	len -= (size_t)(nl - text) + 1;
	if (sodium_base642bin(form, size, nl, len, NULL, &got, &end, sodium_base64_VARIANT_ORIGINAL) < 0)
		return -1;
	return got == size && end == nl + len && memcmp(form, algorithm, sizeof(algorithm)) == 0 ? 0 : -1;
}

static int
no_key(const char *subject, struct err *e)
{
	err_set(e, ERR_FAILED, "read", subject, "not a key of signify's form");
	return err_hint(e, "warder key generate");
}

/* ---- keys ---- */

int
signify_generate(struct signify_secret *ret_secret, struct signify_public *ret_public, struct err *e)
{
	if (sodium_init() < 0)
		return err_set(e, ERR_FAILED, "generate", NULL, "libsodium cannot be used here");
	crypto_sign_keypair(ret_public->key, ret_secret->key);
	randombytes_buf(ret_public->number, sizeof(ret_public->number));
	memcpy(ret_secret->number, ret_public->number, sizeof(ret_secret->number));
	return 0;
}

void
signify_forget(struct signify_secret *s)
{
	sodium_memzero(s, sizeof(*s));
}

void
signify_public_print(const struct signify_public *p, const char *name, struct str *out)
{
	struct public_form f;

	memcpy(f.algorithm, algorithm, sizeof(f.algorithm));
	memcpy(f.number, p->number, sizeof(f.number));
	memcpy(f.key, p->key, sizeof(f.key));
	file_print(name, " public key", &f, sizeof(f), out);
}

static void
checksum(const uint8_t key[64], uint8_t ret[CHECKSUM])
{
	uint8_t hash[crypto_hash_sha512_BYTES];

	crypto_hash_sha512(hash, key, 64);
	memcpy(ret, hash, CHECKSUM);
	sodium_memzero(hash, sizeof(hash));
}

/* No rounds: no passphrase. */
void
signify_secret_print(const struct signify_secret *s, const char *name, struct str *out)
{
	struct secret_form f = {0};

	memcpy(f.algorithm, algorithm, sizeof(f.algorithm));
	memcpy(f.derivation, derivation, sizeof(f.derivation));
	memcpy(f.number, s->number, sizeof(f.number));
	memcpy(f.key, s->key, sizeof(f.key));
	checksum(f.key, f.checksum);
	file_print(name, " secret key", &f, sizeof(f), out);
	sodium_memzero(&f, sizeof(f));
}

int
signify_public_parse(const char *text, size_t len, const char *subject, struct signify_public *ret, struct err *e)
{
	struct public_form f;

	if (file_parse(text, len, &f, sizeof(f)) < 0)
		return no_key(subject, e);
	memcpy(ret->number, f.number, sizeof(ret->number));
	memcpy(ret->key, f.key, sizeof(ret->key));
	return 0;
}

static int
secret_take(const struct secret_form *f, const char *subject, struct signify_secret *ret, struct err *e)
{
	static const uint8_t none[sizeof(f->rounds)];
	uint8_t sum[CHECKSUM];

	if (memcmp(f->derivation, derivation, sizeof(derivation)) != 0)
		return no_key(subject, e);
	if (memcmp(f->rounds, none, sizeof(none)) != 0) {
		err_set(e, ERR_FAILED, "read", subject, "it has a passphrase, which nobody can be asked for here");
		return err_hint(e, "signify -G -n, or warder key generate, makes one without");
	}
	checksum(f->key, sum);
	if (memcmp(sum, f->checksum, sizeof(sum)) != 0)
		return no_key(subject, e);
	memcpy(ret->number, f->number, sizeof(ret->number));
	memcpy(ret->key, f->key, sizeof(ret->key));
	return 0;
}

int
signify_secret_parse(const char *text, size_t len, const char *subject, struct signify_secret *ret, struct err *e)
{
	struct secret_form f;
	int r = file_parse(text, len, &f, sizeof(f)) < 0 ? no_key(subject, e) : secret_take(&f, subject, ret, e);

	sodium_memzero(&f, sizeof(f));
	return r;
}

/* ---- signatures ---- */

void
signify_sign(const struct signify_secret *s, const void *data, size_t len, const char *name, struct str *out)
{
	struct signature_form f;

	memcpy(f.algorithm, algorithm, sizeof(f.algorithm));
	memcpy(f.number, s->number, sizeof(f.number));
	crypto_sign_detached(f.signature, NULL, data, len, s->key);
	file_print("verify with ", name, &f, sizeof(f), out);
}

enum signify_answer
signify_check(const struct signify_public *p, const char *text, size_t text_len, const void *data, size_t len)
{
	struct signature_form f;

	if (file_parse(text, text_len, &f, sizeof(f)) < 0)
		return SIGNIFY_MALFORMED;
	if (memcmp(f.number, p->number, sizeof(f.number)) != 0)
		return SIGNIFY_OTHER_KEY;
	return crypto_sign_verify_detached(f.signature, data, len, p->key) == 0 ? SIGNIFY_GOOD : SIGNIFY_BAD;
}

void
signify_sign_embedded(const struct signify_secret *s, const void *data, size_t len, const char *name, struct str *out)
{
	signify_sign(s, data, len, name, out);
	str_addn(out, data, len);
}

const char *
signify_message(const char *text, size_t text_len, size_t *ret_len)
{
	const char *end = text + text_len, *nl = memchr(text, '\n', text_len);

	nl = nl ? memchr(nl + 1, '\n', (size_t)(end - nl) - 1) : NULL;
	if (!nl || nl + 1 == end)
		return NULL;
	*ret_len = (size_t)(end - nl) - 1;
	return nl + 1;
}

enum signify_answer
signify_check_embedded(const struct signify_public *p, const char *text, size_t text_len)
{
	size_t len = 0;
	const char *message = signify_message(text, text_len, &len);

	return message ? signify_check(p, text, text_len - len, message, len) : SIGNIFY_MALFORMED;
}
