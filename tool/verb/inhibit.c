// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* "seamstep inhibit" and "uninhibit": hold updates of a host off, and allow them again. */
#include "tool/session/session.h"

#include "tool/out/json_values.h"
#include "table.h"

#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

const char verb_inhibit_help[] =
	"  --reason TEXT      the reason, which 'update' and 'status' show\n"
	"  --who NAME         who forbids updates (default: your user name)\n"
	CONTEXT_HELP;
const char verb_uninhibit_help[] =
	"  --who NAME         remove only what NAME forbids (default: all)\n"
	CONTEXT_HELP;

enum { OPT_REASON = CONTEXT_VERB_OPTIONS, OPT_WHO };

static const struct option options[] = {
	{ "reason", required_argument, NULL, OPT_REASON },	/* not for uninhibit */
	CONTEXT_OPTIONS, { "who", required_argument, NULL, OPT_WHO }, { NULL, 0, NULL, 0 }
};

struct wanted {
	const char *reason, *who;
};

static int take(void *into, int c, const char *value)
{
	struct wanted *w = into;

	if (c == OPT_REASON)
		w->reason = value;
	else if (c == OPT_WHO)
		w->who = value;
	else
		return OPTION_UNKNOWN;
	return EXIT_OK;
}

static int finish(const struct session *s, enum seamstep_end end)
{
	json_t *doc;

	if (end)
		return out_fail(exit_of(end), "%s", seamstep_error(s->lib));
	if (!out_json_wanted())
		return EXIT_OK;
	doc = session_doc(s);
	json_object_set_new(doc, "inhibited", json_inhibitors(s->host));
	return out_json_end(doc, EXIT_OK);
}

int verb_inhibit(int argc, char **argv)
{
	struct wanted w = { NULL, NULL };
	struct context_options o = {
		.verb = "inhibit", .options = options, .take = take, .into = &w,
	};
	struct passwd *user;
	struct session s;
	char *who;
	int rc;

	if (!context_parse(&o, argc, argv, &rc))
		return rc;
	if (!w.reason)
		return out_usage_error("inhibit", "expected --reason TEXT, found none");
	rc = session_open(&s, &o);
	if (rc)
		return rc;
	user = getpwuid(getuid());
	who = user ? text_format("%s", user->pw_name) : text_format("%u", getuid());
	rc = finish(&s, seamstep_inhibit(s.host, w.who ? w.who : who, w.reason));
	free(who);
	session_close(&s);
	return rc;
}

int verb_uninhibit(int argc, char **argv)
{
	struct wanted w = { NULL, NULL };
	struct context_options o = {
		.verb = "uninhibit", .options = options + 1, .take = take, .into = &w,
	};
	struct session s;
	size_t removed;
	int rc;

	if (!session_begin(&s, &o, argc, argv, &rc))
		return rc;
	rc = finish(&s, seamstep_uninhibit(s.host, w.who, &removed));
	if (!rc && !removed && !out_json_wanted())
		printf("nothing to do: nobody forbids updates\n");
	session_close(&s);
	return rc;
}
