/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* A TD in the form in which the module keeps it in the TD's control pages. Private to sim/. */
#ifndef SS_SIM_TD_H
#define SS_SIM_TD_H

#include "pamt.h"

#define SIM_TDCS_PAGES		6u	/* TDCX pages that a TD needs */
#define SIM_TDCS_MAX_PAGES	9u	/* TDCX pages that a TD may have */
#define SIM_TDVPS_PAGES		6u	/* TDVPR and TDCX pages that a vCPU needs */
#define SIM_TDVPS_MAX_PAGES	15u	/* TDVPR and TDCX pages that a vCPU may have */

/* What TD_PARAMS may ask for. FIXED0: bits that may be 1; FIXED1: bits that must be 1. */
#define SIM_ATTRIBUTES_FIXED0	0x8000000070000001ULL
#define SIM_ATTRIBUTES_FIXED1	0ULL
#define SIM_XFAM_FIXED0		0x600e7ULL
#define SIM_XFAM_FIXED1		3ULL
#define SIM_CONFIG_FLAGS_FIXED0	7ULL
#define SIM_NATIVE_TSC_MHZ		1000u	/* the clock of the model counts nanoseconds */
#define SIM_TSC_UNIT_MHZ		25u
#define SIM_RTMRS		4u
#define SIM_CPUID_CONFIGS	12u
#define SIM_CPUID_VERSION	0u	/* the index of leaf 1 among them */
#define SIM_CPUID_ADDRESSES	9u	/* the index of leaf 0x80000008 among them */

struct sim_cpuid_config {
	uint64_t leaf;			/* subleaf in the upper half */
	uint64_t value[2];		/* configurable bits of EAX and EBX, ECX and EDX */
};

/* cpuid_config.c */
extern const struct sim_cpuid_config sim_cpuid_configs[SIM_CPUID_CONFIGS];

enum sim_lifecycle {	/* specification 8.1 */
	SIM_HKID_ASSIGNED,
	SIM_KEYS_CONFIGURED,
	SIM_TD_BLOCKED,
	SIM_TEARDOWN,
};

/* The other op states are for migration: the model knows only that they exist. */
enum sim_op_state {
	SIM_UNINITIALIZED,
	SIM_INITIALIZED,
	SIM_RUNNABLE,
};

enum sim_vcpu_state {
	SIM_VCPU_UNINITIALIZED = 0,
	SIM_VCPU_READY = 2,
	SIM_VCPU_ACTIVE = 4,
	SIM_VCPU_DISABLED = 8,
};

/* The contents of fixed TDCX pages, by number; the first page holds the TDCS itself. */
#define SIM_MSR_BITMAP_TDCX	2u
#define SIM_SEPT_ROOT_TDCX	3u

#define SIM_EPT_WRITE_BACK	6u	/* memory type in an EPTP */

/* The TDR page. Members change under the page's lock; words also under a shared lock. */
struct sim_tdr {
	struct ss_word children;	/* pages of the TD beside this one */
	struct ss_word associated;	/* vCPUs that belong to an LP */
	struct ss_word fatal;
	uint8_t lifecycle;
	uint16_t hkid;
	uint32_t keyed_packages;	/* bitmap */
	uint32_t nr_tdcx;
	uint32_t tdcx[SIM_TDCS_MAX_PAGES];	/* frames */
	uint32_t key_generation;	/* the global key's, which encrypts this page */
	/* Noted by MNG.CREATE. */
	uint32_t seamdb_index, seamdb_nonce;
	uint16_t module_hv;
	uint8_t svn_minor, svn_major;
	uint64_t uuid[4];
};

/* The MRTD's hash in the form of the crypto library of some module, 8.5. */
struct sim_mrtd_context {
	struct sim_sha384 sha;
	uint32_t version;	/* recorded by modules with UPDATE_COMPATIBILITY, else 0 */
	bool counted;		/* in td_build_count */
};

/*
 * The first TDCX page. Plain members change only under the TDR's exclusive lock, so the op state
 * needs no lock of its own.
 */
struct sim_tdcs {
	uint32_t op_state;
	uint32_t max_vcpus;
	uint16_t num_l2_vms;
	uint16_t tsc_frequency;		/* in units of 25 MHz */
	uint32_t root;			/* frame of the S-EPT's root */
	uint32_t root_level;		/* 3 or 4: levels below it */
	uint32_t gpa_bits;		/* private addresses are below 1 << gpa_bits */
	uint8_t gpaw;
	uint64_t attributes, xfam, config_flags, tsc_offset;
	uint64_t cpuid[SIM_CPUID_CONFIGS][2];	/* as a guest finds them */
	uint8_t mrconfigid[SS_SHA384_BYTES], mrowner[SS_SHA384_BYTES];
	uint8_t mrownerconfig[SS_SHA384_BYTES];
	struct sim_mrtd_context mrtd_context;
	uint8_t mrtd[SS_SHA384_BYTES];
	struct ss_word rtmr_lock;
	uint8_t rtmr[SIM_RTMRS][SS_SHA384_BYTES];
	uint64_t td_ctls, notify_enables;	/* what the guest chose by TDG.VM.WR */

	struct ss_word sept_lock;	/* the tree's; each entry has a lock of its own */
	struct ss_word gpa_limit;	/* 1 + the highest page number ever mapped */

	/* TLB tracking: a vCPU running in an epoch counts in running[epoch & 1]. */
	struct ss_word epoch_lock;
	struct ss_word epoch;
	struct ss_word running[2];

	struct ss_word vcpu_lock;	/* VP.INIT: index and x2APIC ID */
	struct ss_word nr_vcpus;	/* calls of VP.INIT that got an index */
	uint32_t vcpu[SIM_MAX_VCPUS];	/* TDVPR frames; SIM_NO_VCPU where VP.INIT failed */
	uint32_t x2apic[SIM_MAX_VCPUS];
	struct ss_word topology;	/* all vCPUs came with an x2APIC ID: version 1 of VP.INIT */

	struct ss_word accepted;	/* pages that the guest accepted */
	struct ss_word guest_errors;
};

#define SIM_NO_VCPU	UINT32_MAX

/* Bits of TD_CTLS. */
#define SIM_PENDING_VE_DISABLE	1ULL
#define SIM_ENUM_TOPOLOGY	2ULL

/* In the pin-based controls, SIM_VCPU_PIN. */
#define SIM_POSTED_INTERRUPTS	(1ULL << 7)

/* Values that VP.WR can write. */
enum sim_vcpu_value {
	SIM_VCPU_VECTOR,		/* of posted interrupts */
	SIM_VCPU_DESCRIPTOR,		/* address of the descriptor of posted interrupts */
	SIM_VCPU_SHARED_EPTP,
	SIM_VCPU_PIN,			/* pin-based and secondary processor-based controls */
	SIM_VCPU_SECONDARY,
	SIM_VCPU_NOTIFY_WINDOW,
	SIM_VCPU_PEND_NMI,
	SIM_VCPU_VALUES,
};

/* The TDVPR page. */
struct sim_tdvps {
	struct ss_word life;	/* enum sim_vcpu_state | (its LP + 1) << 8; no LP: 0 */
	/* Change under the page's exclusive lock. */
	uint32_t nr_pages;
	uint32_t pages[SIM_TDVPS_MAX_PAGES - 1];	/* frames */
	uint32_t index;
	uint64_t initial;		/* RCX and R8 at the start */
	/* Change on the LP that made the vCPU ACTIVE, or under the page's exclusive lock. */
	uint32_t seamdb_index;		/* of the module that built the host state */
	uint32_t rebuilds;
	uint32_t epoch;			/* in which the vCPU runs */
	uint64_t tsc;
	uint64_t field[SIM_VCPU_VALUES];
	bool interrupt_pending;		/* the guest's virtual APIC has one */
	/* The guest's own. */
	uint64_t progress;
	uint64_t next_page;		/* page number where the guest goes on */
};

/* A TD whose TDR is locked. @tdcs is NULL while the TD has too few TDCX pages. */
struct sim_td {
	struct sim_page page;
	struct sim_tdr *tdr;
	struct sim_tdcs *tdcs;
};

struct sim_vcpu {
	struct sim_page page;
	struct sim_td td;
	struct sim_tdvps *vps;
};

/*
 * td.c: take a TD operand. sim_td_lock() makes the checks of a page operand. sim_td_check() makes
 * the checks that 8.2 calls "TD state", with the row of 8.3 for c->leaf. sim_td_open() does both.
 * On error the caller holds no lock.
 */
uint64_t sim_td_lock(struct sim_call *c, uint64_t pa, enum sim_operand operand, bool exclusive,
		     struct sim_td *td);
uint64_t sim_td_check_keys(const struct sim_td *td);
uint64_t sim_td_check(struct sim_call *c, const struct sim_td *td);
uint64_t sim_td_open(struct sim_call *c, uint64_t pa, enum sim_operand operand, bool exclusive,
		     struct sim_td *td);
void sim_td_unlock(struct sim_td *td);
/*
 * A leaf with a place of guest memory in RCX and a TDR in RDX: runs @body with the TD open. Both
 * registers are 0 unless @body describes an entry there.
 */
uint64_t sim_td_at(struct sim_call *c, bool exclusive,
		   uint64_t (*body)(struct sim_call *c, struct sim_td *td, uint64_t where));
/* For an audit, which holds no locks. */
void sim_td_of_frame(const struct sim *s, uint32_t frame, struct sim_td *td);

/* True in op states in which a vCPU can run. Then a TLB can hold a page that is removed. */
bool sim_td_may_run(const struct sim_td *td);

/* tdcs.c: values that follow from TD_PARAMS. */
uint64_t sim_eptp(const struct sim *s, const struct sim_tdcs *tdcs);
uint64_t sim_tsc_multiplier(const struct sim_tdcs *tdcs);
/* The native clock in the TD's frequency. */
uint64_t sim_tsc_scaled(uint64_t ns, uint16_t frequency);

/*
 * td_cpuid.c: what the host reads of a TD's CPUID: EAX and EBX, ECX and EDX. @subleaf is UINT32_MAX
 * for a leaf that has none. Returns false if there is no such leaf.
 */
bool sim_td_cpuid(const struct sim_call *c, const struct sim_tdcs *tdcs, uint32_t leaf,
		  uint32_t subleaf, uint64_t out[2]);

/* td_fields.c, vcpu_fields.c: access to a field by its ID. R8: the value, or the value before. */
uint64_t sim_td_field_read(struct sim_call *c, const struct sim_td *td, uint64_t id);
uint64_t sim_vcpu_field_read(struct sim_call *c, const struct sim_vcpu *v, uint64_t id);
uint64_t sim_vcpu_field_write(struct sim_call *c, const struct sim_vcpu *v, uint64_t id,
			      uint64_t value, uint64_t mask);
void sim_vcpu_fields_begin(struct sim_tdvps *vps);

/* vcpu.c: take a vCPU operand, and its TD shared, without the TD state checks. */
uint64_t sim_vcpu_lock(struct sim_call *c, uint64_t pa, enum sim_operand operand, bool exclusive,
		       struct sim_vcpu *v);
void sim_vcpu_unlock(struct sim_vcpu *v);
/* An ACTIVE vCPU is READY again, and stays @lp's. */
void sim_vcpu_deactivate(struct sim_vcpu *v, uint32_t lp);

/* Makes a page the TD's; takes it from the TD. */
void sim_td_give_page(struct sim *s, struct sim_td *td, struct sim_page *page,
		      enum sim_page_type type);
void sim_td_take_page(struct sim *s, struct sim_td *td, struct sim_page *page);

/* Notes that the TD's build has ended. */
void sim_build_ends(struct sim_call *c, struct sim_tdcs *tdcs);

/* measure.c: the MRTD. */
void sim_mrtd_begin(struct sim_call *c, struct sim_tdcs *tdcs);
/* INCOMPATIBLE_MRTD_CONTEXT if protection is on and another kind of module began the MRTD. */
uint64_t sim_mrtd_check(struct sim_call *c, const struct sim_tdcs *tdcs);
void sim_mrtd_page_add(struct sim_call *c, struct sim_tdcs *tdcs, uint64_t gpa);

/* td_block.c: is a blocked page out of all TLBs? */
bool sim_tracked(const struct sim_tdcs *tdcs, const struct sim_pamt_entry *pamt);

/* guest.c */
enum sim_exit {		/* VM exit reasons */
	SIM_EXIT_INTERRUPT = 1,
	SIM_EXIT_EPT_VIOLATION = 48,
	SIM_EXIT_TDVMCALL = 77,
	SIM_EXIT_CORRUPTED = 0x10000,	/* the model's own: memory that is not the TD's */
};

/* The model has no interrupt controller: hosts always see an external interrupt of this vector. */
#define SIM_INTERRUPT_VECTOR	0xecu

/* Runs the guest until there is a reason to leave. @gpa: set for an EPT violation. */
enum sim_exit sim_guest_run(struct sim_call *c, struct sim_vcpu *v, uint64_t *gpa);

/* guest_cpu.c: a vCPU that the caller's CPU runs, and the module that entered the guest. */
struct sim_running {
	struct sim_vcpu vcpu;
	uint32_t incarnation;
};

/* The caller's CPU runs the vCPU from here on. Returns SIM_RUN. */
uint64_t sim_guest_start(struct sim_call *c, const struct sim_vcpu *v);
const struct sim_vcpu *sim_guest_vcpu(const struct sim *s, uint32_t lp);

/* tdreport.c: leaves of TDCALL. */
uint64_t sim_rtmr_extend(struct sim_call *c, const struct sim_vcpu *v);
uint64_t sim_mr_report(struct sim_call *c, const struct sim_vcpu *v);

_Static_assert(sizeof(struct sim_tdr) <= SS_PAGE, "the TDR is one page");
_Static_assert(sizeof(struct sim_tdcs) <= SS_PAGE, "the TDCS is kept in one page");
_Static_assert(sizeof(struct sim_tdvps) <= SS_PAGE, "the TDVPS is kept in one page");

#endif
