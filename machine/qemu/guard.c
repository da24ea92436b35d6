/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory that the host has handed over, against the host: guests' private pages, pages that the
 * module needs to run TDs (TDR, TDCX, TDVPR, secure EPT), and page metadata. Loads of the host find
 * zeros. The host's first store damages the page: the page is the host's again, and the store
 * lands. A TD that touches a damaged page of its own dies of a machine check. A module that touches
 * a damaged page is lost. Loads and damage are counted.
 *
 * Guests' memory is where the host's RAM is. What the module keeps for itself lies in memory beside
 * the RAM, one page for each page of RAM: so no store of the host reaches structures of the model.
 *
 * When a CPU of the host fills its TLB for a load, it gets the page at GUARD + address, which reads
 * as zeros. It is not writable there: a store fills the TLB again, that fill damages the page, and
 * the store goes to RAM. A store to a device would end QEMU if an exception's delivery made it,
 * because QEMU could not repeat it.
 *
 * Memory that is taken, damaged or given back flushes all TLBs. Other CPUs do that a little later,
 * so the functions pass accesses to a page of the host on.
 */
#include "qemu/osdep.h"
#include "cpu.h"
#include <sys/mman.h>
#include "exec/address-spaces.h"
#include "exec/exec-all.h"
#include "exec/ram_addr.h"
#include "hw/boards.h"
#include "parts.h"
#include "trace.h"

#define GUARD	(1ULL << 44)	/* above all memory and all key IDs of memory */

enum { FREE, PRIVATE, CONTROL, DAMAGED, DAMAGED_CONTROL };

static struct {
	bool on;
	uint8_t *state;			/* of each page of RAM */
	uint8_t *own;			/* the module's, as large as RAM; used where CONTROL */
	uint64_t reads, writes;
	MemoryRegion region;
} guard;

static uint64_t ram_bytes(void)
{
	return seam_ram()->low_bytes + seam_ram()->high_bytes;
}

/* The offset of @pa in RAM, which is one block. */
static bool offset_of(uint64_t pa, uint64_t *offset)
{
	const struct seam_ram *ram = seam_ram();

	pa &= (1ULL << SIM_HKID_SHIFT) - 1;
	*offset = pa < SEAM_HIGH ? pa : pa - SEAM_HIGH + ram->low_bytes;
	return pa < ram->low_bytes || (pa >= SEAM_HIGH && pa - SEAM_HIGH < ram->high_bytes);
}

static uint8_t state_at(uint64_t offset)
{
	return qatomic_read(&guard.state[offset / SS_PAGE]);
}

static uint8_t state_of(uint64_t pa)
{
	uint64_t offset;

	return guard.state && offset_of(pa, &offset) ? state_at(offset) : FREE;
}

static bool is_guarded(uint64_t pa)
{
	uint8_t state = state_of(pa);

	return state == PRIVATE || state == CONTROL;
}

/* TCG must forget what it translated from a page before the contents change. */
static void forget_code(uint64_t offset)
{
	ram_addr_t ram = memory_region_get_ram_addr(MACHINE(qdev_get_machine())->ram);

	tb_invalidate_phys_range(ram + offset, ram + offset + SS_PAGE);
}

static void clear(uint64_t offset)
{
	forget_code(offset);
	memset(seam_ram()->low + offset, 0, SS_PAGE);
}

/* ---- the model's side ------------------------------------------------------------------------ */

/* What a guest had written is not for the host. The model clears pages that it takes. */
static bool change(uint64_t offset, uint8_t to)
{
	uint8_t from = qatomic_xchg(&guard.state[offset / SS_PAGE], to);

	if (from == PRIVATE && to != PRIVATE)
		clear(offset);
	else if (to == PRIVATE)
		forget_code(offset);
	return from != to;
}

void seam_memory_taken(void *ctx, uint64_t pa, uint64_t bytes, enum sim_page_use use)
{
	static const uint8_t states[] = {
		[SIM_USE_NONE] = FREE, [SIM_USE_GUEST] = PRIVATE, [SIM_USE_CONTROL] = CONTROL,
	};
	uint64_t end = pa + bytes, offset;
	bool changed = false;

	for (; pa < end; pa += SS_PAGE)
		if (offset_of(pa, &offset))
			changed |= change(offset, states[use]);
	if (guard.on && changed && current_cpu)
		tlb_flush_all_cpus(current_cpu);
}

void *seam_own(void *ctx, uint64_t pa, size_t bytes)
{
	uint8_t state = state_of(pa);
	uint64_t offset;

	if (state != CONTROL && state != DAMAGED_CONTROL)
		return seam_map(ctx, pa, bytes);
	return offset_of(pa, &offset) && bytes <= ram_bytes() - offset ? guard.own + offset : NULL;
}

/* Only what a CPU does can end in a machine check: QEMU's monitor looks too. */
bool seam_is_damaged(void *ctx, uint64_t pa)
{
	uint8_t state = current_cpu ? state_of(pa) : FREE;

	return state == DAMAGED || state == DAMAGED_CONTROL;
}

void seam_guard_counts(uint64_t *reads, uint64_t *writes)
{
	*reads = qatomic_read(&guard.reads);
	*writes = qatomic_read(&guard.writes);
}

/* ---- the host's side ------------------------------------------------------------------------- */

/* Returns whether the page was @from until now. */
static bool damage(uint64_t offset, uint8_t from, uint8_t to)
{
	return qatomic_cmpxchg(&guard.state[offset / SS_PAGE], from, to) == from;
}

/* The TD's data goes: the host does not find it in the page. */
static void store(CPUX86State *env, uint64_t pa)
{
	uint64_t offset;

	if (!offset_of(pa & ~(SS_PAGE - 1ULL), &offset))
		return;
	if (damage(offset, PRIVATE, DAMAGED))
		clear(offset);
	else if (!damage(offset, CONTROL, DAMAGED_CONTROL))
		return;
	qatomic_inc(&guard.writes);
	trace_seam_private_write(pa);
	tlb_flush_all_cpus(env_cpu(env));
}

void seam_guard(CPUX86State *env, bool is_store, hwaddr *pa, int *prot)
{
	if (!guard.on || !is_guarded(*pa))
		return;
	if (is_store) {
		store(env, *pa);
	} else {
		*pa += GUARD;
		*prot &= ~PAGE_WRITE;
	}
}

static uint64_t guarded_read(void *opaque, hwaddr pa, unsigned bytes)
{
	uint64_t value = 0, offset;

	if (!is_guarded(pa)) {
		if (offset_of(pa, &offset))
			memcpy(&value, seam_ram()->low + offset, bytes);
		return value;
	}
	qatomic_inc(&guard.reads);
	trace_seam_private_read(pa);
	return 0;
}

/* No TLB leads here. */
static void guarded_write(void *opaque, hwaddr pa, uint64_t value, unsigned bytes)
{
}

static const MemoryRegionOps ops = {
	.read = guarded_read,
	.write = guarded_write,
	.endianness = DEVICE_LITTLE_ENDIAN,
	.valid = { .min_access_size = 1, .max_access_size = 8, .unaligned = true },
	.impl = { .min_access_size = 1, .max_access_size = 8, .unaligned = true },
};

/* Both parts of RAM, as the host addresses them. */
static void add_region(void)
{
	const struct seam_ram *ram = seam_ram();
	uint64_t end = ram->high_bytes ? SEAM_HIGH + ram->high_bytes : ram->low_bytes;

	memory_region_init_io(&guard.region, NULL, &ops, NULL, "seam-private", end);
	memory_region_add_subregion(get_system_memory(), GUARD, &guard.region);
}

/* Address space, and no memory until the model uses it. */
static uint8_t *reserve(uint64_t bytes)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	g_assert(p != MAP_FAILED);
	return p;
}

void seam_guard_reset(bool on)
{
	bool first = !guard.state;

	if (!first)
		munmap(guard.own, ram_bytes());
	g_free(guard.state);
	guard.state = g_malloc0(ram_bytes() / SS_PAGE);
	guard.own = reserve(ram_bytes());
	guard.reads = guard.writes = 0;
	guard.on = on;
	if (first && on)
		add_region();
}
