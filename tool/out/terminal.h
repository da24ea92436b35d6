/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The terminal: styles, and a progress bar. */
#ifndef SS_CLI_TERMINAL_H
#define SS_CLI_TERMINAL_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Is styling wanted on this stream: a terminal, TERM not dumb, NO_COLOR not set? */
bool cli_styled(FILE *stream);
enum cli_style { CLI_PLAIN, CLI_BOLD, CLI_DIM, CLI_GOOD, CLI_BAD, CLI_NOTE };
/* The escape sequence that starts a style on this stream, or "" where styling is not wanted. */
const char *cli_style(FILE *stream, enum cli_style style);

/*
 * A bar for work of known length, redrawn in place on stderr. Without a terminal on stderr, or with
 * --json, there is no bar. cli_progress_end() wipes the bar.
 */
void cli_progress(const char *what, uint64_t done, uint64_t total);
void cli_progress_end(void);

#endif
