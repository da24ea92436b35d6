/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The facts of an image as plain data. C++-safe, and installed for <seamstep/types.h>, which brings
 * the fixed-width integers, bool and size_t with it.
 */
#ifndef SS_CORE_IMAGE_TYPES_H
#define SS_CORE_IMAGE_TYPES_H

#ifndef SEAMSTEP_TYPES_H
#include "platform.h"
#endif

#define SS_PAGE			4096u
#define SS_SIGSTRUCT_BYTES	2048u
#define SS_SIGSTRUCT_MAX_FMS	255u
#define SS_MODULE_MAX_PAGES	496u
#define SS_SHA384_BYTES		48u
#define SS_RSA3072_BYTES	384u

/* A range of bytes. The bytes are read one by one, never through a cast. */
struct ss_bytes {
	const uint8_t *p;
	size_t n;
};

/* What is wrong with an image. X(name, text) */
#define SS_IMAGE_ERRORS(X) \
	X(OK, "no error") \
	X(TRUNCATED, "the file ends too early") \
	X(VALUE, "the field has a value that is not allowed") \
	X(NOT_ZERO, "reserved bytes are not zero") \
	X(LENGTH, "lengths do not add up") \
	X(CHECKSUM, "the checksum does not come to zero") \
	X(SIGNER, "signed by another key") \
	X(SIGNATURE, "the RSA signature is not valid") \
	X(HASH, "the module's SHA-384 is not the signed one") \
	X(ELF, "the loader would refuse the ELF image") \
	X(CRYPTO, "the crypto library failed")

#define SS_IMAGE_ENUM(name, text) SS_IMAGE_##name,
enum ss_image_error_code { SS_IMAGE_ERRORS(SS_IMAGE_ENUM) SS_IMAGE_NR };
#undef SS_IMAGE_ENUM

/* Where the first error is, what was expected, what was found. */
struct ss_image_error {
	enum ss_image_error_code code;
	const char *part;	/* "container", "sigstruct", "module" */
	const char *field;	/* as in the specification, "offset_of_module" */
	uint64_t offset;	/* of the field, from the start of the file */
	const char *expected;	/* a phrase, "a multiple of 4096"; NULL where @want says it all */
	uint64_t want;		/* meaningful where @expected is NULL */
	uint64_t found;
};

struct ss_sigstruct {
	uint32_t module_type;		/* bit 31: debug-signed */
	uint32_t date;			/* 0xYYYYMMDD */
	uint32_t exponent;
	uint8_t seamhash[SS_SHA384_BYTES];
	uint8_t svn_minor, svn_major;
	uint64_t attributes;
	uint32_t rip_offset;
	/* Counts of pages: the fields hold one less. */
	uint32_t stack_pages, tls_pages, keyhole_pages, global_data_pages, handoff_pages;
	uint16_t module_hv, min_update_hv;
	uint8_t no_downgrade;
	uint32_t gdt_idt_offset, fault_wrapper_offset;
	uint8_t reserved3[24];		/* 2.0.x modules keep their version in here */
	uint32_t nr_fms;
	uint32_t fms[SS_SIGSTRUCT_MAX_FMS];	/* CPUID(1).EAX */
	struct ss_bytes raw;		/* the 2048 bytes */
};

struct ss_image {
	uint16_t container_version;	/* 0x100 or 0x200 */
	uint16_t checksum;
	uint32_t sigstruct_pages;
	uint32_t module_pages;
	struct ss_bytes file;
	struct ss_bytes module;		/* module_pages * 4096 bytes */
	uint64_t sigstruct_offset, module_offset;	/* in the file */
	struct ss_sigstruct sig;
};

/*
 * The numbers of a sigstruct that decide about memory, as in struct ss_sigstruct. The count of
 * module pages is not among them: the P-SEAMLDR sets 2 MiB aside for any module.
 */
struct ss_room {
	uint32_t stack_pages, tls_pages, keyhole_pages, global_data_pages;
	uint32_t handoff_pages;		/* 0 for a module that keeps none, of major SVN 0 */
};

#endif
