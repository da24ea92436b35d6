/* SPDX-License-Identifier: GPL-2.0-only */
/* A TD in the model, built with the SEAMCALLs that KVM would make. */
#ifndef SS_LINUX_SIM_TD_H
#define SS_LINUX_SIM_TD_H

#include "seamsim.h"

#include "../../sim/host_td.h"

#define TD_MAX_VCPUS	4u
#define TD_DATA_PAGES	8u
#define TD_MAX_PAGES	64u

/* @life points to the arrays. An LP there is a CPU here. */
struct seamsim_td {
	u32 number;
	u32 nr_vcpus;
	struct sim_host_vcpu vcpu[TD_MAX_VCPUS];
	u64 pages[TD_MAX_PAGES];
	struct sim_host_td life;
	bool built;
	bool stalls;			/* its build stalls, see seamsim_td_stall() */
	u64 entries, retries;
};

int seamsim_td_pool_init(void);
void seamsim_td_pool_exit(void);

/*
 * Build a TD, run one vCPU for a time slice, tear the TD down. Context: a kernel thread. Each
 * returns false if the TD is dead or the thread was asked to stop. seamsim_td_build() takes a page
 * that seamsim_td_free_scratch() gives back.
 */
bool seamsim_td_build(struct seamsim_td *td);
bool seamsim_td_enter(struct seamsim_td *td, u32 vcpu);
bool seamsim_td_remove(struct seamsim_td *td);
void seamsim_td_free_scratch(struct seamsim_td *td);
/* Has the host given the TD up, as KVM_BUG_ON() would? */
bool seamsim_td_is_dead(const struct seamsim_td *td);

/*
 * Where builds stall; 0: nowhere. Racy on purpose, like seamsim_td_stalled() in seamsim.h.
 */
enum { TD_STALL_BEFORE_PAGES = 1, TD_STALL_IN_PAGES = 2 };
void seamsim_td_stall(u32 where);

/* Flush the TD's vCPUs from @cpu, which goes offline. Context: on @cpu. */
void seamsim_td_flush_cpu(struct seamsim_td *td, u32 cpu);

#endif
