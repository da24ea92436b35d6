/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Who signed a text: a chain of two certificates and an ECDSA signature, through libcrypto. */
#ifndef SS_LIB_TCB_TCB_TRUST_H
#define SS_LIB_TCB_TCB_TRUST_H

#include "tcb.h"

#define TCB_SIGNATURE_BYTES	64u	/* r and s, big-endian */

/**
 * tcb_trust_check - is @text signed under one of the anchors?
 * @chain: untrusted PEM, plain or URL-encoded: the signer's certificate and its root, no other
 * @root:  the anchor that holds, on success
 * The certificates must be valid at @at. No revocation list is looked at.
 */
enum tcb_answer tcb_trust_check(struct ss_bytes text, const uint8_t signature[TCB_SIGNATURE_BYTES],
				struct ss_bytes chain, const struct tcb_anchor *anchors,
				size_t nr_anchors, int64_t at, struct tcb_anchor *root,
				char why[TCB_WHY]);

/* OK if libcrypto is there. Call before the first function of libcrypto. */
enum tcb_answer tcb_trust_ready(char why[TCB_WHY]);

/* The anchor that the first certificate of a PEM text is. OK, MALFORMED, UNREADABLE, NO_MEMORY. */
enum tcb_answer tcb_trust_anchor(struct ss_bytes pem, struct tcb_anchor *anchor,
				 char why[TCB_WHY]);

#endif
