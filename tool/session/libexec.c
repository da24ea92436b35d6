// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Programs of this project that the command runs. They hold the core compiled for another place. */
#include "libexec.h"

#include "tool/out/exits.h"
#include "tool/out/message.h"
#include "tool/base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SEAMSTEP_LIBEXECDIR
#define SEAMSTEP_LIBEXECDIR "/usr/local/libexec/seamstep"
#endif

/* Beside this command; where a build leaves them; where an installation has them. */
static const char *const folders[] = { ".", "../bench", "../explore", SEAMSTEP_LIBEXECDIR };

/* NULL if it is nowhere. */
static char *look_for(const char *name)
{
	char exe[4096], *dir, *path;
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	size_t i;

	exe[n < 0 ? 0 : n] = '\0';
	dir = dirname(exe);
	for (i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		if (folders[i][0] == '/')
			path = text_format("%s/%s", folders[i], name);
		else
			path = text_format("%s/%s/%s", dir, folders[i], name);
		if (!access(path, X_OK))
			return path;
		free(path);
	}
	return NULL;
}

char *libexec_find(const char *name)
{
	char *path = look_for(name);

	if (!path)
		out_fail(EXIT_ERROR,
			 "the program %s is missing beside this command and in %s; reinstall seamstep",
			 name, SEAMSTEP_LIBEXECDIR);
	return path;
}

int libexec_exec(const char *name, char **argv)
{
	char *path = libexec_find(name);

	if (!path)
		return EXIT_ERROR;
	execv(path, argv);
	return out_fail(EXIT_ERROR, "the program %s cannot be run: %s", path, strerror(errno));
}

/* What the program prints as JSON. *@status: its wait status. */
static json_t *run(const char *path, char **argv, int *status)
{
	json_t *json = NULL;
	json_error_t error;
	int fds[2];
	pid_t pid;
	FILE *in;

	*status = 0;
	if (pipe2(fds, O_CLOEXEC))
		return NULL;
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		dup2(fds[1], STDOUT_FILENO);
		execv(path, argv);
		_exit(127);
	}
	close(fds[1]);
	in = fdopen(fds[0], "r");
	if (in)
		json = json_loadf(in, 0, &error);
	if (in)
		fclose(in);
	if (pid > 0 && waitpid(pid, status, 0) == pid && json && !*status)
		return json;
	json_decref(json);
	return NULL;
}

json_t *libexec_json(const char *name, char **argv)
{
	char *path = libexec_find(name);
	json_t *json;
	int status;

	if (!path)
		return NULL;
	json = run(path, argv, &status);
	free(path);
	if (!json)
		out_fail(EXIT_ERROR, "the program %s failed (wait status %d)", name, status);
	return json;
}

json_t *libexec_json_quietly(const char *name, char **argv)
{
	char *path = look_for(name);
	json_t *json;
	int status;

	json = path ? run(path, argv, &status) : NULL;
	free(path);
	return json;
}
