// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * INSTALL where MODULE_RANGE is just large enough (specification 5.2, rows C2 and E1). The size
 * suffices for the loader's early check, but not for the page tables that the module needs. Then
 * the module is lost or the machine dies, and no rehearsal shows it. A few pages more are enough.
 *
 * The margins were measured with the Intel loader that the model stands for, on 8 to 896 LPs with
 * the numbers of 1.5.16. For other numbers a program other than the model computed them by the rule
 * that was right in all measurements.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "bytes.h"
#include "sim_fixture.h"

#define VMFAILINVALID	SS_TDX_SEAMCALL_VMFAILINVALID

/* From @need bytes: ENOMEM with RDX 1; from @ud2 pages more: UD2; from @good more: success. */
struct margin {
	uint32_t lps, sockets;
	uint8_t stack_pages, tls_pages;		/* of the sigstruct: minus 1 */
	uint16_t keyhole_pages, data_pages, handoff_pages;
	uint32_t module_pages;
	uint64_t need;
	uint32_t ud2, good;
};

static const struct margin found[] = {
	{ 8, 1, 1, 1, 127, 21, 13, 115, 2482176, 1, 7 },
	{ 64, 2, 1, 1, 127, 21, 13, 115, 3915776, 0, 7 },
	{ 128, 2, 1, 1, 127, 21, 13, 115, 5554176, 0, 7 },
	{ 224, 2, 1, 1, 127, 21, 13, 115, 8847360, 0, 5 },
	{ 896, 8, 1, 1, 127, 21, 13, 115, 28536832, 0, 5 },
};

static const struct margin computed[] = {
	{ 4, 2, 4, 2, 300, 707, 200, 300, 6037504, 0, 6 },
	{ 6, 2, 0, 3, 300, 255, 200, 101, 4251648, 0, 7 },
	{ 16, 1, 2, 0, 127, 480, 13, 496, 4567040, 0, 7 },
	{ 20, 1, 1, 1, 0, 748, 13, 496, 6049792, 2, 7 },
	{ 8, 8, 4, 1, 300, 784, 24, 101, 5771264, 0, 6 },
	{ 33, 1, 2, 0, 300, 5, 13, 101, 3940352, 0, 7 },
	{ 16, 1, 1, 0, 65535, 21, 13, 115, 11026432, 0, 5 },
	{ 3, 1, 7, 3, 4095, 5000, 13, 115, 23072768, 0, 6 },
};

static void make_image(struct fixture *f, const struct margin *m, enum fixture_scenario scenario,
		       struct fixture_image *image)
{
	struct sim_module_info info = *sim_ladder_find("1.5.16");

	info.module_pages = m->module_pages;
	fixture_image_of(f, &info, scenario, image);
	put_le(image->sigstruct + 962, m->stack_pages, 1);
	put_le(image->sigstruct + 963, m->tls_pages, 1);
	put_le(image->sigstruct + 964, m->keyhole_pages, 2);
	put_le(image->sigstruct + 966, m->data_pages, 2);
	put_le(image->sigstruct + 990, m->handoff_pages, 2);
	fixture_sign(image);
}

/* Neither module nor loader answers any more. */
static void expect_dead(struct fixture *f)
{
	struct sim_audit audit;

	sim_audit(f->sim, &audit);
	assert_true(audit.fatal);
	assert_false(audit.seam_ready);
	assert_int_equal(audit.tds, 0);
	assert_int_equal(fixture_call(f, 0, SS_LEAF_SEAMLDR_INFO, f->scratch.pa), VMFAILINVALID);
	assert_int_equal(fixture_call(f, 0, SS_LEAF_SEAMLDR_INSTALL, 0), VMFAILINVALID);
	assert_int_equal(fixture_call(f, 0, SS_LEAF_TDH_SYS_INIT, 0), VMFAILINVALID);
}

static void expect(struct fixture *f, uint64_t bytes, const struct fixture_image *image,
		   uint64_t status, uint64_t rdx)
{
	uint64_t got, got_rdx = 99;

	f->config.seam_bytes = bytes;
	fixture_power_on(f);
	got = fixture_install(f, image->params_pa, &got_rdx);
	if (got != status)
		fail_msg("%u LPs, %llu bytes: %s instead of %s", f->config.nr_lps,
			 (unsigned long long)bytes, ss_status_name(SS_LEAF_SEAMLDR_INSTALL, got),
			 ss_status_name(SS_LEAF_SEAMLDR_INSTALL, status));
	if (status == VMFAILINVALID)
		expect_dead(f);
	else
		assert_int_equal(got_rdx, rdx);
}

static void walk_margin(const struct margin *m)
{
	struct fixture_image image;
	struct fixture f;
	uint32_t pages;

	for (pages = 0; pages <= m->good; pages++) {
		fixture_config(&f, m->lps, m->sockets);
		make_image(&f, m, FIXTURE_LOAD, &image);
		if (pages < m->ud2)
			expect(&f, m->need + 4096 * pages, &image, SS_PSEAMLDR_ENOMEM, 1);
		else if (pages < m->good)
			expect(&f, m->need + 4096 * pages, &image, VMFAILINVALID, 0);
		else
			expect(&f, m->need + 4096 * pages, &image, SS_TDX_SUCCESS, 0);
		fixture_destroy(&f);
	}
	/* One byte less than the early check requires does no harm. */
	fixture_config(&f, m->lps, m->sockets);
	make_image(&f, m, FIXTURE_LOAD, &image);
	expect(&f, m->need - 1, &image, SS_PSEAMLDR_ENOMEM, 0);
	fixture_destroy(&f);
}

static void margins_that_were_found(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < SS_ARRAY_SIZE(found); i++)
		walk_margin(&found[i]);
}

static void margins_by_the_rule(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < SS_ARRAY_SIZE(computed); i++)
		walk_margin(&computed[i]);
}

/* One byte below a boundary the outcome is that of the smaller size. */
static void bytes_that_are_no_page_do_not_count(void **state)
{
	const struct margin *m = &found[0];
	struct fixture_image image;
	struct fixture f;

	(void)state;
	fixture_config(&f, m->lps, m->sockets);
	make_image(&f, m, FIXTURE_LOAD, &image);
	expect(&f, m->need + 4096 * m->ud2 - 1, &image, SS_PSEAMLDR_ENOMEM, 1);
	fixture_destroy(&f);
	fixture_config(&f, m->lps, m->sockets);
	make_image(&f, m, FIXTURE_LOAD, &image);
	expect(&f, m->need + 4096 * m->good - 1, &image, VMFAILINVALID, 0);
	fixture_destroy(&f);
}

/*
 * An update from a module that has room to one that needs a little more. The rehearsal ends as if
 * it had found nothing wrong. The update kills the machine.
 */
static void no_rehearsal_shows_it(void **state)
{
	static const struct margin small = { .module_pages = 101, .stack_pages = 1, .tls_pages = 1,
					     .keyhole_pages = 127, .handoff_pages = 13 };
	const struct margin *large = &found[0];
	struct fixture_image image;
	struct fixture f;
	uint64_t rdx = 99;

	(void)state;
	fixture_config(&f, large->lps, large->sockets);
	make_image(&f, &small, FIXTURE_LOAD, &image);
	f.config.seam_bytes = large->need + 4096 * (large->good - 1);
	fixture_power_on(&f);
	assert_int_equal(sim_boot(f.sim, image.params_pa, f.scratch, NULL), 0);
	make_image(&f, large, FIXTURE_UPDATE, &image);
	assert_int_equal(fixture_install(&f, image.params_pa, &rdx), SS_PSEAMLDR_EBADHANDOFF);
	assert_int_equal(rdx, 0);
	assert_int_equal(fixture_call(&f, 0, SS_LEAF_TDH_SYS_SHUTDOWN, 0), 0);
	assert_int_equal(fixture_install(&f, image.params_pa, &rdx), VMFAILINVALID);
	expect_dead(&f);
	fixture_destroy(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(margins_that_were_found),
		cmocka_unit_test(margins_by_the_rule),
		cmocka_unit_test(bytes_that_are_no_page_do_not_count),
		cmocka_unit_test(no_rehearsal_shows_it),
	};

	return cmocka_run_group_tests_name("seamldr-room", tests, NULL, NULL);
}
