/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The software TDX Module: its own memory, and what its leaves share. Private to sim/. */
/*
 * What the model leaves out, and what the model decides where the specification is silent:
 *
 * - A module-fatal error sets sim->fatal; from then on every SEAMCALL is a VMfailInvalid. Erasing a
 *   module while an LP is in one of its leaves or runs one of its guests does the same.
 * - Pages have 4 KiB: TDH.MEM.PAGE.AUG takes level 0 only. The model asks for the PAMT of larger
 *   pages and does not use it. With config.tds_in_ram there is no dynamic PAMT.
 * - Op states change only under the TD's exclusive lock, so they need no lock of their own.
 * - SYS.INIT version 1 knows no fatal-error diagnostics: R8 must be 0.
 * - TDH.MNG.VPFLUSHDONE ends an abandoned TD build for td_build_count.
 * - TDs live in TDMR memory outside of struct sim_module. A LOAD, a failed INSTALL or a new global
 *   key takes their key away; a generation number stands for the key.
 * - A host can ask for L2 VMs of a TD, which then need their TDCX pages. L2 VMs have no page tables
 *   and no fields.
 * - A debug TD's fields are hidden like those of any other TD. CPUID values exist only for the
 *   leaves that a host can configure.
 * - A TD has at most SIM_MAX_VCPUS vCPUs, even if its module lets a host ask for more.
 * - The only faults of CPUID, MSRs and SMRR are those that struct sim_lp_state names.
 * - TDH.SYS.DISABLE: see sys_disable.c.
 */
#ifndef SS_SIM_MODULE_H
#define SS_SIM_MODULE_H

#include "internal.h"

/* The subject of an operand status: its low half, specification 2.4. */
enum sim_operand {
	SIM_OP_RAX = 0,
	SIM_OP_RCX = 1,
	SIM_OP_RDX = 2,
	SIM_OP_R8 = 8,
	SIM_OP_R9 = 9,
	SIM_OP_R10 = 10,
	SIM_OP_ATTRIBUTES = 64,
	SIM_OP_XFAM = 65,
	SIM_OP_EXEC_CONTROLS = 66,
	SIM_OP_EPTP_CONTROLS = 67,
	SIM_OP_MAX_VCPUS = 68,
	SIM_OP_CPUID_CONFIG = 69,
	SIM_OP_TSC_FREQUENCY = 70,
	SIM_OP_NUM_L2_VMS = 71,
	SIM_OP_ARCH_CAPABILITIES = 72,
	SIM_OP_PAGE = 95,
	SIM_OP_TDR = 128,
	SIM_OP_TDCS = 144,
	SIM_OP_SEPT_TREE = 146,
	SIM_OP_TD_EPOCH = 169,
	SIM_OP_KOT = 186,
	SIM_OP_KET = 187,
	SIM_OP_WBCACHE = 188,
};

/* Bits of TDX_FEATURES0 that change the model's behaviour, specification 7. */
enum sim_feature {
	SIM_TOPOLOGY_ENUM = 20,		/* TDH.VP.INIT version 1, MAX_VCPUS_PER_TD */
	SIM_DYNAMIC_PAMT = 36,
	SIM_FATAL_DIAGNOSTICS = 37,	/* TDH.SYS.INIT version 1 */
	SIM_UPDATE_COMPATIBILITY = 47,	/* SHUTDOWN bit 16; SYS.CONFIG and SYS.UPDATE version 1 */
	SIM_SYS_DISABLE = 53,		/* TDH.SYS.DISABLE */
};

#define SIM_MAX_TDMRS		64u
#define SIM_MAX_RESERVED	16u
#define SIM_MAX_HKIDS		2048u
#define SIM_MAX_PACKAGES	8u
#define SIM_MAX_VCPUS		64u	/* per TD; MAX_VCPUS_PER_TD */
#define SIM_GIB			(1ULL << 30)
#define SIM_PAMT_ENTRY_BYTES	16u
#define SIM_TDMR_INIT_BYTES	(4ULL << 20)	/* per call of TDH.SYS.TDMR.INIT */

struct sim_area {
	uint64_t base, bytes;
};

/* Offsets of reserved areas are relative to the TDMR, as in TDMR_INFO. */
struct sim_tdmr {
	struct ss_word lock;
	/*
	 * Counts pieces of SIM_TDMR_INIT_BYTES that have metadata. Publishing the count orders the
	 * metadata before its use, which begins when a whole GiB has metadata.
	 */
	struct ss_word initialised;
	uint64_t base, bytes;
	struct sim_area pamt[3];	/* of 4 KiB, 2 MiB, 1 GiB pages */
	struct sim_area reserved[SIM_MAX_RESERVED];
	uint32_t nr_reserved;
};

enum sim_kot_state {	/* specification 8.1 */
	SIM_KOT_FREE,
	SIM_KOT_ASSIGNED,
	SIM_KOT_FLUSHED,
	SIM_KOT_RESERVED,
};

/* One key ID, protected by kot_lock. */
struct sim_kot_entry {
	struct ss_word to_write_back;	/* packages; several LPs clear bits under a shared lock */
	uint8_t state;
};

/* The cache write-back of one package, protected by @lock. */
struct sim_wbt_entry {
	struct ss_word lock;
	uint64_t resume;		/* pieces done of an interrupted write-back; 0: none */
	uint8_t hkid[SIM_MAX_HKIDS];	/* key IDs that the write-back covers */
};

/*
 * What a module forgets when its successor is installed. The module writes the tables from @kot on
 * into the handoff data. Tables change in SYS leaves under the exclusive global lock while no other
 * leaf can run, or under locks of their own.
 */
struct sim_tables {
	uint32_t seamdb_index, seamdb_nonce;	/* sampled by TDH.SYS.INIT */
	uint64_t sampled_tsc_adjust;
	uint64_t enabled;		/* features that SYS.CONFIG or SYS.UPDATE v1 switched on */
	struct sim_kot_entry kot[SIM_MAX_HKIDS];
	struct sim_wbt_entry wbt[SIM_MAX_PACKAGES];
	struct sim_tdmr tdmr[SIM_MAX_TDMRS];
	uint32_t nr_tdmrs;
	uint16_t global_hkid;
	uint32_t keyed_packages;		/* bitmap: TDH.SYS.KEY.CONFIG done */
	uint8_t dynamic_pamt;
};

struct sim_module {
	/* enum sim_state. Published under @lock; pairs with the acquire in sim_module_call(). */
	struct ss_word state;
	struct ss_word lock;			/* the global lock of 6.2 */
	struct ss_word lps_initialised;
	struct ss_word kot_lock;
	struct ss_word pconfig[SIM_MAX_PACKAGES];	/* a package's key table, KET */
	struct ss_word td_builds;		/* td_build_count */
	struct ss_word disabling;		/* TDH.SYS.DISABLE has begun */
	struct sim_tables t;
};

/* A call of a leaf in progress. */
struct sim_call {
	struct sim *s;
	struct sim_module *m;
	uint32_t lp;
	uint16_t leaf;
	uint8_t version;
	struct ss_regs *r;
};

static inline uint64_t sim_status(uint64_t status, uint32_t detail)
{
	return status | detail;
}

static inline bool sim_has(const struct sim *s, enum sim_feature bit)
{
	return s->installed.info.features0 >> bit & 1;
}

/* Shared memory of the host, or NULL if the host has none there. */
static inline void *sim_map(struct sim_call *c, uint64_t pa, size_t bytes)
{
	return c->s->config.map(c->s->config.ctx, pa, bytes);
}

/* module.c */
bool sim_entropy(struct sim_call *c);
uint32_t sim_package(const struct sim *s, uint32_t lp);
/* PCONFIG on the caller's package: TDX_SUCCESS, OPERAND_BUSY+KET or KEY_GENERATION_FAILED. */
uint64_t sim_pconfig(struct sim_call *c);

/* INSTALL and TDH.SYS.DISABLE leave the module in this state: it waits for TDH.SYS.INIT. */
void sim_module_reset(struct sim *s);

/* Leaves by file. Each leaf takes inputs from c->r, leaves outputs there and returns the status. */

/* sys_init.c */
uint64_t sim_sys_init(struct sim_call *c);
uint64_t sim_sys_lp_init(struct sim_call *c);
uint64_t sim_sys_lp_shutdown(struct sim_call *c);

/* sys_config.c */
uint64_t sim_sys_config(struct sim_call *c);
uint64_t sim_sys_key_config(struct sim_call *c);
uint64_t sim_sys_tdmr_init(struct sim_call *c);
bool sim_cmrs_cover(const struct sim *s, uint64_t base, uint64_t bytes);

/* sys_disable.c */
uint64_t sim_sys_disable(struct sim_call *c);

/* handoff.c */
uint64_t sim_sys_shutdown(struct sim_call *c);
uint64_t sim_sys_update(struct sim_call *c);
/* Bytes of payload that the module of @info writes for handoff version @hv. */
uint32_t sim_handoff_bytes(const struct sim_module_info *info, uint16_t hv);

/* metadata.c */
uint64_t sim_sys_rd(struct sim_call *c);
uint64_t sim_sys_rdall(struct sim_call *c);
uint64_t sim_sys_info(struct sim_call *c);

/* td.c */
uint64_t sim_mng_create(struct sim_call *c);
uint64_t sim_mng_key_config(struct sim_call *c);
uint64_t sim_mng_addcx(struct sim_call *c);
uint64_t sim_mng_rd(struct sim_call *c);
uint64_t sim_mng_vpflushdone(struct sim_call *c);
uint64_t sim_mng_key_freeid(struct sim_call *c);
uint64_t sim_mng_key_reclaimid(struct sim_call *c);

/* td_init.c */
uint64_t sim_mng_init(struct sim_call *c);

/* phymem.c */
uint64_t sim_phymem_cache_wb(struct sim_call *c);
uint64_t sim_phymem_page_reclaim(struct sim_call *c);
uint64_t sim_phymem_page_wbinvd(struct sim_call *c);
uint64_t sim_phymem_page_rdmd(struct sim_call *c);

/* td_memory.c */
uint64_t sim_mem_sept_add(struct sim_call *c);
uint64_t sim_mem_sept_remove(struct sim_call *c);
uint64_t sim_mem_page_add(struct sim_call *c);
uint64_t sim_mem_page_aug(struct sim_call *c);
uint64_t sim_mem_page_remove(struct sim_call *c);

/* td_block.c */
uint64_t sim_mem_range_block(struct sim_call *c);
uint64_t sim_mem_range_unblock(struct sim_call *c);
uint64_t sim_mem_track(struct sim_call *c);

/* measure.c */
uint64_t sim_mr_extend(struct sim_call *c);
uint64_t sim_mr_finalize(struct sim_call *c);

/* vcpu.c */
uint64_t sim_vp_create(struct sim_call *c);
uint64_t sim_vp_addcx(struct sim_call *c);
uint64_t sim_vp_init(struct sim_call *c);
uint64_t sim_vp_enter(struct sim_call *c);
uint64_t sim_vp_flush(struct sim_call *c);
uint64_t sim_vp_rd(struct sim_call *c);
uint64_t sim_vp_wr(struct sim_call *c);

#endif
