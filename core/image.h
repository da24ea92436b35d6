/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* TDX Module images: container, SEAM_SIGSTRUCT and the loader's ELF rules. */
#ifndef SS_CORE_IMAGE_H
#define SS_CORE_IMAGE_H

#include "platform.h"
#include "image_types.h"

/* SHA-384 of the modulus (as stored) of the key that signs Intel's production modules. */
extern const uint8_t ss_signer_intel[SS_SHA384_BYTES];

/* The crypto of the place: libcrypto, the kernel's crypto API, or the model's own. */
struct ss_crypto {
	void *ctx;
	/* SHA-384 over the concatenation of @nr ranges. Returns false if the library failed. */
	bool (*sha384)(void *ctx, const struct ss_bytes *parts, uint32_t nr,
		       uint8_t out[SS_SHA384_BYTES]);
	/*
	 * RSASSA-PKCS1-v1_5 with SHA-384, exponent 65537; numbers big-endian. Returns 1 if the
	 * signature is valid, 0 if not, -1 if the library failed.
	 */
	int (*rsa3072_verify)(void *ctx, const uint8_t modulus[SS_RSA3072_BYTES],
			      const uint8_t signature[SS_RSA3072_BYTES],
			      const uint8_t digest[SS_SHA384_BYTES]);
};

/**
 * ss_image_parse - read a file as a TDX Module image
 * @file: the whole file; must outlive @image
 * @image: filled in. On error as far as it was understood: where the layout of the container was,
 *         image->sig.raw.p is not NULL, and the other checks can be made all the same
 * @err:   the first error, in order of offset within container (its checksum last, as other
 *         errors say more), then sigstruct
 *
 * Checks everything of section 9 ("checks a careful reader makes") and the form of the sigstruct
 * as the P-SEAMLDR does (5.2 B1-B10, B15, B16, B18). reserved3 may be non-zero: modules 2.0.x
 * use it, and compat knows which P-SEAMLDR accepts that. No crypto, no ELF.
 *
 * Context: any; no allocation. struct ss_image is about 1.2 KiB, keep it off small stacks.
 * Returns: true if the image is well-formed.
 * Source:  specification 4.4, 5.2, 9.
 */
SS_MUST_CHECK bool ss_image_parse(struct ss_bytes file, struct ss_image *image,
				  struct ss_image_error *err);

/* The longest part of a file that comes before the module. */
#define SS_IMAGE_HEAD_BYTES	(5 * SS_PAGE)

/* A file whose beginning is in memory. */
struct ss_image_head {
	struct ss_bytes bytes;		/* SS_IMAGE_HEAD_BYTES, or a shorter file */
	uint64_t file_bytes;
	uint16_t sum;			/* ss_image_sum() of the whole file */
};

/**
 * ss_image_parse_head - ss_image_parse() for a reader that keeps no module in memory
 * Makes the same checks. image->module.p is NULL, so no check of hash or ELF rules can follow.
 */
SS_MUST_CHECK bool ss_image_parse_head(const struct ss_image_head *head, struct ss_image *image,
				       struct ss_image_error *err);

/* Sum of the 16-bit little-endian words in @n bytes; @n is even. Sums of parts can be added. */
uint16_t ss_image_sum(const uint8_t *p, size_t n);

/*
 * As above for a bare sigstruct, at @offset of its file. @module_bytes 0 skips the checks against
 * the module.
 */
SS_MUST_CHECK bool ss_sigstruct_parse(struct ss_bytes raw, uint64_t offset,
				      uint64_t module_bytes, struct ss_sigstruct *sig,
				      struct ss_image_error *err);

/**
 * ss_image_check_elf - the rules by which the P-SEAMLDR relocates a module (5.2 E3)
 * The P-SEAMLDR refuses a module that breaks a rule only after the old module is gone, so a caller
 * must ask here first. This check is stricter than the loader in what no linker makes: relocations
 * that change the tables which the loader is reading, entries that overlap, more than 16
 * relocation sections.
 * Context: any. Returns true if all hold; else @err has field and file offset.
 */
SS_MUST_CHECK bool ss_image_check_elf(const struct ss_image *image, struct ss_image_error *err);

/*
 * ss_image_check_*() - signer, signature, module hash (5.2 B11, B19, E2), each by itself
 * @signer: SHA-384 of the modulus that must have signed, or NULL for any
 * Context: as the crypto functions. Return true if good; else @err.
 */
SS_MUST_CHECK bool ss_image_check_signer(const struct ss_image *image,
					 const struct ss_crypto *crypto,
					 const uint8_t *signer, struct ss_image_error *err);
SS_MUST_CHECK bool ss_image_check_signature(const struct ss_image *image,
					    const struct ss_crypto *crypto,
					    struct ss_image_error *err);
SS_MUST_CHECK bool ss_image_check_hash(const struct ss_image *image, const struct ss_crypto *crypto,
				       struct ss_image_error *err);

/**
 * ss_image_pack - build a container from sigstruct and module
 * @version:   0x100 or 0x200
 * @sigstruct: 2048 bytes up to a page; padded with zeros
 * @module:    a whole number of pages, 1 .. 496
 * @out:       @out_bytes of room, or NULL to ask for the size
 *
 * Conversion is parse, then pack with the other version. Context: any.
 * Returns the bytes written (or needed), 0 if an argument is out of its range or room too small.
 */
SS_MUST_CHECK size_t ss_image_pack(uint16_t version, struct ss_bytes sigstruct,
				   struct ss_bytes module, uint8_t *out, size_t out_bytes);

/* The parts of a sigstruct that a signature covers, for signing: 128 bytes and 1148 bytes. */
void ss_sigstruct_signed_parts(struct ss_bytes raw, struct ss_bytes parts[2]);

const char *ss_image_error_text(enum ss_image_error_code code);

#endif
