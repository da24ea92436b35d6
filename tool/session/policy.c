// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Reads the digests of approved and blocked images: values, or files with a digest a line. */
#include "policy.h"

#include "config.h"
#include "config_keys.h"
#include "tool/base/file.h"
#include "tool/base/memory.h"
#include "tool/base/text.h"
#include "tool/out/message.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define LIST_LIMIT	(1u << 20)
#define MAX_DIGESTS	4096u

struct digests {
	uint8_t (*list)[SS_SHA384_BYTES];
	size_t nr;
};

static uint8_t digit(char c)
{
	return (uint8_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
}

/* @text is one digest, checked. */
static bool add(struct digests *d, const char *text)
{
	size_t i;

	if (d->nr == MAX_DIGESTS)
		return false;
	d->list = memory_checked(realloc(d->list, (d->nr + 1) * sizeof(*d->list)));
	for (i = 0; i < SS_SHA384_BYTES; i++)
		d->list[d->nr][i] = (uint8_t)(digit(text[2 * i]) << 4 | digit(text[2 * i + 1]));
	d->nr++;
	return true;
}

__attribute__((format(printf, 3, 4)))
static bool wrong(const char *path, unsigned int line, const char *fmt, ...)
{
	char *shown = text_escape(path), *text;
	va_list args;

	va_start(args, fmt);
	text = text_vformat(fmt, args);
	va_end(args);
	if (line)
		out_fail(EXIT_ERROR, "%s:%u: %s", shown, line, text);
	else
		out_fail(EXIT_ERROR, "%s: %s", shown, text);
	free(text);
	free(shown);
	return false;
}

/* A digest, and behind a blank whatever says more: the output of "sha384sum" has names there. */
static bool take_line(struct digests *d, const char *path, unsigned int line, char *text)
{
	char *word = text + strspn(text, " \t\r"), *shown;

	word[strcspn(word, " \t\r")] = '\0';
	if (!*word || *word == '#')
		return true;
	if (!config_is_digest(word)) {
		shown = text_escape(word);
		wrong(path, line, "expected 96 hexadecimal digits, found '%.24s'", shown);
		free(shown);
		return false;
	}
	return add(d, word) || wrong(path, line, "expected %u digests at most", MAX_DIGESTS);
}

static bool take_text(struct digests *d, const char *path, char *text)
{
	char *rest = text, *line;
	unsigned int number = 0;
	size_t before = d->nr;

	while ((line = strsep(&rest, "\n")))
		if (!take_line(d, path, ++number, line))
			return false;
	/* An empty list of approved images would approve each image. */
	return d->nr > before || wrong(path, 0, "expected a digest, found none");
}

/* A FIFO would wait for a writer. */
static uint8_t *read_list(const char *path, size_t *bytes)
{
	struct stat st;

	if (stat(path, &st))
		return NULL;
	errno = EINVAL;
	return S_ISREG(st.st_mode) ? file_read(path, LIST_LIMIT, bytes) : NULL;
}

static bool take_file(struct digests *d, const char *path)
{
	size_t bytes = 0;
	uint8_t *text = read_list(path, &bytes);
	char *copy;
	bool ok;

	if (!text)
		return wrong(path, 0, "the digests cannot be read: %s",
			     errno == EINVAL ? "it is no file" : strerror(errno));
	copy = text_format("%.*s", (int)bytes, (const char *)text);
	ok = strlen(copy) == bytes ? take_text(d, path, copy) :
	     wrong(path, 0, "expected text, found a NUL byte");
	free(copy);
	free(text);
	return ok;
}

static bool take_key(struct digests *d, const char *name)
{
	const char *value;
	size_t i;

	for (i = 0; (value = config_get_many(name, i)); i++)
		if (*value == '/' ? !take_file(d, value) : !add(d, value))
			return false;
	return true;
}

enum exit_status policy_apply(struct seamstep *lib, struct seamstep_host *host)
{
	struct digests approved = { .nr = 0 }, blocked = { .nr = 0 };
	struct seamstep_policy policy = { .size = sizeof(policy) };
	enum exit_status exit = EXIT_ERROR;

	if (take_key(&approved, "approved") && take_key(&blocked, "blocked")) {
		policy.approved = (const uint8_t (*)[SS_SHA384_BYTES])approved.list;
		policy.nr_approved = approved.nr;
		policy.blocked = (const uint8_t (*)[SS_SHA384_BYTES])blocked.list;
		policy.nr_blocked = blocked.nr;
		exit = exit_of(seamstep_host_set_policy(host, &policy));
		if (exit)
			out_fail(exit, "%s", seamstep_error(lib));
	}
	free(approved.list);
	free(blocked.list);
	return exit;
}
