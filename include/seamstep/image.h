/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Images of TDX Modules: read, inspect, verify, pack. */
#ifndef SEAMSTEP_IMAGE_H
#define SEAMSTEP_IMAGE_H

#include <seamstep/types.h>

/* The longest well-formed container in bytes: header, four sigstruct pages, 496 module pages. */
#define SEAMSTEP_IMAGE_LIMIT ((size_t)SS_PAGE * (1 + 4 + SS_MODULE_MAX_PAGES))

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/*
 * An image that was read. Nothing here has been verified: see seamstep_image_check().
 */
struct seamstep_image {
	char *path;			/* of the file; of the module if there are two files */
	char *name;			/* escaped; in a repository relative to it */
	const char *unreadable;		/* why the file could not be read; NULL if it was */
	uint8_t *file;			/* the container, or a bare sigstruct */
	size_t bytes;
	bool bare;			/* a sigstruct without container or module */
	/*
	 * Of a repository's image: @file has what comes before the module; @bytes counts all. The
	 * functions below read the rest when they need it.
	 */
	bool head_only;
	bool good;			/* well-formed; else @err has the fault */
	bool has_version;		/* by the file name; an image need not have a version */
	struct ss_version version;
	struct ss_compat_rule rule;	/* the mapping file's; rule.known: there is one */
	struct ss_image_error err;
	struct ss_image image;		/* as far as the parser came; points into @file */
};

/**
 * seamstep_image_read - read one file
 * @bare_too: also take a sigstruct without a container
 * @image:    set on each result but SEAMSTEP_NO_MEMORY; seamstep_image_free() after use
 *
 * @path is untrusted: only a regular file or a pipe is read, up to SEAMSTEP_IMAGE_LIMIT bytes.
 * Returns SEAMSTEP_OK; SEAMSTEP_BAD_IMAGE if the image is malformed (image->err says how);
 * SEAMSTEP_ERROR if the file cannot be read (image->unreadable says why).
 */
enum seamstep_end seamstep_image_read(struct seamstep *s, const char *path, bool bare_too,
				      struct seamstep_image **image);

/**
 * seamstep_image_free - free an image of seamstep_image_read(), or do nothing if it is NULL
 */
void seamstep_image_free(struct seamstep_image *image);

/* The checks of an image, in the order in which a careful reader makes them. */
enum seamstep_image_check {
	SEAMSTEP_IMAGE_CONTAINER,	/* header, lengths, checksum */
	SEAMSTEP_IMAGE_SIGSTRUCT,	/* the form of the sigstruct, as the P-SEAMLDR checks it */
	SEAMSTEP_IMAGE_SIGNER,		/* is it the expected key */
	SEAMSTEP_IMAGE_SIGNATURE,	/* RSA-3072 with SHA-384, by the key in the sigstruct */
	SEAMSTEP_IMAGE_HASH,		/* the SHA-384 of the module is the signed one */
	SEAMSTEP_IMAGE_ELF		/* the rules of the P-SEAMLDR for the module */
};

/**
 * seamstep_image_check - make one check of an image
 * @signer: for SEAMSTEP_IMAGE_SIGNER: 48 bytes, the SHA-384 of the modulus that must have signed;
 *          NULL: any key
 * @err:    filled in where the result is SEAMSTEP_BAD_IMAGE
 *
 * Returns SEAMSTEP_OK; SEAMSTEP_BAD_IMAGE if the image fails the check; SEAMSTEP_UNSUPPORTED if
 * the container is not understood so far that the check could be made, or has no module.
 */
enum seamstep_end seamstep_image_check(struct seamstep *s, const struct seamstep_image *image,
				       enum seamstep_image_check check, const uint8_t *signer,
				       struct ss_image_error *err);

/* The parts of an image that have a digest. */
enum seamstep_image_part {
	SEAMSTEP_IMAGE_FILE,		/* the whole file */
	SEAMSTEP_IMAGE_MODULE,		/* the module's pages: what the signature covers */
	SEAMSTEP_IMAGE_KEY		/* the modulus: names the signer */
};

/**
 * seamstep_image_digest - the SHA-384 of a part of an image
 * @digest: 48 bytes
 * Returns SEAMSTEP_OK; SEAMSTEP_UNSUPPORTED if the image has no such part; SEAMSTEP_ERROR if the
 * crypto library failed.
 */
enum seamstep_end seamstep_image_digest(struct seamstep *s, const struct seamstep_image *image,
					enum seamstep_image_part part,
					uint8_t digest[SS_SHA384_BYTES]);

/**
 * seamstep_image_version - the version that a sigstruct seems to name
 * Modules 2.0.x have theirs in a reserved field; the meaning is inferred from the public ones.
 * Returns false if there is none.
 */
bool seamstep_image_version(const struct ss_sigstruct *sig, struct ss_version *version);

/**
 * seamstep_image_pack - make a container from its parts
 * @container: 0x100 or 0x200
 * @file:      set to @bytes bytes to be freed
 *
 * Returns SEAMSTEP_OK; SEAMSTEP_BAD_IMAGE if the parts have lengths that no container takes, or
 * the image that they make is malformed.
 */
enum seamstep_end seamstep_image_pack(struct seamstep *s, uint16_t container,
				      struct ss_bytes sigstruct, struct ss_bytes module,
				      uint8_t **file, size_t *bytes);

/**
 * seamstep_signer_intel - the signer of Intel's production modules
 * Returns 48 constant bytes: the SHA-384 of the modulus.
 */
const uint8_t *seamstep_signer_intel(void);

/**
 * seamstep_key_signer - the signer that a key file names
 * @path:   a PEM file with an RSA-3072 key, private or public, without a passphrase
 * @signer: 48 bytes
 * Returns SEAMSTEP_OK; SEAMSTEP_ERROR if the file has no such key. The text is then a phrase
 * without the path.
 */
enum seamstep_end seamstep_key_signer(struct seamstep *s, const char *path,
				      uint8_t signer[SS_SHA384_BYTES]);

/**
 * seamstep_image_error_text - the fault, its place, expected and found value, what to do
 * Returns text to be freed, or NULL if there is no memory.
 */
char *seamstep_image_error_text(const struct ss_image_error *err);

/**
 * seamstep_image_error_name - the name of a fault: "not-zero"
 */
const char *seamstep_image_error_name(enum ss_image_error_code code);

/**
 * seamstep_image_error_advice - what to do about a fault of this kind
 */
const char *seamstep_image_error_advice(enum ss_image_error_code code);

/**
 * seamstep_image_error_has_found - does a fault of this kind have a found value
 */
bool seamstep_image_error_has_found(enum ss_image_error_code code);

/**
 * seamstep_image_error_number - a number of @err: decimal and hexadecimal, or the start of a hash
 * Returns text to be freed, or NULL if there is no memory.
 */
char *seamstep_image_error_number(const struct ss_image_error *err, uint64_t value);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif
