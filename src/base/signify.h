/*
 * Ed25519 signatures in the files of signify(1), so that it can make and check each of them, too: a line "untrusted
 * comment: ...", then one of base64.  By libsodium, which is used here and nowhere else.  Pure, but for generate.
 *
 * signify protects a secret key by a passphrase (bcrypt_pbkdf) or, with -n, not at all: the latter is the form here,
 * since a program on a schedule has nobody to ask.
 */
#ifndef WARDER_BASE_SIGNIFY_H
#define WARDER_BASE_SIGNIFY_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum { SIGNIFY_NUMBER = 8, SIGNIFY_FILE_MAX = 4096 };

struct signify_public {
	uint8_t number[SIGNIFY_NUMBER]; /* random, in its signatures, too */
	uint8_t key[32];
};
struct signify_secret {
	uint8_t number[SIGNIFY_NUMBER];
	uint8_t key[64];
};

/* A new pair of keys. */
int signify_generate(struct signify_secret *ret_secret, struct signify_public *ret_public, struct err *e) must_check;
/* Overwrites it. */
void signify_forget(struct signify_secret *s);

/* The text of a file; name: what the comment calls it, "seal". */
void signify_public_print(const struct signify_public *p, const char *name, struct str *out);
void signify_secret_print(const struct signify_secret *s, const char *name, struct str *out);
/* ERR_FAILED if it is none. */
int signify_public_parse(
	const char *text, size_t len, const char *subject, struct signify_public *ret, struct err *e) must_check;
/* Also if it has a passphrase. */
int signify_secret_parse(
	const char *text, size_t len, const char *subject, struct signify_secret *ret, struct err *e) must_check;

/*
 * The text of a signature's file.  Of Ed25519 the whole message is needed, so what is large is signed by a list of its
 * checksum, which follows the signature (signify -S -e) and which signify -C checks together with the file.
 * name: of the public key's file, for the comment.
 */
void signify_sign(const struct signify_secret *s, const void *data, size_t len, const char *name, struct str *out);
void signify_sign_embedded(
	const struct signify_secret *s, const void *data, size_t len, const char *name, struct str *out);
/* What follows the signature in its file, *ret_len bytes up to its end; NULL: nothing. */
const char *signify_message(const char *text, size_t text_len, size_t *ret_len);
enum signify_answer { SIGNIFY_GOOD, SIGNIFY_MALFORMED, SIGNIFY_OTHER_KEY, SIGNIFY_BAD };
enum signify_answer signify_check(
	const struct signify_public *p, const char *text, size_t text_len, const void *data, size_t len);
/* Of the message that follows it. */
enum signify_answer signify_check_embedded(const struct signify_public *p, const char *text, size_t text_len);

#endif
