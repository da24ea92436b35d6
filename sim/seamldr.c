// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The software P-SEAMLDR without INSTALL: dispatch, INFO, SEAMINFO, SHUTDOWN (specification 5). */
#include "seamldr.h"

#define BUILD_DATE		0x20240601u	/* the loader's of the model: any date will do */
#define BUILD_NUM		1u

static void write_seamextend(uint8_t *p, const struct sim_seamextend *e)
{
	ss_put64(p + EXTEND_VALID, e->valid);
	p[EXTEND_SVN_MINOR] = e->svn_minor;
	p[EXTEND_SVN_MAJOR] = e->svn_major;
	memcpy(p + EXTEND_MRSEAM, e->mrseam, sizeof(e->mrseam));
	memcpy(p + EXTEND_MRSIGNER, e->mrsigner, sizeof(e->mrsigner));
	ss_put64(p + EXTEND_ATTRIBUTES, e->attributes);
	p[EXTEND_SEAM_READY] = e->seam_ready;
	p[EXTEND_P_SEAMLDR_READY] = e->p_seamldr_ready;
}

static void fill_info(const struct sim *s, uint8_t *p)
{
	memset(p, 0, INFO_BYTES);
	ss_put32(p + INFO_VENDOR, SEAM_VENDOR);
	ss_put32(p + INFO_BUILD_DATE, BUILD_DATE);
	ss_put16(p + INFO_BUILD_NUM, BUILD_NUM);
	ss_put16(p + INFO_MINOR, s->config.seamldr_line == 2 ? 0 : 5);
	ss_put16(p + INFO_MAJOR, s->config.seamldr_line == 2 ? 2 : 1);
	ss_put32(p + INFO_ACM_X2APICID, s->seamldr->acm_lp);
	ss_put32(p + INFO_REMAINING, s->seamldr->remaining);
	write_seamextend(p + INFO_SEAMEXTEND, &s->seamextend);
}

/* 5.1 */
static uint64_t info(struct sim *s, uint64_t pa)
{
	uint8_t *p;

	/* 1 */
	if (!sim_shared_pa(pa, INFO_BYTES))
		return SS_PSEAMLDR_EBADPARAM;
	/* 3 */
	if (!s->seamldr->remaining)
		sim_seamldr_read_remaining(s);
	/* 2 */
	p = sim_seamldr_map(s, pa, INFO_BYTES);
	if (p)
		fill_info(s, p);
	return SS_TDX_SUCCESS;
}

/* 5.3 */
static uint64_t shutdown(struct sim *s, uint32_t lp)
{
	struct sim_seamldr *l = s->seamldr;

	/* 1 */
	if (lp >= sim_seamldr_lp_limit(s))
		return SS_PSEAMLDR_EUNSPECERR;
	/* 2 */
	if (!l->in_shutdown[lp]) {
		l->in_shutdown[lp] = 1;
		l->lps_in_shutdown++;
	}
	/* 3 */
	if (l->lps_in_shutdown == 1) {
		s->seamextend.seam_ready = 0;
		sim_seamldr_set_gates(s);
	}
	/* 4 */
	if (l->lps_in_shutdown < s->config.nr_lps)
		return SS_TDX_SUCCESS;
	/* 5 */
	if (lp != l->acm_lp)
		return SS_PSEAMLDR_EBADCALL;
	/* 6 */
	memset(&s->seamextend, 0, sizeof(s->seamextend));
	sim_seamldr_set_gates(s);
	return SS_TDX_SUCCESS;
}

/* 5.4 */
static void fill_seaminfo(const struct sim *s, uint8_t *p)
{
	uint32_t i;

	memset(p, 0, SYS_INFO_BYTES);
	ss_put32(p + SYS_INFO_NR_LPS, s->config.nr_lps);
	ss_put32(p + SYS_INFO_NR_SOCKETS, s->config.sockets);
	for (i = 0; i < s->config.sockets; i++)
		ss_put32(p + SYS_INFO_FMS + 4 * i, s->config.fms[i]);
	ss_put64(p + SYS_INFO_RANGE_BASE, SIM_SEAMRR_BASE + SIM_SEAMRR_BYTES - SIM_P_SEAMLDR_BYTES);
	ss_put64(p + SYS_INFO_RANGE_SIZE, SIM_P_SEAMLDR_BYTES);
	for (i = 0; i < s->nr_cmrs; i++) {
		ss_put64(p + SYS_INFO_CMRS + 16 * i, s->cmrs[i].base);
		ss_put64(p + SYS_INFO_CMRS + 16 * i + 8, s->cmrs[i].bytes);
	}
}

static uint64_t seaminfo(const struct sim *s, uint64_t pa)
{
	uint8_t *p;

	if (!sim_shared_pa(pa, SYS_INFO_BYTES))
		return SS_PSEAMLDR_EBADPARAM;
	p = sim_seamldr_map(s, pa, SYS_INFO_BYTES);
	if (p)
		fill_seaminfo(s, p);
	return SS_TDX_SUCCESS;
}

uint64_t sim_seamldr_call(struct sim *s, uint32_t lp, struct ss_regs *r)
{
	/* The first entry makes the P-SEAMLDR's stack canary (2.6), before it looks at the leaf. */
	if (!s->seamldr->entered && !sim_seamldr_entropy(s, lp))
		return SS_PSEAMLDR_EUNSPECERR;
	s->seamldr->entered = true;
	/* RDX is the only output register of a P-SEAMLDR leaf besides RAX. */
	if (r->rax == SS_LEAF_SEAMLDR_INSTALL)
		r->rdx = 0;

	switch (r->rax) {
	case SS_LEAF_SEAMLDR_INFO:
		return info(s, r->rcx);
	case SS_LEAF_SEAMLDR_INSTALL:
		return sim_seamldr_install(s, lp, r);
	case SS_LEAF_SEAMLDR_SHUTDOWN:
		return shutdown(s, lp);
	case SS_LEAF_SEAMLDR_SEAMINFO:
		return seaminfo(s, r->rcx);
	}
	return SS_PSEAMLDR_EBADPARAM;
}
