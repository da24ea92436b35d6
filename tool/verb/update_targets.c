// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Chooses the images that an update installs, their order, and the fallbacks. */
#include "update.h"

#include "lib/image/crypto.h"
#include "lib/base/text.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

bool update_fail(struct update_job *job, enum exit_status exit, const char *fmt, ...)
{
	va_list args;
	char *text;

	va_start(args, fmt);
	text = text_vformat(fmt, args);
	va_end(args);
	free(job->error);
	job->error = text;
	job->exit = exit;
	return false;
}

static bool nothing(struct update_job *job, const char *why)
{
	job->nothing = text_format("%s", why);
	return false;
}

/* ---- images ---------------------------------------------------------------------------------- */

static const struct repo_image *load_extra(struct update_job *job, const char *path)
{
	struct repo_image *image = &job->extra[job->nr_extra];
	char *why;

	if (!repo_load_file(path, job->context->repo ? job->context->repo->mapping : NULL, image,
			    &why)) {
		update_fail(job, EXIT_BAD_IMAGE, "%s", why);
		free(why);
		return NULL;
	}
	job->nr_extra++;
	return image;
}

static const struct repo_image *find_fallback(struct update_job *job, const char *what)
{
	const struct repo_image *image;
	struct ss_version version;
	char *shown;

	if (!ss_version_parse(what, &version))
		return load_extra(job, what);
	image = repo_find(job->context->repo, version);
	if (image)
		return image;
	shown = text_escape(what);
	update_fail(job, EXIT_INCOMPATIBLE, "the repository has no image of the fallback version %s", shown);
	free(shown);
	return NULL;
}

static void add_fallback(struct update_hop *hop, const struct repo_image *image)
{
	uint32_t i;

	for (i = 0; i < hop->target.nr_fallbacks; i++)
		if (hop->target.fallbacks[i] == image)
			return;
	/* On a reinstallation the target may be a fallback, too. */
	if (image && (image != hop->target.image || hop->target.reinstall) &&
	    hop->target.nr_fallbacks < HOST_MAX_FALLBACKS)
		hop->target.fallbacks[hop->target.nr_fallbacks++] = image;
}

static bool wanted_fallbacks(struct update_job *job, struct update_hop *hop)
{
	const struct update_options *o = job->options;
	uint32_t i;

	for (i = 0; i < o->nr_fallbacks; i++) {
		const struct repo_image *image = find_fallback(job, o->fallbacks[i]);

		if (!image)
			return false;
		add_fallback(hop, image);
	}
	return true;
}

static struct update_hop *new_hop(struct update_job *job, const struct repo_image *image)
{
	const struct update_options *o = job->options;
	struct update_hop *hop = &job->hops[job->nr_hops];

	hop->target.image = image;
	hop->target.reinstall = o->reinstall;
	hop->target.allow_older = o->allow_older;
	hop->target.allow_debug = o->allow_debug;
	hop->target.need_fallback = !o->no_fallback;
	hop->target.td_build = o->td_build;
	hop->from = job->nr_hops ? job->hops[job->nr_hops - 1].to : job->before;
	hop->to = image->version;
	job->nr_hops++;
	return hop;
}

/* ---- hops ------------------------------------------------------------------------------------ */

static bool use_fallbacks(const struct update_job *job)
{
	return job->context->facts.has_fallback && !job->options->no_fallback;
}

/* One update: of a named image, or of the running image again. */
static bool single_hop(struct update_job *job, const struct repo_image *image)
{
	struct update_hop *hop = new_hop(job, image);

	if (!use_fallbacks(job))
		return true;
	if (job->options->nr_fallbacks)
		return wanted_fallbacks(job, hop);
	add_fallback(hop, job->context->running);
	return true;
}

static bool file_hop(struct update_job *job)
{
	const struct update_options *o = job->options;
	const struct repo_image *image = load_extra(job, o->file);

	if (!image)
		return false;
	if (o->plan.request.to && !ss_version_parse(o->plan.request.to, &job->extra[0].version))
		return update_fail(job, EXIT_USAGE, "--to: expected a version such as 1.5.16, found "
				   "'%.24s'", o->plan.request.to);
	job->extra[0].has_version |= o->plan.request.to != NULL;
	if (!image->has_version)
		return update_fail(job, EXIT_USAGE,
				   "%s: the file's name does not tell its version, and "
				   "'update' could not check the result; name the version "
				   "with --to V",
				   image->name);
	if (image->good && !o->reinstall && job->context->facts.compat.has_module_version &&
	    !ss_version_cmp(image->version, job->before))
		return nothing(job, "the image has the running version; --reinstall installs the image again");
	return single_hop(job, image);
}

static bool route_hops(struct update_job *job)
{
	const struct ss_route *route = job->plan.route;
	uint32_t i;

	for (i = 0; i < route->nr_hops; i++) {
		const struct ss_route_hop *hop = &route->hops[i];
		struct update_hop *out = new_hop(job, plan_image(&job->plan, hop->image));

		if (!use_fallbacks(job))
			continue;
		if (job->options->nr_fallbacks) {
			if (!wanted_fallbacks(job, out))
				return false;
			continue;
		}
		if (hop->before != SS_ROUTE_NONE)
			add_fallback(out, plan_image(&job->plan, hop->before));
		if (hop->after != SS_ROUTE_NONE)
			add_fallback(out, plan_image(&job->plan, hop->after));
	}
	return true;
}

/* Takes the wanted version alone, so that preflight lists all its faults. */
static bool unreachable(struct update_job *job, enum lib_end end)
{
	const struct repo_image *image = job->plan.has_to ?
		repo_find(job->context->repo, job->plan.to) : NULL;

	update_fail(job, exit_of(end), "%s", job->plan.why);
	if (image && job->plan.route && end == LIB_INCOMPATIBLE)
		single_hop(job, image);
	return false;
}

static bool planned_hops(struct update_job *job)
{
	struct plan_request wanted = job->options->plan.request;
	enum lib_end end;

	if (job->options->allow_older)
		wanted.waived |= 1u << SS_COMPAT_OLDER;
	if (job->options->allow_debug)
		wanted.waived |= 1u << SS_COMPAT_DEBUG;
	wanted.waived |= preflight_reasons_of(job->options->waived);
	end = plan_make(&job->plan, job->context, &wanted);
	if (end)
		return unreachable(job, end);
	if (job->options->reinstall && job->plan.route->failure == SS_ROUTE_THERE)
		return single_hop(job, plan_image(&job->plan, job->plan.route->target));
	if (!job->plan.route->nr_hops)
		return nothing(job, job->plan.why);
	return route_hops(job);
}

static bool find_signer(struct update_job *job)
{
	const char *path = job->options->signer ? job->options->signer :
						  job->context->host->signer_path;
	const char *why = NULL;
	struct key *key;
	bool ok;

	if (!path) {
		memcpy(job->signer, ss_signer_intel, sizeof(job->signer));
		return true;
	}
	key = key_load(path, &why);
	ok = key && key_signer(key, job->signer);
	key_free(key);
	return ok || update_fail(job, EXIT_ERROR, "the signer's key %s cannot be used: %s", path,
				 why ? why : "the crypto library failed");
}

bool update_find_hops(struct update_job *job)
{
	job->before = job->context->facts.compat.module;
	if (!find_signer(job))
		return false;
	if (!job->context->facts.compat.has_module_version)
		return update_fail(job, EXIT_UNSUPPORTED, "%s",
				   job->context->facts.module_lost ?
					   "no TDX Module runs; a reboot brings TDX back" :
					   "this host has no TDX Module that can be updated; "
					   "'seamstep status' shows why; 'seamstep lab create "
					   "DIR' makes a simulated host");
	if (job->options->file)
		return file_hop(job);
	if (!job->context->repo)
		return update_fail(job, EXIT_ERROR,
				   "no repository of images is known; name a repository with "
				   "--repo DIR, or name an image");
	return planned_hops(job);
}

void update_release(struct update_job *job)
{
	uint32_t i;

	for (i = 0; i < job->nr_hops; i++)
		host_outcome_release(&job->hops[i].outcome);
	for (i = 0; i < job->nr_extra; i++)
		repo_image_release(&job->extra[i]);
	for (i = 0; job->log && job->log[i]; i++)
		free(job->log[i]);
	free(job->log);
	preflight_release(&job->preflight);
	plan_release(&job->plan);
	free(job->nothing);
	free(job->error);
}
