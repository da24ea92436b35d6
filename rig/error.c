// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The reason why a machine cannot be built or cannot go on. */
#include "internal.h"

#include <stdarg.h>
#include <stdio.h>

bool rig_fail(struct rig_error *err, uint32_t lp, uint64_t leaf, uint64_t status,
	      const char *format, ...)
{
	va_list args;

	if (!err)
		return false;
	*err = (struct rig_error){ .lp = lp, .leaf = leaf, .status = status };
	va_start(args, format);
	vsnprintf(err->text, sizeof(err->text), format, args);
	va_end(args);
	return false;
}
