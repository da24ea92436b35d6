// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Opens a support bundle. A program of its own unpacks it: only that program needs libarchive, and
 * it removes the directory when the pipe to its standard input ends, even if this process is
 * killed.
 */
#include "bundle_open.h"

#include "libexec.h"
#include "tool/base/text.h"
#include "tool/out/message.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t unpacker;
static int keep = -1;

bool bundle_is(const char *path)
{
	struct stat st;

	return !stat(path, &st) && !S_ISDIR(st.st_mode);
}

enum exit_status bundle_need(const char *path)
{
	struct stat st;
	char *shown;
	int err;

	if (!stat(path, &st))
		return EXIT_OK;
	err = errno;
	shown = text_escape(path);
	out_fail(EXIT_ERROR, "--sysroot %s: %s; expected a recorded tree, or a report of 'seamstep "
		 "report'", shown, strerror(err));
	free(shown);
	return EXIT_ERROR;
}

/* The directory is gone when this function returns. */
static void end(void)
{
	if (keep < 0)
		return;
	close(keep);
	keep = -1;
	while (waitpid(unpacker, NULL, 0) < 0 && errno == EINTR)
		;
}

static void become(const char *program, const char *path, int in, int out)
{
	char *const argv[] = { "seamstep-bundle", "unpack", (char *)path, NULL };

	if (dup2(in, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0)
		_exit(126);
	execv(program, argv);
	_exit(127);
}

/* Returns the end of the pipe that has the answer, or -1. */
static int start(const char *program, const char *path)
{
	int in[2] = { -1, -1 }, out[2] = { -1, -1 };

	unpacker = -1;
	if (!pipe2(in, O_CLOEXEC) && !pipe2(out, O_CLOEXEC)) {
		fflush(NULL);
		unpacker = fork();
	}
	if (unpacker == 0)
		become(program, path, in[0], out[1]);
	close(in[0]);
	close(out[1]);
	keep = in[1];
	return unpacker > 0 ? out[0] : -1;
}

static json_t *answer_of(int fd)
{
	FILE *in = fd >= 0 ? fdopen(fd, "r") : NULL;
	json_t *answer = in ? json_loadf(in, JSON_DISABLE_EOF_CHECK, NULL) : NULL;

	if (in)
		fclose(in);
	return answer;
}

char *bundle_open(const char *path, enum exit_status *exit)
{
	char *program = libexec_find("seamstep-bundle"), *dir = NULL, *shown;
	json_t *answer;
	const char *why;

	*exit = EXIT_ERROR;
	if (!program)
		return NULL;
	answer = answer_of(start(program, path));
	free(program);
	atexit(end);
	if (json_string_value(json_object_get(answer, "dir"))) {
		dir = text_format("%s", json_string_value(json_object_get(answer, "dir")));
	} else {
		why = json_string_value(json_object_get(answer, "error"));
		shown = text_escape(path);
		*exit = out_fail(EXIT_ERROR, "the report %s cannot be used: %s", shown,
				 why ? why : "the program seamstep-bundle failed");
		free(shown);
	}
	json_decref(answer);
	return dir;
}
