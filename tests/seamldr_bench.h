/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The start of the tests of the P-SEAMLDR: 1.5.06 running, 1.5.08 at hand. */
#ifndef TESTS_SEAMLDR_BENCH_H
#define TESTS_SEAMLDR_BENCH_H

#include "../sim/internal.h"
#include "bytes.h"
#include "sim_fixture.h"

#define LPS		4u
#define INSTALL		SS_LEAF_SEAMLDR_INSTALL
#define VMFAILINVALID	SS_TDX_SEAMCALL_VMFAILINVALID

struct bench {
	struct fixture f;
	struct fixture_image next;	/* 1.5.08, scenario UPDATE */
	uint64_t info_pa, seaminfo_pa;	/* buffers */
	uint8_t *info, *seaminfo;
};

/* For cmocka: *state is a struct bench. */
int bench_setup(void **state);
int bench_teardown(void **state);

/* TDH.SYS.SHUTDOWN with handoff version 0; must succeed. */
void shut_down_module(struct bench *b);
/* One call of INSTALL. RDX is 99 before the call. */
uint64_t install_on(struct bench *b, uint32_t lp, uint64_t params_pa, uint64_t *rdx);
/* One call of INSTALL that must return @status, and RDX = 0. */
void expect_install(struct bench *b, uint32_t lp, uint64_t params_pa, uint64_t status);
struct sim_audit audit_of(struct bench *b);
/* A call that a running module answers with success. */
uint64_t ping(struct bench *b, uint32_t lp);

#endif
