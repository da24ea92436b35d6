// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* A guest on the caller's CPU leaves. */
#include "guest_cpu.h"
#include "td.h"

/* See run_leaf(): a guest under which the module was erased returns to code that is gone. */
void sim_guest_stop(struct sim *s, uint32_t lp)
{
	struct sim_running *running = &s->running[lp];
	struct sim_vcpu *v = &running->vcpu;

	ss_add(&v->td.tdcs->running[v->vps->epoch & 1], -1u);
	sim_vcpu_deactivate(v, lp);
	sim_vcpu_unlock(v);
	if (ss_load(&s->memory->incarnation) != running->incarnation)
		sim_fatal(s);
	ss_publish(&s->lps[lp].busy, 0);
}
