/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* All checks of one image, for "seamstep verify" and "seamstep repo check". */
#ifndef SS_TOOL_VERB_VERIFY_H
#define SS_TOOL_VERB_VERIFY_H

#include <stdbool.h>

#include <seamstep/seamstep.h>

enum {
	VERIFY_CONTAINER, VERIFY_SIGSTRUCT, VERIFY_SIGNER, VERIFY_SIGNATURE, VERIFY_MODULE_HASH,
	VERIFY_ELF, VERIFY_DEBUG, VERIFY_NR
};

enum verify_result { VERIFY_SKIPPED, VERIFY_GOOD, VERIFY_BAD };

struct verify_finding {
	enum verify_result result;
	struct ss_image_error err;	/* if bad, unless @text has the error */
	char *text;			/* the found value; malloc'd, NULL if in @err */
};

/* The request of the command line. */
struct verify_wanted {
	struct seamstep *lib;
	bool any_signer, allow_debug;
	char *signer_name;
	uint8_t signer[SS_SHA384_BYTES];
};

/* @who: "intel", "any", a digest or a file. Returns an exit status, after a message. */
int verify_set_signer(struct verify_wanted *wanted, const char *who);
/* The signer of the lab @host, "lab:DIR". */
int verify_set_lab_signer(struct verify_wanted *wanted, const char *host);

/* Makes all checks. @all: VERIFY_NR findings; verify_release() after use. */
void verify_image(const struct seamstep_image *file, const struct verify_wanted *wanted,
		  struct verify_finding *all);
bool verify_any_bad(const struct verify_finding *all);
char *verify_finding_text(const struct verify_finding *f);
void verify_release(struct verify_finding *all);

#endif
