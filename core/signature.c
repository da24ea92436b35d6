// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The signer of a module, its signature, and its hash. Specification 4.5. */
#include "image_internal.h"
#include "sigstruct_layout.h"

/* The signature covers the bytes before the modulus and the bytes after the signature: 4.5. */
_Static_assert(MODULUS == 128 && SIGSTRUCT_END - SEAMHASH == 1148, "1276 bytes are signed");

const uint8_t ss_signer_intel[SS_SHA384_BYTES] = {
	0xc8, 0x57, 0x2f, 0x54, 0x88, 0x69, 0xa0, 0xbe, 0xca, 0x19, 0x37, 0x6b,
	0x81, 0xc2, 0xdf, 0xfc, 0x2a, 0x23, 0xb5, 0xa5, 0xf7, 0x1d, 0xa0, 0xb8,
	0x75, 0x79, 0xb4, 0x3f, 0x40, 0x8d, 0xaa, 0x1a, 0x33, 0xba, 0xd9, 0xc1,
	0x49, 0xeb, 0x56, 0xc6, 0x34, 0xf8, 0x83, 0x73, 0x79, 0x68, 0xa3, 0x4c,
};

void ss_sigstruct_signed_parts(struct ss_bytes raw, struct ss_bytes parts[2])
{
	parts[0] = (struct ss_bytes){ raw.p, MODULUS };
	parts[1] = (struct ss_bytes){ raw.p + SEAMHASH, SS_SIGSTRUCT_BYTES - SEAMHASH };
}

static struct ss_image_field at(const struct ss_image *image, const char *name, uint64_t offset)
{
	return (struct ss_image_field){ "sigstruct", name, image->sigstruct_offset + offset };
}

static bool no_crypto(const struct ss_image *image, const char *name, uint64_t offset,
		      struct ss_image_error *err)
{
	return ss_image_refuse(err, SS_IMAGE_CRYPTO, at(image, name, offset),
			       "the crypto library to work", 0);
}

/* The first eight bytes of a digest, in the order of printing. They tell two digests apart. */
static uint64_t digest_head(const uint8_t *digest)
{
	uint64_t head = 0;
	uint32_t i;

	for (i = 0; i < 8; i++)
		head = head << 8 | digest[i];
	return head;
}

bool ss_image_check_signer(const struct ss_image *image, const struct ss_crypto *crypto,
			   const uint8_t *signer, struct ss_image_error *err)
{
	struct ss_bytes modulus = { image->sig.raw.p + MODULUS, SS_RSA3072_BYTES };
	uint8_t digest[SS_SHA384_BYTES];

	if (!crypto->sha384(crypto->ctx, &modulus, 1, digest))
		return no_crypto(image, "modulus", MODULUS, err);
	if (signer && memcmp(digest, signer, SS_SHA384_BYTES))
		return ss_image_differs(err, SS_IMAGE_SIGNER, at(image, "modulus", MODULUS),
					digest_head(signer), digest_head(digest));
	return true;
}

static void reverse(uint8_t out[SS_RSA3072_BYTES], const uint8_t *in)
{
	size_t i;

	for (i = 0; i < SS_RSA3072_BYTES; i++)
		out[i] = in[SS_RSA3072_BYTES - 1 - i];
}

bool ss_image_check_signature(const struct ss_image *image, const struct ss_crypto *crypto,
			      struct ss_image_error *err)
{
	uint8_t modulus[SS_RSA3072_BYTES], signature[SS_RSA3072_BYTES], digest[SS_SHA384_BYTES];
	struct ss_bytes parts[2];

	ss_sigstruct_signed_parts(image->sig.raw, parts);
	if (!crypto->sha384(crypto->ctx, parts, 2, digest))
		return no_crypto(image, "signature", SIGNATURE, err);
	/* Stored little-endian. */
	reverse(modulus, image->sig.raw.p + MODULUS);
	reverse(signature, image->sig.raw.p + SIGNATURE);
	switch (crypto->rsa3072_verify(crypto->ctx, modulus, signature, digest)) {
	case 1:
		return true;
	case 0:
		return ss_image_refuse(err, SS_IMAGE_SIGNATURE, at(image, "signature", SIGNATURE),
				       "an RSA-3072 signature of this sigstruct by its modulus", 0);
	default:
		return no_crypto(image, "signature", SIGNATURE, err);
	}
}

bool ss_image_check_hash(const struct ss_image *image, const struct ss_crypto *crypto,
			 struct ss_image_error *err)
{
	uint8_t digest[SS_SHA384_BYTES];

	if (!crypto->sha384(crypto->ctx, &image->module, 1, digest))
		return no_crypto(image, "seamhash", SEAMHASH, err);
	if (memcmp(digest, image->sig.seamhash, SS_SHA384_BYTES))
		return ss_image_differs(err, SS_IMAGE_HASH, at(image, "seamhash", SEAMHASH),
					digest_head(image->sig.seamhash), digest_head(digest));
	return true;
}
