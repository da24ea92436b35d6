/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What the core asks of the place it runs in, and nothing else.
 *
 * A place supplies one header, place.h, found on the include path: place/thread (POSIX threads),
 * place/virtual (deterministic schedulers), linux (the kernel). That header has the fixed-width
 * integer types, size_t, bool, NULL; struct ss_word; and SS_LINE_ALIGNED, which aligns a type to a
 * cache line (64 bytes or more). It defines any of the functions below as inline functions, and the
 * place defines the others. core/ and sim/ use nothing beyond.
 *
 * What varies from machine to machine at run time (SEAMCALL itself, buffers) is struct ss_machine.
 */
#ifndef SS_CORE_PLATFORM_H
#define SS_CORE_PLATFORM_H

#include "place.h"

/*
 * The functions that a compiler expects of a freestanding program. A place whose own headers
 * declare them defines SS_PLACE_HAS_MEMORY.
 */
#ifndef SS_PLACE_HAS_MEMORY
void *memcpy(void *restrict dst, const void *restrict src, size_t n);
void *memmove(void *dst, const void *src, size_t n);
void *memset(void *dst, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
#endif

/*
 * struct ss_word is a 32-bit word that several LPs access at once, and these are the only ways to
 * access one. A plain member of a shared structure says "no concurrent writer", an ss_word says
 * "racing on purpose".
 */
uint32_t ss_load(const struct ss_word *w);		/* relaxed */
uint32_t ss_load_acquire(const struct ss_word *w);	/* pairs with ss_publish(), ss_cas() */
void ss_store(struct ss_word *w, uint32_t v);		/* relaxed */
void ss_publish(struct ss_word *w, uint32_t v);		/* release; wakes LPs in ss_wait(w) */
/* Acquire and release on success, acquire on failure; does not wake. */
bool ss_cas(struct ss_word *w, uint32_t old, uint32_t new);
/* Acquire and release; returns the value before; does not wake. */
uint32_t ss_add(struct ss_word *w, uint32_t v);
void ss_fence(void);			/* full fence: earlier stores before later loads */

/*
 * Called in a loop by an LP that read @seen from @w and cannot go on. The call comes back when @w
 * may have changed, spuriously at any time, and in every case within about a millisecond (with more
 * LPs than cores, up to 20 microseconds for each LP). So a loop may look at other words and at a
 * deadline too. Here a place relaxes the core, sleeps on a futex, looks after watchdogs, or
 * schedules another LP. The call orders nothing.
 */
void ss_wait(const struct ss_word *w, uint32_t seen);
/* Wakes LPs in ss_wait(w) after ss_cas() or ss_add(). Nothing where waiting is spinning. */
void ss_wake(struct ss_word *w);

/* A clock that never runs backwards, the same on all LPs. */
uint64_t ss_now_ns(void);

/*
 * ss_now_ns() has reached @deadline_ns; 0 means "never". A place with its own ss_expired() defines
 * SS_PLACE_EXPIRES: an exhaustive scheduler tries both answers.
 */
#ifdef SS_PLACE_EXPIRES
bool ss_expired(uint64_t deadline_ns);
#else
static inline bool ss_expired(uint64_t deadline_ns)
{
	return deadline_ns && ss_now_ns() >= deadline_ns;
}
#endif

/*
 * An assertion of the core or of the model does not hold. User space prints it and aborts. A kernel
 * leaves a line in its log and returns: a panic with the machine stopped would lose what can still
 * be saved.
 */
void ss_broken(const char *file, int line, const char *what);

struct ss_regs;

/*
 * ss_sound(cond) - hold a step of an argument: true if @cond is true, which it always is
 *
 * Where the argument is wrong, the place is told file, line and text, and the expression is false,
 * so that the caller takes its failing path. Cheap, compiled in everywhere.
 */
#define ss_sound(cond)					\
	(__builtin_expect(!!(cond), 1) ||		\
	 (ss_broken(__FILE__, __LINE__, #cond), false))

/* The caller of such a function looks at what it returns. */
#define SS_MUST_CHECK __attribute__((warn_unused_result))

#define SS_ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* A buffer that both the host and the SEAM firmware see. */
struct ss_buffer {
	uint8_t *va;
	uint64_t pa;		/* shared (no private key ID) physical address of va[0] */
	uint32_t bytes;		/* contiguous from there */
};

/**
 * struct ss_machine - the machine as the update flow sees it
 * @ctx:      passed to each function
 * @nr_lps:   LPs that take part, numbered 0 .. nr_lps - 1; LP 0 leads
 * @seamcall: execute SEAMCALL on LP @lp, which is the caller's own. Takes the leaf in
 *            regs->rax, leaves outputs in @regs, returns the status: RAX, or
 *            one of the software-defined statuses where the firmware was not entered
 * @check_lp: may be NULL. Is this LP fit for SEAMCALLs (VMX root operation)? Returns 0,
 *            or the status that a SEAMCALL would have
 * @repair:   may be NULL. @leaf failed on this LP with @status, which says that the
 *            LP's set-up is wrong (IA32_MISC_ENABLE[22], an MSR). Returns true if it
 *            was put right, so that the call is worth repeating
 * @trace:    may be NULL. This LP begins, or has ended, its part of a step (enum ss_update_step)
 *            for the image of that index in the plan
 *
 * Context of all: on LP @lp with interrupts off, inside the stopped window.
 * They do not sleep.
 */
struct ss_machine {
	void *ctx;
	uint32_t nr_lps;
	uint64_t (*seamcall)(void *ctx, uint32_t lp, struct ss_regs *regs);
	uint64_t (*check_lp)(void *ctx, uint32_t lp);
	bool (*repair)(void *ctx, uint32_t lp, uint64_t leaf, uint64_t status);
	void (*trace)(void *ctx, uint32_t lp, uint32_t step, uint32_t image, bool begin);
};

#endif
