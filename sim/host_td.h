/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * A TD as its host sees it: built, measured, live, torn down (specification 8.4). The rig, the
 * model in a kernel and the explorer build their TDs this way.
 *
 *	sim_host_begin_build(td);
 *	while (td->phase != SIM_HOST_LIVE)
 *		answer = sim_host_step(td, lp);		one SEAMCALL, on LP @lp
 *	...
 *	sim_host_begin_teardown(td);
 *	while (td->phase != SIM_HOST_NONE)
 *		...
 *
 * Each step makes the next SEAMCALL of the TD's life. If the call found something busy, the next
 * step makes the call again. So the host may do anything else between two steps.
 */
#ifndef SS_SIM_HOST_TD_H
#define SS_SIM_HOST_TD_H

#include "sim.h"

#define SIM_HOST_NO_LP	UINT32_MAX

/* The phase of a TD's life: the next SEAMCALL. The order matters. */
enum sim_host_phase {
	SIM_HOST_NONE,		/* the TD holds nothing */
	SIM_HOST_CREATE, SIM_HOST_KEYS, SIM_HOST_CONTROL_PAGES, SIM_HOST_INIT,
	SIM_HOST_VCPU_CREATE, SIM_HOST_VCPU_PAGES, SIM_HOST_VCPU_INIT,
	SIM_HOST_SEPT, SIM_HOST_PAGE, SIM_HOST_EXTEND, SIM_HOST_FINALIZE,
	SIM_HOST_LIVE,
	SIM_HOST_FLUSH, SIM_HOST_FLUSH_DONE, SIM_HOST_WRITE_BACK, SIM_HOST_FREE_KEY,
	SIM_HOST_RECLAIM, SIM_HOST_RECLAIM_ROOT, SIM_HOST_CLEAN,
	SIM_HOST_PHASE_NR
};

/* What KVM would do about a status. */
enum sim_host_answer { SIM_HOST_OK, SIM_HOST_RETRY, SIM_HOST_KILL };

struct sim_host_vcpu {
	uint64_t tdvpr;
	struct ss_word lp;	/* the LP that the vCPU is associated with; SIM_HOST_NO_LP */
};

struct sim_host_td;

/**
 * struct sim_host_ops - what the host of a TD does for it
 * @seamcall:   execute SEAMCALL on LP @lp, which is the caller's own. Returns the status
 * @associate:  TDH.VP.INIT or TDH.VP.FLUSH (@leaf) of @vcpu; on success vcpu->lp says where the
 *              vCPU is now. NULL: @seamcall on LP @lp, which for TDH.VP.FLUSH is the vCPU's
 * @take_page:  a page of TDMR memory for the TD. Returns SS_TDX_SUCCESS, or the status that the
 *              TD's step ends with
 * @take_key:   a private key ID, numbered from SIM_FIRST_PRIVATE_HKID; likewise
 * @build_begins: TDH.MNG.INIT comes next. Returns false if the build must wait. May be NULL
 * @build_ends: after @build_begins: TDH.MR.FINALIZE has succeeded, or the build is given up
 */
struct sim_host_ops {
	uint64_t (*seamcall)(struct sim_host_td *td, uint32_t lp, struct ss_regs *regs);
	uint64_t (*associate)(struct sim_host_td *td, uint32_t lp, uint64_t leaf,
			      struct sim_host_vcpu *vcpu);
	uint64_t (*take_page)(struct sim_host_td *td, uint64_t *pa);
	void (*give_page)(struct sim_host_td *td, uint64_t pa);
	uint64_t (*take_key)(struct sim_host_td *td, uint32_t *key);
	void (*give_key)(struct sim_host_td *td, uint32_t key);
	bool (*build_begins)(struct sim_host_td *td);
	void (*build_ends)(struct sim_host_td *td);
};

/**
 * struct sim_host_td - one TD
 * @ops, @ctx:   ctx is for the ops alone
 * @seed:        decides the contents of the data pages
 * @nr_vcpus, @vcpus:     all that TDH.VP.CREATE makes
 * @max_pages, @pages:    all pages that the module holds except the TDR, oldest first; room for
 *                        sim_host_max_pages()
 * @nr_data:     data pages, from guest address 0 on, all measured
 * @nr_packages: packages that have a key, and a cache to write back
 * @scratch:     one shared page for TD_PARAMS and for the sources of data pages
 *
 * The host sets the members above, all others 0. While a TD is built or torn down, one thread at a
 * time owns it. In between any thread may write the words.
 */
struct sim_host_td {
	const struct sim_host_ops *ops;
	void *ctx;
	uint64_t seed;
	struct sim_host_vcpu *vcpus;
	uint64_t *pages;
	uint32_t nr_vcpus, max_pages, nr_data, nr_packages;
	struct ss_buffer scratch;

	enum sim_host_phase phase;
	uint32_t done;		/* in the present phase: pages, packages, extends ... */
	uint32_t vcpu;		/* the vCPU being created or flushed */
	uint32_t page;		/* the data page being added */
	bool building;		/* between @build_begins and @build_ends */
	uint32_t key;
	uint64_t tdr;
	uint32_t nr_pages;

	/* 0: the TD lives as far as the host knows. 1: given up. 2: the reason follows too. */
	struct ss_word dead;
	uint32_t dead_lp;
	uint64_t dead_leaf, dead_status;
};

/* Pages of TDMR memory that such a TD has at most, without its TDR. */
uint32_t sim_host_max_pages(uint32_t nr_vcpus, uint32_t nr_data);

/* Begins to build, or to tear down what exists of the TD. */
void sim_host_begin_build(struct sim_host_td *td);
void sim_host_begin_teardown(struct sim_host_td *td);

/*
 * Makes the next call, on @lp. SIM_HOST_RETRY: nothing happened, try again. SIM_HOST_KILL: td->dead
 * is set.
 */
enum sim_host_answer sim_host_step(struct sim_host_td *td, uint32_t lp);

/* Judges a status of @leaf, called on @lp for the TD. On SIM_HOST_KILL the TD is given up. */
enum sim_host_answer sim_host_judge(struct sim_host_td *td, uint32_t lp, uint64_t leaf,
				    uint64_t status);
/* Does KVM take the status for a success, whatever comes of the TD? */
bool sim_host_succeeded(uint64_t status);
bool sim_host_is_dead(const struct sim_host_td *td);

/* SEAMCALL with a fresh page in *@where (of @regs). A failed call gives the page back. */
uint64_t sim_host_give_page(struct sim_host_td *td, uint32_t lp, struct ss_regs *regs,
			    uint64_t *where, uint64_t *page);

#endif
