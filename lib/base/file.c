// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Whole files: read, and replaced at once. */
#include "file.h"

#include "alloc.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

uint8_t *base_file_read(const char *path, size_t limit, size_t *bytes)
{
	uint8_t *data = NULL;
	size_t room = 0, n = 0;
	ssize_t got = 1;
	int fd = open(path, O_RDONLY | O_CLOEXEC), saved;

	if (fd < 0) {
		base_lack_if(errno);
		return NULL;
	}
	while (got > 0 && n <= limit) {
		if (n == room) {
			uint8_t *more = realloc(data, room = room ? 2 * room : 65536);

			if (!more) {
				got = -1;
				break;
			}
			data = more;
		}
		got = read(fd, data + n, room - n);
		if (got > 0)
			n += (size_t)got;
	}
	saved = got < 0 ? errno : n > limit ? EFBIG : 0;
	close(fd);
	base_lack_if(saved);
	if (saved) {
		free(data);
		errno = saved;
		return NULL;
	}
	*bytes = n;
	return data;
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
