// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Reading, checking and building images: good ones, and every way found to spoil one. */
#include "image_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "image_assert.h"

static const uint16_t versions[] = { 0x100, 0x200 };
static const uint8_t flips[] = { 0x01, 0x10, 0x80, 0xff };

static void assert_names_a_field(const struct ss_image_error *err, size_t file_bytes)
{
	assert_int_not_equal(err->code, SS_IMAGE_OK);
	assert_true(err->code < SS_IMAGE_NR);
	assert_non_null(err->part);
	assert_non_null(err->field);
	assert_true(err->offset <= file_bytes);
}

/* ---- good ones ------------------------------------------------------------------------------- */

static void check_release(const struct release *r, uint16_t version)
{
	struct image_spec spec = release_spec(r);
	struct test_image image;
	struct ss_image parsed;
	struct ss_image_error err;
	struct ss_version v;

	spec.container_version = version;
	test_image_build(&image, &spec);
	assert_true(image_accepted(&image, &err));
	assert_true(ss_image_parse(test_image_bytes(&image), &parsed, &err));
	assert_int_equal(parsed.container_version, version);
	assert_int_equal(parsed.sigstruct_pages, 1);
	assert_int_equal(parsed.module_pages, r->module_pages);
	assert_int_equal(parsed.sig.date, r->date);
	assert_int_equal(parsed.sig.svn_major, r->svn_major);
	assert_int_equal(parsed.sig.svn_minor, r->svn_minor);
	assert_int_equal(parsed.sig.handoff_pages, r->handoff_pages);
	assert_int_equal(parsed.sig.nr_fms, r->nr_fms);
	assert_memory_equal(parsed.sig.fms, r->fms, 4 * r->nr_fms);
	assert_memory_equal(parsed.sig.reserved3, r->reserved3, sizeof(r->reserved3));
	assert_int_equal(ss_sigstruct_version(&parsed.sig, &v), r->svn_major == 3);
	if (r->svn_major == 3)
		assert_int_equal(ss_version_cmp(v, version_of(r->version)), 0);
	test_image_free(&image);
}

static void test_releases(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NR_RELEASES; i++) {
		check_release(&releases[i], 0x100);
		check_release(&releases[i], 0x200);
	}
}

static void test_every_field(void **state)
{
	struct test_image image;
	struct ss_image parsed;
	struct ss_image_error err;
	struct image_spec spec = image_spec_default();

	(void)state;
	spec.debug_signed = true;
	spec.module_hv = 7;
	spec.min_update_hv = 3;
	spec.no_downgrade = 1;
	test_image_build(&image, &spec);
	assert_true(ss_image_parse(test_image_bytes(&image), &parsed, &err));
	assert_int_equal(parsed.checksum, get_le(image.bytes + 2, 2));
	assert_int_equal(parsed.sigstruct_offset, 0x1000);
	assert_int_equal(parsed.module_offset, 0x2000);
	assert_ptr_equal(parsed.module.p, image.module);
	assert_int_equal(parsed.module.n, image.module_bytes);
	assert_ptr_equal(parsed.sig.raw.p, image.sigstruct);
	assert_int_equal(parsed.sig.raw.n, 2048);
	assert_int_equal(parsed.sig.module_type, 1u << 31);
	assert_int_equal(parsed.sig.exponent, 65537);
	assert_int_equal(parsed.sig.attributes, 0);
	assert_int_equal(parsed.sig.rip_offset, 0x1000);
	assert_int_equal(parsed.sig.stack_pages, 2);
	assert_int_equal(parsed.sig.tls_pages, 2);
	assert_int_equal(parsed.sig.keyhole_pages, 128);
	assert_int_equal(parsed.sig.global_data_pages, 22);
	assert_int_equal(parsed.sig.module_hv, 7);
	assert_int_equal(parsed.sig.min_update_hv, 3);
	assert_int_equal(parsed.sig.no_downgrade, 1);
	assert_int_equal(parsed.sig.gdt_idt_offset, 0x1000);
	assert_int_equal(parsed.sig.fault_wrapper_offset, 0x2000);
	assert_memory_equal(parsed.sig.seamhash, image.sigstruct + 900, 48);
	test_image_free(&image);
}

/* The extremes that the loader still accepts. */
static void test_limits(void **state)
{
	struct image_spec spec = image_spec_default();
	struct test_image image;
	struct ss_image_error err;

	(void)state;
	spec.module_pages = 496;
	spec.nr_fms = 1;
	spec.handoff_pages = 65536;
	spec.gdt_idt_offset = 495 * 4096;
	spec.fault_wrapper_offset = 496 * 4096 - 512;
	test_image_build(&image, &spec);
	put_le(image.sigstruct + 1024, 255, 4);
	test_image_sign(&image);
	test_image_sum(&image);
	assert_true(image_accepted(&image, &err));
	test_image_free(&image);

	spec = image_spec_default();
	spec.gdt_idt_offset = 0;
	spec.fault_wrapper_offset = 0;
	spec.debug_signed = true;
	spec.nr_fms = 0;
	test_image_build(&image, &spec);
	assert_true(image_accepted(&image, &err));
	test_image_free(&image);
}

/* Up to four pages for the sigstruct, three of them padding. */
static void check_sigstruct_pages(uint16_t version)
{
	struct test_image image;
	struct ss_image_error err;
	struct ss_image parsed;
	uint8_t *wide;
	size_t n;

	test_image_simple(&image, version, 3);
	n = image.n + 3 * 4096;
	wide = calloc(1, n);
	assert_non_null(wide);
	memcpy(wide, image.bytes, 0x2000);
	memcpy(wide + 0x5000, image.module, image.module_bytes);
	if (version == 0x100) {
		put_le(wide + 4, 0x5000, 4);
		put_le(wide + 16, n, 4);
	} else {
		put_le(wide + 12, 4, 4);
	}
	free(image.bytes);
	image = (struct test_image){ wide, n, wide + 0x1000, wide + 0x5000, image.module_bytes };
	test_image_sum(&image);
	assert_true(image_accepted(&image, &err));
	assert_true(ss_image_parse(test_image_bytes(&image), &parsed, &err));
	assert_int_equal(parsed.sigstruct_pages, 4);
	assert_int_equal(parsed.module_offset, 0x5000);

	wide[0x4fff] = 1;
	test_image_sum(&image);
	assert_false(ss_image_parse(test_image_bytes(&image), &parsed, &err));
	assert_image_error(&err, SS_IMAGE_NOT_ZERO, "container", "padding of sigstruct", 0x4fff);
	test_image_free(&image);
}

static void test_sigstruct_pages(void **state)
{
	(void)state;
	check_sigstruct_pages(0x100);
	check_sigstruct_pages(0x200);
}

/* ---- truncation ------------------------------------------------------------------------------ */

static void check_truncated(const struct test_image *image, size_t n)
{
	struct ss_image_error err;
	struct ss_image parsed;
	uint8_t *copy = malloc(n ? n : 1);	/* exactly this size, for the address sanitizer */

	assert_non_null(copy);
	memcpy(copy, image->bytes, n);
	assert_false(ss_image_parse((struct ss_bytes){ copy, n }, &parsed, &err));
	assert_names_a_field(&err, n + 16);
	assert_int_equal(err.code, SS_IMAGE_TRUNCATED);
	assert_string_equal(err.part, "container");
	assert_null(err.expected);
	assert_int_equal(err.want, n < 4096 ? 4096 : image->n);
	assert_int_equal(err.found, n);
	free(copy);
}

static void test_every_truncation(void **state)
{
	struct test_image image;
	size_t i, n;

	(void)state;
	for (i = 0; i < SS_ARRAY_SIZE(versions); i++) {
		test_image_simple(&image, versions[i], 3);
		for (n = 0; n < image.n; n++)
			check_truncated(&image, n);
		test_image_free(&image);
	}
}

static void test_trailing_bytes(void **state)
{
	struct test_image image;
	struct ss_image_error err;
	struct ss_image parsed;
	size_t i;

	(void)state;
	for (i = 0; i < SS_ARRAY_SIZE(versions); i++) {
		test_image_simple(&image, versions[i], 3);
		image.bytes = realloc(image.bytes, image.n + 4096);
		assert_non_null(image.bytes);
		memset(image.bytes + image.n, 0, 4096);
		assert_false(ss_image_parse((struct ss_bytes){ image.bytes, image.n + 1 },
					    &parsed, &err));
		assert_image_error(&err, SS_IMAGE_LENGTH, "container",
				   versions[i] == 0x100 ? "length" : "module_nr_pages", 16);
		assert_false(ss_image_parse((struct ss_bytes){ image.bytes, image.n + 4096 },
					    &parsed, &err));
		test_image_free(&image);
	}
}

/* A file as long as it says, but without room for a module, or with room for part of a page. */
static void test_lengths(void **state)
{
	static const size_t lengths[] = { 0x1000, 0x1fff, 0x2000, 0x2001, 0x2fff, 0x3001, 0x4fff };
	struct test_image image;
	struct ss_image_error err;
	struct ss_image parsed;
	size_t i;

	(void)state;
	test_image_simple(&image, 0x100, 3);
	for (i = 0; i < SS_ARRAY_SIZE(lengths); i++) {
		put_le(image.bytes + 16, lengths[i], 4);
		image.n = lengths[i];
		test_image_sum(&image);
		assert_false(ss_image_parse(test_image_bytes(&image), &parsed, &err));
		assert_image_error(&err, SS_IMAGE_LENGTH, "container", "length", 16);
	}
	test_image_free(&image);
}

static void test_bare_sigstruct_truncated(void **state)
{
	struct test_image image;
	struct ss_image_error err;
	struct ss_sigstruct sig;
	uint8_t *copy;
	size_t n;

	(void)state;
	test_image_simple(&image, 0x100, 3);
	for (n = 0; n <= 2048; n++) {
		copy = malloc(n ? n : 1);
		assert_non_null(copy);
		memcpy(copy, image.sigstruct, n);
		assert_int_equal(ss_sigstruct_parse((struct ss_bytes){ copy, n }, 0, 0, &sig, &err),
				 n == 2048);
		if (n < 2048)
			assert_image_error(&err, SS_IMAGE_TRUNCATED, "sigstruct", "sigstruct", 0);
		free(copy);
	}
	test_image_free(&image);
}

/* ---- corruption ------------------------------------------------------------------------------ */

/*
 * Bytes of header page and sigstruct page that may differ without a check noticing, if the checksum
 * is corrected afterwards. Only the checksum itself: correcting it undoes the change. All other
 * bytes are compared with their only value, signed, or must be zero.
 */
static bool uncovered(size_t offset)
{
	return offset == 2 || offset == 3;
}

static void check_corruption(struct test_image *image, size_t offset, uint8_t flip)
{
	struct ss_image_error err;
	uint16_t sum = (uint16_t)get_le(image->bytes + 2, 2);

	image->bytes[offset] ^= flip;
	/* The damage of a disk or a wire. */
	assert_false(image_accepted(image, &err));
	assert_names_a_field(&err, image->n);
	/* The change of a person who knows the format. */
	test_image_sum(image);
	if (image_accepted(image, &err) != uncovered(offset))
		fail_msg("byte %zu xor 0x%02x", offset, flip);
	if (!uncovered(offset))
		assert_names_a_field(&err, image->n);
	if (!uncovered(offset))
		image->bytes[offset] ^= flip;
	put_le(image->bytes + 2, sum, 2);
}

static void test_every_corruption(void **state)
{
	struct test_image image;
	struct ss_image_error err;
	size_t i, k, offset;

	(void)state;
	for (i = 0; i < SS_ARRAY_SIZE(versions); i++) {
		test_image_simple(&image, versions[i], 3);
		for (offset = 0; offset < 0x2000; offset++)
			for (k = 0; k < SS_ARRAY_SIZE(flips); k++)
				check_corruption(&image, offset, flips[k]);
		assert_true(image_accepted(&image, &err));
		test_image_free(&image);
	}
}

/* Every byte of the module is hashed, so a sample is enough. */
static void test_module_corruption(void **state)
{
	struct test_image image;
	struct ss_image_error err;
	size_t offset;

	(void)state;
	test_image_simple(&image, 0x200, 3);
	for (offset = 0; offset < image.module_bytes; offset += 61) {
		image.module[offset] ^= 0x40;
		test_image_sum(&image);
		assert_false(image_accepted(&image, &err));
		assert_image_error(&err, SS_IMAGE_HASH, "sigstruct", "seamhash", 0x1000 + 900);
		image.module[offset] ^= 0x40;
	}
	test_image_free(&image);
}

/* ---- malformed on purpose: the field is named ------------------------------------------------ */

struct malformed {
	uint16_t version;
	uint32_t offset, width;		/* what to write, and where in the file */
	uint64_t value;
	enum ss_image_error_code code;
	const char *part, *field;
	uint64_t at;
};

#define C(version, offset, width, value, code, field, at) \
	{ version, offset, width, value, SS_IMAGE_##code, "container", field, at }
#define S(offset, width, value, code, field, at) \
	{ 0x100, 0x1000 + (offset), width, value, SS_IMAGE_##code, "sigstruct", field, \
	  0x1000 + (at) }

/* The image has 4 module pages, 0x6000 bytes. */
static const struct malformed malformed[] = {
	C(0x100, 0, 2, 0x300, VALUE, "version", 0),
	C(0x100, 0, 2, 0, VALUE, "version", 0),
	C(0x100, 0, 2, 0x200, VALUE, "magic", 4),
	C(0x200, 0, 2, 0x100, VALUE, "offset_of_module", 4),
	C(0x100, 4, 4, 0, VALUE, "offset_of_module", 4),
	C(0x100, 4, 4, 0x1000, VALUE, "offset_of_module", 4),
	C(0x100, 4, 4, 0x2001, VALUE, "offset_of_module", 4),
	C(0x100, 4, 4, 0x6000, VALUE, "offset_of_module", 4),
	C(0x100, 4, 4, 0xfffff000, VALUE, "offset_of_module", 4),
	C(0x100, 8, 1, 't', VALUE, "magic", 8),
	C(0x100, 16, 4, 0, LENGTH, "length", 16),
	C(0x100, 16, 4, 0x5000, LENGTH, "length", 16),
	C(0x100, 16, 4, 0x7000, TRUNCATED, "length", 16),
	C(0x100, 16, 4, 0xffffffff, TRUNCATED, "length", 16),
	C(0x100, 20, 4, 0x01000000, NOT_ZERO, "reserved0", 23),
	C(0x100, 24, 1, 1, NOT_ZERO, "reserved1", 24),
	C(0x100, 4095, 1, 1, NOT_ZERO, "reserved1", 4095),
	C(0x100, 0x1800, 1, 1, NOT_ZERO, "padding of sigstruct", 0x1800),
	C(0x100, 0x1fff, 1, 1, NOT_ZERO, "padding of sigstruct", 0x1fff),
	C(0x200, 11, 1, 'b', VALUE, "magic", 4),
	C(0x200, 12, 4, 0, VALUE, "sigstruct_nr_pages", 12),
	C(0x200, 12, 4, 5, VALUE, "sigstruct_nr_pages", 12),
	C(0x200, 12, 4, 0xffffffff, VALUE, "sigstruct_nr_pages", 12),
	C(0x200, 12, 4, 2, TRUNCATED, "module_nr_pages", 16),
	C(0x200, 16, 4, 0, VALUE, "module_nr_pages", 16),
	C(0x200, 16, 4, 497, VALUE, "module_nr_pages", 16),
	C(0x200, 16, 4, 0x00100004, VALUE, "module_nr_pages", 16),
	C(0x200, 16, 4, 3, LENGTH, "module_nr_pages", 16),
	C(0x200, 16, 4, 5, TRUNCATED, "module_nr_pages", 16),
	C(0x200, 20, 1, 1, NOT_ZERO, "reserved", 20),
	C(0x200, 4095, 1, 1, NOT_ZERO, "reserved", 4095),

	S(0, 4, 7, VALUE, "header_type", 0),
	S(4, 4, 0xe2, VALUE, "header_length", 4),
	S(8, 4, 0x10001, VALUE, "header_version", 8),
	S(12, 4, 1, VALUE, "module_type", 12),
	S(12, 4, 0xc0000000, VALUE, "module_type", 12),
	S(16, 4, 0x8087, VALUE, "module_vendor", 16),
	S(24, 4, 0x201, VALUE, "size", 24),
	S(28, 4, 0x61, VALUE, "key_size", 28),
	S(32, 4, 0x5f, VALUE, "modulus_size", 32),
	S(36, 4, 2, VALUE, "exponent_size", 36),
	S(40, 1, 1, NOT_ZERO, "reserved0", 40),
	S(127, 1, 1, NOT_ZERO, "reserved0", 127),
	S(512, 4, 3, VALUE, "exponent", 512),
	S(950, 1, 1, NOT_ZERO, "attributes", 950),
	S(957, 1, 0x80, NOT_ZERO, "attributes", 957),
	S(978, 1, 1, NOT_ZERO, "reserved1", 978),
	S(983, 1, 1, NOT_ZERO, "reserved1", 983),
	S(986, 2, 1, VALUE, "min_update_hv", 986),
	S(989, 1, 1, NOT_ZERO, "reserved2", 989),
	S(992, 4, 0x1001, VALUE, "gdt_idt_offset", 992),
	S(992, 4, 0x4000, VALUE, "gdt_idt_offset", 992),
	S(992, 4, 0xfffff000, VALUE, "gdt_idt_offset", 992),
	S(992, 4, 0, VALUE, "fault_wrapper_offset", 996),
	S(996, 4, 0, VALUE, "fault_wrapper_offset", 996),
	S(996, 4, 0x4000 - 511, VALUE, "fault_wrapper_offset", 996),
	S(996, 4, 0xffffffff, VALUE, "fault_wrapper_offset", 996),
	S(1024, 4, 0, VALUE, "cpuid_table_size", 1024),
	S(1024, 4, 256, VALUE, "cpuid_table_size", 1024),
	S(1024, 4, 0xffffffff, VALUE, "cpuid_table_size", 1024),
};

/* Checksum and signature are correct: only the form is wrong. */
static void test_malformed(void **state)
{
	const struct malformed *m;
	struct test_image image;
	struct ss_image_error err;
	struct ss_image parsed;
	size_t i;

	(void)state;
	for (i = 0; i < SS_ARRAY_SIZE(malformed); i++) {
		m = &malformed[i];
		test_image_simple(&image, m->version, 4);
		put_le(image.bytes + m->offset, m->value, m->width);
		test_image_sum(&image);
		assert_false(ss_image_parse(test_image_bytes(&image), &parsed, &err));
		assert_image_error(&err, m->code, m->part, m->field, m->at);
		assert_true(err.expected ? err.expected[0] : err.want != err.found);
		test_image_free(&image);
	}
}

static void test_too_many_pages(void **state)
{
	struct test_image image;
	struct ss_image_error err;
	struct ss_image parsed;

	(void)state;
	test_image_simple(&image, 0x100, 497);
	assert_false(ss_image_parse(test_image_bytes(&image), &parsed, &err));
	assert_image_error(&err, SS_IMAGE_LENGTH, "container", "length", 16);
	test_image_free(&image);
	test_image_simple(&image, 0x200, 497);
	assert_false(ss_image_parse(test_image_bytes(&image), &parsed, &err));
	assert_image_error(&err, SS_IMAGE_VALUE, "container", "module_nr_pages", 16);
	test_image_free(&image);
}

/*
 * Signed and whole, but without a module: the P-SEAMLDR's size checks wrap around and pass. The
 * hash fails when the running module is already erased. The hash of nothing does not even fail.
 */
static void empty_image(struct test_image *image, uint16_t version)
{
	static const struct ss_bytes nothing = { (const uint8_t *)"", 0 };

	test_image_simple(image, version, 3);
	assert_true(crypto_openssl.sha384(crypto_openssl.ctx, &nothing, 1, image->sigstruct + 900));
	test_image_sign(image);
	image->n = 0x2000;
	put_le(image->bytes + 16, version == 0x100 ? 0x2000 : 0, 4);
	test_image_sum(image);
}

static void test_no_pages(void **state)
{
	static const struct ss_bytes nothing = { (const uint8_t *)"", 0 };
	struct ss_image_error err;
	struct test_image image;
	struct ss_image parsed;
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		empty_image(&image, versions[i]);
		assert_false(ss_image_parse(test_image_bytes(&image), &parsed, &err));
		assert_image_error(&err, i ? SS_IMAGE_VALUE : SS_IMAGE_LENGTH, "container",
				   i ? "module_nr_pages" : "length", 16);
		/* The sigstruct alone is well-formed, so it is not the reason. */
		assert_true(ss_sigstruct_parse((struct ss_bytes){ image.sigstruct, 2048 }, 0, 0,
					       &parsed.sig, &err));
		assert_int_not_equal(parsed.sig.gdt_idt_offset, 0);
		/* A caller that parses nothing else meets the rules for ELF images. */
		parsed.module = nothing;
		assert_true(ss_image_check_hash(&parsed, &crypto_openssl, &err));
		assert_false(ss_image_check_elf(&parsed, &err));
		assert_image_error(&err, SS_IMAGE_ELF, "module", "module", 0);
		assert_int_equal(ss_image_pack(versions[i], parsed.sig.raw, nothing, NULL, 0), 0);
		test_image_free(&image);
	}
}

/* If the layout is known, an error leaves the parts readable. */
static void test_parts_after_error(void **state)
{
	struct test_image image;
	struct ss_image_error err;
	struct ss_image parsed;

	(void)state;
	test_image_simple(&image, 0x100, 3);
	image.bytes[2] ^= 1;
	assert_false(ss_image_parse(test_image_bytes(&image), &parsed, &err));
	assert_image_error(&err, SS_IMAGE_CHECKSUM, "container", "checksum", 2);
	assert_ptr_equal(parsed.sig.raw.p, image.sigstruct);
	assert_true(ss_image_check_hash(&parsed, &crypto_openssl, &err));
	image.bytes[8] = 'X';
	assert_false(ss_image_parse(test_image_bytes(&image), &parsed, &err));
	assert_null(parsed.sig.raw.p);
	assert_null(parsed.module.p);
	test_image_free(&image);
}

/* ---- building -------------------------------------------------------------------------------- */

static struct ss_bytes pack(uint16_t version, const struct ss_image *from)
{
	size_t n = ss_image_pack(version, from->sig.raw, from->module, NULL, 0);
	uint8_t *out = malloc(n);

	assert_non_null(out);
	assert_int_equal(ss_image_pack(version, from->sig.raw, from->module, out, n - 1), 0);
	assert_int_equal(ss_image_pack(version, from->sig.raw, from->module, out, n), n);
	return (struct ss_bytes){ out, n };
}

/* Parse, pack with the other version and back: the same bytes as before and as from others. */
static void check_round_trip(uint16_t version, uint16_t other, uint32_t pages)
{
	struct ss_image first, second;
	struct test_image image, converted;
	struct ss_image_error err;
	struct ss_bytes there, back;

	test_image_simple(&image, version, pages);
	test_image_simple(&converted, other, pages);
	assert_true(ss_image_parse(test_image_bytes(&image), &first, &err));
	there = pack(other, &first);
	assert_int_equal(there.n, converted.n);
	assert_memory_equal(there.p, converted.bytes, converted.n);
	assert_true(ss_image_parse(there, &second, &err));
	assert_int_equal(second.container_version, other);
	back = pack(version, &second);
	assert_int_equal(back.n, image.n);
	assert_memory_equal(back.p, image.bytes, image.n);
	free((void *)there.p);
	free((void *)back.p);
	test_image_free(&image);
	test_image_free(&converted);
}

static void test_round_trips(void **state)
{
	(void)state;
	check_round_trip(0x100, 0x200, 3);
	check_round_trip(0x200, 0x100, 3);
	check_round_trip(0x100, 0x200, 101);
	check_round_trip(0x200, 0x100, 496);
}

static void test_pack_refuses(void **state)
{
	static uint8_t sigstruct[4097], module[497 * 4096];
	struct ss_bytes sig = { sigstruct, 2048 }, mod = { module, 4096 };

	(void)state;
	assert_int_equal(ss_image_pack(0x100, sig, mod, NULL, 0), 0x3000);
	assert_int_equal(ss_image_pack(0x300, sig, mod, NULL, 0), 0);
	sig.n = 2047;
	assert_int_equal(ss_image_pack(0x100, sig, mod, NULL, 0), 0);
	sig.n = 4097;
	assert_int_equal(ss_image_pack(0x100, sig, mod, NULL, 0), 0);
	sig.n = 4096;
	assert_int_equal(ss_image_pack(0x100, sig, mod, NULL, 0), 0x3000);
	mod.n = 0;
	assert_int_equal(ss_image_pack(0x100, sig, mod, NULL, 0), 0);
	mod.n = 4097;
	assert_int_equal(ss_image_pack(0x100, sig, mod, NULL, 0), 0);
	mod.n = 496 * 4096;
	assert_int_equal(ss_image_pack(0x200, sig, mod, NULL, 0), 498 * 4096);
	mod.n = sizeof(module);
	assert_int_equal(ss_image_pack(0x200, sig, mod, NULL, 0), 0);
}

static void test_texts(void **state)
{
	int code;

	(void)state;
	for (code = 0; code < SS_IMAGE_NR; code++)
		assert_true(strlen(ss_image_error_text(code)) > 3);
	assert_string_equal(ss_image_error_text(SS_IMAGE_NR), "unknown error");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_releases),
		cmocka_unit_test(test_every_field),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_sigstruct_pages),
		cmocka_unit_test(test_every_truncation),
		cmocka_unit_test(test_trailing_bytes),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_bare_sigstruct_truncated),
		cmocka_unit_test(test_every_corruption),
		cmocka_unit_test(test_module_corruption),
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_too_many_pages),
		cmocka_unit_test(test_no_pages),
		cmocka_unit_test(test_parts_after_error),
		cmocka_unit_test(test_round_trips),
		cmocka_unit_test(test_pack_refuses),
		cmocka_unit_test(test_texts),
	};

	return cmocka_run_group_tests_name("image", tests, NULL, NULL);
}
