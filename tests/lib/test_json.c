// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The reader of JSON beside jansson's: both take the same texts and make the same values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/base/alloc.h"
#include "lib/base/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void compare(const char *text, size_t n)
{
	json_t *theirs = json_loadb(text, n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);
	struct base_json_fault fault = { 0, NULL };
	json_t *ours;

	base_begin();
	ours = base_json_read(text, n, true, &fault);
	if (!!ours != !!theirs || (ours && !json_equal(ours, theirs)))
		fail_msg("'%.*s': %s, jansson: %s", (int)n, text, ours ? "taken" : fault.what,
			 theirs ? "taken" : "refused");
	if (!ours && (!fault.line || !fault.what))
		fail_msg("'%.*s': refused, and no fault is named", (int)n, text);
	assert_false(base_lacks());
	json_decref(ours);
	json_decref(theirs);
}

static const char *const texts[] = {
	"", " ", "null", "true", "false", "nul", "truee", "0", "-0", "-", "01", "-01", "1.", "1.5",
	".5", "1e5", "1E+5", "1e-5", "1e", "1e+", "-1.25e2", "1.5.5", "9223372036854775807",
	"9223372036854775808", "-9223372036854775808", "-9223372036854775809", "1e400", "1e-400",
	"\"\"", "\"a\"", "\"", "\"\\\"", "\"\\\"\"", "\"\\\\\"", "\"\\/\\b\\f\\n\\r\\t\"", "\"\\x\"",
	"\"\\u0041\"", "\"\\u00e4\\u20ac\"", "\"\\ud83d\\ude00\"", "\"\\ud83d\"", "\"\\ude00\"",
	"\"\\ud83d\\u0041\"", "\"\\u0000\"", "\"\\u12\"", "\"\\u12g4\"", "\"\t\"", "\"\xc3\xa4\"",
	"\"\xc3\"", "\"\xff\"", "\"\xed\xa0\x80\"", "[]", "[ ]", "[1]", "[1,2]", "[1,]", "[,1]", "[1 2]",
	"[", "[1", "]", "[[[[]]]]", "{}", "{ }", "{\"a\":1}", "{\"a\":1,}", "{\"a\" 1}", "{\"a\":}",
	"{a:1}", "{\"a\":1,\"a\":2}", "{\"a\":1 \"b\":2}", "{\"a\":{\"a\":[{\"b\":null}]}}", "{", "{\"a\"",
	"1 2", "[] []", "{}x", "\n\r\t [\n1\n]\n ", "\x0b[]", "/**/1", "{\"\":0}", "[1.0, 1]",
	"{\"\\u0061\":1,\"a\":2}", "{\"\xff\":1}",
};

static void each_text(void **state)
{
	size_t i, n;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		for (n = 0; n <= strlen(texts[i]); n++)
			compare(texts[i], n);
}

/* A NUL inside a text is a fault. (Behind a value jansson takes it for the end.) */
static void embedded_nul(void **state)
{
	(void)state;
	compare("[1,\0 2]", 7);
	compare("\"a\0b\"", 5);
	compare("nul\0", 4);
}

/* Every byte of a document replaced by every byte. */
static void each_change(void **state)
{
	static const char document[] =
		"{\"a\": [1, -2.5e3, \"x\\n\\u00e4\"], \"bb\": {\"c\": null, \"d\": true}, \"e\": \"\xc3\xa4\"}";
	char text[sizeof(document)];
	size_t i;
	int c;

	(void)state;
	for (i = 0; i < sizeof(document) - 1; i++) {
		for (c = 0; c < 256; c++) {
			memcpy(text, document, sizeof(text));
			text[i] = (char)c;
			compare(text, sizeof(text) - 1);
		}
	}
}

static void depth_and_line(void **state)
{
	struct base_json_fault fault;
	char deep[1000];

	(void)state;
	memset(deep, '[', sizeof(deep));
	assert_null(base_json_read(deep, sizeof(deep), true, &fault));
	assert_string_equal(fault.what, "too many brackets within each other");
	assert_null(base_json_read("{\n\"a\": 1,\n\"b\" 2}", 17, true, &fault));
	assert_int_equal(fault.line, 3);
	assert_string_equal(fault.what, "expected : behind a name");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_text),
		cmocka_unit_test(embedded_nul),
		cmocka_unit_test(each_change),
		cmocka_unit_test(depth_and_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
