/* SPDX-License-Identifier: GPL-2.0-only */
/* Internal interfaces of seamsim.ko, the software SEAM inside a kernel. */
#ifndef SS_LINUX_SEAMSIM_H
#define SS_LINUX_SEAMSIM_H

#include "../../sim/sim.h"

#include <linux/mutex.h>
#include <linux/percpu-defs.h>
#include <linux/types.h>

struct pt_regs;
struct seq_file;

#define SEAMSIM_NO_LP	U32_MAX

/*
 * sim_machine.c: the model and its machine. Constant while seamsim is loaded, but for the windows.
 */
extern struct sim *seamsim;
extern u32 seamsim_nr_lps;
extern u32 seamsim_nr_pages, seamsim_nr_keys;
extern u32 seamsim_windows;	/* since the load; written with the machine stopped */
/* The LP number of a CPU; SEAMSIM_NO_LP if the CPU was offline when seamsim was loaded. */
DECLARE_PER_CPU(u32, seamsim_lp);
/* When the guest on this CPU must leave guest mode, in ns of ss_now_ns(). */
DECLARE_PER_CPU(u64, seamsim_quantum_end);

/*
 * Simulate the power-on, and boot a TDX Module on every LP. @signer is the SHA-384 of the modulus
 * of the key that signs modules. Context: process. Returns 0 or an errno; the log says what was
 * wrong.
 */
int seamsim_machine_init(const u8 *signer);
void seamsim_machine_exit(void);
/* Run @fn with the machine stopped and no SEAMCALL in flight. */
void seamsim_stopped(void (*fn)(void *arg), void *arg);

/* sim_trap.c: emulates SEAMCALL, VMPTRST and VMPTRLD for the whole kernel. */
int seamsim_trap_init(void);
void seamsim_trap_exit(void);
/* How often a P-SEAMLDR call cleared a CPU's current VMCS and the VMCS was not restored. */
u32 seamsim_vmcs_lost(void);

/* sim_tds.c: TDs that kernel threads build and run. Context: process, may sleep. */
int seamsim_tds_run(u32 nr, u32 nr_vcpus);
void seamsim_tds_stop(void);		/* the threads end; the TDs stay */
void seamsim_tds_exit(void);		/* before seamsim is unloaded */
void seamsim_tds_show(struct seq_file *m);
/*
 * Where the build of one TD stalls until the next call: 1 before its pages, 2 among its pages,
 * 0 nowhere.
 */
int seamsim_stall_set(u32 where);
/* The number of stalled builds. */
u32 seamsim_td_stalled(void);
/* How often TDH.MNG.CREATE was refused for lack of entropy. */
u32 seamsim_td_creates_refused(void);
/* Record every TD's memory and measurement; compare with the record. Context: machine stopped. */
void seamsim_tds_note(void);
void seamsim_tds_compare(void);

/* Let @threads threads build, run and tear down TDs. */
int seamsim_churn_set(u32 threads);

/* sim_noise.c: make @hz SEAMCALLs a second from interrupt context on every CPU. */
int seamsim_noise_set(u32 hz);

/* sim_debugfs.c */
void seamsim_debugfs_init(void);
void seamsim_debugfs_exit(void);
/* Enable, disable the faults for update windows. Context: machine stopped. */
void seamsim_faults_begin(void);
void seamsim_faults_end(void);

#endif
