// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Fuzz target: any bytes as a module, against a loader that relocates as it reads. */
#include "core/image.h"
#include "fuzz.h"

#define MAX_BYTES	(64u * 4096)
#define LOAD_ADDRESS	0xffff800000000000ULL
#define MAX_STEPS	200000u

/* Specification 5.2, E3. If @write is false the loader changes nothing and only checks. */
struct loader {
	uint8_t *p;
	uint64_t n;
	bool write, tired;
	uint32_t steps;
};

static bool relocate(struct loader *l, uint64_t at)
{
	uint64_t target, info, addend;

	if (at > l->n - 24)
		return false;
	target = fuzz_u64(l->p + at);
	info = fuzz_u64(l->p + at + 8);
	addend = fuzz_u64(l->p + at + 16);
	if (info != 8 || target > l->n - 8 || addend >= l->n)
		return false;
	if (l->write) {
		addend += LOAD_ADDRESS;
		memcpy(l->p + target, &addend, 8);
	}
	return true;
}

static bool load_section(struct loader *l, uint64_t header)
{
	uint64_t addr, size, entsize, i;

	if (header > l->n - 64)
		return false;
	if (fuzz_u32(l->p + header + 4) != 4)
		return true;
	entsize = fuzz_u64(l->p + header + 56);
	if (!entsize)
		return false;
	addr = fuzz_u64(l->p + header + 16);
	size = fuzz_u64(l->p + header + 32);
	for (i = 0; i < size / entsize; i++) {
		l->tired = ++l->steps > MAX_STEPS;
		/* Before a check fails no position wraps: positions grow from inside. */
		if (l->tired || (i && addr > UINT64_MAX - entsize))
			return false;
		addr += i ? entsize : 0;
		if (!relocate(l, addr))
			return false;
	}
	return true;
}

static bool load(struct loader *l)
{
	static const uint8_t ident[] = { 0x7f, 'E', 'L', 'F', 2, 1, 1 };
	uint64_t shoff = fuzz_u64(l->p + 40);
	uint32_t i, entsize = fuzz_u16(l->p + 58), nr = fuzz_u16(l->p + 60);

	if (memcmp(l->p, ident, sizeof(ident)))
		return false;
	for (i = 0; i < nr; i++)
		if (shoff > l->n || !load_section(l, shoff + (uint64_t)i * entsize))
			return false;
	return true;
}

/* The rules that only core/elf.c has. */
static bool stricter_than_loader(const struct ss_image_error *err)
{
	return !strcmp(err->field, "sh_entsize") || !strcmp(err->field, "sh_type") ||
	       (!strcmp(err->field, "r_offset") && strstr(err->expected, "not in"));
}

static void check(uint8_t *module, size_t n)
{
	struct ss_image image = { .module = { module, n }, .module_offset = 8192 };
	struct loader reader = { .p = module, .n = n };
	struct loader writer = { .p = module, .n = n, .write = true };
	struct ss_image_error err = { 0 };
	bool ok = ss_image_check_elf(&image, &err), static_ok;

	if (!ok) {
		FUZZ_CHECK(err.code == SS_IMAGE_ELF && err.part && err.field);
		FUZZ_CHECK(err.offset >= 8192 && err.offset < 8192 + n);
		FUZZ_CHECK(err.expected || err.want != err.found);
	}
	static_ok = load(&reader);
	if (reader.tired)
		return;
	FUZZ_CHECK(ok ? static_ok : !static_ok || stricter_than_loader(&err));
	/* The promise: the real loader, which changes what it reads, succeeds. */
	if (ok)
		FUZZ_CHECK(load(&writer));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t n = (size + 4095) / 4096 * 4096;
	uint8_t *module;

	if (size > MAX_BYTES)
		return 0;
	/* Whole pages, two or more: the seeds leave out the zeros. */
	n = n < 8192 ? 8192 : n;
	module = calloc(1, n);
	FUZZ_CHECK(module);
	memcpy(module, data, size);
	check(module, n);
	free(module);
	return 0;
}
