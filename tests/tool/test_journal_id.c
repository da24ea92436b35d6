// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The id of an update, on a host whose kernel gives no random numbers: still no id comes twice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/base/text.h"
#include "lib/record/journal.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

/* Replaces the C library's function. */
ssize_t getrandom(void *bytes, size_t n, unsigned int flags)
{
	(void)bytes;
	(void)n;
	(void)flags;
	errno = ENOSYS;
	return -1;
}

static void test_no_id_twice(void **state)
{
	const struct timespec pause = { 0, 1000 };
	char *first = journal_new_id(), *second;

	(void)state;
	nanosleep(&pause, NULL);
	second = journal_new_id();
	assert_int_equal(strlen(first), 16);
	assert_int_equal(strlen(second), 16);
	assert_string_not_equal(first, second);
	assert_string_not_equal(first, "0000000000000000");
	base_free(first);
	base_free(second);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_id_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
