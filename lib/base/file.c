// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Whole files: read, and replaced at once. */
#include "file.h"

#include "alloc.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The reader of a pipe waits so long for its writer's next bytes. */
#define PIPE_WAIT_MS	10000

/*
 * The next bytes. An empty pipe without a writer is no file: ENODATA. A pipe with a silent writer:
 * ETIMEDOUT. So no file that an untrusted directory holds keeps a reader for ever.
 */
static ssize_t read_some(int fd, uint8_t *p, size_t room)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	ssize_t got;
	int ready;

	for (;;) {
		got = read(fd, p, room);
		if (got >= 0 || (errno != EAGAIN && errno != EINTR))
			return got;
		ready = errno == EINTR ? 1 : poll(&wait, 1, PIPE_WAIT_MS);
		if (ready > 0)
			continue;
		if (!ready)
			errno = ETIMEDOUT;
		return -1;
	}
}

/* -1 with errno set. */
static int open_file(const char *path, bool regular, bool *pipe)
{
	/* Standard input may be a socket, which has no name to open. Its user may wait for it. */
	int fd = strcmp(path, BASE_STDIN) ?
		 open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) :
		 fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	struct stat st;
	int saved;

	if (fd < 0)
		return -1;
	saved = fstat(fd, &st) ? errno : regular && !S_ISREG(st.st_mode) ? EINVAL : 0;
	*pipe = S_ISFIFO(st.st_mode);
	if (!saved)
		return fd;
	close(fd);
	errno = saved;
	return -1;
}

/* Returns an errno, or 0. */
static int read_all(int fd, bool pipe, size_t limit, uint8_t **data, size_t *bytes)
{
	size_t room = 0, n = 0;
	ssize_t got = 1;

	while (got > 0 && n <= limit) {
		if (n == room) {
			uint8_t *more = realloc(*data, room = room ? 2 * room : 65536);

			if (!more)
				return ENOMEM;
			*data = more;
		}
		got = read_some(fd, *data + n, room - n);
		if (got > 0)
			n += (size_t)got;
	}
	*bytes = n;
	return got < 0 ? errno : n > limit ? EFBIG : pipe && !n ? ENODATA : 0;
}

static uint8_t *read_file(const char *path, bool regular, size_t limit, size_t *bytes)
{
	uint8_t *data = NULL;
	bool pipe = false;
	int fd = open_file(path, regular, &pipe), saved;

	saved = fd < 0 ? errno : read_all(fd, pipe, limit, &data, bytes);
	if (fd >= 0)
		close(fd);
	base_lack_if(saved);
	if (!saved)
		return data;
	free(data);
	errno = saved;
	return NULL;
}

uint8_t *base_file_read(const char *path, size_t limit, size_t *bytes)
{
	return read_file(path, false, limit, bytes);
}

uint8_t *base_file_read_regular(const char *path, size_t limit, size_t *bytes)
{
	return read_file(path, true, limit, bytes);
}

const char *base_file_why(int err)
{
	switch (err) {
	case EINVAL:
		return "not a regular file";
	case ENODATA:
		return "a pipe without a writer";
	case ETIMEDOUT:
		return "a pipe whose writer is silent";
	}
	return strerror(err);
}

static bool write_all(int fd, const uint8_t *p, size_t n)
{
	while (n) {
		ssize_t put = write(fd, p, n);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return false;
		p += put;
		n -= (size_t)put;
	}
	return true;
}

bool base_file_write(const char *path, const void *bytes, size_t n, unsigned int mode)
{
	char *temporary = base_text("%s.XXXXXX", path);
	int fd = *temporary ? mkostemp(temporary, O_CLOEXEC) : -1, saved;
	bool ok = fd >= 0;

	if (!*temporary)
		errno = ENOMEM;

	if (ok) {
		ok = fchmod(fd, mode) == 0 && write_all(fd, bytes, n) && fsync(fd) == 0;
		saved = errno;
		if (close(fd) && ok) {
			ok = false;
			saved = errno;
		}
		if (ok && rename(temporary, path)) {
			ok = false;
			saved = errno;
		}
		if (!ok) {
			unlink(temporary);
			errno = saved;
		}
	}
	saved = errno;
	base_free(temporary);
	errno = saved;
	return ok;
}
