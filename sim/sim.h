/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The software SEAM: a P-SEAMLDR, a TDX Module and TDs behind one function, sim_seamcall(). */
#ifndef SS_SIM_SIM_H
#define SS_SIM_SIM_H

#include "../core/image.h"
#include "../core/seamcall.h"

#define SIM_MAX_LPS		8192u	/* the P-SEAMLDR itself refuses x2APIC IDs from 1024 */
#define SIM_MAX_SOCKETS		8u
#define SIM_LP_FAULTS		32u

struct sim;	/* all state of one machine, in memory that the caller provides */

/* What a page is used for: a guest's memory, or what the TDX Module needs to run TDs. */
enum sim_page_use { SIM_USE_NONE, SIM_USE_GUEST, SIM_USE_CONTROL };

/**
 * struct sim_config - one simulated machine
 * @nr_lps:         real LPs in the platform table (tot_num_lps), 1 .. SIM_MAX_LPS
 * @x2apic_limit:   first x2APIC ID that the P-SEAMLDR refuses; 0 means 1024. Larger only to measure
 *                  scaling beyond what a P-SEAMLDR of today can address
 * @sockets:        1 .. SIM_MAX_SOCKETS; each socket gets an equal run of LPs, in order
 * @fms:            CPUID(1).EAX, one per socket
 * @updates:        size of the SEAMDB: updates that a LOAD gives, 0 .. 255. With 0 any INSTALL
 *                  kills the machine
 * @signer:         SHA-384 of the modulus that signs production modules here
 * @debug_unlocked: MSR 0x503: debug-signed modules are accepted
 * @seamldr_line:   0: a P-SEAMLDR 1.5. 2: a P-SEAMLDR 2.0. The model assumes that line 2.0 behaves
 *                  like 1.5 but takes sigstructs of modules 2.0.x, whose reserved3 is not zero
 * @seam_bytes:     size of MODULE_RANGE; 0 means large enough. Where a module only just fits, its
 *                  installation can kill the machine, as on real machines: see seamldr_room.c
 * @private_pages:  4 KiB pages of TDMR memory at SIM_TDMR_BASE
 * @tds_in_ram:     the machine has no TDMR memory of its own, and @private_pages is 0. TDMRs lie in
 *                  the memory that @map gives, wherever the host puts them inside the CMRs. PAMT
 *                  areas and pages of TDs are used in place. So @map must know each page of each
 *                  CMR for good, and the host must not touch what it has handed over
 * @private_hkids:  private key IDs, 1 (the global one) .. 2048
 * @map:            returns the @bytes at shared physical address @pa, or NULL if there is no such
 *                  memory. The P-SEAMLDR reads FF there, and what it writes there is gone
 * @interrupted:    a running guest asks between instructions: must LP @lp leave guest mode?
 * @cpu_guests:     the caller has CPUs that run guests: TDH.VP.ENTER returns SIM_RUN, guest_cpu.h
 * @cpuid:          what the CPU of LP @lp answers to CPUID, in the order EAX to EDX. NULL: for
 *                  a host the CPUID of a TD has only the leaves and bits that a host configures
 * @taken:          @bytes at @pa become a TD's, the module's, or free again. NULL: nobody asks
 * @own:            like @map, for what the module keeps for itself: control pages, page metadata.
 *                  NULL: @map
 * @is_damaged:     has the host written to a page since it was taken? NULL: nobody asks. Needs
 *                  @taken
 */
struct sim_config {
	uint32_t nr_lps;
	uint32_t x2apic_limit;
	uint32_t sockets;
	uint32_t fms[SIM_MAX_SOCKETS];
	uint32_t updates;
	uint8_t signer[SS_SHA384_BYTES];
	bool debug_unlocked;
	uint32_t seamldr_line;
	uint64_t seam_bytes;
	uint32_t private_pages;
	bool tds_in_ram;
	uint32_t private_hkids;
	void *ctx;
	void *(*map)(void *ctx, uint64_t pa, size_t bytes);
	bool (*interrupted)(void *ctx, uint32_t lp);
	bool cpu_guests;
	void (*cpuid)(void *ctx, uint32_t lp, uint32_t leaf, uint32_t subleaf, uint32_t out[4]);
	void (*taken)(void *ctx, uint64_t pa, uint64_t bytes, enum sim_page_use use);
	void *(*own)(void *ctx, uint64_t pa, size_t bytes);
	bool (*is_damaged)(void *ctx, uint64_t pa);
};

#define SIM_TDMR_BASE		(1ULL << 40)	/* TD private memory; 1 GiB aligned */
#define SIM_MAXPA		52u
#define SIM_HKID_SHIFT		41u	/* key IDs are PA bits 51:41; memory ends at 2 TiB */
/* IA32_MKTME_KEYID_PARTITIONING: this minus 1, with private_hkids in the upper half. */
#define SIM_FIRST_PRIVATE_HKID	64u

/* Bytes of memory that sim_init() needs for this configuration; 0 if a number is out of range. */
size_t sim_bytes(const struct sim_config *config);

/**
 * sim_init - power the machine on: P-SEAMLDR resident, no TDX Module, all LPs in VMX root operation
 * @mem: sim_bytes() bytes, zeroed, line-aligned, kept until the end
 * Context: may not sleep, one caller. Returns NULL where sim_bytes() would return 0.
 */
struct sim *sim_init(void *mem, const struct sim_config *config);

/* The call is part of a module update. In the update's window all other calls are foreign. */
#define SIM_FROM_UPDATE	1u

/**
 * sim_seamcall - execute SEAMCALL on LP @lp
 * @regs:  as the instruction would find and leave them; RAX is unchanged on VMfailInvalid
 * @flags: SIM_FROM_UPDATE or 0
 *
 * Context: any, interrupts off, from every LP at once. Never sleeps; spins only in a running guest
 *          (TDH.VP.ENTER), which polls config->interrupted(). Frames stay below 1 KiB.
 * Returns: the status, or SS_TDX_SEAMCALL_VMFAILINVALID (RFLAGS.CF), _UD, _GP.
 * Source:  specification 2, 5, 6, 8.
 */
uint64_t sim_seamcall(struct sim *s, uint32_t lp, struct ss_regs *regs, uint32_t flags);

/**
 * sim_boot - what BIOS and a host's TDX initialisation do: LOAD, then SYS.INIT to TDMR.INIT
 * @params_pa: SEAMLDR_PARAMS, scenario LOAD
 * @scratch:   16 KiB of shared memory, page-aligned
 * @leaf:      set to the leaf that returned the status; may be NULL
 *
 * Calls sim_seamcall() on all LPs' behalf. config.tds_in_ram must be false: with it the host
 * decides where TDMRs lie.
 *
 * Returns: 0, or the first status that is not 0.
 */
uint64_t sim_boot(struct sim *s, uint64_t params_pa, struct ss_buffer scratch, uint64_t *leaf);

/**
 * sim_load - the BIOS's part of sim_boot(): LOAD on all LPs; the module waits for TDH.SYS.INIT
 * Returns: 0, or the first status of SEAMLDR.INSTALL that is not 0.
 */
uint64_t sim_load(struct sim *s, uint64_t params_pa);

/* SEAMRR, out of the host's reach. Its upper 4 MiB belong to the P-SEAMLDR. */
#define SIM_SEAMRR_BYTES	(1ULL << 30)
#define SIM_SEAMRR_BASE		((1ULL << SIM_HKID_SHIFT) - SIM_SEAMRR_BYTES)
#define SIM_P_SEAMLDR_BYTES	(4ULL << 20)

/* ---- the platform that a module finds -------------------------------------------------------- */

struct sim_cmr {
	uint64_t base, bytes;	/* multiples of 4096 */
};

#define SIM_MAX_CMRS	32u

/* SMRAM lies here on every machine, above any RAM below 4 GiB; no CMR may contain it. */
#define SIM_SMRR_BASE	0xfe000000ULL
#define SIM_SMRR_BYTES	0x01000000ULL

enum sim_smrr {
	SIM_SMRR_GOOD,
	SIM_SMRR_UNLOCKED,
	SIM_SMRR_MISALIGNED,		/* its base does not fit its mask */
	SIM_SMRR_NO_LOCK,		/* the CPU cannot lock it */
	SIM_SMRR_NONE,			/* the CPU has none */
};

/**
 * struct sim_lp_state - what a TDX Module checks of an LP; an LP in good order is all zero
 * @no_vmx:           not in VMX root operation: every SEAMCALL is an #UD
 * @limit_cpuid:      IA32_MISC_ENABLE[22]
 * @no_seamdb:        the CPU has no SEAMOPS leaves SEAMDB_GETREF and SEAMDB_REPORT
 * @tsc_adjust:       IA32_TSC_ADJUST
 * @odd_msr:          index of an MSR whose value is wrong and differs from other LPs; 0: none
 * @odd_cpuid:        CPUID leaf with such a value; 0: none
 * @package:          package ID that the LP claims to have; 0: its socket's
 * @smrr:             state of SMRR on the LP
 * @entropy_failures: how often from now on the LP's random number generator fails
 * @seamdb_failures:  how many SEAMDB_INSERTs of the P-SEAMLDR find no entropy from now on
 * @pconfig_busy:     how many PCONFIGs find the package's key table busy from now on
 */
struct sim_lp_state {
	bool no_vmx;
	bool limit_cpuid;
	bool no_seamdb;
	uint64_t tsc_adjust;
	uint32_t odd_msr;
	uint32_t odd_cpuid;
	uint32_t package;
	enum sim_smrr smrr;
	uint32_t entropy_failures;
	uint32_t seamdb_failures;
	uint32_t pconfig_busy;
};

/*
 * The state in which BIOS and other software left an LP, and the memory that MCHECK found
 * convertible: up to SIM_MAX_CMRS ranges, by default all memory up to SEAMRR without SMRAM.
 * Context: no SEAMCALL in progress (on @lp).
 */
void sim_set_lp(struct sim *s, uint32_t lp, const struct sim_lp_state *state);
void sim_get_lp(const struct sim *s, uint32_t lp, struct sim_lp_state *state);
void sim_set_cmrs(struct sim *s, const struct sim_cmr *cmrs, uint32_t nr);

/* ---- faults ---------------------------------------------------------------------------------- */

#define SIM_LP_ANY	UINT32_MAX

/**
 * struct sim_fault - "the @nth call of @leaf on @lp returns @status" (and RDX = @rdx for INSTALL)
 * @executed: the leaf is executed first, and returns @status whatever the leaf has done
 *
 * Without @executed the leaf is not executed. The state is as the specification says for this
 * status. An INSTALL that fails on the last LP closes the session; with RDX = 1 the module range is
 * erased. An INSTALL that fails on an earlier LP does not count as this LP's call, and EUNSPECERR
 * does not count on any LP. Status 0 says that the leaf has done its work, and nothing has been
 * done. If @lp is SIM_LP_ANY, a status that only the last LP of a session can return waits for that
 * LP, and calls are counted over all LPs. SS_TDX_SEAMCALL_VMFAILINVALID, _UD and _GP may be
 * injected into any leaf.
 *
 * An EBADCALL that is injected into INSTALL on an LP before the last is harsher than hardware. On
 * hardware EBADCALL always means that this LP has been counted already. Here the call is not
 * counted.
 */
struct sim_fault {
	uint64_t leaf;
	uint32_t lp;
	uint32_t nth;		/* from 1 */
	bool sticky;		/* and all later calls */
	uint64_t status;
	uint64_t rdx;
	bool executed;
};

/* Context: no SEAMCALL in flight. sim_fault_add() returns false if there are SIM_LP_FAULTS. */
bool sim_fault_add(struct sim *s, const struct sim_fault *fault);
void sim_fault_clear(struct sim *s);		/* also restarts the counts */
uint32_t sim_fault_hits(const struct sim *s);	/* faults that have struck, each time counted */
/* How often fault @i (in the order of sim_fault_add()) has struck. 0 if there is no such fault. */
uint32_t sim_fault_struck(const struct sim *s, uint32_t i);

/* ---- window and audit ------------------------------------------------------------------------ */

/* The update's window. Calls in it without SIM_FROM_UPDATE count as foreign. */
void sim_window_begin(struct sim *s);
void sim_window_end(struct sim *s);

struct sim_audit {
	uint64_t calls;			/* all SEAMCALLs */
	uint32_t foreign;		/* foreign ones in windows */
	uint64_t foreign_leaf;		/* of the first foreign call */
	uint32_t foreign_lp;
	uint32_t erased_under_lp;	/* LPs that were inside a module when it was erased */
	uint32_t installs;		/* successful */
	uint32_t tds;			/* TDs that exist (HKID assigned .. blocked) */
	uint32_t state;			/* of the module, specification 6.1 */
	bool seam_ready;
	bool session_open;		/* an INSTALL session has begun and is not complete */
	bool handoff_valid;
	uint16_t handoff_hv;
	uint32_t remaining_updates;
	uint8_t svn_minor, svn_major;
	char version[24];		/* of the module: "1.5.06", "" if there is none */
	bool fatal;			/* a module-fatal error: the machine is lost */
};

/*
 * Context: no SEAMCALL of the P-SEAMLDR, of TDH.SYS.* or of a TD's life in progress. Guests may
 *          run: the audit counts their calls as far as it sees them.
 */
void sim_audit(const struct sim *s, struct sim_audit *out);

struct sim_td_audit {
	/* The module can still run the TD: keys configured, not fatal, state known. */
	bool alive;
	uint32_t op_state;
	uint32_t vcpus;
	uint32_t pages;			/* mapped, with data */
	uint64_t progress;		/* quanta that its vCPUs ran */
	uint64_t guest_errors;		/* how often the guest found its memory changed */
	uint8_t digest[SS_SHA384_BYTES];	/* of all mapped pages with their GPAs */
	uint8_t mrtd[SS_SHA384_BYTES];	/* final after TDH.MR.FINALIZE */
};

/* @tdr_pa: the TD's TDR. Context: no vCPU of the TD runs. Returns false if there is no such TD. */
bool sim_td_audit(const struct sim *s, uint64_t tdr_pa, struct sim_td_audit *out);
/* As above without the digest, so that it costs little. vCPUs may run. */
bool sim_td_look(const struct sim *s, uint64_t tdr_pa, struct sim_td_audit *out);

/* ---- module images that the model can run ---------------------------------------------------- */

/* The differences between versions; the image itself carries them. */
struct sim_module_info {
	char version[16];		/* "1.5.06" */
	uint32_t date;			/* 0xYYYYMMDD */
	uint8_t svn_minor, svn_major;
	/* Of the sigstruct. */
	uint16_t module_hv, min_update_hv;
	uint8_t no_downgrade;
	/* Built into the binary; SYS.INIT refuses a sigstruct that promises more. */
	uint16_t built_hv, built_min_hv;
	uint8_t built_no_downgrade;
	uint32_t handoff_pages;		/* the sigstruct's; 14 or more for HV 0 */
	uint32_t module_pages;
	uint64_t features0;
	uint32_t crypto_generation;	/* MRTD contexts survive an update only if equal */
	uint32_t nr_fms;
	uint32_t fms[8];
	bool debug_signed;
	/* For the mapping file of a repository. */
	char min_running[16];
	char min_seamldr[2][16];
};

/* The ladder: versions like the public ones, newest last, and some that are not public. */
extern const struct sim_module_info sim_ladder[];
extern const uint32_t sim_ladder_nr;
const struct sim_module_info *sim_ladder_find(const char *version);

/**
 * sim_module_build - build the ELF image of a version, as the loader rules require it
 * @out: info->module_pages * 4096 bytes
 */
void sim_module_build(const struct sim_module_info *info, uint8_t *out);

/* Builds its sigstruct without modulus and signature. @seamhash: SHA-384 of the module pages. */
void sim_sigstruct_build(const struct sim_module_info *info,
			 const uint8_t seamhash[SS_SHA384_BYTES],
			 uint8_t out[SS_SIGSTRUCT_BYTES]);

/* ---- crypto, small and exact; for the model only --------------------------------------------- */

struct sim_sha384 {
	uint64_t h[8];
	uint64_t bytes;
	uint8_t block[128];
};

void sim_sha384_init(struct sim_sha384 *c);
void sim_sha384_update(struct sim_sha384 *c, const void *data, size_t n);
void sim_sha384_final(struct sim_sha384 *c, uint8_t out[SS_SHA384_BYTES]);

/*
 * RSASSA-PKCS1-v1_5, 3072 bits, e = 65537, SHA-384; numbers are big-endian.
 * @work: scratch memory aligned for uint64_t, so that no frame is large.
 * Returns true if the signature is valid. Returns false for a modulus that is even or too short,
 * and for a signature >= the modulus.
 */
#define SIM_RSA_WORK_BYTES	4096u
bool sim_rsa3072_verify(const uint8_t modulus[SS_RSA3072_BYTES],
			const uint8_t signature[SS_RSA3072_BYTES],
			const uint8_t digest[SS_SHA384_BYTES], void *work);

#endif
