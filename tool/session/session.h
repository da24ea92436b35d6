/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The data that verbs about a host start from: host, facts, repository, past updates. */
#ifndef SS_TOOL_SESSION_SESSION_H
#define SS_TOOL_SESSION_SESSION_H

#include <stdbool.h>
#include <jansson.h>

#include <seamstep/seamstep.h>

#include "context_options.h"
#include "tool/out/exits.h"

struct session {
	const struct context_options *options;
	struct seamstep *lib;
	struct seamstep_host *host;
	const struct seamstep_facts *facts;
	struct seamstep_repo *repo;	/* NULL: none was found, or see @repo_error */
	char *repo_error;		/* why the repository that was found cannot be read */
	json_t *updates;		/* from the journal; empty if unreadable */
	unsigned int damaged;
	char *journal_error;		/* why the journal cannot be read */
	struct seamstep_tcb *tcb;	/* TCB Info; NULL: none is configured, or see @tcb_error */
	char *tcb_error;		/* why TCB Info that is configured cannot be loaded */
};

/* A context of the library whose messages go to stderr and the system's log. Never NULL. */
struct seamstep *session_library(void);

/**
 * session_open - open the host and the repository, read the facts
 * Returns EXIT_OK; or, after a message, the exit status for the verb, with nothing held.
 */
enum exit_status session_open(struct session *s, const struct context_options *options);
/*
 * Reads the command line (see context_parse()) and opens the session. Returns false with *@rc, the
 * exit status for the verb, and nothing held.
 */
bool session_begin(struct session *s, struct context_options *options, int argc, char **argv,
		   int *rc);
/* Is there TCB Info? If not, *@why is set (malloc'd). */
bool session_has_tcb(const struct session *s, char **why);
/*
 * For a request that depends on TCB Info. Returns EXIT_OK, or EXIT_ERROR with *@why set (malloc'd)
 * where there is none, or a document leaves a question open.
 */
enum exit_status session_need_tcb(const struct session *s, char **why);
/* Loads TCB Info if there is any: for a verb without use_tcb that does not always show it. */
void session_load_tcb(struct session *s);
/* Says on stderr why TCB Info that is configured is not shown, if there is a reason. */
void session_note_tcb(const struct session *s);
/* Reads the facts again. After a message, the exit status. */
enum exit_status session_refresh(struct session *s);
/* What newer version can be reached. */
struct session_available {
	bool known;		/* the question could be answered */
	uint32_t updates;	/* that lead to @version; 0: there is none */
	struct ss_version version;
	enum exit_status exit;	/* where it is not known */
	char *why;		/* a sentence, where there is none or it is not known */
};
/* Asks the repository. free() the sentence. */
void session_available(const struct session *s, struct session_available *a);
/*
 * Why no image of the repository can be chosen as the newest, whatever its version: a sentence to
 * be freed, with @exit set; NULL if one can.
 */
char *session_repo_fault(const struct session *s, enum exit_status *exit);
void session_close(struct session *s);

/* The last update in the journal, or NULL. Not owned. */
json_t *session_last_update(const struct session *s);

/*
 * The repository to use: of the option, the environment, the host or the configuration, whichever
 * comes first; else the packaged repository if there is one; or NULL. A NULL argument: not given.
 */
const char *session_repo(const char *option, const char *of_host);

/* A JSON document of the verb, with host and time. */
json_t *session_doc(const struct session *s);

#endif
