// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Entry points: the journal and the inhibitors. */
#include "api.h"

#include "lib/record/inhibit.h"
#include "lib/record/journal.h"
#include "lib/update/reconcile.h"

#include <stdlib.h>
#include <string.h>

enum seamstep_end seamstep_journal_read(struct seamstep_host *host, char **json,
					unsigned int *damaged)
{
	enum seamstep_end end;
	char *why = NULL;

	api_begin(host->s);
	*json = journal_updates(host->c.host, damaged, &why);
	end = api_end(host->s, *json ? SEAMSTEP_OK : SEAMSTEP_ERROR, why);
	if (end) {
		base_free(*json);
		*json = NULL;
	}
	return end;
}

enum seamstep_end seamstep_reconcile(struct seamstep_host *host, char **settled)
{
	enum seamstep_end end;
	char *why = NULL;

	*settled = NULL;
	api_begin(host->s);
	if (host->lock.fd < 0)
		return api_end(host->s, SEAMSTEP_BAD_REQUEST,
			       api_why("the lock of the host is not held; take it, and refresh"));
	end = reconcile(&host->c, settled, &why);
	end = api_end(host->s, end, why);
	if (end) {
		base_free(*settled);
		*settled = NULL;
	}
	return end;
}

enum seamstep_end seamstep_inhibitors_read(struct seamstep_host *host,
					   struct seamstep_inhibitors **inhibitors)
{
	struct seamstep_inhibitors *by;
	enum seamstep_end end;
	char *why = NULL;
	bool ok;

	*inhibitors = NULL;
	api_begin(host->s);
	by = base_alloc(sizeof(*by));
	if (!by)
		return api_end(host->s, SEAMSTEP_NO_MEMORY, NULL);
	ok = inhibit_read(host->c.host, by, &why);
	end = api_end(host->s, ok ? SEAMSTEP_OK : SEAMSTEP_ERROR, why);
	if (end)
		seamstep_inhibitors_free(by);
	else
		*inhibitors = by;
	return end;
}

void seamstep_inhibitors_free(struct seamstep_inhibitors *inhibitors)
{
	if (inhibitors)
		inhibit_release(inhibitors);
	base_free(inhibitors);
}

/* A text that others are to read. NULL, or the sentence against it. */
static char *judge_text(const char *what, const char *text)
{
	size_t n = strlen(text);

	if (n >= 1 && n <= SEAMSTEP_INHIBIT_MAX)
		return NULL;
	return api_why("%s: expected 1 to %u bytes, found %zu", what, SEAMSTEP_INHIBIT_MAX, n);
}

enum seamstep_end seamstep_inhibit(struct seamstep_host *host, const char *who, const char *reason)
{
	char *why;
	bool ok;

	api_begin(host->s);
	why = judge_text("the reason", reason);
	if (!why)
		why = judge_text("who forbids updates", who);
	if (why)
		return api_end(host->s, SEAMSTEP_BAD_REQUEST, why);
	ok = inhibit_add(host->c.host, who, reason, &why);
	return api_end(host->s, ok ? SEAMSTEP_OK : SEAMSTEP_ERROR, why);
}

enum seamstep_end seamstep_uninhibit(struct seamstep_host *host, const char *who,
				     size_t *removed)
{
	char *why = NULL;
	bool ok;

	api_begin(host->s);
	ok = inhibit_remove(host->c.host, who, removed, &why);
	return api_end(host->s, ok ? SEAMSTEP_OK : SEAMSTEP_ERROR, why);
}
