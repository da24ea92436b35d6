// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The fault matrix: how an update ends when one or two calls fail or lie. The matrix runs the
 * project's flow, and a flow that behaves as Linux 7.3's does, on the software SEAM. The schedules
 * of the virtual LPs are random. The model says whether the verdict is true. The solver says
 * whether more TDs could have been saved.
 *
 * 	fault_matrix [--lps N] [--pairs N] [--sample PERCENT] [--seed N] [--list] [--cell N[,N]]
 * 	fault_matrix --self-test
 *
 * Without --lps the program runs what "make check" runs. A cell is one number in the list of
 * faults, or two. The seed makes the list; the seed and the cell's number make the schedule.
 */
#include "matrix_cells.h"
#include "matrix_judge.h"

#include "explore/fault_list.h"

#include <getopt.h>

#define NO_FAULT	UINT32_MAX

/* Sums over the cells of one sort. */
struct tally {
	const char *what;
	uint32_t cells, kinds[MATRIX_KIND_NR], mainline[MATRIX_KIND_NR];
	uint32_t unconfirmed, unmet, excused, wrong;
};

struct run {
	struct matrix *m;
	struct fault_list list;
	uint32_t lps, pairs, sample;
	uint64_t seed;
	bool list_all, quiet;
};

/* A cell: one fault, or two. */
struct cell {
	uint32_t number[MATRIX_FAULTS];
	struct sim_fault faults[MATRIX_FAULTS];
	uint32_t nr;
};

/* ---- cells ----------------------------------------------------------------------------------- */

static void name_cell(const struct cell *c, char *out, size_t bytes)
{
	char name[FAULT_LIST_NAME_BYTES];
	uint32_t i;
	size_t n = 0;

	out[0] = '\0';
	for (i = 0; i < c->nr; i++) {
		fault_list_name(&c->faults[i], name);
		snprintf(out + n, bytes - n, "%s%s", i ? " and " : "", name);
		n = strlen(out);
	}
}

static bool same_place(const struct sim_fault *a, const struct sim_fault *b)
{
	return a->leaf == b->leaf && a->lp == b->lp;
}

/*
 * If two faults are at the same calls, the second strikes after the first. Returns false if that
 * leaves no call to the second.
 */
static bool make_cell(const struct run *run, uint32_t a, uint32_t b, struct cell *c)
{
	*c = (struct cell){ .number = { a, b }, .nr = b == NO_FAULT ? 1 : 2 };
	c->faults[0] = run->list.faults[a];
	if (c->nr == 1)
		return true;
	c->faults[1] = run->list.faults[b];
	if (!same_place(&c->faults[0], &c->faults[1]))
		return true;
	if (c->faults[1].nth <= c->faults[0].nth)
		c->faults[1].nth = c->faults[0].nth + 1;
	return !c->faults[0].sticky;
}

static uint64_t schedule_seed(const struct run *run, const struct cell *c)
{
	return run->seed + c->number[0] + (c->nr > 1 ? (c->number[1] + 1ULL) << 20 : 0);
}

/* ---- faults that are not met ----------------------------------------------------------------- */

/* Counts the calls that can meet the fault. No fault is met while the firmware is out of reach. */
static uint32_t count_calls(const struct matrix *m, const struct sim_fault *f)
{
	uint32_t i, n = 0;

	for (i = 0; i < m->nr_calls; i++)
		n += m->calls[i].in.rax == f->leaf &&
		     (f->lp == SIM_LP_ANY || f->lp == m->calls[i].lp) &&
		     m->calls[i].status != SS_TDX_SEAMCALL_VMFAILINVALID;
	return n;
}

/*
 * Why may fault @i not have struck? A single fault always strikes, unless its call is made only if
 * witnesses contradict each other or the path. In a pair, the other fault may lead past the calls
 * of this one, or may have struck at them.
 */
static const char *why_unmet(const struct matrix *m, const struct cell *c, uint32_t i)
{
	const struct sim_fault *f = &c->faults[i];

	if (f->leaf == SS_LEAF_TDH_SYS_TDMR_INIT && !count_calls(m, f))
		return "no witness contradicts another one or the path, so nobody asks one more";
	if (c->nr == 1)
		return NULL;
	if (count_calls(m, f) < f->nth)
		return "the other fault leads past its calls, or puts them out of reach";
	if (f->leaf == SS_LEAF_SEAMLDR_INSTALL && f->lp == SIM_LP_ANY)
		return "no session is completed so often";
	return c->faults[!i].leaf == f->leaf ? "the other fault strikes at its calls" : NULL;
}

/* Counts faults that had a reason not to strike. Returns a sentence about a fault that had none. */
static const char *check_met(const struct matrix *m, const struct cell *c, struct tally *t)
{
	uint32_t i;

	for (i = 0; i < c->nr; i++) {
		if (m->struck[i])
			continue;
		if (!why_unmet(m, c, i))
			return "a fault was never met";
		t->unmet++;
	}
	return NULL;
}

/* ---- one cell -------------------------------------------------------------------------------- */

static void print_cell(const struct run *run, const struct cell *c, const struct matrix_outcome *o,
		       bool mainline)
{
	char name[2 * FAULT_LIST_NAME_BYTES + 8];

	name_cell(c, name, sizeof(name));
	printf("%s  %-60s %s%s, %s; like Linux %s%s%s\n", o->wrong ? "WRONG" : "ok   ", name,
	       ss_verdict_name(o->verdict), o->confirmed ? "" : " (not confirmed)",
	       matrix_kind_text(o->kind), mainline ? "alive" : "lost", o->wrong ? ": " : "",
	       o->wrong ? o->wrong : "");
	if (!o->wrong)
		return;
	printf("       replay: fault_matrix --lps %u --seed %llu --cell %u", run->lps,
	       (unsigned long long)run->seed, c->number[0]);
	printf(c->nr > 1 ? ",%u\n" : "\n", c->number[1]);
}

/* One fault with RDX = 0 that strikes once loses nothing. There is no excuse. */
static const char *check_promise(const struct cell *c, const struct matrix_outcome *o)
{
	if (c->nr > 1 || c->faults[0].sticky || c->faults[0].rdx || o->kind == MATRIX_SAVED)
		return NULL;
	return "lost by one fault with RDX = 0 that strikes once";
}

static void run_cell(struct run *run, const struct cell *c, struct tally *t,
		     struct matrix_outcome *o)
{
	uint64_t seed = schedule_seed(run, c);
	const char *wrong = matrix_execute(run->m, MATRIX_OURS, c->faults, c->nr, seed), *unmet;
	bool mainline;

	unmet = check_met(run->m, c, t);
	matrix_judge(run->m, seed, wrong, o);
	if (!o->wrong)
		o->wrong = unmet ? unmet : check_promise(c, o);
	wrong = matrix_execute(run->m, MATRIX_MAINLINE, c->faults, c->nr, seed);
	mainline = !wrong && matrix_td_lives(run->m);
	t->cells++;
	t->kinds[o->kind]++;
	t->mainline[o->kind] += mainline;
	t->unconfirmed += !o->confirmed;
	t->excused += o->excused;
	t->wrong += o->wrong != NULL;
	if ((o->wrong && !run->quiet) || run->list_all)
		print_cell(run, c, o, mainline);
}

static void report(const struct run *run, const struct tally *t)
{
	uint32_t i, mainline = 0;

	for (i = 0; i < MATRIX_KIND_NR; i++)
		mainline += t->mainline[i];
	printf("%s, %u LPs: %u cells; TDs can live in %u, live with seamstep in %u, with a flow "
	       "like Linux 7.3's in %u; %u verdicts not confirmed, %u misled by two faults, %u faults "
	       "not met; %u wrong\n",
	       t->what, run->lps, t->cells, t->cells - t->kinds[MATRIX_NO_WAY],
	       t->kinds[MATRIX_SAVED], mainline, t->unconfirmed, t->excused, t->unmet, t->wrong);
	for (i = 0; i < MATRIX_KIND_NR; i++)
		if (t->kinds[i])
			printf("%8u %s (like Linux: %u live)\n", t->kinds[i],
			       matrix_kind_text((enum matrix_kind)i), t->mainline[i]);
}

/* ---- many ------------------------------------------------------------------------------------ */

static uint32_t run_singles(struct run *run)
{
	struct tally fail = { .what = "single faults, calls that fail" };
	struct tally lie = { .what = "single faults, calls that lie" };
	uint64_t state = run->seed;
	struct matrix_outcome o;
	struct cell c;
	uint32_t i;

	for (i = 0; i < run->list.nr; i++) {
		if (sim_random(&state) % 100 >= run->sample)
			continue;
		make_cell(run, i, NO_FAULT, &c);
		run_cell(run, &c, fault_list_lies(&c.faults[0]) ? &lie : &fail, &o);
	}
	report(run, &fail);
	report(run, &lie);
	return fail.wrong + lie.wrong;
}

static uint32_t run_pairs(struct run *run)
{
	struct tally t = { .what = "pairs of faults, by chance" };
	uint64_t state = run->seed;
	struct matrix_outcome o;
	struct cell c;
	uint32_t a, b;

	while (t.cells < run->pairs) {
		a = (uint32_t)(sim_random(&state) % run->list.nr);
		b = (uint32_t)(sim_random(&state) % run->list.nr);
		if (make_cell(run, a, b, &c))
			run_cell(run, &c, &t, &o);
	}
	if (run->pairs)
		report(run, &t);
	return t.wrong;
}

/* The second witness: a short table by hand, from the specification's failure matrix. */
static uint32_t run_table(struct run *run)
{
	uint32_t i, n = matrix_nr_cells(), disagree = 0;
	struct tally t = { .what = "the table by hand" };
	struct matrix_expectation want;
	struct matrix_cell cell;
	struct matrix_outcome o;
	struct cell c;
	char name[128];

	for (i = 0; i < n; i++) {
		matrix_cell(i, &cell);
		want = matrix_expect(&cell);
		c = (struct cell){ .number = { i }, .nr = 1 };
		c.faults[0] = matrix_fault(&cell, run->lps);
		run_cell(run, &c, &t, &o);
		if (want.alive == (o.kind == MATRIX_SAVED) &&
		    !strcmp(want.verdict, ss_verdict_name(o.verdict)))
			continue;
		matrix_name(&cell, name, sizeof(name));
		printf("WRONG  %s: by hand %s, found %s, %s\n", name, want.verdict,
		       ss_verdict_name(o.verdict), matrix_kind_text(o.kind));
		disagree++;
	}
	report(run, &t);
	return t.wrong + disagree;
}

/* The list has every call that an update without a failure makes. */
static uint32_t check_list(struct run *run)
{
	const struct fault_call *calls;
	uint32_t nr = fault_list_calls(&calls), i, k, seen, bad = 0;
	struct matrix *m = run->m;

	matrix_execute(m, MATRIX_OURS, NULL, 0, run->seed);
	for (i = 0; i < m->nr_calls; i++) {
		for (k = 0, seen = 0; k <= i; k++)
			seen += m->calls[k].in.rax == m->calls[i].in.rax;
		for (k = 0; k < nr; k++)
			if (calls[k].leaf == m->calls[i].in.rax &&
			    (calls[k].place != FAULT_AT_LEAD || calls[k].nth == seen))
				break;
		if (k < nr)
			continue;
		printf("WRONG  call %u of %s is not in the list of faults\n", seen,
		       ss_leaf_name(m->calls[i].in.rax));
		bad++;
	}
	return bad;
}

static void begin_run(struct run *run, uint32_t lps)
{
	run->lps = lps;
	run->m = matrix_create(lps);
	if (!fault_list_make(&run->list, lps, run->seed))
		abort();
}

static void end_run(struct run *run)
{
	fault_list_free(&run->list);
	matrix_destroy(run->m);
}

static uint32_t run_lps(struct run run, uint32_t lps, uint32_t pairs, uint32_t sample)
{
	uint32_t wrong;

	run.pairs = pairs;
	run.sample = sample;
	begin_run(&run, lps);
	wrong = check_list(&run) + run_singles(&run) + run_pairs(&run);
	if (lps == 3)
		wrong += run_table(&run);
	end_run(&run);
	return wrong;
}

/* ---- one, with its calls --------------------------------------------------------------------- */

static void print_calls(const struct matrix *m)
{
	const struct matrix_call *call;
	uint32_t i, k;

	for (i = 0; i < m->nr_calls; i++) {
		call = &m->calls[i];
		printf("%4u LP %u %s", i, call->lp, ss_leaf_name(call->in.rax));
		for (k = 0; k < m->plan.nr_images; k++)
			if (call->in.rcx == m->plan.images[k].params_pa)
				printf(" %s", m->plan.images[k].name);
		printf(": %s", ss_status_name(call->in.rax, call->status));
		printf(call->in.rax == SS_LEAF_SEAMLDR_INSTALL ? ", RDX %llu\n" : "\n",
		       (unsigned long long)call->rdx);
	}
}

static int replay(struct run run, const char *numbers)
{
	struct tally t = { .what = "cell" };
	uint32_t a = 0, b = NO_FAULT;
	struct matrix_outcome o;
	struct cell c;
	int n = sscanf(numbers, "%u,%u", &a, &b);

	begin_run(&run, run.lps);
	run.list_all = true;
	if (n < 1 || a >= run.list.nr || (n > 1 && b >= run.list.nr) ||
	    !make_cell(&run, a, b, &c)) {
		fprintf(stderr, "there is no cell %s of %u faults\n", numbers, run.list.nr);
		return 2;
	}
	matrix_execute(run.m, MATRIX_OURS, c.faults, c.nr, schedule_seed(&run, &c));
	print_calls(run.m);
	run_cell(&run, &c, &t, &o);
	if (o.losing_call)
		printf("       the TDs could be saved up to call %u\n", o.losing_call);
	end_run(&run);
	return o.wrong != NULL;
}

/* ---- does the matrix notice? ----------------------------------------------------------------- */

static bool notices(bool noticed, const char *what)
{
	printf("%s  %s\n", noticed ? "ok   " : "WRONG", what);
	return noticed;
}

/* An update in which nothing fails, or SYS.INIT always fails, with a verdict written by hand. */
static bool wrong_verdict(struct run *run, const struct sim_fault *fault, uint32_t nr,
			  enum ss_verdict verdict, uint32_t image)
{
	struct matrix_outcome o;

	matrix_execute(run->m, MATRIX_OURS, fault, nr, run->seed);
	run->m->update.result.verdict = verdict;
	run->m->update.result.image = image;
	matrix_judge(run->m, run->seed, NULL, &o);
	return o.wrong != NULL;
}

/* A flow that gives up too early, with a verdict that is true. */
static bool given_up(struct run *run)
{
	const struct sim_fault fault = {
		SS_LEAF_TDH_SYS_INIT, SIM_LP_ANY, 1, false, SS_TDX_SYS_BUSY
	};
	struct matrix_outcome o;

	matrix_execute(run->m, MATRIX_MAINLINE, &fault, 1, run->seed);
	run->m->update.result.verdict = SS_LOST;
	matrix_judge(run->m, run->seed, NULL, &o);
	return o.wrong && o.kind == MATRIX_LOST;
}

static bool never_met(struct run *run)
{
	struct tally t = { .what = "" };
	struct matrix_outcome o;
	struct cell c = { .nr = 1 };

	c.faults[0] = (struct sim_fault){
		SS_LEAF_TDH_MNG_CREATE, SIM_LP_ANY, 1, false, SS_TDX_SYS_BUSY
	};
	run_cell(run, &c, &t, &o);
	return o.wrong != NULL;
}

static int self_test(struct run run)
{
	const struct sim_fault always = {
		SS_LEAF_TDH_SYS_INIT, SIM_LP_ANY, 1, true, SS_TDX_SYS_BUSY
	};
	bool ok;

	run.quiet = true;
	begin_run(&run, 3);
	ok = !wrong_verdict(&run, NULL, 0, SS_UPDATED, 0);
	ok &= !wrong_verdict(&run, &always, 1, SS_LOST, 0);
	ok = notices(ok, "true verdicts pass");
	ok &= notices(wrong_verdict(&run, NULL, 0, SS_LOST, 0), "'lost', and the TDs live");
	ok &= notices(wrong_verdict(&run, NULL, 0, SS_UNCHANGED, 0), "'unchanged', and another runs");
	ok &= notices(wrong_verdict(&run, NULL, 0, SS_RECOVERED, 1), "'recovered' with another image");
	ok &= notices(wrong_verdict(&run, NULL, 0, SS_UPDATED, 1), "'updated' with a fallback");
	ok &= notices(wrong_verdict(&run, &always, 1, SS_UPDATED, 0), "'updated', and no TD lives");
	ok &= notices(given_up(&run), "TDs given up that could be saved");
	ok &= notices(never_met(&run), "a fault that never strikes");
	end_run(&run);
	return !ok;
}

/* ---- the command line ------------------------------------------------------------------------ */

static int run_check(struct run run)
{
	uint32_t wrong = self_test(run);

	wrong += run_lps(run, 2, 0, 100);
	wrong += run_lps(run, 3, 10000, 100);
	wrong += run_lps(run, 4, 0, 100);
	wrong += run_lps(run, MATRIX_LPS, 20, 2);
	return wrong != 0;
}

struct request {
	struct run run;
	const char *cell;
	bool self_test;
};

static bool set_option(struct request *q, int c)
{
	switch (c) {
	case 'l':
		q->run.lps = (uint32_t)strtoul(optarg, NULL, 0);
		return true;
	case 'p':
		q->run.pairs = (uint32_t)strtoul(optarg, NULL, 0);
		return true;
	case 'n':
		q->run.sample = (uint32_t)strtoul(optarg, NULL, 0);
		return true;
	case 's':
		q->run.seed = strtoull(optarg, NULL, 0);
		return true;
	case 'c':
		q->cell = optarg;
		return true;
	case 'v':
		q->run.list_all = true;
		return true;
	case 't':
		q->self_test = true;
		return true;
	}
	return false;
}

static bool parse(struct request *q, int argc, char **argv)
{
	static const struct option options[] = {
		{ "lps", required_argument, NULL, 'l' }, { "pairs", required_argument, NULL, 'p' },
		{ "seed", required_argument, NULL, 's' }, { "list", no_argument, NULL, 'v' },
		{ "sample", required_argument, NULL, 'n' }, { "cell", required_argument, NULL, 'c' },
		{ "self-test", no_argument, NULL, 't' }, { 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1)
		if (!set_option(q, c))
			return false;
	return optind == argc && q->run.lps <= MATRIX_LPS && (!q->cell || q->run.lps);
}

int main(int argc, char **argv)
{
	struct request q = { .run = { .sample = 100, .seed = fixture_seed() } };

	if (!parse(&q, argc, argv))
		return 2;
	printf("# seed %llu\n", (unsigned long long)q.run.seed);
	if (q.self_test)
		return self_test(q.run);
	if (q.cell)
		return replay(q.run, q.cell);
	return q.run.lps ? run_lps(q.run, q.run.lps, q.run.pairs, q.run.sample) != 0 :
			   run_check(q.run);
}
