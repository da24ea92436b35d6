/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Private memory against the host. A page that a TD has is out of the host's reach: its loads find
 * zeros, and its stores damage the page. A TD that touches a damaged page afterwards dies of a
 * machine check. Both are counted.
 *
 * When a CPU of the host fills its TLB, it gets the page at GUARD + address in place of a private
 * one. Nothing but the two functions at the end is there. A page that becomes private or free
 * flushes all TLBs. Other CPUs do that a little later, so the functions pass accesses to a free
 * page on.
 */
#include "qemu/osdep.h"
#include "cpu.h"
#include "exec/address-spaces.h"
#include "exec/exec-all.h"
#include "exec/ram_addr.h"
#include "hw/boards.h"
#include "parts.h"
#include "trace.h"

#define GUARD	(1ULL << 44)	/* above all memory and all key IDs of memory */
#define HIGH	(1ULL << 32)

enum { PRIVATE = 1, DAMAGED = 2 };

static struct {
	bool on;
	uint8_t *low;			/* RAM; it is one block */
	uint64_t low_bytes, high_bytes;
	uint8_t *state;			/* of each page of RAM */
	uint64_t reads, writes;
	MemoryRegion region;
} guard;

/* The page's offset in RAM. */
static bool offset_of(uint64_t pa, uint64_t *offset)
{
	pa &= (1ULL << SIM_HKID_SHIFT) - 1;
	*offset = pa < HIGH ? pa : pa - HIGH + guard.low_bytes;
	return pa < guard.low_bytes || (pa >= HIGH && pa - HIGH < guard.high_bytes);
}

static uint8_t state_of(uint64_t pa)
{
	uint64_t offset;

	return guard.state && offset_of(pa, &offset) ?
	       qatomic_read(&guard.state[offset / SS_PAGE]) : 0;
}

/* TCG must forget what it translated from a page before the model changes the contents. */
static void forget_code(uint64_t offset)
{
	ram_addr_t ram = memory_region_get_ram_addr(MACHINE(qdev_get_machine())->ram);

	tb_invalidate_phys_range(ram + offset, ram + offset + SS_PAGE);
}

void seam_page_taken(void *ctx, uint64_t pa, bool private)
{
	uint64_t offset;

	if (!offset_of(pa, &offset))
		return;
	forget_code(offset);
	qatomic_set(&guard.state[offset / SS_PAGE], private ? PRIVATE : 0);
	if (guard.on && current_cpu)
		tlb_flush_all_cpus(current_cpu);
}

bool seam_guard_damaged(uint64_t pa)
{
	return state_of(pa) & DAMAGED;
}

void seam_guard_counts(uint64_t *reads, uint64_t *writes)
{
	*reads = qatomic_read(&guard.reads);
	*writes = qatomic_read(&guard.writes);
}

hwaddr seam_guard(CPUX86State *env, hwaddr pa)
{
	return guard.on && state_of(pa) ? GUARD + pa : pa;
}

/* ---- accesses -------------------------------------------------------------------------------- */

static uint64_t guarded_read(void *opaque, hwaddr pa, unsigned bytes)
{
	uint64_t value = 0, offset;

	if (!state_of(pa)) {
		if (offset_of(pa, &offset))
			memcpy(&value, guard.low + offset, bytes);
		return value;
	}
	qatomic_inc(&guard.reads);
	trace_seam_private_read(pa);
	return 0;
}

static void guarded_write(void *opaque, hwaddr pa, uint64_t value, unsigned bytes)
{
	uint64_t offset;

	if (!offset_of(pa, &offset))
		return;
	if (!state_of(pa)) {
		memcpy(guard.low + offset, &value, bytes);
		return;
	}
	qatomic_inc(&guard.writes);
	trace_seam_private_write(pa, value);
	qatomic_or(&guard.state[offset / SS_PAGE], DAMAGED);
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
	uint64_t end = guard.high_bytes ? HIGH + guard.high_bytes : guard.low_bytes;

	memory_region_init_io(&guard.region, NULL, &ops, NULL, "seam-private", end);
	memory_region_add_subregion(get_system_memory(), GUARD, &guard.region);
}

void seam_guard_reset(void *low, uint64_t low_bytes, uint64_t high_bytes, bool on)
{
	bool first = !guard.state;

	g_free(guard.state);
	guard.low = low;
	guard.low_bytes = low_bytes;
	guard.high_bytes = high_bytes;
	guard.state = g_malloc0((low_bytes + high_bytes) / SS_PAGE);
	guard.reads = guard.writes = 0;
	guard.on = on;
	if (first && on)
		add_region();
}
