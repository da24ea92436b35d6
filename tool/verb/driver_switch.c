// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * What "seamstep driver" changes on this machine: a file of modprobe that keeps the kernel's driver
 * from loading by itself, a file that loads seamstep.ko at boot, and the loaded modules.
 */
#include "driver_switch.h"

#include "tool/base/text.h"

#include <seamstep/file.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* $SEAMSTEP_DRIVER_ROOT stands before these paths; tests set it. */
#define MODPROBE_FILE	"/etc/modprobe.d/seamstep-driver.conf"
#define BOOT_FILE	"/etc/modules-load.d/seamstep-driver.conf"
#define MODULES		"/sys/module/"
#define FILE_LIMIT	65536u

static const char modprobe_text[] =
	"# Written by \"seamstep driver use seamstep\"; \"seamstep driver use kernel\" removes it.\n"
	"# seamstep.ko takes the place of the kernel's own driver of TDX Module updates.\n"
	"blacklist " DRIVER_KERNELS "\n";
static const char boot_text[] =
	"# Written by \"seamstep driver use seamstep\"; \"seamstep driver use kernel\" removes it.\n"
	DRIVER_OURS "\n";

static char *path_of(const char *path, const char *name)
{
	const char *root = getenv("SEAMSTEP_DRIVER_ROOT");

	return text_format("%s%s%s", root ? root : "", path, name);
}

static bool exists(const char *dir, const char *name)
{
	char *path = path_of(dir, name);
	bool found = !access(path, F_OK);

	free(path);
	return found;
}

/* ---- modules --------------------------------------------------------------------------------- */

enum driver_module driver_module(const char *name)
{
	char *state = text_format("%s/initstate", name);
	enum driver_module result = exists(MODULES, state) ? DRIVER_LOADED :
				    exists(MODULES, name) ? DRIVER_BUILT_IN : DRIVER_NOT_LOADED;

	free(state);
	return result;
}

/* A user's PATH may lack the folders of these programs. */
static void run_child(char *const argv[], bool quiet)
{
	const char *path = getenv("PATH");
	char *longer = text_format("%s%s/usr/sbin:/sbin", path ? path : "", path ? ":" : "");

	setenv("PATH", longer, 1);
	if (quiet && !freopen("/dev/null", "w", stdout))
		_exit(127);
	execvp(argv[0], argv);
	fprintf(stderr, "seamstep: %s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

static bool run(const char *program, const char *option, const char *name)
{
	char *argv[] = { (char *)program, (char *)(option ? option : name),
			 (char *)(option ? name : NULL), NULL };
	int status = -1;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0)
		run_child(argv, option != NULL);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return pid > 0 && WIFEXITED(status) && !WEXITSTATUS(status);
}

bool driver_available(const char *name)
{
	return run("modprobe", "-qD", name);	/* prints what it would load, and loads nothing */
}

bool driver_load(const char *name)
{
	return run("modprobe", NULL, name);
}

bool driver_unload(const char *name)
{
	return run("rmmod", NULL, name);
}

/* ---- files ----------------------------------------------------------------------------------- */

bool driver_is_configured(void)
{
	return exists(MODPROBE_FILE, "") && exists(BOOT_FILE, "");
}

/* NULL @text: the file is removed. Returns NULL, or why not. */
static char *set_file(const char *path, const char *text)
{
	bool good = text ? seamstep_file_write(path, text, strlen(text), 0644) :
		    !unlink(path) || errno == ENOENT;

	return good ? NULL : text_format("%s: %s", path, strerror(errno));
}

/* NULL with errno set. */
static char *text_of(const char *path)
{
	size_t n = 0;
	uint8_t *bytes = seamstep_file_read(path, FILE_LIMIT, &n);
	char *text = bytes ? text_format("%.*s", (int)n, (const char *)bytes) : NULL;

	free(bytes);
	return text;
}

/* Sets both files, or leaves both as they were. */
static char *set_both(const char *first, const char *first_text, const char *second,
		      const char *second_text)
{
	char *before = text_of(first), *why, *again;

	if (!before && errno != ENOENT)
		return text_format("%s: %s", first, strerror(errno));
	why = set_file(first, first_text);
	if (!why) {
		why = set_file(second, second_text);
		again = why ? set_file(first, before) : NULL;
		if (again)
			why = text_append(why, "; nor can the other file be put back: %s", again);
		free(again);
	}
	free(before);
	return why;
}

char *driver_configure(bool ours)
{
	char *modprobe = path_of(MODPROBE_FILE, ""), *boot = path_of(BOOT_FILE, "");
	char *why = ours ? set_both(modprobe, modprobe_text, boot, boot_text) :
		    set_both(boot, NULL, modprobe, NULL);

	free(modprobe);
	free(boot);
	return why;
}
