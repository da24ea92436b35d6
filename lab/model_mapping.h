/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* mapping_file.json for the versions that the model knows. */
#ifndef SS_CLI_MODEL_MAPPING_H
#define SS_CLI_MODEL_MAPPING_H

#include "core/compat.h"
#include "sim/sim.h"

/* A mapping file's rule for a version that the model knows. */
struct ss_compat_rule mapping_of_model(const struct sim_module_info *info);

/* A mapping file for the whole ladder: malloc'd JSON text. */
char *mapping_text_of_ladder(void);

#endif
