// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* "seamstep reconcile": settles the record of an update that was interrupted, by what runs. */
#include "tool/session/session.h"

#include "tool/out/json_values.h"
#include "table.h"

#include <stdlib.h>

const char verb_reconcile_help[] =
	"  --wait SECONDS     wait so long for another update to end (default 0)\n"
	CONTEXT_HELP
	"\n"
	"'update' and 'apply' do the same before they begin.\n";

enum { OPT_WAIT = CONTEXT_VERB_OPTIONS };

static const struct option options[] = { CONTEXT_OPTIONS,
					 { "wait", required_argument, NULL, OPT_WAIT },
					 { NULL, 0, NULL, 0 } };

static int take(void *into, int c, const char *value)
{
	return c == OPT_WAIT ? out_number32_option("reconcile", "wait", value, 0, 86400, into) :
	       OPTION_UNKNOWN;
}

static int report(const struct session *s, const char *settled)
{
	const struct ss_compat_host *h = &s->facts->compat;
	json_t *doc;

	if (!out_json_wanted()) {
		if (settled)
			printf("%s: %s\n", seamstep_host_name(s->host), settled);
		return EXIT_OK;
	}
	doc = session_doc(s);
	json_object_set_new(doc, "settled", json_text(settled));
	json_object_set_new(doc, "running", json_version(h->has_module_version, h->module));
	return out_json_end(doc, EXIT_OK);
}

static int settle(struct session *s, uint32_t wait_s)
{
	enum exit_status exit;
	char *settled = NULL;
	int rc;

	exit = exit_of(seamstep_host_lock(s->host, "seamstep reconcile", wait_s));
	if (!exit)
		exit = exit_of(seamstep_host_refresh(s->host, s->repo));
	if (!exit)
		exit = exit_of(seamstep_reconcile(s->host, &settled));
	if (exit)
		return out_fail(exit, "%s", seamstep_error(s->lib));
	if (settled)
		out_exit_stands();
	rc = report(s, settled);
	free(settled);
	return rc;
}

int verb_reconcile(int argc, char **argv)
{
	uint32_t wait_s = 0;
	struct context_options o = {
		.verb = "reconcile", .options = options, .take = take, .into = &wait_s,
	};
	struct session session;
	int rc;

	if (!session_begin(&session, &o, argc, argv, &rc))
		return rc;
	if (session.facts->recorded)
		rc = out_fail(EXIT_UNSUPPORTED, "a recorded tree has no journal to be written");
	else
		rc = settle(&session, wait_s);
	session_close(&session);
	return rc;
}
