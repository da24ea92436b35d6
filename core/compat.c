// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* May image B follow module A on this host? Each rule is checked by itself, and all rules are. */
#include "compat.h"

#define STEPPING_MASK		0xfu
#define DEBUG_SIGNED		(1u << 31)
#define FEATURE_PRESERVING	(1ULL << 1)	/* of TDX_FEATURES0, specification 10.1 */
#define MAX_IMAGES		32u

#define REASON(reason)		(1u << SS_COMPAT_##reason)

_Static_assert(SS_COMPAT_NR <= 32, "a set of reasons is one 32-bit word");

/* The first P-SEAMLDR that preserves TDs, and the first that knows the sigstructs of 2.0.x. */
static const struct ss_version seamldr_preserving = { 1, 5, 0 };
static const struct ss_version seamldr_reserved3 = { 2, 0, 0 };

static const char *const names[SS_COMPAT_NR] = {
	[SS_COMPAT_CPU] = "cpu",
	[SS_COMPAT_SEAMLDR] = "seamldr",
	[SS_COMPAT_NO_MODULE] = "no-module",
	[SS_COMPAT_LINE] = "line",
	[SS_COMPAT_OLDER] = "older",
	[SS_COMPAT_SAME] = "same",
	[SS_COMPAT_MIN_RUNNING] = "min-running",
	[SS_COMPAT_SVN_MAJOR] = "svn-major",
	[SS_COMPAT_SVN_MINOR] = "svn-minor",
	[SS_COMPAT_HANDOFF] = "handoff",
	[SS_COMPAT_HANDOFF_PAGES] = "handoff-pages",
	[SS_COMPAT_NO_DOWNGRADE] = "no-downgrade",
	[SS_COMPAT_NOT_PRESERVING] = "not-preserving",
	[SS_COMPAT_EXHAUSTED] = "exhausted",
	[SS_COMPAT_LPS] = "lps",
	[SS_COMPAT_DEBUG] = "debug",
	[SS_COMPAT_RESERVED3] = "reserved3",
	[SS_COMPAT_EMPTY] = "empty",
	[SS_COMPAT_MEMORY] = "memory",
	[SS_COMPAT_MEMORY_MARGIN] = "memory-margin",
	[SS_COMPAT_MEMORY_GROWS] = "memory-grows",
	[SS_COMPAT_RULES_BROKEN] = "rules-broken",
	[SS_COMPAT_NO_FALLBACK_BUDGET] = "no-fallback-budget",
	[SS_COMPAT_FEATURES_LOST] = "features-lost",
	[SS_COMPAT_UNKNOWN] = "unknown",
	[SS_COMPAT_NO_RULE] = "no-rule",
	[SS_COMPAT_RENAMED] = "renamed",
};

#define REASON_TEXT(name, kind, text) [SS_COMPAT_##name] = (text),
static const char *const texts[SS_COMPAT_NR] = { SS_COMPAT_REASONS(REASON_TEXT) };

enum { WARN, REFUSE };
#define REASON_KIND(name, kind, text) [SS_COMPAT_##name] = (kind),
static const uint8_t kinds[SS_COMPAT_NR] = { SS_COMPAT_REASONS(REASON_KIND) };

void ss_compat_host_runs(struct ss_compat_host *host, const struct ss_sigstruct *sig)
{
	host->has_module_svn = true;
	host->has_handoff = true;
	host->has_room = true;
	host->has_mrseam = true;
	host->svn_minor = sig->svn_minor;
	host->svn_major = sig->svn_major;
	host->module_hv = sig->module_hv;
	host->min_update_hv = sig->min_update_hv;
	host->no_downgrade = sig->no_downgrade;
	host->handoff_pages = sig->handoff_pages;
	host->room = ss_room_of(sig);
	memcpy(host->mrseam, sig->seamhash, sizeof(host->mrseam));
}

const char *ss_compat_name(enum ss_compat_reason reason)
{
	return (uint32_t)reason < SS_COMPAT_NR ? names[reason] : "unknown-reason";
}

const char *ss_compat_text(enum ss_compat_reason reason)
{
	return (uint32_t)reason < SS_COMPAT_NR ? texts[reason] : "unknown reason";
}

bool ss_compat_refuses(enum ss_compat_reason reason)
{
	return (uint32_t)reason < SS_COMPAT_NR && kinds[reason] == REFUSE;
}

/* ---- versions -------------------------------------------------------------------------------- */

/* Read one number of at most 65535 at *@text, and move *@text past the number. */
static bool parse_number(const char **text, uint16_t *out)
{
	const char *p = *text;
	uint32_t value = 0;

	for (; *p >= '0' && *p <= '9'; p++) {
		value = value * 10 + (uint32_t)(*p - '0');
		if (value > UINT16_MAX)
			return false;
	}
	if (p == *text)
		return false;
	*text = p;
	*out = (uint16_t)value;
	return true;
}

static bool parse_dot(const char **text)
{
	return *(*text)++ == '.';
}

bool ss_version_parse(const char *text, struct ss_version *out)
{
	struct ss_version v;

	if (!parse_number(&text, &v.major) || !parse_dot(&text) ||
	    !parse_number(&text, &v.minor) || !parse_dot(&text) ||
	    !parse_number(&text, &v.update) || *text)
		return false;
	*out = v;
	return true;
}

uint64_t ss_version_pack(struct ss_version v)
{
	return (uint64_t)v.major << 32 | (uint64_t)v.minor << 16 | v.update;
}

int ss_version_cmp(struct ss_version a, struct ss_version b)
{
	uint64_t left = ss_version_pack(a), right = ss_version_pack(b);

	return left < right ? -1 : left > right;
}

static bool same_line(struct ss_version a, struct ss_version b)
{
	return a.major == b.major && a.minor == b.minor;
}

bool ss_sigstruct_version(const struct ss_sigstruct *sig, struct ss_version *out)
{
	const uint8_t *r = sig->reserved3;

	if (!r[3])
		return false;
	*out = (struct ss_version){ r[3], r[2], (uint16_t)(r[0] | r[1] << 8) };
	return true;
}

/* ---- handoff --------------------------------------------------------------------------------- */

static bool accepts(const struct ss_image *image, uint32_t hv)
{
	return hv >= image->sig.min_update_hv && hv <= image->sig.module_hv;
}

/* The set of images that read handoff version @hv, and the number of images in the set. */
static uint32_t readers(const struct ss_image *const *images, uint32_t nr, uint32_t hv,
			uint32_t *count)
{
	uint32_t i, set = 0;

	*count = 0;
	for (i = 0; i < nr; i++) {
		if (accepts(images[i], hv)) {
			set |= 1u << i;
			++*count;
		}
	}
	return set;
}

bool ss_compat_handoff(const struct ss_compat_host *host, const struct ss_image *const *images,
		       uint32_t nr, uint16_t *hv, uint32_t *usable)
{
	uint32_t lowest = host->no_downgrade ? host->module_hv : host->min_update_hv;
	uint32_t most = 0, count, set, v;

	*usable = 0;
	*hv = 0;
	if (!host->has_handoff || !nr || nr > MAX_IMAGES)
		return false;
	/* Downwards: among equals the running module's own version wins. */
	for (v = host->module_hv + 1u; v-- > lowest;) {
		set = readers(images, nr, v, &count);
		if ((set & 1) && count > most) {
			most = count;
			*usable = set;
			*hv = (uint16_t)v;
		}
	}
	return most > 0;
}

/* ---- the rules ------------------------------------------------------------------------------- */

struct question {
	const struct ss_image *image;
	const struct ss_compat_host *host;
	const struct ss_compat_rule *rule;	/* NULL if there is none */
	struct ss_compat *out;
};

static void note(const struct question *q, enum ss_compat_reason reason, uint64_t want,
		 uint64_t have)
{
	if (ss_compat_refuses(reason))
		q->out->refused |= 1u << reason;
	else
		q->out->warned |= 1u << reason;
	q->out->want[reason] = want;
	q->out->have[reason] = have;
}

static void note_versions(const struct question *q, enum ss_compat_reason reason,
			  struct ss_version want, struct ss_version have)
{
	note(q, reason, ss_version_pack(want), ss_version_pack(have));
}

static void note_unknown(const struct question *q, uint32_t reasons)
{
	note(q, SS_COMPAT_UNKNOWN, 0, q->out->have[SS_COMPAT_UNKNOWN] | reasons);
}

static bool listed(const struct ss_sigstruct *sig, uint32_t fms)
{
	uint32_t i;

	for (i = 0; i < sig->nr_fms; i++)
		if (!((sig->fms[i] ^ fms) & ~STEPPING_MASK))
			return true;
	return false;
}

/* 5.2 B17: every package counts; an empty table, of debug-signed modules only, fits all. */
static void check_cpu(const struct question *q)
{
	const struct ss_sigstruct *sig = &q->image->sig;
	uint32_t i;

	if (!q->host->has_fms || !q->host->nr_fms) {
		note_unknown(q, REASON(CPU));
		return;
	}
	for (i = 0; sig->nr_fms && i < q->host->nr_fms; i++) {
		if (!listed(sig, q->host->fms[i])) {
			note(q, SS_COMPAT_CPU, 0, q->host->fms[i]);
			return;
		}
	}
}

/* The listed minimum for P-SEAMLDR @v: that of its line, else that of the nearest older line. */
static const struct ss_version *seamldr_minimum(const struct ss_compat_rule *rule,
						struct ss_version v)
{
	const struct ss_version *m, *best = NULL;
	uint32_t i;

	for (i = 0; i < rule->nr_min_seamldr; i++) {
		m = &rule->min_seamldr[i];
		if (m->major == v.major && m->minor <= v.minor &&
		    (!best || m->minor > best->minor))
			best = m;
	}
	return best;
}

static void check_seamldr(const struct question *q)
{
	struct ss_version have = q->host->seamldr;
	const struct ss_version *minimum;

	if (!q->host->has_seamldr_version) {
		note_unknown(q, REASON(SEAMLDR));
		return;
	}
	if (ss_version_cmp(have, seamldr_preserving) < 0)
		note_versions(q, SS_COMPAT_SEAMLDR, seamldr_preserving, have);
	if (!q->rule || !q->rule->nr_min_seamldr)
		return;
	minimum = seamldr_minimum(q->rule, have);
	if (!minimum)	/* none for this major: name the first, for the message */
		note_versions(q, SS_COMPAT_SEAMLDR, q->rule->min_seamldr[0], have);
	else if (ss_version_cmp(have, *minimum) < 0)
		note_versions(q, SS_COMPAT_SEAMLDR, *minimum, have);
}

/* 5.2 B1 of P-SEAMLDR 1.5, against 4.6. */
static void check_reserved3(const struct question *q)
{
	const uint8_t *r = q->image->sig.reserved3;
	uint32_t i;

	for (i = 0; i < sizeof(q->image->sig.reserved3) && !r[i]; i++)
		;
	if (i == sizeof(q->image->sig.reserved3))
		return;
	if (!q->host->has_seamldr_version)
		note_unknown(q, REASON(RESERVED3));
	else if (ss_version_cmp(q->host->seamldr, seamldr_reserved3) < 0)
		note_versions(q, SS_COMPAT_RESERVED3, seamldr_reserved3, q->host->seamldr);
}

/* By MRSEAM where MRSEAM is known, since a file may be renamed; else by the version. */
static bool is_running(const struct question *q, bool same_version)
{
	if (q->host->has_mrseam)
		return !memcmp(q->host->mrseam, q->image->sig.seamhash, SS_SHA384_BYTES);
	return same_version;
}

/* Section 9: the publisher's rules, with the whole of each version compared. */
static void check_versions(const struct question *q, struct ss_version image)
{
	struct ss_version running = q->host->module;

	if (!same_line(image, running))
		note_versions(q, SS_COMPAT_LINE, running, image);
	else if (ss_version_cmp(image, running) < 0)
		note_versions(q, SS_COMPAT_OLDER, running, image);
	if (q->rule && ss_version_cmp(running, q->rule->min_running) < 0)
		note_versions(q, SS_COMPAT_MIN_RUNNING, q->rule->min_running, running);
}

static void check_version(const struct question *q)
{
	struct ss_version image, named;
	bool named_known = ss_sigstruct_version(&q->image->sig, &named);
	bool image_known = q->rule || named_known;
	bool both_known = image_known && q->host->has_module_version;

	if (!q->rule && !(q->out->refused & REASON(RULES_BROKEN)))
		note(q, SS_COMPAT_NO_RULE, 0, 0);
	if (image_known)
		image = q->rule ? q->rule->version : named;
	if (q->rule && named_known && ss_version_cmp(image, named))
		note_versions(q, SS_COMPAT_RENAMED, image, named);
	if (!q->host->has_module)
		return;
	if (both_known)
		check_versions(q, image);
	else
		note_unknown(q, REASON(LINE) | REASON(OLDER) | REASON(MIN_RUNNING));
	if (!both_known && !q->host->has_mrseam)
		note_unknown(q, REASON(SAME));
	else if (is_running(q, both_known && !ss_version_cmp(image, q->host->module)))
		note(q, SS_COMPAT_SAME, 0, 0);
}

/* 5.2 B13, B14. */
static void check_svn(const struct question *q)
{
	const struct ss_sigstruct *sig = &q->image->sig;

	if (!q->host->has_module_svn) {
		note_unknown(q, REASON(SVN_MAJOR) | REASON(SVN_MINOR));
		return;
	}
	if (sig->svn_major != q->host->svn_major)
		note(q, SS_COMPAT_SVN_MAJOR, q->host->svn_major, sig->svn_major);
	else if (sig->svn_minor < q->host->svn_minor)
		note(q, SS_COMPAT_SVN_MINOR, q->host->svn_minor, sig->svn_minor);
}

static uint64_t window(uint16_t min_update_hv, uint16_t module_hv)
{
	return (uint64_t)min_update_hv << 16 | module_hv;
}

/* 5.2 D2, 6.4, 6.6: a handoff version that A writes and B reads, and room for the data. */
static void check_handoff(const struct question *q)
{
	const struct ss_compat_host *host = q->host;
	const struct ss_sigstruct *sig = &q->image->sig;
	uint64_t want = window(host->min_update_hv, host->module_hv);
	uint64_t have = window(sig->min_update_hv, sig->module_hv);
	uint32_t usable;

	if (!host->has_handoff) {
		note_unknown(q, REASON(HANDOFF) | REASON(HANDOFF_PAGES) | REASON(NO_DOWNGRADE));
		return;
	}
	if (sig->min_update_hv > host->module_hv || sig->module_hv < host->min_update_hv)
		note(q, SS_COMPAT_HANDOFF, want, have);
	else if (!ss_compat_handoff(host, &q->image, 1, &q->out->hv, &usable))
		note(q, SS_COMPAT_NO_DOWNGRADE, host->module_hv, have);
	if (!host->handoff_pages)
		note_unknown(q, REASON(HANDOFF_PAGES));
	else if (sig->handoff_pages < host->handoff_pages)
		note(q, SS_COMPAT_HANDOFF_PAGES, host->handoff_pages, sig->handoff_pages);
}

/* An image of major SVN 0 makes the P-SEAMLDR load from scratch (5.2, D-LOAD): all TDs lost. */
static void check_features(const struct question *q)
{
	const struct ss_compat_host *host = q->host;

	if (!q->image->sig.svn_major)
		note(q, SS_COMPAT_NOT_PRESERVING, 1, 0);
	if (!host->has_features0) {
		note_unknown(q, REASON(NOT_PRESERVING));
		return;
	}
	if (!(host->features0 & FEATURE_PRESERVING))
		note(q, SS_COMPAT_NOT_PRESERVING, FEATURE_PRESERVING, host->features0);
	if (q->rule && q->rule->features0_known && (host->features0 & ~q->rule->features0))
		note(q, SS_COMPAT_FEATURES_LOST, host->features0, q->rule->features0);
}

/* 5.2 D1 and 10.1: updates left, LPs online. */
static void check_budget(const struct question *q)
{
	const struct ss_compat_host *host = q->host;

	if (!host->has_remaining)
		note_unknown(q, REASON(EXHAUSTED));
	else if (!host->remaining_updates)
		note(q, SS_COMPAT_EXHAUSTED, 1, 0);
	else if (host->remaining_updates == 1)
		note(q, SS_COMPAT_NO_FALLBACK_BUDGET, 2, 1);

	if (!host->has_lps)
		note_unknown(q, REASON(LPS));
	else if (host->lps_online != host->lps_platform)
		note(q, SS_COMPAT_LPS, host->lps_platform, host->lps_online);
}

static void note_memory(const struct question *q, enum ss_compat_reason reason,
			const struct ss_room_answer *a, uint64_t want)
{
	note(q, reason, want, a->have);
	q->out->lps = a->lps;
}

/* 5.2 C2, and the lack of memory that C2 does not see: room.c. */
static void check_memory(const struct question *q)
{
	const struct ss_compat_host *host = q->host;
	struct ss_room image = ss_room_of(&q->image->sig);
	struct ss_room_answer a = ss_room_check(&image, host->has_room ? &host->room : NULL,
						host->module_range,
						host->has_lps ? host->lps_platform : 1);

	if (a.fit == SS_ROOM_UNKNOWN)
		note_unknown(q, REASON(MEMORY) | REASON(MEMORY_MARGIN));
	else if (a.fit == SS_ROOM_TOO_LARGE)
		note_memory(q, SS_COMPAT_MEMORY, &a, a.need.early);
	else if (a.fit == SS_ROOM_MARGIN)
		note_memory(q, SS_COMPAT_MEMORY_MARGIN, &a, a.need.whole);
	else if (a.fit == SS_ROOM_GROWS)
		note_memory(q, SS_COMPAT_MEMORY_GROWS, &a,
			    a.need.whole > a.need.early ? a.need.whole : a.need.early);
}

static void check_running(const struct question *q)
{
	if (!q->host->has_module) {
		note(q, SS_COMPAT_NO_MODULE, 0, 0);
		return;
	}
	check_svn(q);
	check_handoff(q);
	check_features(q);
	check_memory(q);
}

bool ss_compat_check(const struct ss_image *image, const struct ss_compat_host *host,
		     const struct ss_compat_rule *rule, struct ss_compat *out)
{
	struct question q = { image, host, rule && rule->known ? rule : NULL, out };

	memset(out, 0, sizeof(*out));
	if (rule && rule->broken)
		note(&q, SS_COMPAT_RULES_BROKEN, 0, 0);
	check_cpu(&q);
	check_seamldr(&q);
	check_reserved3(&q);
	check_version(&q);
	check_running(&q);
	check_budget(&q);
	/* ss_image_parse() refuses such an image; a bare sigstruct has no pages either. */
	if (!image->module_pages)
		note(&q, SS_COMPAT_EMPTY, 1, 0);
	if ((image->sig.module_type & DEBUG_SIGNED) && !host->debug_unlocked)
		note(&q, SS_COMPAT_DEBUG, 0, 0);
	return !out->refused;
}
