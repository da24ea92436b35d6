/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The virtual machine: LPs are fibers, and a scheduler picks which LP makes the next shared access.
 */
#ifndef SS_VIRTUAL_VIRTUAL_H
#define SS_VIRTUAL_VIRTUAL_H

#include "core/platform.h"

#include "fiber.h"

/* Is the core built so that each of its writes is announced? A build with sanitizers is not. */
#ifndef VIRTUAL_INSTRUMENTED
#define VIRTUAL_INSTRUMENTED	false
#endif

#define VIRTUAL_MAX_LPS		4096u
#define VIRTUAL_READS		32u	/* longest loop body around an ss_wait(), in loads */
#define VIRTUAL_STORES		16u	/* entries of an LP's store buffer */
#define VIRTUAL_ACCESSES	(VIRTUAL_READS + 1)

enum virtual_memory { VIRTUAL_SC, VIRTUAL_TSO };

/* Operations that a scheduler sees. X(name, text) */
#define VIRTUAL_KINDS(X) \
	X(LOAD, "load") \
	X(LOAD_ACQUIRE, "load-acq") \
	X(STORE, "store") \
	X(PUBLISH, "publish") \
	X(CAS, "cas") \
	X(ADD, "add") \
	X(FENCE, "fence") \
	X(SEAM, "seamcall") \
	X(FLUSH, "flush")
#define VIRTUAL_KIND_ENUM(name, text) VIRTUAL_##name,
enum virtual_kind { VIRTUAL_KINDS(VIRTUAL_KIND_ENUM) VIRTUAL_KIND_NR };
#undef VIRTUAL_KIND_ENUM

/* How an execution ended. X(name, text) */
#define VIRTUAL_ENDS(X) \
	X(DONE, "all LPs left") \
	X(FAILED, "a check failed") \
	X(DEADLOCK, "deadlock: LPs wait for what nobody will write") \
	X(LIVELOCK, "livelock: no end within the limit of events") \
	X(STOPPED, "stopped by the scheduler")
#define VIRTUAL_END_ENUM(name, text) VIRTUAL_END_##name,
enum virtual_end { VIRTUAL_ENDS(VIRTUAL_END_ENUM) };
#undef VIRTUAL_END_ENUM

/* The program. Each execution must use the same memory, and reset() must restore its contents. */
struct virtual_program {
	uint32_t nr_lps;
	/* Each write outside of an LP's stack is announced before the write: see foresee.c. */
	bool announces;
	void *arg;
	void (*reset)(void *arg);
	void (*body)(void *arg, uint32_t lp);	/* one LP */
	void (*check)(void *arg);		/* after all LPs have left; may be NULL */
	/* For reports: the name of a word; false if unknown. May be NULL. */
	bool (*name)(void *arg, const struct ss_word *w, char *out, size_t bytes);
};

struct virtual_operation {
	uint8_t kind;
	bool commutes;			/* SEAM: with operations that commute too */
	const char *note;		/* SEAM: its name */
	const struct ss_word *word;
	uint32_t object;		/* dense number of @word; 0 for the SEAM */
	uint32_t value, old;
};

/* What happened in one transition of one process. */
struct virtual_event {
	uint32_t process;		/* an LP, or nr_lps + LP for that LP's store buffer */
	struct virtual_operation op;
	uint32_t before, after;		/* value in memory, or as this LP sees the word */
	bool writes;			/* memory was written */
	bool timeout;			/* the LP came back because its deadline passed */
	bool stutter; /* a load in a wait loop that found nothing new: no effect */
};

struct virtual_access {
	uint32_t object;
	bool write;
};

struct virtual_machine;
struct virtual_sched;

#define VIRTUAL_NOBODY	UINT32_MAX
#define VIRTUAL_ANSWER	0x80000000u

struct virtual_sched_ops {
	/* All of these except pick() may be NULL. */
	void (*begin)(struct virtual_sched *s, struct virtual_machine *m);
	/*
	 * Returns the next process, which virtual_enabled() must allow, or VIRTUAL_NOBODY to stop.
	 */
	uint32_t (*pick)(struct virtual_sched *s, struct virtual_machine *m);
	void (*done)(struct virtual_sched *s, struct virtual_machine *m,
		     const struct virtual_event *e);
	/* Returns one of @n answers; NULL: always 0. Called on an LP's stack. */
	uint32_t (*choose)(struct virtual_sched *s, struct virtual_machine *m, uint32_t lp,
			   uint32_t n);
	uint64_t (*now)(struct virtual_sched *s, struct virtual_machine *m, uint32_t lp);
	/* The answers of the last event turned out not to matter. */
	void (*forget_choices)(struct virtual_sched *s);
	/* now() returns the time, so the scheduler does not choose when a deadline passes. */
	bool real_clock;
};

struct virtual_sched {
	const struct virtual_sched_ops *ops;
};

/* One LP's read, and the value that the LP saw. */
struct virtual_read {
	const struct ss_word *word;
	uint32_t object, value;
};

struct virtual_store {
	struct virtual_operation op;
	uint32_t *release; /* clock that the store carries; NULL without race detection */
};

struct virtual_lp {
	struct fiber fiber;
	struct virtual_machine *machine;
	uint32_t lp;
	bool done;
	struct virtual_operation op;	/* the next one, announced */
	uint32_t result;
	uint64_t steps;
	/* Loads since the last write or wait: these may be the body of a wait loop. */
	struct virtual_read reads[VIRTUAL_READS];
	uint32_t nr_reads;
	uint64_t watching;		/* the last deadline that the LP looked at since then */
	uint64_t expired;		/* the LP has seen deadlines up to here pass */
	/* In ss_wait(): the LP is blocked until one of these changes, or the deadline passes. */
	bool waiting, waited;
	const struct ss_word *wait_word;
	struct virtual_read guard[VIRTUAL_READS];
	uint32_t nr_guard;
	uint64_t guard_deadline;
	/* TSO: stores that other LPs do not see yet, oldest first. */
	struct virtual_store stores[VIRTUAL_STORES];
	uint32_t nr_stores;
	uint32_t seam_depth;
	/* The LP runs to be foreseen (foresee.c); it has met an action that cannot be undone. */
	bool foreseeing, spoilt;
};

struct virtual_race;

struct virtual_machine {
	struct virtual_program program;
	enum virtual_memory memory;
	uint32_t nr_lps, nr_processes;
	uint32_t max_events;
	struct virtual_sched *sched;
	struct virtual_lp *lps;
	struct virtual_lp *current;
	struct fiber main;
	/* Objects: the words that were accessed, numbered from 1 by first access. */
	const struct ss_word **words;
	uint32_t nr_words, room_words;
	uint32_t *hash;
	uint32_t hash_mask;
	/* The execution under way, or the last one. */
	struct virtual_event *events;
	uint32_t nr_events, room_events;
	bool keep_events;		/* all, for a report; otherwise only the last */
	/* Every decision: a picked process, or VIRTUAL_ANSWER | the answer. */
	uint32_t *decisions;
	uint32_t nr_decisions, room_decisions;
	uint32_t left;			/* LPs that are done */
	enum virtual_end end;
	char failure[256];
	struct virtual_race *race;
};

/**
 * virtual_create - a machine for @program
 * @races: check also that release and acquire order all plain accesses (for few LPs)
 * Context: one OS thread, one execution at a time. Returns NULL if there is no memory.
 */
struct virtual_machine *virtual_create(const struct virtual_program *program,
				       enum virtual_memory memory, bool races);
void virtual_destroy(struct virtual_machine *m);

/* Run the program once. The result is also in m->end, m->failure. */
enum virtual_end virtual_execute(struct virtual_machine *m, struct virtual_sched *s);
const char *virtual_end_text(enum virtual_end end);

/* For schedulers. */
bool virtual_enabled(const struct virtual_machine *m, uint32_t process);
/* The process is enabled only because its deadline may pass. */
bool virtual_only_by_timeout(const struct virtual_machine *m, uint32_t process);
/* What the next move of @process touches. Returns the number of accesses; 0: no next move. */
uint32_t virtual_next_accesses(const struct virtual_machine *m, uint32_t process,
			       struct virtual_access out[VIRTUAL_ACCESSES]);
/*
 * The LP @process is about to load a word. If the word had @value, would the LP wait for another
 * change of that word alone? Returns false also if the answer cannot be found.
 */
bool virtual_would_wait(struct virtual_machine *m, uint32_t process, uint32_t value);
static inline const struct virtual_event *virtual_last_event(const struct virtual_machine *m)
{
	return &m->events[m->keep_events ? m->nr_events - 1 : 0];
}

/* ---- called by programs, on an LP ------------------------------------------------------------ */

/* Returns one of @n answers of the environment. An exhaustive scheduler tries all answers. */
uint32_t virtual_choose(uint32_t n);
/* The property does not hold. Ends the execution. check() may call this too. */
void virtual_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
/*
 * All actions up to virtual_seam_end() are one operation, on the SEAM. @commutes: the operation
 * commutes with all others that commute.
 */
void virtual_seam_begin(const char *name, bool commutes);
void virtual_seam_end(void);
/*
 * @object is read or written without an ss_word. Fails if release and acquire do not order this
 * access after the last conflicting one.
 */
void virtual_plain_read(const void *object, size_t bytes);
void virtual_plain_write(const void *object, size_t bytes);
/* Announces a write of memory that no other LP uses. Needed where virtual_program.announces. */
void virtual_effect(void);
/* The running LP, or VIRTUAL_NOBODY. */
uint32_t virtual_self(void);

/* ---- race.c: happens-before by release and acquire only -------------------------------------- */

struct virtual_race *virtual_race_create(uint32_t nr_lps);
void virtual_race_destroy(struct virtual_race *r);
void virtual_race_reset(struct virtual_race *r);
/* @release: clock of a store that leaves a store buffer; NULL: the LP's own clock, as of now. */
void virtual_race_event(struct virtual_race *r, uint32_t lp, const struct virtual_operation *op,
			bool success, const uint32_t *release);
/*
 * Returns the clock that a buffered store carries. The caller gives the clock back to
 * virtual_race_event(), which frees it.
 */
uint32_t *virtual_race_release(struct virtual_race *r, uint32_t lp,
			       const struct virtual_operation *op);
/* Returns the LP whose access races with this one, or VIRTUAL_NOBODY. */
uint32_t virtual_race_plain(struct virtual_race *r, uint32_t lp, uintptr_t address, size_t bytes,
			    bool write);

/* ---- trace.c: reports, of the last execution of a machine with keep_events ------------------- */

/* A table: one line an event, one column an LP. The caller frees the table. */
char *virtual_table(const struct virtual_machine *m);
/* All decisions in one word, for virtual_replay(). The caller frees the word. */
char *virtual_schedule(const struct virtual_machine *m);
/* The decisions in @schedule, for the caller to free; *@nr: how many. NULL: no schedule. */
uint32_t *virtual_schedule_parse(const char *schedule, uint32_t *nr);

/* ---- schedulers: an object each, to be used as &x.sched -------------------------------------- */

/* random.c. All are deterministic functions of the seed. */
struct virtual_random {
	struct virtual_sched sched;
	uint64_t seed, state;
	/* PCT: @depth - 1 priority changes within the first @length events. 0: plain random. */
	uint32_t depth, length;
	uint32_t changes[16], nr_changes;
	uint32_t *priority;		/* of each process; the highest enabled one runs */
	uint32_t nr_processes;
};
/* Picks any enabled process. A process that would time out is picked rarely. */
void virtual_random_init(struct virtual_random *r);
/* PCT (Burckhardt et al., ASPLOS 2010): finds a bug of depth d with probability 1 / (n k^(d-1)). */
void virtual_pct_init(struct virtual_random *r, uint32_t depth, uint32_t length);
void virtual_random_fini(struct virtual_random *r);

/* replay.c: follows a schedule to its end, then picks the first enabled process. */
struct virtual_replay {
	struct virtual_sched sched;
	const uint32_t *decisions;
	uint32_t nr, at;
	bool diverged;			/* the schedule asked for an impossible move */
};
void virtual_replay_init(struct virtual_replay *r, const uint32_t *decisions, uint32_t nr);

#endif
