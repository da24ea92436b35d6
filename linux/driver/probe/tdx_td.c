// SPDX-License-Identifier: GPL-2.0-only
/*
 * Compiles if asm/tdx.h declares what the probes on TD builds rely on: each function takes a struct
 * tdx_td first and returns a status, and that structure names the page of the TDR.
 */
#include <linux/kvm_types.h>
#include <linux/mm_types.h>
#include <asm/tdx.h>

#define TAKES_TD(function, ...) \
	static_assert(__same_type(function, u64 (struct tdx_td *, ##__VA_ARGS__)))

TAKES_TD(tdh_mng_create, u16);
TAKES_TD(tdh_mng_init, u64, u64 *);
TAKES_TD(tdh_mr_finalize);
TAKES_TD(tdh_mng_key_freeid);
static_assert(__same_type(((struct tdx_td *)0)->tdr_page, struct page *));

/* The other arguments of these two differ between kernels. */
static u64 (*const vp_create)(struct tdx_td *td, ...) __maybe_unused = (void *)tdh_vp_create;
static u64 (*const page_add)(struct tdx_td *td, ...) __maybe_unused = (void *)tdh_mem_page_add;
