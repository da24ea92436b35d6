// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* "seamstep lab tcb": what a lab's TCB Info asks for, and how to move the bar. */
#include "lab/host_lab.h"
#include "lab/lab_tcb.h"
#include "lib/record/lock.h"
#include "model.h"
#include "tool/verb/lab_table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SIGN_LIMIT	TCB_FILE_LIMIT
#define MAX_DAYS	3650u

enum { OPT_MOVE = 256, OPT_ISSUED, OPT_DAYS, OPT_SIGN };
static const struct option options[] = {
	{ "move", no_argument, NULL, OPT_MOVE },
	{ "issued", required_argument, NULL, OPT_ISSUED },
	{ "days", required_argument, NULL, OPT_DAYS },
	{ "sign", required_argument, NULL, OPT_SIGN },
	{ "json", no_argument, NULL, 'J' },
	{ NULL, 0, NULL, 0 }
};

struct request {
	bool move, has_issued, has_days;
	int64_t issued;
	uint64_t days;
	const char *sign, *dir;
	char **asks;			/* NULL-ended: SET=V */
};

static int take(struct request *r, int c, char **argv)
{
	static const char verb[] = "lab tcb";

	switch (c) {
	case OPT_MOVE:
		r->move = true;
		return EXIT_OK;
	case OPT_ISSUED:
		r->has_issued = true;
		return tcb_time_parse(optarg, &r->issued) ? EXIT_OK :
		       out_usage_error(verb, "--issued: expected a time as 2026-08-20T00:00:00Z");
	case OPT_DAYS:
		r->has_days = true;
		return words_number(optarg, 1, MAX_DAYS, &r->days) ? EXIT_OK :
		       out_usage_error(verb, "--days: expected 1 to %u", MAX_DAYS);
	case OPT_SIGN:
		r->sign = optarg;
		return EXIT_OK;
	case 'J':
		out_json_mode(verb);
		return EXIT_OK;
	default:
		return out_bad_option(verb, argv, c, options);
	}
}

/* ---- signing --------------------------------------------------------------------------------- */

static int sign_text(const struct request *r, const struct tcb_signer *signer)
{
	size_t bytes;
	uint8_t *text = file_read(r->sign, SIGN_LIMIT, &bytes);
	char *copy = text ? text_format("%.*s", (int)bytes, (const char *)text) : NULL;
	char *shown = text_escape(r->sign), *out = NULL;
	int rc = EXIT_OK;

	if (!copy)
		rc = out_fail(EXIT_ERROR, "%s: %s", shown, strerror(errno));
	else if (strlen(copy) != bytes)
		rc = out_fail(EXIT_ERROR, "%s: expected text, found a NUL byte", shown);
	else if (!(out = lab_tcb_collateral(copy, signer)))
		rc = out_fail(EXIT_ERROR, "the crypto library cannot sign %s", shown);
	else
		puts(out);
	free(out);
	free(shown);
	free(copy);
	free(text);
	return rc;
}

/* ---- the bar --------------------------------------------------------------------------------- */

static int ask(struct lab_tcb *tcb, const char *what)
{
	const char *equals = strchr(what, '=');
	const struct sim_module_info *version = equals ? sim_ladder_find(equals + 1) : NULL;
	unsigned int which = 0;
	char *shown;
	int rc;

	while (equals && which < LAB_TCB_NR &&
	       (strncmp(what, lab_tcb_names[which], (size_t)(equals - what)) ||
		lab_tcb_names[which][equals - what]))
		which++;
	if (equals && version && which < LAB_TCB_NR) {
		lab_tcb_ask(tcb, which, version, time(NULL));
		return EXIT_OK;
	}
	shown = text_escape(what);
	rc = out_usage_error("lab tcb", "%s: expected standard=V or early=V, V a version of the "
			     "model as 1.5.16", shown);
	free(shown);
	return rc;
}

static int change(const struct request *r, struct lab_tcb *tcb)
{
	unsigned int i;
	int rc = EXIT_OK;
	char **what;

	if (r->move)
		lab_tcb_move(tcb, time(NULL));
	for (what = r->asks; !rc && *what; what++)
		rc = ask(tcb, *what);
	for (i = 0; i < LAB_TCB_NR; i++) {
		if (r->has_issued)
			tcb->bars[i].issued = r->issued;
		if (r->has_days)
			tcb->bars[i].days = (uint32_t)r->days;
	}
	return rc;
}

static json_t *bar_json(const struct lab_tcb_bar *bar)
{
	char issued[TCB_TIME];

	tcb_time_format(bar->issued, issued);
	return json_pack("{s:i, s:s, s:i, s:i, s:i}", "set", (int)bar->set, "issued", issued, "days",
			 (int)bar->days, "TDX_01", bar->minor[0], "TDX_03", bar->minor[1]);
}

static int show(const struct lab_tcb *tcb)
{
	char issued[TCB_TIME];
	unsigned int i;
	json_t *doc;

	if (out_json_wanted()) {
		doc = out_json_doc("seamstep.lab.tcb/1");
		for (i = 0; i < LAB_TCB_NR; i++)
			json_object_set_new(doc, lab_tcb_names[i], bar_json(&tcb->bars[i]));
		return out_json_end(doc, EXIT_OK);
	}
	for (i = 0; i < LAB_TCB_NR; i++) {
		const struct lab_tcb_bar *bar = &tcb->bars[i];

		tcb_date_format(bar->issued, issued);
		printf("%-8s  set %u asks for SVN 1.%u and 3.%u; issued %s, in force for %u days\n",
		       lab_tcb_names[i], bar->set, bar->minor[0], bar->minor[1], issued, bar->days);
	}
	return EXIT_OK;
}

static int work_signed(const struct request *r, const struct tcb_signer *signer)
{
	bool changes = r->move || *r->asks || r->has_issued || r->has_days;
	struct lab_tcb tcb;
	char *why = NULL;
	int rc = EXIT_OK;

	if (r->sign)
		return sign_text(r, signer);
	if (!lab_tcb_load(r->dir, &tcb, &why)) {
		rc = out_fail(EXIT_ERROR, "%s", why);
	} else {
		rc = change(r, &tcb);
		if (!rc && changes && !lab_tcb_save(r->dir, &tcb, signer, &why))
			rc = out_fail(EXIT_ERROR, "%s", why);
		if (!rc)
			rc = show(&tcb);
	}
	free(why);
	return rc;
}

static int work(const struct request *r, const struct host *host)
{
	char *dir = text_format("%s/tcb", r->dir);
	struct tcb_signer signer;
	int rc;

	if (tcb_signer_load(&signer, dir)) {
		rc = work_signed(r, &signer);
		tcb_signer_release(&signer);
	} else {
		rc = out_fail(EXIT_ERROR, "%s has no signer of TCB Info; 'seamstep lab create' makes "
			      "a lab with one", host->name);
	}
	free(dir);
	return rc;
}

static int locked(const struct request *r)
{
	struct host_lock lock = { -1 };
	char *text = NULL;
	struct host *host = host_lab_open(r->dir, &text);
	int rc;

	if (!host)
		rc = out_fail(EXIT_UNSUPPORTED, "%s", text);
	else if (lock_take(host, "lab tcb", 0, &lock, &text) != LOCK_TAKEN)
		rc = out_fail(EXIT_NOT_NOW, "%s is in use by %s", host->name, text);
	else
		rc = work(r, host);
	free(text);
	lock_release(&lock);
	host_close(host);
	return rc;
}

int verb_lab_tcb(int argc, char **argv)
{
	struct request r = { .move = false };
	int c, rc;

	while ((c = getopt_long(argc, argv, ":J", options, NULL)) != -1) {
		rc = take(&r, c, argv);
		if (rc)
			return rc;
	}
	if (optind == argc)
		return out_usage_error("lab tcb", "the lab's directory is needed");
	r.dir = argv[optind];
	r.asks = argv + optind + 1;
	return locked(&r);
}
