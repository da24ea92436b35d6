// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* What a module says of itself: TDH.SYS.RD, RDALL, INFO (6.7) over the fields of section 7. */
#include "formats.h"
#include "module.h"
#include "td.h"

#define NO_FIELD	UINT64_MAX

/*
 * The parts of a field ID. A read of one field ignores size, step of the code (bit 50), context and
 * bit 63.
 */
#define ID_CODE		0x0000000000ffffffULL
#define ID_CLASS	0x3f00000000000000ULL
#define ID_KEY		(ID_CLASS | ID_CODE)
#define ID_IGNORED	0x8074000300000000ULL
#define ID_SIZE_SHIFT	32

enum source {
	CONSTANT,
	DATE,
	MINOR, MAJOR, UPDATE,
	BUILT_HV, BUILT_MIN_HV, BUILT_NO_DOWNGRADE, HANDOFF_PAGES,
	HANDOFF_VALID, HANDOFF_HV, HANDOFF_SIZE,
	FEATURES0,
	NR_PACKAGES, PACKAGE_FMS,
	CMR_BASE, CMR_BYTES,
	CPUID_LEAF, CPUID_VALUE,
};

struct field {
	uint64_t id;		/* the first element's */
	uint32_t count;
	enum source from;
	uint64_t value;		/* a constant's */
	uint8_t needs;		/* bit of TDX_FEATURES0 that the field needs; 0: none */
};

/*
 * The CPUID configuration has room for more leaves than the module lists. A place without a leaf
 * reads as all ones, its values as 0.
 */
#define CPUID_CONFIG_ROOM	32u

_Static_assert(SIM_CPUID_CONFIGS <= CPUID_CONFIG_ROOM, "the leaves fit the arrays");

/* In the order of class and code, which is also the order of "next field". */
static const struct field fields[] = {
	{ 0x0000000200000000, 1, NR_PACKAGES, 0, 0 },
	{ 0x0000000200000001, SIM_MAX_PACKAGES, PACKAGE_FMS, 0, 0 },
	{ 0x0800000200000000, 1, CONSTANT, 0x8086, 0 },			/* VENDOR_ID */
	{ 0x8800000200000001, 1, DATE, 0, 0 },
	{ 0x8800000100000002, 1, CONSTANT, 0, 0 },			/* BUILD_NUM */
	{ 0x0800000100000003, 1, MINOR, 0, 0 },
	{ 0x0800000100000004, 1, MAJOR, 0, 0 },
	{ 0x0800000100000005, 1, UPDATE, 0, 0 },
	{ 0x0800000100000006, 1, CONSTANT, 0, 0 },			/* INTERNAL_VERSION */
	{ 0x8900000100000000, 1, BUILT_HV, 0, 0 },
	{ 0x8900000100000001, 1, BUILT_MIN_HV, 0, 0 },
	{ 0x8900000000000002, 1, BUILT_NO_DOWNGRADE, 0, 0 },
	{ 0x8900000100000003, 1, HANDOFF_PAGES, 0, 0 },
	{ 0x8900000000000004, 1, HANDOFF_VALID, 0, 0 },
	{ 0x8900000100000005, 1, HANDOFF_HV, 0, 0 },
	{ 0x8900000200000006, 1, HANDOFF_SIZE, 0, 0 },
	{ 0x0a00000200000000, 1, CONSTANT, 0, 0 },			/* SYS_ATTRIBUTES */
	{ 0x0a00000000000001, 1, CONSTANT, 1, 0 },			/* NUM_TDX_FEATURES */
	{ 0x0a00000300000008, 1, FEATURES0, 0, 0 },
	{ 0x9000000100000000, 1, CONSTANT, SIM_MAX_CMRS, 0 },		/* NUM_CMRS: the room */
	{ 0x9000000300000080, SIM_MAX_CMRS, CMR_BASE, 0, 0 },
	{ 0x9000000300000100, SIM_MAX_CMRS, CMR_BYTES, 0, 0 },
	{ 0x9100000100000008, 1, CONSTANT, SIM_MAX_TDMRS, 0 },
	{ 0x9100000100000009, 1, CONSTANT, SIM_MAX_RESERVED, 0 },
	{ 0x9100000100000010, 1, CONSTANT, 16, 0 },			/* PAMT entry sizes */
	{ 0x9100000100000011, 1, CONSTANT, 16, 0 },
	{ 0x9100000100000012, 1, CONSTANT, 16, 0 },
	{ 0x9800000100000000, 1, CONSTANT, SS_PAGE, 0 },			/* TDR */
	{ 0x9800000100000100, 1, CONSTANT, SIM_TDCS_PAGES * SS_PAGE, 0 },
	{ 0x9800000100000101, 1, CONSTANT, SS_PAGE, 0 },
	{ 0x9800000100000200, 1, CONSTANT, SIM_TDVPS_PAGES * SS_PAGE, 0 },
	{ 0x9800000100000201, 1, CONSTANT, 3 * SS_PAGE, 0 },
	{ 0x1900000300000000, 1, CONSTANT, SIM_ATTRIBUTES_FIXED0, 0 },
	{ 0x1900000300000001, 1, CONSTANT, SIM_ATTRIBUTES_FIXED1, 0 },
	{ 0x1900000300000002, 1, CONSTANT, SIM_XFAM_FIXED0, 0 },
	{ 0x1900000300000003, 1, CONSTANT, SIM_XFAM_FIXED1, 0 },
	{ 0x9900000100000004, 1, CONSTANT, SIM_CPUID_CONFIGS, 0 },
	{ 0x9900000300000006, 1, CONSTANT, SIM_CONFIG_FLAGS_FIXED0, 0 },
	{ 0x9900000300000007, 1, CONSTANT, 0, 0 },			/* CONFIG_FLAGS_FIXED1 */
	{ 0x9900000100000008, 1, CONSTANT, SIM_MAX_VCPUS, SIM_TOPOLOGY_ENUM },
	{ 0x9900000300000400, CPUID_CONFIG_ROOM, CPUID_LEAF, 0, 0 },
	{ 0x9900000300000500, 2 * CPUID_CONFIG_ROOM, CPUID_VALUE, 0, 0 },
};

/* The @part-th number of "major.minor.update", 0 to 2. */
static uint64_t version_part(const char *text, uint32_t part)
{
	uint64_t value = 0;

	for (; *text; text++) {
		if (*text == '.') {
			if (!part--)
				return value;
			value = 0;
		} else {
			value = value * 10 + (uint64_t)(*text - '0');
		}
	}
	return part ? 0 : value;
}

static uint64_t of_module(const struct sim *s, enum source from)
{
	const struct sim_module_info *info = &s->installed.info;

	switch (from) {
	case DATE:
		return info->date;
	case MAJOR:
		return version_part(info->version, 0);
	case MINOR:
		return version_part(info->version, 1);
	case UPDATE:
		return version_part(info->version, 2);
	case BUILT_HV:
		return info->built_hv;
	case BUILT_MIN_HV:
		return info->built_min_hv;
	case BUILT_NO_DOWNGRADE:
		return info->built_no_downgrade;
	case HANDOFF_PAGES:
		return s->installed.handoff_pages - 1;
	default:
		return info->features0;
	}
}

static uint64_t value_of(const struct sim *s, const struct field *field, uint32_t i)
{
	switch (field->from) {
	case CONSTANT:
		return field->value;
	case HANDOFF_VALID:
		return s->handoff->valid;
	case HANDOFF_HV:
		return s->handoff->hv;
	case HANDOFF_SIZE:
		return s->handoff->size;
	case NR_PACKAGES:
		return s->config.sockets;
	case PACKAGE_FMS:
		return i < s->config.sockets ? s->config.fms[i] : 0;
	case CMR_BASE:
		return s->cmrs[i].base;
	case CMR_BYTES:
		return s->cmrs[i].bytes;
	case CPUID_LEAF:
		return i < SIM_CPUID_CONFIGS ? sim_cpuid_configs[i].leaf : UINT64_MAX;
	case CPUID_VALUE:
		return i < 2 * SIM_CPUID_CONFIGS ? sim_cpuid_configs[i / 2].value[i % 2] : 0;
	default:
		return of_module(s, field->from);
	}
}

/* A field, or an element of an array of fields. */
struct place {
	uint32_t field, element;
};

static bool exists(const struct sim *s, const struct field *field)
{
	return !field->needs || sim_has(s, field->needs);
}

static bool find(const struct sim *s, uint64_t id, struct place *at)
{
	uint64_t key, first;
	uint32_t i;

	if (id & ~(ID_KEY | ID_IGNORED))
		return false;
	key = id & ID_KEY;
	for (i = 0; i < SS_ARRAY_SIZE(fields); i++) {
		first = fields[i].id & ID_KEY;
		if (key - first >= fields[i].count || !exists(s, &fields[i]))
			continue;
		at->field = i;
		at->element = (uint32_t)(key - first);
		return true;
	}
	return false;
}

static uint64_t id_of(const struct place *at)
{
	return fields[at->field].id + at->element;
}

/* Returns false after the last field. */
static bool step(const struct sim *s, struct place *at)
{
	if (++at->element < fields[at->field].count)
		return true;
	at->element = 0;
	do {
		at->field++;
	} while (at->field < SS_ARRAY_SIZE(fields) && !exists(s, &fields[at->field]));
	return at->field < SS_ARRAY_SIZE(fields);
}

uint64_t sim_sys_rd(struct sim_call *c)
{
	uint64_t id = c->r->rdx;
	struct place at = { 0, 0 };

	c->r->rdx = NO_FIELD;
	c->r->r8 = 0;
	if (!ss_load(&c->s->lps[c->lp].initialised))
		return SS_TDX_SYS_LP_INIT_NOT_DONE;
	if (id == NO_FIELD) {
		c->r->rdx = id_of(&at);
		return SS_TDX_METADATA_FIRST_FIELD_ID_IN_CONTEXT;
	}
	if (!find(c->s, id, &at))
		return SS_TDX_METADATA_FIELD_ID_INCORRECT;
	c->r->r8 = value_of(c->s, &fields[at.field], at.element);
	if (step(c->s, &at))
		c->r->rdx = id_of(&at);
	return SS_TDX_SUCCESS;
}

static void put(uint8_t *p, uint64_t v, uint32_t bytes)
{
	uint32_t i;

	for (i = 0; i < bytes; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

/* Writes a list of sequences of one element each: header, then field ID and value. */
uint64_t sim_sys_rdall(struct sim_call *c)
{
	uint64_t start = c->r->r8;
	struct place at = { 0, 0 };
	uint8_t *list = NULL;
	uint32_t bytes = 8, n = 0;
	bool more = true;

	c->r->r8 = NO_FIELD;
	if (!ss_load(&c->s->lps[c->lp].initialised))
		return SS_TDX_SYS_LP_INIT_NOT_DONE;
	if (sim_shared_pa(c->r->rdx, SS_PAGE))
		list = sim_map(c, c->r->rdx, SS_PAGE);
	if (!list)
		return sim_status(SS_TDX_OPERAND_INVALID, SIM_OP_RDX);
	if (start != NO_FIELD && !find(c->s, start, &at))
		return SS_TDX_METADATA_FIELD_ID_INCORRECT;
	memset(list, 0, SS_PAGE);
	while (more && bytes + 16 <= SS_PAGE) {
		put(list + bytes, id_of(&at), 8);
		put(list + bytes + 8, value_of(c->s, &fields[at.field], at.element), 8);
		bytes += 16;
		n++;
		more = step(c->s, &at);
	}
	put(list, bytes, 2);
	put(list + 2, n, 2);
	if (more)
		c->r->r8 = id_of(&at);
	return SS_TDX_SUCCESS;
}

/* ---- the older enumeration: TDH.SYS.INFO ----------------------------------------------------- */

#define CMR_BYTES_EACH	16u

/* The first structure. A reserved part follows, then the list of configurable CPUID leaves. */
#define TDX_INFO_FIELDS(X) \
	X(TDX_INFO_ATTRIBUTES, 0, 4) \
	X(TDX_INFO_VENDOR, 4, 4) \
	X(TDX_INFO_DATE, 8, 4) \
	X(TDX_INFO_BUILD_NUM, 12, 2) \
	X(TDX_INFO_MINOR, 14, 2) \
	X(TDX_INFO_MAJOR, 16, 2) \
	X(TDX_INFO_RESERVED0, 18, 14) \
	X(TDX_INFO_MAX_TDMRS, 32, 2) \
	X(TDX_INFO_MAX_RESERVED, 34, 2) \
	X(TDX_INFO_PAMT_ENTRY, 36, 2) \
	X(TDX_INFO_RESERVED1, 38, 10) \
	X(TDX_INFO_TDCS, 48, 2) \
	X(TDX_INFO_RESERVED2, 50, 2) \
	X(TDX_INFO_TDVPS, 52, 2) \
	X(TDX_INFO_RESERVED3, 54, 10) \
	X(TDX_INFO_ATTRIBUTES_FIXED0, 64, 8) \
	X(TDX_INFO_ATTRIBUTES_FIXED1, 72, 8) \
	X(TDX_INFO_XFAM_FIXED0, 80, 8) \
	X(TDX_INFO_XFAM_FIXED1, 88, 8) \
	X(TDX_INFO_REST, 96, 928)
SS_LAYOUT(TDX_INFO_FIELDS, TDX_INFO_BYTES, 1024);

/* The model fills in these of the 1024 bytes; the rest is zero. */
static const struct {
	uint16_t offset, bytes;
	uint64_t id;
} info_layout[] = {
	{ TDX_INFO_VENDOR, 4, 0x0800000200000000 },
	{ TDX_INFO_DATE, 4, 0x8800000200000001 },
	{ TDX_INFO_MINOR, 2, 0x0800000100000003 },
	{ TDX_INFO_MAJOR, 2, 0x0800000100000004 },
	{ TDX_INFO_MAX_TDMRS, 2, 0x9100000100000008 },
	{ TDX_INFO_MAX_RESERVED, 2, 0x9100000100000009 },
	{ TDX_INFO_PAMT_ENTRY, 2, 0x9100000100000010 },
	{ TDX_INFO_TDCS, 2, 0x9800000100000100 },
	{ TDX_INFO_TDVPS, 2, 0x9800000100000200 },
	{ TDX_INFO_ATTRIBUTES_FIXED0, 8, 0x1900000300000000 },
	{ TDX_INFO_ATTRIBUTES_FIXED1, 8, 0x1900000300000001 },
	{ TDX_INFO_XFAM_FIXED0, 8, 0x1900000300000002 },
	{ TDX_INFO_XFAM_FIXED1, 8, 0x1900000300000003 },
};

static void fill_info(const struct sim *s, uint8_t *info)
{
	struct place at;
	uint32_t i;

	memset(info, 0, TDX_INFO_BYTES);
	for (i = 0; i < SS_ARRAY_SIZE(info_layout); i++)
		if (find(s, info_layout[i].id, &at))
			put(info + info_layout[i].offset,
			    value_of(s, &fields[at.field], at.element), info_layout[i].bytes);
}

static void fill_cmrs(const struct sim *s, uint8_t *list)
{
	uint32_t i;

	for (i = 0; i < SIM_MAX_CMRS; i++) {
		put(list + CMR_BYTES_EACH * i, s->cmrs[i].base, 8);
		put(list + CMR_BYTES_EACH * i + 8, s->cmrs[i].bytes, 8);
	}
}

uint64_t sim_sys_info(struct sim_call *c)
{
	uint64_t room = c->r->rdx, cmr_room = c->r->r9;
	uint8_t *info = NULL, *cmrs = NULL;

	c->r->rdx = 0;
	c->r->r9 = 0;
	if (!ss_load(&c->s->lps[c->lp].initialised))
		return SS_TDX_SYS_LP_INIT_NOT_DONE;
	if (sim_shared_pa(c->r->rcx, TDX_INFO_BYTES))
		info = sim_map(c, c->r->rcx, TDX_INFO_BYTES);
	if (!info)
		return sim_status(SS_TDX_OPERAND_INVALID, SIM_OP_RCX);
	if (room < TDX_INFO_BYTES)
		return sim_status(SS_TDX_OPERAND_INVALID, SIM_OP_RDX);
	if (sim_shared_pa(c->r->r8, CMR_BYTES_EACH * SIM_MAX_CMRS))
		cmrs = sim_map(c, c->r->r8, CMR_BYTES_EACH * SIM_MAX_CMRS);
	if (!cmrs)
		return sim_status(SS_TDX_OPERAND_INVALID, SIM_OP_R8);
	if (cmr_room < SIM_MAX_CMRS)
		return sim_status(SS_TDX_OPERAND_INVALID, SIM_OP_R9);
	fill_info(c->s, info);
	fill_cmrs(c->s, cmrs);
	c->r->rdx = TDX_INFO_BYTES;
	c->r->r9 = SIM_MAX_CMRS;
	return SS_TDX_SUCCESS;
}
