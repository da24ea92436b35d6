// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Every status at every leaf of the update, on real threads. One failure or lie that strikes once
 * never costs the TDs, unless SEAMLDR.INSTALL says that the module is erased.
 *
 * 	test_update_statuses [all]
 *
 * By default the test covers one call of each leaf, and failures only. With "all" the test covers
 * each call of the update, and lies too.
 */
#include "sim_fixture.h"

#include "explore/fault_list.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LPS		4u
#define FROM		"1.5.09"
#define TO		"1.5.16"
#define SIBLING		"1.5.17"
#define MODULE_PAGES	8u	/* small: an INSTALL hashes them */

static struct machine {
	struct fixture f;
	uint8_t *before;	/* the model right before the update */
	size_t bytes;
	struct ss_machine machine;
	struct ss_update_plan plan;
	struct ss_lockstep lockstep;
	struct ss_lockstep_lp lockstep_lps[LPS];
	struct ss_update_lp lps[LPS];
	struct ss_update update;
	enum ss_verdict verdicts[LPS];
	pthread_barrier_t begin, end;
	bool stop;
} m;

static uint64_t seamcall(void *ctx, uint32_t lp, struct ss_regs *regs)
{
	(void)ctx;
	return sim_seamcall(m.f.sim, lp, regs, SIM_FROM_UPDATE);
}

static void *lp_main(void *arg)
{
	uint32_t lp = (uint32_t)(uintptr_t)arg;

	for (;;) {
		pthread_barrier_wait(&m.begin);
		if (m.stop)
			return NULL;
		m.verdicts[lp] = ss_update_run(&m.update, lp);
		pthread_barrier_wait(&m.end);
	}
}

static void make_image(const char *version, enum fixture_scenario scenario,
		       struct fixture_image *image)
{
	struct sim_module_info info = *sim_ladder_find(version);

	info.module_pages = MODULE_PAGES;
	fixture_image_of(&m.f, &info, scenario, image);
}

static void add_image(const char *version)
{
	struct fixture_image image;

	make_image(version, FIXTURE_UPDATE, &image);
	m.plan.images[m.plan.nr_images++] = (struct ss_update_image){
		.name = version, .params_pa = image.params_pa, .svn_minor = image.info.svn_minor,
		.svn_major = image.info.svn_major, .module_hv = image.info.module_hv,
		.min_update_hv = image.info.min_update_hv,
	};
}

static void make_machine(void)
{
	struct fixture_image image;

	fixture_config(&m.f, LPS, 2);
	m.f.config.private_pages = 16;
	fixture_power_on(&m.f);
	make_image(FROM, FIXTURE_LOAD, &image);
	if (sim_boot(m.f.sim, image.params_pa, m.f.scratch, NULL))
		abort();
	m.machine = (struct ss_machine){ .nr_lps = LPS, .seamcall = seamcall };
	m.plan.machine = &m.machine;
	add_image(TO);
	add_image(FROM);
	add_image(SIBLING);
	m.plan.svn_minor = image.info.svn_minor;
	m.plan.svn_major = image.info.svn_major;
	m.plan.info.va = fixture_alloc(&m.f, 256, 256, &m.plan.info.pa);
	m.plan.info.bytes = 256;
	m.bytes = sim_bytes(&m.f.config);
	m.before = malloc(m.bytes);
	if (!m.before)
		abort();
	memcpy(m.before, m.f.mem, m.bytes);
}

static void update(const struct sim_fault *fault)
{
	memcpy(m.f.mem, m.before, m.bytes);
	if (!sim_fault_add(m.f.sim, fault) ||
	    !ss_lockstep_init(&m.lockstep, m.lockstep_lps, LPS, 2) ||
	    !ss_update_init(&m.update, &m.plan, &m.lockstep, m.lps))
		abort();
	pthread_barrier_wait(&m.begin);
	pthread_barrier_wait(&m.end);
}

/* Returns NULL, or what is wrong. */
static const char *judge(const struct sim_fault *fault)
{
	const struct ss_update_result *r = &m.update.result;
	const char *want = r->verdict == SS_UNCHANGED ? FROM : m.plan.images[r->image].name;
	struct sim_audit a;
	uint32_t lp;

	sim_audit(m.f.sim, &a);
	for (lp = 0; lp < LPS; lp++)
		if (m.verdicts[lp] != r->verdict)
			return "LPs have different verdicts";
	if (r->verdict == SS_LOST)
		return "lost by one fault";
	if (!a.seam_ready || a.state != 3 || a.session_open || a.fatal)
		return "no module is ready";
	if (strcmp(a.version, want))
		return "another version runs";
	/* The update makes this call only if witnesses contradict each other. */
	if (fault->leaf != SS_LEAF_TDH_SYS_TDMR_INIT && !sim_fault_struck(m.f.sim, 0))
		return "the fault was never met";
	return NULL;
}

static bool is_chosen(const struct sim_fault *f, bool all)
{
	if (f->sticky || f->rdx)
		return false;
	return all || (!f->executed && f->nth == 1 && (f->lp == SIM_LP_ANY || f->lp == LPS - 1));
}

static uint32_t check_all(const struct fault_list *list, bool all)
{
	uint32_t i, n = 0, wrong = 0, seen[SS_VERDICT_NR] = { 0 };
	char name[FAULT_LIST_NAME_BYTES];
	const char *bad;

	for (i = 0; i < list->nr; i++) {
		if (!is_chosen(&list->faults[i], all))
			continue;
		n++;
		update(&list->faults[i]);
		seen[m.update.result.verdict]++;
		bad = judge(&list->faults[i]);
		wrong += bad != NULL;
		fault_list_name(&list->faults[i], name);
		if (bad)
			printf("not ok - %s: %s: %s\n", name,
			       ss_verdict_name(m.update.result.verdict), bad);
	}
	printf("# %u faults: %u updated, %u recovered, %u unchanged, %u lost; %u wrong\n", n,
	       seen[SS_UPDATED], seen[SS_RECOVERED], seen[SS_UNCHANGED], seen[SS_LOST], wrong);
	return wrong || !n || !seen[SS_UPDATED] || !seen[SS_RECOVERED] || !seen[SS_UNCHANGED];
}

int main(int argc, char **argv)
{
	bool all = argc > 1 && !strcmp(argv[1], "all");
	pthread_t threads[LPS];
	struct fault_list list;
	uint32_t lp, wrong;

	alarm(600);
	make_machine();
	pthread_barrier_init(&m.begin, NULL, LPS + 1);
	pthread_barrier_init(&m.end, NULL, LPS + 1);
	if (!fault_list_make(&list, LPS, fixture_seed()))
		abort();
	for (lp = 0; lp < LPS; lp++)
		if (pthread_create(&threads[lp], NULL, lp_main, (void *)(uintptr_t)lp))
			abort();
	wrong = check_all(&list, all);
	m.stop = true;
	pthread_barrier_wait(&m.begin);
	for (lp = 0; lp < LPS; lp++)
		pthread_join(threads[lp], NULL);
	fault_list_free(&list);
	fixture_destroy(&m.f);
	free(m.before);
	return wrong != 0;
}
