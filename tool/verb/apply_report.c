// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* What "seamstep apply" says: nothing, or one line; or a document. */
#include "apply.h"

#include "tool/base/text.h"
#include "tool/out/json.h"
#include "tool/out/json_values.h"
#include "tool/out/message.h"

#include <stdlib.h>
#include <unistd.h>

#define ANSWER_NAME(NAME, name) [APPLY_##NAME] = (name),
static const char *const answers[] = { APPLY_ANSWERS(ANSWER_NAME) };

static uint32_t made(const struct apply *a)
{
	const struct seamstep_update *u = a->job.update;
	uint32_t i, n = 0;

	for (i = 0; u && i < u->nr_hops; i++)
		n += u->hops[i]->done && u->hops[i]->outcome.end == SEAMSTEP_OK;
	return n;
}

static enum exit_status exit_status(const struct apply *a)
{
	switch (a->answer) {
	case APPLY_FAILED:
		return a->job.exit;
	case APPLY_NO_TARGET:
		return a->options->boot ? EXIT_OK : EXIT_ERROR;
	case APPLY_NOTHING:
		return EXIT_OK;
	case APPLY_NOT_IN_BUCKET:
	case APPLY_WINDOW_CLOSED:
		return EXIT_NOT_NOW;
	case APPLY_UPDATES:
		break;
	}
	if (a->job.exit)
		return a->job.exit;
	return made(a) < a->needed ? EXIT_PENDING : EXIT_OK;
}

/* ---- a sentence ------------------------------------------------------------------------------ */

static char *updated(const struct apply *a)
{
	const struct seamstep_update *u = a->job.update;
	const struct ss_compat_host *h = &a->job.session->facts->compat;
	const struct seamstep_outcome *o = &u->hops[made(a) - 1]->outcome;
	char *from = text_version(true, u->before);
	char *now = text_version(h->has_module_version, h->module);
	char *text = text_format("updated %s -> %s by %u update%s", from, now, made(a),
				 made(a) > 1 ? "s" : "");

	if (o->has_tds && o->tds_total)
		text = text_append(text, ", %u of %u TDs alive", o->tds_alive, o->tds_total);
	if (h->has_remaining)
		text = text_append(text, ", updates left %u", h->remaining_updates);
	if (made(a) < a->needed)
		text = text_append(text, "; %u more to %s", a->needed - made(a), a->release);
	free(now);
	free(from);
	return text;
}

static char *would_update(const struct apply *a)
{
	uint32_t most = a->update.max_hops;
	char *now = text_version(true, a->job.update->before);
	char *text = text_format("would update %s -> %s by %u update%s", now, a->release, a->needed,
				 a->needed > 1 ? "s" : "");

	if (most && most < a->needed)
		text = text_append(text, ", %u of them now", most);
	free(now);
	return text;
}

static char *sentence(const struct apply *a)
{
	switch (a->answer) {
	case APPLY_FAILED:
		return text_format("%s", a->job.error);
	case APPLY_NO_TARGET:
		return text_format("no target is configured: name one with target= in "
				   "/etc/seamstep.conf, or --target");
	case APPLY_NOTHING:
		return text_format("nothing to do: %s", a->why);
	case APPLY_NOT_IN_BUCKET:
		return text_format("%s waits: this host is in bucket %u of %u, and the rollout is "
				   "for those below %u", a->release, a->bucket, a->of, a->in);
	case APPLY_WINDOW_CLOSED:
		return text_format("%s waits for the maintenance window, which opens %s",
				   a->release, a->opens);
	case APPLY_UPDATES:
		break;
	}
	if (a->job.exit)
		return text_format("%s", a->job.error);
	return a->update.dry_run ? would_update(a) : updated(a);
}

/* ---- the report ------------------------------------------------------------------------------ */

static json_t *bucket_json(const struct apply *a)
{
	return a->has_bucket ? json_pack("{s:i, s:i, s:i}", "bucket", (int)a->bucket, "in",
					 (int)a->in, "of", (int)a->of) : json_null();
}

static int report_json(const struct apply *a)
{
	const struct ss_compat_host *h = &a->job.session->facts->compat;
	json_t *doc = update_json(&a->job);
	char *text = sentence(a);

	if (!a->job.update)
		json_object_set_new(doc, "from", json_version(h->has_module_version, h->module));
	json_object_set_new(doc, "target", json_text(a->target_text));
	json_object_set_new(doc, "boot", json_boolean(a->options->boot && !a->at_run_time));
	json_object_set_new(doc, "answer", json_string(answers[a->answer]));
	json_object_set_new(doc, "text", json_text(text));
	json_object_set_new(doc, "release", json_text(a->release));
	json_object_set_new(doc, "updates_needed", json_integer(a->needed));
	json_object_set_new(doc, "updates_made", json_integer(made(a)));
	json_object_set_new(doc, "bucket", bucket_json(a));
	json_object_set_new(doc, "window_opens", json_text(a->opens));
	free(text);
	if (exit_status(a) && a->job.exit)
		return out_json_fail(doc, exit_status(a), "%s", a->job.error);
	return out_json_end(doc, exit_status(a));
}

/* Who waits for a window need not be told at each run; who looks is told. */
static bool is_quiet(const struct apply *a)
{
	if (a->options->verbose)
		return false;
	if (a->answer == APPLY_NOTHING || (a->answer == APPLY_NO_TARGET && a->options->boot))
		return true;
	return (a->answer == APPLY_WINDOW_CLOSED || a->answer == APPLY_NOT_IN_BUCKET) &&
	       !isatty(STDERR_FILENO);
}

static int report_failure(const struct apply *a)
{
	const struct seamstep_update *u = a->job.update;

	if (a->options->verbose || (u && u->nr_hops && u->hops[0]->outcome.tried))
		return update_report_failure(&a->job);
	return out_fail(a->job.exit, "%s (%s)", a->job.error, exit_name(a->job.exit));
}

int apply_report(const struct apply *a)
{
	enum exit_status exit = exit_status(a);
	char *text;

	if (a->at_run_time && !out_json_wanted())
		fprintf(stderr, "seamstep: note: TDs are alive: the rules of run time hold\n");
	if (out_json_wanted())
		return report_json(a);
	if (a->job.exit)
		return report_failure(a);
	text = sentence(a);
	if (a->answer == APPLY_NO_TARGET && exit)
		out_fail(exit, "%s", text);
	else if (!is_quiet(a))
		printf("%s: %s\n", seamstep_host_name(a->job.session->host), text);
	free(text);
	return exit;
}

void apply_release(struct apply *a)
{
	update_release(&a->job);
	free(a->why);
	free(a->release);
	free(a->opens);
}
