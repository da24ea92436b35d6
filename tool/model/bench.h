/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The measurements of "seamstep bench". */
#ifndef SS_TOOL_VERB_BENCH_H
#define SS_TOOL_VERB_BENCH_H

#include "tool/session/cli.h"

/* The second words of "bench": argv[0] is that word. Each returns an enum exit_status. */
int bench_simulate(int argc, char **argv);
int bench_c2c(int argc, char **argv);
int bench_lockstep(int argc, char **argv);
int bench_window(int argc, char **argv);
int bench_cli(int argc, char **argv);

/*
 * bench_window_vm.c: "bench window --vm", for @nr sizes of virtual machines, @runs windows each way.
 * @source: a source tree, or NULL to look for one. Returns an enum exit_status.
 */
int bench_window_vm(const char *source, const uint64_t *vcpus, size_t nr, uint64_t runs);

/* bench_plot.c: rows of "bench lockstep" as a log-log plot. False if the file cannot be written. */
bool bench_plot(const json_t *rows, const char *path);

/* ---- bench_machine.c ------------------------------------------------------------------------- */

/* The median of @n values, 1 or more. Sorts @values. */
uint64_t bench_median(uint64_t *values, size_t n);

/* "machine": number and model of CPUs, so that a reader can judge figures. */
json_t *bench_machine_json(void);
char *bench_machine_text(void);		/* malloc'd */

#endif
