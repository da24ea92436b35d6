/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Exit statuses of the seamstep command. */
#ifndef SS_TOOL_OUT_EXITS_H
#define SS_TOOL_OUT_EXITS_H

#include <seamstep/types.h>

/*
 * Exit statuses, frozen from the first release. X(NAME, code, name, meaning): the meaning
 * says how things stand afterwards. The manual page has the same table, and JSON the same names.
 */
#define EXIT_STATUSES(X) \
	X(OK, 0, "ok", "done as asked") \
	X(ERROR, 1, "error", "see the message; nothing was tried") \
	X(USAGE, 2, "usage", "the command line was wrong; nothing was touched") \
	X(PENDING, 3, "pending", "an update is available") \
	X(UNSUPPORTED, 4, "unsupported", "no usable host interface") \
	X(BAD_IMAGE, 5, "bad-image", "an image is malformed or fails verification; nothing was touched") \
	X(INCOMPATIBLE, 6, "incompatible", "the image is not for this host; the reasons are listed") \
	X(NOT_NOW, 7, "not-now", "a passing condition forbids the update; retry later") \
	X(EXHAUSTED, 8, "exhausted", "no updates are left before a reboot") \
	X(UNCHANGED, 9, "unchanged", "the update failed; the old module still runs, TDs are alive") \
	X(RECOVERED, 10, "recovered", "the update failed; a fallback runs, TDs are alive") \
	X(LOST, 11, "lost", "TDs are gone; reboot, or load a module from scratch") \
	X(MISMATCH, 12, "mismatch", "the update finished, but the host's state disagrees") \
	X(UNKNOWN, 13, "unknown", "no outcome within the time limit")

#define EXIT_ENUM(NAME, code, name, meaning) EXIT_##NAME = (code),
enum exit_status { EXIT_STATUSES(EXIT_ENUM) EXIT_NR };
#undef EXIT_ENUM

const char *exit_name(int code);		/* "bad-image"; "error" if there is no such code */
const char *exit_meaning(int code);

enum exit_status exit_of(enum seamstep_end end);

/*
 * Ends the output of a program: what was printed must have been written. Returns @code; or, after
 * a message, EXIT_ERROR in place of EXIT_OK. out_exit_stands(): the host was changed, no lack of
 * room for a line takes that back.
 */
int out_end(int code);
void out_exit_stands(void);

#endif
