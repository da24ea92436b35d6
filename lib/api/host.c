// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Entry points: hosts, their facts, their lock. */
#include "api.h"

#include "place/thread/place.h"
#include "lab/host_lab.h"
#include "lib/host/host_linux.h"
#include "lib/image/crypto.h"

#include <stdlib.h>
#include <string.h>

static struct host *open_lab(const char *dir, char **why)
{
	/* A fault of the model must not end a program that links this library. */
	ss_place_survive_broken();
	return host_lab_open(dir, why);
}

/* NULL with *@end and *@why set. */
static struct host *open_host(const char *name, enum seamstep_end *end, char **why)
{
	char *shown;

	*end = SEAMSTEP_UNSUPPORTED;
	if (!strcmp(name, "linux"))
		return host_linux_open(NULL);
	if (!strncmp(name, "sysroot:", 8) && name[8])
		return host_linux_open(name + 8);
	if (!strncmp(name, "lab:", 4) && name[4])
		return open_lab(name + 4, why);
	*end = SEAMSTEP_BAD_REQUEST;
	shown = base_escape(name);
	*why = api_why("expected the host linux, lab:DIR or sysroot:DIR, found %s", shown);
	base_free(shown);
	return NULL;
}

enum seamstep_end seamstep_host_open(struct seamstep *s, const char *name,
				     struct seamstep_host **host)
{
	enum seamstep_end end = SEAMSTEP_OK;
	struct seamstep_host *h;
	char *why = NULL;

	*host = NULL;
	api_begin(s);
	h = base_alloc(sizeof(*h));
	if (!h)
		return api_end(s, SEAMSTEP_NO_MEMORY, NULL);
	h->s = s;
	h->lock.fd = -1;
	h->c.host = open_host(name, &end, &why);
	end = api_end(s, h->c.host ? SEAMSTEP_OK : end, why);
	if (end)
		seamstep_host_close(h);
	else
		*host = h;
	return end;
}

void seamstep_host_close(struct seamstep_host *host)
{
	if (!host)
		return;
	lock_release(&host->lock);
	context_close(&host->c);
	base_free(host);
}

enum seamstep_end seamstep_host_refresh(struct seamstep_host *host,
					const struct seamstep_repo *repo)
{
	enum seamstep_end end;
	char *why = NULL;

	api_begin(host->s);
	host->c.repo = repo ? repo->repo : NULL;
	end = context_refresh(&host->c, &why);
	return api_end(host->s, end, why);
}

const struct seamstep_facts *seamstep_host_facts(const struct seamstep_host *host)
{
	return &host->c.facts;
}

const struct seamstep_image *seamstep_host_running(const struct seamstep_host *host)
{
	return host->c.running;
}

const char *seamstep_host_name(const struct seamstep_host *host)
{
	return host->c.host->name;
}

enum seamstep_end seamstep_host_rename(struct seamstep_host *host, const char *name)
{
	char *shown;

	api_begin(host->s);
	shown = base_escape(name);
	if (base_lacks()) {
		base_free(shown);
	} else {
		base_free(host->c.host->name);
		host->c.host->name = shown;
	}
	return api_end(host->s, SEAMSTEP_OK, NULL);
}

const char *seamstep_host_repository(const struct seamstep_host *host)
{
	return host->c.host->repo;
}

enum seamstep_end seamstep_host_log(struct seamstep_host *host, uint64_t since_us, char ***lines)
{
	struct host *h = host->c.host;
	enum seamstep_end end;

	api_begin(host->s);
	*lines = h->ops->log ? h->ops->log(h, since_us) : NULL;
	end = api_end(host->s, SEAMSTEP_OK, NULL);
	if (end) {
		seamstep_log_free(*lines);
		*lines = NULL;
	}
	return end;
}

void seamstep_log_free(char **lines)
{
	char **line;

	for (line = lines; line && *line; line++)
		base_free(*line);
	base_free(lines);
}

/* ---- the bucket ------------------------------------------------------------------------------ */

enum seamstep_end seamstep_host_bucket(struct seamstep_host *host, const char *release, uint32_t of,
				       uint32_t *bucket)
{
	const char *id = host->c.facts.machine_id ? host->c.facts.machine_id :
			 host->c.facts.kind == SEAMSTEP_HOST_LAB ? host->c.host->name : NULL;
	uint8_t digest[SS_SHA384_BYTES];
	struct ss_bytes part;
	uint64_t number = 0;
	char *text;
	bool good;
	size_t i;

	api_begin(host->s);
	*bucket = 0;
	if (!of)
		return api_end(host->s, SEAMSTEP_BAD_REQUEST, api_why("expected 1 bucket or more, found 0"));
	if (!id || !*id)
		return api_end(host->s, SEAMSTEP_UNSUPPORTED,
			       api_why("this host has no machine-id to deal it into a bucket by"));
	text = base_text("%s %s", id, release);
	part = (struct ss_bytes){ (const uint8_t *)text, strlen(text) };
	good = crypto_openssl.sha384(crypto_openssl.ctx, &part, 1, digest);
	base_free(text);
	if (!good)
		return api_end(host->s, SEAMSTEP_ERROR, api_why("no digest can be made, so this host "
			       "cannot be dealt into a bucket: libcrypto.so.3 is missing or fails"));
	for (i = 0; i < sizeof(number); i++)
		number = number << 8 | digest[i];
	*bucket = (uint32_t)(number % of);
	return api_end(host->s, SEAMSTEP_OK, NULL);
}

/* ---- the policy ------------------------------------------------------------------------------ */

static void *copy_digests(const uint8_t (*digests)[SS_SHA384_BYTES], size_t nr)
{
	uint8_t (*copy)[SS_SHA384_BYTES] = nr ? base_alloc(nr * sizeof(*copy)) : NULL;

	if (copy)
		memcpy(copy, digests, nr * sizeof(*copy));
	return copy;
}

enum seamstep_end seamstep_host_set_policy(struct seamstep_host *host,
					   const struct seamstep_policy *policy)
{
	struct seamstep_policy own = { .size = 0 };
	struct policy new = { .nr_approved = 0 };

	api_begin(host->s);
	if (policy)
		api_copy(&own, sizeof(own), policy);
	new.approved = copy_digests(own.approved, own.nr_approved);
	new.blocked = copy_digests(own.blocked, own.nr_blocked);
	if (base_lacks()) {
		policy_release(&new);
		return api_end(host->s, SEAMSTEP_NO_MEMORY, NULL);
	}
	new.nr_approved = own.nr_approved;
	new.nr_blocked = own.nr_blocked;
	policy_release(&host->c.policy);
	host->c.policy = new;
	return api_end(host->s, SEAMSTEP_OK, NULL);
}

/* ---- the lock -------------------------------------------------------------------------------- */

enum seamstep_end seamstep_host_lock(struct seamstep_host *host, const char *command,
				     unsigned int wait_s)
{
	enum seamstep_end end = SEAMSTEP_OK;
	char *text = NULL, *why = NULL;

	api_begin(host->s);
	if (host->lock.fd >= 0)
		return api_end(host->s, SEAMSTEP_OK, NULL);
	switch (lock_take(host->c.host, command, wait_s, &host->lock, &text)) {
	case LOCK_TAKEN:
		break;
	case LOCK_BUSY:
		end = SEAMSTEP_NOT_NOW;
		why = api_why("%s is being updated by %s", host->c.host->name, text);
		break;
	case LOCK_FAILED:
		end = SEAMSTEP_ERROR;
		why = api_why("the lock cannot be taken: %s", text);
		break;
	}
	base_free(text);
	end = api_end(host->s, end, why);
	if (end)
		lock_release(&host->lock);
	return end;
}

void seamstep_host_unlock(struct seamstep_host *host)
{
	lock_release(&host->lock);
}

bool seamstep_host_is_locked(const struct seamstep_host *host)
{
	return lock_is_held(host->c.host);
}
