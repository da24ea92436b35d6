// SPDX-License-Identifier: GPL-2.0-only
/*
 * Probes on the kernel functions that build TDs. The probes note each TD whose build has begun. No
 * probe changes what a function does.
 *
 * The first argument of each probed function is a structure that names the TDR page. The offset of
 * the TDR page comes from the kernel's header, see Kbuild. Without that header nothing is probed.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "seamstep.h"

#include "step_stand_in.h"

#include <linux/kprobes.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pfn.h>
#include <linux/ptrace.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#define NOT_KNOWN	(~0UL)

#ifdef STEP_TDX_TD_IS_KNOWN
#include <linux/kvm_types.h>
#include <asm/tdx.h>
static const unsigned long kernel_tdr_page_at = offsetof(struct tdx_td, tdr_page);
static_assert(__same_type(((struct tdx_td *)0)->tdr_page, struct page *));
#else
static const unsigned long kernel_tdr_page_at = NOT_KNOWN;
#endif

static char *probes = "";
module_param(probes, charp, 0444);
MODULE_PARM_DESC(probes, "place of the functions that build TDs: vmlinux, a module, or none");

static bool placed;
static char why_not[96];
static unsigned long tdr_page_at;
static u32 beats;		/* changed with step_lock held */
static u32 skipped_before;	/* likewise, read without it: what an operator says is harmless */

/* ---- handlers: preemption off, any context --------------------------------------------------- */

/* The TDR of the TD that a function was called for; 0 if unknown. */
static u64 tdr_of(struct pt_regs *regs)
{
	unsigned long td = regs_get_kernel_argument(regs, 0);
	struct page *page;

	if (copy_from_kernel_nofault(&page, (void *)(td + tdr_page_at), sizeof(page)) || !page)
		return 0;
	return PFN_PHYS(page_to_pfn(page));
}
NOKPROBE_SYMBOL(tdr_of);

static int note(struct kprobe *p, struct pt_regs *regs)
{
	u64 tdr = tdr_of(regs);

	if (tdr)
		step_tds_note(tdr);
	else
		step_tds_miss();
	return 0;
}
NOKPROBE_SYMBOL(note);

static int forget(struct kprobe *p, struct pt_regs *regs)
{
	step_tds_forget(tdr_of(regs));
	return 0;
}
NOKPROBE_SYMBOL(forget);

/* A probe on this function shows whether kprobes are switched on (kprobes/enabled in debugfs). */
static noinline void heartbeat(void)
{
	barrier();
}

static int beat(struct kprobe *p, struct pt_regs *regs)
{
	WRITE_ONCE(beats, 1);
	return 0;
}
NOKPROBE_SYMBOL(beat);

static int finalize_begins(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	*(u64 *)ri->data = tdr_of(regs);
	return 0;
}
NOKPROBE_SYMBOL(finalize_begins);

static int finalize_ends(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	if (!regs_return_value(regs))
		step_tds_forget(*(u64 *)ri->data);
	return 0;
}
NOKPROBE_SYMBOL(finalize_ends);

/* ---- placing them ---------------------------------------------------------------------------- */

/*
 * A build that began before the probes were placed is noted when it adds its next vCPU or page.
 * TDH.MNG.KEY.FREEID leaves the TD dead, whether the call succeeds or not.
 */
static const struct {
	const char *function;
	kprobe_pre_handler_t before;
	void (*own)(void);	/* the function, if it is in this driver */
} wanted[] = {
	{ "tdh_mng_init", note },
	{ "tdh_vp_create", note },
	{ "tdh_mem_page_add", note },
	{ "tdh_mng_key_freeid", forget },
	{ "heartbeat", beat, heartbeat },
};

#define NR_PROBES	ARRAY_SIZE(wanted)
#define NAME_MAX_BYTES	(MODULE_NAME_LEN + 32)

static char names[NR_PROBES + 1][NAME_MAX_BYTES];
static struct kprobe kprobes[NR_PROBES], *kprobe_list[NR_PROBES];
static struct kretprobe finalize = {
	.entry_handler = finalize_begins, .handler = finalize_ends, .data_size = sizeof(u64),
};

static const char *name_in(const char *where, u32 i, const char *function)
{
	bool kernel = !strcmp(where, "vmlinux");

	scnprintf(names[i], sizeof(names[i]), "%s%s%s", kernel ? "" : where, kernel ? "" : ":",
		  function);
	return names[i];
}

/* The kernel looks for a name without a module in modules too. Such a match does not count. */
static bool is_elsewhere(const char *where, const void *address)
{
	unsigned long at = (unsigned long)address;

	return !strcmp(where, "vmlinux") && at >= MODULES_VADDR && at < MODULES_END;
}

static bool say_why_not(const char *where, const char *function, int err)
{
	if (err == -ENOENT)
		scnprintf(why_not, sizeof(why_not), "%s has no %s()", where, function);
	else
		scnprintf(why_not, sizeof(why_not), "cannot probe %s() in %s (%d)", function,
			  where, err);
	return false;
}

/*
 * Linux 7.3 says that a probe is registered where arming it has failed, and forgets the probe. To
 * switch on a probe that is switched on changes nothing, and fails if the kernel does not know it.
 */
static bool place_finalize(const char *where)
{
	static const char function[] = "tdh_mr_finalize";
	int err;

	finalize.kp.symbol_name = name_in(where, NR_PROBES, function);
	err = register_kretprobe(&finalize);
	if (err)
		return say_why_not(where, function, err);
	err = is_elsewhere(where, finalize.kp.addr) ? -ENOENT : enable_kretprobe(&finalize);
	if (!err)
		return true;
	unregister_kretprobe(&finalize);
	return say_why_not(where, function, err);
}

static int place_one(const char *where, u32 i)
{
	struct kprobe *p = &kprobes[i];
	int err;

	*p = (struct kprobe){ .pre_handler = wanted[i].before };
	if (wanted[i].own)
		p->addr = (kprobe_opcode_t *)wanted[i].own;
	else
		p->symbol_name = name_in(where, i, wanted[i].function);
	err = register_kprobe(p);
	if (err)
		return err;
	err = !wanted[i].own && is_elsewhere(where, p->addr) ? -ENOENT : enable_kprobe(p);
	if (err)
		unregister_kprobe(p);
	return err;
}

static bool place_others(const char *where)
{
	u32 i;
	int err;

	for (i = 0; i < NR_PROBES; i++) {
		kprobe_list[i] = &kprobes[i];
		err = place_one(where, i);
		if (err) {
			unregister_kprobes(kprobe_list, i);
			return say_why_not(where, wanted[i].function, err);
		}
	}
	return true;
}

static bool place(const char *where)
{
	unsigned long model_tdr_page_at;
	const char *model;

	if (!strcmp(where, "none")) {
		scnprintf(why_not, sizeof(why_not), "switched off by probes=none");
		return false;
	}
	tdr_page_at = kernel_tdr_page_at;
	model = step_td_functions(&model_tdr_page_at);
	if (model && !strcmp(where, model))
		tdr_page_at = model_tdr_page_at;
	if (tdr_page_at == NOT_KNOWN) {
		scnprintf(why_not, sizeof(why_not),
			  "the kernel's headers do not declare the TD functions as expected");
		return false;
	}
	if (!place_finalize(where))
		return false;
	if (place_others(where))
		return true;
	unregister_kretprobe(&finalize);
	return false;
}

static const char *where(void)
{
	unsigned long unused;

	if (*probes)
		return probes;
	return step_td_functions(&unused) ?: "vmlinux";
}

void step_probes_init(void)
{
	placed = place(where());
	if (placed)
		pr_info("probes in %s see TD builds; an earlier build is not known until its TD gets a vCPU or a page\n",
			where());
	else
		pr_warn("no probes see TD builds: %s\n", why_not);
}

void step_probes_exit(void)
{
	if (!placed)
		return;
	placed = false;
	unregister_kprobes(kprobe_list, NR_PROBES);
	unregister_kretprobe(&finalize);
}

bool step_probes_placed(void)
{
	return placed;
}

/* Probes that did not run, because another probe ran, or too many functions were under way. */
static u32 skipped(void)
{
	u32 i, nr = READ_ONCE(finalize.nmissed) + READ_ONCE(finalize.kp.nmissed);

	for (i = 0; i < NR_PROBES; i++)
		nr += READ_ONCE(kprobes[i].nmissed);
	return nr;
}

/* The kernel gives a probe up when the module that it is in is unloaded. */
static bool gone(void)
{
	u32 i;

	for (i = 0; i < NR_PROBES; i++)
		if (kprobe_gone(&kprobes[i]))
			return true;
	return kprobe_gone(&finalize.kp);
}

/* What was said to be harmless is read first: the other number only grows. */
static void count(struct step_tds *tds)
{
	u32 before = smp_load_acquire(&skipped_before);	/* pairs with forget_missed() */

	step_tds_count(tds);
	tds->missed += skipped() - before;
}

/* With step_lock held, or on the lead in the window. */
static const char *blind(void)
{
	struct step_tds tds;

	if (!placed)
		return why_not;
	if (gone())
		return "the module with the probed functions was unloaded; reload seamstep";
	beats = 0;
	heartbeat();
	if (!READ_ONCE(beats))
		return "kprobes are switched off (kprobes/enabled in debugfs)";
	count(&tds);
	return tds.missed ? "the probes have missed some builds (see td_builds_missed)" : NULL;
}

const char *step_probes_blind(void)
{
	lockdep_assert_held(&step_lock);
	return blind();
}

const char *step_probes_blind_in_window(void)
{
	return blind();
}

u32 step_probes_missed(void)
{
	struct step_tds tds;

	if (!placed)
		return 0;
	count(&tds);
	return tds.missed;
}

void step_probes_forget_missed(void)
{
	lockdep_assert_held(&step_lock);
	smp_store_release(&skipped_before, skipped());	/* pairs with count() */
	step_tds_forget_missed();
}

void step_probes_show(struct seq_file *m)
{
	struct step_tds tds;

	if (!placed) {
		seq_printf(m, "probes=none\nwhy=%s\n", why_not);
		return;
	}
	count(&tds);
	seq_printf(m, "probes=%s\nnoted=%u\nmissed=%u\n", where(), tds.noted, tds.missed);
	seq_puts(m, "unknown=builds that began before the driver, until their TDs get a vCPU or a page\n");
}
