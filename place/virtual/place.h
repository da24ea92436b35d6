/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The place "virtual": all LPs are fibers on one OS thread, and a scheduler decides every access.
 */
#ifndef SS_VIRTUAL_PLACE_H
#define SS_VIRTUAL_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SS_LINE_ALIGNED __attribute__((aligned(64)))

struct ss_word {
	uint32_t v;
};

/*
 * place.c defines the functions of core/platform.h. Each that accesses a word is a scheduling point
 * when an LP calls it. Outside of LPs (setting up, checking) and between virtual_seam_begin() and
 * virtual_seam_end() it is a plain access. ss_broken() ends the execution as a failure, with its
 * schedule; outside of LPs the program aborts.
 */
#define SS_PLACE_EXPIRES

#endif
