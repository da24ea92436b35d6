// SPDX-License-Identifier: GPL-2.0-only
/*
 * sim_calls.h for a model that is built into a kernel that hosts TDs. These functions call the
 * kernel's own functions, which a driver may probe. The model cannot tell their SEAMCALLs from
 * other SEAMCALLs of the kernel, such as those of an update. So the model does not count their
 * SEAMCALLs as foreign in an update's window.
 */
#include "sim_calls.h"

#include <asm/tdx.h>
#include <linux/mm.h>
#include <linux/pfn.h>

static struct page *page_of(u64 pa)
{
	return pfn_to_page(PHYS_PFN(pa));
}

u64 calls_mng_create(struct stand_in_td *td, u16 hkid)
{
	struct tdx_td t = { .tdr_page = td->tdr_page };

	return tdh_mng_create(&t, hkid);
}

u64 calls_mng_init(struct stand_in_td *td, u64 td_params)
{
	struct tdx_td t = { .tdr_page = td->tdr_page };
	u64 more;

	return tdh_mng_init(&t, td_params, &more);
}

u64 calls_vp_create(struct stand_in_td *td, u64 tdvpr)
{
	struct tdx_td t = { .tdr_page = td->tdr_page };
	struct tdx_vp vp = { .tdvpr_page = page_of(tdvpr), .tdvpr_pa = tdvpr };

	return tdh_vp_create(&t, &vp);
}

u64 calls_mem_page_add(struct stand_in_td *td, u64 gpa, u64 page, u64 source)
{
	struct tdx_td t = { .tdr_page = td->tdr_page };
	u64 more[2];

	return tdh_mem_page_add(&t, gpa, PHYS_PFN(page), page_of(source), &more[0], &more[1]);
}

u64 calls_mr_finalize(struct stand_in_td *td)
{
	struct tdx_td t = { .tdr_page = td->tdr_page };

	return tdh_mr_finalize(&t);
}

u64 calls_mng_key_freeid(struct stand_in_td *td)
{
	struct tdx_td t = { .tdr_page = td->tdr_page };

	return tdh_mng_key_freeid(&t);
}
