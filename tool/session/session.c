// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Opens the host, the repository and the journal that the options name. */
#include "session.h"

#include "config.h"
#include "host_open.h"
#include "policy.h"
#include "tool/base/memory.h"
#include "tool/base/text.h"
#include "tool/out/json.h"
#include "tool/out/message.h"

#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#define DEFAULT_REPO	"/usr/share/seamstep/images"

/* Only updates of this machine are news for the system's log. */
static void take_line(void *arg, enum seamstep_log_level level, const char *line)
{
	const struct session *s = arg;

	if (level == SEAMSTEP_LOG_WARNING) {
		fprintf(stderr, "seamstep: %s\n", line);
		return;
	}
	if (strcmp(seamstep_host_name(s->host), "linux"))
		return;
	openlog("seamstep", LOG_PID, LOG_DAEMON);
	syslog(level == SEAMSTEP_LOG_FAILED ? LOG_ERR : LOG_NOTICE, "%s", line);
	closelog();
}

struct seamstep *session_library(void)
{
	return memory_checked(seamstep_new());
}

const char *session_repo(const char *option, const char *of_host)
{
	const char *path = config_choose(option, "SEAMSTEP_REPO", of_host, "repo");

	return path || access(DEFAULT_REPO, R_OK) ? path : DEFAULT_REPO;
}

static enum exit_status open_repo(struct session *s, bool need)
{
	const char *path = session_repo(s->options->repo, seamstep_host_repository(s->host));

	if (!path)
		return need ? out_fail(EXIT_ERROR,
				       "no repository of images is known; name a repository with "
				       "--repo DIR, SEAMSTEP_REPO or repo= in "
				       "/etc/seamstep.conf") :
			      EXIT_OK;
	if (!seamstep_repo_open(s->lib, path, &s->repo))
		return EXIT_OK;
	s->repo_error = text_format("the repository cannot be read: %s", seamstep_error(s->lib));
	return need ? out_fail(EXIT_ERROR, "%s", s->repo_error) : EXIT_OK;
}

enum exit_status session_refresh(struct session *s)
{
	enum exit_status exit = exit_of(seamstep_host_refresh(s->host, s->repo));

	if (exit)
		out_fail(exit, "%s", seamstep_error(s->lib));
	return exit;
}

static void find_newest(const struct session *s, struct session_available *a)
{
	struct seamstep_route_request request = { .size = sizeof(request) };
	struct seamstep_route *route = NULL;

	a->exit = exit_of(seamstep_route_find(s->host, &request, &route));
	a->known = !a->exit;
	if (!a->known) {
		a->why = text_format("%s", seamstep_error(s->lib));
	} else if (route->nr_hops) {
		a->updates = route->nr_hops;
		a->version = route->to;
	} else {
		a->why = text_format("%s", route->why);
	}
	seamstep_route_free(route);
}

void session_available(const struct session *s, struct session_available *a)
{
	*a = (struct session_available){ .exit = EXIT_ERROR };
	if (s->repo_error) {
		a->why = text_format("%s", s->repo_error);
	} else if (!s->repo) {
		a->exit = EXIT_OK;
		a->why = text_format("no repository is known; name a repository with --repo DIR");
	} else {
		find_newest(s, a);
	}
}

char *session_repo_fault(const struct session *s, enum exit_status *exit)
{
	struct session_available a;
	char *fault = NULL;

	session_available(s, &a);
	*exit = a.exit;
	if (!a.known && (a.exit == EXIT_ERROR || a.exit == EXIT_BAD_IMAGE))
		fault = text_format("newer versions are unknown: %s", a.why);
	free(a.why);
	return fault;
}

static void read_journal(struct session *s)
{
	char *text;

	if (seamstep_journal_read(s->host, &text, &s->damaged))
		s->journal_error = text_format("%s", seamstep_error(s->lib));
	s->updates = text ? json_loads(text, 0, NULL) : NULL;
	if (text && !s->updates)
		s->journal_error = text_format("expected JSON, found other text");
	if (!s->updates)
		s->updates = json_array();
	free(text);
}

bool session_has_tcb(const struct session *s, char **why)
{
	if (s->tcb)
		return true;
	if (s->tcb_error)
		*why = text_format("TCB Info: %s", s->tcb_error);
	else
		*why = text_format("no TCB Info: name a document with --tcb-info FILE, "
				   "SEAMSTEP_TCB_INFO or tcb-info= in /etc/seamstep.conf");
	return false;
}

enum exit_status session_need_tcb(const struct session *s, char **why)
{
	const struct seamstep_tcb_doc *doc;
	int complaint;

	if (!session_has_tcb(s, why))
		return EXIT_ERROR;
	complaint = seamstep_tcb_complaint(s->tcb);
	if (complaint < 0)
		return EXIT_OK;
	doc = seamstep_tcb_doc(s->tcb, (size_t)complaint);
	*why = text_format("TCB Info: %s is %s: %s", doc->name,
			   seamstep_tcb_answer_name(doc->answer), doc->why);
	return EXIT_ERROR;
}

void session_note_tcb(const struct session *s)
{
	char *why;

	if (!s->tcb_error && !s->tcb)
		return;
	if (session_need_tcb(s, &why) == EXIT_OK)
		return;
	fprintf(stderr, "seamstep: note: %s\n", why);
	free(why);
}

/* A verb that only shows TCB Info goes on without, and says why. */
void session_load_tcb(struct session *s)
{
	if (!tcb_options_open(&s->options->tcb, s->lib, s->host, &s->tcb))
		s->tcb_error = text_format("%s", seamstep_error(s->lib));
}

enum exit_status session_open(struct session *s, const struct context_options *options)
{
	enum exit_status exit = config_load();
	const char *host = options->host;

	memset(s, 0, sizeof(*s));
	if (exit)
		return exit;
	if (!host && !options->sysroot)
		host = config_choose(NULL, "SEAMSTEP_HOST", NULL, "host");
	s->options = options;
	s->lib = session_library();
	seamstep_set_log(s->lib, take_line, s);
	s->host = host_open(s->lib, host, options->sysroot, &exit);
	if (s->host)
		exit = policy_apply(s->lib, s->host);
	if (!exit && !options->records_only)
		exit = open_repo(s, options->need_repo);
	if (!exit && !options->records_only)
		exit = session_refresh(s);
	if (exit) {
		session_close(s);
		return exit;
	}
	s->facts = seamstep_host_facts(s->host);
	read_journal(s);
	if (options->use_tcb)
		session_load_tcb(s);
	return EXIT_OK;
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
	free(s->repo_error);
	free(s->journal_error);
	free(s->tcb_error);
	seamstep_tcb_close(s->tcb);
	seamstep_host_close(s->host);
	seamstep_repo_close(s->repo);
	seamstep_free(s->lib);
	memset(s, 0, sizeof(*s));
}

json_t *session_last_update(const struct session *s)
{
	return json_array_get(s->updates, json_array_size(s->updates) - 1);
}

json_t *session_doc(const struct session *s)
{
	char schema[64], *time = memory_checked(seamstep_time_text());
	json_t *doc;

	snprintf(schema, sizeof(schema), "seamstep.%s/1", s->options->verb);
	doc = out_json_doc(schema);
	json_object_set_new(doc, "host", json_string(seamstep_host_name(s->host)));
	json_object_set_new(doc, "time", json_string(time));
	free(time);
	return doc;
}
