// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The terminal: styles, and a progress bar. */
#include "terminal.h"

#include "json.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A terminal that understands escape sequences. */
static bool is_terminal(FILE *stream)
{
	const char *term = getenv("TERM");

	return isatty(fileno(stream)) && term && strcmp(term, "dumb");
}

bool out_styled(FILE *stream)
{
	const char *no_color = getenv("NO_COLOR");

	return is_terminal(stream) && !(no_color && *no_color);
}

const char *out_style(FILE *stream, enum out_style style)
{
	static const char *const sequences[] = {
		[OUT_PLAIN] = "\033[0m",
		[OUT_BOLD] = "\033[1m",
		[OUT_DIM] = "\033[2m",
		[OUT_GOOD] = "\033[1;32m",
		[OUT_BAD] = "\033[1;31m",
		[OUT_NOTE] = "\033[33m",
	};

	return out_styled(stream) ? sequences[style] : "";
}

#define BAR_WIDTH 30

static bool progress_shown;

void out_progress(const char *what, uint64_t done, uint64_t total)
{
	unsigned int filled, i;
	char bar[BAR_WIDTH + 1];

	if (!is_terminal(stderr) || out_json_wanted())
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

void out_progress_end(void)
{
	if (!progress_shown)
		return;
	fputs("\r\033[K", stderr);
	fflush(stderr);
	progress_shown = false;
}
