/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The topology of the machine that this program runs on, for benchmarks with real LPs. */
#ifndef SS_RIG_TOPOLOGY_H
#define SS_RIG_TOPOLOGY_H

#include "core/platform.h"

/* The LPs that this process may run on, in the order of sockets, cores and threads. */
struct rig_topology {
	uint32_t nr_lps;
	uint32_t *cpu;		/* the system's number of LP i, for pthread_setaffinity_np() */
	uint32_t *core;		/* unique numbers, for ss_lockstep_init_topology() */
	uint32_t *socket;
};

/* Context: may sleep. Returns false if the topology cannot be read; then nothing is held. */
bool rig_topology_read(struct rig_topology *t);
void rig_topology_free(struct rig_topology *t);

#endif
