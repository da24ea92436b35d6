// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * A table by hand: every SEAMCALL of an update x every status that the specification lets the call
 * return (sections 5, 6, 2.3) x which LP x single and sticky; and how each update must end by
 * section 10.4.
 */
#include "matrix_cells.h"

#include <stdio.h>

#define ONE_LP	(1u << AT_LEAD)
#define ANY_LP	(1u << AT_FIRST | 1u << AT_MIDDLE | 1u << AT_LAST)
#define LAST_LP	(1u << AT_LAST)
#define EARLY	(1u << AT_FIRST | 1u << AT_MIDDLE)

struct row {
	uint64_t leaf, status, rdx;
	enum matrix_meaning meaning;
	uint32_t positions;
};

#define SOFTWARE(leaf, meaning_busy, meaning, positions)			\
	{ leaf, SS_TDX_SEAMCALL_VMFAILINVALID, 0, meaning_busy, positions },	\
	{ leaf, SS_TDX_SEAMCALL_UD, 0, meaning, positions },			\
	{ leaf, SS_TDX_SEAMCALL_GP, 0, meaning, positions }

#define INIT(status, meaning)	\
	{ SS_LEAF_TDH_SYS_INIT, SS_TDX_##status, 0, meaning, ONE_LP }
#define LP_INIT(status, meaning) \
	{ SS_LEAF_TDH_SYS_LP_INIT, SS_TDX_##status, 0, meaning, ANY_LP }
#define UPDATE(status, meaning)	\
	{ SS_LEAF_TDH_SYS_UPDATE, SS_TDX_##status, 0, meaning, ONE_LP }
#define SHUTDOWN(status, meaning) \
	{ SS_LEAF_TDH_SYS_SHUTDOWN, SS_TDX_##status, 0, meaning, ONE_LP }
#define INSTALL(status, rdx, meaning, positions) \
	{ SS_LEAF_SEAMLDR_INSTALL, SS_PSEAMLDR_##status, rdx, meaning, positions }

static const struct row rows[] = {
	{ SS_LEAF_SEAMLDR_INFO, SS_PSEAMLDR_EBADPARAM, 0, REFUSED, ONE_LP },
	SOFTWARE(SS_LEAF_SEAMLDR_INFO, BUSY, REFUSED, ONE_LP),

	SHUTDOWN(OPERAND_INVALID, REFUSED),
	SHUTDOWN(SYS_BUSY, BUSY),
	SHUTDOWN(UPDATE_COMPATIBILITY_SENSITIVE, REFUSED),
	SHUTDOWN(SYS_NOT_READY, REFUSED),
	SHUTDOWN(SYS_SHUTDOWN, REFUSED),
	SOFTWARE(SS_LEAF_TDH_SYS_SHUTDOWN, BUSY, REFUSED, ONE_LP),

	INSTALL(EUNSPECERR, 0, UNCOUNTED, ANY_LP),
	INSTALL(EBADCALL, 0, UNCOUNTED, EARLY),
	INSTALL(EBADCALL, 0, OTHER_IMAGE, LAST_LP),
	SOFTWARE(SS_LEAF_SEAMLDR_INSTALL, UNCOUNTED, UNCOUNTED, ANY_LP),
	INSTALL(EBADPARAM, 0, OTHER_IMAGE, LAST_LP),
	INSTALL(EBADSIG, 0, OTHER_IMAGE, LAST_LP),
	INSTALL(EBADHANDOFF, 0, OTHER_IMAGE, LAST_LP),
	INSTALL(ENOMEM, 0, OTHER_IMAGE, LAST_LP),
	INSTALL(EUNSUPCPU, 0, OTHER_IMAGE, LAST_LP),
	INSTALL(ENOENTROPY, 0, AGAIN, LAST_LP),
	INSTALL(ENOMEM, 1, GONE, LAST_LP),
	INSTALL(EBADHASH, 1, GONE, LAST_LP),
	INSTALL(EBADPARAM, 1, GONE, LAST_LP),
	INSTALL(ENOENTROPY, 1, GONE, LAST_LP),

	INIT(SYS_BUSY, AGAIN),
	INIT(RND_NO_ENTROPY, AGAIN),
	INIT(SYS_INIT_NOT_PENDING, AGAIN),
	INIT(LIMIT_CPUID_MAXVAL_SET, AGAIN),
	INIT(INCORRECT_MSR_VALUE, AGAIN),
	INIT(OPERAND_INVALID, OTHER_IMAGE),
	INIT(INCORRECT_CPUID_VALUE, OTHER_IMAGE),
	INIT(CMR_LIST_INVALID, OTHER_IMAGE),
	INIT(SMRR_NOT_LOCKED, OTHER_IMAGE),
	INIT(INVALID_SMRR_CONFIGURATION, OTHER_IMAGE),
	INIT(SMRR_OVERLAPS_CMR, OTHER_IMAGE),
	INIT(SMRR_LOCK_NOT_SUPPORTED, OTHER_IMAGE),
	INIT(SMRR_NOT_SUPPORTED, OTHER_IMAGE),
	INIT(INCOMPATIBLE_SEAM_CAPABILITIES, OTHER_IMAGE),
	INIT(SYS_INCOMPATIBLE_SIGSTRUCT, OTHER_IMAGE),
	INIT(CRYPTO_SELF_TEST_FAILED, OTHER_IMAGE),
	SOFTWARE(SS_LEAF_TDH_SYS_INIT, AGAIN, AGAIN, ONE_LP),

	LP_INIT(SYS_BUSY, AGAIN),
	LP_INIT(RND_NO_ENTROPY, AGAIN),
	LP_INIT(SYS_LP_INIT_NOT_PENDING, AGAIN),
	LP_INIT(SYS_LP_INIT_DONE, AGAIN),
	LP_INIT(INCONSISTENT_MSR, AGAIN),
	LP_INIT(LIMIT_CPUID_MAXVAL_SET, AGAIN),
	LP_INIT(INCONSISTENT_CPUID_FIELD, OTHER_IMAGE),
	LP_INIT(INCOMPATIBLE_SEAM_CAPABILITIES, OTHER_IMAGE),
	LP_INIT(INVALID_PKG_ID, OTHER_IMAGE),
	SOFTWARE(SS_LEAF_TDH_SYS_LP_INIT, AGAIN, AGAIN, ANY_LP),

	UPDATE(SYS_BUSY, AGAIN),
	UPDATE(SYS_STATE_INCORRECT, AGAIN),
	UPDATE(OPERAND_INVALID, AGAIN),
	UPDATE(SYS_INVALID_HANDOFF, OTHER_IMAGE),
	SOFTWARE(SS_LEAF_TDH_SYS_UPDATE, AGAIN, AGAIN, ONE_LP),

	{ SS_LEAF_TDH_SYS_RD, SS_TDX_METADATA_FIELD_ID_INCORRECT, 0, HARMLESS, ONE_LP },
	SOFTWARE(SS_LEAF_TDH_SYS_RD, HARMLESS, HARMLESS, ONE_LP),
};

static uint32_t count_bits(uint32_t v)
{
	return (uint32_t)__builtin_popcount(v);
}

uint32_t matrix_nr_cells(void)
{
	uint32_t i, n = 0;

	for (i = 0; i < SS_ARRAY_SIZE(rows); i++)
		n += 2 * count_bits(rows[i].positions);
	return n;
}

void matrix_cell(uint32_t i, struct matrix_cell *cell)
{
	const struct row *row = rows;
	uint32_t position = 0;

	cell->sticky = i & 1;
	i >>= 1;
	while (i >= count_bits(row->positions))
		i -= count_bits(row++->positions);
	while (!(row->positions >> position & 1) || i--)
		position++;
	cell->leaf = row->leaf;
	cell->status = row->status;
	cell->rdx = row->rdx;
	cell->meaning = row->meaning;
	cell->at = (enum matrix_position)position;
}

struct sim_fault matrix_fault(const struct matrix_cell *cell, uint32_t nr_lps)
{
	const uint32_t lp[MATRIX_POSITIONS] = {
		[AT_FIRST] = 0, [AT_MIDDLE] = nr_lps / 2, [AT_LAST] = nr_lps - 1,
		[AT_LEAD] = SIM_LP_ANY,
	};
	struct sim_fault f = {
		.leaf = cell->leaf, .lp = lp[cell->at], .nth = 1, .sticky = cell->sticky,
		.status = cell->status, .rdx = cell->rdx,
	};

	/*
	 * A status that only the closing call of a session can return waits for that call,
	 * whichever LP makes it. With a second fault that LP may be another LP than the last.
	 */
	if (cell->leaf == SS_LEAF_SEAMLDR_INSTALL && cell->at == AT_LAST &&
	    cell->meaning != UNCOUNTED && cell->status != SS_PSEAMLDR_EBADCALL)
		f.lp = SIM_LP_ANY;
	/* With two LPs the middle LP is the last one, which is another cell. */
	if (cell->at == AT_MIDDLE && f.lp == nr_lps - 1)
		f.lp = 0;
	return f;
}

void matrix_name(const struct matrix_cell *cell, char *out, size_t bytes)
{
	static const char *const at[MATRIX_POSITIONS] = { "@first", "@middle", "@last", "" };

	snprintf(out, bytes, "%s%s%s=%s%s", ss_leaf_name(cell->leaf), at[cell->at],
		 cell->sticky ? "+" : "", ss_status_name(cell->leaf, cell->status),
		 cell->rdx ? "/1" : "");
}

/* Before the shutdown, does the update stop here? */
static bool stops_before(const struct matrix_cell *c)
{
	return c->meaning == REFUSED || (c->meaning == BUSY && c->sticky);
}

/* After the shutdown, is there no call in the interface that leads past this? */
static bool fatal(const struct matrix_cell *c)
{
	return c->meaning == GONE ||
	       (c->sticky && (c->meaning == UNCOUNTED || c->meaning == AGAIN ||
			      c->meaning == OTHER_IMAGE));
}

static const char *verdict_of(const struct matrix_cell *c)
{
	if (stops_before(c))
		return "unchanged";
	if (fatal(c))
		return "lost";
	return c->meaning == OTHER_IMAGE ? "recovered" : "updated";
}

struct matrix_expectation matrix_expect(const struct matrix_cell *c)
{
	return (struct matrix_expectation){ verdict_of(c), stops_before(c) || !fatal(c) };
}
