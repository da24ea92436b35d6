/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of the machine share. */
#ifndef SEAM_PARTS_H
#define SEAM_PARTS_H

#include "qemu/main-loop.h"
#include "seam.h"
#include "../../core/seamcall.h"
#include "../../sim/guest_cpu.h"

#define SEAM_MAX_LPS		256u
#define SEAM_NO_VMCS		UINT64_MAX
#define SEAM_VMCS_REVISION	0x53454d00u

/* One LP. Only its own thread changes it. */
struct seam_lp {
	bool vmxon, in_td;
	bool nmi;			/* the TD left because of an NMI */
	uint64_t vmxon_pa, vmcs;
	struct sim_guest guest;		/* while in_td */
	void *host;			/* state of the CPU while it is in a TD */
};

/* The object "seam". */
struct seam_options {
	char *image, *signer, *faults;
	uint32_t updates, private_keyids;
	uint8_t seamldr_line;
	bool script, guard, seamret_keeps_vmcs, debug_unlocked;
};

/* RAM as the host addresses it, and what the BIOS has while it loads a module. */
#define SEAM_HIGH	(1ULL << 32)
#define SEAM_BIOS	(1ULL << 40)

struct seam_ram {
	uint8_t *low, *high;		/* from 0, from SEAM_HIGH */
	uint64_t low_bytes, high_bytes;
	uint8_t *bios;			/* at SEAM_BIOS */
	uint64_t bios_bytes;
};

/* machine.c. seam_model() is NULL on a machine without SEAM. */
struct seam_lp *seam_lp(CPUX86State *env);
void seam_reset_lps(void);
struct sim *seam_model(void);
void seam_set_model(struct sim *model);
const struct seam_options *seam_options(void);
void seam_set_options(const struct seam_options *options);
struct seam_ram *seam_ram(void);
void *seam_map(void *ctx, uint64_t pa, size_t bytes);

/* QEMU's big lock, which a thread may hold already. Returns what to hand to seam_big_unlock(). */
static inline bool seam_big_lock(void)
{
	if (qemu_mutex_iothread_locked())
		return false;
	qemu_mutex_lock_iothread();
	return true;
}

static inline void seam_big_unlock(bool locked)
{
	if (locked)
		qemu_mutex_unlock_iothread();
}

/* power.c. seam_check(): what can be said of the options before there is a machine. */
bool seam_check(const struct seam_options *options, Error **errp);

/* regs.c: general registers, as SEAMCALL and TDCALL pass them. */
void seam_regs_get(CPUX86State *env, struct ss_regs *r);
void seam_regs_set(CPUX86State *env, const struct ss_regs *r);

/* seamcall.c */
bool seam_interrupted(void *ctx, uint32_t lp);

/* faults.c: "LEAF@LP#NTH=STATUS/RDX;..." as documented in docs/tdx-machine.md. */
bool seam_faults_parse(const char *text, struct sim_fault *out, uint32_t *nr, Error **errp);
void seam_faults_set(const char *text, Error **errp);

/* guard.c */
void seam_guard_reset(bool on);
void seam_memory_taken(void *ctx, uint64_t pa, uint64_t bytes, enum sim_page_use use);
void *seam_own(void *ctx, uint64_t pa, size_t bytes);
bool seam_is_damaged(void *ctx, uint64_t pa);
void seam_guard_counts(uint64_t *reads, uint64_t *writes);

/* vmx.c */
void seam_must_be_root(CPUX86State *env, uintptr_t ra);
void seam_set_flags(CPUX86State *env, uint32_t flags);

/* watch.c: TDs that exist, for status and audit. */
void seam_watch(uint64_t leaf, uint64_t rcx, uint64_t status);
uint32_t seam_tds(uint64_t *tdr_pa, uint32_t room);
void seam_watch_reset(void);

/* td_state.c: the registers of a TD's vCPU and of the host, exchanged. */
size_t seam_state_bytes(void);
void seam_state_save(CPUX86State *env, uint8_t *const *pages);
void seam_state_load(CPUX86State *env, uint8_t *const *pages);
void seam_state_begin(CPUX86State *env, const struct sim_guest *guest);
void seam_state_scrub(CPUX86State *env, uint64_t xfam);

/* What TDG.VP.VEINFO.GET tells. */
struct seam_ve {
	uint32_t reason, length;
	uint64_t qualification, gla, gpa;
};

/* What lies in the first page that the model lends for a vCPU. Zero: the vCPU never ran. */
struct seam_td {
	uint8_t ran, in_vmcall, ve_valid;
	uint8_t cpuid_ve;		/* CPUID always is a #VE: bit 0 for CPL 0, bit 1 else */
	struct seam_ve ve;
	uint64_t mask;			/* registers that the VMCALL shares */
	uint64_t irr[4], isr[4];	/* of the virtual APIC */
	uint64_t tpr;
};
struct seam_td *seam_td(CPUX86State *env);	/* machine.c */

/* td_run.c */
G_NORETURN void seam_td_enter(CPUX86State *env, uintptr_t ra);
G_NORETURN void seam_td_exit(CPUX86State *env, const struct ss_regs *regs, uint32_t advance);
G_NORETURN void seam_td_skip(CPUX86State *env, uint32_t bytes, uintptr_t ra);

/* td_memory.c */
G_NORETURN void seam_td_accept_violation(CPUX86State *env, uint64_t where, uintptr_t ra);

/* td_exit.c */
G_NORETURN void seam_td_ve(CPUX86State *env, const struct seam_ve *ve, uintptr_t ra);
G_NORETURN void seam_td_dies(CPUX86State *env, uint32_t reason, uintptr_t ra);

/* td_apic.c */
void seam_td_take_posted(CPUX86State *env);
/* Is there an interrupt that the guest would take, but for its flag? */
bool seam_td_deliverable(CPUX86State *env);
void seam_td_note_pending(CPUX86State *env);
bool seam_td_notified(CPUX86State *env, int vector);
bool seam_td_apic_msr(CPUX86State *env, uint32_t index, bool write, uint64_t *value);

/* td_cpuid.c, td_msr.c. False: the instruction is a #VE. */
void seam_native_cpuid(void *ctx, uint32_t lp, uint32_t leaf, uint32_t subleaf, uint32_t out[4]);
bool seam_td_cpuid(CPUX86State *env, uint32_t leaf, uint32_t subleaf, uint32_t out[4]);
enum seam_msr { SEAM_MSR_NATIVE, SEAM_MSR_DONE, SEAM_MSR_GP, SEAM_MSR_VE };
enum seam_msr seam_td_msr(CPUX86State *env, uint32_t index, bool write, uint64_t *value);

/* VM exit reasons. */
#define SEAM_EXIT_EXCEPTION_NMI	0
#define SEAM_EXIT_INTERRUPT	1
#define SEAM_EXIT_TRIPLE_FAULT	2
#define SEAM_EXIT_SMI		6
#define SEAM_EXIT_CPUID		10
#define SEAM_EXIT_HLT		12
#define SEAM_EXIT_INVD		13
#define SEAM_EXIT_IO		30
#define SEAM_EXIT_RDMSR		31
#define SEAM_EXIT_WRMSR		32
#define SEAM_EXIT_MACHINE_CHECK	41
#define SEAM_EXIT_EPT_VIOLATION	48
#define SEAM_EXIT_WBINVD	54
#define SEAM_EXIT_TDCALL	77

#endif
