// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Reads the state that a host should be in. */
#include "target.h"

#include <seamstep/text.h>

#include "tool/base/text.h"

#include <stdlib.h>
#include <string.h>

#define NEWEST	"newest"
#define TCB	"tcb="

/* "1.5": as a version without its last number. */
static bool line_parse(const char *text, struct ss_version *version)
{
	char *whole = text_format("%s.0", text);
	bool ok = seamstep_version_parse(whole, version);

	free(whole);
	return ok;
}

static bool parse_newest(const char *text, struct target *target)
{
	target->kind = *text ? TARGET_LINE : TARGET_NEWEST;
	text += strspn(text, " ");
	return target->kind == TARGET_NEWEST || line_parse(text, &target->version);
}

static bool parse(const char *text, struct target *target)
{
	size_t n = strlen(NEWEST);

	if (!strncmp(text, TCB, strlen(TCB))) {
		target->kind = TARGET_TCB;
		return seamstep_tcb_status_parse(text + strlen(TCB), &target->status) &&
		       target->status != SEAMSTEP_TCB_REVOKED;
	}
	if (!strncmp(text, NEWEST, n) && (!text[n] || text[n] == ' '))
		return parse_newest(text + n, target);
	target->kind = TARGET_VERSION;
	if (seamstep_version_parse(text, &target->version))
		return true;
	target->kind = TARGET_LINE;
	return line_parse(text, &target->version);
}

bool target_parse(const char *text, struct target *target, char **why)
{
	char *shown;

	memset(target, 0, sizeof(*target));
	if (parse(text, target))
		return true;
	target->kind = TARGET_NONE;
	shown = text_escape(text);
	*why = text_format("expected a version as 1.5.16, a line as 1.5, newest, or "
			   "tcb=UpToDate, found '%s'", shown);
	free(shown);
	return false;
}
