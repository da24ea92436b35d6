/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* A host as the verbs see a host: facts to read, an update to ask for. Linux's or a lab's. */
#ifndef SS_CLI_HOST_H
#define SS_CLI_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/compat.h"
#include <seamstep/host.h>
#include <seamstep/update.h>

struct host;

void host_facts_release(struct seamstep_facts *facts);

/* Adds the facts that @image tells, where version or mrseam says that @image is the running one. */
void host_facts_add_image(struct seamstep_facts *facts, const struct ss_image *image,
			  const struct ss_compat_rule *rule);

/* An image to install. */
struct host_image {
	const char *name, *path;
	const uint8_t *file;		/* container as in the repository */
	size_t bytes;
	const struct ss_image *image;
	struct ss_version version;
	const struct ss_compat_rule *rule;
};

/**
 * struct host_request - an update that passed preflight
 * @fallbacks: in the order to be tried; where facts->has_fallback
 * @timeout_ms: how long to wait for an outcome
 * @td_build:  what to do where TDs are being built
 * The callbacks may be NULL.
 */
struct host_request {
	struct host_image target;
	struct host_image fallbacks[SEAMSTEP_MAX_FALLBACKS];
	uint32_t nr_fallbacks;
	uint32_t timeout_ms;
	bool rehearse;
	uint32_t waived;	/* reasons of compat that the operator has waived */
	enum seamstep_td_build td_build;
	void *arg;		/* of the callbacks, as in struct seamstep_update_request */
	void (*progress)(void *arg, const char *phase, uint64_t done, uint64_t total);
	bool (*cancelled)(void *arg);
	void (*committed)(void *arg);
};

/* An unconfirmed verdict becomes unknown. */
void host_outcome_doubt(struct seamstep_outcome *outcome);
void host_outcome_release(struct seamstep_outcome *outcome);

struct host_ops {
	/* SEAMSTEP_OK; or the kind of error, with *@why set (malloc'd), if nothing can be read. */
	enum seamstep_end (*facts)(struct host *host, struct seamstep_facts *facts, char **why);
	void (*update)(struct host *host, const struct host_request *request,
		       struct seamstep_outcome *outcome);
	/*
	 * Kernel log lines since @since_us after boot: warnings, TDX's first of all. NULL-ended,
	 * malloc'd; NULL if the log cannot be read. May be missing.
	 */
	char **(*log)(struct host *host, uint64_t since_us);
	void (*close)(struct host *host);
};

struct host {
	const struct host_ops *ops;
	char *name;			/* "linux", "lab:DIR": escaped, for messages */
	char *state_dir;		/* journal, inhibition */
	char *lock_path;
	char *repo;			/* the host's own repository; or NULL */
	char *signer_path;		/* the key of the host's own signer; NULL: Intel's */
	char *tcb_path;			/* the host's own TCB Info, or NULL */
	char *tcb_root;			/* the root that it is signed under; NULL: Intel's */
	bool needs_root;		/* to be updated */
};

void host_close(struct host *host);

#endif
