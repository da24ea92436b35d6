// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Verifies a document in either of its forms, then reads it. */
#include "tcb.h"

#include "tcb_file.h"
#include "tcb_json.h"
#include "tcb_parse.h"
#include "tcb_text.h"
#include "tcb_trust.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The three parts of either form. The texts are malloc'd where the form escapes them. */
struct parts {
	char *info, *signature, *chain;
	struct ss_bytes text, pem;
};

static void parts_release(struct parts *parts)
{
	free(parts->info);
	free(parts->signature);
	free(parts->chain);
}

/* ---- the two forms --------------------------------------------------------------------------- */

static char *member_text(const struct tcb_object *outer, const char *key, enum tcb_answer *answer,
			 char *why)
{
	const struct ss_bytes *value = tcb_json_find(outer, key);
	char *text = value ? malloc(value->n + 1) : NULL;

	if (!value)
		*answer = tcb_say(why, TCB_DOC_MALFORMED, "expected a member %s, found none", key);
	else if (!text)
		*answer = tcb_say(why, TCB_DOC_NO_MEMORY, "out of memory");
	else if (!tcb_json_string(*value, text, value->n + 1))
		*answer = tcb_say(why, TCB_DOC_MALFORMED, "%s: expected a string of ASCII", key);
	if (*answer == TCB_DOC_OK)
		return text;
	free(text);
	return NULL;
}

static enum tcb_answer take_body(const struct tcb_object *outer, struct ss_bytes chain,
				 struct parts *parts, char *why)
{
	enum tcb_answer answer = TCB_DOC_OK;

	parts->text = *tcb_json_find(outer, "tcbInfo");
	if (*parts->text.p != '{')
		return tcb_say(why, TCB_DOC_MALFORMED, "tcbInfo: expected an object");
	parts->signature = member_text(outer, "signature", &answer, why);
	if (!parts->signature)
		return answer;
	parts->pem = chain;
	if (!chain.p)
		return tcb_say(why, TCB_DOC_NO_CHAIN,
			       "a response body has no certificates: put the chain of its header "
			       "beside it, as NAME.chain.pem");
	return TCB_DOC_OK;
}

static enum tcb_answer take_collateral(const struct tcb_object *outer, struct parts *parts,
				       char *why)
{
	enum tcb_answer answer = TCB_DOC_OK;

	parts->info = member_text(outer, "tcb_info", &answer, why);
	if (answer == TCB_DOC_OK)
		parts->signature = member_text(outer, "tcb_info_signature", &answer, why);
	if (answer == TCB_DOC_OK && !tcb_json_find(outer, "tcb_info_issuer_chain"))
		return tcb_say(why, TCB_DOC_NO_CHAIN,
			       "expected a member tcb_info_issuer_chain, found none");
	if (answer == TCB_DOC_OK)
		parts->chain = member_text(outer, "tcb_info_issuer_chain", &answer, why);
	if (answer != TCB_DOC_OK)
		return answer;
	parts->text = (struct ss_bytes){ (const uint8_t *)parts->info, strlen(parts->info) };
	parts->pem = (struct ss_bytes){ (const uint8_t *)parts->chain, strlen(parts->chain) };
	return TCB_DOC_OK;
}

static enum tcb_answer take_parts(struct ss_bytes text, struct ss_bytes chain, struct parts *parts,
				  char *why)
{
	struct tcb_object outer;
	enum tcb_answer answer = tcb_json_object(text, &outer, why);
	bool body, collateral;

	if (answer != TCB_DOC_OK)
		return answer;
	body = tcb_json_find(&outer, "tcbInfo");
	collateral = tcb_json_find(&outer, "tcb_info");
	if (body == collateral)
		return tcb_say(why, TCB_DOC_MALFORMED,
			       "expected one of tcbInfo (a response body) and tcb_info "
			       "(collateral), found %s", body ? "both" : "none");
	return body ? take_body(&outer, chain, parts, why) : take_collateral(&outer, parts, why);
}

/* ---- one document ---------------------------------------------------------------------------- */

static enum tcb_answer verify(const struct parts *parts, const struct tcb_anchor *anchors,
			      size_t nr, int64_t at, struct tcb_anchor *root, char *why)
{
	uint8_t signature[TCB_SIGNATURE_BYTES];

	if (!tcb_hex(parts->signature, strlen(parts->signature), signature, sizeof(signature)))
		return tcb_say(why, TCB_DOC_MALFORMED,
			       "the signature: expected 128 hexadecimal digits");
	return tcb_trust_check(parts->text, signature, parts->pem, anchors, nr, at, root, why);
}

static enum tcb_answer judge_dates(const struct tcb_info *info, int64_t at, char *why)
{
	char text[TCB_TIME];

	if (at < info->issued) {
		tcb_time_format(info->issued, text);
		return tcb_say(why, TCB_DOC_NOT_YET, "issued at %s, after the time asked about",
			       text);
	}
	if (at > info->next_update) {
		tcb_time_format(info->next_update, text);
		return tcb_say(why, TCB_DOC_STALE, "a newer one was due at %s; get it", text);
	}
	return TCB_DOC_OK;
}

enum tcb_answer tcb_read(struct ss_bytes text, struct ss_bytes chain,
			 const struct tcb_anchor *anchors, size_t nr_anchors, int64_t at,
			 struct tcb_info **info, char why[TCB_WHY])
{
	struct parts parts = { NULL };
	struct tcb_anchor root;
	enum tcb_answer answer;

	*info = NULL;
	*why = '\0';
	if (text.n > TCB_FILE_LIMIT)
		return tcb_say(why, TCB_DOC_TOO_LARGE, "expected up to %zu bytes, found %zu",
			       TCB_FILE_LIMIT, text.n);
	answer = take_parts(text, chain, &parts, why);
	if (answer == TCB_DOC_OK)
		answer = verify(&parts, anchors, nr_anchors, at, &root, why);
	if (answer == TCB_DOC_OK)
		answer = tcb_parse(parts.text, info, why);
	if (answer == TCB_DOC_OK) {
		(*info)->root = root;
		answer = (*info)->answer = judge_dates(*info, at, why);
	}
	parts_release(&parts);
	return answer;
}

/* ---- files ----------------------------------------------------------------------------------- */

/* NAME.json has its chain in NAME.chain.pem. A chain that is not there is no error yet. */
static enum tcb_answer read_chain(const char *path, struct ss_bytes *chain, char *why)
{
	size_t n = strlen(path);
	char beside[PATH_MAX];
	enum tcb_answer answer;

	if (n > 5 && !strcmp(path + n - 5, ".json"))
		n -= 5;
	if (n > sizeof(beside) - sizeof(".chain.pem"))
		return TCB_DOC_OK;
	snprintf(beside, sizeof(beside), "%.*s.chain.pem", (int)n, path);
	if (access(beside, F_OK))
		return TCB_DOC_OK;
	answer = tcb_file_read(beside, TCB_CHAIN_LIMIT, chain, why);
	if (answer != TCB_DOC_OK) {
		char reason[TCB_WHY];

		snprintf(reason, sizeof(reason), "%s", why);
		tcb_say(why, answer, "the chain beside it: %.200s", reason);
	}
	return answer;
}

enum tcb_answer tcb_load(const char *path, const struct tcb_anchor *anchors, size_t nr_anchors,
			 int64_t at, struct tcb_info **info, char why[TCB_WHY])
{
	struct ss_bytes text = { NULL, 0 }, chain = { NULL, 0 };
	enum tcb_answer answer;

	*info = NULL;
	answer = tcb_file_read(path, TCB_FILE_LIMIT, &text, why);
	if (answer == TCB_DOC_OK)
		answer = read_chain(path, &chain, why);
	if (answer == TCB_DOC_OK)
		answer = tcb_read(text, chain, anchors, nr_anchors, at, info, why);
	free((void *)text.p);
	free((void *)chain.p);
	return answer;
}

enum tcb_answer tcb_anchor_load(const char *path, struct tcb_anchor *anchor, char why[TCB_WHY])
{
	struct ss_bytes pem = { NULL, 0 };
	enum tcb_answer answer = tcb_file_read(path, TCB_CHAIN_LIMIT, &pem, why);

	if (answer == TCB_DOC_OK)
		answer = tcb_trust_anchor(pem, anchor, why);
	free((void *)pem.p);
	return answer;
}
