// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* TCB Info for a lab's ladder of versions, signed under a root of the lab's own. */
#include "lab_tcb.h"

#include "lib/base/file.h"
#include "lib/base/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <jansson.h>

#define DAY	86400

/* No platform of Intel's has this number. */
#define LAB_FMSPC	"1ab000000000"
#define ZEROS		"0000000000000000"

const char *const lab_tcb_names[LAB_TCB_NR] = { "standard", "early" };

static const uint8_t majors[LAB_TCB_LINES] = { 1, 3 };
/* What set 20 asked for in the public world; a new lab's early set asks for the same. */
static const uint8_t first_early[LAB_TCB_LINES] = { 11, 5 };

/* ---- the bar --------------------------------------------------------------------------------- */

static uint8_t lowest_of(uint8_t major)
{
	uint8_t lowest = UINT8_MAX;
	uint32_t i;

	for (i = 0; i < sim_ladder_nr; i++)
		if (sim_ladder[i].svn_major == major && sim_ladder[i].svn_minor < lowest)
			lowest = sim_ladder[i].svn_minor;
	return lowest;
}

/* The next minor SVN of the ladder above @minor, or @minor itself. */
static uint8_t next_of(uint8_t major, uint8_t minor)
{
	uint8_t next = UINT8_MAX;
	uint32_t i;

	for (i = 0; i < sim_ladder_nr; i++)
		if (sim_ladder[i].svn_major == major && sim_ladder[i].svn_minor > minor &&
		    sim_ladder[i].svn_minor < next)
			next = sim_ladder[i].svn_minor;
	return next == UINT8_MAX ? minor : next;
}

static void renumber(struct lab_tcb *tcb, uint32_t first, int64_t now)
{
	unsigned int i;

	for (i = 0; i < LAB_TCB_NR; i++) {
		tcb->bars[i].set = first + i;
		tcb->bars[i].issued = now;
		tcb->bars[i].days = LAB_TCB_DAYS;
	}
}

void lab_tcb_begin(struct lab_tcb *tcb, const struct sim_module_info *running, int64_t now)
{
	uint8_t *standard = tcb->bars[LAB_TCB_STANDARD].minor;
	unsigned int line;

	memset(tcb, 0, sizeof(*tcb));
	renumber(tcb, LAB_TCB_FIRST, now);
	for (line = 0; line < LAB_TCB_LINES; line++) {
		standard[line] = running->svn_major == majors[line] ? running->svn_minor :
				 lowest_of(majors[line]);
		tcb->bars[LAB_TCB_EARLY].minor[line] =
			standard[line] < first_early[line] ? first_early[line] :
			next_of(majors[line], standard[line]);
	}
}

void lab_tcb_move(struct lab_tcb *tcb, int64_t now)
{
	uint8_t *early = tcb->bars[LAB_TCB_EARLY].minor;
	unsigned int line;

	tcb->bars[LAB_TCB_STANDARD] = tcb->bars[LAB_TCB_EARLY];
	renumber(tcb, tcb->bars[LAB_TCB_STANDARD].set, now);
	for (line = 0; line < LAB_TCB_LINES; line++)
		early[line] = next_of(majors[line], early[line]);
}

void lab_tcb_ask(struct lab_tcb *tcb, unsigned int which, const struct sim_module_info *version,
		 int64_t now)
{
	uint8_t *early = tcb->bars[LAB_TCB_EARLY].minor;
	unsigned int line;

	renumber(tcb, tcb->bars[LAB_TCB_STANDARD].set + 1, now);
	for (line = 0; line < LAB_TCB_LINES; line++) {
		if (majors[line] != version->svn_major)
			continue;
		tcb->bars[which].minor[line] = version->svn_minor;
		/* An early set never asks for less. */
		if (early[line] < tcb->bars[LAB_TCB_STANDARD].minor[line])
			early[line] = tcb->bars[LAB_TCB_STANDARD].minor[line];
	}
}

/* ---- the text -------------------------------------------------------------------------------- */

/* "2025-02-19T00:00:00Z": the date of the first version with this SVN. */
static json_t *date_of(uint8_t major, uint8_t minor)
{
	uint32_t i, date = 0x20240101;

	for (i = 0; i < sim_ladder_nr; i++) {
		if (sim_ladder[i].svn_major == major && sim_ladder[i].svn_minor == minor) {
			date = sim_ladder[i].date;
			break;
		}
	}
	return json_sprintf("%04x-%02x-%02xT00:00:00Z", date >> 16, date >> 8 & 0xff, date & 0xff);
}

static json_t *advisories(uint32_t set)
{
	return json_pack("[o, o]", json_sprintf("LAB-SA-%04u1", set),
			 json_sprintf("LAB-SA-%04u2", set));
}

static json_t *module_levels(uint8_t major, uint8_t bar, uint32_t set)
{
	json_t *levels = json_array();
	uint8_t lowest = lowest_of(major);

	json_array_append_new(levels, json_pack("{s:{s:i}, s:o, s:s}", "tcb", "isvsvn", bar,
						"tcbDate", date_of(major, bar), "tcbStatus",
						"UpToDate"));
	if (lowest < bar)
		json_array_append_new(levels, json_pack("{s:{s:i}, s:o, s:s, s:o}", "tcb",
							"isvsvn", lowest, "tcbDate",
							date_of(major, lowest), "tcbStatus",
							"OutOfDate", "advisoryIDs",
							advisories(set)));
	return levels;
}

static json_t *identity(void)
{
	return json_pack("{s:s, s:s, s:s}", "mrsigner", ZEROS ZEROS ZEROS ZEROS ZEROS ZEROS,
			 "attributes", ZEROS, "attributesMask", "FFFFFFFFFFFFFFFF");
}

static json_t *identities(const struct lab_tcb_bar *bar)
{
	json_t *list = json_array(), *entry;
	unsigned int line;

	for (line = 0; line < LAB_TCB_LINES; line++) {
		entry = identity();
		json_object_set_new(entry, "id", json_sprintf("TDX_%02X", majors[line]));
		json_object_set_new(entry, "tcbLevels",
				    module_levels(majors[line], bar->minor[line], bar->set));
		json_array_append_new(list, entry);
	}
	return list;
}

/* A lab's platform is always of date: a lab has neither BIOS nor microcode. */
static json_t *platform_levels(void)
{
	json_t *zeros = json_array(), *list = json_array();
	unsigned int i;

	for (i = 0; i < TCB_COMPONENTS; i++)
		json_array_append_new(zeros, json_pack("{s:i}", "svn", 0));
	json_array_append_new(list, json_pack("{s:{s:O, s:i, s:O}, s:s, s:s}", "tcb",
					      "sgxtcbcomponents", zeros, "pcesvn", 0,
					      "tdxtcbcomponents", zeros, "tcbDate",
					      "2024-01-01T00:00:00Z", "tcbStatus", "UpToDate"));
	json_decref(zeros);
	return list;
}

static char *text_of(const struct lab_tcb_bar *bar)
{
	char issued[TCB_TIME], next[TCB_TIME], *text;
	json_t *doc;

	tcb_time_format(bar->issued, issued);
	tcb_time_format(bar->issued + (int64_t)bar->days * DAY, next);
	doc = json_pack("{s:s, s:i, s:s, s:s, s:s, s:s, s:i, s:i, s:o, s:o, s:o}", "id", "TDX",
			"version", 3, "issueDate", issued, "nextUpdate", next, "fmspc", LAB_FMSPC,
			"pceId", "0000", "tcbType", 0, "tcbEvaluationDataNumber", (int)bar->set,
			"tdxModule", identity(), "tdxModuleIdentities", identities(bar),
			"tcbLevels", platform_levels());
	text = json_dumps(doc, JSON_COMPACT);
	json_decref(doc);
	return text;
}

/* ---- files ----------------------------------------------------------------------------------- */

char *lab_tcb_collateral(const char *text, const struct tcb_signer *signer)
{
	char signature[TCB_SIGNATURE_TEXT], *chain = tcb_signer_chain(signer), *out = NULL;
	json_t *doc;

	if (chain && tcb_signer_sign(signer->key, text, strlen(text), signature)) {
		doc = json_pack("{s:s, s:s, s:s}", "tcb_info", text, "tcb_info_signature", signature,
				"tcb_info_issuer_chain", chain);
		out = json_dumps(doc, JSON_INDENT(1));
		json_decref(doc);
	}
	base_free(chain);
	return out;
}

static char *body_of(const char *text, const struct tcb_signer *signer)
{
	char signature[TCB_SIGNATURE_TEXT];

	if (!tcb_signer_sign(signer->key, text, strlen(text), signature))
		return NULL;
	return base_text("{\"tcbInfo\":%s,\"signature\":\"%s\"}", text, signature);
}

/* Takes @text. */
static bool save(const char *dir, const char *name, char *text, char **why)
{
	char *path = base_text("%s/tcb/%s", dir, name);
	bool ok = text && base_file_write(path, text, strlen(text), 0644);

	if (!text)
		*why = base_text("the crypto library cannot sign tcb/%s", name);
	else if (!ok)
		*why = base_text("tcb/%s: %s", name, strerror(errno));
	base_free(path);
	base_free(text);
	return ok;
}

bool lab_tcb_save(const char *dir, const struct lab_tcb *tcb, const struct tcb_signer *signer,
		  char **why)
{
	char *standard = text_of(&tcb->bars[LAB_TCB_STANDARD]);
	char *early = text_of(&tcb->bars[LAB_TCB_EARLY]);
	bool ok = standard && early &&
		  save(dir, "standard.chain.pem", tcb_signer_chain(signer), why) &&
		  save(dir, "standard.json", body_of(standard, signer), why) &&
		  save(dir, "early.json", lab_tcb_collateral(early, signer), why);

	if (!standard || !early)
		*why = base_text("not enough memory");
	base_free(early);
	base_free(standard);
	return ok;
}

static bool load_bar(const char *path, const struct tcb_anchor *root, struct lab_tcb_bar *bar,
		     char *why)
{
	struct tcb_info *info;
	enum tcb_answer answer = tcb_load(path, root, 1, time(NULL), &info, why);
	unsigned int line;

	if (!tcb_answer_usable(answer))
		return false;
	bar->set = info->set;
	bar->issued = info->issued;
	bar->days = (uint32_t)((info->next_update - info->issued) / DAY);
	for (line = 0; line < LAB_TCB_LINES; line++)
		tcb_bar(info, majors[line], TCB_UP_TO_DATE, &bar->minor[line]);
	tcb_free(info);
	return true;
}

bool lab_tcb_load(const char *dir, struct lab_tcb *tcb, char **why)
{
	char *root = base_text("%s/tcb/root.pem", dir), sentence[TCB_WHY];
	struct tcb_anchor anchor;
	bool ok = tcb_anchor_load(root, &anchor, sentence) == TCB_DOC_OK;
	unsigned int i;

	memset(tcb, 0, sizeof(*tcb));
	if (!ok)
		*why = base_text("tcb/root.pem: %s", sentence);
	for (i = 0; ok && i < LAB_TCB_NR; i++) {
		char *path = base_text("%s/tcb/%s.json", dir, lab_tcb_names[i]);

		ok = load_bar(path, &anchor, &tcb->bars[i], sentence);
		if (!ok)
			*why = base_text("tcb/%s.json: %s", lab_tcb_names[i], sentence);
		base_free(path);
	}
	base_free(root);
	return ok;
}
