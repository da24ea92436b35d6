/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The update against a firmware that follows a script: one update, on one LP or two.
 *
 * The firmware is honest about its state (specification 6): READY, shut down, installed,
 * initialised. A line of the script makes one call answer otherwise. The call then has no effect,
 * unless the line says that it has one.
 */
#ifndef TESTS_UPDATE_SCRIPT_H
#define TESTS_UPDATE_SCRIPT_H

#include "core/update.h"

#define INFO_PA		0x7f00u
#define PARAMS(i)	(0x100000u * ((i) + 1))
#define HV		3u
#define MAX_CALLS	400u
#define MAX_LPS		2u
#define ALWAYS		UINT32_MAX

/* Strikes @times calls of @leaf by LP @lp, from the @nth call on. */
struct line {
	uint64_t leaf;
	uint32_t nth, times;
	uint64_t status, rdx;
	bool effect;		/* the call does its work in spite of its status */
	uint32_t lp;
	uint32_t seen;
};

enum state { READY, DOWN, INSTALLED, INITIALISED, ERASED };

struct firmware {
	enum state state;
	uint64_t runs;		/* params_pa of the installed image; 0: the old module */
	bool called[MAX_LPS];	/* the LP has called INSTALL in the open session */
	uint32_t nr_called;
	bool lp_initialised[MAX_LPS];
	uint32_t remaining;
	struct line script[8];
	struct ss_regs calls[MAX_CALLS];
	uint32_t nr_calls;
	uint64_t unfit;		/* what check_lp says */
	uint32_t other_svn;	/* from this call of INFO on, INFO names another SVN; 0: never */
	uint32_t infos;
	uint32_t begun[SS_STEP_NR], ended[SS_STEP_NR];
};

extern struct firmware fw;
extern struct ss_machine machine;
extern struct ss_update_plan plan;
extern struct ss_update script_update;
extern struct ss_lockstep lockstep;
extern struct ss_lockstep_lp lockstep_lps[MAX_LPS];
extern struct ss_update_lp lps[MAX_LPS];

/* For cmocka. The target, the running version's own image, and an image with the target's SVN. */
int set_up(void **state);
const struct ss_update_result *run(void);
const struct ss_update_result *run_on_two(void);
/* Returns the index of the @nth call of @leaf; the number of all calls if there are fewer. */
uint32_t find_call(uint64_t leaf, uint32_t nth);
uint32_t count_calls(uint64_t leaf);
/* The images that INSTALL was called with, one digit each. */
uint32_t installs(void);

void expect_event(const struct ss_update_event *e, uint32_t step, uint32_t action, uint64_t leaf,
		  uint64_t status);
void expect_end(enum ss_verdict verdict, enum ss_update_reason reason, bool confirmed);
void expect_failure(uint32_t step, uint32_t action, uint64_t leaf, uint64_t status);

/* test_update_leave.c */
void test_unfit_lp(void **state);
void test_not_arrived(void **state);
void test_prepare(void **state);
void test_shutdown_refused(void **state);
void test_shutdown_lies(void **state);
void test_shutdown_does_nothing(void **state);
void test_rehearsal(void **state);
void test_rehearsal_refused(void **state);
void test_rehearsal_destroys(void **state);

/* test_update_recover.c */
void test_install_refused(void **state);
void test_install_without_entropy(void **state);
void test_target_does_not_initialise(void **state);
void test_no_update_left(void **state);
void test_installed_without_info(void **state);
void test_lost_before_lp_init(void **state);
void test_sys_init_does_nothing(void **state);
void test_lp_init_does_nothing(void **state);
void test_init_lies(void **state);
void test_init_fails(void **state);
void test_update_lies(void **state);
void test_update_does_nothing(void **state);
void test_destroyed(void **state);
void test_call_does_not_count(void **state);
void test_call_never_counts(void **state);
void test_lp_init_busy(void **state);

/* test_update_look.c */
void test_look_without_answer(void **state);
void test_look_finds_another(void **state);
void test_rdmd_alone_is_not_believed(void **state);

#endif
