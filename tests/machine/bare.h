/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* What programs share that have the machine to themselves: output, exceptions, registers. */
#ifndef TESTS_MACHINE_BARE_H
#define TESTS_MACHINE_BARE_H

#include <stdbool.h>
#include <stdint.h>

#define SERIAL		0x3f8
#define DEBUG_EXIT	0x501
#define CR4_VMXE	(1ull << 13)
#define CF		0x1
#define ZF		0x40
#define UD		0x600		/* beside the flags: an exception */
#define GP		0xd00

extern uint64_t resume;
extern uint32_t vector;
void on_ud(void);
void on_gp(void);
void main(uint32_t magic);

/* ---- output ---------------------------------------------------------------------------------- */

static inline void outb(uint16_t port, uint8_t value)
{
	asm volatile("outb %0, %1" :: "a"(value), "Nd"(port));
}

static inline void say(const char *text)
{
	while (*text)
		outb(SERIAL, (uint8_t)*text++);
}

static inline void say_hex(uint64_t value)
{
	int i;

	for (i = 60; i >= 0; i -= 4)
		outb(SERIAL, (uint8_t)"0123456789abcdef"[value >> i & 15]);
}

static uint32_t failed;

static inline void check(const char *what, uint64_t got, uint64_t want)
{
	failed += got != want;
	say(got == want ? "ok - " : "not ok - ");
	say(what);
	if (got != want) {
		say(": expected ");
		say_hex(want);
		say(", got ");
		say_hex(got);
	}
	say("\n");
}

/* ---- instructions that may fail -------------------------------------------------------------- */

/* Runs @insn. The result is CF and ZF, or the exception. */
#define TRY(insn, ...) ({ \
	uint64_t flags_; \
	vector = 0; \
	asm volatile("lea 1f(%%rip), %0; mov %0, resume(%%rip); " insn "; 1: pushfq; pop %0" \
		     : "=&r"(flags_) : __VA_ARGS__ : "memory", "cc"); \
	vector ? (uint64_t)vector << 8 : flags_ & (CF | ZF); \
})

static inline uint64_t rdmsr(uint32_t index)
{
	uint32_t low, high;

	asm volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(index));
	return low | (uint64_t)high << 32;
}

/* ---- the machine ----------------------------------------------------------------------------- */

static struct {
	uint16_t low, selector, kind, middle;
	uint32_t high, reserved;
} idt[32];

static inline void set_gate(int n, void (*handler)(void))
{
	uint64_t at = (uint64_t)handler;

	idt[n].low = (uint16_t)at;
	idt[n].selector = 8;
	idt[n].kind = 0x8e00;
	idt[n].middle = (uint16_t)(at >> 16);
}

static inline void set_gates(void)
{
	struct {
		uint16_t limit;
		uint64_t base;
	} __attribute__((packed)) pointer = { sizeof(idt) - 1, (uint64_t)idt };

	/* The BIOS left the timer on. */
	outb(0x21, 0xff);
	outb(0xa1, 0xff);
	set_gate(6, on_ud);
	set_gate(13, on_gp);
	asm volatile("lidt %0" :: "m"(pointer));
}

extern uint8_t ap_begin[], ap_end[];
void ap_main(void);

/* Starts the processor with APIC ID 1, as Intel's manual tells: INIT, then a startup IPI. */
static inline void wake_ap(void)
{
	volatile uint32_t *apic = (uint32_t *)0xfee00000;
	uint64_t page = 0x8000;
	uint32_t i;

	asm volatile("" : "+r"(page));	/* no object that the compiler knows */
	for (i = 0; i < ap_end - ap_begin; i++)
		((uint8_t *)page)[i] = ap_begin[i];
	apic[0x310 / 4] = 1u << 24;
	apic[0x300 / 4] = 0x4500;
	for (i = 0; i < 100000; i++)
		asm volatile("pause");
	apic[0x310 / 4] = 1u << 24;
	apic[0x300 / 4] = 0x4600 | (uint32_t)(page >> 12);
}

static inline uint64_t set_cr4(uint64_t bits, uint64_t value)
{
	uint64_t cr4;

	asm volatile("mov %%cr4, %0" : "=r"(cr4));
	return TRY("mov %1, %%cr4", "r"((cr4 & ~bits) | value)) & ~(uint64_t)(CF | ZF);
}

/* Does the command line have @word? The multiboot structure has the line's address at byte 16. */
static inline bool told(uint32_t structure, const char *word)
{
	const char *line = (const char *)(uint64_t)*(uint32_t *)(uint64_t)(structure + 16), *a, *b;

	for (; *line; line++) {
		for (a = line, b = word; *b && *a == *b; a++, b++)
			;
		if (!*b)
			return true;
	}
	return false;
}

static inline void end(void)
{
	say(failed ? "# failed\n" : "# passed\n");
	outb(DEBUG_EXIT, 0);
}

#endif
