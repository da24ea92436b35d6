// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Sentences: what runs, what would help, and what becomes of TDs. By one document at a time. */
#include "tcb.h"

#include "tool/base/text.h"

#include <stdlib.h>
#include <string.h>

/* The bar that an operator is interested in. */
#define BAR	SEAMSTEP_TCB_UP_TO_DATE

static bool clears(const struct session *s, size_t doc, const struct seamstep_image *image)
{
	struct seamstep_tcb_module module;
	struct seamstep_tcb_verdict v;

	seamstep_tcb_image(image, &module);
	seamstep_tcb_judge(s->tcb, doc, &module, &v);
	return seamstep_tcb_status_clears(v.status, BAR);
}

static bool is_newer(const struct seamstep_image *a, const struct seamstep_image *b)
{
	return !b || seamstep_version_cmp(a->version, b->version) > 0;
}

/*
 * Of the images that can be reached: the oldest one that clears with the fewest updates, and the
 * newest one that does not clear. Of those that cannot be reached: one that would clear.
 */
struct picture {
	const struct seamstep_image *helps, *falls_short, *beyond;
	uint32_t updates;
};

static void look_at(struct picture *p, bool ok, const struct seamstep_image *image,
		    uint32_t updates)
{
	if (!updates) {
		if (ok && (!p->beyond || is_newer(p->beyond, image)))
			p->beyond = image;
	} else if (!ok) {
		if (is_newer(image, p->falls_short))
			p->falls_short = image;
	} else if (!p->helps || updates < p->updates ||
		   (updates == p->updates && is_newer(p->helps, image))) {
		p->helps = image;
		p->updates = updates;
	}
}

static struct picture look(const struct session *s, size_t doc)
{
	struct picture picture = { NULL };
	struct seamstep_listed **list, **l;

	if (!s->repo || !s->facts->compat.has_module_version || seamstep_list(s->host, &list))
		return picture;
	for (l = list; *l; l++) {
		const struct seamstep_image *image = (*l)->image;

		if (image->good && image->has_version &&
		    image->image.sig.svn_major == s->facts->compat.svn_major)
			look_at(&picture, clears(s, doc, image), image, (*l)->updates);
	}
	seamstep_list_free(list);
	return picture;
}

/* ---- sentences ------------------------------------------------------------------------------- */

/* Takes both. */
static char *join(char *a, char *b)
{
	char *text = text_format("%s%s", a, b);

	free(a);
	free(b);
	return text;
}

static char *tds_text(enum seamstep_tcb_status before)
{
	/* A TD without a level at its launch, or a revoked one, keeps that verdict. */
	if (before != SEAMSTEP_TCB_OUT_OF_DATE &&
	    before != SEAMSTEP_TCB_OUT_OF_DATE_CONFIGURATION)
		return NULL;
	return text_format("After the update, on a platform that is UpToDate: TDs that start from "
			   "then on are UpToDate. TDs that run now become %s; their verifiers may "
			   "accept that or not. A TD that is started anew is UpToDate.",
			   seamstep_tcb_status_name(seamstep_tcb_relaunch(before, BAR)));
}

static char *short_text(const struct picture *p)
{
	char *version, *text;

	if (!p->falls_short)
		return text_format(".");
	version = text_version(true, p->falls_short->version);
	text = text_format("; %s does not.", version);
	free(version);
	return text;
}

static char *help_text(const struct picture *p, uint32_t set)
{
	char *version = text_version(true, p->helps->version);
	char *text = text_format(" %s clears set %u, %u update%s away", version, set, p->updates,
				 p->updates > 1 ? "s" : "");

	free(version);
	return join(text, short_text(p));
}

static char *no_help_text(const struct session *s, size_t doc, const struct picture *p)
{
	uint8_t major = s->facts->compat.svn_major, minor;
	char *version, *text;

	if (p->beyond) {
		version = text_version(true, p->beyond->version);
		text = text_format(" %s would clear it, but no chain of updates leads there; "
				   "'seamstep route --to %s' says why.", version, version);
		free(version);
		return text;
	}
	if (!seamstep_tcb_bar(s->tcb, doc, major, BAR, &minor))
		return text_format(" The document accepts no module of this line.");
	return text_format(" It asks for SVN %u.%u or higher, and no image of %s has that.", major,
			   minor, s->repo ? "the repository" : "a repository (there is none)");
}

/* "set 20 (to come)" */
static char *set_text(const struct seamstep_tcb_doc *doc)
{
	if (doc->answer != SEAMSTEP_TCB_DOC_OK)
		return text_format("set %u (%s)", doc->set, seamstep_tcb_answer_name(doc->answer));
	return text_format("set %u%s", doc->set, doc->decides ? "" : " (to come)");
}

static char *status_text(const struct session *s, size_t doc, const struct seamstep_tcb_verdict *v)
{
	const struct ss_compat_host *h = &s->facts->compat;
	char *set = set_text(seamstep_tcb_doc(s->tcb, doc)), *text;
	char *now = text_version(h->has_module_version, h->module);

	if (v->has_level)
		text = text_format("%s: %s runs and is %s.", set, now, v->word);
	else
		text = text_format("%s: %s runs and has no level (%s): verifiers refuse it.", set,
				   now, v->reason);
	free(now);
	free(set);
	return text;
}

struct tcb_advice tcb_advise(const struct session *s, size_t doc)
{
	uint32_t set = seamstep_tcb_doc(s->tcb, doc)->set;
	struct tcb_advice a = { .has_status = false };
	struct seamstep_tcb_module running;
	struct seamstep_tcb_verdict v;
	struct picture picture;

	if (!seamstep_tcb_running(s->host, &running)) {
		a.text = text_format("set %u: the SVN of what runs is not known (%s).", set,
				     seamstep_missing_name(s->facts->missing_svn));
		return a;
	}
	seamstep_tcb_judge(s->tcb, doc, &running, &v);
	a.has_status = true;
	a.status = v.status;
	a.text = status_text(s, doc, &v);
	if (seamstep_tcb_status_clears(v.status, BAR))
		return a;
	picture = look(s, doc);
	a.helps = picture.helps;
	a.updates = picture.updates;
	a.text = join(a.text, picture.helps ? help_text(&picture, set) :
		      no_help_text(s, doc, &picture));
	a.tds = picture.helps ? tds_text(v.status) : NULL;
	return a;
}

void tcb_advice_release(struct tcb_advice *advice)
{
	free(advice->text);
	free(advice->tds);
}
