// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* TDH.MNG.INIT: what the host may ask for a TD (TD_PARAMS, 8.4). */
#include "../core/bytes.h"
#include "td.h"

#define TD_PARAMS_BYTES		1024u
#define CPUID_VALUES		256u	/* offset */
#define MAX_L2_VMS		3u
#define GPAW			1u	/* in CONFIG_FLAGS: private addresses up to bit 50 */
#define ARCH_CAPABILITIES	1u	/* in the MSR configuration byte: the value follows */
#define IA32_TSC_ADJUST		0x3bu
#define LINEAR_BITS		48u
#define XFAM_AVX512		(7ULL << 5)	/* the group's components come together */
#define XFAM_AMX		(3ULL << 17)

/* The fields of TD_PARAMS that are numbers. */
struct td_params {
	uint64_t attributes, xfam, eptp_controls, config_flags;
	uint16_t max_vcpus, tsc_frequency;
	uint8_t num_l2_vms;
	uint32_t ept_levels;
	const uint8_t *raw;
};

static void parse(const uint8_t *p, struct td_params *params)
{
	params->attributes = ss_get64(p);
	params->xfam = ss_get64(p + 8);
	params->max_vcpus = ss_get16(p + 16);
	params->num_l2_vms = p[18];
	params->eptp_controls = ss_get64(p + 24);
	params->config_flags = ss_get64(p + 32);
	params->tsc_frequency = ss_get16(p + 40);
	params->ept_levels = (uint32_t)(params->eptp_controls >> 3 & 7) + 1;
	params->raw = p;
}

static bool zero(const uint8_t *p, uint32_t bytes)
{
	while (bytes--)
		if (p[bytes])
			return false;
	return true;
}

static uint64_t invalid(enum sim_operand operand)
{
	return sim_status(SS_TDX_OPERAND_INVALID, operand);
}

static bool attributes_valid(const struct td_params *params)
{
	return !(params->attributes & ~SIM_ATTRIBUTES_FIXED0) &&
	       !(~params->attributes & SIM_ATTRIBUTES_FIXED1);
}

/* True if @xfam has all of these components or none. */
static bool whole(uint64_t xfam, uint64_t components)
{
	return !(xfam & components) || (xfam & components) == components;
}

static bool xfam_valid(const struct td_params *params)
{
	return !(params->xfam & ~SIM_XFAM_FIXED0) && !(~params->xfam & SIM_XFAM_FIXED1) &&
	       whole(params->xfam, XFAM_AVX512) && whole(params->xfam, XFAM_AMX);
}

/* Modules that report the maximum of vCPUs enforce it; other modules take any number. */
static bool max_vcpus_valid(const struct sim *s, const struct td_params *params)
{
	return params->max_vcpus &&
	       (!sim_has(s, SIM_TOPOLOGY_ENUM) || params->max_vcpus <= SIM_MAX_VCPUS);
}

/* Wide addresses need five levels. */
static bool eptp_valid(const struct td_params *params)
{
	return (params->eptp_controls & 7) == SIM_EPT_WRITE_BACK &&
	       !(params->eptp_controls >> 6) &&
	       (params->ept_levels == 5 ||
		(params->ept_levels == 4 && !(params->config_flags & GPAW)));
}

/* Checks what the TD is and what its control pages must have room for. */
static uint64_t check_size(struct sim_call *c, const struct sim_td *td,
			   const struct td_params *params)
{
	if (!attributes_valid(params))
		return invalid(SIM_OP_ATTRIBUTES);
	if (!xfam_valid(params))
		return invalid(SIM_OP_XFAM);
	if (!max_vcpus_valid(c->s, params))
		return invalid(SIM_OP_MAX_VCPUS);
	if (params->num_l2_vms > MAX_L2_VMS)
		return invalid(SIM_OP_NUM_L2_VMS);
	if (td->tdr->nr_tdcx < SIM_TDCS_PAGES + params->num_l2_vms)
		return SS_TDX_TDCS_NOT_ALLOCATED;
	if (!zero(params->raw + 20, 4))
		return invalid(SIM_OP_RDX);
	return SS_TDX_SUCCESS;
}

static uint64_t check_execution(struct sim_call *c, const struct td_params *params)
{
	if (params->config_flags & ~SIM_CONFIG_FLAGS_FIXED0)
		return invalid(SIM_OP_EXEC_CONTROLS);
	if (!eptp_valid(params))
		return invalid(SIM_OP_EPTP_CONTROLS);
	if (params->tsc_frequency < 4 || params->tsc_frequency > 400)
		return invalid(SIM_OP_TSC_FREQUENCY);
	/* MNG.INIT checks no other MSR. */
	if (c->s->lps[c->lp].platform.tsc_adjust != c->m->t.sampled_tsc_adjust)
		return sim_status(SS_TDX_INCONSISTENT_MSR, IA32_TSC_ADJUST);
	if (!zero(params->raw + 42, 38) || params->raw[19] & ~ARCH_CAPABILITIES ||
	    !zero(params->raw + 232, 24))
		return invalid(SIM_OP_RDX);
	return SS_TDX_SUCCESS;
}

/* A value may set only configurable bits. The checks follow the order of the module's list. */
static uint64_t check_cpuid(struct sim_call *c, const uint8_t *p)
{
	const uint8_t *values = p + CPUID_VALUES;
	uint32_t i;

	for (i = 0; i < SIM_CPUID_CONFIGS; i++, values += 16) {
		if (ss_get64(values) & ~sim_cpuid_configs[i].value[0] ||
		    ss_get64(values + 8) & ~sim_cpuid_configs[i].value[1]) {
			c->r->rcx = sim_cpuid_configs[i].leaf;
			return invalid(SIM_OP_CPUID_CONFIG);
		}
	}
	return zero(values, (uint32_t)(p + TD_PARAMS_BYTES - values)) ? SS_TDX_SUCCESS :
	       invalid(SIM_OP_RDX);
}

static uint64_t check_arch_capabilities(const uint8_t *p)
{
	if (!(p[19] & ARCH_CAPABILITIES) && !zero(p + 224, 8))
		return invalid(SIM_OP_ARCH_CAPABILITIES);
	return SS_TDX_SUCCESS;
}

static uint64_t check_params(struct sim_call *c, const struct sim_td *td,
			     const struct td_params *params)
{
	uint64_t status;

	status = check_size(c, td, params);
	if (!status)
		status = check_execution(c, params);
	if (!status)
		status = check_cpuid(c, params->raw);
	if (!status)
		status = check_arch_capabilities(params->raw);
	return status;
}

/* ---- values that follow ---------------------------------------------------------------------- */

/* The TD's clock begins at 0 now. */
static uint64_t tsc_offset(const struct td_params *params)
{
	return 0 - sim_tsc_scaled(ss_now_ns(), params->tsc_frequency);
}

/* Leaf 1, where 0 asks for the CPU's own number, and leaf 0x80000008. */
static void set_cpuid(const struct sim *s, struct sim_tdcs *tdcs, const uint8_t *values)
{
	uint32_t i;

	for (i = 0; i < SIM_CPUID_CONFIGS; i++, values += 16) {
		tdcs->cpuid[i][0] = ss_get64(values);
		tdcs->cpuid[i][1] = ss_get64(values + 8);
	}
	if (!(tdcs->cpuid[SIM_CPUID_VERSION][0] & UINT32_MAX))
		tdcs->cpuid[SIM_CPUID_VERSION][0] |= s->config.fms[0];
	tdcs->cpuid[SIM_CPUID_ADDRESSES][0] |= LINEAR_BITS << 8 | SIM_MAXPA;
}

static void note_params(struct sim_tdcs *tdcs, const struct td_params *params)
{
	tdcs->attributes = params->attributes;
	tdcs->xfam = params->xfam;
	tdcs->max_vcpus = params->max_vcpus;
	tdcs->num_l2_vms = params->num_l2_vms;
	tdcs->config_flags = params->config_flags;
	tdcs->gpaw = params->config_flags & GPAW;
	tdcs->gpa_bits = tdcs->gpaw ? 51 : 47;
	tdcs->tsc_frequency = params->tsc_frequency;
	tdcs->tsc_offset = tsc_offset(params);
	memcpy(tdcs->mrconfigid, params->raw + 80, SS_SHA384_BYTES);
	memcpy(tdcs->mrowner, params->raw + 128, SS_SHA384_BYTES);
	memcpy(tdcs->mrownerconfig, params->raw + 176, SS_SHA384_BYTES);
}

static void start(struct sim_call *c, struct sim_td *td, const struct td_params *params)
{
	struct sim_tdcs *tdcs = td->tdcs;

	note_params(tdcs, params);
	set_cpuid(c->s, tdcs, params->raw + CPUID_VALUES);
	tdcs->root = td->tdr->tdcx[SIM_SEPT_ROOT_TDCX];
	tdcs->root_level = params->ept_levels - 1;
	ss_store(&tdcs->epoch, 1);
	ss_store(&tdcs->topology, 1);
	sim_mrtd_begin(c, tdcs);
	tdcs->op_state = SIM_INITIALIZED;
}

static uint64_t mng_init(struct sim_call *c, struct sim_td *td, uint64_t params_pa)
{
	struct td_params params;
	const uint8_t *p = NULL;
	uint64_t status;

	if (sim_shared_pa(params_pa, TD_PARAMS_BYTES))
		p = sim_map(c, params_pa, TD_PARAMS_BYTES);
	if (!p)
		return invalid(SIM_OP_RDX);
	parse(p, &params);
	status = check_params(c, td, &params);
	if (!status)
		start(c, td, &params);
	return status;
}

uint64_t sim_mng_init(struct sim_call *c)
{
	uint64_t tdr_pa = c->r->rcx, status;
	struct sim_td td;

	c->r->rcx = 0;
	if (c->s->lps[c->lp].platform.limit_cpuid)
		return SS_TDX_LIMIT_CPUID_MAXVAL_SET;
	status = sim_td_open(c, tdr_pa, SIM_OP_RCX, true, &td);
	if (status)
		return status;
	status = mng_init(c, &td, c->r->rdx);
	sim_td_unlock(&td);
	return status;
}
