// SPDX-License-Identifier: GPL-2.0-only
/* SEAMCALLs on this machine, and the CPU state that SEAMCALLs depend on. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "seamstep.h"

#include "../common/insn.h"
#include "step_stand_in.h"

#include <asm/cpufeature.h>
#include <asm/msr.h>
#include <asm/special_insns.h>
#include <linux/bits.h>
#include <linux/io.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/preempt.h>
#include <linux/smp.h>

#define CREATE_TRACE_POINTS
#include "step_trace.h"

#define FIELD_MINOR_VERSION	0x0800000100000003ULL	/* specification 7 */
#define FIELD_MAJOR_VERSION	0x0800000100000004ULL
#define FIELD_UPDATE_VERSION	0x0800000100000005ULL

#define VMX_BASIC_KEEPS_VMCS_HI	BIT(28)		/* bit 60 */
#define MISC_ENABLE_LIMIT_CPUID		BIT(22)

static bool vmcs_erratum;
static struct ss_word vmcs_lost_on;	/* CPU + 1; 0: none */
static DEFINE_MUTEX(seamldr_lock);	/* one P-SEAMLDR call at a time outside the window */

bool step_machine_has_vmcs_erratum(void)
{
	return vmcs_erratum;
}

/*
 * On a processor with the erratum a P-SEAMLDR call clears the CPU's current VMCS. This function
 * restores the VMCS. Interrupts are off, so that KVM does not use the VMCS in between. The launch
 * state of the VMCS cannot be restored, see docs/linux.md.
 */
static u64 call_seamldr(struct ss_regs *regs, bool *vmcs_lost)
{
	u64 vmcs = INSN_NO_VMCS, status;

	lockdep_assert_irqs_disabled();
	*vmcs_lost = false;
	if (vmcs_erratum && !insn_vmptrst(&vmcs))
		return SS_TDX_SEAMCALL_UD;
	status = insn_seamcall(regs);
	*vmcs_lost = vmcs != INSN_NO_VMCS && !insn_vmptrld(vmcs);
	return status;
}

#define MAX_TRIES	10	/* of a call whose failure passes by itself, as in a window */

static enum step_guard guard_builds;
static u32 builds_found;
static bool withheld;
static const char *blind;
static struct ss_word has_written, nr_repaired;

/* What the last window has left in @word, once. */
static u64 take(struct ss_word *word)
{
	u64 value = ss_load(word);

	ss_store(word, 0);
	return value;
}

int step_machine_vmcs_lost_on(void)
{
	return (int)take(&vmcs_lost_on) - 1;
}

bool step_machine_was_written(void)
{
	return take(&has_written);
}

u32 step_machine_repaired(void)
{
	return take(&nr_repaired);
}

u32 step_machine_builds_found(void)
{
	return builds_found;
}

bool step_machine_withheld_shutdown(void)
{
	return withheld;
}

const char *step_machine_blind(void)
{
	return blind;
}

/*
 * A module with TDX_FEATURES0 bit 47 refuses to shut down while a TD is being built. With
 * guard_builds the driver returns the same status for any module, without a SEAMCALL.
 */
static bool shutdown_would_hurt(void)
{
	builds_found = guard_builds == STEP_GUARD_NONE ? 0 : step_tds_building();
	blind = builds_found || guard_builds != STEP_GUARD_ALL ? NULL :
		step_probes_blind_in_window();
	withheld = builds_found || blind;
	return withheld;
}

/* These leaves only read. Those of the module run on CPU 0, whose caches a kexec writes back. */
static bool writes(u64 leaf)
{
	return leaf != SS_LEAF_SEAMLDR_INFO && leaf != SS_LEAF_TDH_SYS_RD &&
	       leaf != SS_LEAF_TDH_PHYMEM_PAGE_RDMD;
}

static uint64_t window_seamcall(void *ctx, uint32_t lp, struct ss_regs *regs)
{
	bool vmcs_lost = false;
	u64 status;

	if (regs->rax == SS_LEAF_TDH_SYS_SHUTDOWN && shutdown_would_hurt())
		return SS_TDX_UPDATE_COMPATIBILITY_SENSITIVE;
	if (writes(regs->rax))
		ss_store(&has_written, 1);
	trace_seamstep_seamcall_begin(lp, regs->rax);
	status = regs->rax & SS_LEAF_SEAMLDR ? call_seamldr(regs, &vmcs_lost) : insn_seamcall(regs);
	if (vmcs_lost)
		ss_cas(&vmcs_lost_on, 0, raw_smp_processor_id() + 1);
	trace_seamstep_seamcall_end(lp, regs->rax, status, regs->rdx);
	return status;
}

static void window_trace(void *ctx, uint32_t lp, uint32_t step, uint32_t image, bool begin)
{
	if (begin)
		trace_seamstep_step_begin(lp, step, image);
	else
		trace_seamstep_step_end(lp, step, image);
}

/*
 * No CPU can leave VMX operation while the machine is stopped, so the result holds for the whole
 * window. VMPTRST changes nothing, and faults outside VMX operation.
 */
static uint64_t window_check_lp(void *ctx, uint32_t lp)
{
	u64 vmcs;

	if (step_has_vmx() && !(__read_cr4() & X86_CR4_VMXE))
		return SS_TDX_SEAMCALL_UD;
	return insn_vmptrst(&vmcs) ? 0 : SS_TDX_SEAMCALL_UD;
}

/* The only wrong setting that firmware leaves on and a running kernel can safely change. */
static bool window_repair(void *ctx, uint32_t lp, uint64_t leaf, uint64_t status)
{
	u32 lo, hi;

	if (!ss_status_eq(status, SS_TDX_LIMIT_CPUID_MAXVAL_SET) ||
	    rdmsr_safe(MSR_IA32_MISC_ENABLE, &lo, &hi) || !(lo & MISC_ENABLE_LIMIT_CPUID))
		return false;
	if (wrmsr_safe(MSR_IA32_MISC_ENABLE, lo & ~MISC_ENABLE_LIMIT_CPUID, hi))
		return false;
	ss_add(&nr_repaired, 1);
	return true;
}

void step_machine_fill(struct ss_machine *machine, u32 nr_lps, enum step_guard guard)
{
	lockdep_assert_held(&step_lock);
	ss_store(&vmcs_lost_on, 0);
	ss_store(&has_written, 0);
	ss_store(&nr_repaired, 0);
	guard_builds = guard;
	builds_found = 0;
	withheld = false;
	blind = NULL;
	*machine = (struct ss_machine){
		.nr_lps = nr_lps, .seamcall = window_seamcall, .check_lp = window_check_lp,
		.repair = window_repair, .trace = window_trace,
	};
}

/* ---- from process context -------------------------------------------------------------------- */

void step_say_vmcs_lost(int cpu)
{
	pr_crit("CPU %d lost its current VMCS; virtual machines on it may fail\n", cpu);
}

static u64 seamldr_once(u64 leaf, u64 pa)
{
	struct ss_regs regs = { .rax = leaf, .rcx = pa };
	unsigned long flags;
	bool vmcs_lost;
	u64 status;
	int cpu;

	mutex_lock(&seamldr_lock);
	local_irq_save(flags);
	cpu = smp_processor_id();
	status = call_seamldr(&regs, &vmcs_lost);
	local_irq_restore(flags);
	mutex_unlock(&seamldr_lock);
	if (vmcs_lost)
		step_say_vmcs_lost(cpu);
	return status;
}

u64 step_seamldr_call(u64 leaf, u64 pa)
{
	u32 tries = MAX_TRIES;
	u64 status;

	do
		status = seamldr_once(leaf, pa);
	while (ss_status_class(leaf, status) == SS_CLASS_NOW && --tries);
	return status;
}

static u64 read_field(u64 field, u64 *value)
{
	struct ss_regs regs;
	u32 tries = MAX_TRIES;
	u64 status;

	lockdep_assert_preemption_disabled();
	do {
		regs = (struct ss_regs){ .rax = SS_LEAF_TDH_SYS_RD, .rdx = field };
		status = insn_seamcall(&regs);
	} while (ss_status_class(regs.rax, status) == SS_CLASS_NOW && --tries);
	*value = regs.r8;
	return status;
}

u64 step_read_field(u64 field, u64 *value)
{
	u64 status;

	preempt_disable();
	status = read_field(field, value);
	preempt_enable();
	return status;
}

/* With preemption off no update can stop the machine, so one module answers all three reads. */
u64 step_read_version(struct ss_version *version)
{
	u64 major = 0, minor = 0, update = 0, status;

	preempt_disable();
	status = read_field(FIELD_MAJOR_VERSION, &major);
	if (!status)
		status = read_field(FIELD_MINOR_VERSION, &minor);
	if (!status)
		status = read_field(FIELD_UPDATE_VERSION, &update);
	preempt_enable();
	*version = (struct ss_version){ (u16)major, (u16)minor, (u16)update };
	return status;
}

/* The kept version: three numbers of 16 bits, and whether they are known. One word: never torn. */
#define VERSION_KNOWN	BIT_ULL(63)
static u64 kept_version;

bool step_version(struct ss_version *version)
{
	u64 kept = READ_ONCE(kept_version);

	*version = (struct ss_version){ (u16)(kept >> 32), (u16)(kept >> 16), (u16)kept };
	return kept & VERSION_KNOWN;
}

void step_version_keep(const struct ss_version *version)
{
	WRITE_ONCE(kept_version, version ? VERSION_KNOWN | (u64)version->major << 32 |
				 (u64)version->minor << 16 | version->update : 0);
}

u64 step_version_refresh(struct ss_version *version)
{
	u64 status = step_read_version(version);

	step_version_keep(status ? NULL : version);
	return status;
}

/* ---- what is here ---------------------------------------------------------------------------- */

/* If the MSR cannot be read, the processor is taken to have the erratum. */
static bool read_vmcs_erratum(void)
{
	u32 lo, hi;

	return rdmsr_safe(MSR_IA32_VMX_BASIC, &lo, &hi) || !(hi & VMX_BASIC_KEEPS_VMCS_HI);
}

/*
 * A module that an update has lost can still answer TDH.SYS.RD. TDH.PHYMEM.PAGE.RDMD reads the
 * metadata of a page and changes nothing. The module's dispatcher lets it through in state READY
 * only (specification 6.1, 6.2). The module locks the metadata for that, in private memory, and the
 * kernel does not know that this CPU's caches have to be written back before a kexec.
 */
static u64 ask_whether_ready(void)
{
	struct ss_regs regs = {
		.rax = SS_LEAF_TDH_PHYMEM_PAGE_RDMD, .rcx = page_to_phys(ZERO_PAGE(0)),
	};
	u64 status;

	preempt_disable();
	status = insn_seamcall(&regs);
	wbinvd();
	preempt_enable();
	return status;
}

static bool is_not_ready(u64 status)
{
	return ss_status_eq(status, SS_TDX_SYS_NOT_READY) ||
	       ss_status_eq(status, SS_TDX_SYS_SHUTDOWN) ||
	       ss_status_eq(status, SS_TDX_SYS_LP_INIT_NOT_DONE) ||
	       status == SS_TDX_SEAMCALL_VMFAILINVALID;
}

static int look_for_module(void)
{
	struct ss_version version;
	const char *model = step_stand_in_name();
	u64 status = step_version_refresh(&version);

	if (status) {
		pr_err("no TDX Module answers: %s (%s)\n",
		       ss_status_name(SS_LEAF_TDH_SYS_RD, status),
		       ss_status_text(SS_LEAF_TDH_SYS_RD, status));
		return -ENODEV;
	}
	status = ask_whether_ready();
	if (is_not_ready(status)) {
		pr_err("the TDX Module is not ready: %s; either an earlier update lost it, which only a reboot ends, or the kernel has not initialised it: load kvm_intel with tdx=1\n",
		       ss_status_name(SS_LEAF_TDH_PHYMEM_PAGE_RDMD, status));
		return -ENODEV;
	}
	pr_info("TDX Module %u.%u.%02u%s%s\n", version.major, version.minor, version.update,
		model ? ", " : "", model ?: "");
	return 0;
}

/* In a virtual machine on a host with TDX a SEAMCALL ends the machine: no host emulates it. */
static bool is_tdx_host(void)
{
	if (step_stand_in_name() || boot_cpu_has(X86_FEATURE_TDX_HOST_PLATFORM))
		return true;
	pr_err("the kernel has not found a TDX host platform: expected TDX in the BIOS, and a kernel with CONFIG_INTEL_TDX_HOST\n");
	return false;
}

int step_machine_init(void)
{
	int err;

	step_stand_in_get();
	if (!is_tdx_host()) {
		step_machine_exit();
		return -ENODEV;
	}
	vmcs_erratum = read_vmcs_erratum();
	err = look_for_module();
	if (err)
		step_machine_exit();
	return err;
}

void step_machine_exit(void)
{
	step_stand_in_put();
}
