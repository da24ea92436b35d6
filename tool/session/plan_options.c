// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Options that all verbs with a route share. */
#include "plan_options.h"

#include "context_options.h"
#include "tcb_options.h"
#include "tool/out/exits.h"
#include "tool/out/option_value.h"

int plan_option(const char *verb, struct plan_options *o, int c, const char *value)
{
	switch (c) {
	case PLAN_TO:
		o->request.to = value;
		return EXIT_OK;
	case PLAN_TCB:
		o->has_tcb = true;
		return tcb_status_option(verb, value, &o->request.tcb_status);
	case PLAN_SMALL_STEPS:
		o->request.small_steps = true;
		return EXIT_OK;
	case PLAN_REQUIRE_FALLBACK:
		o->request.require_fallback = true;
		return EXIT_OK;
	case PLAN_LEFT:
		o->request.has_left = true;
		return out_number32_option(verb, "left", value, 0, UINT32_MAX, &o->request.left);
	}
	return OPTION_UNKNOWN;
}
