// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Names and sentences for what an update reports. */
#include "update.h"

#define TEXT(name, text) text,
#define STEP_TEXT(name, mode, text) text,
static const char *const verdict_names[] = { SS_VERDICTS(TEXT) };
static const char *const step_names[] = { SS_UPDATE_STEPS(STEP_TEXT) };
static const char *const action_texts[] = { SS_UPDATE_ACTIONS(TEXT) };
static const char *const sight_names[] = { SS_UPDATE_SIGHTS(TEXT) };

#define REASON(id, key, text) { key, text },
static const struct {
	const char *name, *text;
} reasons[] = { SS_UPDATE_REASONS(REASON) };

static const char *pick(const char *const *names, uint32_t nr, uint32_t i)
{
	return i < nr ? names[i] : "unknown";
}

const char *ss_verdict_name(enum ss_verdict verdict)
{
	return pick(verdict_names, SS_ARRAY_SIZE(verdict_names), verdict);
}

const char *ss_update_step_name(uint32_t step)
{
	return pick(step_names, SS_ARRAY_SIZE(step_names), step);
}

const char *ss_update_action_text(uint32_t action)
{
	return pick(action_texts, SS_ARRAY_SIZE(action_texts), action);
}

const char *ss_update_reason_name(uint32_t reason)
{
	return reason < SS_REASON_NR ? reasons[reason].name : "unknown";
}

const char *ss_update_reason_text(uint32_t reason)
{
	return reason < SS_REASON_NR ? reasons[reason].text : "unknown";
}

const char *ss_update_sight_name(uint32_t sight)
{
	return pick(sight_names, SS_ARRAY_SIZE(sight_names), sight);
}
