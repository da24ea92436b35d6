// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The update on real threads over the software SEAM. Every row of failures.tsv ends as the row
 * says, each of its faults strikes, and the model's own state agrees with the verdict.
 *
 *	test_update FAILURES.TSV [ROW]
 */
#include "sim_fixture.h"

#include "lab/fault_spec.h"
#include "core/update.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FROM	"1.5.09"
#define TO	"1.5.16"
#define SIBLING	"1.5.17"
#define MAX_LPS	64
#define STATE_READY	3	/* of the module: SYS_READY, specification 6.1 */

struct world {
	struct fixture f;
	struct ss_machine machine;
	struct ss_update_plan plan;
	struct ss_lockstep lockstep;
	struct ss_lockstep_lp lockstep_lps[MAX_LPS];
	struct ss_update_lp lps[MAX_LPS];
	struct ss_update update;
	uint32_t verdicts[MAX_LPS];
	const char *faults[SIM_LP_FAULTS];	/* as the row names them */
	uint32_t nr_faults;
};

struct lp_arg {
	struct world *w;
	uint32_t lp;
};

static uint64_t seamcall(void *ctx, uint32_t lp, struct ss_regs *regs)
{
	struct world *w = ctx;

	return sim_seamcall(w->f.sim, lp, regs, SIM_FROM_UPDATE);
}

static void *lp_main(void *p)
{
	struct lp_arg *a = p;

	a->w->verdicts[a->lp] = ss_update_run(&a->w->update, a->lp);
	return NULL;
}

static void add_image(struct world *w, const char *version)
{
	fixture_update_image(&w->f, version, &w->plan.images[w->plan.nr_images++]);
}

static struct world *make_world(uint32_t nr_lps, const char *fallbacks)
{
	struct world *w = aligned_alloc(64, (sizeof(*w) + 63) / 64 * 64);
	const struct sim_module_info *from = sim_ladder_find(FROM);

	memset(w, 0, sizeof(*w));
	fixture_create(&w->f, nr_lps, nr_lps > 1 ? 2 : 1);
	fixture_boot(&w->f, FROM);
	w->machine = (struct ss_machine){ .ctx = w, .nr_lps = nr_lps, .seamcall = seamcall };
	w->plan.machine = &w->machine;
	add_image(w, TO);
	if (strstr(fallbacks, "own"))
		add_image(w, FROM);
	if (strstr(fallbacks, "sibling"))
		add_image(w, SIBLING);
	w->plan.svn_minor = from->svn_minor;
	w->plan.svn_major = from->svn_major;
	w->plan.info.va = fixture_alloc(&w->f, 256, 256, &w->plan.info.pa);
	w->plan.info.bytes = 256;
	return w;
}

static void destroy_world(struct world *w)
{
	fixture_destroy(&w->f);
	free(w);
}

static void go(struct world *w)
{
	struct lp_arg args[MAX_LPS];
	pthread_t threads[MAX_LPS];
	uint32_t lp;

	if (!ss_lockstep_init(&w->lockstep, w->lockstep_lps, w->machine.nr_lps, 4) ||
	    !ss_update_init(&w->update, &w->plan, &w->lockstep, w->lps)) {
		fprintf(stderr, "the plan was refused\n");
		exit(1);
	}
	sim_window_begin(w->f.sim);
	for (lp = 0; lp < w->machine.nr_lps; lp++) {
		args[lp] = (struct lp_arg){ w, lp };
		if (pthread_create(&threads[lp], NULL, lp_main, &args[lp]))
			abort();
	}
	for (lp = 0; lp < w->machine.nr_lps; lp++)
		pthread_join(threads[lp], NULL);
	sim_window_end(w->f.sim);
}

/* What must be true of the machine for each verdict. Returns NULL, or what is not true. */
static const char *contradiction(struct world *w)
{
	const struct ss_update_result *r = &w->update.result;
	const char *want = r->verdict == SS_UNCHANGED ? FROM : w->plan.images[r->image].name;
	struct sim_audit a;
	uint32_t lp;

	sim_audit(w->f.sim, &a);
	for (lp = 0; lp < w->machine.nr_lps; lp++)
		if (w->verdicts[lp] != r->verdict)
			return "LPs have different verdicts";
	if (a.session_open != (r->verdict == SS_LOST && r->reason == SS_REASON_SESSION))
		return "an INSTALL session was left open";
	if (r->verdict == SS_LOST)
		return a.seam_ready && a.state == STATE_READY ?
		       "a module is ready, so nothing is lost" : NULL;
	if (!a.seam_ready || a.state != STATE_READY)
		return "no module is ready";
	if (strcmp(a.version, want))
		return "another version runs";
	if (a.handoff_valid)
		return "handoff data was left behind";
	if ((r->verdict == SS_UPDATED && r->image != 0) ||
	    (r->verdict == SS_RECOVERED && r->image == 0))
		return "verdict and image disagree";
	if (r->verdict != SS_UNCHANGED && r->has_remaining &&
	    r->remaining_updates != a.remaining_updates)
		return "the updates left were read back wrong";
	return NULL;
}

static bool add_faults(struct world *w, char *specs)
{
	struct fault_spec_error err;
	struct sim_fault fault;
	char *save = NULL, *spec;

	if (!strcmp(specs, "-"))
		return true;
	for (spec = strtok_r(specs, ",", &save); spec; spec = strtok_r(NULL, ",", &save)) {
		if (!fault_spec_parse(spec, w->machine.nr_lps, &fault, &err)) {
			printf("# %s: %s\n", spec, err.text);
			return false;
		}
		if (!sim_fault_add(w->f.sim, &fault))
			return false;
		w->faults[w->nr_faults++] = spec;
	}
	return true;
}

/* A fault that has not struck has tested nothing. */
static bool all_struck(const struct world *w)
{
	bool ok = true;
	uint32_t i;

	for (i = 0; i < w->nr_faults; i++) {
		if (sim_fault_struck(w->f.sim, i))
			continue;
		printf("# %s has not struck\n", w->faults[i]);
		ok = false;
	}
	return ok;
}

static void print_story(const struct world *w)
{
	const struct ss_update_result *r = &w->update.result;
	uint32_t i;

	for (i = 0; i < r->nr_events; i++) {
		const struct ss_update_event *e = &r->events[i];

		printf("#   %s, LP %u: %s: %s, RDX %llu: %s (image %u)\n",
		       ss_update_step_name(e->step), e->lp, ss_leaf_name(e->call.leaf),
		       ss_status_name(e->call.leaf, e->call.status),
		       (unsigned long long)e->call.rdx, ss_update_action_text(e->action), e->image);
	}
}

static bool check_row(const char *name, const char *fallbacks, char *faults, const char *verdict,
		      const char *reason, uint32_t nr_lps)
{
	struct world *w = make_world(nr_lps, fallbacks);
	const struct ss_update_result *r = &w->update.result;
	const char *wrong = NULL;

	if (!add_faults(w, faults)) {
		wrong = "the fault cannot be injected";
	} else {
		go(w);
		if (strcmp(ss_verdict_name(r->verdict), verdict))
			wrong = "another verdict";
		else if (strcmp(reason, "*") && strcmp(ss_update_reason_name(r->reason), reason))
			wrong = "another reason";
		else if (!all_struck(w))
			wrong = "a fault has not struck";
		else
			wrong = contradiction(w);
	}
	printf("%sok - %s, %u LPs%s%s\n", wrong ? "not " : "", name, nr_lps, wrong ? ": " : "",
	       wrong ? wrong : "");
	if (wrong) {
		printf("#   expected %s (%s), found %s (%s)\n", verdict, reason,
		       ss_verdict_name(r->verdict), ss_update_reason_name(r->reason));
		print_story(w);
	}
	destroy_world(w);
	return !wrong;
}

/* A rehearsal is harmless when all is well, and stops the update when something is wrong. */
static bool check_rehearsal(const char *name, char *faults, const char *verdict, const char *reason,
			    const char *target)
{
	struct world *w = make_world(4, "none");
	const struct ss_update_result *r = &w->update.result;
	const char *wrong = NULL;

	if (target) {
		w->plan.nr_images = 0;
		add_image(w, target);
	}
	w->plan.rehearse = true;
	if (!add_faults(w, faults))
		wrong = "the fault cannot be injected";
	else
		go(w);
	if (!wrong && (strcmp(ss_verdict_name(r->verdict), verdict) ||
		       strcmp(ss_update_reason_name(r->reason), reason)))
		wrong = "another end";
	if (!wrong && !all_struck(w))
		wrong = "a fault has not struck";
	if (!wrong)
		wrong = contradiction(w);
	printf("%sok - rehearsal: %s%s%s\n", wrong ? "not " : "", name, wrong ? ": " : "",
	       wrong ? wrong : "");
	if (wrong)
		print_story(w);
	destroy_world(w);
	return !wrong;
}

static bool rehearsals(void)
{
	char none[] = "-", sig[] = "SEAMLDR.INSTALL@last=EBADSIG/0",
	     once[] = "SEAMLDR.INSTALL@last=ENOENTROPY/0";
	char skipped[] = "SEAMLDR.INSTALL@1=UD";
	bool ok = true;

	ok &= check_rehearsal("nothing wrong", none, "updated", "none", NULL);
	ok &= check_rehearsal("the loader refuses", sig, "unchanged", "rehearsal", NULL);
	ok &= check_rehearsal("no entropy once", once, "updated", "none", NULL);
	ok &= check_rehearsal("an LP misses its turn", skipped, "updated", "session", NULL);
	/* A real refusal: SVN 1.6 after 1.8. Without the rehearsal this costs a recovery. */
	ok &= check_rehearsal("an image that is too old", none, "unchanged", "rehearsal", "1.5.06");
	return ok;
}

/* Splits a line of the table. Returns false for a line that is no row. */
static bool split(char *line, char *cell[5])
{
	char *save;
	uint32_t i;

	line[strcspn(line, "\n")] = 0;
	if (line[0] == '#' || !line[0])
		return false;
	cell[0] = strtok_r(line, "\t", &save);
	for (i = 1; i < 5; i++)
		cell[i] = strtok_r(NULL, "\t", &save);
	if (!cell[4] || strtok_r(NULL, "\t", &save)) {
		fprintf(stderr, "the row '%s' does not have five columns\n", line);
		exit(1);
	}
	return true;
}

int main(int argc, char **argv)
{
	char line[1024], *cell[5];
	uint32_t failed = 0, rows = 0;
	FILE *table = argc > 1 ? fopen(argv[1], "r") : NULL;

	if (!table) {
		fprintf(stderr, "usage: test_update failures.tsv [row]\n");
		return 2;
	}
	alarm(300);
	while (fgets(line, sizeof(line), table)) {
		if (!split(line, cell) || (argc > 2 && strcmp(argv[2], cell[0])))
			continue;
		rows++;
		failed += !check_row(cell[0], cell[1], cell[2], cell[3], cell[4], rows % 3 ? 4 : 9);
	}
	fclose(table);
	if (argc <= 2)
		failed += !rehearsals();
	printf("# %u rows, %u failed\n", rows, failed);
	return failed || !rows;
}
