/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Well-formed, signed images for tests, and the public releases as the specification lists them. */
#ifndef TESTS_IMAGE_FIXTURE_H
#define TESTS_IMAGE_FIXTURE_H

#include "lib/image/crypto.h"
#include "../core/compat.h"
#include "bytes.h"

/* The differences between images. image_spec_default() is version 0x100, 4 pages. */
struct image_spec {
	uint16_t container_version;
	uint32_t module_pages;		/* 3 or more */
	uint32_t date;
	uint8_t svn_minor, svn_major;
	uint16_t module_hv, min_update_hv;
	uint8_t no_downgrade;
	uint32_t handoff_pages;		/* as in struct ss_sigstruct: field + 1 */
	uint32_t gdt_idt_offset, fault_wrapper_offset;
	bool debug_signed;
	uint32_t nr_fms, fms[8];
	uint8_t reserved3[24];
};

struct image_spec image_spec_default(void);

/* A malloc'd image and its parts. The parts' positions do not come from the code under test. */
struct test_image {
	uint8_t *bytes;
	size_t n;
	uint8_t *sigstruct, *module;
	size_t module_bytes;
};

/*
 * Each function aborts the test program if it fails. The first use makes the key; a run has one.
 * After an edit: test_image_rehash() puts the module's SHA-384 into the sigstruct,
 * test_image_sign() signs the sigstruct as it is, test_image_sum() corrects the checksum.
 */
void test_image_build(struct test_image *image, const struct image_spec *spec);
void test_image_simple(struct test_image *image, uint16_t version, uint32_t module_pages);
struct ss_bytes test_image_bytes(const struct test_image *image);
void test_image_free(struct test_image *image);
void test_image_rehash(struct test_image *image);
void test_image_sign(struct test_image *image);
void test_image_sum(struct test_image *image);
const struct key *test_image_key(void);

/*
 * The module of a test image: an ELF header, six relocations in two sections, and the section
 * headers, at these offsets. The fields that the loader reads are at their usual places.
 */
#define TEST_ELF_RELA		0x100
#define TEST_ELF_RELA_NR	4
#define TEST_ELF_RELA2		0x180
#define TEST_ELF_RELA2_NR	2
#define TEST_ELF_SHOFF		0x200
#define TEST_ELF_SHNUM		4	/* null, progbits, two of relocations */
void test_module_build(uint8_t *module, size_t bytes);

/* The 11 public releases: specification 4.6 and the mapping file of section 9. */
struct release {
	const char *version;
	uint32_t date;
	uint8_t svn_major, svn_minor;
	uint32_t handoff_pages, module_pages;
	uint32_t nr_fms, fms[3];
	uint64_t features0;
	uint8_t reserved3[7];
	const char *min_running;
	const char *min_seamldr[2];
};

#define NR_RELEASES 11
extern const struct release releases[NR_RELEASES];

/* The numbers of all public releases of a line: specification 4.4, each field + 1. */
extern const struct ss_room line_1_5, line_2_0;

struct image_spec release_spec(const struct release *r);
struct ss_compat_rule release_rule(const struct release *r);
struct ss_version version_of(const char *text);

#endif
