// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Runs the built command from a test. */
#include "cli_runner.h"

#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define MAX_WORDS 40

static const char *command;
static char directory[] = "/tmp/seamstep-test.XXXXXX";
static struct cli_run last;

void cli_runner_begin(const char *path)
{
	command = path;
	if (!mkdtemp(directory)) {
		perror(directory);
		exit(1);
	}
}

static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st;
	(void)kind;
	(void)ftw;
	return remove(path);
}

static void forget(void)
{
	free(last.out);
	free(last.err);
	json_decref(last.json);
	memset(&last, 0, sizeof(last));
}

void cli_runner_end(void)
{
	forget();
	nftw(directory, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

const char *cli_runner_dir(void)
{
	return directory;
}

char *cli_runner_path(const char *name)
{
	char *path;

	assert_true(asprintf(&path, "%s/%s", directory, name) > 0);
	return path;
}

static char *read_all(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = NULL;
	size_t n = 0;

	assert_non_null(f);
	if (getdelim(&text, &n, '\0', f) < 0) {
		free(text);
		text = strdup("");
	}
	fclose(f);
	return text;
}

static void child(const char *const *words, const char *out, const char *err)
{
	char *argv[MAX_WORDS + 2] = { (char *)command }, *empty[] = { NULL };
	int fd, i;

	for (i = 0; words[i] && i < MAX_WORDS; i++)
		argv[i + 1] = (char *)words[i];
	close(0);
	fd = open(out, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	dup2(fd, 1);
	fd = open(err, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	dup2(fd, 2);
	execve(command, argv, empty);
	_exit(127);
}

static void say(const char *const *words)
{
	print_message("seamstep");
	for (; *words; words++)
		print_message(" %s", **words == '\033' ? "(escape)" : *words);
	print_message(" -> %d\n", last.exit);
}

const struct cli_run *cli_run(const char *const *words)
{
	char *out = cli_runner_path("stdout"), *err = cli_runner_path("stderr");
	struct rusage usage;
	pid_t pid;
	int status;

	forget();
	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid)
		child(words, out, err);
	assert_int_equal(wait4(pid, &status, 0, &usage), pid);
	last.peak_bytes = usage.ru_maxrss * 1024LL;
	last.exit = WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
	last.out = read_all(out);
	last.err = read_all(err);
	last.json = json_loads(last.out, JSON_REJECT_DUPLICATES, NULL);
	say(words);
	free(err);
	free(out);
	return &last;
}

const json_t *out_json(const char *path)
{
	char *copy = strdup(path), *rest = copy, *name;
	const json_t *at = last.json;

	while (at && (name = strsep(&rest, ".")))
		at = json_object_get(at, name);
	free(copy);
	if (!at)
		fail_msg("no %s in:\n%s%s", path, last.out, last.err);
	return at;
}

const char *out_json_text(const char *path)
{
	const json_t *value = out_json(path);

	assert_true(json_is_string(value));
	return json_string_value(value);
}

long long out_json_number(const char *path)
{
	const json_t *value = out_json(path);

	assert_true(json_is_integer(value));
	return json_integer_value(value);
}
