// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * SEAMLDR.INSTALL, rows E1 to G2 (specification 5.2): failures after the old module is gone, what
 * they leave behind, and what is still allowed. test_seamldr_room.c tests E1.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../sim/pamt.h"
#include "seamldr_bench.h"

#define EBADPARAM	SS_PSEAMLDR_EBADPARAM
#define EBADSIG		SS_PSEAMLDR_EBADSIG

/* ---- what the tests share -------------------------------------------------------------------- */

/* 1.5.06 runs, or has been shut down; 1.5.08 is at hand. */
static struct bench *begin(bool shut_down)
{
	void *b;

	bench_setup(&b);
	if (shut_down)
		shut_down_module(b);
	return b;
}

static void end(struct bench *b)
{
	bench_teardown((void **)&b);
}

/* A machine without a module; 1.5.08 is at hand for LOAD. */
static void begin_empty(struct fixture *f, struct fixture_image *image)
{
	fixture_create(f, LPS, 2);
	fixture_image(f, "1.5.08", FIXTURE_LOAD, image);
}

static void resign(struct fixture_image *image)
{
	fixture_rehash(image);
	fixture_sign(image);
}

/* An INSTALL session that ends with @status. @rdx: 1 if the old module is gone. */
static void session(struct fixture *f, const struct fixture_image *image, uint64_t status,
		    uint64_t rdx)
{
	uint64_t got = 99;

	assert_int_equal(fixture_install(f, image->params_pa, &got), status);
	assert_int_equal(got, rdx);
}

/* Changes when TD memory is lost. */
static uint32_t keys_of_tds(const struct fixture *f)
{
	return ss_load(&f->sim->memory->key_generation);
}

/* An edit of the module, and whether the module is hashed and signed anew. */
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
	struct bench *b = begin(false);
	uint32_t keys = keys_of_tds(&b->f);

	shut_down_module(b);
	put_le(b->next.module + r->at, r->value, r->bytes);
	if (!r->keep_hash)
		fixture_rehash(&b->next);
	fixture_sign(&b->next);
	session(&b->f, &b->next, r->status, 1);
	assert_int_not_equal(keys_of_tds(&b->f), keys);
	expect_lost(&b->f, &b->next);
	end(b);
}

static uint64_t install_ruined(const struct ruin *ruin, uint32_t nr)
{
	struct fixture_image image;
	struct fixture f;
	uint64_t status;

	begin_empty(&f, &image);
	for (; nr--; ruin++)
		put_le(image.module + ruin->at, ruin->value, ruin->bytes);
	resign(&image);
	status = fixture_install(&f, image.params_pa, NULL);
	fixture_destroy(&f);
	return status;
}

/* E3: the last bytes of the image belong to it; what follows the last section is no section. */
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

/* The end of an earlier, larger image does not belong to this one. */
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
	resign(&large);
	assert_int_equal(fixture_install(&f, large.params_pa, NULL), 0);
	fixture_image(&f, "1.5.08", FIXTURE_LOAD, &small);
	put_le(small.module + RELA_HEADER + 16, 101 * SS_PAGE, 8);
	put_le(small.module + RELA_HEADER + 32, 24, 8);
	resign(&small);
	assert_int_equal(fixture_install(&f, small.params_pa, NULL), EBADPARAM);
	fixture_destroy(&f);
}

/* A module page without memory reads as FF. A rehearsal does not look, and passes. */
static void a_page_without_memory(void **state)
{
	struct bench *b = begin(false);

	(void)state;
	put_le(b->next.params + 128 + 8 * 7, FIXTURE_PA - SS_PAGE, 8);
	session(&b->f, &b->next, SS_PSEAMLDR_EBADHANDOFF, 0);
	shut_down_module(b);
	session(&b->f, &b->next, SS_PSEAMLDR_EBADHASH, 1);
	expect_lost(&b->f, &b->next);
	end(b);
}

/* FF in place of memory is hashed like any other content. */
static void a_page_of_ff_without_memory(void **state)
{
	struct fixture_image image;
	struct fixture f;

	(void)state;
	begin_empty(&f, &image);
	memset(image.module + 7 * SS_PAGE, 0xff, SS_PAGE);
	resign(&image);
	put_le(image.params + 128 + 8 * 7, FIXTURE_PA - SS_PAGE, 8);
	assert_int_equal(fixture_install(&f, image.params_pa, NULL), 0);
	fixture_destroy(&f);
}

/* The statuses that refuse a module of no pages, if nothing else is wrong. */
struct pageless {
	const char *name;
	enum fixture_scenario scenario;
	bool handoff;			/* the module has been shut down */
	uint32_t fault_wrapper;		/* 0: unchanged */
	bool hash_of_nothing;
	uint64_t status, rdx;
};

/*
 * The module passes A5, and the sizes of B15 and B16 wrap around. A rehearsal ends as if it had
 * found nothing. The real session ends where the pages are hashed, after the old module is gone.
 */
static const struct pageless pageless[] = {
	{ "no pages, rehearsed", FIXTURE_UPDATE, false, 0, false, SS_PSEAMLDR_EBADHANDOFF, 0 },
	{ "no pages, UPDATE", FIXTURE_UPDATE, true, 0, false, SS_PSEAMLDR_EBADHASH, 1 },
	{ "no pages, LOAD", FIXTURE_LOAD, false, 0, false, SS_PSEAMLDR_EBADHASH, 1 },
	{ "no pages, UPDATE with the hash of nothing", FIXTURE_UPDATE, true, 0, true, EBADPARAM,
	  1 },
	{ "no pages, LOAD with the hash of nothing", FIXTURE_LOAD, false, 0, true, EBADPARAM, 1 },
	{ "no pages, largest fault_wrapper", FIXTURE_UPDATE, true, 0xfffffe00, false,
	  SS_PSEAMLDR_EBADHASH, 1 },
	{ "no pages, fault_wrapper one too far", FIXTURE_UPDATE, true, 0xfffffe01, false, EBADSIG,
	  0 },
};

static void no_pages_at_all(void **state)
{
	const struct pageless *p = *state;
	struct bench *b = begin(p->handoff);
	struct fixture_image image;

	fixture_image(&b->f, "1.5.08", p->scenario, &image);
	put_le(image.params + 120, 0, 8);
	if (p->fault_wrapper)
		put_le(image.sigstruct + 996, p->fault_wrapper, 4);
	image.info.module_pages = 0;
	if (p->hash_of_nothing)
		fixture_rehash(&image);
	fixture_sign(&image);
	session(&b->f, &image, p->status, p->rdx);
	if (p->rdx && p->scenario == FIXTURE_UPDATE)
		expect_lost(&b->f, &image);
	end(b);
}

/* With one page, or without the two offsets, nothing wraps around. */
static void few_pages(void **state)
{
	struct fixture_image image;
	struct fixture f;

	(void)state;
	begin_empty(&f, &image);
	put_le(image.params + 120, 1, 8);
	session(&f, &image, EBADSIG, 0);
	put_le(image.params + 120, 0, 8);
	put_le(image.sigstruct + 992, 0, 8);
	fixture_sign(&image);
	session(&f, &image, SS_PSEAMLDR_EBADHASH, 1);
	fixture_destroy(&f);
}

/* E2 comes before E3. */
static void hash_before_elf(void **state)
{
	struct bench *b = begin(true);

	(void)state;
	b->next.module[3] = 'f';
	session(&b->f, &b->next, SS_PSEAMLDR_EBADHASH, 1);
	end(b);
}

/* G1: the CPU finds no entropy for the SEAMDB in five tries. The new identity stays, not ready. */
static void no_entropy_for_the_seamdb(void **state)
{
	struct bench *b = begin(true);
	struct sim_audit audit;

	(void)state;
	sim_set_lp(b->f.sim, LPS - 1, &(struct sim_lp_state){ .seamdb_failures = 5 });
	session(&b->f, &b->next, SS_PSEAMLDR_ENOENTROPY, 1);
	audit = audit_of(b);
	assert_false(audit.seam_ready);
	assert_string_equal(audit.version, "");
	assert_int_equal(audit.svn_minor, 7);
	assert_memory_equal(b->f.sim->seamextend.mrseam, b->next.sigstruct + 900, 48);
	assert_int_equal(fixture_install(&b->f, b->next.params_pa, NULL), EBADPARAM);
	/* Four tries fail, and the fifth succeeds. */
	sim_set_lp(b->f.sim, LPS - 1, &(struct sim_lp_state){ .seamdb_failures = 4 });
	fixture_boot(&b->f, "1.5.01");
	end(b);
}

/* Any other failure of SEAMDB_INSERT is a UD2 inside SEAM. */
static void expect_dead(struct fixture *f, const struct fixture_image *image)
{
	struct sim_audit audit;

	assert_int_equal(fixture_install(f, image->params_pa, NULL),
			 SS_TDX_SEAMCALL_VMFAILINVALID);
	sim_audit(f->sim, &audit);
	assert_true(audit.fatal);
	assert_false(audit.seam_ready);
	assert_int_equal(fixture_call(f, 0, SS_LEAF_SEAMLDR_INFO, f->scratch.pa),
			 SS_TDX_SEAMCALL_VMFAILINVALID);
}

static void seamdb_full(void **state)
{
	struct bench *b = begin(true);

	(void)state;
	b->f.sim->seamdb_count = b->f.sim->seamdb_size;	/* the loader does not know */
	expect_dead(&b->f, &b->next);
	end(b);
}

/* A CPU whose SEAMDB holds nothing fails in the same way without a test's interference. */
static void seamdb_of_size_0(void **state)
{
	struct fixture_image image;
	struct fixture f;

	(void)state;
	fixture_config(&f, LPS, 2);
	f.config.updates = 0;
	fixture_power_on(&f);
	fixture_image(&f, "1.5.06", FIXTURE_LOAD, &image);
	expect_dead(&f, &image);
	fixture_destroy(&f);
}

/* ---- all of them ----------------------------------------------------------------------------- */

int main(void)
{
	static struct CMUnitTest tests[SS_ARRAY_SIZE(ruins) + SS_ARRAY_SIZE(pageless) + 16];
	const struct CMUnitTest more[] = {
		cmocka_unit_test(hash_before_elf),
		cmocka_unit_test(few_pages),
		cmocka_unit_test(limits_of_elf_are_allowed),
		cmocka_unit_test(stale_bytes_do_not_count),
		cmocka_unit_test(a_page_without_memory),
		cmocka_unit_test(a_page_of_ff_without_memory),
		cmocka_unit_test(no_entropy_for_the_seamdb),
		cmocka_unit_test(seamdb_full),
		cmocka_unit_test(seamdb_of_size_0),
	};
	size_t i, nr = 0;

	for (i = 0; i < SS_ARRAY_SIZE(ruins); i++) {
		tests[nr].name = ruins[i].name;
		tests[nr].initial_state = (void *)&ruins[i];
		tests[nr++].test_func = ruined;
	}
	for (i = 0; i < SS_ARRAY_SIZE(pageless); i++) {
		tests[nr].name = pageless[i].name;
		tests[nr].initial_state = (void *)&pageless[i];
		tests[nr++].test_func = no_pages_at_all;
	}
	for (i = 0; i < SS_ARRAY_SIZE(more); i++)
		tests[nr++] = more[i];
	return _cmocka_run_group_tests("seamldr-ruin", tests, nr, NULL, NULL);
}
