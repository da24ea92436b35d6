/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Measurements in virtual time, for the program that has the virtual host. */
#ifndef SS_BENCH_VIRTUAL_BENCH_H
#define SS_BENCH_VIRTUAL_BENCH_H

#include <jansson.h>

#include "../place/virtual/virtual_time.h"

/* Rows of "seamstep bench lockstep": every way to step, for 2, 4, ... @max_lps LPs. */
json_t *bench_virtual_lockstep(const struct virtual_costs *costs, uint32_t max_lps);

/* "seamstep bench window": the whole stopped window on a machine of this shape. */
json_t *bench_virtual_window(const struct virtual_costs *costs,
			     const struct virtual_topology *topology);

#endif
