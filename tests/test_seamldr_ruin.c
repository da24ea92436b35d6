// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * SEAMLDR.INSTALL, rows E1 to G2 (specification 5.2): failures after the old module is gone, what
 * they leave behind, and what is still allowed. E1 can't happen in the model by itself; the test of
 * injected faults has it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../sim/pamt.h"
#include "sim_fixture.h"

#define LPS		4u
#define EBADPARAM	SS_PSEAMLDR_EBADPARAM
#define EBADSIG		SS_PSEAMLDR_EBADSIG

static void put(uint8_t *p, uint64_t v, uint32_t bytes)
{
	while (bytes--) {
		*p++ = (uint8_t)v;
		v >>= 8;
	}
}

/* Changes when TD memory is lost. */
static uint32_t keys_of_tds(const struct fixture *f)
{
	return ss_load(&f->sim->memory->key_generation);
}

/* An edit of the module after which it is hashed and signed anew, or not. */
struct ruin {
	const char *name;
	uint64_t status;
	uint32_t at, bytes;
	uint64_t value;
	bool keep_hash;
};

/* Section headers of a built image: at 64, RELA is the third after the null one. */
#define RELA_HEADER	(64 + 64 * 3)
#define RELA		0x400

static const struct ruin ruins[] = {
	{ "E2 a byte of the first page", SS_PSEAMLDR_EBADHASH, 9, 1, 1, true },
	{ "E2 a byte of the last page", SS_PSEAMLDR_EBADHASH, 101 * 4096 - 1, 1, 0xee, true },
	{ "E3 magic", EBADPARAM, 3, 1, 'f' },
	{ "E3 class", EBADPARAM, 4, 1, 1 },
	{ "E3 data", EBADPARAM, 5, 1, 2 },
	{ "E3 version", EBADPARAM, 6, 1, 0 },
	{ "E3 sections behind the image", EBADPARAM, 40, 8, 101 * 4096 - 63 },
	{ "E3 sections at the end of all addresses", EBADPARAM, 40, 8, ~0ULL },
	{ "E3 more sections than there is image", EBADPARAM, 60, 2, 0xffff },
	{ "E3 relocations of size 0", EBADPARAM, RELA_HEADER + 56, 8, 0 },
	{ "E3 relocations behind the image", EBADPARAM, RELA_HEADER + 16, 8, 101 * 4096 - 23 },
	{ "E3 relocations at the end of all addresses", EBADPARAM, RELA_HEADER + 16, 8, ~0ULL },
	{ "E3 too many relocations", EBADPARAM, RELA_HEADER + 32, 8, ~0ULL },
	{ "E3 relocation of another type", EBADPARAM, RELA + 8, 8, 1 },
	{ "E3 relocation with a symbol", EBADPARAM, RELA + 8, 8, 8 | 1ULL << 32 },
	{ "E3 relocation of what is not there", EBADPARAM, RELA, 8, 101 * 4096 - 7 },
	{ "E3 relocation far away", EBADPARAM, RELA, 8, ~0ULL },
	{ "E3 relocation to what is not there", EBADPARAM, RELA + 16, 8, 101 * 4096 },
	{ "E3 the first section is checked too", EBADPARAM, 64 + 4, 4, 4 },
	{ "E3 last relocation is checked too", EBADPARAM, RELA + 5 * 24 + 8, 8, 9 },
};

/* Only a LOAD brings a module back, and it refills the SEAMDB. */
static void expect_lost(struct fixture *f, const struct fixture_image *image)
{
	static const uint8_t nothing[SS_SHA384_BYTES];
	struct sim_audit audit;

	sim_audit(f->sim, &audit);
	assert_false(audit.seam_ready);
	assert_false(audit.session_open);
	assert_string_equal(audit.version, "");
	assert_int_equal(audit.remaining_updates, 9);
	assert_memory_equal(f->sim->seamextend.mrseam, nothing, sizeof(nothing));
	assert_int_equal(f->sim->seamextend.svn_minor, 0);
	assert_int_equal(fixture_call(f, 0, SS_LEAF_TDH_SYS_INIT, 0),
			 SS_TDX_SEAMCALL_VMFAILINVALID);
	assert_int_equal(fixture_install(f, image->params_pa, NULL), EBADPARAM);
	fixture_boot(f, "1.5.01");
	sim_audit(f->sim, &audit);
	assert_int_equal(audit.state, SIM_SYS_READY);
	assert_int_equal(audit.remaining_updates, 9);
}

static void ruined(void **state)
{
	const struct ruin *r = *state;
	struct fixture_image image;
	struct fixture f;
	uint64_t rdx = 99;
	uint32_t keys;

	fixture_create(&f, LPS, 2);
	fixture_boot(&f, "1.5.06");
	keys = keys_of_tds(&f);
	assert_int_equal(fixture_call(&f, 1, SS_LEAF_TDH_SYS_SHUTDOWN, 0), 0);
	fixture_image(&f, "1.5.08", FIXTURE_UPDATE, &image);
	put(image.module + r->at, r->value, r->bytes);
	if (!r->keep_hash)
		fixture_rehash(&image);
	fixture_sign(&image);
	assert_int_equal(fixture_install(&f, image.params_pa, &rdx), r->status);
	assert_int_equal(rdx, 1);
	assert_int_not_equal(keys_of_tds(&f), keys);
	expect_lost(&f, &image);
	fixture_destroy(&f);
}

static uint64_t install_ruined(const struct ruin *ruin, uint32_t nr)
{
	struct fixture_image image;
	struct fixture f;
	uint64_t status;

	fixture_create(&f, LPS, 2);
	fixture_image(&f, "1.5.08", FIXTURE_LOAD, &image);
	while (nr--) {
		put(image.module + ruin->at, ruin->value, ruin->bytes);
		ruin++;
	}
	fixture_rehash(&image);
	fixture_sign(&image);
	status = fixture_install(&f, image.params_pa, NULL);
	fixture_destroy(&f);
	return status;
}

/* E3: the last bytes of the image are part of it, what follows the last section is none. */
static void limits_of_elf_are_allowed(void **state)
{
	const uint32_t size = 101 * 4096;
	const struct ruin last_bytes[] = {
		{ "", 0, RELA_HEADER + 16, 8, size - 24 },
		{ "", 0, RELA_HEADER + 32, 8, 24 },
		{ "", 0, size - 24, 8, size - 8 },
		{ "", 0, size - 16, 8, 8 },
		{ "", 0, size - 8, 8, size - 1 },
	};
	const struct ruin odd_size = { "", 0, RELA_HEADER + 32, 8, 6 * 24 + 23 };
	const struct ruin no_sections = { "", 0, 60, 2, 0 };
	const struct ruin rela_behind = { "", 0, 64 + 5 * 64 + 4, 4, 4 };

	(void)state;
	assert_int_equal(install_ruined(last_bytes, 5), 0);
	assert_int_equal(install_ruined(&odd_size, 1), 0);
	assert_int_equal(install_ruined(&no_sections, 1), 0);
	assert_int_equal(install_ruined(&rela_behind, 1), 0);
}

/* What an earlier, larger image left behind the end of this one does not belong to it. */
static void stale_bytes_do_not_count(void **state)
{
	struct sim_module_info info = *sim_ladder_find("1.5.08");
	struct fixture_image large, small;
	struct fixture f;

	(void)state;
	info.module_pages = 102;
	fixture_create(&f, LPS, 2);
	fixture_image_of(&f, &info, FIXTURE_LOAD, &large);
	memcpy(large.module + 101 * SS_PAGE, large.module + RELA, 24);
	fixture_rehash(&large);
	fixture_sign(&large);
	assert_int_equal(fixture_install(&f, large.params_pa, NULL), 0);
	fixture_image(&f, "1.5.08", FIXTURE_LOAD, &small);
	put(small.module + RELA_HEADER + 16, 101 * SS_PAGE, 8);
	put(small.module + RELA_HEADER + 32, 24, 8);
	fixture_rehash(&small);
	fixture_sign(&small);
	assert_int_equal(fixture_install(&f, small.params_pa, NULL), EBADPARAM);
	fixture_destroy(&f);
}

/* A host that takes a page away while it is being installed hurts itself only. */
static uint64_t vanishing_pa;
static uint32_t vanishing_visits;

static void *map_that_forgets(void *ctx, uint64_t pa, size_t bytes)
{
	struct fixture *f = ctx;

	(void)bytes;
	if (pa == vanishing_pa && vanishing_visits++)
		return NULL;
	return fixture_va(f, pa);
}

static void memory_that_vanishes(void **state)
{
	struct fixture_image image;
	struct fixture f;
	uint64_t rdx = 99;

	(void)state;
	fixture_create(&f, LPS, 2);
	fixture_image(&f, "1.5.08", FIXTURE_LOAD, &image);
	vanishing_pa = image.module_pa + 7 * SS_PAGE;
	f.sim->config.map = map_that_forgets;
	assert_int_equal(fixture_install(&f, image.params_pa, &rdx), SS_PSEAMLDR_EBADHASH);
	assert_int_equal(rdx, 1);
	fixture_destroy(&f);
}

/* A module of no pages passes A5, and nothing before E2 needs one. */
static void no_pages_at_all(void **state)
{
	static const uint8_t zero[8];
	struct fixture_image image;
	struct fixture f;
	uint64_t rdx = 99;

	(void)state;
	fixture_create(&f, LPS, 2);
	fixture_boot(&f, "1.5.06");
	assert_int_equal(fixture_call(&f, 1, SS_LEAF_TDH_SYS_SHUTDOWN, 0), 0);
	fixture_image(&f, "1.5.08", FIXTURE_UPDATE, &image);
	memcpy(image.params + 120, zero, 8);
	assert_int_equal(fixture_install(&f, image.params_pa, &rdx), EBADSIG);
	assert_int_equal(rdx, 0);
	memcpy(image.sigstruct + 992, zero, 8);
	fixture_sign(&image);
	assert_int_equal(fixture_install(&f, image.params_pa, &rdx), SS_PSEAMLDR_EBADHASH);
	assert_int_equal(rdx, 1);
	expect_lost(&f, &image);
	fixture_destroy(&f);
}

/* E2 comes before E3. */
static void hash_before_elf(void **state)
{
	struct fixture_image image;
	struct fixture f;
	uint64_t rdx = 99;

	(void)state;
	fixture_create(&f, LPS, 2);
	fixture_boot(&f, "1.5.06");
	assert_int_equal(fixture_call(&f, 1, SS_LEAF_TDH_SYS_SHUTDOWN, 0), 0);
	fixture_image(&f, "1.5.08", FIXTURE_UPDATE, &image);
	image.module[3] = 'f';
	assert_int_equal(fixture_install(&f, image.params_pa, &rdx), SS_PSEAMLDR_EBADHASH);
	assert_int_equal(rdx, 1);
	fixture_destroy(&f);
}

/* G1: the new identity stays, not ready. */
static void seamdb_full(void **state)
{
	struct fixture_image image;
	struct sim_audit audit;
	struct fixture f;
	uint64_t rdx = 99;

	(void)state;
	fixture_create(&f, LPS, 2);
	fixture_boot(&f, "1.5.06");
	assert_int_equal(fixture_call(&f, 1, SS_LEAF_TDH_SYS_SHUTDOWN, 0), 0);
	fixture_image(&f, "1.5.08", FIXTURE_UPDATE, &image);
	f.sim->seamdb_count = f.sim->seamdb_size;	/* behind the loader's back */
	assert_int_equal(fixture_install(&f, image.params_pa, &rdx), SS_PSEAMLDR_ENOENTROPY);
	assert_int_equal(rdx, 1);
	sim_audit(f.sim, &audit);
	assert_false(audit.seam_ready);
	assert_string_equal(audit.version, "");
	assert_int_equal(audit.svn_minor, 7);
	assert_memory_equal(f.sim->seamextend.mrseam, image.sigstruct + 900, 48);
	assert_int_equal(fixture_install(&f, image.params_pa, NULL), EBADPARAM);
	fixture_boot(&f, "1.5.01");
	fixture_destroy(&f);
}

/* A CPU whose SEAMDB holds nothing: no module can ever be installed. */
static void seamdb_of_size_0(void **state)
{
	struct fixture_image image;
	struct fixture f;
	uint64_t rdx = 99;

	(void)state;
	fixture_config(&f, LPS, 2);
	f.config.updates = 0;
	fixture_power_on(&f);
	fixture_image(&f, "1.5.06", FIXTURE_LOAD, &image);
	assert_int_equal(fixture_install(&f, image.params_pa, &rdx), SS_PSEAMLDR_ENOENTROPY);
	assert_int_equal(rdx, 1);
	fixture_destroy(&f);
}

/* ---- all of them --------------------------------------------------------------------- */

int main(void)
{
	static struct CMUnitTest tests[SS_ARRAY_SIZE(ruins) + 16];
	const struct CMUnitTest more[] = {
		cmocka_unit_test(hash_before_elf),
		cmocka_unit_test(no_pages_at_all),
		cmocka_unit_test(limits_of_elf_are_allowed),
		cmocka_unit_test(stale_bytes_do_not_count),
		cmocka_unit_test(memory_that_vanishes),
		cmocka_unit_test(seamdb_full),
		cmocka_unit_test(seamdb_of_size_0),
	};
	size_t i, nr = 0;

	for (i = 0; i < SS_ARRAY_SIZE(ruins); i++) {
		tests[nr].name = ruins[i].name;
		tests[nr].initial_state = (void *)&ruins[i];
		tests[nr++].test_func = ruined;
	}
	for (i = 0; i < SS_ARRAY_SIZE(more); i++)
		tests[nr++] = more[i];
	return _cmocka_run_group_tests("seamldr-ruin", tests, nr, NULL, NULL);
}
