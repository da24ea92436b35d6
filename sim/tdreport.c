// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* TDG.MR.RTMR.EXTEND and TDG.MR.REPORT: what a guest measures, and what attests the TD. */
#include "guest_cpu.h"
#include "formats.h"
#include "sept.h"

#define REPORT_BYTES	1024u
#define DATA_BYTES	64u	/* of the guest's own */
#define MAC_BYTES	32u
#define TYPE_TDX	0x81u

/* TDREPORT_STRUCT. */
enum {
	REPORT_TYPE		= 0,
	REPORT_TCB_HASH		= 32,		/* of the part from REPORT_TCB on */
	REPORT_TD_HASH		= 80,		/* of the part from REPORT_TD on */
	REPORT_DATA		= 128,
	REPORT_MAC		= 224,
	REPORT_TCB		= 256,
	REPORT_TCB_SVN		= 264,
	REPORT_MRSEAM		= 280,
	REPORT_MRSIGNERSEAM	= 328,
	REPORT_SEAM_ATTRIBUTES	= 376,
	REPORT_TCB_SVN_2	= 384,
	REPORT_TCB_END		= 495,
	REPORT_TD		= 512,
	REPORT_ATTRIBUTES	= 512,
	REPORT_XFAM		= 520,
	REPORT_MRTD		= 528,
	REPORT_MRCONFIGID	= 576,
	REPORT_MROWNER		= 624,
	REPORT_MROWNERCONFIG	= 672,
	REPORT_RTMR		= 720,
};

/* Which words of the part are valid: all up to TCB_SVN_2. */
#define TCB_VALID	0x301ffULL

static void hash(const void *data, size_t bytes, uint8_t out[SS_SHA384_BYTES])
{
	struct sim_sha384 sha;

	sim_sha384_init(&sha);
	sim_sha384_update(&sha, data, bytes);
	sim_sha384_final(&sha, out);
}

/* The guest's private memory at an operand, which does not cross pages. */
static uint64_t guest_memory(struct sim_call *c, uint64_t gpa, uint64_t align,
			     enum sim_operand operand, void **va)
{
	uint64_t pa;
	uint32_t frame;

	if (gpa & (align - 1) ||
	    sim_guest_translate(c->s, c->lp, gpa, &pa) != SIM_GUEST_MAPPED ||
	    !sim_frame_at(c->s, pa, &frame))
		return sim_status(SS_TDX_OPERAND_INVALID, operand);
	if (c->s->config.is_damaged && c->s->config.is_damaged(c->s->config.ctx, pa))
		return SIM_GUEST_DAMAGED;
	*va = (uint8_t *)sim_frame_place(c->s, frame) + (gpa & (SS_PAGE - 1));
	return SS_TDX_SUCCESS;
}

uint64_t sim_rtmr_extend(struct sim_call *c, const struct sim_vcpu *v)
{
	struct sim_tdcs *tdcs = v->td.tdcs;
	struct sim_sha384 sha;
	uint64_t status;
	void *data;

	status = guest_memory(c, c->r->rcx, DATA_BYTES, SIM_OP_RCX, &data);
	if (status)
		return status;
	if (c->r->rdx >= SIM_RTMRS)
		return sim_status(SS_TDX_OPERAND_INVALID, SIM_OP_RDX);
	if (!sim_try_exclusive(&tdcs->rtmr_lock))
		return SIM_GUEST_AGAIN;
	sim_sha384_init(&sha);
	sim_sha384_update(&sha, tdcs->rtmr[c->r->rdx], SS_SHA384_BYTES);
	sim_sha384_update(&sha, data, SS_SHA384_BYTES);
	sim_sha384_final(&sha, tdcs->rtmr[c->r->rdx]);
	sim_unlock_exclusive(&tdcs->rtmr_lock);
	return SS_TDX_SUCCESS;
}

/* ---- the report ------------------------------------------------------------------------------ */

/* The launch: TCB_SVN. The module that runs now: TCB_SVN_2, MRSEAM. */
static void report_tcb(const struct sim *s, const struct sim_tdr *tdr, uint8_t *report)
{
	const struct sim_seamextend *e = &s->seamextend;

	ss_put64(report + REPORT_TCB, TCB_VALID);
	report[REPORT_TCB_SVN] = tdr->svn_minor;
	report[REPORT_TCB_SVN + 1] = tdr->svn_major;
	memcpy(report + REPORT_MRSEAM, e->mrseam, SS_SHA384_BYTES);
	memcpy(report + REPORT_MRSIGNERSEAM, e->mrsigner, SS_SHA384_BYTES);
	ss_put64(report + REPORT_SEAM_ATTRIBUTES, e->attributes);
	report[REPORT_TCB_SVN_2] = e->svn_minor;
	report[REPORT_TCB_SVN_2 + 1] = e->svn_major;
}

static void report_td(const struct sim_tdcs *tdcs, uint8_t *report)
{
	ss_put64(report + REPORT_ATTRIBUTES, tdcs->attributes);
	ss_put64(report + REPORT_XFAM, tdcs->xfam);
	memcpy(report + REPORT_MRTD, tdcs->mrtd, SS_SHA384_BYTES);
	memcpy(report + REPORT_MRCONFIGID, tdcs->mrconfigid, SS_SHA384_BYTES);
	memcpy(report + REPORT_MROWNER, tdcs->mrowner, SS_SHA384_BYTES);
	memcpy(report + REPORT_MROWNERCONFIG, tdcs->mrownerconfig, SS_SHA384_BYTES);
	memcpy(report + REPORT_RTMR, tdcs->rtmr, sizeof(tdcs->rtmr));
}

/* Only the CPU that made a report can check its MAC. The model's is a hash with no secret. */
static void report_mac(uint8_t *report, const uint8_t data[DATA_BYTES])
{
	uint8_t digest[SS_SHA384_BYTES];

	report[REPORT_TYPE] = TYPE_TDX;
	hash(report + REPORT_TCB, REPORT_TCB_END - REPORT_TCB, report + REPORT_TCB_HASH);
	hash(report + REPORT_TD, REPORT_BYTES - REPORT_TD, report + REPORT_TD_HASH);
	memcpy(report + REPORT_DATA, data, DATA_BYTES);
	hash(report, REPORT_MAC, digest);
	memcpy(report + REPORT_MAC, digest, MAC_BYTES);
}

uint64_t sim_mr_report(struct sim_call *c, const struct sim_vcpu *v)
{
	uint8_t data[DATA_BYTES];
	void *report, *source;
	uint64_t status;

	status = guest_memory(c, c->r->rcx, REPORT_BYTES, SIM_OP_RCX, &report);
	if (!status)
		status = guest_memory(c, c->r->rdx, DATA_BYTES, SIM_OP_RDX, &source);
	if (status)
		return status;
	if (c->r->r8)
		return sim_status(SS_TDX_OPERAND_INVALID, SIM_OP_R8);
	/* The two can overlap. */
	memcpy(data, source, DATA_BYTES);
	memset(report, 0, REPORT_BYTES);
	report_tcb(c->s, v->td.tdr, report);
	report_td(v->td.tdcs, report);
	report_mac(report, data);
	return SS_TDX_SUCCESS;
}
