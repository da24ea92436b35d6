// SPDX-License-Identifier: GPL-2.0-only
/*
 * Compiles if asm/tdx.h declares what the probes on TD builds rely on: each function takes a struct
 * tdx_td first and returns a status, and that structure names the page of the TDR.
 */
#include <linux/kvm_types.h>
#include <linux/mm_types.h>
#include <asm/tdx.h>

#define TAKES(function, ...) __same_type(function, u64 (struct tdx_td *, ##__VA_ARGS__))

static_assert(TAKES(tdh_mng_init, u64, u64 *));
static_assert(TAKES(tdh_vp_create, struct tdx_vp *));
/* The page is a struct page, or in later kernels its number. */
static_assert(TAKES(tdh_mem_page_add, u64, struct page *, struct page *, u64 *, u64 *) ||
	      TAKES(tdh_mem_page_add, u64, u64, struct page *, u64 *, u64 *));
static_assert(TAKES(tdh_mr_finalize));
static_assert(TAKES(tdh_mng_key_freeid));
static_assert(__same_type(((struct tdx_td *)0)->tdr_page, struct page *));
