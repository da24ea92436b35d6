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
	"  --who NAME         remove what NAME forbids (default: your user name)\n"
	"  --all              remove what anybody forbids\n"
	CONTEXT_HELP;

enum { OPT_REASON = CONTEXT_VERB_OPTIONS, OPT_WHO, OPT_ALL };

#define COMMON_OPTIONS CONTEXT_OPTIONS, { "who", required_argument, NULL, OPT_WHO }
static const struct option inhibit_options[] = {
	{ "reason", required_argument, NULL, OPT_REASON }, COMMON_OPTIONS, { NULL, 0, NULL, 0 }
};
static const struct option uninhibit_options[] = {
	{ "all", no_argument, NULL, OPT_ALL }, COMMON_OPTIONS, { NULL, 0, NULL, 0 }
};

struct wanted {
	const char *reason, *who;
	bool all;
};

static int take(void *into, int c, const char *value)
{
	struct wanted *w = into;

	if (c == OPT_REASON)
		w->reason = value;
	else if (c == OPT_WHO)
		w->who = value;
	else if (c == OPT_ALL)
		w->all = true;
	else
		return OPTION_UNKNOWN;
	return EXIT_OK;
}

/* malloc'd */
static char *user_name(void)
{
	struct passwd *user = getpwuid(getuid());

	return user ? text_format("%s", user->pw_name) : text_format("%u", getuid());
}

static int finish(const struct session *s, enum seamstep_end end, bool changed)
{
	json_t *doc;

	if (end)
		return out_fail(exit_of(end), "%s", seamstep_error(s->lib));
	if (changed)
		out_exit_stands();
	if (!out_json_wanted())
		return EXIT_OK;
	doc = session_doc(s);
	json_object_set_new(doc, "inhibited", json_inhibitors(s->host));
	return out_json_end(doc, EXIT_OK);
}

int verb_inhibit(int argc, char **argv)
{
	struct wanted w = { .reason = NULL };
	struct context_options o = {
		.verb = "inhibit", .options = inhibit_options, .take = take, .into = &w,
		.records_only = true,
	};
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
	who = w.who ? text_format("%s", w.who) : user_name();
	rc = finish(&s, seamstep_inhibit(s.host, who, w.reason), true);
	free(who);
	session_close(&s);
	return rc;
}

/* Who still forbids updates, after a removal that was not of all. */
static void report_rest(const struct session *s, size_t removed)
{
	struct seamstep_inhibitors *by;
	char *other;

	if (out_json_wanted() || seamstep_inhibitors_read(s->host, &by))
		return;
	if (!by->nr && !removed) {
		printf("nothing to do: nobody forbids updates\n");
	} else if (by->nr) {
		other = text_escape(by->list[0].who);
		printf("%supdates are still forbidden by %s%s; '--who NAME' and '--all' remove what "
		       "others forbid\n", removed ? "" : "nothing to do: ", other,
		       by->nr > 1 ? " and others" : "");
		free(other);
	}
	seamstep_inhibitors_free(by);
}

int verb_uninhibit(int argc, char **argv)
{
	struct wanted w = { .reason = NULL };
	struct context_options o = {
		.verb = "uninhibit", .options = uninhibit_options, .take = take, .into = &w,
		.records_only = true,
	};
	enum seamstep_end end;
	struct session s;
	size_t removed = 0;
	char *who;
	int rc;

	if (!context_parse(&o, argc, argv, &rc))
		return rc;
	if (w.all && w.who)
		return out_usage_error("uninhibit", "--who and --all are both given; give one of them");
	rc = session_open(&s, &o);
	if (rc)
		return rc;
	who = w.all ? NULL : w.who ? text_format("%s", w.who) : user_name();
	end = seamstep_uninhibit(s.host, who, &removed);
	rc = finish(&s, end, removed);
	if (!rc)
		report_rest(&s, removed);
	free(who);
	session_close(&s);
	return rc;
}
