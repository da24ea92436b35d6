// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The status of a SEAMCALL: name, class, and what its low half and the registers name. */
#include "explain_internal.h"

static const struct {
	const char *name, *text;
} classes[SS_CLASS_NR] = {
	[SS_CLASS_OK] = { "ok", "no error" },
	[SS_CLASS_NOW] = { "now", "it passes by itself; the same call may be repeated at once" },
	[SS_CLASS_LATER] = { "later", "it passes when something else changes" },
	[SS_CLASS_CALLER] = { "caller", "it stays; repeating the same call is useless" },
	[SS_CLASS_DEAD] = { "dead", "the TD or the vCPU cannot go on" },
	[SS_CLASS_SOFTWARE] = { "not-entered", "the call did not reach the firmware" },
};

/* 0 is the success of both. */
static uint64_t speaker_of(const struct seamstep_explain_answer *a)
{
	return !a->value && a->has_leaf ? a->leaf & SS_LEAF_SEAMLDR : explain_speaker(a->value);
}

/* ---- the low half ---------------------------------------------------------------------------- */

enum low {
	LOW_OPERAND, LOW_MSR, LOW_REGION, LOW_SMM_RANGE, LOW_PACKAGE, LOW_KEYS, LOW_COMPAT,
	LOW_EXIT, LOW_VMCS, LOW_RAW,
};

/* By the upper half of a status; a row of 0xff for the code stands for all codes of the class. */
static const struct {
	uint8_t subject, code;
	enum low low;
} lows[] = {
	{ 0x00, 0x00, LOW_EXIT },	/* SUCCESS of TDH.VP.ENTER */
	{ 0x00, 0x01, LOW_EXIT },	/* NON_RECOVERABLE_VCPU */
	{ 0x00, 0x02, LOW_EXIT },	/* NON_RECOVERABLE_TD */
	{ 0x00, 0x05, LOW_EXIT },
	{ 0x00, 0x07, LOW_EXIT },
	{ 0x00, 0x0a, LOW_EXIT },
	{ 0x01, 0xff, LOW_OPERAND },
	{ 0x02, 0xff, LOW_OPERAND },
	{ 0x03, 0xff, LOW_OPERAND },
	{ 0x05, 0x12, LOW_COMPAT },
	{ 0x07, 0x30, LOW_VMCS },
	{ 0x08, 0x25, LOW_KEYS },
	{ 0x09, 0x06, LOW_PACKAGE },
	{ 0x09, 0x10, LOW_SMM_RANGE },
	{ 0x09, 0x11, LOW_SMM_RANGE },
	{ 0x09, 0x12, LOW_SMM_RANGE },
	{ 0x09, 0x13, LOW_SMM_RANGE },
	{ 0x09, 0x20, LOW_MSR },
	{ 0x09, 0x21, LOW_MSR },
	{ 0x0a, 0x22, LOW_RAW },	/* the CMR list is the BIOS's */
	{ 0x0a, 0xff, LOW_REGION },
	{ 0x0b, 0xff, LOW_OPERAND },
};

static enum low low_of(uint64_t status)
{
	uint8_t subject = (uint8_t)(status >> 40), code = (uint8_t)(status >> 32);
	size_t i;

	for (i = 0; i < SS_ARRAY_SIZE(lows); i++)
		if (lows[i].subject == subject && (lows[i].code == code || lows[i].code == 0xff))
			return lows[i].low;
	return LOW_RAW;
}

/* TDMR index, then PAMT level or area index, then the other TDMR: specification 2.4. */
static void add_region(struct seamstep_explain_answer *a, uint32_t low)
{
	uint8_t code = (uint8_t)(a->value >> 32);
	const char *second = (code & 0xf0) == 0x10 ? "PAMT level" : "reserved area";

	explain_add(a, "TDMR", low & 0xff, NULL);
	if ((code & 0xf0) == 0x10 || (code & 0xf0) == 0x20)
		explain_add(a, second, low >> 8 & 0xff, NULL);
	if (code == 0x12)
		explain_add(a, "other TDMR", low >> 16 & 0xff, NULL);
}

static void add_compat(struct seamstep_explain_answer *a, uint32_t low)
{
	uint32_t what = low & 0xffff;

	explain_add(a, "reason", what,
		    what == 0 ? "TDs under construction" :
		    what == 1 ? "interrupted migrations" : NULL);
	explain_add(a, "how many", low >> 16, NULL);
}

static void add_low(struct seamstep_explain_answer *a)
{
	uint32_t low = (uint32_t)a->value;

	switch (low_of(a->value)) {
	case LOW_OPERAND:
		/* RAX is 0, so 0 says something only where operands are meant at all. */
		if (low || (a->value >> 40 & 0xff) == 1)
			explain_add(a, "operand", low, explain_operand_name(low));
		break;
	case LOW_MSR:
		explain_add(a, "MSR", low, explain_msr_name(low));
		break;
	case LOW_REGION:
		add_region(a, low);
		break;
	case LOW_SMM_RANGE:
		explain_add(a, "SMM range", low & 0xff, NULL);
		if ((uint8_t)(a->value >> 32) == 0x12)
			explain_add(a, "CMR", low >> 8 & 0xff, NULL);
		break;
	case LOW_PACKAGE:
		explain_add(a, "package", low, NULL);
		break;
	case LOW_KEYS:
		if (low)
			explain_add(a, "the limit of key IDs", low, NULL);
		break;
	case LOW_COMPAT:
		add_compat(a, low);
		break;
	case LOW_EXIT:
		if (low || (a->value && a->value >> 32))
			explain_add(a, "VM exit reason", low, NULL);
		break;
	case LOW_VMCS:
		explain_add(a, "field of the VMCS", low, NULL);
		break;
	case LOW_RAW:
		if (low)
			explain_add(a, "low half of the status", low, NULL);
		break;
	}
}

/* ---- the registers --------------------------------------------------------------------------- */

enum { RCX = 1, RDX = 2 };

static bool has(const struct seamstep_explain_answer *a, uint32_t reg)
{
	return a->has_register >> reg & 1;
}

/* Specification 8.1. */
static const char *page_type(uint64_t type)
{
	static const char *const types[] = {
		"NDA (free)", "RSVD (reserved)", NULL, "REG (a TD's memory)", "TDR", "TDCX", "TDVPR",
		NULL, "EPT",
	};

	return type < SS_ARRAY_SIZE(types) ? types[type] : NULL;
}

/* RDX after an error of the secure EPT: bits 2:0 level, 15:8 state. */
static const char *sept_state(uint64_t state)
{
	switch (state) {
	case 0:
		return "FREE";
	case 2:
		return "PENDING";
	case 3:
		return "PENDING_BLOCKED";
	case 4:
		return "MAPPED";
	case 0x81:
		return "a blocked page table";
	case 0x84:
		return "a page table";
	default:
		return NULL;
	}
}

static bool is_leaf(const struct seamstep_explain_answer *a, uint64_t leaf)
{
	return a->has_leaf && (a->leaf & ~SS_LEAF_VERSION(0xff)) == leaf;
}

static void add_cpuid(struct seamstep_explain_answer *a)
{
	explain_add(a, "CPUID leaf", (uint32_t)a->reg[RCX], NULL);
	if (a->reg[RCX] >> 32 != UINT32_MAX)
		explain_add(a, "CPUID subleaf", a->reg[RCX] >> 32, NULL);
}

static void add_field(struct seamstep_explain_answer *a)
{
	uint32_t element = 0;
	const char *name = explain_field_name(a->reg[RDX], &element);

	if (a->reg[RDX] == UINT64_MAX)	/* "no field" */
		return;
	explain_add(a, "metadata field", a->reg[RDX], name);
	if (name && element)
		explain_add(a, "element of the field", element, NULL);
}

static void add_registers(struct seamstep_explain_answer *a)
{
	uint64_t status = a->value;

	if (is_leaf(a, SS_LEAF_SEAMLDR_INSTALL) && has(a, RDX))
		explain_add(a, "RDX", a->reg[RDX],
			    a->reg[RDX] ? "the old module is erased" : "the old module is intact");
	if ((is_leaf(a, SS_LEAF_TDH_SYS_RD) || is_leaf(a, SS_LEAF_TDH_MNG_RD) ||
	     is_leaf(a, SS_LEAF_TDH_VP_RD) || is_leaf(a, SS_LEAF_TDH_VP_WR)) && has(a, RDX))
		add_field(a);
	if ((ss_status_eq(status, SS_TDX_INCORRECT_CPUID_VALUE) ||
	     ss_status_eq(status, SS_TDX_INCONSISTENT_CPUID_FIELD) ||
	     (is_leaf(a, SS_LEAF_TDH_MNG_INIT) && ss_status_eq(status, SS_TDX_OPERAND_INVALID) &&
	      (uint32_t)status == 69)) && has(a, RCX))
		add_cpuid(a);
	if (is_leaf(a, SS_LEAF_TDH_PHYMEM_PAGE_RECLAIM) &&
	    ss_status_eq(status, SS_TDX_PAGE_METADATA_INCORRECT) && has(a, RCX))
		explain_add(a, "type of the page", a->reg[RCX], page_type(a->reg[RCX]));
	if ((ss_status_eq(status, SS_TDX_EPT_WALK_FAILED) ||
	     ss_status_eq(status, SS_TDX_EPT_ENTRY_STATE_INCORRECT)) && has(a, RDX)) {
		explain_add(a, "level of the entry", a->reg[RDX] & 7, NULL);
		explain_add(a, "state of the entry", a->reg[RDX] >> 8 & 0xff,
			    sept_state(a->reg[RDX] >> 8 & 0xff));
	}
}

/* ---- the answer ------------------------------------------------------------------------------ */

static void add_unknown(struct seamstep_explain_answer *a)
{
	a->name = NULL;
	if (speaker_of(a) & SS_LEAF_SEAMLDR)
		return;
	explain_add(a, "class", a->value >> 40 & 0xff, explain_subject(a->value));
	explain_add(a, "code in the class", a->value >> 32 & 0xff, NULL);
}

static void set_leaf_name(struct seamstep_explain_answer *a)
{
	uint64_t version = a->leaf >> 16 & 0xff;

	if (!a->has_leaf)
		return;
	a->leaf_name = explain_leaf_is_known(a->leaf) ? ss_leaf_name(a->leaf) : NULL;
	if (version)
		explain_add(a, "version of the call", version, NULL);
}

/* A name may come without its number, and a number with its low half. */
void explain_status(struct seamstep_explain_answer *a)
{
	uint64_t speaker = speaker_of(a), found;
	enum ss_status_class class = ss_status_class(speaker, a->value);

	a->kind = SEAMSTEP_EXPLAIN_STATUS;
	a->nr_details = 0;
	set_leaf_name(a);
	a->name = ss_status_name(speaker, a->value);
	a->known = ss_status_by_name(speaker, a->name, &found);
	a->meaning = ss_status_text(speaker, a->value);
	if (!a->known)
		add_unknown(a);
	else if (!(speaker & SS_LEAF_SEAMLDR) && class != SS_CLASS_SOFTWARE && a->has_value)
		add_low(a);
	add_registers(a);
	a->class_name = classes[class].name;
	a->class_text = classes[class].text;
	a->whose = class == SS_CLASS_SOFTWARE ? SEAMSTEP_EXPLAIN_BY_CPU : explain_owner(speaker);
	explain_advise(a, class);
}
