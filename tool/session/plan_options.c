// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Options that all verbs with a route share. */
#include "plan_options.h"

#include "context_options.h"
#include "tool/out/exits.h"
#include "tool/out/message.h"
#include "lib/base/words.h"

int plan_option(const char *verb, struct plan_options *o, int c, const char *value)
{
	uint64_t left;

	switch (c) {
	case PLAN_TO:
		o->request.to = value;
		return EXIT_OK;
	case PLAN_SMALL_STEPS:
		o->request.small_steps = true;
		return EXIT_OK;
	case PLAN_REQUIRE_FALLBACK:
		o->request.require_fallback = true;
		return EXIT_OK;
	case PLAN_LEFT:
		if (!words_number(value, 0, UINT32_MAX, &left))
			return out_usage_error(verb, "--left: expected a number");
		o->request.has_left = true;
		o->request.left = (uint32_t)left;
		return EXIT_OK;
	}
	return OPTION_UNKNOWN;
}
