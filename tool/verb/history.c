// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* "seamstep history": past updates from a host's journal. */
#include "tool/session/session.h"
#include "table.h"

#include <stdlib.h>
#include <string.h>

const char verb_history_help[] =
	"  --last N           show only the last N updates\n"
	CONTEXT_HELP COLUMNS_HELP
	"\n"
	"STATE: done, running, or interrupted (the update's process ended and wrote no\n"
	"outcome; 'seamstep status' shows what runs).\n";

enum { OPT_LAST = CONTEXT_VERB_OPTIONS };

static const struct option options[] = {
	CONTEXT_OPTIONS, COLUMNS_OPTIONS, { "last", required_argument, NULL, OPT_LAST },
	{ NULL, 0, NULL, 0 }
};

static const struct column columns[] = {
	{ "TIME", "start of the update, UTC", true, false, false },
	{ "FROM", "version before the update", true, false, false },
	{ "TO", "version that the update wanted", true, false, false },
	{ "STATE", "done, running, interrupted", true, false, false },
	{ "VERDICT", "updated, unchanged, recovered, lost, mismatch, unknown, none", true, false,
	  false },
	{ "LEFT", "updates left after the update", true, true, false },
	{ "WINDOW", "time for which the host was stopped", true, true, false },
	{ "WAIVED", "checks that the operator waived", true, false, false },
	{ "DETAIL", "what went wrong", true, false, true },
	{ "EXIT", "exit status", false, true, false },
	{ "RUNNING", "version after the update", false, false, false },
	{ "KERNEL", "kernel release", false, false, false },
	{ "BOOT", "boot ID", false, false, false },
	{ "DIGEST", "SHA-384 of the image file", false, false, false },
	{ "ID", "ID of the update", false, false, false },
	{ NULL }
};

static char *text_at(json_t *from, const char *name)
{
	const char *text = json_string_value(json_object_get(from, name));

	return text ? text_escape(text) : NULL;
}

static char *number_at(json_t *from, const char *name)
{
	json_t *value = json_object_get(from, name);

	return json_is_integer(value) ? text_format("%lld", (long long)json_integer_value(value)) :
					NULL;
}

static char *joined(json_t *list)
{
	char *text = text_format("%s", "");
	size_t i;

	for (i = 0; i < json_array_size(list); i++) {
		const char *one = json_string_value(json_array_get(list, i));
		char *shown = text_escape(one ? one : "?");

		text = text_append(text, "%s%s", i ? "," : "", shown);
		free(shown);
	}
	return text;
}

static char *window_of(json_t *outcome)
{
	json_int_t ns = json_integer_value(json_object_get(outcome, "window_ns"));

	return ns > 0 ? text_duration((uint64_t)ns) : NULL;
}

static void print_update(struct columns *table, json_t *update)
{
	json_t *outcome = json_object_get(update, "outcome");
	char *cells[] = {
		text_at(update, "time"),     text_at(update, "from"),
		text_at(update, "to"),	     text_at(update, "state"),
		text_at(outcome, "verdict"), number_at(outcome, "updates_left"),
		window_of(outcome),	     joined(json_object_get(update, "waived")),
		text_at(outcome, "detail"),  number_at(json_object_get(outcome, "exit"), "code"),
		text_at(outcome, "running"), text_at(update, "kernel"),
		text_at(update, "boot_id"),  text_at(json_object_get(update, "image"), "sha384"),
		text_at(update, "id"),
	};
	size_t i;

	columns_row(table, (const char *const *)cells);
	for (i = 0; i < SS_ARRAY_SIZE(cells); i++)
		free(cells[i]);
}

static int show(struct session *s, size_t first)
{
	struct columns *table;
	size_t i;

	if (s->journal_error)
		return out_fail(EXIT_ERROR, "the journal cannot be read: %s", s->journal_error);
	for (i = 0; i < first; i++)
		json_array_remove(s->updates, 0);
	if (out_json_wanted()) {
		json_t *doc = session_doc(s);

		json_object_set(doc, "updates", s->updates);
		json_object_set_new(doc, "damaged_lines", json_integer(s->damaged));
		return out_json_end(doc, EXIT_OK);
	}
	table = columns_new("history", columns, &s->options->style);
	if (!table)
		return EXIT_USAGE;
	for (i = 0; i < json_array_size(s->updates); i++)
		print_update(table, json_array_get(s->updates, i));
	columns_print(table, stdout);
	columns_free(table);
	if (s->damaged)
		fprintf(stderr,
			"seamstep: note: %u line%s of the journal %s damaged and left out\n",
			s->damaged, s->damaged > 1 ? "s" : "", s->damaged > 1 ? "are" : "is");
	return EXIT_OK;
}

static int take(void *into, int c, const char *value)
{
	if (c != OPT_LAST)
		return OPTION_UNKNOWN;
	return out_number_option("history", "last", value, 0, UINT32_MAX, into);
}

int verb_history(int argc, char **argv)
{
	uint64_t last = UINT32_MAX;
	struct context_options o = {
		.verb = "history", .options = options, .columns = columns, .take = take,
		.into = &last, .records_only = true,
	};
	struct session session;
	size_t n;
	int rc;

	if (!session_begin(&session, &o, argc, argv, &rc))
		return rc;
	n = json_array_size(session.updates);
	rc = show(&session, n > last ? n - last : 0);
	session_close(&session);
	return rc;
}
