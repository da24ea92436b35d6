// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Options that all verbs with a route share. */
#include "plan_options.h"

#include "tool/base/words.h"

bool plan_option(struct plan_options *o, int c, const char *value)
{
	uint64_t left;

	switch (c) {
	case PLAN_TO:
		o->request.to = value;
		return true;
	case PLAN_SMALL_STEPS:
		o->request.small_steps = true;
		return true;
	case PLAN_REQUIRE_FALLBACK:
		o->request.require_fallback = true;
		return true;
	case PLAN_DETAILED:
		o->detailed = true;
		return true;
	case PLAN_LEFT:
		if (!words_number(value, 0, UINT32_MAX, &left)) {
			o->error = "--left: expected a number";
			return false;
		}
		o->request.has_left = true;
		o->request.left = (uint32_t)left;
		return true;
	}
	return false;
}
