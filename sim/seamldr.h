/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* What the parts of the P-SEAMLDR share. Private to sim/seamldr*.c. */
#ifndef SS_SIM_SEAMLDR_H
#define SS_SIM_SEAMLDR_H

#include "formats.h"
#include "internal.h"

/* ---- seamldr_state.c ----------------------------------------------------------------------- */

/* The host's memory at @pa if that is a shared address aligned to @bytes, else NULL. */
void *sim_seamldr_map(const struct sim *s, uint64_t pa, size_t bytes);
/* x2APIC IDs from here on are refused. */
uint32_t sim_seamldr_lp_limit(const struct sim *s);
bool sim_seamldr_entropy(struct sim *s, uint32_t lp);
/* The cached counter was 0 or the SEAMDB was cleared: read it anew (5.1). */
void sim_seamldr_read_remaining(struct sim *s);

/* seamldr_install.c */
uint64_t sim_seamldr_install(struct sim *s, uint32_t lp, struct ss_regs *r);

/*
 * seamldr_check.c: all that is checked before the point of no return, A1 to D2 of 5.2, in that
 * order. Leaves private copies of parameters and sigstruct in s->seamldr. Returns the status of
 * the first failure, or 0.
 */
uint64_t sim_seamldr_check(struct sim *s, uint32_t lp, uint64_t params_pa);
/* Its first steps: make these copies. False if there is no shared memory. */
bool sim_seamldr_read_params(struct sim *s, uint64_t pa);
bool sim_seamldr_read_sigstruct(struct sim *s);
/* The module page @i of the parameters, or NULL if there is no shared memory. */
const void *sim_seamldr_module_page(const struct sim *s, uint64_t i);

/* The parameters, as copied. */
static inline uint32_t scenario(const struct sim_seamldr *l)
{
	return get32(l->params + PARAMS_SCENARIO);
}

static inline bool is_update(const struct sim_seamldr *l)
{
	return scenario(l) == SCENARIO_UPDATE;
}

/* From A5 on in range. */
static inline uint64_t nr_pages(const struct sim_seamldr *l)
{
	return get64(l->params + PARAMS_NR_PAGES);
}

static inline uint64_t image_bytes(const struct sim_seamldr *l)
{
	return nr_pages(l) * SS_PAGE;
}

/* A major SVN of 0 is TDX 1.0, which preserves nothing even where the scenario is UPDATE. */
static inline bool preserves_tds(const struct sim_seamldr *l)
{
	return is_update(l) && l->sig[SIG_SVN_MAJOR];
}

#endif
