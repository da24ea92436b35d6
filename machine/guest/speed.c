// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * A guest that measures itself: the work of work.h, and calls of its host. ../host/speed.c does the
 * same work in an ordinary process.
 */
#include "../vmm/layout.h"
#include "console.h"
#include "layout.h"
#include "speed.h"
#include "work.h"

#define PAGE	4096ul
#define BEGIN	(1ul << 20)

void guest_main(unsigned gpa_bits, unsigned index, uint64_t ram_bytes);
void guest_on_ve(void);
void guest_on_tick(void);
void guest_on_exception(void);

void guest_on_ve(void)
{
	fatal(VE_VECTOR);
}

void guest_on_tick(void)
{
	fatal(TICK_VECTOR);
}

void guest_on_exception(void)
{
	fatal(0xe);
}

/* The VMM leaves the TSC at the host's frequency, 1 GHz. */
static uint64_t now_ns(void)
{
	uint32_t low, high;

	__asm__ volatile("lfence; rdtsc" : "=a"(low), "=d"(high));
	return low | (uint64_t)high << 32;
}

/* KVM answers this one itself. */
static void call_host(void)
{
	struct vmcall v = { .r11 = VMCALL_CPUID, .r12 = 0x40000000 };

	if (vmcall(&v))
		fatal(VMCALL_CPUID);
}

static void say(const char *what, uint64_t ns)
{
	text(what);
	decimal(ns);
	put('\n');
}

void guest_main(unsigned gpa_bits, unsigned index, uint64_t ram_bytes)
{
	uint64_t begin, gpa;
	unsigned i;

	(void)gpa_bits;
	(void)ram_bytes;
	while (index)
		__asm__ volatile("pause");
	for (gpa = BEGIN; gpa < BEGIN + SPEED_WORDS * sizeof(uint64_t); gpa += PAGE)
		accept_page(gpa);
	for (;;) {
		begin = now_ns();
		work_rounds((uint64_t *)BEGIN, SPEED_WORDS, SPEED_ROUNDS);
		say("work ns ", now_ns() - begin);
		begin = now_ns();
		for (i = 0; i < SPEED_CALLS; i++)
			call_host();
		say("calls ns ", now_ns() - begin);
	}
}
