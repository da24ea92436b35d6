// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Entry points: images. */
#include "api.h"

#include "core/compat.h"
#include "lib/image/crypto.h"
#include "lib/image/image_file.h"
#include "lib/image/image_text.h"
#include "lib/image/repo.h"

#include <stdlib.h>
#include <string.h>

#define MODULUS_OFFSET	128	/* in a sigstruct, specification 4.4 */

enum seamstep_end seamstep_image_read(struct seamstep *s, const char *path, bool bare_too,
				      struct seamstep_image **image)
{
	struct seamstep_image *f;
	char *text, *why;

	*image = NULL;
	api_begin(s);
	f = base_alloc(sizeof(*f));
	if (f)
		image_file_read(f, path, bare_too);
	if (base_lacks()) {
		seamstep_image_free(f);
		return api_end(s, SEAMSTEP_NO_MEMORY, NULL);
	}
	*image = f;
	if (f->unreadable)
		return api_end_anyway(s, SEAMSTEP_ERROR, api_why("%s: %s", f->name, f->unreadable));
	if (f->good)
		return api_end(s, SEAMSTEP_OK, NULL);
	text = image_error_text(&f->err);
	why = api_why("%s: %s", f->name, text);
	base_free(text);
	return api_end_anyway(s, SEAMSTEP_BAD_IMAGE, why);
}

void seamstep_image_free(struct seamstep_image *image)
{
	if (image)
		repo_image_release(image);
	base_free(image);
}

static bool check_container(const struct seamstep_image *image, struct ss_image_error *err)
{
	*err = image->err;
	return image->good || strcmp(image->err.part, "container") != 0;
}

static bool check_sigstruct(const struct seamstep_image *image, struct ss_image_error *err)
{
	struct ss_sigstruct again = image->image.sig;

	return ss_sigstruct_parse(again.raw, image->image.sigstruct_offset, image->image.module.n,
				  &again, err);
}

static bool check(const struct seamstep_image *f, enum seamstep_image_check which,
		  const uint8_t *signer, struct ss_image_error *err)
{
	switch (which) {
	case SEAMSTEP_IMAGE_CONTAINER:
		return check_container(f, err);
	case SEAMSTEP_IMAGE_SIGSTRUCT:
		return check_sigstruct(f, err);
	case SEAMSTEP_IMAGE_SIGNER:
		return ss_image_check_signer(&f->image, &crypto_openssl, signer, err);
	case SEAMSTEP_IMAGE_SIGNATURE:
		return ss_image_check_signature(&f->image, &crypto_openssl, err);
	case SEAMSTEP_IMAGE_HASH:
		return ss_image_check_hash(&f->image, &crypto_openssl, err);
	default:
		return ss_image_check_elf(&f->image, err);
	}
}

/* Reads the rest of a repository's image. Only its users see it as constant. */
static bool whole(const struct seamstep_image *image, char **why)
{
	return repo_image_whole((struct seamstep_image *)image, why);
}

enum seamstep_end seamstep_image_check(struct seamstep *s, const struct seamstep_image *image,
				       enum seamstep_image_check which, const uint8_t *signer,
				       struct ss_image_error *err)
{
	bool module = which == SEAMSTEP_IMAGE_HASH || which == SEAMSTEP_IMAGE_ELF;
	char *text, *why = NULL;

	api_begin(s);
	if (!whole(image, &why))
		return api_end(s, SEAMSTEP_BAD_IMAGE, why);
	if ((which != SEAMSTEP_IMAGE_CONTAINER && !image->image.sig.raw.p) ||
	    (module && !image->image.module.n) || !image->file)
		return api_end(s, SEAMSTEP_UNSUPPORTED,
			       api_why("%s: the container's layout is not known", image->name));
	if (check(image, which, signer, err))
		return api_end(s, SEAMSTEP_OK, NULL);
	text = image_error_text(err);
	why = api_why("%s: %s", image->name, text);
	base_free(text);
	return api_end(s, SEAMSTEP_BAD_IMAGE, why);
}

enum seamstep_end seamstep_image_digest(struct seamstep *s, const struct seamstep_image *image,
					enum seamstep_image_part part,
					uint8_t digest[SS_SHA384_BYTES])
{
	struct ss_bytes bytes;
	char *why = NULL;

	api_begin(s);
	if (!whole(image, &why))
		return api_end(s, SEAMSTEP_BAD_IMAGE, why);
	bytes = (struct ss_bytes){ image->file, image->bytes };
	if (part == SEAMSTEP_IMAGE_MODULE)
		bytes = image->image.module;
	else if (part == SEAMSTEP_IMAGE_KEY && image->image.sig.raw.p)
		bytes = (struct ss_bytes){ image->image.sig.raw.p + MODULUS_OFFSET,
					   SS_RSA3072_BYTES };
	else if (part == SEAMSTEP_IMAGE_KEY)
		bytes.p = NULL;
	if (!bytes.p)
		return api_end(s, SEAMSTEP_UNSUPPORTED,
			       api_why("%s: the image has no such part", image->name));
	if (!crypto_openssl.sha384(crypto_openssl.ctx, &bytes, 1, digest))
		return api_end(s, SEAMSTEP_ERROR, api_why("the crypto library failed"));
	return api_end(s, SEAMSTEP_OK, NULL);
}

bool seamstep_image_version(const struct ss_sigstruct *sig, struct ss_version *version)
{
	return ss_sigstruct_version(sig, version);
}

/* Parses what was packed, so that nobody gets a malformed file. */
static enum seamstep_end judge_packed(const uint8_t *file, size_t bytes, char **why)
{
	struct ss_image_error err;
	struct ss_image image;
	char *text;

	if (ss_image_parse((struct ss_bytes){ file, bytes }, &image, &err))
		return SEAMSTEP_OK;
	text = image_error_text(&err);
	*why = api_why("the parts make no image: %s", text);
	base_free(text);
	return SEAMSTEP_BAD_IMAGE;
}

enum seamstep_end seamstep_image_pack(struct seamstep *s, uint16_t container,
				      struct ss_bytes sigstruct, struct ss_bytes module,
				      uint8_t **file, size_t *bytes)
{
	enum seamstep_end end;
	char *why = NULL;

	*file = NULL;
	api_begin(s);
	*bytes = ss_image_pack(container, sigstruct, module, NULL, 0);
	if (!*bytes)
		return api_end(s, SEAMSTEP_BAD_IMAGE, api_why(
			"expected a sigstruct of 2048 to 4096 bytes and a module of 1 to %u whole "
			"pages; found %zu and %zu bytes", SS_MODULE_MAX_PAGES, sigstruct.n, module.n));
	*file = base_alloc(*bytes);
	if (!*file)
		return api_end(s, SEAMSTEP_NO_MEMORY, NULL);
	if (ss_image_pack(container, sigstruct, module, *file, *bytes) == *bytes)
		end = judge_packed(*file, *bytes, &why);
	else
		end = SEAMSTEP_BAD_IMAGE;
	end = api_end(s, end, why);
	if (end) {
		base_free(*file);
		*file = NULL;
	}
	return end;
}

const uint8_t *seamstep_signer_intel(void)
{
	return ss_signer_intel;
}

enum seamstep_end seamstep_key_signer(struct seamstep *s, const char *path,
				      uint8_t signer[SS_SHA384_BYTES])
{
	const char *why = NULL;
	struct key *key;
	bool ok;

	api_begin(s);
	key = key_load(path, &why);
	ok = key && key_signer(key, signer);
	key_free(key);
	if (ok)
		return api_end(s, SEAMSTEP_OK, NULL);
	return api_end(s, SEAMSTEP_ERROR, api_why("%s", why ? why : "the crypto library failed"));
}
