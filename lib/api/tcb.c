// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Entry points: TCB Info. */
#include "api.h"

#include "lib/base/file.h"
#include "lib/tcb/tcb_quote.h"
#include "lib/tcb/tcb_set.h"
#include "lib/tcb/tcb_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

_Static_assert((int)SEAMSTEP_TCB_REVOKED == (int)TCB_REVOKED &&
	       (int)SEAMSTEP_TCB_RELAUNCH == (int)TCB_RELAUNCH &&
	       (int)SEAMSTEP_TCB_STATUS_NR == (int)TCB_STATUS_NR, "both lists are in one order");
_Static_assert((int)SEAMSTEP_TCB_DOC_NOT_YET == (int)TCB_DOC_NOT_YET &&
	       (int)SEAMSTEP_TCB_DOC_BAD_CHAIN == (int)TCB_DOC_BAD_CHAIN &&
	       (int)SEAMSTEP_TCB_DOC_NR == (int)TCB_DOC_NR, "both lists are in one order");
_Static_assert(SEAMSTEP_TCB_MAX_DOCS == TCB_MAX_DOCS, "a caller may show each document");

/* ---- documents ------------------------------------------------------------------------------- */

struct seamstep_tcb {
	struct tcb_set set;		/* first: lib/decide reads a pointer to this as the set */
	struct seamstep_tcb_doc shown[TCB_MAX_DOCS];
};

static void show(struct seamstep_tcb *tcb, size_t i)
{
	const struct tcb_doc *doc = &tcb->set.docs[i];
	struct seamstep_tcb_doc *shown = &tcb->shown[i];

	*shown = (struct seamstep_tcb_doc){
		.name = doc->name, .answer = (enum seamstep_tcb_answer)doc->answer,
		.why = doc->why, .usable = doc->info, .decides = tcb_set_decides(&tcb->set, i),
	};
	if (!doc->info)
		return;
	shown->set = doc->info->set;
	memcpy(shown->fmspc, doc->info->fmspc, sizeof(shown->fmspc));
	shown->issued = doc->info->issued;
	shown->next_update = doc->info->next_update;
	shown->root = doc->info->root.name;
}

/* The end for an answer about a path. */
static enum seamstep_end refuse(const char *path, enum tcb_answer answer, const char *sentence,
				char **why)
{
	char *shown;

	if (answer == TCB_DOC_NO_MEMORY)
		return SEAMSTEP_NO_MEMORY;
	shown = base_escape(path);
	*why = api_why("%s: %s", shown, sentence);
	base_free(shown);
	return SEAMSTEP_ERROR;
}

/* A file that is named by itself, once and whole: it may be a pipe. OK, UNREADABLE or TOO_LARGE. */
static enum tcb_answer read_named(const char *path, size_t limit, struct ss_bytes *bytes,
				  char sentence[TCB_WHY])
{
	*bytes = (struct ss_bytes){ NULL, 0 };
	bytes->p = base_file_read(path, limit, &bytes->n);
	if (bytes->p)
		return TCB_DOC_OK;
	if (errno == EFBIG)
		return tcb_say(sentence, TCB_DOC_TOO_LARGE, "expected up to %zu bytes", limit);
	return tcb_say(sentence, TCB_DOC_UNREADABLE, "%s", base_file_why(errno));
}

static enum tcb_answer trust(struct tcb_set *set, const char *path, char sentence[TCB_WHY])
{
	struct ss_bytes pem;
	enum tcb_answer answer = read_named(path, TCB_CHAIN_LIMIT, &pem, sentence);

	if (answer == TCB_DOC_OK)
		answer = tcb_set_trust(set, pem, sentence);
	base_free((void *)pem.p);
	return answer;
}

static enum seamstep_end fill(struct seamstep_tcb *tcb, const struct seamstep_tcb_request *r,
			      char **why)
{
	char sentence[TCB_WHY];
	enum tcb_answer answer;
	size_t i;

	tcb_set_begin(&tcb->set, r->at);
	if (r->root) {
		answer = trust(&tcb->set, r->root, sentence);
		if (answer != TCB_DOC_OK)
			return refuse(r->root, answer, sentence, why);
	}
	for (i = 0; i < r->nr_paths; i++) {
		answer = tcb_set_add(&tcb->set, r->paths[i], sentence);
		if (answer != TCB_DOC_OK)
			return refuse(r->paths[i], answer, sentence, why);
	}
	for (i = 0; i < tcb->set.nr; i++)
		show(tcb, i);
	return SEAMSTEP_OK;
}

enum seamstep_end seamstep_tcb_open(struct seamstep *s, const struct seamstep_tcb_request *request,
				    struct seamstep_tcb **tcb)
{
	struct seamstep_tcb_request own;
	struct seamstep_tcb *t;
	enum seamstep_end end;
	char *why = NULL;

	*tcb = NULL;
	api_begin(s);
	api_copy(&own, sizeof(own), request);
	t = base_alloc(sizeof(*t));
	if (!t)
		return api_end(s, SEAMSTEP_NO_MEMORY, NULL);
	end = fill(t, &own, &why);
	end = api_end(s, end, why);
	if (end)
		seamstep_tcb_close(t);
	else
		*tcb = t;
	return end;
}

void seamstep_tcb_close(struct seamstep_tcb *tcb)
{
	if (tcb)
		tcb_set_release(&tcb->set);
	base_free(tcb);
}

size_t seamstep_tcb_size(const struct seamstep_tcb *tcb)
{
	return tcb->set.nr;
}

const struct seamstep_tcb_doc *seamstep_tcb_doc(const struct seamstep_tcb *tcb, size_t i)
{
	return &tcb->shown[i];
}

int seamstep_tcb_complaint(const struct seamstep_tcb *tcb)
{
	return tcb_set_complaint(&tcb->set);
}

/* ---- judging --------------------------------------------------------------------------------- */

static struct tcb_module inner(const struct seamstep_tcb_module *module)
{
	struct tcb_module m = {
		.major = module->major, .minor = module->minor,
		.has_attributes = module->has_attributes,
	};

	memcpy(m.attributes, module->attributes, sizeof(m.attributes));
	return m;
}

static struct seamstep_tcb_module outer(const struct tcb_module *module)
{
	struct seamstep_tcb_module m = {
		.major = module->major, .minor = module->minor,
		.has_attributes = module->has_attributes,
	};

	memcpy(m.attributes, module->attributes, sizeof(m.attributes));
	return m;
}

void seamstep_tcb_image(const struct seamstep_image *image, struct seamstep_tcb_module *module)
{
	struct tcb_module m = context_tcb_image(&image->image);

	*module = outer(&m);
}

bool seamstep_tcb_running(const struct seamstep_host *host, struct seamstep_tcb_module *module)
{
	struct tcb_module m;
	bool known = context_tcb_running(&host->c, &m);

	*module = outer(&m);
	return known;
}

void seamstep_tcb_judge(const struct seamstep_tcb *tcb, size_t i,
			const struct seamstep_tcb_module *module,
			struct seamstep_tcb_verdict *verdict)
{
	struct tcb_module m = inner(module);
	struct tcb_verdict v = tcb_judge_module(tcb->set.docs[i].info, &m);

	*verdict = (struct seamstep_tcb_verdict){
		.status = (enum seamstep_tcb_status)v.status,
		.word = v.level && v.level->unknown ? v.level->unknown : tcb_status_name(v.status),
		.has_level = v.level, .reason = tcb_reason_text(v.reason),
	};
	if (v.level) {
		verdict->advisories = (const char *const *)v.level->advisories;
		verdict->nr_advisories = v.level->nr_advisories;
	}
}

bool seamstep_tcb_clears(const struct seamstep_tcb *tcb, const struct seamstep_tcb_module *module,
			 enum seamstep_tcb_status wanted)
{
	struct tcb_module m = inner(module);

	return tcb_set_clears(&tcb->set, &m, (enum tcb_status)wanted);
}

int seamstep_tcb_worst(const struct seamstep_tcb *tcb, const struct seamstep_tcb_module *module)
{
	struct tcb_module m = inner(module);

	return tcb_set_worst(&tcb->set, &m);
}

bool seamstep_tcb_bar(const struct seamstep_tcb *tcb, size_t i, uint8_t major,
		      enum seamstep_tcb_status wanted, uint8_t *minor)
{
	return tcb_bar(tcb->set.docs[i].info, major, (enum tcb_status)wanted, minor);
}

enum seamstep_tcb_status seamstep_tcb_relaunch(enum seamstep_tcb_status launch,
					       enum seamstep_tcb_status current)
{
	return (enum seamstep_tcb_status)tcb_relaunch((enum tcb_status)launch,
						      (enum tcb_status)current);
}

/* ---- quotes ---------------------------------------------------------------------------------- */

static void show_quote(const struct tcb_quote *q, struct seamstep_tcb_quote *quote)
{
	*quote = (struct seamstep_tcb_quote){
		.has_current = q->has_current, .has_module = q->has_module,
	};
	memcpy(quote->svn, q->svn, sizeof(quote->svn));
	memcpy(quote->current, q->current, sizeof(quote->current));
	memcpy(quote->signer, q->signer, sizeof(quote->signer));
	memcpy(quote->attributes, q->attributes, sizeof(quote->attributes));
	memcpy(quote->mrseam, q->mrseam, sizeof(quote->mrseam));
}

static void show_pck(const struct tcb_quote *q, struct seamstep_tcb_pck *pck)
{
	*pck = (struct seamstep_tcb_pck){ .known = q->has_pck, .pcesvn = q->pck.pcesvn };
	memcpy(pck->fmspc, q->pck.fmspc, sizeof(pck->fmspc));
	memcpy(pck->pce_id, q->pck.pce_id, sizeof(pck->pce_id));
	memcpy(pck->sgx, q->pck.sgx, sizeof(pck->sgx));
}

enum seamstep_end seamstep_tcb_quote_load(struct seamstep *s, const char *path,
					  struct seamstep_tcb_quote *quote,
					  struct seamstep_tcb_pck *pck)
{
	enum seamstep_end end = SEAMSTEP_OK;
	struct tcb_quote q = { .has_pck = false };
	char sentence[TCB_WHY], *why = NULL;
	enum tcb_answer answer;
	struct ss_bytes bytes;

	api_begin(s);
	answer = read_named(path, TCB_QUOTE_LIMIT, &bytes, sentence);
	if (answer == TCB_DOC_OK)
		answer = tcb_quote_parse(bytes, &q, sentence);
	base_free((void *)bytes.p);
	if (answer != TCB_DOC_OK)
		end = refuse(path, answer, sentence, &why);
	show_quote(&q, quote);
	show_pck(&q, pck);
	return api_end(s, end, why);
}

enum seamstep_end seamstep_tcb_quote_read(struct seamstep *s, const char *path,
					  struct seamstep_tcb_quote *quote)
{
	struct seamstep_tcb_pck unused;

	return seamstep_tcb_quote_load(s, path, quote, &unused);
}

enum seamstep_end seamstep_tcb_quote_pck(struct seamstep *s, const char *path,
					 struct seamstep_tcb_pck *pck)
{
	struct seamstep_tcb_quote unused;

	return seamstep_tcb_quote_load(s, path, &unused, pck);
}

enum seamstep_end seamstep_tcb_quote_svn(struct seamstep *s, const char *text,
					 struct seamstep_tcb_quote *quote)
{
	char sentence[TCB_WHY];
	struct tcb_quote q;

	api_begin(s);
	if (tcb_quote_svn(text, &q, sentence) != TCB_DOC_OK)
		return api_end(s, SEAMSTEP_BAD_REQUEST, api_why("%s", sentence));
	show_quote(&q, quote);
	return api_end(s, SEAMSTEP_OK, NULL);
}

static struct seamstep_tcb_side show_side(const struct tcb_quote_side *side)
{
	return (struct seamstep_tcb_side){
		.module = (enum seamstep_tcb_status)side->module.status,
		.platform = (enum seamstep_tcb_status)side->platform.status,
		.both = (enum seamstep_tcb_status)side->merged,
		.reason = !side->module.level ? tcb_reason_text(side->module.reason) :
			  !side->platform.level ? tcb_reason_text(side->platform.reason) : NULL,
	};
}

void seamstep_tcb_quote_judge(const struct seamstep_tcb *tcb, size_t i,
			      const struct seamstep_tcb_quote *quote,
			      struct seamstep_tcb_quote_verdict *verdict)
{
	static const struct seamstep_tcb_pck none;

	seamstep_tcb_quote_judge_pck(tcb, i, quote, &none, verdict);
}

void seamstep_tcb_quote_judge_pck(const struct seamstep_tcb *tcb, size_t i,
				  const struct seamstep_tcb_quote *quote,
				  const struct seamstep_tcb_pck *pck,
				  struct seamstep_tcb_quote_verdict *verdict)
{
	struct tcb_quote q = {
		.has_current = quote->has_current, .has_module = quote->has_module,
		.has_pck = pck->known, .pck.pcesvn = pck->pcesvn,
	};
	struct tcb_quote_verdict v;

	memcpy(q.pck.fmspc, pck->fmspc, sizeof(q.pck.fmspc));
	memcpy(q.pck.pce_id, pck->pce_id, sizeof(q.pck.pce_id));
	memcpy(q.pck.sgx, pck->sgx, sizeof(q.pck.sgx));

	memcpy(q.svn, quote->svn, sizeof(q.svn));
	memcpy(q.current, quote->current, sizeof(q.current));
	memcpy(q.signer, quote->signer, sizeof(q.signer));
	memcpy(q.attributes, quote->attributes, sizeof(q.attributes));
	v = tcb_quote_judge(tcb->set.docs[i].info, &q);
	*verdict = (struct seamstep_tcb_quote_verdict){
		.launch = show_side(&v.launch), .status = (enum seamstep_tcb_status)v.status,
	};
	if (q.has_current)
		verdict->current = show_side(&v.current);
}

/* ---- names and times ------------------------------------------------------------------------- */

const char *seamstep_tcb_status_name(enum seamstep_tcb_status status)
{
	return tcb_status_name((enum tcb_status)status);
}

bool seamstep_tcb_status_parse(const char *name, enum seamstep_tcb_status *status)
{
	enum tcb_status found;

	if (!tcb_status_parse(name, &found))
		return false;
	*status = (enum seamstep_tcb_status)found;
	return true;
}

bool seamstep_tcb_status_clears(enum seamstep_tcb_status status, enum seamstep_tcb_status wanted)
{
	return tcb_status_clears((enum tcb_status)status, (enum tcb_status)wanted);
}

const char *seamstep_tcb_answer_name(enum seamstep_tcb_answer answer)
{
	return tcb_answer_name((enum tcb_answer)answer);
}

bool seamstep_tcb_time_parse(const char *text, int64_t *seconds)
{
	return tcb_time_parse(text, seconds);
}

char *seamstep_tcb_time_text(int64_t seconds)
{
	char text[TCB_TIME];

	tcb_time_format(seconds, text);
	return strdup(text);
}

const char *seamstep_host_tcb_path(const struct seamstep_host *host)
{
	return host->c.host->tcb_path;
}

const char *seamstep_host_tcb_root(const struct seamstep_host *host)
{
	return host->c.host->tcb_root;
}
