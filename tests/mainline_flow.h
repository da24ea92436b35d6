/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* An update that behaves like the update in Linux 7.2 and 7.3, for comparison. */
#ifndef TESTS_MAINLINE_FLOW_H
#define TESTS_MAINLINE_FLOW_H

#include "../core/update.h"

struct mainline_flow {
	const struct ss_machine *machine;
	uint64_t params_pa;
	/* The step machine. */
	struct ss_word lock, state, num_failed;
	uint32_t num_ack;		/* protected by lock */
	/* SEAMLDR calls; the global initialisation, which the first LP does. */
	struct ss_word seamldr_lock, sysinit_lock;
	bool sysinit_done;
	uint64_t sysinit_ret;
};

void mainline_flow_init(struct mainline_flow *f, const struct ss_machine *machine,
			uint64_t params_pa);

/* Every LP calls this inside the window. Returns 0, or this LP's first bad status. */
uint64_t mainline_flow_run(struct mainline_flow *f, uint32_t lp);

#endif
