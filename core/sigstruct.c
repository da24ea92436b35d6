// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* SEAM_SIGSTRUCT, the signed manifest of a module: its fields, and the loader's rules for them. */
#include "image_internal.h"
#include "sigstruct_layout.h"

#define DEBUG_SIGNED	(1u << 31)

/* A field with only one allowed value in the bits of @mask; no mask: bytes that must be zero. */
struct constant {
	uint16_t offset, width;
	uint32_t mask, want;
	const char *name;
};

/* 5.2 B1 to B5 and B7, by offset. The names are the fields' of sigstruct_layout.h. */
static const struct constant constants[] = {
	{ HEADER_TYPE, 4, ~0u, 6, "header_type" },
	{ HEADER_LENGTH, 4, ~0u, 0xe1, "header_length" },
	{ HEADER_VERSION, 4, ~0u, 0x10000, "header_version" },
	{ MODULE_TYPE, 4, ~DEBUG_SIGNED, 0, "module_type" },
	{ MODULE_VENDOR, 4, ~0u, 0x8086, "module_vendor" },
	{ SIZE, 4, ~0u, SS_SIGSTRUCT_BYTES / 4, "size" },
	{ KEY_SIZE, 4, ~0u, SS_RSA3072_BYTES / 4, "key_size" },
	{ MODULUS_SIZE, 4, ~0u, SS_RSA3072_BYTES / 4, "modulus_size" },
	{ EXPONENT_SIZE, 4, ~0u, 1, "exponent_size" },
	{ RESERVED0, MODULUS - RESERVED0, 0, 0, "reserved0" },
	{ EXPONENT, 4, ~0u, 0x10001, "exponent" },
	{ ATTRIBUTES, 8, 0, 0, "attributes" },
	{ RESERVED1, MODULE_HV - RESERVED1, 0, 0, "reserved1" },
};

/* What a check needs to know: the bytes, where they are in the file, where to complain. */
struct reader {
	struct ss_bytes raw;
	uint64_t offset;
	struct ss_image_error *err;
};

static struct ss_image_field at(const struct reader *r, const char *name, uint64_t offset)
{
	return (struct ss_image_field){ "sigstruct", name, r->offset + offset };
}

static bool check_zero(const struct reader *r, const char *name, size_t from, size_t to)
{
	size_t bad = ss_first_nonzero(r->raw, from, to);

	if (bad < to)
		return ss_image_differs(r->err, SS_IMAGE_NOT_ZERO, at(r, name, bad), 0,
					r->raw.p[bad]);
	return true;
}

static bool check_constant(const struct reader *r, const struct constant *c)
{
	uint64_t found;

	if (!c->mask)
		return check_zero(r, c->name, c->offset, c->offset + c->width);
	found = ss_le(r->raw, c->offset, c->width);
	if ((found & c->mask) != c->want)
		return ss_image_differs(r->err, SS_IMAGE_VALUE, at(r, c->name, c->offset),
					c->want, found & c->mask);
	return true;
}

static bool check_constants(const struct reader *r)
{
	size_t i;

	for (i = 0; i < SS_ARRAY_SIZE(constants); i++)
		if (!check_constant(r, &constants[i]))
			return false;
	return true;
}

/* B8, and the reserved byte behind. */
static bool check_handoff(const struct reader *r, const struct ss_sigstruct *sig)
{
	if (sig->min_update_hv > sig->module_hv)
		return ss_image_refuse(r->err, SS_IMAGE_VALUE,
				       at(r, "min_update_hv", MIN_UPDATE_HV),
				       "no more than module_hv", sig->min_update_hv);
	return check_zero(r, "reserved2", RESERVED2, RESERVED2 + 1);
}

/* Does a structure of @bytes at @offset end inside the module? */
static bool fits(uint64_t module_bytes, uint64_t offset, uint64_t bytes)
{
	return module_bytes >= bytes && offset <= module_bytes - bytes;
}

/* B9, B15. @module_bytes 0: not known. */
static bool check_gdt(const struct reader *r, uint32_t offset, uint64_t module_bytes)
{
	struct ss_image_field field = at(r, "gdt_idt_offset", GDT_IDT_OFFSET);

	if (offset % SS_PAGE)
		return ss_image_refuse(r->err, SS_IMAGE_VALUE, field, "a multiple of 4096", offset);
	if (offset && module_bytes && !fits(module_bytes, offset, SS_PAGE))
		return ss_image_refuse(r->err, SS_IMAGE_VALUE, field,
				       "4096 bytes or more before the end of the module", offset);
	return true;
}

/* B10, B16. */
static bool check_fault_wrapper(const struct reader *r, uint32_t offset, uint32_t gdt_idt_offset,
				uint64_t module_bytes)
{
	struct ss_image_field field = at(r, "fault_wrapper_offset", FAULT_WRAPPER_OFFSET);

	if (!offset != !gdt_idt_offset)
		return ss_image_refuse(r->err, SS_IMAGE_VALUE, field,
				       offset ? "0, as gdt_idt_offset is 0"
					      : "not 0, as gdt_idt_offset is not 0", offset);
	if (offset && module_bytes && !fits(module_bytes, offset, 512))
		return ss_image_refuse(r->err, SS_IMAGE_VALUE, field,
				       "512 bytes or more before the end of the module", offset);
	return true;
}

/* B6, B18. */
static bool check_cpuid_table(const struct reader *r, const struct ss_sigstruct *sig)
{
	struct ss_image_field field = at(r, "cpuid_table_size", CPUID_TABLE_SIZE);
	uint32_t size = ss_le32(r->raw, CPUID_TABLE_SIZE);

	if (size > SS_SIGSTRUCT_MAX_FMS)
		return ss_image_refuse(r->err, SS_IMAGE_VALUE, field, "no more than 255", size);
	if (!size && !(sig->module_type & DEBUG_SIGNED))
		return ss_image_refuse(r->err, SS_IMAGE_VALUE, field,
				       "1 or more, as the module is not debug-signed", size);
	return true;
}

static void read_fms(struct ss_bytes raw, struct ss_sigstruct *sig)
{
	uint32_t i, size = ss_le32(raw, CPUID_TABLE_SIZE);

	sig->nr_fms = size < SS_SIGSTRUCT_MAX_FMS ? size : SS_SIGSTRUCT_MAX_FMS;
	for (i = 0; i < sig->nr_fms; i++)
		sig->fms[i] = ss_le32(raw, CPUID_TABLE + 4 * i);
}

static void read_fields(struct ss_bytes raw, struct ss_sigstruct *sig)
{
	sig->raw = raw;
	sig->module_type = ss_le32(raw, MODULE_TYPE);
	sig->date = ss_le32(raw, DATE);
	sig->exponent = ss_le32(raw, EXPONENT);
	memcpy(sig->seamhash, raw.p + SEAMHASH, SS_SHA384_BYTES);
	sig->svn_minor = raw.p[SVN_MINOR];
	sig->svn_major = raw.p[SVN_MAJOR];
	sig->attributes = ss_le64(raw, ATTRIBUTES);
	sig->rip_offset = ss_le32(raw, RIP_OFFSET);
	sig->stack_pages = raw.p[NUM_STACK_PAGES] + 1u;
	sig->tls_pages = raw.p[NUM_TLS_PAGES] + 1u;
	sig->keyhole_pages = ss_le16(raw, NUM_KEYHOLE_PAGES) + 1u;
	sig->global_data_pages = ss_le16(raw, NUM_GLOBAL_DATA_PAGES) + 1u;
	sig->handoff_pages = ss_le16(raw, NUM_HANDOFF_PAGES) + 1u;
	sig->module_hv = ss_le16(raw, MODULE_HV);
	sig->min_update_hv = ss_le16(raw, MIN_UPDATE_HV);
	sig->no_downgrade = raw.p[NO_DOWNGRADE];
	sig->gdt_idt_offset = ss_le32(raw, GDT_IDT_OFFSET);
	sig->fault_wrapper_offset = ss_le32(raw, FAULT_WRAPPER_OFFSET);
	memcpy(sig->reserved3, raw.p + RESERVED3, sizeof(sig->reserved3));
	read_fms(raw, sig);
}

bool ss_sigstruct_parse(struct ss_bytes raw, uint64_t offset, uint64_t module_bytes,
			struct ss_sigstruct *sig, struct ss_image_error *err)
{
	struct reader r = { { raw.p, SS_SIGSTRUCT_BYTES }, offset, err };

	memset(sig, 0, sizeof(*sig));
	memset(err, 0, sizeof(*err));
	if (raw.n < SS_SIGSTRUCT_BYTES)
		return ss_image_differs(err, SS_IMAGE_TRUNCATED, at(&r, "sigstruct", 0),
					SS_SIGSTRUCT_BYTES, raw.n);
	read_fields(r.raw, sig);
	return check_constants(&r) && check_handoff(&r, sig) &&
	       check_gdt(&r, sig->gdt_idt_offset, module_bytes) &&
	       check_fault_wrapper(&r, sig->fault_wrapper_offset, sig->gdt_idt_offset,
				   module_bytes) &&
	       check_cpuid_table(&r, sig);
}
