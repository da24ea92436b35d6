/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* What place.c (on the LPs' stacks) and machine.c (on the OS thread's stack) share. */
#ifndef SS_VIRTUAL_MACHINE_H
#define SS_VIRTUAL_MACHINE_H

#include "virtual.h"

/* The machine whose LP runs on this OS thread; NULL while none does. machine.c writes it. */
extern struct virtual_machine *virtual_running;

/* The dense number of a word. */
uint32_t virtual_object(struct virtual_machine *m, const struct ss_word *w);
void virtual_note_decision(struct virtual_machine *m, uint32_t decision);
void virtual_note_read(struct virtual_lp *lp, const struct ss_word *w, uint32_t value);

#endif
