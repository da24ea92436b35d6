// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Well-formed, signed images for tests, and the public releases as the specification lists them. */
#include "image_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *need(void *p, const char *what)
{
	if (!p) {
		fprintf(stderr, "image fixture: no %s\n", what);
		abort();
	}
	return p;
}

static void must(bool ok, const char *what)
{
	if (!ok) {
		fprintf(stderr, "image fixture: %s failed\n", what);
		abort();
	}
}

const struct key *test_image_key(void)
{
	static struct key *key;

	if (!key)
		key = need(key_generate(), "RSA key");
	return key;
}

struct image_spec image_spec_default(void)
{
	return (struct image_spec){
		.container_version = 0x100, .module_pages = 4, .date = 0x20240407,
		.svn_minor = 6, .svn_major = 1, .handoff_pages = 14,
		.gdt_idt_offset = 0x1000, .fault_wrapper_offset = 0x2000,
		.nr_fms = 2, .fms = { 0x806f8, 0xc06f0 },
	};
}

/* ---- the module ------------------------------------------------------------------------------ */

static void put_rela(uint8_t *module, uint64_t at, uint64_t offset, uint64_t addend)
{
	put_le(module + at, offset, 8);
	put_le(module + at + 8, 8, 8);		/* R_X86_64_RELATIVE */
	put_le(module + at + 16, addend, 8);
}

static void put_section(uint8_t *module, unsigned int index, uint32_t type, uint64_t addr,
			uint64_t size, uint64_t entsize)
{
	uint8_t *p = module + TEST_ELF_SHOFF + 64 * index;

	put_le(p + 4, type, 4);
	put_le(p + 16, addr, 8);
	put_le(p + 24, addr, 8);	/* sh_offset: file and memory have one layout */
	put_le(p + 32, size, 8);
	put_le(p + 56, entsize, 8);
}

void test_module_build(uint8_t *module, size_t bytes)
{
	static const uint8_t ident[] = { 0x7f, 'E', 'L', 'F', 2, 1, 1 };
	size_t i;

	/* Contents to hash, different in each page. */
	for (i = 0; i < bytes; i++)
		module[i] = (uint8_t)(i * 31 + (i >> 12));
	memset(module, 0, 0x1000);
	memcpy(module, ident, sizeof(ident));
	put_le(module + 16, 3, 2);		/* ET_DYN */
	put_le(module + 18, 62, 2);		/* EM_X86_64 */
	put_le(module + 20, 1, 4);
	put_le(module + 24, 0x1000, 8);		/* entry */
	put_le(module + 40, TEST_ELF_SHOFF, 8);
	put_le(module + 52, 64, 2);
	put_le(module + 58, 64, 2);
	put_le(module + 60, TEST_ELF_SHNUM, 2);

	for (i = 0; i < TEST_ELF_RELA_NR; i++)
		put_rela(module, TEST_ELF_RELA + 24 * i, 0x1100 + 8 * i, 0x1000 + i);
	put_rela(module, TEST_ELF_RELA2, bytes - 8, bytes - 1);	/* the last allowed values */
	put_rela(module, TEST_ELF_RELA2 + 24, 0x1200, 0);

	put_section(module, 1, 1, 0x1000, bytes - 0x1000, 0);
	put_section(module, 2, 4, TEST_ELF_RELA, 24 * TEST_ELF_RELA_NR, 24);
	put_section(module, 3, 4, TEST_ELF_RELA2, 24 * TEST_ELF_RELA2_NR, 24);
}

/* ---- the sigstruct, field by field from specification 4.4 ------------------------------------ */

static void build_sigstruct(uint8_t *p, const struct image_spec *spec)
{
	uint32_t i;

	put_le(p, 6, 4);
	put_le(p + 4, 0xe1, 4);
	put_le(p + 8, 0x10000, 4);
	put_le(p + 12, spec->debug_signed ? 1u << 31 : 0, 4);
	put_le(p + 16, 0x8086, 4);
	put_le(p + 20, spec->date, 4);
	put_le(p + 24, 0x200, 4);
	put_le(p + 28, 0x60, 4);
	put_le(p + 32, 0x60, 4);
	put_le(p + 36, 1, 4);
	p[948] = spec->svn_minor;
	p[949] = spec->svn_major;
	put_le(p + 958, 0x1000, 4);
	p[962] = 1;
	p[963] = 1;
	put_le(p + 964, 127, 2);
	put_le(p + 966, 21, 2);
	put_le(p + 984, spec->module_hv, 2);
	put_le(p + 986, spec->min_update_hv, 2);
	p[988] = spec->no_downgrade;
	put_le(p + 990, spec->handoff_pages - 1, 2);
	put_le(p + 992, spec->gdt_idt_offset, 4);
	put_le(p + 996, spec->fault_wrapper_offset, 4);
	memcpy(p + 1000, spec->reserved3, sizeof(spec->reserved3));
	put_le(p + 1024, spec->nr_fms, 4);
	for (i = 0; i < spec->nr_fms; i++)
		put_le(p + 1028 + 4 * i, spec->fms[i], 4);
}

/* ---- the container --------------------------------------------------------------------------- */

static void build_header(uint8_t *p, const struct image_spec *spec, size_t total)
{
	put_le(p, spec->container_version, 2);
	if (spec->container_version == 0x100) {
		put_le(p + 4, 0x2000, 4);
		memcpy(p + 8, "TDX-BLOB", 8);
		put_le(p + 16, total, 4);
	} else {
		memcpy(p + 4, "TDX-BLOB", 8);
		put_le(p + 12, 1, 4);
		put_le(p + 16, spec->module_pages, 4);
	}
}

void test_image_sum(struct test_image *image)
{
	uint16_t sum = 0;
	size_t i;

	put_le(image->bytes + 2, 0, 2);
	for (i = 0; i + 1 < image->n; i += 2)
		sum = (uint16_t)(sum + get_le(image->bytes + i, 2));
	put_le(image->bytes + 2, (uint16_t)-sum, 2);
}

void test_image_sign(struct test_image *image)
{
	must(key_sign_sigstruct(test_image_key(), image->sigstruct), "signing");
}

void test_image_rehash(struct test_image *image)
{
	struct ss_bytes module = { image->module, image->module_bytes };

	must(crypto_openssl.sha384(NULL, &module, 1, image->sigstruct + 900), "SHA-384");
}

void test_image_build(struct test_image *image, const struct image_spec *spec)
{
	image->module_bytes = 4096 * (size_t)spec->module_pages;
	image->n = 0x2000 + image->module_bytes;
	image->bytes = need(calloc(1, image->n), "memory");
	image->sigstruct = image->bytes + 0x1000;
	image->module = image->bytes + 0x2000;
	test_module_build(image->module, image->module_bytes);
	build_sigstruct(image->sigstruct, spec);
	build_header(image->bytes, spec, image->n);
	test_image_rehash(image);
	test_image_sign(image);
	test_image_sum(image);
}

void test_image_simple(struct test_image *image, uint16_t version, uint32_t module_pages)
{
	struct image_spec spec = image_spec_default();

	spec.container_version = version;
	spec.module_pages = module_pages;
	test_image_build(image, &spec);
}

struct ss_bytes test_image_bytes(const struct test_image *image)
{
	return (struct ss_bytes){ image->bytes, image->n };
}

void test_image_free(struct test_image *image)
{
	free(image->bytes);
	memset(image, 0, sizeof(*image));
}

/* ---- the public releases --------------------------------------------------------------------- */

#define CPUS_1_5_01		2, { 0x806f8, 0xc06f0 }
#define CPUS_1_5	3, { 0x806f8, 0xc06f0, 0xa06f0 }
#define CPUS_2_0_02	1, { 0xa06d0 }
#define CPUS_2_0	2, { 0xa06d0, 0xa06e0 }
#define ZERO		{ 0 }
#define LDR_BOTH	{ "1.5.00", "2.0.00" }

const struct ss_room line_1_5 = { 2, 2, 128, 22, 14 };
const struct ss_room line_2_0 = { 2, 2, 128, 34, 25 };

const struct release releases[NR_RELEASES] = {
	{ "1.5.01", 0x20231008, 1, 4, 14, 102, CPUS_1_5_01, 0xf0fbf, ZERO,
	  "1.5.01", { "1.5.00" } },
	{ "1.5.05", 0x20240129, 1, 5, 14, 102, CPUS_1_5, 0x61f0fbf, ZERO,
	  "1.5.01", LDR_BOTH },
	{ "1.5.06", 0x20240407, 1, 6, 14, 101, CPUS_1_5, 0x2e1f0fbf, ZERO,
	  "1.5.01", LDR_BOTH },
	{ "1.5.08", 0x20240725, 1, 7, 14, 101, CPUS_1_5, 0x22e1f0fbf, ZERO,
	  "1.5.01", LDR_BOTH },
	{ "1.5.09", 0x20240912, 1, 8, 14, 109, CPUS_1_5, 0x26f1f0fbf, ZERO,
	  "1.5.01", LDR_BOTH },
	{ "1.5.13", 0x20250207, 1, 10, 14, 109, CPUS_1_5, 0x226f1f0fbf, ZERO,
	  "1.5.01", LDR_BOTH },
	{ "1.5.16", 0x20250219, 1, 11, 14, 115, CPUS_1_5, 0x226f3f0fbf, ZERO,
	  "1.5.01", LDR_BOTH },
	{ "2.0.02", 0x20240814, 3, 3, 25, 131, CPUS_2_0_02, 0x22e1f0fbf,
	  { 2, 0, 0, 2, 0x12, 0x03, 0 }, "2.0.02", { "2.0.00" } },
	{ "2.0.04", 0x20250109, 3, 4, 25, 134, CPUS_2_0, 0x12af1f0fbf,
	  { 4, 0, 0, 2, 0x5b, 0x03, 8 }, "2.0.04", { "2.0.00" } },
	{ "2.0.05", 0x20250123, 3, 4, 25, 134, CPUS_2_0, 0x226f3f0fbf,
	  { 5, 0, 0, 2, 0x5f, 0x03, 0 }, "2.0.04", { "2.0.00" } },
	{ "2.0.08", 0x20250325, 3, 5, 25, 146, CPUS_2_0, 0x32a71f0fbf,
	  { 8, 0, 0, 2, 0x72, 0x03, 0 }, "2.0.04", { "2.0.00" } },
};

struct image_spec release_spec(const struct release *r)
{
	struct image_spec spec = image_spec_default();

	spec.date = r->date;
	spec.svn_major = r->svn_major;
	spec.svn_minor = r->svn_minor;
	spec.handoff_pages = r->handoff_pages;
	spec.module_pages = r->module_pages;
	spec.nr_fms = r->nr_fms;
	memcpy(spec.fms, r->fms, sizeof(r->fms));
	memcpy(spec.reserved3, r->reserved3, sizeof(r->reserved3));
	return spec;
}

struct ss_version version_of(const char *text)
{
	struct ss_version v;

	must(ss_version_parse(text, &v), text);
	return v;
}

struct ss_compat_rule release_rule(const struct release *r)
{
	struct ss_compat_rule rule = {
		.known = true, .version = version_of(r->version),
		.min_running = version_of(r->min_running),
		.features0 = r->features0, .features0_known = true,
	};

	while (rule.nr_min_seamldr < 2 && r->min_seamldr[rule.nr_min_seamldr]) {
		rule.min_seamldr[rule.nr_min_seamldr] =
			version_of(r->min_seamldr[rule.nr_min_seamldr]);
		rule.nr_min_seamldr++;
	}
	return rule;
}
