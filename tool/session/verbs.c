// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Finds the verb that the command line names in a table, and prints help. */
#include "verbs.h"

#include "tool/out/exits.h"
#include "tool/out/json.h"
#include "tool/out/message.h"
#include "tool/out/terminal.h"
#include "tool/base/text.h"
#include "tool/base/words.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define MAX_VERBS 32

static const struct verb *find(const struct verb *table, const char *name)
{
	for (; table->name; table++)
		if (!strcmp(table->name, name))
			return table;
	return NULL;
}

static const char *nearest(const struct verb *table, const char *name)
{
	const char *names[MAX_VERBS + 1];
	size_t n = 0;

	for (; table->name && n < MAX_VERBS; table++)
		names[n++] = table->name;
	names[n] = NULL;
	return words_nearest(name, names);
}

static int unknown(const char *parent, const struct verb *table, const char *name)
{
	const char *meant = nearest(table, name);
	char *shown = text_escape(name);
	int rc;

	if (meant)
		rc = out_usage_error(parent, "there is no verb '%s'; did you mean '%s'?", shown, meant);
	else
		rc = out_usage_error(parent, "there is no verb '%s'", shown);
	free(shown);
	return rc;
}

/* Is @option among the arguments before a "--"? */
static bool has(int argc, char **argv, const char *option)
{
	int i;

	for (i = 1; i < argc && strcmp(argv[i], "--"); i++)
		if (!strcmp(argv[i], option))
			return true;
	return false;
}

static void help_table(const char *parent, const struct verb *table, FILE *out)
{
	fprintf(out, "Usage: seamstep %s%sVERB [options]\n\n", parent ? parent : "",
		parent ? " " : "");
	for (; table->name; table++)
		fprintf(out, "  %s%-10s%s %s\n", out_style(out, OUT_BOLD), table->name,
			out_style(out, OUT_PLAIN), table->help);
	fprintf(out, "\n'seamstep%s%s VERB --help' explains one verb, seamstep(1) explains all.\n",
		parent ? " " : "", parent ? parent : "");
}

int verb_help_text(const char *parent, const struct verb *table, const char *name, FILE *out)
{
	const struct verb *verb;

	if (!name) {
		help_table(parent, table, out);
		return EXIT_OK;
	}
	verb = find(table, name);
	if (!verb)
		return unknown(parent, table, name);
	if (!*verb->options)
		return verb->run(2, (char *[]){ (char *)verb->name, (char *)"--help", NULL });
	fprintf(out, "Usage: seamstep %s%s%s %s\n\n%c%s.\n\n%s", parent ? parent : "",
		parent ? " " : "", verb->name, verb->args, verb->help[0] & ~0x20, verb->help + 1,
		verb->options);
	return EXIT_OK;
}

/* "lab.create": the name of the schema of the verb's JSON. */
static void name_document(const char *parent, const char *name)
{
	static char full[64];

	snprintf(full, sizeof(full), "%s%s%s", parent ? parent : "", parent ? "." : "", name);
	out_json_mode(full);
}

int verb_dispatch(const char *parent, const struct verb *table, int argc, char **argv)
{
	const struct verb *verb;

	if (has(argc, argv, "--json"))
		name_document(parent, argc > 1 && find(table, argv[1]) ? argv[1] : "error");
	if (argc < 2)
		return out_usage_error(parent, "expected a verb, found none");
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
		return verb_help_text(parent, table, NULL, stdout);
	verb = find(table, argv[1]);
	if (!verb)
		return unknown(parent, table, argv[1]);
	if (*verb->options && (has(argc - 1, argv + 1, "--help") || has(argc - 1, argv + 1, "-h")))
		return verb_help_text(parent, table, verb->name, stdout);
	return verb->run(argc - 1, argv + 1);
}
