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
struct td {
	u32 number;
	u32 nr_vcpus;
	struct sim_host_vcpu vcpu[TD_MAX_VCPUS];
	u64 pages[TD_MAX_PAGES];
	struct sim_host_td life;
	bool built;
	bool stalls;			/* its build stalls, see td_stall() */
	u64 entries, retries;
};

int td_pool_init(void);
void td_pool_exit(void);

/*
 * Build a TD, run one vCPU for a time slice, tear the TD down. Context: a kernel thread. Each
 * returns false if the TD is dead or the thread was asked to stop. td_build() takes a page that
 * td_free_scratch() gives back.
 */
bool td_build(struct td *td);
bool td_enter(struct td *td, u32 vcpu);
bool td_remove(struct td *td);
void td_free_scratch(struct td *td);
/* Has the host given the TD up, as KVM_BUG_ON() would? */
bool td_is_dead(const struct td *td);

/*
 * Where builds stall; 0: nowhere. Racy on purpose, like td_stalled() in seamsim.h.
 */
enum { TD_STALL_BEFORE_PAGES = 1, TD_STALL_IN_PAGES = 2 };
void td_stall(u32 where);

/* Flush the TD's vCPUs from @cpu, which goes offline. Context: on @cpu. */
void td_flush_cpu(struct td *td, u32 cpu);

#endif
