// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The seamstep command. */
#include "tool/session/cli.h"

#include "table.h"

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
	return verb_dispatch(NULL, verbs, argc, argv);
}

int main(int argc, char **argv)
{
	return out_end(run(argc, argv));
}
