// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* seamstep report: all that a second person needs to answer for this host, in one file. */
#include "table.h"

#include "tool/out/json.h"
#include "tool/session/bundle_open.h"
#include "tool/session/libexec.h"
#include "tool/session/session.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

const char verb_report_help[] =
	"  -o, --output FILE  where the report goes (default: seamstep-report-TIME.tar.zst here)\n"
	"  --identifiers      keep host name, machine id, serial numbers, addresses and the like\n"
	CONTEXT_HELP;

enum { OPT_IDENTIFIERS = CONTEXT_VERB_OPTIONS };

struct report_options {
	const char *output;
	bool identifiers;
};

static const struct option options[] = { CONTEXT_OPTIONS,
					 { "output", required_argument, NULL, 'o' },
					 { "identifiers", no_argument, NULL, OPT_IDENTIFIERS },
					 { NULL, 0, NULL, 0 } };

static int take(void *into, int c, const char *value)
{
	struct report_options *o = into;

	if (c == 'o')
		o->output = value;
	else if (c == OPT_IDENTIFIERS)
		o->identifiers = true;
	else
		return OPTION_UNKNOWN;
	return EXIT_OK;
}

static char *default_output(void)
{
	time_t now = time(NULL);
	struct tm tm;
	char text[32];

	strftime(text, sizeof(text), "%Y%m%dT%H%M%SZ", gmtime_r(&now, &tm));
	return text_format("seamstep-report-%s.tar.zst", text);
}

/* This command, whatever its name. */
static char *command(void)
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);

	path[n < 0 ? 0 : n] = '\0';
	return text_format("%s", path);
}

static const char *setting(const char *variable, const char *otherwise)
{
	const char *value = getenv(variable);

	return value && *value ? value : otherwise;
}

static json_t *ask(const struct context_options *co, const struct report_options *o,
		   const char *output, const char *sysroot)
{
	const char *repo = session_repo(co->repo, NULL);
	char *self = command();
	char *argv[] = { "seamstep-bundle", "pack", (char *)output, self,
			 (char *)setting("SEAMSTEP_STATE_DIR", "/var/lib/seamstep"),
			 (char *)setting("SEAMSTEP_CONFIG", "/etc/seamstep.conf"),
			 (char *)(sysroot ? sysroot : ""), (char *)(repo ? repo : ""),
			 o->identifiers ? "keep" : "remove", NULL };
	json_t *answer = libexec_json("seamstep-bundle", argv);

	free(self);
	return answer;
}

static int tell(json_t *answer)
{
	json_t *doc, *removed, *count;
	const char *kind, *separator = "; replaced: ";

	if (!answer)
		return EXIT_ERROR;
	if (json_object_get(answer, "error"))
		return out_fail(EXIT_ERROR, "%s", json_string_value(json_object_get(answer, "error")));
	doc = out_json_doc("seamstep.report/1");
	if (out_json_wanted()) {
		json_object_update(doc, answer);
		return out_json_end(doc, EXIT_OK);
	}
	json_decref(doc);
	removed = json_object_get(answer, "removed");
	printf("%s: %zu files", json_string_value(json_object_get(answer, "file")),
	       json_array_size(json_object_get(answer, "files")));
	json_object_foreach(removed, kind, count) {
		printf("%s%s (%lld)", separator, kind, (long long)json_integer_value(count));
		separator = ", ";
	}
	printf("\nRead it before you give it away: tar -xf shows texts that people wrote as they are.\n");
	return EXIT_OK;
}

static int make(const struct context_options *co, const struct report_options *o)
{
	char *output = o->output ? text_format("%s", o->output) : default_output(), *dir = NULL;
	enum exit_status exit = EXIT_OK;
	json_t *answer;
	int rc;

	if (co->sysroot)
		exit = bundle_need(co->sysroot);
	if (!exit && co->sysroot && bundle_is(co->sysroot)) {
		dir = bundle_open(co->sysroot, &exit);
		exit = dir ? EXIT_OK : exit;
	}
	if (exit) {
		free(output);
		return (int)exit;
	}
	answer = ask(co, o, output, dir ? dir : co->sysroot);
	rc = tell(answer);
	json_decref(answer);
	free(dir);
	free(output);
	return rc;
}

int verb_report(int argc, char **argv)
{
	struct report_options o = { .output = NULL };
	struct context_options co = {
		.verb = "report", .options = options, .take = take, .into = &o,
	};
	const char *host;
	int rc;

	if (!context_parse(&co, argc, argv, &rc))
		return rc;
	host = co.host ? co.host : co.sysroot ? NULL : getenv("SEAMSTEP_HOST");
	if (host && *host && strcmp(host, "linux"))
		return out_fail(EXIT_UNSUPPORTED, "a report is about a Linux host; a lab is a directory, "
				"and that directory tells all about it");
	return make(&co, &o);
}
