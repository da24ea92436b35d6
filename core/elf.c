// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Will the P-SEAMLDR relocate a module's ELF image? Specification 5.2, E3. */
#include "image_internal.h"
#include "layout.h"

/*
 * The loader walks the section headers of the image in memory, and the entries of each relocation
 * section. For each entry the loader adds the load address to an addend and writes the sum to an
 * offset. The loader checks an entry when it comes to the entry, and reads what it has written
 * before.
 *
 * A check beforehand needs one rule more: no relocation may change a header or an entry that the
 * loader has yet to read. No linker makes such an image. Two bounds keep the walk short on hostile
 * input: entries do not overlap, and there are at most 16 relocation sections.
 */

#define EHDR_BYTES		64u
#define SHDR_BYTES		64u
#define RELA_BYTES		24u

/* The three structures that the loader reads, of the System V ABI for 64 bits. */
#define EHDR_FIELDS(X) \
	X(EI_MAGIC, 0, 4) \
	X(EI_CLASS, 4, 1) \
	X(EI_DATA, 5, 1) \
	X(EI_VERSION, 6, 1) \
	X(EI_REST, 7, 9) \
	X(E_TYPE, 16, 2) \
	X(E_MACHINE, 18, 2) \
	X(E_VERSION, 20, 4) \
	X(E_ENTRY, 24, 8) \
	X(E_PHOFF, 32, 8) \
	X(E_SHOFF, 40, 8) \
	X(E_FLAGS, 48, 4) \
	X(E_EHSIZE, 52, 2) \
	X(E_PHENTSIZE, 54, 2) \
	X(E_PHNUM, 56, 2) \
	X(E_SHENTSIZE, 58, 2) \
	X(E_SHNUM, 60, 2) \
	X(E_SHSTRNDX, 62, 2)
SS_LAYOUT(EHDR_FIELDS, EHDR_END, EHDR_BYTES);

#define SHDR_FIELDS(X) \
	X(SH_NAME, 0, 4) \
	X(SH_TYPE, 4, 4) \
	X(SH_FLAGS, 8, 8) \
	X(SH_ADDR, 16, 8) \
	X(SH_OFFSET, 24, 8) \
	X(SH_SIZE, 32, 8) \
	X(SH_LINK, 40, 4) \
	X(SH_INFO, 44, 4) \
	X(SH_ADDRALIGN, 48, 8) \
	X(SH_ENTSIZE, 56, 8)
SS_LAYOUT(SHDR_FIELDS, SHDR_END, SHDR_BYTES);

#define RELA_FIELDS(X) \
	X(R_OFFSET, 0, 8) \
	X(R_INFO, 8, 8) \
	X(R_ADDEND, 16, 8)
SS_LAYOUT(RELA_FIELDS, RELA_END, RELA_BYTES);

#define SHT_RELA		4u
#define R_X86_64_RELATIVE	8u
#define MAX_RELA_SECTIONS	16u

struct rela_section {
	uint64_t addr, entsize, nr;
};

struct elf {
	struct ss_bytes module;
	uint64_t file_offset;
	struct ss_image_error *err;
	uint64_t shoff;
	uint32_t shentsize, shnum;
	struct rela_section rela[MAX_RELA_SECTIONS];
	uint32_t nr_rela;
};

static bool refuse(const struct elf *elf, const char *name, uint64_t offset, const char *expected,
		   uint64_t found)
{
	struct ss_image_field field = { "module", name, elf->file_offset + offset };

	return ss_image_refuse(elf->err, SS_IMAGE_ELF, field, expected, found);
}

static bool check_byte(const struct elf *elf, const char *name, size_t offset, uint8_t want)
{
	struct ss_image_field field = { "module", name, elf->file_offset + offset };
	uint8_t found = elf->module.p[offset];

	if (found != want)
		return ss_image_differs(elf->err, SS_IMAGE_ELF, field, want, found);
	return true;
}

static bool check_ident(const struct elf *elf)
{
	return check_byte(elf, "EI_MAG0", EI_MAGIC, 0x7f) &&
	       check_byte(elf, "EI_MAG1", EI_MAGIC + 1, 'E') &&
	       check_byte(elf, "EI_MAG2", EI_MAGIC + 2, 'L') &&
	       check_byte(elf, "EI_MAG3", EI_MAGIC + 3, 'F') &&
	       check_byte(elf, "EI_CLASS", EI_CLASS, 2) &&
	       check_byte(elf, "EI_DATA", EI_DATA, 1) &&
	       check_byte(elf, "EI_VERSION", EI_VERSION, 1);
}

static bool in_module(const struct elf *elf, uint64_t offset, uint64_t bytes)
{
	return offset <= elf->module.n - bytes;
}

/* Note the section whose header is at @header, if it is a sound section of relocations. */
static bool read_section(struct elf *elf, uint64_t header)
{
	struct rela_section s;
	uint64_t size;

	if (ss_le32(elf->module, header + SH_TYPE) != SHT_RELA)
		return true;
	s.addr = ss_le64(elf->module, header + SH_ADDR);
	s.entsize = ss_le64(elf->module, header + SH_ENTSIZE);
	size = ss_le64(elf->module, header + SH_SIZE);
	if (s.entsize < RELA_BYTES)
		return refuse(elf, "sh_entsize", header + SH_ENTSIZE, "24 or more", s.entsize);
	s.nr = size / s.entsize;
	if (!s.nr)
		return true;
	if (!in_module(elf, s.addr, RELA_BYTES))
		return refuse(elf, "sh_addr", header + SH_ADDR, "entries inside the module",
			      s.addr);
	if ((elf->module.n - RELA_BYTES - s.addr) / s.entsize < s.nr - 1)
		return refuse(elf, "sh_size", header + SH_SIZE, "entries inside the module", size);
	if (elf->nr_rela == MAX_RELA_SECTIONS)
		return refuse(elf, "sh_type", header + SH_TYPE,
			      "no more than 16 relocation sections", SHT_RELA);
	elf->rela[elf->nr_rela++] = s;
	return true;
}

static bool read_sections(struct elf *elf)
{
	uint64_t header;
	uint32_t i;

	elf->shoff = ss_le64(elf->module, E_SHOFF);
	elf->shentsize = ss_le16(elf->module, E_SHENTSIZE);
	elf->shnum = ss_le16(elf->module, E_SHNUM);
	if (elf->shnum && !in_module(elf, elf->shoff, SHDR_BYTES))
		return refuse(elf, "e_shoff", E_SHOFF, "section headers inside the module",
			      elf->shoff);
	for (i = 0; i < elf->shnum; i++) {
		/* No overflow: shoff is below the module's size, the product below 2^32. */
		header = elf->shoff + (uint64_t)i * elf->shentsize;
		if (!in_module(elf, header, SHDR_BYTES))
			return refuse(elf, "e_shnum", E_SHNUM, "section headers inside the module",
				      elf->shnum);
		if (!read_section(elf, header))
			return false;
	}
	return true;
}

static bool overlaps(uint64_t target, uint64_t start, uint64_t bytes)
{
	return target < start + bytes && start < target + 8;
}

/* Would writing 8 bytes at @target change what the loader has yet to read? */
static bool hits_tables(const struct elf *elf, uint64_t target)
{
	uint64_t headers = (uint64_t)(elf->shnum - 1) * elf->shentsize + SHDR_BYTES;
	const struct rela_section *s;
	uint32_t i;

	if (overlaps(target, 0, EHDR_BYTES) || overlaps(target, elf->shoff, headers))
		return true;
	for (i = 0; i < elf->nr_rela; i++) {
		s = &elf->rela[i];
		if (overlaps(target, s->addr, (s->nr - 1) * s->entsize + RELA_BYTES))
			return true;
	}
	return false;
}

static bool check_entry(const struct elf *elf, uint64_t entry)
{
	uint64_t target = ss_le64(elf->module, entry + R_OFFSET);
	uint64_t info = ss_le64(elf->module, entry + R_INFO);
	uint64_t addend = ss_le64(elf->module, entry + R_ADDEND);

	if (!in_module(elf, target, 8))
		return refuse(elf, "r_offset", entry + R_OFFSET, "8 bytes inside the module",
			      target);
	if (hits_tables(elf, target))
		return refuse(elf, "r_offset", entry + R_OFFSET,
			      "not in ELF headers or relocations", target);
	if (info != R_X86_64_RELATIVE)
		return refuse(elf, "r_info", entry + R_INFO, "8 (R_X86_64_RELATIVE)", info);
	if (addend >= elf->module.n)
		return refuse(elf, "r_addend", entry + R_ADDEND, "an offset inside the module",
			      addend);
	return true;
}

static bool check_entries(const struct elf *elf, const struct rela_section *s)
{
	uint64_t i;

	for (i = 0; i < s->nr; i++)
		if (!check_entry(elf, s->addr + i * s->entsize))
			return false;
	return true;
}

bool ss_image_check_elf(const struct ss_image *image, struct ss_image_error *err)
{
	struct elf elf = { image->module, image->module_offset, err };
	uint32_t i;

	if (elf.module.n < SS_PAGE)
		return refuse(&elf, "module", 0, "a page or more", elf.module.n);
	if (!check_ident(&elf) || !read_sections(&elf))
		return false;
	for (i = 0; i < elf.nr_rela; i++)
		if (!check_entries(&elf, &elf.rela[i]))
			return false;
	return true;
}
