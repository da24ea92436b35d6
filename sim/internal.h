/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* State of the software SEAM, in one place. Private to sim/. */
#ifndef SS_SIM_INTERNAL_H
#define SS_SIM_INTERNAL_H

#include "sim.h"

/* Try-locks: a SEAM function never waits; a conflict is a BUSY status. */
/* The value is 0 when free, SIM_EXCLUSIVE when held alone, else the number of sharers. */
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

/* Pairs with the acquire in the functions above: the next holder sees what this holder did. */
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

struct sim_lp {
	struct ss_word busy;		/* inside the module, or runs one of its guests */
	struct ss_word initialised;	/* TDH.SYS.LP.INIT done */
	struct ss_word calls;		/* written by this LP, read by an audit */
	struct sim_lp_state platform;	/* only its own LP changes the failure counts */
} SS_LINE_ALIGNED;

/* SEAMEXTEND (specification 4.3), as far as the model uses it. */
struct sim_seamextend {
	uint64_t valid;
	uint8_t svn_minor, svn_major;
	uint8_t mrseam[SS_SHA384_BYTES];
	uint8_t mrsigner[SS_SHA384_BYTES];
	uint64_t attributes;
	uint8_t seam_ready, p_seamldr_ready;
};

/* The P-SEAMLDR, specification 5. @busy protects every member. */
struct sim_seamldr {
	struct ss_word busy;		/* runs on some LP; a second call is VMfailInvalid */
	uint8_t in_update[SIM_MAX_LPS];
	uint32_t lps_in_update;
	uint8_t in_shutdown[SIM_MAX_LPS];
	uint32_t lps_in_shutdown;
	struct sim_seamextend snapshot;
	uint32_t remaining;		/* cached counter; at 0 the SEAMDB is read again */
	uint32_t acm_lp;
	bool entered;			/* the first call has made the stack canary */
	/*
	 * The call that completes a session works on private copies, because the host can change
	 * its pages at any time. The copies are too big for a frame.
	 */
	uint8_t params[SS_PAGE];
	uint8_t sig[SS_SIGSTRUCT_BYTES];
	struct sim_sha384 sha;
	uint8_t big_endian[2][SS_RSA3072_BYTES];	/* modulus and signature */
	uint64_t rsa_work[SIM_RSA_WORK_BYTES / sizeof(uint64_t)];
};

/*
 * What INSTALL leaves for the module: SYS_INFO and the binary's own constants. A real image carries
 * no descriptor of the model (@runs is false); its constants are chosen to fit the sigstruct: see
 * sim_module_describe(). All members are zero while there is no module.
 */
struct sim_installed {
	bool runs;			/* the image carries @info itself */
	struct sim_module_info info;
	/* From the sigstruct. */
	uint16_t module_hv, min_update_hv;
	uint8_t no_downgrade;
	uint32_t handoff_pages;
};

/* Handoff header and payload, specification 6.8. INSTALL with scenario UPDATE keeps them. */
#define SIM_HANDOFF_MAX	(25u * 4096u)
struct sim_handoff {
	uint8_t valid;
	uint16_t hv;
	uint32_t size;
	uint8_t payload[SIM_HANDOFF_MAX];
};

struct sim_running;	/* guest_cpu.c */

struct sim_module;	/* the module's own memory, which INSTALL erases: module.h */
struct sim_memory;	/* TDMR memory and its PAMT, which INSTALL keeps: pamt.h */

struct sim {
	struct sim_config config;
	struct sim_lp *lps;
	struct sim_seamldr *seamldr;

	/*
	 * Every SEAMCALL reads the gates, the P-SEAMLDR writes them: bit 0 SEAM_READY, bit 1
	 * P_SEAMLDR_READY. Publishing them orders the new module's memory before the first call
	 * that enters the module.
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
	uint8_t *image;			/* the installed image: SS_MODULE_MAX_PAGES pages */
	struct sim_running *running;	/* vCPUs that the caller's CPUs run, one place an LP */
	/* A module-fatal error stores 1 here. From then on no SEAMCALL is entered. */
	struct ss_word fatal;

	struct sim_fault faults[SIM_LP_FAULTS];
	uint32_t nr_faults;
	struct ss_word fault_calls[SIM_LP_FAULTS];	/* calls that fault i matches */
	struct ss_word fault_struck[SIM_LP_FAULTS];	/* calls that fault i has answered */

	struct ss_word window;
	struct ss_word foreign;
	struct ss_word foreign_lp;
	struct ss_word foreign_leaf;	/* low 16 bits, and bit 31 for the P-SEAMLDR */
	struct ss_word erased_under_lp;
	struct ss_word installs;
};

/* seamldr.c: leaves with bit 63. The caller holds seamldr->busy. */
uint64_t sim_seamldr_call(struct sim *s, uint32_t lp, struct ss_regs *r);
/* seamldr_state.c: opens and closes the gates as SEAMEXTEND says. */
void sim_seamldr_set_gates(struct sim *s);

/*
 * seamldr_install.c: leaves the state that an INSTALL with the injected @status and @rdx leaves.
 * @params_pa: RCX of the call. The caller holds seamldr->busy.
 */
void sim_seamldr_fail_install(struct sim *s, uint32_t lp, uint64_t params_pa, uint64_t status,
			      uint64_t rdx);
/* Would a call of INSTALL on @lp complete the session now? */
bool sim_seamldr_is_last(const struct sim *s, uint32_t lp);

/*
 * dispatch.c: all TDH leaves. Does the dispatcher's checks of 6.2 and returns the status, which the
 * front end puts into RAX.
 *
 * The front end does check 0: before it looks at the gates and calls, it sets lps[lp].busy and
 * executes a full fence. It clears lps[lp].busy afterwards. TDH.SYS.SHUTDOWN stores the state,
 * executes a fence and counts busy LPs. So SHUTDOWN and this call cannot both miss each other.
 */
uint64_t sim_module_call(struct sim *s, uint32_t lp, struct ss_regs *r);

/* module.c */
size_t sim_module_bytes(const struct sim_config *config);
/* Power-on, before sim_seamldr's first INSTALL. @mem: sim_module_bytes(), zeroed. */
void sim_module_init(struct sim *s, void *mem);
/*
 * INSTALL erases the module's memory: state PENDING, nothing initialised.
 * @keep_tds: true where PAMT and TD memory stay (UPDATE); false where they are lost (LOAD, and a
 *            failure with RDX = 1).
 * The gate is closed, but LPs that no host stopped can still be inside. The caller has counted
 * those LPs in erased_under_lp.
 */
void sim_module_erase(struct sim *s, bool keep_tds);
enum sim_state sim_module_state(const struct sim *s);
/* TDs that exist (struct sim_audit). td_audit.c has sim_td_audit() of sim.h. */
uint32_t sim_module_tds(const struct sim *s);

/*
 * module_image.c: fills in @out completely with what an image of @nr_pages pages says of itself.
 * @sig: the image's sigstruct.
 * An image without a descriptor gets the ladder's entry of the same date and SVN, or version
 * "0.0.00" if there is no such entry. Its values are chosen so that SYS.INIT accepts the sigstruct.
 */
void sim_module_describe(const uint8_t *image, uint32_t nr_pages,
			 const uint8_t sig[SS_SIGSTRUCT_BYTES], struct sim_installed *out);

/*
 * module.c: UD2 inside SEAM, in the P-SEAMLDR or in the module. The machine is lost. Returns the
 * model's answer in place of a SEAMCALL that never returns.
 */
uint64_t sim_fatal(struct sim *s);

/* guest_cpu.c: room for the vCPUs that the caller's CPUs run. */
size_t sim_running_bytes(const struct sim_config *config);

/* fault.c: counts the call. Returns the fault that strikes this call, or NULL. */
const struct sim_fault *sim_fault_strike(struct sim *s, uint32_t lp, uint64_t leaf);

/*
 * True if @pa is a shared address (4.1): aligned to @align, below MAXPA, without a private key ID,
 * outside of SEAMRR.
 */
static inline bool sim_shared_pa(uint64_t pa, uint64_t align)
{
	return !(pa & (align - 1)) && !(pa >> SIM_MAXPA) &&
	       (pa >> SIM_HKID_SHIFT) < SIM_FIRST_PRIVATE_HKID &&
	       (pa < SIM_SEAMRR_BASE || pa >= SIM_SEAMRR_BASE + SIM_SEAMRR_BYTES);
}

#endif
