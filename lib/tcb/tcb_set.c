// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Several documents of TCB Info, each judged by itself. */
#include "tcb_set.h"

#include "tcb_text.h"
#include "tcb_trust.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void tcb_set_begin(struct tcb_set *set, int64_t at)
{
	memset(set, 0, sizeof(*set));
	set->at = at;
	set->anchors[0] = tcb_anchor_intel;
	set->nr_anchors = 1;
}

enum tcb_answer tcb_set_trust(struct tcb_set *set, struct ss_bytes pem, char why[TCB_WHY])
{
	enum tcb_answer answer = tcb_trust_anchor(pem, &set->anchors[1], why);

	if (answer == TCB_DOC_OK)
		set->nr_anchors = 2;
	return answer;
}

void tcb_set_release(struct tcb_set *set)
{
	while (set->nr)
		tcb_free(set->docs[--set->nr].info);
}

/* ---- files ----------------------------------------------------------------------------------- */

static bool is_json(const char *name, size_t n)
{
	return n > 5 && name[0] != '.' && !strcmp(name + n - 5, ".json");
}

static void name_doc(struct tcb_doc *doc, const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	size_t n = strlen(name), i;

	if (is_json(name, n))
		n -= 5;
	if (n >= TCB_NAME)
		n = TCB_NAME - 1;
	for (i = 0; i < n; i++)
		doc->name[i] = name[i] < 0x21 || name[i] > 0x7e ? '?' : name[i];
	doc->name[n] = '\0';
}

/* By set number, platforms, name; those that cannot be used last. */
static int compare(const struct tcb_doc *a, const struct tcb_doc *b)
{
	int order = (a->info == NULL) - (b->info == NULL);

	if (!order && a->info)
		order = (a->info->set > b->info->set) - (a->info->set < b->info->set);
	if (!order && a->info)
		order = memcmp(a->info->fmspc, b->info->fmspc, sizeof(a->info->fmspc));
	return order ? order : strcmp(a->name, b->name);
}

/* Moves the last document to its place. */
static void put_in_order(struct tcb_set *set)
{
	size_t i = set->nr - 1;
	struct tcb_doc doc = set->docs[i];

	for (; i && compare(&doc, &set->docs[i - 1]) < 0; i--)
		set->docs[i] = set->docs[i - 1];
	set->docs[i] = doc;
}

static enum tcb_answer add_file(struct tcb_set *set, const char *path, char *why)
{
	struct tcb_doc *doc = &set->docs[set->nr];
	enum tcb_answer answer;

	if (set->nr == TCB_MAX_DOCS)
		return tcb_say(why, TCB_DOC_TOO_LARGE, "expected up to %u documents, found more",
			       TCB_MAX_DOCS);
	memset(doc, 0, sizeof(*doc));
	answer = tcb_load(path, set->anchors, set->nr_anchors, set->at, &doc->info, doc->why);
	if (answer == TCB_DOC_NO_MEMORY)
		return tcb_say(why, answer, "out of memory");
	doc->answer = answer;
	name_doc(doc, path);
	set->nr++;
	put_in_order(set);
	return TCB_DOC_OK;
}

static int wanted_entry(const struct dirent *entry)
{
	return is_json(entry->d_name, strlen(entry->d_name));
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static enum tcb_answer add_entries(struct tcb_set *set, const char *dir, struct dirent **entries,
				   int nr, char *why)
{
	enum tcb_answer answer = TCB_DOC_OK;
	char path[PATH_MAX];
	int i;

	for (i = 0; i < nr && answer == TCB_DOC_OK; i++) {
		int n = snprintf(path, sizeof(path), "%s/%s", dir, entries[i]->d_name);

		answer = n < (int)sizeof(path) ? add_file(set, path, why) :
			 tcb_say(why, TCB_DOC_UNREADABLE, "the path is too long");
	}
	return answer;
}

enum tcb_answer tcb_set_add(struct tcb_set *set, const char *path, char why[TCB_WHY])
{
	struct dirent **entries;
	int nr = scandir(path, &entries, wanted_entry, by_name), i;
	enum tcb_answer answer;

	if (nr < 0 && errno == ENOTDIR)
		return add_file(set, path, why);
	if (nr < 0)
		return tcb_say(why, errno == ENOMEM ? TCB_DOC_NO_MEMORY : TCB_DOC_UNREADABLE, "%s",
			       strerror(errno));
	answer = add_entries(set, path, entries, nr, why);
	for (i = 0; i < nr; i++)
		free(entries[i]);
	free(entries);
	if (!nr)
		answer = tcb_say(why, TCB_DOC_UNREADABLE, "the directory has no NAME.json");
	return answer;
}

/* ---- judging --------------------------------------------------------------------------------- */

static bool same_platforms(const struct tcb_info *a, const struct tcb_info *b)
{
	return !memcmp(a->fmspc, b->fmspc, sizeof(a->fmspc)) &&
	       !memcmp(a->pce_id, b->pce_id, sizeof(a->pce_id)) && a->type == b->type;
}

bool tcb_set_decides(const struct tcb_set *set, size_t i)
{
	const struct tcb_doc *doc = &set->docs[i];
	size_t j;

	if (doc->answer != TCB_DOC_OK)
		return false;
	for (j = 0; j < set->nr; j++)
		if (set->docs[j].answer == TCB_DOC_OK &&
		    same_platforms(set->docs[j].info, doc->info) &&
		    set->docs[j].info->set < doc->info->set)
			return false;
	return true;
}

bool tcb_set_has_decider(const struct tcb_set *set)
{
	size_t i;

	for (i = 0; i < set->nr; i++)
		if (tcb_set_decides(set, i))
			return true;
	return false;
}

static bool has_other(const struct tcb_set *set, size_t i)
{
	size_t j;

	for (j = 0; j < set->nr; j++)
		if (set->docs[j].answer == TCB_DOC_OK &&
		    same_platforms(set->docs[j].info, set->docs[i].info))
			return true;
	return false;
}

int tcb_set_complaint(const struct tcb_set *set)
{
	size_t i;

	for (i = 0; i < set->nr; i++)
		if (set->docs[i].answer != TCB_DOC_OK &&
		    (!set->docs[i].info || !has_other(set, i)))
			return (int)i;
	return -1;
}

static bool clears(const struct tcb_set *set, size_t i, const struct tcb_module *module,
		   enum tcb_status wanted)
{
	return tcb_status_clears(tcb_judge_module(set->docs[i].info, module).status, wanted);
}

bool tcb_set_clears(const struct tcb_set *set, const struct tcb_module *module,
		    enum tcb_status wanted)
{
	size_t i;

	for (i = 0; i < set->nr; i++)
		if (tcb_set_decides(set, i) && !clears(set, i, module, wanted))
			return false;
	return tcb_set_has_decider(set);
}

bool tcb_set_clears_all(const struct tcb_set *set, const struct tcb_module *module,
			enum tcb_status wanted)
{
	size_t i;

	for (i = 0; i < set->nr; i++)
		if (set->docs[i].answer == TCB_DOC_OK && !clears(set, i, module, wanted))
			return false;
	return tcb_set_has_decider(set);
}

/* How many of the statuses an operator can ask for are cleared: more is better. */
static unsigned int rank(enum tcb_status status)
{
	unsigned int wanted, n = 0;

	for (wanted = 0; wanted < TCB_REVOKED; wanted++)
		n += tcb_status_clears(status, (enum tcb_status)wanted);
	return n;
}

int tcb_set_worst(const struct tcb_set *set, const struct tcb_module *module)
{
	unsigned int lowest = UINT32_MAX, here;
	int worst = -1;
	size_t i;

	for (i = 0; i < set->nr; i++) {
		if (!tcb_set_decides(set, i))
			continue;
		here = rank(tcb_judge_module(set->docs[i].info, module).status);
		if (here < lowest) {
			lowest = here;
			worst = (int)i;
		}
	}
	return worst;
}
