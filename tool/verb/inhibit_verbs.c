// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* "seamstep inhibit" and "uninhibit": hold updates of a host off, and allow them again. */
#include "tool/session/session.h"

#include "tool/out/json_values.h"
#include "operator.h"

#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

const char verb_inhibit_help[] =
	"  --reason TEXT      why; 'update' and 'status' show it\n"
	"  --who NAME         who holds it off (default: your user name)\n"
	CONTEXT_HELP;
const char verb_uninhibit_help[] =
	"  --who NAME         only what NAME holds off (default: all)\n"
	CONTEXT_HELP;

enum { OPT_REASON = CONTEXT_VERB_OPTIONS, OPT_WHO };

static const struct option options[] = {
	CONTEXT_OPTIONS, { "reason", required_argument, NULL, OPT_REASON },
	{ "who", required_argument, NULL, OPT_WHO }, { NULL, 0, NULL, 0 }
};

struct wanted {
	const char *reason, *who;
};

static int parse(const char *verb, int argc, char **argv, struct context_options *o,
		 struct wanted *w)
{
	int c;

	while ((c = getopt_long(argc, argv, ":" CONTEXT_SHORT_OPTIONS, options, NULL)) != -1) {
		if (c == OPT_REASON)
			w->reason = optarg;
		else if (c == OPT_WHO)
			w->who = optarg;
		else if (!context_option(o, c, optarg))
			return out_bad_option(verb, argv, c, options);
	}
	return optind < argc ? out_usage_error(verb, "no argument is expected") : EXIT_OK;
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
	struct context_options o = { .verb = "inhibit" };
	struct wanted w = { NULL, NULL };
	struct passwd *user;
	struct session s;
	char *who, *reason;
	int rc = parse("inhibit", argc, argv, &o, &w);

	if (!rc && !w.reason)
		rc = out_usage_error("inhibit", "--reason TEXT is needed");
	if (!rc)
		rc = session_open(&s, &o, false);
	if (rc)
		return rc;
	user = getpwuid(getuid());
	who = w.who ? text_escape(w.who) :
	      user  ? text_escape(user->pw_name) :
		      text_format("%u", getuid());
	reason = text_escape(w.reason);
	rc = finish(&s, seamstep_inhibit(s.host, who, reason));
	free(reason);
	free(who);
	session_close(&s);
	return rc;
}

int verb_uninhibit(int argc, char **argv)
{
	struct context_options o = { .verb = "uninhibit" };
	struct wanted w = { NULL, NULL };
	struct session s;
	char *who;
	size_t removed;
	int rc = parse("uninhibit", argc, argv, &o, &w);

	if (!rc)
		rc = session_open(&s, &o, false);
	if (rc)
		return rc;
	who = w.who ? text_escape(w.who) : NULL;
	rc = finish(&s, seamstep_uninhibit(s.host, who, &removed));
	if (!rc && !removed && !out_json_wanted())
		printf("nothing to do: nobody holds updates off\n");
	free(who);
	session_close(&s);
	return rc;
}
