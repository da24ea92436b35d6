// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The CPUs of a Linux host: how many there are, and of which family, model and stepping. */
#include "host_linux.h"

#include "lib/base/text.h"
#include "lib/base/words.h"

#include <stdlib.h>
#include <string.h>

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
	return linux_line(&h->io, "/sys/devices/system/cpu", name, err);
}

void linux_read_cpus(struct linux_host *h, struct seamstep_facts *facts)
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
	facts->missing_lps = c->has_lps ? SEAMSTEP_FACT_KNOWN : linux_missing(err);
	facts->cpus_offline = cpu_list(h, "offline", &err);
	base_free(present);
}

/* CPUID(1).EAX from the three numbers that the kernel prints. */
static bool fms_of(uint64_t family, uint64_t model, uint64_t stepping, uint32_t *fms)
{
	uint32_t base = family > 15 ? 15 : (uint32_t)family;

	if (family > 15 + 255 || model > 255 || stepping > 15)
		return false;
	*fms = ((uint32_t)family - base) << 20 | ((uint32_t)model >> 4) << 16 | base << 8 |
	       ((uint32_t)model & 15) << 4 | (uint32_t)stepping;
	return true;
}

/* The part read so far of one CPU's paragraph in /proc/cpuinfo. */
struct cpu {
	uint64_t family, model, stepping, package;
	unsigned int seen;
};

static void add_package(struct seamstep_facts *facts, const struct cpu *cpu, uint64_t *packages)
{
	struct ss_compat_host *c = &facts->compat;
	uint32_t i, fms;

	if ((cpu->seen & 7) != 7 || !fms_of(cpu->family, cpu->model, cpu->stepping, &fms))
		return;
	/* No known machine mixes CPUs within one package. If one does, keep both. */
	for (i = 0; i < c->nr_fms; i++)
		if (packages[i] == cpu->package && facts->fms[i] == fms)
			return;
	if (c->nr_fms == SEAMSTEP_MAX_PACKAGES)
		return;
	packages[c->nr_fms] = cpu->package;
	facts->fms[c->nr_fms++] = fms;
}

static void cpuinfo_line(struct cpu *cpu, struct seamstep_facts *facts, const char *line)
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
		    base_number(text, 0, UINT32_MAX, keys[i].value))
			cpu->seen |= 1u << i;
	if (!strncmp(line, "bugs", 4) && strstr(text, "seamret_invd_vmcs"))
		facts->erratum = true;
}

void linux_read_cpuinfo(struct linux_host *h, struct seamstep_facts *facts)
{
	uint64_t packages[SEAMSTEP_MAX_PACKAGES];
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
	facts->missing_fms =
		facts->compat.has_fms ? SEAMSTEP_FACT_KNOWN : linux_missing(text ? 0 : err);
	base_free(text);
}
