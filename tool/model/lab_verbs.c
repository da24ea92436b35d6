// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* "seamstep lab show, set, fault, reboot, remove": arrange situations on a simulated host. */
#include "tool/out/columns.h"

#include "lab/fault_spec.h"
#include "lab/host_lab.h"
#include "lab/lab_state.h"
#include "lib/record/lock.h"
#include "model.h"
#include "tool/verb/lab_table.h"

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>

static const struct option json_only[] = { { "json", no_argument, NULL, 'J' },
					   { NULL, 0, NULL, 0 } };
static const struct option with_clear[] = { { "json", no_argument, NULL, 'J' },
					    { "clear", no_argument, NULL, 'c' },
					    { NULL, 0, NULL, 0 } };

/* As --clear: a flag. */
static const struct option with_early[] = { { "json", no_argument, NULL, 'J' },
					    { "early", no_argument, NULL, 'c' },
					    { NULL, 0, NULL, 0 } };

struct lab_change {
	const char *verb;
	struct host *host;
	struct host_lock lock;
	struct lab_state state;
	const char *dir;
};

static int parse(const char *verb, int argc, char **argv, const struct option *options, bool *clear)
{
	int c;

	while ((c = getopt_long(argc, argv, ":J", options, NULL)) != -1) {
		if (c == 'J')
			out_json_mode(verb);
		else if (c == 'c')
			*clear = true;
		else
			return out_bad_option(verb, argv, c, options);
	}
	return argc > optind ? EXIT_OK : out_usage_error(verb, "expected the directory of a lab, found none");
}

/* Opens the lab and locks the lab against other commands. */
static int begin(struct lab_change *l, const char *verb, const char *dir)
{
	enum exit_status exit = EXIT_OK;
	char *text = NULL;

	memset(l, 0, sizeof(*l));
	l->verb = verb;
	l->dir = dir;
	l->lock.fd = -1;
	l->host = host_lab_open(dir, &text);
	if (!l->host)
		exit = out_fail(EXIT_UNSUPPORTED, "%s", text);
	else if (lock_take(l->host, verb, 0, &l->lock, &text) != LOCK_TAKEN)
		exit = out_fail(EXIT_NOT_NOW, "another command uses %s: %s; try later", l->host->name, text);
	else if (!lab_state_load(dir, &l->state, &text))
		exit = out_fail(EXIT_ERROR, "%s", text);
	free(text);
	return exit;
}

static void end(struct lab_change *l)
{
	lab_state_release(&l->state);
	lock_release(&l->lock);
	host_close(l->host);
}

/* ---- show ------------------------------------------------------------------------------------ */

static const struct column columns[] = { { "NAME", "name of the field", true, false, false },
					 { "VALUE", "value of the field", true, false, true },
					 { NULL } };

static char *member_text(json_t *value)
{
	char *text = json_is_string(value) ? text_format("%s", json_string_value(value)) :
		     json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
	char *shown = text_escape(text ? text : "");

	free(text);
	return shown;
}

static void print_state(json_t *doc)
{
	struct columns_style style = { .no_headings = true };
	struct columns *table = columns_new("lab show", columns, &style);
	const char *name;
	json_t *value;
	char *text, *shown;

	json_object_foreach(doc, name, value) {
		shown = text_escape(name);
		text = member_text(value);
		columns_row(table, (const char *[]){ shown, text });
		free(text);
		free(shown);
	}
	columns_print(table, stdout);
	columns_free(table);
}

static int show_state(const char *verb, const char *dir)
{
	struct lab_state s;
	char *why, schema[48], *p;
	json_t *doc;
	int rc;

	if (!lab_state_load(dir, &s, &why)) {
		rc = out_fail(EXIT_UNSUPPORTED, "%s", why);
		free(why);
		return rc;
	}
	if (out_json_wanted()) {
		snprintf(schema, sizeof(schema), "seamstep.%s/1", verb);
		for (p = schema; *p; p++)
			*p = *p == ' ' ? '.' : *p;
		doc = out_json_doc(schema);
		json_object_set(doc, "lab", s.doc);
		rc = out_json_end(doc, EXIT_OK);
	} else {
		print_state(s.doc);
		rc = EXIT_OK;
	}
	lab_state_release(&s);
	return rc;
}

/* For a verb whose one argument is the lab's directory. */
static int parse_dir(const char *verb, int argc, char **argv)
{
	int rc = parse(verb, argc, argv, json_only, NULL);

	return !rc && argc - optind != 1 ?
	       out_usage_error(verb, "expected one directory, found %d", argc - optind) : rc;
}

int verb_lab_show(int argc, char **argv)
{
	int rc = parse_dir("lab show", argc, argv);

	return rc ? rc : show_state("lab show", argv[optind]);
}

/* ---- set, fault, reboot ---------------------------------------------------------------------- */

static int save(struct lab_change *l)
{
	char *why;
	int rc;

	if (!lab_state_save(l->dir, &l->state, &why)) {
		rc = out_fail(EXIT_ERROR, "%s", why);
		free(why);
		return rc;
	}
	return out_json_wanted() ? show_state(l->verb, l->dir) : EXIT_OK;
}

static int set_one(struct lab_change *l, const char *what)
{
	const char *equals = strchr(what, '=');
	char *name, *why, *shown;
	int rc = EXIT_OK;

	if (!equals)
		return out_usage_error("lab set", "expected NAME=VALUE, found '%.99s'", what);
	name = text_format("%.*s", (int)(equals - what), what);
	if (!lab_state_set(&l->state, name, equals + 1, &why)) {
		shown = text_escape(what);
		rc = out_usage_error("lab set", "%s: %s", shown, why);
		free(shown);
		free(why);
	}
	free(name);
	return rc;
}

int verb_lab_set(int argc, char **argv)
{
	struct lab_change l;
	int rc = parse("lab set", argc, argv, json_only, NULL), i;

	if (!rc && argc - optind < 2)
		rc = out_usage_error("lab set", "expected DIR and NAME=VALUE, found no NAME=VALUE");
	if (rc)
		return rc;
	rc = begin(&l, "lab set", argv[optind]);
	for (i = optind + 1; !rc && i < argc; i++)
		rc = set_one(&l, argv[i]);
	if (!rc)
		rc = save(&l);
	end(&l);
	return rc;
}

static void clear_faults(struct lab_state *s)
{
	while (s->nr_faults)
		free(s->faults[--s->nr_faults]);
}

static int fault_one(struct lab_change *l, const char *spec)
{
	struct fault_spec_error err;
	struct sim_fault fault;
	char *shown;
	int rc;

	if (!fault_spec_parse(spec, l->state.lps, &fault, &err)) {
		shown = text_escape(spec);
		rc = out_usage_error("lab fault", "%s: at character %zu: %s", shown, err.at + 1,
				     err.text);
		free(shown);
		return rc;
	}
	if (l->state.nr_faults == LAB_MAX_FAULTS)
		return out_usage_error("lab fault", "expected at most %u faults",
				       LAB_MAX_FAULTS);
	l->state.faults[l->state.nr_faults++] = fault_spec_format(&fault);
	return EXIT_OK;
}

int verb_lab_fault(int argc, char **argv)
{
	struct lab_change l;
	bool clear = false;
	int rc = parse("lab fault", argc, argv, with_clear, &clear), i;

	if (!rc && argc - optind < 2 && !clear)
		rc = out_usage_error("lab fault", "expected DIR and faults, or --clear DIR, found no fault");
	if (rc)
		return rc;
	rc = begin(&l, "lab fault", argv[optind]);
	if (!rc && clear)
		clear_faults(&l.state);
	for (i = optind + 1; !rc && i < argc; i++)
		rc = fault_one(&l, argv[i]);
	if (!rc)
		rc = save(&l);
	end(&l);
	return rc;
}

int verb_lab_reboot(int argc, char **argv)
{
	struct lab_change l;
	bool early = false;
	int rc = parse("lab reboot", argc, argv, with_early, &early);

	if (!rc && argc - optind > 1)
		rc = out_usage_error("lab reboot", "expected one directory, found more");
	if (rc)
		return rc;
	rc = begin(&l, "lab reboot", argv[optind]);
	if (!rc) {
		/*
		 * BIOS loads its module, which uses up one update. TDs start again, unless the boot
		 * is looked at before it comes to TDs.
		 */
		free(l.state.running);
		l.state.running = text_format("%s", l.state.bios);
		l.state.updates_left = l.state.updates - 1;
		l.state.tds_alive = early ? 0 : l.state.tds;
		l.state.offline = l.state.builds = 0;
		l.state.boots++;
		rc = save(&l);
	}
	end(&l);
	return rc;
}

/* ---- remove ---------------------------------------------------------------------------------- */

static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st;
	(void)kind;
	(void)ftw;
	return remove(path);
}

bool verb_lab_remove_tree(const char *dir)
{
	return nftw(dir, remove_entry, 8, FTW_DEPTH | FTW_PHYS) == 0;
}

/* Finds a file that neither "lab create" nor an update made. Such a file stops the removal. */
static char *stranger_in(const char *dir)
{
	static const char *const ours[] = {
		".", "..", "lab.json", "lock", "journal.jsonl", "inhibit.json", "repo", "repo-bad",
		"signer.pem", "signer.pub.pem", "tcb", NULL
	};
	DIR *d = opendir(dir);
	const char *const *name;
	struct dirent *entry;
	char *found = NULL;

	while (d && !found && (entry = readdir(d))) {
		for (name = ours; *name && strcmp(*name, entry->d_name); name++)
			;
		if (!*name && strncmp(entry->d_name, "lab.json.", 9))
			found = text_escape(entry->d_name);
	}
	if (d)
		closedir(d);
	return found;
}

int verb_lab_remove(int argc, char **argv)
{
	struct lab_change l;
	char *stranger;
	int rc = parse_dir("lab remove", argc, argv);

	if (rc)
		return rc;
	rc = begin(&l, "lab remove", argv[optind]);
	if (!rc) {
		stranger = stranger_in(l.dir);
		if (stranger)
			rc = out_fail(EXIT_ERROR,
				      "%s has a file that does not belong to a lab, %s; nothing was removed",
				      l.host->name, stranger);
		else if (!verb_lab_remove_tree(l.dir))
			rc = out_fail(EXIT_ERROR, "%s: %s", l.host->name, strerror(errno));
		free(stranger);
	}
	if (!rc && out_json_wanted())
		rc = out_json_end(out_json_doc("seamstep.lab.remove/1"), EXIT_OK);
	end(&l);
	return rc;
}
