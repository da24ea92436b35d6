/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* A booted rig for tests, with TDs, images to update to, and a plan. */
#ifndef TESTS_THREAD_FIXTURE_H
#define TESTS_THREAD_FIXTURE_H

#include "rig/rig.h"

#define THREAD_FROM	"1.5.06"
#define THREAD_TO	"1.5.16"

struct thread_machine {
	struct rig *host;
	struct rig_config config;		/* as given */
	struct ss_update_image target, same;	/* THREAD_TO, and THREAD_FROM as a fallback */
	struct ss_update_plan plan;
	struct rig_td_audit *before, *after;	/* config.nr_tds each */
};

/* The defaults of rig_config_init(), with the tests' signer. */
void thread_machine_config(struct thread_machine *m, uint32_t nr_lps, uint32_t nr_tds);

/*
 * Powers on, boots THREAD_FROM, builds the TDs, and prepares an update to THREAD_TO with
 * THREAD_FROM as fallback. The LPs are at rest. On failure the test program prints a reason and
 * aborts.
 */
void thread_machine_create(struct thread_machine *m);
void thread_machine_destroy(struct thread_machine *m);

/* Lets the LPs run until every TD has entered a guest @entries times. */
void thread_machine_start(struct thread_machine *m, uint64_t entries);
void thread_machine_run_on(struct thread_machine *m, uint64_t entries);

/* Another image of the ladder, for an update. */
struct ss_update_image thread_machine_image(struct thread_machine *m, const char *version,
					    enum rig_scenario scenario);

/* One planned update with audits before and after; *update has the rest. */
void thread_machine_update(struct thread_machine *m, struct rig_update *update);

#endif
