// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * What "seamstep driver" changes on this machine: a file of modprobe that loads seamstep.ko in the
 * place of the kernel's driver, a file that loads seamstep.ko at boot, and the loaded modules.
 */
#include "driver_switch.h"

#include "tool/base/memory.h"
#include "tool/base/text.h"
#include "tool/session/host_open.h"

#include <seamstep/file.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MODULES		"/sys/module/"
#define FILE_LIMIT	65536u
#define WRITTEN		"# Written by \"seamstep driver use seamstep\"; " \
			"\"seamstep driver use kernel\" removes it.\n"

const char *const driver_files[DRIVER_NR_FILES] = {
	"/etc/modprobe.d/seamstep-driver.conf", "/etc/modules-load.d/seamstep-driver.conf",
};

/* Where seamstep.ko does not load, the kernel's driver does: no boot ends with neither. */
static const char *const file_texts[DRIVER_NR_FILES] = {
	WRITTEN "# seamstep.ko takes the place of the kernel's own driver, where seamstep.ko loads.\n"
	"install " DRIVER_KERNELS " /sbin/modprobe -q " DRIVER_OURS
	" || /sbin/modprobe --ignore-install " DRIVER_KERNELS "\n"
	"# seamstep.ko needs a TDX Module that runs: before Linux 7.1 KVM starts it.\n"
	"softdep " DRIVER_OURS " pre: kvm_intel\n",
	WRITTEN DRIVER_OURS "\n",
};

static char *path_of(const char *path)
{
	return text_format("%s%s", host_root, path);
}

/* NULL with errno set. */
static char *text_of(const char *path)
{
	char *full = path_of(path), *text;
	size_t n = 0;
	uint8_t *bytes = seamstep_file_read(full, FILE_LIMIT, &n);
	int err = errno;

	text = bytes ? text_format("%.*s", (int)n, (const char *)bytes) : NULL;
	free(bytes);
	free(full);
	errno = err;
	return text;
}

/* ---- modules --------------------------------------------------------------------------------- */

static char *module_file(const char *name, const char *file)
{
	char *path = text_format(MODULES "%s/%s", name, file), *text = text_of(path);

	free(path);
	return text;
}

bool driver_is_loaded(const char *name)
{
	char *state = module_file(name, "initstate");

	free(state);
	return state != NULL;
}

bool driver_is_used(const char *name)
{
	char *users = module_file(name, "refcnt");
	bool used = users && strtol(users, NULL, 10) > 0;

	free(users);
	return used;
}

/* A user's PATH may lack the folders of these programs. */
static void run_child(char *const argv[], int out)
{
	const char *path = getenv("PATH");
	char *longer = text_format("%s%s/usr/sbin:/sbin", path ? path : "", path ? ":" : "");

	setenv("PATH", longer, 1);
	if (out >= 0 && dup2(out, STDOUT_FILENO) < 0)
		_exit(127);
	execvp(argv[0], argv);
	fprintf(stderr, "seamstep: %s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

/* @option: may be NULL. @out: the program's standard output, or -1. Returns its id. */
static pid_t start(const char *program, const char *option, const char *name, int out)
{
	char *argv[] = { (char *)program, (char *)(option ? option : name),
			 (char *)(option ? name : NULL), NULL };
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0)
		run_child(argv, out);
	return pid;
}

static bool succeeds(pid_t pid)
{
	int status = -1;

	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return pid > 0 && WIFEXITED(status) && !WEXITSTATUS(status);
}

/* What modprobe would load, a line a module: malloc'd, or NULL if it finds no such module. */
static char *ask_modprobe(const char *option, const char *name)
{
	char *text = NULL;
	size_t room = 0;
	bool told;
	int ends[2];
	FILE *from;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC))
		return NULL;
	pid = start("modprobe", option, name, ends[1]);
	close(ends[1]);
	from = fdopen(ends[0], "r");
	told = from && getdelim(&text, &room, '\0', from) >= 0;
	if (from)
		fclose(from);
	else
		close(ends[0]);
	if (succeeds(pid) && told)
		return text;
	free(text);
	return NULL;
}

/* The line that begins with @line, or NULL. */
static const char *find_line(const char *text, const char *line)
{
	size_t n = strlen(line);

	while (text && strncmp(text, line, n)) {
		text = strchr(text, '\n');
		text += text != NULL;
	}
	return text;
}

/*
 * Where there is an install command modprobe shows the command, whether the module exists or not;
 * -i then asks for the module. Busybox knows neither.
 */
enum driver_found driver_find(const char *name)
{
	char *builtin = text_format("builtin %s", name), *shown = ask_modprobe("-qD", name);
	enum driver_found found;

	if (find_line(shown, "install ")) {
		free(shown);
		shown = ask_modprobe("-qiD", name);
	}
	found = find_line(shown, builtin) ? DRIVER_BUILT_IN :
		find_line(shown, "insmod ") ? DRIVER_FOUND : DRIVER_MISSING;
	free(shown);
	free(builtin);
	return found;
}

bool driver_load(const char *name)
{
	return succeeds(start("modprobe", NULL, name, -1));
}

bool driver_unload(const char *name)
{
	return succeeds(start("rmmod", NULL, name, -1));
}

/* ---- uploads --------------------------------------------------------------------------------- */

/* Between 1 and 0 in its file loading, a node reads idle in status. */
char *driver_open_upload(void)
{
	static const char *const nodes[] = { "tdx_module", "tdx_module_fallback", "seamldr_upload" };
	static const struct {
		const char *name, *rest;
	} files[] = { { "status", "idle" }, { "loading", "0" } };
	char *path, *text, *open = NULL;
	size_t i, j, n;

	for (i = 0; i < SS_ARRAY_SIZE(nodes); i++) {
		for (j = 0; j < SS_ARRAY_SIZE(files) && !open; j++) {
			path = text_format("/sys/class/firmware/%s/%s", nodes[i], files[j].name);
			text = text_of(path);
			n = strcspn(text ? text : "", "\n");
			if (text && (n != strlen(files[j].rest) || memcmp(text, files[j].rest, n)))
				open = text_format("%s/%s: %.*s", nodes[i], files[j].name, (int)n, text);
			free(text);
			free(path);
		}
	}
	return open;
}

/* ---- files ----------------------------------------------------------------------------------- */

/* A file of another name can have the install command too. */
bool driver_is_replaced(void)
{
	char *shown = ask_modprobe("-qD", DRIVER_KERNELS);
	const char *command = find_line(shown, "install ");
	bool ours = command && strstr(command, " " DRIVER_OURS);

	free(shown);
	return ours;
}

static bool is_loaded_at_boot(void)
{
	char *text = text_of(driver_files[1]);
	const char *line = text;
	bool has = false;

	for (; line && !has; line = line ? line + 1 : NULL) {
		line += strspn(line, " \t");
		has = strcspn(line, " \t\n") == strlen(DRIVER_OURS) &&
		      !memcmp(line, DRIVER_OURS, strlen(DRIVER_OURS));
		line = strchr(line, '\n');
	}
	free(text);
	return has;
}

/* udev asks for the kernel's driver, and modprobe answers. Without one nobody asks. */
bool driver_is_chosen(void)
{
	return driver_find(DRIVER_KERNELS) == DRIVER_FOUND ? driver_is_replaced() :
							      is_loaded_at_boot();
}

char *driver_files_read(struct driver_files *files)
{
	unsigned int i;

	*files = (struct driver_files){ .text = { NULL } };
	for (i = 0; i < DRIVER_NR_FILES; i++) {
		files->text[i] = text_of(driver_files[i]);
		if (!files->text[i] && errno != ENOENT)
			return text_format("%s%s: %s", host_root, driver_files[i], strerror(errno));
	}
	return NULL;
}

void driver_files_choose(struct driver_files *files, bool ours)
{
	unsigned int i;

	for (i = 0; i < DRIVER_NR_FILES; i++)
		files->text[i] = ours ? text_format("%s", file_texts[i]) : NULL;
}

static char *set_file(unsigned int i, const char *text)
{
	char *path = path_of(driver_files[i]), *why;
	bool good = text ? seamstep_file_write(path, text, strlen(text), 0644) :
		    !unlink(path) || errno == ENOENT;

	why = good ? NULL : text_format("%s: %s", path, strerror(errno));
	free(path);
	return why;
}

bool driver_files_differ(const struct driver_files *a, const struct driver_files *b,
			 unsigned int file)
{
	const char *one = a->text[file], *other = b->text[file];

	return !one != !other || (one && strcmp(one, other));
}

char *driver_files_change(const struct driver_files *from, const struct driver_files *to)
{
	char *why = NULL, *again;
	unsigned int i;

	for (i = 0; i < DRIVER_NR_FILES && !why; i++)
		if (driver_files_differ(from, to, i))
			why = set_file(i, to->text[i]);
	if (!why)
		return NULL;
	for (i--; i > 0; i--) {
		again = set_file(i - 1, from->text[i - 1]);
		if (again)
			why = text_append(why, "; nor can the other file be put back: %s", again);
		free(again);
	}
	return why;
}

void driver_files_release(struct driver_files *files)
{
	unsigned int i;

	for (i = 0; i < DRIVER_NR_FILES; i++)
		free(files->text[i]);
}
