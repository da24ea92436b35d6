// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The structures that software exchanges with the P-SEAMLDR, as bytes. */
#include "seamldr.h"

#define PAGE_MASK_4K	4095u
#define MAX_PAGES	496u

static uint16_t get16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static uint32_t get32(const uint8_t *p)
{
	return get16(p) | (uint32_t)get16(p + 2) << 16;
}

static void put32(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
	p[2] = (uint8_t)(v >> 16);
	p[3] = (uint8_t)(v >> 24);
}

static void put64(uint8_t *p, uint64_t v)
{
	put32(p, (uint32_t)v);
	put32(p + 4, (uint32_t)(v >> 32));
}

void ss_seamldr_info_parse(const uint8_t raw[SS_SEAMLDR_INFO_BYTES], struct ss_seamldr_info *info)
{
	const uint8_t *ext = raw + 32;	/* SEAMEXTEND, 4.3 */

	info->version = get32(raw);
	info->attributes = get32(raw + 4);
	info->vendor_id = get32(raw + 8);
	info->build_date = get32(raw + 12);
	info->build_num = get16(raw + 16);
	info->minor = get16(raw + 18);
	info->major = get16(raw + 20);
	info->update = get16(raw + 22);
	info->acm_x2apicid = get32(raw + 24);
	info->num_remaining_updates = get32(raw + 28);
	info->svn_minor = ext[8];
	info->svn_major = ext[9];
	memcpy(info->mrseam, ext + 24, sizeof(info->mrseam));
	info->seam_ready = ext[128];
	info->seam_debug = ext[129];
	info->p_seamldr_ready = ext[130];
}

bool ss_seamldr_params_build(uint8_t *page, uint32_t scenario, uint64_t sigstruct_pa,
			     const uint64_t *module_pa, uint32_t nr_pages)
{
	uint64_t all = sigstruct_pa;
	uint32_t i;

	if (scenario > SS_SCENARIO_UPDATE || !nr_pages || nr_pages > MAX_PAGES)
		return false;
	memset(page, 0, SS_SEAMLDR_PARAMS_BYTES);
	put32(page + 4, scenario);
	put64(page + 8, sigstruct_pa);
	put64(page + 120, nr_pages);
	for (i = 0; i < nr_pages; i++) {
		all |= module_pa[i];
		put64(page + 128 + 8 * i, module_pa[i]);
	}
	return !(all & PAGE_MASK_4K);
}
