// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * An update that behaves like the update in Linux 7.2 and 7.3, for comparison. The code is new,
 * after a description of that kernel's behaviour.
 *
 * All LPs share one state word. Each LP's acknowledgement is counted under a lock; the LP that
 * completes a state advances it. A failure freezes the state, and each LP leaves when it sees the
 * failure. The update retries only one status, does not look at RDX, and tries no other image.
 */
#include "mainline_flow.h"

enum { START, SHUTDOWN, CPU_INSTALL, CPU_INIT, RUN_UPDATE, DONE };

#define FIELD_MODULE_HV	0x8900000100000000ULL
#define FIELD_VERSION	0x0800000100000003ULL

static void lock(struct ss_word *l)
{
	while (!ss_cas(l, 0, 1))
		ss_wait(l, 1);
}

static void unlock(struct ss_word *l)
{
	ss_publish(l, 0);
}

static uint64_t seamcall(struct mainline_flow *f, uint32_t lp, struct ss_regs *regs)
{
	const struct ss_regs in = *regs;
	uint64_t status = 0;
	int tries;

	for (tries = 0; tries < 10; tries++) {
		*regs = in;
		status = f->machine->seamcall(f->machine->ctx, lp, regs);
		if (status != SS_TDX_RND_NO_ENTROPY)
			break;
	}
	return status;
}

static uint64_t simple(struct mainline_flow *f, uint32_t lp, uint64_t leaf, uint64_t rcx)
{
	struct ss_regs regs = { .rax = leaf, .rcx = rcx };

	return seamcall(f, lp, &regs);
}

static uint64_t shutdown(struct mainline_flow *f, uint32_t lp)
{
	struct ss_regs regs = { .rax = SS_LEAF_TDH_SYS_RD, .rdx = FIELD_MODULE_HV };
	uint64_t status = seamcall(f, lp, &regs);

	return status ? status : simple(f, lp, SS_LEAF_TDH_SYS_SHUTDOWN, regs.r8);
}

static uint64_t install(struct mainline_flow *f, uint32_t lp)
{
	uint64_t status;

	lock(&f->seamldr_lock);
	status = simple(f, lp, SS_LEAF_SEAMLDR_INSTALL, f->params_pa);
	unlock(&f->seamldr_lock);
	return status;
}

static uint64_t init(struct mainline_flow *f, uint32_t lp)
{
	uint64_t status;

	lock(&f->sysinit_lock);
	if (!f->sysinit_done)
		f->sysinit_ret = simple(f, lp, SS_LEAF_TDH_SYS_INIT, 0);
	f->sysinit_done = true;
	status = f->sysinit_ret;
	unlock(&f->sysinit_lock);
	return status ? status : simple(f, lp, SS_LEAF_TDH_SYS_LP_INIT, 0);
}

static uint64_t update(struct mainline_flow *f, uint32_t lp)
{
	struct ss_regs regs = { .rax = SS_LEAF_TDH_SYS_RD, .rdx = FIELD_VERSION };
	uint64_t status = simple(f, lp, SS_LEAF_TDH_SYS_UPDATE, 0);

	if (!status)
		seamcall(f, lp, &regs);		/* a failure here is only a warning */
	return status;
}

static uint64_t perform(struct mainline_flow *f, uint32_t lp, uint32_t state)
{
	switch (state) {
	case SHUTDOWN:
		return lp ? 0 : shutdown(f, lp);
	case CPU_INSTALL:
		return install(f, lp);
	case CPU_INIT:
		return init(f, lp);
	case RUN_UPDATE:
		return lp ? 0 : update(f, lp);
	}
	return 0;
}

static void acknowledge(struct mainline_flow *f, uint64_t status)
{
	lock(&f->lock);
	if (status)
		ss_publish(&f->num_failed, ss_load(&f->num_failed) + 1);
	if (++f->num_ack == f->machine->nr_lps && !ss_load(&f->num_failed)) {
		f->num_ack = 0;
		ss_publish(&f->state, ss_load(&f->state) + 1);
	}
	unlock(&f->lock);
}

void mainline_flow_init(struct mainline_flow *f, const struct ss_machine *machine,
			uint64_t params_pa)
{
	memset(f, 0, sizeof(*f));
	f->machine = machine;
	f->params_pa = params_pa;
	ss_store(&f->state, START + 1);
}

uint64_t mainline_flow_run(struct mainline_flow *f, uint32_t lp)
{
	uint32_t state = START, now;
	uint64_t status = 0;

	do {
		now = ss_load_acquire(&f->state);
		if (now == state) {
			ss_wait(&f->state, state);
			continue;
		}
		state = now;
		status = perform(f, lp, state);
		acknowledge(f, status);
	} while (state != DONE && !ss_load_acquire(&f->num_failed));
	return status;
}
