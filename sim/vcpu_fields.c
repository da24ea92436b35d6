// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Metadata fields of a vCPU: TDH.VP.RD and TDH.VP.WR, once the vCPU is this LP's. */
#include "td_fields.h"

#define DESCRIPTOR_BYTES	64u	/* of posted interrupts */
#define MAX_VECTOR		255u
#define LP_NONE			0xffffffffu	/* ASSOC_LPID */

enum source {
	HIDDEN = SIM_FIELD_HIDDEN,
	CONSTANT,
	STORED,			/* the host's value; @value says where */
	MSR_BITMAP, TSC_OFFSET, TSC_MULTIPLIER, EPTP, HKID,
	INDEX, NR_PAGES, LP, EPOCH, XFAM, PAGE_PA,
	STATE_DETAILS,		/* bit 0: an interrupt is pending */
};

/*
 * The format of td_fields.c. Class 0: fields of the VMCS by their encoding. A writable field's
 * @value is its index in vps->field.
 */
static const struct sim_field vcpu_fields[] = {
	/* VMCS: controls. */
	{ 0x0024000100000000, 1, HIDDEN },
	{ 0x0024000100000002, 1, STORED, .value = SIM_VCPU_VECTOR, .writable = 0xffff },
	{ 0x0024000100000004, 2, HIDDEN },
	{ 0x0024000100000800, 11, HIDDEN },			/* guest selectors and others */
	{ 0x0024000300002000, 2, HIDDEN },
	{ 0x0024000300002004, 1, MSR_BITMAP },
	{ 0x0024000300002006, 4, HIDDEN },
	{ 0x002400030000200e, 1, CONSTANT, .value = UINT64_MAX },	/* PML address: none */
	{ 0x0024000300002010, 1, TSC_OFFSET },
	{ 0x0024000300002012, 2, HIDDEN },
	{ 0x0024000300002016, 1, STORED, .value = SIM_VCPU_DESCRIPTOR,
	  .writable = ~(DESCRIPTOR_BYTES - 1ULL) },
	{ 0x0024000300002018, 1, CONSTANT },			/* VM functions */
	{ 0x002400030000201a, 1, EPTP },
	{ 0x002400030000201c, 4, HIDDEN },
	{ 0x0024000300002024, 1, CONSTANT },			/* EPTP list */
	{ 0x0024000300002026, 5, HIDDEN },
	{ 0x0024000300002032, 1, TSC_MULTIPLIER },
	{ 0x0024000300002034, 4, HIDDEN },
	{ 0x002400030000203c, 1, STORED, .value = SIM_VCPU_SHARED_EPTP,
	  .readable = 0x000ffffffffff000, .writable = 0x000ffffffffff000 },
	{ 0x002400030000203e, 2, HIDDEN },
	{ 0x002400030000204a, 2, HIDDEN },
	{ 0x0024000300002400, 1, HIDDEN },
	{ 0x0024000300002800, 9, HIDDEN },			/* guest MSRs and others */
	{ 0x0024000300002814, 3, HIDDEN },
	{ 0x0024000200004000, 1, STORED, .value = SIM_VCPU_PIN,
	  .readable = SIM_POSTED_INTERRUPTS, .writable = SIM_POSTED_INTERRUPTS },
	{ 0x0024000200004002, 12, HIDDEN },
	{ 0x002400020000401a, 2, HIDDEN },
	{ 0x002400020000401e, 1, STORED, .value = SIM_VCPU_SECONDARY,
	  .readable = 0xc0000000, .writable = 0xc0000000 },
	{ 0x0024000200004020, 2, CONSTANT },			/* PLE gap and window */
	{ 0x0024000200004024, 1, STORED, .value = SIM_VCPU_NOTIFY_WINDOW,
	  .writable = 0xffffffff },
	{ 0x0024000200004026, 1, HKID },
	{ 0x0024000200004400, 8, HIDDEN },			/* exit information */
	{ 0x0024000200004800, 22, HIDDEN },			/* guest state */
	{ 0x002400020000482e, 1, HIDDEN },
	{ 0x0024000300006000, 8, HIDDEN },
	{ 0x0024000300006400, 6, HIDDEN },
	{ 0x0024000300006800, 23, HIDDEN },
	{ 0x0024000300006c08, 1, HIDDEN },			/* host state */
	{ 0x0024000300006c14, 2, HIDDEN },
	{ 0x0024000300006c1a, 1, HIDDEN },
	/* Virtual APIC, #VE, registers. */
	{ 0x0120000300000000, 128, HIDDEN },
	{ 0x0220000200000000, 6, HIDDEN },
	{ 0x8220000200000010, 2, HIDDEN },
	{ 0x1020000300000000, 16, HIDDEN },
	{ 0x1120000300000000, 4, HIDDEN },
	{ 0x1120000300000006, 1, HIDDEN },
	{ 0x1120000300000020, 1, HIDDEN },
	{ 0x1120000300000028, 1, HIDDEN },
	{ 0x9120000300000100, 1, STATE_DETAILS },
	{ 0x1220000300000000, 1536, HIDDEN },
	/* MSRs. */
	{ 0x1320000300000048, 1, HIDDEN }, { 0x13200003000000e1, 1, HIDDEN },
	{ 0x1320000300000122, 1, HIDDEN }, { 0x1320000300000186, 8, HIDDEN },
	{ 0x13200003000001a6, 2, HIDDEN }, { 0x13200003000001c4, 2, HIDDEN },
	{ 0x1320000300000309, 7, HIDDEN }, { 0x1320000300000329, 1, HIDDEN },
	{ 0x132000030000038d, 2, HIDDEN }, { 0x13200003000003f1, 2, HIDDEN },
	{ 0x13200003000003f6, 2, HIDDEN }, { 0x13200003000004c1, 8, HIDDEN },
	{ 0x1320000300000600, 1, HIDDEN }, { 0x1320000300000da0, 1, HIDDEN },
	{ 0x13200003000014cf, 1, HIDDEN }, { 0x1320000300001b01, 1, HIDDEN },
	{ 0x1320000300002081, 2, HIDDEN }, { 0x1320000300002084, 1, HIDDEN },
	{ 0x1320000300002102, 2, HIDDEN },
	/* Management. */
	{ 0xa020000000000000, 1, HIDDEN },			/* VCPU_STATE */
	{ 0xa020000200000002, 1, INDEX },
	{ 0xa020000000000003, 1, NR_PAGES },
	{ 0xa020000200000004, 1, LP },
	{ 0xa020000300000006, 1, EPOCH },
	{ 0xa020000000000007, 2, CONSTANT },			/* CPUID raises no #VE */
	{ 0xa02000030000000a, 1, HIDDEN },
	{ 0x202000000000000b, 1, STORED, .value = SIM_VCPU_PEND_NMI, .writable = 0xff },
	{ 0x202000030000000c, 1, XFAM },
	{ 0xa02000000000000d, 3, HIDDEN },
	{ 0xa020000300000010, SIM_TDVPS_MAX_PAGES, PAGE_PA },
	{ 0xa020000300000030, 3, HIDDEN },
	{ 0xa020000000000040, 3, HIDDEN },
	{ 0xa020000000000044, 28, HIDDEN },
	{ 0xa020000300000080, 32, HIDDEN },
	{ 0xa0200002000000a4, 20, HIDDEN },
	{ 0xa020000300000100, 24, HIDDEN },
	{ 0xa120000000000000, 128, HIDDEN },			/* CPUID control */
	{ 0xa220000300000200, 32, HIDDEN },			/* EPT violation log */
};

static const struct sim_field_set vcpu_field_set = {
	vcpu_fields, SS_ARRAY_SIZE(vcpu_fields)
};

/* Hidden controls that are on, so a host cannot write the whole field. */
#define PIN_DEFAULT		0x3fu
#define SECONDARY_DEFAULT	0x3a2u
#define VECTOR_NONE		0xffffu

void sim_vcpu_fields_begin(struct sim_tdvps *vps)
{
	vps->field[SIM_VCPU_VECTOR] = VECTOR_NONE;
	vps->field[SIM_VCPU_DESCRIPTOR] = UINT64_MAX;
	vps->field[SIM_VCPU_SHARED_EPTP] = UINT64_MAX;
	vps->field[SIM_VCPU_PIN] = PIN_DEFAULT;
	vps->field[SIM_VCPU_SECONDARY] = SECONDARY_DEFAULT;
}

/* ---- reading --------------------------------------------------------------------------------- */

static uint64_t page_pa(const struct sim *s, const struct sim_vcpu *v, uint32_t i)
{
	if (i >= v->vps->nr_pages)
		return 0;
	return sim_frame_pa(s, i ? v->vps->pages[i - 1] : v->page.frame);
}

static uint64_t of_td(const struct sim *s, const struct sim_vcpu *v, enum source from)
{
	const struct sim_tdcs *tdcs = v->td.tdcs;

	switch (from) {
	case MSR_BITMAP:
		return sim_frame_pa(s, v->td.tdr->tdcx[SIM_MSR_BITMAP_TDCX]);
	case TSC_OFFSET:
		return tdcs->tsc_offset;
	case TSC_MULTIPLIER:
		return sim_tsc_multiplier(tdcs);
	case EPTP:
		return sim_eptp(s, tdcs);
	case HKID:
		return v->td.tdr->hkid;
	default:
		return tdcs->xfam;
	}
}

static uint64_t value_of(struct sim_call *c, const struct sim_vcpu *v,
			 const struct sim_field_at *at)
{
	switch ((enum source)at->field->from) {
	case CONSTANT:
		return at->field->value;
	case STORED:
		return v->vps->field[at->field->value];
	case INDEX:
		return v->vps->index;
	case NR_PAGES:
		return v->vps->nr_pages;
	case LP:
		return c->lp;
	case EPOCH:
		return v->vps->epoch;
	case STATE_DETAILS:
		return v->vps->interrupt_pending;
	case PAGE_PA:
		return page_pa(c->s, v, at->element);
	default:
		return of_td(c->s, v, at->field->from);
	}
}

static uint64_t visible(const struct sim_field *field)
{
	return field->readable ? field->readable : sim_field_mask(field);
}

uint64_t sim_vcpu_field_read(struct sim_call *c, const struct sim_vcpu *v, uint64_t id)
{
	struct sim_field_at at;

	if (id == SIM_NO_FIELD && c->version == 1) {
		c->r->rdx = sim_field_first(c->s, &vcpu_field_set);
		return SS_TDX_METADATA_FIRST_FIELD_ID_IN_CONTEXT;
	}
	if (!sim_field_find(c->s, &vcpu_field_set, id, &at))
		return SS_TDX_METADATA_FIELD_ID_INCORRECT;
	if (at.field->from == HIDDEN)
		return SS_TDX_METADATA_FIELD_NOT_READABLE;
	c->r->r8 = value_of(c, v, &at) & visible(at.field);
	if (c->version == 1)
		c->r->rdx = sim_field_next(c->s, &vcpu_field_set, &at);
	return SS_TDX_SUCCESS;
}

/* ---- writing --------------------------------------------------------------------------------- */

/* May the field have @value? */
static uint64_t check_value(const struct sim_tdvps *vps, uint64_t which, uint64_t value)
{
	switch (which) {
	case SIM_VCPU_VECTOR:
		return value > MAX_VECTOR ? SS_TDX_METADATA_FIELD_VALUE_NOT_VALID : SS_TDX_SUCCESS;
	case SIM_VCPU_DESCRIPTOR:
		return sim_shared_pa(value, DESCRIPTOR_BYTES) ? SS_TDX_SUCCESS :
		       SS_TDX_METADATA_FIELD_VALUE_NOT_VALID;
	case SIM_VCPU_SHARED_EPTP:
		return sim_shared_pa(value, SS_PAGE) ? SS_TDX_SUCCESS :
		       SS_TDX_METADATA_FIELD_VALUE_NOT_VALID;
	case SIM_VCPU_PIN:
		break;
	default:
		return SS_TDX_SUCCESS;
	}
	/* Posted interrupts need a vector and a descriptor; the status names the missing one. */
	if (value & SIM_POSTED_INTERRUPTS && vps->field[SIM_VCPU_VECTOR] == VECTOR_NONE)
		return sim_status(SS_TDX_TD_VMCS_FIELD_NOT_INITIALIZED, 0x0002);
	if (value & SIM_POSTED_INTERRUPTS && vps->field[SIM_VCPU_DESCRIPTOR] == UINT64_MAX)
		return sim_status(SS_TDX_TD_VMCS_FIELD_NOT_INITIALIZED, 0x2016);
	return SS_TDX_SUCCESS;
}

/* An address that was never set is all ones, also in bits that a host cannot write. */
static uint64_t value_before(const struct sim_tdvps *vps, const struct sim_field *field)
{
	uint64_t value = vps->field[field->value];

	return value == UINT64_MAX ? value & field->writable : value;
}

static uint64_t change(struct sim_tdvps *vps, const struct sim_field *field, uint64_t value,
		       uint64_t mask)
{
	uint64_t writable = field->writable & mask, before, status;

	if (!writable)
		return SS_TDX_METADATA_FIELD_NOT_WRITABLE;
	before = value_before(vps, field);
	/* A mask may name other bits too if @value leaves them unchanged. */
	if ((before ^ value) & mask & ~field->writable)
		return SS_TDX_METADATA_FIELD_VALUE_NOT_VALID;
	value = (before & ~writable) | (value & writable);
	status = check_value(vps, field->value, value);
	if (!status)
		vps->field[field->value] = value;
	return status;
}

uint64_t sim_vcpu_field_write(struct sim_call *c, const struct sim_vcpu *v, uint64_t id,
			      uint64_t value, uint64_t mask)
{
	struct sim_field_at at;
	uint64_t before, status;

	if (!sim_field_find(c->s, &vcpu_field_set, id, &at))
		return SS_TDX_METADATA_FIELD_ID_INCORRECT;
	if (!at.field->writable)
		return SS_TDX_METADATA_FIELD_NOT_WRITABLE;
	before = v->vps->field[at.field->value] & visible(at.field);
	status = change(v->vps, at.field, value, mask);
	if (!status)
		c->r->r8 = before;
	return status;
}
