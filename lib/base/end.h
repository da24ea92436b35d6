/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* How a task ended: an update, a simulation, a preflight, a plan. */
#ifndef SS_CLI_END_H
#define SS_CLI_END_H

enum lib_end {
	LIB_OK,			/* the task did what was asked */
	LIB_ERROR,		/* nothing was tried */
	LIB_BAD_REQUEST,	/* the request makes no sense */
	LIB_UNSUPPORTED,	/* the host has no usable interface */
	LIB_BAD_IMAGE,		/* an image is malformed, or its verification fails */
	LIB_INCOMPATIBLE,	/* an image does not fit this host */
	LIB_NOT_NOW,		/* a condition that may pass forbids the task */
	LIB_EXHAUSTED,		/* no updates are left before a reboot */
	LIB_UNCHANGED,		/* tried and failed; the old module still runs, TDs alive */
	LIB_RECOVERED,		/* tried and failed; the fallback runs, TDs alive */
	LIB_LOST,		/* TDs are gone */
	LIB_MISMATCH,		/* the update finished, but a second look disagrees */
	LIB_UNKNOWN,		/* no outcome within the time limit */
	LIB_END_NR
};

#endif
