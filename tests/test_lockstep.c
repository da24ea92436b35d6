// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The step machine on real threads: properties L1 to L7 over random programs, shapes and outcomes.
 *
 * SEAMSTEP_TEST_SEED chooses other programs; one seed always makes the same programs. The seed does
 * not decide the order in which threads run.
 */
#include "core/lockstep.h"
#include "core/platform.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define DEFAULT_SEED	1
#define MAX_LPS		40
#define MAX_STEPS	8
#define MAX_VISITS	24
#define LAST_OUTCOME	(SS_OUTCOMES - 1)

static uint64_t seed;

static uint64_t mix(uint64_t a, uint64_t b)
{
	uint64_t x = a * 0x9e3779b97f4a7c15ULL ^ (b + 0xd1b54a32d192ed03ULL);

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ x >> 27) * 0x94d049bb133111ebULL;
	return x ^ x >> 31;
}

/* One run of one program: what must happen, computed beforehand, and what happened. */
struct run {
	uint64_t seed;
	uint32_t nr_visits, verdict;
	uint8_t path[MAX_VISITS];		/* step of each visit */
	uint32_t done[MAX_VISITS];		/* atomically counted after the work */
	uint32_t inside[MAX_VISITS];
	uint64_t data[MAX_VISITS][MAX_LPS];	/* plain on purpose: L3 orders it */
};

struct trial {
	struct ss_lockstep ls;
	struct ss_lockstep_lp lps[MAX_LPS];
	struct ss_step program[MAX_STEPS];
	uint32_t nr_steps, nr_lps, nr_runs;
	struct run *runs;
	/* Each LP's own. */
	struct {
		uint32_t run, visit;
	} at[MAX_LPS];
	uint32_t late_ms[MAX_LPS];
	uint32_t errors;
	const char *error;
	uint32_t error_lp, error_visit;
};

static void complain(struct trial *t, const char *what, uint32_t lp, uint32_t visit)
{
	if (!__atomic_fetch_add(&t->errors, 1, __ATOMIC_RELAXED)) {
		t->error = what;
		t->error_lp = lp;
		t->error_visit = visit;
	}
}

static bool takes_part(const struct ss_step *step, uint32_t lp)
{
	return step->mode != SS_ONE || lp == 0;
}

static uint32_t participants(const struct trial *t, const struct ss_step *step)
{
	return step->mode == SS_ONE ? 1 : t->nr_lps;
}

/* The worst outcome is rare, and forced in the last visit, where it ends the program. */
static uint32_t outcome_of(const struct run *r, uint32_t visit, uint32_t lp)
{
	uint64_t h = mix(r->seed, visit * 1000 + lp);

	if (visit == MAX_VISITS - 1)
		return LAST_OUTCOME;
	return h % 8 ? 0 : (uint32_t)(h >> 32) % SS_OUTCOMES;
}

static uint32_t worst_outcome(const struct trial *t, const struct run *r, uint32_t visit,
			      const struct ss_step *step)
{
	uint32_t lp, o, worst = 0;

	for (lp = 0; lp < t->nr_lps; lp++) {
		o = takes_part(step, lp) ? outcome_of(r, visit, lp) : 0;
		worst = o > worst ? o : worst;
	}
	return worst;
}

/* L5: one thread walks the table. */
static void predict(const struct trial *t, struct run *r)
{
	const struct ss_step *step;
	int next = SS_TO(0);

	r->nr_visits = 0;
	while (next > 0) {
		step = &t->program[next - 1];
		r->path[r->nr_visits] = (uint8_t)(next - 1);
		next = step->next[worst_outcome(t, r, r->nr_visits, step)];
		r->nr_visits++;
	}
	r->verdict = (uint32_t)SS_END(next);
}

static void dawdle(uint64_t h)
{
	if (h % 16 == 0)
		usleep((unsigned int)(h >> 8) % 300);
}

/* L3: everything that the visit before wrote is there. */
static void check_visible(struct trial *t, struct run *r, uint32_t visit, uint32_t lp)
{
	const struct ss_step *before = &t->program[r->path[visit - 1]];
	uint32_t i;

	for (i = 0; i < t->nr_lps; i++)
		if (takes_part(before, i) &&
		    r->data[visit - 1][i] != mix(r->seed, visit - 1) + i)
			complain(t, "L3: a write of the step before is not visible", lp, visit);
}

static uint32_t step_fn(struct trial *t, uint32_t lp, uint32_t index)
{
	const struct ss_step *step = &t->program[index];
	struct run *r = &t->runs[t->at[lp].run];
	uint32_t v = t->at[lp].visit, before;

	while (v < r->nr_visits && !takes_part(&t->program[r->path[v]], lp))
		v++;
	t->at[lp].visit = v + 1;
	if (v >= r->nr_visits || r->path[v] != index) {
		complain(t, "L5: went where the table does not lead", lp, v);
		return LAST_OUTCOME;
	}
	if (v) {
		before = participants(t, &t->program[r->path[v - 1]]);
		if (__atomic_load_n(&r->done[v - 1], __ATOMIC_RELAXED) != before)
			complain(t, "L1: began before all had finished the step before", lp, v);
		check_visible(t, r, v, lp);
	}
	if (step->mode != SS_ALL) {
		if (__atomic_fetch_add(&r->inside[v], 1, __ATOMIC_RELAXED))
			complain(t, "L2: two LPs at a time", lp, v);
		if (step->mode == SS_EACH && __atomic_load_n(&r->done[v], __ATOMIC_RELAXED) != lp)
			complain(t, "L2: out of turn", lp, v);
	}
	dawdle(mix(r->seed ^ 77, v * 1000 + lp));
	r->data[v][lp] = mix(r->seed, v) + lp;
	if (step->mode != SS_ALL)
		__atomic_fetch_sub(&r->inside[v], 1, __ATOMIC_RELAXED);
	__atomic_fetch_add(&r->done[v], 1, __ATOMIC_RELAXED);
	return outcome_of(r, v, lp);
}

#define STEP_FN(n) static uint32_t step_##n(void *t, uint32_t lp) { return step_fn(t, lp, n); }
STEP_FN(0) STEP_FN(1) STEP_FN(2) STEP_FN(3) STEP_FN(4) STEP_FN(5) STEP_FN(6) STEP_FN(7)
static uint32_t (*const step_fns[MAX_STEPS])(void *, uint32_t) = {
	step_0, step_1, step_2, step_3, step_4, step_5, step_6, step_7,
};

static void make_program(struct trial *t, uint64_t s)
{
	static const char *const names[MAX_STEPS] = { "a", "b", "c", "d", "e", "f", "g", "h" };
	uint32_t i, o;

	t->nr_steps = 1 + (uint32_t)(mix(s, 1) % MAX_STEPS);
	for (i = 0; i < t->nr_steps; i++) {
		struct ss_step *step = &t->program[i];

		step->name = names[i];
		step->mode = (enum ss_mode)(mix(s, 10 + i) % 3);
		step->fn = step_fns[i];
		for (o = 0; o < LAST_OUTCOME; o++) {
			uint64_t h = mix(s, 100 + i * SS_OUTCOMES + o);

			step->next[o] = (int8_t)SS_TO(h % (t->nr_steps + 1));
			if (step->next[o] == (int8_t)SS_TO(t->nr_steps))
				step->next[o] = (int8_t)SS_END((int)(h >> 32 & 0xffff) % 100);
		}
		step->next[LAST_OUTCOME] = (int8_t)SS_END((int)(20 + i));
	}
}

struct thread_arg {
	struct trial *t;
	uint32_t lp;
	uint32_t *verdicts;
};

static void *lp_main(void *p)
{
	struct thread_arg *a = p;
	struct trial *t = a->t;
	uint32_t run;

	if (t->late_ms[a->lp])
		usleep(t->late_ms[a->lp] * 1000);
	for (run = 0; run < t->nr_runs; run++) {
		t->at[a->lp].run = run;
		t->at[a->lp].visit = 0;
		a->verdicts[run * MAX_LPS + a->lp] = ss_lockstep_run(&t->ls, a->lp);
	}
	return NULL;
}

/* All LPs make all runs back to back, with nothing in between (L7). Returns the verdicts. */
static uint32_t *go(struct trial *t)
{
	uint32_t *verdicts = calloc(t->nr_runs * MAX_LPS, sizeof(*verdicts));
	struct thread_arg args[MAX_LPS];
	pthread_t threads[MAX_LPS];
	uint32_t lp;

	for (lp = 0; lp < t->nr_lps; lp++) {
		args[lp] = (struct thread_arg){ t, lp, verdicts };
		assert_int_equal(pthread_create(&threads[lp], NULL, lp_main, &args[lp]), 0);
	}
	for (lp = 0; lp < t->nr_lps; lp++)
		pthread_join(threads[lp], NULL);
	return verdicts;
}

static void fail_trial(const struct trial *t, uint64_t s, const char *what, uint32_t lp, uint32_t v)
{
	fail_msg("%s (LP %u of %u, visit %u); replay with SEAMSTEP_TEST_SEED=%llu, trial seed %llu",
		 what, lp, t->nr_lps, v, (unsigned long long)seed, (unsigned long long)s);
}

static void check_runs(struct trial *t, uint64_t s, const uint32_t *verdicts)
{
	uint32_t run, lp, v;

	if (t->errors)
		fail_trial(t, s, t->error, t->error_lp, t->error_visit);
	for (run = 0; run < t->nr_runs; run++) {
		struct run *r = &t->runs[run];

		for (lp = 0; lp < t->nr_lps; lp++)
			if (verdicts[run * MAX_LPS + lp] != r->verdict)
				fail_trial(t, s, "L4: another verdict than the table's", lp, run);
		for (v = 0; v < r->nr_visits; v++)
			if (r->done[v] != participants(t, &t->program[r->path[v]]))
				fail_trial(t, s, "L2: not run by each of its LPs once", 0, v);
	}
}

static void shape(struct trial *t, uint64_t s)
{
	uint32_t core[MAX_LPS], socket[MAX_LPS], lp, per_core = 1 + (uint32_t)(mix(s, 3) % 4);
	bool ok;

	if (mix(s, 4) % 3) {
		ok = ss_lockstep_init(&t->ls, t->lps, t->nr_lps,
				      1 + (uint32_t)(mix(s, 5) % SS_MAX_CHILDREN));
	} else {
		for (lp = 0; lp < t->nr_lps; lp++) {
			core[lp] = lp / per_core;
			socket[lp] = lp / per_core / 3;
		}
		ok = ss_lockstep_init_topology(&t->ls, t->lps, t->nr_lps,
					       1 + (uint32_t)(mix(s, 5) % 6), core,
					       mix(s, 6) % 2 ? socket : NULL);
	}
	assert_true(ok);
}

static void make_runs(struct trial *t, uint64_t s, uint32_t nr_runs)
{
	uint32_t run;

	t->nr_runs = nr_runs;
	t->runs = calloc(nr_runs, sizeof(*t->runs));
	for (run = 0; run < nr_runs; run++) {
		t->runs[run].seed = mix(s, 1000 + run);
		predict(t, &t->runs[run]);
	}
}

static void one_trial(uint64_t s, uint32_t nr_lps, uint32_t nr_runs)
{
	struct trial *t = aligned_alloc(64, (sizeof(*t) + 63) / 64 * 64);
	uint32_t *verdicts;

	memset(t, 0, sizeof(*t));
	t->nr_lps = nr_lps;
	make_program(t, s);
	shape(t, s);
	make_runs(t, s, nr_runs);
	ss_lockstep_prepare(&t->ls, t->program, t, 0);
	verdicts = go(t);
	check_runs(t, s, verdicts);
	free(verdicts);
	free(t->runs);
	free(t);
}

/* L1 to L5 and L7 over random programs; several runs each, back to back. */
static void test_random_programs(void **state)
{
	static const uint32_t sizes[] = { 1, 2, 3, 4, 5, 7, 8, 16, 33, 40 };
	uint32_t i, k;

	(void)state;
	for (i = 0; i < SS_ARRAY_SIZE(sizes); i++)
		for (k = 0; k < 12; k++)
			one_trial(mix(seed, i * 100 + k), sizes[i], 4);
}

static void test_many_runs_without_reset(void **state)
{
	(void)state;
	one_trial(mix(seed, 5000), 2, 2000);
	one_trial(mix(seed, 5001), 6, 300);
}

static uint32_t count_call(void *ctx, uint32_t lp)
{
	(void)lp;
	__atomic_fetch_add((uint32_t *)ctx, 1, __ATOMIC_RELAXED);
	return 0;
}

struct late {
	struct ss_lockstep ls;
	struct ss_lockstep_lp lps[MAX_LPS];
	uint32_t nr_lps, calls, verdict[MAX_LPS], second[MAX_LPS];
	uint64_t straggler;		/* bit: waits until all others have left */
	uint32_t left;
};

struct late_arg {
	struct late *l;
	uint32_t lp;
};

static bool straggles(const struct late *l, uint32_t lp)
{
	return l->straggler >> lp & 1;
}

static void *late_main(void *p)
{
	struct late_arg *a = p;
	struct late *l = a->l;
	uint32_t others = l->nr_lps - (uint32_t)__builtin_popcountll(l->straggler);

	while (straggles(l, a->lp) && __atomic_load_n(&l->left, __ATOMIC_ACQUIRE) < others)
		usleep(200);
	l->verdict[a->lp] = ss_lockstep_run(&l->ls, a->lp);
	__atomic_fetch_add(&l->left, 1, __ATOMIC_ACQ_REL);
	/* The second run has all LPs. It must not begin before its deadline is long enough. */
	while (__atomic_load_n(&l->left, __ATOMIC_ACQUIRE) < l->nr_lps)
		usleep(200);
	if (a->lp == 0)
		l->ls.arrival_ns = 0;
	__atomic_fetch_add(&l->left, 1, __ATOMIC_ACQ_REL);
	while (__atomic_load_n(&l->left, __ATOMIC_ACQUIRE) < 2 * l->nr_lps)
		usleep(200);
	l->second[a->lp] = ss_lockstep_run(&l->ls, a->lp);
	return NULL;
}

static void one_late(uint32_t nr_lps, uint64_t straggler, uint32_t arity)
{
	static const struct ss_step program[] = {
		{ "all", SS_ALL, count_call, { SS_END(5) } },
	};
	struct late *l = aligned_alloc(64, (sizeof(*l) + 63) / 64 * 64);
	struct late_arg args[MAX_LPS];
	pthread_t threads[MAX_LPS];
	uint32_t lp;

	memset(l, 0, sizeof(*l));
	l->nr_lps = nr_lps;
	l->straggler = straggler;
	assert_true(ss_lockstep_init(&l->ls, l->lps, nr_lps, arity));
	ss_lockstep_prepare(&l->ls, program, &l->calls, 10 * 1000 * 1000);
	for (lp = 0; lp < nr_lps; lp++) {
		args[lp] = (struct late_arg){ l, lp };
		assert_int_equal(pthread_create(&threads[lp], NULL, late_main, &args[lp]), 0);
	}
	for (lp = 0; lp < nr_lps; lp++)
		pthread_join(threads[lp], NULL);
	for (lp = 0; lp < nr_lps; lp++) {
		assert_int_equal(l->verdict[lp], SS_NOT_ARRIVED);
		assert_int_equal(l->second[lp], 5);
	}
	assert_int_equal(l->calls, nr_lps);	/* of the second run only */
	assert_int_equal(ss_lockstep_missing(&l->ls), SS_NO_LP);
	free(l);
}

/*
 * L6: any LP may be missing: lead, inner node or leaf. All others leave, and the late LP leaves
 * when it comes.
 */
static void test_straggler(void **state)
{
	uint32_t lp, arity;

	(void)state;
	for (arity = 1; arity <= 4; arity++)
		for (lp = 0; lp < 7; lp++)
			one_late(7, 1ull << lp, arity);
	one_late(2, 1, 1);
	one_late(9, 0x1a5, 2);
	one_late(16, 0xfffe, 4);
}

static void test_missing_names_the_first(void **state)
{
	static const struct ss_step program[] = { { "all", SS_ALL, count_call, { SS_END(5) } } };
	static struct ss_lockstep ls;
	static struct ss_lockstep_lp lps[3];
	uint32_t calls = 0;

	(void)state;
	assert_true(ss_lockstep_init(&ls, lps, 3, 2));
	ss_lockstep_prepare(&ls, program, &calls, 1000 * 1000);
	assert_int_equal(ss_lockstep_run(&ls, 0), SS_NOT_ARRIVED);
	assert_int_equal(ss_lockstep_missing(&ls), 1);
	assert_int_equal(ss_lockstep_run(&ls, 1), SS_NOT_ARRIVED);
	assert_int_equal(ss_lockstep_missing(&ls), 2);
	assert_int_equal(calls, 0);
}

static void test_bad_shapes_are_refused(void **state)
{
	static struct ss_lockstep ls;
	static struct ss_lockstep_lp lps[40];
	uint32_t core[40] = { 0 }, lp, i, seen;

	(void)state;
	assert_false(ss_lockstep_init(&ls, lps, 0, 2));
	assert_false(ss_lockstep_init(&ls, lps, 4, 0));
	assert_false(ss_lockstep_init(&ls, lps, 4, SS_MAX_CHILDREN + 1));
	assert_false(ss_lockstep_init_topology(&ls, lps, 4, 7, core, NULL));
	/* A "core" of 40 LPs does not fit one node, so the plain tree is used. */
	assert_true(ss_lockstep_init_topology(&ls, lps, 40, 4, core, NULL));
	for (lp = 0, seen = 0; lp < 40; lp++)
		for (i = 0; i < lps[lp].nr_children; i++, seen++)
			assert_int_equal(lps[lps[lp].child[i]].parent, lp);
	assert_int_equal(seen, 38);	/* all but the two heads */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bad_shapes_are_refused),
		cmocka_unit_test(test_missing_names_the_first),
		cmocka_unit_test(test_straggler),
		cmocka_unit_test(test_random_programs),
		cmocka_unit_test(test_many_runs_without_reset),
	};
	const char *wish = getenv("SEAMSTEP_TEST_SEED");

	seed = wish ? strtoull(wish, NULL, 0) : DEFAULT_SEED;
	printf("# SEAMSTEP_TEST_SEED=%llu\n", (unsigned long long)seed);
	alarm(120);	/* L4: no LP waits for one that has left; a hang is a failure */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
