// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Runs one hop of an update: preflight, record, act, look again, record. */
#include "update.h"

#include "lib/base/text.h"
#include "lib/image/repo.h"
#include "lib/record/journal.h"

#include <stdlib.h>

enum seamstep_end update_check(struct update *u, uint32_t i)
{
	char *first;

	preflight_release(&u->preflight);
	preflight_run(&u->preflight, u->context, &u->hops[i].target, u->request.waived, u->signer);
	u->shown.preflight = &u->preflight;
	if (u->preflight.end == SEAMSTEP_OK)
		return SEAMSTEP_OK;
	first = preflight_first(&u->preflight);
	update_refuse(u, u->preflight.end, "%s", first ? first : "");
	base_free(first);
	return u->preflight.end;
}

/* ---- the journal ----------------------------------------------------------------------------- */

static void say(struct update *u, enum seamstep_log_level level, const char *line)
{
	if (u->log)
		u->log(u->owner, level, line);
}

static bool append(struct update *u, json_t *record, char **why)
{
	bool ok;

	*why = NULL;
	ok = !base_lacks() && journal_append(u->context->host, record, why);
	if (!ok && !*why)
		*why = base_text("not enough memory");
	json_decref(record);
	return ok;
}

static enum seamstep_end record_intent(struct update *u, const struct update_hop *hop,
				       const char *id)
{
	enum seamstep_end end = SEAMSTEP_OK;
	char *why, *line;

	if (append(u, update_intent(u, hop, id), &why))
		return SEAMSTEP_OK;
	if (!(u->request.waived >> SEAMSTEP_CHECK_JOURNAL & 1)) {
		end = update_refuse(u, SEAMSTEP_ERROR,
				  "the journal cannot be written: %s; nothing was touched; waive the "
				  "check 'journal' to update without a record", why);
	} else {
		line = base_text("note: the journal has no record of this update: %s", why);
		say(u, SEAMSTEP_LOG_WARNING, line);
		base_free(line);
	}
	base_free(why);
	return end;
}

/* The update is over. A journal that cannot be written gets a message and changes no outcome. */
static void record_outcome(struct update *u, const struct update_hop *hop, const char *id)
{
	char *why, *line;

	if (append(u, update_outcome(u, hop, id), &why))
		return;
	line = base_text("note: the journal has no outcome of this update: %s", why);
	say(u, SEAMSTEP_LOG_WARNING, line);
	base_free(line);
	base_free(why);
}

static void tell_log(struct update *u, const struct update_hop *hop)
{
	const struct seamstep_outcome *o = &hop->shown.outcome;
	char *from = repo_version_text(true, hop->shown.from);
	char *to = repo_version_text(true, hop->shown.to);
	char *line = base_text("TDX Module update %s -> %s: %s%s%s", from, to, o->verdict,
			       o->detail ? ": " : "", o->detail ? o->detail : "");

	say(u, o->end == SEAMSTEP_OK ? SEAMSTEP_LOG_UPDATED : SEAMSTEP_LOG_FAILED, line);
	base_free(line);
	base_free(to);
	base_free(from);
}

/* ---- one hop --------------------------------------------------------------------------------- */

static struct host_image image_of(const struct seamstep_image *image)
{
	return (struct host_image){
		.name = image->name,
		.path = image->path,
		.file = image->file,
		.bytes = image->bytes,
		.image = &image->image,
		.version = image->version,
		.rule = repo_rule(image),
	};
}

static enum seamstep_end ask_host(struct update *u, struct update_hop *hop)
{
	const struct seamstep_update_request *r = &u->request;
	struct host_request *request = base_alloc(sizeof(*request));
	struct host *host = u->context->host;
	uint32_t i;

	if (!request)
		return SEAMSTEP_NO_MEMORY;
	request->target = image_of(hop->target.image);
	for (i = 0; i < hop->target.nr_fallbacks; i++)
		request->fallbacks[request->nr_fallbacks++] = image_of(hop->target.fallbacks[i]);
	request->timeout_ms = r->timeout_ms;
	request->rehearse = r->rehearse;
	request->waived = preflight_waived_reasons(&hop->target) | preflight_reasons_of(r->waived);
	request->td_build = r->td_build;
	request->arg = r->arg;
	request->progress = r->progress;
	request->cancelled = r->cancelled;
	request->committed = r->committed;
	host->ops->update(host, request, &hop->shown.outcome);
	hop->shown.done = true;
	base_free(request);
	return SEAMSTEP_OK;
}

/* The host's facts after the update must match the outcome. */
static void compare(struct update *u, struct update_hop *hop)
{
	const struct ss_compat_host *h = &u->context->facts.compat;
	struct seamstep_outcome *o = &hop->shown.outcome;
	char *want, *have, *why = NULL;

	if (context_refresh(u->context, &why)) {
		base_free(o->detail);
		o->detail = why;
		o->end = SEAMSTEP_UNKNOWN;
		return;
	}
	if (base_lacks())	/* no second look: the host's own verdict stands */
		return;
	if (h->has_module_version && ss_version_cmp(h->module, u->shown.before))
		u->shown.changed = true;
	u->shown.changed |= o->end == SEAMSTEP_OK;
	if (o->end != SEAMSTEP_OK ||
	    (h->has_module_version && !ss_version_cmp(h->module, hop->shown.to)))
		return;
	want = repo_version_text(true, hop->shown.to);
	have = repo_version_text(h->has_module_version, h->module);
	base_free(o->detail);
	o->detail = base_text(
		"the update reported success, but the host's state disagrees: expected version %s, "
		"found %s", want, have);
	o->end = SEAMSTEP_MISMATCH;
	base_free(have);
	base_free(want);
}

static enum seamstep_end run_hop(struct update *u, struct update_hop *hop, const char *id)
{
	const struct seamstep_outcome *o = &hop->shown.outcome;
	enum seamstep_end end = record_intent(u, hop, id);

	if (end)
		return end;
	end = base_lacks() ? SEAMSTEP_NO_MEMORY : ask_host(u, hop);
	if (end)
		return end;
	/* From here on a lack of memory costs texts only. */
	if (o->tried)
		base_begin();
	compare(u, hop);
	record_outcome(u, hop, id);
	tell_log(u, hop);
	if (o->end != SEAMSTEP_OK)
		update_refuse(u, o->end, "%s", o->detail ? o->detail : "");
	return o->end;
}

enum seamstep_end update_step(struct update *u)
{
	const struct seamstep_update_request *r = &u->request;
	enum seamstep_end end = update_check(u, u->shown.next);
	char *id;

	if (end)
		return end;
	if (r->cancelled && r->cancelled(r->arg))
		return update_refuse(u, SEAMSTEP_ERROR, u->shown.next ?
				   "the update was cancelled between two hops; the "
				   "remaining updates were not made" :
				   "the update was cancelled; nothing was touched");
	id = journal_new_id();
	end = run_hop(u, &u->hops[u->shown.next], id);
	base_free(id);
	if (end == SEAMSTEP_OK)
		u->shown.next++;
	return end;
}
