/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The functions of a TD's life cycle that a driver may probe. Their symbols have the names that the
 * functions have in a kernel that hosts TDs, so that probes find them. Their C names differ,
 * because the kernel's headers may declare the same names.
 */
#ifndef SS_LINUX_SIM_CALLS_H
#define SS_LINUX_SIM_CALLS_H

#include "../common/stand_in.h"

/*
 * Each returns the status. Context: preemption off. Defined in a file of their own, so that calls
 * are not inlined.
 */
u64 seamsim_mng_create(struct stand_in_td *td, u16 hkid) asm("tdh_mng_create");
u64 seamsim_mng_init(struct stand_in_td *td, u64 td_params) asm("tdh_mng_init");
u64 seamsim_vp_create(struct stand_in_td *td, u64 tdvpr) asm("tdh_vp_create");
u64 seamsim_mem_page_add(struct stand_in_td *td, u64 gpa, u64 page, u64 source)
	asm("tdh_mem_page_add");
u64 seamsim_mr_finalize(struct stand_in_td *td) asm("tdh_mr_finalize");
u64 seamsim_mng_key_freeid(struct stand_in_td *td) asm("tdh_mng_key_freeid");

#endif
