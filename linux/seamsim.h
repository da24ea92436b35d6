/* SPDX-License-Identifier: GPL-2.0-only */
/* Between the files of seamsim.ko: a software SEAM inside a kernel. */
#ifndef SS_LINUX_SEAMSIM_H
#define SS_LINUX_SEAMSIM_H

#include "../sim/sim.h"

#include <linux/mutex.h>
#include <linux/percpu-defs.h>
#include <linux/types.h>

struct pt_regs;
struct seq_file;

/*
 * Loaded as a module it plays a machine whose TDX Module has been brought up. Built into a kernel
 * it plays what that kernel finds at power-on: a processor with VMX, a P-SEAMLDR and a module that
 * BIOS has loaded, so that the kernel's own TDX code does the rest.
 */
#define SEAMSIM_BUILT_IN	(!__is_defined(MODULE))

#define SEAMSIM_NO_LP	U32_MAX

/*
 * sim_machine.c: the model and the machine it stands in for. Constant while the module is loaded.
 */
extern struct sim *seamsim;
extern u32 seamsim_nr_lps;
extern u32 seamsim_nr_pages, seamsim_nr_keys;
/* The LP that a CPU plays; SEAMSIM_NO_LP if it was not online when the module was loaded. */
DECLARE_PER_CPU(u32, seamsim_lp);
/* When the guest that runs on this CPU shall leave guest mode, ss_now_ns() clock. */
DECLARE_PER_CPU(u64, seamsim_quantum_end);

/*
 * Play the power-on, and boot a module on every LP. @signer is the SHA-384 of the modulus that
 * signs modules there. Process context. Returns 0 or an errno; the log says what was wrong.
 */
int seamsim_machine_init(const u8 *signer);
void seamsim_machine_exit(void);
/* Run @fn with the machine stopped, where no SEAMCALL is in flight. */
void seamsim_stopped(void (*fn)(void *arg), void *arg);

/* sim_trap.c: SEAMCALL, VMPTRST and VMPTRLD of the whole kernel. */
int seamsim_trap_init(void);
void seamsim_trap_exit(void);
/* Times that a P-SEAMLDR call left a CPU without the VMCS it had, and nobody had put it back. */
u32 seamsim_vmcs_lost(void);

/* sim_vmx.c: VMX operation, where the kernel enters and leaves it; only if built in. */
bool seamsim_answer_vmx(struct pt_regs *regs);
bool seamsim_in_vmx(void);

/* sim_tds.c: TDs that kernel threads build and run. Process context; they sleep. */
int seamsim_tds_run(u32 nr, u32 nr_vcpus);
void seamsim_tds_stop(void);		/* the threads end; the TDs stay */
void seamsim_tds_exit(void);		/* before the module goes */
void seamsim_tds_show(struct seq_file *m);
/*
 * A TD whose build waits in the middle until this changes: 1 before its pages, 2 among them, 0 not.
 */
int seamsim_stall_set(u32 where);
/* How many wait now. */
u32 td_stalled(void);
/* Times that a builder was told that there is no entropy for another TD. */
u32 td_creates_refused(void);
/* Machine stopped: note every TD's memory, and compare it with what was noted. */
void seamsim_tds_note(void);
void seamsim_tds_compare(void);

/* TDs that come and go: so many threads build, run and tear down. */
int seamsim_churn_set(u32 threads);

/* sim_noise.c: SEAMCALLs from interrupt context, so many a second on every CPU. */
int seamsim_noise_set(u32 hz);

/* sim_debugfs.c */
void seamsim_debugfs_init(void);
void seamsim_debugfs_exit(void);
/* Machine stopped: faults that are meant for an update's window come into force, and end. */
void seamsim_faults_begin(void);
void seamsim_faults_end(void);

/* sim_faults.c: "LEAF[@LP][#N][+][!]=STATUS[/RDX]" as the command has it. 0 or -EINVAL. */
int seamsim_fault_parse(char *text, struct sim_fault *fault);

#endif
