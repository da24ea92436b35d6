/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The verbs of seamstep-model, the program behind "seamstep lab", "simulate" and "bench". */
#ifndef SS_TOOL_MODEL_MODEL_H
#define SS_TOOL_MODEL_MODEL_H

#include "tool/session/cli.h"

int model_lab(int argc, char **argv);
int model_simulate(int argc, char **argv);
int model_bench(int argc, char **argv);

/* simulate_report.c: shows the progress of a simulation. */
void model_progress(void *arg, const char *what, uint64_t done, uint64_t total);

#endif
