/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* What the certificate of a platform's provisioning key (PCK) says of the platform. */
#ifndef SS_LIB_TCB_TCB_PCK_H
#define SS_LIB_TCB_TCB_PCK_H

#include "tcb.h"

/* The certificate is not verified: these are its statements. */
struct tcb_pck {
	uint8_t fmspc[6], pce_id[2];
	uint8_t sgx[TCB_COMPONENTS];
	uint16_t pcesvn;
};

/* Reads the first certificate of a PEM text. OK, or MALFORMED, UNREADABLE, NO_MEMORY. */
enum tcb_answer tcb_pck_read(struct ss_bytes pem, struct tcb_pck *pck, char why[TCB_WHY]);

#endif
