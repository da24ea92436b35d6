/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The virtual APIC of a TD's vCPU: interrupts that the host posts, and the x2APIC registers that a
 * processor virtualises without an exit.
 */
#include "qemu/osdep.h"
#include "cpu.h"
#include "exec/address-spaces.h"
#include "exec/exec-all.h"
#include "tcg/helper-tcg.h"
#include "parts.h"

#define X2APIC(reg)	(0x800 + (reg))
#define TPR		X2APIC(0x08)
#define PPR		X2APIC(0x0a)
#define EOI		X2APIC(0x0b)
#define ISR		X2APIC(0x10)
#define IRR		X2APIC(0x20)
#define SELF_IPI	X2APIC(0x3f)
#define APIC_EOI	0xfee000b0	/* of the physical APIC */

/* The descriptor of posted interrupts: 256 requests, then a word with "outstanding" in bit 0. */
#define DESCRIPTOR_BYTES	64
#define OUTSTANDING		1ULL

static int highest(const uint64_t *set)
{
	int i;

	for (i = 3; i >= 0; i--)
		if (set[i])
			return 64 * i + 63 - clz64(set[i]);
	return -1;
}

static int priority(const struct seam_td *td)
{
	return MAX((int)(td->tpr >> 4), highest(td->isr) >> 4);
}

static bool deliverable(const struct seam_td *td)
{
	int vector = highest(td->irr);

	return vector >= 0 && vector >> 4 > priority(td);
}

bool seam_td_deliverable(CPUX86State *env)
{
	return deliverable(seam_td(env));
}

/* What a processor does at VM entry, and when the notification arrives. */
void seam_td_take_posted(CPUX86State *env)
{
	uint64_t pa = seam_lp(env)->guest.descriptor;
	uint64_t *descriptor = pa ? seam_map(NULL, pa, DESCRIPTOR_BYTES) : NULL;
	struct seam_td *td = seam_td(env);
	int i;

	if (!descriptor || !(qatomic_fetch_and(&descriptor[4], ~OUTSTANDING) & OUTSTANDING))
		return;
	for (i = 0; i < 4; i++)
		td->irr[i] |= qatomic_xchg(&descriptor[i], 0);
}

void seam_td_note_pending(CPUX86State *env)
{
	bool locked = seam_big_lock();

	if (seam_td_deliverable(env))
		cpu_interrupt(env_cpu(env), CPU_INTERRUPT_VIRQ);
	else
		cpu_reset_interrupt(env_cpu(env), CPU_INTERRUPT_VIRQ);
	seam_big_unlock(locked);
}

/* The notification: taken without an exit, and ended at the physical APIC. */
bool seam_td_notified(CPUX86State *env, int vector)
{
	if (!seam_lp(env)->guest.descriptor || vector != seam_lp(env)->guest.vector)
		return false;
	address_space_stl(&address_space_memory, APIC_EOI, 0, MEMTXATTRS_UNSPECIFIED, NULL);
	seam_td_take_posted(env);
	seam_td_note_pending(env);
	return true;
}

/* In the interrupt loop, under QEMU's big lock. */
int seam_td_virq(CPUX86State *env)
{
	struct seam_td *td = seam_td(env);
	int vector = -1;

	env_cpu(env)->interrupt_request &= ~CPU_INTERRUPT_VIRQ;
	if (deliverable(td)) {
		vector = highest(td->irr);
		td->irr[vector / 64] &= ~(1ULL << vector % 64);
		td->isr[vector / 64] |= 1ULL << vector % 64;
	}
	return vector;
}

/* ---- registers ------------------------------------------------------------------------------- */

static void eoi(struct seam_td *td)
{
	int vector = highest(td->isr);

	if (vector >= 0)
		td->isr[vector / 64] &= ~(1ULL << vector % 64);
}

static bool write_register(struct seam_td *td, uint32_t index, uint64_t value)
{
	switch (index) {
	case TPR:
		td->tpr = value & 0xff;
		return true;
	case EOI:
		eoi(td);
		return true;
	case SELF_IPI:
		td->irr[(value & 0xff) / 64] |= 1ULL << value % 64;
		return true;
	default:
		return false;
	}
}

static bool read_register(struct seam_td *td, uint32_t index, uint64_t *value)
{
	uint32_t word = index & 7;

	switch (index) {
	case TPR:
		*value = td->tpr;
		return true;
	case PPR:
		*value = priority(td) < 0 ? 0 : priority(td) << 4;
		return true;
	case ISR ... ISR + 7:
		*value = (uint32_t)(td->isr[word / 2] >> 32 * (word % 2));
		return true;
	case IRR ... IRR + 7:
		*value = (uint32_t)(td->irr[word / 2] >> 32 * (word % 2));
		return true;
	default:
		return false;
	}
}

bool seam_td_apic_msr(CPUX86State *env, uint32_t index, bool write, uint64_t *value)
{
	struct seam_td *td = seam_td(env);

	if (!write)
		return read_register(td, index, value);
	if (!write_register(td, index, *value))
		return false;
	seam_td_note_pending(env);
	return true;
}
