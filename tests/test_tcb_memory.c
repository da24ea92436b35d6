// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Each allocation on the way to a document fails once: of this code, of the JSON library and of
 * libcrypto. The answer is a refusal or the document; nothing ends the program.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/tcb/tcb.h"

#define AT	1757462400	/* 2025-09-10: the document is in force */
#define ENOUGH	20000

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t nr, size_t n);
void *__libc_realloc(void *p, size_t n);

static long left = -1;	/* allocations until one fails; -1: none fails */
static bool failed;

static bool fails(void)
{
	if (left < 0 || left--)
		return false;
	failed = true;
	return true;
}

void *malloc(size_t n)
{
	return fails() ? NULL : __libc_malloc(n);
}

void *calloc(size_t nr, size_t n)
{
	return fails() ? NULL : __libc_calloc(nr, n);
}

void *realloc(void *p, size_t n)
{
	return fails() ? NULL : __libc_realloc(p, n);
}

static const char *path;

static enum tcb_answer load_without(long nth)
{
	struct tcb_info *info;
	enum tcb_answer answer;
	char why[TCB_WHY];

	failed = false;
	left = nth;
	answer = tcb_load(path, &tcb_anchor_intel, 1, AT, &info, why);
	left = -1;
	assert_int_equal(info != NULL, answer == TCB_DOC_OK);
	if (info) {
		assert_int_equal(info->set, 17);
		assert_int_equal(info->nr_identities, 2);
	}
	tcb_free(info);
	return answer;
}

static void test_each(void **state)
{
	unsigned int answers[TCB_DOC_NR] = { 0 }, i;
	long nth;

	(void)state;
	assert_int_equal(load_without(-1), TCB_DOC_OK);	/* libcrypto has its tables now */
	for (nth = 0; nth < ENOUGH; nth++) {
		enum tcb_answer answer = load_without(nth);

		if (!failed)
			break;
		answers[answer]++;
	}
	assert_in_range(nth, 100, ENOUGH - 1);
	for (i = 0; i < TCB_DOC_NR; i++)
		if (answers[i])
			print_message("%5u of %ld: %s\n", answers[i], nth, tcb_answer_name(i));
	/*
	 * libcrypto can do without some, and takes others for a fault of a certificate. This code's
	 * own allocations never make a document look malformed.
	 */
	assert_int_equal(answers[TCB_DOC_OK] + answers[TCB_DOC_NO_MEMORY] +
			 answers[TCB_DOC_BAD_CHAIN] + answers[TCB_DOC_BAD_SIGNATURE], nth);
	assert_true(answers[TCB_DOC_NO_MEMORY] > nth / 8);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_each) };

	if (argc < 2)
		return 1;
	path = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
