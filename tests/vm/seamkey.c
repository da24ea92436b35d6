// SPDX-License-Identifier: GPL-2.0-only
/*
 * For a TDX machine whose modules are signed by another key than Intel's: tells seamstep.ko which
 * key.
 */
#include <linux/hex.h>
#include <linux/module.h>
#include <linux/string.h>

#include "../../linux/common/stand_in.h"

static char *signer = "";
module_param(signer, charp, 0444);
MODULE_PARM_DESC(signer, "SHA-384 of the modulus of the key that signs modules, 96 hexadecimal digits");

struct seam_stand_in seamsim_stand_in = { .has_vmx = true };
EXPORT_SYMBOL_GPL(seamsim_stand_in);

static int __init seamkey_init(void)
{
	if (strlen(signer) != 2 * sizeof(seamsim_stand_in.signer) ||
	    hex2bin(seamsim_stand_in.signer, signer, sizeof(seamsim_stand_in.signer))) {
		pr_err("seamkey: signer: expected 96 hexadecimal digits, found \"%s\"\n", signer);
		return -EINVAL;
	}
	return 0;
}
module_init(seamkey_init);

static void __exit seamkey_exit(void)
{
}
module_exit(seamkey_exit);

MODULE_DESCRIPTION("Names the key that signs TDX Modules on this machine");
MODULE_LICENSE("GPL");
