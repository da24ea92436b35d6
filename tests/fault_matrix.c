// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The fault matrix: what becomes of an update when calls fail, one and two at a time, for our flow
 * and for one that behaves as Linux 7.3's does, on the software SEAM under randomly scheduled
 * virtual LPs.
 *
 *	fault_matrix [--lps N] [--pairs PERCENT] [--seed N] [--cell N[,N]] [--list]
 */
#include "mainline_flow.h"
#include "matrix_cells.h"
#include "sim_fixture.h"

#include "host/virtual/virtual.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX_LPS	64
#define FROM	"1.5.09"

enum flow { OURS, MAINLINE };

struct world {
	struct fixture f;
	void *snapshot;
	size_t bytes;
	struct ss_machine machine;
	struct ss_update_plan plan;
	struct ss_lockstep lockstep;
	struct ss_lockstep_lp lockstep_lps[MAX_LPS];
	struct ss_update_lp lps[MAX_LPS];
	struct ss_update update;
	struct mainline_flow mainline;
	uint32_t verdicts[MAX_LPS];
	enum flow flow;
	struct sim_fault faults[2];
	uint32_t nr_faults;
	struct virtual_machine *vm;
};

struct tally {
	uint32_t cells, expected_alive, alive[2], wrong;
};

static uint64_t seamcall(void *ctx, uint32_t lp, struct ss_regs *regs)
{
	struct world *w = ctx;
	uint64_t status;

	virtual_seam_begin(ss_leaf_name(regs->rax), false);
	status = sim_seamcall(w->f.sim, lp, regs, SIM_FROM_UPDATE);
	virtual_seam_end();
	return status;
}

static void add_image(struct world *w, const char *version)
{
	fixture_update_image(&w->f, version, &w->plan.images[w->plan.nr_images++]);
}

static void reset(void *arg)
{
	struct world *w = arg;
	uint32_t i;

	memcpy(w->f.mem, w->snapshot, w->bytes);
	for (i = 0; i < w->nr_faults; i++)
		sim_fault_add(w->f.sim, &w->faults[i]);
	if (!ss_lockstep_init(&w->lockstep, w->lockstep_lps, w->machine.nr_lps, 2) ||
	    !ss_update_init(&w->update, &w->plan, &w->lockstep, w->lps))
		abort();
	mainline_flow_init(&w->mainline, &w->machine, w->plan.images[0].params_pa);
}

static void body(void *arg, uint32_t lp)
{
	struct world *w = arg;

	if (w->flow == OURS)
		w->verdicts[lp] = ss_update_run(&w->update, lp);
	else
		mainline_flow_run(&w->mainline, lp);
}

static struct world *make_world(uint32_t nr_lps)
{
	struct world *w = aligned_alloc(64, (sizeof(*w) + 63) / 64 * 64);
	const struct sim_module_info *from = sim_ladder_find(FROM);
	struct virtual_program program = {
		.nr_lps = nr_lps, .arg = w, .reset = reset, .body = body
	};

	memset(w, 0, sizeof(*w));
	fixture_config(&w->f, nr_lps, nr_lps > 1 ? 2 : 1);
	w->f.config.private_pages = 16;
	w->f.config.updates = 60;
	fixture_power_on(&w->f);
	fixture_boot(&w->f, FROM);
	w->machine = (struct ss_machine){ .ctx = w, .nr_lps = nr_lps, .seamcall = seamcall };
	w->plan.machine = &w->machine;
	add_image(w, "1.5.16");
	add_image(w, FROM);
	add_image(w, "1.5.17");
	w->plan.svn_minor = from->svn_minor;
	w->plan.svn_major = from->svn_major;
	w->plan.info.va = fixture_alloc(&w->f, 256, 256, &w->plan.info.pa);
	w->plan.info.bytes = 256;
	w->bytes = sim_bytes(&w->f.config);
	w->snapshot = malloc(w->bytes);
	memcpy(w->snapshot, w->f.mem, w->bytes);
	w->vm = virtual_create(&program, VIRTUAL_SC, false);
	return w;
}

static void destroy_world(struct world *w)
{
	virtual_destroy(w->vm);
	fixture_destroy(&w->f);
	free(w->snapshot);
	free(w);
}

static bool tds_alive(struct world *w)
{
	struct sim_audit a;

	sim_audit(w->f.sim, &a);
	return a.seam_ready && a.state == 3 && !a.fatal && !a.session_open;
}

/* One execution under one random schedule. Returns NULL, or what went wrong in itself. */
static const char *execute(struct world *w, enum flow flow, uint64_t seed)
{
	struct virtual_random r = { .seed = seed };
	enum virtual_end end;
	uint32_t lp;

	w->flow = flow;
	virtual_random_init(&r);
	end = virtual_execute(w->vm, &r.sched);
	virtual_random_fini(&r);
	if (flow == MAINLINE)
		return end == VIRTUAL_END_DONE ? NULL : "mainline's flow hangs";
	if (end != VIRTUAL_END_DONE)
		return w->vm->failure[0] ? w->vm->failure : virtual_end_text(end);
	for (lp = 1; lp < w->machine.nr_lps; lp++)
		if (w->verdicts[lp] != w->verdicts[0])
			return "LPs have different verdicts";
	if (tds_alive(w) == (w->verdicts[0] == SS_LOST))
		return "the verdict contradicts the model's state";
	return NULL;
}

static bool session_open(struct world *w)
{
	struct sim_audit a;

	sim_audit(w->f.sim, &a);
	return a.session_open;
}

/* Some LP can never take part, so no session can be completed. */
static bool shuts_out(const struct matrix_cell *c)
{
	return c && c->sticky && c->meaning == UNCOUNTED;
}

static void name_cells(const struct matrix_cell *a, const struct matrix_cell *b, char *out,
		       size_t bytes)
{
	size_t n;

	matrix_name(a, out, bytes);
	if (!b)
		return;
	n = strlen(out);
	snprintf(out + n, bytes - n, " and ");
	n = strlen(out);
	matrix_name(b, out + n, bytes - n);
}

static void one_cell(struct world *w, const struct matrix_cell *a, const struct matrix_cell *b,
		     uint64_t seed, struct tally *t, bool talk)
{
	struct matrix_expectation e = matrix_expect(a, b);
	const char *wrong, *verdict;
	char name[256];
	bool alive[2];

	w->faults[0] = matrix_fault(a, w->machine.nr_lps, 1);
	w->nr_faults = 1;
	if (b)
		w->faults[w->nr_faults++] = matrix_fault(b, w->machine.nr_lps,
							 matrix_second_nth(a, b));
	wrong = execute(w, OURS, seed);
	alive[OURS] = tds_alive(w);
	if (!wrong && session_open(w) && !shuts_out(a) && !shuts_out(b))
		wrong = "an INSTALL session was left open";
	verdict = ss_verdict_name(w->update.result.verdict);
	if (!wrong && alive[OURS] != e.alive)
		wrong = e.alive ? "TDs were lost that the interface lets live" :
				  "TDs live that should not: the model or the table is wrong";
	if (!wrong && e.verdict && strcmp(e.verdict, verdict))
		wrong = "another verdict than the best";
	execute(w, MAINLINE, seed);
	alive[MAINLINE] = tds_alive(w);

	t->cells++;
	t->expected_alive += e.alive;
	t->alive[OURS] += alive[OURS];
	t->alive[MAINLINE] += alive[MAINLINE];
	t->wrong += wrong != NULL;
	if (!wrong && !talk)
		return;
	name_cells(a, b, name, sizeof(name));
	printf("%s  %-60s best %-9s  ours %-9s  mainline %s%s%s\n", wrong ? "WRONG" : "ok   ", name,
	       e.verdict ? e.verdict : e.alive ? "alive" : "lost", verdict,
	       alive[MAINLINE] ? "alive" : "lost", wrong ? ": " : "", wrong ? wrong : "");
	if (wrong)
		printf("       replay: fault_matrix --lps %u --seed %llu\n", w->machine.nr_lps,
		       (unsigned long long)seed);
}

static void report(const char *what, uint32_t nr_lps, const struct tally *t)
{
	printf("%-8s %3u LPs: %6u cells; TDs live by the interface in %6u, with seamstep in %6u, "
	       "with a "
	       "flow like Linux 7.3's in %6u; %u wrong\n",
	       what, nr_lps, t->cells, t->expected_alive, t->alive[OURS], t->alive[MAINLINE],
	       t->wrong);
}

/* pairs: how many in a hundred, chosen by the seed. */
static uint32_t run_matrix(uint32_t nr_lps, uint32_t sample, uint32_t pairs, uint64_t seed,
			   bool list)
{
	struct world *w = make_world(nr_lps);
	struct tally singles = { 0 }, doubles = { 0 };
	uint32_t i, k, n = matrix_nr_cells();
	struct matrix_cell a, b;
	uint64_t state = seed;

	for (i = 0; i < n; i++) {
		matrix_cell(i, &a);
		if (fixture_random(&state) % 100 < sample)
			one_cell(w, &a, NULL, seed + i, &singles, list);
	}
	report("singles", nr_lps, &singles);
	for (i = 0; pairs && i < n; i++) {
		for (k = 0; k < n; k++) {
			matrix_cell(i, &a);
			matrix_cell(k, &b);
			if (i != k && fixture_random(&state) % 1000 < pairs * 10)
				one_cell(w, &a, &b, seed + i * n + k, &doubles, false);
		}
	}
	if (pairs)
		report("pairs", nr_lps, &doubles);
	destroy_world(w);
	return singles.wrong + doubles.wrong;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "lps", required_argument, NULL, 'l' }, { "pairs", required_argument, NULL, 'p' },
		{ "seed", required_argument, NULL, 's' }, { "list", no_argument, NULL, 'v' }, { 0 },
	};
	const char *replay = getenv("SEAMSTEP_TEST_SEED");
	uint64_t seed = replay ? strtoull(replay, NULL, 0) : (uint64_t)time(NULL);
	uint32_t lps = 0, pairs = 5, wrong = 0;
	bool list = false;
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'l')
			lps = (uint32_t)strtoul(optarg, NULL, 0);
		else if (c == 'p')
			pairs = (uint32_t)strtoul(optarg, NULL, 0);
		else if (c == 's')
			seed = strtoull(optarg, NULL, 0);
		else if (c == 'v')
			list = true;
		else
			return 2;
	}
	if (lps > MAX_LPS || pairs > 100)
		return 2;
	printf("# seed %llu\n", (unsigned long long)seed);
	if (lps)
		return run_matrix(lps, 100, pairs, seed, list) != 0;
	wrong += run_matrix(2, 100, 0, seed, list);
	wrong += run_matrix(3, 100, pairs, seed, false);
	wrong += run_matrix(4, 100, 0, seed, false);
	wrong += run_matrix(64, 20, 0, seed, false);
	return wrong != 0;
}
