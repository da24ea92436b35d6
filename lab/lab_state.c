// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Reads, checks and replaces a lab's state. */
#include "lab_state.h"

#include "fault_spec.h"
#include "lib/base/file.h"
#include "lib/base/json.h"
#include "simulate.h"
#include "lib/base/text.h"
#include "lib/base/words.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STATE_LIMIT	((size_t)1 << 20)
#define MAX_LPS		1024u
#define MAX_TDS		1024u

/* The numbers, with their bounds and the defaults for members that the file lacks. */
struct number {
	const char *name;
	size_t offset;
	uint32_t min, max, otherwise;
};
#define NUMBER(member, min, max, otherwise) \
	{ #member, offsetof(struct lab_state, member), min, max, otherwise }

static const struct number numbers[] = {
	NUMBER(lps, 1, MAX_LPS, 64),
	NUMBER(sockets, 1, LAB_MAX_SOCKETS, 1),
	NUMBER(updates, 1, 255, 16),
	NUMBER(updates_left, 0, 254, 15),
	NUMBER(tds, 0, MAX_TDS, LAB_DEFAULT_TDS),
	NUMBER(vcpus, 1, 16, 2),
	NUMBER(tds_alive, 0, MAX_TDS, UINT32_MAX),	/* as tds */
	NUMBER(offline, 0, MAX_LPS - 1, 0),
	NUMBER(builds, 0, MAX_TDS, 0),
	NUMBER(boots, 0, UINT32_MAX, 0),
	NUMBER(seam_bytes, 0, SIMULATE_MAX_SEAM_BYTES, 0),
};

static uint32_t *member(struct lab_state *state, const struct number *n)
{
	return (uint32_t *)((char *)state + n->offset);
}

static bool parse_numbers(struct lab_state *s, char **why)
{
	size_t i;

	for (i = 0; i < SS_ARRAY_SIZE(numbers); i++) {
		const struct number *n = &numbers[i];
		json_t *value = json_object_get(s->doc, n->name);
		json_int_t v = json_integer_value(value);

		*member(s, n) = n->otherwise;
		if (!value)
			continue;
		if (!json_is_integer(value) || v < n->min || v > n->max) {
			*why = base_text("%s: expected a number from %u to %u", n->name, n->min,
					   n->max);
			return false;
		}
		*member(s, n) = (uint32_t)v;
	}
	if (s->tds_alive > s->tds)
		s->tds_alive = s->tds;
	if (s->offline >= s->lps) {
		*why = base_text("offline: expected fewer than the %u LPs, found %u", s->lps,
				   s->offline);
		return false;
	}
	return true;
}

static bool is_version(const char *text)
{
	struct ss_version v;

	return text && (!*text || (strlen(text) < 16 && ss_version_parse(text, &v)));
}

static bool parse_version(struct lab_state *s, const char *name, const char *otherwise, char **to,
			  char **why)
{
	json_t *value = json_object_get(s->doc, name);
	const char *text = value ? json_string_value(value) : otherwise;

	if (!is_version(text)) {
		*why = base_text("%s: expected a version such as 1.5.06", name);
		return false;
	}
	*to = base_text("%s", text);
	return true;
}

static bool parse_fms(struct lab_state *s, char **why)
{
	json_t *list = json_object_get(s->doc, "fms");
	size_t i, n = json_array_size(list);
	uint64_t fms;

	for (i = 0; i < n && i < LAB_MAX_SOCKETS; i++) {
		const char *text = json_string_value(json_array_get(list, i));

		if (!text || !base_number(text, 1, UINT32_MAX, &fms))
			break;
		s->fms[s->nr_fms++] = (uint32_t)fms;
	}
	if (n == 0 || i < n) {
		*why = base_text("fms: expected 1 to %u strings such as \"0xc06f0\"",
				   LAB_MAX_SOCKETS);
		return false;
	}
	return true;
}

static bool add_fault(struct lab_state *s, const char *spec, char **why)
{
	struct fault_spec_error err;
	struct sim_fault fault;

	if (s->nr_faults == LAB_MAX_FAULTS) {
		*why = base_text("no more than %u faults can be kept", LAB_MAX_FAULTS);
		return false;
	}
	if (!spec || !fault_spec_parse(spec, s->lps, &fault, &err)) {
		*why = base_text("fault: %s", spec ? err.text : "expected a string");
		return false;
	}
	s->faults[s->nr_faults++] = fault_spec_format(&fault);
	return true;
}

static bool parse_faults(struct lab_state *s, char **why)
{
	json_t *list = json_object_get(s->doc, "faults");
	size_t i;

	if (list && !json_is_array(list)) {
		*why = base_text("faults: expected an array");
		return false;
	}
	for (i = 0; i < json_array_size(list); i++)
		if (!add_fault(s, json_string_value(json_array_get(list, i)), why))
			return false;
	return true;
}

static bool parse_rest(struct lab_state *s, char **why)
{
	json_t *seed = json_object_get(s->doc, "seed"),
	       *seamldr = json_object_get(s->doc, "seamldr");
	const char *text = json_string_value(seamldr);

	s->seed = seed && json_integer_value(seed) >= 0 ? (uint64_t)json_integer_value(seed) : 1;
	s->seamldr = (struct ss_version){ 1, 5, 0 };
	if (s->running && *s->running && s->running[0] != '1')
		s->seamldr = (struct ss_version){ 2, 0, 0 };
	if (seamldr && (!text || !ss_version_parse(text, &s->seamldr))) {
		*why = base_text("seamldr: expected a version such as 1.5.00");
		return false;
	}
	return true;
}

static bool parse_members(struct lab_state *s, char **why)
{
	const char *schema = json_string_value(json_object_get(s->doc, "schema"));

	if (!schema || strcmp(schema, "seamstep.lab/1")) {
		*why = base_text(
			"expected the schema seamstep.lab/1: the file is no lab's state, or that of a newer seamstep");
		return false;
	}
	return parse_numbers(s, why) && parse_version(s, "running", NULL, &s->running, why) &&
	       parse_version(s, "bios", s->running, &s->bios, why) && parse_fms(s, why) &&
	       parse_faults(s, why) && parse_rest(s, why);
}

bool lab_state_parse(const char *text, size_t bytes, struct lab_state *state, char **why)
{
	struct base_json_fault fault;

	memset(state, 0, sizeof(*state));
	state->doc = base_json_read(text, bytes, true, &fault);
	if (!state->doc)
		*why = base_text("line %u: expected JSON: %s", fault.line, fault.what);
	if (state->doc && parse_members(state, why))
		return true;
	lab_state_release(state);
	return false;
}

static char *state_path(const char *dir)
{
	return base_text("%s/lab.json", dir);
}

bool lab_state_load(const char *dir, struct lab_state *state, char **why)
{
	char *path = state_path(dir), *shown = base_escape(path), *detail = NULL;
	size_t bytes;
	uint8_t *text = base_file_read_regular(path, STATE_LIMIT, &bytes);
	bool ok = false;

	if (!text)
		*why = base_text("%s: %s; this folder has no lab", shown,
				   base_file_why(errno));
	else
		ok = lab_state_parse((const char *)text, bytes, state, &detail);
	if (text && !ok)
		*why = base_text("%s: %s", shown, detail);
	base_free(detail);
	base_free(text);
	base_free(shown);
	base_free(path);
	return ok;
}

static json_t *faults_json(const struct lab_state *s)
{
	json_t *list = json_array();
	uint32_t i;

	for (i = 0; i < s->nr_faults; i++)
		base_json_append(list, json_string(s->faults[i]));
	return list;
}

bool lab_state_save(const char *dir, const struct lab_state *state, char **why)
{
	char *path = state_path(dir), *text, fms[16], seamldr[24];
	json_t *doc = json_deep_copy(state->doc), *list = json_array();
	size_t i;
	bool ok;

	for (i = 0; i < SS_ARRAY_SIZE(numbers); i++)
		base_json_set(doc, numbers[i].name,
				    json_integer(*member((struct lab_state *)state, &numbers[i])));
	for (i = 0; i < state->nr_fms; i++) {
		snprintf(fms, sizeof(fms), "0x%x", state->fms[i]);
		base_json_append(list, json_string(fms));
	}
	snprintf(seamldr, sizeof(seamldr), "%u.%u.%02u", state->seamldr.major, state->seamldr.minor,
		 state->seamldr.update);
	base_json_set(doc, "fms", list);
	base_json_set(doc, "running", json_string(state->running));
	base_json_set(doc, "bios", json_string(state->bios));
	base_json_set(doc, "seamldr", json_string(seamldr));
	base_json_set(doc, "seed", json_integer((json_int_t)state->seed));
	base_json_set(doc, "faults", faults_json(state));
	text = base_json_text(doc, JSON_INDENT(2) | JSON_ENSURE_ASCII);
	if (base_lacks())
		errno = ENOMEM;
	ok = !base_lacks() && base_file_write(path, text, strlen(text), 0644);
	if (!ok)
		*why = base_text("%s: %s", path, strerror(errno));
	base_free(text);
	json_decref(doc);
	base_free(path);
	return ok;
}

void lab_state_release(struct lab_state *s)
{
	uint32_t i;

	for (i = 0; i < s->nr_faults; i++)
		base_free(s->faults[i]);
	base_free(s->running);
	base_free(s->bios);
	json_decref(s->doc);
	memset(s, 0, sizeof(*s));
}

/* ---- lab set --------------------------------------------------------------------------------- */

const char *const lab_state_names[] = { "lps",	   "sockets",	"updates", "updates_left", "tds",
					"vcpus",   "tds_alive", "offline", "builds",	   "boots",
					"running", "bios",	"seamldr", "fms",
					"seam_bytes", NULL };

static json_t *value_of(const char *name, const char *value)
{
	json_t *list;
	uint64_t n;

	if (!strcmp(name, "running") || !strcmp(name, "bios") || !strcmp(name, "seamldr"))
		return json_string(value);
	if (!strcmp(name, "fms")) {
		list = json_array();
		base_json_append(list, json_string(value));
		return list;
	}
	return base_number(value, 0, UINT32_MAX, &n) ? json_integer((json_int_t)n) : json_null();
}

/* Checks the changed document by parsing it like one from the disk. */
bool lab_state_set(struct lab_state *state, const char *name, const char *value, char **why)
{
	struct lab_state changed = { 0 };
	const char *const *known = lab_state_names;
	json_t *new = json_is_string(json_object_get(state->doc, "running")) ?
			      value_of(name, value) :
			      NULL;
	char *text;
	bool ok;

	while (*known && strcmp(*known, name))
		known++;
	if (!*known) {
		*why = base_text("a lab has no such value");
		json_decref(new);
		return false;
	}
	base_json_set(state->doc, name, new ? new : json_null());
	text = base_json_text(state->doc, 0);
	ok = !base_lacks() && lab_state_parse(text, strlen(text), &changed, why);
	base_free(text);
	if (ok) {
		lab_state_release(state);
		*state = changed;
	}
	return ok;
}
