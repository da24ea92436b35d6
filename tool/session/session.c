// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Opens the host, the repository and the journal that the options name. */
#include "session.h"

#include "config.h"
#include "host_open.h"
#include "lib/record/journal.h"
#include "tool/out/json.h"
#include "tool/out/message.h"
#include "lib/record/state_dir.h"
#include "lib/base/text.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_REPO	"/usr/share/seamstep/images"

const char *session_repo(const char *option, const char *of_host)
{
	const char *path = option;

	if (!path)
		path = getenv("SEAMSTEP_REPO");
	if (!path)
		path = of_host;
	if (!path)
		path = config_get("repo");
	if (!path && !access(DEFAULT_REPO, R_OK))
		path = DEFAULT_REPO;
	return path;
}

static enum exit_status open_repo(struct session *s, bool need)
{
	const char *path = session_repo(s->options->repo, s->context.host->repo);
	char *why;

	if (!path)
		return need ? out_fail(EXIT_ERROR,
				       "no repository of images is known; name a repository with "
				       "--repo DIR, SEAMSTEP_REPO or repo= in "
				       "/etc/seamstep.conf") :
			      EXIT_OK;
	s->context.repo = repo_open(path, &why);
	if (s->context.repo)
		return EXIT_OK;
	out_fail(EXIT_ERROR, "the repository cannot be read: %s", why);
	free(why);
	return EXIT_ERROR;
}

enum exit_status session_refresh(struct session *s)
{
	enum exit_status exit;
	char *why = NULL;

	exit = exit_of(context_refresh(&s->context, &why));
	if (exit)
		out_fail(exit, "%s", why);
	free(why);
	return exit;
}

static void read_journal(struct session *s)
{
	char *text = journal_updates(s->context.host, &s->damaged, &s->journal_error);

	s->updates = text ? json_loads(text, 0, NULL) : NULL;
	if (text && !s->updates)
		s->journal_error = text_format("expected JSON, found other text");
	if (!s->updates)
		s->updates = json_array();
	free(text);
}

enum exit_status session_open(struct session *s, const struct context_options *options)
{
	enum exit_status exit = EXIT_OK;
	const char *host = options->host    ? options->host :
			   options->sysroot ? NULL :
					      config_get("host");

	memset(s, 0, sizeof(*s));
	s->options = options;
	s->context.host = host_open(host, options->sysroot, &exit);
	if (!s->context.host)
		return exit;
	exit = open_repo(s, options->need_repo);
	if (!exit)
		exit = session_refresh(s);
	if (exit)
		session_close(s);
	else
		read_journal(s);
	return exit;
}

bool session_begin(struct session *s, struct context_options *options, int argc, char **argv,
		   int *rc)
{
	if (context_parse(options, argc, argv, rc))
		*rc = session_open(s, options);
	else
		return false;
	return !*rc;
}

void session_close(struct session *s)
{
	json_decref(s->updates);
	free(s->journal_error);
	context_close(&s->context);
	memset(s, 0, sizeof(*s));
}

json_t *session_last_update(const struct session *s)
{
	return json_array_get(s->updates, json_array_size(s->updates) - 1);
}

json_t *session_doc(const struct session *s)
{
	char schema[64], *time = journal_time();
	json_t *doc;

	snprintf(schema, sizeof(schema), "seamstep.%s/1", s->options->verb);
	doc = out_json_doc(schema);
	json_object_set_new(doc, "host", json_string(s->context.host->name));
	json_object_set_new(doc, "time", json_string(time));
	free(time);
	return doc;
}
