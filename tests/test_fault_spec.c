// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Faults as text: the accepted forms, where a wrong one is marked as wrong, and the way back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lab/fault_spec.h"

#define NR_LPS 64

struct good {
	const char *text;
	struct sim_fault fault;
	const char *canonical;
};

static const struct good good[] = {
	{ "SEAMLDR.INSTALL=PSEAMLDR_ENOENTROPY",
	  { SS_LEAF_SEAMLDR_INSTALL, SIM_LP_ANY, 1, false, SS_PSEAMLDR_ENOENTROPY, 0 },
	  "SEAMLDR.INSTALL#1=PSEAMLDR_ENOENTROPY" },
	{ "seamldr.install@last#2+=ebadhash/1",
	  { SS_LEAF_SEAMLDR_INSTALL, 63, 2, true, SS_PSEAMLDR_EBADHASH, 1 },
	  "SEAMLDR.INSTALL@63#2+=PSEAMLDR_EBADHASH/1" },
	{ "SEAMLDR.INSTALL@first=EBADPARAM/0x1",
	  { SS_LEAF_SEAMLDR_INSTALL, 0, 1, false, SS_PSEAMLDR_EBADPARAM, 1 },
	  "SEAMLDR.INSTALL@0#1=PSEAMLDR_EBADPARAM/1" },
	{ "TDH.SYS.INIT@any#3=SYS_BUSY",
	  { SS_LEAF_TDH_SYS_INIT, SIM_LP_ANY, 3, false, SS_TDX_SYS_BUSY, 0 },
	  "TDH.SYS.INIT#3=TDX_SYS_BUSY" },
	{ "SYS.LP.INIT@17+=TDX_RND_NO_ENTROPY",
	  { SS_LEAF_TDH_SYS_LP_INIT, 17, 1, true, SS_TDX_RND_NO_ENTROPY, 0 },
	  "TDH.SYS.LP.INIT@17#1+=TDX_RND_NO_ENTROPY" },
	{ "0x21=0xc000050a00000000",
	  { SS_LEAF_TDH_SYS_INIT, SIM_LP_ANY, 1, false, SS_TDX_SYS_INCOMPATIBLE_SIGSTRUCT, 0 },
	  "TDH.SYS.INIT#1=TDX_SYS_INCOMPATIBLE_SIGSTRUCT" },
	{ "52=0x8000051200030000",	/* details stay */
	  { SS_LEAF_TDH_SYS_SHUTDOWN, SIM_LP_ANY, 1, false, 0x8000051200030000ULL, 0 },
	  "TDH.SYS.SHUTDOWN#1=0x8000051200030000" },
	{ "TDH.SYS.UPDATE=VMFAILINVALID",
	  { SS_LEAF_TDH_SYS_UPDATE, SIM_LP_ANY, 1, false, SS_TDX_SEAMCALL_VMFAILINVALID, 0 },
	  "TDH.SYS.UPDATE#1=TDX_SEAMCALL_VMFAILINVALID" },
	{ "SEAMLDR.INSTALL=TDX_SEAMCALL_GP",
	  { SS_LEAF_SEAMLDR_INSTALL, SIM_LP_ANY, 1, false, SS_TDX_SEAMCALL_GP, 0 },
	  "SEAMLDR.INSTALL#1=TDX_SEAMCALL_GP" },
	{ "SYS.INIT!=SYS_BUSY",
	  { SS_LEAF_TDH_SYS_INIT, SIM_LP_ANY, 1, false, SS_TDX_SYS_BUSY, 0, true },
	  "TDH.SYS.INIT#1!=TDX_SYS_BUSY" },
	{ "SEAMLDR.INSTALL@1#2+!=EBADSIG/1",
	  { SS_LEAF_SEAMLDR_INSTALL, 1, 2, true, SS_PSEAMLDR_EBADSIG, 1, true },
	  "SEAMLDR.INSTALL@1#2+!=PSEAMLDR_EBADSIG/1" },
	{ "SYS.UPDATE=SUCCESS",
	  { SS_LEAF_TDH_SYS_UPDATE, SIM_LP_ANY, 1, false, 0, 0 },
	  "TDH.SYS.UPDATE#1=TDX_SUCCESS" },
	{ "SEAMLDR.INSTALL@last+=0",
	  { SS_LEAF_SEAMLDR_INSTALL, 63, 1, true, 0, 0 },
	  "SEAMLDR.INSTALL@63#1+=PSEAMLDR_SUCCESS" },
};

static void assert_same(const struct sim_fault *a, const struct sim_fault *b)
{
	assert_int_equal(a->leaf, b->leaf);
	assert_int_equal(a->lp, b->lp);
	assert_int_equal(a->nth, b->nth);
	assert_int_equal(a->sticky, b->sticky);
	assert_int_equal(a->status, b->status);
	assert_int_equal(a->rdx, b->rdx);
	assert_int_equal(a->executed, b->executed);
}

static void test_good(void **state)
{
	struct fault_spec_error err;
	struct sim_fault fault;
	size_t i;
	char *text;

	(void)state;
	for (i = 0; i < SS_ARRAY_SIZE(good); i++) {
		print_message("%s\n", good[i].text);
		assert_true(fault_spec_parse(good[i].text, NR_LPS, &fault, &err));
		assert_same(&fault, &good[i].fault);
		text = fault_spec_format(&fault);
		assert_string_equal(text, good[i].canonical);
		assert_true(fault_spec_parse(text, NR_LPS, &fault, &err));
		assert_same(&fault, &good[i].fault);
		free(text);
	}
}

struct bad {
	const char *text;
	size_t at;
	const char *says;
};

static const struct bad bad[] = {
	{ "", 0, "the leaf is missing" },
	{ "=SYS_BUSY", 0, "the leaf is missing" },
	{ "TDH.SYS.INT=SYS_BUSY", 0, "no leaf; one is TDH.SYS.INIT" },
	{ "0x=SYS_BUSY", 0, "no leaf" },
	{ "0x10000000000000000=SYS_BUSY", 0, "no leaf" },
	{ "SHUTDOWN=SYS_BUSY", 0, "no leaf" },	/* both firmwares have such a leaf */
	{ "TDH.SYS.INIT", 12, "expected '='" },
	{ "TDH.SYS.INIT=", 13, "the status is missing" },
	{ "TDH.SYS.INIT=NONSENSE", 13, "no status of TDH.SYS.INIT" },
	{ "TDH.SYS.INIT=TDX_SYS_BUZY", 13, "one is TDX_SYS_BUSY" },
	{ "TDH.SYS.INIT=EBADHASH", 13, "no status of TDH.SYS.INIT" },
	{ "TDH.SYS.INIT=PSEAMLDR_EBADHASH", 13, "no status of TDH.SYS.INIT" },
	{ "SEAMLDR.INSTALL=TDX_SYS_BUSY", 16, "no status of SEAMLDR.INSTALL" },
	{ "TDH.SYS.INIT!=SUCCESS", 14, "a call that is executed and succeeds is no fault" },
	{ "TDH.SYS.INIT+!=0", 15, "a call that is executed and succeeds is no fault" },
	{ "TDH.SYS.INIT!+=SYS_BUSY", 13, "expected '='" },
	{ "TDH.SYS.INIT!!=SYS_BUSY", 13, "expected '='" },
	{ "!=SYS_BUSY", 0, "the leaf is missing" },
	{ "TDH.SYS.INIT=12x", 13, "no 64-bit number" },
	{ "TDH.SYS.INIT@64=SYS_BUSY", 13, "expected an LP: 0 to 63" },
	{ "TDH.SYS.INIT@-1=SYS_BUSY", 13, "expected an LP" },
	{ "TDH.SYS.INIT@middle=SYS_BUSY", 13, "expected an LP" },
	{ "TDH.SYS.INIT@=SYS_BUSY", 13, "the LP is missing" },
	{ "TDH.SYS.INIT@0@1=SYS_BUSY", 13, "expected an LP" },
	{ "TDH.SYS.INIT#0=SYS_BUSY", 13, "1 or more" },
	{ "TDH.SYS.INIT#=SYS_BUSY", 13, "is missing" },
	{ "TDH.SYS.INIT#4294967296=SYS_BUSY", 13, "1 or more" },
	{ "TDH.SYS.INIT+#2=SYS_BUSY", 13, "expected '='" },
	{ "TDH.SYS.INIT=SYS_BUSY/1", 21, "only SEAMLDR.INSTALL" },
	{ "SEAMLDR.INSTALL=EBADHASH/", 25, "RDX is missing" },
	{ "SEAMLDR.INSTALL=EBADHASH/one", 25, "expected RDX" },
	{ "SEAMLDR.INSTALL=EBADHASH/1/1", 25, "expected RDX" },
	{ "\033[31m=SYS_BUSY", 0, "'\\x1b[31m' is no leaf" },
};

static void test_bad(void **state)
{
	struct fault_spec_error err;
	struct sim_fault fault;
	size_t i;

	(void)state;
	for (i = 0; i < SS_ARRAY_SIZE(bad); i++) {
		assert_false(fault_spec_parse(bad[i].text, NR_LPS, &fault, &err));
		print_message("character %zu: %s\n", err.at, err.text);
		assert_non_null(strstr(err.text, bad[i].says));
		assert_int_equal(err.at, bad[i].at);
	}
}

/* Every prefix, every changed character: no crash, and the blamed place is inside the text. */
static void test_any_text(void **state)
{
	static const char text[] = "SEAMLDR.INSTALL@last#2+=EBADHASH/1";
	struct fault_spec_error err;
	struct sim_fault fault;
	char copy[sizeof(text)];
	size_t n;
	int c;

	(void)state;
	for (n = 0; n < sizeof(text) - 1; n++) {
		memcpy(copy, text, sizeof(text));
		copy[n] = '\0';
		if (!fault_spec_parse(copy, NR_LPS, &fault, &err))
			assert_true(err.at <= n);
		for (c = 1; c < 256; c++) {
			memcpy(copy, text, sizeof(text));
			copy[n] = (char)c;
			if (!fault_spec_parse(copy, NR_LPS, &fault, &err))
				assert_true(err.at < sizeof(text));
		}
	}
}

static void test_longest(void **state)
{
	struct fault_spec_error err;
	struct sim_fault fault;
	char text[4096];

	(void)state;
	memset(text, 'A', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_false(fault_spec_parse(text, NR_LPS, &fault, &err));
	assert_non_null(strstr(err.text, "longer"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_any_text),
		cmocka_unit_test(test_longest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
