// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The hooks of an update. All hooks run before it, in the order of their names; after it, those
 * that ran, in the opposite order, whatever became of the update. A hook that fails before the
 * update stops it; a hook that fails after it changes nothing but the messages.
 */
#include "update.h"

#include "tool/base/memory.h"
#include "tool/base/text.h"
#include "tool/out/json_values.h"
#include "tool/session/signals.h"

#include <stdlib.h>
#include <string.h>

#define NR_VARIABLES	8u

/* The directory: of the option, the environment or the configuration; else this machine's own. */
static const char *directory(const struct update_job *job, bool *must_exist)
{
	const char *dir = job->options->hooks;

	if (!dir)
		dir = getenv("SEAMSTEP_HOOKS");
	if ((!dir || !*dir) && strcmp(seamstep_host_name(job->session->host), "linux"))
		return NULL;
	*must_exist = dir && *dir;
	return *must_exist ? dir : HOOKS_DIR;
}

bool update_hooks_find(struct update_job *job)
{
	bool must_exist = false;
	const char *dir = job->options->no_hooks ? NULL : directory(job, &must_exist);
	char *why;

	if (!dir || hooks_find(&job->hooks, dir, must_exist, &why))
		return true;
	update_fail(job, EXIT_ERROR, "hooks: %s", why);
	free(why);
	return false;
}

/* ---- what a hook is told --------------------------------------------------------------------- */

struct telling {
	char *environment[NR_VARIABLES + 1];
	char *input;
};

/* A member of the document, and the variable SEAMSTEP_@variable. Takes @value. */
static void tell(struct telling *t, json_t *doc, const char *member, const char *variable,
		 json_t *value)
{
	const char *text = json_string_value(value);
	size_t i;

	for (i = 0; t->environment[i]; i++)
		;
	if (json_is_integer(value))
		t->environment[i] = text_format("SEAMSTEP_%s=%lld", variable,
						(long long)json_integer_value(value));
	else
		t->environment[i] = text_format("SEAMSTEP_%s=%s", variable, text ? text : "");
	json_object_set_new(doc, member, value);
}

static struct telling say(const struct update_job *job, const char *phase)
{
	const struct seamstep_update *u = job->update;
	const struct ss_compat_host *h = &job->session->facts->compat;
	bool after = !strcmp(phase, "after");
	struct telling t = { .input = NULL };
	json_t *doc = memory_checked(json_object());

	json_object_set_new(doc, "schema", json_string("seamstep.hook/1"));
	tell(&t, doc, "phase", "PHASE", json_string(phase));
	tell(&t, doc, "host", "HOST", json_string(seamstep_host_name(job->session->host)));
	tell(&t, doc, "from", "FROM", json_version(true, u->before));
	tell(&t, doc, "to", "TO", json_version(u->has_to, u->to));
	tell(&t, doc, "updates", "UPDATES", json_integer(u->nr_hops));
	tell(&t, doc, "running", "RUNNING", json_version(h->has_module_version, h->module));
	tell(&t, doc, "verdict", "VERDICT", after ? json_string(update_verdict(job)) : json_null());
	tell(&t, doc, "exit", "EXIT", after ? json_string(exit_name((int)job->exit)) : json_null());
	t.input = memory_checked(json_dumps(doc, JSON_INDENT(2)));
	json_decref(doc);
	return t;
}

static void telling_release(struct telling *t)
{
	size_t i;

	for (i = 0; t->environment[i]; i++)
		free(t->environment[i]);
	free(t->input);
}

/* ---- the calls ------------------------------------------------------------------------------- */

static char *call(const struct update_job *job, const struct hook *hook, const char *phase,
		  const struct telling *t)
{
	struct hook_call c = {
		.name = hook->name, .path = hook->path, .phase = phase,
		.environment = t->environment, .input = t->input,
		.timeout_s = job->options->hook_timeout_s,
		.cancelled = strcmp(phase, "before") ? NULL : signals_cancelled,
	};
	char *failure = hook_run(&c);

	update_event_hook(phase, hook->name, failure);
	return failure;
}

bool update_hooks_before(struct update_job *job)
{
	struct telling t = say(job, "before");
	struct hook *hook = NULL;
	size_t i;

	for (i = 0; i < job->hooks.nr && !(hook && hook->before); i++) {
		hook = &job->hooks.list[i];
		hook->ran_before = true;
		hook->before = call(job, hook, "before", &t);
	}
	telling_release(&t);
	if (hook && hook->before)
		return update_fail(job, EXIT_ERROR, "the hook %s failed before the update: %s; "
				   "nothing was touched", hook->name, hook->before);
	return true;
}

void update_hooks_after(struct update_job *job)
{
	struct telling t = say(job, "after");
	size_t i;

	for (i = job->hooks.nr; i-- > 0;) {
		struct hook *hook = &job->hooks.list[i];

		if (!hook->ran_before)
			continue;
		hook->ran_after = true;
		hook->after = call(job, hook, "after", &t);
		if (hook->after)
			fprintf(stderr, "seamstep: the hook %s failed after the update: %s\n",
				hook->name, hook->after);
	}
	telling_release(&t);
}
