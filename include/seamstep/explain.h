/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What values, names and lines of a log about TDX mean.
 *
 * SEAMCALLs and their statuses, the fields, operands and MSRs that a status names, what TDs report,
 * what an upload says.
 *
 * No function here needs a context or a host. The input is untrusted and may hold any bytes. Every
 * text of an answer is printable ASCII.
 */
#ifndef SEAMSTEP_EXPLAIN_H
#define SEAMSTEP_EXPLAIN_H

#include <seamstep/types.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

#define SEAMSTEP_EXPLAIN_LINE_MAX	4096u	/* bytes of a line that are read */
#define SEAMSTEP_EXPLAIN_SHOWN_MAX	256u	/* of the line, as an answer shows it */
#define SEAMSTEP_EXPLAIN_DETAILS_MAX	8u
#define SEAMSTEP_EXPLAIN_HASH_DIGITS	96u	/* SHA-384 */
#define SEAMSTEP_EXPLAIN_REGISTERS	16u
#define SEAMSTEP_EXPLAIN_TO_PSEAMLDR	((uint64_t)1 << 63)	/* in the number of a SEAMCALL */

enum seamstep_explain_kind {
	SEAMSTEP_EXPLAIN_STATUS,	/* the status of a SEAMCALL */
	SEAMSTEP_EXPLAIN_LEAF,		/* a SEAMCALL, without a status */
	SEAMSTEP_EXPLAIN_FIELD,		/* the ID of a metadata field */
	SEAMSTEP_EXPLAIN_OPERAND,
	SEAMSTEP_EXPLAIN_MSR,
	SEAMSTEP_EXPLAIN_MRSEAM,	/* the hash of a module: @hash */
	SEAMSTEP_EXPLAIN_TCB_SVN,	/* TEE_TCB_SVN of a TD; @value: major << 8 | minor SVN */
	SEAMSTEP_EXPLAIN_UPLOAD,	/* "error" of a firmware upload node */
	SEAMSTEP_EXPLAIN_EXIT_STATUS,	/* of the command seamstep, which has the names */
	SEAMSTEP_EXPLAIN_EXIT_REASON,	/* of a virtual machine; not a status */
	SEAMSTEP_EXPLAIN_MESSAGE	/* a sentence of the kernel without a status */
};

/* Whose answer it is. */
enum seamstep_explain_whose {
	SEAMSTEP_EXPLAIN_BY_PSEAMLDR,
	SEAMSTEP_EXPLAIN_BY_MODULE,
	SEAMSTEP_EXPLAIN_BY_CPU,
	SEAMSTEP_EXPLAIN_BY_KERNEL,
	SEAMSTEP_EXPLAIN_BY_HYPERVISOR,
	SEAMSTEP_EXPLAIN_BY_REPORT,	/* of a TD: the words of CPU and module, signed */
	SEAMSTEP_EXPLAIN_BY_SEAMSTEP
};

/* "MSR 0x122: IA32_TSX_CTRL" */
struct seamstep_explain_detail {
	const char *what;		/* "MSR" */
	uint64_t value;
	const char *name;		/* NULL: not known */
};

/* One answer. Texts are constants; NULL where nothing is to be said. */
struct seamstep_explain_answer {
	enum seamstep_explain_kind kind;
	enum seamstep_explain_whose whose;
	bool known;			/* the value is in a table */
	const char *name;		/* "TDX_INCORRECT_MSR_VALUE"; NULL if not known */
	bool has_value;			/* a name without a number has none */
	uint64_t value;
	bool has_leaf;
	uint64_t leaf;
	const char *leaf_name;		/* NULL: no such leaf */
	const char *class_name;		/* of a status: "caller" */
	const char *class_text;
	struct seamstep_explain_detail detail[SEAMSTEP_EXPLAIN_DETAILS_MAX];
	uint32_t nr_details;
	uint16_t has_register;		/* bit by operand ID: 1 RCX, 2 RDX, 8 R8 ... */
	uint64_t reg[SEAMSTEP_EXPLAIN_REGISTERS];
	const char *meaning;
	const char *tds;		/* what it means for TDs */
	const char *action;		/* what to do */
	/* MRSEAM: digits in lower case, dots where they are not told. */
	char hash[SEAMSTEP_EXPLAIN_HASH_DIGITS + 1];
	uint32_t hash_head, hash_tail;	/* digits told at the beginning and at the end */
	uint64_t line;			/* from 1; 0 for a value */
	char shown[SEAMSTEP_EXPLAIN_SHOWN_MAX];	/* the line or the value; other bytes are \xNN */
};

/*
 * Is told an answer, which is valid during the call. @ctx is the caller's. Runs inside the call
 * that reads the text, and must not call the library with the reader.
 */
typedef void (*seamstep_explain_hear)(void *ctx, const struct seamstep_explain_answer *answer);

/**
 * seamstep_explain_value - all meanings that one value, name or line may have
 * @hear: is told each meaning
 *
 * Any thread. Returns the number of meanings; 0 if the value is not known.
 */
uint32_t seamstep_explain_value(const char *value, seamstep_explain_hear hear, void *ctx);

/* A reader of one text. It belongs to one thread at a time. */
struct seamstep_explain;

/**
 * seamstep_explain_begin - begin to read a text
 * @hear: is told each answer, in the order of lines, a few lines late
 * Returns a reader, or NULL if there is no memory. seamstep_explain_free() after use.
 */
struct seamstep_explain *seamstep_explain_begin(seamstep_explain_hear hear, void *ctx);

/**
 * seamstep_explain_feed - the next bytes of the text
 * @bytes: may end inside a line
 */
void seamstep_explain_feed(struct seamstep_explain *text, const char *bytes, size_t n);

/* What was read. */
struct seamstep_explain_counts {
	uint64_t lines;
	uint64_t cut_lines;		/* longer than SEAMSTEP_EXPLAIN_LINE_MAX */
	uint64_t answers;
};

/**
 * seamstep_explain_end - no more bytes come: tell the last answers
 * Returns what was read; valid until seamstep_explain_free().
 */
const struct seamstep_explain_counts *seamstep_explain_end(struct seamstep_explain *text);

/**
 * seamstep_explain_free - free a reader, or do nothing if it is NULL
 * Answers that seamstep_explain_end() has not told are lost.
 */
void seamstep_explain_free(struct seamstep_explain *text);

/**
 * seamstep_explain_kind_name - "status"
 * Any thread. Returns "" for a number that is no kind.
 */
const char *seamstep_explain_kind_name(enum seamstep_explain_kind kind);

/**
 * seamstep_explain_whose_name - "TDX Module"
 * Any thread. Returns "" for a number that is nobody.
 */
const char *seamstep_explain_whose_name(enum seamstep_explain_whose whose);

/**
 * seamstep_explain_register_name - "RCX" for 1
 * Any thread. Returns NULL if operand @id is no register.
 */
const char *seamstep_explain_register_name(uint32_t id);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif
