// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The first instructions of a TD with a Linux kernel: the first vCPU accepts the memory and enters
 * the kernel, the others wait until the kernel wakes them, as ACPI's multiprocessor wake-up
 * structure says.
 */
#include "../vmm/layout.h"
#include "layout.h"
#include "tdx.h"

#define PAGE		4096ul
#define CODE32_START	(BOOT_PARAMS + 0x214)
#define WAKE_UP		1

struct mailbox {
	uint16_t command, reserved;
	uint32_t apic_id;
	uint64_t vector;
};

void guest_main(unsigned gpa_bits, unsigned index, uint64_t ram_bytes);
void guest_on_ve(void);
void guest_on_tick(void);
void guest_on_exception(void);

static volatile int accepted;

/* No exception is expected before the kernel has its own handlers. */
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

static _Noreturn void wait_for_wake_up(unsigned index)
{
	volatile struct mailbox *m = (void *)(uintptr_t)MAILBOX;

	while (!accepted)
		__asm__ volatile("pause");
	while (m->command != WAKE_UP || m->apic_id != index)
		__asm__ volatile("pause");
	m->command = 0;
	__asm__ volatile("jmp *%0" : : "r"(m->vector) : "memory");
	__builtin_unreachable();
}

void guest_main(unsigned gpa_bits, unsigned index, uint64_t ram_bytes)
{
	uint64_t gpa, entry;

	(void)gpa_bits;
	if (index)
		wait_for_wake_up(index);
	for (gpa = 0; gpa < ram_bytes; gpa += PAGE)
		accept_page(gpa);
	accepted = 1;
	entry = *(volatile uint32_t *)(uintptr_t)CODE32_START + ENTRY64;
	__asm__ volatile("cli; jmp *%0" : : "r"(entry), "S"((uint64_t)BOOT_PARAMS) : "memory");
	__builtin_unreachable();
}
