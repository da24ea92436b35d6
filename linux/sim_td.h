/* SPDX-License-Identifier: GPL-2.0-only */
/* A TD in the model, made by a host's SEAMCALLs as KVM would make them. */
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
	u32 cpu;		/* that it is associated with; racing: see td_enter() */
};

struct td {
	u32 number;
	u32 nr_vcpus;
	struct td_vcpu vcpu[TD_MAX_VCPUS];
	u64 tdr;
	u32 key;
	u64 pages[TD_MAX_PAGES];	/* but the TDR */
	u32 nr_pages;
	u8 *scratch;			/* a shared page */
	bool built;
	bool stalls;			/* waits in the middle of its build, see td_stall() */
	/* Why the host gave the TD up, as KVM_BUG_ON() would. */
	bool dead;
	u64 dead_leaf, dead_status;
	u64 entries, retries;
};

int td_pool_init(void);
void td_pool_exit(void);

/*
 * Build, run a time slice of one vCPU, tear down. Context: process, a kernel thread: they give up
 * when the thread is asked to stop. Return false if the TD is dead, or on such a stop.
 */
bool td_build(struct td *td);
bool td_enter(struct td *td, u32 vcpu);
bool td_remove(struct td *td);

/* Where builds of TDs that stall wait; 0: nowhere. Racing on purpose, as td_stalled() in seamsim.h. */
enum { TD_STALL_BEFORE_PAGES = 1, TD_STALL_IN_PAGES = 2 };
void td_stall(u32 where);

/* This CPU goes offline: its vCPUs must be free to run elsewhere. Context: on the CPU. */
void td_flush_cpu(struct td *td, u32 cpu);

#endif
