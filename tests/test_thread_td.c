// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The rig's TDs and workload: built, run, killed as KVM kills them, and all freed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rig/internal.h"
#include "thread_fixture.h"

#define LONG_NS	120000000000ull
#define LOOK_NS	1000000ull

static void wait_ms(void)
{
	struct ss_word nothing = { 0 };

	ss_place_wait(&nothing, 0, LOOK_NS);
}

static struct rig_counts counts_of(struct thread_machine *m)
{
	struct rig_counts counts;

	rig_counts(m->host, &counts);
	return counts;
}

static struct sim_audit audit_of(struct thread_machine *m)
{
	struct sim_audit audit;

	sim_audit(rig_sim(m->host), &audit);
	return audit;
}

static void remove_tds(struct thread_machine *m)
{
	struct rig_error err = { .text = "" };
	bool ok = rig_remove_tds(m->host, &err);

	assert_string_equal(err.text, "");
	assert_true(ok);
}

static void assert_nothing_left(struct thread_machine *m)
{
	struct rig_counts counts = counts_of(m);

	assert_int_equal(counts.private_pages_used, 0);
	assert_int_equal(counts.hkids_used, 1);		/* the module's own */
	assert_int_equal(audit_of(m).tds, 0);
	assert_int_equal(rig_builds(m->host), 0);
}

/* ---- at rest --------------------------------------------------------------------------------- */

static void builds_and_teardowns_leave_nothing(void **state)
{
	struct rig_error err;
	struct thread_machine m;
	uint32_t round;

	(void)state;
	thread_machine_config(&m, 8, 4);
	m.config.sockets = 2;
	m.config.vcpus = 3;
	thread_machine_create(&m);
	for (round = 0; round < 50; round++) {
		assert_int_equal(audit_of(&m).tds, 4);
		remove_tds(&m);
		assert_nothing_left(&m);
		assert_true(rig_build_tds(m.host, &err));
	}
	thread_machine_destroy(&m);
}

/* The host may have to give up at every point of a build and of a teardown. */
static void half_built_tds_can_be_torn_down(void **state)
{
	struct thread_machine m;
	uint32_t steps, i;
	struct rig_td *td;

	(void)state;
	thread_machine_config(&m, 4, 0);
	m.config.sockets = 2;
	m.config.builders = 1;
	thread_machine_create(&m);
	td = &m.host->tds[0];
	for (steps = 0; td->life.phase != SIM_HOST_LIVE; steps++) {
		sim_host_begin_build(&td->life);
		for (i = 0; i < steps; i++)
			assert_int_equal(rig_td_step(td, &m.host->lps[rig_td_step_lp(td, 0)]),
					 SIM_HOST_OK);
		if (td->life.phase == SIM_HOST_LIVE)
			break;
		remove_tds(&m);
		assert_nothing_left(&m);
	}
	assert_true(steps > 80);
	remove_tds(&m);
	assert_nothing_left(&m);
	thread_machine_destroy(&m);
}

static void tds_are_alike_on_every_machine(void **state)
{
	struct rig_td_audit other[2];
	struct thread_machine m;

	(void)state;
	thread_machine_config(&m, 2, 2);
	thread_machine_create(&m);
	rig_audit(m.host, other);
	thread_machine_destroy(&m);
	thread_machine_config(&m, 6, 2);
	thread_machine_create(&m);
	rig_audit(m.host, m.after);
	assert_memory_equal(other[0].td.mrtd, m.after[0].td.mrtd, SS_SHA384_BYTES);
	assert_memory_equal(other[1].td.digest, m.after[1].td.digest, SS_SHA384_BYTES);
	assert_memory_not_equal(other[0].td.mrtd, other[1].td.mrtd, SS_SHA384_BYTES);
	thread_machine_destroy(&m);
}

static void configurations_out_of_range_are_refused(void **state)
{
	struct rig_config good, bad;
	struct rig_error err;

	(void)state;
	rig_config_init(&good);
	bad = good;
	bad.nr_lps = 0;
	assert_null(rig_create(&bad, &err));
	assert_string_equal(err.text, "the number of LPs is 0; it must be from 1 to 8192");
	bad = good;
	bad.td_pages = 3;
	assert_null(rig_create(&bad, &err));
	bad = good;
	bad.sockets = 9;
	assert_null(rig_create(&bad, &err));
	bad = good;
	bad.nr_tds = 1025;
	assert_null(rig_create(&bad, &err));
	assert_string_equal(err.text, "the number of TDs is 1025; it must be from 0 to 1024");
}

/* ---- while the LPs run ----------------------------------------------------------------------- */

static void workload_does_everything(void **state)
{
	uint64_t deadline = ss_now_ns() + LONG_NS;
	struct rig_counts counts;
	struct rig_audit_diff diff;
	struct thread_machine m;

	(void)state;
	thread_machine_config(&m, 8, 4);
	m.config.sockets = 2;
	m.config.irq_hz = 4000;
	thread_machine_create(&m);
	rig_audit(m.host, m.before);
	thread_machine_start(&m, 4);
	do {
		wait_ms();
		counts = counts_of(&m);
	} while ((counts.builds < 3 || counts.teardowns < 3 || counts.memory_ops < 8 ||
		  counts.migrations < 4 || counts.irq_seamcalls < 20) && !ss_expired(deadline));
	assert_false(ss_expired(deadline));
	rig_audit(m.host, m.after);
	rig_audit_compare(m.before, m.after, 4, &diff);
	assert_int_equal(diff.alive, 4);
	assert_int_equal(diff.not_progressed, 0);
	assert_int_equal(diff.mrtd_changed, 0);
	assert_int_equal(diff.guest_errors, 0);
	rig_finish(m.host);
	counts = counts_of(&m);
	assert_int_equal(counts.unexpected, 0);
	assert_int_equal(counts.builds_failed, 0);
	remove_tds(&m);
	assert_nothing_left(&m);
	thread_machine_destroy(&m);
}

static void lps_can_rest_and_go_on(void **state)
{
	struct thread_machine m;
	uint32_t i;

	(void)state;
	thread_machine_config(&m, 8, 4);
	thread_machine_create(&m);
	for (i = 0; i < 5; i++) {
		thread_machine_start(&m, 3);
		rig_finish(m.host);
	}
	assert_int_equal(counts_of(&m).unexpected, 0);
	remove_tds(&m);
	assert_nothing_left(&m);
	thread_machine_destroy(&m);
}

struct held {
	struct thread_machine *m;
	uint32_t nr;		/* builders whose TD comes to TDH.MNG.INIT next */
};

static void count_held(void *arg, uint32_t lp)
{
	struct held *held = arg;
	uint32_t i;

	if (lp)
		return;
	for (held->nr = 0, i = held->m->config.nr_tds; i < held->m->host->nr_tds; i++)
		held->nr += held->m->host->tds[i].life.phase == SIM_HOST_INIT;
}

static uint32_t builders_held(struct thread_machine *m)
{
	struct held held = { .m = m };

	rig_stop(m->host, count_held, &held);
	return held.nr;
}

static void held_builds_wait_before_they_measure(void **state)
{
	uint64_t deadline = ss_now_ns() + LONG_NS, builds;
	struct thread_machine m;

	(void)state;
	thread_machine_config(&m, 8, 1);
	m.config.builders = 6;
	thread_machine_create(&m);
	thread_machine_start(&m, 2);
	while (!rig_builds(m.host) && !ss_expired(deadline))
		wait_ms();
	rig_hold_builds(m.host, true);
	assert_true(rig_wait_builds(m.host, LONG_NS));
	/* All builders come to this point, and stay there. */
	while (builders_held(&m) < 6 && !ss_expired(deadline))
		wait_ms();
	thread_machine_run_on(&m, 50);
	assert_int_equal(builders_held(&m), 6);
	assert_int_equal(rig_builds(m.host), 0);
	builds = counts_of(&m).builds;
	rig_hold_builds(m.host, false);
	while (counts_of(&m).builds < builds + 12 && !ss_expired(deadline))
		wait_ms();
	assert_false(ss_expired(deadline));
	thread_machine_destroy(&m);
}

/* ---- statuses -------------------------------------------------------------------------------- */

static void add_fault(struct thread_machine *m, uint32_t lp, uint64_t leaf, uint32_t nth,
		      uint64_t status)
{
	const struct sim_fault fault = { .leaf = leaf, .lp = lp, .nth = nth, .status = status };

	assert_true(sim_fault_add(rig_sim(m->host), &fault));
}

static bool all_struck(struct thread_machine *m, uint32_t nr)
{
	uint32_t i;

	for (i = 0; i < nr; i++)
		if (!sim_fault_struck(rig_sim(m->host), i))
			return false;
	return true;
}

static void unexpected_status_kills_one_td(void **state)
{
	struct thread_machine m;
	uint32_t i, dead = 0;

	(void)state;
	thread_machine_config(&m, 8, 4);
	m.config.builders = 0;
	thread_machine_create(&m);
	add_fault(&m, SIM_LP_ANY, SS_LEAF_TDH_VP_ENTER, 3, SS_TDX_OPERAND_INVALID | 1);
	thread_machine_start(&m, 8);
	rig_audit(m.host, m.after);
	for (i = 0; i < 4; i++) {
		if (m.after[i].alive)
			continue;
		dead++;
		assert_true(m.after[i].td.alive);	/* the module would still run it */
		assert_int_equal(m.after[i].dead_leaf, SS_LEAF_TDH_VP_ENTER);
		assert_int_equal(m.after[i].dead_status, SS_TDX_OPERAND_INVALID | 1);
	}
	assert_int_equal(dead, 1);
	assert_int_equal(counts_of(&m).unexpected, 1);
	thread_machine_destroy(&m);
}

static void statuses_that_kvm_retries_kill_nothing(void **state)
{
	/*
	 * Two faults of a leaf must not meet at one call, where only the first one strikes. LPs
	 * count their calls at the same time, so such faults are of one LP each.
	 */
	static const struct { uint64_t leaf, status; uint32_t lp; } faults[] = {
		{ SS_LEAF_TDH_VP_ENTER, SS_TDX_OPERAND_BUSY | 169, 1 },
		{ SS_LEAF_TDH_VP_ENTER, SS_TDX_VCPU_ASSOCIATED, 2 },
		{ SS_LEAF_TDH_VP_ENTER, SS_TDX_RND_NO_ENTROPY, 3 },
		{ SS_LEAF_TDH_VP_FLUSH, SS_TDX_OPERAND_BUSY | 1, SIM_LP_ANY },
		{ SS_LEAF_TDH_MEM_PAGE_AUG, SS_TDX_OPERAND_BUSY | 1, SIM_LP_ANY },
		{ SS_LEAF_TDH_MEM_RANGE_BLOCK, SS_TDX_OPERAND_BUSY | 146, SIM_LP_ANY },
		{ SS_LEAF_TDH_MEM_TRACK, SS_TDX_PREVIOUS_TLB_EPOCH_BUSY, 4 },
		{ SS_LEAF_TDH_MEM_TRACK, SS_TDX_OPERAND_BUSY | 169, 5 },
		{ SS_LEAF_TDH_MEM_PAGE_REMOVE, SS_TDX_TLB_TRACKING_NOT_DONE, SIM_LP_ANY },
		{ SS_LEAF_TDH_PHYMEM_PAGE_WBINVD, SS_TDX_OPERAND_BUSY | 1, SIM_LP_ANY },
		{ SS_LEAF_TDH_PHYMEM_PAGE_RDMD, SS_TDX_OPERAND_BUSY | 1, SIM_LP_ANY },
		{ SS_LEAF_TDH_MNG_CREATE, SS_TDX_OPERAND_BUSY | 186, SIM_LP_ANY },
		{ SS_LEAF_TDH_MNG_KEY_CONFIG, SS_TDX_KEY_GENERATION_FAILED, SIM_LP_ANY },
		{ SS_LEAF_TDH_MNG_VPFLUSHDONE, SS_TDX_FLUSHVP_NOT_DONE, SIM_LP_ANY },
		{ SS_LEAF_TDH_PHYMEM_CACHE_WB, SS_TDX_INTERRUPTED_RESUMABLE, SIM_LP_ANY },
		{ SS_LEAF_TDH_MNG_KEY_FREEID, SS_TDX_WBCACHE_NOT_COMPLETE, SIM_LP_ANY },
	};
	uint64_t deadline = ss_now_ns() + LONG_NS;
	struct rig_counts counts;
	struct thread_machine m;
	uint32_t i;

	(void)state;
	thread_machine_config(&m, 8, 4);
	thread_machine_create(&m);
	for (i = 0; i < SS_ARRAY_SIZE(faults); i++)
		add_fault(&m, faults[i].lp, faults[i].leaf, 2 + i % 3, faults[i].status);
	thread_machine_start(&m, 8);
	do {
		wait_ms();
	} while (!all_struck(&m, SS_ARRAY_SIZE(faults)) && !ss_expired(deadline));
	counts = counts_of(&m);
	for (i = 0; i < SS_ARRAY_SIZE(faults); i++)
		if (!sim_fault_struck(rig_sim(m.host), i))
			print_error("fault %u (leaf %#llx) has not struck; %llu builds failed, %llu statuses were unexpected\n",
				    i, (unsigned long long)faults[i].leaf,
				    (unsigned long long)counts.builds_failed,
				    (unsigned long long)counts.unexpected);
	assert_true(all_struck(&m, SS_ARRAY_SIZE(faults)));
	thread_machine_run_on(&m, 4);
	counts = counts_of(&m);
	assert_int_equal(counts.unexpected, 0);
	assert_int_equal(counts.builds_failed, 0);
	rig_finish(m.host);
	remove_tds(&m);
	assert_nothing_left(&m);
	thread_machine_destroy(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(builds_and_teardowns_leave_nothing),
		cmocka_unit_test(half_built_tds_can_be_torn_down),
		cmocka_unit_test(tds_are_alike_on_every_machine),
		cmocka_unit_test(configurations_out_of_range_are_refused),
		cmocka_unit_test(workload_does_everything),
		cmocka_unit_test(lps_can_rest_and_go_on),
		cmocka_unit_test(held_builds_wait_before_they_measure),
		cmocka_unit_test(unexpected_status_kills_one_td),
		cmocka_unit_test(statuses_that_kvm_retries_kill_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
