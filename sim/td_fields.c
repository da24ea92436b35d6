// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Metadata fields: how an ID names a field, and the fields of a TD, which TDH.MNG.RD reads. */
#include "td_fields.h"

/*
 * The parts of an ID. An access to one field ignores size, context, the step between codes (bit 50)
 * and bit 63.
 */
#define ID_CODE		0x0000000000ffffffULL
#define ID_CLASS	0x3f00000000000000ULL
#define ID_KEY		(ID_CLASS | ID_CODE)
#define ID_IGNORED	0x8074000300000000ULL
#define ID_SIZE_SHIFT	32
#define ID_STEP_SHIFT	50	/* codes of consecutive fields differ by 2 */

/* ---- names ----------------------------------------------------------------------------------- */

static uint32_t step_of(const struct sim_field *field)
{
	return 1u << (field->id >> ID_STEP_SHIFT & 1);
}

uint64_t sim_field_mask(const struct sim_field *field)
{
	uint32_t bytes = 1u << (field->id >> ID_SIZE_SHIFT & 3);

	return bytes == 8 ? UINT64_MAX : (1ULL << 8 * bytes) - 1;
}

static bool exists(const struct sim *s, const struct sim_field *field)
{
	return !field->needs || sim_has(s, field->needs);
}

bool sim_field_find(const struct sim *s, const struct sim_field_set *set, uint64_t id,
		    struct sim_field_at *at)
{
	const struct sim_field *field;
	uint64_t distance;
	uint32_t i, step;

	if (id & ~(ID_KEY | ID_IGNORED))
		return false;
	for (i = 0; i < set->nr; i++) {
		field = &set->field[i];
		step = step_of(field);
		distance = (id & ID_KEY) - (field->id & ID_KEY);
		if (distance % step || distance / step >= field->count || !exists(s, field))
			continue;
		at->field = field;
		at->element = (uint32_t)(distance / step);
		return true;
	}
	return false;
}

/* The ID of the first readable field from number @i on. */
static uint64_t readable_from(const struct sim *s, const struct sim_field_set *set, uint32_t i)
{
	for (; i < set->nr; i++)
		if (set->field[i].from != SIM_FIELD_HIDDEN && exists(s, &set->field[i]))
			return set->field[i].id;
	return SIM_NO_FIELD;
}

uint64_t sim_field_first(const struct sim *s, const struct sim_field_set *set)
{
	return readable_from(s, set, 0);
}

uint64_t sim_field_next(const struct sim *s, const struct sim_field_set *set,
			const struct sim_field_at *at)
{
	if (at->element + 1 < at->field->count)
		return at->field->id + (uint64_t)(at->element + 1) * step_of(at->field);
	return readable_from(s, set, (uint32_t)(at->field - set->field) + 1);
}

/* ---- fields of a TD -------------------------------------------------------------------------- */

enum source {
	HIDDEN = SIM_FIELD_HIDDEN,
	CONSTANT,
	IN_TDR, IN_TDCS,		/* members that change under the TD's exclusive lock */
	WORD_OF_TDR, WORD_OF_TDCS,	/* words */
	TDCX_PA, EPTP, TSC_MULTIPLIER, VIRT_MAXPA, XBUFF_BYTES, XBUFF_OFFSET, X2APIC,
};

/* A member of a control page, or one of @n elements of the member. */
#define AT(type, member)	.offset = __builtin_offsetof(struct type, member)
#define PART(type, member, n)	.bytes = sizeof(((struct type *)0)->member) / (n)
#define TDR(member, n)		.from = IN_TDR, AT(sim_tdr, member), PART(sim_tdr, member, n)
#define TDCS(member, n)		.from = IN_TDCS, AT(sim_tdcs, member), PART(sim_tdcs, member, n)
#define TDR_WORD(member)	.from = WORD_OF_TDR, AT(sim_tdr, member)
#define TDCS_WORD(member)	.from = WORD_OF_TDCS, AT(sim_tdcs, member)
#define DIGEST_WORDS	(SS_SHA384_BYTES / 8)
#define MAXPA_VIRT	27u	/* bit of TDX_FEATURES0 */

/* IDs, and the choice of readable fields, follow Intel's published modules. */
static const struct sim_field td_fields[] = {
	/* TDR: management, keys, the module at the TD's creation. */
	{ 0x8010000000000001, 1, TDR_WORD(fatal) },
	{ 0x8010000200000002, 1, TDR(nr_tdcx, 1) },
	{ 0x8010000300000004, 1, TDR_WORD(children) },
	{ 0x8010000200000005, 1, TDR(lifecycle, 1) },
	{ 0x8010000300000010, SIM_TDCS_MAX_PAGES, TDCX_PA },
	{ 0x8010000300000020, 4, TDR(uuid, 4) },
	{ 0x8110000100000001, 1, TDR(hkid, 1) },
	{ 0x8110000300000002, 1, TDR(keyed_packages, 1) },
	{ 0x8210000100000000, 1, TDR(module_hv, 1) },
	{ 0x8210000300000001, 1, TDR(seamdb_index, 1) },
	{ 0x8210000300000002, 4, HIDDEN },				/* SEAMDB_NONCE */
	/* TDCS: management. */
	{ 0x9010000200000001, 1, TDCS_WORD(nr_vcpus) },
	{ 0x9010000200000002, 1, TDR_WORD(associated) },
	{ 0x9010000200000004, 1, TDCS(op_state, 1) },
	{ 0x9010000100000005, 1, TDCS(num_l2_vms, 1) },
	/* Execution controls. */
	{ 0x1110000300000000, 1, TDCS(attributes, 1) },
	{ 0x1110000300000001, 1, TDCS(xfam, 1) },
	{ 0x1110000200000002, 1, TDCS(max_vcpus, 1) },
	{ 0x1110000000000003, 1, TDCS(gpaw, 1) },
	{ 0x1110000300000004, 1, EPTP },
	{ 0x111000030000000a, 1, TDCS(tsc_offset, 1) },
	{ 0x111000030000000b, 1, TSC_MULTIPLIER },
	{ 0x111000010000000c, 1, TDCS(tsc_frequency, 1) },
	{ 0x111000030000000d, 1, HIDDEN },				/* VIRTUAL_TSC */
	{ 0x911000010000000e, 1, CONSTANT, .value = SIM_CPUID_CONFIGS },
	{ 0x911000020000000f, 1, XBUFF_BYTES },
	{ 0x9110000300000010, 1, HIDDEN },				/* NOTIFY_ENABLES */
	{ 0x9110000300000011, 1, CONSTANT },				/* HP_LOCK_TIMEOUT */
	{ 0x9110000300000012, 4, CONSTANT },				/* VM_CTLS */
	{ 0x9110000300000016, 1, TDCS(config_flags, 1) },
	{ 0x9110000300000017, 1, HIDDEN },				/* TD_CTLS */
	{ 0x9110000000000018, 1, VIRT_MAXPA, .needs = MAXPA_VIRT },
	{ 0x9110000000000019, 1, TDCS_WORD(topology), .needs = SIM_TOPOLOGY_ENUM },
	{ 0x9110000000000080, 80, HIDDEN },				/* CPUID_VALID */
	{ 0x9110000200000800, 19, XBUFF_OFFSET },
	/* TLB tracking. */
	{ 0x9210000300000000, 1, TDCS_WORD(epoch) },
	{ 0x9210000100000001, 2, TDCS_WORD(running) },
	/* Measurements. */
	{ 0x1310000300000000, DIGEST_WORDS, TDCS(mrtd, DIGEST_WORDS) },
	{ 0x1310000300000010, DIGEST_WORDS, TDCS(mrconfigid, DIGEST_WORDS) },
	{ 0x1310000300000018, DIGEST_WORDS, TDCS(mrowner, DIGEST_WORDS) },
	{ 0x1310000300000020, DIGEST_WORDS, TDCS(mrownerconfig, DIGEST_WORDS) },
	{ 0x1310000300000040, 4 * DIGEST_WORDS, HIDDEN },		/* RTMR */
	/* Virtual MSRs, ARCH_CAPABILITIES and VMX. */
	{ 0x961000030000010a, 1, HIDDEN },
	{ 0x9610000300000480, 1, HIDDEN },
	{ 0x9610000300000485, 5, HIDDEN },
	{ 0x961000030000048b, 9, HIDDEN },
	/* Migration and service TDs, which the model lacks: the fields of a TD without them. */
	{ 0x9810000000000001, 1, CONSTANT },				/* MIG_DEC_KEY_SET */
	{ 0x9810000200000002, 1, CONSTANT },				/* EXPORT_COUNT */
	{ 0x9810000200000003, 1, CONSTANT },				/* IMPORT_COUNT */
	{ 0x9810000200000004, 1, CONSTANT },				/* MIG_EPOCH */
	{ 0x9810000300000005, 1, CONSTANT },				/* BW_EPOCH */
	{ 0x9810000300000006, 1, CONSTANT },				/* TOTAL_MB_COUNT */
	{ 0x9810000300000010, 16, HIDDEN },				/* four keys */
	{ 0x9810000100000020, 1, CONSTANT },				/* MIG_VERSION */
	{ 0x9810000100000021, 1, CONSTANT },				/* MIG_WORKING_VERSION */
	{ 0x9810000300000030, 1, CONSTANT },				/* DIRTY_COUNT */
	{ 0x9810000300000031, 1, CONSTANT },				/* MIG_COUNT */
	{ 0x9810000100000032, 1, CONSTANT },				/* NUM_MIGS */
	{ 0x9810000200000034, 1, CONSTANT },				/* NUM_MIGRATED_VCPUS */
	{ 0x9810000300000040, 4, CONSTANT },				/* PRE_IMPORT_UUID */
	{ 0x9910000300000000, DIGEST_WORDS, CONSTANT },			/* SERVTD_HASH */
	{ 0x9910000100000006, 1, CONSTANT },				/* SERVTD_NUM */
	{ 0x9910000300000080, 16, CONSTANT },				/* SERVTD_BINDINGS_TABLE */
	{ 0x9a10000300000000, 512, CONSTANT },				/* MIGSC_LINKS */
	{ 0x9c10000200000000, 576, X2APIC, .needs = SIM_TOPOLOGY_ENUM },
	/* Pages of the TDCS. */
	{ 0x2010000300000000, 512, HIDDEN },				/* MSR_BITMAPS */
	{ 0x2110000300000000, 512, HIDDEN },				/* SEPT_ROOT */
};

static const struct sim_field_set td_field_set = { td_fields, SS_ARRAY_SIZE(td_fields) };

/* The XSAVE area of a vCPU in compact form: the components' sizes by number. */
static const uint16_t xsave_bytes[] = {
	[2] = 256, [5] = 64, [6] = 512, [7] = 1024, [17] = 64, [18] = 8192,
};

#define XSAVE_LEGACY	576u	/* x87, SSE and the header */

/* The end of the components before number @n. All sizes are multiples of 64. */
static uint32_t xsave_end(uint64_t xfam, uint32_t n)
{
	uint32_t at = XSAVE_LEGACY, i;

	for (i = 2; i < n; i++)
		at += xfam >> i & 1 ? xsave_bytes[i] : 0;
	return at;
}

/* 0 if the TD does not have the component. */
static uint32_t xsave_offset(uint64_t xfam, uint32_t n)
{
	return n >= 2 && xfam >> n & 1 ? xsave_end(xfam, n) : 0;
}

static uint64_t number(const uint8_t *p, uint32_t bytes)
{
	uint64_t v = 0;

	memcpy(&v, p, bytes);
	return v;
}

static uint64_t x2apic(const struct sim_tdcs *tdcs, uint32_t i)
{
	return i < ss_load_acquire(&tdcs->nr_vcpus) && i < SIM_MAX_VCPUS ? tdcs->x2apic[i] : 0;
}

static uint64_t derived(const struct sim *s, const struct sim_td *td, enum source from, uint32_t i)
{
	switch (from) {
	case TDCX_PA:
		return i < td->tdr->nr_tdcx ? sim_frame_pa(s, td->tdr->tdcx[i]) : 0;
	case EPTP:
		return sim_eptp(s, td->tdcs);
	case TSC_MULTIPLIER:
		return sim_tsc_multiplier(td->tdcs);
	case VIRT_MAXPA:
		return SIM_MAXPA;
	case XBUFF_BYTES:
		return xsave_end(td->tdcs->xfam, SS_ARRAY_SIZE(xsave_bytes));
	case XBUFF_OFFSET:
		return xsave_offset(td->tdcs->xfam, i);
	default:
		return x2apic(td->tdcs, i);
	}
}

static uint64_t value_of(const struct sim *s, const struct sim_td *td,
			 const struct sim_field_at *at)
{
	const struct sim_field *field = at->field;
	const uint8_t *tdr = (const uint8_t *)td->tdr + field->offset;
	const uint8_t *tdcs = (const uint8_t *)td->tdcs + field->offset;

	switch ((enum source)field->from) {
	case CONSTANT:
		return field->value;
	case IN_TDR:
		return number(tdr + at->element * field->bytes, field->bytes);
	case IN_TDCS:
		return number(tdcs + at->element * field->bytes, field->bytes);
	case WORD_OF_TDR:
		return ss_load((const struct ss_word *)(const void *)tdr + at->element);
	case WORD_OF_TDCS:
		return ss_load((const struct ss_word *)(const void *)tdcs + at->element);
	default:
		return derived(s, td, field->from, at->element);
	}
}

/* ---- CPUID ----------------------------------------------------------------------------------- */

/*
 * CPUID values in a TD. The code names leaf and subleaf: bit 16 is bit 31 of the leaf, bits 15:9
 * are its bits 6:0. Bit 8 says that there are no subleaves; bits 7:1 are then all 1, else they are
 * the subleaf. Bit 0 chooses EAX and EBX, or ECX and EDX.
 */
#define CPUID_FIELDS	0x1410000000000000ULL

static uint32_t leaf_of(uint64_t code)
{
	return (uint32_t)((code >> 16 & 1) << 31 | (code >> 9 & 0x7f));
}

static uint32_t subleaf_of(uint64_t code)
{
	return code >> 8 & 1 ? UINT32_MAX : code >> 1 & 0x7f;
}

static bool is_cpuid(uint64_t id)
{
	return (id & ID_CLASS) == (CPUID_FIELDS & ID_CLASS) &&
	       !(id & ~(ID_KEY | ID_IGNORED)) && !(id & ID_CODE & ~0x1ffffULL);
}

static uint64_t read_cpuid(struct sim_call *c, const struct sim_td *td, uint64_t id)
{
	uint64_t code = id & ID_CODE, value[2];

	if (!sim_td_cpuid(c, td->tdcs, leaf_of(code), subleaf_of(code), value))
		return SS_TDX_METADATA_FIELD_ID_INCORRECT;
	c->r->r8 = value[id & 1];
	return SS_TDX_SUCCESS;
}

/* ---- TDH.MNG.RD ------------------------------------------------------------------------------ */

uint64_t sim_td_field_read(struct sim_call *c, const struct sim_td *td, uint64_t id)
{
	struct sim_field_at at;

	if (id == SIM_NO_FIELD && c->version == 1) {
		c->r->rdx = sim_field_first(c->s, &td_field_set);
		return SS_TDX_METADATA_FIRST_FIELD_ID_IN_CONTEXT;
	}
	if (is_cpuid(id))
		return read_cpuid(c, td, id);
	if (!sim_field_find(c->s, &td_field_set, id, &at))
		return SS_TDX_METADATA_FIELD_ID_INCORRECT;
	if (at.field->from == HIDDEN)
		return SS_TDX_METADATA_FIELD_NOT_READABLE;
	c->r->r8 = value_of(c->s, td, &at) & sim_field_mask(at.field);
	if (c->version == 1)
		c->r->rdx = sim_field_next(c->s, &td_field_set, &at);
	return SS_TDX_SUCCESS;
}
