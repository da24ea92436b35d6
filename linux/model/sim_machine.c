// SPDX-License-Identifier: GPL-2.0-only
/* The software SEAM inside a kernel: the simulated machine. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "seamsim.h"

#include "../../core/seamldr.h"

#include <linux/cpu.h>
#include <linux/device.h>
#include <linux/firmware.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/stop_machine.h>
#include <linux/vmalloc.h>

#define SCRATCH_ORDER		2	/* 16 KiB for sim_boot() */

static char *image = "seamstep/boot.bin";
module_param(image, charp, 0444);
MODULE_PARM_DESC(image, "boot image below /lib/firmware: a container of version 0x200");

static uint updates = 16;
module_param(updates, uint, 0444);
MODULE_PARM_DESC(updates, "updates per boot, 1 to 255");

static uint fms = 0x806f8;
module_param(fms, uint, 0444);
MODULE_PARM_DESC(fms, "CPUID(1).EAX of the simulated machine");

static uint private_pages = 4096;
module_param(private_pages, uint, 0444);
MODULE_PARM_DESC(private_pages, "4 KiB pages of TD private memory");

static uint private_keys = 64;
module_param(private_keys, uint, 0444);
MODULE_PARM_DESC(private_keys, "private key IDs, including the global one");

struct sim *seamsim;
u32 seamsim_nr_lps, seamsim_nr_pages, seamsim_nr_keys, seamsim_windows;
DEFINE_PER_CPU(u32, seamsim_lp) = SEAMSIM_NO_LP;
DEFINE_PER_CPU(u64, seamsim_quantum_end);

static void *machine_memory;

/* ---- callbacks of the model ------------------------------------------------------------------ */

/*
 * Shared memory is the kernel's own, in the direct map. Only the first and the last page of a range
 * are checked. This is enough for the few pages that a SEAMCALL takes.
 */
static void *map(void *ctx, uint64_t pa, size_t bytes)
{
	if (!pfn_valid(PHYS_PFN(pa)) || !pfn_valid(PHYS_PFN(pa + bytes - 1)))
		return NULL;
	return phys_to_virt(pa);
}

/* Interrupts are off while a guest runs, so its time slice is short. */
static bool interrupted(void *ctx, uint32_t lp)
{
	return ss_expired(__this_cpu_read(seamsim_quantum_end));
}

/* ---- stopping -------------------------------------------------------------------------------- */

struct stopped_call {
	void (*fn)(void *arg);
	void *arg;
};

static int call_stopped(void *data)
{
	struct stopped_call *call = data;

	call->fn(call->arg);
	return 0;
}

void seamsim_stopped(void (*fn)(void *arg), void *arg)
{
	struct stopped_call call = { fn, arg };

	stop_machine(call_stopped, &call, NULL);
}

/* ---- power on -------------------------------------------------------------------------------- */

/* A CPU that comes online after the count has no LP number. */
static void number_lps(void)
{
	unsigned int cpu;

	cpus_read_lock();
	for_each_online_cpu(cpu)
		per_cpu(seamsim_lp, cpu) = seamsim_nr_lps++;
	cpus_read_unlock();
}

static int __init power_on(const u8 *signer)
{
	struct sim_config config = {
		.nr_lps = seamsim_nr_lps, .sockets = 1, .fms = { fms }, .updates = updates,
		.private_pages = private_pages, .private_hkids = private_keys,
		.map = map, .interrupted = interrupted,
	};
	size_t bytes;

	memcpy(config.signer, signer, sizeof(config.signer));
	bytes = sim_bytes(&config);
	if (!bytes) {
		pr_err("cannot simulate a machine with %u LPs, %u updates, %u pages, %u keys\n",
		       seamsim_nr_lps, updates, private_pages, private_keys);
		return -EINVAL;
	}
	machine_memory = vzalloc(bytes);
	if (!machine_memory)
		return -ENOMEM;
	seamsim = sim_init(machine_memory, &config);
	seamsim_nr_pages = config.private_pages;
	seamsim_nr_keys = private_keys;
	if (!seamsim)
		return -EINVAL;
	return 0;
}

/* ---- boot ------------------------------------------------------------------------------------ */

/* The boot image, in memory that does not move. The parameters hold each page's address. */
struct boot {
	u8 *file;
	u8 *params, *scratch;
	u64 module_pa[SS_MODULE_MAX_PAGES];
	struct ss_image image;
	struct ss_image_error error;
};

static u64 vmalloc_pa(const u8 *p)
{
	return PFN_PHYS(vmalloc_to_pfn(p)) + offset_in_page(p);
}

static int parse(struct boot *b, size_t bytes)
{
	struct ss_bytes file = { b->file, bytes };
	u32 i;

	if (!ss_image_parse(file, &b->image, &b->error) || b->image.module_offset % SS_PAGE) {
		pr_err("%s: %s: %s (%s); expected a container of version 0x200\n", image,
		       b->error.part ?: "container", ss_image_error_text(b->error.code),
		       b->error.field ?: "version");
		return -EINVAL;
	}
	for (i = 0; i < b->image.module_pages; i++)
		b->module_pa[i] = vmalloc_pa(b->image.module.p + i * SS_PAGE);
	if (!ss_seamldr_params_build(b->params, SS_SCENARIO_LOAD,
				     vmalloc_pa(b->file + b->image.sigstruct_offset),
				     b->module_pa, b->image.module_pages))
		return -EINVAL;
	return 0;
}

static int boot(struct boot *b, size_t bytes)
{
	struct ss_buffer scratch = {
		b->scratch, virt_to_phys(b->scratch), PAGE_SIZE << SCRATCH_ORDER,
	};
	u64 status, leaf = SS_LEAF_SEAMLDR_INSTALL;
	int err = parse(b, bytes);

	if (err)
		return err;
	status = sim_boot(seamsim, virt_to_phys(b->params), scratch, &leaf);
	if (!status)
		return 0;
	pr_err("the boot image %s does not start: %s: %s (%s)\n", image, ss_leaf_name(leaf),
	       ss_status_name(leaf, status), ss_status_text(leaf, status));
	return -EIO;
}

static int boot_file(const struct firmware *fw)
{
	struct boot *b = kzalloc(sizeof(*b), GFP_KERNEL);
	int err = -ENOMEM;

	if (!b)
		return err;
	b->file = vmalloc(fw->size);
	b->params = (u8 *)get_zeroed_page(GFP_KERNEL);
	b->scratch = (u8 *)__get_free_pages(GFP_KERNEL | __GFP_ZERO, SCRATCH_ORDER);
	if (b->file && b->params && b->scratch) {
		memcpy(b->file, fw->data, fw->size);
		err = boot(b, fw->size);
	}
	free_pages((unsigned long)b->scratch, SCRATCH_ORDER);
	free_page((unsigned long)b->params);
	vfree(b->file);
	kfree(b);
	return err;
}

/* Load a TDX Module as the BIOS does, and initialise it as the kernel does. */
static int boot_module(void)
{
	struct device *dev = root_device_register("seamsim");
	const struct firmware *fw;
	int err;

	if (IS_ERR(dev))
		return PTR_ERR(dev);
	err = request_firmware_direct(&fw, image, dev);
	if (err) {
		pr_err("cannot read the boot image /lib/firmware/%s (%d)\n", image, err);
	} else {
		err = boot_file(fw);
		release_firmware(fw);
	}
	root_device_unregister(dev);
	return err;
}

int __init seamsim_machine_init(const u8 *signer)
{
	int err;

	number_lps();
	err = power_on(signer);
	if (!err)
		err = boot_module();
	if (err)
		seamsim_machine_exit();
	return err;
}

void seamsim_machine_exit(void)
{
	vfree(machine_memory);
	machine_memory = NULL;
	seamsim = NULL;
}
