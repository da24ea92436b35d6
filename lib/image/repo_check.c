// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Compares file names, mapping file and images of a repository with each other. */
#include "repo.h"

#include "lib/base/text.h"

#include <string.h>

/* ---- names that lie -------------------------------------------------------------------------- */

/* Of two names for one module, the one that is believed less. */
static struct seamstep_image *liar(struct seamstep_image *a, struct seamstep_image *b)
{
	if (a->rule.known != b->rule.known)
		return a->rule.known ? b : a;
	return ss_version_cmp(a->version, b->version) < 0 ? b : a;
}

static bool same_module(const struct seamstep_image *a, const struct seamstep_image *b)
{
	return a->good && b->good && a->has_version && b->has_version &&
	       !memcmp(a->image.sig.seamhash, b->image.sig.seamhash, SS_SHA384_BYTES);
}

static void take_version(struct repo *repo, struct seamstep_image *a, struct seamstep_image *b)
{
	struct seamstep_image *lies = liar(a, b), *other = lies == a ? b : a;
	char *said = repo_version_text(true, lies->version);
	char *is = repo_version_text(true, other->version);

	repo_find_fault(repo, "%s: the name says %s, but the module is that of %s, %s; the image counts "
			"as one without a version", lies->name, said, is, other->name);
	lies->has_version = false;
	lies->rule = repo_rule_of(NULL, lies->version);
	base_free(is);
	base_free(said);
}

static void check_pairs(struct repo *repo, bool one_known)
{
	uint32_t i, j;

	for (i = 0; i < repo->nr; i++) {
		for (j = i + 1; j < repo->nr; j++) {
			struct seamstep_image *a = &repo->images[i], *b = &repo->images[j];

			if (same_module(a, b) && ss_version_cmp(a->version, b->version) &&
			    (!one_known || a->rule.known != b->rule.known))
				take_version(repo, a, b);
		}
	}
}

void repo_check_names(struct repo *repo)
{
	/* What the mapping file knows is believed first. */
	check_pairs(repo, true);
	check_pairs(repo, false);
}

/* ---- contradictions -------------------------------------------------------------------------- */

/* Modules 2.0.x keep their version in reserved3: update, 0, minor, major. */
static void check_own_version(struct repo *repo, const struct seamstep_image *image)
{
	const uint8_t *r = image->image.sig.reserved3;

	if (!(r[0] || r[2] || r[3]) || !image->has_version)
		return;
	if (r[3] != image->version.major || r[2] != image->version.minor ||
	    r[0] != image->version.update)
		repo_find_fault(repo,
			"%s: the file's name says %u.%u.%02u, but the sigstruct says %u.%u.%02u",
			image->name, image->version.major, image->version.minor,
			image->version.update, r[3], r[2], r[0]);
}

static void check_folder(struct repo *repo, const struct seamstep_image *image)
{
	char *folder = base_text("/%u.%u/", image->version.major, image->version.minor);

	if (image->has_version && (!strncmp(image->name, "joined_files/", 13)) &&
	    !strstr(image->name, folder))
		repo_find_fault(repo, "%s: the image's version is not of the line that the folder names",
			image->name);
	base_free(folder);
}

static void check_rule(struct repo *repo, const struct seamstep_image *image)
{
	const struct ss_compat_rule *rule = &image->rule;
	uint32_t i;

	if (!repo->mapping || !image->has_version)
		return;
	if (!rule->known) {
		repo_find_fault(repo, "%s: the mapping file does not know version %u.%u.%02u", image->name,
			image->version.major, image->version.minor, image->version.update);
		return;
	}
	if (ss_version_cmp(rule->min_running, rule->version) > 0 ||
	    rule->min_running.major != rule->version.major ||
	    rule->min_running.minor != rule->version.minor)
		repo_find_fault(repo,
			"%s: the mapping file says that this image follows %u.%u.%02u or newer, "
			"which is %s",
			image->name, rule->min_running.major, rule->min_running.minor,
			rule->min_running.update, "no earlier version of the same line");
	for (i = 0; i < rule->nr_min_seamldr; i++)
		if (rule->min_seamldr[i].major == 1 && image->image.sig.svn_major > 1)
			repo_find_fault(repo,
				"%s: the mapping file allows P-SEAMLDR %u.%u, but the image's "
				"major SVN is %u",
				image->name, rule->min_seamldr[i].major, rule->min_seamldr[i].minor,
				image->image.sig.svn_major);
}

/* Within a line of versions, a newer version has no lower SVN, and was not made earlier. */
static void check_order(struct repo *repo)
{
	uint32_t i;

	for (i = 1; i < repo->nr; i++) {
		const struct seamstep_image *a = &repo->images[i - 1], *b = &repo->images[i];

		if (!a->good || !b->good || !a->has_version || !b->has_version ||
		    a->version.major != b->version.major || a->version.minor != b->version.minor)
			continue;
		if (!ss_version_cmp(a->version, b->version) &&
		    memcmp(a->image.sig.seamhash, b->image.sig.seamhash, SS_SHA384_BYTES))
			repo_find_fault(repo, "%s and %s have one version, but are different modules",
				a->name, b->name);
		else if (b->image.sig.svn_major != a->image.sig.svn_major ||
			 b->image.sig.svn_minor < a->image.sig.svn_minor)
			repo_find_fault(repo,
				"%s is newer than %s, but its SVN %u.%u cannot follow SVN %u.%u",
				b->name, a->name, b->image.sig.svn_major, b->image.sig.svn_minor,
				a->image.sig.svn_major, a->image.sig.svn_minor);
		else if (b->image.sig.date < a->image.sig.date)
			repo_find_fault(repo, "%s is newer than %s by its name, but older by its date: one "
					"of the names may lie", b->name, a->name);
	}
}

void repo_check(struct repo *repo)
{
	uint32_t i;

	for (i = 0; i < repo->nr; i++) {
		if (!repo->images[i].good)
			continue;
		check_own_version(repo, &repo->images[i]);
		check_folder(repo, &repo->images[i]);
		check_rule(repo, &repo->images[i]);
	}
	check_order(repo);
}
