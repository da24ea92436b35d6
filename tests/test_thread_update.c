// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Updates of busy machines with threads as LPs: no loss with the stop, and loss without it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "thread_fixture.h"

static struct rig_counts counts_of(struct thread_machine *m)
{
	struct rig_counts counts;

	rig_counts(m->host, &counts);
	return counts;
}

/* From just before the window to just after it: no TD has moved, and no foreign call came in. */
static void assert_untouched(struct thread_machine *m, const struct rig_update *u)
{
	struct rig_audit_diff diff;

	rig_audit_compare(m->before, m->after, m->config.nr_tds, &diff);
	assert_int_equal(diff.alive, m->config.nr_tds);
	assert_int_equal(diff.died, 0);
	assert_int_equal(diff.digest_changed, 0);
	assert_int_equal(diff.mrtd_changed, 0);
	assert_int_equal(diff.guest_errors, 0);
	assert_int_equal(u->sim.foreign, 0);
	assert_int_equal(u->sim.erased_under_lp, 0);
	assert_false(u->sim.session_open);
	assert_false(u->sim.fatal);
	assert_true(u->window.open_ns < u->window.close_ns);
}

/* Afterwards all go on: every TD makes progress on its old measurement. */
static void assert_goes_on(struct thread_machine *m)
{
	struct rig_audit_diff diff;

	memcpy(m->before, m->after, m->config.nr_tds * sizeof(*m->before));
	thread_machine_run_on(m, 4);
	rig_audit(m->host, m->after);
	rig_audit_compare(m->before, m->after, m->config.nr_tds, &diff);
	assert_int_equal(diff.alive, m->config.nr_tds);
	assert_int_equal(diff.not_progressed, 0);
	assert_int_equal(diff.mrtd_changed, 0);
	assert_int_equal(diff.guest_errors, 0);
	assert_int_equal(counts_of(m).unexpected, 0);
}

static void assert_version(const struct rig_update *u, const char *version)
{
	assert_string_equal(u->sim.version, version);
	assert_true(u->sim.seam_ready);
	assert_false(u->sim.handoff_valid);
}

/* ---- updates --------------------------------------------------------------------------------- */

static void update_keeps_all_tds(uint32_t nr_lps, uint32_t nr_tds, uint32_t sockets)
{
	struct rig_update update;
	struct thread_machine m;

	thread_machine_config(&m, nr_lps, nr_tds);
	m.config.sockets = sockets;
	thread_machine_create(&m);
	thread_machine_start(&m, 4);
	thread_machine_update(&m, &update);
	assert_int_equal(update.result.verdict, SS_UPDATED);
	assert_version(&update, THREAD_TO);
	assert_untouched(&m, &update);
	assert_goes_on(&m);
	thread_machine_destroy(&m);
}

static void small_machine(void **state)
{
	(void)state;
	update_keeps_all_tds(8, 8, 1);
}

static void one_lp(void **state)
{
	(void)state;
	update_keeps_all_tds(1, 2, 1);
}

static void two_sockets(void **state)
{
	(void)state;
	update_keeps_all_tds(64, 16, 2);
}

static void large_machine(void **state)
{
	(void)state;
	update_keeps_all_tds(512, 128, 4);
}

/* The first update changes the module; the others install the same one again. */
static void updates_follow_one_another(void **state)
{
	struct rig_update update;
	struct thread_machine m;
	uint32_t i;

	(void)state;
	thread_machine_config(&m, 8, 4);
	thread_machine_create(&m);
	thread_machine_start(&m, 2);
	for (i = 0; i < 5; i++) {
		thread_machine_update(&m, &update);
		assert_int_equal(update.result.verdict, SS_UPDATED);
		assert_int_equal(update.sim.remaining_updates, 9 - 1 - i);
		assert_untouched(&m, &update);
		assert_goes_on(&m);
		m.plan.nr_images = 1;
		m.plan.svn_minor = m.target.svn_minor;
		m.plan.hv = m.target.module_hv;
	}
	thread_machine_destroy(&m);
}

static void machine_at_rest_is_updated(void **state)
{
	struct rig_update update;
	struct thread_machine m;

	(void)state;
	thread_machine_config(&m, 8, 2);
	thread_machine_create(&m);
	thread_machine_update(&m, &update);
	assert_int_equal(update.result.verdict, SS_UPDATED);
	assert_untouched(&m, &update);
	assert_int_equal(counts_of(&m).entries, 0);
	thread_machine_start(&m, 2);
	assert_goes_on(&m);
	thread_machine_destroy(&m);
}

static void spans_lie_in_the_window(void **state)
{
	struct ss_update_lp *lps = aligned_alloc(64, 8 * sizeof(*lps));
	struct rig_update update = { .lps = lps };
	struct rig_error err;
	struct thread_machine m;
	uint32_t lp, visit, spans;

	(void)state;
	assert_non_null(lps);
	thread_machine_config(&m, 8, 2);
	thread_machine_create(&m);
	thread_machine_start(&m, 2);
	update.plan = &m.plan;
	assert_true(rig_update(m.host, &update, &err));
	for (lp = 0; lp < 8; lp++) {
		for (spans = 0, visit = 0; visit < update.result.nr_visits; visit++) {
			if (!lps[lp].spans[visit].start_ns)
				continue;
			spans++;
			assert_true(lps[lp].spans[visit].start_ns >= update.window.open_ns);
			assert_true(lps[lp].spans[visit].end_ns <= update.window.close_ns);
		}
		assert_true(spans >= 2);	/* INSTALL and LP.INIT */
	}
	thread_machine_destroy(&m);
	free(lps);
}

/* ---- failures -------------------------------------------------------------------------------- */

static void add_fault(struct thread_machine *m, uint64_t leaf, uint32_t lp, uint64_t status)
{
	const struct sim_fault fault = { .leaf = leaf, .lp = lp, .nth = 1, .status = status };

	assert_true(sim_fault_add(rig_sim(m->host), &fault));
}

static void module_that_does_not_install_is_replaced(void **state)
{
	struct rig_update update;
	struct thread_machine m;

	(void)state;
	thread_machine_config(&m, 8, 4);
	thread_machine_create(&m);
	add_fault(&m, SS_LEAF_SEAMLDR_INSTALL, 7, SS_PSEAMLDR_EBADSIG);
	thread_machine_start(&m, 2);
	thread_machine_update(&m, &update);
	assert_int_equal(sim_fault_struck(rig_sim(m.host), 0), 1);
	assert_int_equal(update.result.verdict, SS_RECOVERED);
	assert_version(&update, THREAD_FROM);
	assert_untouched(&m, &update);
	assert_goes_on(&m);
	thread_machine_destroy(&m);
}

static void lp_that_needs_repair_is_repaired(void **state)
{
	const struct sim_lp_state broken = { .limit_cpuid = true };
	struct rig_update update;
	struct thread_machine m;

	(void)state;
	thread_machine_config(&m, 8, 0);
	m.config.builders = 0;
	thread_machine_create(&m);
	sim_set_lp(rig_sim(m.host), 5, &broken);
	thread_machine_start(&m, 0);
	thread_machine_update(&m, &update);
	assert_int_equal(update.result.verdict, SS_UPDATED);
	assert_int_equal(counts_of(&m).repairs, 1);
	assert_untouched(&m, &update);
	thread_machine_destroy(&m);
}

static void late_lp_calls_the_update_off(void **state)
{
	struct rig_update update;
	struct thread_machine m;

	(void)state;
	thread_machine_config(&m, 8, 4);
	thread_machine_create(&m);
	thread_machine_start(&m, 2);
	m.plan.arrival_ns = 300000000;
	rig_delay_lp(m.host, 6, 1500000000);
	thread_machine_update(&m, &update);
	assert_int_equal(update.result.verdict, SS_UNCHANGED);
	assert_int_equal(update.result.reason, SS_REASON_NOT_ARRIVED);
	assert_int_equal(update.result.failure.lp, 6);
	assert_version(&update, THREAD_FROM);
	assert_untouched(&m, &update);
	assert_goes_on(&m);
	/* The delay was for one time, and the machine can try again. */
	m.plan.arrival_ns = 60000000000ull;
	thread_machine_update(&m, &update);
	assert_int_equal(update.result.verdict, SS_UPDATED);
	assert_goes_on(&m);
	thread_machine_destroy(&m);
}

static void contradictory_plan_is_refused(void **state)
{
	struct rig_update update = { 0 };
	struct rig_error err;
	struct thread_machine m;

	(void)state;
	thread_machine_config(&m, 2, 0);
	thread_machine_create(&m);
	m.plan.nr_images = 0;
	update.plan = &m.plan;
	assert_false(rig_update(m.host, &update, &err));
	assert_non_null(strstr(err.text, "contradicts itself"));
	thread_machine_destroy(&m);
}

/* ---- TD builds ------------------------------------------------------------------------------- */

/* An update that interrupts a TD build does no harm if the crypto library stays the same. */
static void builds_go_on_after_an_update(void **state)
{
	uint64_t deadline = ss_now_ns() + 120000000000ull, builds;
	struct rig_update update;
	struct thread_machine m;

	(void)state;
	thread_machine_config(&m, 8, 2);
	m.config.builders = 6;
	thread_machine_create(&m);
	thread_machine_start(&m, 2);
	while (!rig_builds(m.host) && !ss_expired(deadline))
		thread_machine_run_on(&m, 1);
	thread_machine_update(&m, &update);
	assert_int_equal(update.result.verdict, SS_UPDATED);
	builds = counts_of(&m).builds;
	while (counts_of(&m).builds < builds + 12 && !ss_expired(deadline))
		thread_machine_run_on(&m, 1);
	assert_false(ss_expired(deadline));
	assert_int_equal(counts_of(&m).builds_failed, 0);
	assert_int_equal(counts_of(&m).unexpected, 0);
	thread_machine_destroy(&m);
}

/* ---- the broken twin: no stop ---------------------------------------------------------------- */

/* The audit must not be clean, however the update ends. */
static void damage_is_noticed(uint32_t nr_lps, uint64_t seed)
{
	struct rig_update update;
	struct rig_audit_diff diff;
	struct thread_machine m;

	thread_machine_config(&m, nr_lps, 8);
	m.config.no_stop = true;
	m.config.seed = seed;
	thread_machine_create(&m);
	thread_machine_start(&m, 4);
	thread_machine_update(&m, &update);
	rig_audit_compare(m.before, m.after, 8, &diff);
	printf("# %u LPs, seed %llu: %s, %u foreign SEAMCALLs, %u of %u TDs died\n", nr_lps,
	       (unsigned long long)seed, ss_verdict_name(update.result.verdict),
	       update.sim.foreign, diff.died, diff.total);
	assert_true(update.sim.foreign > 0);
	thread_machine_destroy(&m);
}

static void without_the_stop_it_does_damage(void **state)
{
	uint64_t seed;

	(void)state;
	for (seed = 1; seed <= 10; seed++)
		damage_is_noticed(8, seed);
	damage_is_noticed(64, 1);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest quick[] = {
		cmocka_unit_test(small_machine),
		cmocka_unit_test(one_lp),
		cmocka_unit_test(two_sockets),
		cmocka_unit_test(updates_follow_one_another),
		cmocka_unit_test(machine_at_rest_is_updated),
		cmocka_unit_test(spans_lie_in_the_window),
		cmocka_unit_test(module_that_does_not_install_is_replaced),
		cmocka_unit_test(lp_that_needs_repair_is_repaired),
		cmocka_unit_test(late_lp_calls_the_update_off),
		cmocka_unit_test(contradictory_plan_is_refused),
		cmocka_unit_test(builds_go_on_after_an_update),
		cmocka_unit_test(without_the_stop_it_does_damage),
	};
	const struct CMUnitTest large[] = {
		cmocka_unit_test(large_machine),
	};

	if (argc > 1 && !strcmp(argv[1], "large"))
		return cmocka_run_group_tests(large, NULL, NULL);
	return cmocka_run_group_tests(quick, NULL, NULL);
}
