/* SPDX-License-Identifier: GPL-2.0-only */
/* What QEMU's own code asks of VMX and SEAM. The list of insertions says where. */
#ifndef I386_SEAM_H
#define I386_SEAM_H

#include "cpu.h"

#define SEAM_CR4_VMXE		(1ULL << 13)

/* cpu_model.c: CPUID bits beyond those of TCG that a CPU model may have. */
uint64_t seam_cpu_features(FeatureWord word);
/* CPUID leaf 0x15: the TSC's frequency, where it is known. */
void seam_cpuid_tsc(CPUX86State *env, uint32_t *eax, uint32_t *ebx, uint32_t *ecx, uint32_t *edx);

/*
 * msr.c: MSRs of VMX and SEAM. Return false for another MSR. seam_wrmsr() raises a #GP where the
 * processor does.
 */
bool seam_rdmsr(CPUX86State *env, uint32_t index, uint64_t *value);
bool seam_wrmsr(CPUX86State *env, uint32_t index, uint64_t value, uintptr_t ra);

/* vmx.c: in VMX root operation CR4.VMXE stays set. An INIT is lost there, and in a TD. */
bool seam_in_vmx(CPUX86State *env);

/* machine.c. A TD runs: these decide in place of SVM's. */
bool seam_in_td(CPUX86State *env);
/* With SEAM the TSC counts nanoseconds, as the model assumes. A TD has its own. */
void seam_rdtsc(CPUX86State *env, uint64_t *tsc);
/* The components that XCR0 may have: in a TD those of its XFAM. */
uint64_t seam_xcr0(CPUX86State *env);
/* td_exit.c: an instruction or an event that a hypervisor may intercept. */
void seam_td_intercept(CPUX86State *env, uint32_t type, uint64_t param, uintptr_t ra);
void seam_td_io(CPUX86State *env, uint32_t port, uint32_t param, uint32_t length, uintptr_t ra);
G_NORETURN void seam_td_vmexit(CPUX86State *env, uint32_t type, uintptr_t ra);
/* td_memory.c: the second stage of translation. @gla: the linear address of the access. */
bool seam_td_translate(CPUX86State *env, uint64_t gpa, int access, hwaddr *pa, int *prot);
G_NORETURN void seam_td_violation(CPUX86State *env, uint64_t gla, uint64_t gpa, int error_code,
				  uintptr_t ra);
/* td_apic.c: the vector of the interrupt to deliver, or -1. */
int seam_td_virq(CPUX86State *env);

/* guard.c: where an access of the host to @pa goes, and what the TLB allows there. */
void seam_guard(CPUX86State *env, bool store, hwaddr *pa, int *prot);

#endif
