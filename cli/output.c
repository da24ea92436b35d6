// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Text for people: messages, escaping, styles, the progress bar; and reading and writing files. */
#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void *checked(void *p)
{
	if (!p) {
		fputs("seamstep: out of memory\n", stderr);
		_exit(CLI_ERROR);
	}
	return p;
}

void *cli_alloc(size_t bytes)
{
	return checked(calloc(1, bytes ? bytes : 1));
}

char *cli_vformat(const char *fmt, va_list args)
{
	char *text;

	if (vasprintf(&text, fmt, args) < 0)
		text = NULL;
	return checked(text);
}

char *cli_format(const char *fmt, ...)
{
	va_list args;
	char *text;

	va_start(args, fmt);
	text = cli_vformat(fmt, args);
	va_end(args);
	return text;
}

#define CLI_EXIT_NAME(NAME, code, name, meaning) [code] = name,
#define CLI_EXIT_MEANING(NAME, code, name, meaning) [code] = meaning,
static const char *const exit_names[] = { CLI_EXITS(CLI_EXIT_NAME) };
static const char *const exit_meanings[] = { CLI_EXITS(CLI_EXIT_MEANING) };

const char *cli_exit_name(int code)
{
	return code >= 0 && code < CLI_EXIT_NR ? exit_names[code] : exit_names[CLI_ERROR];
}

const char *cli_exit_meaning(int code)
{
	return code >= 0 && code < CLI_EXIT_NR ? exit_meanings[code] : exit_meanings[CLI_ERROR];
}

char *cli_printable(char *text)
{
	char *p;

	for (p = text; *p; p++)
		if (*p < 0x20 || *p > 0x7e)
			*p = '?';
	return text;
}

/* ---- messages ------------------------------------------------------------------------------ */

int cli_usage_error(const char *verb, const char *fmt, ...)
{
	const char *gap = verb ? " " : "";
	va_list args;
	char *text;

	if (!verb)
		verb = "";
	va_start(args, fmt);
	text = cli_printable(cli_vformat(fmt, args));
	va_end(args);
	cli_progress_end();
	fprintf(stderr, "seamstep%s%s: %s\n", gap, verb, text);
	fprintf(stderr, "Try 'seamstep%s%s --help'.\n", gap, verb);
	cli_json_error(CLI_USAGE, text);
	free(text);
	return CLI_USAGE;
}

int cli_fail(enum cli_exit code, const char *fmt, ...)
{
	va_list args;
	char *text;

	va_start(args, fmt);
	text = cli_printable(cli_vformat(fmt, args));
	va_end(args);
	cli_progress_end();
	fprintf(stderr, "seamstep: %s\n", text);
	cli_json_error(code, text);
	free(text);
	return code;
}

static size_t length_to_equals(const char *text)
{
	return strcspn(text, "=");
}

/* "--lsp" -> "lps", or NULL. */
static const char *nearest_option(const char *given, const struct option *options)
{
	const char *names[64];
	char name[64];
	size_t n = 0, len = length_to_equals(given);

	if (strncmp(given, "--", 2) || len - 2 >= sizeof(name))
		return NULL;
	memcpy(name, given + 2, len - 2);
	name[len - 2] = '\0';
	while (options[n].name && n < 63) {
		names[n] = options[n].name;
		n++;
	}
	names[n] = NULL;
	return cli_nearest(name, names);
}

int cli_bad_option(const char *verb, char **argv, int c, const struct option *options)
{
	const char *given = argv[optind - 1];
	const char *nearest = nearest_option(given, options);
	char *shown = cli_escape(given);
	int rc;

	if (c == ':')
		rc = cli_usage_error(verb, "%s needs a value after it", shown);
	else if (nearest && !strncmp(given + 2, nearest, length_to_equals(given + 2)))
		rc = cli_usage_error(
			verb, "%s: no value is expected, or it could mean several options", shown);
	else if (nearest)
		rc = cli_usage_error(verb, "there is no option %s; did you mean --%s?", shown,
				     nearest);
	else
		rc = cli_usage_error(verb, "there is no option %s", shown);
	free(shown);
	return rc;
}

/* ---- words and numbers --------------------------------------------------------------------- */

bool cli_number(const char *text, uint64_t min, uint64_t max, uint64_t *out)
{
	bool hex = !strncmp(text, "0x", 2) || !strncmp(text, "0X", 2);
	const char *digits = hex ? text + 2 : text;
	const char *allowed = hex ? "0123456789abcdefABCDEF" : "0123456789";
	uint64_t value;
	char *end;

	if (!*digits || digits[strspn(digits, allowed)])
		return false;
	errno = 0;
	value = strtoull(digits, &end, hex ? 16 : 10);
	if (errno || *end || value < min || value > max)
		return false;
	*out = value;
	return true;
}

#define NEAREST_MAX 32

static unsigned int min3(unsigned int a, unsigned int b, unsigned int c)
{
	unsigned int m = a < b ? a : b;

	return m < c ? m : c;
}

/* How many letters to insert, remove or change to come from a to b. Long words are far from all. */
static unsigned int edit_distance(const char *a, const char *b)
{
	unsigned int row[NEAREST_MAX + 1], diagonal, above;
	size_t i, j, n = strlen(b);

	if (n > NEAREST_MAX || strlen(a) > NEAREST_MAX)
		return NEAREST_MAX;
	for (j = 0; j <= n; j++)
		row[j] = (unsigned int)j;
	for (i = 1; a[i - 1]; i++) {
		diagonal = row[0];
		row[0] = (unsigned int)i;
		for (j = 1; j <= n; j++) {
			above = row[j];
			row[j] = min3(above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1]));
			diagonal = above;
		}
	}
	return row[n];
}

const char *cli_nearest(const char *name, const char *const *list)
{
	const char *best = NULL;
	unsigned int distance, least = 3;	/* farther is no misspelling */

	for (; *list; list++) {
		distance = edit_distance(name, *list);
		if (distance < least && distance < strlen(*list)) {
			least = distance;
			best = *list;
		}
	}
	return best;
}

char *cli_escape(const char *text)
{
	char *out = cli_alloc(4 * strlen(text) + 1), *p = out;

	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c >= 0x20 && c < 0x7f && c != '\\')
			*p++ = (char)c;
		else
			p += sprintf(p, "\\x%02x", c);
	}
	return out;
}

char *cli_hex(const uint8_t *bytes, size_t n)
{
	char *out = cli_alloc(2 * n + 1);
	size_t i;

	for (i = 0; i < n; i++)
		sprintf(out + 2 * i, "%02x", bytes[i]);
	return out;
}

char *cli_duration(uint64_t ns)
{
	if (ns < 1000)
		return cli_format("%u ns", (unsigned int)ns);
	if (ns < 1000000)
		return cli_format("%.1f us", (double)ns / 1e3);
	if (ns < 1000000000)
		return cli_format("%.1f ms", (double)ns / 1e6);
	return cli_format("%.2f s", (double)ns / 1e9);
}

/* ---- terminal ------------------------------------------------------------------------------ */

/* A terminal that understands escape sequences. */
static bool is_terminal(FILE *stream)
{
	const char *term = getenv("TERM");

	return isatty(fileno(stream)) && term && strcmp(term, "dumb");
}

bool cli_styled(FILE *stream)
{
	const char *no_color = getenv("NO_COLOR");

	return is_terminal(stream) && !(no_color && *no_color);
}

const char *cli_style(FILE *stream, enum cli_style style)
{
	static const char *const sequences[] = {
		[CLI_PLAIN] = "\033[0m",
		[CLI_BOLD] = "\033[1m",
		[CLI_DIM] = "\033[2m",
		[CLI_GOOD] = "\033[1;32m",
		[CLI_BAD] = "\033[1;31m",
		[CLI_NOTE] = "\033[33m",
	};

	return cli_styled(stream) ? sequences[style] : "";
}

#define BAR_WIDTH 30

static bool progress_shown;

void cli_progress(const char *what, uint64_t done, uint64_t total)
{
	unsigned int filled, i;
	char bar[BAR_WIDTH + 1];

	if (!is_terminal(stderr) || cli_json_wanted())
		return;
	filled = total ? (unsigned int)((done < total ? done : total) * BAR_WIDTH / total) : 0;
	for (i = 0; i < BAR_WIDTH; i++)
		bar[i] = i < filled ? '#' : '.';
	bar[BAR_WIDTH] = '\0';
	fprintf(stderr, "\r\033[K%-24s [%s] %llu/%llu", what, bar, (unsigned long long)done,
		(unsigned long long)total);
	fflush(stderr);
	progress_shown = true;
}

void cli_progress_end(void)
{
	if (!progress_shown)
		return;
	fputs("\r\033[K", stderr);
	fflush(stderr);
	progress_shown = false;
}

/* ---- files --------------------------------------------------------------------------------- */

uint8_t *cli_read_file(const char *path, size_t limit, size_t *bytes)
{
	uint8_t *data = NULL;
	size_t room = 0, n = 0;
	ssize_t got = 1;
	int fd = open(path, O_RDONLY | O_CLOEXEC), saved;

	if (fd < 0)
		return NULL;
	while (got > 0 && n <= limit) {
		if (n == room) {
			room = room ? 2 * room : 65536;
			data = checked(realloc(data, room));
		}
		got = read(fd, data + n, room - n);
		if (got > 0)
			n += (size_t)got;
	}
	saved = got < 0 ? errno : n > limit ? EFBIG : 0;
	close(fd);
	if (saved) {
		free(data);
		errno = saved;
		return NULL;
	}
	*bytes = n;
	return data;
}

static bool write_all(int fd, const uint8_t *p, size_t n)
{
	while (n) {
		ssize_t put = write(fd, p, n);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return false;
		p += put;
		n -= (size_t)put;
	}
	return true;
}

bool cli_write_file(const char *path, const void *bytes, size_t n, unsigned int mode)
{
	char *temporary = cli_format("%s.XXXXXX", path);
	int fd = mkostemp(temporary, O_CLOEXEC), saved;
	bool ok = fd >= 0;

	if (ok) {
		ok = fchmod(fd, mode) == 0 && write_all(fd, bytes, n) && fsync(fd) == 0;
		saved = errno;
		if (close(fd) && ok) {
			ok = false;
			saved = errno;
		}
		if (ok && rename(temporary, path)) {
			ok = false;
			saved = errno;
		}
		if (!ok) {
			unlink(temporary);
			errno = saved;
		}
	}
	saved = errno;
	free(temporary);
	errno = saved;
	return ok;
}
