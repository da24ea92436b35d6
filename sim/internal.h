/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* State of the software SEAM, in one place. Private to sim/. */
#ifndef SS_SIM_INTERNAL_H
#define SS_SIM_INTERNAL_H

#include "sim.h"

/* Try-locks: SEAM functions never wait, a conflict is a BUSY status. */
/* lock.h style: value 0 free, SIM_EXCLUSIVE held alone, else number of sharers. */
#define SIM_EXCLUSIVE	0x80000000u

static inline bool sim_try_exclusive(struct ss_word *l)
{
	return ss_cas(l, 0, SIM_EXCLUSIVE);
}

static inline bool sim_try_shared(struct ss_word *l)
{
	uint32_t v = ss_load(l);

	while (!(v & SIM_EXCLUSIVE)) {
		if (ss_cas(l, v, v + 1))
			return true;
		v = ss_load(l);
	}
	return false;
}

/* Pair with the acquire in the functions above: what the holder did is visible to the next. */
static inline void sim_unlock_exclusive(struct ss_word *l)
{
	ss_publish(l, 0);
}

static inline void sim_unlock_shared(struct ss_word *l)
{
	ss_add(l, -1u);
}

enum sim_state {	/* specification 6.1 */
	SIM_SYSINIT_PENDING,
	SIM_SYSINIT_DONE,
	SIM_SYSCONFIG_DONE,
	SIM_SYS_READY,
	SIM_SYS_SHUTDOWN,
};

/* Per LP. */
struct sim_lp {
	struct ss_word busy;		/* inside the module, or a guest of it runs here */
	struct ss_word initialised;	/* TDH.SYS.LP.INIT done */
	struct ss_word calls;		/* written by this LP, read by an audit */
	struct sim_lp_state platform;	/* the failure counts in it are its own LP's */
} SS_LINE_ALIGNED;

/* SEAMEXTEND, specification 4.3, as far as the model uses it. */
struct sim_seamextend {
	uint64_t valid;
	uint8_t svn_minor, svn_major;
	uint8_t mrseam[SS_SHA384_BYTES];
	uint8_t mrsigner[SS_SHA384_BYTES];
	uint64_t attributes;
	uint8_t seam_ready, p_seamldr_ready;
};

/* The P-SEAMLDR, specification 5. Everything is protected by @busy. */
struct sim_seamldr {
	struct ss_word busy;		/* executing on some LP; a second call is VMfailInvalid */
	uint8_t in_update[SIM_MAX_LPS];
	uint32_t lps_in_update;
	uint8_t in_shutdown[SIM_MAX_LPS];
	uint32_t lps_in_shutdown;
	struct sim_seamextend snapshot;
	uint32_t remaining;		/* cached counter; 0 is re-read from the SEAMDB */
	uint32_t acm_lp;
	bool entered;			/* has its stack canary, since the first call */
	/*
	 * Of the call that completes a session: private copies, because the host can change its
	 * pages at any time. Too big for a frame.
	 */
	uint8_t params[SS_PAGE];
	uint8_t sig[SS_SIGSTRUCT_BYTES];
	struct sim_sha384 sha;
	uint8_t big_endian[2][SS_RSA3072_BYTES];	/* modulus and signature */
	uint64_t rsa_work[SIM_RSA_WORK_BYTES / sizeof(uint64_t)];
};

/*
 * What INSTALL leaves for the module: SYS_INFO and the binary's own constants. An image that
 * carries no descriptor of the model's (@runs false, a real one) gets constants that fit its
 * sigstruct: see sim_module_describe(). All zero while there is no module.
 */
struct sim_installed {
	bool runs;			/* the image carries @info itself */
	struct sim_module_info info;
	/* From the sigstruct. */
	uint16_t module_hv, min_update_hv;
	uint8_t no_downgrade;
	uint32_t handoff_pages;
};

/* Handoff header and payload, specification 6.8. Survives INSTALL with scenario UPDATE. */
#define SIM_HANDOFF_MAX	(25u * 4096u)
struct sim_handoff {
	uint8_t valid;
	uint16_t hv;
	uint32_t size;
	uint8_t payload[SIM_HANDOFF_MAX];
};

struct sim_module;	/* the module's own memory: erased by INSTALL. module.h */
struct sim_memory;	/* TDMR memory and its PAMT: survives INSTALL. pamt.h */

struct sim {
	struct sim_config config;
	struct sim_lp *lps;
	struct sim_seamldr *seamldr;

	/*
	 * Read by every SEAMCALL, written by the P-SEAMLDR: bit 0 SEAM_READY, bit 1
	 * P_SEAMLDR_READY. Publishing it orders the new module's memory before the first call
	 * that reaches it.
	 */
	struct ss_word gates;
#define SIM_GATE_MODULE	1u
#define SIM_GATE_SEAMLDR 2u
	struct sim_seamextend seamextend;
	uint32_t seamdb_size, seamdb_count;	/* entries used since the last clear */
	uint32_t seamdb_nonce;			/* changes at each clear */
	uint32_t addressable_lps;

	struct sim_installed installed;
	struct sim_handoff *handoff;
	struct sim_module *module;
	struct sim_memory *memory;
	struct sim_cmr cmrs[SIM_MAX_CMRS];	/* as in P_SYS_INFO; set by sim_module_init() */
	uint32_t nr_cmrs;
	uint8_t *image;			/* what was installed: SS_MODULE_MAX_PAGES pages */
	/* A module-fatal error stores 1 here; no SEAMCALL is entered any more. */
	struct ss_word fatal;

	struct sim_fault faults[SIM_LP_FAULTS];
	uint32_t nr_faults;
	struct ss_word fault_calls[SIM_LP_FAULTS];	/* calls that fault i is about */
	struct ss_word fault_struck[SIM_LP_FAULTS];	/* those that fault i has answered */
	struct ss_word fault_hits;

	struct ss_word window;
	struct ss_word foreign;
	struct ss_word foreign_lp;
	struct ss_word foreign_leaf;	/* low 16 bits, and bit 31 for the P-SEAMLDR */
	struct ss_word erased_under_lp;
	struct ss_word installs;
};

/* seamldr.c: bit 63 leaves. Called with seamldr->busy held. */
uint64_t sim_seamldr_call(struct sim *s, uint32_t lp, struct ss_regs *r);
/* seamldr_state.c: opens and closes the gates as SEAMEXTEND says. */
void sim_seamldr_set_gates(struct sim *s);

/*
 * seamldr_install.c: the state that an injected @status leaves behind in INSTALL, with @rdx.
 * @params_pa: the call's RCX. Called with seamldr->busy held.
 */
void sim_seamldr_fail_install(struct sim *s, uint32_t lp, uint64_t params_pa, uint64_t status,
			      uint64_t rdx);
/* Would a call of INSTALL on @lp now be the one that completes the session? */
bool sim_seamldr_is_last(const struct sim *s, uint32_t lp);

/*
 * dispatch.c: all TDH leaves. Does the dispatcher checks of 6.2; number 0 of them is the front
 * end's: it sets lps[lp].busy and a full fence before it looks at the gates and calls, so that
 * TDH.SYS.SHUTDOWN (store state, fence, count busy LPs) and this call cannot both miss each
 * other. Clears it afterwards. Returns the status, which the front end puts into RAX.
 */
uint64_t sim_module_call(struct sim *s, uint32_t lp, struct ss_regs *r);

/* module.c */
size_t sim_module_bytes(const struct sim_config *config);
/* Power-on, before sim_seamldr's first INSTALL. @mem: sim_module_bytes(), zeroed. */
void sim_module_init(struct sim *s, void *mem);
/*
 * INSTALL erases the module's memory: state PENDING, nothing initialised. @keep_tds: PAMT and TD
 * memory stay (UPDATE); false where they are lost (LOAD, and a failure with RDX = 1). The gate is
 * closed, but LPs that nobody stopped can still be inside: they are counted in erased_under_lp
 * before this is called.
 */
void sim_module_erase(struct sim *s, bool keep_tds);
enum sim_state sim_module_state(const struct sim *s);
/* TDs that exist (struct sim_audit). sim_td_audit() of sim.h lies with the TDs too, in td*.c. */
uint32_t sim_module_tds(const struct sim *s);

/*
 * module_image.c: what an image of @nr_pages pages says of itself. @sig is its sigstruct. Fills in
 * @out completely; for an image without a descriptor with the ladder's entry of the same date and
 * SVN if there is one, else with version "0.0.00", and so that SYS.INIT accepts the sigstruct.
 */
void sim_module_describe(const uint8_t *image, uint32_t nr_pages,
			 const uint8_t sig[SS_SIGSTRUCT_BYTES], struct sim_installed *out);

/*
 * module.c: UD2 inside SEAM, in the P-SEAMLDR or in the module. The machine is lost. Returns what
 * the model answers in place of a SEAMCALL that never returns.
 */
uint64_t sim_fatal(struct sim *s);

/* fault.c: does a fault strike this call? Then *status (and *rdx) are what it returns. */
bool sim_fault_strikes(struct sim *s, uint32_t lp, uint64_t leaf, uint64_t *status, uint64_t *rdx);

/*
 * True if @pa is a shared address (4.1): aligned to @align, below MAXPA, no private key ID, not
 * inside SEAMRR.
 */
static inline bool sim_shared_pa(uint64_t pa, uint64_t align)
{
	return !(pa & (align - 1)) && !(pa >> SIM_MAXPA) &&
	       (pa >> SIM_HKID_SHIFT) < SIM_FIRST_PRIVATE_HKID &&
	       (pa < SIM_SEAMRR_BASE || pa >= SIM_SEAMRR_BASE + SIM_SEAMRR_BYTES);
}

#endif
