/*
 * The key that manifests are signed with, where the configuration names one (seal.key): a pair of files of signify's
 * form outside the store, NAME.pub and NAME.sec beside it, root's, the secret one for root alone.
 *
 * Each manifest then has a signature beside it, MANIFEST.sig.  The secret key is read when a generation is begun or
 * published, the public one when it is verified, and neither at any other time.  Whoever is root on this host can sign,
 * too: where the secret key lies on it, a signature says whose a store is that was copied or restored, not that its
 * host is sound.
 */
#ifndef WARDER_STORE_SEAL_KEY_H
#define WARDER_STORE_SEAL_KEY_H

#include "base/sha256.h"
#include "store/store.h"

/* Whether what is published could be signed; asked before the work, not after it.  ERR_CONFIG where the secret key is
 * missing, ERR_NOPERM where others can read it. */
int store_key_check(const struct store *s, struct err *e) must_check;

/* Makes both files of s->seal_key, the secret one first.  ERR_CANTCREATE if either is there. */
int store_key_generate(const struct store *s, struct err *e) must_check;

/*
 * Signs a manifest's text: dirfd/NAME.sig, synced.  Signed is one line of a list of checksums, "SHA256 (PLACE) = ...",
 * which stands below the signature, so that neither signing nor checking needs all of the manifest at once; PLACE is
 * where it lies beneath ROOT/.warder once it is published, and there signify -C checks line and file.  Without a key a
 * signature that is there is removed: it is of a manifest before.
 */
int seal_sign(const struct store *s, int dirfd, const char *name, const char *place, const char *text, size_t len,
	struct err *e) must_check;
/*
 * *ret_fault: what is wrong with the signature of the manifest that lies at the path beneath s->dotfd and whose sha256
 * is hash; NULL: it is good, or there is no key.  -1 if the key cannot be read.
 */
int seal_signature_check(const struct store *s, const char *path, const char hash[SHA256_HEX], const char **ret_fault,
	struct err *e) must_check;

#endif
