// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Memory for a module: what the P-SEAMLDR asks of MODULE_RANGE, and when it notices a lack.
 *
 * INSTALL looks at the memory twice. Its early check (specification 5.2, C2) comes before the point
 * of no return: a lack is ENOMEM with RDX 0, and the old module can go on. The second look is the
 * mapping of the new module, when the old one is erased: there a lack is ENOMEM with RDX 1, or, if
 * it shows while the keyholes are mapped, a fault inside SEAM that stops the machine. Either costs
 * every TD.
 *
 * The early check counts fewer page tables than mapping takes. It counts 8 bytes for each whole
 * page, each whole 2 MiB and each whole GiB of a region; mapping takes a page of entries for each
 * begun 2 MiB and each begun GiB, and two directories more. So there is a margin of 4 to 7 pages:
 *
 *	range < early			refused, nothing lost
 *	early <= range < whole		accepted, then lost
 *	whole <= range			loaded
 *
 * A rehearsal does not show the margin: it ends before mapping.
 *
 * What a host knows. MODULE_RANGE is the part of SEAMRR below the P-SEAMLDR's own. SEAMLDR.SEAMINFO
 * tells where that one begins; the base of SEAMRR is in a register that only a kernel can read. The
 * number N of addressable LPs is sockets x 2^k: a socket counts with the LPs that it could have
 * (CPUID leaf 4), not with those that it has. N is therefore left open here. Each answer holds for
 * each N of a platform with up to 8 sockets and at least the LPs that are known.
 *
 * The running module was loaded on this platform since it was reset, so with the same range and the
 * same N. Then, for the actual N,
 *
 *	(1)	range >= max(early, whole) of the running module.
 *
 * Let the candidate's max(early, whole) be no larger than the running module's. By (1) the range
 * suffices for both looks. That no number of its sigstruct is larger would imply this: each term of
 * both sums, the tables included, never falls when a number grows. But one number may be larger and
 * another smaller, so the sums themselves are compared, for each N. Where the candidate needs more
 * for some N, (1) says nothing. Without the range, this much is certain: the module fits if the
 * range is at least its need; if the range is smaller, the TDs may be lost. All public releases of
 * a line have the same numbers, so an update from one to another needs no more.
 *
 * (1) is as sure as the knowledge of which module runs (MRSEAM; or its version, and the image of
 * that version), and rests on the two sums. Those were compared with P-SEAMLDR 1.5; for another
 * line's it is assumed that they are the same.
 *
 * With the range known, an N for which (1) would be broken is not the platform's. Of the others,
 * one that lands in the margin is reason enough to refuse: a margin is a few pages wide, so N that
 * are not the platform's hit one by chance only, and an operator may overrule that.
 */
#include "room.h"

#define MIB		(1ULL << 20)
#define GIB		(1ULL << 30)
#define CODE_BYTES	(2 * MIB)	/* set aside for any module */
#define MAX_SOCKETS	8u		/* of the platform table, 4.7 */
#define MAX_SOCKET_LPS	4096u		/* CPUID(4, 3).EAX[25:14] + 1 */

_Static_assert((uint64_t)SS_PAGE * SS_MODULE_MAX_PAGES <= CODE_BYTES,
	       "modules of all sizes have the same tables");

struct ss_room ss_room_of(const struct ss_sigstruct *sig)
{
	return (struct ss_room){
		.stack_pages = sig->stack_pages,
		.tls_pages = sig->tls_pages,
		.keyhole_pages = sig->keyhole_pages,
		.global_data_pages = sig->global_data_pages,
		.handoff_pages = sig->svn_major ? sig->handoff_pages : 0,
	};
}

static uint64_t divide_up(uint64_t value, uint64_t by)
{
	return (value + by - 1) / by;
}

/* Pages of tables for a region, but for the directories above. */
static uint64_t tables(uint64_t bytes)
{
	return divide_up(bytes, 2 * MIB) + divide_up(bytes, GIB);
}

/* The same pages, in the count of the early check. */
static uint64_t counted_tables(uint64_t bytes)
{
	return divide_up(8 * (bytes / SS_PAGE), SS_PAGE) +
	       divide_up(8 * (bytes / (2 * MIB)), SS_PAGE) +
	       divide_up(8 * (bytes / GIB), SS_PAGE);
}

struct ss_room_need ss_room_need(const struct ss_room *room, uint32_t lps)
{
	uint64_t n = lps, code = (uint64_t)SS_PAGE * SS_MODULE_MAX_PAGES;
	uint64_t stacks = SS_PAGE * n * (1 + room->stack_pages);
	uint64_t data = SS_PAGE * (n * room->tls_pages + room->global_data_pages +
				   (uint64_t)room->handoff_pages);
	uint64_t keyholes = SS_PAGE * n * room->keyhole_pages;
	uint64_t keyedit = SS_PAGE * divide_up(8 * n * room->keyhole_pages, SS_PAGE);
	uint64_t bytes = SS_PAGE * (1 + n) + stacks + data + CODE_BYTES;
	uint64_t first = 1 + tables(code) + tables(data) + tables(stacks) + tables(SS_PAGE);
	uint64_t second = 1 + tables(keyholes) + tables(keyedit);
	uint64_t counted = counted_tables(SS_PAGE) + counted_tables(stacks) +
			   counted_tables(data) + counted_tables(keyholes) +
			   counted_tables(keyedit) + counted_tables(code);

	return (struct ss_room_need){
		.early = bytes + SS_PAGE * (1 + counted),
		.whole = bytes + SS_PAGE * (1 + first + second),
	};
}

static uint64_t enough_for(struct ss_room_need need)
{
	return need.early > need.whole ? need.early : need.whole;
}

static enum ss_room_fit judge(struct ss_room_need need, uint64_t range)
{
	if (range < need.early)
		return SS_ROOM_TOO_LARGE;
	return range < need.whole ? SS_ROOM_MARGIN : SS_ROOM_FITS;
}

/* The answer for @lps addressable LPs. UNKNOWN: the platform cannot have so many. */
static struct ss_room_answer answer_for(const struct ss_room *image, const struct ss_room *running,
					uint64_t range, uint32_t lps)
{
	struct ss_room_need need = ss_room_need(image, lps);
	uint64_t proven = running ? enough_for(ss_room_need(running, lps)) : 0;
	struct ss_room_answer a = { SS_ROOM_UNKNOWN, lps, need, range ? range : proven };

	if (!range)
		a.fit = enough_for(need) <= proven ? SS_ROOM_FITS : SS_ROOM_GROWS;
	else if (range >= proven)
		a.fit = judge(need, range);
	return a;
}

/* The worst of all N; among equals the smallest N. */
static struct ss_room_answer worst(const struct ss_room *image, const struct ss_room *running,
				   uint64_t range, uint32_t lps)
{
	struct ss_room_answer all = { SS_ROOM_UNKNOWN, 0, { 0, 0 }, 0 }, one;
	uint32_t sockets, a_socket;

	for (sockets = 1; sockets <= MAX_SOCKETS; sockets++) {
		for (a_socket = 1; a_socket <= MAX_SOCKET_LPS; a_socket *= 2) {
			if (sockets * a_socket < lps)
				continue;
			one = answer_for(image, running, range, sockets * a_socket);
			if (one.fit > all.fit || (one.fit == all.fit && one.lps < all.lps))
				all = one;
		}
	}
	return all;
}

struct ss_room_answer ss_room_check(const struct ss_room *image, const struct ss_room *running,
				    uint64_t range, uint32_t lps)
{
	struct ss_room_answer answer = { SS_ROOM_UNKNOWN, 0, { 0, 0 }, 0 };

	if (range)
		answer = worst(image, running, range, lps);
	/* The running module does not fit in @range, so @range is wrong: go on without a range. */
	if (answer.fit == SS_ROOM_UNKNOWN && running)
		answer = worst(image, running, 0, lps);
	return answer;
}
