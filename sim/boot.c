// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Brings up the first module as BIOS and a host do: LOAD, then SYS.INIT to TDMR.INIT (6.7). */
#include "formats.h"
#include "internal.h"

#define GIB		(1ULL << 30)
#define PAMT_ENTRY	16u
#define TDMR_INFO_AT	SS_PAGE		/* offset in the scratch memory; its list is at 0 */

/* A boot in progress. */
struct boot {
	struct sim *s;
	struct ss_buffer scratch;
	uint64_t leaf;		/* the last call's */
	struct ss_regs r;
};

/* The caller sets the registers in b->r that @leaf takes besides RCX. */
static uint64_t call_one(struct boot *b, uint32_t lp, uint64_t leaf, uint64_t rcx)
{
	b->leaf = leaf;
	b->r.rax = leaf;
	b->r.rcx = rcx;
	return sim_seamcall(b->s, lp, &b->r, 0);
}

static uint64_t call_all(struct boot *b, uint64_t leaf, uint64_t rcx)
{
	uint64_t status = SS_TDX_SUCCESS;
	uint32_t lp;

	for (lp = 0; lp < b->s->config.nr_lps && !status; lp++)
		status = call_one(b, lp, leaf, rcx);
	return status;
}

static uint64_t tdmr_bytes(const struct sim *s)
{
	uint64_t bytes = (uint64_t)s->config.private_pages * SS_PAGE;

	return bytes ? (bytes + GIB - 1) / GIB * GIB : GIB;
}

/* The PAMT areas follow the TDMR: 1 GiB, 2 MiB, 4 KiB. The model uses only their addresses. */
static void write_tdmr_info(const struct sim *s, uint8_t *p)
{
	uint64_t bytes = tdmr_bytes(s), at = SIM_TDMR_BASE + bytes, size;
	uint32_t i;

	ss_put64(p + TDMR_INFO_BASE, SIM_TDMR_BASE);
	ss_put64(p + TDMR_INFO_SIZE, bytes);
	for (i = 0; i < 3; i++) {
		size = (bytes >> (30 - 9 * i)) * PAMT_ENTRY;
		size = (size + SS_PAGE - 1) / SS_PAGE * SS_PAGE;
		ss_put64(p + TDMR_INFO_PAMT_1G + 16 * i, at);
		ss_put64(p + TDMR_INFO_PAMT_1G + 16 * i + 8, size);
		at += size;
	}
}

static uint64_t configure(struct boot *b)
{
	memset(b->scratch.va, 0, b->scratch.bytes);
	write_tdmr_info(b->s, b->scratch.va + TDMR_INFO_AT);
	ss_put64(b->scratch.va, b->scratch.pa + TDMR_INFO_AT);
	b->r.rdx = 1;
	b->r.r8 = SIM_FIRST_PRIVATE_HKID;
	return call_one(b, 0, SS_LEAF_TDH_SYS_CONFIG, b->scratch.pa);
}

/* KEY.CONFIG runs on the first LP of each socket. Sockets get LPs evenly and in order. */
static uint64_t configure_keys(struct boot *b)
{
	uint64_t sockets = b->s->config.sockets, nr_lps = b->s->config.nr_lps, status = 0, i;

	for (i = 0; i < sockets && !status; i++)
		status = call_one(b, (uint32_t)((i * nr_lps + sockets - 1) / sockets),
				  SS_LEAF_TDH_SYS_KEY_CONFIG, 0);
	return status;
}

static uint64_t initialise_tdmr(struct boot *b)
{
	uint64_t end = SIM_TDMR_BASE + tdmr_bytes(b->s), status;

	do {
		status = call_one(b, 0, SS_LEAF_TDH_SYS_TDMR_INIT, SIM_TDMR_BASE);
	} while (!status && b->r.rdx < end);
	return status;
}

static uint64_t load(struct boot *b, uint64_t params_pa)
{
	return call_all(b, SS_LEAF_SEAMLDR_INSTALL, params_pa);
}

static uint64_t bring_up(struct boot *b, uint64_t params_pa)
{
	uint64_t status;

	status = load(b, params_pa);
	if (!status)
		status = call_one(b, 0, SS_LEAF_TDH_SYS_INIT, 0);
	if (!status)
		status = call_all(b, SS_LEAF_TDH_SYS_LP_INIT, 0);
	if (!status)
		status = configure(b);
	if (!status)
		status = configure_keys(b);
	if (!status)
		status = initialise_tdmr(b);
	return status;
}

uint64_t sim_boot(struct sim *s, uint64_t params_pa, struct ss_buffer scratch, uint64_t *leaf)
{
	struct boot b = { .s = s, .scratch = scratch };
	uint64_t status = bring_up(&b, params_pa);

	if (leaf)
		*leaf = b.leaf;
	return status;
}

uint64_t sim_load(struct sim *s, uint64_t params_pa)
{
	struct boot b = { .s = s };

	return load(&b, params_pa);
}
