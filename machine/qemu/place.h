/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The place "QEMU": what core/platform.h asks for. LPs are vCPU threads. */
#ifndef SS_QEMU_PLACE_H
#define SS_QEMU_PLACE_H

#include <string.h>

#define SS_PLACE_HAS_MEMORY

/* QEMU's build asks for this warning. core/platform.h declares again what is defined here. */
#pragma GCC diagnostic ignored "-Wredundant-decls"
#include "../../place/atomics.h"

static inline void ss_publish(struct ss_word *w, uint32_t v)
{
	__atomic_store_n(&w->v, v, __ATOMIC_RELEASE);
}

/* Nobody waits: the machine runs no step machine of ours. */
static inline void ss_wait(const struct ss_word *w, uint32_t seen)
{
	(void)w;
	(void)seen;
}

static inline void ss_wake(struct ss_word *w)
{
	(void)w;
}

#endif
