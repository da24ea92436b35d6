// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The checks before an update. */
#include "preflight.h"

#include "preflight_fact.h"

#include "lib/base/compat_text.h"
#include "lib/image/crypto.h"
#include "lib/record/inhibit.h"
#include "lib/record/state_dir.h"
#include "lib/image/image_file.h"
#include "lib/image/image_text.h"
#include "lib/base/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHECK_NAME(NAME, name, waivable, text) { name, text, waivable },
static const struct {
	const char *name, *question;
	bool waivable;
} checks[] = { SEAMSTEP_CHECKS(CHECK_NAME) };

struct run {
	struct seamstep_preflight *p;
	struct ss_compat compat;	/* of the target */
	const struct context *c;
	const struct preflight_target *target;
	uint32_t waived;
	const uint8_t *signer;
};

const char *seamstep_check_name(enum seamstep_check check)
{
	return (unsigned int)check < SEAMSTEP_CHECK_NR ? checks[check].name : "";
}

const char *seamstep_check_question(enum seamstep_check check)
{
	return (unsigned int)check < SEAMSTEP_CHECK_NR ? checks[check].question : "";
}

enum seamstep_check seamstep_check_find(const char *name, bool *waivable)
{
	uint32_t i = 0;

	while (i < SEAMSTEP_CHECK_NR && strcmp(checks[i].name, name))
		i++;
	*waivable = i < SEAMSTEP_CHECK_NR && checks[i].waivable;
	return (enum seamstep_check)i;
}

__attribute__((format(printf, 4, 5)))
static void say(struct run *r, enum seamstep_check check, enum seamstep_check_result result,
		const char *fmt, ...)
{
	struct seamstep_check_line *line = &r->p->lines[check];
	va_list args;

	base_free(line->text);
	va_start(args, fmt);
	line->text = base_vtext(fmt, args);
	va_end(args);
	if (result >= SEAMSTEP_UNDECIDED && r->waived >> check & 1)
		result = SEAMSTEP_WAIVED;
	line->result = result;
}

__attribute__((format(printf, 4, 5)))
static void fail(struct run *r, enum seamstep_check check, enum seamstep_end end, const char *fmt,
		 ...)
{
	va_list args;
	char *text;

	va_start(args, fmt);
	text = base_vtext(fmt, args);
	va_end(args);
	say(r, check, SEAMSTEP_FAILED, "%s", text);
	r->p->lines[check].end = end;
	base_free(text);
}

/* ---- the host -------------------------------------------------------------------------------- */

static void check_interface(struct run *r)
{
	const struct seamstep_facts *f = &r->c->facts;

	if (f->kind == SEAMSTEP_HOST_NONE)
		fail(r, SEAMSTEP_CHECK_INTERFACE, SEAMSTEP_UNSUPPORTED,
		     "this kernel has no interface for updates; Linux 7.2 or later "
		     "with TDX has one, and seamstep.ko");
	else if (!f->upload_status)
		fail(r, SEAMSTEP_CHECK_INTERFACE, SEAMSTEP_UNSUPPORTED, "%s: no upload node%s",
		     seamstep_host_kind_text(f->kind), !f->erratum ? "" : f->built_in ?
		     "; the CPU has the erratum seamret_invd_vmcs, which a microcode update may remove" :
		     "; the CPU has the erratum seamret_invd_vmcs, which a microcode update may remove; "
		     "'seamstep driver use seamstep' loads a driver that has one");
	else
		say(r, SEAMSTEP_CHECK_INTERFACE, SEAMSTEP_PASSED, "%s",
		    seamstep_host_kind_text(f->kind));
}

static void check_module(struct run *r)
{
	const struct seamstep_facts *f = &r->c->facts;
	char *version;

	if (f->module_lost) {
		fail(r, SEAMSTEP_CHECK_MODULE, SEAMSTEP_UNSUPPORTED,
		     "no TDX Module runs; a reboot brings TDX back");
	} else if (!f->compat.has_module_version) {
		fail(r, SEAMSTEP_CHECK_MODULE, SEAMSTEP_UNSUPPORTED,
		     "the version is not known (%s)",
		     seamstep_missing_name(f->missing_module));
	} else {
		version = repo_version_text(true, f->compat.module);
		say(r, SEAMSTEP_CHECK_MODULE, SEAMSTEP_PASSED, "%s runs", version);
		base_free(version);
	}
}

static void check_root(struct run *r)
{
	enum seamstep_host_kind kind = r->c->facts.kind;

	if (kind == SEAMSTEP_HOST_LAB)
		say(r, SEAMSTEP_CHECK_ROOT, SEAMSTEP_PASSED, "not needed for a lab");
	else if (r->c->facts.recorded)
		say(r, SEAMSTEP_CHECK_ROOT, SEAMSTEP_PASSED, "not needed for a recorded host");
	else if (geteuid() == 0 || !r->c->host->needs_root)
		say(r, SEAMSTEP_CHECK_ROOT, SEAMSTEP_PASSED, geteuid() ?
		    "not needed for this host" : "user 0");
	else
		fail(r, SEAMSTEP_CHECK_ROOT, SEAMSTEP_ERROR, "an update of this host needs root");
}

static void check_inhibited(struct run *r)
{
	char *why = NULL, *reason, *who;
	struct seamstep_inhibitors by;

	if (!inhibit_read(r->c->host, &by, &why)) {
		fail(r, SEAMSTEP_CHECK_INHIBITED, SEAMSTEP_NOT_NOW,
		     "the inhibitors cannot be read: %s", why);
	} else if (!by.nr) {
		say(r, SEAMSTEP_CHECK_INHIBITED, SEAMSTEP_PASSED, "nobody forbids updates");
	} else {
		who = base_escape(by.list[0].who);
		reason = base_escape(by.list[0].reason);
		fail(r, SEAMSTEP_CHECK_INHIBITED, SEAMSTEP_NOT_NOW,
		     "updates are forbidden by %s: %s%s", who, reason,
		     by.nr > 1 ? "; others forbid updates too" : "");
		base_free(reason);
		base_free(who);
	}
	base_free(why);
	inhibit_release(&by);
}

static void check_journal(struct run *r)
{
	const char *dir = r->c->host->state_dir;
	char *why = NULL;

	if (r->c->facts.recorded)
		say(r, SEAMSTEP_CHECK_JOURNAL, SEAMSTEP_PASSED, "not needed for a recorded host");
	else if (!access(dir, W_OK) || (errno == ENOENT && state_dir_make(r->c->host, &why)))
		say(r, SEAMSTEP_CHECK_JOURNAL, SEAMSTEP_PASSED, "%s/journal.jsonl", dir);
	else
		fail(r, SEAMSTEP_CHECK_JOURNAL, SEAMSTEP_ERROR,
		     "no record is possible: %s: %s", dir,
		     why ? why : strerror(errno));
	base_free(why);
}

static void check_lps(struct run *r)
{
	const struct ss_compat_host *h = &r->c->facts.compat;
	char *shown;

	if (!h->has_lps) {
		say(r, SEAMSTEP_CHECK_LPS, SEAMSTEP_UNDECIDED,
		    "the number of online LPs is not known (%s)",
		    seamstep_missing_name(r->c->facts.missing_lps));
	} else if (h->lps_online == h->lps_platform) {
		say(r, SEAMSTEP_CHECK_LPS, SEAMSTEP_PASSED, "all %u are online", h->lps_online);
	} else {
		shown = base_escape(r->c->facts.cpus_offline ? r->c->facts.cpus_offline : "?");
		fail(r, SEAMSTEP_CHECK_LPS, SEAMSTEP_NOT_NOW,
		     "%u of %u LPs are online; an update would lose every TD; bring CPU "
		     "%s online first",
		     h->lps_online, h->lps_platform, shown);
		base_free(shown);
	}
}

static void check_td_build(struct run *r)
{
	const struct seamstep_facts *f = &r->c->facts;

	if (!f->has_builds)
		say(r, SEAMSTEP_CHECK_TD_BUILD, SEAMSTEP_UNDECIDED,
		    "this kernel does not tell; an update may spoil the measurement of a TD "
		    "that is being built: start no TD until the update is over");
	else if (!f->builds)
		say(r, SEAMSTEP_CHECK_TD_BUILD, SEAMSTEP_PASSED, "no TD is being built");
	else if (r->target->td_build == SEAMSTEP_TD_BUILD_WAIT)
		say(r, SEAMSTEP_CHECK_TD_BUILD, SEAMSTEP_WARNED,
		    "%u TD builds are under way; the update waits for their end", f->builds);
	else if (r->target->td_build == SEAMSTEP_TD_BUILD_IGNORE)
		say(r, SEAMSTEP_CHECK_TD_BUILD, SEAMSTEP_WARNED,
		    "%u TD builds are under way, ignored as asked; the update may spoil the "
		    "measurements of these TDs",
		    f->builds);
	else
		fail(r, SEAMSTEP_CHECK_TD_BUILD, SEAMSTEP_NOT_NOW,
		     "%u TD builds are under way; try again after their end", f->builds);
}

static void check_erratum(struct run *r)
{
	if (r->c->facts.erratum)
		fail(r, SEAMSTEP_CHECK_ERRATUM, SEAMSTEP_NOT_NOW,
		     "P-SEAMLDR calls drop this CPU's current VMCS: a VM that is no TD may fail "
		     "at its next entry; a microcode update may remove the erratum; where no such "
		     "VM runs, waive this check");
	else
		say(r, SEAMSTEP_CHECK_ERRATUM, SEAMSTEP_PASSED,
		    "none: P-SEAMLDR calls keep the current VMCS");
}

static void check_upload(struct run *r)
{
	const char *status = r->c->facts.upload_status;
	char *shown;

	if (!status)		/* the check of the interface says so */
		return;
	if (!strcmp(status, "idle")) {
		say(r, SEAMSTEP_CHECK_UPLOAD, SEAMSTEP_PASSED, "idle");
		return;
	}
	shown = base_escape(status);
	fail(r, SEAMSTEP_CHECK_UPLOAD, SEAMSTEP_NOT_NOW,
	     "expected idle, found '%s'; another upload may be under way", shown);
	base_free(shown);
}

/* ---- the image ------------------------------------------------------------------------------- */

static void bad_image(struct run *r, enum seamstep_check check, const struct seamstep_image *image,
		      const struct ss_image_error *err)
{
	char *text = image_error_text(err), *shown = base_escape(text);

	fail(r, check, SEAMSTEP_BAD_IMAGE, "%s: %s", image->name, shown);
	base_free(shown);
	base_free(text);
}

static bool check_signature(struct run *r, const struct seamstep_image *image)
{
	struct ss_image_error err;

	if (ss_image_check_signer(&image->image, &crypto_openssl, r->signer, &err) &&
	    ss_image_check_signature(&image->image, &crypto_openssl, &err) &&
	    ss_image_check_hash(&image->image, &crypto_openssl, &err))
		return true;
	bad_image(r, SEAMSTEP_CHECK_SIGNATURE, image, &err);
	return false;
}

/* Images carry no version: the file's name may lie. Another image with the same module tells. */
static void check_name(struct run *r, const struct seamstep_image *image)
{
	const struct seamstep_image *other =
		repo_find_hash(r->c->repo, image->image.sig.seamhash);
	char *said, *is;

	if (!other || other == image || !other->has_version || !image->has_version ||
	    !ss_version_cmp(other->version, image->version))
		return;
	said = repo_version_text(true, image->version);
	is = repo_version_text(true, other->version);
	say(r, SEAMSTEP_CHECK_IMAGE, SEAMSTEP_WARNED,
	    "%s: named %s, but its module is that of %s in the repository; the update would end "
	    "as a mismatch", image->name, said, is);
	base_free(is);
	base_free(said);
}

static void check_image(struct run *r, const struct seamstep_image *image)
{
	struct ss_image_error err;

	char *why = NULL;

	if (!image->good) {
		bad_image(r, SEAMSTEP_CHECK_IMAGE, image, &image->err);
		return;
	}
	/* The image belongs to the repository or to the update, neither of which is constant. */
	if (!repo_image_whole((struct seamstep_image *)image, &why)) {
		fail(r, SEAMSTEP_CHECK_IMAGE, SEAMSTEP_BAD_IMAGE, "%s", why);
		base_free(why);
		return;
	}
	if (!r->p->lines[SEAMSTEP_CHECK_IMAGE].text)
		say(r, SEAMSTEP_CHECK_IMAGE, SEAMSTEP_PASSED, "%s, container 0x%x", image->name,
		    image->image.container_version);
	check_name(r, image);
	if (check_signature(r, image) && !r->p->lines[SEAMSTEP_CHECK_SIGNATURE].text)
		say(r, SEAMSTEP_CHECK_SIGNATURE, SEAMSTEP_PASSED,
		    "signer, RSA signature and SHA-384 are right");
	if (!ss_image_check_elf(&image->image, &err))
		bad_image(r, SEAMSTEP_CHECK_LOADER, image, &err);
	else if (!r->p->lines[SEAMSTEP_CHECK_LOADER].text)
		say(r, SEAMSTEP_CHECK_LOADER, SEAMSTEP_PASSED, "the image keeps the rules");
}

/* The policy binds fallbacks too: each may be what runs in the end. */
static void check_allowed(struct run *r)
{
	const struct policy *policy = &r->c->policy;
	const struct seamstep_image *image = r->target->image;
	const char *why = context_forbids(r->c, image);
	uint32_t i;

	for (i = 0; !why && i < r->target->nr_fallbacks; i++) {
		image = r->target->fallbacks[i];
		why = context_forbids(r->c, image);
	}
	if (why)
		fail(r, SEAMSTEP_CHECK_ALLOWED, SEAMSTEP_INCOMPATIBLE, "%s: %s", image->name, why);
	else if (policy->nr_approved || policy->nr_blocked)
		say(r, SEAMSTEP_CHECK_ALLOWED, SEAMSTEP_PASSED, "by the configuration");
}

/* Reasons of compat by the check that they belong to. */
#define BIT(reason) (1u << SS_COMPAT_##reason)
#define MEMORY_REASONS (BIT(MEMORY) | BIT(MEMORY_MARGIN))
static const struct {
	enum seamstep_check check;
	uint32_t reasons;
	enum seamstep_end end;
	char *(*fact)(const struct context *c, const struct seamstep_image *image);
	const char *advice;
} compat_checks[] = {
	{ SEAMSTEP_CHECK_CPU, BIT(CPU), SEAMSTEP_INCOMPATIBLE, preflight_fact_cpu },
	{ SEAMSTEP_CHECK_SEAMLDR, BIT(SEAMLDR) | BIT(RESERVED3) | BIT(DEBUG) | BIT(EMPTY),
	  SEAMSTEP_INCOMPATIBLE, preflight_fact_seamldr },
	{ SEAMSTEP_CHECK_RUNNING,
	  BIT(NO_MODULE) | BIT(LINE) | BIT(OLDER) | BIT(SAME) | BIT(MIN_RUNNING) |
		  BIT(NOT_PRESERVING),
	  SEAMSTEP_INCOMPATIBLE, preflight_fact_running },
	{ SEAMSTEP_CHECK_SVN, BIT(SVN_MAJOR) | BIT(SVN_MINOR), SEAMSTEP_INCOMPATIBLE,
	  preflight_fact_svn },
	{ SEAMSTEP_CHECK_HANDOFF, BIT(HANDOFF) | BIT(HANDOFF_PAGES) | BIT(NO_DOWNGRADE),
	  SEAMSTEP_INCOMPATIBLE, preflight_fact_handoff },
	{ SEAMSTEP_CHECK_MEMORY, MEMORY_REASONS, SEAMSTEP_INCOMPATIBLE, preflight_fact_memory,
	  "; a BIOS that reserves more memory for SEAM makes room at the next boot" },
	{ SEAMSTEP_CHECK_BUDGET, BIT(EXHAUSTED), SEAMSTEP_EXHAUSTED, preflight_fact_budget },
	{ SEAMSTEP_CHECK_MAPPING, BIT(RULES_BROKEN), SEAMSTEP_INCOMPATIBLE,
	  preflight_fact_mapping },
};

uint32_t preflight_waived_reasons(const struct preflight_target *target)
{
	return (target->reinstall ? BIT(SAME) : 0) | (target->allow_older ? BIT(OLDER) : 0) |
	       (target->allow_debug ? BIT(DEBUG) : 0);
}

uint32_t preflight_reasons_of(uint32_t waived)
{
	return (waived >> SEAMSTEP_CHECK_MEMORY & 1 ? MEMORY_REASONS : 0) |
	       (waived >> SEAMSTEP_CHECK_MAPPING & 1 ? BIT(RULES_BROKEN) : 0);
}

static void check_compat(struct run *r)
{
	const struct seamstep_image *image = r->target->image;
	uint32_t refused;
	char *text;
	size_t i;

	ss_compat_check(&image->image, &r->c->facts.compat, repo_rule(image), &r->compat);
	for (i = 0; i < SS_ARRAY_SIZE(compat_checks); i++) {
		refused = r->compat.refused & compat_checks[i].reasons &
			  ~preflight_waived_reasons(r->target);
		text = refused ? context_reasons(&r->compat, refused) :
		       compat_checks[i].fact(r->c, image);
		if (refused)
			fail(r, compat_checks[i].check, compat_checks[i].end, "%s%s", text,
			     compat_checks[i].advice ? compat_checks[i].advice : "");
		else
			say(r, compat_checks[i].check, SEAMSTEP_PASSED, "%s", text);
		base_free(text);
	}
}

static bool passed(const struct run *r, enum seamstep_check check)
{
	return r->p->lines[check].result == SEAMSTEP_PASSED;
}

/* A check that passed without its fact has proven nothing. */
static void mark_unknown(struct run *r)
{
	const struct ss_compat_host *h = &r->c->facts.compat;

	if (!h->has_remaining)
		say(r, SEAMSTEP_CHECK_BUDGET, SEAMSTEP_UNDECIDED, "the number is not known (%s)",
		    seamstep_missing_name(r->c->facts.missing_remaining));
	if (!h->has_seamldr_version && passed(r, SEAMSTEP_CHECK_SEAMLDR))
		say(r, SEAMSTEP_CHECK_SEAMLDR, SEAMSTEP_UNDECIDED,
		    "the P-SEAMLDR's version is not known (%s)",
		    seamstep_missing_name(r->c->facts.missing_seamldr));
	if (!h->has_fms && passed(r, SEAMSTEP_CHECK_CPU))
		say(r, SEAMSTEP_CHECK_CPU, SEAMSTEP_UNDECIDED, "the CPUs are not known");
	if (!h->has_module_svn && passed(r, SEAMSTEP_CHECK_SVN))
		say(r, SEAMSTEP_CHECK_SVN, SEAMSTEP_UNDECIDED,
		    "the running module's SVN is not known (%s)",
		    seamstep_missing_name(r->c->facts.missing_svn));
	if (!h->has_handoff && passed(r, SEAMSTEP_CHECK_HANDOFF))
		say(r, SEAMSTEP_CHECK_HANDOFF, SEAMSTEP_UNDECIDED,
		    "the running module's handoff versions are not known (%s)",
		    seamstep_missing_name(r->c->facts.missing_svn));
	if (r->compat.warned & BIT(NO_RULE) && passed(r, SEAMSTEP_CHECK_RUNNING))
		say(r, SEAMSTEP_CHECK_RUNNING, SEAMSTEP_WARNED, "%s",
		    ss_compat_text(SS_COMPAT_NO_RULE));
}

/* The memory check refuses nothing. Say what else is known about memory. */
static void mark_memory(struct run *r)
{
	const struct ss_compat *compat = &r->compat;
	char *text;

	if (compat->warned & BIT(MEMORY_GROWS)) {
		text = context_reasons(compat, BIT(MEMORY_GROWS));
		say(r, SEAMSTEP_CHECK_MEMORY, SEAMSTEP_WARNED,
		    "%s; with less memory the update is refused, or every TD is lost", text);
		base_free(text);
	} else if (compat->have[SS_COMPAT_UNKNOWN] & BIT(MEMORY_MARGIN)) {
		say(r, SEAMSTEP_CHECK_MEMORY, SEAMSTEP_UNDECIDED,
		    "neither the size of the memory nor the running module's need is known (%s)",
		    seamstep_missing_name(r->c->facts.missing_svn));
	}
}

static void check_features(struct run *r)
{
	char *text = NULL;

	if (r->compat.warned & BIT(FEATURES_LOST)) {
		text = context_reasons(&r->compat, BIT(FEATURES_LOST));
		say(r, SEAMSTEP_CHECK_FEATURES, SEAMSTEP_WARNED, "%s", text);
	} else {
		text = preflight_fact_features(r->c, r->target->image);
		say(r, SEAMSTEP_CHECK_FEATURES, SEAMSTEP_PASSED, "%s", text);
	}
	base_free(text);
}

static void name_fallbacks(struct run *r)
{
	const struct ss_compat_host *h = &r->c->facts.compat;
	char *text = preflight_fact_fallbacks(r->target);

	if (h->has_remaining && h->remaining_updates < 2)
		say(r, SEAMSTEP_CHECK_FALLBACK, SEAMSTEP_WARNED,
		    "%s; but no update is left for a fallback", text);
	else
		say(r, SEAMSTEP_CHECK_FALLBACK, SEAMSTEP_PASSED, "%s", text);
	base_free(text);
}

static void check_fallback(struct run *r)
{
	if (!r->c->facts.has_fallback)
		say(r, SEAMSTEP_CHECK_FALLBACK, SEAMSTEP_WARNED,
		    "this kernel cannot fall back: a failure after the "
		    "shutdown of the running module costs every TD%s",
		    r->c->facts.kind != SEAMSTEP_HOST_MAINLINE ? "" : r->c->facts.built_in ?
		    "; its driver is built in, and no other can take its place" :
		    "; 'seamstep driver use seamstep' lets a driver update that can, mostly from the "
		    "next boot");
	else if (!r->target->nr_fallbacks && r->target->need_fallback)
		fail(r, SEAMSTEP_CHECK_FALLBACK, SEAMSTEP_INCOMPATIBLE,
		     "%s: a failure after the shutdown of the running module would cost every TD",
		     r->c->running && context_forbids(r->c, r->c->running) ?
		     "the configuration allows no image of the running version" :
		     "the repository has no image of the running version");
	else if (!r->target->nr_fallbacks)
		say(r, SEAMSTEP_CHECK_FALLBACK, SEAMSTEP_WARNED,
		    "no fallback: a failure after the shutdown of the running "
		    "module costs every TD");
	else
		name_fallbacks(r);
}

/* The end that tells the operator most: image faults come early, conditions that may pass late. */
static enum seamstep_end judge(const struct seamstep_preflight *p)
{
	static const enum seamstep_end order[] = {
		SEAMSTEP_UNSUPPORTED, SEAMSTEP_BAD_IMAGE, SEAMSTEP_INCOMPATIBLE,
		SEAMSTEP_EXHAUSTED,	 SEAMSTEP_NOT_NOW,	SEAMSTEP_ERROR,
	};
	size_t i, j;

	for (i = 0; i < SS_ARRAY_SIZE(order); i++)
		for (j = 0; j < SEAMSTEP_CHECK_NR; j++)
			if (p->lines[j].result == SEAMSTEP_FAILED && p->lines[j].end == order[i])
				return order[i];
	return SEAMSTEP_OK;
}

/* What concerns the host, whatever the image. */
static void check_host(struct run *r)
{
	check_interface(r);
	check_module(r);
	check_root(r);
	check_inhibited(r);
	check_journal(r);
	check_lps(r);
	check_td_build(r);
	check_erratum(r);
	check_upload(r);
}

void preflight_run(struct seamstep_preflight *p, const struct context *c,
		   const struct preflight_target *target, uint32_t waived,
		   const uint8_t signer[SS_SHA384_BYTES])
{
	struct run r = { .p = p, .c = c, .target = target, .waived = waived, .signer = signer };
	uint32_t i;

	memset(p, 0, sizeof(*p));
	check_host(&r);
	check_image(&r, target->image);
	for (i = 0; i < target->nr_fallbacks; i++)
		check_image(&r, target->fallbacks[i]);
	check_allowed(&r);
	if (target->image->good) {
		check_compat(&r);
		mark_unknown(&r);
		if (!(r.compat.refused & MEMORY_REASONS))
			mark_memory(&r);
		check_features(&r);
	}
	check_fallback(&r);
	p->end = judge(p);
}

/* What an update of any image needs of the budget. */
static void check_any_budget(struct run *r)
{
	const struct ss_compat_host *h = &r->c->facts.compat;
	char *text = preflight_fact_budget(r->c, NULL);

	if (!h->has_remaining)
		say(r, SEAMSTEP_CHECK_BUDGET, SEAMSTEP_UNDECIDED, "the number is not known (%s)",
		    seamstep_missing_name(r->c->facts.missing_remaining));
	else if (!h->remaining_updates)
		fail(r, SEAMSTEP_CHECK_BUDGET, SEAMSTEP_EXHAUSTED, "%s", text);
	else
		say(r, SEAMSTEP_CHECK_BUDGET,
		    h->remaining_updates == 1 ? SEAMSTEP_WARNED : SEAMSTEP_PASSED, "%s%s", text,
		    h->remaining_updates == 1 ? ": none would remain for a recovery" : "");
	base_free(text);
}

void preflight_ready(struct seamstep_preflight *p, const struct context *c, uint32_t waived)
{
	struct preflight_target none = { .td_build = SEAMSTEP_TD_BUILD_REFUSE };
	struct run r = { .p = p, .c = c, .target = &none, .waived = waived };

	memset(p, 0, sizeof(*p));
	check_host(&r);
	check_any_budget(&r);
	p->end = judge(p);
}

void preflight_release(struct seamstep_preflight *p)
{
	uint32_t i;

	for (i = 0; i < SEAMSTEP_CHECK_NR; i++)
		base_free(p->lines[i].text);
	memset(p, 0, sizeof(*p));
}

char *preflight_first(const struct seamstep_preflight *p)
{
	uint32_t i, first = SEAMSTEP_CHECK_NR, more = 0;

	for (i = 0; i < SEAMSTEP_CHECK_NR; i++) {
		if (p->lines[i].result != SEAMSTEP_FAILED)
			continue;
		if (first == SEAMSTEP_CHECK_NR && p->lines[i].end == p->end)
			first = i;
		else
			more++;
	}
	if (first == SEAMSTEP_CHECK_NR)
		return NULL;
	if (!more)
		return base_text("%s: %s", checks[first].name, p->lines[first].text);
	return base_text("%s: %s (%u more check%s failed)", checks[first].name,
			   p->lines[first].text, more, more > 1 ? "s" : "");
}
