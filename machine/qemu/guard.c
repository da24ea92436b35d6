/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Private memory against the host. A page that a TD has is out of the host's reach: loads of the
 * host find zeros. The host's first store damages the page: the page is the host's again, the store
 * lands, and a TD that touches the page afterwards dies of a machine check. Both are counted.
 * Control pages (TDR, TDCX, TDVPR, secure EPT) hold structures of the model: stores there are lost.
 *
 * When a CPU of the host fills its TLB, it gets the page at GUARD + address in place of a private
 * one. Nothing but the two functions at the end is there. A guest's page is not writable there: a
 * store fills the TLB again, that fill damages the page, and the store goes to RAM. A store to a
 * device would end QEMU if an exception's delivery made it, because QEMU could not repeat it.
 *
 * A page that becomes private, damaged or free flushes all TLBs. Other CPUs do that a little later,
 * so the functions pass accesses to a page of the host on.
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

enum { FREE, PRIVATE, CONTROL, DAMAGED };

static struct {
	bool on;
	uint8_t *low;			/* RAM; it is one block */
	uint64_t low_bytes, high_bytes;
	uint8_t *state;			/* of each page of RAM */
	uint64_t reads, writes;
	MemoryRegion region;
} guard;

/* The offset of @pa in RAM. */
static bool offset_of(uint64_t pa, uint64_t *offset)
{
	pa &= (1ULL << SIM_HKID_SHIFT) - 1;
	*offset = pa < SEAM_HIGH ? pa : pa - SEAM_HIGH + guard.low_bytes;
	return pa < guard.low_bytes || (pa >= SEAM_HIGH && pa - SEAM_HIGH < guard.high_bytes);
}

static uint8_t state_of(uint64_t pa)
{
	uint64_t offset;

	return guard.state && offset_of(pa, &offset) ?
	       qatomic_read(&guard.state[offset / SS_PAGE]) : FREE;
}

static bool is_guarded(uint64_t pa)
{
	uint8_t state = state_of(pa);

	return state == PRIVATE || state == CONTROL;
}

/* TCG must forget what it translated from a page before the model changes the contents. */
static void forget_code(uint64_t offset)
{
	ram_addr_t ram = memory_region_get_ram_addr(MACHINE(qdev_get_machine())->ram);

	tb_invalidate_phys_range(ram + offset, ram + offset + SS_PAGE);
}

void seam_page_taken(void *ctx, uint64_t pa, enum sim_page_use use)
{
	static const uint8_t states[] = {
		[SIM_USE_NONE] = FREE, [SIM_USE_GUEST] = PRIVATE, [SIM_USE_CONTROL] = CONTROL,
	};
	uint64_t offset;

	if (!offset_of(pa, &offset))
		return;
	forget_code(offset);
	qatomic_set(&guard.state[offset / SS_PAGE], states[use]);
	if (guard.on && current_cpu)
		tlb_flush_all_cpus(current_cpu);
}

bool seam_guard_damaged(uint64_t pa)
{
	return state_of(pa) == DAMAGED;
}

void seam_guard_counts(uint64_t *reads, uint64_t *writes)
{
	*reads = qatomic_read(&guard.reads);
	*writes = qatomic_read(&guard.writes);
}

/* The TD's data goes: the host does not find it in the page. */
static void damage(CPUX86State *env, uint64_t pa)
{
	uint64_t offset;

	if (!offset_of(pa & ~(SS_PAGE - 1ULL), &offset) ||
	    qatomic_cmpxchg(&guard.state[offset / SS_PAGE], PRIVATE, DAMAGED) != PRIVATE)
		return;
	qatomic_inc(&guard.writes);
	trace_seam_private_write(pa);
	forget_code(offset);
	memset(guard.low + offset, 0, SS_PAGE);
	tlb_flush_all_cpus(env_cpu(env));
}

void seam_guard(CPUX86State *env, bool store, hwaddr *pa, int *prot)
{
	uint8_t state = guard.on ? state_of(*pa) : FREE;

	if (state == PRIVATE && store) {
		damage(env, *pa);
	} else if (state == PRIVATE) {
		*pa += GUARD;
		*prot &= ~PAGE_WRITE;
	} else if (state == CONTROL) {
		*pa += GUARD;
	}
}

/* ---- accesses -------------------------------------------------------------------------------- */

static uint64_t guarded_read(void *opaque, hwaddr pa, unsigned bytes)
{
	uint64_t value = 0, offset;

	if (!is_guarded(pa)) {
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
	if (!is_guarded(pa)) {
		memcpy(guard.low + offset, &value, bytes);
		return;
	}
	qatomic_inc(&guard.writes);
	trace_seam_private_write(pa);
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
	uint64_t end = guard.high_bytes ? SEAM_HIGH + guard.high_bytes : guard.low_bytes;

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
