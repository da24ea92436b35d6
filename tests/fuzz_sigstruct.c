// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Fuzz target: any bytes as a sigstruct, against the loader's rules written down a second time. */
#include "core/compat.h"
#include "fuzz.h"

static bool zero(const uint8_t *p, size_t n)
{
	while (n--)
		if (*p++)
			return false;
	return true;
}

/* Specification 5.2: B1 to B10, B15, B16, B18. @module_bytes 0: unknown. */
static bool loader_takes(const uint8_t *p, uint64_t module_bytes)
{
	uint32_t type = fuzz_u32(p + 12), gdt = fuzz_u32(p + 992), fault = fuzz_u32(p + 996);
	uint32_t cpus = fuzz_u32(p + 1024);

	return zero(p + 40, 88) && zero(p + 978, 6) && p[989] == 0 &&
	       fuzz_u32(p) == 6 && fuzz_u32(p + 4) == 0xe1 && fuzz_u32(p + 8) == 0x10000 &&
	       fuzz_u32(p + 28) == 0x60 && fuzz_u32(p + 32) == 0x60 && fuzz_u32(p + 36) == 1 &&
	       fuzz_u32(p + 16) == 0x8086 && type << 1 == 0 && fuzz_u64(p + 950) == 0 &&
	       fuzz_u32(p + 24) == 0x200 && cpus <= 255 && fuzz_u32(p + 512) == 65537 &&
	       fuzz_u16(p + 986) <= fuzz_u16(p + 984) && gdt % 4096 == 0 &&
	       (gdt == 0) == (fault == 0) &&
	       (module_bytes == 0 || gdt == 0 || (uint64_t)gdt + 4096 <= module_bytes) &&
	       (module_bytes == 0 || fault == 0 || (uint64_t)fault + 512 <= module_bytes) &&
	       (cpus != 0 || type != 0);
}

static void check_fields(const uint8_t *p, const struct ss_sigstruct *sig)
{
	uint32_t i;

	FUZZ_CHECK(sig->nr_fms <= 255);
	for (i = 0; i < sig->nr_fms; i++)
		FUZZ_CHECK(sig->fms[i] == fuzz_u32(p + 1028 + 4 * i));
	FUZZ_CHECK(sig->handoff_pages == fuzz_u16(p + 990) + 1u);
	FUZZ_CHECK(sig->rip_offset == fuzz_u32(p + 958));
	FUZZ_CHECK(!memcmp(sig->seamhash, p + 900, 48));
}

/* A host made of the same bytes: every answer must be in the table's range. */
static void check_compat(const uint8_t *p, const struct ss_sigstruct *sig)
{
	uint32_t fms = fuzz_u32(p + 128);
	struct ss_compat_host host = {
		.has_fms = p[132] & 1, .fms = &fms, .nr_fms = 1,
		.has_seamldr_version = p[132] & 2, .seamldr = { p[133], p[134], p[135] },
		.has_module = p[132] & 4, .has_module_version = p[132] & 8,
		.module = { p[136], p[137], p[138] },
		.has_module_svn = p[132] & 16, .svn_minor = p[139], .svn_major = p[140],
		.has_handoff = p[132] & 32, .module_hv = fuzz_u16(p + 141),
		.min_update_hv = fuzz_u16(p + 143), .no_downgrade = p[145],
		.handoff_pages = fuzz_u16(p + 146),
	};
	struct ss_image image = { .sig = *sig };
	struct ss_compat out;
	bool ok = ss_compat_check(&image, &host, NULL, &out);

	FUZZ_CHECK(ok == !out.refused && !(out.refused & out.warned));
	FUZZ_CHECK((out.refused | out.warned) >> SS_COMPAT_NR == 0);
	if (ok && host.has_module && host.has_handoff)
		FUZZ_CHECK(out.hv >= sig->min_update_hv && out.hv <= sig->module_hv &&
			   out.hv >= host.min_update_hv && out.hv <= host.module_hv);
}

static void check(const uint8_t *p, size_t n, uint64_t module_bytes)
{
	struct ss_image_error err;
	struct ss_sigstruct sig;
	bool ok = ss_sigstruct_parse((struct ss_bytes){ p, n }, 4096, module_bytes, &sig, &err);

	if (!ok) {
		FUZZ_CHECK(err.code > SS_IMAGE_OK && err.code < SS_IMAGE_NR);
		FUZZ_CHECK(err.part && err.field);
		FUZZ_CHECK(err.offset >= 4096 && err.offset < 4096 + 2048);
		FUZZ_CHECK(err.expected || err.want != err.found);
	}
	FUZZ_CHECK(ok == (n >= 2048 && loader_takes(p, module_bytes)));
	if (ok) {
		check_fields(p, &sig);
		check_compat(p, &sig);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = fuzz_copy(data, size);

	check(copy, size, 0);
	/* The input chooses the module's size, in bytes that no check reads. */
	if (size >= 2048)
		check(copy, size, 4096 * (1 + fuzz_u16(copy + 2046) % 496u));
	free(copy);
	return 0;
}
