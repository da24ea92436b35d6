// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* TDH.MNG.INIT: what the host may ask of a TD (TD_PARAMS, 8.4). */
#include "td.h"

#define TD_PARAMS_BYTES		1024u
#define CPUID_VALUES		256u	/* offset */
#define MAX_L2_VMS		3u
#define GPAW			1u	/* in CONFIG_FLAGS: private addresses up to bit 50 */
#define EPT_WRITE_BACK		6u	/* memory type in EPTP_CONTROLS */
#define ROOT_TDCX		1u	/* the TDCX page that is the root of the S-EPT */

static uint64_t number(const uint8_t *p, uint32_t bytes)
{
	uint64_t v = 0;

	while (bytes--)
		v = v << 8 | p[bytes];
	return v;
}

/* The fields of TD_PARAMS that the model looks at. */
struct td_params {
	uint64_t attributes, xfam, eptp_controls, config_flags;
	uint16_t max_vcpus, tsc_frequency;
	uint8_t num_l2_vms;
	uint32_t ept_levels;
};

static void parse(const uint8_t *p, struct td_params *params)
{
	params->attributes = number(p, 8);
	params->xfam = number(p + 8, 8);
	params->max_vcpus = (uint16_t)number(p + 16, 2);
	params->num_l2_vms = p[18];
	params->eptp_controls = number(p + 24, 8);
	params->config_flags = number(p + 32, 8);
	params->tsc_frequency = (uint16_t)number(p + 40, 2);
	params->ept_levels = (uint32_t)(params->eptp_controls >> 3 & 7) + 1;
}

static bool zero(const uint8_t *p, uint32_t bytes)
{
	while (bytes--)
		if (p[bytes])
			return false;
	return true;
}

static bool eptp_valid(const struct td_params *params)
{
	return (params->eptp_controls & 7) == EPT_WRITE_BACK && !(params->eptp_controls >> 6) &&
	       (params->ept_levels == 4 || params->ept_levels == 5);
}

static uint64_t invalid(enum sim_operand operand)
{
	return sim_status(SS_TDX_OPERAND_INVALID, operand);
}

static uint64_t check_params(const struct td_params *params)
{
	if (params->attributes & ~SIM_ATTRIBUTES_FIXED0 ||
	    ~params->attributes & SIM_ATTRIBUTES_FIXED1)
		return invalid(SIM_OP_ATTRIBUTES);
	if (params->xfam & ~SIM_XFAM_FIXED0 || ~params->xfam & SIM_XFAM_FIXED1)
		return invalid(SIM_OP_XFAM);
	if (!params->max_vcpus || params->max_vcpus > SIM_MAX_VCPUS)
		return invalid(SIM_OP_MAX_VCPUS);
	if (params->num_l2_vms > MAX_L2_VMS)
		return invalid(SIM_OP_NUM_L2_VMS);
	if (!eptp_valid(params))
		return invalid(SIM_OP_EPTP_CONTROLS);
	if (params->config_flags & ~SIM_CONFIG_FLAGS_FIXED0 ||
	    (params->config_flags & GPAW && params->ept_levels != 5))
		return invalid(SIM_OP_EXEC_CONTROLS);
	if (params->tsc_frequency < 4 || params->tsc_frequency > 400)
		return invalid(SIM_OP_TSC_FREQUENCY);
	return SS_TDX_SUCCESS;
}

static bool reserved_zero(const uint8_t *p)
{
	return zero(p + 20, 4) && zero(p + 42, 38) && zero(p + 232, 24);
}

/* Only bits that the module lists as configurable may be set, in the order of the list. */
static uint64_t check_cpuid(struct sim_call *c, const uint8_t *p)
{
	const uint8_t *values = p + CPUID_VALUES;
	uint32_t i;

	for (i = 0; i < SIM_CPUID_CONFIGS; i++, values += 16) {
		if (number(values, 8) & ~sim_cpuid_configs[i].value[0] ||
		    number(values + 8, 8) & ~sim_cpuid_configs[i].value[1]) {
			c->r->rcx = sim_cpuid_configs[i].leaf;
			return invalid(SIM_OP_CPUID_CONFIG);
		}
	}
	return zero(values, (uint32_t)(p + TD_PARAMS_BYTES - values)) ? SS_TDX_SUCCESS :
	       invalid(SIM_OP_RDX);
}

static void start(struct sim_call *c, struct sim_td *td, const struct td_params *params)
{
	struct sim_tdcs *tdcs = td->tdcs;

	tdcs->attributes = params->attributes;
	tdcs->xfam = params->xfam;
	tdcs->max_vcpus = params->max_vcpus;
	tdcs->root = td->tdr->tdcx[ROOT_TDCX];
	tdcs->root_level = params->ept_levels - 1;
	tdcs->gpa_bits = params->config_flags & GPAW ? 51 : 47;
	ss_store(&tdcs->epoch, 1);
	sim_mrtd_begin(c, tdcs);
	tdcs->op_state = SIM_INITIALIZED;
}

static uint64_t mng_init(struct sim_call *c, struct sim_td *td, uint64_t params_pa)
{
	const struct sim_lp_state *lp = &c->s->lps[c->lp].platform;
	struct td_params params;
	const uint8_t *p = NULL;
	uint64_t status;

	if (lp->limit_cpuid)
		return SS_TDX_LIMIT_CPUID_MAXVAL_SET;
	if (sim_shared_pa(params_pa, TD_PARAMS_BYTES))
		p = sim_map(c, params_pa, TD_PARAMS_BYTES);
	if (!p || !reserved_zero(p))
		return invalid(SIM_OP_RDX);
	parse(p, &params);
	status = check_params(&params);
	if (!status)
		status = check_cpuid(c, p);
	if (status)
		return status;
	if (lp->odd_msr)
		return sim_status(SS_TDX_INCONSISTENT_MSR, lp->odd_msr);
	if (td->tdr->nr_tdcx < SIM_TDCS_PAGES + params.num_l2_vms)
		return SS_TDX_TDCX_NUM_INCORRECT;
	start(c, td, &params);
	return SS_TDX_SUCCESS;
}

uint64_t sim_mng_init(struct sim_call *c)
{
	uint64_t tdr_pa = c->r->rcx, status;
	struct sim_td td;

	c->r->rcx = 0;
	status = sim_td_open(c, tdr_pa, SIM_OP_RCX, true, &td);
	if (status)
		return status;
	status = mng_init(c, &td, c->r->rdx);
	sim_td_unlock(&td);
	return status;
}
