// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* What a line of a log is taken for: the formats of kernels, and lines that look like one. */
#include <seamstep/explain.h>

#include "core/names.h"
#include "core/seamcall.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HEARD_MAX 16u

struct heard {
	struct seamstep_explain_answer answer[HEARD_MAX];
	uint32_t nr;
};

static void hear(void *ctx, const struct seamstep_explain_answer *a)
{
	struct heard *h = ctx;

	assert_in_range(h->nr, 0, HEARD_MAX - 1);
	h->answer[h->nr++] = *a;
}

static struct seamstep_explain_counts last;	/* of the last text */

/* Feeds @text in pieces of @piece bytes. */
static struct heard read_in(const char *text, size_t n, size_t piece)
{
	struct heard h = { .nr = 0 };
	struct seamstep_explain *t = seamstep_explain_begin(hear, &h);
	size_t i;

	assert_non_null(t);
	for (i = 0; i < n; i += piece)
		seamstep_explain_feed(t, text + i, n - i < piece ? n - i : piece);
	last = *seamstep_explain_end(t);
	seamstep_explain_free(t);
	assert_int_equal(last.answers, h.nr);
	return h;
}

static struct heard read_text(const char *text)
{
	return read_in(text, strlen(text), strlen(text));
}

static struct heard read_value(const char *value)
{
	struct heard h = { .nr = 0 };
	uint32_t nr = seamstep_explain_value(value, hear, &h);

	assert_int_equal(nr, h.nr);
	return h;
}

static const struct seamstep_explain_detail *detail(const struct seamstep_explain_answer *a,
						    const char *what)
{
	uint32_t i;

	for (i = 0; i < a->nr_details; i++)
		if (!strcmp(a->detail[i].what, what))
			return &a->detail[i];
	return NULL;
}

/* ---- formats --------------------------------------------------------------------------------- */

/* Each line names TDH.SYS.INIT with TDX_INCORRECT_MSR_VALUE of MSR 0x122, as its printer does. */
static void test_formats(void **state)
{
	static const char *const lines[] = {
		/* Before Linux 6.7. */
		"tdx: SEAMCALL failed: CPU 94: leaf 33, error 0xc000092100000122.",
		/* KVM before it was merged, in its versions. */
		"kvm_intel: SEAMCALL[33] failed: 0xc000092100000122",
		"kvm_intel: SEAMCALL[33] failed: 0xc000092100000122 RCX 0x0, RDX 0x0, R8 0x0",
		"SEAMCALL[TDH_SYS_INIT(33)] failed: TDX_INCORRECT_MSR_VALUE(0xc000092100000122)",
		"SEAMCALL[TDH_SYS_INIT(0x21)] failed: TDX_INCORRECT_MSR_VALUE (0xc000092100000122)",
		"SEAMCALL (0x0000000000000021) failed: 0xc000092100000122 RCX 0x1 RDX 0x2 R8 0x3",
		/* Linux 6.7 to 7.3. */
		"[    1.234567] virt/tdx: SEAMCALL (0x0000000000000021) failed: 0xc000092100000122",
		"<3>[    1.234567][  T123] virt/tdx: SEAMCALL (33) failed: 0xc000092100000122",
		"3,1234,5678,-;virt/tdx: SEAMCALL (0x0000000000000021) failed: 0xc000092100000122",
		/* KVM from 6.16 on. */
		"kvm_intel: SEAMCALL TDH_SYS_INIT failed: 0xc000092100000122",
		"kvm_intel: SEAMCALL TDH_SYS_INIT failed: 0xc000092100000122, rcx 0x0, rdx 0x0",
		/* Others. */
		"TDH.SYS.INIT failed with status: 0xc000092100000122",
		"tdh_sys_init() returned 0xC000092100000122",
		"leaf=TDH.SYS.INIT status=TDX_INCORRECT_MSR_VALUE code=0xc000092100000122",
		"\033[31mSEAMCALL (0x21)\033[0m failed: \033[1m0xc000092100000122\033[0m",
	};
	size_t i;

	(void)state;
	for (i = 0; i < SS_ARRAY_SIZE(lines); i++) {
		struct heard h = read_text(lines[i]);
		const struct seamstep_explain_answer *a = &h.answer[0];

		if (h.nr != 1 || a->kind != SEAMSTEP_EXPLAIN_STATUS || !a->has_leaf || !a->name ||
		    !detail(a, "MSR"))
			fail_msg("not understood: %s", lines[i]);
		assert_string_equal(a->leaf_name, "TDH.SYS.INIT");
		assert_string_equal(a->name, "TDX_INCORRECT_MSR_VALUE");
		assert_int_equal(a->value, 0xc000092100000122);
		assert_int_equal(detail(a, "MSR")->value, 0x122);
		assert_string_equal(detail(a, "MSR")->name, "IA32_TSX_CTRL");
		assert_int_equal(a->whose, SEAMSTEP_EXPLAIN_BY_MODULE);
		assert_int_equal(a->line, 1);
	}
}

/* The word before a number says which number is the status. */
static void test_which_number(void **state)
{
	struct heard h;

	(void)state;
	h = read_text("SEAMCALL TDH_MEM_PAGE_AUG gpa 0xc000020100000000 failed: 0x8000020000000092");
	assert_string_equal(h.answer[0].name, "TDX_OPERAND_BUSY");
	h = read_text("SEAMCALL TDH_PHYMEM_PAGE_RECLAIM failed: 0x0000030100000000");
	assert_string_equal(h.answer[0].name, "TDX_PAGE_ALREADY_FREE");
	assert_string_equal(h.answer[0].class_name, "ok");
	h = read_text("SEAMCALL TDH_SYS_INIT: error c000092100000122");
	assert_string_equal(h.answer[0].name, "TDX_INCORRECT_MSR_VALUE");
	h = read_text("tdx_module/error: transferring:firmware-invalid");
	assert_int_equal(h.answer[0].kind, SEAMSTEP_EXPLAIN_UPLOAD);
	assert_string_equal(h.answer[0].name, "firmware-invalid");
}

/* Who is hit depends on the call. */
static void test_tds(void **state)
{
	static const struct {
		const char *leaf, *words;
	} rows[] = {
		{ "TDH.MNG.CREATE", "does not start" },
		{ "TDH.VP.INIT", "does not start" },
		{ "TDH.MEM.PAGE.AUG", "may stop" },
		{ "TDH.VP.FLUSH", "was ending" },
		{ "TDH.MNG.KEY.FREEID", "was ending" },
		{ "TDH.PHYMEM.CACHE.WB", "was ending" },
		{ "TDH.EXPORT.MEM", "migration of one TD" },
		{ "TDH.DEVIF.CREATE", "a device" },
		{ "TDH.SYS.CONFIG", "none exist yet" },
		{ "TDH.SYS.SHUTDOWN", "alive" },
		{ "TDH.SYS.LP.INIT", "not lost yet" },
		{ "TDH.SYS.UPDATE", "not lost yet" },
		{ "SEAMLDR.INFO", "only reads" },
	};
	char line[80];
	struct heard h;
	size_t i;

	(void)state;
	for (i = 0; i < SS_ARRAY_SIZE(rows); i++) {
		snprintf(line, sizeof(line), "%s failed: 0xc000010000000001", rows[i].leaf);
		h = read_text(line);
		assert_int_equal(h.nr, 1);
		if (!strstr(h.answer[0].tds, rows[i].words))
			fail_msg("%s: of TDs: %s", rows[i].leaf, h.answer[0].tds);
	}
}

/* Lines of ordinary logs, and lines that only mention a call. */
static void test_silence(void **state)
{
	static const char *const lines[] = {
		"",
		"systemd[1]: Started Session 7 of User root.",
		"BIOS-e820: [mem 0x0000000100000000-0x000000807fffffff] usable",
		"RIP: 0010:tdh_mng_rd+0x12/0x40 [kvm_intel]",
		"RAX: 0000000000000000 RBX: ffff888100000000 RCX: 8000000000000001",
		"error 0x8000000000000000 in some driver",
		"virt/tdx: BIOS enabled: private KeyID range [16, 32)",
		"virt/tdx: module initialized",
		"cache: failed: 0x0000030100000000",
		"status 0x0000000112345678",
		"nginx: exit 3",
		"seamless roaming failed: -110",
		"SEAMCALL TDH_SYS_INIT: TDX_SUCCESS",
		"leaf 33 of the tree",
		"firmware-invalid in one word, preparing: nothing",
		"tee_tcb_svn: 060103",
		"mrseam 346bc77a",
	};
	size_t i;

	(void)state;
	for (i = 0; i < SS_ARRAY_SIZE(lines); i++) {
		struct heard h = read_text(lines[i]);

		if (h.nr)
			fail_msg("taken for %s: %s", seamstep_explain_kind_name(h.answer[0].kind), lines[i]);
	}
}

/* ---- registers ------------------------------------------------------------------------------- */

#define FAILED "virt/tdx: SEAMCALL (0x0000000000000022) failed: 0xc000050500000000\n"
#define ANSWER "virt/tdx: RCX 0x0000000000000000 RDX 0x9100000100000008 R08 0x0000000000000000\n"

static void test_registers_follow(void **state)
{
	struct heard h = read_text(FAILED ANSWER
		"virt/tdx: R09 0x0000000000000009 R10 0x000000000000000a R11 0x000000000000000b\n");

	(void)state;
	assert_int_equal(h.nr, 1);
	assert_int_equal(h.answer[0].has_register, 1u << 1 | 1u << 2 | 0xfu << 8);
	assert_int_equal(h.answer[0].reg[9], 9);
	assert_int_equal(h.answer[0].reg[11], 11);
	assert_string_equal(detail(&h.answer[0], "metadata field")->name, "MAX_TDMRS");
}

static void test_registers_of_another_line(void **state)
{
	struct heard h;

	(void)state;
	/* Other lines come between; too many, and the registers are somebody else's. */
	h = read_text(FAILED "usb 1-1: new device\nusb 1-1: ready\n" ANSWER);
	assert_non_null(detail(&h.answer[0], "metadata field"));
	h = read_text(FAILED "1\n2\n3\n4\n5\n" ANSWER);
	assert_null(detail(&h.answer[0], "metadata field"));
	/* Of the last call. */
	h = read_text(FAILED "SEAMCALL (0x22) failed: 0xc0000c0000000000\n" ANSWER);
	assert_int_equal(h.nr, 2);
	assert_null(detail(&h.answer[0], "metadata field"));
	assert_non_null(detail(&h.answer[1], "metadata field"));
	/* An oops dumps all registers, which are those of the kernel. */
	h = read_text(FAILED "RAX: 0x0 RCX: 0x1 RDX: 0x9100000100000008\n"
		      "RBX: 0000000000000001 RCX: 0000000000000000 RDX: 9100000100000008\n");
	assert_int_equal(h.nr, 1);
	assert_int_equal(h.answer[0].has_register, 0);
}

static void test_registers_mean(void **state)
{
	struct heard h;

	(void)state;
	h = read_text("SEAMCALL[33] failed: 0xc000090000000000 RCX 0x700000014 RDX 0x0");
	assert_int_equal(detail(&h.answer[0], "CPUID leaf")->value, 0x14);
	assert_int_equal(detail(&h.answer[0], "CPUID subleaf")->value, 7);
	h = read_text("SEAMCALL (0x1c) failed: 0xc000030000000001 RCX 0x4 RDX 0x0");
	assert_string_equal(detail(&h.answer[0], "type of the page")->name, "TDR");
	h = read_text("SEAMCALL TDH_MEM_PAGE_AUG failed: 0xc0000b0d00000001, rcx 0x0, rdx 0x8402");
	assert_int_equal(detail(&h.answer[0], "level of the entry")->value, 2);
	assert_string_equal(detail(&h.answer[0], "state of the entry")->name, "a page table");
	/* RDX of an INSTALL says whether TDs can still be saved. */
	h = read_text("SEAMLDR.INSTALL failed: 0x8000000000030001 rdx 0x0");
	assert_int_equal(h.answer[0].whose, SEAMSTEP_EXPLAIN_BY_PSEAMLDR);
	assert_non_null(strstr(h.answer[0].tds, "not lost yet"));
	h = read_text("SEAMLDR.INSTALL failed: 0x8000000000030001 rdx 0x1");
	assert_non_null(strstr(h.answer[0].tds, "lost: the old module is erased"));
	/* -1 is "no field". */
	h = read_text("SEAMCALL (0x22) failed: 0xc0000c0000000000 RDX 0xffffffffffffffff");
	assert_null(detail(&h.answer[0], "metadata field"));
}

/* ---- the low half of a status ---------------------------------------------------------------- */

static void test_low_half(void **state)
{
	static const struct {
		const char *value, *name, *what, *meaning;
		uint64_t number;
	} rows[] = {
		{ "0xc000010000000000", "TDX_OPERAND_INVALID", "operand", "RAX", 0 },
		{ "0xc000010000000045", "TDX_OPERAND_INVALID", "operand", "CPUID_CONFIG", 69 },
		{ "0xc000010000000063", "TDX_OPERAND_INVALID", "operand", NULL, 99 },
		{ "0x8000020000000092", "TDX_OPERAND_BUSY", "operand", "SEPT_TREE", 0x92 },
		{ "0xc00009200000003b", "TDX_INCONSISTENT_MSR", "MSR", "IA32_TSC_ADJUST", 0x3b },
		{ "0xc000092100099999", "TDX_INCORRECT_MSR_VALUE", "MSR", NULL, 0x99999 },
		{ "0xc0000a0200000003", "TDX_TDMR_OUTSIDE_CMRS", "TDMR", NULL, 3 },
		{ "0xc0000a1200070201", "TDX_PAMT_OVERLAP", "other TDMR", NULL, 7 },
		{ "0xc0000a2000000501", "TDX_INVALID_RESERVED_IN_TDMR", "reserved area", NULL, 5 },
		{ "0xc000090600000008", "TDX_INVALID_PKG_ID", "package", NULL, 8 },
		{ "0x8000051200030000", "TDX_UPDATE_COMPATIBILITY_SENSITIVE", "how many", NULL, 3 },
		{ "0x8000051200010001", "TDX_UPDATE_COMPATIBILITY_SENSITIVE", "reason",
		  "interrupted migrations", 1 },
		{ "0x4000000100000002", "TDX_NON_RECOVERABLE_VCPU", "VM exit reason", NULL, 2 },
		{ "0xc0000c0000000017", "TDX_METADATA_FIELD_ID_INCORRECT", "low half of the status",
		  NULL, 0x17 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < SS_ARRAY_SIZE(rows); i++) {
		struct heard h = read_value(rows[i].value);
		const struct seamstep_explain_detail *d = detail(&h.answer[0], rows[i].what);

		assert_int_equal(h.nr, 1);
		assert_string_equal(h.answer[0].name, rows[i].name);
		if (!d)
			fail_msg("%s: no %s", rows[i].value, rows[i].what);
		assert_int_equal(d->value, rows[i].number);
		if (rows[i].meaning)
			assert_string_equal(d->name, rows[i].meaning);
		else
			assert_null(d->name);
	}
}

/* ---- the tables ------------------------------------------------------------------------------ */

static bool heard_it(const struct heard *h, enum seamstep_explain_kind kind, uint64_t value,
		     const char *name)
{
	uint32_t i;

	for (i = 0; i < h->nr; i++) {
		const struct seamstep_explain_answer *a = &h->answer[i];

		if (a->kind == kind && a->value == value && a->known && a->name &&
		    !strcmp(a->name, name))
			return true;
	}
	return false;
}

static void check_both_ways(enum seamstep_explain_kind kind, const char *name, uint64_t value)
{
	char number[24];
	struct heard h;

	snprintf(number, sizeof(number), "0x%llx", (unsigned long long)value);
	h = read_value(number);
	if (!heard_it(&h, kind, value, name))
		fail_msg("%s is not explained as %s", number, name);
	h = read_value(name);
	if (!heard_it(&h, kind, value, name))
		fail_msg("%s is not explained as %s", name, number);
}

static void check_texts(const char *name)
{
	struct heard h = read_value(name);

	if (h.nr != 1 || !h.answer[0].meaning || !h.answer[0].tds || !h.answer[0].action ||
	    !h.answer[0].class_name)
		fail_msg("%s: no meaning, or nothing said of TDs, or nothing to do", name);
}

#define STATUS(name, value, class, text) \
	check_texts(#name); \
	if (value) \
		check_both_ways(SEAMSTEP_EXPLAIN_STATUS, #name, value);
#define LEAF(name, value, text) check_both_ways(SEAMSTEP_EXPLAIN_LEAF, text, value);
#define OPERAND(name, id) check_both_ways(SEAMSTEP_EXPLAIN_OPERAND, name, id);
#define MSR(name, number) check_both_ways(SEAMSTEP_EXPLAIN_MSR, name, number);
#define FIELD(name, id, elements) check_both_ways(SEAMSTEP_EXPLAIN_FIELD, name, id);

static void test_tables(void **state)
{
	(void)state;
	SS_STATUS_TDX(STATUS)
	SS_STATUS_PSEAMLDR(STATUS)
	SS_STATUS_SOFTWARE(STATUS)
	SS_LEAVES(LEAF)
	SS_OPERANDS(OPERAND)
	SS_MSRS(MSR)
	SS_FIELDS(FIELD)
}

/* Written from the specification a second time. */
static void test_values(void **state)
{
	struct heard h;

	(void)state;
	h = read_value("33");
	assert_true(heard_it(&h, SEAMSTEP_EXPLAIN_LEAF, 33, "TDH.SYS.INIT"));
	h = read_value("12");
	assert_int_equal(h.nr, 3);	/* a call, a register, an exit status */
	h = read_value("0");
	assert_true(heard_it(&h, SEAMSTEP_EXPLAIN_STATUS, 0, "TDX_SUCCESS"));
	assert_true(heard_it(&h, SEAMSTEP_EXPLAIN_LEAF, 0, "TDH.VP.ENTER"));
	assert_true(heard_it(&h, SEAMSTEP_EXPLAIN_OPERAND, 0, "RAX"));
	/* The loader's first status is also the number of its first call. */
	h = read_value("0x8000000000000000");
	assert_true(heard_it(&h, SEAMSTEP_EXPLAIN_STATUS, 1ULL << 63, "PSEAMLDR_EBADPARAM"));
	assert_true(heard_it(&h, SEAMSTEP_EXPLAIN_LEAF, 1ULL << 63, "SEAMLDR.INFO"));
	/* A module ignores bits of a field's ID, so this could be NUM_PKGS. */
	h = read_value("0x8000000300000000");
	assert_int_equal(h.nr, 1);
	assert_string_equal(h.answer[0].name, "TDX_INTERRUPTED_RESUMABLE");
	h = read_value("c000092100000122");
	assert_string_equal(h.answer[0].name, "TDX_INCORRECT_MSR_VALUE");
	h = read_value("sys_busy");
	assert_string_equal(h.answer[0].name, "TDX_SYS_BUSY");
	h = read_value("EBADSIG");
	assert_string_equal(h.answer[0].name, "PSEAMLDR_EBADSIG");
	h = read_value("tdh_vp_flush");
	assert_true(heard_it(&h, SEAMSTEP_EXPLAIN_LEAF, 18, "TDH.VP.FLUSH"));
	h = read_value("MSR_IA32_TSX_CTRL");
	assert_true(heard_it(&h, SEAMSTEP_EXPLAIN_MSR, 0x122, "IA32_TSX_CTRL"));
	/* An array's later element; the size in the ID does not matter. */
	h = read_value("0x9900000300000403");
	assert_string_equal(h.answer[0].name, "CPUID_CONFIG_LEAVES");
	assert_int_equal(detail(&h.answer[0], "element of the field")->value, 3);
	h = read_value("0x9100000000000008");
	assert_string_equal(h.answer[0].name, "MAX_TDMRS");
	h = read_value("06010300000000000000000000000000");
	assert_int_equal(h.answer[0].kind, SEAMSTEP_EXPLAIN_TCB_SVN);
	assert_int_equal(detail(&h.answer[0], "minor SVN of the TDX Module")->value, 6);
	assert_int_equal(detail(&h.answer[0], "major SVN of the TDX Module")->value, 1);
	assert_int_equal(detail(&h.answer[0], "component of the platform")->value, 3);
	h = read_value("346BC77A...531a1");
	assert_int_equal(h.answer[0].kind, SEAMSTEP_EXPLAIN_MRSEAM);
	assert_int_equal(h.answer[0].hash_head, 8);
	assert_int_equal(h.answer[0].hash_tail, 5);
	assert_memory_equal(h.answer[0].hash, "346bc77a.", 9);
	assert_string_equal(h.answer[0].hash + SEAMSTEP_EXPLAIN_HASH_DIGITS - 5, "531a1");
	h = read_value("transferring:flash-wearout");
	assert_int_equal(h.answer[0].kind, SEAMSTEP_EXPLAIN_UPLOAD);
}

/* A value without a row: what can be told is told, and that it is not known. */
static void test_unknown(void **state)
{
	static const char *const nothing[] = {
		"", "x", "nonsense", "0x", "0x123456789abcdef01", "99999", "0x7000000000000000",
		"hovering:hw-error", "0601030000000000000000000000000", "TDH.SYS.NOTHING",
	};
	struct heard h;
	size_t i;

	(void)state;
	h = read_value("0xc0007f3300000001");
	assert_int_equal(h.nr, 1);
	assert_false(h.answer[0].known);
	assert_null(h.answer[0].name);
	assert_string_equal(h.answer[0].class_name, "caller");
	assert_int_equal(detail(&h.answer[0], "class")->value, 0x7f);
	h = read_value("0xc0000e0100000000");
	assert_string_equal(detail(&h.answer[0], "class")->name, "migration");
	h = read_text("SEAMCALL (0x00000000000000fe) failed: 0xc0007f3300000001");
	assert_int_equal(h.nr, 1);
	assert_null(h.answer[0].leaf_name);
	h = read_value("0x9100000100000077");
	assert_int_equal(h.answer[0].kind, SEAMSTEP_EXPLAIN_FIELD);
	assert_false(h.answer[0].known);
	for (i = 0; i < SS_ARRAY_SIZE(nothing); i++) {
		h = read_value(nothing[i]);
		if (h.nr)
			fail_msg("'%s' is taken for %s", nothing[i],
				 seamstep_explain_kind_name(h.answer[0].kind));
	}
}

/* ---- pieces ---------------------------------------------------------------------------------- */

static void test_pieces(void **state)
{
	static const char text[] = "first\n" FAILED ANSWER "\n\0\xff\xfe SEAMCALL[33] failed: "
				   "0xc000092100000122\nMRSEAM 346bc77a...531a1";
	struct heard whole = read_in(text, sizeof(text) - 1, sizeof(text)), parts;
	size_t piece;
	uint32_t i;

	(void)state;
	assert_int_equal(whole.nr, 3);
	assert_int_equal(whole.answer[0].line, 2);
	assert_int_equal(whole.answer[2].line, 6);
	for (piece = 1; piece < 9; piece++) {
		parts = read_in(text, sizeof(text) - 1, piece);
		assert_int_equal(parts.nr, whole.nr);
		for (i = 0; i < whole.nr; i++) {
			assert_int_equal(parts.answer[i].value, whole.answer[i].value);
			assert_int_equal(parts.answer[i].line, whole.answer[i].line);
			assert_string_equal(parts.answer[i].shown, whole.answer[i].shown);
		}
	}
}

static void test_long_lines(void **state)
{
	size_t n = 3 * SEAMSTEP_EXPLAIN_LINE_MAX, i;
	char *text = malloc(n);
	struct heard h;

	(void)state;
	/* Found at the beginning, not behind the part that is read; the next line counts again. */
	memset(text, 'x', n);
	memcpy(text, FAILED, strlen(FAILED) - 1);
	text[strlen(FAILED) - 1] = ' ';
	memcpy(text + n - 200, FAILED, strlen(FAILED));
	h = read_in(text, n, 1000);
	assert_int_equal(last.lines, 2);
	assert_int_equal(last.cut_lines, 1);
	assert_int_equal(h.nr, 1);
	assert_in_range(strlen(h.answer[0].shown), 200, SEAMSTEP_EXPLAIN_SHOWN_MAX - 1);
	for (i = 0; h.answer[0].shown[i]; i++)
		assert_in_range(h.answer[0].shown[i], 0x20, 0x7e);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_formats),
		cmocka_unit_test(test_which_number),
		cmocka_unit_test(test_tds),
		cmocka_unit_test(test_silence),
		cmocka_unit_test(test_registers_follow),
		cmocka_unit_test(test_registers_of_another_line),
		cmocka_unit_test(test_registers_mean),
		cmocka_unit_test(test_low_half),
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_long_lines),
	};

	return cmocka_run_group_tests_name("explain", tests, NULL, NULL);
}
