// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Memory that is restored: compared with a copy of all of it. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "explore/rewind.h"

#define PAGE	4096u
#define PAGES	64u

static uint64_t random_state;

static uint32_t below(uint32_t n)
{
	random_state = random_state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)(random_state >> 33) % n;
}

static void scribble(struct rewind *r, uint32_t times)
{
	uint32_t at;

	while (times--) {
		at = below((uint32_t)r->bytes - 16);
		memset(r->mem + at, (int)below(256), 1 + below(16));
	}
}

static void test_goes_back(void **state)
{
	unsigned char *copy = malloc(PAGES * PAGE);
	struct rewind r;
	uint32_t i;

	(void)state;
	assert_non_null(copy);
	random_state = 1;
	assert_true(rewind_init(&r, PAGES * PAGE - 5));
	assert_int_equal(r.bytes, PAGES * PAGE);
	scribble(&r, 500);
	memcpy(copy, r.mem, r.bytes);
	assert_true(rewind_mark(&r));
	for (i = 0; i < 200; i++) {
		scribble(&r, below(8));
		rewind_back(&r);
		assert_memory_equal(r.mem, copy, r.bytes);
	}
	rewind_fini(&r);
	free(copy);
}

static void put(struct rewind *r, uint32_t at, uint32_t n)
{
	volatile unsigned char *p = r->mem + at;

	while (n--)
		*p++ = 7;
}

/* The written pages, across a border too, and no others. */
static void test_pays_for_written_pages(void **state)
{
	volatile struct rewind *seen_a, *seen_b;	/* a signal handler writes them */
	struct rewind a, b;

	(void)state;
	assert_true(rewind_init(&a, PAGES * PAGE) && rewind_init(&b, PAGES * PAGE));
	assert_true(rewind_mark(&a) && rewind_mark(&b));
	seen_a = &a;
	seen_b = &b;
	put(&a, 3 * PAGE, 1);
	put(&a, 3 * PAGE + 1, 1);
	put(&b, 6 * PAGE - 2, 4);
	assert_int_equal(seen_a->nr_written, 1);
	assert_int_equal(a.written[0], 3);
	assert_int_equal(seen_b->nr_written, 2);
	rewind_fini(&a);
	put(&b, 9 * PAGE, 1);
	assert_int_equal(seen_b->nr_written, 3);
	rewind_fini(&b);
}

/* A test framework does this between two tests. */
static void test_signal_taken_away(void **state)
{
	struct rewind r;

	(void)state;
	assert_true(rewind_init(&r, 2 * PAGE) && rewind_mark(&r));
	signal(SIGSEGV, SIG_DFL);
	rewind_back(&r);
	put(&r, 0, 1);
	rewind_back(&r);
	assert_int_equal(r.mem[0], 0);
	rewind_fini(&r);
}

static void leave_with_3(int number)
{
	(void)number;
	_exit(3);
}

/* Elsewhere a bad access ends the program as before. */
static void test_other_faults_stay_faults(void **state)
{
	volatile unsigned char *elsewhere = mmap(NULL, PAGE, PROT_READ,
						 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct rewind r;
	int status;
	pid_t child;

	(void)state;
	assert_ptr_not_equal(elsewhere, MAP_FAILED);
	child = fork();
	if (!child) {
		signal(SIGSEGV, leave_with_3);
		if (!rewind_init(&r, PAGE) || !rewind_mark(&r))
			_exit(4);
		r.mem[0] = 1;
		*elsewhere = 1;
		_exit(5);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 3);
	munmap((void *)(uintptr_t)elsewhere, PAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_goes_back),
		cmocka_unit_test(test_pays_for_written_pages),
		cmocka_unit_test(test_signal_taken_away),
		cmocka_unit_test(test_other_faults_stay_faults),
	};

	return cmocka_run_group_tests_name("virtual-rewind", tests, NULL, NULL);
}
