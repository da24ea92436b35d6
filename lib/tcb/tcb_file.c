// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Regular files of a bounded size, read whole. */
#include "tcb_file.h"

#include "tcb_text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Opens a regular file. -1 with errno set; a FIFO or a device would block or never end. */
static int open_regular(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	if (fd >= 0 && (fstat(fd, &st) || !S_ISREG(st.st_mode))) {
		close(fd);
		errno = EINVAL;
		return -1;
	}
	return fd;
}

/* Reads up to @room bytes. -1 on error. */
static ssize_t read_all(int fd, uint8_t *p, size_t room)
{
	size_t n = 0;
	ssize_t got;

	do {
		got = read(fd, p + n, room - n);
		if (got < 0 && errno != EINTR)
			return -1;
		n += got > 0 ? (size_t)got : 0;
	} while (got && n < room);
	return (ssize_t)n;
}

enum tcb_answer tcb_file_read(const char *path, size_t limit, struct ss_bytes *out,
			      char why[TCB_WHY])
{
	int fd = open_regular(path);
	uint8_t *p = fd < 0 ? NULL : malloc(limit + 1);
	ssize_t n = p ? read_all(fd, p, limit + 1) : -1;
	enum tcb_answer answer = TCB_DOC_OK;

	if (fd >= 0 && !p)
		answer = tcb_say(why, TCB_DOC_NO_MEMORY, "out of memory");
	else if (n < 0)
		answer = tcb_say(why, TCB_DOC_UNREADABLE, "%s",
				 errno == EINVAL ? "not a regular file" : strerror(errno));
	else if ((size_t)n > limit)
		answer = tcb_say(why, TCB_DOC_TOO_LARGE, "expected up to %zu bytes", limit);
	if (fd >= 0)
		close(fd);
	if (answer == TCB_DOC_OK)
		*out = (struct ss_bytes){ p, (size_t)n };
	else
		free(p);
	return answer;
}
