// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Fuzz target: a kernel's answers. None may crash the command or reach a terminal unescaped. */
#include "../fuzz.h"

#include "lib/host/host_linux.h"
#include "lib/base/text.h"

#include <errno.h>

static const uint8_t *answers;
static size_t left;

/* The input is a list of lengths and contents; each read takes the next. Length 255 is an error. */
static uint8_t *read_next(const struct sysio *io, const char *path, size_t *bytes, int *err)
{
	uint8_t *copy;
	size_t n;

	(void)io;
	(void)path;
	if (!left || answers[0] == 255) {
		*err = left > 1 ? answers[1] % 40 + 1 : ENOENT;
		answers += left > 1 ? 2 : left;
		left -= left > 1 ? 2 : left;
		return NULL;
	}
	n = answers[0] < left - 1 ? answers[0] : left - 1;
	copy = calloc(1, n + 1);
	FUZZ_CHECK(copy);
	memcpy(copy, answers + 1, n);
	answers += n + 1;
	left -= n + 1;
	*bytes = n;
	*err = 0;
	return copy;
}

static int write_nothing(const struct sysio *io, const char *path, const void *bytes, size_t n)
{
	(void)io;
	(void)path;
	(void)bytes;
	(void)n;
	return 0;
}

static uint64_t now;

static void pause_nothing(const struct sysio *io, unsigned int ms)
{
	(void)io;
	now += (uint64_t)ms * 1000000;
}

static uint64_t tell_time(const struct sysio *io)
{
	(void)io;
	return now;
}

static void check_printable(const char *text)
{
	char *shown = text ? base_escape(text) : NULL;
	const char *p;

	for (p = shown; p && *p; p++)
		FUZZ_CHECK(*p >= 0x20 && *p < 0x7f);
	free(shown);
}

static void update(struct host *host)
{
	static uint8_t page[SS_PAGE], sigstruct[SS_SIGSTRUCT_BYTES];
	static struct ss_image image;
	struct host_request request = { .timeout_ms = 100 };
	struct seamstep_outcome outcome;

	image.sig.raw = (struct ss_bytes){ sigstruct, sizeof(sigstruct) };
	image.module = (struct ss_bytes){ page, sizeof(page) };
	request.target.image = &image;
	request.target.version = (struct ss_version){ 1, 5, 16 };
	host->ops->update(host, &request, &outcome);
	FUZZ_CHECK(outcome.verdict && outcome.end < SEAMSTEP_NO_MEMORY);
	FUZZ_CHECK(outcome.end == SEAMSTEP_OK || outcome.detail);
	check_printable(outcome.detail);
	host_outcome_release(&outcome);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct sysio io = { "",	    read_next, write_nothing, pause_nothing,
					 tell_time, false };
	struct seamstep_facts facts;
	struct host *host;
	char **log, *why;
	size_t i;

	answers = data;
	left = size;
	sysio_live = &io;
	host = host_linux_open(NULL);
	FUZZ_CHECK(host->ops->facts(host, &facts, &why) == SEAMSTEP_OK);
	FUZZ_CHECK(facts.compat.nr_fms <= SEAMSTEP_MAX_PACKAGES);
	check_printable(facts.kernel);
	log = host->ops->log(host, 0);
	for (i = 0; log && log[i]; i++) {
		check_printable(log[i]);
		free(log[i]);
	}
	free(log);
	update(host);
	host_facts_release(&facts);
	host_close(host);
	return 0;
}
