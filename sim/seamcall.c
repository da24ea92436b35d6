// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The machine: its memory, and what SEAMCALL does around the firmware (specification 2, 11). */
#include "guest_cpu.h"
#include "internal.h"

#define LINE	64u

/* ---- memory ---------------------------------------------------------------------------------- */

static size_t to_line(size_t bytes)
{
	return (bytes + LINE - 1) & ~(size_t)(LINE - 1);
}

static bool config_is_sane(const struct sim_config *c)
{
	return c->nr_lps >= 1 && c->nr_lps <= SIM_MAX_LPS && c->x2apic_limit <= SIM_MAX_LPS &&
	       c->sockets >= 1 && c->sockets <= SIM_MAX_SOCKETS && c->sockets <= c->nr_lps &&
	       c->updates <= 255 && (c->seamldr_line == 0 || c->seamldr_line == 2) &&
	       c->seam_bytes <= SIM_SEAMRR_BYTES - SIM_P_SEAMLDR_BYTES &&
	       c->private_pages <= (SIM_SEAMRR_BASE - SIM_TDMR_BASE) / 2 / SS_PAGE &&
	       !(c->tds_in_ram && c->private_pages) &&
	       c->private_hkids >= 1 && c->private_hkids <= 2048 && c->map && c->interrupted;
}

size_t sim_bytes(const struct sim_config *config)
{
	if (!config_is_sane(config))
		return 0;
	return to_line(sizeof(struct sim)) + config->nr_lps * to_line(sizeof(struct sim_lp)) +
	       to_line(sizeof(struct sim_seamldr)) + to_line(sizeof(struct sim_handoff)) +
	       SS_MODULE_MAX_PAGES * SS_PAGE + to_line(sim_running_bytes(config)) +
	       sim_module_bytes(config);
}

static void *take(uint8_t **mem, size_t bytes)
{
	void *p = *mem;

	*mem += to_line(bytes);
	return p;
}

/* N of specification 5.2 C2: every socket's LPs are rounded up to a power of two. */
static uint32_t addressable_lps(const struct sim_config *c)
{
	uint32_t a_socket = (c->nr_lps + c->sockets - 1) / c->sockets, n = 1;

	while (n < a_socket)
		n *= 2;
	return n * c->sockets;
}

struct sim *sim_init(void *mem, const struct sim_config *config)
{
	uint8_t *next = mem;
	struct sim *s;

	if (!config_is_sane(config))
		return NULL;
	s = take(&next, sizeof(*s));
	s->config = *config;
	s->lps = take(&next, config->nr_lps * sizeof(struct sim_lp));
	s->seamldr = take(&next, sizeof(struct sim_seamldr));
	s->handoff = take(&next, sizeof(struct sim_handoff));
	s->image = take(&next, SS_MODULE_MAX_PAGES * SS_PAGE);
	s->running = take(&next, sim_running_bytes(config));
	s->addressable_lps = addressable_lps(config);
	s->seamdb_size = config->updates;
	s->seamextend.p_seamldr_ready = 1;
	sim_module_init(s, next);
	sim_seamldr_set_gates(s);
	return s;
}

/* ---- SEAMCALL -------------------------------------------------------------------------------- */

/* SEAMCALL leaves RAX unchanged where it did not enter the firmware. */
static bool was_entered(uint64_t status)
{
	return status != SS_TDX_SEAMCALL_VMFAILINVALID && status != SS_TDX_SEAMCALL_UD &&
	       status != SS_TDX_SEAMCALL_GP;
}

static bool gate_is_open(const struct sim *s, uint32_t gate)
{
	/* Pairs with the release in sim_seamldr_set_gates(). */
	return (ss_load_acquire(&s->gates) & gate) && !ss_load(&s->fatal);
}

/* A call that a fault strikes. Returns the fault's status, and RDX where the leaf sets it. */
static uint64_t strike(struct sim *s, uint32_t lp, const struct sim_fault *f, struct ss_regs *r)
{
	bool entered = was_entered(f->status), install = r->rax == SS_LEAF_SEAMLDR_INSTALL;
	const struct ss_regs in = *r;

	if (!f->executed && entered && install)
		sim_seamldr_fail_install(s, lp, r->rcx, f->status, f->rdx);
	else if (f->executed && (r->rax & SS_LEAF_SEAMLDR))
		sim_seamldr_call(s, lp, r);
	else if (f->executed && sim_module_call(s, lp, r) == SIM_RUN)
		sim_guest_stop(s, lp);
	if (!entered)
		*r = in;
	else if (install)
		r->rdx = f->rdx;
	return f->status;
}

static uint64_t call_seamldr(struct sim *s, uint32_t lp, struct ss_regs *r)
{
	const struct sim_fault *f = sim_fault_strike(s, lp, r->rax);

	return f ? strike(s, lp, f, r) : sim_seamldr_call(s, lp, r);
}

/* One LP runs in the P-SEAMLDR at a time. A second LP does not wait: its call fails. */
static uint64_t enter_seamldr(struct sim *s, uint32_t lp, struct ss_regs *r)
{
	uint64_t status = SS_TDX_SEAMCALL_VMFAILINVALID;

	if (!sim_try_exclusive(&s->seamldr->busy))
		return status;
	if (gate_is_open(s, SIM_GATE_SEAMLDR))
		status = call_seamldr(s, lp, r);
	sim_unlock_exclusive(&s->seamldr->busy);
	return status;
}

static uint64_t call_module(struct sim *s, uint32_t lp, struct ss_regs *r)
{
	const struct sim_fault *f = sim_fault_strike(s, lp, r->rax);

	return f ? strike(s, lp, f, r) : sim_module_call(s, lp, r);
}

/*
 * The caller raises its flag, executes a fence, and then reads the gate and the module's state.
 * INSTALL and TDH.SYS.SHUTDOWN change one of these, execute a fence, and then read the flags. So at
 * least one side sees the other.
 */
static uint64_t enter_module(struct sim *s, uint32_t lp, struct ss_regs *r)
{
	struct ss_word *busy = &s->lps[lp].busy;
	uint64_t status = SS_TDX_SEAMCALL_VMFAILINVALID;

	ss_store(busy, 1);
	ss_fence();
	if (gate_is_open(s, SIM_GATE_MODULE))
		status = call_module(s, lp, r);
	/* Pairs with the acquire of the flags' readers: they see what this call did. */
	if (status != SIM_RUN)
		ss_publish(busy, 0);
	return status;
}

static void account(struct sim *s, uint32_t lp, uint64_t leaf, uint32_t flags)
{
	struct sim_lp *this_lp = &s->lps[lp];

	ss_store(&this_lp->calls, ss_load(&this_lp->calls) + 1);
	if ((flags & SIM_FROM_UPDATE) || !ss_load_acquire(&s->window))
		return;
	if (ss_add(&s->foreign, 1))
		return;
	ss_store(&s->foreign_lp, lp);
	ss_store(&s->foreign_leaf, (uint32_t)(leaf & 0xffff) | (uint32_t)(leaf >> 63 << 31));
}

uint64_t sim_seamcall(struct sim *s, uint32_t lp, struct ss_regs *regs, uint32_t flags)
{
	uint64_t status;

	if (lp >= s->config.nr_lps)
		return SS_TDX_SEAMCALL_UD;
	account(s, lp, regs->rax, flags);
	if (s->lps[lp].platform.no_vmx)
		return SS_TDX_SEAMCALL_UD;
	if (regs->rax & SS_LEAF_SEAMLDR)
		status = enter_seamldr(s, lp, regs);
	else
		status = enter_module(s, lp, regs);
	if (was_entered(status))
		regs->rax = status;
	return status;
}

/* ---- the window of an update ----------------------------------------------------------------- */

void sim_window_begin(struct sim *s)
{
	ss_publish(&s->window, 1);
}

void sim_window_end(struct sim *s)
{
	ss_publish(&s->window, 0);
}
