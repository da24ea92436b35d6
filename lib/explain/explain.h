/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What numbers, names and lines of a log about TDX mean: SEAMCALLs and their statuses, the fields,
 * operands and MSRs that a status names, what TDs report, what an upload says.
 *
 * Every text of an answer is printable ASCII. The input is untrusted and may hold any bytes.
 */
#ifndef SEAMSTEP_EXPLAIN_H
#define SEAMSTEP_EXPLAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SEAMSTEP_EXPLAIN_LINE_MAX	4096u	/* bytes of a line that are read */
#define SEAMSTEP_EXPLAIN_SHOWN_MAX	256u	/* of the line, as an answer shows it */
#define SEAMSTEP_EXPLAIN_DETAILS_MAX	8u
#define SEAMSTEP_EXPLAIN_HASH_DIGITS	96u	/* SHA-384 */
#define SEAMSTEP_EXPLAIN_REGISTERS	16u

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
	SEAMSTEP_EXPLAIN_MESSAGE,	/* a sentence of the kernel without a status */
	SEAMSTEP_EXPLAIN_KINDS
};

/* Whose answer it is. */
enum seamstep_explain_whose {
	SEAMSTEP_EXPLAIN_BY_PSEAMLDR,
	SEAMSTEP_EXPLAIN_BY_MODULE,
	SEAMSTEP_EXPLAIN_BY_CPU,
	SEAMSTEP_EXPLAIN_BY_KERNEL,
	SEAMSTEP_EXPLAIN_BY_HYPERVISOR,
	SEAMSTEP_EXPLAIN_BY_REPORT,	/* of a TD: the words of CPU and module, signed */
	SEAMSTEP_EXPLAIN_BY_SEAMSTEP,
	SEAMSTEP_EXPLAIN_WHOSE
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

/* @answer is valid during the call. */
typedef void (*seamstep_explain_hear)(void *ctx, const struct seamstep_explain_answer *answer);

/**
 * seamstep_explain_value - all meanings that one value, name or line may have
 * @hear: is told each meaning
 * Returns their number; 0 if the value is not known.
 */
uint32_t seamstep_explain_value(const char *value, seamstep_explain_hear hear, void *ctx);

struct seamstep_explain;

/**
 * seamstep_explain_begin - begin to read a text
 * @hear: is told each answer, in the order of lines, a few lines late
 * Returns a reader for seamstep_explain_end(), or NULL if there is no memory.
 */
struct seamstep_explain *seamstep_explain_begin(seamstep_explain_hear hear, void *ctx);

/**
 * seamstep_explain_feed - the next bytes of the text
 */
void seamstep_explain_feed(struct seamstep_explain *text, const char *bytes, size_t n);

/* What was read. */
struct seamstep_explain_counts {
	uint64_t lines;
	uint64_t cut_lines;		/* longer than SEAMSTEP_EXPLAIN_LINE_MAX */
	uint64_t answers;
};

/**
 * seamstep_explain_end - no more bytes come: tell the last answers, and free the reader
 */
struct seamstep_explain_counts seamstep_explain_end(struct seamstep_explain *text);

/**
 * seamstep_explain_kind_name - "status"
 */
const char *seamstep_explain_kind_name(enum seamstep_explain_kind kind);

/**
 * seamstep_explain_whose_name - "TDX Module"
 */
const char *seamstep_explain_whose_name(enum seamstep_explain_whose whose);

/**
 * seamstep_explain_register_name - "RCX" for 1; NULL if operand @id is no register
 */
const char *seamstep_explain_register_name(uint32_t id);

#endif
