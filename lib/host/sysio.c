// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Reads and writes files of a live kernel, and reads files of a recorded tree. */
#include "sysio.h"

#include "lib/base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define FILE_LIMIT	((size_t)16 << 20)	/* /proc/cpuinfo of 8192 LPs has 12 MiB */
#define RECORD_ROOM	16384u			/* /dev/kmsg wants room for a whole record */

/* /dev/kmsg gives EAGAIN at its end and EPIPE after dropped records. Other files give neither. */
static bool goes_on(ssize_t got)
{
	return got > 0 || (got < 0 && (errno == EINTR || errno == EPIPE));
}

static uint8_t *read_fd(int fd, size_t *bytes, int *err)
{
	uint8_t *data = NULL;
	size_t room = 0, n = 0;
	ssize_t got = 1;

	while (goes_on(got) && n < FILE_LIMIT) {
		if (room - n < RECORD_ROOM + 1) {
			uint8_t *more = realloc(data, room = 2 * room + 2 * RECORD_ROOM);

			if (!more) {
				base_lack();
				break;
			}
			data = more;
		}
		got = read(fd, data + n, room - n - 1);
		if (got > 0)
			n += (size_t)got;
	}
	*err = base_lacks() ? ENOMEM : got > 0 ? EFBIG : got < 0 && errno != EAGAIN ? errno : 0;
	if (*err) {
		base_free(data);
		return NULL;
	}
	data[n] = '\0';
	*bytes = n;
	return data;
}

static uint8_t *read_live(const struct sysio *io, const char *path, size_t *bytes, int *err)
{
	char *full = base_text("%s%s", io->root, path);
	int fd = open(full, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	uint8_t *data = NULL;

	*err = errno;
	base_free(full);
	base_lack_if(fd < 0 ? *err : 0);
	if (fd < 0 || base_lacks()) {
		if (fd >= 0)
			close(fd);
		*err = base_lacks() ? ENOMEM : *err;
		return NULL;
	}
	data = read_fd(fd, bytes, err);
	close(fd);
	return data;
}

static int write_live(const struct sysio *io, const char *path, const void *bytes, size_t n)
{
	char *full = base_text("%s%s", io->root, path);
	int fd = open(full, O_WRONLY | O_CLOEXEC), err = errno;
	const uint8_t *p = bytes;

	base_free(full);
	if (fd < 0)
		return err;
	for (err = 0; n && !err;) {
		ssize_t put = write(fd, p, n);

		if (put > 0) {
			p += put;
			n -= (size_t)put;
		} else if (put == 0 || errno != EINTR) {
			err = put == 0 ? EIO : errno;
		}
	}
	if (close(fd) && !err)
		err = errno;
	return err;
}

static void pause_live(const struct sysio *io, unsigned int ms)
{
	struct timespec t = { ms / 1000, (long)(ms % 1000) * 1000000 };

	(void)io;
	while (nanosleep(&t, &t) && errno == EINTR)
		;
}

static uint64_t now_live(const struct sysio *io)
{
	struct timespec t;

	(void)io;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static const struct sysio live = { "", read_live, write_live, pause_live, now_live, true };
const struct sysio *sysio_live = &live;

/* ---- recorded trees -------------------------------------------------------------------------- */

static int errno_of(const char *name, size_t n)
{
	static const struct {
		const char *name;
		int value;
	} names[] = {
		{ "EACCES", EACCES }, { "EPERM", EPERM }, { "ENXIO", ENXIO }, { "ENODEV", ENODEV },
		{ "EIO", EIO }, { "EBUSY", EBUSY }, { "EINVAL", EINVAL },
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strlen(names[i].name) == n && !strncmp(names[i].name, name, n))
			return names[i].value;
	return EIO;
}

/*
 * The recording host's errno for a path that the host could not read; ENOENT if none is noted.
 */
static int recorded_error(const struct sysio *io, const char *path)
{
	size_t bytes, n = strlen(path);
	int err, found = ENOENT;
	char *text = (char *)read_live(io, "/ERRORS", &bytes, &err), *line, *rest = text;

	while (text && (line = strsep(&rest, "\n"))) {
		if (!strncmp(line, path, n) && line[n] == ' ')
			found = errno_of(line + n + 1, strlen(line + n + 1));
	}
	base_free(text);
	return found;
}

static uint8_t *read_recorded(const struct sysio *io, const char *path, size_t *bytes, int *err)
{
	uint8_t *data = read_live(io, path, bytes, err);

	if (!data && *err == ENOENT)
		*err = recorded_error(io, path);
	return data;
}

static int write_recorded(const struct sysio *io, const char *path, const void *bytes, size_t n)
{
	(void)io;
	(void)path;
	(void)bytes;
	(void)n;
	return EROFS;
}

struct sysio sysio_recorded(const char *root)
{
	struct sysio io = { root, read_recorded, write_recorded, pause_live, now_live, false };

	return io;
}

char *sysio_line(const struct sysio *io, const char *path, int *err)
{
	size_t bytes;
	char *text = (char *)io->read(io, path, &bytes, err);

	if (text)
		text[strcspn(text, "\n")] = '\0';
	return text;
}
