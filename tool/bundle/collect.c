// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Reads what a report takes of a host: the files that a recorded tree has, journal and inhibitors,
 * the configuration, and the lines of the kernel log that concern TDX. Of a file that cannot be
 * read the error is part of the record.
 */
#include "collect.h"

#include "tool/base/memory.h"
#include "tool/base/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TAIL_BYTES	((size_t)4 << 20)	/* of the journal */
#define RECORD_ROOM	16384u			/* /dev/kmsg wants room for a whole record */

/* ---- one file -------------------------------------------------------------------------------- */

/* /dev/kmsg gives EPIPE after dropped records. */
static bool goes_on(ssize_t got)
{
	return got > 0 || (got < 0 && (errno == EPIPE || errno == EINTR));
}

/* The whole file, or NULL with errno set. */
static char *read_all(const char *path, size_t *bytes)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), err;
	size_t n = 0, room = 2 * RECORD_ROOM;
	char *data;
	ssize_t got;

	if (fd < 0)
		return NULL;
	data = memory_alloc(room + 1);
	do {
		if (room - n < RECORD_ROOM)
			data = memory_checked(realloc(data, (room *= 2) + 1));
		got = read(fd, data + n, room - n);
		if (got > 0)
			n += (size_t)got;
	} while (n < BUNDLE_MAX_FILE && goes_on(got));
	err = got < 0 && errno != EAGAIN ? errno : got > 0 ? EFBIG : 0;
	close(fd);
	data[n] = '\0';
	*bytes = n;
	if (!err)
		return data;
	free(data);
	errno = err;
	return NULL;
}

static const char *errno_name(int err)
{
	static const struct {
		int value;
		const char *name;
	} names[] = {
		{ EACCES, "EACCES" }, { EPERM, "EPERM" }, { ENXIO, "ENXIO" }, { ENODEV, "ENODEV" },
		{ EBUSY, "EBUSY" }, { EINVAL, "EINVAL" },
	};
	size_t i;

	for (i = 0; i < SS_ARRAY_SIZE(names); i++)
		if (names[i].value == err)
			return names[i].name;
	return "EIO";
}

static void note_error(struct bundle *b, const char *name, int err)
{
	struct bundle_file *file = (struct bundle_file *)bundle_find(b, "ERRORS");

	if (!file) {
		bundle_add(b, "ERRORS", text_format("%s", ""), 0);
		file = (struct bundle_file *)bundle_find(b, "ERRORS");
	}
	file->data = text_append(file->data, "/%s %s\n", name, errno_name(err));
	file->n = strlen(file->data);
}

/* @path as @name; @path NULL: /@name below the root. */
static void take(const struct collect_from *from, struct bundle *b, const char *path,
		 const char *name)
{
	char *full = path ? text_format("%s", path) :
		     text_format("%s/%s", from->sysroot ? from->sysroot : "", name), *data;
	struct stat st;
	size_t n;

	/* Reading a FIFO takes something away. /dev/kmsg has a cursor for each reader. */
	if (!stat(full, &st) && !S_ISREG(st.st_mode) && strcmp(name, "dev/kmsg")) {
		free(full);
		return;
	}
	data = read_all(full, &n);
	if (data)
		bundle_add(b, name, data, n);
	else if (errno != ENOENT && errno != ENOTDIR)
		note_error(b, name, errno);
	free(full);
}

/* ---- files of a host ------------------------------------------------------------------------- */

static const char *const plain[] = {
	"proc/cpuinfo", "dev/kmsg",
	"sys/devices/system/cpu/online", "sys/devices/system/cpu/present",
	"sys/devices/system/cpu/possible", "sys/devices/system/cpu/offline",
	"sys/module/kvm_intel/parameters/tdx", "sys/module/tdx_host/initstate", "sys/fs/cgroup/misc.current",
	"proc/sys/kernel/osrelease", "proc/sys/kernel/version", "proc/sys/kernel/random/boot_id",
	"proc/sys/kernel/tainted", "etc/machine-id", "etc/os-release",
};
static const char *const devices[] = {
	"sys/devices/faux/tdx_host", "sys/devices/platform/tdx_host",
	"sys/devices/faux/tdx_host_seamstep", "sys/devices/platform/tdx_host_seamstep",
};
static const char *const attributes[] = {
	"version", "seamldr_version", "num_remaining_updates", "seamldr/version",
	"seamldr/num_remaining_updates", "seamstep/state", "seamstep/verdict", "seamstep/last_error",
	"seamstep/td_build", "seamstep/fallbacks", "seamstep/memory",
};
static const char *const nodes[] = { "tdx_module", "tdx_module_fallback", "seamldr_upload" };

static void take_below(const struct collect_from *from, struct bundle *b, const char *dir,
		       const char *const *names, size_t nr)
{
	char *name;
	size_t i;

	for (i = 0; i < nr; i++) {
		name = text_format("%s/%s", dir, names[i]);
		take(from, b, NULL, name);
		free(name);
	}
}

static void take_sysfs(const struct collect_from *from, struct bundle *b)
{
	static const char *const answers[] = { "status", "error" };
	char *dir;
	size_t i;

	for (i = 0; i < SS_ARRAY_SIZE(devices); i++)
		take_below(from, b, devices[i], attributes, SS_ARRAY_SIZE(attributes));
	for (i = 0; i < SS_ARRAY_SIZE(nodes); i++) {
		dir = text_format("sys/class/firmware/%s", nodes[i]);
		take_below(from, b, dir, answers, SS_ARRAY_SIZE(answers));
		free(dir);
	}
}

static void take_state(const struct collect_from *from, struct bundle *b)
{
	static const char *const names[] = { "journal.jsonl", "inhibit.json" };
	char *path, *name;
	size_t i;

	for (i = 0; i < SS_ARRAY_SIZE(names); i++) {
		path = from->sysroot ? NULL : text_format("%s/%s", from->state_dir, names[i]);
		name = text_format("var/lib/seamstep/%s", names[i]);
		take(from, b, path, name);
		free(name);
		free(path);
	}
}

static int is_conf(const struct dirent *entry)
{
	static const char letters[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
	size_t n = strlen(entry->d_name);

	return n > 5 && !strcmp(entry->d_name + n - 5, ".conf") && entry->d_name[0] != '.' &&
	       strspn(entry->d_name, letters) == n;
}

/* The file, and those of the directory FILE.d. */
static void take_config(const struct collect_from *from, struct bundle *b)
{
	char *dir = from->sysroot ? text_format("%s/etc/seamstep.conf.d", from->sysroot) :
		    text_format("%s.d", from->config), *path, *name;
	struct dirent **names;
	int n, i;

	take(from, b, from->sysroot ? NULL : from->config, "etc/seamstep.conf");
	n = scandir(dir, &names, is_conf, alphasort);
	for (i = 0; i < n; i++) {
		path = text_format("%s/%s", dir, names[i]->d_name);
		name = text_format("etc/seamstep.conf.d/%s", names[i]->d_name);
		if (i < 64)
			take(from, b, path, name);
		free(name);
		free(path);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
	free(dir);
}

/* ---- less of it ------------------------------------------------------------------------------ */

/* Keeps the lines for which @keep is true. */
static void keep_lines(struct bundle *b, const char *name,
		       bool (*keep)(void *arg, const char *line), void *arg)
{
	struct bundle_file *file = (struct bundle_file *)bundle_find(b, name);
	char *from, *to, *end;
	size_t n;

	if (!file)
		return;
	for (from = to = file->data; from < file->data + file->n; from += n) {
		end = memchr(from, '\n', file->n - (size_t)(from - file->data));
		n = end ? (size_t)(end - from) + 1 : file->n - (size_t)(from - file->data);
		if (end)
			*end = '\0';
		if (keep(arg, from)) {
			memmove(to, from, n);
			to += n;
			if (end)
				to[-1] = '\n';
		}
	}
	file->n = (size_t)(to - file->data);
	*to = '\0';
}

/* Lines about TDX, and the heads of warnings: what seamstep itself looks at. */
static bool concerns(void *arg, const char *line)
{
	static const char *const words[] = {
		"tdx", "TDX", "seamldr", "SEAMLDR", "SEAMCALL", "seamstep", "WARNING:", "BUG:", "Call Trace",
	};
	size_t i;

	(void)arg;
	for (i = 0; i < SS_ARRAY_SIZE(words); i++)
		if (*line != ' ' && strstr(line, words[i]))
			return true;
	return false;
}

struct packages {
	char seen[64][32];
	size_t nr;
};

static bool is_new(struct packages *p, const char *line)
{
	char number[32];
	size_t i;

	snprintf(number, sizeof(number), "%.*s", (int)strcspn(line, "\n"), line);
	for (i = 0; i < p->nr; i++)
		if (!strcmp(p->seen[i], number))
			return false;
	if (p->nr < SS_ARRAY_SIZE(p->seen))
		strcpy(p->seen[p->nr++], number);
	return true;
}

static char *keep_words(char *out, char *block)
{
	static const char *const words[] = {
		"processor", "vendor_id", "cpu family", "model", "stepping", "microcode", "physical id",
		"bugs",
	};
	char *line;
	size_t i;

	while ((line = strsep(&block, "\n"))) {
		for (i = 0; i < SS_ARRAY_SIZE(words); i++)
			if (!strncmp(line, words[i], strlen(words[i])))
				break;
		if (i < SS_ARRAY_SIZE(words))
			out = text_append(out, "%s\n", line);
	}
	return text_append(out, "\n");
}

/* One CPU a package is enough. */
static void reduce_cpuinfo(struct bundle *b)
{
	struct bundle_file *file = (struct bundle_file *)bundle_find(b, "proc/cpuinfo");
	struct packages packages = { .nr = 0 };
	char *out = text_format("%s", ""), *block, *next, *id;

	for (block = file ? file->data : NULL; block && *block; block = next) {
		next = strstr(block, "\n\n");
		if (next) {
			*next = '\0';
			next += 2;
		}
		id = strstr(block, "physical id");
		if (is_new(&packages, id ? id : ""))
			out = keep_words(out, block);
	}
	if (!file) {
		free(out);
		return;
	}
	free(file->data);
	file->data = out;
	file->n = strlen(out);
}

/* Of a long journal the end, from the beginning of a line on. */
static void cut_journal(struct bundle *b)
{
	struct bundle_file *file = (struct bundle_file *)bundle_find(b, "var/lib/seamstep/journal.jsonl");
	char *from;

	if (!file || file->n <= TAIL_BYTES)
		return;
	from = memchr(file->data + file->n - TAIL_BYTES, '\n', TAIL_BYTES);
	from = from ? from + 1 : file->data + file->n;
	file->n -= (size_t)(from - file->data);
	memmove(file->data, from, file->n + 1);
}

void collect_files(const struct collect_from *from, struct bundle *b)
{
	size_t i;

	if (from->sysroot)
		take(from, b, NULL, "ERRORS");
	for (i = 0; i < SS_ARRAY_SIZE(plain); i++)
		take(from, b, NULL, plain[i]);
	take_sysfs(from, b);
	take_state(from, b);
	take_config(from, b);
	keep_lines(b, "dev/kmsg", concerns, NULL);
	cut_journal(b);
	if (!from->sysroot)
		reduce_cpuinfo(b);
}

/* ---- who this is ----------------------------------------------------------------------------- */

static void know_file(struct scrub *scrub, enum scrub_kind kind, const char *path)
{
	size_t n;
	char *text = read_all(path, &n);

	if (!text)
		return;
	text[strcspn(text, "\n")] = '\0';
	scrub_know(scrub, kind, text);
	free(text);
}

static void know_names(struct scrub *scrub)
{
	char name[256] = "";

	gethostname(name, sizeof(name) - 1);
	scrub_know(scrub, SCRUB_HOSTNAME, name);
	name[strcspn(name, ".")] = '\0';
	scrub_know(scrub, SCRUB_HOSTNAME, name);
	know_file(scrub, SCRUB_HOSTNAME, "/etc/hostname");
}

/* Who recorded a tree may have left the name of its host in it. */
static void know_recorded(struct scrub *scrub, const char *sysroot)
{
	char *path = text_format("%s/etc/hostname", sysroot), *name;
	size_t n;

	name = read_all(path, &n);
	free(path);
	if (!name)
		return;
	name[strcspn(name, ".\n")] = '\0';
	scrub_know(scrub, SCRUB_HOSTNAME, name);
	free(name);
}

void collect_identifiers(const struct collect_from *from, struct scrub *scrub)
{
	static const char *const serials[] = {
		"product_serial", "board_serial", "chassis_serial", "product_uuid", "board_asset_tag",
		"chassis_asset_tag",
	};
	char *path;
	size_t i;

	if (from->sysroot) {
		know_recorded(scrub, from->sysroot);
		return;
	}
	know_names(scrub);
	for (i = 0; i < SS_ARRAY_SIZE(serials); i++) {
		path = text_format("/sys/class/dmi/id/%s", serials[i]);
		know_file(scrub, SCRUB_SERIAL, path);
		free(path);
	}
}
