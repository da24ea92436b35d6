// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Module images for the model: an ELF file whose descriptor says which version the model plays. */
#include "../core/compat.h"
#include "formats.h"
#include "internal.h"
#include "random.h"

/* Offsets in a built image. Addresses equal offsets: the image is flat. */
enum {
	AT_SECTIONS	= 64,
	AT_SEGMENT	= AT_SECTIONS + 5 * 64,
	AT_NAMES	= 0x200,
	AT_RELOCATIONS	= 0x400,
	AT_DESCRIPTOR	= SS_PAGE,
	AT_TEXT		= 2 * SS_PAGE,
	AT_FAULT_WRAPPER = AT_TEXT + 0x800,
	AT_GDT_IDT	= 3 * SS_PAGE,
};

#define NR_RELOCATIONS	6u
#define RELOCATION_BYTES	24u
#define R_X86_64_RELATIVE	8u

/*
 * The descriptor: struct sim_module_info without the members for a repository, little-endian. A
 * reader finds it by its magic at the start of page 1, or by the section name ".seamstep".
 */
enum {
	DESC_FORMAT		= 16,
	DESC_VERSION		= 20,	/* 16 bytes */
	DESC_DATE		= 36,
	DESC_SVN_MINOR		= 40,
	DESC_SVN_MAJOR		= 41,
	DESC_MODULE_HV		= 42,
	DESC_MIN_UPDATE_HV	= 44,
	DESC_NO_DOWNGRADE	= 46,
	DESC_BUILT_NO_DOWNGRADE	= 47,
	DESC_BUILT_HV		= 48,
	DESC_BUILT_MIN_HV	= 50,
	DESC_HANDOFF_PAGES	= 52,
	DESC_MODULE_PAGES	= 56,
	DESC_NR_FMS		= 60,
	DESC_FEATURES0		= 64,
	DESC_CRYPTO		= 72,
	DESC_DEBUG_SIGNED	= 76,
	DESC_FMS		= 80,	/* 8 values */
	DESC_BYTES		= 112,
};

#define DESC_FORMAT_1	1u
static const uint8_t desc_magic[16] = "seamstep module";

static void encode_descriptor(uint8_t *d, const struct sim_module_info *info)
{
	uint32_t i;

	memcpy(d, desc_magic, sizeof(desc_magic));
	ss_put32(d + DESC_FORMAT, DESC_FORMAT_1);
	memcpy(d + DESC_VERSION, info->version, sizeof(info->version));
	ss_put32(d + DESC_DATE, info->date);
	d[DESC_SVN_MINOR] = info->svn_minor;
	d[DESC_SVN_MAJOR] = info->svn_major;
	ss_put16(d + DESC_MODULE_HV, info->module_hv);
	ss_put16(d + DESC_MIN_UPDATE_HV, info->min_update_hv);
	d[DESC_NO_DOWNGRADE] = info->no_downgrade;
	d[DESC_BUILT_NO_DOWNGRADE] = info->built_no_downgrade;
	ss_put16(d + DESC_BUILT_HV, info->built_hv);
	ss_put16(d + DESC_BUILT_MIN_HV, info->built_min_hv);
	ss_put32(d + DESC_HANDOFF_PAGES, info->handoff_pages);
	ss_put32(d + DESC_MODULE_PAGES, info->module_pages);
	ss_put32(d + DESC_NR_FMS, info->nr_fms);
	ss_put64(d + DESC_FEATURES0, info->features0);
	ss_put32(d + DESC_CRYPTO, info->crypto_generation);
	d[DESC_DEBUG_SIGNED] = info->debug_signed;
	for (i = 0; i < SS_ARRAY_SIZE(info->fms); i++)
		ss_put32(d + DESC_FMS + 4 * i, info->fms[i]);
}

/* The image comes from outside. The checks reject contents that could mislead the reader. */
static bool decode_descriptor(const uint8_t *d, struct sim_module_info *info)
{
	uint32_t i;

	if (memcmp(d, desc_magic, sizeof(desc_magic)) ||
	    ss_get32(d + DESC_FORMAT) != DESC_FORMAT_1 ||
	    ss_get32(d + DESC_NR_FMS) > SS_ARRAY_SIZE(info->fms))
		return false;
	memset(info, 0, sizeof(*info));
	memcpy(info->version, d + DESC_VERSION, sizeof(info->version) - 1);
	info->date = ss_get32(d + DESC_DATE);
	info->svn_minor = d[DESC_SVN_MINOR];
	info->svn_major = d[DESC_SVN_MAJOR];
	info->module_hv = ss_get16(d + DESC_MODULE_HV);
	info->min_update_hv = ss_get16(d + DESC_MIN_UPDATE_HV);
	info->no_downgrade = d[DESC_NO_DOWNGRADE];
	info->built_no_downgrade = d[DESC_BUILT_NO_DOWNGRADE];
	info->built_hv = ss_get16(d + DESC_BUILT_HV);
	info->built_min_hv = ss_get16(d + DESC_BUILT_MIN_HV);
	info->handoff_pages = ss_get32(d + DESC_HANDOFF_PAGES);
	info->module_pages = ss_get32(d + DESC_MODULE_PAGES);
	info->nr_fms = ss_get32(d + DESC_NR_FMS);
	info->features0 = ss_get64(d + DESC_FEATURES0);
	info->crypto_generation = ss_get32(d + DESC_CRYPTO);
	info->debug_signed = d[DESC_DEBUG_SIGNED];
	for (i = 0; i < SS_ARRAY_SIZE(info->fms); i++)
		info->fms[i] = ss_get32(d + DESC_FMS + 4 * i);
	return true;
}

/* A real image: the sigstruct's date and SVN may match a version of the ladder. */
static void guess_info(const uint8_t *sig, uint32_t nr_pages, struct sim_module_info *info)
{
	static const struct sim_module_info unknown = {
		.version = "0.0.00", .features0 = 0xf0fbf,
	};
	uint32_t i;

	*info = unknown;
	for (i = 0; i < sim_ladder_nr; i++) {
		if (sim_ladder[i].date == ss_get32(sig + SIG_DATE) &&
		    sim_ladder[i].svn_minor == sig[SIG_SVN_MINOR] &&
		    sim_ladder[i].svn_major == sig[SIG_SVN_MAJOR])
			*info = sim_ladder[i];
	}
	info->date = ss_get32(sig + SIG_DATE);
	info->svn_minor = sig[SIG_SVN_MINOR];
	info->svn_major = sig[SIG_SVN_MAJOR];
	info->module_hv = ss_get16(sig + SIG_MODULE_HV);
	info->built_hv = info->module_hv;
	info->min_update_hv = ss_get16(sig + SIG_MIN_UPDATE_HV);
	info->built_min_hv = info->min_update_hv;
	info->no_downgrade = sig[SIG_NO_DOWNGRADE];
	info->built_no_downgrade = info->no_downgrade;
	info->handoff_pages = ss_get16(sig + SIG_HANDOFF_PAGES) + 1u;
	info->module_pages = nr_pages;
}

void sim_module_describe(const uint8_t *image, uint32_t nr_pages,
			 const uint8_t sig[SS_SIGSTRUCT_BYTES], struct sim_installed *out)
{
	out->runs = nr_pages > AT_DESCRIPTOR / SS_PAGE &&
		    decode_descriptor(image + AT_DESCRIPTOR, &out->info);
	if (!out->runs)
		guess_info(sig, nr_pages, &out->info);
	out->module_hv = ss_get16(sig + SIG_MODULE_HV);
	out->min_update_hv = ss_get16(sig + SIG_MIN_UPDATE_HV);
	out->no_downgrade = sig[SIG_NO_DOWNGRADE];
	out->handoff_pages = ss_get16(sig + SIG_HANDOFF_PAGES) + 1u;
}

/* ---- building -------------------------------------------------------------------------------- */

static uint64_t seed_of(const char *text)
{
	uint64_t h = 0xcbf29ce484222325ULL;	/* FNV-1a */

	while (*text)
		h = (h ^ (uint8_t)*text++) * 0x100000001b3ULL;
	return h;
}

/* Two versions have no page in common, and a version's pages are always the same. */
static void fill(uint8_t *out, size_t bytes, uint64_t state)
{
	size_t i;

	for (i = 0; i < bytes; i += 8)
		ss_put64(out + i, sim_random(&state));
}

static void write_elf_header(uint8_t *e)
{
	static const uint8_t ident[] = { 0x7f, 'E', 'L', 'F', 2, 1, 1 };

	memcpy(e, ident, sizeof(ident));
	ss_put16(e + 16, 3);		/* e_type: ET_DYN */
	ss_put16(e + 18, 62);		/* e_machine: EM_X86_64 */
	ss_put32(e + 20, 1);		/* e_version */
	ss_put64(e + 24, AT_TEXT);	/* e_entry */
	ss_put64(e + 32, AT_SEGMENT);	/* e_phoff */
	ss_put64(e + 40, AT_SECTIONS);	/* e_shoff */
	ss_put16(e + 52, 64);		/* e_ehsize */
	ss_put16(e + 54, 56);		/* e_phentsize */
	ss_put16(e + 56, 1);		/* e_phnum */
	ss_put16(e + 58, 64);		/* e_shentsize */
	ss_put16(e + 60, 5);		/* e_shnum */
	ss_put16(e + 62, 4);		/* e_shstrndx */
}

/* One segment that covers the whole image. */
static void write_segment(uint8_t *p, uint64_t bytes)
{
	ss_put32(p, 1);			/* p_type: PT_LOAD */
	ss_put32(p + 4, 7);		/* p_flags: RWX */
	ss_put64(p + 32, bytes);	/* p_filesz */
	ss_put64(p + 40, bytes);	/* p_memsz */
	ss_put64(p + 48, SS_PAGE);	/* p_align */
}

struct section {
	uint32_t name, type, flags;
	uint64_t at, bytes, entry_bytes;
};

static void write_section(uint8_t *p, const struct section *s)
{
	ss_put32(p, s->name);
	ss_put32(p + 4, s->type);
	ss_put64(p + 8, s->flags);
	ss_put64(p + 16, s->at);	/* sh_addr */
	ss_put64(p + 24, s->at);	/* sh_offset */
	ss_put64(p + 32, s->bytes);
	ss_put64(p + 48, 8);		/* sh_addralign */
	ss_put64(p + 56, s->entry_bytes);
}

static void write_sections(uint8_t *image, uint64_t bytes)
{
	static const char names[] = "\0.text\0.seamstep\0.rela.dyn\0.shstrtab";
	const struct section sections[] = {
		{ 1, 1, 6, AT_TEXT, bytes - AT_TEXT, 0 },		/* PROGBITS, AX */
		{ 7, 1, 2, AT_DESCRIPTOR, DESC_BYTES, 0 },		/* PROGBITS, A */
		{ 17, 4, 2, AT_RELOCATIONS, NR_RELOCATIONS * RELOCATION_BYTES,
		  RELOCATION_BYTES },					/* RELA, A */
		{ 27, 3, 0, AT_NAMES, sizeof(names), 0 },		/* STRTAB */
	};
	uint32_t i;

	memcpy(image + AT_NAMES, names, sizeof(names));
	for (i = 0; i < SS_ARRAY_SIZE(sections); i++)
		write_section(image + AT_SECTIONS + 64 * (i + 1), &sections[i]);
}

/* Pointers in the last page to places in the text. */
static void write_relocations(uint8_t *r, uint64_t bytes)
{
	uint32_t i;

	for (i = 0; i < NR_RELOCATIONS; i++, r += RELOCATION_BYTES) {
		ss_put64(r, bytes - SS_PAGE + 64 * i);	/* r_offset */
		ss_put64(r + 8, R_X86_64_RELATIVE);	/* r_info */
		ss_put64(r + 16, AT_TEXT + 16 * i);	/* r_addend */
	}
}

void sim_module_build(const struct sim_module_info *info, uint8_t *out)
{
	uint64_t bytes = (uint64_t)info->module_pages * SS_PAGE;

	memset(out, 0, AT_TEXT);
	fill(out + AT_TEXT, bytes - AT_TEXT, seed_of(info->version));
	write_elf_header(out);
	write_segment(out + AT_SEGMENT, bytes);
	write_sections(out, bytes);
	write_relocations(out + AT_RELOCATIONS, bytes);
	encode_descriptor(out + AT_DESCRIPTOR, info);
}

/* Modules 2.0.x keep their version where others have zeros (specification 4.6). */
static void write_reserved3(uint8_t *p, const char *text)
{
	struct ss_version version;

	if (!ss_version_parse(text, &version) || version.major < 2)
		return;
	p[0] = (uint8_t)version.update;
	p[2] = (uint8_t)version.minor;
	p[3] = (uint8_t)version.major;
}

static void write_handoff(uint8_t *sig, const struct sim_module_info *info)
{
	ss_put16(sig + SIG_MODULE_HV, info->module_hv);
	ss_put16(sig + SIG_MIN_UPDATE_HV, info->min_update_hv);
	sig[SIG_NO_DOWNGRADE] = info->no_downgrade;
	ss_put16(sig + SIG_HANDOFF_PAGES, (uint16_t)(info->handoff_pages - 1));
}

static void write_fms(uint8_t *sig, const struct sim_module_info *info)
{
	uint32_t i;

	ss_put32(sig + SIG_NR_FMS, info->nr_fms);
	for (i = 0; i < info->nr_fms && i < SS_ARRAY_SIZE(info->fms); i++)
		ss_put32(sig + SIG_FMS + 4 * i, info->fms[i]);
}

void sim_sigstruct_build(const struct sim_module_info *info,
			 const uint8_t seamhash[SS_SHA384_BYTES], uint8_t out[SS_SIGSTRUCT_BYTES])
{
	memset(out, 0, SS_SIGSTRUCT_BYTES);
	ss_put32(out + SIG_HEADER_TYPE, 6);
	ss_put32(out + SIG_HEADER_LENGTH, 0xe1);
	ss_put32(out + SIG_HEADER_VERSION, 0x10000);
	ss_put32(out + SIG_MODULE_TYPE, info->debug_signed ? SIG_DEBUG : 0);
	ss_put32(out + SIG_VENDOR, SEAM_VENDOR);
	ss_put32(out + SIG_DATE, info->date);
	ss_put32(out + SIG_SIZE, 0x200);
	ss_put32(out + SIG_KEY_SIZE, 0x60);
	ss_put32(out + SIG_MODULUS_SIZE, 0x60);
	ss_put32(out + SIG_EXPONENT_SIZE, 1);
	ss_put32(out + SIG_EXPONENT, 0x10001);
	memcpy(out + SIG_SEAMHASH, seamhash, SS_SHA384_BYTES);
	out[SIG_SVN_MINOR] = info->svn_minor;
	out[SIG_SVN_MAJOR] = info->svn_major;
	ss_put32(out + SIG_RIP_OFFSET, AT_TEXT);
	out[SIG_STACK_PAGES] = 1;
	out[SIG_TLS_PAGES] = 1;
	ss_put16(out + SIG_KEYHOLE_PAGES, 127);
	ss_put16(out + SIG_GLOBAL_DATA_PAGES, info->svn_major >= 3 ? 33 : 21);
	write_handoff(out, info);
	ss_put32(out + SIG_GDT_IDT, AT_GDT_IDT);
	ss_put32(out + SIG_FAULT_WRAPPER, AT_FAULT_WRAPPER);
	write_reserved3(out + SIG_RESERVED3, info->version);
	write_fms(out, info);
}
