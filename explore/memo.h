/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The model's hashes and signature checks with a memory of earlier results: memo.c. */
#ifndef SS_EXPLORE_MEMO_H
#define SS_EXPLORE_MEMO_H

#include <stdint.h>

struct memo_counts {
	uint64_t hashes_known, hashes_computed;
	uint64_t signatures_known, signatures_computed;
};

void memo_get_counts(struct memo_counts *out);

#endif
