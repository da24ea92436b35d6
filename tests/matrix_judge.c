// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* What an update under faults must come to: its verdict by the model, its TDs by the solver. */
#include "matrix_judge.h"

#define KIND_TEXT(name, text) text,
static const char *const kind_texts[] = { MATRIX_KINDS(KIND_TEXT) };
#undef KIND_TEXT

const char *matrix_kind_text(enum matrix_kind kind)
{
	return kind_texts[kind];
}

/* Does the module that runs fit the verdict? The TDs live. */
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

static const char *check_verdict(struct matrix *m, bool alive)
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
 * The call before which the TDs could still be saved, and after which no longer; nr_calls where
 * they can be saved to the end. Each point can be reached from those before it, so there is one
 * such call behind @at, where they can be saved.
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

static enum matrix_kind why_lost(struct matrix *m, uint32_t losing)
{
	const struct matrix_call *call = &m->calls[losing];

	if (losing == m->nr_calls)
		return MATRIX_LOST;
	if (call->in.rax == SS_LEAF_SEAMLDR_INSTALL && call->status && call->rdx)
		return MATRIX_ERASED;
	return failed_before(m, losing) ? MATRIX_LOST : MATRIX_UNSEEN;
}

static void judge_loss(struct matrix *m, struct matrix_outcome *out)
{
	uint32_t at_risk = matrix_first_at_risk(m);

	out->losing_call = 0;
	out->kind = MATRIX_NO_WAY;
	if (at_risk > m->nr_calls || !matrix_can_save(m, at_risk))
		return;
	out->losing_call = find_losing_call(m, at_risk);
	out->kind = why_lost(m, out->losing_call);
	if (out->kind == MATRIX_LOST && !out->wrong)
		out->wrong = "TDs were lost that could be saved";
}

void matrix_judge(struct matrix *m, const char *wrong, struct matrix_outcome *out)
{
	bool alive = matrix_td_lives(m);
	uint32_t i;

	memset(out, 0, sizeof(*out));
	for (i = 0; i < m->nr_faults; i++)
		out->struck[i] = matrix_struck(m, i);
	out->verdict = m->update.result.verdict;
	out->wrong = wrong ? wrong : check_verdict(m, alive);
	if (!alive)
		judge_loss(m, out);
}
