/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Intel's TCB Info for TDX: a signed document that says which security version numbers (SVNs)
 * attestation accepts. Several documents are judged each by itself.
 *
 * Every function here reports a lack of memory as a value. Sentences about a failure go to a buffer
 * of the caller, TCB_WHY bytes, and hold printable ASCII only.
 */
#ifndef SS_LIB_TCB_TCB_H
#define SS_LIB_TCB_TCB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/image.h"

/* Bounds of a document. Real ones have under 20 KB, depth 7 and a few levels. */
#define TCB_FILE_LIMIT		((size_t)1 << 20)
#define TCB_CHAIN_LIMIT		((size_t)1 << 16)
#define TCB_MAX_DEPTH		16u
#define TCB_MAX_IDENTITIES	32u
#define TCB_MAX_LEVELS		64u
#define TCB_MAX_ADVISORIES	128u
#define TCB_COMPONENTS		16u
#define TCB_WHY			320u
#define TCB_TIME		24u	/* bytes of a time as text */

/*
 * What is said of a document. X(NAME, name, text). A document whose answer is OK, STALE or NOT_YET
 * is authentic and can be judged by; the other answers come without a document.
 */
#define TCB_ANSWERS(X) \
	X(OK, "ok", "authentic and in force") \
	X(STALE, "stale", "authentic, but a newer one was due") \
	X(NOT_YET, "not-yet-valid", "authentic, but issued later than the time asked about") \
	X(NO_MEMORY, "no-memory", "there was not enough memory to read it") \
	X(UNREADABLE, "unreadable", "the file cannot be read") \
	X(TOO_LARGE, "too-large", "larger or deeper than any such document") \
	X(MALFORMED, "malformed", "not a document of this kind") \
	X(NO_CHAIN, "no-chain", "the certificates of its signer are missing") \
	X(BAD_CHAIN, "bad-chain", "the certificates of its signer do not hold") \
	X(OTHER_ROOT, "other-root", "signed under a root that is not trusted here") \
	X(EXPIRED_CHAIN, "expired-chain", "a certificate of its signer is not valid at that time") \
	X(BAD_SIGNATURE, "bad-signature", "the signature does not cover these bytes") \
	X(WRONG_ID, "wrong-id", "authentic, but not about TDX") \
	X(WRONG_VERSION, "wrong-version", "authentic, but of a version not known here")
#define TCB_ANSWER_ENUM(NAME, name, text) TCB_DOC_##NAME,
enum tcb_answer { TCB_ANSWERS(TCB_ANSWER_ENUM) TCB_DOC_NR };
#undef TCB_ANSWER_ENUM

const char *tcb_answer_name(enum tcb_answer answer);	/* "stale" */
const char *tcb_answer_text(enum tcb_answer answer);
/* Is there a document to judge by? */
bool tcb_answer_usable(enum tcb_answer answer);

/*
 * X(NAME, name). The first seven stand in documents. NONE: verifiers refuse. UNKNOWN: the document
 * has a status that this program does not know; it clears no bar.
 */
#define TCB_STATUSES(X) \
	X(UP_TO_DATE, "UpToDate") \
	X(SW_HARDENING, "SWHardeningNeeded") \
	X(CONFIGURATION, "ConfigurationNeeded") \
	X(CONFIGURATION_SW, "ConfigurationAndSWHardeningNeeded") \
	X(OUT_OF_DATE, "OutOfDate") \
	X(OUT_OF_DATE_CONFIGURATION, "OutOfDateConfigurationNeeded") \
	X(REVOKED, "Revoked") \
	X(RELAUNCH, "TDRelaunchAdvised") \
	X(RELAUNCH_CONFIGURATION, "TDRelaunchAdvisedConfigurationNeeded") \
	X(NONE, "none") \
	X(UNKNOWN, "unknown")
#define TCB_STATUS_ENUM(NAME, name) TCB_##NAME,
enum tcb_status { TCB_STATUSES(TCB_STATUS_ENUM) TCB_STATUS_NR };
#undef TCB_STATUS_ENUM

const char *tcb_status_name(enum tcb_status status);		/* "OutOfDate" */
/* A status of documents by its name, in either letter case. False if there is none. */
bool tcb_status_parse(const char *name, enum tcb_status *status);
/* Does @status satisfy an operator who asks for @wanted? NONE and UNKNOWN satisfy nobody. */
bool tcb_status_clears(enum tcb_status status, enum tcb_status wanted);

/* One level: what a status asks for, and what remains open below it. */
struct tcb_level {
	enum tcb_status status;
	char *unknown;			/* the status as written, escaped, if UNKNOWN; else NULL */
	int64_t date;			/* tcbDate */
	char **advisories;		/* "INTEL-SA-01192"; escaped */
	size_t nr_advisories;
};

struct tcb_module_level {
	struct tcb_level level;
	uint32_t isvsvn;
};

struct tcb_identity {
	uint8_t major;			/* of the SVN; 0 for the document's tdxModule */
	uint8_t signer[SS_SHA384_BYTES];	/* zeros: Intel's own */
	uint8_t attributes[8], mask[8];
	struct tcb_module_level *levels;
	size_t nr_levels;
};

struct tcb_platform_level {
	struct tcb_level level;
	uint8_t sgx[TCB_COMPONENTS], tdx[TCB_COMPONENTS];
	uint32_t pcesvn;
};

/* A root certificate that is trusted, by the SHA-256 of its DER form. */
struct tcb_anchor {
	uint8_t sha256[32];
	char name[64];			/* "Intel", or the subject of another root */
	bool intel;			/* the signer must be "Intel SGX TCB Signing" */
};
extern const struct tcb_anchor tcb_anchor_intel;

/* A document whose signature was verified. */
struct tcb_info {
	enum tcb_answer answer;
	int64_t issued, next_update;	/* seconds since 1970 */
	uint8_t fmspc[6], pce_id[2];
	uint32_t type;
	uint32_t set;			/* tcbEvaluationDataNumber */
	struct tcb_anchor root;
	struct tcb_identity module;	/* for major SVN 0: identity only, no levels */
	struct tcb_identity *identities;
	size_t nr_identities;
	struct tcb_platform_level *levels;
	size_t nr_levels;
};

/**
 * tcb_read - verify and read a document in either of its forms
 * @text:    untrusted: a response body {"tcbInfo": ..., "signature": ...}, or collateral with the
 *           texts tcb_info, tcb_info_signature, tcb_info_issuer_chain
 * @chain:   untrusted: the issuer's chain for a body, PEM, plain or URL-encoded; .p NULL: none
 * @anchors: one of these must be the chain's root
 * @at:      judge dates as of this time
 *
 * Nothing of the document but its outermost members is read before the signature is verified over
 * its exact bytes. *@info is set if tcb_answer_usable(); else it is NULL, and @why has a sentence.
 */
enum tcb_answer tcb_read(struct ss_bytes text, struct ss_bytes chain,
			 const struct tcb_anchor *anchors, size_t nr_anchors, int64_t at,
			 struct tcb_info **info, char why[TCB_WHY]);

/*
 * tcb_read() of a regular file. The chain of a response body NAME.json lies beside it in
 * NAME.chain.pem.
 */
enum tcb_answer tcb_load(const char *path, const struct tcb_anchor *anchors, size_t nr_anchors,
			 int64_t at, struct tcb_info **info, char why[TCB_WHY]);
void tcb_free(struct tcb_info *info);

/* Trust the first certificate of a PEM file, a lab's own root. OK or UNREADABLE or MALFORMED. */
enum tcb_answer tcb_anchor_load(const char *path, struct tcb_anchor *anchor, char why[TCB_WHY]);

/* ---- times: tcb_time.c ----------------------------------------------------------------------- */

/* RFC 3339, a date alone (its first second, UTC), or "@SECONDS". */
bool tcb_time_parse(const char *text, int64_t *seconds);
void tcb_time_format(int64_t seconds, char text[TCB_TIME]);	/* "2025-09-02T07:41:59Z" */
void tcb_date_format(int64_t seconds, char text[TCB_TIME]);	/* "2025-09-02" */

/* ---- judging: tcb_judge.c -------------------------------------------------------------------- */

/* A module as an image, a host or a report tells it. */
struct tcb_module {
	uint8_t major, minor;		/* of the SVN */
	bool has_signer, has_attributes;
	uint8_t signer[SS_SHA384_BYTES];	/* MRSIGNERSEAM: zeros for the vendor's own */
	uint8_t attributes[8];
};

/* Why there is a level, or none. X(NAME, text) */
#define TCB_REASONS(X) \
	X(LEVEL, "the document has a level for this SVN") \
	X(NO_IDENTITY, "the document does not know this major SVN") \
	X(BELOW, "below the lowest level of the document") \
	X(SIGNER, "not signed by the signer that the document names") \
	X(ATTRIBUTES, "attributes that the document does not allow") \
	X(PLATFORM, "major SVN 0: only the platform's components decide") \
	X(COMPONENTS, "the platform's components are below the lowest level") \
	X(FMSPC, "the document is for platforms of another FMSPC or PCE-ID")
#define TCB_REASON_ENUM(NAME, text) TCB_REASON_##NAME,
enum tcb_reason { TCB_REASONS(TCB_REASON_ENUM) TCB_REASON_NR };
#undef TCB_REASON_ENUM
const char *tcb_reason_text(enum tcb_reason reason);

struct tcb_verdict {
	enum tcb_status status;
	enum tcb_reason reason;
	const struct tcb_level *level;	/* of the document; NULL if there is none */
};

/* The highest level of the module's identity with isvsvn <= minor SVN. */
struct tcb_verdict tcb_judge_module(const struct tcb_info *info, const struct tcb_module *module);

/* The lowest minor SVN of @major that clears @wanted under this document. False if none does. */
bool tcb_bar(const struct tcb_info *info, uint8_t major, enum tcb_status wanted, uint8_t *minor);

/* The numbers of a platform. Without has_sgx only components of TEE_TCB_SVN are compared. */
struct tcb_platform {
	uint8_t tdx[TCB_COMPONENTS];	/* TEE_TCB_SVN: 0 is the minor SVN, 1 the major SVN */
	bool has_sgx;
	uint8_t sgx[TCB_COMPONENTS];
	uint16_t pcesvn;
};

/* The first level that the platform reaches. */
struct tcb_verdict tcb_judge_platform(const struct tcb_info *info,
				      const struct tcb_platform *platform);

/* The whole verdict: that of the platform, and that of the module. */
enum tcb_status tcb_merge(enum tcb_status platform, enum tcb_status module);
/* The verdict of a TD that was launched with one TCB and now runs on another. */
enum tcb_status tcb_relaunch(enum tcb_status launch, enum tcb_status current);

#endif
