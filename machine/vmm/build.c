// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Build a TD, in the order of the kernel's Documentation/virt/kvm/x86/intel-tdx.rst. A pause is
 * possible after each step.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <linux/kvm_para.h>
#include "layout.h"
#include "vmm.h"

#define MAX_CPUID	256u
#define CPUID_BYTES(n)	((n) * sizeof(struct kvm_cpuid_entry2))
#define GPA_BITS	48u		/* of the guest; the topmost one says "shared" */
#define SEPT_VE_DISABLE	(1ull << 28)
#define XFAM_WANTED	7ull		/* x87, SSE, AVX */
#define RETRY_US	50000
#define RETRIES		1200u
#define X2APIC		(1u << 21)	/* CPUID.1:ECX */
/* Others want MSRs that KVM refuses to a TD (tdx_has_emulated_msr()). */
#define KVM_FEATURES	(1u << KVM_FEATURE_NOP_IO_DELAY | 1u << KVM_FEATURE_MSI_EXT_DEST_ID)

/* The status of the failed SEAMCALL, if KVM gave one, says more than the error number. */
static int tdx(int fd, unsigned id, unsigned flags, void *data, uint64_t *hw_error)
{
	struct kvm_tdx_cmd cmd = { .id = id, .flags = flags, .data = (uintptr_t)data };
	int r = ioctl(fd, KVM_MEMORY_ENCRYPT_OP, &cmd);

	*hw_error = cmd.hw_error;
	return r;
}

static void must_tdx(struct td *td, int fd, unsigned id, unsigned flags, void *data,
		     const char *what)
{
	uint64_t hw_error;

	if (tdx(fd, id, flags, data, &hw_error))
		vmm_fail(td, "%s: %s (SEAMCALL status %#lx)", what, strerror(errno), hw_error);
}

static void enable(struct td *td, unsigned cap, uint64_t arg, const char *what)
{
	struct kvm_enable_cap c = { .cap = cap, .args = { arg } };

	if (ioctl(td->fd, KVM_ENABLE_CAP, &c))
		vmm_fail(td, "%s: %s", what, strerror(errno));
}

/* ---- the steps ------------------------------------------------------------------------------- */

/* What the vCPUs have, as KVM can do it. */
static void get_cpuid(struct td *td)
{
	struct kvm_cpuid2 *c = calloc(1, sizeof(*c) + CPUID_BYTES(MAX_CPUID));
	unsigned i;

	if (!c)
		vmm_fail(td, "out of memory");
	c->nent = MAX_CPUID;
	if (ioctl(td->kvm, KVM_GET_SUPPORTED_CPUID, c))
		vmm_fail(td, "KVM_GET_SUPPORTED_CPUID: %s", strerror(errno));
	for (i = 0; i < c->nent; i++) {
		struct kvm_cpuid_entry2 *e = &c->entries[i];

		if (e->function == 0x80000008)
			e->eax = (e->eax & ~0xffffffu) | GPA_BITS << 16 | GPA_BITS;
		else if (e->function == 1)
			e->ecx |= X2APIC;
		else if (e->function == KVM_CPUID_FEATURES)
			e->eax &= KVM_FEATURES;
	}
	td->cpuid = c;
}

static void create(struct td *td)
{
	int types = ioctl(td->kvm, KVM_CHECK_EXTENSION, KVM_CAP_VM_TYPES);

	if (types < 0 || !(types >> KVM_X86_TDX_VM & 1))
		vmm_fail(td, "this KVM offers no TDs (VM types %#x): is kvm_intel loaded with tdx=1, and a TDX Module up?",
		     types);
	td->fd = ioctl(td->kvm, KVM_CREATE_VM, KVM_X86_TDX_VM);
	if (td->fd < 0)
		vmm_fail(td, "KVM_CREATE_VM: %s", strerror(errno));
	enable(td, KVM_CAP_SPLIT_IRQCHIP, 24, "KVM_CAP_SPLIT_IRQCHIP");
	/* Modules show TDs a crystal of 25 MHz, which is the clock of their APIC timers. */
	enable(td, KVM_CAP_X86_APIC_BUS_CYCLES_NS, 40, "KVM_CAP_X86_APIC_BUS_CYCLES_NS");
	enable(td, KVM_CAP_EXIT_HYPERCALL, 1 << KVM_HC_MAP_GPA_RANGE, "KVM_CAP_EXIT_HYPERCALL");
	td->caps = calloc(1, sizeof(*td->caps) + CPUID_BYTES(MAX_CPUID));
	if (!td->caps)
		vmm_fail(td, "out of memory");
	td->caps->cpuid.nent = MAX_CPUID;
	must_tdx(td, td->fd, KVM_TDX_CAPABILITIES, 0, td->caps, "KVM_TDX_CAPABILITIES");
	if (td->caps->cpuid.nent > MAX_CPUID)
		vmm_fail(td, "KVM_TDX_CAPABILITIES: %u CPUID entries", td->caps->cpuid.nent);
	get_cpuid(td);
}

/* KVM has no other way to say that the module is short of entropy or keys. */
static void init_vm_retrying(struct td *td, struct kvm_tdx_init_vm *init)
{
	uint64_t hw_error;

	while (tdx(td->fd, KVM_TDX_INIT_VM, 0, init, &hw_error)) {
		if (errno != EAGAIN || td->init_vm_again == RETRIES)
			vmm_fail(td, "KVM_TDX_INIT_VM: %s (SEAMCALL status %#lx)", strerror(errno), hw_error);
		td->init_vm_again++;
		usleep(RETRY_US);
	}
	if (td->init_vm_again)
		vmm_say(td, "KVM_TDX_INIT_VM succeeded after %lu times EAGAIN", td->init_vm_again);
}

static const struct kvm_cpuid_entry2 *find(const struct kvm_cpuid2 *c, uint32_t leaf,
					   uint32_t subleaf)
{
	unsigned i;

	for (i = 0; i < c->nent; i++)
		if (c->entries[i].function == leaf && c->entries[i].index == subleaf)
			return &c->entries[i];
	return NULL;
}

/* Of the bits that the module lets a host choose, those that KVM can do. */
static void choose(struct td *td, struct kvm_cpuid_entry2 *e)
{
	const struct kvm_cpuid_entry2 *can = find(td->cpuid, e->function, e->index);

	/* KVM looks for an entry of the leaf, and only for one of the subleaf if it is told so. */
	e->flags = KVM_CPUID_FLAG_SIGNIFCANT_INDEX;
	if (e->function == 0x80000008) {
		e->eax = GPA_BITS << 16;
		e->ebx = e->ecx = e->edx = 0;
		return;
	}
	e->eax &= can ? can->eax : 0;
	e->ebx &= can ? can->ebx : 0;
	e->ecx &= can ? can->ecx : 0;
	e->edx &= can ? can->edx : 0;
}

static void init_vm(struct td *td)
{
	struct kvm_tdx_init_vm *init = calloc(1, sizeof(*init) + CPUID_BYTES(MAX_CPUID));
	unsigned i;

	if (!init)
		vmm_fail(td, "out of memory");
	init->attributes = td->caps->supported_attrs & SEPT_VE_DISABLE;
	init->xfam = td->caps->supported_xfam & XFAM_WANTED;
	memcpy(&init->cpuid, &td->caps->cpuid,
	       sizeof(init->cpuid) + CPUID_BYTES(td->caps->cpuid.nent));
	for (i = 0; i < init->cpuid.nent; i++)
		choose(td, &init->cpuid.entries[i]);
	init_vm_retrying(td, init);
	free(init);
}

/* A TD's vCPUs start 16 bytes below 4 GiB. */
static uint64_t image_gpa(const struct td *td)
{
	return (1ul << 32) - td->image_bytes;
}

static void memory(struct td *td)
{
	uint64_t ram = (uint64_t)td->options->memory_mib << 20;
	struct slot *slot = vmm_memory_add(td, 0, ram, true);

	if (td->options->kernel)
		vmm_linux_load(td, slot);
	vmm_memory_add(td, image_gpa(td), td->image_bytes, true);
	td->shared = vmm_memory_add(td, SHARED_GPA, PAGE, false);
}

static void create_vcpu(struct td *td, struct vcpu *v, size_t run_bytes)
{
	v->td = td;
	v->fd = ioctl(td->fd, KVM_CREATE_VCPU, v->index);
	if (v->fd < 0)
		vmm_fail(td, "KVM_CREATE_VCPU %u: %s", v->index, strerror(errno));
	if (ioctl(v->fd, KVM_SET_CPUID2, td->cpuid))
		vmm_fail(td, "KVM_SET_CPUID2 of vCPU %u: %s", v->index, strerror(errno));
	v->run = mmap(NULL, run_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, v->fd, 0);
	if (v->run == MAP_FAILED)
		vmm_fail(td, "kvm_run of vCPU %u: %s", v->index, strerror(errno));
	/* RCX of the guest at its start: how much memory it has, and when it halts. */
	must_tdx(td, v->fd, KVM_TDX_INIT_VCPU, 0, (void *)(td->slot[0].bytes | td->options->rounds),
		 "KVM_TDX_INIT_VCPU");
}

static void vcpus(struct td *td)
{
	int run_bytes = ioctl(td->kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	unsigned i;

	if (run_bytes < (int)sizeof(struct kvm_run))
		vmm_fail(td, "KVM_GET_VCPU_MMAP_SIZE: %d", run_bytes);
	for (i = 0; i < td->options->vcpus; i++) {
		td->vcpu[i].index = i;
		create_vcpu(td, &td->vcpu[i], run_bytes);
	}
}

/* KVM counts up in the structure, so a signal in between does no harm. */
static void add(struct td *td, uint64_t gpa, const void *from, uint64_t bytes)
{
	struct kvm_tdx_init_mem_region m = {
		.source_addr = (uintptr_t)from, .gpa = gpa, .nr_pages = bytes / PAGE,
	};
	int fd = td->vcpu[0].fd;
	uint64_t hw_error;

	while (tdx(fd, KVM_TDX_INIT_MEM_REGION, KVM_TDX_MEASURE_MEMORY_REGION, &m, &hw_error)) {
		if (errno != EINTR && errno != EAGAIN)
			vmm_fail(td, "KVM_TDX_INIT_MEM_REGION at %#llx: %s (SEAMCALL status %#lx)", m.gpa,
			     strerror(errno), hw_error);
	}
}

static void first_page(struct td *td)
{
	add(td, image_gpa(td), td->image, PAGE);
}

static void image(struct td *td)
{
	unsigned i;

	add(td, image_gpa(td) + PAGE, td->image + PAGE, td->image_bytes - PAGE);
	for (i = 0; i < td->nr_ranges; i++)
		add(td, td->range[i].gpa, td->range[i].from, td->range[i].bytes);
}

static void finalize(struct td *td)
{
	must_tdx(td, td->fd, KVM_TDX_FINALIZE_VM, 0, NULL, "KVM_TDX_FINALIZE_VM");
}

static const struct step {
	const char *name;
	void (*run)(struct td *td);
} steps[] = {
	{ "create", create }, { "init-vm", init_vm }, { "memory", memory }, { "vcpus", vcpus },
	{ "first-page", first_page }, { "image", image }, { "finalize", finalize },
};

#define NR_STEPS	(sizeof(steps) / sizeof(steps[0]))

const char *vmm_build_step_name(unsigned i)
{
	return i < NR_STEPS ? steps[i].name : NULL;
}

static void maybe_pause(struct td *td, const char *step)
{
	unsigned i;
	int c;

	for (i = 0; i < td->options->nr_pauses; i++) {
		if (strcmp(td->options->pause[i], step))
			continue;
		vmm_say(td, "paused after %s", step);
		while ((c = getchar()) != EOF && c != '\n')
			;
	}
}

void vmm_build(struct td *td)
{
	unsigned i;

	for (i = 0; i < NR_STEPS; i++) {
		steps[i].run(td);
		maybe_pause(td, steps[i].name);
	}
}
