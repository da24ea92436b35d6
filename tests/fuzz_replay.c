// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Runs a fuzz target over the files of a directory, where there is no libFuzzer. */
#include <dirent.h>
#include <errno.h>

#include "fuzz.h"

#define LIMIT (4u << 20)

static void replay(const char *path)
{
	uint8_t *data = malloc(LIMIT);
	FILE *file = fopen(path, "rb");
	size_t n;

	if (!data || !file) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		exit(1);
	}
	n = fread(data, 1, LIMIT, file);
	fclose(file);
	LLVMFuzzerTestOneInput(data, n);
	free(data);
}

int main(int argc, char **argv)
{
	unsigned int nr = 0;
	struct dirent *entry;
	char path[4096];
	DIR *dir;

	if (argc != 2) {
		fprintf(stderr, "Usage: %s DIRECTORY\n", argv[0]);
		return 2;
	}
	dir = opendir(argv[1]);
	if (!dir) {
		fprintf(stderr, "%s: %s\n", argv[1], strerror(errno));
		return 1;
	}
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", argv[1], entry->d_name);
		replay(path);
		nr++;
	}
	closedir(dir);
	printf("%u files\n", nr);
	return nr ? 0 : 1;
}
