/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The facts behind a check that passed, each with its source. Returned texts go to base_free(). */
#ifndef SS_LIB_DECIDE_PREFLIGHT_FACT_H
#define SS_LIB_DECIDE_PREFLIGHT_FACT_H

#include "context.h"

struct preflight_target;

char *preflight_fact_cpu(const struct context *c, const struct seamstep_image *image);
char *preflight_fact_seamldr(const struct context *c, const struct seamstep_image *image);
char *preflight_fact_running(const struct context *c, const struct seamstep_image *image);
char *preflight_fact_svn(const struct context *c, const struct seamstep_image *image);
char *preflight_fact_handoff(const struct context *c, const struct seamstep_image *image);
char *preflight_fact_memory(const struct context *c, const struct seamstep_image *image);
char *preflight_fact_features(const struct context *c, const struct seamstep_image *image);
char *preflight_fact_mapping(const struct context *c, const struct seamstep_image *image);
/* @image may be NULL. */
char *preflight_fact_budget(const struct context *c, const struct seamstep_image *image);
/* Each fallback, and when the update would use it. */
char *preflight_fact_fallbacks(const struct preflight_target *target);

#endif
