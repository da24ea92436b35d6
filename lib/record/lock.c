// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * One process at a time changes a host: a lock that names its holder. The lock belongs to an open
 * file description (F_OFD_SETLK): a query of such a lock (F_OFD_GETLK) does not take the lock.
 */
#include "lock.h"

#include "lib/host/host.h"
#include "state_dir.h"
#include "lib/base/json.h"
#include "lib/base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <jansson.h>

#define HOLDER_LIMIT	4096u
#define POLL_NS		50000000

static char *holder_text(int fd)
{
	char text[HOLDER_LIMIT + 1];
	ssize_t n = pread(fd, text, HOLDER_LIMIT, 0);
	const char *command = NULL, *since = NULL;
	json_int_t pid = 0;
	json_t *doc;
	char *shown, *line;

	text[n > 0 ? n : 0] = '\0';
	doc = base_json_read(text, strlen(text), false, NULL);
	if (json_unpack(doc, "{s:I, s:s, s:s}", "pid", &pid, "command", &command, "since",
			&since)) {
		json_decref(doc);
		return base_text("another process");
	}
	shown = base_escape(command);
	line = base_text("pid %lld (%s), since %.20s", (long long)pid, shown, since);
	base_free(shown);
	json_decref(doc);
	return line;
}

/* Lets waiting processes name the holder. A failure here does no harm. */
static void name_holder(int fd, const char *command)
{
	char *since = journal_time(), *text;
	json_t *doc = json_pack("{s:i, s:s, s:s}", "pid", (int)getpid(), "command", command,
				"since", since);

	text = base_json_text(doc, JSON_COMPACT | JSON_ENSURE_ASCII);
	if (!base_lacks() && ftruncate(fd, 0) == 0 && pwrite(fd, text, strlen(text), 0) < 0)
		errno = 0;
	base_free(text);
	json_decref(doc);
	base_free(since);
}

static bool try_lock(int fd, unsigned int wait_s)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	struct timespec pause = { 0, POLL_NS };
	struct timespec now, end;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += wait_s;
	for (;;) {
		if (!fcntl(fd, F_OFD_SETLK, &lock))
			return true;
		clock_gettime(CLOCK_MONOTONIC, &now);
		if (errno != EAGAIN || now.tv_sec > end.tv_sec ||
		    (now.tv_sec == end.tv_sec && now.tv_nsec >= end.tv_nsec))
			return false;
		nanosleep(&pause, NULL);
	}
}

enum lock_result lock_take(const struct host *host, const char *command, unsigned int wait_s,
			   struct host_lock *lock, char **text)
{
	lock->fd = -1;
	if (!state_dir_make(host, text))
		return LOCK_FAILED;
	if (base_lacks())
		return LOCK_FAILED;
	lock->fd = open(host->lock_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (lock->fd < 0) {
		*text = base_text("%s: %s", host->lock_path, strerror(errno));
		return LOCK_FAILED;
	}
	if (!try_lock(lock->fd, wait_s)) {
		*text = holder_text(lock->fd);
		close(lock->fd);
		lock->fd = -1;
		return LOCK_BUSY;
	}
	name_holder(lock->fd, command);
	return LOCK_TAKEN;
}

void lock_release(struct host_lock *lock)
{
	if (lock->fd >= 0)
		close(lock->fd);
	lock->fd = -1;
}

bool lock_is_held(const struct host *host)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int fd = open(host->lock_path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	bool held;

	if (fd < 0)
		return false;
	held = !fcntl(fd, F_OFD_GETLK, &lock) && lock.l_type != F_UNLCK;
	close(fd);
	return held;
}
