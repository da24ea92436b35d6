// SPDX-License-Identifier: GPL-2.0-only
/* The driver's side of the stand-in, in builds for tests. See ../driver/step_stand_in.h. */
#include "../driver/step_stand_in.h"

#include "../common/stand_in.h"

#include <linux/module.h>

/* Constant while the driver is loaded. */
static const struct seam_stand_in *stand_in;

void step_stand_in_get(void)
{
	stand_in = symbol_get(seamsim_stand_in);
}

void step_stand_in_put(void)
{
	if (stand_in)
		symbol_put(seamsim_stand_in);
	stand_in = NULL;
}

const u8 *step_signer(void)
{
	return stand_in ? stand_in->signer : ss_signer_intel;
}

bool step_has_vmx(void)
{
	return !stand_in || stand_in->has_vmx;
}

const char *step_stand_in_name(void)
{
	if (!stand_in)
		return NULL;
	return stand_in->has_vmx ? "with a signer for tests" : "a software model";
}

const char *step_td_functions(unsigned long *tdr_page_at)
{
	if (!stand_in || !stand_in->module)
		return NULL;
	*tdr_page_at = offsetof(struct stand_in_td, tdr_page);
	return stand_in->module;
}

void step_window_begins(void)
{
	if (stand_in && stand_in->window_begin)
		stand_in->window_begin();
}

void step_window_ends(void)
{
	if (stand_in && stand_in->window_end)
		stand_in->window_end();
}
