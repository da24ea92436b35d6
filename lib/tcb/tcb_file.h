/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Regular files of a bounded size, read whole. */
#ifndef SS_LIB_TCB_TCB_FILE_H
#define SS_LIB_TCB_TCB_FILE_H

#include "tcb.h"

/**
 * tcb_file_read - read a whole file
 * @out: malloc'd bytes on success
 * Returns OK, UNREADABLE, TOO_LARGE or NO_MEMORY. A FIFO or a device is UNREADABLE: it would block.
 */
enum tcb_answer tcb_file_read(const char *path, size_t limit, struct ss_bytes *out,
			      char why[TCB_WHY]);

#endif
