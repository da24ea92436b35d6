/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Guests that the caller's own CPUs run (config.cpu_guests).
 *
 * TDH.VP.ENTER returns SIM_RUN. The vCPU is then ACTIVE, its locks are held, and @lp is inside the
 * module until sim_guest_stop(). In between the caller runs the guest on @lp, asks the functions
 * below, and keeps what the CPU knows of the guest in the pages of the vCPU.
 *
 * Context: on @lp, between SIM_RUN and sim_guest_stop().
 */
#ifndef SS_SIM_GUEST_CPU_H
#define SS_SIM_GUEST_CPU_H

#include "sim.h"

#define SIM_RUN		0xc0000f00ffff0000ULL

struct sim_guest {
	uint64_t tdr_pa, tdvpr_pa;
	uint32_t index;			/* of the vCPU */
	uint32_t nr_vcpus;
	uint64_t initial;		/* RCX and R8 when the vCPU starts */
	uint32_t gpa_bits;		/* the next bit says that an address is shared */
	uint64_t attributes, xfam;
	bool pending_ve;		/* access to a page that is not accepted is a #VE */
	uint64_t shared_eptp;
	uint64_t descriptor;		/* of posted interrupts; 0: none */
	uint32_t vector;		/* of their notification */
	bool nmi;			/* the host asked for one: sim_guest_took_nmi() */
};

void sim_guest_facts(const struct sim *s, uint32_t lp, struct sim_guest *out);

/* Page @i of the vCPU that the caller may use: 0 to SIM_GUEST_PAGES - 1, zero at first. */
#define SIM_GUEST_PAGES		5u
void *sim_guest_page(const struct sim *s, uint32_t lp, uint32_t i);

enum sim_guest_translation { SIM_GUEST_NONE, SIM_GUEST_MAPPED, SIM_GUEST_PENDING };

/*
 * Where a private address leads. The walk takes no lock, as a processor's walk takes none: TLB
 * tracking keeps tables in place while a vCPU that may see them runs.
 */
enum sim_guest_translation sim_guest_translate(const struct sim *s, uint32_t lp, uint64_t gpa,
					       uint64_t *pa);

/* The TD's clock now. */
uint64_t sim_guest_tsc(const struct sim *s, uint32_t lp);

/*
 * What CPUID says in the TD, in the order EAX to EDX. Needs config.cpuid. Returns false if the
 * instruction is a #VE.
 */
bool sim_guest_cpuid(const struct sim *s, uint32_t lp, uint32_t leaf, uint32_t subleaf,
		     uint32_t out[4]);

/* What sim_tdcall() returns beside statuses. */
#define SIM_GUEST_VIOLATION	0xc0000f00ffff0001ULL
#define SIM_GUEST_AGAIN		0xc0000f00ffff0002ULL
#define SIM_GUEST_DAMAGED	0xc0000f00ffff0003ULL

/**
 * sim_tdcall - the TDG leaves that the module answers alone
 * @r: as the instruction finds and leaves them
 *
 * The caller does TDG.VP.VMCALL and TDG.VP.VEINFO.GET itself.
 * Returns: the status; SIM_GUEST_VIOLATION if the guest leaves with an EPT violation at the address
 *          in RCX, and repeats the instruction; SIM_GUEST_AGAIN if it repeats it at once;
 *          SIM_GUEST_DAMAGED if an operand lies in memory that the host has damaged.
 */
uint64_t sim_tdcall(struct sim *s, uint32_t lp, struct ss_regs *r);

/* The TD's memory is damaged: no leaf runs the TD again. */
void sim_guest_kill(struct sim *s, uint32_t lp);

/* The guest has got the NMI that the host asked for. */
void sim_guest_took_nmi(struct sim *s, uint32_t lp);

/* Will the guest find an interrupt when it runs again? TDH.VP.RD of VCPU_STATE_DETAILS says so. */
void sim_guest_pending(struct sim *s, uint32_t lp, bool pending);

/* The guest has left: the vCPU is READY. */
void sim_guest_stop(struct sim *s, uint32_t lp);

#endif
