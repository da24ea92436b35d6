// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Names, meanings and classes of leaves and statuses, looked up in the tables of seamcall.h. */
#include "seamcall.h"

struct leaf_row {
	uint64_t value;
	const char *name;
};

struct status_row {
	uint64_t value;
	enum ss_status_class class;
	const char *name, *text;
};

#define LEAF_ROW(name, value, text) { (value), (text) },
#define STATUS_ROW(name, value, class, text) { (value), SS_CLASS_##class, #name, (text) },

static const struct leaf_row leaves[] = { SS_LEAVES(LEAF_ROW) };
static const struct status_row tdx_rows[] = { SS_STATUS_TDX(STATUS_ROW) };
static const struct status_row pseamldr_rows[] = { SS_STATUS_PSEAMLDR(STATUS_ROW) };
static const struct status_row software_rows[] = { SS_STATUS_SOFTWARE(STATUS_ROW) };

struct status_table {
	const struct status_row *rows;
	size_t nr;
};

static const struct status_table tdx = { tdx_rows, SS_ARRAY_SIZE(tdx_rows) };
static const struct status_table pseamldr = { pseamldr_rows, SS_ARRAY_SIZE(pseamldr_rows) };
static const struct status_table software = { software_rows, SS_ARRAY_SIZE(software_rows) };

/* A status without its row. Specification 2.4, 2.6: what its upper bits say. */
static const struct status_row unknown_rows[SS_CLASS_NR] = {
#define UNKNOWN(class, text) \
	[SS_CLASS_##class] = { 0, SS_CLASS_##class, "unknown status", (text) }
	UNKNOWN(OK, "an information that is not in the table; it is no error"),
	UNKNOWN(NOW, "an error that is not in the table; repeat the call"),
	UNKNOWN(LATER, "an error that is not in the table; it may pass when something changes"),
	UNKNOWN(CALLER, "an error that is not in the table; repeating the call is useless"),
	UNKNOWN(DEAD, "a fatal error that is not in the table"),
	UNKNOWN(SOFTWARE, "the SEAM firmware was not entered, for an unknown reason"),
#undef UNKNOWN
};

#define DETAIL_MASK		0xffffffff00000000ULL
#define SOFTWARE_MASK		0xffffff0000000000ULL
#define SOFTWARE_CLASS		0x8000ff0000000000ULL
#define PSEAMLDR_HALF		0x8000000000000000ULL
#define ERROR_BIT		(1ULL << 63)
#define NON_RECOVERABLE_BIT	(1ULL << 62)
#define FATAL_BIT		(1ULL << 61)

static bool is_software(uint64_t status)
{
	return (status & SOFTWARE_MASK) == SOFTWARE_CLASS;
}

/* Linux 7.3 has two statuses in another form than the module's sources; take both for one. */
static uint64_t without_detail(uint64_t status)
{
	switch (status & DETAIL_MASK) {
	case 0x4000000200000000ULL:
		return SS_TDX_NON_RECOVERABLE_TD;
	case 0x6000000700000000ULL:
		return SS_TDX_NON_RECOVERABLE_TD_WRONG_APIC_MODE;
	default:
		return status & DETAIL_MASK;
	}
}

bool ss_status_eq(uint64_t status, uint64_t want)
{
	bool whole = is_software(want) || (want & DETAIL_MASK) == PSEAMLDR_HALF;

	return whole ? status == want : without_detail(status) == without_detail(want);
}

static const struct status_row *find_value(const struct status_table *table, uint64_t value)
{
	size_t i;

	for (i = 0; i < table->nr; i++)
		if (table->rows[i].value == value)
			return &table->rows[i];
	return NULL;
}

static enum ss_status_class class_by_bits(uint64_t leaf, uint64_t status)
{
	if (is_software(status))
		return SS_CLASS_SOFTWARE;
	if (leaf & SS_LEAF_SEAMLDR)
		return SS_CLASS_CALLER;
	if (status & FATAL_BIT)
		return SS_CLASS_DEAD;
	switch (status & (ERROR_BIT | NON_RECOVERABLE_BIT)) {
	case 0:
		return SS_CLASS_OK;
	case ERROR_BIT:
		return SS_CLASS_LATER;
	case NON_RECOVERABLE_BIT:
		return SS_CLASS_DEAD;
	default:
		return SS_CLASS_CALLER;
	}
}

static const struct status_row *find_status(uint64_t leaf, uint64_t status)
{
	const struct status_row *row;

	if (is_software(status))
		row = find_value(&software, status);
	else if (leaf & SS_LEAF_SEAMLDR)
		row = find_value(&pseamldr, status);
	else
		row = find_value(&tdx, without_detail(status));
	return row ? row : &unknown_rows[class_by_bits(leaf, status)];
}

const char *ss_status_name(uint64_t leaf, uint64_t status)
{
	return find_status(leaf, status)->name;
}

const char *ss_status_text(uint64_t leaf, uint64_t status)
{
	return find_status(leaf, status)->text;
}

enum ss_status_class ss_status_class(uint64_t leaf, uint64_t status)
{
	return find_status(leaf, status)->class;
}

bool ss_status_is_done(uint64_t leaf, uint64_t status)
{
	switch (leaf & ~SS_LEAF_VERSION(0xff)) {
	case SS_LEAF_TDH_SYS_INIT:
		return !status || ss_status_eq(status, SS_TDX_SYS_INIT_NOT_PENDING);
	case SS_LEAF_TDH_SYS_LP_INIT:
		return !status || ss_status_eq(status, SS_TDX_SYS_LP_INIT_DONE);
	default:
		return !status;
	}
}

const char *ss_leaf_name(uint64_t leaf)
{
	size_t i;

	leaf &= ~SS_LEAF_VERSION(0xff);
	for (i = 0; i < SS_ARRAY_SIZE(leaves); i++)
		if (leaves[i].value == leaf)
			return leaves[i].name;
	return "unknown leaf";
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool same_word(const char *a, const char *b)
{
	while (*a && lower(*a) == lower(*b)) {
		a++;
		b++;
	}
	return *a == *b;
}

/* @name behind @prefix, or NULL. */
static const char *behind(const char *name, const char *prefix)
{
	for (; *prefix; name++, prefix++)
		if (*name != *prefix)
			return NULL;
	return name;
}

/* By the full name, or by what is left of it behind @prefix; NULL stands for no such prefix. */
static bool find_name(const struct status_table *table, const char *prefix, const char *name,
		      uint64_t *out)
{
	const char *full, *brief;
	size_t i;

	for (i = 0; i < table->nr; i++) {
		full = table->rows[i].name;
		brief = prefix ? behind(full, prefix) : NULL;
		if (same_word(full, name) || (brief && same_word(brief, name))) {
			*out = table->rows[i].value;
			return true;
		}
	}
	return false;
}

bool ss_status_by_name(uint64_t leaf, const char *name, uint64_t *out)
{
	bool seamldr = leaf & SS_LEAF_SEAMLDR;

	return find_name(&software, "TDX_", name, out) ||
	       find_name(&software, "TDX_SEAMCALL_", name, out) ||
	       find_name(&pseamldr, seamldr ? "PSEAMLDR_" : NULL, name, out) ||
	       find_name(&tdx, seamldr ? NULL : "TDX_", name, out);
}

bool ss_leaf_by_name(const char *name, uint64_t *out)
{
	size_t i;

	for (i = 0; i < SS_ARRAY_SIZE(leaves); i++) {
		if (same_word(leaves[i].name, name)) {
			*out = leaves[i].value;
			return true;
		}
	}
	return false;
}
