// SPDX-License-Identifier: GPL-2.0-only
/*
 * An update by the step machine of bench_mainline.c. It makes the SEAMCALLs that an update by
 * seamstep.ko makes without faults, each in the matching state of that kernel. It restores the
 * current VMCS as the driver does. So the two ways differ only in how the LPs keep in step.
 *
 * Nothing is checked beforehand, and failures are not handled: not for use.
 */
#include "bench_module.h"

#include "../../linux/common/insn.h"
#include "../../linux/common/stand_in.h"

#include "../../core/image.h"
#include "../../core/seamldr.h"

#include <linux/device.h>
#include <linux/err.h>
#include <linux/firmware.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/preempt.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/vmalloc.h>

#define FIELD_MINOR_VERSION	0x0800000100000003ULL	/* specification 7 */
#define FIELD_MAJOR_VERSION	0x0800000100000004ULL
#define FIELD_UPDATE_VERSION	0x0800000100000005ULL
#define FIELD_MODULE_HV		0x8900000100000000ULL

enum { START, SHUTDOWN, CPU_INSTALL, CPU_INIT, RUN_UPDATE, DONE };

/* SYS.INIT has a row of its own, because every other LP waits for it. */
enum row { ROW_SHUTDOWN, ROW_INSTALL, ROW_SYS_INIT, ROW_LP_INIT, ROW_UPDATE, ROW_NR };
static const char *const row_names[ROW_NR] = {
	"shutdown", "install", "sys-init", "lp-init", "update",
};

struct span {
	u64 begin, end;		/* begin 0: no work in this step */
};

struct lp {
	struct span spans[ROW_NR];
} ____cacheline_aligned;

struct update {
	struct mainline machine;
	raw_spinlock_t seamldr_lock, sysinit_lock;
	bool sysinit_done;	/* with sysinit_lock held */
	int sysinit_result;
	u8 *file, *params, *info;
	struct ss_image image;
	u64 hv;
	struct seam_stand_in *stand_in;
	u64 opened_ns;
	u32 nr_lps;
	struct lp *lps;
};

static struct update *last;	/* for the timeline; the lock of bench_main.c protects it */

/* ---- SEAMCALLs ------------------------------------------------------------------------------- */

static int call(struct ss_regs *regs)
{
	return insn_seamcall(regs) ? -EIO : 0;
}

static int simple(u64 leaf, u64 rcx)
{
	return call(&(struct ss_regs){ .rax = leaf, .rcx = rcx });
}

/* Interrupts off. */
static int seamldr(u64 leaf, u64 pa)
{
	u64 vmcs = INSN_NO_VMCS;
	int result;

	if (!insn_vmptrst(&vmcs))
		return -EIO;
	result = simple(leaf, pa);
	if (vmcs != INSN_NO_VMCS && !insn_vmptrld(vmcs))
		return -EIO;
	return result;
}

static int read_field(u64 field, u64 *value)
{
	struct ss_regs regs = { .rax = SS_LEAF_TDH_SYS_RD, .rdx = field };
	int result = call(&regs);

	*value = regs.r8;
	return result;
}

/* ---- the states ------------------------------------------------------------------------------ */

static struct span *begin(struct update *u, u32 lp, enum row row)
{
	struct span *span = &u->lps[lp].spans[row];

	span->begin = ss_now_ns();
	return span;
}

static int do_shutdown(struct update *u, u32 lp)
{
	struct span *span = begin(u, lp, ROW_SHUTDOWN);
	int result = seamldr(SS_LEAF_SEAMLDR_INFO, virt_to_phys(u->info));

	if (!result)
		result = simple(SS_LEAF_TDH_SYS_SHUTDOWN, u->hv);
	span->end = ss_now_ns();
	return result;
}

static int do_install(struct update *u, u32 lp)
{
	struct span *span;
	int result;

	raw_spin_lock(&u->seamldr_lock);
	span = begin(u, lp, ROW_INSTALL);
	result = seamldr(SS_LEAF_SEAMLDR_INSTALL, virt_to_phys(u->params));
	span->end = ss_now_ns();
	raw_spin_unlock(&u->seamldr_lock);
	return result;
}

static int do_init(struct update *u, u32 lp)
{
	struct span *span;
	int result;

	raw_spin_lock(&u->sysinit_lock);
	if (!u->sysinit_done) {
		span = begin(u, lp, ROW_SYS_INIT);
		u->sysinit_result = simple(SS_LEAF_TDH_SYS_INIT, 0);
		span->end = ss_now_ns();
		u->sysinit_done = true;
	}
	result = u->sysinit_result;
	raw_spin_unlock(&u->sysinit_lock);
	if (result)
		return result;
	span = begin(u, lp, ROW_LP_INIT);
	result = simple(SS_LEAF_TDH_SYS_LP_INIT, 0);
	span->end = ss_now_ns();
	return result;
}

static int do_update(struct update *u, u32 lp)
{
	struct span *span = begin(u, lp, ROW_UPDATE);
	int result = simple(SS_LEAF_TDH_SYS_UPDATE, 0);
	u64 unused;

	if (!result)
		result = read_field(FIELD_MAJOR_VERSION, &unused);
	if (!result)
		result = read_field(FIELD_MINOR_VERSION, &unused);
	if (!result)
		result = read_field(FIELD_UPDATE_VERSION, &unused);
	if (!result)
		result = seamldr(SS_LEAF_SEAMLDR_INFO, virt_to_phys(u->info));
	span->end = ss_now_ns();
	return result;
}

static int perform(void *ctx, u32 lp, u32 state)
{
	struct update *u = ctx;

	switch (state) {
	case SHUTDOWN:
		return lp ? 0 : do_shutdown(u, lp);
	case CPU_INSTALL:
		return do_install(u, lp);
	case CPU_INIT:
		return do_init(u, lp);
	case RUN_UPDATE:
		return lp ? 0 : do_update(u, lp);
	}
	return 0;
}

/* ---- the window ------------------------------------------------------------------------------ */

static int prepare(void *arg, u32 nr_lps)
{
	struct update *u = arg;

	u->nr_lps = nr_lps;
	u->lps = kvcalloc(nr_lps, sizeof(*u->lps), GFP_KERNEL);
	mainline_init(&u->machine, nr_lps, DONE, perform, u);
	return u->lps ? 0 : -ENOMEM;
}

/* The model hears of the window as from the driver. That call is not timed, as in the driver. */
static int run_lp(void *arg)
{
	struct update *u = arg;
	u32 lp = __this_cpu_read(bench_lp);

	if (!lp) {
		u->stand_in->window_begin();
		u->opened_ns = ss_now_ns();
	}
	mainline_run(&u->machine, lp);
	if (!lp)
		u->stand_in->window_end();
	return 0;
}

/* ---- the image ------------------------------------------------------------------------------- */

static u64 page_pa(const u8 *p)
{
	return PFN_PHYS(vmalloc_to_pfn(p));
}

static int build_params(struct update *u, size_t bytes)
{
	struct ss_image_error error;
	u64 *pa;
	u32 i;
	bool good;

	if (!ss_image_parse((struct ss_bytes){ u->file, bytes }, &u->image, &error) ||
	    u->image.module_offset % SS_PAGE)
		return -EINVAL;
	pa = kcalloc(u->image.module_pages, sizeof(*pa), GFP_KERNEL);
	if (!pa)
		return -ENOMEM;
	for (i = 0; i < u->image.module_pages; i++)
		pa[i] = page_pa(u->image.module.p + i * SS_PAGE);
	good = ss_seamldr_params_build(u->params, SS_SCENARIO_UPDATE,
				       page_pa(u->file + u->image.sigstruct_offset), pa,
				       u->image.module_pages);
	kfree(pa);
	return good ? 0 : -EINVAL;
}

static int load(struct update *u, const struct firmware *fw)
{
	u->file = vmalloc(fw->size);
	u->params = (u8 *)get_zeroed_page(GFP_KERNEL);
	u->info = (u8 *)get_zeroed_page(GFP_KERNEL);
	if (!u->file || !u->params || !u->info)
		return -ENOMEM;
	memcpy(u->file, fw->data, fw->size);
	return build_params(u, fw->size);
}

static int load_file(struct update *u, const char *name)
{
	struct device *dev = root_device_register("seambench");
	const struct firmware *fw;
	int err;

	if (IS_ERR(dev))
		return PTR_ERR(dev);
	err = request_firmware_direct(&fw, name, dev);
	if (!err) {
		err = load(u, fw);
		release_firmware(fw);
	}
	root_device_unregister(dev);
	return err;
}

static void release(struct update *u)
{
	if (!u)
		return;
	if (u->stand_in)
		symbol_put(seamsim_stand_in);
	u->stand_in = NULL;
	free_page((unsigned long)u->info);
	free_page((unsigned long)u->params);
	vfree(u->file);
	kvfree(u->lps);
	kfree(u);
}

static int run(struct update *u, const char *name)
{
	int err = load_file(u, name);

	if (err)
		return err;
	preempt_disable();
	err = read_field(FIELD_MODULE_HV, &u->hv);
	preempt_enable();
	if (!err)
		err = bench_stopped(prepare, run_lp, u);
	return err ?: u->machine.num_failed ? -EIO : 0;
}

int bench_update(const char *name)
{
	struct update *u = kzalloc(sizeof(*u), GFP_KERNEL);
	int err = -ENODEV;

	if (!u)
		return -ENOMEM;
	raw_spin_lock_init(&u->seamldr_lock);
	raw_spin_lock_init(&u->sysinit_lock);
	u->stand_in = symbol_get(seamsim_stand_in);
	if (u->stand_in)
		err = run(u, name);
	if (err) {
		release(u);
		return err;
	}
	/* The model must be unloadable, so only the times of a finished update are kept. */
	symbol_put(seamsim_stand_in);
	u->stand_in = NULL;
	release(last);
	last = u;
	return 0;
}

void bench_update_show(struct seq_file *m)
{
	u32 row, lp;

	seq_puts(m, "# step image lp begin_ns end_ns\n");
	for (row = 0; last && row < ROW_NR; row++)
		for (lp = 0; lp < last->nr_lps; lp++) {
			const struct span *span = &last->lps[lp].spans[row];

			if (span->begin)
				seq_printf(m, "%s 0 %u %llu %llu\n", row_names[row], lp,
					   span->begin - last->opened_ns,
					   span->end - last->opened_ns);
		}
}

void bench_update_exit(void)
{
	release(last);
}
