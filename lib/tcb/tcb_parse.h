/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The text of a tcbInfo object, once its signature was verified. */
#ifndef SS_LIB_TCB_TCB_PARSE_H
#define SS_LIB_TCB_TCB_PARSE_H

#include "tcb.h"

/**
 * tcb_parse - read every field that judging needs
 * The signer is trusted, and the bounds hold all the same. A duplicate key is refused in every
 * object that is read. *@info is set only if OK is returned.
 */
enum tcb_answer tcb_parse(struct ss_bytes text, struct tcb_info **info, char why[TCB_WHY]);

#endif
