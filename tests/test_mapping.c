// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* mapping_file.json: a reader gets back what was written, and an error names what is wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/image/mapping.h"
#include "lab/model_mapping.h"

static char path[] = "/tmp/seamstep-mapping.XXXXXX";

static void write_text(const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

/* Every version of the ladder comes back unchanged. */
static void test_ladder(void **state)
{
	char *text = mapping_text_of_ladder(), *why = NULL;
	struct mapping *mapping;
	uint32_t i;

	(void)state;
	write_text(text);
	mapping = mapping_load(path, &why);
	assert_non_null(mapping);
	for (i = 0; i < sim_ladder_nr; i++) {
		struct ss_compat_rule model = mapping_of_model(&sim_ladder[i]), read;

		read = mapping_find(mapping, model.version);
		assert_true(read.known);
		assert_memory_equal(&read, &model, sizeof(read));
		assert_true(read.features0_known);
		assert_int_equal(read.features0, sim_ladder[i].features0);
	}
	assert_false(mapping_find(mapping, (struct ss_version){ 9, 9, 9 }).known);
	assert_false(mapping_find(NULL, (struct ss_version){ 1, 5, 9 }).known);
	mapping_free(mapping);
	free(text);
}

#define ENTRY(version, min, seamldr, rest) \
	"{\"tdx_module_releases\": [{\"version\": " version \
	", \"min_module_version_for_td_preserving\": " min \
	", \"min_seamldr_versions\": " seamldr rest "}]}"

/* As published: one P-SEAMLDR minimum for 1.5.01; leading zeros; capitals; unknown members. */
static void test_published(void **state)
{
	struct ss_version v = { 1, 5, 1 };
	struct ss_compat_rule rule;
	struct mapping *mapping;
	char *why = NULL;

	(void)state;
	write_text(ENTRY("\"1.5.01\"", "\"1.5.01\"", "[\"1.5.00\"]",
			 ", \"tdx_feature0\": \"0xF0FBF\", \"new\": 7"));
	mapping = mapping_load(path, &why);
	assert_non_null(mapping);
	rule = mapping_find(mapping, v);
	assert_true(rule.known);
	assert_int_equal(rule.nr_min_seamldr, 1);
	assert_int_equal(rule.min_seamldr[0].minor, 5);
	assert_int_equal(rule.features0, 0xf0fbf);
	mapping_free(mapping);

	write_text(ENTRY("\"1.5.01\"", "\"1.5.01\"", "[]", ""));	/* no features known */
	mapping = mapping_load(path, &why);
	assert_non_null(mapping);
	assert_false(mapping_find(mapping, v).features0_known);
	mapping_free(mapping);
}

static const struct {
	const char *text, *says;
} bad[] = {
	{ "", "line 1" },
	{ "{", "line 1" },
	{ "[]", "tdx_module_releases" },
	{ "{}", "tdx_module_releases" },
	{ "{\"tdx_module_releases\": {}}", "tdx_module_releases" },
	{ "{\"tdx_module_releases\": [7]}", "[0].version" },
	{ "{\"a\": 1, \"a\": 2}", "line 1" },
	{ ENTRY("\"1.5\"", "\"1.5.01\"", "[]", ""), "[0].version" },
	{ ENTRY("\"1.5.1x\"", "\"1.5.01\"", "[]", ""), "[0].version" },
	{ ENTRY("15", "\"1.5.01\"", "[]", ""), "[0].version" },
	{ ENTRY("\"1.5.70000\"", "\"1.5.01\"", "[]", ""), "[0].version" },
	{ ENTRY("\"1.5.01\"", "null", "[]", ""), "[0].min_module_version" },
	{ ENTRY("\"1.5.01\"", "\"1.5.01\"", "\"1.5.00\"", ""), "[0].min_seamldr" },
	{ ENTRY("\"1.5.01\"", "\"1.5.01\"", "[1]", ""), "[0].min_seamldr" },
	{ ENTRY("\"1.5.01\"", "\"1.5.01\"",
		"[\"1.5.0\",\"1.5.0\",\"1.5.0\",\"1.5.0\",\"1.5.0\",\"1.5.0\",\"1.5.0\","
		"\"1.5.0\",\"1.5.0\"]", ""), "[0].min_seamldr" },
	{ ENTRY("\"1.5.01\"", "\"1.5.01\"", "[]", ", \"tdx_feature0\": 7"), "[0].tdx_feature0" },
	{ ENTRY("\"1.5.01\"", "\"1.5.01\"", "[]", ", \"tdx_feature0\": \"0xg\""),
	  "[0].tdx_feature0" },
};

static void test_bad(void **state)
{
	char *why;
	size_t i;

	(void)state;
	for (i = 0; i < SS_ARRAY_SIZE(bad); i++) {
		write_text(bad[i].text);
		why = NULL;
		assert_null(mapping_load(path, &why));
		assert_non_null(why);
		print_message("%s\n", why);
		assert_non_null(strstr(why, bad[i].says));
		assert_non_null(strstr(why, path));
		free(why);
	}
	assert_null(mapping_load("/nonexistent/file", &why));
	assert_non_null(strstr(why, "No such file"));
	free(why);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ladder),
		cmocka_unit_test(test_published),
		cmocka_unit_test(test_bad),
	};
	int rc, fd = mkstemp(path);

	if (fd < 0)
		return 1;
	close(fd);
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(path);
	return rc;
}
