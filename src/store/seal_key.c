/*
 * Key files and signatures on the disk.
 */
#include "store/seal_key.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/path.h"
#include "base/signify.h"
#include "store/internal.h"

enum { PUBLIC_MODE = 0644, SECRET_MODE = 0600 };
static const char pub[] = ".pub", sec[] = ".sec", sig[] = ".sig";

/* The directory of the key, which nobody else can change and no jail sees, and the two names in it. */
struct place {
	int dir;
	const char *public, *secret; /* in a */
	struct arena a;
};
#define place_auto __attribute__((cleanup(place_done))) struct place

static void
place_done(struct place *p)
{
	fd_close(&p->dir);
	arena_done(&p->a);
}

static int
place_open(const struct store *s, struct place *p, struct err *e)
{
	const char *path = s->seal_key, *slash = strrchr(path, '/');
	size_t len = strlen(path);
	bool inside = false;

	if (!path_is_clean_absolute(path) || slash == path || len - (size_t)(slash - path) <= sizeof(pub) ||
		strcmp(path + len - (sizeof(pub) - 1), pub) != 0)
		return err_set(e, ERR_CONFIG, "read", path, "not an absolute path in a directory that ends in .pub");
	p->public = arena_strdup(&p->a, slash + 1);
	p->secret = arena_printf(&p->a, "%.*s%s", (int)(strlen(p->public) - (sizeof(pub) - 1)), p->public, sec);
	p->dir = trusted_dir_open(arena_strndup(&p->a, path, (size_t)(slash - path)), false, e);
	if (p->dir < 0 || store_is_around(s, p->dir, path, &inside, e) < 0)
		return -1;
	return inside ? err_set(e, ERR_CONFIG, "read", path, "it lies in the store (%s)", s->root) : 0;
}

/* ---- reading ---- */

static int
key_read(struct place *p, const char *name, mode_t most, char **ret, size_t *ret_len, struct err *e)
{
	struct stat st;
	fd_auto fd = path_open_regular(p->dir, name, e);

	if (fd < 0 && e->err_no == ENOENT)
		return err_hint(e, "warder key generate");
	if (fd < 0)
		return -1;
	if (fstat(fd, &st) < 0)
		return err_sys(e, "fstat", name);
	if (st.st_uid != 0 || st.st_mode & 07777 & ~most)
		return err_set(e, ERR_NOPERM, "read", name, "it must belong to root, with mode %04o or less", most);
	return file_read_fd(fd, SIGNIFY_FILE_MAX, &p->a, name, ret, ret_len, e);
}

static int
secret_read(const struct store *s, struct signify_secret *ret, const char **ret_public, struct arena *a, struct err *e)
{
	place_auto p = {.dir = -1};
	char *text;
	size_t len;

	if (place_open(s, &p, e) < 0 || key_read(&p, p.secret, SECRET_MODE, &text, &len, e) < 0)
		return -1;
	int r = signify_secret_parse(text, len, p.secret, ret, e);
	explicit_bzero(text, len);
	*ret_public = arena_strdup(a, p.public);
	return r;
}

int
store_key_check(const struct store *s, struct err *e)
{
	struct arena a = {0};
	struct signify_secret secret;
	const char *public;

	if (!s->seal_key)
		return 0;
	int r = secret_read(s, &secret, &public, &a, e);
	if (r == 0)
		signify_forget(&secret);
	else if (e->err_no == ENOENT)
		e->kind = ERR_CONFIG;
	arena_done(&a);
	return r;
}

static int
public_read(const struct store *s, struct signify_public *ret, struct err *e)
{
	place_auto p = {.dir = -1};
	char *text;
	size_t len;

	if (place_open(s, &p, e) < 0 || key_read(&p, p.public, PUBLIC_MODE, &text, &len, e) < 0)
		return -1;
	return signify_public_parse(text, len, p.public, ret, e);
}

/* ---- making ---- */

static int
check_absent(const struct place *p, const char *name, struct err *e)
{
	if (path_look(p->dir, name) == 0) {
		err_set(e, ERR_CANTCREATE, "generate", name, "it is there already");
		return err_hint(e, "what was signed with it needs it: move it away, do not remove it");
	}
	return errno == ENOENT ? 0 : err_sys(e, "access", name);
}

static int
pair_write(
	const struct place *p, const struct signify_secret *secret, const struct signify_public *public, struct err *e)
{
	const char *name = p->public;
	str_auto secret_text = {0}, public_text = {0};

	signify_secret_print(secret, name, &secret_text);
	signify_public_print(public, name, &public_text);
	int r = file_write(p->dir, p->secret, str_text(&secret_text), secret_text.len, SECRET_MODE, e);
	explicit_bzero(secret_text.s, secret_text.len);
	if (r == 0)
		r = file_write(p->dir, name, str_text(&public_text), public_text.len, PUBLIC_MODE, e);
	return r;
}

int
store_key_generate(const struct store *s, struct err *e)
{
	struct signify_secret secret;
	struct signify_public public;
	place_auto p = {.dir = -1};
	fd_auto lock = -1;

	if (store_lock(s, "key", "key generate", 0, &lock, e) < 0 || place_open(s, &p, e) < 0 ||
		check_absent(&p, p.secret, e) < 0 || check_absent(&p, p.public, e) < 0 ||
		signify_generate(&secret, &public, e) < 0)
		return -1;
	int r = pair_write(&p, &secret, &public, e);
	signify_forget(&secret);
	return r;
}

/* ---- signatures ---- */

/* As sha256(1) of BSD and sha256sum --tag write it.  Where a manifest lies says of which generation of what it is: one
 * of another base, or of an older generation, is no good in its place. */
static void
checksum_print(const char *name, const char hash[SHA256_HEX], struct str *out)
{
	str_addf(out, "SHA256 (%s) = %s\n", name, hash);
}

int
seal_sign(const struct store *s, int dirfd, const char *name, const char *place, const char *text, size_t len,
	struct err *e)
{
	char path[STORE_PATH];
	struct signify_secret secret;
	struct arena a = {0};
	const char *public = NULL;
	char hash[SHA256_HEX];
	str_auto out = {0}, list = {0};

	store_path(path, "%s%s", name, sig);
	if (!s->seal_key)
		return store_unlink(dirfd, path, 0, e);
	int r = secret_read(s, &secret, &public, &a, e);
	if (r == 0) {
		sha256_of(text, len, hash);
		checksum_print(place, hash, &list);
		signify_sign_embedded(&secret, str_text(&list), list.len, public, &out);
		signify_forget(&secret);
		r = file_write(dirfd, path, str_text(&out), out.len, 0600, e);
	}
	arena_done(&a);
	return r;
}

/* A good signature of another line is of another manifest. */
static enum signify_answer
checksum_check(const struct signify_public *public, const char *text, size_t len, const char *place,
	const char hash[SHA256_HEX])
{
	enum signify_answer answer = signify_check_embedded(public, text, len);
	str_auto want = {0};
	size_t n = 0;

	checksum_print(place, hash, &want);
	const char *message = signify_message(text, len, &n);
	if (answer == SIGNIFY_GOOD && (n != want.len || memcmp(message, str_text(&want), n) != 0))
		return SIGNIFY_BAD;
	return answer;
}

int
seal_signature_check(
	const struct store *s, const char *path, const char hash[SHA256_HEX], const char **ret_fault, struct err *e)
{
	static const char *const faults[] = {[SIGNIFY_GOOD] = NULL,
		[SIGNIFY_MALFORMED] = "its signature is malformed",
		[SIGNIFY_OTHER_KEY] = "its signature is of another key",
		[SIGNIFY_BAD] = "its signature is of another manifest"};
	struct signify_public public;
	struct arena a = {0};
	char name[STORE_PATH], *text;
	size_t len;
	enum signify_answer answer = SIGNIFY_MALFORMED;
	struct err why;

	*ret_fault = NULL;
	if (!s->seal_key)
		return 0;
	if (public_read(s, &public, e) < 0)
		return -1;
	fd_auto file = path_open_regular(s->dotfd, store_path(name, "%s%s", path, sig), &why);
	if (file < 0 && why.err_no == ENOENT) {
		*ret_fault = "it has no signature";
		return 0;
	}
	if (file >= 0 && file_read_fd(file, SIGNIFY_FILE_MAX, &a, name, &text, &len, &why) == 0)
		answer = checksum_check(&public, text, len, path, hash);
	arena_done(&a);
	*ret_fault = faults[answer];
	return 0;
}
