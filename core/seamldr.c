// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The structures that software exchanges with the P-SEAMLDR, as bytes. */
#include "seamldr.h"

#include "bytes.h"
#include "layout.h"

#define PAGE_MASK_4K	4095u
#define MAX_PAGES	496u

/* Specification 4.1, version 0. */
#define PARAMS_FIELDS(X) \
	X(PARAMS_VERSION, 0, 4) \
	X(PARAMS_SCENARIO, 4, 4) \
	X(PARAMS_SIGSTRUCT_PA, 8, 8) \
	X(PARAMS_RESERVED, 16, 104) \
	X(PARAMS_NUM_MODULE_PAGES, 120, 8) \
	X(PARAMS_MODULE_PAGES, 128, 8 * MAX_PAGES)
SS_LAYOUT(PARAMS_FIELDS, PARAMS_END, SS_SEAMLDR_PARAMS_BYTES);

/* 4.3 */
#define EXTEND_FIELDS(X) \
	X(EXTEND_VALID, 0, 8) \
	X(EXTEND_SVN_MINOR, 8, 1) \
	X(EXTEND_SVN_MAJOR, 9, 1) \
	X(EXTEND_PATCH_SVN, 10, 1) \
	X(EXTEND_RESERVED0, 11, 13) \
	X(EXTEND_MRSEAM, 24, 48) \
	X(EXTEND_MRSIGNER, 72, 48) \
	X(EXTEND_ATTRIBUTES, 120, 8) \
	X(EXTEND_SEAM_READY, 128, 1) \
	X(EXTEND_SEAM_DEBUG, 129, 1) \
	X(EXTEND_P_SEAMLDR_READY, 130, 1) \
	X(EXTEND_RESERVED1, 131, 5)
SS_LAYOUT(EXTEND_FIELDS, EXTEND_END, 136);

/* 4.2 */
#define INFO_FIELDS(X) \
	X(INFO_VERSION, 0, 4) \
	X(INFO_ATTRIBUTES, 4, 4) \
	X(INFO_VENDOR_ID, 8, 4) \
	X(INFO_BUILD_DATE, 12, 4) \
	X(INFO_BUILD_NUM, 16, 2) \
	X(INFO_MINOR, 18, 2) \
	X(INFO_MAJOR, 20, 2) \
	X(INFO_UPDATE, 22, 2) \
	X(INFO_ACM_X2APICID, 24, 4) \
	X(INFO_REMAINING_UPDATES, 28, 4) \
	X(INFO_SEAMEXTEND, 32, EXTEND_END) \
	X(INFO_RESERVED, 168, 88)
SS_LAYOUT(INFO_FIELDS, INFO_END, SS_SEAMLDR_INFO_BYTES);

/* 4.7 */
#define PLATFORM_FIELDS(X) \
	X(PLATFORM_VERSION, 0, 8) \
	X(PLATFORM_NR_LPS, 8, 4) \
	X(PLATFORM_NR_SOCKETS, 12, 4) \
	X(PLATFORM_FMS, 16, 4 * SS_SEAMLDR_MAX_SOCKETS) \
	X(PLATFORM_RANGE_BASE, 48, 8) \
	X(PLATFORM_RANGE_BYTES, 56, 8) \
	X(PLATFORM_SKIP_SMRR2, 64, 1) \
	X(PLATFORM_NO_INTEGRITY, 65, 1) \
	X(PLATFORM_RESERVED0, 66, 62) \
	X(PLATFORM_CMRS, 128, 16 * 32) \
	X(PLATFORM_RESERVED1, 640, 1408)
SS_LAYOUT(PLATFORM_FIELDS, PLATFORM_END, SS_SEAMLDR_SEAMINFO_BYTES);

void ss_seamldr_info_parse(const uint8_t raw[SS_SEAMLDR_INFO_BYTES], struct ss_seamldr_info *info)
{
	const uint8_t *ext = raw + INFO_SEAMEXTEND;

	_Static_assert(sizeof(info->mrseam) == EXTEND_MRSIGNER - EXTEND_MRSEAM, "all of MRSEAM");
	info->version = ss_get32(raw + INFO_VERSION);
	info->attributes = ss_get32(raw + INFO_ATTRIBUTES);
	info->vendor_id = ss_get32(raw + INFO_VENDOR_ID);
	info->build_date = ss_get32(raw + INFO_BUILD_DATE);
	info->build_num = ss_get16(raw + INFO_BUILD_NUM);
	info->minor = ss_get16(raw + INFO_MINOR);
	info->major = ss_get16(raw + INFO_MAJOR);
	info->update = ss_get16(raw + INFO_UPDATE);
	info->acm_x2apicid = ss_get32(raw + INFO_ACM_X2APICID);
	info->num_remaining_updates = ss_get32(raw + INFO_REMAINING_UPDATES);
	info->svn_minor = ext[EXTEND_SVN_MINOR];
	info->svn_major = ext[EXTEND_SVN_MAJOR];
	memcpy(info->mrseam, ext + EXTEND_MRSEAM, sizeof(info->mrseam));
	info->seam_ready = ext[EXTEND_SEAM_READY];
	info->seam_debug = ext[EXTEND_SEAM_DEBUG];
	info->p_seamldr_ready = ext[EXTEND_P_SEAMLDR_READY];
}

void ss_seamldr_platform_parse(const uint8_t raw[SS_SEAMLDR_SEAMINFO_BYTES],
			       struct ss_seamldr_platform *platform)
{
	uint32_t i;

	platform->nr_lps = ss_get32(raw + PLATFORM_NR_LPS);
	platform->nr_sockets = ss_get32(raw + PLATFORM_NR_SOCKETS);
	for (i = 0; i < SS_SEAMLDR_MAX_SOCKETS; i++)
		platform->fms[i] = ss_get32(raw + PLATFORM_FMS + 4 * i);
	platform->range_base = ss_get64(raw + PLATFORM_RANGE_BASE);
	platform->range_bytes = ss_get64(raw + PLATFORM_RANGE_BYTES);
}

bool ss_seamldr_params_build(uint8_t *page, uint32_t scenario, uint64_t sigstruct_pa,
			     const uint64_t *module_pa, uint32_t nr_pages)
{
	uint64_t all = sigstruct_pa;
	uint32_t i;

	if (scenario > SS_SCENARIO_UPDATE || !nr_pages || nr_pages > MAX_PAGES)
		return false;
	memset(page, 0, SS_SEAMLDR_PARAMS_BYTES);
	ss_put32(page + PARAMS_SCENARIO, scenario);
	ss_put64(page + PARAMS_SIGSTRUCT_PA, sigstruct_pa);
	ss_put64(page + PARAMS_NUM_MODULE_PAGES, nr_pages);
	for (i = 0; i < nr_pages; i++) {
		all |= module_pa[i];
		ss_put64(page + PARAMS_MODULE_PAGES + 8 * i, module_pa[i]);
	}
	return !(all & PAGE_MASK_4K);
}
