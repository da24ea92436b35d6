// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The seamstep command. */
#include "tool/session/cli.h"

#include "table.h"
#include "tool/session/signals.h"

#include <stdlib.h>
#include <string.h>

#ifndef SEAMSTEP_VERSION
#define SEAMSTEP_VERSION "unknown"
#endif

#define ROW(name, args, help) { #name, verb_##name, args, help, verb_##name##_help },
#define ROW_IN(file, name, args, help) ROW(name, args, help)

static const struct verb verbs[] = {
	VERBS(ROW, ROW_IN)
	{ NULL }
};

/* Options without a verb are those of the default verb. */
static int with_default(int argc, char **argv)
{
	char **all = memory_alloc(((size_t)argc + 2) * sizeof(*all));
	char verb[] = "status";
	int rc;

	all[0] = argv[0];
	all[1] = verb;
	memcpy(all + 2, argv + 1, (size_t)argc * sizeof(*all));
	rc = verb_dispatch(NULL, verbs, argc + 1, all);
	free(all);
	return rc;
}

static int run(int argc, char **argv)
{
	if (argc < 2)
		return verb_bare(verbs);
	if (!strcmp(argv[1], "--version")) {
		puts("seamstep " SEAMSTEP_VERSION);
		return EXIT_OK;
	}
	if (!strcmp(argv[1], "help"))
		return verb_help_text(NULL, verbs, argc > 2 ? argv[2] : NULL, stdout);
	if (argv[1][0] == '-' && strcmp(argv[1], "--help") && strcmp(argv[1], "-h"))
		return with_default(argc, argv);
	return verb_dispatch(NULL, verbs, argc, argv);
}

int main(int argc, char **argv)
{
	signals_begin();
	return out_end(run(argc, argv));
}
