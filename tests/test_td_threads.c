// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Many LPs at once on shared TDs, with updates in between: allowed statuses, sums that add up. */
#include <pthread.h>
#include <sched.h>

#include "world.h"

#define LPS		4u
#define TDS		3u
#define VCPUS		3u
#define PAGES		6u		/* measured, per TD */
#define SPARE		96u		/* frames that any thread may try to use for anything */
#define ROUNDS		4u
#define CALLS		4000u		/* per LP and round, before the shutdown begins */
#define SHUTDOWNS	500u		/* attempts while other LPs go on */
#define SCRIPT		64u

/* One call in the life of a thread's own TD. */
struct script_call {
	uint64_t leaf, rcx, rdx, r8, r9;
};

struct lp {
	struct world *w;
	uint32_t number;
	uint64_t random;
	uint64_t bad_status, bad_leaf;	/* the first status that is not allowed */
	uint64_t calls, lives;
	/* The TD's life: its place in the script survives updates. */
	struct script_call script[SCRIPT];
	uint32_t nr_script, next, cache_wb;
	bool resume;
};

static struct test_td tds[TDS];
static uint64_t spare[SPARE];
static struct ss_word quiet;	/* LPs that must still stop calling */
static struct ss_word down;	/* TDH.SYS.SHUTDOWN has succeeded */

/* ---- statuses -------------------------------------------------------------------------------- */

static bool may_be(uint64_t status)
{
	static const uint64_t allowed[] = {
		STATUS(SUCCESS), STATUS(OPERAND_INVALID), STATUS(OPERAND_BUSY),
		STATUS(PAGE_METADATA_INCORRECT), STATUS(SYS_BUSY), STATUS(SYS_SHUTDOWN),
		STATUS(LIFECYCLE_STATE_INCORRECT), STATUS(OP_STATE_INCORRECT),
		STATUS(EPT_WALK_FAILED), STATUS(EPT_ENTRY_STATE_INCORRECT),
		STATUS(GPA_RANGE_ALREADY_BLOCKED), STATUS(GPA_RANGE_NOT_BLOCKED),
		STATUS(TLB_TRACKING_NOT_DONE), STATUS(PREVIOUS_TLB_EPOCH_BUSY),
		STATUS(EPT_PAGE_NOT_FREE), STATUS(VCPU_STATE_INCORRECT), STATUS(VCPU_ASSOCIATED),
		STATUS(VCPU_NOT_ASSOCIATED), STATUS(HKID_NOT_FREE), STATUS(WBCACHE_RESUME_ERROR),
		STATUS(INTERRUPTED_RESUMABLE), STATUS(NO_HKID_READY_TO_WBCACHE),
		STATUS(WBCACHE_NOT_COMPLETE), STATUS(TD_ASSOCIATED_PAGES_EXIST),
	};
	size_t i;

	for (i = 0; i < SS_ARRAY_SIZE(allowed); i++)
		if (ss_status_eq(status, allowed[i]))
			return true;
	return false;
}

static uint64_t issue(struct lp *lp, const struct script_call *c)
{
	struct ss_regs r = { .rax = c->leaf, .rcx = c->rcx, .rdx = c->rdx, .r8 = c->r8,
			     .r9 = c->r9 };
	uint32_t was_down = ss_load_acquire(&down);
	uint64_t status = sim_seamcall(lp->w->f.sim, lp->number, &r, 0);

	lp->calls++;
	/* After a successful shutdown the module gives no other answer. */
	if ((!may_be(status) || (was_down && status != STATUS(SYS_SHUTDOWN))) && !lp->bad_leaf) {
		lp->bad_status = status;
		lp->bad_leaf = c->leaf;
	}
	return status;
}

/* ---- random calls on shared TDs and pages ---------------------------------------------------- */

static uint64_t pick(struct lp *lp, uint64_t n)
{
	return sim_random(&lp->random) % n;
}

static uint64_t random_gpa(struct lp *lp)
{
	/* Now and then the table that maps all these pages. */
	return pick(lp, 24) ? pick(lp, PAGES + 8) * SS_PAGE : 1;
}

static uint64_t random_page(struct lp *lp)
{
	struct test_td *td = &tds[pick(lp, TDS)];

	switch (pick(lp, 8)) {
	case 0:
		return td->tdr;
	case 1:
		return td->vcpu[pick(lp, VCPUS)];
	case 2:
		return td->page[pick(lp, PAGES)];
	default:
		return spare[pick(lp, SPARE)];
	}
}

static uint64_t random_call(struct lp *lp)
{
	struct test_td *td = &tds[pick(lp, TDS)];
	uint64_t vcpu = td->vcpu[pick(lp, VCPUS)], page = spare[pick(lp, SPARE)];
	uint64_t gpa = random_gpa(lp);

	switch (pick(lp, 20)) {
	case 0 ... 6:
		return issue(lp, &(struct script_call){ SS_LEAF_TDH_VP_ENTER, vcpu });
	case 7:
		return issue(lp, &(struct script_call){ SS_LEAF_TDH_VP_FLUSH, vcpu });
	case 8 ... 9:
		return issue(lp, &(struct script_call){ SS_LEAF_TDH_MEM_RANGE_BLOCK, gpa,
							td->tdr });
	case 10:
		return issue(lp, &(struct script_call){ SS_LEAF_TDH_MEM_TRACK, td->tdr });
	case 11 ... 12:
		return issue(lp, &(struct script_call){ gpa & 7 ? SS_LEAF_TDH_MEM_SEPT_REMOVE :
							SS_LEAF_TDH_MEM_PAGE_REMOVE, gpa,
							td->tdr });
	case 13:
		return issue(lp, &(struct script_call){ SS_LEAF_TDH_MEM_RANGE_UNBLOCK, gpa,
							td->tdr });
	case 14 ... 15:
		return issue(lp, &(struct script_call){ gpa & 7 ? SS_LEAF_TDH_MEM_SEPT_ADD :
							SS_LEAF_TDH_MEM_PAGE_AUG, gpa, td->tdr,
							page });
	case 16:
		return issue(lp, &(struct script_call){ SS_LEAF_TDH_PHYMEM_PAGE_RDMD,
							random_page(lp) });
	case 17:
		return issue(lp, &(struct script_call){ SS_LEAF_TDH_PHYMEM_PAGE_RECLAIM,
							random_page(lp) });
	case 18:
		return issue(lp, &(struct script_call){ pick(lp, 2) ? SS_LEAF_TDH_VP_RD :
							SS_LEAF_TDH_VP_WR, vcpu, 2, pick(lp, 9),
							0xffff });
	default:
		return issue(lp, &(struct script_call){ SS_LEAF_TDH_MNG_KEY_CONFIG, td->tdr });
	}
}

/* ---- the life of a thread's own TD ----------------------------------------------------------- */

static void add(struct lp *lp, uint64_t leaf, uint64_t rcx, uint64_t rdx, uint64_t r8, uint64_t r9)
{
	assert_true(lp->nr_script < SCRIPT);
	lp->script[lp->nr_script++] = (struct script_call){ leaf, rcx, rdx, r8, r9 };
}

static void add_reclaims(struct lp *lp, uint64_t tdr, uint64_t end)
{
	uint64_t pa;

	for (pa = tdr + SS_PAGE; pa < end; pa += SS_PAGE)
		add(lp, SS_LEAF_TDH_PHYMEM_PAGE_RECLAIM, pa, 0, 0, 0);
	add(lp, SS_LEAF_TDH_PHYMEM_PAGE_RECLAIM, tdr, 0, 0, 0);
}

/* @params and @source: shared memory that no call changes. */
static void write_script(struct lp *lp, uint64_t params, uint64_t source)
{
	uint64_t tdr = td_frame(lp->w), vcpu;
	uint16_t hkid = td_hkid(lp->w);
	uint64_t level;
	uint32_t i;

	add(lp, SS_LEAF_TDH_MNG_CREATE, tdr, hkid, 0, 0);
	add(lp, SS_LEAF_TDH_MNG_KEY_CONFIG, tdr, 0, 0, 0);
	for (i = 0; i < SIM_TDCS_PAGES; i++)
		add(lp, SS_LEAF_TDH_MNG_ADDCX, td_frame(lp->w), tdr, 0, 0);
	add(lp, SS_LEAF_TDH_MNG_INIT, tdr, params, 0, 0);
	for (level = 3; level >= 1; level--)
		add(lp, SS_LEAF_TDH_MEM_SEPT_ADD, level, tdr, td_frame(lp->w), 0);
	vcpu = td_frame(lp->w);
	add(lp, SS_LEAF_TDH_VP_CREATE, vcpu, tdr, 0, 0);
	for (i = 0; i < SIM_TDVPS_PAGES - 1; i++)
		add(lp, SS_LEAF_TDH_VP_ADDCX, td_frame(lp->w), vcpu, 0, 0);
	add(lp, SS_LEAF_TDH_VP_INIT, vcpu, 0, 0, 0);
	add(lp, SS_LEAF_TDH_MEM_PAGE_ADD, 0, tdr, td_frame(lp->w), source);
	add(lp, SS_LEAF_TDH_MR_EXTEND, 0, tdr, 0, 0);
	add(lp, SS_LEAF_TDH_MR_FINALIZE, tdr, 0, 0, 0);
	add(lp, SS_LEAF_TDH_VP_ENTER, vcpu, 0, 0, 0);
	add(lp, SS_LEAF_TDH_MEM_PAGE_AUG, SS_PAGE, tdr, td_frame(lp->w), 0);
	add(lp, SS_LEAF_TDH_VP_ENTER, vcpu, 0, 0, 0);
	add(lp, SS_LEAF_TDH_VP_FLUSH, vcpu, 0, 0, 0);
	add(lp, SS_LEAF_TDH_MNG_VPFLUSHDONE, tdr, 0, 0, 0);
	lp->cache_wb = lp->nr_script;
	add(lp, SS_LEAF_TDH_PHYMEM_CACHE_WB, 0, 0, 0, 0);
	add(lp, SS_LEAF_TDH_MNG_KEY_FREEID, tdr, 0, 0, 0);
	add_reclaims(lp, tdr, lp->w->next_pa);
}

/* Makes the next call, or repeats it. Other LPs can finish or restart a cache write-back. */
static void live_on(struct lp *lp)
{
	struct script_call c = lp->script[lp->next];
	uint64_t status;

	if (lp->next == lp->cache_wb)
		c.rcx = lp->resume;
	status = issue(lp, &c);
	if (lp->next == lp->cache_wb)
		lp->resume = status == STATUS(INTERRUPTED_RESUMABLE);
	if (status == STATUS(WBCACHE_NOT_COMPLETE)) {
		lp->next = lp->cache_wb;
	} else if (!(status >> 32) || status == STATUS(NO_HKID_READY_TO_WBCACHE)) {
		if (++lp->next == lp->nr_script) {
			lp->next = 0;
			lp->lives++;
		}
	} else if (!ss_status_eq(status, STATUS(OPERAND_BUSY)) &&
		   status != STATUS(SYS_SHUTDOWN) && status != STATUS(INTERRUPTED_RESUMABLE) &&
		   status != STATUS(WBCACHE_RESUME_ERROR) && !lp->bad_leaf) {
		/* No other thread touches this TD. */
		lp->bad_status = status;
		lp->bad_leaf = c.leaf;
	}
}

/* ---- an LP ----------------------------------------------------------------------------------- */

static void work(struct lp *lp)
{
	if (pick(lp, 3))
		random_call(lp);
	else
		live_on(lp);
}

/*
 * The shutdown is tried while other LPs work. It succeeds only if by luck no LP is in the module.
 * When the others are quiet it must succeed.
 */
static void shut_down(struct lp *lp)
{
	const struct script_call c = { SS_LEAF_TDH_SYS_SHUTDOWN };
	uint32_t i;

	for (i = 0; i < SHUTDOWNS; i++) {
		if (!issue(lp, &c))
			goto done;
		if (i % 16 == 15)
			sched_yield();
	}
	ss_publish(&quiet, LPS - 1);
	while (ss_load_acquire(&quiet))
		ss_wait(&quiet, ss_load(&quiet));
	assert_int_equal(issue(lp, &c), 0);
done:
	ss_publish(&down, 1);
}

static void *lp_main(void *arg)
{
	struct lp *lp = arg;
	uint32_t i;
	bool told = false;

	for (i = 0; i < CALLS; i++)
		work(lp);
	if (!lp->number) {
		shut_down(lp);
		return NULL;
	}
	while (!ss_load_acquire(&down)) {
		if (!ss_load_acquire(&quiet)) {
			work(lp);
		} else {
			if (!told && ss_add(&quiet, -1u))
				ss_wake(&quiet);
			told = true;
			while (!ss_load_acquire(&down))
				ss_wait(&down, 0);
		}
	}
	/* The shutdown stays in force. */
	for (i = 0; i < 50; i++)
		random_call(lp);
	return NULL;
}

/* ---- what must add up ------------------------------------------------------------------------ */

static void expect_unlocked(struct world *w)
{
	struct sim_module *m = w->f.sim->module;
	const struct sim_region *region = &w->f.sim->memory->region[0];
	uint32_t i;

	assert_int_equal(ss_load(&m->kot_lock), 0);
	assert_int_equal(ss_load(&m->t.wbt[0].lock), 0);
	assert_int_equal(ss_load(&m->pconfig[0]), 0);
	for (i = 0; i < region->nr; i++)
		assert_int_equal(ss_load(&region->pamt[i].lock), 0);
	for (i = 0; i < LPS; i++)
		assert_int_equal(ss_load(&w->f.sim->lps[i].busy), 0);
}

static uint32_t children_of(struct world *w, uint64_t tdr)
{
	const struct sim_region *region = &w->f.sim->memory->region[0];
	uint32_t owner = (uint32_t)((tdr - SIM_TDMR_BASE) / SS_PAGE), n = 0, i;

	for (i = 0; i < region->nr; i++)
		n += region->pamt[i].type != SIM_PAGE_NDA && i != owner &&
		     region->pamt[i].owner == owner;
	return n;
}

static void expect_td(struct world *w, struct test_td *td)
{
	struct sim_tdcs *tdcs = world_tdcs(w, td);
	struct sim_tdr *tdr = world_frame(w, td->tdr);
	struct sim_td_audit audit;
	struct sim_tdvps *vps;
	uint32_t i, associated = 0;

	assert_int_equal(ss_load(&tdr->children), children_of(w, td->tdr));
	for (i = 0; i < VCPUS; i++) {
		vps = world_frame(w, td->vcpu[i]);
		assert_int_equal(ss_load(&vps->life) & 0xff, SIM_VCPU_READY);
		associated += ss_load(&vps->life) >> 8 != 0;
	}
	assert_int_equal(ss_load(&tdr->associated), associated);
	assert_int_equal(ss_load(&tdcs->running[0]) + ss_load(&tdcs->running[1]), 0);
	assert_int_equal(ss_load(&tdcs->sept_lock), 0);
	td_audit(w, td, &audit);
	assert_int_equal(audit.guest_errors, 0);
	assert_memory_equal(audit.mrtd, td->mrtd, sizeof(td->mrtd));
}

/* No LP was inside when the shutdown wrote the handoff data, so the data equal the tables. */
static void expect_handoff(struct world *w)
{
	const uint8_t *kot = w->f.sim->handoff->payload;
	const struct sim_tables *t = &w->f.sim->module->t;
	uint32_t i, in_use = 0;

	for (i = 0; i < SIM_MAX_HKIDS; i++) {
		assert_int_equal(kot[8 * i + 4], t->kot[i].state);
		in_use += t->kot[i].state == SIM_KOT_ASSIGNED || t->kot[i].state == SIM_KOT_FLUSHED;
	}
	assert_int_equal(sim_module_tds(w->f.sim), in_use);
}

static void run_round(struct world *w, struct lp *lps)
{
	pthread_t thread[LPS];
	uint32_t i;

	ss_store(&quiet, 0);
	ss_store(&down, 0);
	for (i = 0; i < LPS; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, lp_main, &lps[i]), 0);
	for (i = 0; i < LPS; i++)
		pthread_join(thread[i], NULL);
	for (i = 0; i < LPS; i++)
		if (lps[i].bad_leaf)
			fail_msg("LP %u: %s returned %s (%#llx)", i,
				 ss_leaf_name(lps[i].bad_leaf),
				 ss_status_name(0, lps[i].bad_status),
				 (unsigned long long)lps[i].bad_status);
	expect_unlocked(w);
	expect_handoff(w);
	for (i = 0; i < TDS; i++)
		expect_td(w, &tds[i]);
}

static void prepare(struct world *w, struct lp *lps)
{
	uint64_t seed = fixture_seed(), params;
	uint8_t *copy;
	uint32_t i;

	for (i = 0; i < TDS; i++)
		td_build(w, &tds[i], VCPUS, PAGES);
	for (i = 0; i < SPARE; i++)
		spare[i] = td_frame(w);
	copy = fixture_alloc(&w->f, SS_PAGE, SS_PAGE, &params);
	td_params(w, 1);
	memcpy(copy, w->page, SS_PAGE);
	memset(lps, 0, LPS * sizeof(*lps));
	for (i = 0; i < LPS; i++) {
		lps[i].w = w;
		lps[i].number = i;
		lps[i].random = seed + i;
		write_script(&lps[i], params, w->page_pa);
	}
}

static void test_hammer(void **state)
{
	struct sim_module_info info = world_info("1.5.50", 5);
	struct lp lps[LPS];
	uint64_t calls = 0, lives = 0;
	struct world w;
	uint32_t round, i;

	(void)state;
	world_create(&w, LPS, 1);
	world_boot_info(&w, &info);
	prepare(&w, lps);
	for (round = 0; round < ROUNDS; round++) {
		run_round(&w, lps);
		world_install(&w, &info, FIXTURE_UPDATE);
		world_init(&w);
		OK(CALL(&w, 0, SYS_UPDATE, 0, 0));
	}
	for (i = 0; i < LPS; i++) {
		calls += lps[i].calls;
		lives += lps[i].lives;
	}
	print_message("# %llu calls, %llu lives of TDs\n", (unsigned long long)calls,
		      (unsigned long long)lives);
	assert_true(lives > 0);
	for (i = 0; i < TDS; i++)
		td_forget(&tds[i]);
	world_destroy(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hammer),
	};

	return cmocka_run_group_tests_name("td-threads", tests, NULL, NULL);
}
