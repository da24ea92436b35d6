// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The facts that a Linux kernel tells of its TDX Module, its CPUs and itself. */
#include "host_linux.h"

#include "lib/base/alloc.h"
#include "lib/base/text.h"
#include "lib/base/words.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FAUX		"/sys/devices/faux/tdx_host"
#define PLATFORM	"/sys/devices/platform/tdx_host"
/* Of seamstep.ko with the parameter beside_tdx_host=1; tdx_host is the kernel's then. */
#define BESIDE		"_seamstep"
#define UPLOAD		"/sys/class/firmware/tdx_module"
#define FALLBACK	"/sys/class/firmware/tdx_module_fallback"

#define MAINLINE { SEAMSTEP_HOST_MAINLINE, FAUX, "version", "seamldr_version", \
		   "num_remaining_updates", UPLOAD, NULL, NULL }
static const struct linux_layout mainline = MAINLINE;

/* In the order of trying: a layout with more files comes first. */
static const struct linux_layout layouts[] = {
	{ SEAMSTEP_HOST_SEAMSTEP, FAUX, "version", "seamldr_version", "num_remaining_updates", UPLOAD,
	  FAUX "/seamstep", FALLBACK },
	{ SEAMSTEP_HOST_SEAMSTEP, FAUX BESIDE, "version", "seamldr_version", "num_remaining_updates",
	  UPLOAD, FAUX BESIDE "/seamstep", FALLBACK },
	{ SEAMSTEP_HOST_SEAMSTEP, PLATFORM BESIDE, "version", "seamldr_version",
	  "num_remaining_updates", UPLOAD, PLATFORM BESIDE "/seamstep", FALLBACK },
	{ SEAMSTEP_HOST_SEAMSTEP, PLATFORM, "version", "seamldr_version", "num_remaining_updates", UPLOAD,
	  PLATFORM "/seamstep", FALLBACK },
	MAINLINE,
	{ SEAMSTEP_HOST_OLD, FAUX, "version", "seamldr/version", "seamldr/num_remaining_updates",
	  "/sys/class/firmware/seamldr_upload", NULL, NULL },
};

/* A layout exists if its upload node exists, or the device file that only this layout has. */
static const struct linux_layout *find_layout(const struct sysio *io)
{
	size_t i;

	for (i = 0; i < SS_ARRAY_SIZE(layouts); i++) {
		const struct linux_layout *l = &layouts[i];

		if (l->own ? linux_exists(io, l->own, "state") :
		    linux_exists(io, l->upload, "status") ||
		    linux_exists(io, l->device, l->seamldr_version))
			return l;
	}
	/* A host whose CPUs have the erratum shows no file but the version. */
	return linux_exists(io, FAUX, "version") ? &mainline : NULL;
}

static void read_module(struct linux_host *h, struct seamstep_facts *facts)
{
	struct ss_compat_host *c = &facts->compat;
	int err;

	c->has_module_version = linux_read_version(h, &c->module, &err);
	c->has_module = c->has_module_version;
	facts->module_lost = h->layout && linux_is_lost(h, err);
	facts->missing_module = c->has_module_version ? SEAMSTEP_FACT_KNOWN :
				err == ENXIO && !facts->module_lost ? SEAMSTEP_FACT_UNANSWERED :
				linux_missing(err);
}

static void read_seamldr(struct linux_host *h, struct seamstep_facts *facts)
{
	struct ss_compat_host *c = &facts->compat;
	uint64_t left = 0;
	char *line = NULL;
	int err;

	c->has_seamldr_version = linux_version_in(h, h->layout ? h->layout->seamldr_version : "",
						  &c->seamldr, &err);
	facts->missing_seamldr = c->has_seamldr_version ? SEAMSTEP_FACT_KNOWN : linux_missing(err);
	err = ENOENT;
	if (h->layout)
		line = linux_line(&h->io, h->layout->device, h->layout->remaining, &err);
	if (line) {
		err = 0;
		c->has_remaining = base_number(line, 0, UINT32_MAX, &left);
		c->remaining_updates = (uint32_t)left;
	}
	facts->missing_remaining = c->has_remaining ? SEAMSTEP_FACT_KNOWN : linux_missing(err);
	base_free(line);
}

static void read_kernel(struct linux_host *h, struct seamstep_facts *facts)
{
	char *taint;
	int err;

	facts->kernel = sysio_line(&h->io, "/proc/sys/kernel/osrelease", &err);
	facts->boot_id = sysio_line(&h->io, "/proc/sys/kernel/random/boot_id", &err);
	facts->machine_id = sysio_line(&h->io, "/etc/machine-id", &err);
	facts->kvm_tdx = sysio_line(&h->io, "/sys/module/kvm_intel/parameters/tdx", &err);
	taint = sysio_line(&h->io, "/proc/sys/kernel/tainted", &err);
	facts->has_taint = taint && base_number(taint, 0, UINT64_MAX, &facts->taint);
	base_free(taint);
}

/* Key IDs in use, from the misc controller: one a TD. "tdx 3" */
static void read_tds(struct linux_host *h, struct seamstep_facts *facts)
{
	size_t bytes;
	int err;
	char *text = (char *)h->io.read(&h->io, "/sys/fs/cgroup/misc.current", &bytes, &err), *line;
	char *rest = text;
	uint64_t n;

	while (text && (line = strsep(&rest, "\n"))) {
		if (!strncmp(line, "tdx ", 4) && base_number(line + 4, 0, UINT32_MAX, &n)) {
			facts->has_tds = true;
			facts->tds_total = (uint32_t)n;
			facts->tds = facts->module_lost ? 0 : (uint32_t)n;
		}
	}
	base_free(text);
}

static void read_own(struct linux_host *h, struct seamstep_facts *facts)
{
	int err;

	if (!h->layout)
		return;
	facts->upload_status = linux_line(&h->io, h->layout->upload, "status", &err);
	facts->built_in = !h->layout->own && !linux_exists(&h->io, "/sys/module/tdx_host", "initstate");
	if (!h->layout->own)
		return;
	facts->last_verdict = linux_line(&h->io, h->layout->own, "verdict", &err);
	facts->last_error = linux_last_error(h);
	/* linux_update() needs these to replace the driver's fallbacks with the update's. */
	facts->has_fallback = linux_exists(&h->io, h->layout->own, "fallbacks") &&
			      linux_exists(&h->io, h->layout->fallback, "status");
}

static enum seamstep_end linux_facts(struct host *host, struct seamstep_facts *facts, char **why)
{
	struct linux_host *h = (struct linux_host *)host;

	(void)why;
	memset(facts, 0, sizeof(*facts));
	facts->recorded = h->recorded;
	facts->kind = h->layout ? h->layout->kind : SEAMSTEP_HOST_NONE;
	facts->missing_svn = facts->missing_features = SEAMSTEP_FACT_NOT_OFFERED;
	read_module(h, facts);
	read_seamldr(h, facts);
	linux_read_cpus(h, facts);
	linux_read_cpuinfo(h, facts);
	read_kernel(h, facts);
	read_tds(h, facts);
	read_own(h, facts);
	return SEAMSTEP_OK;
}

static void linux_close(struct host *host)
{
	base_free(((struct linux_host *)host)->root);
}

static const struct host_ops linux_ops = {
	.facts = linux_facts, .update = linux_update, .log = linux_log, .close = linux_close,
};

static char *directory(const char *variable, const char *otherwise)
{
	const char *dir = getenv(variable);

	return base_text("%s", dir && *dir ? dir : otherwise);
}

static char *root_of(const char *sysroot)
{
	size_t n = strlen(sysroot);

	while (n > 1 && sysroot[n - 1] == '/')
		n--;
	return base_text("%.*s", (int)n, sysroot);
}

struct host *host_linux_open(const char *sysroot)
{
	struct linux_host *h = base_alloc(sizeof(*h));
	char *shown;

	if (!h)
		return NULL;
	h->host.ops = &linux_ops;
	h->recorded = sysroot != NULL;
	h->host.needs_root = !sysroot && sysio_live->needs_root;
	h->root = root_of(sysroot ? sysroot : "");
	h->io = sysroot ? sysio_recorded(h->root) : *sysio_live;
	h->layout = find_layout(&h->io);
	if (sysroot) {
		shown = base_escape(sysroot);
		h->host.name = base_text("sysroot:%s", shown);
		h->host.state_dir = base_text("%s/var/lib/seamstep", h->root);
		base_free(shown);
	} else {
		h->host.name = base_text("linux");
		h->host.state_dir = directory("SEAMSTEP_STATE_DIR", "/var/lib/seamstep");
	}
	h->host.lock_path = base_text("%s/lock", h->host.state_dir);
	return &h->host;
}
