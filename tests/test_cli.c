// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The command itself: help, usage errors, and where it prints. Usage: test_cli SEAMSTEP PAGE... */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tool/session/cli.h"
#include "cli_runner.h"

static void assert_says(const char *text, const char *what)
{
	if (!strstr(text, what))
		fail_msg("expected '%s' in:\n%s", what, text);
}

static void test_help(void **state)
{
	static const char *const verbs[] = { "inspect", "verify", "simulate", "lab", "bench" };
	const struct cli_run *r;
	char *bare;
	size_t i;

	(void)state;
	r = cli_run((const char *const[]){ NULL });
	assert_int_equal(r->exit, EXIT_OK);
	bare = strdup(r->out);
	r = CLI_RUN("--help");
	assert_int_equal(r->exit, EXIT_OK);
	assert_string_equal(r->out, bare);
	free(bare);
	for (i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		assert_says(r->out, verbs[i]);
	}
	for (i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		r = CLI_RUN(verbs[i], "--help");
		assert_int_equal(r->exit, EXIT_OK);
		assert_says(r->out, "Usage: seamstep ");
		r = CLI_RUN("help", verbs[i]);
		assert_int_equal(r->exit, EXIT_OK);
		assert_says(r->out, "Usage: seamstep ");
	}
	r = CLI_RUN("lab", "create", "--help");
	assert_int_equal(r->exit, EXIT_OK);
	assert_says(r->out, "Usage: seamstep lab create ");
	r = CLI_RUN("--version");
	assert_int_equal(r->exit, EXIT_OK);
	assert_says(r->out, "seamstep 0.");
}

/* Each row has a word of the message. All end with status 2 and print no result. */
static const struct {
	const char *words[8];
	const char *says;
} wrong[] = {
	{ { "simulat" }, "did you mean 'simulate'" },
	{ { "nonsense" }, "there is no verb 'nonsense'" },
	{ { "help", "simulat" }, "did you mean 'simulate'" },
	{ { "lab" }, "expected a verb, found none" },
	{ { "lab", "crate" }, "did you mean 'create'" },
	{ { "lab", "create" }, "expected one directory" },
	{ { "lab", "create", "--lps", "7", "--sockets", "2", "x" }, "expected a divisor of the 7 LPs, found 2" },
	{ { "bench", "simulation" }, "there is no verb 'simulation'" },
	{ { "bench", "simulate", "--runs", "0" }, "--runs: expected a number, 1 to " },
	{ { "bench", "c2c", "--trns", "2" }, "did you mean --turns" },
	{ { "bench", "c2c", "--turns", "1" }, "--turns: expected a number, 2 to " },
	{ { "bench", "lockstep", "--steps" }, "--steps needs a value" },
	{ { "bench", "lockstep", "--max-lps", "5000" }, "2 to 4096, found '5000'" },
	{ { "bench", "window", "--cores", "0" }, "1 to 4096, found '0'" },
	{ { "bench", "window", "--cores", "4096" }, "found 2 x 4096 x 2" },
	{ { "bench", "window", "word" }, "found 'word'" },
	{ { "bench", "cli", "--runs", "x" }, "found 'x'" },
	{ { "update", "--wait", "86401" }, "0 to 86400, found '86401'" },
	{ { "update", "--td-build", "maybe" }, "wait, refuse or ignore, found 'maybe'" },
	{ { "lab", "create", "--lps", "0", "x" }, "1 to 1024, found '0'" },
	{ { "history", "--last", "-1" }, "found '-1'" },
	{ { "simulate", "--lsp", "4" }, "did you mean --lps" },
	{ { "simulate", "--lps" }, "--lps needs a value" },
	{ { "simulate", "--lps", "0" }, "1 to 1024, found '0'" },
	{ { "simulate", "--lps", "1025" }, "1 to 1024, found '1025'" },
	{ { "simulate", "--lps", "64x" }, "found '64x'" },
	{ { "simulate", "--lps", "" }, "found ''" },
	{ { "simulate", "--lps", "99999999999999999999" }, "1 to 1024" },
	{ { "simulate", "--tds", "1025" }, "0 to 1024" },
	{ { "simulate", "--tds", "-1" }, "0 to 1024" },
	{ { "simulate", "--vcpus", "0" }, "--vcpus: expected" },
	{ { "simulate", "--seed", "yes" }, "--seed: expected" },
	{ { "simulate", "--json=1" }, "no value is expected" },
	{ { "simulate", "--td-build", "maybe" }, "wait, refuse or ignore" },
	{ { "simulate", "--fallback", "none", "--fallback", "1.5.09" }, "contradicts" },
	{ { "simulate", "--fallback", "1.5.09", "--fallback", "none" }, "contradicts" },
	{ { "simulate", "--to", "1.5.99" }, "knows no version '1.5.99'" },
	{ { "simulate", "--from", "" }, "knows no version ''" },
	{ { "simulate", "word" }, "found 'word'" },
	{ { "simulate", "--fault", "TDH.SYS.INIT" }, "expected '=' and a status" },
	{ { "simulate", "--lps", "4", "--fault", "SYS.INIT@4=SYS_BUSY" }, "0 to 3" },
	{ { "list", "a", "b" }, "one repository at most, found 'b'" },
	{ { "list", "--repo", "a", "b" }, "one repository at most, found 'b'" },
	{ { "route", "--to", "1.5.16", "1.5.17" }, "one version at most, found '1.5.17'" },
	{ { "status", "word" }, "there is no field 'word'" },
	{ { "history", "word" }, "expected no argument, found 'word'" },
	{ { "metrics", "-o", "VERSION" }, "there is no option -o" },
	{ { "uninhibit", "--reason", "why" }, "there is no option --reason" },
	{ { "pack", "--container", "7" }, "0x100 or 0x200, found '7'" },
	{ { "lab", "create", "--from", "1.5.99", "x" }, "knows no version '1.5.99'" },
	{ { "status", "--host", "nowhere" }, "linux or lab:DIR, found 'nowhere'" },
	{ { "status", "--sysroot", "x", "--host", "lab:y" }, "found --host lab:y" },
	{ { "verify", "--host", "linux", "x" }, "expected lab:DIR, found 'linux'" },
	{ { "verify" }, "seamstep verify: name at least one image" },
	{ { "inspect" }, "seamstep inspect: name at least one image" },
};

static void test_usage(void **state)
{
	const struct cli_run *r;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		r = cli_run(wrong[i].words);
		assert_int_equal(r->exit, EXIT_USAGE);
		assert_says(r->err, wrong[i].says);
		assert_string_equal(r->out, "");
	}
}

/* With --json there is a document too, and it agrees with the exit status. */
static void test_usage_json(void **state)
{
	const char *words[9];
	const struct cli_run *r;
	size_t i, n;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		for (n = 0; wrong[i].words[n]; n++)
			words[n] = wrong[i].words[n];
		if (!strcmp(words[0], "help") || !strcmp(words[n - 1], "--lps") ||
		    !strcmp(words[n - 1], "--steps"))
			continue;	/* the command would take "--json" for something else */
		words[n] = "--json";
		words[n + 1] = NULL;
		r = cli_run(words);
		assert_int_equal(r->exit, EXIT_USAGE);
		assert_non_null(r->json);
		assert_int_equal(out_json_number("exit.code"), EXIT_USAGE);
		assert_string_equal(out_json_text("exit.name"), "usage");
		assert_says(out_json_text("schema"), "seamstep.");
		assert_true(strlen(out_json_text("error")) > 0);
	}
}

/* The message points at the wrong place in a fault. */
static void test_fault_mark(void **state)
{
	const struct cli_run *r;

	(void)state;
	r = CLI_RUN("simulate", "--fault", "TDH.SYS.INIT@first#0=SYS_BUSY");
	assert_int_equal(r->exit, EXIT_USAGE);
	assert_says(r->err, "  --fault TDH.SYS.INIT@first#0=SYS_BUSY\n"
			    "                             ^\n");
	assert_says(r->err, "at character 20");
}

/* Outside text reaches a terminal escaped. Without a terminal there are no styles. */
static void test_untrusted(void **state)
{
	static const char evil[] = "\033[31mred\a", *const options[] = {
		"--lps", "--to", "--from", "--fallback", "--fault", "--repo", "--svg", "--nonsense",
	};
	const struct cli_run *r;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		r = CLI_RUN("simulate", "--lps", "2", "--tds", "1", options[i], evil);
		if (!strcmp(options[i], "--svg")) {	/* a file name like any other */
			assert_int_equal(r->exit, EXIT_OK);
			unlink(evil);
		} else {
			assert_int_not_equal(r->exit, EXIT_OK);
		}
		assert_null(strpbrk(r->out, "\033\a"));
		assert_null(strpbrk(r->err, "\033\a"));
	}
	r = CLI_RUN(evil);
	assert_int_equal(r->exit, EXIT_USAGE);
	assert_null(strpbrk(r->err, "\033\a"));
}

/* Names of exit statuses are unique and frozen. */
static void test_exit_names(void **state)
{
	static const char *const frozen[] = {
		"ok", "error", "usage", "pending", "unsupported", "bad-image", "incompatible",
		"not-now", "exhausted", "unchanged", "recovered", "lost", "mismatch", "unknown",
	};
	int i;

	(void)state;
	assert_int_equal(EXIT_NR, sizeof(frozen) / sizeof(frozen[0]));
	for (i = 0; i < EXIT_NR; i++)
		assert_string_equal(exit_name(i), frozen[i]);
	assert_string_equal(exit_name(-1), "error");
	assert_string_equal(exit_name(99), "error");
}

static char **manual_pages;

/* All manual pages as one text. */
static char *read_manual(void)
{
	char *text = strdup(""), *page, *longer, **path;
	size_t n;
	FILE *f;

	for (path = manual_pages; *path; path++) {
		page = NULL;
		n = 0;
		f = fopen(*path, "r");
		assert_non_null(f);
		assert_true(getdelim(&page, &n, '\0', f) > 0);
		fclose(f);
		assert_true(asprintf(&longer, "%s\n%s", text, page) > 0);
		free(page);
		free(text);
		text = longer;
	}
	return text;
}

/* A paragraph has a line that names the verb in bold, and indented lines after it. */
static bool has_paragraph(const char *manual, const char *name)
{
	const char *line, *end, *at;
	char *bold;
	size_t n;

	assert_true(asprintf(&bold, "*%s", name) > 0);
	n = strlen(bold);
	for (line = manual; (end = strchr(line, '\n')); line = end + 1) {
		if (*line != '*' || end[1] != '\t')
			continue;
		for (at = line; (at = strstr(at, bold)) && at < end; at += n)
			if (at[n] == '*' || at[n] == ' ')
				break;
		if (at && at < end)
			break;
	}
	free(bold);
	return end;
}

/* Every option of a help text is in the manual. */
static void check_options(const char *manual, const char *help)
{
	const char *at = help;
	char *option;
	size_t n;

	while ((at = strstr(at, "--"))) {
		n = 2 + strspn(at + 2, "abcdefghijklmnopqrstuvwxyz-");
		option = strndup(at, n);
		if (!strstr(manual, option))
			fail_msg("no manual page has %s of:\n%s", option, help);
		free(option);
		at += n;
	}
}

/* @parent: "lab", or NULL for the command's own table. Every row of the table has its help. */
static void check_table(const char *manual, const char *parent)
{
	const char *words[] = { parent ? parent : "--help", parent ? "--help" : NULL, NULL };
	char *table = strdup(cli_run(words)->out), *line, *rest = table, *help, *both;
	char name[32];
	int rows = 0;

	while ((line = strsep(&rest, "\n"))) {
		if (sscanf(line, "  %31[a-z0-9]", name) != 1)
			continue;
		rows++;
		help = strdup((parent ? CLI_RUN(parent, name, "--help") :
					CLI_RUN(name, "--help"))->out);
		assert_says(help, "Usage: seamstep");
		check_options(manual, help);
		assert_true(asprintf(&both, "%s %s", parent ? parent : "", name) > 0);
		if (!has_paragraph(manual, name) && !has_paragraph(manual, both))
			fail_msg("no manual page has a paragraph for '%s'", both);
		free(both);
		if (!parent && strstr(help, " VERB [options]\n"))
			check_table(manual, name);
		free(help);
	}
	assert_true(rows > 4);
	free(table);
}

/*
 * The manual pages have number and name of every exit status, a paragraph for every verb of the
 * table, and every option of the help texts.
 */
static void test_manual(void **state)
{
	char *manual = read_manual(), *entry;
	int code;

	(void)state;
	for (code = 0; code < EXIT_NR; code++) {
		assert_true(asprintf(&entry, "\n*%d* %s\n", code, exit_name(code)) > 0);
		assert_says(manual, entry);
		free(entry);
	}
	check_table(manual, NULL);
	free(manual);
}

static void test_escape(void **state)
{
	char *text;

	(void)state;
	text = text_escape("plain ~!");
	assert_string_equal(text, "plain ~!");
	free(text);
	text = text_escape("\x1b[1m\\\n\x7f\xc3\xa9");
	assert_string_equal(text, "\\x1b[1m\\x5c\\x0a\\x7f\\xc3\\xa9");
	free(text);
}

static void test_bench(void **state)
{
	const struct cli_run *r;
	const json_t *size;
	json_int_t peak;

	(void)state;
	r = CLI_RUN("bench", "simulate", "--lps", "2", "--lps", "8", "--runs", "1", "--json");
	assert_int_equal(r->exit, EXIT_OK);
	assert_non_null(r->json);
	assert_string_equal(out_json_text("schema"), "seamstep.bench.simulate/1");
	assert_int_equal(json_array_size(out_json("sizes")), 2);
	size = json_array_get(out_json("sizes"), 1);
	assert_int_equal(json_integer_value(json_object_get(size, "lps")), 8);
	assert_true(json_integer_value(json_object_get(size, "window_ns")) > 0);
	assert_true(json_integer_value(json_object_get(size, "wall_ns")) > 0);
	assert_true(json_integer_value(json_object_get(size, "seamcalls_per_s")) > 0);
	/* The kernel's number for the largest process alone, which is the larger simulation. */
	peak = json_integer_value(json_object_get(size, "peak_rss_bytes"));
	assert_in_range(peak, r->peak_bytes / 2, r->peak_bytes);
	r = CLI_RUN("bench", "simulate", "--lps", "2", "--runs", "1");
	assert_int_equal(r->exit, EXIT_OK);
	assert_says(r->out, "software model");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_help),
		cmocka_unit_test(test_usage),
		cmocka_unit_test(test_usage_json),
		cmocka_unit_test(test_fault_mark),
		cmocka_unit_test(test_untrusted),
		cmocka_unit_test(test_exit_names),
		cmocka_unit_test(test_manual),
		cmocka_unit_test(test_escape),
		cmocka_unit_test(test_bench),
	};
	int rc;

	if (argc < 3)
		return 1;
	manual_pages = argv + 2;
	cli_runner_begin(argv[1]);
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	cli_runner_end();
	return rc;
}
