// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The image container in its two versions: read, check and build it. Specification 9. */
#include "image_internal.h"

#define MAX_SIGSTRUCT_PAGES	4u	/* no SEAMLDR_PARAMS has room for more, 4.1 */
#define SIGSTRUCT_OFFSET	SS_PAGE	/* the header takes the first page */
#define MAGIC_BYTES		8u
#define RESERVED_OFFSET		20u	/* to the end of the header page */
#define RESERVED1_OFFSET	24u	/* 0x100 has two fields there */

static const uint8_t magic[MAGIC_BYTES] = { 'T', 'D', 'X', '-', 'B', 'L', 'O', 'B' };

static struct ss_image_field at(const char *name, uint64_t offset)
{
	return (struct ss_image_field){ "container", name, offset };
}

static bool check_magic(struct ss_bytes file, size_t offset, struct ss_image_error *err)
{
	if (memcmp(file.p + offset, magic, MAGIC_BYTES))
		return ss_image_refuse(err, SS_IMAGE_VALUE, at("magic", offset),
				       "the letters TDX-BLOB", ss_le64(file, offset));
	return true;
}

/* Is the file as long as its header says? @total must not have overflowed. */
static bool check_length(uint64_t have, uint64_t total, struct ss_image_field field,
			 struct ss_image_error *err)
{
	if (have < total)
		return ss_image_differs(err, SS_IMAGE_TRUNCATED, field, total, have);
	if (have > total)
		return ss_image_differs(err, SS_IMAGE_LENGTH, field, total, have);
	return true;
}

/* Version 0x100 says where the module begins and how long the file is. */
static bool read_layout_100(struct ss_image *image, uint64_t have, struct ss_image_error *err)
{
	struct ss_bytes file = image->file;
	uint32_t module_offset = ss_le32(file, 4);
	uint32_t length = ss_le32(file, 16);

	if (module_offset % SS_PAGE || module_offset <= SIGSTRUCT_OFFSET ||
	    module_offset > SIGSTRUCT_OFFSET + MAX_SIGSTRUCT_PAGES * SS_PAGE)
		return ss_image_refuse(err, SS_IMAGE_VALUE, at("offset_of_module", 4),
				       "a multiple of 4096 from 8192 to 20480", module_offset);
	if (!check_magic(file, 8, err) || !check_length(have, length, at("length", 16), err))
		return false;
	if (length % SS_PAGE || length <= module_offset ||
	    length - module_offset > SS_MODULE_MAX_PAGES * SS_PAGE)
		return ss_image_refuse(err, SS_IMAGE_LENGTH, at("length", 16),
				       "1 to 496 whole pages from offset_of_module on", length);

	image->sigstruct_pages = (module_offset - SIGSTRUCT_OFFSET) / SS_PAGE;
	image->module_pages = (length - module_offset) / SS_PAGE;
	return true;
}

/* Version 0x200 counts pages. */
static bool read_layout_200(struct ss_image *image, uint64_t have, struct ss_image_error *err)
{
	struct ss_bytes file = image->file;
	uint32_t sigstruct_pages = ss_le32(file, 12);
	uint32_t module_pages = ss_le32(file, 16);

	if (!check_magic(file, 4, err))
		return false;
	if (!sigstruct_pages || sigstruct_pages > MAX_SIGSTRUCT_PAGES)
		return ss_image_refuse(err, SS_IMAGE_VALUE, at("sigstruct_nr_pages", 12),
				       "1 to 4", sigstruct_pages);
	if (!module_pages || module_pages > SS_MODULE_MAX_PAGES)
		return ss_image_refuse(err, SS_IMAGE_VALUE, at("module_nr_pages", 16),
				       "1 to 496", module_pages);
	image->sigstruct_pages = sigstruct_pages;
	image->module_pages = module_pages;
	return check_length(have, (uint64_t)SS_PAGE * (1 + sigstruct_pages + module_pages),
			    at("module_nr_pages", 16), err);
}

/* The layout fits the file: note where sigstruct and module are. */
static void locate(struct ss_image *image, bool whole)
{
	const uint8_t *p = image->file.p;

	image->sigstruct_offset = SIGSTRUCT_OFFSET;
	image->module_offset = SIGSTRUCT_OFFSET + (uint64_t)SS_PAGE * image->sigstruct_pages;
	image->sig.raw = (struct ss_bytes){ p + SIGSTRUCT_OFFSET, SS_SIGSTRUCT_BYTES };
	/* NULL where only the head is in memory. */
	if (whole)
		image->module.p = p + image->module_offset;
	image->module.n = (size_t)SS_PAGE * image->module_pages;
}

static bool check_zero(struct ss_bytes file, const char *name, size_t from, size_t to,
		       struct ss_image_error *err)
{
	size_t bad = ss_first_nonzero(file, from, to);

	if (bad < to)
		return ss_image_differs(err, SS_IMAGE_NOT_ZERO, at(name, bad), 0, file.p[bad]);
	return true;
}

static bool check_reserved(const struct ss_image *image, struct ss_image_error *err)
{
	bool old = image->container_version == 0x100;

	return check_zero(image->file, old ? "reserved0" : "reserved", RESERVED_OFFSET,
			  RESERVED1_OFFSET, err) &&
	       check_zero(image->file, old ? "reserved1" : "reserved", RESERVED1_OFFSET,
			  SS_PAGE, err) &&
	       check_zero(image->file, "padding of sigstruct",
			  SIGSTRUCT_OFFSET + SS_SIGSTRUCT_BYTES, (size_t)image->module_offset, err);
}

/*
 * Sixteen sums side by side, each of 16 bits: a sum that wraps is what is wanted. The compiler
 * makes of it what the place allows, the kernel's 64-bit registers or vectors.
 */
typedef uint16_t words16 __attribute__((vector_size(32)));

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "words of the file are words of the CPU");

uint16_t ss_image_sum(const uint8_t *p, size_t n)
{
	words16 sums = { 0 }, words;
	uint16_t each[sizeof(sums) / 2];
	uint16_t sum = 0;
	uint32_t i;

	for (; n >= sizeof(words); n -= sizeof(words), p += sizeof(words)) {
		__builtin_memcpy(&words, p, sizeof(words));
		sums += words;
	}
	__builtin_memcpy(each, &sums, sizeof(each));
	for (i = 0; i < sizeof(each) / 2; i++)
		sum = (uint16_t)(sum + each[i]);
	for (; n >= 2; n -= 2, p += 2)
		sum = (uint16_t)(sum + (p[0] | p[1] << 8));
	return sum;
}

static bool check_checksum(const struct ss_image_head *head, struct ss_image_error *err)
{
	/* A file that is all in memory is summed here, once nothing else is wrong with it. */
	uint16_t sum = head->bytes.n == head->file_bytes ?
		ss_image_sum(head->bytes.p, head->bytes.n) : head->sum;

	if (sum)
		return ss_image_refuse(err, SS_IMAGE_CHECKSUM, at("checksum", 2),
				       "all 16-bit words to add up to 0", sum);
	return true;
}

static bool parse_container(const struct ss_image_head *head, struct ss_image *image,
			    struct ss_image_error *err)
{
	struct ss_bytes file = head->bytes;

	if (file.n < SS_PAGE)
		return ss_image_differs(err, SS_IMAGE_TRUNCATED, at("header", 0), SS_PAGE, file.n);
	image->container_version = ss_le16(file, 0);
	image->checksum = ss_le16(file, 2);
	switch (image->container_version) {
	case 0x100:
		if (!read_layout_100(image, head->file_bytes, err))
			return false;
		break;
	case 0x200:
		if (!read_layout_200(image, head->file_bytes, err))
			return false;
		break;
	default:
		return ss_image_refuse(err, SS_IMAGE_VALUE, at("version", 0), "0x100 or 0x200",
				       image->container_version);
	}
	locate(image, head->bytes.n == head->file_bytes);
	/* The checksum comes last: an error in another field says more. */
	return check_reserved(image, err) && check_checksum(head, err);
}

bool ss_image_parse_head(const struct ss_image_head *head, struct ss_image *image,
			 struct ss_image_error *err)
{
	struct ss_image_error second;
	bool good;

	memset(image, 0, sizeof(*image));
	memset(err, 0, sizeof(*err));
	image->file = head->bytes;
	good = parse_container(head, image, err);
	if (!image->sig.raw.p)
		return false;
	/* After an error too, so that a caller can show what was read. */
	return ss_sigstruct_parse(image->sig.raw, image->sigstruct_offset, image->module.n,
				  &image->sig, good ? err : &second) && good;
}

bool ss_image_parse(struct ss_bytes file, struct ss_image *image, struct ss_image_error *err)
{
	struct ss_image_head whole = { file, file.n, 0 };

	return ss_image_parse_head(&whole, image, err);
}

/* ---- building -------------------------------------------------------------------------------- */

static void put_le(uint8_t *p, uint64_t value, uint32_t width)
{
	for (; width; width--, value >>= 8)
		*p++ = (uint8_t)value;
}

static void write_header(uint8_t *page, uint16_t version, uint32_t module_pages)
{
	memset(page, 0, SS_PAGE);
	put_le(page, version, 2);
	if (version == 0x100) {
		put_le(page + 4, 2 * SS_PAGE, 4);
		memcpy(page + 8, magic, MAGIC_BYTES);
		put_le(page + 16, SS_PAGE * (2 + module_pages), 4);
	} else {
		memcpy(page + 4, magic, MAGIC_BYTES);
		put_le(page + 12, 1, 4);
		put_le(page + 16, module_pages, 4);
	}
}

size_t ss_image_pack(uint16_t version, struct ss_bytes sigstruct, struct ss_bytes module,
		     uint8_t *out, size_t out_bytes)
{
	size_t total;

	if ((version != 0x100 && version != 0x200) || sigstruct.n < SS_SIGSTRUCT_BYTES ||
	    sigstruct.n > SS_PAGE || !module.n || module.n % SS_PAGE ||
	    module.n > SS_MODULE_MAX_PAGES * SS_PAGE)
		return 0;
	total = 2 * SS_PAGE + module.n;
	if (!out)
		return total;
	if (out_bytes < total)
		return 0;
	write_header(out, version, (uint32_t)(module.n / SS_PAGE));
	memset(out + SIGSTRUCT_OFFSET, 0, SS_PAGE);
	memcpy(out + SIGSTRUCT_OFFSET, sigstruct.p, sigstruct.n);
	memcpy(out + 2 * SS_PAGE, module.p, module.n);
	put_le(out + 2, (uint16_t)-ss_image_sum(out, total), 2);
	return total;
}
