// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The seamstep command over a simulated kernel, for tests of its use of sysfs. */
#include "lib/host/sysio.h"

#include "tool/session/cli.h"
#include "tool/session/host_open.h"
#include "core/image.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * $FAKE_KERNEL is a list of settings, separated by commas:
 *
 *	root=DIR		the tree for all other files
 *	state=FILE		"VERSION LEFT" of the module, kept between runs
 *	to=VERSION		the result of an upload
 *	result=WHAT		updated (default), unchanged, lost, silent (success, but no change)
 *	seen=WHAT		a driver whose final look shows WHAT, and confirms nothing
 *	error=TEXT		contents of the node's error file afterwards
 *	polls=N			reads of status until it is idle again (default 2); 0: never
 *	fail=OP:NAME:ERRNO:N	OP of NAME fails from the N-th time on (1: always). OP is read,
 *				write, or late: a read after the point of no return
 *	signal=WHEN		sends itself SIGINT: before or after the point of no return
 *	status=TEXT		contents of the node's status file: another program's upload
 *	last=VERDICT		seamstep.ko's verdict, of an earlier update (it is not renewed)
 *	written=FILE		seamstep.ko drives the update; FILE gets its input, in order
 *	refuse=TEXT		contents of the fallback node's error file after an upload
 *
 * The fallback node's files have "fallback-" before their NAME. A command that ends before each
 * fail= and signal= has struck ends with status 70 and names the one that has not.
 */
#define NOT_STRUCK 70
#define NODE "/sys/class/firmware/tdx_module/"
#define FALLBACK "/sys/class/firmware/tdx_module_fallback/"
#define OWN DEVICE "seamstep/"
#define DEVICE "/sys/devices/faux/tdx_host/"
#define MAX_FAILS 8

static struct {
	char *root, *state, *to, *result, *error, *when, *written, *refuse, *last, *seen, *status;
	bool signalled;
	unsigned long polls;
	struct {
		char op[8], name[32], code[16];
		unsigned int from, count;
	} fails[MAX_FAILS];
	unsigned int nr_fails;
	bool loading, running, done;
	unsigned long polled;
	bool fallback_loading, fallback_sent;
	uint8_t *data;
	size_t bytes;
	uint64_t now_ns;
} fake;

static int errno_of(const char *name)
{
	static const struct {
		const char *name;
		int value;
	} names[] = {
		{ "EBUSY", EBUSY },   { "ENOENT", ENOENT }, { "EACCES", EACCES },
		{ "EIO", EIO },	      { "ENOMEM", ENOMEM }, { "EINVAL", EINVAL },
		{ "ENODEV", ENODEV }, { "ENXIO", ENXIO },
	};
	size_t i;

	for (i = 0; i < SS_ARRAY_SIZE(names); i++)
		if (!strcmp(names[i].name, name))
			return names[i].value;
	abort();
}

static bool is_under(const char *path, const char *dir)
{
	return !strncmp(path, dir, strlen(dir));
}

static const char *base_of(const char *path)
{
	static char name[64];

	snprintf(name, sizeof(name), "%s%s", is_under(path, FALLBACK) ? "fallback-" : "",
		 strrchr(path, '/') + 1);
	return name;
}

static int failure(const char *op, const char *path)
{
	unsigned int i;

	for (i = 0; i < fake.nr_fails; i++)
		if (!strcmp(fake.fails[i].op, op) && !strcmp(fake.fails[i].name, base_of(path)) &&
		    ++fake.fails[i].count >= fake.fails[i].from)
			return errno_of(fake.fails[i].code);
	return 0;
}

static uint8_t *text(const char *what, size_t *bytes)
{
	*bytes = strlen(what);
	return (uint8_t *)text_format("%s", what);
}

/* "1.5.06 15" */
static void load_state(char *version, size_t room, unsigned int *left)
{
	FILE *f = fake.state ? fopen(fake.state, "r") : NULL;
	char word[32];

	snprintf(version, room, "1.5.06");
	*left = 15;
	if (f && fscanf(f, "%31s %u", word, left) == 2)
		snprintf(version, room, "%s", word);
	if (f)
		fclose(f);
}

static void save_state(const char *version, unsigned int left)
{
	FILE *f = fake.state ? fopen(fake.state, "w") : NULL;

	if (!f)
		return;
	fprintf(f, "%s %u\n", version, left);
	fclose(f);
}

static bool is_lost(void)
{
	char version[32];
	unsigned int left;

	load_state(version, sizeof(version), &left);
	return !strcmp(version, "lost");
}

/* The checks of Linux 7.2 of an image, and no more; also of a fallback. */
static bool takes(const char *node)
{
	struct ss_bytes file = { fake.data, fake.bytes };
	struct ss_image_error err;
	struct ss_image image;
	bool good = ss_image_parse(file, &image, &err) && image.container_version == 0x200;
	FILE *f = good && fake.written ? fopen(fake.written, "a") : NULL;

	if (f) {
		fprintf(f, "%s %08x %u.%u\n", node, image.sig.date, image.sig.svn_major,
			image.sig.svn_minor);
		fclose(f);
	}
	return good;
}

static int note_own(const char *path, const char *bytes, size_t n)
{
	FILE *f = fake.written ? fopen(fake.written, "a") : NULL;

	if (!f)
		return ENOENT;
	fprintf(f, "%s %.*s\n", base_of(path), (int)n, bytes);
	fclose(f);
	return 0;
}

static void finish(void)
{
	char version[32];
	unsigned int left;

	fake.done = true;
	load_state(version, sizeof(version), &left);
	if (!takes("target"))
		fake.error = text_format("preparing:firmware-invalid");
	else if (!strcmp(fake.result, "lost"))
		save_state("lost", left);
	else if (!strcmp(fake.result, "updated"))
		save_state(fake.to, left - 1);
}

static uint8_t *read_status(size_t *bytes)
{
	if (fake.status)
		return text(fake.status, bytes);
	if (!fake.running)
		return text(fake.loading ? "receiving\n" : "idle\n", bytes);
	if (fake.polls && ++fake.polled >= fake.polls) {
		if (!fake.done)
			finish();
		return text("idle\n", bytes);
	}
	return text("transferring\n", bytes);
}

/* The driver's verdict, of this update only. */
static uint8_t *read_verdict(size_t *bytes)
{
	if (fake.last || !fake.done)
		return text(fake.last ? fake.last : "none\n", bytes);
	return text(strcmp(fake.result, "silent") ? fake.result : "updated", bytes);
}

static uint8_t *read_last_error(size_t *bytes)
{
	bool failed = fake.done && strcmp(fake.result, "updated");

	return text(failed ? "install on LP 7: the P-SEAMLDR did not install it\n" : "", bytes);
}

/* seen=WHAT: the look at the end of the window shows that, and does not confirm the verdict. */
static uint8_t *read_confirmed(size_t *bytes)
{
	return text(!fake.done ? "none\n" : fake.seen ? "no\n" : "yes\n", bytes);
}

static uint8_t *read_fallback(const char *path, size_t *bytes)
{
	if (!strcmp(path, FALLBACK "error"))
		return text(fake.fallback_sent && fake.refuse ? fake.refuse : "", bytes);
	return text(fake.fallback_loading ? "receiving\n" : "idle\n", bytes);
}

static uint8_t *fake_read(const struct sysio *io, const char *path, size_t *bytes, int *err)
{
	struct sysio tree = sysio_recorded(fake.root);
	char version[32], line[64];
	unsigned int left;

	(void)io;
	*err = failure("read", path);
	if (!*err && fake.running)
		*err = failure("late", path);
	if (*err)
		return NULL;
	load_state(version, sizeof(version), &left);
	if (fake.written && !strcmp(path, OWN "verdict"))
		return read_verdict(bytes);
	if (fake.written && !strcmp(path, OWN "last_error"))
		return read_last_error(bytes);
	if (fake.written && !strcmp(path, OWN "confirmed"))
		return read_confirmed(bytes);
	if (fake.written && is_under(path, FALLBACK))
		return read_fallback(path, bytes);
	if (!strcmp(path, NODE "status"))
		return read_status(bytes);
	if (!strcmp(path, NODE "error"))
		return text(fake.done && fake.error ? fake.error : "", bytes);
	if (!strcmp(path, DEVICE "version")) {
		*err = is_lost() ? ENXIO : 0;
		snprintf(line, sizeof(line), "%s\n", version);
		return *err ? NULL : text(line, bytes);
	}
	if (!strcmp(path, DEVICE "num_remaining_updates")) {
		snprintf(line, sizeof(line), "%u\n", left);
		return text(line, bytes);
	}
	return tree.read(&tree, path, bytes, err);
}

static void take_data(const void *bytes, size_t n)
{
	free(fake.data);
	fake.data = memory_alloc(n);
	memcpy(fake.data, bytes, n);
	fake.bytes = n;
}

static int write_fallback(const char *path, const void *bytes, size_t n)
{
	if (!fake.written)
		return ENOENT;
	if (!strcmp(path, FALLBACK "data")) {
		take_data(bytes, n);
		return 0;
	}
	fake.fallback_loading = n == 1 && !memcmp(bytes, "1", 1);
	fake.fallback_sent = n == 1 && !memcmp(bytes, "0", 1);
	if (fake.fallback_sent && !takes("fallback"))
		fake.refuse = text_format("preparing:firmware-invalid");
	return 0;
}

static void interrupt(const char *when)
{
	if (!fake.when || strcmp(fake.when, when))
		return;
	fake.signalled = true;
	raise(SIGINT);
}

static int fake_write(const struct sysio *io, const char *path, const void *bytes, size_t n)
{
	int err = failure("write", path);

	(void)io;
	if (err)
		return err;
	if (is_under(path, OWN))
		return note_own(path, bytes, n);
	if (is_under(path, FALLBACK))
		return write_fallback(path, bytes, n);
	if (!strcmp(path, NODE "data")) {
		take_data(bytes, n);
		interrupt("before");
		return 0;
	}
	if (strcmp(path, NODE "loading"))
		return ENOENT;
	fake.loading = n == 1 && !memcmp(bytes, "1", 1);
	fake.running = n == 1 && !memcmp(bytes, "0", 1);
	if (fake.running)
		interrupt("after");
	return 0;
}

static void fake_pause(const struct sysio *io, unsigned int ms)
{
	(void)io;
	fake.now_ns += (uint64_t)ms * 1000000;
}

static uint64_t fake_now(const struct sysio *io)
{
	(void)io;
	return fake.now_ns;
}

static void take_setting(char *setting)
{
	char *value = strchr(setting, '=');
	unsigned int i = fake.nr_fails;

	if (!*setting)
		return;
	if (!value)
		abort();
	*value++ = '\0';
	if (!strcmp(setting, "root"))
		fake.root = value;
	else if (!strcmp(setting, "state"))
		fake.state = value;
	else if (!strcmp(setting, "to"))
		fake.to = value;
	else if (!strcmp(setting, "result"))
		fake.result = value;
	else if (!strcmp(setting, "error"))
		fake.error = value;
	else if (!strcmp(setting, "last"))
		fake.last = value;
	else if (!strcmp(setting, "status"))
		fake.status = value;
	else if (!strcmp(setting, "seen"))
		fake.seen = value;
	else if (!strcmp(setting, "written"))
		fake.written = value;
	else if (!strcmp(setting, "refuse"))
		fake.refuse = value;
	else if (!strcmp(setting, "signal"))
		fake.when = value;
	else if (!strcmp(setting, "polls"))
		fake.polls = strtoul(value, NULL, 10);
	else if (!strcmp(setting, "fail") && i < MAX_FAILS &&
		 sscanf(value, "%7[^:]:%31[^:]:%15[^:]:%u", fake.fails[i].op, fake.fails[i].name,
			fake.fails[i].code, &fake.fails[i].from) == 4)
		fake.nr_fails++;
	else
		abort();
}

static void check_struck(void)
{
	unsigned int i;
	bool ok = true;

	for (i = 0; i < fake.nr_fails; i++) {
		if (fake.fails[i].count >= fake.fails[i].from)
			continue;
		fprintf(stderr, "fake kernel: %s of %s has not failed\n", fake.fails[i].op,
			fake.fails[i].name);
		ok = false;
	}
	if (fake.when && !fake.signalled) {
		fprintf(stderr, "fake kernel: no signal %s the point of no return\n", fake.when);
		ok = false;
	}
	if (ok)
		return;
	fflush(NULL);
	_exit(NOT_STRUCK);
}

static const struct sysio fake_io = { "", fake_read, fake_write, fake_pause, fake_now, false };

__attribute__((constructor))
static void install(void)
{
	char *settings = getenv("FAKE_KERNEL"), *copy, *one;

	if (!settings)
		return;
	copy = strdup(settings);
	fake.polls = 2;
	fake.result = "updated";
	fake.to = "1.5.16";
	while ((one = strsep(&copy, ",")))
		take_setting(one);
	sysio_live = &fake_io;
	host_root = fake.root ? fake.root : "";
	atexit(check_struck);
}
