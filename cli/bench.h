/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The measurements of "seamstep bench". */
#ifndef SS_CLI_BENCH_H
#define SS_CLI_BENCH_H

#include "cli.h"

/* What follows the verb: argv[0] is its own name. They return an enum cli_exit. */
int bench_simulate(int argc, char **argv);
int bench_c2c(int argc, char **argv);
int bench_lockstep(int argc, char **argv);
int bench_window(int argc, char **argv);
int bench_cli(int argc, char **argv);

/*
 * bench_window_vm.c: "bench window --vm", for @nr sizes of virtual machines, @runs windows each way.
 * @source: a source tree, or NULL to look for one. Returns an enum cli_exit.
 */
int bench_window_vm(const char *source, const uint64_t *vcpus, size_t nr, uint64_t runs);

/* bench_plot.c: rows of "bench lockstep" as a log-log plot. False if the file cannot be written. */
bool bench_plot(const json_t *rows, const char *path);

/* ---- bench_machine.c ------------------------------------------------------------------------- */

/* The middle one of @n values, which it sorts. @n is 1 or more. */
uint64_t bench_median(uint64_t *values, size_t n);

/* "machine": number of CPUs and their model, for a reader to judge figures by. */
json_t *bench_machine_json(void);
char *bench_machine_text(void);		/* malloc'd */

#endif
