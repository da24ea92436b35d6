/* SPDX-License-Identifier: GPL-2.0-only */
/* What every part asks for: LPs, memory, the clock, the model, the vCPU that runs. */
#include "qemu/osdep.h"
#include "cpu.h"
#include "qemu/error-report.h"
#include "qemu/timer.h"
#include "parts.h"

static struct seam_lp lps[SEAM_MAX_LPS];
static struct sim *model;
static const struct seam_options *options;

struct sim *seam_model(void)
{
	return model;
}

void seam_set_model(struct sim *new)
{
	model = new;
}

const struct seam_options *seam_options(void)
{
	return options;
}

void seam_set_options(const struct seam_options *chosen)
{
	options = chosen;
}

uint64_t ss_now_ns(void)
{
	return qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
}

void ss_broken(const char *file, int line, const char *what)
{
	error_report("seam: %s:%d: expected %s, which does not hold. This is a fault of the model",
		     file, line, what);
	abort();
}

/* ---- LPs ------------------------------------------------------------------------------------- */

struct seam_lp *seam_lp(CPUX86State *env)
{
	return &lps[env_cpu(env)->cpu_index];
}

bool seam_in_td(CPUX86State *env)
{
	return seam_lp(env)->in_td;
}

void seam_reset_lps(void)
{
	uint32_t i;

	for (i = 0; i < SEAM_MAX_LPS; i++) {
		g_free(lps[i].host);
		lps[i] = (struct seam_lp){ .vmcs = SEAM_NO_VMCS };
	}
}

struct seam_td *seam_td(CPUX86State *env)
{
	return sim_guest_page(model, env_cpu(env)->cpu_index, 0);
}

void seam_rdtsc(CPUX86State *env, uint64_t *tsc)
{
	if (seam_in_td(env))
		*tsc = sim_guest_tsc(model, env_cpu(env)->cpu_index);
	else if (model)
		*tsc = ss_now_ns();
}

uint64_t seam_xcr0(CPUX86State *env)
{
	return seam_in_td(env) ? seam_lp(env)->guest.xfam : UINT64_MAX;
}

/* ---- memory ---------------------------------------------------------------------------------- */

static struct seam_ram ram;

static void *within(uint8_t *base, uint64_t size, uint64_t offset, size_t bytes)
{
	return offset < size && bytes <= size - offset ? base + offset : NULL;
}

void *seam_map(void *ctx, uint64_t pa, size_t bytes)
{
	pa &= (1ULL << SIM_HKID_SHIFT) - 1;
	if (pa < SEAM_HIGH)
		return within(ram.low, ram.low_bytes, pa, bytes);
	if (pa < SEAM_BIOS)
		return within(ram.high, ram.high_bytes, pa - SEAM_HIGH, bytes);
	return within(ram.bios, ram.bios_bytes, pa - SEAM_BIOS, bytes);
}

struct seam_ram *seam_ram(void)
{
	return &ram;
}
