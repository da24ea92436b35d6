/* SPDX-License-Identifier: GPL-2.0-only */
/* A TD in the model, built with the SEAMCALLs that KVM would make. */
#ifndef SS_LINUX_SIM_TD_H
#define SS_LINUX_SIM_TD_H

#include "seamsim.h"

#define TD_MAX_VCPUS	4u
#define TD_DATA_PAGES	8u
#define TD_MAX_PAGES	64u
#define TD_NO_CPU	U32_MAX
#define TD_NO_PAGE	(~0ULL)

struct td_vcpu {
	u64 tdvpr;
	u32 cpu;		/* the CPU of the association; racy, see td_enter() */
};

struct td {
	u32 number;
	u32 nr_vcpus;
	struct td_vcpu vcpu[TD_MAX_VCPUS];
	u64 tdr;
	u32 key;
	u64 pages[TD_MAX_PAGES];	/* all but the TDR */
	u32 nr_pages;
	u8 *scratch;			/* a shared page */
	bool built;
	bool stalls;			/* its build stalls, see td_stall() */
	/* Set when the host gives the TD up, as KVM_BUG_ON() would: the failed call. */
	bool dead;
	u64 dead_leaf, dead_status;
	u64 entries, retries;
};

int td_pool_init(void);
void td_pool_exit(void);

/*
 * Build a TD, run one vCPU for a time slice, tear the TD down. Context: a kernel thread. Each
 * returns false if the TD is dead or the thread was asked to stop.
 */
bool td_build(struct td *td);
bool td_enter(struct td *td, u32 vcpu);
bool td_remove(struct td *td);

/*
 * Where builds stall; 0: nowhere. Racy on purpose, like td_stalled() in seamsim.h.
 */
enum { TD_STALL_BEFORE_PAGES = 1, TD_STALL_IN_PAGES = 2 };
void td_stall(u32 where);

/* Flush the TD's vCPUs from @cpu, which goes offline. Context: on @cpu. */
void td_flush_cpu(struct td *td, u32 cpu);

#endif
