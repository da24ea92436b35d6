// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* What a Linux kernel tells of its TDX Module, its CPUs and itself. */
#include "host_linux.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FAUX		"/sys/devices/faux/tdx_host"
#define PLATFORM	"/sys/devices/platform/tdx_host"
#define UPLOAD		"/sys/class/firmware/tdx_module"
#define FALLBACK	"/sys/class/firmware/tdx_module_fallback"

/* In the order to be tried: what has more comes first. */
static const struct linux_layout layouts[] = {
	{ HOST_SEAMSTEP, FAUX, "version", "seamldr_version", "num_remaining_updates", UPLOAD,
	  FAUX "/seamstep", FALLBACK },
	{ HOST_SEAMSTEP, PLATFORM, "version", "seamldr_version", "num_remaining_updates", UPLOAD,
	  PLATFORM "/seamstep", FALLBACK },
	{ HOST_MAINLINE, FAUX, "version", "seamldr_version", "num_remaining_updates", UPLOAD,
	  NULL, NULL },
	{ HOST_OLD, FAUX, "version", "seamldr/version", "seamldr/num_remaining_updates",
	  "/sys/class/firmware/seamldr_upload", NULL, NULL },
};

static char *line_in(const struct sysio *io, const char *dir, const char *name, int *err)
{
	char *path = cli_format("%s/%s", dir, name), *line = sysio_line(io, path, err);

	free(path);
	return line;
}

static bool exists(const struct sysio *io, const char *dir, const char *name)
{
	char *line;
	int err = 0;

	line = line_in(io, dir, name, &err);
	free(line);
	return line || (err != ENOENT && err != ENOTDIR);
}

/* A layout is there if its upload node is, or that which only it has of the device. */
static const struct linux_layout *find_layout(const struct sysio *io)
{
	size_t i;

	for (i = 0; i < SS_ARRAY_SIZE(layouts); i++) {
		const struct linux_layout *l = &layouts[i];

		if (l->own ? exists(io, l->own, "state") :
		    exists(io, l->upload, "status") || exists(io, l->device, l->seamldr_version))
			return l;
	}
	/* A host whose CPUs have the erratum shows the version alone. */
	return exists(io, FAUX, "version") ? &layouts[2] : NULL;
}

static enum host_missing missing_for(int err)
{
	switch (err) {
	case 0:
		return HOST_FACT_MALFORMED;
	case EACCES:
	case EPERM:
		return HOST_FACT_NEEDS_ROOT;
	case ENXIO:
		return HOST_FACT_NOT_ONE;
	default:
		return HOST_FACT_NOT_OFFERED;
	}
}

static bool read_version(const struct linux_host *h, const char *name, struct ss_version *version,
			 int *err)
{
	char *line;
	bool ok;

	*err = ENOENT;
	if (!h->layout)
		return false;
	line = line_in(&h->io, h->layout->device, name, err);
	if (!line)
		return false;
	*err = 0;
	ok = ss_version_parse(line, version);
	free(line);
	return ok;
}

bool linux_read_version(struct linux_host *h, struct ss_version *version, int *err)
{
	return read_version(h, h->layout ? h->layout->version : "version", version, err);
}

static void read_module(struct linux_host *h, struct host_facts *facts)
{
	struct ss_compat_host *c = &facts->compat;
	int err;

	c->has_module_version = linux_read_version(h, &c->module, &err);
	c->has_module = c->has_module_version;
	facts->missing_module = c->has_module_version ? HOST_FACT_KNOWN : missing_for(err);
	facts->module_lost = h->layout && err == ENXIO;
}

static void read_seamldr(struct linux_host *h, struct host_facts *facts)
{
	struct ss_compat_host *c = &facts->compat;
	uint64_t left = 0;
	char *line = NULL;
	int err;

	c->has_seamldr_version = read_version(h, h->layout ? h->layout->seamldr_version : "",
					      &c->seamldr, &err);
	facts->missing_seamldr = c->has_seamldr_version ? HOST_FACT_KNOWN : missing_for(err);
	err = ENOENT;
	if (h->layout)
		line = line_in(&h->io, h->layout->device, h->layout->remaining, &err);
	if (line) {
		err = 0;
		c->has_remaining = cli_number(line, 0, UINT32_MAX, &left);
		c->remaining_updates = (uint32_t)left;
	}
	facts->missing_remaining = c->has_remaining ? HOST_FACT_KNOWN : missing_for(err);
	free(line);
}

/* ---- CPUs ---------------------------------------------------------------------------------- */

bool linux_count_cpus(const char *list, uint32_t *count)
{
	uint64_t total = 0;

	while (*list) {
		unsigned long first, last;
		char *end;

		if (*list < '0' || *list > '9')
			return false;
		first = last = strtoul(list, &end, 10);
		if (*end == '-' && end[1] >= '0' && end[1] <= '9')
			last = strtoul(end + 1, &end, 10);
		if (last < first || last > 65535 || (*end && *end != ','))
			return false;
		total += last - first + 1;
		list = *end ? end + 1 : end;
		if (total > 65536 || (*end && !*list))
			return false;
	}
	*count = (uint32_t)total;
	return true;
}

static char *cpu_list(struct linux_host *h, const char *name, int *err)
{
	return line_in(&h->io, "/sys/devices/system/cpu", name, err);
}

static void read_cpus(struct linux_host *h, struct host_facts *facts)
{
	struct ss_compat_host *c = &facts->compat;
	int err = 0;
	char *present = cpu_list(h, "present", &err);

	facts->cpus_online = cpu_list(h, "online", &err);
	if (present && facts->cpus_online) {
		err = 0;
		c->has_lps = linux_count_cpus(present, &c->lps_platform) &&
			     linux_count_cpus(facts->cpus_online, &c->lps_online);
	}
	facts->missing_lps = c->has_lps ? HOST_FACT_KNOWN : missing_for(err);
	facts->cpus_offline = cpu_list(h, "offline", &err);
	free(present);
}

/* CPUID(1).EAX from what the kernel makes of it. */
static bool fms_of(uint64_t family, uint64_t model, uint64_t stepping, uint32_t *fms)
{
	uint32_t base = family > 15 ? 15 : (uint32_t)family;

	if (family > 15 + 255 || model > 255 || stepping > 15)
		return false;
	*fms = ((uint32_t)family - base) << 20 | ((uint32_t)model >> 4) << 16 | base << 8 |
	       ((uint32_t)model & 15) << 4 | (uint32_t)stepping;
	return true;
}

/* One CPU's paragraph of /proc/cpuinfo, as far as it was read. */
struct cpu {
	uint64_t family, model, stepping, package;
	unsigned int seen;
};

static void add_package(struct host_facts *facts, const struct cpu *cpu, uint64_t *packages)
{
	struct ss_compat_host *c = &facts->compat;
	uint32_t i, fms;

	if ((cpu->seen & 7) != 7 || !fms_of(cpu->family, cpu->model, cpu->stepping, &fms))
		return;
	/* A machine whose CPUs of one package differ would be a new one: keep both. */
	for (i = 0; i < c->nr_fms; i++)
		if (packages[i] == cpu->package && facts->fms[i] == fms)
			return;
	if (c->nr_fms == HOST_MAX_PACKAGES)
		return;
	packages[c->nr_fms] = cpu->package;
	facts->fms[c->nr_fms++] = fms;
}

static void cpuinfo_line(struct cpu *cpu, struct host_facts *facts, const char *line)
{
	const struct {
		const char *key;
		uint64_t *value;
	} keys[] = {
		{ "cpu family\t", &cpu->family }, { "model\t", &cpu->model },
		{ "stepping\t", &cpu->stepping }, { "physical id\t", &cpu->package },
	};
	const char *colon = strchr(line, ':'),
		   *text = colon ? colon + 1 + strspn(colon + 1, " ") : NULL;
	size_t i;

	if (!colon)
		return;
	for (i = 0; i < SS_ARRAY_SIZE(keys); i++)
		if (!strncmp(line, keys[i].key, strlen(keys[i].key)) &&
		    cli_number(text, 0, UINT32_MAX, keys[i].value))
			cpu->seen |= 1u << i;
	if (!strncmp(line, "bugs", 4) && strstr(text, "seamret_invd_vmcs"))
		facts->erratum = true;
}

static void read_cpuinfo(struct linux_host *h, struct host_facts *facts)
{
	uint64_t packages[HOST_MAX_PACKAGES];
	struct cpu cpu = { .seen = 0 };
	size_t bytes;
	int err;
	char *text = (char *)h->io.read(&h->io, "/proc/cpuinfo", &bytes, &err), *rest = text, *line;

	facts->compat.fms = facts->fms;
	while (text && (line = strsep(&rest, "\n"))) {
		if (*line) {
			cpuinfo_line(&cpu, facts, line);
		} else {
			add_package(facts, &cpu, packages);
			memset(&cpu, 0, sizeof(cpu));
		}
	}
	if (text)
		add_package(facts, &cpu, packages);
	facts->compat.has_fms = facts->compat.nr_fms > 0;
	facts->missing_fms = facts->compat.has_fms ? HOST_FACT_KNOWN : missing_for(text ? 0 : err);
	free(text);
}

/* ---- the rest ------------------------------------------------------------------------------ */

static void read_kernel(struct linux_host *h, struct host_facts *facts)
{
	char *taint;
	int err;

	facts->kernel = sysio_line(&h->io, "/proc/sys/kernel/osrelease", &err);
	facts->boot_id = sysio_line(&h->io, "/proc/sys/kernel/random/boot_id", &err);
	facts->machine_id = sysio_line(&h->io, "/etc/machine-id", &err);
	facts->kvm_tdx = sysio_line(&h->io, "/sys/module/kvm_intel/parameters/tdx", &err);
	taint = sysio_line(&h->io, "/proc/sys/kernel/tainted", &err);
	facts->has_taint = taint && cli_number(taint, 0, UINT64_MAX, &facts->taint);
	free(taint);
}

/* Key IDs in use, from the misc controller: one a TD. "tdx 3" */
static void read_tds(struct linux_host *h, struct host_facts *facts)
{
	size_t bytes;
	int err;
	char *text = (char *)h->io.read(&h->io, "/sys/fs/cgroup/misc.current", &bytes, &err), *line;
	char *rest = text;
	uint64_t n;

	while (text && (line = strsep(&rest, "\n"))) {
		if (!strncmp(line, "tdx ", 4) && cli_number(line + 4, 0, UINT32_MAX, &n)) {
			facts->has_tds = true;
			facts->tds_total = (uint32_t)n;
			facts->tds = facts->module_lost ? 0 : (uint32_t)n;
		}
	}
	free(text);
}

/* Its values have spaces in them, so that a space alone would not part its lines. */
char *linux_last_error(struct linux_host *h)
{
	char *path = cli_format("%s/last_error", h->layout->own), *lines, *rest, *line, *all;
	char *joined = cli_format("%s", "");
	size_t bytes;
	int err;

	rest = lines = (char *)h->io.read(&h->io, path, &bytes, &err);
	free(path);
	if (!lines) {
		free(joined);
		return NULL;
	}
	while ((line = strsep(&rest, "\n"))) {
		if (!*line)
			continue;
		all = cli_format("%s%s%s", joined, *joined ? ", " : "", line);
		free(joined);
		joined = all;
	}
	free(lines);
	return joined;
}

static void read_own(struct linux_host *h, struct host_facts *facts)
{
	int err;

	if (!h->layout)
		return;
	facts->upload_status = line_in(&h->io, h->layout->upload, "status", &err);
	if (!h->layout->own)
		return;
	facts->last_verdict = line_in(&h->io, h->layout->own, "verdict", &err);
	facts->last_error = linux_last_error(h);
	/* What linux_update() needs to replace the driver's fallbacks by those of an update. */
	facts->has_fallback = exists(&h->io, h->layout->own, "fallbacks") &&
			      exists(&h->io, h->layout->fallback, "status");
}

static bool linux_facts(struct host *host, struct host_facts *facts, enum cli_exit *exit,
			char **why)
{
	struct linux_host *h = (struct linux_host *)host;

	(void)exit;
	(void)why;
	memset(facts, 0, sizeof(*facts));
	facts->recorded = h->recorded;
	facts->kind = h->layout ? h->layout->kind : HOST_NONE;
	facts->missing_svn = facts->missing_features = HOST_FACT_NOT_OFFERED;
	read_module(h, facts);
	read_seamldr(h, facts);
	read_cpus(h, facts);
	read_cpuinfo(h, facts);
	read_kernel(h, facts);
	read_tds(h, facts);
	read_own(h, facts);
	return true;
}

static void linux_close(struct host *host)
{
	free(((struct linux_host *)host)->root);
}

static const struct host_ops linux_ops = {
	.facts = linux_facts, .update = linux_update, .log = linux_log, .close = linux_close,
};

static char *directory(const char *variable, const char *otherwise)
{
	const char *dir = getenv(variable);

	return cli_format("%s", dir && *dir ? dir : otherwise);
}

static char *root_of(const char *sysroot)
{
	size_t n = strlen(sysroot);

	while (n > 1 && sysroot[n - 1] == '/')
		n--;
	return cli_format("%.*s", (int)n, sysroot);
}

struct host *host_linux_open(const char *sysroot)
{
	struct linux_host *h = cli_alloc(sizeof(*h));
	char *shown;

	h->host.ops = &linux_ops;
	h->recorded = sysroot != NULL;
	h->host.needs_root = !sysroot && sysio_live->needs_root;
	h->root = root_of(sysroot ? sysroot : "");
	h->io = sysroot ? sysio_recorded(h->root) : *sysio_live;
	h->layout = find_layout(&h->io);
	if (sysroot) {
		shown = cli_escape(sysroot);
		h->host.name = cli_format("sysroot:%s", shown);
		h->host.state_dir = cli_format("%s/var/lib/seamstep", h->root);
		free(shown);
	} else {
		h->host.name = cli_format("linux");
		h->host.state_dir = directory("SEAMSTEP_STATE_DIR", "/var/lib/seamstep");
	}
	h->host.lock_path = cli_format("%s/lock", h->host.state_dir);
	return &h->host;
}
