// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * A TD on the machine's CPU, built and run by a program that has the machine to itself: what a TD
 * and its host see of each other. The guest (td_guest.S) does what this program tells it.
 *
 * Expected values: Intel's description of TDH.VP.ENTER and of the guest's environment, as far as
 * Linux relies on it (arch/x86/kvm/vmx/tdx.c, arch/x86/coco/tdx).
 */
#include <stddef.h>
#include "bare.h"

#define PAGE		4096ull
#define MIB		(1ull << 20)
#define KEYID		65u
#define POOL		(32 * MIB)		/* memory for TDs ends where the metadata begins */
#define METADATA	(64 * MIB)
#define CODE		0xfffff000ull		/* guest physical addresses */
#define PML4		0xffffe000ull
#define PDPT		0xffffd000ull
#define DATA		0xffffc000ull		/* interrupt table; the stack ends at PDPT */
#define LATE		0xfff00000ull		/* private, not there at first */
#define SHARED		0x40000000ull		/* the guest sees its first shared GiB here */
#define SHARED_BIT	(1ull << 47)

struct regs {
	uint64_t rax, rcx, rdx, rbx, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15;
};
void call_seam(struct regs *r);
extern uint8_t td_guest_page[], td_guest_ve[], td_guest_ud[], td_guest_gp[], td_guest_irq[];

enum leaf {
	VP_ENTER = 0, MNG_ADDCX = 1, PAGE_ADD = 2, SEPT_ADD = 3, VP_ADDCX = 4, PAGE_AUG = 6,
	MNG_KEY_CONFIG = 8, MNG_CREATE = 9, VP_CREATE = 10, MNG_RD = 11, MR_FINALIZE = 17,
	MNG_INIT = 21, VP_INIT = 22, PAGE_RDMD = 24, VP_RD = 26, SYS_KEY_CONFIG = 31, SYS_INIT = 33,
	SYS_RD = 34, SYS_LP_INIT = 35, SYS_TDMR_INIT = 36, VP_WR = 43, SYS_CONFIG = 45,
};

enum command {
	LOAD, STORE, ASK, IDENTIFY, MSR, PORT, VECTOR_REGISTER, INTERRUPTS, COMPONENTS, WORK,
};

static uint64_t call(uint64_t leaf, uint64_t rcx, uint64_t rdx, uint64_t r8, uint64_t r9)
{
	struct regs r = { .rax = leaf, .rcx = rcx, .rdx = rdx, .r8 = r8, .r9 = r9 };

	call_seam(&r);
	return r.rax;
}

static uint64_t next_page = POOL;

static uint64_t take(void)
{
	next_page += PAGE;
	return next_page - PAGE;
}

static void copy(void *to, const void *from, uint64_t bytes)
{
	uint8_t *a = to;
	const uint8_t *b = from;

	while (bytes--)
		*a++ = *b++;
}

/* ---- the module ------------------------------------------------------------------------------ */

static uint64_t words[4096 / 8] __attribute__((aligned(4096)));
static uint32_t vmx_region[1024] __attribute__((aligned(4096)));

static void start_vmx(void)
{
	uint64_t pa = (uint64_t)vmx_region;

	set_cr4(CR4_VMXE, CR4_VMXE);
	vmx_region[0] = (uint32_t)rdmsr(0x480);
	check("VMXON", TRY("vmxon %1", "m"(pa)), 0);
}

/* ---- the other CPU --------------------------------------------------------------------------- */

static uint32_t ap_vmx_region[1024] __attribute__((aligned(4096)));
static volatile uint64_t ap_init = -1ull, *volatile ap_page;
static volatile uint64_t ap_asked, ap_answered, ap_saw;

/* It serves the module, and then reads one page of the host whenever it is asked to. */
void ap_main(void)
{
	uint64_t pa = (uint64_t)ap_vmx_region, cr4, asked, value;

	asm volatile("mov %%cr4, %0" : "=r"(cr4));
	asm volatile("mov %0, %%cr4" :: "r"(cr4 | CR4_VMXE));
	ap_vmx_region[0] = (uint32_t)rdmsr(0x480);
	asm volatile("vmxon %0" :: "m"(pa) : "cc", "memory");
	ap_init = call(SYS_LP_INIT, 0, 0, 0, 0);
	for (;;) {
		asked = ap_asked;
		value = ap_page ? ap_page[0] : 0;
		if (value)
			ap_saw = value;
		ap_answered = asked;
	}
}

static void start_ap(void)
{
	wake_ap();
	while (ap_init == -1ull)
		asm volatile("pause");
	check("TDH.SYS.LP.INIT on the other CPU", ap_init, 0);
}

/*
 * Wait until the other CPU has read its page again. It sees what was written before the question
 * when it sees the question: stores become visible in their order.
 */
static void let_ap_read(void)
{
	uint64_t asked = ++ap_asked;

	while (ap_answered != asked)
		asm volatile("pause");
}

/* ---- the module goes on ---------------------------------------------------------------------- */

/* TDMR_INFO of the first GiB. What is not TDs' memory is reserved. */
static void describe_memory(void)
{
	uint64_t info[] = {
		0, 1024 * MIB, METADATA + 5 * MIB, PAGE, METADATA + 6 * MIB, 2 * PAGE, METADATA,
		4 * MIB, 0, POOL, METADATA, 1024 * MIB - METADATA,
	};

	words[0] = (uint64_t)&words[64];
	copy(&words[64], info, sizeof(info));
}

static void start_module(void)
{
	uint64_t status = 0;
	struct regs r;

	check("TDH.SYS.INIT", call(SYS_INIT, 0, 0, 0, 0), 0);
	check("TDH.SYS.LP.INIT", call(SYS_LP_INIT, 0, 0, 0, 0), 0);
	start_ap();
	describe_memory();
	check("TDH.SYS.CONFIG", call(SYS_CONFIG, (uint64_t)words, 1, 64, 0), 0);
	check("TDH.SYS.KEY.CONFIG", call(SYS_KEY_CONFIG, 0, 0, 0, 0), 0);
	do {
		r = (struct regs){ .rax = SYS_TDMR_INIT };
		call_seam(&r);
		status = r.rax;
	} while (!status && r.rdx < 1024 * MIB);
	check("TDH.SYS.TDMR.INIT", status, 0);
}

/* ---- the TD ---------------------------------------------------------------------------------- */

static uint64_t tdr, vcpu, code_page, late_page;
static uint8_t source[4096] __attribute__((aligned(4096)));

static void clear_source(void)
{
	uint32_t i;

	for (i = 0; i < PAGE; i++)
		source[i] = 0;
}

static uint64_t add(uint64_t gpa)
{
	uint64_t page = take();

	check("TDH.MEM.PAGE.ADD", call(PAGE_ADD, gpa, tdr, page, (uint64_t)source), 0);
	clear_source();
	return page;
}

static void gate(int n, const uint8_t *handler)
{
	uint64_t at = CODE + (uint64_t)(handler - td_guest_page);
	uint64_t entry[2] = { (at & 0xffff) | 8ull << 16 | 0x8e00ull << 32 | at >> 16 << 48, 0 };

	copy(source + 16 * n, entry, sizeof(entry));
}

static void add_memory(void)
{
	uint64_t table[4] = { 0x83, SHARED_BIT | 0x83, 0x80000083, 0xc0000083 };
	uint64_t pml4 = PDPT | 3;

	check("SEPT.ADD 3", call(SEPT_ADD, 3, tdr, take(), 0), 0);
	check("SEPT.ADD 2", call(SEPT_ADD, 0xc0000000 | 2, tdr, take(), 0), 0);
	check("SEPT.ADD 1", call(SEPT_ADD, 0xffe00000 | 1, tdr, take(), 0), 0);
	copy(source, td_guest_page, PAGE);
	code_page = add(CODE);
	copy(source, &pml4, sizeof(pml4));
	add(PML4);
	copy(source, table, sizeof(table));
	add(PDPT);
	gate(6, td_guest_ud);
	gate(13, td_guest_gp);
	gate(20, td_guest_ve);
	gate(0x41, td_guest_irq);
	add(DATA);
}

static void set_params(void)
{
	uint32_t i;

	for (i = 0; i < 512; i++)
		words[i] = 0;
	words[1] = 3;			/* XFAM */
	words[2] = 1;			/* vCPUs */
	words[3] = 6 | 3 << 3;		/* EPT: write-back, 4 levels */
	words[5] = 40;			/* 1 GHz */
}

static void build(void)
{
	uint64_t status = 0, i;

	tdr = take();
	check("TDH.MNG.CREATE", call(MNG_CREATE, tdr, KEYID, 0, 0), 0);
	check("TDH.MNG.KEY.CONFIG", call(MNG_KEY_CONFIG, tdr, 0, 0, 0), 0);
	for (i = 0; i < 6; i++)
		status |= call(MNG_ADDCX, take(), tdr, 0, 0);
	check("TDH.MNG.ADDCX", status, 0);
	set_params();
	check("TDH.MNG.INIT", call(MNG_INIT, tdr, (uint64_t)words, 0, 0), 0);
	vcpu = take();
	check("TDH.VP.CREATE", call(VP_CREATE, vcpu, tdr, 0, 0), 0);
	for (i = 0; i < 5; i++)
		status |= call(VP_ADDCX, take(), vcpu, 0, 0);
	check("TDH.VP.ADDCX", status, 0);
	check("TDH.VP.INIT", call(VP_INIT, vcpu, 0, 0, 0), 0);
	add_memory();
	check("TDH.MR.FINALIZE", call(MR_FINALIZE, tdr, 0, 0, 0), 0);
}

/* ---- a conversation -------------------------------------------------------------------------- */

static struct regs guest;

/* Runs the vCPU until it leaves, with registers that it must not see. */
static void enter(uint64_t command, uint64_t r13, uint64_t r14, uint64_t r15)
{
	guest = (struct regs){
		.rax = VP_ENTER, .rcx = vcpu, .rdx = 0x11, .rsi = 0x22, .rdi = 0x33, .r8 = 0x44,
		.r9 = 0x55, .r12 = command, .r13 = r13, .r14 = r14, .r15 = r15,
	};
	call_seam(&guest);
}

/* The guest called its host, and says that @what happened. */
static void expect(const char *text, uint64_t what)
{
	check(text, guest.rax << 32 | guest.r11, 77ull << 32 | what);
}

static void tell(const char *text, enum command command, uint64_t r13, uint64_t r14, uint64_t r15)
{
	enter(command, r13, r14, r15);
	expect(text, 0);
}

static void expect_ve(const char *text, uint64_t reason, uint64_t qualification)
{
	expect(text, 20);
	check("... its reason", guest.r12, reason);
	check("... its qualification", guest.r13, qualification);
}

/* ---- what each side sees --------------------------------------------------------------------- */

static uint64_t read_xmm5(void)
{
	uint64_t v;

	asm volatile("movq %%xmm5, %0" : "=r"(v));
	return v;
}

static void registers(void)
{
	enter(0, 0, 0, 0);
	expect("the guest starts", 0);
	check("RCX is its mask", guest.rcx, 0xfc08);
	check("other registers are 0", guest.rdx | guest.rsi | guest.rdi | guest.r8 | guest.r9, 0);
	tell("XMM5", VECTOR_REGISTER, 0x1234, 0, 0);
	asm volatile("movq %0, %%xmm5" :: "r"(0x5678ull));
	tell("XMM5", VECTOR_REGISTER, 0, 0, 0);
	check("is the guest's own", guest.r14, 0x1234);
	check("and the host finds none", read_xmm5(), 0);
	check("LSTAR is reset", rdmsr(0xc0000082), 0);
	check("FMASK is reset", rdmsr(0xc0000084), 0x20200);
	tell("private memory, written", STORE, DATA + 0x900, 0xabcdef, 0);
	tell("private memory, read", LOAD, DATA + 0x900, 0, 0);
	check("has the value", guest.r14, 0xabcdef);
}

/* ECX and EDX of a leaf without subleaves, as the host reads them. */
static uint64_t host_cpuid(uint64_t leaf)
{
	struct regs r = {
		.rax = MNG_RD, .rcx = tdr, .rdx = 0x9410000300000000 | leaf << 9 | 0x1ff,
	};

	call_seam(&r);
	return r.rax ? r.rax : r.r8;
}

static void environment(void)
{
	uint64_t tsc;

	tell("TDG.VP.INFO", ASK, 1, 0, 0);
	check("... its status", guest.r13, 0);
	check("... address bits", guest.r14, 48);
	tell("TDG.VP.VEINFO.GET", ASK, 3, 0, 0);
	check("... has nothing", guest.r13, 0xc000070400000000);
	tell("CPUID of TDX", IDENTIFY, 0x21, 0, 0);
	check("... says \"Inte\"", (uint32_t)guest.rbx, 0x65746e49);
	tell("CPUID 1", IDENTIFY, 1, 0, 0);
	check("... x2APIC, hypervisor, no VMX", guest.r13 & 0x80200020, 0x80200000);
	check("... no AVX without XFAM", guest.r13 & 1 << 28, 0);
	/* OSXSAVE follows the guest's CR4. */
	check("... the host reads the same", host_cpuid(1),
	      guest.r14 << 32 | (guest.r13 & ~(1ull << 27)));
	check("... the host reads the TDX leaf", host_cpuid(0x21), 0x5844546c20202020);
	enter(IDENTIFY, 0x40000000, 0, 0);
	expect_ve("CPUID of the hypervisor is a #VE", 10, 0);
	tell("TDG.VP.CPUIDVE.SET", ASK, 5, 1, 0);
	enter(IDENTIFY, 1, 0, 0);
	expect_ve("CPUID is a #VE if the guest wants it", 10, 0);
	tell("TDG.VP.CPUIDVE.SET", ASK, 5, 0, 0);
	tell("RDMSR of the APIC's base", MSR, 0x1b, 0, 0);
	check("... x2APIC mode", guest.r14, 0xfee00d00);
	tell("RDMSR of the TSC", MSR, 0x10, 0, 0);
	tsc = guest.r14;
	tell("RDMSR of the TSC again", MSR, 0x10, 0, 0);
	check("... it has grown", guest.r14 > tsc, 1);
	enter(MSR, 0x830, 0, 0);
	expect_ve("RDMSR of the APIC's ICR is a #VE", 31, 0);
	enter(MSR, 0x480, 0, 0);
	expect("RDMSR of VMX is a #GP", 13);
	tell("XSETBV within XFAM", COMPONENTS, 3, 0, 0);
	enter(COMPONENTS, 7, 0, 0);
	expect("XSETBV beyond XFAM is a #GP", 13);
	enter(PORT, 0x70, 0, 0);
	expect_ve("IN is a #VE", 30, 0x70ull << 16 | 8);
	check("... of one byte", guest.r15, 1);
}

static void late_memory(void)
{
	enter(LOAD, LATE + 0x123, 0, 0);
	check("memory that is not there: the TD leaves", guest.rax, 48);
	check("... the host learns the page", guest.r8, LATE);
	check("... and no register", guest.r12 | guest.r13 | guest.r14 | guest.rbx, 0);
	late_page = take();
	check("TDH.MEM.PAGE.AUG", call(PAGE_AUG, LATE, tdr, late_page, 0), 0);
	enter(0, 0, 0, 0);
	expect_ve("memory that is not accepted is a #VE", 48, 1);
	check("... its address", guest.r14, LATE + 0x123);
	check("... its linear address", guest.rbx, LATE + 0x123);
	tell("TDG.MEM.PAGE.ACCEPT", ASK, 6, LATE, 0);
	check("... its status", guest.r13, 0);
	tell("TDG.MEM.PAGE.ACCEPT again", ASK, 6, LATE, 0);
	check("... its status", guest.r13, 0x00000b0a00000000);
	tell("the page is there", LOAD, LATE, 0, 0);
	check("... and zero", guest.r14, 0);
	enter(ASK, 6, LATE + PAGE, 0);
	check("TDG.MEM.PAGE.ACCEPT of what is not there: the TD leaves", guest.rax, 48);
	check("... because of an acceptance", guest.rdx & 15, 1);
	check("TDH.MEM.PAGE.AUG", call(PAGE_AUG, LATE + PAGE, tdr, take(), 0), 0);
	enter(0, 0, 0, 0);
	expect("the instruction is repeated", 0);
	check("... its status", guest.r13, 0);
}

/* ---- shared memory --------------------------------------------------------------------------- */

static uint64_t ept[4][512] __attribute__((aligned(4096)));
static uint64_t shared_word[512] __attribute__((aligned(4096)));

static void shared_memory(void)
{
	ept[0][SHARED_BIT >> 39 & 511] = (uint64_t)ept[1] | 7;
	ept[1][0] = (uint64_t)ept[2] | 7;
	ept[2][0] = (uint64_t)ept[3] | 7;
	ept[3][1] = 1ull << 63;
	ept[3][2] = (uint64_t)shared_word | 6 << 3 | 3;
	check("TDH.VP.WR of the shared EPT",
	      call(VP_WR, vcpu, 0x203c, (uint64_t)ept[0], 0x000ffffffffff000), 0);
	enter(LOAD, SHARED + 8, 0, 0);
	expect_ve("shared memory without an entry is a #VE", 48, 1);
	check("... its address", guest.r14, SHARED_BIT + 8);
	check("... its linear address", guest.rbx, SHARED + 8);
	enter(STORE, SHARED + PAGE + 16, 1, 0);
	check("an entry that suppresses it: the TD leaves", guest.rax, 48);
	check("... its address", guest.r8, SHARED_BIT + PAGE + 16);
	check("... a write", guest.rcx & 7, 2);
	ept[3][1] = ept[3][2];
	enter(0, 0, 0, 0);
	expect("with an entry the guest goes on", 0);
	check("... and wrote", shared_word[2], 1);
}

/* ---- interrupts ------------------------------------------------------------------------------ */

static volatile uint32_t *const apic = (uint32_t *)0xfee00000;
static uint64_t descriptor[8] __attribute__((aligned(64)));

static void interrupts(void)
{
	apic[0xf0 / 4] = 0x1ff;
	apic[0x300 / 4] = 0x40000 | 0x55;	/* to itself */
	enter(LOAD, DATA, 0, 0);
	check("an interrupt of the host: the TD leaves", guest.rax, 1);
	check("... its vector", guest.r9, 0x80000055);
	apic[0xb0 / 4] = 0;
	enter(0, 0, 0, 0);
	expect("the guest goes on", 0);
	check("the notification's vector", call(VP_WR, vcpu, 0x0002, 0xf2, 0xffff), 0);
	check("the descriptor", call(VP_WR, vcpu, 0x2016, (uint64_t)descriptor, ~63ull), 0);
	check("posted interrupts", call(VP_WR, vcpu, 0x4000, 0x80, 0x80), 0);
	descriptor[0x41 / 64] = 1ull << 0x41 % 64;
	descriptor[4] = 1;
	tell("a posted interrupt waits", LOAD, DATA, 0, 0);
	check("... taken from the descriptor", descriptor[1] | descriptor[4], 0);
	enter(INTERRUPTS, 0, 0, 0);
	expect("the guest takes it", 0x41);
	tell("and only once", INTERRUPTS, 0, 0, 0);
}

/* ---- the guard ------------------------------------------------------------------------------- */

/* A translation that another CPU has does not outlive what makes the page private. */
static void other_cpu(void)
{
	uint64_t pa = take();
	volatile uint64_t *page = (uint64_t *)pa;

	page[0] = 0x1234;
	ap_page = page;
	let_ap_read();
	check("another CPU reads a page of the host", ap_saw, 0x1234);
	check("TDH.MEM.PAGE.AUG", call(PAGE_AUG, LATE + 2 * PAGE, tdr, pa, 0), 0);
	let_ap_read();
	tell("TDG.MEM.PAGE.ACCEPT", ASK, 6, LATE + 2 * PAGE, 0);
	ap_saw = 0;
	tell("the guest writes", STORE, LATE + 2 * PAGE, 0x5ec4e7, 0);
	let_ap_read();
	check("the other CPU reads nothing", ap_saw, 0);
	page[0] = 0x5678;
	let_ap_read();
	check("but what the host writes", ap_saw, 0x5678);
	ap_page = NULL;
}

/* What the module needs itself: the metadata of the first GiB. */
static void metadata(void)
{
	volatile uint64_t *page = (uint64_t *)METADATA;

	check("the host reads no metadata", page[POOL / PAGE * 2], 0);
	check("no entry of the vCPU", *(volatile uint64_t *)vcpu, 0);
	check("TDH.PHYMEM.PAGE.RDMD", call(PAGE_RDMD, tdr, 0, 0, 0), 0);
	page[POOL / PAGE * 2] = ~0ull;
	check("a write of the host lands", page[POOL / PAGE * 2], ~0ull);
	check("what does not need it works: TDH.SYS.RD",
	      call(SYS_RD, 0, 0x0a00000100000008, 0, 0), 0);
	check("the module that reads it is lost", call(PAGE_RDMD, tdr, 0, 0, 0), PAGE_RDMD);
	check("for good", call(SYS_RD, 0, 0x0a00000100000008, 0, 0), SYS_RD);
}

static void guard(void)
{
	volatile uint64_t *page = (uint64_t *)late_page;

	tell("the guest writes", STORE, LATE, 0x5ec4e7, 0);
	check("the host reads nothing", page[0], 0);
	tell("it is still there", LOAD, LATE, 0, 0);
	check("... for the guest", guest.r14, 0x5ec4e7);
	page[1] = 1;
	check("a write of the host lands", page[1], 1);
	check("... and shows nothing of the TD's data", page[0], 0);
	enter(LOAD, LATE, 0, 0);
	check("the TD that touches the page dies", guest.rax, 0x4000000200000029);
	check("... for good", call(VP_ENTER, vcpu, 0, 0, 0) >> 32, 0xe0000604);
}

/* Without a guard the host reads and changes what is the TD's. */
static void no_guard(void)
{
	volatile uint64_t *page = (uint64_t *)late_page;

	tell("the guest writes", STORE, LATE, 0x5ec4e7, 0);
	check("the host reads it", page[0], 0x5ec4e7);
	page[0] = 0x1234;
	tell("the host writes", LOAD, LATE, 0, 0);
	check("... and the guest reads that", guest.r14, 0x1234);
}

/* The guest's code is not executed. */
static void script(void)
{
	enter(STORE, DATA, 1, 0);
	check("a guest that a script plays leaves", guest.rax, 77);
	check("... because it halts", guest.r11, 12);
	check("... and touched no register", guest.r12, STORE);
}

/* ---- measurements ---------------------------------------------------------------------------- */

#define MEASURED_CALLS	2000000u	/* as machine/bench knows */
#define MEASURED_TURNS	500000u
#define MEASURED_ROUNDS	400000u

extern uint8_t td_guest_work[];

static void host_work(void)
{
	register uint64_t rounds asm("r13") = MEASURED_ROUNDS;
	register uint64_t at asm("r14") = (uint64_t)source;

	asm volatile("call *%0" :: "b"(td_guest_work), "r"(rounds), "r"(at)
		     : "rax", "rcx", "rdx", "rdi", "memory", "cc");
}

/* machine/bench takes the time of QEMU, with each of these words and with none. */
static void measure(uint32_t structure)
{
	uint32_t i;

	for (i = 0; told(structure, "calls") && i < MEASURED_CALLS; i++)
		call(SYS_RD, 0, 0x0a00000100000008, 0, 0);
	for (i = 0; told(structure, "turns") && i < MEASURED_TURNS; i++)
		enter(LOAD, DATA, 0, 0);
	if (told(structure, "guest-work"))
		tell("the guest works", WORK, MEASURED_ROUNDS, DATA + 0x800, 0);
	if (told(structure, "host-work"))
		host_work();
}

void main(uint32_t structure)
{
	set_gates();
	start_vmx();
	start_module();
	build();
	if (told(structure, "script")) {
		script();
		end();
	}
	if (told(structure, "measure")) {
		enter(0, 0, 0, 0);
		measure(structure);
		end();
	}
	registers();
	environment();
	late_memory();
	shared_memory();
	interrupts();
	if (told(structure, "no-guard")) {
		no_guard();
		end();
	}
	other_cpu();
	guard();
	metadata();
	end();
}
