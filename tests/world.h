/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* For tests of the software TDX Module: a machine, its TDs, and events inside a call. */
#ifndef TESTS_WORLD_H
#define TESTS_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../sim/sept.h"
#include "bytes.h"
#include "sim_fixture.h"

#define WORLD_MAX_VCPUS	8u
#define WORLD_MAX_PAGES	64u

/* Bits of TDX_FEATURES0 that modules of tests combine. */
#define FEATURES_PLAIN	0x2e1f0fbfULL
#define FEATURE(bit)	(1ULL << (bit))

/*
 * A machine and its host's side. Each hook runs once, inside a SEAMCALL: @in_map when a leaf reads
 * the host's memory, @in_guest when a guest asks whether to leave. A hook acts "on another LP, in
 * the middle of that call", always at the same place.
 */
struct world {
	struct fixture f;
	uint64_t next_pa, end_pa;	/* TDMR memory that no test has used */
	uint16_t next_hkid;
	uint64_t page_pa;		/* a page of shared memory */
	uint8_t *page;
	void (*in_map)(struct world *w);
	void (*in_guest)(struct world *w);
	uint64_t seen[4];		/* values that a hook found */
	void *(*fixture_map)(void *ctx, uint64_t pa, size_t bytes);
	bool (*fixture_interrupted)(void *ctx, uint32_t lp);
};

/*
 * Everything except power-on. A test may change w->f.config before fixture_power_on().
 * world_create() does both.
 */
void world_config(struct world *w, uint32_t nr_lps, uint32_t sockets);
void world_create(struct world *w, uint32_t nr_lps, uint32_t sockets);
/* Like world_create(), up to SYS_READY with a module of the ladder. */
void world_boot(struct world *w, uint32_t nr_lps, uint32_t sockets, const char *version);
void world_destroy(struct world *w);

/* A module like 1.5.06, for tests to change. @svn_minor orders such modules. */
struct sim_module_info world_info(const char *version, uint8_t svn_minor);
/* INSTALL only: the module is in SYSINIT_PENDING. Fails the test on error. */
void world_install(struct world *w, const struct sim_module_info *info,
		   enum fixture_scenario scenario);
/* SYS.INIT and LP.INIT on all LPs. */
void world_init(struct world *w);
/* From PENDING (after world_install() with FIXTURE_LOAD) to READY. */
void world_ready(struct world *w);
void world_boot_info(struct world *w, const struct sim_module_info *info);
/* SHUTDOWN, INSTALL .. SYS.UPDATE version 0; all must succeed. */
void world_update(struct world *w, const struct sim_module_info *info, uint64_t hv);

/* Writes TDMR_INFO for all of TDMR memory, returns the PA of the list, fills @r for SYS.CONFIG. */
void world_config_regs(struct world *w, struct ss_regs *r);
uint8_t *world_tdmr_info(struct world *w);

enum sim_state world_state(struct world *w);

/* ---- calls ----------------------------------------------------------------------------------- */

/* One SEAMCALL on @lp with RCX, RDX, R8, R9. */
uint64_t call(struct world *w, uint32_t lp, uint64_t leaf, uint64_t rcx, uint64_t rdx, uint64_t r8,
	      uint64_t r9);
uint64_t call_regs(struct world *w, uint32_t lp, struct ss_regs *r);
#define CALL(w, lp, leaf, rcx, rdx)	call(w, lp, SS_LEAF_TDH_##leaf, rcx, rdx, 0, 0)

/* A whole status, and a status with a detail in its low half. */
#define STATUS(name)		((uint64_t)SS_TDX_##name)
#define WITH(name, detail)	((uint64_t)SS_TDX_##name | (detail))
#define ABOUT(name, operand)	((uint64_t)SS_TDX_##name | SIM_OP_##operand)

void check_status(uint64_t got, uint64_t want, const char *what, const char *file, int line);
#define EXPECT(got, want)	check_status(got, want, #got, __FILE__, __LINE__)
#define OK(got)			EXPECT(got, STATUS(SUCCESS))

/* Fails the test if this program never saw one of @nr statuses, and names each. */
void check_all_reached(const uint64_t *statuses, size_t nr);
void world_count_status(uint64_t status);	/* for calls that went other ways */

/* ---- TDs ------------------------------------------------------------------------------------- */

struct test_td {
	uint64_t tdr;
	uint16_t hkid;
	uint64_t tdcx[SIM_TDCS_PAGES];
	uint32_t nr_vcpus;
	uint64_t vcpu[WORLD_MAX_VCPUS];
	uint64_t vcpu_cx[WORLD_MAX_VCPUS][SIM_TDVPS_PAGES - 1];
	uint64_t table[3];			/* S-EPT pages at levels 3, 2, 1 for GPA 0 */
	uint32_t nr_pages;			/* from GPA 0 on */
	uint64_t page[WORLD_MAX_PAGES];
	EVP_MD_CTX *md;				/* the test's own MRTD */
	uint8_t mrtd[SS_SHA384_BYTES];
};

/* A page of TDMR memory that was never given out before; a key ID likewise. */
uint64_t td_frame(struct world *w);
uint16_t td_hkid(struct world *w);

/* Fills in 1024 bytes of valid TD_PARAMS and returns their PA. */
uint64_t td_params(struct world *w, uint16_t max_vcpus);

/* The steps of a TD's life, each on LP 0 unless stated otherwise; all must succeed. */
void td_create(struct world *w, struct test_td *td);		/* CREATE, KEY.CONFIG */
void td_init(struct world *w, struct test_td *td);		/* ADDCX, MNG.INIT */
void td_tables(struct world *w, struct test_td *td);		/* S-EPT for the first 2 MiB */
void td_vcpu(struct world *w, struct test_td *td, uint32_t lp);	/* VP.CREATE .. VP.INIT on @lp */
void td_page_add(struct world *w, struct test_td *td);		/* PAGE.ADD at the next GPA */
void td_extend(struct world *w, struct test_td *td, uint32_t page);	/* all of the page */
void td_page_aug(struct world *w, struct test_td *td);		/* PAGE.AUG at the next GPA */
void td_finalize(struct world *w, struct test_td *td);
/* Does all of the above. @pages of them are measured. vCPU i belongs to LP i. */
void td_build(struct world *w, struct test_td *td, uint32_t vcpus, uint32_t pages);

uint64_t td_enter(struct world *w, struct test_td *td, uint32_t vcpu, uint32_t lp);
/* Lets vCPU 0 run @times times on LP @lp, with guests that leave at once. */
void td_run(struct world *w, struct test_td *td, uint32_t lp, uint32_t times);
void td_audit(struct world *w, struct test_td *td, struct sim_td_audit *audit);

/* Teardown: VP.FLUSH .. KEY.FREEID; then RECLAIM of every page. vCPU i is flushed on LP i. */
void td_kill(struct world *w, struct test_td *td);
void td_reclaim(struct world *w, struct test_td *td);
void td_forget(struct test_td *td);

/* Runs @fn while another LP holds a lock. */
#define WHILE_LOCKED(word, fn) \
	do { \
		ss_store(word, SIM_EXCLUSIVE); \
		fn; \
		ss_store(word, 0); \
	} while (0)

static inline struct sim_pamt_entry *world_pamt(struct world *w, uint64_t pa)
{
	return sim_frame_pamt(w->f.sim, (uint32_t)((pa - w->f.sim->memory->base) / SS_PAGE));
}

static inline void *world_frame(struct world *w, uint64_t pa)
{
	return sim_frame_va(w->f.sim, (uint32_t)((pa - w->f.sim->memory->base) / SS_PAGE));
}

static inline struct sim_tdcs *world_tdcs(struct world *w, struct test_td *td)
{
	return world_frame(w, td->tdcx[0]);
}

#endif
