/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Byte layouts that host and P-SEAMLDR share: offsets of specification 4.1 to 4.4 and 4.7. */
#ifndef SS_SIM_FORMATS_H
#define SS_SIM_FORMATS_H

#include "../core/platform.h"

/* SEAMLDR_PARAMS (4.1) */
enum {
	PARAMS_VERSION		= 0,
	PARAMS_SCENARIO		= 4,
	PARAMS_SIGSTRUCT_PA	= 8,
	PARAMS_RESERVED		= 16,	/* 104 bytes */
	PARAMS_NR_PAGES		= 120,
	PARAMS_PAGES		= 128,	/* 496 addresses */
};
#define SCENARIO_LOAD	0u
#define SCENARIO_UPDATE	1u

/* SEAMLDR_INFO (4.2) */
enum {
	INFO_VERSION		= 0,
	INFO_VENDOR		= 8,
	INFO_BUILD_DATE		= 12,
	INFO_BUILD_NUM		= 16,
	INFO_MINOR		= 18,
	INFO_MAJOR		= 20,
	INFO_UPDATE		= 22,
	INFO_ACM_X2APICID	= 24,
	INFO_REMAINING		= 28,
	INFO_SEAMEXTEND		= 32,
	INFO_BYTES		= 256,
};

/* SEAMEXTEND (4.3) */
enum {
	EXTEND_VALID		= 0,
	EXTEND_SVN_MINOR	= 8,
	EXTEND_SVN_MAJOR	= 9,
	EXTEND_MRSEAM		= 24,
	EXTEND_MRSIGNER		= 72,
	EXTEND_ATTRIBUTES	= 120,
	EXTEND_SEAM_READY	= 128,
	EXTEND_SEAM_DEBUG	= 129,
	EXTEND_P_SEAMLDR_READY	= 130,
};

/* SEAM_SIGSTRUCT (4.4); sizes only where they are not a plain number's */
enum {
	SIG_HEADER_TYPE		= 0,
	SIG_HEADER_LENGTH	= 4,
	SIG_HEADER_VERSION	= 8,
	SIG_MODULE_TYPE		= 12,
	SIG_VENDOR		= 16,
	SIG_DATE		= 20,
	SIG_SIZE		= 24,
	SIG_KEY_SIZE		= 28,
	SIG_MODULUS_SIZE	= 32,
	SIG_EXPONENT_SIZE	= 36,
	SIG_RESERVED0		= 40,	/* 88 bytes */
	SIG_MODULUS		= 128,	/* 384 bytes; what precedes it is signed */
	SIG_EXPONENT		= 512,
	SIG_SIGNATURE		= 516,	/* 384 bytes */
	SIG_SEAMHASH		= 900,	/* 48 bytes; signed from here on */
	SIG_SVN_MINOR		= 948,
	SIG_SVN_MAJOR		= 949,
	SIG_ATTRIBUTES		= 950,
	SIG_RIP_OFFSET		= 958,
	SIG_STACK_PAGES		= 962,	/* 8 bits, minus 1 */
	SIG_TLS_PAGES		= 963,	/* 8 bits, minus 1 */
	SIG_KEYHOLE_PAGES	= 964,	/* 16 bits, minus 1 */
	SIG_GLOBAL_DATA_PAGES	= 966,	/* 16 bits, minus 1 */
	SIG_RESERVED1		= 978,	/* 6 bytes */
	SIG_MODULE_HV		= 984,
	SIG_MIN_UPDATE_HV	= 986,
	SIG_NO_DOWNGRADE	= 988,
	SIG_RESERVED2		= 989,
	SIG_HANDOFF_PAGES	= 990,	/* 16 bits, minus 1 */
	SIG_GDT_IDT		= 992,
	SIG_FAULT_WRAPPER	= 996,
	SIG_RESERVED3		= 1000,	/* 24 bytes */
	SIG_NR_FMS		= 1024,
	SIG_FMS			= 1028,	/* 255 values */
};
#define SIG_DEBUG	0x80000000u	/* of the module type */
#define SEAM_VENDOR	0x8086u

/* P_SYS_INFO (4.7) */
enum {
	SYS_INFO_NR_LPS		= 8,
	SYS_INFO_NR_SOCKETS	= 12,
	SYS_INFO_FMS		= 16,	/* 8 values */
	SYS_INFO_RANGE_BASE	= 48,
	SYS_INFO_RANGE_SIZE	= 56,
	SYS_INFO_CMRS		= 128,	/* 32 pairs of base and size */
	SYS_INFO_BYTES		= 2048,
};

/* Little-endian numbers at any alignment. */
static inline uint16_t get16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t get32(const uint8_t *p)
{
	return get16(p) | (uint32_t)get16(p + 2) << 16;
}

static inline uint64_t get64(const uint8_t *p)
{
	return get32(p) | (uint64_t)get32(p + 4) << 32;
}

static inline void put16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
}

static inline void put32(uint8_t *p, uint32_t v)
{
	put16(p, (uint16_t)v);
	put16(p + 2, (uint16_t)(v >> 16));
}

static inline void put64(uint8_t *p, uint64_t v)
{
	put32(p, (uint32_t)v);
	put32(p + 4, (uint32_t)(v >> 32));
}

static inline bool all_zero(const uint8_t *p, size_t n)
{
	uint8_t any = 0;

	while (n--)
		any |= *p++;
	return !any;
}

#endif
