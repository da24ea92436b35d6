/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The state that a lab keeps between commands: lab.json. */
#ifndef SS_CLI_LAB_STATE_H
#define SS_CLI_LAB_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <jansson.h>

#include "core/compat.h"

#define LAB_MAX_SOCKETS	8u
#define LAB_MAX_FAULTS	32u
#define LAB_DEFAULT_TDS	16u

/*
 * One simulated host at rest. A machine exists only while an update runs: the update builds the
 * machine from this state and writes the machine's final state back. Members that lab.json lacks
 * have their defaults.
 */
struct lab_state {
	uint32_t lps, sockets;
	uint32_t fms[LAB_MAX_SOCKETS];
	uint32_t nr_fms;
	uint32_t updates, updates_left;
	uint64_t seed;
	char *running;			/* version; "" where no module runs */
	char *bios;			/* version that a reboot loads */
	struct ss_version seamldr;
	uint32_t tds, vcpus, tds_alive;
	uint32_t offline;		/* LPs */
	uint32_t builds;		/* TD builds under way that do not end by themselves */
	uint32_t boots;
	uint32_t seam_bytes;		/* of MODULE_RANGE; 0: large enough, size not told */
	char *faults[LAB_MAX_FAULTS];	/* as --fault takes them */
	uint32_t nr_faults;
	json_t *doc;			/* as read; unknown members are kept */
};

/**
 * lab_state_parse - read a lab's state from text
 * @text: untrusted
 * @why:  malloc'd sentence on failure
 * Returns false, with nothing held, if @text is no lab's state or a number is out of range.
 */
bool lab_state_parse(const char *text, size_t bytes, struct lab_state *state, char **why);
/* Reads and parses DIR/lab.json. */
bool lab_state_load(const char *dir, struct lab_state *state, char **why);
/* Replaces DIR/lab.json as a whole: a crash leaves the old or the new one. */
bool lab_state_save(const char *dir, const struct lab_state *state, char **why);
void lab_state_release(struct lab_state *state);

/**
 * lab_state_set - change one member by name, for "lab set NAME=VALUE"
 * Returns false with @why set if there is no such name or the value is not allowed.
 */
bool lab_state_set(struct lab_state *state, const char *name, const char *value, char **why);
extern const char *const lab_state_names[];	/* NULL at the end */

#endif
