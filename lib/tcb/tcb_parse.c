// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Reads the text of a tcbInfo object. */
#include "tcb_parse.h"

#include "tcb_json.h"
#include "tcb_text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SUPPORTED_VERSION	3
#define ADVISORY_BYTES		64u
#define STATUS_BYTES		64u
#define TEXT_BYTES		128u	/* of any string that is read */

struct parser {
	char *why;
	enum tcb_answer answer;
};

/* The object that is read now, and its name for messages: ".tdxModule". */
struct place {
	struct tcb_object object;
	char name[64];
};

/* ---- failures -------------------------------------------------------------------------------- */

static bool fail(struct parser *p, const struct place *at, const char *key, const char *expected)
{
	p->answer = tcb_say(p->why, TCB_DOC_MALFORMED, "tcbInfo%s%s%s: expected %s", at->name,
			    key ? "." : "", key ? key : "", expected);
	return false;
}

static bool no_memory(struct parser *p)
{
	p->answer = tcb_say(p->why, TCB_DOC_NO_MEMORY, "out of memory");
	return false;
}

static void *allocate(struct parser *p, size_t nr, size_t bytes)
{
	void *array = calloc(nr ? nr : 1, bytes);

	if (!array)
		no_memory(p);
	return array;
}

/* Enters an object. @text NULL: it is missing. */
__attribute__((format(printf, 4, 5)))
static bool enter(struct parser *p, struct place *place, const struct ss_bytes *text,
		  const char *fmt, ...)
{
	char reason[TCB_WHY];
	va_list args;

	va_start(args, fmt);
	vsnprintf(place->name, sizeof(place->name), fmt, args);
	va_end(args);
	if (!text)
		return fail(p, place, NULL, "an object, found none");
	p->answer = tcb_json_object(*text, &place->object, reason);
	if (p->answer != TCB_DOC_OK)
		tcb_say(p->why, p->answer, "tcbInfo%s: %.200s", place->name, reason);
	return p->answer == TCB_DOC_OK;
}

/* ---- values ---------------------------------------------------------------------------------- */

static bool read_text(struct parser *p, const struct place *at, const char *key,
		      char out[TEXT_BYTES])
{
	const struct ss_bytes *value = tcb_json_find(&at->object, key);

	return (value && tcb_json_string(*value, out, TEXT_BYTES)) ||
	       fail(p, at, key, "a string of ASCII, under 128 bytes");
}

static bool read_hex(struct parser *p, const struct place *at, const char *key, uint8_t *out,
		     size_t n)
{
	char text[TEXT_BYTES], expected[40];

	if (!read_text(p, at, key, text))
		return false;
	if (tcb_hex(text, strlen(text), out, n))
		return true;
	snprintf(expected, sizeof(expected), "%zu hexadecimal digits", 2 * n);
	return fail(p, at, key, expected);
}

static bool read_time(struct parser *p, const struct place *at, const char *key, int64_t *out)
{
	char text[TEXT_BYTES];

	if (!read_text(p, at, key, text))
		return false;
	return (*text != '@' && tcb_time_parse(text, out)) ||
	       fail(p, at, key, "a time as 2025-09-02T07:41:59Z");
}

static bool read_number(struct parser *p, const struct place *at, const char *key, uint32_t max,
			uint32_t *out)
{
	const struct ss_bytes *value = tcb_json_find(&at->object, key);
	char expected[40];

	if (value && tcb_json_number(*value, max, out))
		return true;
	snprintf(expected, sizeof(expected), "a number from 0 to %u", max);
	return fail(p, at, key, expected);
}

/* An array of up to @max values. A missing one is empty if @may_lack. */
static bool read_array(struct parser *p, const struct place *at, const char *key, size_t max,
		       bool may_lack, struct ss_bytes *values, size_t *nr)
{
	const struct ss_bytes *value = tcb_json_find(&at->object, key);
	char expected[48], reason[TCB_WHY];

	*nr = 0;
	if (!value && may_lack)
		return true;
	if (value && tcb_json_array(*value, values, max, nr, reason) == TCB_DOC_OK && *nr <= max)
		return true;
	snprintf(expected, sizeof(expected), "an array of up to %zu values", max);
	return fail(p, at, key, expected);
}

/* A copy of a text that the document made up: bounded, printable. */
static char *copy_text(struct parser *p, const char *text, size_t max)
{
	size_t n = strnlen(text, max), i;
	char *copy = allocate(p, n + 1, 1);

	for (i = 0; copy && i < n; i++)
		copy[i] = (char)(text[i] < 0x21 || text[i] > 0x7e ? '?' : text[i]);
	return copy;
}

/* ---- levels ---------------------------------------------------------------------------------- */

static bool read_status(struct parser *p, const struct place *at, struct tcb_level *level)
{
	char text[TEXT_BYTES];

	if (!read_text(p, at, "tcbStatus", text))
		return false;
	if (tcb_status_parse(text, &level->status) && !strcmp(text, tcb_status_name(level->status)))
		return true;
	level->status = TCB_UNKNOWN;
	level->unknown = copy_text(p, text, STATUS_BYTES);
	return level->unknown != NULL;
}

static bool read_advisories(struct parser *p, const struct place *at, struct tcb_level *level)
{
	struct ss_bytes values[TCB_MAX_ADVISORIES];
	char text[TEXT_BYTES];
	size_t i, nr;

	if (!read_array(p, at, "advisoryIDs", TCB_MAX_ADVISORIES, true, values, &nr))
		return false;
	level->advisories = allocate(p, nr, sizeof(*level->advisories));
	if (!level->advisories)
		return false;
	for (i = 0; i < nr; i++) {
		if (!tcb_json_string(values[i], text, sizeof(text)))
			return fail(p, at, "advisoryIDs", "strings");
		level->advisories[i] = copy_text(p, text, ADVISORY_BYTES);
		if (!level->advisories[i])
			return false;
		level->nr_advisories++;
	}
	return true;
}

static bool read_level(struct parser *p, const struct place *at, struct tcb_level *level)
{
	return read_status(p, at, level) && read_time(p, at, "tcbDate", &level->date) &&
	       read_advisories(p, at, level);
}

static bool enter_tcb(struct parser *p, struct place *tcb, const struct place *level)
{
	return enter(p, tcb, tcb_json_find(&level->object, "tcb"), "%.50s.tcb", level->name);
}

static bool read_module_level(struct parser *p, const struct place *at,
			      struct tcb_module_level *level)
{
	struct place tcb;

	return enter_tcb(p, &tcb, at) &&
	       read_number(p, &tcb, "isvsvn", UINT16_MAX, &level->isvsvn) &&
	       read_level(p, at, &level->level);
}

static bool read_components(struct parser *p, const struct place *tcb, const char *key,
			    uint8_t out[TCB_COMPONENTS])
{
	struct ss_bytes values[TCB_COMPONENTS];
	struct place at;
	uint32_t svn;
	size_t i, nr;

	if (!read_array(p, tcb, key, TCB_COMPONENTS, false, values, &nr))
		return false;
	if (nr != TCB_COMPONENTS)
		return fail(p, tcb, key, "16 components");
	for (i = 0; i < TCB_COMPONENTS; i++) {
		if (!enter(p, &at, &values[i], "%.28s.%.20s[%zu]", tcb->name, key, i) ||
		    !read_number(p, &at, "svn", UINT8_MAX, &svn))
			return false;
		out[i] = (uint8_t)svn;
	}
	return true;
}

static bool read_platform_level(struct parser *p, const struct place *at,
				struct tcb_platform_level *level)
{
	struct place tcb;

	return enter_tcb(p, &tcb, at) &&
	       read_components(p, &tcb, "sgxtcbcomponents", level->sgx) &&
	       read_components(p, &tcb, "tdxtcbcomponents", level->tdx) &&
	       read_number(p, &tcb, "pcesvn", UINT16_MAX, &level->pcesvn) &&
	       read_level(p, at, &level->level);
}

/* ---- identities ------------------------------------------------------------------------------ */

static bool read_identity(struct parser *p, const struct place *at, struct tcb_identity *identity)
{
	return read_hex(p, at, "mrsigner", identity->signer, sizeof(identity->signer)) &&
	       read_hex(p, at, "attributes", identity->attributes, sizeof(identity->attributes)) &&
	       read_hex(p, at, "attributesMask", identity->mask, sizeof(identity->mask));
}

static bool read_module_levels(struct parser *p, const struct place *at,
			       struct tcb_identity *identity)
{
	struct ss_bytes values[TCB_MAX_LEVELS];
	struct place level;
	size_t i, nr;

	if (!read_array(p, at, "tcbLevels", TCB_MAX_LEVELS, false, values, &nr))
		return false;
	identity->levels = allocate(p, nr, sizeof(*identity->levels));
	if (!identity->levels)
		return false;
	for (i = 0; i < nr; i++) {
		identity->nr_levels++;
		if (!enter(p, &level, &values[i], "%.36s.tcbLevels[%zu]", at->name, i) ||
		    !read_module_level(p, &level, &identity->levels[i]))
			return false;
	}
	return true;
}

/* "TDX_01": the major SVN in hexadecimal. */
static bool read_major(struct parser *p, const struct place *at, uint8_t *major)
{
	char id[TEXT_BYTES];

	if (!read_text(p, at, "id", id))
		return false;
	return (!strncasecmp(id, "TDX_", 4) && tcb_hex(id + 4, strlen(id + 4), major, 1)) ||
	       fail(p, at, "id", "TDX_ and two hexadecimal digits");
}

static bool read_identities(struct parser *p, const struct place *doc, struct tcb_info *info)
{
	struct ss_bytes values[TCB_MAX_IDENTITIES];
	struct tcb_identity *identity;
	struct place at;
	size_t i, j, nr;

	if (!read_array(p, doc, "tdxModuleIdentities", TCB_MAX_IDENTITIES, true, values, &nr))
		return false;
	info->identities = allocate(p, nr, sizeof(*info->identities));
	if (!info->identities)
		return false;
	for (i = 0; i < nr; i++) {
		identity = &info->identities[info->nr_identities++];
		if (!enter(p, &at, &values[i], ".tdxModuleIdentities[%zu]", i) ||
		    !read_major(p, &at, &identity->major) || !read_identity(p, &at, identity) ||
		    !read_module_levels(p, &at, identity))
			return false;
		for (j = 0; j < i; j++)
			if (info->identities[j].major == identity->major)
				return fail(p, &at, "id", "each major SVN once");
	}
	return true;
}

static bool read_platform_levels(struct parser *p, const struct place *doc, struct tcb_info *info)
{
	struct ss_bytes values[TCB_MAX_LEVELS];
	struct place at;
	size_t i, nr;

	if (!read_array(p, doc, "tcbLevels", TCB_MAX_LEVELS, false, values, &nr))
		return false;
	info->levels = allocate(p, nr, sizeof(*info->levels));
	if (!info->levels)
		return false;
	for (i = 0; i < nr; i++) {
		info->nr_levels++;
		if (!enter(p, &at, &values[i], ".tcbLevels[%zu]", i) ||
		    !read_platform_level(p, &at, &info->levels[i]))
			return false;
	}
	return true;
}

/* ---- the document ---------------------------------------------------------------------------- */

/* First of all: a document of another kind need not have the other fields. */
static bool check_kind(struct parser *p, const struct place *doc)
{
	char id[TEXT_BYTES];
	uint32_t version;

	if (!read_text(p, doc, "id", id) || !read_number(p, doc, "version", INT32_MAX, &version))
		return false;
	if (strcmp(id, "TDX")) {
		p->answer = tcb_say(p->why, TCB_DOC_WRONG_ID,
				    "tcbInfo.id: expected TDX, found %.32s; ask for TCB Info of "
				    "TDX", id);
		return false;
	}
	if (version != SUPPORTED_VERSION) {
		p->answer = tcb_say(p->why, TCB_DOC_WRONG_VERSION,
				    "tcbInfo.version: expected %u, found %u; get a newer seamstep",
				    SUPPORTED_VERSION, version);
		return false;
	}
	return true;
}

static bool read_document(struct parser *p, const struct place *doc, struct tcb_info *info)
{
	struct place module;

	return check_kind(p, doc) && read_time(p, doc, "issueDate", &info->issued) &&
	       read_time(p, doc, "nextUpdate", &info->next_update) &&
	       read_hex(p, doc, "fmspc", info->fmspc, sizeof(info->fmspc)) &&
	       read_hex(p, doc, "pceId", info->pce_id, sizeof(info->pce_id)) &&
	       read_number(p, doc, "tcbType", INT32_MAX, &info->type) &&
	       read_number(p, doc, "tcbEvaluationDataNumber", INT32_MAX, &info->set) &&
	       enter(p, &module, tcb_json_find(&doc->object, "tdxModule"), ".tdxModule") &&
	       read_identity(p, &module, &info->module) && read_identities(p, doc, info) &&
	       read_platform_levels(p, doc, info);
}

enum tcb_answer tcb_parse(struct ss_bytes text, struct tcb_info **out, char why[TCB_WHY])
{
	struct parser p = { .why = why, .answer = TCB_DOC_OK };
	struct tcb_info *info = allocate(&p, 1, sizeof(*info));
	struct place doc;

	*out = NULL;
	if (info && enter(&p, &doc, &text, "%s", "") && read_document(&p, &doc, info))
		*out = info;
	else
		tcb_free(info);
	return p.answer;
}

/* ---- releasing ------------------------------------------------------------------------------- */

static void level_release(struct tcb_level *level)
{
	size_t i;

	for (i = 0; i < level->nr_advisories; i++)
		free(level->advisories[i]);
	free(level->advisories);
	free(level->unknown);
}

static void identity_release(struct tcb_identity *identity)
{
	size_t i;

	for (i = 0; i < identity->nr_levels; i++)
		level_release(&identity->levels[i].level);
	free(identity->levels);
}

void tcb_free(struct tcb_info *info)
{
	size_t i;

	if (!info)
		return;
	for (i = 0; i < info->nr_identities; i++)
		identity_release(&info->identities[i]);
	free(info->identities);
	for (i = 0; i < info->nr_levels; i++)
		level_release(&info->levels[i].level);
	free(info->levels);
	free(info);
}
