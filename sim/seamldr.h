/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* What the parts of the P-SEAMLDR share. Private to sim/seamldr*.c. */
#ifndef SS_SIM_SEAMLDR_H
#define SS_SIM_SEAMLDR_H

#include "formats.h"
#include "internal.h"

_Static_assert(PARAMS_BYTES == SS_PAGE, "the parameters are one page");
_Static_assert(SIG_BYTES == SS_SIGSTRUCT_BYTES, "core/ and sim/ mean the same sigstruct");
_Static_assert((PARAMS_BYTES - PARAMS_PAGES) / 8 == SS_MODULE_MAX_PAGES,
	       "core/ and sim/ mean the same list of pages");
_Static_assert((SIG_BYTES - SIG_FMS) / 4 == SS_SIGSTRUCT_MAX_FMS,
	       "core/ and sim/ mean the same list of CPUs");

/* ---- seamldr_state.c ------------------------------------------------------------------------- */

/*
 * sim_seamldr_map - the host's memory at the shared address @pa (sim_shared_pa())
 * Returns NULL if the machine has no memory there. The P-SEAMLDR accepts such an address: it reads
 * FF there (sim_seamldr_read()), and what it writes there is gone.
 */
void *sim_seamldr_map(const struct sim *s, uint64_t pa, size_t bytes);
void sim_seamldr_read(const struct sim *s, uint64_t pa, void *to, size_t bytes);
/* The P-SEAMLDR refuses x2APIC IDs from this number on. */
uint32_t sim_seamldr_lp_limit(const struct sim *s);
bool sim_seamldr_entropy(struct sim *s, uint32_t lp);
/* The cached counter is 0 or the SEAMDB was cleared: read the counter anew (5.1). */
void sim_seamldr_read_remaining(struct sim *s);

/* seamldr_install.c */
uint64_t sim_seamldr_install(struct sim *s, uint32_t lp, struct ss_regs *r);

/*
 * seamldr_check.c: makes all checks before the point of no return, A1 to D2 of 5.2, in that order.
 * Leaves private copies of parameters and sigstruct in s->seamldr. Returns the status of the first
 * failure, or 0.
 */
uint64_t sim_seamldr_check(struct sim *s, uint32_t lp, uint64_t params_pa);
/* The first steps of the checks: make these copies. Returns false if the address is not shared. */
bool sim_seamldr_read_params(struct sim *s, uint64_t pa);
bool sim_seamldr_read_sigstruct(struct sim *s);

/* seamldr_room.c: C2. Does the module of the parameters fit in MODULE_RANGE? */
bool sim_seamldr_has_room(const struct sim *s);

/* E1: do the pages suffice for the page tables? Valid only after C2 has found room. */
enum sim_mapping {
	SIM_MAPPED,
	SIM_OUT_OF_PAGES,		/* ENOMEM */
	SIM_OUT_OF_PAGES_IN_KEYHOLES,	/* UD2 inside SEAM: the machine dies */
};

enum sim_mapping sim_seamldr_map_module(const struct sim *s);

/* The copied parameters. */
static inline uint32_t scenario(const struct sim_seamldr *l)
{
	return ss_get32(l->params + PARAMS_SCENARIO);
}

static inline bool is_update(const struct sim_seamldr *l)
{
	return scenario(l) == SCENARIO_UPDATE;
}

/* In range from A5 on. */
static inline uint64_t nr_pages(const struct sim_seamldr *l)
{
	return ss_get64(l->params + PARAMS_NR_PAGES);
}

static inline uint64_t image_bytes(const struct sim_seamldr *l)
{
	return nr_pages(l) * SS_PAGE;
}

/* The address of the module's @i-th page. */
static inline uint64_t module_page_pa(const struct sim_seamldr *l, uint64_t i)
{
	return ss_get64(l->params + PARAMS_PAGES + 8 * i);
}

/* A major SVN of 0 is TDX 1.0, which preserves no TD even if the scenario is UPDATE. */
static inline bool preserves_tds(const struct sim_seamldr *l)
{
	return is_update(l) && l->sig[SIG_SVN_MAJOR];
}

#endif
