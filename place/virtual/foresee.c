/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Foresight: would an LP that stands before a load go on waiting, if the word had another value?
 *
 * The LP runs from its load to its next call of the machine, as if the load had returned that
 * value. Then the LP is restored: registers, stack, and the machine's record of the LP. All this
 * happens on the LP's own stack, because the LP is stopped right before anything else: an announced
 * operation, an answer of the environment, a write of plain memory, the end of the program. So a
 * question has only one effect: new words get numbers.
 *
 * For this each write of memory outside of the LP's own stack must be announced before the write,
 * by instrumentation or by hand (virtual_plain_write(), virtual_effect()). A program says that it
 * announces all such writes (virtual_program.announces). Without that, nothing is foreseen.
 */
#include "machine.h"

#define STACK_ROOM	4096u

/* The LP waits for this word alone to change. */
static bool stands_where_it_stood(const struct virtual_lp *lp, const struct virtual_operation *op)
{
	return lp->waited && !lp->watching && lp->nr_reads == 1 && lp->reads[0].word == op->word &&
	       lp->op.kind == op->kind && lp->op.word == op->word;
}

bool virtual_would_wait(struct virtual_machine *m, uint32_t process, uint32_t value)
{
	unsigned char stack[STACK_ROOM];
	struct virtual_lp *lp = &m->lps[process], before;
	size_t used = m->program.announces ? fiber_save(&lp->fiber, stack, sizeof(stack)) : 0;
	bool waits;

	if (!used)
		return false;
	before = *lp;
	lp->foreseeing = true;
	lp->result = value;
	/* A value read before the last read of the word does not belong to a loop of one load. */
	lp->nr_reads = 0;
	virtual_note_read(lp, lp->op.word, value);
	m->current = lp;
	fiber_switch(&m->main, &lp->fiber);
	m->current = NULL;
	waits = !lp->spoilt && stands_where_it_stood(lp, &before.op);
	*lp = before;
	fiber_restore(&lp->fiber, stack, used);
	return waits;
}
