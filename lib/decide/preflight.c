// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The checks before an update. */
#include "preflight.h"

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
} checks[] = { PREFLIGHT_CHECKS(CHECK_NAME) };

struct run {
	struct preflight *p;
	const struct context *c;
	const struct preflight_target *target;
	uint32_t waived;
	const uint8_t *signer;
};

const char *preflight_name(enum preflight_check check)
{
	return checks[check].name;
}

const char *preflight_question(enum preflight_check check)
{
	return checks[check].question;
}

bool preflight_waive(const char *name, uint32_t *waived, bool *known)
{
	uint32_t i;

	for (i = 0; i < PREFLIGHT_NR; i++) {
		if (strcmp(checks[i].name, name))
			continue;
		*known = true;
		if (checks[i].waivable)
			*waived |= 1u << i;
		return checks[i].waivable;
	}
	*known = false;
	return false;
}

__attribute__((format(printf, 4, 5)))
static void say(struct run *r, enum preflight_check check, enum preflight_result result,
		const char *fmt, ...)
{
	struct preflight_line *line = &r->p->lines[check];
	va_list args;

	free(line->text);
	va_start(args, fmt);
	line->text = text_vformat(fmt, args);
	va_end(args);
	if (result >= CHECK_UNKNOWN && r->waived >> check & 1)
		result = CHECK_WAIVED;
	line->result = result;
}

__attribute__((format(printf, 4, 5)))
static void fail(struct run *r, enum preflight_check check, enum lib_end end, const char *fmt,
		 ...)
{
	va_list args;
	char *text;

	va_start(args, fmt);
	text = text_vformat(fmt, args);
	va_end(args);
	say(r, check, CHECK_FAIL, "%s", text);
	r->p->lines[check].end = end;
	free(text);
}

/* ---- the host -------------------------------------------------------------------------------- */

static void check_interface(struct run *r)
{
	const struct host_facts *f = &r->c->facts;

	if (f->kind == HOST_NONE)
		fail(r, PREFLIGHT_INTERFACE, LIB_UNSUPPORTED,
		     "this kernel has no interface for updates");
	else if (!f->upload_status)
		fail(r, PREFLIGHT_INTERFACE, LIB_UNSUPPORTED, "%s: there is no upload node%s",
		     host_kind_text(f->kind), f->erratum ? ": this CPU's microcode has the erratum "
		     "seamret_invd_vmcs, a newer one may not" : "");
	else
		say(r, PREFLIGHT_INTERFACE, CHECK_OK, "%s", host_kind_text(f->kind));
}

static void check_module(struct run *r)
{
	const struct host_facts *f = &r->c->facts;
	char *version;

	if (f->module_lost) {
		fail(r, PREFLIGHT_MODULE, LIB_UNSUPPORTED, "none runs: TDX is gone until a reboot");
	} else if (!f->compat.has_module_version) {
		fail(r, PREFLIGHT_MODULE, LIB_UNSUPPORTED, "its version is unknown (%s)",
		     host_missing_name(f->missing_module));
	} else {
		version = repo_version_text(true, f->compat.module);
		say(r, PREFLIGHT_MODULE, CHECK_OK, "%s runs", version);
		free(version);
	}
}

static void check_root(struct run *r)
{
	enum host_kind kind = r->c->facts.kind;

	if (kind == HOST_LAB)
		say(r, PREFLIGHT_ROOT, CHECK_OK, "not needed for a lab");
	else if (r->c->facts.recorded)
		say(r, PREFLIGHT_ROOT, CHECK_OK, "not needed for a recorded host");
	else if (geteuid() == 0 || !r->c->host->needs_root)
		say(r, PREFLIGHT_ROOT, CHECK_OK, "yes");
	else
		fail(r, PREFLIGHT_ROOT, LIB_ERROR, "an update of this host needs root");
}

static void check_inhibited(struct run *r)
{
	char *why = NULL, *reason, *who;
	struct inhibitors by;

	if (!inhibit_read(r->c->host, &by, &why)) {
		fail(r, PREFLIGHT_INHIBITED, LIB_NOT_NOW, "cannot be told: %s", why);
	} else if (!by.nr) {
		say(r, PREFLIGHT_INHIBITED, CHECK_OK, "no");
	} else {
		who = text_escape(by.list[0].who);
		reason = text_escape(by.list[0].reason);
		fail(r, PREFLIGHT_INHIBITED, LIB_NOT_NOW, "by %s: %s%s", who, reason,
		     by.nr > 1 ? ", and others" : "");
		free(reason);
		free(who);
	}
	free(why);
	inhibit_release(&by);
}

static void check_journal(struct run *r)
{
	const char *dir = r->c->host->state_dir;
	char *why = NULL;

	if (r->c->facts.recorded)
		say(r, PREFLIGHT_JOURNAL, CHECK_OK, "not for a recorded host");
	else if (!access(dir, W_OK) || (errno == ENOENT && state_dir_make(r->c->host, &why)))
		say(r, PREFLIGHT_JOURNAL, CHECK_OK, "%s/journal.jsonl", dir);
	else
		fail(r, PREFLIGHT_JOURNAL, LIB_ERROR, "%s: %s", dir, why ? why : strerror(errno));
	free(why);
}

static void check_lps(struct run *r)
{
	const struct ss_compat_host *h = &r->c->facts.compat;
	char *shown;

	if (!h->has_lps) {
		say(r, PREFLIGHT_LPS, CHECK_UNKNOWN, "not known (%s)",
		    host_missing_name(r->c->facts.missing_lps));
	} else if (h->lps_online == h->lps_platform) {
		say(r, PREFLIGHT_LPS, CHECK_OK, "all %u", h->lps_online);
	} else {
		shown = text_escape(r->c->facts.cpus_offline ? r->c->facts.cpus_offline : "?");
		fail(r, PREFLIGHT_LPS, LIB_NOT_NOW,
		     "%u of %u LPs are online; without %s the INSTALL "
		     "session cannot be completed and every TD is lost; bring them online first",
		     h->lps_online, h->lps_platform, shown);
		free(shown);
	}
}

static void check_td_build(struct run *r)
{
	const struct host_facts *f = &r->c->facts;

	if (!f->has_builds)
		say(r, PREFLIGHT_TD_BUILD, CHECK_UNKNOWN,
		    "this kernel does not tell: an update during a "
		    "TD's build may spoil its measurement; start no TD until it is over");
	else if (!f->builds)
		say(r, PREFLIGHT_TD_BUILD, CHECK_OK, "none is under way");
	else if (r->target->td_build == HOST_TD_BUILD_WAIT)
		say(r, PREFLIGHT_TD_BUILD, CHECK_WARN,
		    "%u under way; the update waits for their end", f->builds);
	else if (r->target->td_build == HOST_TD_BUILD_IGNORE)
		say(r, PREFLIGHT_TD_BUILD, CHECK_WARN,
		    "%u under way, ignored as asked: their measurements "
		    "may be spoilt",
		    f->builds);
	else
		fail(r, PREFLIGHT_TD_BUILD, LIB_NOT_NOW, "%u TD builds are under way", f->builds);
}

static void check_erratum(struct run *r)
{
	if (r->c->facts.erratum)
		fail(r, PREFLIGHT_ERRATUM, LIB_NOT_NOW,
		     "P-SEAMLDR calls drop the current VMCS here: a VM "
		     "that is no TD may fail at its next entry; a microcode update removes it");
	else
		say(r, PREFLIGHT_ERRATUM, CHECK_OK, "yes");
}

static void check_upload(struct run *r)
{
	const char *status = r->c->facts.upload_status;
	char *shown;

	if (!status || !strcmp(status, "idle")) {
		say(r, PREFLIGHT_UPLOAD, CHECK_OK, "%s", status ? "idle" : "-");
		return;
	}
	shown = text_escape(status);
	fail(r, PREFLIGHT_UPLOAD, LIB_NOT_NOW, "expected idle, found '%s'", shown);
	free(shown);
}

/* ---- the image ------------------------------------------------------------------------------- */

static void bad_image(struct run *r, enum preflight_check check, const struct repo_image *image,
		      const struct ss_image_error *err)
{
	char *text = image_error_text(err), *shown = text_escape(text);

	fail(r, check, LIB_BAD_IMAGE, "%s: %s", image->name, shown);
	free(shown);
	free(text);
}

static bool check_signature(struct run *r, const struct repo_image *image)
{
	struct ss_image_error err;

	if (ss_image_check_signer(&image->image, &crypto_openssl, r->signer, &err) &&
	    ss_image_check_signature(&image->image, &crypto_openssl, &err) &&
	    ss_image_check_hash(&image->image, &crypto_openssl, &err))
		return true;
	bad_image(r, PREFLIGHT_SIGNATURE, image, &err);
	return false;
}

static void check_image(struct run *r, const struct repo_image *image)
{
	struct ss_image_error err;

	if (!image->good) {
		bad_image(r, PREFLIGHT_IMAGE, image, &image->err);
		return;
	}
	if (!r->p->lines[PREFLIGHT_IMAGE].text)
		say(r, PREFLIGHT_IMAGE, CHECK_OK, "%s, container 0x%x", image->name,
		    image->image.container_version);
	if (check_signature(r, image) && !r->p->lines[PREFLIGHT_SIGNATURE].text)
		say(r, PREFLIGHT_SIGNATURE, CHECK_OK, "signer, RSA and SHA-384 are good");
	if (!ss_image_check_elf(&image->image, &err))
		bad_image(r, PREFLIGHT_LOADER, image, &err);
	else if (!r->p->lines[PREFLIGHT_LOADER].text)
		say(r, PREFLIGHT_LOADER, CHECK_OK, "yes");
}

/* Reasons of compat by the check that they belong to. */
#define BIT(reason) (1u << SS_COMPAT_##reason)
#define MEMORY_REASONS (BIT(MEMORY) | BIT(MEMORY_MARGIN))
static const struct {
	enum preflight_check check;
	uint32_t reasons;
	enum lib_end end;
	const char *good;
	const char *advice;
} compat_checks[] = {
	{ PREFLIGHT_CPU, BIT(CPU), LIB_INCOMPATIBLE, "yes" },
	{ PREFLIGHT_SEAMLDR, BIT(SEAMLDR) | BIT(RESERVED3) | BIT(DEBUG) | BIT(EMPTY),
	  LIB_INCOMPATIBLE, "yes" },
	{ PREFLIGHT_RUNNING,
	  BIT(NO_MODULE) | BIT(LINE) | BIT(OLDER) | BIT(SAME) | BIT(MIN_RUNNING) |
		  BIT(NOT_PRESERVING),
	  LIB_INCOMPATIBLE, "yes" },
	{ PREFLIGHT_SVN, BIT(SVN_MAJOR) | BIT(SVN_MINOR), LIB_INCOMPATIBLE, "no lower" },
	{ PREFLIGHT_HANDOFF, BIT(HANDOFF) | BIT(HANDOFF_PAGES) | BIT(NO_DOWNGRADE),
	  LIB_INCOMPATIBLE, "yes" },
	{ PREFLIGHT_MEMORY, MEMORY_REASONS, LIB_INCOMPATIBLE, "yes",
	  "; a BIOS that reserves more for SEAM makes room at the next boot" },
	{ PREFLIGHT_BUDGET, BIT(EXHAUSTED), LIB_EXHAUSTED, NULL },
};

uint32_t preflight_waived_reasons(const struct preflight_target *target)
{
	return (target->reinstall ? BIT(SAME) : 0) | (target->allow_older ? BIT(OLDER) : 0) |
	       (target->allow_debug ? BIT(DEBUG) : 0);
}

uint32_t preflight_reasons_of(uint32_t waived)
{
	return waived >> PREFLIGHT_MEMORY & 1 ? MEMORY_REASONS : 0;
}

static void check_compat(struct run *r)
{
	const struct repo_image *image = r->target->image;
	const struct ss_compat_host *h = &r->c->facts.compat;
	uint32_t refused;
	size_t i;

	ss_compat_check(&image->image, h, image->rule.known ? &image->rule : NULL, &r->p->compat);
	for (i = 0; i < SS_ARRAY_SIZE(compat_checks); i++) {
		refused = r->p->compat.refused & compat_checks[i].reasons &
			  ~preflight_waived_reasons(r->target);
		if (refused) {
			char *text = context_reasons(&r->p->compat, refused);

			fail(r, compat_checks[i].check, compat_checks[i].end, "%s%s", text,
			     compat_checks[i].advice ? compat_checks[i].advice : "");
			free(text);
		} else if (compat_checks[i].good) {
			say(r, compat_checks[i].check, CHECK_OK, "%s", compat_checks[i].good);
		} else {
			say(r, compat_checks[i].check, h->has_remaining ? CHECK_OK : CHECK_UNKNOWN,
			    h->has_remaining ? "%u" : "not known (needs root)",
			    h->remaining_updates);
		}
	}
}

/* A check that passed without its fact has proven nothing. */
static void mark_unknown(struct run *r)
{
	const struct ss_compat_host *h = &r->c->facts.compat;

	if (!h->has_seamldr_version && r->p->lines[PREFLIGHT_SEAMLDR].result == CHECK_OK)
		say(r, PREFLIGHT_SEAMLDR, CHECK_UNKNOWN,
		    "the P-SEAMLDR's version is not known (%s)",
		    host_missing_name(r->c->facts.missing_seamldr));
	if (!h->has_fms && r->p->lines[PREFLIGHT_CPU].result == CHECK_OK)
		say(r, PREFLIGHT_CPU, CHECK_UNKNOWN, "the CPUs are not known");
	if (!h->has_module_svn && r->p->lines[PREFLIGHT_SVN].result == CHECK_OK)
		say(r, PREFLIGHT_SVN, CHECK_UNKNOWN, "the running module's SVN is not known (%s)",
		    host_missing_name(r->c->facts.missing_svn));
	if (!h->has_handoff && r->p->lines[PREFLIGHT_HANDOFF].result == CHECK_OK)
		say(r, PREFLIGHT_HANDOFF, CHECK_UNKNOWN,
		    "the running module's window is not known (%s)",
		    host_missing_name(r->c->facts.missing_svn));
	if (!r->target->image->rule.known && r->p->lines[PREFLIGHT_RUNNING].result == CHECK_OK)
		say(r, PREFLIGHT_RUNNING, CHECK_WARN, "%s", ss_compat_text(SS_COMPAT_NO_RULE));
}

/* The memory check refuses nothing. Say what else is known about memory. */
static void mark_memory(struct run *r)
{
	const struct ss_compat *compat = &r->p->compat;
	char *text;

	if (compat->warned & BIT(MEMORY_GROWS)) {
		text = context_reasons(compat, BIT(MEMORY_GROWS));
		say(r, PREFLIGHT_MEMORY, CHECK_WARN,
		    "%s; with less than that it is refused, or every TD is lost", text);
		free(text);
	} else if (compat->have[SS_COMPAT_UNKNOWN] & BIT(MEMORY_MARGIN)) {
		say(r, PREFLIGHT_MEMORY, CHECK_UNKNOWN,
		    "neither how much there is nor what the running module takes is known (%s)",
		    host_missing_name(r->c->facts.missing_svn));
	} else if (!r->c->facts.compat.module_range) {
		say(r, PREFLIGHT_MEMORY, CHECK_OK, "it needs no more than the running module");
	}
}

static void check_features(struct run *r)
{
	if (r->p->compat.warned & BIT(FEATURES_LOST))
		say(r, PREFLIGHT_FEATURES, CHECK_WARN, "%s",
		    ss_compat_text(SS_COMPAT_FEATURES_LOST));
	else
		say(r, PREFLIGHT_FEATURES, CHECK_OK, "yes, as far as the mapping file tells");
}

static void check_fallback(struct run *r)
{
	const struct ss_compat_host *h = &r->c->facts.compat;

	if (!r->c->facts.has_fallback)
		say(r, PREFLIGHT_FALLBACK, CHECK_WARN,
		    "this kernel cannot fall back: a failure after the "
		    "shutdown of the running module costs every TD");
	else if (!r->target->nr_fallbacks && r->target->need_fallback)
		fail(r, PREFLIGHT_FALLBACK, LIB_INCOMPATIBLE,
		     "the repository has no image of the running "
		     "version: a failure after its shutdown would cost every TD");
	else if (!r->target->nr_fallbacks)
		say(r, PREFLIGHT_FALLBACK, CHECK_WARN,
		    "none: a failure after the shutdown of the running "
		    "module costs every TD");
	else if (h->has_remaining && h->remaining_updates < 2)
		say(r, PREFLIGHT_FALLBACK, CHECK_WARN, "%s, but no update would be left for it",
		    r->target->fallbacks[0]->name);
	else
		say(r, PREFLIGHT_FALLBACK, CHECK_OK, "%s%s", r->target->fallbacks[0]->name,
		    r->target->nr_fallbacks > 1 ? ", and another once the new module is in" : "");
}

/* The end that tells the operator most: image faults come early, conditions that may pass late. */
static enum lib_end judge(const struct preflight *p)
{
	static const enum lib_end order[] = {
		LIB_UNSUPPORTED, LIB_BAD_IMAGE, LIB_INCOMPATIBLE,
		LIB_EXHAUSTED,	 LIB_NOT_NOW,	LIB_ERROR,
	};
	size_t i, j;

	for (i = 0; i < SS_ARRAY_SIZE(order); i++)
		for (j = 0; j < PREFLIGHT_NR; j++)
			if (p->lines[j].result == CHECK_FAIL && p->lines[j].end == order[i])
				return order[i];
	return LIB_OK;
}

void preflight_run(struct preflight *p, const struct context *c,
		   const struct preflight_target *target, uint32_t waived,
		   const uint8_t signer[SS_SHA384_BYTES])
{
	struct run r = { p, c, target, waived, signer };
	uint32_t i;

	memset(p, 0, sizeof(*p));
	check_interface(&r);
	check_module(&r);
	check_root(&r);
	check_inhibited(&r);
	check_journal(&r);
	check_image(&r, target->image);
	for (i = 0; i < target->nr_fallbacks; i++)
		check_image(&r, target->fallbacks[i]);
	if (target->image->good) {
		check_compat(&r);
		mark_unknown(&r);
		if (!(r.p->compat.refused & MEMORY_REASONS))
			mark_memory(&r);
		check_features(&r);
	}
	check_fallback(&r);
	check_lps(&r);
	check_td_build(&r);
	check_erratum(&r);
	check_upload(&r);
	p->end = judge(p);
}

void preflight_release(struct preflight *p)
{
	uint32_t i;

	for (i = 0; i < PREFLIGHT_NR; i++)
		free(p->lines[i].text);
	memset(p, 0, sizeof(*p));
}

char *preflight_first(const struct preflight *p)
{
	uint32_t i, first = PREFLIGHT_NR, more = 0;

	for (i = 0; i < PREFLIGHT_NR; i++) {
		if (p->lines[i].result != CHECK_FAIL)
			continue;
		if (first == PREFLIGHT_NR && p->lines[i].end == p->end)
			first = i;
		else
			more++;
	}
	if (first == PREFLIGHT_NR)
		return NULL;
	if (!more)
		return text_format("%s: %s", checks[first].name, p->lines[first].text);
	return text_format("%s: %s (and %u more checks failed)", checks[first].name,
			   p->lines[first].text, more);
}
