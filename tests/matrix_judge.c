// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* How an update under faults must end: its verdict by the model, its TDs by the solver. */
#include "matrix_judge.h"

#include "explore/fault_list.h"

#define KIND_TEXT(name, text) text,
static const char *const kind_texts[] = { MATRIX_KINDS(KIND_TEXT) };
#undef KIND_TEXT

const char *matrix_kind_text(enum matrix_kind kind)
{
	return kind_texts[kind];
}

/* The TDs live. Does the running module fit the verdict? */
static const char *check_module(const struct matrix *m, const struct sim_audit *a)
{
	const struct ss_update_result *r = &m->update.result;
	const char *want = r->verdict == SS_UNCHANGED ? MATRIX_FROM : m->plan.images[r->image].name;

	if (strcmp(a->version, want))
		return "the verdict names another version than the one that runs";
	if ((r->verdict == SS_UPDATED) != (r->verdict != SS_UNCHANGED && !r->image))
		return "the verdict and its image contradict each other";
	if (a->handoff_valid)
		return "handoff data was left behind";
	return NULL;
}

static bool is_of_the_look(const struct sim_fault *f)
{
	return f->leaf == SS_LEAF_SEAMLDR_INFO || f->leaf == SS_LEAF_TDH_SYS_RD ||
	       f->leaf == SS_LEAF_TDH_PHYMEM_PAGE_RDMD || f->leaf == SS_LEAF_TDH_SYS_TDMR_INIT;
}

/* Did the witnesses of the look at the end fail or lie? */
static bool look_is_spoilt(const struct matrix *m)
{
	uint32_t i;

	for (i = 0; i < m->nr_faults; i++)
		if (is_of_the_look(&m->faults[i]) && m->struck[i])
			return true;
	return false;
}

/* EBADCALL on an LP before the last says that the LP was counted; an injected one lies. */
static bool lies_about_counting(const struct sim_fault *f)
{
	return f->leaf == SS_LEAF_SEAMLDR_INSTALL && f->status == SS_PSEAMLDR_EBADCALL;
}

static bool path_is_spoilt(const struct matrix *m)
{
	const struct sim_fault *f;
	uint32_t i;

	for (i = 0; i < m->nr_faults; i++) {
		f = &m->faults[i];
		if ((fault_list_lies(f) || lies_about_counting(f)) && !is_of_the_look(f) &&
		    m->struck[i])
			return true;
	}
	return false;
}

/*
 * One fault alone never makes a verdict wrong: the look finds out about a call of the path that
 * lies, and if the look is spoilt, the path is right. Two faults may make a verdict wrong in three
 * cases: a "lost" that is not confirmed is too pessimistic; two witnesses of the look are spoilt; or
 * the look fails after the path was lied to, but then the verdict is not confirmed.
 */
static bool is_excused(const struct matrix *m)
{
	const struct ss_update_result *r = &m->update.result;

	if (m->nr_faults < 2 || !m->struck[0] || !m->struck[1])
		return false;
	if (!r->confirmed && r->verdict == SS_LOST)
		return true;
	if (is_of_the_look(&m->faults[0]) && is_of_the_look(&m->faults[1]))
		return true;
	return !r->confirmed && look_is_spoilt(m) && path_is_spoilt(m);
}

static const char *contradiction(struct matrix *m, bool alive)
{
	struct sim_audit a;

	sim_audit(m->world.f.sim, &a);
	if (m->update.result.verdict == SS_LOST)
		return alive ? "the verdict is lost, and the TDs live" : NULL;
	if (!alive)
		return "the verdict promises TDs, and they do not live";
	return check_module(m, &a);
}

/*
 * Returns the last call before which the TDs could be saved; nr_calls if they can be saved to the
 * end. Each point can be reached from the points before it. So there is exactly one such call after
 * @at, where the TDs can be saved.
 */
static uint32_t find_losing_call(struct matrix *m, uint32_t at)
{
	uint32_t behind = m->nr_calls, middle;

	if (matrix_can_save(m, behind))
		return behind;
	while (behind - at > 1) {
		middle = at + (behind - at) / 2;
		if (matrix_can_save(m, middle))
			at = middle;
		else
			behind = middle;
	}
	return at;
}

static bool failed_before(const struct matrix *m, uint32_t call)
{
	uint32_t i;

	for (i = 0; i < call; i++)
		if (m->calls[i].status)
			return true;
	return false;
}

static bool says_erased(const struct matrix_call *call)
{
	return call->in.rax == SS_LEAF_SEAMLDR_INSTALL && call->status && call->rdx;
}

static bool one_says_erased(const struct matrix *m)
{
	uint32_t i;

	for (i = 0; i < m->nr_calls; i++)
		if (says_erased(&m->calls[i]))
			return true;
	return false;
}

static bool same_call(const struct matrix_call *a, const struct matrix_call *b)
{
	return a->lp == b->lp && a->in.rax == b->in.rax && a->in.rcx == b->in.rcx &&
	       a->status == b->status &&
	       (a->in.rax != SS_LEAF_SEAMLDR_INSTALL || a->rdx == b->rdx);
}

/* Replaces lies: calls that fail were not executed, and calls that succeed were. */
static void make_true(const struct matrix *m, struct sim_fault faults[MATRIX_FAULTS])
{
	uint32_t i;

	memcpy(faults, m->faults, sizeof(m->faults));
	for (i = 0; i < m->nr_faults; i++)
		faults[i].executed = !faults[i].status;
}

/* Does a call report a failure, and has done its work: each time, or beside another fault? */
static bool is_lied_to(const struct matrix *m)
{
	uint32_t i;

	for (i = 0; i < m->nr_faults; i++)
		if (m->faults[i].executed && (m->faults[i].sticky || m->nr_faults > 1) &&
		    m->struck[i])
			return true;
	return false;
}

/* Would the update have seen the same up to call @losing if no status had lied? */
static bool truth_looks_the_same(struct matrix *m, uint64_t seed, uint32_t losing)
{
	size_t bytes = losing * sizeof(*m->calls);
	struct matrix_call *calls = malloc(bytes + 1);
	struct sim_fault faults[MATRIX_FAULTS];
	bool same = calls != NULL;
	uint32_t i;

	make_true(m, faults);
	if (!calls || !m->nr_faults ||
	    !memcmp(faults, m->faults, m->nr_faults * sizeof(*faults))) {
		free(calls);
		return false;
	}
	memcpy(calls, m->calls, bytes);
	matrix_execute(m, MATRIX_OURS, faults, m->nr_faults, seed);
	for (i = 0; same && i < losing; i++)
		same = i < m->nr_calls && same_call(&calls[i], &m->calls[i]);
	free(calls);
	return same;
}

static enum matrix_kind why_lost(struct matrix *m, uint64_t seed, uint32_t losing)
{
	bool left = losing == m->nr_calls, lied_to = is_lied_to(m);
	bool blind = path_is_spoilt(m) && look_is_spoilt(m);

	if (one_says_erased(m))
		return MATRIX_ERASED;
	if (!left && !failed_before(m, losing))
		return MATRIX_UNSEEN;
	if (truth_looks_the_same(m, seed, losing))
		return MATRIX_LIED;
	if (left && lied_to)
		return MATRIX_BELIEVED;
	return blind ? MATRIX_BLIND : MATRIX_LOST;
}

static void judge_loss(struct matrix *m, uint64_t seed, struct matrix_outcome *out)
{
	uint32_t at_risk = matrix_first_at_risk(m);

	out->losing_call = 0;
	out->kind = MATRIX_NO_WAY;
	if (at_risk > m->nr_calls || !matrix_can_save(m, at_risk))
		return;
	out->losing_call = find_losing_call(m, at_risk);
	out->kind = why_lost(m, seed, out->losing_call);
	if (out->kind == MATRIX_LOST && !out->wrong)
		out->wrong = "TDs were lost that could be saved";
}

void matrix_judge(struct matrix *m, uint64_t seed, const char *wrong, struct matrix_outcome *out)
{
	bool alive = matrix_td_lives(m);

	memset(out, 0, sizeof(*out));
	out->verdict = m->update.result.verdict;
	out->confirmed = m->update.result.confirmed;
	if (!wrong)
		wrong = contradiction(m, alive);
	out->excused = wrong && is_excused(m);
	out->wrong = out->excused ? NULL : wrong;
	if (!alive)
		judge_loss(m, seed, out);
}
