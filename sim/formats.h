/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Byte layouts that host and firmware share: offsets of specification 4.1 to 4.4, 4.7 and 6.7.
 *
 * core/ has its own tables of some of them. That is on purpose: the model is what the core is
 * tested against, so a slip in either table shows.
 */
#ifndef SS_SIM_FORMATS_H
#define SS_SIM_FORMATS_H

#include "../core/bytes.h"
#include "../core/layout.h"

/* SEAMLDR_PARAMS (4.1) */
#define PARAMS_FIELDS(X) \
	X(PARAMS_VERSION, 0, 4) \
	X(PARAMS_SCENARIO, 4, 4) \
	X(PARAMS_SIGSTRUCT_PA, 8, 8) \
	X(PARAMS_RESERVED, 16, 104) \
	X(PARAMS_NR_PAGES, 120, 8) \
	X(PARAMS_PAGES, 128, 8 * 496)
SS_LAYOUT(PARAMS_FIELDS, PARAMS_BYTES, 4096);

#define SCENARIO_LOAD	0u
#define SCENARIO_UPDATE	1u

/* SEAMLDR_INFO (4.2) */
#define INFO_FIELDS(X) \
	X(INFO_VERSION, 0, 4) \
	X(INFO_ATTRIBUTES, 4, 4) \
	X(INFO_VENDOR, 8, 4) \
	X(INFO_BUILD_DATE, 12, 4) \
	X(INFO_BUILD_NUM, 16, 2) \
	X(INFO_MINOR, 18, 2) \
	X(INFO_MAJOR, 20, 2) \
	X(INFO_UPDATE, 22, 2) \
	X(INFO_ACM_X2APICID, 24, 4) \
	X(INFO_REMAINING, 28, 4) \
	X(INFO_SEAMEXTEND, 32, 136) \
	X(INFO_RESERVED, 168, 88)
SS_LAYOUT(INFO_FIELDS, INFO_BYTES, 256);

/* SEAMEXTEND (4.3) */
#define EXTEND_FIELDS(X) \
	X(EXTEND_VALID, 0, 8) \
	X(EXTEND_SVN_MINOR, 8, 1) \
	X(EXTEND_SVN_MAJOR, 9, 1) \
	X(EXTEND_PATCH_SE_SVN, 10, 1) \
	X(EXTEND_RESERVED0, 11, 13) \
	X(EXTEND_MRSEAM, 24, 48) \
	X(EXTEND_MRSIGNER, 72, 48) \
	X(EXTEND_ATTRIBUTES, 120, 8) \
	X(EXTEND_SEAM_READY, 128, 1) \
	X(EXTEND_SEAM_DEBUG, 129, 1) \
	X(EXTEND_P_SEAMLDR_READY, 130, 1) \
	X(EXTEND_RESERVED1, 131, 5)
SS_LAYOUT(EXTEND_FIELDS, EXTEND_BYTES, 136);

/* SEAM_SIGSTRUCT (4.4) */
#define SIG_FIELDS(X) \
	X(SIG_HEADER_TYPE, 0, 4) \
	X(SIG_HEADER_LENGTH, 4, 4) \
	X(SIG_HEADER_VERSION, 8, 4) \
	X(SIG_MODULE_TYPE, 12, 4) \
	X(SIG_VENDOR, 16, 4) \
	X(SIG_DATE, 20, 4) \
	X(SIG_SIZE, 24, 4) \
	X(SIG_KEY_SIZE, 28, 4) \
	X(SIG_MODULUS_SIZE, 32, 4) \
	X(SIG_EXPONENT_SIZE, 36, 4) \
	X(SIG_RESERVED0, 40, 88) \
	X(SIG_MODULUS, 128, 384) /* the bytes before this field are signed */ \
	X(SIG_EXPONENT, 512, 4) \
	X(SIG_SIGNATURE, 516, 384) \
	X(SIG_SEAMHASH, 900, 48) /* the bytes from here on are signed */ \
	X(SIG_SVN_MINOR, 948, 1) \
	X(SIG_SVN_MAJOR, 949, 1) \
	X(SIG_ATTRIBUTES, 950, 8) \
	X(SIG_RIP_OFFSET, 958, 4) \
	X(SIG_STACK_PAGES, 962, 1) /* minus 1 */ \
	X(SIG_TLS_PAGES, 963, 1) /* minus 1 */ \
	X(SIG_KEYHOLE_PAGES, 964, 2) /* minus 1 */ \
	X(SIG_GLOBAL_DATA_PAGES, 966, 2) /* minus 1 */ \
	X(SIG_MAX_TDMRS, 968, 2) \
	X(SIG_MAX_RESERVED, 970, 2) /* areas per TDMR */ \
	X(SIG_PAMT_ENTRY_4K, 972, 2) \
	X(SIG_PAMT_ENTRY_2M, 974, 2) \
	X(SIG_PAMT_ENTRY_1G, 976, 2) \
	X(SIG_RESERVED1, 978, 6) \
	X(SIG_MODULE_HV, 984, 2) \
	X(SIG_MIN_UPDATE_HV, 986, 2) \
	X(SIG_NO_DOWNGRADE, 988, 1) \
	X(SIG_RESERVED2, 989, 1) \
	X(SIG_HANDOFF_PAGES, 990, 2) /* minus 1 */ \
	X(SIG_GDT_IDT, 992, 4) \
	X(SIG_FAULT_WRAPPER, 996, 4) \
	X(SIG_RESERVED3, 1000, 24) \
	X(SIG_NR_FMS, 1024, 4) \
	X(SIG_FMS, 1028, 4 * 255)
SS_LAYOUT(SIG_FIELDS, SIG_BYTES, 2048);

#define SIG_DEBUG	0x80000000u	/* of the module type */
#define SEAM_VENDOR	0x8086u

/* P_SYS_INFO (4.7) */
#define SYS_INFO_FIELDS(X) \
	X(SYS_INFO_VERSION, 0, 8) \
	X(SYS_INFO_NR_LPS, 8, 4) \
	X(SYS_INFO_NR_SOCKETS, 12, 4) \
	X(SYS_INFO_FMS, 16, 4 * 8) \
	X(SYS_INFO_RANGE_BASE, 48, 8) \
	X(SYS_INFO_RANGE_SIZE, 56, 8) \
	X(SYS_INFO_SKIP_SMRR2, 64, 1) \
	X(SYS_INFO_NO_INTEGRITY, 65, 1) \
	X(SYS_INFO_RESERVED0, 66, 62) \
	X(SYS_INFO_CMRS, 128, 16 * 32) /* 32 pairs of base and size */ \
	X(SYS_INFO_RESERVED1, 640, 1408)
SS_LAYOUT(SYS_INFO_FIELDS, SYS_INFO_BYTES, 2048);

/* TDMR_INFO (6.7). The list of the addresses of these structures has the same alignment. */
#define TDMR_INFO_FIELDS(X) \
	X(TDMR_INFO_BASE, 0, 8) \
	X(TDMR_INFO_SIZE, 8, 8) \
	X(TDMR_INFO_PAMT_1G, 16, 16) /* base and size for each page size */ \
	X(TDMR_INFO_PAMT_2M, 32, 16) \
	X(TDMR_INFO_PAMT_4K, 48, 16) \
	X(TDMR_INFO_RESERVED, 64, 16 * 16) /* 16 areas: offset and size each */
SS_LAYOUT(TDMR_INFO_FIELDS, TDMR_INFO_BYTES, 320);

#define TDMR_INFO_ALIGN	512u

static inline bool all_zero(const uint8_t *p, size_t n)
{
	uint8_t any = 0;

	while (n--)
		any |= *p++;
	return !any;
}

#endif
