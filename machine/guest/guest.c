// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * A guest for TDs, without an operating system. Each vCPU accepts a slice of the memory and fills
 * it. Then it computes the slice's checksum again and again, counts generations in the slice's
 * first page, and says at every tick of the VMM what it found. At a tick it also gives the slice's
 * last page to the host and takes it back. A tick that finds the vCPU halted wakes it.
 */
#include <stdbool.h>
#include "../vmm/layout.h"
#include "console.h"
#include "layout.h"
#include "tdreport.h"
#include "tdx.h"
#include "work.h"

#define PAGE		4096ul
#define WORDS		(PAGE / sizeof(uint64_t))
#define RAM_BEGIN	(1ul << 20)
#define SHARED_GIB	4ul		/* where it is in this guest's virtual addresses */
#define MSR_SVR		0x80fu		/* x2APIC: spurious interrupt vector */
#define MSR_EOI		0x80bu
#define APIC_ON		0x1ffu
#define HALT_EVERY	64u		/* rounds, unless the VMM says another number */

struct frame {
	uint64_t rax, rbx, rcx, rdx, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15;
	uint64_t rip, cs, rflags;
};

struct cpu {
	volatile uint64_t ticks;
	uint64_t *slice;
	uint64_t words, checksum, rounds, errors;
	unsigned index;
};

struct gate {
	uint16_t low, selector, type, middle;
	uint32_t high, reserved;
};

/* Of entry.S. The image is not relocated, so no table of addresses may lie in between. */
#pragma GCC visibility push(hidden)
extern uint64_t pdpt[];
extern char stacks[], entry_ve[], entry_tick[], entry_other[];
#pragma GCC visibility pop
void guest_main(unsigned gpa_bits, unsigned index, uint64_t word);
void guest_on_ve(struct frame *f);
void guest_on_tick(void);
void guest_on_exception(void);

static struct cpu cpus[MAX_VCPUS];
static struct gate idt[256];
static volatile bool ready;
static uint64_t shared_bit;
static unsigned halt_every = HALT_EVERY;
static volatile int console_lock;

/* ---- the host -------------------------------------------------------------------------------- */

static void lock(void)
{
	while (__atomic_exchange_n(&console_lock, 1, __ATOMIC_ACQUIRE))
		__asm__ volatile("pause");
}

static void unlock(void)
{
	__atomic_store_n(&console_lock, 0, __ATOMIC_RELEASE);
}

static void wrmsr(uint32_t msr, uint64_t value)
{
	__asm__ volatile("wrmsr" : : "c"(msr), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)) : "memory");
}

static uint32_t cpuid_eax(uint32_t leaf)
{
	uint32_t a = leaf, b, c = 0, d;

	__asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
	return a;
}

/* An interrupt between STI and TDCALL cannot come, so no tick is slept through. */
static void halt(void)
{
	uint64_t leaf = TDG_VP_VMCALL;
	register uint64_t r10 __asm__("r10") = 0;
	register uint64_t r11 __asm__("r11") = VMCALL_HLT;
	register uint64_t r12 __asm__("r12") = 0;

	__asm__ volatile("sti; .byte 0x66, 0x0f, 0x01, 0xcc; cli"
			 : "+a"(leaf), "+r"(r10), "+r"(r11), "+r"(r12) : "c"(0x1c00ul) : "memory", "cc");
}

/* ---- exceptions and interrupts --------------------------------------------------------------- */

static struct cpu *this_cpu(void)
{
	uint64_t sp;

	__asm__("mov %%rsp, %0" : "=r"(sp));
	return &cpus[(sp - (uintptr_t)stacks) >> STACK_SHIFT];
}

static void ve_cpuid(struct frame *f)
{
	struct vmcall v = { .r11 = VMCALL_CPUID, .r12 = (uint32_t)f->rax, .r13 = (uint32_t)f->rcx };

	if (vmcall(&v))
		fatal(VMCALL_CPUID);
	f->rax = v.r12;
	f->rbx = v.r13;
	f->rcx = v.r14;
	f->rdx = v.r15;
}

static void ve_rdmsr(struct frame *f)
{
	struct vmcall v = { .r11 = VMCALL_RDMSR, .r12 = (uint32_t)f->rcx };

	if (vmcall(&v))
		fatal(VMCALL_RDMSR);
	f->rax = (uint32_t)v.r11;
	f->rdx = v.r11 >> 32;
}

static void ve_wrmsr(const struct frame *f)
{
	struct vmcall v = {
		.r11 = VMCALL_WRMSR, .r12 = (uint32_t)f->rcx,
		.r13 = (uint32_t)f->rax | f->rdx << 32,
	};

	if (vmcall(&v))
		fatal(VMCALL_WRMSR);
}

void guest_on_ve(struct frame *f)
{
	struct tdcall c = { 0 };

	if (tdcall(TDG_VP_VEINFO_GET, &c))
		fatal(VE_VECTOR);
	switch (c.rcx) {
	case VMCALL_CPUID: ve_cpuid(f); break;
	case VMCALL_RDMSR: ve_rdmsr(f); break;
	case VMCALL_WRMSR: ve_wrmsr(f); break;
	default: fatal((uint64_t)VE_VECTOR << 32 | (uint32_t)c.rcx);
	}
	f->rip += (uint32_t)c.r10;
}

void guest_on_tick(void)
{
	this_cpu()->ticks++;
	wrmsr(MSR_EOI, 0);
}

void guest_on_exception(void)
{
	fatal(0xe);
}

static void set_gate(unsigned vector, const char *entry)
{
	uint64_t to = (uintptr_t)entry;

	idt[vector] = (struct gate){
		.low = to, .selector = CODE, .type = 0x8e00, .middle = to >> 16, .high = to >> 32,
	};
}

static void set_up_interrupts(void)
{
	struct { uint16_t limit; uint64_t base; } __attribute__((packed)) p = {
		sizeof(idt) - 1, (uintptr_t)idt,
	};

	__asm__ volatile("lidt %0" : : "m"(p));
	wrmsr(MSR_SVR, APIC_ON);
}

/* ---- memory ---------------------------------------------------------------------------------- */

static uint64_t checksum(const struct cpu *c)
{
	return work_checksum(c->slice + WORDS, c->words - WORDS);
}

/* Accepted memory is zero. */
static void check_zero(struct cpu *c, const uint64_t *page)
{
	uint64_t i;

	for (i = 0; i < WORDS; i++)
		if (page[i])
			c->errors++;
}

static void map_gpa(uint64_t gpa)
{
	struct vmcall v = { .r11 = VMCALL_MAP_GPA, .r12 = gpa, .r13 = PAGE };

	if (vmcall(&v))
		fatal(VMCALL_MAP_GPA);
}

/* The last page of the slice: the host punches a hole there, and gives a page anew. */
static void exchange_page(struct cpu *c)
{
	uint64_t *page = c->slice + c->words, i;

	for (i = 0; i < WORDS; i++)
		page[i] = work_word(i);
	map_gpa((uintptr_t)page | shared_bit);
	map_gpa((uintptr_t)page);
	accept_page((uintptr_t)page);
	check_zero(c, page);
}

static void take_slice(struct cpu *c, uint64_t ram_bytes)
{
	struct tdcall info = { 0 };
	uint64_t pages, i;

	if (tdcall(TDG_VP_INFO, &info))
		fatal(TDG_VP_INFO);
	pages = (ram_bytes - RAM_BEGIN) / PAGE / (uint32_t)info.r8;
	c->slice = (uint64_t *)(RAM_BEGIN + pages * PAGE * c->index);
	c->words = pages * WORDS;
	for (i = 0; i < pages; i++)
		accept_page((uintptr_t)c->slice + i * PAGE);
	check_zero(c, c->slice);
	c->words -= WORDS;	/* but for the page that comes and goes */
	for (i = WORDS; i < c->words; i++)
		c->slice[i] = work_word(i);
	c->checksum = checksum(c);
}

/* For the host to see. */
static volatile uint64_t *shared_word(const struct cpu *c)
{
	return (void *)((SHARED_GIB << 30) + c->index * SHARED_LINE);
}

/* The generations are in the first page: each word is the number of this round. */
static void work(struct cpu *c)
{
	uint64_t i;

	for (i = 0; i < WORDS; i++) {
		if (c->slice[i] != c->rounds)
			c->errors++;
		c->slice[i] = c->rounds + 1;
	}
	c->rounds++;
	*shared_word(c) = c->rounds;
	if (checksum(c) != c->checksum)
		c->errors++;
}

/* ---- what it says ---------------------------------------------------------------------------- */

static void say_report(void)
{
	static uint8_t report[REPORT_BYTES] __attribute__((aligned(1024)));
	static uint8_t data[64] __attribute__((aligned(64)));
	static uint16_t last_svn;
	static bool said;
	struct tdcall c = { .rcx = (uintptr_t)report, .rdx = (uintptr_t)data };
	uint16_t svn;
	unsigned i;

	if (tdcall(TDG_MR_REPORT, &c))
		return;
	svn = report[REPORT_SVN_2 + 1] << 8 | report[REPORT_SVN_2];
	if (said && svn == last_svn)
		return;
	said = true;
	last_svn = svn;
	lock();
	text("report: MRTD ");
	for (i = 0; i < 8; i++)
		hex(report[REPORT_MRTD + i], 2);
	text("..., TEE_TCB_SVN ");
	decimal(report[REPORT_SVN + 1]);
	put('.');
	decimal(report[REPORT_SVN]);
	text(", TEE_TCB_SVN_2 ");
	decimal(svn >> 8);
	put('.');
	decimal(svn & 0xff);
	put('\n');
	unlock();
}

static void say(const struct cpu *c, uint64_t count)
{
	lock();
	text("vCPU ");
	decimal(c->index);
	text(" counts ");
	decimal(count);
	text(", memory ");
	hex(checksum(c), 16);
	text(", errors ");
	decimal(c->errors);
	put('\n');
	unlock();
}

static void hello(uint64_t ram_bytes, unsigned gpa_bits)
{
	lock();
	text("hello from a TD: ");
	decimal(ram_bytes >> 20);
	text(" MiB, ");
	decimal(gpa_bits);
	text(" GPA bits, CPUID to leaf ");
	decimal(cpuid_eax(0));
	put('\n');
	unlock();
}

/* ---- the guest ------------------------------------------------------------------------------- */

static _Noreturn void loop(struct cpu *c)
{
	uint64_t said = 0;

	for (;;) {
		work(c);
		if (c->rounds % halt_every)
			__asm__ volatile("sti; nop; cli" : : : "memory");
		else
			halt();
		if (c->ticks == said)
			continue;
		said = c->ticks;
		if (!c->index)
			say_report();
		exchange_page(c);
		say(c, said);
	}
}

/* @word: bytes of memory, and in the bits below a page after how many rounds a vCPU halts. */
void guest_main(unsigned gpa_bits, unsigned index, uint64_t word)
{
	uint64_t ram_bytes = word & -PAGE;
	struct cpu *c = &cpus[index];
	unsigned i;

	c->index = index;
	if (!index) {
		if (word % PAGE)
			halt_every = word % PAGE;
		for (i = 0; i < 32; i++)
			set_gate(i, i == VE_VECTOR ? entry_ve : entry_other);
		set_gate(TICK_VECTOR, entry_tick);
		shared_bit = 1ul << (gpa_bits - 1);
		pdpt[SHARED_GIB] = 0x83 | SHARED_GPA | shared_bit;
		ready = true;
	}
	while (!ready)
		__asm__ volatile("pause");
	set_up_interrupts();
	if (!index)
		hello(ram_bytes, gpa_bits);
	take_slice(c, ram_bytes);
	loop(c);
}
