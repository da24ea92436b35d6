// SPDX-License-Identifier: GPL-2.0-only
/* The software SEAM inside a kernel: module load and unload, and the interface to the driver. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "seamsim.h"
#include "../common/stand_in.h"

#include <asm/cpufeature.h>
#include <asm/msr.h>
#include <linux/hex.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/string.h>

#define MSR_MKTME_KEYID_PARTITIONING	0x87

static char *signer = "";
module_param(signer, charp, 0444);
MODULE_PARM_DESC(signer, "SHA-384 of the signing key's modulus, 96 hexadecimal digits");

/* ---- the stand-in ---------------------------------------------------------------------------- */

static void window_begin(void)
{
	seamsim_windows++;
	seamsim_tds_note();
	seamsim_faults_begin();
	sim_window_begin(seamsim);
}

static void window_end(void)
{
	sim_window_end(seamsim);
	seamsim_faults_end();
	seamsim_tds_compare();
}

struct seam_stand_in seamsim_stand_in = {
	.module = KBUILD_MODNAME,
	.window_begin = window_begin,
	.window_end = window_end,
};
EXPORT_SYMBOL_GPL(seamsim_stand_in);

/* ---- module ---------------------------------------------------------------------------------- */

/*
 * On a processor whose SEAM is turned off SEAMCALL raises #GP, which seamsim cannot emulate. On a
 * processor with SEAM turned on there must be no second one.
 */
static bool seam_may_exist(void)
{
	u32 lo, private_keyids;

	if (boot_cpu_has(X86_FEATURE_TDX_HOST_PLATFORM))
		return true;
	return !rdmsr_safe(MSR_MKTME_KEYID_PARTITIONING, &lo, &private_keyids) && private_keyids;
}

static int parse_signer(void)
{
	u8 *out = seamsim_stand_in.signer;

	if (strlen(signer) == 2 * SS_SHA384_BYTES && !hex2bin(out, signer, SS_SHA384_BYTES))
		return 0;
	pr_err("signer=: expected 96 hexadecimal digits, the SHA-384 of the key's modulus\n");
	return -EINVAL;
}

static int __init start(void)
{
	struct sim_audit audit;
	int err = seamsim_machine_init(seamsim_stand_in.signer);

	if (err)
		return err;
	err = seamsim_trap_init();
	if (err) {
		seamsim_machine_exit();
		return err;
	}
	seamsim_debugfs_init();
	sim_audit(seamsim, &audit);
	pr_info("software model of TDX Module %s on %u LPs; the model protects nothing\n",
		audit.version, seamsim_nr_lps);
	return 0;
}

static int __init seamsim_module_init(void)
{
	if (seam_may_exist()) {
		pr_err("this processor may have SEAM; the model does not load beside real SEAM\n");
		return -EEXIST;
	}
	return parse_signer() ?: start();
}

static void __exit seamsim_module_exit(void)
{
	seamsim_debugfs_exit();
	seamsim_noise_set(0);
	seamsim_tds_exit();
	seamsim_trap_exit();
	seamsim_machine_exit();
}

module_init(seamsim_module_init);
module_exit(seamsim_module_exit);
MODULE_DESCRIPTION("Software SEAM: a model of the P-SEAMLDR and the TDX Module");
MODULE_LICENSE("GPL");
