// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Guests on the caller's CPUs: how they start, and what the CPU must know while they run. */
#include "guest_cpu.h"
#include "sept.h"

#define SEPT_VE_DISABLE		(1ULL << 28)	/* in ATTRIBUTES */

_Static_assert(SIM_GUEST_PAGES < SIM_TDVPS_PAGES, "every vCPU has these pages");

size_t sim_running_bytes(const struct sim_config *config)
{
	return config->cpu_guests ? config->nr_lps * sizeof(struct sim_running) : 0;
}

uint64_t sim_guest_start(struct sim_call *c, const struct sim_vcpu *v)
{
	struct sim_running *running = &c->s->running[c->lp];

	v->vps->progress++;
	running->vcpu = *v;
	running->incarnation = ss_load(&c->s->memory->incarnation);
	return SIM_RUN;
}

const struct sim_vcpu *sim_guest_vcpu(const struct sim *s, uint32_t lp)
{
	return &s->running[lp].vcpu;
}

void sim_guest_kill(struct sim *s, uint32_t lp)
{
	ss_store(&s->running[lp].vcpu.td.tdr->fatal, 1);
}

void sim_guest_took_nmi(struct sim *s, uint32_t lp)
{
	s->running[lp].vcpu.vps->field[SIM_VCPU_PEND_NMI] = 0;
}

void sim_guest_pending(struct sim *s, uint32_t lp, bool pending)
{
	s->running[lp].vcpu.vps->interrupt_pending = pending;
}

/* ---- what the CPU must know ------------------------------------------------------------------ */

static bool pending_ve(const struct sim_tdcs *tdcs)
{
	return !(tdcs->attributes & SEPT_VE_DISABLE) && !(tdcs->td_ctls & SIM_PENDING_VE_DISABLE);
}

static uint64_t pa_or_none(uint64_t pa)
{
	return pa == UINT64_MAX ? 0 : pa;
}

void sim_guest_facts(const struct sim *s, uint32_t lp, struct sim_guest *out)
{
	const struct sim_vcpu *v = sim_guest_vcpu(s, lp);
	const uint64_t *field = v->vps->field;

	out->tdr_pa = sim_frame_pa(s, v->td.page.frame);
	out->tdvpr_pa = sim_frame_pa(s, v->page.frame);
	out->index = v->vps->index;
	out->nr_vcpus = ss_load(&v->td.tdcs->nr_vcpus);
	out->initial = v->vps->initial;
	out->gpa_bits = v->td.tdcs->gpa_bits;
	out->attributes = v->td.tdcs->attributes;
	out->xfam = v->td.tdcs->xfam;
	out->pending_ve = pending_ve(v->td.tdcs);
	out->shared_eptp = pa_or_none(field[SIM_VCPU_SHARED_EPTP]);
	out->descriptor = field[SIM_VCPU_PIN] & SIM_POSTED_INTERRUPTS ?
			  pa_or_none(field[SIM_VCPU_DESCRIPTOR]) : 0;
	out->vector = (uint32_t)field[SIM_VCPU_VECTOR];
	out->nmi = field[SIM_VCPU_PEND_NMI];
}

void *sim_guest_page(const struct sim *s, uint32_t lp, uint32_t i)
{
	return sim_frame_va(s, sim_guest_vcpu(s, lp)->vps->pages[i]);
}

enum sim_guest_translation sim_guest_translate(const struct sim *s, uint32_t lp, uint64_t gpa,
					       uint64_t *pa)
{
	const struct sim_tdcs *tdcs = sim_guest_vcpu(s, lp)->td.tdcs;
	struct sim_walk walk = { .gpa = gpa & ~(SS_PAGE - 1ULL) };

	if (gpa >> tdcs->gpa_bits || !sim_sept_walk(s, tdcs, &walk))
		return SIM_GUEST_NONE;
	*pa = sim_frame_pa(s, sim_sept_frame(walk.word));
	switch (sim_sept_state(walk.word)) {
	case SIM_SEPT_MAPPED:
		return SIM_GUEST_MAPPED;
	case SIM_SEPT_PENDING:
		return SIM_GUEST_PENDING;
	default:
		return SIM_GUEST_NONE;
	}
}

uint64_t sim_guest_tsc(const struct sim *s, uint32_t lp)
{
	const struct sim_tdcs *tdcs = sim_guest_vcpu(s, lp)->td.tdcs;

	return sim_tsc_scaled(ss_now_ns(), tdcs->tsc_frequency) + tdcs->tsc_offset;
}
