/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The numbers of a TD's quote, or of a TEE_TCB_SVN by itself. */
#ifndef SS_LIB_TCB_TCB_QUOTE_H
#define SS_LIB_TCB_TCB_QUOTE_H

#include "tcb_pck.h"

#define TCB_QUOTE_LIMIT	((size_t)1 << 20)

/* A quote's statements. Its signature is not verified: they say what the quote claims. */
struct tcb_quote {
	uint8_t svn[TCB_COMPONENTS];		/* TEE_TCB_SVN: as of the TD's launch */
	bool has_current;			/* the layout of TDX 1.5 */
	uint8_t current[TCB_COMPONENTS];	/* TEE_TCB_SVN_2: now */
	bool has_module;
	uint8_t signer[SS_SHA384_BYTES];	/* MRSIGNERSEAM */
	uint8_t attributes[8];			/* SEAMATTRIBUTES */
	uint8_t mrseam[SS_SHA384_BYTES];
	bool has_pck;				/* the quote brings its platform's certificate */
	struct tcb_pck pck;
};

/* Reads a quote of version 4 or 5 for a TD. OK, MALFORMED or TOO_LARGE. */
enum tcb_answer tcb_quote_parse(struct ss_bytes bytes, struct tcb_quote *quote, char why[TCB_WHY]);
/* 32 hexadecimal digits, "0x" before them or not. */
enum tcb_answer tcb_quote_svn(const char *text, struct tcb_quote *quote, char why[TCB_WHY]);

/*
 * What a document says of one of the quote's two TCBs. @platform and @module are the parts,
 * @merged the whole. Without has_pck nobody knows the components of SGX and PCESVN: the verdict of
 * the platform may be worse by them.
 */
struct tcb_quote_side {
	struct tcb_verdict platform, module;
	enum tcb_status merged;
};
struct tcb_quote_verdict {
	struct tcb_quote_side launch, current;	/* @current only if the quote has_current */
	enum tcb_status status;
};
struct tcb_quote_verdict tcb_quote_judge(const struct tcb_info *info,
					 const struct tcb_quote *quote);

#endif
