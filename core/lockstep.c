// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The step machine: every LP walks one table of steps, in lockstep.
 *
 * The LPs form two trees, whose heads are LP 0 and one other. At the end of a step each LP sends
 * one acknowledgement to its parent, when its own work and the work of all its children is done.
 * The acknowledgement carries the worst outcome of the subtree. The heads exchange what they
 * received, so both know the worst outcome of all. Both look the outcome up in the table, and send
 * the code of the next step (or of the end) down their trees. There is no counter, no lock, and
 * nothing to reset. The messages of an LP are numbered, and all LPs count alike. An LP waits for
 * the message that carries the number it expects.
 *
 * Shared words, their writers, and when they are written:
 *
 *   p->ack[c]  the c-th child of p, once a step, after its work and its children's acks
 *   p->go      the parent of p, once a step, after the parent has read its own
 *   p->meet[i] the other head, once in two steps, after its children's acks
 *   p->turn    the LP before p, once an EACH step, after its work
 *   p->here    p, once a run
 *   fate       the LP that decides first whether the run takes place, once a run
 *
 * Each word is written with ss_publish() (release) or ss_cas() and read with ss_load_acquire().
 * There are no other orderings. Each use below names its partner. A message is a number and a
 * small code in one word, so no LP sees half a message.
 *
 * Arrival. Until all LPs are known to have arrived, any LP may call the run off when its deadline
 * has passed. LP 0 may say "go" at the same time; the other head reports to LP 0 too. Both moves
 * are a compare-and-swap of `fate` to the number of this run, and the first one wins. A straggler
 * finds the run decided and leaves in the same way. After "go" no LP looks at a clock again.
 *
 * Invariants. "seq" is an LP's own count of messages, "run" of its calls.
 *
 *   I1 An LP acknowledges seq s (a head tells the other head) once, after its work in the step
 *      and after its children have acknowledged s. So each head has the worst outcome of s when
 *      all LPs have finished. (L1, L5)
 *   I2 `go` carries s only after I1 for s. An LP starts the next step only after `go`. (L1)
 *   I3 Every chain from a write in step k to a read in step k + 1 on another LP goes up through
 *      acks, maybe across the heads, and down through gos; each link is release/acquire. (L3)
 *   I4 In an EACH step LP i + 1 works after it has read turn = s. LP i writes turn = s after its
 *      own work. (L2)
 *   I5 The two heads look up the same outcome in the same table. On the way down each LP copies
 *      the code, so all LPs see the same code. (L4)
 *   I6 A writer overwrites ack, go or turn with s + 1 only after the reader has read s: the
 *      reader's ack of s + 1 (for ack: the go of s) lies in between. A head is at most one step
 *      ahead of the other head, so two words by turns suffice for meet. (L7)
 *   I7 One CAS moves fate to run r, from a number before r. "go" needs the arrival of all LPs. So
 *      an LP that has not arrived in r finds fate past r only if r was called off. (L6)
 *   I8 All LPs send the same number of messages in a run: 1 + steps visited, or 1 if the run was
 *      called off. Stragglers do so too. So seq stays equal across LPs without a reset. (L7)
 */
#include "lockstep.h"

/* A message: the number in the upper bits, a code below. Only equality of numbers matters. */
#define CODE_BITS	8
#define CODE_MASK	((1u << CODE_BITS) - 1)

static uint32_t message(uint32_t seq, uint32_t code)
{
	return seq << CODE_BITS | code;
}

static bool carries(uint32_t word, uint32_t seq)
{
	return !((word >> CODE_BITS ^ seq) & (UINT32_MAX >> CODE_BITS));
}

/* fate: the run in the upper bits, how it was decided in the lowest. */
enum { GO = 0, CALLED_OFF = 1 };

static uint32_t fate_of(uint32_t run, uint32_t decision)
{
	return run << 1 | decision;
}

/* Is run @at the run @run or a later one? Fate has 31 bits for the number, which wraps there. */
static bool reached(uint32_t at, uint32_t run)
{
	return !((at - run) & (1u << 30));
}

static bool decided(uint32_t fate, uint32_t run)
{
	return reached(fate >> 1, run);
}

/* Decide this run, unless another LP has decided it. On return the run is decided. */
static void decide(struct ss_lockstep *ls, uint32_t run, uint32_t decision)
{
	uint32_t fate = ss_load_acquire(&ls->fate);

	while (!decided(fate, run)) {
		/*
		 * The CAS releases to the acquire in arrive() and in wait_arrival(): on GO the
		 * whole machine's acks, which LP 0 has acquired, come before the first step.
		 */
		if (ss_cas(&ls->fate, fate, fate_of(run, decision))) {
			ss_wake(&ls->fate);
			return;
		}
		fate = ss_load_acquire(&ls->fate);
	}
}

/*
 * Wait until @w carries this LP's number, or the run is decided: then the acknowledgement will not
 * come. Returns false if the run was called off.
 */
static bool wait_arrival(struct ss_lockstep *ls, struct ss_lockstep_lp *me,
			 const struct ss_word *w, uint64_t deadline)
{
	uint32_t fate, seen = ss_load_acquire(w);	/* pairs with acknowledge(), tell_peer() */

	while (!carries(seen, me->seq)) {
		fate = ss_load_acquire(&ls->fate);	/* pairs with decide() */
		if (decided(fate, me->run))
			return false;
		if (ss_expired(deadline))
			decide(ls, me->run, CALLED_OFF);
		else
			ss_wait(w, seen);
		seen = ss_load_acquire(w);
	}
	return true;
}

/* Tell the parent that this LP and all below it are done; the partner is its wait for ack[]. */
static void acknowledge(struct ss_lockstep *ls, struct ss_lockstep_lp *me, uint32_t outcome)
{
	ss_publish(&ls->lps[me->parent].ack[me->slot], message(me->seq, outcome));
}

/* Which word of meet[] carries this message, see I6. */
static uint32_t by_turns(uint32_t seq)
{
	return seq & 1;
}

/* The same between the heads; the partners are the waits for meet[]. */
static void tell_peer(struct ss_lockstep *ls, struct ss_lockstep_lp *me, uint32_t outcome)
{
	ss_publish(&ls->lps[me->peer].meet[by_turns(me->seq)], message(me->seq, outcome));
}

/* Wait for all LPs that report to this one. Returns false if the run was called off meanwhile. */
static bool gather(struct ss_lockstep *ls, struct ss_lockstep_lp *me, uint32_t lp,
		   uint64_t deadline)
{
	uint32_t i;

	for (i = 0; i < me->nr_children; i++)
		if (!wait_arrival(ls, me, &me->ack[i], deadline))
			return false;
	return lp || me->peer == SS_NO_LP ||
	       wait_arrival(ls, me, &me->meet[by_turns(me->seq)], deadline);
}

/* Report the arrival and wait for the decision. Returns whether the run takes place. */
static bool arrive(struct ss_lockstep *ls, struct ss_lockstep_lp *me, uint32_t lp)
{
	uint64_t deadline = ls->arrival_ns ? ss_now_ns() + ls->arrival_ns : 0;
	uint32_t fate;

	if (gather(ls, me, lp, deadline)) {
		if (lp == 0)
			decide(ls, me->run, GO);
		else if (me->parent == SS_NO_LP)
			tell_peer(ls, me, 0);
		else
			acknowledge(ls, me, 0);
	}

	fate = ss_load_acquire(&ls->fate);		/* pairs with decide() */
	while (!decided(fate, me->run)) {
		if (ss_expired(deadline))
			decide(ls, me->run, CALLED_OFF);
		else
			ss_wait(&ls->fate, fate);
		fate = ss_load_acquire(&ls->fate);
	}
	me->seq++;
	return fate == fate_of(me->run, GO);		/* I7: a later run means "called off" */
}

static uint32_t wait_message(const struct ss_word *w, uint32_t seq)
{
	uint32_t seen = ss_load_acquire(w);

	while (!carries(seen, seq)) {
		ss_wait(w, seen);
		seen = ss_load_acquire(w);
	}
	return seen & CODE_MASK;
}

/* Run a step's function. An outcome that no table can hold becomes one that is a trap. */
static uint32_t call(const struct ss_lockstep *ls, const struct ss_step *step, uint32_t lp)
{
	uint32_t outcome = step->fn(ls->ctx, lp);

	return ss_sound(outcome < SS_OUTCOMES) ? outcome : CODE_MASK;
}

/* This LP's part of a step. Returns its outcome. */
static uint32_t work(struct ss_lockstep *ls, struct ss_lockstep_lp *me, uint32_t lp,
		     const struct ss_step *step)
{
	uint32_t outcome;

	if (step->mode == SS_ONE)
		return lp == 0 ? call(ls, step, lp) : 0;
	if (step->mode == SS_ALL)
		return call(ls, step, lp);

	if (lp > 0)
		wait_message(&me->turn, me->seq);	/* pairs with the publish below, I4 */
	outcome = call(ls, step, lp);
	if (lp + 1 < ls->nr_lps)
		ss_publish(&ls->lps[lp + 1].turn, message(me->seq, 0));
	return outcome;
}

/* The worst outcome of all LPs, from the outcomes of the two heads. */
static uint32_t agree(struct ss_lockstep *ls, struct ss_lockstep_lp *me, uint32_t outcome)
{
	uint32_t other;

	if (me->peer == SS_NO_LP)
		return outcome;
	tell_peer(ls, me, outcome);
	other = wait_message(&me->meet[by_turns(me->seq)], me->seq);	/* pairs with tell_peer() */
	return other > outcome ? other : outcome;
}

/*
 * What the table says for @outcome. The table is constant and both heads have the same outcome, so
 * both fall into the same trap, and all LPs leave with the same verdict.
 */
static int8_t look_up(const struct ss_step *step, uint32_t outcome)
{
	if (ss_sound(outcome < SS_OUTCOMES) && ss_sound(step->next[outcome]))
		return step->next[outcome];
	return SS_END(SS_TRAPPED);
}

/* Acknowledge a step and learn what follows: an entry of ss_step.next, the same on all LPs. */
static uint32_t finish(struct ss_lockstep *ls, struct ss_lockstep_lp *me,
		       const struct ss_step *step, uint32_t outcome)
{
	uint32_t code, ack, i;

	for (i = 0; i < me->nr_children; i++) {
		ack = wait_message(&me->ack[i], me->seq);	/* pairs with acknowledge() */
		if (ack > outcome)
			outcome = ack;
	}
	if (me->parent == SS_NO_LP) {
		code = (uint8_t)look_up(step, agree(ls, me, outcome));
	} else {
		acknowledge(ls, me, outcome);
		code = wait_message(&me->go, me->seq);		/* pairs with the publish below */
	}
	for (i = 0; i < me->nr_children; i++)
		ss_publish(&ls->lps[me->child[i]].go, message(me->seq, code));
	me->seq++;
	return code;
}

uint32_t ss_lockstep_run(struct ss_lockstep *ls, uint32_t lp)
{
	struct ss_lockstep_lp *me = &ls->lps[lp];
	const struct ss_step *step;
	int8_t next = SS_TO(0);

	me->run++;
	ss_store(&me->here, me->run);	/* a hint for ss_lockstep_missing(), orders nothing */
	if (!arrive(ls, me, lp))
		return SS_NOT_ARRIVED;
	while (next > 0) {
		step = &ls->program[next - 1];
		next = (int8_t)finish(ls, me, step, work(ls, me, lp, step));
	}
	return (uint32_t)SS_END(next);
}

uint32_t ss_lockstep_missing(const struct ss_lockstep *ls)
{
	uint32_t run = ss_load(&ls->fate) >> 1, lp;

	for (lp = 0; lp < ls->nr_lps; lp++)
		if (!reached(ss_load(&ls->lps[lp].here), run))
			return lp;
	return SS_NO_LP;
}

static void attach(struct ss_lockstep *ls, uint32_t lp, uint32_t parent)
{
	struct ss_lockstep_lp *p = &ls->lps[parent], *me = &ls->lps[lp];

	me->parent = parent;
	me->slot = p->nr_children;
	p->child[p->nr_children++] = lp;
}

static void reset(struct ss_lockstep *ls, struct ss_lockstep_lp *lps, uint32_t nr_lps)
{
	memset(ls, 0, sizeof(*ls));
	memset(lps, 0, nr_lps * sizeof(*lps));
	ls->lps = lps;
	ls->nr_lps = nr_lps;
	/* The first message is 1 and the first run is 1: zeroed words carry neither. */
	while (nr_lps--) {
		lps[nr_lps].seq = 1;
		lps[nr_lps].parent = SS_NO_LP;
		lps[nr_lps].peer = SS_NO_LP;
	}
}

static void make_heads(struct ss_lockstep *ls, uint32_t other)
{
	ls->lps[0].peer = other;
	ls->lps[other].peer = 0;
}

bool ss_lockstep_init(struct ss_lockstep *ls, struct ss_lockstep_lp *lps, uint32_t nr_lps,
		      uint32_t arity)
{
	uint32_t lp;

	if (!nr_lps || !arity || arity > SS_MAX_CHILDREN)
		return false;
	reset(ls, lps, nr_lps);
	if (nr_lps > 1)
		make_heads(ls, 1);
	for (lp = 2; lp < nr_lps; lp++)
		attach(ls, lp, (lp - 2) / arity);
	return true;
}

/* The first LP of @lp's group. LPs of one group need not have neighbouring numbers. */
static uint32_t leader(const uint32_t *group, uint32_t lp)
{
	uint32_t i = 0;

	while (group[i] != group[lp])
		i++;
	return i;
}

/*
 * Join the LPs of each group into a tree of @arity, in the order of their numbers, with the first
 * LP on top. LPs with the same value in @group are one group; NULL makes one group of all LPs. Only
 * LPs that head a finer group in @of take part. The group of all LPs becomes two trees if two LPs
 * take part; the function returns whether it did. Word turn[n] holds the n-th head meanwhile; no
 * run uses the word yet.
 */
static bool join_heads(struct ss_lockstep *ls, const uint32_t *group, const uint32_t *of,
		       uint32_t arity)
{
	uint32_t first, lp, nth, tops = group ? 1 : 2;

	for (first = 0; first < ls->nr_lps; first++) {
		if (group ? leader(group, first) != first : first)
			continue;
		nth = 0;
		for (lp = first; lp < ls->nr_lps; lp++) {
			if ((group && group[lp] != group[first]) || leader(of, lp) != lp)
				continue;
			ss_store(&ls->lps[nth].turn, lp);
			if (nth >= tops)
				attach(ls, lp, ss_load(&ls->lps[(nth - tops) / arity].turn));
			nth++;
		}
		if (!group && nth > 1)
			make_heads(ls, ss_load(&ls->lps[1].turn));
	}
	return !group && ls->lps[0].peer != SS_NO_LP;
}

bool ss_lockstep_init_topology(struct ss_lockstep *ls, struct ss_lockstep_lp *lps,
			       uint32_t nr_lps, uint32_t arity, const uint32_t *core,
			       const uint32_t *socket)
{
	uint32_t lp, head, threads_max = SS_MAX_CHILDREN - 2 * arity;
	bool two;

	if (!nr_lps || !arity || arity > 6)
		return false;
	reset(ls, lps, nr_lps);
	for (lp = 0; lp < nr_lps; lp++) {
		head = leader(core, lp);
		if (head == lp)
			continue;
		if (lps[head].nr_children == threads_max)
			return ss_lockstep_init(ls, lps, nr_lps, arity);
		attach(ls, lp, head);
	}
	for (lp = nr_lps; socket && socket[--lp] == socket[0];)
		socket = lp ? socket : NULL;	/* one socket is as good as none */
	if (socket)
		join_heads(ls, socket, core, arity);
	two = join_heads(ls, NULL, socket ? socket : core, arity);
	for (lp = 0; lp < nr_lps; lp++)
		ss_store(&lps[lp].turn, 0);
	return two || ss_lockstep_init(ls, lps, nr_lps, arity);
}

void ss_lockstep_prepare(struct ss_lockstep *ls, const struct ss_step *program, void *ctx,
			 uint64_t arrival_ns)
{
	ls->program = program;
	ls->ctx = ctx;
	ls->arrival_ns = arrival_ns;
}
