// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * seamstep-bundle: writes and unpacks support bundles, for "seamstep report" and --sysroot. Its
 * answers are JSON, for the command. Only this program needs libarchive.
 *
 *	seamstep-bundle pack OUT COMMAND STATE-DIR CONFIG SYSROOT REPOSITORY IDENTIFIERS
 *	seamstep-bundle unpack FILE
 *
 * An empty SYSROOT or REPOSITORY is none; IDENTIFIERS is "keep" or "remove".
 */
#include "collect.h"
#include "pack.h"
#include "scrub.h"
#include "tool/base/memory.h"
#include "tool/base/text.h"
#include "unpack_dir.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char readme[] =
	"A report of seamstep about one host. 'seamstep VERB --sysroot FILE' answers for that host.\n"
	"\n"
	"sys/ proc/ dev/ etc/   files of the kernel and of the system, as they were read; ERRORS has\n"
	"                       those that could not be read. dev/kmsg has only lines about TDX\n"
	"var/lib/seamstep/      the journal of updates, and who holds updates off\n"
	"answers/               what the verbs of seamstep said, and digests of the images\n"
	"MANIFEST               sizes and names of all files\n"
	"\n"
	"Texts that people wrote (reasons of inhibitors, command lines, names of files) are as they\n"
	"were: read them before you give the report away.\n"
	"\n";

static char *counts_text(const struct scrub *s, bool removed)
{
	char *text = text_format(removed ? "Replaced in all files:" :
				 "Identifiers of the machine are in the files (--identifiers).");
	size_t i, all = 0;

	for (i = 0; i < SCRUB_NR && removed; i++) {
		if (!s->counts[i])
			continue;
		text = text_append(text, "%s %s (%zu)", all ? "," : "", scrub_kind_name(i),
				   s->counts[i]);
		all += s->counts[i];
	}
	return text_append(text, removed && !all ? " nothing was found\n" : "\n");
}

static void add_readme(struct bundle *b, const struct scrub *s, bool removed)
{
	char *counts = counts_text(s, removed);
	char *text = text_format("seamstep %s\n\n%s%s", SEAMSTEP_VERSION, readme, counts);

	bundle_add(b, "README", text, strlen(text));
	free(counts);
}

static json_t *report(const struct bundle *b, const struct scrub *s, const char *path)
{
	json_t *files = json_array(), *removed = json_object();
	size_t i;

	for (i = 0; i < b->nr; i++)
		json_array_append_new(files, json_pack("{s:s, s:I}", "name", b->files[i].name, "bytes",
						       (json_int_t)b->files[i].n));
	for (i = 0; i < SCRUB_NR; i++)
		if (s->counts[i])
			json_object_set_new(removed, scrub_kind_name(i),
					    json_integer((json_int_t)s->counts[i]));
	return memory_checked(json_pack("{s:s, s:o, s:o}", "file", path, "files", files, "removed",
					removed));
}

static int print(json_t *answer)
{
	bool good = !json_dumpf(answer, stdout, JSON_COMPACT) && putchar('\n') != EOF &&
		    !fflush(stdout);

	json_decref(answer);
	return good ? 0 : 1;
}

static int run_pack(const char *out, const struct collect_from *from, bool remove_ids)
{
	struct bundle b = { NULL, 0 };
	struct scrub s = { .nr = 0 };
	json_t *answer;
	char *why;

	collect_files(from, &b);
	collect_answers(from, &b);
	if (remove_ids) {
		collect_identifiers(from, &s);
		scrub_learn(&s, &b);
		scrub_bundle(&s, &b);
	}
	add_readme(&b, &s, remove_ids);
	why = pack(&b, out);
	answer = why ? json_pack("{s:s}", "error", why) : report(&b, &s, out);
	free(why);
	scrub_release(&s);
	bundle_release(&b);
	return print(memory_checked(answer));
}

static const char *given(const char *text)
{
	return *text ? text : NULL;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "unpack"))
		return unpack_dir(argv[2]);
	if (argc == 9 && !strcmp(argv[1], "pack")) {
		struct collect_from from = {
			.command = argv[3], .state_dir = argv[4], .config = argv[5],
			.sysroot = given(argv[6]), .repo = given(argv[7]),
		};

		return run_pack(argv[2], &from, strcmp(argv[8], "keep") != 0);
	}
	fprintf(stderr, "seamstep-bundle is for 'seamstep report' and 'seamstep --sysroot FILE'\n");
	return 2;
}
