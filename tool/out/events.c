// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Writes events. An update must not wait for whoever reads them, nor end with them. */
#include "events.h"

#include "tool/base/memory.h"

#include <seamstep/text.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int stream = -1;
static json_int_t sequence, dropped;

bool events_open(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0)
		return false;
	if ((flags & O_ACCMODE) == O_RDONLY) {
		errno = EBADF;
		return false;
	}
	/* No child must hold the stream open. */
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	/* A reader that goes away must end no plan and no update. */
	signal(SIGPIPE, SIG_IGN);
	stream = fd;
	return true;
}

static void give_up(const char *why)
{
	stream = -1;
	fprintf(stderr, "seamstep: note: events are no longer written: %s\n", why);
}

/* A pipe that has room takes PIPE_BUF bytes at once. */
static bool put(const char *line, size_t n)
{
	struct pollfd p = { .fd = stream, .events = POLLOUT };
	ssize_t done;

	if (n > PIPE_BUF || poll(&p, 1, 0) != 1 || p.revents & POLLNVAL)
		return false;
	done = send(stream, line, n, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (done < 0 && errno == ENOTSOCK)
		done = write(stream, line, n);
	if (done < 0 && errno != EAGAIN && errno != EINTR)
		give_up(strerror(errno));
	else if (done >= 0 && (size_t)done != n)	/* nobody can tell the next line from it */
		give_up("of the last one only a part was taken");
	return done == (ssize_t)n;
}

static void write_line(json_t *object)
{
	char *text = memory_checked(json_dumps(object, JSON_COMPACT)), *line;
	size_t n = strlen(text);

	line = memory_checked(realloc(text, n + 2));
	line[n] = '\n';
	if (put(line, n + 1))
		dropped = 0;
	else
		dropped++;
	free(line);
}

void events_emit(const char *event, json_t *members)
{
	char *time;
	json_t *object;

	if (stream >= 0) {
		time = memory_checked(seamstep_time_text());
		object = json_pack("{s:s, s:s, s:I, s:s}", "schema", "seamstep.event/1", "event",
				   event, "sequence", sequence++, "time", time);
		memory_checked(object);
		if (dropped)
			json_object_set_new(object, "dropped", json_integer(dropped));
		json_object_update(object, members);
		write_line(object);
		json_decref(object);
		free(time);
	}
	json_decref(members);
}
