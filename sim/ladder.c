// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The ladder of module versions: the numbers of eleven public releases, and four test versions. */
#include "sim.h"

/* Public numbers: specification 4.6 and 9. The crypto generation is 0 unless an entry sets it. */
#define SVN(major, minor)	.svn_major = (major), .svn_minor = (minor)
#define PAGES(module, handoff)	.module_pages = (module), .handoff_pages = (handoff)
#define FMS(n, ...)		.nr_fms = (n), .fms = { __VA_ARGS__ }
/* The oldest module that the version can follow, and the P-SEAMLDRs that it needs. */
#define NEEDS(module, ...)	.min_running = module, .min_seamldr = { __VA_ARGS__ }

/* Writes handoff version 1 and reads 0 too; sigstruct and binary agree. */
#define WINDOW_0_TO_1	.module_hv = 1, .built_hv = 1
/* Knows only handoff version 1. */
#define WINDOW_1_ONLY \
	.module_hv = 1, .min_update_hv = 1, .no_downgrade = 1, \
	.built_hv = 1, .built_min_hv = 1, .built_no_downgrade = 1

/* Of TDX_FEATURES0: UPDATE_COMPATIBILITY and SYS_DISABLE, which no public version has. */
#define NEWER_FEATURES	(1ULL << 47 | 1ULL << 53)

const struct sim_module_info sim_ladder[] = {
	{ "1.5.01", 0x20231008, SVN(1, 4), PAGES(102, 14), .features0 = 0xf0fbf,
	  FMS(2, 0x806f8, 0xc06f0), NEEDS("1.5.01", "1.5.00") },
	{ "1.5.05", 0x20240129, SVN(1, 5), PAGES(102, 14), .features0 = 0x61f0fbf,
	  FMS(3, 0x806f8, 0xc06f0, 0xa06f0), NEEDS("1.5.01", "1.5.00", "2.0.00") },
	{ "1.5.06", 0x20240407, SVN(1, 6), PAGES(101, 14), .features0 = 0x2e1f0fbf,
	  FMS(3, 0x806f8, 0xc06f0, 0xa06f0), NEEDS("1.5.01", "1.5.00", "2.0.00") },
	{ "1.5.08", 0x20240725, SVN(1, 7), PAGES(101, 14), .features0 = 0x22e1f0fbf,
	  FMS(3, 0x806f8, 0xc06f0, 0xa06f0), NEEDS("1.5.01", "1.5.00", "2.0.00") },
	{ "1.5.09", 0x20240912, SVN(1, 8), PAGES(109, 14), .features0 = 0x26f1f0fbf,
	  FMS(3, 0x806f8, 0xc06f0, 0xa06f0), NEEDS("1.5.01", "1.5.00", "2.0.00") },
	{ "1.5.13", 0x20250207, SVN(1, 10), PAGES(109, 14), .features0 = 0x226f1f0fbf,
	  FMS(3, 0x806f8, 0xc06f0, 0xa06f0), NEEDS("1.5.01", "1.5.00", "2.0.00") },
	{ "1.5.16", 0x20250219, SVN(1, 11), PAGES(115, 14), .features0 = 0x226f3f0fbf,
	  FMS(3, 0x806f8, 0xc06f0, 0xa06f0), NEEDS("1.5.01", "1.5.00", "2.0.00") },
	/* Not public: a sibling of 1.5.16, with the same SVN. */
	{ "1.5.17", 0x20250321, SVN(1, 11), PAGES(115, 14), .features0 = 0x226f3f0fbf,
	  FMS(3, 0x806f8, 0xc06f0, 0xa06f0), NEEDS("1.5.01", "1.5.00", "2.0.00") },
	/* Not public: can refuse an update during a TD build, and hands off in version 1. */
	{ "1.5.24", 0x20250610, SVN(1, 12), PAGES(118, 14),
	  .features0 = 0x226f3f0fbf | NEWER_FEATURES,
	  FMS(3, 0x806f8, 0xc06f0, 0xa06f0), NEEDS("1.5.01", "1.5.00", "2.0.00"),
	  WINDOW_0_TO_1 },
	/* Not public: a sibling of 1.5.24, built with another crypto library. */
	{ "1.5.25", 0x20250702, SVN(1, 12), PAGES(118, 14),
	  .features0 = 0x226f3f0fbf | NEWER_FEATURES,
	  FMS(3, 0x806f8, 0xc06f0, 0xa06f0), NEEDS("1.5.01", "1.5.00", "2.0.00"),
	  WINDOW_0_TO_1, .crypto_generation = 1 },
	/* Not public: cannot follow a module that writes handoff version 0. */
	{ "1.5.28", 0x20250915, SVN(1, 13), PAGES(120, 14),
	  .features0 = 0x226f3f0fbf | NEWER_FEATURES,
	  FMS(3, 0x806f8, 0xc06f0, 0xa06f0), NEEDS("1.5.24", "1.5.00", "2.0.00"),
	  WINDOW_1_ONLY, .crypto_generation = 1 },
	{ "2.0.02", 0x20240814, SVN(3, 3), PAGES(131, 25), .features0 = 0x22e1f0fbf,
	  FMS(1, 0xa06d0), NEEDS("2.0.02", "2.0.00") },
	{ "2.0.04", 0x20250109, SVN(3, 4), PAGES(134, 25), .features0 = 0x12af1f0fbf,
	  FMS(2, 0xa06d0, 0xa06e0), NEEDS("2.0.04", "2.0.00") },
	{ "2.0.05", 0x20250123, SVN(3, 4), PAGES(134, 25), .features0 = 0x226f3f0fbf,
	  FMS(2, 0xa06d0, 0xa06e0), NEEDS("2.0.04", "2.0.00") },
	{ "2.0.08", 0x20250325, SVN(3, 5), PAGES(146, 25), .features0 = 0x32a71f0fbf,
	  FMS(2, 0xa06d0, 0xa06e0), NEEDS("2.0.04", "2.0.00") },
};

const uint32_t sim_ladder_nr = SS_ARRAY_SIZE(sim_ladder);

static bool same(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

const struct sim_module_info *sim_ladder_find(const char *version)
{
	uint32_t i;

	for (i = 0; i < sim_ladder_nr; i++) {
		if (same(sim_ladder[i].version, version))
			return &sim_ladder[i];
	}
	return NULL;
}
