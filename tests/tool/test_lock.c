// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The lock of a host: one holder with a name; a process that only looks disturbs no other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/host/host.h"
#include "lib/record/lock.h"
#include "lib/base/text.h"

#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static char directory[] = "/tmp/seamstep-lock.XXXXXX";
static struct host host;

static enum lock_result take(struct host_lock *lock, char **text)
{
	*text = NULL;
	return lock_take(&host, "update 1.5.16", 0, lock, text);
}

/* Set during a look. An update that comes before the end of the look gets this result. */
static enum lock_result *meanwhile;

/* Replaces the C library's function: a look ends with it. */
int close(int fd)
{
	enum lock_result *result = meanwhile;
	struct host_lock lock;
	char *text;

	if (result) {
		meanwhile = NULL;
		*result = take(&lock, &text);
		lock_release(&lock);
		free(text);
	}
	return (int)syscall(SYS_close, fd);
}

static void one_holder_who_is_named(void **state)
{
	struct host_lock first, second;
	char *text, pid[32];

	(void)state;
	assert_int_equal(take(&first, &text), LOCK_TAKEN);
	assert_int_equal(take(&second, &text), LOCK_BUSY);
	snprintf(pid, sizeof(pid), "pid %d (update 1.5.16)", (int)getpid());
	assert_non_null(strstr(text, pid));
	free(text);
	lock_release(&first);
	assert_int_equal(take(&second, &text), LOCK_TAKEN);
	lock_release(&second);
}

static void it_is_seen_to_be_held(void **state)
{
	struct host_lock lock;
	char *text;

	(void)state;
	assert_false(lock_is_held(&host));
	assert_int_equal(take(&lock, &text), LOCK_TAKEN);
	assert_true(lock_is_held(&host));
	assert_true(lock_is_held(&host));
	lock_release(&lock);
	assert_false(lock_is_held(&host));
}

static void who_looks_is_in_nobodys_way(void **state)
{
	enum lock_result result = LOCK_FAILED;

	(void)state;
	meanwhile = &result;
	assert_false(lock_is_held(&host));
	assert_null(meanwhile);
	assert_int_equal(result, LOCK_TAKEN);
}

static int make_directory(void **state)
{
	(void)state;
	if (!mkdtemp(directory))
		return -1;
	host.state_dir = directory;
	host.lock_path = base_text("%s/lock", directory);
	return 0;
}

static int remove_directory(void **state)
{
	(void)state;
	unlink(host.lock_path);
	free(host.lock_path);
	return rmdir(directory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_holder_who_is_named),
		cmocka_unit_test(it_is_seen_to_be_held),
		cmocka_unit_test(who_looks_is_in_nobodys_way),
	};

	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
