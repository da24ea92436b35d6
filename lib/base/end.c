// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The names of results: the journal has them, too. */
#include <seamstep/seamstep.h>

const char *seamstep_end_name(enum seamstep_end end)
{
	static const char *const names[] = {
		[SEAMSTEP_OK] = "ok", [SEAMSTEP_ERROR] = "error", [SEAMSTEP_BAD_REQUEST] = "usage",
		[SEAMSTEP_UNSUPPORTED] = "unsupported", [SEAMSTEP_BAD_IMAGE] = "bad-image",
		[SEAMSTEP_INCOMPATIBLE] = "incompatible", [SEAMSTEP_NOT_NOW] = "not-now",
		[SEAMSTEP_EXHAUSTED] = "exhausted", [SEAMSTEP_UNCHANGED] = "unchanged",
		[SEAMSTEP_RECOVERED] = "recovered", [SEAMSTEP_LOST] = "lost",
		[SEAMSTEP_MISMATCH] = "mismatch", [SEAMSTEP_UNKNOWN] = "unknown",
		[SEAMSTEP_NO_MEMORY] = "no-memory",
	};

	if ((size_t)end >= sizeof(names) / sizeof(names[0]) || !names[end])
		return "error";
	return names[end];
}
