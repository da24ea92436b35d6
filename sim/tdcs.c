// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Values that follow from those that initialised a TD. */
#include "sept.h"

uint64_t sim_eptp(const struct sim *s, const struct sim_tdcs *tdcs)
{
	return sim_frame_pa(s, tdcs->root) | tdcs->root_level << 3 | SIM_EPT_WRITE_BACK;
}

/* The multiplier of the native clock, with 48 fractional bits. */
uint64_t sim_tsc_multiplier(const struct sim_tdcs *tdcs)
{
	return ((uint64_t)tdcs->tsc_frequency << 48) / (SIM_NATIVE_TSC_MHZ / SIM_TSC_UNIT_MHZ);
}

uint64_t sim_tsc_scaled(uint64_t ns, uint16_t frequency)
{
	uint64_t unit = SIM_NATIVE_TSC_MHZ / SIM_TSC_UNIT_MHZ;

	return ns / unit * frequency + ns % unit * frequency / unit;
}
