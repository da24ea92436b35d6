// SPDX-License-Identifier: GPL-2.0-only
/* The functions of a TD's life cycle that a driver may probe. */
#include "sim_calls.h"

#include "../common/insn.h"

#include <linux/mm.h>
#include <linux/pfn.h>

static u64 tdr(const struct stand_in_td *td)
{
	return PFN_PHYS(page_to_pfn(td->tdr_page));
}

u64 seamsim_mng_create(struct stand_in_td *td, u16 hkid)
{
	struct ss_regs regs = { .rax = SS_LEAF_TDH_MNG_CREATE, .rcx = tdr(td), .rdx = hkid };

	return insn_seamcall(&regs);
}

u64 seamsim_mng_init(struct stand_in_td *td, u64 td_params)
{
	struct ss_regs regs = { .rax = SS_LEAF_TDH_MNG_INIT, .rcx = tdr(td), .rdx = td_params };

	return insn_seamcall(&regs);
}

u64 seamsim_vp_create(struct stand_in_td *td, u64 tdvpr)
{
	struct ss_regs regs = { .rax = SS_LEAF_TDH_VP_CREATE, .rcx = tdvpr, .rdx = tdr(td) };

	return insn_seamcall(&regs);
}

u64 seamsim_mem_page_add(struct stand_in_td *td, u64 gpa, u64 page, u64 source)
{
	struct ss_regs regs = {
		.rax = SS_LEAF_TDH_MEM_PAGE_ADD, .rcx = gpa, .rdx = tdr(td), .r8 = page,
		.r9 = source,
	};

	return insn_seamcall(&regs);
}

u64 seamsim_mr_finalize(struct stand_in_td *td)
{
	struct ss_regs regs = { .rax = SS_LEAF_TDH_MR_FINALIZE, .rcx = tdr(td) };

	return insn_seamcall(&regs);
}

u64 seamsim_mng_key_freeid(struct stand_in_td *td)
{
	struct ss_regs regs = { .rax = SS_LEAF_TDH_MNG_KEY_FREEID, .rcx = tdr(td) };

	return insn_seamcall(&regs);
}
