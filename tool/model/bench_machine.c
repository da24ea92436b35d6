// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Code that the measurements share: the description of this machine, and the median. */
#include "bench.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

uint64_t bench_median(uint64_t *values, size_t n)
{
	qsort(values, n, sizeof(*values), compare);
	return values[n / 2];
}

/* "model name : ..." of the first CPU, malloc'd. */
static char *cpu_model(void)
{
	FILE *f = fopen("/proc/cpuinfo", "r");
	char line[256], *model = NULL, *colon;

	while (f && !model && fgets(line, sizeof(line), f)) {
		colon = strchr(line, ':');
		if (!colon || strncmp(line, "model name", 10))
			continue;
		colon[strcspn(colon, "\n")] = '\0';
		model = text_escape(colon + 1 + strspn(colon + 1, " "));
	}
	if (f)
		fclose(f);
	return model ? model : text_format("unknown CPU");
}

json_t *bench_machine_json(void)
{
	char *model = cpu_model();
	json_t *o = json_pack("{s:s, s:I}", "cpu", model, "cpus_online",
			      (json_int_t)sysconf(_SC_NPROCESSORS_ONLN));

	free(model);
	return o;
}

char *bench_machine_text(void)
{
	char *model = cpu_model();
	char *text = text_format("%ld CPUs, %s", sysconf(_SC_NPROCESSORS_ONLN), model);

	free(model);
	return text;
}
