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

static char *write_file(const char *name, const char *text)
{
	char *path = path_of(name, ""), *why = NULL;

	if (!seamstep_file_write(path, text, strlen(text), 0644))
		why = text_format("%s: %s", path, strerror(errno));
	free(path);
	return why;
}

static char *remove_file(const char *name)
{
	char *path = path_of(name, ""), *why = NULL;

	if (unlink(path) && errno != ENOENT)
		why = text_format("%s: %s", path, strerror(errno));
	free(path);
	return why;
}

char *driver_configure(bool ours)
{
	char *why = ours ? write_file(MODPROBE_FILE, modprobe_text) : remove_file(BOOT_FILE);

	if (!why)
		why = ours ? write_file(BOOT_FILE, boot_text) : remove_file(MODPROBE_FILE);
	return why;
}
