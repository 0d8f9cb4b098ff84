/*
 * FreeBSD's base has no library with Ed25519 that promises its interface (libsodium is a port): a key is refused by
 * name, never taken and not used.
 */
#include "base/signify.h"

static int
unavailable(const char *op, const char *subject, struct err *e)
{
	err_set(e, ERR_UNAVAILABLE, op, subject, "Ed25519 needs libsodium, which FreeBSD's base system does not have");
	return err_hint(e, "leave out seal.key; signify(1) from ports checks a signature by hand");
}

int
signify_generate(struct signify_secret *ret_secret, struct signify_public *ret_public, struct err *e)
{
	return unavailable("generate", "a key", e);
}

void
signify_forget(struct signify_secret *s)
{
	*s = (struct signify_secret){{0}, {0}};
}

/* Nothing below is reached with a key: there is none. */

void
signify_public_print(const struct signify_public *p, const char *name, struct str *out)
{
}

void
signify_secret_print(const struct signify_secret *s, const char *name, struct str *out)
{
}

int
signify_public_parse(const char *text, size_t len, const char *subject, struct signify_public *ret, struct err *e)
{
	return unavailable("read", subject, e);
}

int
signify_secret_parse(const char *text, size_t len, const char *subject, struct signify_secret *ret, struct err *e)
{
	return unavailable("read", subject, e);
}

void
signify_sign(const struct signify_secret *s, const void *data, size_t len, const char *name, struct str *out)
{
}

void
signify_sign_embedded(const struct signify_secret *s, const void *data, size_t len, const char *name, struct str *out)
{
}

const char *
signify_message(const char *text, size_t text_len, size_t *ret_len)
{
	return NULL;
}

enum signify_answer
signify_check(const struct signify_public *p, const char *text, size_t text_len, const void *data, size_t len)
{
	return SIGNIFY_BAD;
}

enum signify_answer
signify_check_embedded(const struct signify_public *p, const char *text, size_t text_len)
{
	return SIGNIFY_BAD;
}
