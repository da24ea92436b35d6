// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* TDH.SYS.RD, RDALL, INFO over the fields of section 7. */
#include "test_module.h"
#include "world.h"

#define NO_FIELD	UINT64_MAX

static uint64_t rd(struct world *w, uint64_t id, uint64_t *value, uint64_t *next)
{
	struct ss_regs r = { .rax = SS_LEAF_TDH_SYS_RD, .rdx = id };
	uint64_t status = call_regs(w, 0, &r);

	if (value)
		*value = r.r8;
	if (next)
		*next = r.rdx;
	return status;
}

void test_rd_known_fields(void **state)
{
	static const struct {
		uint64_t id, value;
	} known[] = {
		{ 0x0800000200000000, 0x8086 },
		{ 0x8800000200000001, 0x20250610 },
		{ 0x0800000100000003, 5 },
		{ 0x0800000100000004, 1 },
		{ 0x0800000100000005, 24 },
		{ 0x8900000100000000, 1 },			/* MODULE_HV */
		{ 0x8900000100000001, 0 },			/* MIN_UPDATE_HV */
		{ 0x8900000000000002, 0 },			/* NO_DOWNGRADE */
		{ 0x8900000100000003, 13 },			/* NUM_HANDOFF_PAGES */
		{ 0x8900000000000004, 0 },
		{ 0x0a00000000000001, 1 },
		{ 0x0a00000300000008, 0x226f3f0fbf | FEATURE(SIM_UPDATE_COMPATIBILITY) |
				      FEATURE(SIM_SYS_DISABLE) },
		{ 0x0000000200000000, 2 },			/* NUM_PKGS */
		{ 0x0000000200000002, 0x806f8 },		/* PKG_FMS[1] */
		{ 0x0000000200000003, 0 },
		{ 0x9000000100000000, 32 },			/* NUM_CMRS: of the arrays */
		{ 0x9000000300000080, 1u << 20 },
		{ 0x9000000300000100, SIM_SMRR_BASE - (1u << 20) },
		{ 0x9100000100000008, 64 },
		{ 0x9100000100000009, 16 },
		{ 0x9100000100000010, 16 },
		{ 0x9800000100000000, 4096 },
		{ 0x9800000100000100, 24576 },
		{ 0x9800000100000200, 24576 },
		{ 0x9900000100000008, SIM_MAX_VCPUS },
		/* Size, context and bit 63 are ignored. */
		{ 0x0900000000000000, 1 },
		{ 0x8970000300000000, 1 },
		/* The step of the code is ignored too. */
		{ 0x8904000100000000, 1 },
		{ 0x1900000300000000, 0x8000000070000001 },	/* ATTRIBUTES_FIXED0 */
	};
	struct world w;
	uint64_t value;
	size_t i;

	(void)state;
	world_boot(&w, 2, 2, "1.5.24");
	for (i = 0; i < SS_ARRAY_SIZE(known); i++) {
		OK(rd(&w, known[i].id, &value, NULL));
		if (value != known[i].value)
			print_error("field %#llx\n", (unsigned long long)known[i].id);
		assert_int_equal(value, known[i].value);
	}
	world_destroy(&w);

	/* The live header between INSTALL and SYS.UPDATE. */
	world_boot(&w, 1, 1, "1.5.24");
	OK(CALL(&w, 0, SYS_SHUTDOWN, 1, 0));
	world_install(&w, sim_ladder_find("1.5.28"), FIXTURE_UPDATE);
	world_init(&w);
	OK(rd(&w, 0x8900000000000004, &value, NULL));
	assert_int_equal(value, 1);
	OK(rd(&w, 0x8900000100000005, &value, NULL));
	assert_int_equal(value, 1);
	OK(rd(&w, 0x8900000200000006, &value, NULL));
	assert_int_equal(value, 0xe000 - 8);
	world_destroy(&w);
}

/* Arrays of 32 leaves and 64 values. Places without a leaf read as all ones, their values as 0. */
void test_rd_cpuid_configs(void **state)
{
	const uint64_t leaves = 0x9900000300000400, values = 0x9900000300000500;
	uint64_t value, nr, i;
	struct world w;

	(void)state;
	world_boot(&w, 1, 1, "1.5.06");
	OK(rd(&w, 0x9900000100000004, &nr, NULL));
	assert_int_equal(nr, 12);
	OK(rd(&w, leaves, &value, NULL));
	assert_int_equal(value, 1 | 0xffffffffULL << 32);
	OK(rd(&w, leaves + 4, &value, NULL));
	assert_int_equal(value, 4 | 3ULL << 32);
	for (i = 0; i < 32; i++) {
		OK(rd(&w, leaves + i, &value, NULL));
		assert_int_equal(value == UINT64_MAX, i >= nr);
	}
	for (i = 2 * nr; i < 64; i++) {
		OK(rd(&w, values + i, &value, NULL));
		assert_int_equal(value, 0);
	}
	EXPECT(rd(&w, leaves + 32, NULL, NULL), STATUS(METADATA_FIELD_ID_INCORRECT));
	EXPECT(rd(&w, values + 64, NULL, NULL), STATUS(METADATA_FIELD_ID_INCORRECT));
	world_destroy(&w);
}

static uint32_t walk(struct world *w, bool *max_vcpus)
{
	uint64_t id, next, value;
	uint32_t n = 0;

	*max_vcpus = false;
	EXPECT(rd(w, NO_FIELD, &value, &id), STATUS(METADATA_FIRST_FIELD_ID_IN_CONTEXT));
	while (id != NO_FIELD) {
		OK(rd(w, id, &value, &next));
		*max_vcpus |= id == 0x9900000100000008;
		/* In order of class and code. */
		if (next != NO_FIELD)
			assert_true((next & 0x3f00000000ffffff) > (id & 0x3f00000000ffffff));
		id = next;
		n++;
	}
	return n;
}

/* From field to field. The oldest module lacks a field of later ones. */
void test_rd_walk(void **state)
{
	struct world w;
	bool max_vcpus;
	uint32_t n;

	(void)state;
	world_boot(&w, 1, 1, "1.5.05");
	n = walk(&w, &max_vcpus);
	assert_true(max_vcpus);
	world_destroy(&w);
	world_boot(&w, 1, 1, "1.5.01");
	assert_int_equal(walk(&w, &max_vcpus), n - 1);
	assert_false(max_vcpus);
	EXPECT(rd(&w, 0x9900000100000008, NULL, NULL), STATUS(METADATA_FIELD_ID_INCORRECT));
	world_destroy(&w);
}

void test_rd_errors(void **state)
{
	static const uint64_t bad[] = {
		0x8900000100000007,		/* no such code */
		0x3f00000000000000,		/* no such class */
		0x0000000200000009,		/* PKG_FMS[8] */
		0x8900000500000000,		/* last element set */
		0x8900004100000000,		/* last field set */
		0x8900000101000000,		/* reserved */
		0x8902000100000000,
		0xc900000100000000,
	};
	struct sim_module_info info = world_info("1.5.50", 1);
	uint64_t value, next;
	struct world w;
	size_t i;

	(void)state;
	world_create(&w, 2, 1);
	world_install(&w, &info, FIXTURE_LOAD);
	OK(CALL(&w, 0, SYS_INIT, 0, 0));
	EXPECT(rd(&w, 0x8900000100000000, &value, &next), STATUS(SYS_LP_INIT_NOT_DONE));
	assert_true(value == 0 && next == NO_FIELD);
	OK(CALL(&w, 0, SYS_LP_INIT, 0, 0));
	OK(rd(&w, 0x8900000100000000, &value, &next));
	for (i = 0; i < SS_ARRAY_SIZE(bad); i++) {
		EXPECT(rd(&w, bad[i], &value, &next), STATUS(METADATA_FIELD_ID_INCORRECT));
		assert_true(value == 0 && next == NO_FIELD);
	}
	world_destroy(&w);
}

/* RDALL returns the same fields with the same values as single reads. */
void test_rdall(void **state)
{
	struct ss_regs r = { .rax = SS_LEAF_TDH_SYS_RDALL };
	uint64_t id, value, single;
	uint16_t bytes, sequences, i;
	struct world w;
	bool max_vcpus;

	(void)state;
	world_boot(&w, 1, 1, "1.5.06");
	r.rdx = w.page_pa;
	r.r8 = NO_FIELD;
	OK(call_regs(&w, 0, &r));
	assert_int_equal(r.r8, NO_FIELD);
	memcpy(&bytes, w.page, 2);
	memcpy(&sequences, w.page + 2, 2);
	assert_int_equal(bytes, 8 + 16 * sequences);
	assert_int_equal(sequences, walk(&w, &max_vcpus));
	for (i = 0; i < sequences; i++) {
		memcpy(&id, w.page + 8 + 16 * i, 8);
		memcpy(&value, w.page + 16 + 16 * i, 8);
		OK(rd(&w, id, &single, NULL));
		assert_int_equal(value, single);
	}
	/* RDALL can start at any field. */
	memcpy(&id, w.page + 8 + 16 * 3, 8);
	r = (struct ss_regs){ .rax = SS_LEAF_TDH_SYS_RDALL, .rdx = w.page_pa, .r8 = id };
	OK(call_regs(&w, 0, &r));
	memcpy(&sequences, w.page + 2, 2);
	assert_int_equal(sequences, i - 3);
	EXPECT(call(&w, 0, SS_LEAF_TDH_SYS_RDALL, 0, w.page_pa + 8, NO_FIELD, 0),
	       ABOUT(OPERAND_INVALID, RDX));
	r = (struct ss_regs){ .rax = SS_LEAF_TDH_SYS_RDALL, .rdx = w.page_pa,
			      .r8 = 0x8900000100000007 };
	EXPECT(call_regs(&w, 0, &r), STATUS(METADATA_FIELD_ID_INCORRECT));
	assert_int_equal(r.r8, NO_FIELD);
	world_destroy(&w);
}

void test_info(void **state)
{
	struct ss_regs r = { .rax = SS_LEAF_TDH_SYS_INFO };
	uint16_t tdmrs;
	uint64_t base;
	struct world w;

	(void)state;
	world_boot(&w, 1, 1, "1.5.06");
	r.rcx = w.page_pa;
	r.rdx = 1024;
	r.r8 = w.page_pa + 1024;
	r.r9 = 32;
	OK(call_regs(&w, 0, &r));
	assert_true(r.rdx == 1024 && r.r9 == 32);
	memcpy(&tdmrs, w.page + 32, 2);
	assert_int_equal(tdmrs, 64);
	memcpy(&base, w.page + 1024, 8);
	assert_int_equal(base, 1u << 20);
	EXPECT(call(&w, 0, SS_LEAF_TDH_SYS_INFO, w.page_pa + 512, 1024, w.page_pa, 32),
	       ABOUT(OPERAND_INVALID, RCX));
	EXPECT(call(&w, 0, SS_LEAF_TDH_SYS_INFO, w.page_pa, 1023, w.page_pa, 32),
	       ABOUT(OPERAND_INVALID, RDX));
	EXPECT(call(&w, 0, SS_LEAF_TDH_SYS_INFO, w.page_pa, 1024, w.page_pa + 256, 32),
	       ABOUT(OPERAND_INVALID, R8));
	EXPECT(call(&w, 0, SS_LEAF_TDH_SYS_INFO, w.page_pa, 1024, w.page_pa, 31),
	       ABOUT(OPERAND_INVALID, R9));
	world_destroy(&w);
}
