// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * What the machine's CPU answers to instructions of VMX and SEAM, seen by a program that has the
 * machine to itself. Expected values: Intel SDM, volume 3C, "VMX instruction reference" and "VM
 * instruction error numbers"; for SEAMCALL the specification of SEAM, section 2.
 *
 * The command line says how the machine was started: "image" or "bare" (SEAM with or without a
 * module), "none" (no SEAM), and "taken" where IA32_VMX_BASIC[60] is 0.
 */
#include "bare.h"

#define NO_VMCS		(~0ull)
#define SEAMLDR_INFO	(1ull << 63)
#define TDH_SYS_RD	34
#define VMX_ERROR	0x4400

static uint64_t vmxon(uint64_t pa)
{
	return TRY("vmxon %1", "m"(pa));
}

static uint64_t vmclear(uint64_t pa)
{
	return TRY("vmclear %1", "m"(pa));
}

static uint64_t vmptrld(uint64_t pa)
{
	return TRY("vmptrld %1", "m"(pa));
}

static uint64_t current(void)
{
	uint64_t pa = 0;

	return TRY("vmptrst %1", "m"(pa)) ? 1 : pa;
}

static uint64_t vmwrite(uint64_t field, uint64_t value)
{
	return TRY("vmwrite %2, %1", "r"(field), "r"(value));
}

uint64_t value_read;	/* vmread() stores here */

static uint64_t vmread(uint64_t field)
{
	return TRY("vmread %1, value_read(%%rip)", "r"(field));
}

static uint64_t invalidate(bool vpid, uint64_t type)
{
	static uint64_t descriptor[2];

	return vpid ? TRY("invvpid %1, %2", "m"(descriptor), "r"(type)) :
	       TRY("invept %1, %2", "m"(descriptor), "r"(type));
}

/* The number of the last VMfailValid; 0 if VMREAD itself fails. */
static uint64_t error(void)
{
	return vmread(VMX_ERROR) ? 0 : value_read;
}

struct answer {
	uint64_t how, rax, rdx;
};

static struct answer seamcall(uint64_t leaf, uint64_t rcx, uint64_t rdx)
{
	struct answer a;
	uint64_t flags;

	vector = 0;
	asm volatile("lea 1f(%%rip), %%r8; mov %%r8, resume(%%rip); mov %4, %%rax; mov %5, %%rcx; "
		     "mov %6, %%rdx; .byte 0x66, 0x0f, 0x01, 0xcf; 1: pushfq; pop %0"
		     : "=&r"(flags), "=&a"(a.rax), "=&d"(a.rdx), "+m"(vector)
		     : "r"(leaf), "r"(rcx), "r"(rdx)
		     : "rcx", "r8", "r9", "r10", "r11", "memory", "cc");
	a.how = vector ? (uint64_t)vector << 8 : flags & (CF | ZF);
	return a;
}

static uint64_t try_wrmsr(uint32_t index, uint64_t value)
{
	return TRY("wrmsr", "c"(index), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)));
}

/* ---- the checks ------------------------------------------------------------------------------ */

static uint32_t pages[4][1024] __attribute__((aligned(4096)));
#define PAGE(n)		((uint64_t)pages[n])
#define FIELD_64	0x2016u		/* posted-interrupt descriptor */
#define FIELD_RIP	0x681eu
#define FIELD_16	0x0002u

static void before_vmx(void)
{
	check("FEATURE_CONTROL is locked, with VMX", rdmsr(0x3a), 5);
	check("WRMSR of a locked FEATURE_CONTROL", try_wrmsr(0x3a, 1), GP);
	check("WRMSR of IA32_VMX_BASIC", try_wrmsr(0x480, 0), GP);
	check("VMCS regions have 4096 bytes", rdmsr(0x480) >> 32 & 0x1fff, 4096);
	check("VMXON without CR4.VMXE", vmxon(PAGE(0)), UD);
	check("SEAMCALL without CR4.VMXE", seamcall(SEAMLDR_INFO, 0, 0).how, UD);
	check("CR4.VMXE can be set", set_cr4(CR4_VMXE, CR4_VMXE), 0);
	check("VMREAD outside of VMX operation", vmread(0), UD);
	check("SEAMCALL outside of VMX operation", seamcall(SEAMLDR_INFO, 0, 0).how, UD);
	check("VMXOFF outside of VMX operation", TRY("vmxoff", "r"(0)), UD);
}

static void enter_vmx(void)
{
	check("VMXON of a region without revision", vmxon(PAGE(0)), CF);
	pages[0][0] = pages[1][0] = (uint32_t)rdmsr(0x480);
	check("VMXON of an address not aligned", vmxon(PAGE(0) + 8), CF);
	check("VMXON beyond the physical addresses", vmxon(1ull << 52), CF);
	check("VMXON", vmxon(PAGE(0)), 0);
	check("no VMCS is current", current(), NO_VMCS);
	check("VMREAD without a current VMCS", vmread(FIELD_RIP), CF);
	check("VMWRITE without a current VMCS", vmwrite(FIELD_RIP, 1), CF);
	check("VMLAUNCH without a current VMCS", TRY("vmlaunch", "r"(0)), CF);
	check("VMXON in VMX operation, no current VMCS", vmxon(PAGE(0)), CF);
	check("CR4.VMXE cannot be cleared", set_cr4(CR4_VMXE, 0), GP);
}

static void pointers(void)
{
	check("VMCLEAR", vmclear(PAGE(1)), 0);
	check("VMPTRLD", vmptrld(PAGE(1)), 0);
	check("VMPTRST", current(), PAGE(1));
	check("VMCLEAR not aligned", vmclear(PAGE(1) + 1), ZF);
	check("its error", error(), 2);
	check("VMCLEAR of the VMXON region", vmclear(PAGE(0)), ZF);
	check("its error", error(), 3);
	check("VMPTRLD not aligned", vmptrld(PAGE(1) + 1), ZF);
	check("its error", error(), 9);
	check("VMPTRLD of the VMXON region", vmptrld(PAGE(0)), ZF);
	check("its error", error(), 10);
	check("VMPTRLD of a region without revision", vmptrld(PAGE(2)), ZF);
	check("its error", error(), 11);
	check("VMXON in VMX operation", vmxon(PAGE(0)), ZF);
	check("its error", error(), 15);
	check("the current VMCS is still the same", current(), PAGE(1));
}

static void fields(void)
{
	check("VMWRITE", vmwrite(FIELD_RIP, 0x123456789abcdef0), 0);
	check("VMREAD", vmread(FIELD_RIP) ? 0 : value_read, 0x123456789abcdef0);
	check("VMWRITE of a field of 16 bits", vmwrite(FIELD_16, 0x12345), 0);
	check("VMREAD of it", vmread(FIELD_16) ? 0 : value_read, 0x2345);
	check("VMWRITE of 64 bits", vmwrite(FIELD_64, 0x1111111122222222), 0);
	check("VMWRITE of the upper half", vmwrite(FIELD_64 | 1, 0x33333333), 0);
	check("VMREAD of all", vmread(FIELD_64) ? 0 : value_read, 0x3333333322222222);
	check("VMREAD of a field that is not there", vmread(0x1000), ZF);
	check("its error", error(), 12);
	check("VMWRITE of a field that is not there", vmwrite(1ull << 32, 1), ZF);
	check("its error", error(), 12);
	check("VMCLEAR keeps the fields", vmclear(PAGE(1)), 0);
	check("VMPTRLD again", vmptrld(PAGE(1)), 0);
	check("VMREAD", vmread(FIELD_RIP) ? 0 : value_read, 0x123456789abcdef0);
}

static void others(void)
{
	check("VMRESUME of a VMCS that is not launched", TRY("vmresume", "r"(0)), ZF);
	check("its error", error(), 5);
	check("VMLAUNCH with wrong controls", TRY("vmlaunch", "r"(0)), ZF);
	check("its error", error(), 7);
	check("VMCALL in root operation", TRY("vmcall", "r"(0)), ZF);
	check("its error", error(), 1);
	check("INVEPT, all contexts", invalidate(false, 2), 0);
	check("INVEPT of another type", invalidate(false, 3), ZF);
	check("its error", error(), 28);
	check("INVVPID, all contexts", invalidate(true, 2), 0);
	check("INVVPID of another type", invalidate(true, 4), ZF);
	check("its error", error(), 28);
	check("TDCALL outside of a TD", TRY(".byte 0x66, 0x0f, 0x01, 0xcc", "a"(1)), UD);
}

static uint8_t info[256] __attribute__((aligned(256)));

static void with_seam(bool module, bool taken)
{
	check("IA32_VMX_BASIC[60]", rdmsr(0x480) >> 60 & 1, !taken);
	check("SEAMRR", rdmsr(0xfe) >> 15 & 1, 1);
	check("SEAMLDR.INFO enters the P-SEAMLDR", seamcall(SEAMLDR_INFO, (uint64_t)info, 0).how, 0);
	check("its current VMCS", current(), taken ? NO_VMCS : PAGE(1));
	check("VMPTRLD", vmptrld(PAGE(1)), 0);
	check("it tells whether there is a module", info[160], module);
	check("SEAMLDR.INFO of a wrong address", seamcall(SEAMLDR_INFO, 8, 0).rax,
	      0x8000000000000000);
	check("TDH.SYS.RD", seamcall(TDH_SYS_RD, 0, NO_VMCS).how, module ? 0 : CF);
	check("TDH.SYS.RD before LP.INIT", seamcall(TDH_SYS_RD, 0, NO_VMCS).rax,
	      module ? 0xc000050200000000 : TDH_SYS_RD);
}

static void without_seam(void)
{
	check("SEAMRR", rdmsr(0xfe) >> 15 & 1, 0);
	check("SEAMCALL without SEAM", seamcall(SEAMLDR_INFO, (uint64_t)info, 0).how, GP);
}

static void leave_vmx(void)
{
	check("VMXOFF", TRY("vmxoff", "r"(0)), 0);
	check("VMPTRST afterwards", current(), 1);
	check("CR4.VMXE can be cleared", set_cr4(CR4_VMXE, 0), 0);
	check("and set", set_cr4(CR4_VMXE, CR4_VMXE), 0);
	check("VMXON again", vmxon(PAGE(0)), 0);
	check("no VMCS is current", current(), NO_VMCS);
}

static void movdir64b(void)
{
	static uint8_t from[64], to[128] __attribute__((aligned(64)));
	uint64_t sum = 0;
	int i;

	for (i = 0; i < 64; i++)
		from[i] = (uint8_t)(i + 1);
	check("MOVDIR64B", TRY("movdir64b %1, %2", "m"(from), "r"(to)) & ~(uint64_t)(CF | ZF), 0);
	for (i = 0; i < 128; i++)
		sum += to[i];
	check("it copies 64 bytes", sum, 65 * 64 / 2);
	check("MOVDIR64B not aligned", TRY("movdir64b %1, %2", "m"(from), "r"(to + 8)), GP);
}

void main(uint32_t structure)
{
	set_gates();
	before_vmx();
	enter_vmx();
	pointers();
	fields();
	others();
	if (told(structure, "none"))
		without_seam();
	else
		with_seam(told(structure, "image"), told(structure, "taken"));
	leave_vmx();
	movdir64b();
	end();
}
