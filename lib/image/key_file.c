// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* RSA-3072 keys in PEM files. */
#include "crypto.h"

#include "lib/base/file.h"
#include "lib/crypto/libcrypto.h"
#include "lib/base/alloc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct key *key_load(const char *path, const char **why)
{
	struct key *key;
	uint8_t *bytes;
	char *pem;
	size_t n;

	bytes = base_file_read(path, KEY_PEM_LIMIT, &n);
	if (!bytes) {
		*why = base_file_why(errno);
		return NULL;
	}
	pem = base_alloc(n + 1);
	if (!pem) {
		explicit_bzero(bytes, n);
		base_free(bytes);
		*why = strerror(ENOMEM);
		return NULL;
	}
	memcpy(pem, bytes, n);
	key = key_parse(pem);
	if (!key)
		*why = libcrypto_is_there() ?
		       "expected an RSA-3072 key in PEM form without a passphrase" :
		       "libcrypto.so.3 cannot be loaded";
	explicit_bzero(pem, n);
	explicit_bzero(bytes, n);
	base_free(pem);
	base_free(bytes);
	return key;
}

bool key_save(const struct key *key, bool private_half, const char *path)
{
	char *pem = key_pem(key, private_half);
	size_t n;
	bool ok;

	if (!pem) {
		errno = EINVAL;
		return false;
	}
	n = strlen(pem);
	ok = base_file_write(path, pem, n, private_half ? 0600 : 0644);
	explicit_bzero(pem, n);
	base_free(pem);
	return ok;
}
