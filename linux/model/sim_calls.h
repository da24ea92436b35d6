/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The functions of a TD's life cycle that a driver may probe. Their symbols have the names that the
 * functions have in a kernel that hosts TDs, so that probes find them. Their C names differ,
 * because the kernel's headers may declare the same names. Built into such a kernel, these
 * functions call the kernel's (sim_calls_kernel.c).
 */
#ifndef SS_LINUX_SIM_CALLS_H
#define SS_LINUX_SIM_CALLS_H

#include "../common/stand_in.h"

#ifdef MODULE
#define CALL_NAME(name) asm(name)
#else
#define CALL_NAME(name)
#endif

/*
 * Each returns the status. Context: preemption off. Defined in a file of their own, so that calls
 * are not inlined.
 */
u64 calls_mng_create(struct stand_in_td *td, u16 hkid) CALL_NAME("tdh_mng_create");
u64 calls_mng_init(struct stand_in_td *td, u64 td_params) CALL_NAME("tdh_mng_init");
u64 calls_vp_create(struct stand_in_td *td, u64 tdvpr) CALL_NAME("tdh_vp_create");
u64 calls_mem_page_add(struct stand_in_td *td, u64 gpa, u64 page, u64 source)
	CALL_NAME("tdh_mem_page_add");
u64 calls_mr_finalize(struct stand_in_td *td) CALL_NAME("tdh_mr_finalize");
u64 calls_mng_key_freeid(struct stand_in_td *td) CALL_NAME("tdh_mng_key_freeid");

#endif
