/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The terminal: styles, and a progress bar. */
#ifndef SS_TOOL_OUT_TERMINAL_H
#define SS_TOOL_OUT_TERMINAL_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Is styling wanted on this stream: a terminal, TERM not dumb, NO_COLOR not set? */
bool out_styled(FILE *stream);
enum out_style { OUT_PLAIN, OUT_BOLD, OUT_DIM, OUT_GOOD, OUT_BAD, OUT_NOTE };
/* The escape sequence that starts a style on this stream, or "" where styling is not wanted. */
const char *out_style(FILE *stream, enum out_style style);

/*
 * A bar for work of known length, redrawn in place on stderr. Without a terminal on stderr, or with
 * --json, there is no bar. out_progress_end() wipes the bar.
 */
void out_progress(const char *what, uint64_t done, uint64_t total);
void out_progress_end(void);

#endif
