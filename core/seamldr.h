/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The structures that software exchanges with the P-SEAMLDR. */
#ifndef SS_CORE_SEAMLDR_H
#define SS_CORE_SEAMLDR_H

#include "platform.h"

#define SS_SEAMLDR_INFO_BYTES	256u	/* and its alignment */
#define SS_SEAMLDR_PARAMS_BYTES	4096u
#define SS_SEAMLDR_VENDOR	0x8086u	/* in every SEAMLDR_INFO that was filled in */
#define SS_SEAMLDR_SEAMINFO_BYTES	2048u	/* and its alignment */
#define SS_SEAMLDR_MAX_SOCKETS	8u
#define SS_SCENARIO_LOAD	0u
#define SS_SCENARIO_UPDATE	1u

/* SEAMLDR_INFO (specification 4.2, 4.3), read from bytes. */
struct ss_seamldr_info {
	uint32_t version, attributes, vendor_id, build_date;
	uint16_t build_num, minor, major, update;
	uint32_t acm_x2apicid, num_remaining_updates;
	uint8_t svn_minor, svn_major;
	uint8_t mrseam[48];
	uint8_t seam_ready, seam_debug, p_seamldr_ready;
};

void ss_seamldr_info_parse(const uint8_t raw[SS_SEAMLDR_INFO_BYTES], struct ss_seamldr_info *info);

/* What SEAMLDR.SEAMINFO tells of the platform (specification 4.7), read from bytes. */
struct ss_seamldr_platform {
	uint32_t nr_lps, nr_sockets;
	uint32_t fms[SS_SEAMLDR_MAX_SOCKETS];	/* CPUID(1).EAX, one a socket */
	uint64_t range_base, range_bytes;	/* P_SEAMLDR_RANGE, which lies above MODULE_RANGE */
};

void ss_seamldr_platform_parse(const uint8_t raw[SS_SEAMLDR_SEAMINFO_BYTES],
			       struct ss_seamldr_platform *platform);

/**
 * ss_seamldr_params_build - write a SEAMLDR_PARAMS page of version 0
 * @page:         4096 bytes, overwritten
 * @scenario:     SS_SCENARIO_LOAD or SS_SCENARIO_UPDATE
 * @sigstruct_pa: of the page with the sigstruct
 * @module_pa:    of each module page, in order
 * @nr_pages:     1 .. 496
 *
 * Context: any. Returns false if an address is not page-aligned or a number out of range.
 * Source:  specification 4.1.
 */
SS_MUST_CHECK bool ss_seamldr_params_build(uint8_t *page, uint32_t scenario, uint64_t sigstruct_pa,
					   const uint64_t *module_pa, uint32_t nr_pages);

#endif
