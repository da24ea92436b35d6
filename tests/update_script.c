// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* A firmware that follows a script, and what the tests ask of it. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "update_script.h"

struct firmware fw;
struct ss_machine machine;
struct ss_update_plan plan;
struct ss_update script_update;
struct ss_lockstep lockstep;
struct ss_lockstep_lp lockstep_lps[MAX_LPS];
struct ss_update_lp lps[MAX_LPS];

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uint8_t info_page[SS_SEAMLDR_INFO_BYTES];

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
	assert_int_equal(image, script_update.image);
	if (begin)
		assert_int_equal(fw.begun[step]++, fw.ended[step]);
	else
		assert_int_equal(++fw.ended[step], fw.begun[step]);
}

int set_up(void **state)
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
	*(enum ss_verdict *)arg = ss_update_run(&script_update, 1);
	return NULL;
}

const struct ss_update_result *run_on_two(void)
{
	enum ss_verdict verdicts[2];
	pthread_t thread;

	machine.nr_lps = 2;
	machine.trace = NULL;
	assert_true(ss_lockstep_init(&lockstep, lockstep_lps, 2, 2));
	assert_true(ss_update_init(&script_update, &plan, &lockstep, lps));
	assert_int_equal(pthread_create(&thread, NULL, second_lp, &verdicts[1]), 0);
	verdicts[0] = ss_update_run(&script_update, 0);
	pthread_join(thread, NULL);
	assert_int_equal(verdicts[0], script_update.result.verdict);
	assert_int_equal(verdicts[1], script_update.result.verdict);
	return &script_update.result;
}

const struct ss_update_result *run(void)
{
	enum ss_verdict verdict;

	assert_true(ss_update_init(&script_update, &plan, &lockstep, lps));
	verdict = ss_update_run(&script_update, 0);
	assert_int_equal(verdict, script_update.result.verdict);
	return &script_update.result;
}

uint32_t find_call(uint64_t leaf, uint32_t nth)
{
	uint32_t i;

	for (i = 0; i < fw.nr_calls; i++)
		if ((fw.calls[i].rax & ~SS_LEAF_VERSION(0xff)) == leaf && !nth--)
			break;
	return i;
}

uint32_t count_calls(uint64_t leaf)
{
	uint32_t n = 0;

	while (find_call(leaf, n) < fw.nr_calls)
		n++;
	return n;
}

void expect_event(const struct ss_update_event *e, uint32_t step, uint32_t action, uint64_t leaf,
		  uint64_t status)
{
	assert_string_equal(ss_update_step_name(e->step), ss_update_step_name(step));
	assert_string_equal(ss_update_action_text(e->action), ss_update_action_text(action));
	assert_int_equal(e->lp, 0);
	assert_int_equal(e->call.leaf & ~SS_LEAF_VERSION(0xff), leaf);
	assert_int_equal(e->call.status, status);
	assert_in_range(e->at_ns, script_update.result.start_ns, script_update.result.end_ns);
}

void expect_end(enum ss_verdict verdict, enum ss_update_reason reason, bool confirmed)
{
	const struct ss_update_result *r = &script_update.result;

	assert_string_equal(ss_verdict_name(r->verdict), ss_verdict_name(verdict));
	assert_string_equal(ss_update_reason_name(r->reason), ss_update_reason_name(reason));
	assert_int_equal(r->confirmed, confirmed);
}

void expect_failure(uint32_t step, uint32_t action, uint64_t leaf, uint64_t status)
{
	expect_event(&script_update.result.failure, step, action, leaf, status);
}

uint32_t installs(void)
{
	uint32_t i, digits = 0;

	for (i = 0; i < fw.nr_calls; i++)
		if (fw.calls[i].rax == SS_LEAF_SEAMLDR_INSTALL)
			digits = digits * 10 + (uint32_t)(fw.calls[i].rcx / PARAMS(0));
	return digits;
}
