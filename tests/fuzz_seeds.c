// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Makes the seeds in tests/corpus: a good input per target, and one step away in each direction. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "image_fixture.h"

/* A field of a good input, and the value that a seed has instead. */
struct change {
	const char *name;
	uint32_t offset, width;
	uint64_t value;
};

static const char *root;

static void save(const char *target, const char *name, const uint8_t *p, size_t n)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", root, target);
	mkdir(path, 0755);
	snprintf(path, sizeof(path), "%s/%s/%s", root, target, name);
	file = fopen(path, "wb");
	if (!file || fwrite(p, 1, n, file) != n || fclose(file)) {
		perror(path);
		exit(1);
	}
}

static void save_changed(const char *target, const uint8_t *good, size_t n,
			 const struct change *changes, size_t nr)
{
	uint8_t *copy = malloc(n);
	size_t i;

	save(target, "good", good, n);
	for (i = 0; copy && i < nr; i++) {
		memcpy(copy, good, n);
		put_le(copy + changes[i].offset, changes[i].value, changes[i].width);
		save(target, changes[i].name, copy, n);
	}
	free(copy);
}

/* The seeds are the same each time: no fuzz target looks at the signature. */
static void unsign(struct test_image *image)
{
	memset(image->sigstruct + 128, 0, 384);
	memset(image->sigstruct + 516, 0, 384);
	memset(image->sigstruct + 900, 0, 48);
}

static void containers(void)
{
	struct image_spec spec = image_spec_default();
	struct test_image image;
	uint8_t small[0x3000];

	spec.gdt_idt_offset = spec.fault_wrapper_offset = 0;
	test_image_build(&image, &spec);
	unsign(&image);
	/* One empty module page: no target looks at its contents here. */
	memcpy(small, image.bytes, 0x2000);
	memset(small + 0x2000, 0, 0x1000);
	put_le(small + 2, 0, 2);	/* the target corrects it */
	put_le(small + 16, sizeof(small), 4);
	save("container", "version-100", small, sizeof(small));
	save("container", "version-100-cut", small, 5000);
	save("container", "header-100", small, 4096);
	save("container", "header-short", small, 40);
	memset(small, 0, 24);
	put_le(small, 0x200, 2);
	memcpy(small + 4, "TDX-BLOB", 8);
	put_le(small + 12, 1, 4);
	put_le(small + 16, 1, 4);
	save("container", "version-200", small, sizeof(small));
	put_le(small + 16, 0xfffffffe, 4);
	save("container", "pages-wrap", small, sizeof(small));
	save("container", "empty", small, 0);
	test_image_free(&image);
}

static const struct change sigstruct_changes[] = {
	{ "debug", 12, 4, 1u << 31 },
	{ "no-cpus", 1024, 4, 0 },
	{ "all-cpus", 1024, 4, 255 },
	{ "too-many-cpus", 1024, 4, 256 },
	{ "gdt-only", 996, 4, 0 },
	{ "gdt-far", 992, 4, 0xfffff000 },
	{ "gdt-odd", 992, 4, 0x1800 },
	{ "fault-far", 996, 4, 0xffffffff },
	{ "windows", 984, 4, 0x00030002 },
	{ "window-wide", 984, 4, 0x0000ffff },
	{ "reserved3", 1000, 8, 0x0000031202000002 },
	{ "reserved0", 127, 1, 1 },
};

/* Offsets in a module of two pages. */
static const struct change elf_changes[] = {
	{ "no-sections", 60, 2, 0 },
	{ "many-sections", 60, 2, 0xffff },
	{ "sections-far", 40, 8, 0x2000 - 64 },
	{ "sections-wrap", 40, 8, UINT64_MAX - 63 },
	{ "sections-at-once", 58, 2, 0 },
	{ "entries-wrap", TEST_ELF_SHOFF + 128 + 16, 8, UINT64_MAX - 23 },
	{ "entries-many", TEST_ELF_SHOFF + 128 + 32, 8, UINT64_MAX },
	{ "entries-overlap", TEST_ELF_SHOFF + 128 + 56, 8, 1 },
	{ "entries-none", TEST_ELF_SHOFF + 128 + 56, 8, UINT64_MAX },
	{ "entry-bytes-0", TEST_ELF_SHOFF + 128 + 56, 8, 0 },
	{ "target-header", TEST_ELF_RELA, 8, 40 },
	{ "target-entry", TEST_ELF_RELA, 8, TEST_ELF_RELA + 24 },
	{ "target-section", TEST_ELF_RELA, 8, TEST_ELF_SHOFF + 64 },
	{ "target-far", TEST_ELF_RELA, 8, 0x2000 - 7 },
	{ "addend-far", TEST_ELF_RELA + 16, 8, 0x2000 },
	{ "symbol", TEST_ELF_RELA + 8, 8, 0x100000008 },
};

int main(int argc, char **argv)
{
	struct test_image image;
	uint8_t module[0x2000];

	if (argc != 2) {
		fprintf(stderr, "Usage: %s DIRECTORY\n", argv[0]);
		return 2;
	}
	root = argv[1];
	mkdir(root, 0755);
	containers();
	test_image_simple(&image, 0x100, 4);
	unsign(&image);
	save_changed("sigstruct", image.sigstruct, 2048, sigstruct_changes,
		     SS_ARRAY_SIZE(sigstruct_changes));
	test_image_free(&image);
	test_module_build(module, sizeof(module));
	save_changed("elf", module, TEST_ELF_SHOFF + 64 * TEST_ELF_SHNUM, elf_changes,
		     SS_ARRAY_SIZE(elf_changes));
	return 0;
}
