// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* What follows from the values that a TD was initialised with. */
#include "sept.h"

uint64_t sim_eptp(const struct sim *s, const struct sim_tdcs *tdcs)
{
	return sim_frame_pa(s, tdcs->root) | tdcs->root_level << 3 | SIM_EPT_WRITE_BACK;
}

/* Of the native clock, with 48 bits behind the point. */
uint64_t sim_tsc_multiplier(const struct sim_tdcs *tdcs)
{
	return ((uint64_t)tdcs->tsc_frequency << 48) / (SIM_NATIVE_TSC_MHZ / SIM_TSC_UNIT_MHZ);
}
