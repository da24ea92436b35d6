/* SPDX-License-Identifier: GPL-2.0-only */
/* CPUID in a TD: the model virtualises what this CPU says. */
#include "qemu/osdep.h"
#include "parts.h"

void seam_native_cpuid(void *ctx, uint32_t lp, uint32_t leaf, uint32_t subleaf, uint32_t out[4])
{
	CPUX86State *env = &X86_CPU(qemu_get_cpu(lp))->env;

	cpu_x86_cpuid(env, leaf, subleaf, &out[0], &out[1], &out[2], &out[3]);
}

bool seam_td_cpuid(CPUX86State *env, uint32_t leaf, uint32_t subleaf, uint32_t out[4])
{
	return sim_guest_cpuid(seam_model(), env_cpu(env)->cpu_index, leaf, subleaf, out);
}
