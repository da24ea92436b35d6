/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Every way in which a SEAMCALL of the update can fail. */
#include "check_update.h"

enum where { LEAD, ANY_LP, EARLY, LAST };

struct way {
	uint64_t leaf, status, rdx;
	enum where where;
};

#define SOFTWARE(leaf, where)					\
	{ leaf, SS_TDX_SEAMCALL_VMFAILINVALID, 0, where },	\
	{ leaf, SS_TDX_SEAMCALL_UD, 0, where },			\
	{ leaf, SS_TDX_SEAMCALL_GP, 0, where }
#define SHUTDOWN(status)	{ SS_LEAF_TDH_SYS_SHUTDOWN, SS_TDX_##status, 0, LEAD }
#define INSTALL(status, rdx, where)                                                                \
	{                                                                                          \
		SS_LEAF_SEAMLDR_INSTALL, SS_PSEAMLDR_##status, rdx, where                          \
	}
#define INIT(status)		{ SS_LEAF_TDH_SYS_INIT, SS_TDX_##status, 0, LEAD }
#define LP_INIT(status)		{ SS_LEAF_TDH_SYS_LP_INIT, SS_TDX_##status, 0, ANY_LP }
#define UPDATE(status)		{ SS_LEAF_TDH_SYS_UPDATE, SS_TDX_##status, 0, LEAD }

static const struct way ways[] = {
	{ SS_LEAF_SEAMLDR_INFO, SS_PSEAMLDR_EBADPARAM, 0, LEAD },
	SOFTWARE(SS_LEAF_SEAMLDR_INFO, LEAD),

	/* 6.4 */
	SHUTDOWN(OPERAND_INVALID), SHUTDOWN(SYS_BUSY), SHUTDOWN(UPDATE_COMPATIBILITY_SENSITIVE),
	SHUTDOWN(SYS_NOT_READY), SHUTDOWN(SYS_SHUTDOWN), SOFTWARE(SS_LEAF_TDH_SYS_SHUTDOWN, LEAD),

	/* 5.2 */
	INSTALL(EUNSPECERR, 0, ANY_LP), INSTALL(EBADCALL, 0, EARLY), INSTALL(EBADCALL, 0, LAST),
	INSTALL(EBADPARAM, 0, LAST), INSTALL(EBADSIG, 0, LAST), INSTALL(EBADHANDOFF, 0, LAST),
	INSTALL(ENOMEM, 0, LAST), INSTALL(EUNSUPCPU, 0, LAST), INSTALL(ENOENTROPY, 0, LAST),
	INSTALL(ENOMEM, 1, LAST), INSTALL(EBADHASH, 1, LAST), INSTALL(EBADPARAM, 1, LAST),
	INSTALL(ENOENTROPY, 1, LAST), SOFTWARE(SS_LEAF_SEAMLDR_INSTALL, ANY_LP),

	/* 6.3 */
	INIT(SYS_BUSY), INIT(RND_NO_ENTROPY), INIT(SYS_INIT_NOT_PENDING),
	INIT(LIMIT_CPUID_MAXVAL_SET), INIT(INCORRECT_MSR_VALUE), INIT(OPERAND_INVALID),
	INIT(INCORRECT_CPUID_VALUE), INIT(CMR_LIST_INVALID), INIT(SMRR_NOT_LOCKED),
	INIT(INVALID_SMRR_CONFIGURATION), INIT(SMRR_OVERLAPS_CMR), INIT(SMRR_LOCK_NOT_SUPPORTED),
	INIT(SMRR_NOT_SUPPORTED), INIT(INCOMPATIBLE_SEAM_CAPABILITIES),
	INIT(SYS_INCOMPATIBLE_SIGSTRUCT), INIT(CRYPTO_SELF_TEST_FAILED),
	SOFTWARE(SS_LEAF_TDH_SYS_INIT, LEAD),

	/* 6.5 */
	LP_INIT(SYS_BUSY), LP_INIT(RND_NO_ENTROPY), LP_INIT(SYS_LP_INIT_NOT_PENDING),
	LP_INIT(INCONSISTENT_MSR), LP_INIT(LIMIT_CPUID_MAXVAL_SET),
	LP_INIT(INCONSISTENT_CPUID_FIELD), LP_INIT(INCOMPATIBLE_SEAM_CAPABILITIES),
	LP_INIT(INVALID_PKG_ID), SOFTWARE(SS_LEAF_TDH_SYS_LP_INIT, ANY_LP),

	/* 6.6 */
	UPDATE(SYS_BUSY), UPDATE(SYS_STATE_INCORRECT), UPDATE(OPERAND_INVALID),
	UPDATE(SYS_INVALID_HANDOFF), SOFTWARE(SS_LEAF_TDH_SYS_UPDATE, LEAD),

	{ SS_LEAF_TDH_SYS_RD, SS_TDX_METADATA_FIELD_ID_INCORRECT, 0, LEAD },
	SOFTWARE(SS_LEAF_TDH_SYS_RD, LEAD),
};

static bool concerns(const struct way *way, uint32_t lp, uint32_t nr_lps)
{
	switch (way->where) {
	case LEAD:
		return lp == 0;
	case EARLY:
		return lp + 1 < nr_lps;
	case LAST:
		return lp + 1 == nr_lps;
	default:
		return true;
	}
}

bool check_update_fault(uint32_t nr_lps, uint32_t n, struct sim_fault *fault)
{
	uint32_t i, lp, sticky;

	for (i = 0; i < SS_ARRAY_SIZE(ways); i++) {
		for (lp = 0; lp < nr_lps; lp++) {
			for (sticky = 0; concerns(&ways[i], lp, nr_lps) && sticky < 2; sticky++) {
				if (n--)
					continue;
				*fault = (struct sim_fault){
					.leaf = ways[i].leaf, .lp = lp, .nth = 1, .sticky = sticky,
					.status = ways[i].status, .rdx = ways[i].rdx
				};
				return true;
			}
		}
	}
	return false;
}
