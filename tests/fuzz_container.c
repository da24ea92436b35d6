// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Fuzz target: any file as an image container. An accepted file survives packing and converting. */
#include "core/image.h"
#include "fuzz.h"

static void check_error(const struct ss_image_error *err)
{
	FUZZ_CHECK(err->code > SS_IMAGE_OK && err->code < SS_IMAGE_NR);
	FUZZ_CHECK(err->part && err->field);
	FUZZ_CHECK(err->expected || err->want != err->found);
}

static void check_accepted(struct ss_bytes file, const struct ss_image *image)
{
	uint64_t header_and_sigstruct = 4096 * (1 + (uint64_t)image->sigstruct_pages);

	FUZZ_CHECK(image->container_version == 0x100 || image->container_version == 0x200);
	FUZZ_CHECK(image->sigstruct_pages >= 1 && image->sigstruct_pages <= 4);
	FUZZ_CHECK(image->module_pages >= 1 && image->module_pages <= 496);
	FUZZ_CHECK(image->module_offset == header_and_sigstruct);
	FUZZ_CHECK(file.n == header_and_sigstruct + 4096 * (uint64_t)image->module_pages);
	FUZZ_CHECK(image->module.p == file.p + image->module_offset);
	FUZZ_CHECK(image->module.n == 4096 * (size_t)image->module_pages);
	FUZZ_CHECK(image->sig.raw.p == file.p + 4096 && image->sig.raw.n == 2048);
}

/* Packing gives an image with the same contents; in its own version, the very same file. */
static void check_packed(const struct ss_image *image, uint16_t version)
{
	size_t n = ss_image_pack(version, image->sig.raw, image->module, NULL, 0);
	uint8_t *packed = malloc(n);
	struct ss_image_error err;
	struct ss_image again;

	FUZZ_CHECK(n && packed);
	FUZZ_CHECK(ss_image_pack(version, image->sig.raw, image->module, packed, n) == n);
	FUZZ_CHECK(ss_image_parse((struct ss_bytes){ packed, n }, &again, &err));
	FUZZ_CHECK(again.container_version == version && again.module.n == image->module.n);
	FUZZ_CHECK(!memcmp(again.module.p, image->module.p, image->module.n));
	FUZZ_CHECK(!memcmp(again.sig.raw.p, image->sig.raw.p, 2048));
	if (version == image->container_version && image->sigstruct_pages == 1)
		FUZZ_CHECK(n == image->file.n && !memcmp(packed, image->file.p, n));
	free(packed);
}

static bool parse(struct ss_bytes file)
{
	struct ss_image_error err;
	struct ss_image image;

	if (!ss_image_parse(file, &image, &err)) {
		check_error(&err);
		return false;
	}
	check_accepted(file, &image);
	check_packed(&image, 0x100);
	check_packed(&image, 0x200);
	FUZZ_CHECK(ss_image_check_elf(&image, &err) || err.code == SS_IMAGE_ELF);
	return true;
}

/* Without this hardly any input would pass the checksum. */
static void fix_checksum(uint8_t *p, size_t n)
{
	uint16_t sum = 0;
	size_t i;

	memset(p + 2, 0, 2);
	for (i = 0; i + 1 < n; i += 2)
		sum = (uint16_t)(sum + fuzz_u16(p + i));
	sum = (uint16_t)-sum;
	memcpy(p + 2, &sum, 2);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = fuzz_copy(data, size);

	parse((struct ss_bytes){ copy, size });
	if (size >= 4) {
		fix_checksum(copy, size);
		parse((struct ss_bytes){ copy, size });
	}
	free(copy);
	return 0;
}
