// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Does a module fit in MODULE_RANGE? INSTALL asks twice (specification 5.2, rows C2 and E1).
 *
 * C2 is a formula, and the formula counts too few pages of page tables. E1 takes the pages one by
 * one, when the old module is gone already. So some sizes of MODULE_RANGE, a few pages wide, pass
 * C2 and run out of pages in E1.
 *
 * The first part of the mapping reports that it ran out. The second part, the keyholes, takes that
 * for impossible and executes UD2.
 */
#include "seamldr.h"

#define MIB	(1ULL << 20)
#define GIB	(1ULL << 30)

/* Sizes of the regions of a module, in bytes. */
struct regions {
	uint64_t vmcss, stacks, data, code, keyholes, keyedit;
};

static void find_regions(const struct sim *s, struct regions *r)
{
	const uint8_t *sig = s->seamldr->sig;
	uint64_t n = s->addressable_lps;
	uint64_t handoff = sig[SIG_SVN_MAJOR] ?
			   4096ull * (ss_get16(sig + SIG_HANDOFF_PAGES) + 1) : 0;

	r->vmcss = 4096 * (1 + n);
	r->stacks = n * (4096 + 4096 * (sig[SIG_STACK_PAGES] + 1ull));
	r->data = n * 4096 * (sig[SIG_TLS_PAGES] + 1ull) +
		  4096 * (ss_get16(sig + SIG_GLOBAL_DATA_PAGES) + 1ull) + handoff;
	r->code = image_bytes(s->seamldr);
	r->keyholes = n * 4096 * (ss_get16(sig + SIG_KEYHOLE_PAGES) + 1ull);
	r->keyedit = (r->keyholes / 4096 * 8 + 4095) / 4096 * 4096;
}

static uint64_t divide_up(uint64_t a, uint64_t b)
{
	return (a + b - 1) / b;
}

/* ---- C2: the formula ------------------------------------------------------------------------- */

/* Pages of page tables that map @bytes, without the root, as C2 counts them. */
static uint64_t counted_pages(uint64_t bytes)
{
	uint64_t entries_a_page = SS_PAGE / 8;

	return divide_up(bytes / SS_PAGE, entries_a_page) +
	       divide_up(bytes / (2 * MIB), entries_a_page) +
	       divide_up(bytes / GIB, entries_a_page);
}

static uint64_t bytes_needed(const struct sim *s)
{
	struct regions r;
	uint64_t pages;

	find_regions(s, &r);
	pages = 1 + counted_pages(4096) + counted_pages(r.stacks) + counted_pages(r.data) +
		counted_pages(r.keyholes) + counted_pages(r.keyedit) + counted_pages(r.code);
	return r.vmcss + r.stacks + r.data + 4096 * pages + 2 * MIB;
}

bool sim_seamldr_has_room(const struct sim *s)
{
	return !s->config.seam_bytes || bytes_needed(s) <= s->config.seam_bytes;
}

/* ---- E1: the pages --------------------------------------------------------------------------- */

/* Pages of page tables that E1 takes to map @bytes, without the root. */
static uint64_t taken_pages(uint64_t bytes)
{
	return divide_up(bytes, 2 * MIB) + divide_up(bytes, GIB);
}

enum sim_mapping sim_seamldr_map_module(const struct sim *s)
{
	uint64_t pages, first, keyholes;
	struct regions r;

	if (!s->config.seam_bytes)
		return SIM_MAPPED;
	find_regions(s, &r);
	/* After C2 some pages are left in any case. */
	pages = (s->config.seam_bytes - r.vmcss - r.stacks - r.data - 2 * MIB) / 4096 - 1;
	/* Code, data, stacks, SYS_INFO; then the keyholes with the table that edits them. */
	first = 1 + taken_pages(r.code) + taken_pages(r.data) + taken_pages(r.stacks) +
		taken_pages(4096);
	keyholes = taken_pages(r.keyholes) + 1 + taken_pages(r.keyedit);
	if (pages < first)
		return SIM_OUT_OF_PAGES;
	return pages < first + keyholes ? SIM_OUT_OF_PAGES_IN_KEYHOLES : SIM_MAPPED;
}
