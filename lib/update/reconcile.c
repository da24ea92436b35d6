// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Settles an interrupted update by what is seen. */
#include "reconcile.h"

#include <seamstep/seamstep.h>

#include "lib/base/json.h"
#include "lib/base/text.h"
#include "lib/image/repo.h"
#include "lib/record/journal.h"

#include <string.h>

/* What is seen of an update that wrote no outcome. */
struct seen {
	const char *id, *from, *to;
	char *running;			/* NULL: no module runs */
	bool spent;			/* fewer updates are left than before */
	enum seamstep_end end;
	const char *verdict;
};

static const char *text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : "";
}

static bool is_open(const struct context *c, const json_t *last)
{
	const char *boot = c->facts.boot_id;

	/* This process holds the lock: no other one works on the update, whatever its state. */
	return !json_object_get(last, "outcome") && boot &&
	       !strcmp(text_of(last, "boot_id"), boot);
}

static bool is_fallback(const json_t *last, const char *running)
{
	const json_t *fallbacks = json_object_get(last, "fallbacks");
	size_t i;

	for (i = 0; i < json_array_size(fallbacks); i++)
		if (!strcmp(text_of(json_array_get(fallbacks, i), "version"), running))
			return true;
	return false;
}

static void judge(struct seen *seen, const json_t *last)
{
	bool same = !strcmp(seen->from, seen->to);

	if (!seen->running) {
		seen->end = SEAMSTEP_LOST;
		seen->verdict = "lost";
	} else if (!strcmp(seen->running, seen->to) && (!same || seen->spent)) {
		seen->end = SEAMSTEP_OK;
		seen->verdict = "updated";
	} else if (!strcmp(seen->running, seen->from) && !seen->spent) {
		seen->end = SEAMSTEP_UNCHANGED;
		seen->verdict = "unchanged";
	} else if (!strcmp(seen->running, seen->from) || is_fallback(last, seen->running)) {
		seen->end = SEAMSTEP_RECOVERED;
		seen->verdict = "recovered";
	} else {
		seen->end = SEAMSTEP_MISMATCH;
		seen->verdict = "mismatch";
	}
}

static void look(struct seen *seen, const struct context *c, const json_t *last)
{
	const struct ss_compat_host *h = &c->facts.compat;
	const json_t *before = json_object_get(last, "updates_left");

	seen->id = text_of(last, "id");
	seen->from = text_of(last, "from");
	seen->to = text_of(last, "to");
	if (h->has_module_version)
		seen->running = repo_version_text(true, h->module);
	seen->spent = h->has_remaining && json_is_integer(before) &&
		      json_integer_value(before) > h->remaining_updates;
	judge(seen, last);
}

static char *sentence(const struct seen *seen, const json_t *last)
{
	return base_text("the update %s -> %s of %s was interrupted; it is settled as %s: %s%s",
			 seen->from, seen->to, text_of(last, "time"), seen->verdict,
			 seen->running ? seen->running : "no TDX Module",
			 seen->running ? " runs" : " runs; a reboot brings TDX back");
}

static json_t *outcome(const struct seen *seen, const struct context *c)
{
	const struct ss_compat_host *h = &c->facts.compat;
	json_t *record = json_object();
	bool tried = seen->spent || seen->end != SEAMSTEP_UNCHANGED;

	base_json_set(record, "event", json_string("outcome"));
	base_json_set(record, "id", json_string(seen->id));
	base_json_set(record, "verdict", json_string(seen->verdict));
	base_json_set(record, "settled", json_true());
	base_json_set(record, "confirmed", json_null());
	base_json_set(record, "tried", json_boolean(tried));
	base_json_set(record, "exit", json_pack("{s:i, s:s}", "code", (int)seen->end, "name",
						seamstep_end_name(seen->end)));
	base_json_set(record, "detail", json_string("interrupted; settled by a later look"));
	base_json_set(record, "failure", json_null());
	base_json_set(record, "running", seen->running ? json_string(seen->running) : json_null());
	base_json_set(record, "updates_left", h->has_remaining ?
		      json_integer(h->remaining_updates) : json_null());
	base_json_set(record, "window_ns", json_integer(0));
	base_json_set(record, "duration_ns", json_integer(0));
	return record;
}

static enum seamstep_end settle(struct context *c, const json_t *last, char **settled, char **why)
{
	const struct seamstep_facts *f = &c->facts;
	struct seen seen = { .running = NULL };
	json_t *record;
	bool ok;

	if (f->upload_status && strcmp(f->upload_status, "idle")) {
		*why = base_text("an update was interrupted, and the host is still busy with it");
		return SEAMSTEP_NOT_NOW;
	}
	if (!f->module_lost && !f->compat.has_module_version) {
		*why = base_text("an update was interrupted, and the running version is not known "
				 "(%s)", seamstep_missing_name(f->missing_module));
		return SEAMSTEP_UNSUPPORTED;
	}
	look(&seen, c, last);
	record = outcome(&seen, c);
	*settled = sentence(&seen, last);
	ok = !base_lacks() && journal_append(c->host, record, why);
	json_decref(record);
	base_free(seen.running);
	return ok ? SEAMSTEP_OK : SEAMSTEP_ERROR;
}

enum seamstep_end reconcile(struct context *c, char **settled, char **why)
{
	enum seamstep_end end = SEAMSTEP_OK;
	unsigned int damaged;
	json_t *updates, *last;
	char *text;

	text = journal_updates(c->host, &damaged, why);
	if (!text)
		return SEAMSTEP_ERROR;
	updates = base_json_read(text, strlen(text), true, NULL);
	last = json_array_get(updates, json_array_size(updates) - 1);
	if (last && is_open(c, last))
		end = settle(c, last, settled, why);
	json_decref(updates);
	base_free(text);
	return end;
}
