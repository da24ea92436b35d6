// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* "seamstep simulate" and "seamstep lab": exit statuses, JSON, pictures, images good and bad. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "tool/session/cli.h"
#include "cli_runner.h"

#define NR(a)	(sizeof(a) / sizeof((a)[0]))
#define SMALL	"simulate", "--json", "--lps", "8", "--tds", "4"

static void assert_says(const char *text, const char *what)
{
	if (!strstr(text, what))
		fail_msg("expected '%s' in:\n%s", what, text);
}

static void assert_exit(enum exit_status exit)
{
	assert_int_equal(out_json_number("exit.code"), exit);
	assert_string_equal(out_json_text("exit.name"), exit_name(exit));
}

/* A healthy end: all TDs live, nothing disturbed them, all went on. */
static void assert_tds_well(long long nr)
{
	const json_t *tds = out_json("tds"), *td;
	size_t i;

	assert_int_equal(out_json_number("tds_total"), nr);
	assert_int_equal(out_json_number("tds_alive"), nr);
	assert_int_equal(out_json_number("foreign_seamcalls"), 0);
	assert_int_equal(json_array_size(out_json("findings")), 0);
	assert_int_equal(json_array_size(tds), nr);
	json_array_foreach((json_t *)tds, i, td) {
		assert_true(json_is_true(json_object_get(td, "alive")));
		assert_true(json_is_true(json_object_get(td, "memory_unchanged")));
		assert_true(json_is_true(json_object_get(td, "mrtd_unchanged")));
		assert_true(json_integer_value(json_object_get(td, "progress_after")) >
			    json_integer_value(json_object_get(td, "progress_before")));
		assert_int_equal(json_integer_value(json_object_get(td, "guest_errors")), 0);
	}
}

static const json_t *step(const char *name)
{
	const json_t *steps = out_json("steps"), *at;
	size_t i;

	json_array_foreach((json_t *)steps, i, at)
		if (!strcmp(json_string_value(json_object_get(at, "name")), name))
			return at;
	fail_msg("no step %s", name);
	return NULL;
}

static void assert_step(const char *name, const char *mode, long long lps)
{
	const json_t *s = step(name);
	json_int_t start = json_integer_value(json_object_get(s, "start_ns"));
	json_int_t end = json_integer_value(json_object_get(s, "end_ns"));

	assert_string_equal(json_string_value(json_object_get(s, "mode")), mode);
	assert_int_equal(json_integer_value(json_object_get(s, "lps")), lps);
	assert_true(end >= start);
	assert_int_equal(json_integer_value(json_object_get(s, "total_ns")), end - start);
	assert_in_range(json_integer_value(json_object_get(s, "longest_lp")), 0, lps - 1);
	assert_in_range(json_integer_value(json_object_get(s, "longest_ns")), 0, end - start);
}

static void test_updated(void **state)
{
	const struct cli_run *r;

	(void)state;
	r = CLI_RUN(SMALL);
	assert_int_equal(r->exit, EXIT_OK);
	assert_non_null(r->json);
	assert_exit(EXIT_OK);
	assert_string_equal(out_json_text("schema"), "seamstep.simulate/1");
	assert_string_equal(out_json_text("verdict"), "updated");
	assert_string_equal(out_json_text("from"), "1.5.09");
	assert_string_equal(out_json_text("to"), "1.5.16");
	assert_string_equal(out_json_text("running"), "1.5.16");
	assert_int_equal(out_json_number("installs"), 1);
	assert_int_equal(out_json_number("updates_left"), 14);
	assert_int_equal(out_json_number("seed"), 1);
	assert_true(out_json_number("window_ns") > 0);
	assert_null(json_object_get(r->json, "failure"));
	assert_tds_well(4);
	assert_step("shutdown", "one", 1);
	assert_step("install", "each", 8);
	assert_step("sys-init", "one", 1);
	assert_step("lp-init", "all", 8);
	assert_step("update", "one", 1);
}

/* The text for people: the same facts, no JSON, nothing on stderr. */
static void test_text(void **state)
{
	const struct cli_run *r;

	(void)state;
	r = CLI_RUN("simulate", "--lps", "8", "--tds", "10");
	assert_int_equal(r->exit, EXIT_OK);
	assert_says(r->out, "nothing here has run on TDX hardware");
	assert_says(r->out, "updated 1.5.09 -> 1.5.16: 10 of 10 TDs alive, window ");
	assert_says(r->out, "updates left 14\n");
	assert_says(r->out, "... and 2 more (--verbose shows all)");
	assert_string_equal(r->err, "");
	r = CLI_RUN("simulate", "--lps", "8", "--tds", "10", "--verbose");
	assert_null(strstr(r->out, "more (--verbose"));
	r = CLI_RUN("simulate", "--lps", "1", "--tds", "0");
	assert_int_equal(r->exit, EXIT_OK);
	assert_says(r->out, "0 of 0 TDs alive");
}

#define BOTH_HANDS	"installed a fallback image"

/* A fault, and its best possible outcome (specification 10.4). */
static const struct {
	const char *fault;
	enum exit_status exit;
	const char *verdict, *running, *step, *status, *recovery;
} faults[] = {
	/* Before SHUTDOWN succeeds nothing has happened. */
	{ "SYS.SHUTDOWN=SYS_BUSY", EXIT_OK, "updated", "1.5.16", "shutdown", "TDX_SYS_BUSY",
	  "repeated the call" },
	{ "SYS.SHUTDOWN+=SYS_BUSY", EXIT_UNCHANGED, "unchanged", "1.5.09", "shutdown",
	  "TDX_SYS_BUSY", "left with the old module running" },
	{ "SYS.SHUTDOWN=OPERAND_INVALID", EXIT_UNCHANGED, "unchanged", "1.5.09", "shutdown",
	  "TDX_OPERAND_INVALID", "left with the old module running" },
	{ "SEAMLDR.INFO+=EBADPARAM", EXIT_UNCHANGED, "unchanged", "1.5.09", "prepare",
	  "PSEAMLDR_EBADPARAM", "left with the old module running" },
	/* INSTALL fails with the old module shut down. */
	{ "SEAMLDR.INSTALL@last=ENOENTROPY", EXIT_OK, "updated", "1.5.16", "install",
	  "PSEAMLDR_ENOENTROPY", "installed the same image again" },
	{ "SEAMLDR.INSTALL@last=EBADSIG", EXIT_RECOVERED, "recovered", "1.5.09", "install",
	  "PSEAMLDR_EBADSIG", BOTH_HANDS },
	{ "SEAMLDR.INSTALL@last=EUNSUPCPU", EXIT_RECOVERED, "recovered", "1.5.09", "install",
	  "PSEAMLDR_EUNSUPCPU", BOTH_HANDS },
	{ "SEAMLDR.INSTALL@last=ENOMEM", EXIT_RECOVERED, "recovered", "1.5.09", "install",
	  "PSEAMLDR_ENOMEM", BOTH_HANDS },
	{ "SEAMLDR.INSTALL@last=EBADHASH/1", EXIT_LOST, "lost", NULL, "install",
	  "PSEAMLDR_EBADHASH", "gave up" },
	{ "SEAMLDR.INSTALL@last=ENOENTROPY/1", EXIT_LOST, "lost", NULL, "install",
	  "PSEAMLDR_ENOENTROPY", "gave up" },
	/* The new module is in: only images with its SVN may follow. */
	{ "SYS.INIT=SYS_BUSY", EXIT_OK, "updated", "1.5.16", "sys-init", "TDX_SYS_BUSY",
	  "repeated the call" },
	{ "SYS.INIT=SYS_INCOMPATIBLE_SIGSTRUCT", EXIT_RECOVERED, "recovered", "1.5.17", "sys-init",
	  "TDX_SYS_INCOMPATIBLE_SIGSTRUCT", BOTH_HANDS },
	{ "SYS.INIT+=SYS_INCOMPATIBLE_SIGSTRUCT", EXIT_LOST, "lost", NULL, "sys-init",
	  "TDX_SYS_INCOMPATIBLE_SIGSTRUCT", "gave up" },
	{ "SYS.LP.INIT@5=RND_NO_ENTROPY", EXIT_OK, "updated", "1.5.16", "lp-init",
	  "TDX_RND_NO_ENTROPY", "repeated the call" },
	{ "SYS.UPDATE=SYS_BUSY", EXIT_OK, "updated", "1.5.16", "update", "TDX_SYS_BUSY",
	  "repeated the call" },
	{ "SYS.UPDATE=SYS_INVALID_HANDOFF", EXIT_RECOVERED, "recovered", "1.5.17", "update",
	  "TDX_SYS_INVALID_HANDOFF", BOTH_HANDS },
};

static bool recovery_says(const char *what)
{
	const json_t *list = out_json("failure.recovery"), *line;
	size_t i;

	json_array_foreach((json_t *)list, i, line)
		if (strstr(json_string_value(line), what))
			return true;
	return false;
}

static void test_faults(void **state)
{
	const struct cli_run *r;
	size_t i;

	(void)state;
	for (i = 0; i < NR(faults); i++) {
		r = CLI_RUN(SMALL, "--fault", faults[i].fault);
		assert_int_equal(r->exit, faults[i].exit);
		assert_exit(faults[i].exit);
		assert_string_equal(out_json_text("verdict"), faults[i].verdict);
		assert_string_equal(out_json_text("failure.step"), faults[i].step);
		assert_string_equal(out_json_text("failure.status_name"), faults[i].status);
		assert_int_equal(out_json_number("failure.rdx"),
				 strstr(faults[i].fault, "/1") != NULL);
		assert_true(recovery_says(faults[i].recovery));
		assert_int_equal(out_json_number("foreign_seamcalls"), 0);
		if (faults[i].running) {
			assert_string_equal(out_json_text("running"), faults[i].running);
			assert_tds_well(4);
		} else {
			assert_true(json_is_null(out_json("running")));
			assert_int_equal(out_json_number("tds_alive"), 0);
		}
	}
}

/* The output names the deciding failure with its LP, and lists the recoveries in order. */
static void test_failure(void **state)
{
	const json_t *recovery;

	(void)state;
	CLI_RUN(SMALL, "--fault", "SEAMLDR.INSTALL@last=EBADSIG", "--fault",
		"SEAMLDR.INSTALL@last#2=EBADSIG");
	assert_exit(EXIT_RECOVERED);
	assert_string_equal(out_json_text("running"), "1.5.17");
	assert_int_equal(out_json_number("failure.lp"), 7);
	assert_string_equal(out_json_text("failure.leaf"), "SEAMLDR.INSTALL");
	assert_string_equal(out_json_text("failure.status"), "0x8000000000020000");
	assert_string_equal(out_json_text("failure.reason"), "install");
	recovery = out_json("failure.recovery");
	assert_int_equal(json_array_size(recovery), 2);
	assert_says(json_string_value(json_array_get(recovery, 0)), "1.5.09");
	assert_says(json_string_value(json_array_get(recovery, 1)), "1.5.17");
}

/* Verdict and audit agree, whatever status SYS.INIT, UPDATE or SHUTDOWN returns. */
static void test_statuses_of_other_leaves(void **state)
{
	static const char *const odd[] = {
		"TDH.SYS.INIT=TDX_SYS_STATE_INCORRECT", "TDH.SYS.INIT=TDX_SYS_LP_INIT_NOT_PENDING",
		"TDH.SYS.UPDATE=TDX_PAGE_ALREADY_FREE", "TDH.SYS.UPDATE=TDX_SYS_LP_INIT_DONE",
		"TDH.SYS.SHUTDOWN=TDX_VCPU_NOT_ASSOCIATED", "TDH.SYS.SHUTDOWN=0x30100000000",
		"SEAMLDR.INSTALL@last=0xc000090100000000",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		CLI_RUN(SMALL, "--fault", odd[i]);
		assert_int_equal(out_json_number("tds_alive"), 4);
		assert_true(json_is_true(out_json("confirmed")));
		assert_int_equal(json_array_size(out_json("findings")), 0);
	}
}

/* Without an answer to the final check the verdict follows from the path, and says so. */
static void test_not_confirmed(void **state)
{
	(void)state;
	CLI_RUN(SMALL, "--fault", "TDH.SYS.RD+=SYS_BUSY");
	assert_exit(EXIT_OK);
	assert_string_equal(out_json_text("verdict"), "updated");
	assert_true(json_is_false(out_json("confirmed")));
	assert_says(CLI_RUN("simulate", "--lps", "2", "--tds", "1", "--fault",
			    "TDH.SYS.RD+=SYS_BUSY")->out, "not confirmed");
}

static void test_fallbacks(void **state)
{
	const char *fault = "SYS.INIT=SYS_INCOMPATIBLE_SIGSTRUCT";

	(void)state;
	CLI_RUN(SMALL, "--fallback", "none", "--fault", "SEAMLDR.INSTALL@last=EBADSIG");
	assert_int_equal(json_array_size(out_json("fallbacks")), 0);
	CLI_RUN(SMALL, "--fallback", "1.5.17", "--fault", fault);
	assert_exit(EXIT_RECOVERED);
	assert_string_equal(out_json_text("running"), "1.5.17");
	/* No machine takes an image of another line. */
	CLI_RUN(SMALL, "--fallback", "2.0.08");
	assert_exit(EXIT_INCOMPATIBLE);
	assert_says(out_json_text("error"), "2.0.08");
}

static void test_refused(void **state)
{
	const struct cli_run *r;

	(void)state;
	r = CLI_RUN(SMALL, "--from", "1.5.16", "--to", "1.5.28");
	assert_int_equal(r->exit, EXIT_INCOMPATIBLE);
	assert_exit(EXIT_INCOMPATIBLE);
	assert_true(json_array_size(out_json("reasons")) >= 2);
	r = CLI_RUN("simulate", "--lps", "2", "--tds", "1", "--from", "1.5.16", "--to", "1.5.09");
	assert_int_equal(r->exit, EXIT_INCOMPATIBLE);
	assert_says(r->err, "older than the running module: expected 1.5.16, found 1.5.09");
	assert_says(r->err, "minor SVN");
	r = CLI_RUN(SMALL, "--to", "1.5.09");
	assert_int_equal(r->exit, EXIT_INCOMPATIBLE);
	r = CLI_RUN(SMALL, "--updates", "1");
	assert_int_equal(r->exit, EXIT_EXHAUSTED);
	assert_exit(EXIT_EXHAUSTED);
	r = CLI_RUN(SMALL, "--updates", "2");
	assert_int_equal(r->exit, EXIT_OK);
	assert_int_equal(out_json_number("updates_left"), 0);
	r = CLI_RUN(SMALL, "--repo", "/nonexistent");
	assert_int_equal(r->exit, EXIT_ERROR);
	assert_exit(EXIT_ERROR);
}

/* A machine that always builds TDs is met building one, sooner or later. */
static void test_td_build(void **state)
{
	int tries, exit = EXIT_OK;

	(void)state;
	for (tries = 0; exit == EXIT_OK && tries < 100; tries++)
		exit = CLI_RUN(SMALL, "--td-build", "refuse")->exit;
	assert_int_equal(exit, EXIT_NOT_NOW);
	assert_exit(EXIT_NOT_NOW);
	assert_int_equal(CLI_RUN(SMALL, "--td-build", "ignore")->exit, EXIT_OK);
}

/* The broken twin: the world does not stop, and the audit says so whatever the update saw. */
static void test_no_stop(void **state)
{
	int tries, exit = EXIT_OK;

	(void)state;
	for (tries = 0; exit != EXIT_MISMATCH && tries < 20; tries++)
		exit = CLI_RUN("simulate", "--json", "--lps", "16", "--no-stop")->exit;
	assert_int_equal(exit, EXIT_MISMATCH);
	assert_exit(EXIT_MISMATCH);
	assert_true(out_json_number("foreign_seamcalls") > 0);
	assert_true(json_array_size(out_json("findings")) > 0);
}

static void test_rehearse(void **state)
{
	(void)state;
	CLI_RUN(SMALL, "--rehearse");
	assert_exit(EXIT_OK);
	assert_step("rehearse", "each", 8);
	assert_int_equal(out_json_number("installs"), 1);
	CLI_RUN(SMALL, "--rehearse", "--fault", "SEAMLDR.INSTALL@last=EBADSIG");
	assert_exit(EXIT_UNCHANGED);
	assert_string_equal(out_json_text("failure.reason"), "rehearsal");
	assert_tds_well(4);
}

/* ---- pictures -------------------------------------------------------------------------------- */

static char *slurp(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = NULL;
	size_t n = 0;

	if (!f)
		fail_msg("%s was not written", path);
	assert_true(getdelim(&text, &n, '\0', f) > 0);
	fclose(f);
	return text;
}

static unsigned int count(const char *text, const char *what)
{
	unsigned int n = 0;

	for (text = strstr(text, what); text; text = strstr(text + 1, what))
		n++;
	return n;
}

/* As many ends as beginnings, and no stray mark. */
static void assert_balanced(const char *svg, const char *tag)
{
	char open[16], close[16];

	snprintf(open, sizeof(open), "<%s", tag);
	snprintf(close, sizeof(close), "</%s>", tag);
	assert_int_equal(count(svg, open), count(svg, close));
}

static void test_svg(void **state)
{
	char *path = cli_runner_path("t.svg"), *svg;

	(void)state;
	CLI_RUN("simulate", "--lps", "100", "--tds", "2", "--svg", path, "--fault",
		"SYS.INIT=SYS_INCOMPATIBLE_SIGSTRUCT");
	svg = slurp(path);
	assert_int_equal(strncmp(svg, "<svg ", 5), 0);
	assert_string_equal(svg + strlen(svg) - 7, "</svg>\n");
	assert_balanced(svg, "text");
	assert_balanced(svg, "title");
	assert_int_equal(count(svg, "<"), count(svg, ">"));
	assert_says(svg, "recovered 1.5.09 -&gt; 1.5.16 failed, 1.5.17 runs");
	assert_says(svg, "not TDX hardware");
	assert_says(svg, "LP 98-99");
	assert_says(svg, "TDX_SYS_INCOMPATIBLE_SIGSTRUCT");
	free(svg);
	free(path);
}

static void test_perfetto(void **state)
{
	char *path = cli_runner_path("t.json");
	unsigned int complete = 0, instant = 0, threads = 0;
	json_t *doc, *events, *e;
	size_t i;

	(void)state;
	CLI_RUN("simulate", "--lps", "6", "--tds", "2", "--perfetto", path, "--fault",
		"SYS.LP.INIT@3=RND_NO_ENTROPY");
	doc = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(doc);
	events = json_object_get(doc, "traceEvents");
	json_array_foreach(events, i, e) {
		const char *ph = json_string_value(json_object_get(e, "ph"));
		const char *name = json_string_value(json_object_get(e, "name"));

		complete += !strcmp(ph, "X");
		instant += !strcmp(ph, "i");
		threads += !strcmp(name, "thread_name");
		if (strcmp(ph, "M"))
			assert_true(json_real_value(json_object_get(e, "ts")) >= 0);
		if (!strcmp(ph, "X"))
			assert_true(json_real_value(json_object_get(e, "dur")) >= 0);
		if (!strcmp(ph, "i")) {
			assert_string_equal(name, "TDX_RND_NO_ENTROPY");
			assert_int_equal(json_integer_value(json_object_get(e, "tid")), 3 + 2);
		}
	}
	assert_int_equal(threads, 1 + 6);
	assert_int_equal(instant, 1);
	/* On each LP: stopped, check, install, lp-init. */
	assert_true(complete >= 4 * 6);
	json_decref(doc);
	free(path);
}

static void test_unwritable(void **state)
{
	const struct cli_run *r;

	(void)state;
	r = CLI_RUN(SMALL, "--svg", "/nonexistent/t.svg");
	assert_int_equal(r->exit, EXIT_ERROR);
	assert_says(out_json_text("error"), "/nonexistent/t.svg");
	assert_string_equal(out_json_text("verdict"), "updated");
	r = CLI_RUN(SMALL, "--svg", "/nonexistent/t.svg", "--fault", "SYS.SHUTDOWN+=SYS_BUSY");
	assert_int_equal(r->exit, EXIT_UNCHANGED);
}

/* ---- labs ------------------------------------------------------------------------------------ */

static int make_lab(void **state)
{
	char *lab = cli_runner_path("lab");
	const struct cli_run *r;

	r = CLI_RUN("lab", "create", lab, "--lps", "8", "--updates", "5");
	*state = lab;
	return r->exit;
}

static int drop_lab(void **state)
{
	free(*state);
	return 0;
}

static char *in(const char *lab, const char *name)
{
	char *path;

	assert_true(asprintf(&path, "%s/%s", lab, name) > 0);
	return path;
}

static void test_lab_files(void **state)
{
	char *path = in(*state, "lab.json");
	json_t *doc = json_load_file(path, 0, NULL);
	struct stat st;

	assert_non_null(doc);
	assert_int_equal(json_integer_value(json_object_get(doc, "lps")), 8);
	assert_int_equal(json_integer_value(json_object_get(doc, "updates_left")), 4);
	assert_string_equal(json_string_value(json_object_get(doc, "running")), "1.5.09");
	assert_int_equal(strlen(json_string_value(json_object_get(doc, "signer"))), 96);
	json_decref(doc);
	free(path);

	path = in(*state, "signer.pem");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	free(path);
	path = in(*state, "repo/separate_files/2.0/tdx_module_2.0.08.sigstruct");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, 2048);
	free(path);
	path = in(*state, "repo/mapping_file.json");
	doc = json_load_file(path, 0, NULL);
	assert_true(json_array_size(json_object_get(doc, "tdx_module_releases")) >= 11);
	json_decref(doc);
	free(path);
}

/* A lab stays: a second lab in the same place is refused, and nothing is left behind. */
static void test_lab_again(void **state)
{
	char *path = in(*state, "signer.pem"), *before = slurp(path), *after;
	const struct cli_run *r;

	r = CLI_RUN("lab", "create", *state, "--json");
	assert_int_equal(r->exit, EXIT_ERROR);
	assert_exit(EXIT_ERROR);
	after = slurp(path);
	assert_string_equal(before, after);
	free(after);
	free(before);
	free(path);
	r = CLI_RUN("lab", "create", "/nonexistent/lab");
	assert_int_equal(r->exit, EXIT_ERROR);
}

static void test_lab_images(void **state)
{
	char *repo = in(*state, "repo"), *host, *blob;

	CLI_RUN(SMALL, "--repo", repo);
	assert_exit(EXIT_OK);
	assert_string_equal(out_json_text("running"), "1.5.16");
	assert_tds_well(4);
	/* A machine that trusts the lab's key does not accept the model's own. */
	blob = in(repo, "joined_files/1.5/tdx_module_1.5.16.blob");
	CLI_RUN(SMALL, "--to", blob);
	assert_exit(EXIT_BAD_IMAGE);
	assert_true(asprintf(&host, "lab:%s", (char *)*state) > 0);
	assert_int_equal(CLI_RUN("verify", "--host", host, blob)->exit, EXIT_OK);
	CLI_RUN(SMALL, "--repo", repo, "--to", "1.5.99");
	assert_exit(EXIT_ERROR);
	free(host);
	free(blob);
	free(repo);
}

static const struct {
	const char *name;
	enum exit_status verify, simulate;
	const char *reason;	/* of incompatibility */
} bad_images[] = {
	{ "bad-hash", EXIT_BAD_IMAGE, EXIT_BAD_IMAGE, NULL },
	{ "bad-signature", EXIT_BAD_IMAGE, EXIT_BAD_IMAGE, NULL },
	{ "wrong-signer", EXIT_BAD_IMAGE, EXIT_BAD_IMAGE, NULL },
	{ "truncated", EXIT_BAD_IMAGE, EXIT_BAD_IMAGE, NULL },
	{ "no-pages", EXIT_BAD_IMAGE, EXIT_BAD_IMAGE, NULL },
	{ "debug-signed", EXIT_BAD_IMAGE, EXIT_INCOMPATIBLE, "debug" },
	{ "low-svn", EXIT_OK, EXIT_INCOMPATIBLE, "svn-minor" },
	{ "handoff-window", EXIT_OK, EXIT_INCOMPATIBLE, "handoff" },
	{ "wrong-cpu", EXIT_OK, EXIT_INCOMPATIBLE, "cpu" },
};

/* Each image is wrong in one way: exactly one reason refuses it. */
static void assert_one_reason(const char *name)
{
	const json_t *reasons = out_json("reasons"), *reason;
	unsigned int refusing = 0;
	size_t i;

	json_array_foreach((json_t *)reasons, i, reason) {
		if (!json_is_true(json_object_get(reason, "refuses")))
			continue;
		refusing++;
		assert_string_equal(json_string_value(json_object_get(reason, "name")), name);
	}
	assert_int_equal(refusing, 1);
}

static void test_lab_bad(void **state)
{
	char *repo = in(*state, "repo"), *host, name[64], *blob;
	size_t i;

	assert_true(asprintf(&host, "lab:%s", (char *)*state) > 0);
	for (i = 0; i < NR(bad_images); i++) {
		snprintf(name, sizeof(name), "repo-bad/%s.blob", bad_images[i].name);
		blob = in(*state, name);
		assert_int_equal(CLI_RUN("verify", "--host", host, blob)->exit,
				 bad_images[i].verify);
		CLI_RUN(SMALL, "--repo", repo, "--to", blob);
		assert_exit(bad_images[i].simulate);
		if (bad_images[i].reason)
			assert_one_reason(bad_images[i].reason);
		free(blob);
	}
	free(host);
	free(repo);
}

/* 8 LPs: the running module needs 613 pages, the new one 8 more; the early check misses 7. */
static void test_lab_memory(void **state)
{
	static const struct {
		const char *bytes, *reason;
	} rows[] = {
		{ "2510848", "memory" },	/* 613 */
		{ "2514944", "memory-margin" },	/* 614 */
		{ "2539520", "memory-margin" },	/* 620 */
		{ "2543616", NULL },		/* 621 */
	};
	char *repo = in(*state, "repo"), *blob = in(*state, "repo-bad/more-memory.blob");
	size_t i;

	for (i = 0; i < NR(rows); i++) {
		CLI_RUN(SMALL, "--repo", repo, "--to", blob, "--seam-bytes", rows[i].bytes);
		assert_exit(rows[i].reason ? EXIT_INCOMPATIBLE : EXIT_OK);
		if (rows[i].reason)
			assert_one_reason(rows[i].reason);
	}
	CLI_RUN(SMALL, "--repo", repo, "--seam-bytes", rows[0].bytes);
	assert_exit(EXIT_OK);
	assert_int_equal(CLI_RUN(SMALL, "--seam-bytes", "1069547521")->exit, EXIT_USAGE);
	free(blob);
	free(repo);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest simulate[] = {
		cmocka_unit_test(test_updated),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_failure),
		cmocka_unit_test(test_statuses_of_other_leaves),
		cmocka_unit_test(test_not_confirmed),
		cmocka_unit_test(test_fallbacks),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_td_build),
		cmocka_unit_test(test_no_stop),
		cmocka_unit_test(test_rehearse),
		cmocka_unit_test(test_svg),
		cmocka_unit_test(test_perfetto),
		cmocka_unit_test(test_unwritable),
	};
	const struct CMUnitTest lab[] = {
		cmocka_unit_test(test_lab_files),
		cmocka_unit_test(test_lab_again),
		cmocka_unit_test(test_lab_images),
		cmocka_unit_test(test_lab_bad),
		cmocka_unit_test(test_lab_memory),
	};
	int rc;

	if (argc < 2)
		return 1;
	cli_runner_begin(argv[1]);
	rc = cmocka_run_group_tests(simulate, NULL, NULL);
	rc += cmocka_run_group_tests(lab, make_lab, drop_lab);
	cli_runner_end();
	return rc;
}
