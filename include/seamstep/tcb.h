/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Intel's TCB Info: which security version numbers (SVNs) attestation accepts. */
#ifndef SEAMSTEP_TCB_H
#define SEAMSTEP_TCB_H

#include <seamstep/types.h>

struct seamstep_image;
struct seamstep_host;

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

#define SEAMSTEP_TCB_MAX_DOCS	16u

/* Documents, each judged by itself. */
struct seamstep_tcb;

/*
 * A status of TCB Info. The first seven stand in documents. NONE: the document has no level, and
 * verifiers refuse. UNKNOWN: a status that this library does not know; it clears no bar.
 */
enum seamstep_tcb_status {
	SEAMSTEP_TCB_UP_TO_DATE,
	SEAMSTEP_TCB_SW_HARDENING,
	SEAMSTEP_TCB_CONFIGURATION,
	SEAMSTEP_TCB_CONFIGURATION_SW,
	SEAMSTEP_TCB_OUT_OF_DATE,
	SEAMSTEP_TCB_OUT_OF_DATE_CONFIGURATION,
	SEAMSTEP_TCB_REVOKED,
	SEAMSTEP_TCB_RELAUNCH,
	SEAMSTEP_TCB_RELAUNCH_CONFIGURATION,
	SEAMSTEP_TCB_NONE,
	SEAMSTEP_TCB_UNKNOWN,
	SEAMSTEP_TCB_STATUS_NR
};

/* What is said of a document. The first three are authentic and can be judged by. */
enum seamstep_tcb_answer {
	SEAMSTEP_TCB_DOC_OK,		/* in force */
	SEAMSTEP_TCB_DOC_STALE,		/* a newer one was due */
	SEAMSTEP_TCB_DOC_NOT_YET,	/* issued later than the time asked about */
	SEAMSTEP_TCB_DOC_NO_MEMORY,
	SEAMSTEP_TCB_DOC_UNREADABLE,
	SEAMSTEP_TCB_DOC_TOO_LARGE,
	SEAMSTEP_TCB_DOC_MALFORMED,
	SEAMSTEP_TCB_DOC_NO_CHAIN,	/* the signer's certificates are missing */
	SEAMSTEP_TCB_DOC_BAD_CHAIN,
	SEAMSTEP_TCB_DOC_OTHER_ROOT,	/* signed under a root that is not trusted here */
	SEAMSTEP_TCB_DOC_EXPIRED_CHAIN,
	SEAMSTEP_TCB_DOC_BAD_SIGNATURE,
	SEAMSTEP_TCB_DOC_WRONG_ID,	/* not about TDX */
	SEAMSTEP_TCB_DOC_WRONG_VERSION,
	SEAMSTEP_TCB_DOC_NR
};

/* Zero it, set @size to sizeof(struct seamstep_tcb_request). Read during the call only. */
struct seamstep_tcb_request {
	size_t size;
	const char *const *paths;	/* documents, or directories of documents NAME.json */
	size_t nr_paths;
	const char *root;		/* a PEM file trusted beside Intel's root; NULL: none */
	int64_t at;			/* judge dates as of then, in seconds since 1970 */
};

/* One document. Texts are printable. */
struct seamstep_tcb_doc {
	const char *name;		/* the file's, without ".json" */
	enum seamstep_tcb_answer answer;
	const char *why;		/* a sentence, unless the answer is OK */
	bool usable;			/* one of the first three answers; else the rest is 0 */
	bool decides;			/* in force, and no lower set is for the same platforms */
	uint32_t set;			/* tcbEvaluationDataNumber */
	uint8_t fmspc[6];
	int64_t issued, next_update;
	const char *root;		/* "Intel", or the subject of the other root */
};

/**
 * seamstep_tcb_open - verify and read documents
 * @tcb: set on success, also if documents were refused: seamstep_tcb_doc() says which and why.
 *       seamstep_tcb_close() after use
 *
 * Each document is a response body {"tcbInfo": ..., "signature": ...} in NAME.json, with its chain
 * beside it in NAME.chain.pem; or collateral with tcb_info, tcb_info_signature and
 * tcb_info_issuer_chain. The chain to Intel's root and the signature over the exact bytes are
 * verified before anything in the document is believed. No revocation list is looked at.
 * Returns SEAMSTEP_OK; SEAMSTEP_ERROR if there is nothing at a path, or @root is no certificate.
 */
enum seamstep_end seamstep_tcb_open(struct seamstep *s, const struct seamstep_tcb_request *request,
				    struct seamstep_tcb **tcb);

/**
 * seamstep_tcb_close - forget documents, or do nothing if @tcb is NULL
 */
void seamstep_tcb_close(struct seamstep_tcb *tcb);

/**
 * seamstep_tcb_size - the number of documents; by set number, those not usable last
 */
size_t seamstep_tcb_size(const struct seamstep_tcb *tcb);

/**
 * seamstep_tcb_doc - one document; @i below the size. Valid until seamstep_tcb_close()
 */
const struct seamstep_tcb_doc *seamstep_tcb_doc(const struct seamstep_tcb *tcb, size_t i);

/**
 * seamstep_tcb_complaint - the first document that leaves a question open
 * That is one that was refused, or one that is out of force while no other is in force for the
 * same platforms. Returns its index, or -1.
 */
int seamstep_tcb_complaint(const struct seamstep_tcb *tcb);

/* ---- judging --------------------------------------------------------------------------------- */

/* A module's SVN. This struct is the caller's and stays as it is. */
struct seamstep_tcb_module {
	uint8_t major, minor;
	bool has_attributes;
	uint8_t attributes[8];
};

/**
 * seamstep_tcb_image - an image's module. Who signed the image is not looked at
 */
void seamstep_tcb_image(const struct seamstep_image *image, struct seamstep_tcb_module *module);

/**
 * seamstep_tcb_running - a host's running module. Returns false if its SVN is not known
 */
bool seamstep_tcb_running(const struct seamstep_host *host, struct seamstep_tcb_module *module);

/* A judgement. The struct is the caller's and stays as it is; its texts are the documents'. */
struct seamstep_tcb_verdict {
	enum seamstep_tcb_status status;
	const char *word;		/* as the document has it: "OutOfDate" */
	bool has_level;
	const char *reason;		/* why there is a level, or none */
	const char *const *advisories;	/* that remain open */
	size_t nr_advisories;
};

/**
 * seamstep_tcb_judge - what a document says of a module
 * @i: a usable document
 */
void seamstep_tcb_judge(const struct seamstep_tcb *tcb, size_t i,
			const struct seamstep_tcb_module *module,
			struct seamstep_tcb_verdict *verdict);

/**
 * seamstep_tcb_clears - does the module clear @wanted under every document that decides
 * Returns false if none decides.
 */
bool seamstep_tcb_clears(const struct seamstep_tcb *tcb, const struct seamstep_tcb_module *module,
			 enum seamstep_tcb_status wanted);

/**
 * seamstep_tcb_worst - the document that decides and says the worst of a module
 * Returns its index, or -1 if none decides.
 */
int seamstep_tcb_worst(const struct seamstep_tcb *tcb, const struct seamstep_tcb_module *module);

/**
 * seamstep_tcb_bar - the lowest minor SVN of @major that clears @wanted under document @i
 * Returns false if none does.
 */
bool seamstep_tcb_bar(const struct seamstep_tcb *tcb, size_t i, uint8_t major,
		      enum seamstep_tcb_status wanted, uint8_t *minor);

/**
 * seamstep_tcb_relaunch - the verdict of a TD that was launched with one TCB and runs on another
 */
enum seamstep_tcb_status seamstep_tcb_relaunch(enum seamstep_tcb_status launch,
					       enum seamstep_tcb_status current);

/* ---- quotes ---------------------------------------------------------------------------------- */

/* What a TD's quote claims: its signature is not verified. The caller's; stays as it is. */
struct seamstep_tcb_quote {
	uint8_t svn[16];		/* TEE_TCB_SVN: at the TD's launch */
	bool has_current;
	uint8_t current[16];		/* TEE_TCB_SVN_2: now */
	bool has_module;
	uint8_t signer[48];		/* MRSIGNERSEAM */
	uint8_t attributes[8];		/* SEAMATTRIBUTES */
	uint8_t mrseam[48];
};

/* What the certificate of the platform (PCK) in a quote claims. The caller's; stays as it is. */
struct seamstep_tcb_pck {
	bool known;			/* the quote brings a certificate */
	uint8_t fmspc[6], pce_id[2];
	uint8_t sgx[16];		/* the components of SGX */
	uint16_t pcesvn;
};

/**
 * seamstep_tcb_quote_load - a TD's quote of version 4 or 5 from a file, and its certificate
 * @path: opened and read once: a pipe will do
 * @pck:  set to what the platform's certificate in the quote claims
 *
 * Nobody's signature is verified. Returns SEAMSTEP_OK, also where the quote brings no certificate;
 * SEAMSTEP_ERROR if the file cannot be read, or is no such quote.
 */
enum seamstep_end seamstep_tcb_quote_load(struct seamstep *s, const char *path,
					  struct seamstep_tcb_quote *quote,
					  struct seamstep_tcb_pck *pck);

/** seamstep_tcb_quote_read - seamstep_tcb_quote_load() without the certificate */
enum seamstep_end seamstep_tcb_quote_read(struct seamstep *s, const char *path,
					  struct seamstep_tcb_quote *quote);

/** seamstep_tcb_quote_pck - seamstep_tcb_quote_load(), and only the certificate is told */
enum seamstep_end seamstep_tcb_quote_pck(struct seamstep *s, const char *path,
					 struct seamstep_tcb_pck *pck);

/**
 * seamstep_tcb_quote_svn - a TEE_TCB_SVN alone, 32 hexadecimal digits
 * Returns SEAMSTEP_OK or SEAMSTEP_BAD_REQUEST.
 */
enum seamstep_end seamstep_tcb_quote_svn(struct seamstep *s, const char *text,
					 struct seamstep_tcb_quote *quote);

/* One of a quote's two TCBs. */
struct seamstep_tcb_side {
	enum seamstep_tcb_status module, platform, both;
	const char *reason;		/* why module or platform has no level; NULL: both have */
};
struct seamstep_tcb_quote_verdict {
	struct seamstep_tcb_side launch, current;
	enum seamstep_tcb_status status;
};

/**
 * seamstep_tcb_quote_judge - what document @i says of a quote
 * The components of SGX and PCESVN are not in a quote's body: the verdict of the platform may be
 * worse by them.
 */
void seamstep_tcb_quote_judge(const struct seamstep_tcb *tcb, size_t i,
			      const struct seamstep_tcb_quote *quote,
			      struct seamstep_tcb_quote_verdict *verdict);

/**
 * seamstep_tcb_quote_judge_pck - seamstep_tcb_quote_judge() with the platform's certificate
 * @pck: compared too, if known: components of SGX and PCESVN. A document for another FMSPC or
 *       PCE-ID has no level for the platform.
 */
void seamstep_tcb_quote_judge_pck(const struct seamstep_tcb *tcb, size_t i,
				  const struct seamstep_tcb_quote *quote,
				  const struct seamstep_tcb_pck *pck,
				  struct seamstep_tcb_quote_verdict *verdict);

/**
 * seamstep_tcb_status_name - "OutOfDate"
 */
const char *seamstep_tcb_status_name(enum seamstep_tcb_status status);

/**
 * seamstep_tcb_status_parse - a status of documents by its name, in either letter case
 * Returns false if there is none.
 */
bool seamstep_tcb_status_parse(const char *name, enum seamstep_tcb_status *status);

/**
 * seamstep_tcb_status_clears - does @status satisfy an operator who asks for @wanted
 */
bool seamstep_tcb_status_clears(enum seamstep_tcb_status status, enum seamstep_tcb_status wanted);

/**
 * seamstep_tcb_answer_name - "bad-signature"
 */
const char *seamstep_tcb_answer_name(enum seamstep_tcb_answer answer);

/**
 * seamstep_tcb_time_parse - RFC 3339, a date alone, or "@SECONDS"; seconds since 1970
 * Returns false if @text is malformed.
 */
bool seamstep_tcb_time_parse(const char *text, int64_t *seconds);

/**
 * seamstep_tcb_time_text - "2025-09-02T07:41:59Z"
 * Returns text to be freed, or NULL if there is no memory.
 */
char *seamstep_tcb_time_text(int64_t seconds);

/**
 * seamstep_host_tcb_path - where the host's own documents lie, or NULL: a lab has some
 */
const char *seamstep_host_tcb_path(const struct seamstep_host *host);

/**
 * seamstep_host_tcb_root - the root that the host's own documents are signed under, or NULL
 */
const char *seamstep_host_tcb_root(const struct seamstep_host *host);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif
