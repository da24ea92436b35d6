/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The checks before an update: each has a name, all run every time, each writes one line. */
#ifndef SS_CLI_PREFLIGHT_H
#define SS_CLI_PREFLIGHT_H

#include <stdbool.h>
#include <stdint.h>

#include "context.h"

/*
 * X(NAME, name, waivable, question). A check that is not waivable guards against a refusal by the
 * P-SEAMLDR after the running module is shut down. The memory check can be waived all the same,
 * because its arithmetic is that of one P-SEAMLDR.
 */
#define PREFLIGHT_CHECKS(X) \
	X(INTERFACE, "interface", false, "is there a usable interface for updates") \
	X(MODULE, "module", false, "does a TDX Module run") \
	X(ROOT, "root", false, "may this user update") \
	X(INHIBITED, "inhibited", true, "does nobody hold updates off") \
	X(JOURNAL, "journal", true, "can the update be recorded") \
	X(IMAGE, "image", false, "is the image well-formed") \
	X(SIGNATURE, "signature", false, "is it signed by the right key, and whole") \
	X(LOADER, "loader-rules", false, "would the P-SEAMLDR relocate it") \
	X(CPU, "cpu", false, "is it made for every CPU here") \
	X(SEAMLDR, "seamldr", false, "does the P-SEAMLDR take it") \
	X(RUNNING, "running", false, "can it follow the running module") \
	X(SVN, "svn", false, "is its SVN no lower") \
	X(HANDOFF, "handoff", false, "do both modules know a handoff version") \
	X(MEMORY, "memory", true, "does it fit where the P-SEAMLDR puts it") \
	X(FEATURES, "features", true, "does it have all features that TDs may use") \
	X(BUDGET, "updates-left", false, "are updates left") \
	X(FALLBACK, "fallback", true, "is there an image to fall back to") \
	X(LPS, "lps", false, "is every LP online") \
	X(TD_BUILD, "td-build", true, "is no TD being built") \
	X(ERRATUM, "erratum", true, "do P-SEAMLDR calls keep the current VMCS") \
	X(UPLOAD, "upload", false, "is the upload node idle")
#define PREFLIGHT_ENUM(NAME, name, waivable, text) PREFLIGHT_##NAME,
enum preflight_check { PREFLIGHT_CHECKS(PREFLIGHT_ENUM) PREFLIGHT_NR };
#undef PREFLIGHT_ENUM

enum preflight_result { CHECK_OK, CHECK_WARN, CHECK_UNKNOWN, CHECK_WAIVED, CHECK_FAIL };

struct preflight_line {
	enum preflight_result result;
	enum lib_end end;	/* if the check fails */
	char *text;
};

/* The image to install, and the fallbacks for a failed installation. */
struct preflight_target {
	const struct repo_image *image;
	const struct repo_image *fallbacks[HOST_MAX_FALLBACKS];
	uint32_t nr_fallbacks;
	bool reinstall, allow_older, allow_debug;
	bool need_fallback;
	uint32_t td_build;	/* as in struct host_request */
};

struct preflight {
	struct preflight_line lines[PREFLIGHT_NR];
	struct ss_compat compat;
	enum lib_end end;	/* LIB_OK: go */
};

/**
 * preflight_run - run all checks
 * @waived: bit (1 << enum preflight_check)
 * @signer: SHA-384 of the modulus that must have signed
 */
void preflight_run(struct preflight *p, const struct context *c,
		   const struct preflight_target *target, uint32_t waived,
		   const uint8_t signer[SS_SHA384_BYTES]);
/* The reasons of compat that the target's flags waive. */
uint32_t preflight_waived_reasons(const struct preflight_target *target);
/* The reasons of compat that the checks in @waived cover. */
uint32_t preflight_reasons_of(uint32_t waived);
void preflight_release(struct preflight *p);

/* The first line that fails, "lps: ...", and the number of further ones; NULL if none. malloc'd. */
char *preflight_first(const struct preflight *p);

const char *preflight_name(enum preflight_check check);		/* "lps" */
const char *preflight_question(enum preflight_check check);	/* "is every LP online" */
/* False if there is no such check, or the check cannot be waived; *@known tells which. */
bool preflight_waive(const char *name, uint32_t *waived, bool *known);
#endif
