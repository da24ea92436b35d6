// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The facts behind a check that passed, each with its source. */
#include "preflight_fact.h"

#include "core/room.h"
#include "lib/base/text.h"
#include "preflight.h"

#include <stdlib.h>

/* Where the facts about the running module come from, if not from the host itself. */
static const char *source(const struct context *c)
{
	return c->facts.from_image ? ", by its image in the repository" : "";
}

char *preflight_fact_cpu(const struct context *c, const struct seamstep_image *image)
{
	const struct ss_compat_host *h = &c->facts.compat;
	char *text = base_text("%s", "");
	uint32_t i, j;

	for (i = 0; i < h->nr_fms; i++) {
		for (j = 0; j < i && h->fms[j] != h->fms[i]; j++)
			;
		if (j == i)
			text = base_append(text, "%s0x%x", i ? " and " : "", h->fms[i]);
	}
	return base_append(text, " on %u package%s, in the image's list of %u", h->nr_fms,
			   h->nr_fms == 1 ? "" : "s", image->image.sig.nr_fms);
}

char *preflight_fact_seamldr(const struct context *c, const struct seamstep_image *image)
{
	const struct ss_compat_host *h = &c->facts.compat;
	char *now = repo_version_text(h->has_seamldr_version, h->seamldr), *need, *text;
	struct ss_version best = { 1, 5, 0 };
	const char *by = "by the interface";
	uint32_t i;

	for (i = 0; i < image->rule.nr_min_seamldr; i++) {
		const struct ss_version *m = &image->rule.min_seamldr[i];

		if (m->major == h->seamldr.major && m->minor <= h->seamldr.minor) {
			best = *m;
			by = "by the mapping file";
		}
	}
	need = repo_version_text(true, best);
	text = base_text("%s, needs %s or newer %s", now, need, by);
	base_free(need);
	base_free(now);
	return text;
}

char *preflight_fact_running(const struct context *c, const struct seamstep_image *image)
{
	char *now = repo_version_text(c->facts.compat.has_module_version, c->facts.compat.module);
	char *need = repo_version_text(true, image->rule.min_running);
	char *text = image->rule.known ?
		base_text("%s, needs %s or newer by the mapping file", now, need) :
		base_text("%s; no rule of a mapping file says more", now);

	base_free(need);
	base_free(now);
	return text;
}

char *preflight_fact_svn(const struct context *c, const struct seamstep_image *image)
{
	const struct ss_sigstruct *sig = &image->image.sig;
	const struct ss_compat_host *h = &c->facts.compat;

	return base_text("the image has %u.%u, the running module %u.%u%s", sig->svn_major,
			 sig->svn_minor, h->svn_major, h->svn_minor, source(c));
}

char *preflight_fact_handoff(const struct context *c, const struct seamstep_image *image)
{
	const struct ss_sigstruct *sig = &image->image.sig;
	const struct ss_compat_host *h = &c->facts.compat;

	return base_text("the image reads %u..%u, the running module writes %u..%u%s",
			 sig->min_update_hv, sig->module_hv, h->min_update_hv, h->module_hv,
			 source(c));
}

char *preflight_fact_memory(const struct context *c, const struct seamstep_image *image)
{
	const struct ss_compat_host *h = &c->facts.compat;
	struct ss_room room = ss_room_of(&image->image.sig);
	struct ss_room_answer a = ss_room_check(&room, h->has_room ? &h->room : NULL,
						h->module_range, h->has_lps ? h->lps_platform : 1);

	if (h->module_range)
		return base_text("the image needs %llu bytes of the %llu for a module",
				 (unsigned long long)a.need.whole,
				 (unsigned long long)h->module_range);
	return base_text("the image needs no more than the running module");
}

char *preflight_fact_features(const struct context *c, const struct seamstep_image *image)
{
	if (!image->rule.features0_known || !c->facts.compat.has_features0)
		return base_text("none is lost, as far as the mapping file tells");
	return base_text("all of 0x%llx remain, by the mapping file",
			 (unsigned long long)c->facts.compat.features0);
}

char *preflight_fact_mapping(const struct context *c, const struct seamstep_image *image)
{
	if (!c->repo || !c->repo->mapping)
		return base_text("there is no mapping file");
	return base_text(image->rule.known ? "the mapping file has rules for the image" :
			 "the mapping file can be read");
}

char *preflight_fact_budget(const struct context *c, const struct seamstep_image *image)
{
	uint32_t left = c->facts.compat.remaining_updates;

	(void)image;
	return left ? base_text("%u", left) : base_text("none before a reboot");
}

/* Once the new module is in, the P-SEAMLDR takes no image with a lower SVN. */
static bool can_follow(const struct seamstep_image *fallback, const struct seamstep_image *target)
{
	return fallback->image.sig.svn_major == target->image.sig.svn_major &&
	       fallback->image.sig.svn_minor >= target->image.sig.svn_minor;
}

char *preflight_fact_fallbacks(const struct preflight_target *t)
{
	char *text = base_text("%s", ""), *version;
	uint32_t i;

	for (i = 0; i < t->nr_fallbacks; i++) {
		const struct seamstep_image *f = t->fallbacks[i];

		version = repo_version_text(f->has_version, f->version);
		text = base_append(text, "%s%s (%s) if the update fails %s", i ? "; " : "", version,
				   f->name, can_follow(f, t->image) ?
				   "before or after the new module is in" :
				   "before the new module is in");
		base_free(version);
	}
	return text;
}
