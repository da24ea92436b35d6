// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The start of the tests of the P-SEAMLDR: 1.5.06 running, 1.5.08 at hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "seamldr_bench.h"

void shut_down_module(struct bench *b)
{
	assert_int_equal(fixture_call(&b->f, 0, SS_LEAF_TDH_SYS_SHUTDOWN, 0), 0);
}

int bench_setup(void **state)
{
	static struct bench b;

	fixture_create(&b.f, LPS, 2);
	fixture_boot(&b.f, "1.5.06");
	fixture_image(&b.f, "1.5.08", FIXTURE_UPDATE, &b.next);
	b.info = fixture_alloc(&b.f, 256, 256, &b.info_pa);
	b.seaminfo = fixture_alloc(&b.f, 2048, 2048, &b.seaminfo_pa);
	*state = &b;
	return 0;
}

int bench_teardown(void **state)
{
	struct bench *b = *state;

	fixture_destroy(&b->f);
	return 0;
}

uint64_t install_on(struct bench *b, uint32_t lp, uint64_t params_pa, uint64_t *rdx)
{
	struct ss_regs r = { .rax = INSTALL, .rcx = params_pa, .rdx = 99 };
	uint64_t status = fixture_regs(&b->f, lp, &r);

	*rdx = r.rdx;
	return status;
}

void expect_install(struct bench *b, uint32_t lp, uint64_t params_pa, uint64_t status)
{
	uint64_t rdx;

	assert_int_equal(install_on(b, lp, params_pa, &rdx), status);
	assert_int_equal(rdx, 0);
}

struct sim_audit audit_of(struct bench *b)
{
	struct sim_audit audit;

	sim_audit(b->f.sim, &audit);
	return audit;
}

uint64_t ping(struct bench *b, uint32_t lp)
{
	struct ss_regs r = { .rax = SS_LEAF_TDH_SYS_RD, .rdx = 0x0a00000300000008ULL };

	return fixture_regs(&b->f, lp, &r);
}
