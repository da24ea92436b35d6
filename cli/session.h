/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* What the verbs about a host start from: the host, its facts, a repository, its past updates. */
#ifndef SS_CLI_SESSION_H
#define SS_CLI_SESSION_H

#include <stdbool.h>
#include <jansson.h>

#include "context.h"
#include "context_options.h"
#include "exits.h"

struct session {
	const struct context_options *options;
	struct context context;
	json_t *updates;		/* from the journal; empty if it cannot be read */
	unsigned int damaged;
	char *journal_error;		/* why it cannot be read */
};

/**
 * session_open - host, facts and repository
 * @need_repo: without one it is an error
 * Returns CLI_OK, or what the verb returns after a message was printed; then nothing is held.
 */
enum cli_exit session_open(struct session *s, const struct context_options *options,
			   bool need_repo);
/* Reads the facts anew. */
enum cli_exit session_refresh(struct session *s);
void session_close(struct session *s);

/* A document of the verb, with host and time in it. */
json_t *session_doc(const struct session *s);

#endif
