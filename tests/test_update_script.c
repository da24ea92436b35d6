// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The update against a firmware that follows a script: every SEAMCALL with its registers, and the
 * whole record of the update. The tests use one LP, and two LPs for INSTALL sessions.
 *
 * The firmware is honest about its state (specification 6): READY, shut down, installed,
 * initialised. A line of the script makes one call answer otherwise. The call then has no effect,
 * unless the line says that it has one.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

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

static struct firmware {
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
} fw;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uint8_t info_page[SS_SEAMLDR_INFO_BYTES];
static struct ss_machine machine;
static struct ss_update_plan plan;
static struct ss_update update;
static struct ss_lockstep lockstep;
static struct ss_lockstep_lp lockstep_lps[MAX_LPS];
static struct ss_update_lp lps[MAX_LPS];

static const struct ss_update_image *image_at(uint64_t params_pa)
{
	return &plan.images[params_pa / PARAMS(0) - 1];
}

static void fill_info(void)
{
	memset(info_page, 0, sizeof(info_page));
	info_page[8] = 0x86;
	info_page[9] = 0x80;
	info_page[28] = (uint8_t)fw.remaining;
	info_page[40] = fw.runs ? image_at(fw.runs)->svn_minor : plan.svn_minor;
	info_page[40] += fw.other_svn && ++fw.infos >= fw.other_svn;
	info_page[41] = fw.runs ? image_at(fw.runs)->svn_major : plan.svn_major;
	info_page[160] = fw.state != ERASED && !fw.nr_called;
	info_page[162] = 1;
}

static uint64_t install(struct ss_regs *r, uint32_t lp)
{
	r->rdx = 0;
	if (fw.called[lp])
		return SS_PSEAMLDR_EBADCALL;
	fw.called[lp] = true;
	if (++fw.nr_called < machine.nr_lps)
		return 0;
	fw.nr_called = 0;
	memset(fw.called, 0, sizeof(fw.called));
	memset(fw.lp_initialised, 0, sizeof(fw.lp_initialised));
	if (fw.state == READY)
		return SS_PSEAMLDR_EBADHANDOFF;
	fw.state = INSTALLED;
	fw.runs = r->rcx;
	fw.remaining--;
	return 0;
}

static uint64_t read_version(struct ss_regs *r, uint32_t lp)
{
	if (fw.state != READY && !fw.lp_initialised[lp])
		return SS_TDX_SYS_LP_INIT_NOT_DONE;
	r->r8 = r->rdx == 0x0800000100000004 ? 1 : r->rdx == 0x0800000100000003 ? 5 : 16;
	return 0;
}

static uint64_t advance(enum state from, enum state to, uint64_t otherwise)
{
	if (fw.state != from)
		return otherwise;
	fw.state = to;
	return 0;
}

static uint64_t initialise_lp(uint32_t lp)
{
	if (fw.state != INITIALISED)
		return SS_TDX_SYS_LP_INIT_NOT_PENDING;
	if (fw.lp_initialised[lp])
		return SS_TDX_SYS_LP_INIT_DONE;
	fw.lp_initialised[lp] = true;
	return 0;
}

static uint64_t take_over(void)
{
	uint32_t lp;

	for (lp = 0; lp < machine.nr_lps; lp++)
		if (!fw.lp_initialised[lp])
			return SS_TDX_SYS_STATE_INCORRECT;
	return advance(INITIALISED, READY, SS_TDX_SYS_STATE_INCORRECT);
}

/* What the module answers by its state: 6.2 and the table after it. */
static uint64_t module_answers(struct ss_regs *r, uint32_t lp)
{
	if (fw.state == ERASED || fw.nr_called)
		return SS_TDX_SEAMCALL_VMFAILINVALID;
	if (fw.state == DOWN)
		return SS_TDX_SYS_SHUTDOWN;
	switch (r->rax & ~SS_LEAF_VERSION(0xff)) {
	case SS_LEAF_TDH_SYS_SHUTDOWN:
		return advance(READY, DOWN, SS_TDX_SYS_NOT_READY);
	case SS_LEAF_TDH_SYS_INIT:
		return advance(INSTALLED, INITIALISED, SS_TDX_SYS_INIT_NOT_PENDING);
	case SS_LEAF_TDH_SYS_LP_INIT:
		return initialise_lp(lp);
	case SS_LEAF_TDH_SYS_UPDATE:
		return take_over();
	case SS_LEAF_TDH_SYS_RD:
		return read_version(r, lp);
	case SS_LEAF_TDH_PHYMEM_PAGE_RDMD:
		return fw.state == READY ? 0 : SS_TDX_SYS_NOT_READY;
	default:
		return fw.state == READY ? SS_TDX_OPERAND_INVALID | 1 : SS_TDX_SYS_NOT_READY;
	}
}

static uint64_t honest(struct ss_regs *r, uint32_t lp)
{
	if (r->rax == SS_LEAF_SEAMLDR_INSTALL)
		return install(r, lp);
	if (r->rax != SS_LEAF_SEAMLDR_INFO)
		return module_answers(r, lp);
	fill_info();
	return 0;
}

static struct line *scripted(uint64_t leaf, uint32_t lp)
{
	struct line *l, *found = NULL;

	for (l = fw.script; l < fw.script + SS_ARRAY_SIZE(fw.script) && l->times; l++)
		if (l->leaf == leaf && l->lp == lp && ++l->seen >= l->nth &&
		    l->seen - l->nth < l->times && !found)
			found = l;
	return found;
}

static uint64_t answer(struct ss_regs *r, uint32_t lp)
{
	struct line *l = scripted(r->rax & ~SS_LEAF_VERSION(0xff), lp);

	if (fw.nr_calls == MAX_CALLS)
		fail_msg("the update does not end");
	fw.calls[fw.nr_calls++] = *r;
	if (!l)
		return honest(r, lp);
	if (l->effect)
		honest(r, lp);
	r->rdx = l->rdx;
	if (l->rdx == 1)
		fw.state = ERASED;
	return l->status;
}

static uint64_t seamcall(void *ctx, uint32_t lp, struct ss_regs *r)
{
	uint64_t status;

	(void)ctx;
	pthread_mutex_lock(&lock);
	status = answer(r, lp);
	pthread_mutex_unlock(&lock);
	return status;
}

static uint64_t check_lp(void *ctx, uint32_t lp)
{
	(void)ctx;
	(void)lp;
	return fw.unfit;
}

static void trace(void *ctx, uint32_t lp, uint32_t step, uint32_t image, bool begin)
{
	(void)ctx;
	(void)lp;
	assert_int_equal(image, update.image);
	if (begin)
		assert_int_equal(fw.begun[step]++, fw.ended[step]);
	else
		assert_int_equal(++fw.ended[step], fw.begun[step]);
}

/* The target, the running version's own image, and an image with the target's SVN. */
static int set_up(void **state)
{
	uint32_t i;

	(void)state;
	memset(&fw, 0, sizeof(fw));
	fw.remaining = 9;
	machine = (struct ss_machine){ .nr_lps = 1, .seamcall = seamcall, .check_lp = check_lp,
				       .trace = trace };
	plan = (struct ss_update_plan){
		.machine = &machine, .nr_images = 3, .svn_minor = 7, .svn_major = 1, .hv = HV,
		.info = { info_page, INFO_PA, sizeof(info_page) },
	};
	for (i = 0; i < 3; i++)
		plan.images[i] = (struct ss_update_image){
			.params_pa = PARAMS(i), .svn_minor = i == 1 ? 7 : 8, .svn_major = 1,
			.module_hv = HV, .min_update_hv = HV,
		};
	return ss_lockstep_init(&lockstep, lockstep_lps, 1, 2) ? 0 : -1;
}

static void *second_lp(void *arg)
{
	*(enum ss_verdict *)arg = ss_update_run(&update, 1);
	return NULL;
}

static const struct ss_update_result *run_on_two(void)
{
	enum ss_verdict verdicts[2];
	pthread_t thread;

	machine.nr_lps = 2;
	machine.trace = NULL;
	assert_true(ss_lockstep_init(&lockstep, lockstep_lps, 2, 2));
	assert_true(ss_update_init(&update, &plan, &lockstep, lps));
	assert_int_equal(pthread_create(&thread, NULL, second_lp, &verdicts[1]), 0);
	verdicts[0] = ss_update_run(&update, 0);
	pthread_join(thread, NULL);
	assert_int_equal(verdicts[0], update.result.verdict);
	assert_int_equal(verdicts[1], update.result.verdict);
	return &update.result;
}

static const struct ss_update_result *run(void)
{
	enum ss_verdict verdict;

	assert_true(ss_update_init(&update, &plan, &lockstep, lps));
	verdict = ss_update_run(&update, 0);
	assert_int_equal(verdict, update.result.verdict);
	return &update.result;
}

/* Returns the index of the @nth call of @leaf; the number of all calls if there are fewer. */
static uint32_t find_call(uint64_t leaf, uint32_t nth)
{
	uint32_t i;

	for (i = 0; i < fw.nr_calls; i++)
		if ((fw.calls[i].rax & ~SS_LEAF_VERSION(0xff)) == leaf && !nth--)
			break;
	return i;
}

static uint32_t count_calls(uint64_t leaf)
{
	uint32_t n = 0;

	while (find_call(leaf, n) < fw.nr_calls)
		n++;
	return n;
}

static void expect_event(const struct ss_update_event *e, uint32_t step, uint32_t action,
			 uint64_t leaf, uint64_t status)
{
	assert_string_equal(ss_update_step_name(e->step), ss_update_step_name(step));
	assert_string_equal(ss_update_action_text(e->action), ss_update_action_text(action));
	assert_int_equal(e->lp, 0);
	assert_int_equal(e->call.leaf & ~SS_LEAF_VERSION(0xff), leaf);
	assert_int_equal(e->call.status, status);
	assert_in_range(e->at_ns, update.result.start_ns, update.result.end_ns);
}

static void expect_end(enum ss_verdict verdict, enum ss_update_reason reason, bool confirmed)
{
	const struct ss_update_result *r = &update.result;

	assert_string_equal(ss_verdict_name(r->verdict), ss_verdict_name(verdict));
	assert_string_equal(ss_update_reason_name(r->reason), ss_update_reason_name(reason));
	assert_int_equal(r->confirmed, confirmed);
}

static void expect_failure(uint32_t step, uint32_t action, uint64_t leaf, uint64_t status)
{
	expect_event(&update.result.failure, step, action, leaf, status);
}

/* ---- nothing fails --------------------------------------------------------------------------- */

static void expect_call(uint32_t i, uint64_t rax, uint64_t rcx, uint64_t rdx)
{
	assert_true(i < fw.nr_calls);
	assert_int_equal(fw.calls[i].rax, rax);
	assert_int_equal(fw.calls[i].rcx, rcx);
	assert_int_equal(fw.calls[i].rdx, rdx);
	assert_int_equal(fw.calls[i].r9, 0);
}

static void test_calls(void **state)
{
	(void)state;
	run();
	expect_end(SS_UPDATED, SS_REASON_NONE, true);
	expect_call(0, SS_LEAF_SEAMLDR_INFO, INFO_PA, 0);
	expect_call(1, SS_LEAF_TDH_SYS_SHUTDOWN, HV, 0);
	expect_call(2, SS_LEAF_SEAMLDR_INSTALL, PARAMS(0), 0);
	expect_call(3, SS_LEAF_SEAMLDR_INFO, INFO_PA, 0);
	expect_call(4, SS_LEAF_TDH_SYS_INIT, 0, 0);
	expect_call(5, SS_LEAF_TDH_SYS_LP_INIT, 0, 0);
	expect_call(6, SS_LEAF_TDH_SYS_UPDATE, 0, 0);
	expect_call(7, SS_LEAF_SEAMLDR_INFO, INFO_PA, 0);
	expect_call(8, SS_LEAF_TDH_SYS_RD, 0, 0x0800000100000004);
	expect_call(9, SS_LEAF_TDH_SYS_RD, 0, 0x0800000100000003);
	expect_call(10, SS_LEAF_TDH_SYS_RD, 0, 0x0800000100000005);
	expect_call(11, SS_LEAF_TDH_PHYMEM_PAGE_RDMD, INFO_PA & ~4095, 0);
	assert_int_equal(fw.nr_calls, 12);
}

static void test_record(void **state)
{
	static const uint8_t steps[] = {
		SS_STEP_CHECK, SS_STEP_PREPARE, SS_STEP_SHUTDOWN, SS_STEP_INSTALL,
		SS_STEP_INSTALLED, SS_STEP_SYS_INIT, SS_STEP_LP_INIT, SS_STEP_UPDATE,
		SS_STEP_VERIFY,
	};
	const struct ss_update_result *r = run();
	uint64_t before = lps[0].arrive_ns;
	uint32_t i;

	(void)state;
	assert_int_equal(r->nr_visits, sizeof(steps));
	for (i = 0; i < sizeof(steps); i++) {
		assert_int_equal(r->visits[i].step, steps[i]);
		assert_int_equal(r->visits[i].image, 0);
		assert_true(before && lps[0].spans[i].start_ns >= before);
		assert_true(lps[0].spans[i].end_ns >= lps[0].spans[i].start_ns);
		before = lps[0].spans[i].end_ns;
		assert_int_equal(fw.ended[steps[i]], 1);
	}
	assert_int_equal(lps[0].spans[i].start_ns, 0);
	assert_true(lps[0].leave_ns >= before && r->end_ns >= lps[0].leave_ns);
	assert_int_equal(r->start_ns, lps[0].arrive_ns);
	assert_in_range(r->shutdown_ns, lps[0].spans[2].start_ns, lps[0].spans[2].end_ns);
	assert_int_equal(r->nr_events, 0);
	assert_int_equal(r->events_dropped, 0);
	assert_int_equal(r->installs, 1);
	assert_int_equal(r->image, 0);
	assert_int_equal(r->seen, SS_SEEN_READY);
	assert_true(r->has_version && r->has_remaining);
	assert_int_equal(r->major, 1);
	assert_int_equal(r->minor, 5);
	assert_int_equal(r->update, 16);
	assert_int_equal(r->remaining_updates, 8);
}

static void test_options(void **state)
{
	uint32_t i;

	(void)state;
	plan.avoid_td_build = true;
	plan.enable = 0x5a;
	fw.script[0] = (struct line){ SS_LEAF_TDH_SYS_UPDATE, 1, 1, SS_TDX_OPERAND_INVALID };
	run();
	expect_end(SS_UPDATED, SS_REASON_NONE, true);
	assert_int_equal(fw.calls[1].rcx, HV | 1 << 16);
	i = find_call(SS_LEAF_TDH_SYS_UPDATE, 0);
	assert_int_equal(fw.calls[i].rax, SS_LEAF_TDH_SYS_UPDATE | SS_LEAF_VERSION(1));
	assert_int_equal(fw.calls[i].r9, 0x5a);
	expect_call(i + 1, SS_LEAF_TDH_SYS_UPDATE, 0, 0);
	assert_int_equal(update.result.nr_events, 1);
	expect_event(&update.result.events[0], SS_STEP_UPDATE, SS_ACTION_RETRY_CALL,
		     SS_LEAF_TDH_SYS_UPDATE, SS_TDX_OPERAND_INVALID);
}

/* ---- before the shutdown --------------------------------------------------------------------- */

static void test_unfit_lp(void **state)
{
	(void)state;
	fw.unfit = SS_TDX_SEAMCALL_UD;
	run();
	expect_end(SS_UNCHANGED, SS_REASON_LP_UNFIT, true);
	expect_failure(SS_STEP_CHECK, SS_ACTION_LEAVE, 0, SS_TDX_SEAMCALL_UD);
	assert_int_equal(count_calls(SS_LEAF_TDH_SYS_SHUTDOWN), 0);
	assert_int_equal(update.result.nr_visits, 2);
}

/* LP 1 arrives after LP 0 has called the run off. */
static void test_not_arrived(void **state)
{
	(void)state;
	machine.nr_lps = 2;
	plan.arrival_ns = 1;
	assert_true(ss_lockstep_init(&lockstep, lockstep_lps, 2, 2));
	assert_true(ss_update_init(&update, &plan, &lockstep, lps));
	assert_int_equal(ss_update_run(&update, 0), SS_UNCHANGED);
	expect_end(SS_UNCHANGED, SS_REASON_NOT_ARRIVED, true);
	assert_int_equal(update.result.failure.lp, 1);
	assert_int_equal(update.result.failure.action, SS_ACTION_LEAVE);
	assert_int_equal(update.result.nr_visits, 0);
	assert_int_equal(ss_update_run(&update, 1), SS_UNCHANGED);
	assert_int_equal(fw.nr_calls, 0);
}

static void test_prepare(void **state)
{
	uint32_t i;

	(void)state;
	for (i = 0; i < 5; i++) {
		set_up(NULL);
		fw.remaining = i == 0 ? 0 : 9;
		if (i == 1 || i == 2)
			fw.runs = PARAMS(i == 1 ? 0 : 2);
		if (i == 2)
			plan.images[2].svn_major = 2;
		if (i == 2)
			plan.images[2].svn_minor = 7;
		if (i == 3)
			fw.script[0] = (struct line){ SS_LEAF_SEAMLDR_INFO, 1, 1,
						      SS_PSEAMLDR_ENOMEM };
		fw.state = i == 4 ? ERASED : READY;
		run();
		/* The machine was in another state from the start. The look says in which. */
		if (i != 4)
			expect_end(SS_UNCHANGED, i ? SS_REASON_STATE : SS_REASON_EXHAUSTED, true);
		assert_int_equal(update.result.failure.step, SS_STEP_PREPARE);
		assert_int_equal(update.result.failure.action, SS_ACTION_LEAVE);
		assert_int_equal(count_calls(SS_LEAF_TDH_SYS_SHUTDOWN), 0);
	}
}

static void test_shutdown_refused(void **state)
{
	static const struct {
		uint64_t status;
		enum ss_update_reason reason;
		uint32_t calls;
	} cases[] = {
		{ SS_TDX_UPDATE_COMPATIBILITY_SENSITIVE, SS_REASON_TD_BUILD, 1 },
		{ SS_TDX_SYS_BUSY, SS_REASON_BUSY, 10 },
		{ SS_TDX_OPERAND_INVALID, SS_REASON_SHUTDOWN, 1 },
	};
	uint32_t i;

	(void)state;
	for (i = 0; i < SS_ARRAY_SIZE(cases); i++) {
		set_up(NULL);
		fw.script[0] = (struct line){ SS_LEAF_TDH_SYS_SHUTDOWN, 1, ALWAYS,
					      cases[i].status };
		run();
		expect_end(SS_UNCHANGED, cases[i].reason, true);
		expect_failure(SS_STEP_SHUTDOWN, SS_ACTION_LEAVE, SS_LEAF_TDH_SYS_SHUTDOWN,
			       cases[i].status);
		assert_int_equal(count_calls(SS_LEAF_TDH_SYS_SHUTDOWN), cases[i].calls);
		assert_int_equal(update.result.shutdown_ns, 0);
		assert_int_equal(fw.begun[SS_STEP_LEAVE], 1);
	}
}

/* SHUTDOWN says "failed", but the module is down: LEAVE sees that, and INSTALL follows. */
static void test_shutdown_lies(void **state)
{
	(void)state;
	fw.script[0] = (struct line){ SS_LEAF_TDH_SYS_SHUTDOWN, 1, 1, SS_TDX_OPERAND_INVALID, 0,
				      true };
	run();
	expect_end(SS_UPDATED, SS_REASON_SHUTDOWN, true);
	assert_int_equal(update.result.nr_events, 2);
	expect_event(&update.result.events[1], SS_STEP_LEAVE, SS_ACTION_BELIEVE,
		     SS_LEAF_TDH_PHYMEM_PAGE_RDMD, SS_TDX_SYS_SHUTDOWN);
	assert_true(update.result.shutdown_ns);
}

/* SHUTDOWN says "done", but the module is READY: there is no handoff data, and nothing happened. */
static void test_shutdown_does_nothing(void **state)
{
	(void)state;
	fw.script[0] = (struct line){ SS_LEAF_TDH_SYS_SHUTDOWN, 1, 1, 0 };
	run();
	expect_end(SS_UNCHANGED, SS_REASON_SHUTDOWN, true);
	expect_failure(SS_STEP_INSTALL, SS_ACTION_LEAVE, SS_LEAF_SEAMLDR_INSTALL,
		       SS_PSEAMLDR_EBADHANDOFF);
	assert_int_equal(count_calls(SS_LEAF_SEAMLDR_INSTALL), 1);
	assert_int_equal(fw.begun[SS_STEP_GIVE_UP], 1);
}

/* ---- the rehearsal --------------------------------------------------------------------------- */

static void test_rehearsal(void **state)
{
	uint32_t times;

	(void)state;
	for (times = 0; times < 3; times++) {
		set_up(NULL);
		plan.rehearse = true;
		fw.script[0] = (struct line){ SS_LEAF_SEAMLDR_INSTALL, 1, times,
					      SS_PSEAMLDR_ENOENTROPY };
		run();
		expect_end(SS_UPDATED, SS_REASON_NONE, true);
		assert_int_equal(fw.begun[SS_STEP_REHEARSE], times + 1);
		assert_int_equal(count_calls(SS_LEAF_SEAMLDR_INSTALL), times + 2);
		assert_int_equal(update.result.nr_events, times);
		if (times)
			expect_event(&update.result.events[0], SS_STEP_REHEARSE,
				     SS_ACTION_REPEAT_STEP, SS_LEAF_SEAMLDR_INSTALL,
				     SS_PSEAMLDR_ENOENTROPY);
	}
}

static void test_rehearsal_refused(void **state)
{
	uint32_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		set_up(NULL);
		plan.rehearse = true;
		fw.script[0] = (struct line){ SS_LEAF_SEAMLDR_INSTALL, 1, ALWAYS,
					      i ? SS_PSEAMLDR_ENOMEM : SS_PSEAMLDR_ENOENTROPY };
		run();
		expect_end(SS_UNCHANGED, SS_REASON_REHEARSAL, true);
		expect_failure(SS_STEP_REHEARSE, SS_ACTION_LEAVE, SS_LEAF_SEAMLDR_INSTALL,
			       fw.script[0].status);
		assert_int_equal(fw.begun[SS_STEP_REHEARSE], i ? 1 : 3);
		assert_int_equal(count_calls(SS_LEAF_TDH_SYS_SHUTDOWN), 0);
	}
}

/* RDX = 1 in a rehearsal: the old module is erased without handoff data. There is no way out. */
static void test_rehearsal_destroys(void **state)
{
	(void)state;
	plan.rehearse = true;
	fw.script[0] = (struct line){ SS_LEAF_SEAMLDR_INSTALL, 1, 1, SS_PSEAMLDR_ENOMEM, 1 };
	run();
	expect_end(SS_LOST, SS_REASON_DESTROYED, true);
	expect_failure(SS_STEP_REHEARSE, SS_ACTION_GIVE_UP, SS_LEAF_SEAMLDR_INSTALL,
		       SS_PSEAMLDR_ENOMEM);
	assert_int_equal(fw.begun[SS_STEP_GIVE_UP], 1);
	assert_int_equal(fw.begun[SS_STEP_LEAVE], 0);
}

/* ---- after the shutdown ---------------------------------------------------------------------- */

/* The images that INSTALL was called with, one digit each. */
static uint32_t installs(void)
{
	uint32_t i, digits = 0;

	for (i = 0; i < fw.nr_calls; i++)
		if (fw.calls[i].rax == SS_LEAF_SEAMLDR_INSTALL)
			digits = digits * 10 + (uint32_t)(fw.calls[i].rcx / PARAMS(0));
	return digits;
}

/* INSTALL fails with RDX = 0: the update tries the other images, then all again, target last. */
static void test_install_refused(void **state)
{
	(void)state;
	fw.script[0] = (struct line){ SS_LEAF_SEAMLDR_INSTALL, 1, ALWAYS, SS_PSEAMLDR_ENOMEM };
	run();
	expect_end(SS_LOST, SS_REASON_INSTALL, true);
	assert_int_equal(installs(), 123231);
	expect_failure(SS_STEP_INSTALL, SS_ACTION_FALLBACK, SS_LEAF_SEAMLDR_INSTALL,
		       SS_PSEAMLDR_ENOMEM);
	assert_int_equal(update.result.nr_events, 6);
	expect_event(&update.result.events[5], SS_STEP_INSTALL, SS_ACTION_GIVE_UP,
		     SS_LEAF_SEAMLDR_INSTALL, SS_PSEAMLDR_ENOMEM);
}

/* The status says that a repetition may help: each image gets three sessions. */
static void test_install_without_entropy(void **state)
{
	(void)state;
	fw.script[0] = (struct line){ SS_LEAF_SEAMLDR_INSTALL, 1, 5, SS_PSEAMLDR_ENOENTROPY };
	run();
	expect_end(SS_RECOVERED, SS_REASON_INSTALL, true);
	assert_int_equal(installs(), 111222);
	assert_int_equal(update.result.image, 1);
	assert_int_equal(update.result.installs, 1);
	expect_failure(SS_STEP_INSTALL, SS_ACTION_REPEAT_INSTALL, SS_LEAF_SEAMLDR_INSTALL,
		       SS_PSEAMLDR_ENOENTROPY);
}

/* The target is installed, so the image with the lower SVN is excluded. */
static void test_target_does_not_initialise(void **state)
{
	(void)state;
	fw.script[0] = (struct line){ SS_LEAF_TDH_SYS_INIT, 1, 1, SS_TDX_CRYPTO_SELF_TEST_FAILED };
	run();
	expect_end(SS_RECOVERED, SS_REASON_INIT, true);
	assert_int_equal(installs(), 13);
	assert_int_equal(update.result.image, 2);
	assert_int_equal(update.result.installs, 2);
	assert_int_equal(update.result.remaining_updates, 7);
	expect_failure(SS_STEP_SYS_INIT, SS_ACTION_FALLBACK, SS_LEAF_TDH_SYS_INIT,
		       SS_TDX_CRYPTO_SELF_TEST_FAILED);
	assert_int_equal(update.result.failure.image, 2);
}

/* The target's update was the last one. Only a repetition is left, and it is made once. */
static void test_no_update_left(void **state)
{
	(void)state;
	fw.remaining = 1;
	fw.script[0] = (struct line){ SS_LEAF_TDH_SYS_INIT, 1, 1, SS_TDX_CRYPTO_SELF_TEST_FAILED };
	run();
	expect_end(SS_UPDATED, SS_REASON_INIT, true);
	assert_int_equal(installs(), 1);
	expect_failure(SS_STEP_SYS_INIT, SS_ACTION_REPEAT_STEP, SS_LEAF_TDH_SYS_INIT,
		       SS_TDX_CRYPTO_SELF_TEST_FAILED);
}

/* INFO fails, so the status of INSTALL is believed: the SVN is the target's. */
static void test_installed_without_info(void **state)
{
	(void)state;
	fw.script[0] = (struct line){ SS_LEAF_SEAMLDR_INFO, 2, 1, SS_PSEAMLDR_ENOMEM };
	fw.script[1] = (struct line){ SS_LEAF_TDH_SYS_INIT, 1, 1, SS_TDX_CRYPTO_SELF_TEST_FAILED };
	run();
	expect_end(SS_RECOVERED, SS_REASON_INIT, true);
	assert_int_equal(installs(), 13);
	/* After the last update, no update is left either. */
	set_up(NULL);
	fw.remaining = 1;
	fw.script[0] = (struct line){ SS_LEAF_SEAMLDR_INFO, 2, 1, SS_PSEAMLDR_ENOMEM };
	fw.script[1] = (struct line){ SS_LEAF_TDH_SYS_INIT, 1, 1, SS_TDX_CRYPTO_SELF_TEST_FAILED };
	run();
	expect_end(SS_UPDATED, SS_REASON_INIT, true);
	assert_int_equal(installs(), 1);
}

/* No LP can be initialised, no image and no update is left: the module itself says so. */
static void test_lost_before_lp_init(void **state)
{
	(void)state;
	plan.nr_images = 1;
	fw.remaining = 1;
	fw.script[0] = (struct line){ SS_LEAF_TDH_SYS_LP_INIT, 1, ALWAYS, SS_TDX_OPERAND_INVALID };
	run();
	expect_end(SS_LOST, SS_REASON_INIT, true);
	assert_int_equal(update.result.seen, SS_SEEN_NOT_READY);
}

/* LP.INIT says that SYS.INIT was not done, which is true: the update goes back one step. */
static void test_sys_init_does_nothing(void **state)
{
	(void)state;
	fw.script[0] = (struct line){ SS_LEAF_TDH_SYS_INIT, 1, 1, 0 };
	run();
	expect_end(SS_UPDATED, SS_REASON_INIT, true);
	assert_int_equal(installs(), 1);
	assert_int_equal(count_calls(SS_LEAF_TDH_SYS_INIT), 2);
	assert_int_equal(count_calls(SS_LEAF_TDH_SYS_LP_INIT), 2);
}

/* UPDATE says that LP.INIT was not done, which is true: the update goes back one step. */
static void test_lp_init_does_nothing(void **state)
{
	(void)state;
	fw.script[0] = (struct line){ SS_LEAF_TDH_SYS_LP_INIT, 1, 1, 0 };
	run();
	expect_end(SS_UPDATED, SS_REASON_HANDOFF, true);
	assert_int_equal(installs(), 1);
	assert_int_equal(count_calls(SS_LEAF_TDH_SYS_LP_INIT), 2);
	assert_int_equal(count_calls(SS_LEAF_TDH_SYS_UPDATE), 2);
}

static const struct line inits_that_fail[] = {
	{ SS_LEAF_TDH_SYS_INIT, 1, ALWAYS, SS_TDX_CRYPTO_SELF_TEST_FAILED },
	{ SS_LEAF_TDH_SYS_LP_INIT, 1, ALWAYS, SS_TDX_INCONSISTENT_MSR, 0, false, 1 },
};

/* The call says "failed" each time, and is done. The next step shows that. */
static void test_init_lies(void **state)
{
	uint32_t i;

	(void)state;
	for (i = 0; i < SS_ARRAY_SIZE(inits_that_fail); i++) {
		set_up(NULL);
		plan.nr_images = 1;
		fw.remaining = 1;
		fw.script[0] = inits_that_fail[i];
		fw.script[0].effect = true;
		run_on_two();
		expect_end(SS_UPDATED, SS_REASON_INIT, true);
		assert_int_equal(installs(), 11);
		assert_int_equal(update.result.events[update.result.nr_events - 1].action,
				 SS_ACTION_NEXT_STEP);
	}
}

/* The call says "failed" each time, which is true. The next leaf is called once, and refused. */
static void test_init_fails(void **state)
{
	static const uint64_t next[] = { SS_LEAF_TDH_SYS_LP_INIT, SS_LEAF_TDH_SYS_UPDATE };
	uint32_t i;

	(void)state;
	for (i = 0; i < SS_ARRAY_SIZE(inits_that_fail); i++) {
		set_up(NULL);
		plan.nr_images = 1;
		fw.remaining = 1;
		fw.script[0] = inits_that_fail[i];
		run_on_two();
		expect_end(SS_LOST, SS_REASON_INIT, true);
		assert_int_equal(count_calls(next[i]), i ? 1 : 2);	/* LP.INIT: on two LPs */
	}
}

/* UPDATE says "failed", but the module is READY. */
static void test_update_lies(void **state)
{
	(void)state;
	fw.script[0] = (struct line){ SS_LEAF_TDH_SYS_UPDATE, 1, 1, SS_TDX_SYS_INVALID_HANDOFF, 0,
				      true };
	run();
	expect_end(SS_UPDATED, SS_REASON_NONE, true);
	assert_int_equal(update.result.nr_events, 1);
	expect_event(&update.result.events[0], SS_STEP_UPDATE, SS_ACTION_BELIEVE,
		     SS_LEAF_TDH_SYS_UPDATE, SS_TDX_SYS_INVALID_HANDOFF);
}

/* UPDATE says "done", but the module is not READY: VERIFY sees that. */
static void test_update_does_nothing(void **state)
{
	(void)state;
	fw.script[0] = (struct line){ SS_LEAF_TDH_SYS_UPDATE, 1, 1, 0 };
	run();
	expect_end(SS_UPDATED, SS_REASON_HANDOFF, true);
	assert_int_equal(installs(), 1);
	assert_int_equal(count_calls(SS_LEAF_TDH_SYS_UPDATE), 2);
	assert_int_equal(fw.begun[SS_STEP_VERIFY], 2);
}

/* The session's last call fails with RDX = 1: nothing is left, and the look confirms that. */
static void test_destroyed(void **state)
{
	(void)state;
	fw.script[0] = (struct line){ SS_LEAF_SEAMLDR_INSTALL, 1, 1, SS_PSEAMLDR_ENOMEM, 1 };
	run();
	expect_end(SS_LOST, SS_REASON_DESTROYED, true);
	assert_int_equal(update.result.seen, SS_SEEN_NOT_READY);
	assert_int_equal(installs(), 1);
	assert_int_equal(fw.begun[SS_STEP_GIVE_UP], 1);
	expect_failure(SS_STEP_INSTALL, SS_ACTION_GIVE_UP, SS_LEAF_SEAMLDR_INSTALL,
		       SS_PSEAMLDR_ENOMEM);
	assert_int_equal(update.result.failure.call.rdx, 1);
}

/* ---- sessions of two LPs --------------------------------------------------------------------- */

/* The first call does not count, whatever its status: another turn completes the session. */
static void test_call_does_not_count(void **state)
{
	static const uint64_t statuses[] = {
		SS_PSEAMLDR_EUNSPECERR, SS_TDX_SEAMCALL_UD, SS_TDX_SEAMCALL_GP,
		SS_TDX_SEAMCALL_VMFAILINVALID, SS_PSEAMLDR_EBADCALL, SS_PSEAMLDR_ENOMEM,
	};
	uint32_t i, lp;

	(void)state;
	for (i = 0; i < SS_ARRAY_SIZE(statuses); i++) {
		for (lp = 0; lp < 2; lp++) {
			set_up(NULL);
			plan.call_tries = 1;
			fw.script[0] = (struct line){ SS_LEAF_SEAMLDR_INSTALL, 1, 1, statuses[i], 0,
						      false, lp };
			run_on_two();
			expect_end(SS_UPDATED, SS_REASON_SESSION, true);
			assert_int_equal(update.result.failure.action, SS_ACTION_COMPLETE_SESSION);
			assert_int_equal(update.result.failure.lp, lp);
			assert_int_equal(update.result.failure.call.status, statuses[i]);
			/* The count says that the last LP closes the session; INFO says no. */
			assert_int_equal(update.result.nr_events, lp && i >= 4 ? 2 : 1);
			assert_int_equal(update.result.installs, 1);
		}
	}
}

static void test_call_never_counts(void **state)
{
	(void)state;
	plan.call_tries = 1;
	fw.script[0] = (struct line){ SS_LEAF_SEAMLDR_INSTALL, 1, ALWAYS, SS_TDX_SEAMCALL_UD, 0,
				      false, 1 };
	run_on_two();
	expect_end(SS_LOST, SS_REASON_SESSION, true);
	assert_int_equal(count_calls(SS_LEAF_SEAMLDR_INSTALL), 1 + 10);
	assert_int_equal(update.result.nr_events, 10);
	assert_int_equal(update.result.events[8].action, SS_ACTION_COMPLETE_SESSION);
	assert_int_equal(update.result.events[9].action, SS_ACTION_GIVE_UP);
	assert_int_equal(update.result.events[9].lp, 1);
}

/* One LP was initialised, the other LP is busy for a while: the step is repeated. */
static void test_lp_init_busy(void **state)
{
	(void)state;
	plan.call_tries = 1;
	fw.script[0] = (struct line){ SS_LEAF_TDH_SYS_LP_INIT, 1, 1, SS_TDX_SYS_BUSY, 0, false, 1 };
	run_on_two();
	expect_end(SS_UPDATED, SS_REASON_INIT, true);
	assert_int_equal(update.result.failure.lp, 1);
	assert_int_equal(update.result.installs, 1);
}

/* ---- the look -------------------------------------------------------------------------------- */

/* A call of the look fails: the path decides the verdict, which is not confirmed. */
static void test_look_without_answer(void **state)
{
	static const uint64_t leaves[] = { SS_LEAF_TDH_SYS_RD, SS_LEAF_TDH_PHYMEM_PAGE_RDMD };
	uint32_t i;

	(void)state;
	for (i = 0; i < SS_ARRAY_SIZE(leaves); i++) {
		set_up(NULL);
		fw.script[0] = (struct line){ leaves[i], 1, ALWAYS, SS_TDX_OPERAND_INVALID };
		run();
		expect_end(SS_UPDATED, SS_REASON_NONE, false);
		assert_int_equal(update.result.has_version, i == 1);
	}
	set_up(NULL);
	fw.script[0] = (struct line){ SS_LEAF_SEAMLDR_INFO, 3, ALWAYS, SS_PSEAMLDR_ENOMEM };
	run();
	expect_end(SS_UPDATED, SS_REASON_NONE, false);
	assert_false(update.result.has_remaining);
	assert_int_equal(update.result.nr_events, 1);
	expect_event(&update.result.events[0], SS_STEP_VERIFY, SS_ACTION_IGNORE,
		     SS_LEAF_SEAMLDR_INFO, SS_PSEAMLDR_ENOMEM);
	/* INFO says "done" and writes nothing: the page has old contents. */
	set_up(NULL);
	fw.script[0] = (struct line){ SS_LEAF_SEAMLDR_INFO, 3, ALWAYS, 0 };
	run();
	expect_end(SS_UPDATED, SS_REASON_NONE, false);
	assert_false(update.result.has_remaining);
}

/* INFO names another SVN than the image's: READY, but the verdict is not confirmed. */
static void test_look_finds_another(void **state)
{
	(void)state;
	fw.other_svn = 3;
	run();
	expect_end(SS_UPDATED, SS_REASON_NONE, false);
	assert_int_equal(update.result.seen, SS_SEEN_READY);
	set_up(NULL);
	fw.other_svn = 2;
	fw.script[0] = (struct line){ SS_LEAF_TDH_SYS_SHUTDOWN, 1, 1, SS_TDX_OPERAND_INVALID };
	run();
	expect_end(SS_UNCHANGED, SS_REASON_SHUTDOWN, false);
	assert_int_equal(update.result.seen, SS_SEEN_READY);
}

/*
 * The path fails for good, and RDMD says READY each time. That word alone, which is false here,
 * does not turn "lost" into a promise.
 */
static void test_rdmd_alone_is_not_believed(void **state)
{
	static const struct {
		struct line fault;
		enum ss_update_reason reason;
	} cases[] = {
		{ { SS_LEAF_TDH_SYS_UPDATE, 1, ALWAYS, SS_TDX_SYS_INVALID_HANDOFF },
		  SS_REASON_HANDOFF },
		{ { SS_LEAF_TDH_SYS_LP_INIT, 1, ALWAYS, SS_TDX_INCONSISTENT_MSR, 0, false, 1 },
		  SS_REASON_INIT },
	};
	uint32_t i;

	(void)state;
	for (i = 0; i < SS_ARRAY_SIZE(cases); i++) {
		set_up(NULL);
		fw.script[0] = cases[i].fault;
		fw.script[1] = (struct line){ SS_LEAF_TDH_PHYMEM_PAGE_RDMD, 1, ALWAYS, 0 };
		run_on_two();
		expect_end(SS_LOST, cases[i].reason, false);
		assert_int_equal(update.result.seen, SS_SEEN_UNKNOWN);
	}
}

/* ---- bounds and refusals --------------------------------------------------------------------- */

/* A call that stays busy is tried as often as the plan says, and so is a step. */
static void test_tries(void **state)
{
	(void)state;
	plan.call_tries = 4;
	plan.step_tries = 2;
	plan.nr_images = 1;
	fw.remaining = 1;
	fw.script[0] = (struct line){ SS_LEAF_TDH_SYS_INIT, 1, ALWAYS, SS_TDX_SYS_BUSY };
	run();
	expect_end(SS_LOST, SS_REASON_INIT, true);
	/* Twice, and once more when LP.INIT says that SYS.INIT was not done. */
	assert_int_equal(count_calls(SS_LEAF_TDH_SYS_INIT), 4 * 3);
	assert_int_equal(fw.begun[SS_STEP_SYS_INIT], 3);
	assert_int_equal(fw.begun[SS_STEP_LP_INIT], 1);
}

static void test_events_dropped(void **state)
{
	(void)state;
	plan.call_tries = 90;
	fw.script[0] = (struct line){ SS_LEAF_TDH_SYS_INIT, 1, 89, SS_TDX_SYS_BUSY };
	run();
	expect_end(SS_UPDATED, SS_REASON_NONE, true);
	assert_int_equal(update.result.nr_events, SS_UPDATE_MAX_EVENTS);
	assert_int_equal(update.result.events_dropped, 89 - SS_UPDATE_MAX_EVENTS);
	assert_int_equal(update.result.nr_visits, 9);
	assert_int_equal(update.result.visits[0].step, SS_STEP_CHECK);
	assert_int_equal(update.result.visits[1].step, SS_STEP_PREPARE);
	assert_int_equal(update.result.visits[8].step, SS_STEP_VERIFY);
}

static void refused(void)
{
	assert_false(ss_update_init(&update, &plan, &lockstep, lps));
	set_up(NULL);
	assert_true(ss_update_init(&update, &plan, &lockstep, lps));
}

static void test_plan_refused(void **state)
{
	(void)state;
	plan.machine = NULL;
	refused();
	machine.seamcall = NULL;
	refused();
	machine.nr_lps = 2;
	refused();
	plan.nr_images = 0;
	refused();
	plan.nr_images = SS_UPDATE_MAX_IMAGES + 1;
	refused();
	plan.info.va = NULL;
	refused();
	plan.info.bytes = 255;
	refused();
	plan.info.pa = INFO_PA + 128;
	refused();
	plan.images[0].min_update_hv = HV + 1;
	refused();
	plan.images[0].module_hv = HV - 1;
	refused();
	plan.info.bytes = 256;
	plan.images[0].min_update_hv = HV - 1;
	plan.images[0].module_hv = HV + 1;
	assert_true(ss_update_init(&update, &plan, &lockstep, lps));
}

#define TEST(fn) cmocka_unit_test_setup(fn, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_calls), TEST(test_record), TEST(test_options), TEST(test_unfit_lp),
		TEST(test_not_arrived), TEST(test_prepare), TEST(test_shutdown_refused),
		TEST(test_shutdown_lies),
		TEST(test_shutdown_does_nothing), TEST(test_rehearsal),
		TEST(test_rehearsal_refused), TEST(test_rehearsal_destroys),
		TEST(test_install_refused), TEST(test_install_without_entropy),
		TEST(test_target_does_not_initialise), TEST(test_no_update_left),
		TEST(test_installed_without_info), TEST(test_lost_before_lp_init),
		TEST(test_sys_init_does_nothing), TEST(test_lp_init_does_nothing),
		TEST(test_init_lies), TEST(test_init_fails),
		TEST(test_update_lies), TEST(test_update_does_nothing), TEST(test_destroyed),
		TEST(test_call_does_not_count), TEST(test_call_never_counts),
		TEST(test_lp_init_busy), TEST(test_look_without_answer),
		TEST(test_look_finds_another), TEST(test_rdmd_alone_is_not_believed),
		TEST(test_tries),
		TEST(test_events_dropped), TEST(test_plan_refused),
	};

	return cmocka_run_group_tests_name("update-script", tests, NULL, NULL);
}
