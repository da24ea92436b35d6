/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The broken twins of the core: SS_MUTATE() by number, what each breaks, and where it must show. */
#ifndef SS_TESTS_MUTANTS_H
#define SS_TESTS_MUTANTS_H

/* X(number, text): in core/lockstep.c */
#define LOCKSTEP_MUTANTS(X) \
	X(1, "only this very run's decision counts, a straggler overwrites a later one") \
	X(2, "the decision is stored without looking whether there is one: deadline after GO") \
	X(3, "acknowledgement by a plain store") \
	X(4, "a run that was called off does not count its message") \
	X(5, "any message will do, its number is not looked at: counter reset too late") \
	X(6, "messages are read without acquire") \
	X(7, "a ONE step runs on two LPs") \
	X(8, "EACH does not wait for its turn: overlapping") \
	X(9, "the turn is passed on by a plain store") \
	X(10, "acknowledge before the work below is done") \
	X(11, "the children's outcomes are not looked at: failure flag read too early") \
	X(12, "what follows is said by a plain store") \
	X(13, "the heads tell each other by a plain store") \
	X(14, "the heads use one word for all messages: overwritten before it is read")

/* X(number, text): in core/update*.c */
#define UPDATE_MUTANTS(X) \
	X(20, "fallback chosen against the SVN rule") \
	X(21, "RDX ignored") \
	X(22, "an INSTALL session is left open when a call did not count") \
	X(23, "a failed SYS.UPDATE is taken for done") \
	X(24, "a failed shutdown is taken for done") \
	X(25, "the SVN of what was installed is not taken note of")

#endif
