// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* An update through a kernel's upload node: a conversation with files, each of which can fail. */
#include "host_linux.h"

#include "lib/base/alloc.h"
#include "lib/base/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define POLL_MS		20u
#define CONTAINER	0x200	/* for Linux 7.2; the older interface takes 0x100 */

struct upload {
	struct linux_host *h;
	const char *dir;	/* of the node in use */
	const struct host_request *request;
	struct seamstep_outcome *outcome;
	bool had_version;
	struct ss_version before;
};

static char *node(const struct upload *u, const char *name)
{
	return base_text("%s/%s", u->dir, name);
}

static int put(const struct upload *u, const char *name, const void *bytes, size_t n)
{
	char *path = node(u, name);
	int err = u->h->io.write(&u->h->io, path, bytes, n);

	base_free(path);
	return err;
}

static char *get(const struct upload *u, const char *name, int *err)
{
	char *path = node(u, name), *line = sysio_line(&u->h->io, path, err);

	base_free(path);
	return line;
}

__attribute__((format(printf, 4, 5)))
static void
conclude(struct upload *u, enum seamstep_end end, const char *verdict, const char *fmt, ...)
{
	va_list args;

	u->outcome->end = end;
	u->outcome->verdict = base_text("%s", verdict);
	va_start(args, fmt);
	u->outcome->detail = base_vtext(fmt, args);
	va_end(args);
}

/* ---- before the point of no return ----------------------------------------------------------- */

static void refuse(struct upload *u, const char *name, const char *doing, int err)
{
	char *path = node(u, name);

	if (err == EBUSY)
		conclude(u, SEAMSTEP_NOT_NOW, "none",
			 "%s: the kernel is busy with another upload while %s; "
			 "nothing was touched; try again later",
			 path, doing);
	else if (err == EACCES || err == EPERM)
		conclude(u, SEAMSTEP_ERROR, "none",
			 "%s: %s while %s; nothing was touched; an update needs root", path,
			 strerror(err), doing);
	else if (err == ENOENT || err == ENODEV || err == ENXIO)
		conclude(u, SEAMSTEP_UNSUPPORTED, "none",
			 "%s: the upload node has gone while %s (%s); nothing "
			 "was touched",
			 path, doing, strerror(err));
	else
		conclude(u, SEAMSTEP_ERROR, "none", "%s: %s while %s; nothing was touched", path,
			 strerror(err), doing);
	base_free(path);
}

static void abort_upload(struct upload *u)
{
	put(u, "loading", "-1", 2);
}

static bool is_idle(struct upload *u)
{
	int err = 0;
	char *status = get(u, "status", &err), *shown;

	if (!status) {
		refuse(u, "status", "reading the state of the node", err);
		return false;
	}
	if (!strcmp(status, "idle")) {
		base_free(status);
		return true;
	}
	shown = base_escape(status);
	conclude(u, SEAMSTEP_NOT_NOW, "none",
		 "%s/status: expected idle, found '%s': an upload is under way, "
		 "or a program left one unfinished; nothing was touched; try again later, or end "
		 "the unfinished upload: write -1 to the node's file loading",
		 u->dir, shown);
	base_free(shown);
	base_free(status);
	return false;
}

static bool send_image(struct upload *u, const uint8_t *bytes, size_t n)
{
	int err = put(u, "loading", "1", 1);

	if (err) {
		refuse(u, "loading", "starting the upload", err);
		return false;
	}
	err = put(u, "data", bytes, n);
	if (err) {
		abort_upload(u);
		refuse(u, "data", "sending the image", err);
		return false;
	}
	return true;
}

/* The container that the kernel takes, malloc'd. */
static uint8_t *container(struct upload *u, const struct ss_image *image, size_t *bytes)
{
	uint16_t version = u->h->layout->kind == SEAMSTEP_HOST_OLD ? 0x100 : CONTAINER;
	uint8_t *out;

	*bytes = ss_image_pack(version, image->sig.raw, image->module, NULL, 0);
	out = base_alloc(*bytes);
	if (out && *bytes && ss_image_pack(version, image->sig.raw, image->module, out, *bytes))
		return out;
	base_free(out);
	conclude(u, SEAMSTEP_BAD_IMAGE, "none",
		 "the image cannot be packed in a container of version 0x%x", version);
	return NULL;
}

/* ---- after the point of no return ------------------------------------------------------------ */

struct observed {
	bool has_version, lost;
	struct ss_version version;
	int err;
};

static struct observed look(struct upload *u)
{
	struct observed o;

	o.has_version = linux_read_version(u->h, &o.version, &o.err);
	o.lost = linux_is_lost(u->h, o.err);
	return o;
}

static char *version_text(bool known, struct ss_version v)
{
	return known ? base_text("%u.%u.%02u", v.major, v.minor, v.update) : base_text("unknown");
}

static void lost(struct upload *u, const char *error)
{
	conclude(u, SEAMSTEP_LOST, "lost",
		 "the kernel says '%s' and that no TDX Module runs (%s/version: "
		 "ENXIO): every TD of this host is gone; a reboot brings TDX back",
		 error, u->h->layout->device);
}

/* The kernel has named an error. The running version decides the verdict. */
static void judge_failure(struct upload *u, const char *error, const struct observed *o)
{
	char *now = version_text(o->has_version, o->version);

	if (o->lost)
		lost(u, error);
	else if (!o->has_version || !u->had_version)
		conclude(u, SEAMSTEP_UNKNOWN, "unknown",
			 "the kernel says '%s', and the running version cannot be read; "
			 "read the host's state again before another update",
			 error);
	else if (!ss_version_cmp(o->version, u->before))
		conclude(u, SEAMSTEP_UNCHANGED, "unchanged",
			 "the kernel says '%s'; %s still runs, TDs are alive", error, now);
	else
		conclude(u, SEAMSTEP_MISMATCH, "mismatch", "the kernel says '%s', but %s runs now",
			 error, now);
	base_free(now);
}

static void judge_success(struct upload *u, const struct observed *o)
{
	char *now = version_text(o->has_version, o->version);
	char *want = version_text(true, u->request->target.version);

	if (o->lost)
		lost(u, "done");
	else if (!o->has_version)
		conclude(u, SEAMSTEP_UNKNOWN, "unknown",
			 "the kernel reports success, but the version cannot be "
			 "read (%s); read the host's state again before another update",
			 strerror(o->err));
	else if (ss_version_cmp(o->version, u->request->target.version))
		conclude(u, SEAMSTEP_MISMATCH, "mismatch",
			 "the kernel reports success; expected version %s, "
			 "found %s",
			 want, now);
	else {
		u->outcome->end = SEAMSTEP_OK;
		u->outcome->verdict = base_text("updated");
	}
	base_free(now);
	base_free(want);
}

/*
 * Takes the verdict from seamstep.ko. Returns false if seamstep.ko has none for this update: a
 * driver that was too busy for this update shows the verdict of an earlier one.
 */
static bool judge_by_driver(struct upload *u, const char *node_error)
{
	static const struct {
		const char *verdict;
		enum seamstep_end end;
	} known[] = {
		{ "unchanged", SEAMSTEP_UNCHANGED },
		{ "recovered", SEAMSTEP_RECOVERED },
		{ "lost", SEAMSTEP_LOST },
	};
	char *path, *verdict, *error, *shown;
	bool done = false;
	size_t i;
	int err;

	if (!u->h->layout->own || !strcmp(node_error, "preparing:device-busy"))
		return false;
	path = base_text("%s/verdict", u->h->layout->own);
	verdict = sysio_line(&u->h->io, path, &err);
	base_free(path);
	error = linux_last_error(u->h);
	for (i = 0; verdict && i < SS_ARRAY_SIZE(known); i++) {
		if (strcmp(verdict, known[i].verdict))
			continue;
		shown = base_escape(error ? error : "");
		conclude(u, known[i].end, known[i].verdict, "%s", *shown ? shown : verdict);
		base_free(shown);
		done = true;
	}
	base_free(verdict);
	base_free(error);
	return done;
}

/* seamstep.ko looks at the module before the machine runs on; Linux's own update does not. */
static void ask_for_doubt(struct upload *u)
{
	char *confirmed;
	int err;

	if (!u->h->layout->own)
		return;
	confirmed = linux_line(&u->h->io, u->h->layout->own, "confirmed", &err);
	u->outcome->confirmed = confirmed && !strcmp(confirmed, "yes");
	u->outcome->has_confirmed = u->outcome->confirmed ||
				    (confirmed && !strcmp(confirmed, "no"));
	host_outcome_doubt(u->outcome);
	base_free(confirmed);
}

static void judge(struct upload *u)
{
	int err = 0;
	char *error = get(u, "error", &err), *shown;
	struct observed o = look(u);

	if (!error && err) {
		conclude(u, SEAMSTEP_UNKNOWN, "unknown", "%s/error: %s: the outcome cannot be "
			 "read; read the host's state again before another update",
			 u->h->layout->upload, strerror(err));
		return;
	}
	if (judge_by_driver(u, error)) {
		ask_for_doubt(u);
		base_free(error);
		return;
	}
	shown = base_escape(error);
	if (*error) {
		judge_failure(u, shown, &o);
	} else {
		judge_success(u, &o);
		ask_for_doubt(u);
	}
	base_free(shown);
	base_free(error);
}

/* The wait timed out, or the node has gone: report the visible version. */
static void unknown(struct upload *u, const char *what)
{
	struct observed o = look(u);
	char *now = version_text(o.has_version, o.version);

	conclude(u, SEAMSTEP_UNKNOWN, "unknown",
		 "%s; the TDX Module's version is now: %s%s; read the host's state again "
		 "before another update",
		 what, now, o.lost ? " (none runs)" : "");
	base_free(now);
}

static void await(struct upload *u)
{
	uint64_t start = u->h->io.now_ns(&u->h->io),
		 limit = (uint64_t)u->request->timeout_ms * 1000000u;
	char *status, *last = base_text("nothing"), *what;
	int err = 0;

	for (;;) {
		status = get(u, "status", &err);
		if (!status || !strcmp(status, "idle"))
			break;
		if (u->request->progress)
			u->request->progress(u->request->arg, status, 0, 0);
		base_free(last);
		last = base_escape(status);
		base_free(status);
		if (u->h->io.now_ns(&u->h->io) - start >= limit) {
			what = base_text("no outcome within %u ms, the kernel is still at '%s'",
					   u->request->timeout_ms, last);
			unknown(u, what);
			base_free(what);
			base_free(last);
			return;
		}
		u->h->io.pause(&u->h->io, POLL_MS);
	}
	base_free(last);
	if (status) {
		base_free(status);
		judge(u);
		return;
	}
	what = base_text("%s/status: %s: the upload node has gone while the update ran",
			   u->h->layout->upload, strerror(err));
	unknown(u, what);
	base_free(what);
}

/* ---- fallbacks and policy, where there is seamstep.ko ---------------------------------------- */

static bool set_policy(struct upload *u, const char *name, const char *value)
{
	char *path = base_text("%s/%s", u->h->layout->own, name);
	int err = u->h->io.write(&u->h->io, path, value, strlen(value));

	if (err)
		conclude(u, SEAMSTEP_ERROR, "none", "%s: %s while writing %s; nothing was touched",
			 path, strerror(err), value);
	base_free(path);
	return !err;
}

/* Older drivers know nothing of memory, and have no memory policy. */
static bool set_memory_policy(struct upload *u)
{
	const uint32_t reasons = 1u << SS_COMPAT_MEMORY | 1u << SS_COMPAT_MEMORY_MARGIN;
	char *path = base_text("%s/memory", u->h->layout->own), *now;
	int err = 0;

	now = sysio_line(&u->h->io, path, &err);
	base_free(path);
	if (!now && err == ENOENT)
		return true;
	base_free(now);
	return set_policy(u, "memory", u->request->waived & reasons ? "ignore" : "refuse");
}

static bool prepare_driver(struct upload *u)
{
	static const char *const td_build[] = { "wait", "refuse", "ignore" };

	return !u->h->layout->own || (set_policy(u, "td_build", td_build[u->request->td_build]) &&
				      set_policy(u, "rehearse", u->request->rehearse ? "1" : "0") &&
				      set_memory_policy(u));
}

/* Waits until the driver has taken or refused the fallback that was handed over. */
static bool fallback_taken(struct upload *u, const char *name)
{
	uint64_t start = u->h->io.now_ns(&u->h->io),
		 limit = (uint64_t)u->request->timeout_ms * 1000000u;
	char *status, *error, *shown;
	bool idle, taken;
	int err = 0;

	for (;;) {
		status = get(u, "status", &err);
		if (!status) {
			refuse(u, "status", "sending a fallback", err);
			return false;
		}
		idle = !strcmp(status, "idle");
		base_free(status);
		if (idle)
			break;
		if (u->h->io.now_ns(&u->h->io) - start >= limit) {
			conclude(u, SEAMSTEP_NOT_NOW, "none",
				 "%s: the driver has not taken the fallback %s within %u ms; "
				 "nothing was touched, try again later",
				 u->dir, name, u->request->timeout_ms);
			return false;
		}
		u->h->io.pause(&u->h->io, POLL_MS);
	}
	error = get(u, "error", &err);
	if (!error) {
		refuse(u, "error", "sending a fallback", err);
		return false;
	}
	taken = !*error;
	shown = base_escape(error);
	if (!taken)
		conclude(u, strstr(error, "device-busy") ? SEAMSTEP_NOT_NOW : SEAMSTEP_BAD_IMAGE, "none",
			 "%s: the driver refuses the fallback %s: '%s'; nothing was touched, see "
			 "the kernel log, or name another fallback",
			 u->dir, name, shown);
	base_free(shown);
	base_free(error);
	return taken;
}

static bool send_fallback(struct upload *u, const struct host_image *fallback)
{
	size_t bytes;
	uint8_t *image;
	bool taken;
	int err;

	if (!is_idle(u))
		return false;
	image = container(u, fallback->image, &bytes);
	if (!image)
		return false;
	taken = send_image(u, image, bytes);
	base_free(image);
	if (!taken)
		return false;
	err = put(u, "loading", "0", 1);
	if (err) {
		abort_upload(u);
		refuse(u, "loading", "handing a fallback over", err);
		return false;
	}
	return fallback_taken(u, fallback->name);
}

/*
 * The driver tries its fallbacks in the order in which it got them, and keeps those of earlier
 * updates. An update uses only the fallbacks that its preflight named.
 */
static bool send_fallbacks(struct upload *u)
{
	const struct linux_layout *l = u->h->layout;
	bool taken = true;
	uint32_t i;

	if (!l->own)
		return true;
	if (!set_policy(u, "fallbacks", "none"))
		return false;
	u->dir = l->fallback;
	for (i = 0; taken && i < u->request->nr_fallbacks; i++)
		taken = send_fallback(u, &u->request->fallbacks[i]);
	u->dir = l->upload;
	return taken;
}

/* ---- the whole update ------------------------------------------------------------------------ */

static void talk(struct upload *u)
{
	size_t bytes;
	uint8_t *image;
	int err;

	if (!is_idle(u) || !prepare_driver(u) || !send_fallbacks(u))
		return;
	image = container(u, u->request->target.image, &bytes);
	if (!image)
		return;
	if (!send_image(u, image, bytes))
		goto out;
	if (base_lacks()) {
		abort_upload(u);
		conclude(u, SEAMSTEP_NO_MEMORY, "none", "not enough memory; nothing was touched");
		goto out;
	}
	if (u->request->cancelled && u->request->cancelled(u->request->arg)) {
		abort_upload(u);
		conclude(u, SEAMSTEP_ERROR, "none",
			 "cancelled before the point of no return; nothing was touched");
		goto out;
	}
	if (u->request->committed)
		u->request->committed(u->request->arg);
	err = put(u, "loading", "0", 1);
	if (err) {
		abort_upload(u);
		refuse(u, "loading", "handing the image over", err);
		goto out;
	}
	u->outcome->tried = true;
	await(u);
out:
	base_free(image);
}

void linux_update(struct host *host, const struct host_request *request,
		  struct seamstep_outcome *outcome)
{
	struct upload u = {
		.h = (struct linux_host *)host, .request = request, .outcome = outcome,
	};
	uint64_t start = u.h->io.now_ns(&u.h->io);
	int err;

	memset(outcome, 0, sizeof(*outcome));
	if (!u.h->layout || u.h->recorded) {
		conclude(&u, SEAMSTEP_UNSUPPORTED, "none", u.h->recorded ?
			 "a recorded tree cannot be updated" :
			 "this kernel has no interface for updates");
		return;
	}
	u.dir = u.h->layout->upload;
	u.had_version = linux_read_version(u.h, &u.before, &err);
	talk(&u);
	outcome->duration_ns = u.h->io.now_ns(&u.h->io) - start;
}
