// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The model's images: each version boots, and the loader's model knows what it has loaded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../sim/internal.h"
#include "sim_fixture.h"

#define LPS		4u

static struct fixture f;

static int setup(void **state)
{
	(void)state;
	fixture_create(&f, LPS, 2);
	fixture_boot(&f, "1.5.06");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fixture_destroy(&f);
	return 0;
}

static struct sim_audit audit(void)
{
	struct sim_audit a;

	sim_audit(f.sim, &a);
	return a;
}

/*
 * Every version of the ladder is an image that loads and starts. Builds are always the same, and
 * versions differ.
 */
static void the_ladder_boots(void **state)
{
	struct fixture_image images[32];
	const struct sim_module_info *info;
	struct fixture host;
	struct sim_audit a;
	uint64_t status;
	uint32_t i, k;

	(void)state;
	assert_null(sim_ladder_find("1.5.99"));
	for (i = 0; i < sim_ladder_nr; i++) {
		info = &sim_ladder[i];
		assert_ptr_equal(sim_ladder_find(info->version), info);
		assert_true(info->features0 >> 1 & info->features0 >> 18 & 1);
		fixture_config(&host, 2, 2);
		host.config.seamldr_line = info->svn_major == 3 ? 2 : 0;
		host.config.fms[0] = host.config.fms[1] = info->fms[0] + 1;
		fixture_power_on(&host);
		fixture_image(&host, info->version, FIXTURE_LOAD, &images[i]);
		status = sim_boot(host.sim, images[i].params_pa, host.scratch, NULL);
		assert_int_equal(status, 0);
		sim_audit(host.sim, &a);
		assert_string_equal(a.version, info->version);
		assert_int_equal(a.svn_minor, info->svn_minor);
		assert_int_equal(a.svn_major, info->svn_major);
		assert_true(host.sim->installed.runs);
		assert_memory_equal(&host.sim->installed.info, info,
				    offsetof(struct sim_module_info, min_running));
		fixture_image(&f, info->version, FIXTURE_LOAD, &images[i]);
		assert_memory_equal(images[i].sigstruct + 900,
				    host.sim->seamextend.mrseam, SS_SHA384_BYTES);
		for (k = 0; k < i; k++)
			assert_memory_not_equal(images[i].sigstruct + 900,
						images[k].sigstruct + 900, SS_SHA384_BYTES);
		fixture_destroy(&host);
	}
}

/* A descriptor keeps what its module was built from. An invalid descriptor does not count. */
static void descriptors_survive(void **state)
{
	static uint8_t image[16 * SS_PAGE], sig[SS_SIGSTRUCT_BYTES];
	struct sim_module_info info = {
		.version = "12.34.56789abcd", .date = 0x20991231,
		.svn_minor = 200, .svn_major = 100,
		.module_hv = 0x1234, .min_update_hv = 0x1122, .no_downgrade = 1,
		.built_hv = 0x4321, .built_min_hv = 0x2211, .built_no_downgrade = 1,
		.handoff_pages = 77, .module_pages = 16, .features0 = 0x123456789abcdef0ULL,
		.crypto_generation = 99, .nr_fms = 8, .fms = { 1, 2, 3, 4, 5, 6, 7, 8 },
		.debug_signed = true,
	};
	struct sim_installed got;

	(void)state;
	sim_module_build(&info, image);
	sim_sigstruct_build(&info, sig, sig);
	memset(&got, 0xff, sizeof(got));
	sim_module_describe(image, 16, sig, &got);
	assert_true(got.runs);
	assert_memory_equal(&got.info, &info, sizeof(info));
	assert_int_equal(got.module_hv, 0x1234);
	assert_int_equal(got.min_update_hv, 0x1122);
	assert_int_equal(got.no_downgrade, 1);
	assert_int_equal(got.handoff_pages, 77);
	assert_int_equal(sig[15], 0x80);

	/* Another format; too many CPUs; an image that ends before the descriptor. */
	image[SS_PAGE + 16] = 2;
	sim_module_describe(image, 16, sig, &got);
	assert_false(got.runs);
	info.nr_fms = 9;
	sim_module_build(&info, image);
	sim_module_describe(image, 16, sig, &got);
	assert_false(got.runs);
	info.nr_fms = 8;
	sim_module_build(&info, image);
	sim_module_describe(image, 1, sig, &got);
	assert_false(got.runs);
	assert_int_equal(got.info.built_hv, 0x1234);
	assert_int_equal(got.info.built_min_hv, 0x1122);
	assert_int_equal(got.info.built_no_downgrade, 1);
	assert_int_equal(got.info.handoff_pages, 77);
	assert_int_equal(got.info.module_pages, 1);
}

/* A real image carries no descriptor, but its date and SVN identify it. */
static void an_image_without_descriptor(void **state)
{
	struct fixture_image image;
	uint32_t known;

	(void)state;
	for (known = 0; known < 2; known++) {
		fixture_image(&f, "1.5.13", FIXTURE_LOAD, &image);
		memset(image.module + SS_PAGE, 0, 16);
		if (!known)
			image.sigstruct[20] ^= 1;
		fixture_rehash(&image);
		fixture_sign(&image);
		assert_int_equal(sim_boot(f.sim, image.params_pa, f.scratch, NULL), 0);
		assert_false(f.sim->installed.runs);
		assert_string_equal(audit().version, known ? "1.5.13" : "0.0.00");
		assert_int_equal(audit().state, SIM_SYS_READY);
	}
}

#define TEST(t)		cmocka_unit_test_setup_teardown(t, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_ladder_boots),
		TEST(an_image_without_descriptor),
		cmocka_unit_test(descriptors_survive),
	};

	return cmocka_run_group_tests_name("sim-boot", tests, NULL, NULL);
}
