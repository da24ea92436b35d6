// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Metadata fields: TDH.VP.RD and WR and a vCPU's association, TDH.MNG.RD. */
#include "test_td.h"
#include "world.h"

#define RD_V1		(SS_LEAF_TDH_VP_RD | SS_LEAF_VERSION(1))
#define MNG_RD_V1	(SS_LEAF_TDH_MNG_RD | SS_LEAF_VERSION(1))

/* The IDs that KVM uses: class and code, neither size nor context. */
#define VECTOR		0x0002u
#define DESCRIPTOR	0x2016u
#define SHARED_EPTP	0x203cu
#define PIN		0x4000u
#define SECONDARY	0x401eu
#define NOTIFY_WINDOW	0x4024u
#define PEND_NMI	0x200000000000000bULL
#define STATE_DETAILS	0x9100000000000100ULL
#define ASSOC_LPID	0xa020000200000004ULL

static struct test_td *runner;

static void begin(struct world *w, struct test_td *td, uint32_t vcpus)
{
	world_boot(w, 2, 1, "1.5.06");
	td_build(w, td, vcpus, 1);
	runner = td;
}

static void end(struct world *w, struct test_td *td)
{
	td_forget(td);
	world_destroy(w);
}

static uint64_t vp_rd(struct world *w, struct test_td *td, uint64_t id, uint64_t *value)
{
	struct ss_regs r = { .rax = SS_LEAF_TDH_VP_RD, .rcx = td->vcpu[0], .rdx = id };
	uint64_t status = call_regs(w, 0, &r);

	*value = r.r8;
	return status;
}

static uint64_t vp_wr(struct world *w, struct test_td *td, uint64_t id, uint64_t value,
		      uint64_t mask)
{
	return call(w, 0, SS_LEAF_TDH_VP_WR, td->vcpu[0], id, value, mask);
}

static void expect_vp(struct world *w, struct test_td *td, uint64_t id, uint64_t want)
{
	uint64_t value;

	OK(vp_rd(w, td, id, &value));
	assert_int_equal(value, want);
}

/* ---- a vCPU's fields ------------------------------------------------------------------------- */

/* The 40 vCPU fields that a host can read in a TD without debug. */
static const uint64_t vcpu_ids[] = {
	/* Fields of the VMCS. */
	0x0024000100000002, 0x0024000300002004, 0x002400030000200e, 0x0024000300002010,
	0x0024000300002016, 0x0024000300002018, 0x002400030000201a, 0x0024000300002024,
	0x0024000300002032, 0x002400030000203c, 0x0024000200004000, 0x002400020000401e,
	0x0024000200004020, 0x0024000200004022, 0x0024000200004024, 0x0024000200004026,
	/* Guest state, management. */
	0x9120000300000100,
	0xa020000200000002, 0xa020000000000003, 0xa020000200000004, 0xa020000300000006,
	0xa020000000000007, 0xa020000000000008, 0x202000000000000b, 0x202000030000000c,
	0xa020000300000010, 0xa020000300000011, 0xa020000300000012, 0xa020000300000013,
	0xa020000300000014, 0xa020000300000015, 0xa020000300000016, 0xa020000300000017,
	0xa020000300000018, 0xa020000300000019, 0xa02000030000001a, 0xa02000030000001b,
	0xa02000030000001c, 0xa02000030000001d, 0xa02000030000001e,
};

/* From the first field on each read names the next: none is left out, and no other comes. */
void test_vcpu_field_ids(void **state)
{
	struct ss_regs r;
	struct test_td td;
	struct world w;
	uint64_t id;
	size_t i;

	(void)state;
	begin(&w, &td, 1);
	r = (struct ss_regs){ .rax = RD_V1, .rcx = td.vcpu[0], .rdx = UINT64_MAX };
	EXPECT(call_regs(&w, 0, &r), STATUS(METADATA_FIRST_FIELD_ID_IN_CONTEXT));
	assert_int_equal(SS_ARRAY_SIZE(vcpu_ids), 40);
	for (i = 0; i < SS_ARRAY_SIZE(vcpu_ids); i++) {
		id = r.rdx;
		assert_int_equal(id, vcpu_ids[i]);
		r = (struct ss_regs){ .rax = RD_V1, .rcx = td.vcpu[0], .rdx = id };
		OK(call_regs(&w, 0, &r));
	}
	assert_int_equal(r.rdx, UINT64_MAX);
	/* Version 0 leaves RDX alone, and so does a write. */
	r = (struct ss_regs){ .rax = SS_LEAF_TDH_VP_RD, .rcx = td.vcpu[0], .rdx = VECTOR };
	OK(call_regs(&w, 0, &r));
	assert_int_equal(r.rdx, VECTOR);
	r = (struct ss_regs){ .rax = SS_LEAF_TDH_VP_WR, .rcx = td.vcpu[0], .rdx = VECTOR,
			      .r8 = 7, .r9 = 0xffff };
	OK(call_regs(&w, 0, &r));
	assert_true(r.rdx == VECTOR && r.r8 == 0xffff);
	r = (struct ss_regs){ .rax = RD_V1, .rcx = td.vcpu[0], .rdx = 0x0003 };
	EXPECT(call_regs(&w, 0, &r), STATUS(METADATA_FIELD_ID_INCORRECT));
	assert_true(r.rdx == UINT64_MAX && r.r8 == 0);
	EXPECT(call(&w, 0, SS_LEAF_TDH_VP_RD | SS_LEAF_VERSION(2), td.vcpu[0], VECTOR, 0, 0),
	       ABOUT(OPERAND_INVALID, RAX));
	end(&w, &td);
}

/* The values, in a TD whose vCPU 1 runs on LP 1. */
void test_vcpu_fields(void **state)
{
	struct test_td td;
	struct world w;
	uint64_t value;
	uint32_t i;

	(void)state;
	begin(&w, &td, 2);
	td_run(&w, &td, 0, 1);
	expect_vp(&w, &td, VECTOR, 0xffff);		/* no vector yet */
	expect_vp(&w, &td, DESCRIPTOR, UINT64_MAX);
	expect_vp(&w, &td, SHARED_EPTP, 0xffffffffff000);
	expect_vp(&w, &td, PIN, 0);
	expect_vp(&w, &td, SECONDARY, 0);
	expect_vp(&w, &td, STATE_DETAILS, 0);
	expect_vp(&w, &td, PEND_NMI, 0);
	expect_vp(&w, &td, 0x2004, td.tdcx[2]);
	expect_vp(&w, &td, 0x201a, td.tdcx[3] | 0x1e);	/* write-back, four levels */
	expect_vp(&w, &td, 0x4026, td.hkid);
	expect_vp(&w, &td, 0xa020000200000002, 0);	/* VCPU_INDEX */
	expect_vp(&w, &td, 0xa020000000000003, 6);
	expect_vp(&w, &td, ASSOC_LPID, 0);
	expect_vp(&w, &td, 0xa020000300000006, 1);	/* VCPU_EPOCH */
	expect_vp(&w, &td, 0x202000030000000c, 3);	/* XFAM */
	expect_vp(&w, &td, 0xa020000300000010, td.vcpu[0]);
	for (i = 0; i < 5; i++)
		expect_vp(&w, &td, 0xa020000300000011 + i, td.vcpu_cx[0][i]);
	expect_vp(&w, &td, 0xa02000030000001e, 0);
	/* Size, context, the step between codes and bit 63 do not matter. Other bits must be 0. */
	expect_vp(&w, &td, 0x8074000300000002, 0xffff);
	EXPECT(vp_rd(&w, &td, 1ULL << 34 | VECTOR, &value), STATUS(METADATA_FIELD_ID_INCORRECT));
	EXPECT(vp_rd(&w, &td, 1ULL << 62 | VECTOR, &value), STATUS(METADATA_FIELD_ID_INCORRECT));
	EXPECT(vp_rd(&w, &td, 1ULL << 56 | 0x2004, &value), STATUS(METADATA_FIELD_ID_INCORRECT));
	/* The other vCPU, on its LP. */
	td.vcpu[0] = td.vcpu[1];
	OK(call(&w, 1, SS_LEAF_TDH_VP_RD, td.vcpu[1], ASSOC_LPID, 0, 0));
	end(&w, &td);
}

/* Fields that exist and that a host cannot read. */
void test_vcpu_fields_hidden(void **state)
{
	static const uint64_t hidden[] = {
		0x0000, 0x0800, 0x0814, 0x2000, 0x2002, 0x201c, 0x2022, 0x2034, 0x2400, 0x2810,
		0x2814, 0x4002, 0x4004, 0x4018, 0x4400, 0x440e, 0x4800, 0x482a, 0x482e, 0x6000,
		0x600e, 0x6400, 0x6800, 0x682c, 0x6c16,
		0x0120000300000000, 0x0220000200000005, 0x102000030000000f, 0x1120000300000006,
		0x1320000300000048, 0x1320000300002103, 0xa020000000000000, 0xa02000000000000f,
		0xa020000300000117, 0xa12000000000007f, 0xa22000030000021f,
	};
	static const uint64_t none[] = {
		0x0008, 0x0816, 0x2001, 0x2812, 0x4028, 0x482c, 0x6010, 0x6c00, 0x0120000300000080,
		0x1020000300000010, 0xa020000000000005, 0xa020000000000009, 0xa02000030000001f,
		0xa120000000000080,
	};
	struct test_td td;
	struct world w;
	uint64_t value;
	size_t i;

	(void)state;
	begin(&w, &td, 1);
	for (i = 0; i < SS_ARRAY_SIZE(hidden); i++) {
		EXPECT(vp_rd(&w, &td, hidden[i], &value), STATUS(METADATA_FIELD_NOT_READABLE));
		assert_int_equal(value, 0);
		EXPECT(vp_wr(&w, &td, hidden[i], 0, UINT64_MAX),
		       STATUS(METADATA_FIELD_NOT_WRITABLE));
	}
	for (i = 0; i < SS_ARRAY_SIZE(none); i++) {
		EXPECT(vp_rd(&w, &td, none[i], &value), STATUS(METADATA_FIELD_ID_INCORRECT));
		EXPECT(vp_wr(&w, &td, none[i], 0, 1), STATUS(METADATA_FIELD_ID_INCORRECT));
	}
	end(&w, &td);
}

/* In KVM's order, and in other orders. */
void test_posted_interrupts(void **state)
{
	const uint64_t invalid = STATUS(METADATA_FIELD_VALUE_NOT_VALID);
	struct test_td td;
	struct world w;

	(void)state;
	begin(&w, &td, 1);
	EXPECT(vp_wr(&w, &td, PIN, 0x80, 0x80), WITH(TD_VMCS_FIELD_NOT_INITIALIZED, 0x0002));
	EXPECT(vp_wr(&w, &td, VECTOR, 0x100, 0xffff), invalid);
	EXPECT(vp_wr(&w, &td, VECTOR, 0xf2, 0xff), invalid);	/* the rest is still all ones */
	EXPECT(vp_wr(&w, &td, VECTOR, 0xf2, 0), STATUS(METADATA_FIELD_NOT_WRITABLE));
	expect_vp(&w, &td, VECTOR, 0xffff);
	OK(vp_wr(&w, &td, VECTOR, 0xff, 0xffff));
	OK(vp_wr(&w, &td, VECTOR, 0, 0xffff));
	OK(vp_wr(&w, &td, VECTOR, 0xf2, 0xffff));
	EXPECT(vp_wr(&w, &td, PIN, 0x80, 0x80), WITH(TD_VMCS_FIELD_NOT_INITIALIZED, 0x2016));
	EXPECT(vp_wr(&w, &td, DESCRIPTOR, w.page_pa + 32, UINT64_MAX), invalid);
	EXPECT(vp_wr(&w, &td, DESCRIPTOR, (uint64_t)td.hkid << SIM_HKID_SHIFT, UINT64_MAX),
	       invalid);
	EXPECT(vp_wr(&w, &td, DESCRIPTOR, SIM_SEAMRR_BASE, UINT64_MAX), invalid);
	EXPECT(vp_wr(&w, &td, DESCRIPTOR, 1ULL << SIM_MAXPA, UINT64_MAX), invalid);
	EXPECT(vp_wr(&w, &td, PIN, 0x80, 0x80), WITH(TD_VMCS_FIELD_NOT_INITIALIZED, 0x2016));
	OK(vp_wr(&w, &td, DESCRIPTOR, w.page_pa + 64, UINT64_MAX));
	expect_vp(&w, &td, DESCRIPTOR, w.page_pa + 64);
	OK(vp_wr(&w, &td, PIN, 0x80, 0x80));
	expect_vp(&w, &td, PIN, 0x80);
	OK(vp_wr(&w, &td, PIN, 0, 0x80));
	expect_vp(&w, &td, PIN, 0);
	end(&w, &td);
}

/* A host changes its own bits. For other bits it may repeat their value. */
void test_write_masks(void **state)
{
	const uint64_t invalid = STATUS(METADATA_FIELD_VALUE_NOT_VALID);
	struct test_td td;
	struct world w;

	(void)state;
	begin(&w, &td, 1);
	EXPECT(vp_wr(&w, &td, 0x2004, 0, UINT64_MAX), STATUS(METADATA_FIELD_NOT_WRITABLE));
	EXPECT(vp_wr(&w, &td, SECONDARY, 2, 2), STATUS(METADATA_FIELD_NOT_WRITABLE));
	EXPECT(vp_wr(&w, &td, SECONDARY, 1u << 31, UINT32_MAX), invalid);
	OK(vp_wr(&w, &td, SECONDARY, 1u << 31, 1u << 31));
	OK(vp_wr(&w, &td, SECONDARY, 1u << 30, 1u << 30));
	expect_vp(&w, &td, SECONDARY, 3u << 30);
	OK(vp_wr(&w, &td, NOTIFY_WINDOW, 0x12345678, UINT32_MAX));
	OK(vp_wr(&w, &td, NOTIFY_WINDOW, 0, 0xff00));
	expect_vp(&w, &td, NOTIFY_WINDOW, 0x12340078);
	EXPECT(vp_wr(&w, &td, SHARED_EPTP, w.page_pa + 64, UINT64_MAX), invalid);
	OK(vp_wr(&w, &td, SHARED_EPTP, w.page_pa, UINT64_MAX));
	expect_vp(&w, &td, SHARED_EPTP, w.page_pa);
	OK(vp_wr(&w, &td, PEND_NMI, 1, 0xff));
	expect_vp(&w, &td, PEND_NMI, 1);
	end(&w, &td);
}

/* ---- the LP of a vCPU ------------------------------------------------------------------------ */

static void expect_taken(struct world *w, struct test_td *td, uint64_t leaf, uint64_t id)
{
	OK(CALL(w, 0, VP_FLUSH, td->vcpu[0], 0));
	call(w, 1, leaf, td->vcpu[0], id, 0, 0);
	EXPECT(CALL(w, 0, MNG_VPFLUSHDONE, td->tdr, 0), STATUS(FLUSHVP_NOT_DONE));
	EXPECT(td_enter(w, td, 0, 0), STATUS(VCPU_ASSOCIATED));
	OK(CALL(w, 1, VP_FLUSH, td->vcpu[0], 0));
	EXPECT(td_enter(w, td, 0, 0), SIM_EXIT_INTERRUPT);
}

/* Reading or writing any field makes the vCPU this LP's, like entering it. */
void test_fields_associate(void **state)
{
	struct ss_regs r;
	struct test_td td, young;
	struct world w;
	uint32_t i;

	(void)state;
	begin(&w, &td, 1);
	EXPECT(call(&w, 1, SS_LEAF_TDH_VP_RD, td.vcpu[0], VECTOR, 0, 0), STATUS(VCPU_ASSOCIATED));
	EXPECT(call(&w, 1, SS_LEAF_TDH_VP_WR, td.vcpu[0], VECTOR, 1, 0xffff),
	       STATUS(VCPU_ASSOCIATED));
	expect_vp(&w, &td, VECTOR, 0xffff);
	expect_taken(&w, &td, SS_LEAF_TDH_VP_RD, VECTOR);
	expect_taken(&w, &td, SS_LEAF_TDH_VP_WR, PEND_NMI);
	expect_taken(&w, &td, SS_LEAF_TDH_VP_RD, 0x0003);
	OK(CALL(&w, 0, VP_FLUSH, td.vcpu[0], 0));
	r = (struct ss_regs){ .rax = SS_LEAF_TDH_VP_RD, .rcx = td.vcpu[0], .rdx = ASSOC_LPID };
	OK(call_regs(&w, 1, &r));
	assert_int_equal(r.r8, 1);

	/* Pages and then the state are checked before the association. */
	td_create(&w, &young);
	td_init(&w, &young);
	young.vcpu[0] = td_frame(&w);
	OK(CALL(&w, 0, VP_CREATE, young.vcpu[0], young.tdr));
	EXPECT(vp_wr(&w, &young, VECTOR, 1, 0xffff), STATUS(TDCX_NUM_INCORRECT));
	for (i = 0; i < 5; i++)
		OK(CALL(&w, 0, VP_ADDCX, td_frame(&w), young.vcpu[0]));
	EXPECT(vp_wr(&w, &young, VECTOR, 1, 0xffff), STATUS(VCPU_STATE_INCORRECT));
	td_forget(&young);
	end(&w, &td);
}

static void while_it_runs(struct world *w)
{
	EXPECT(call(w, 1, SS_LEAF_TDH_VP_RD, runner->vcpu[0], VECTOR, 0, 0),
	       STATUS(VCPU_STATE_INCORRECT));
	EXPECT(call(w, 1, SS_LEAF_TDH_VP_WR, runner->vcpu[0], VECTOR, 1, 0xffff),
	       STATUS(VCPU_STATE_INCORRECT));
	w->seen[0]++;
}

/* The vCPU's page is shared with the vCPU's own run, so only the state tells the two apart. */
void test_fields_while_running(void **state)
{
	struct test_td td;
	struct world w;
	struct ss_word *lock;
	uint64_t value;

	(void)state;
	begin(&w, &td, 1);
	w.in_guest = while_it_runs;
	EXPECT(td_enter(&w, &td, 0, 0), SIM_EXIT_INTERRUPT);
	assert_int_equal(w.seen[0], 1);
	lock = &world_pamt(&w, td.vcpu[0])->lock;
	ss_store(lock, 1);
	OK(vp_rd(&w, &td, VECTOR, &value));
	ss_store(lock, 0);
	WHILE_LOCKED(lock, EXPECT(vp_rd(&w, &td, VECTOR, &value), ABOUT(OPERAND_BUSY, RCX)));
	end(&w, &td);
}

/* ---- a TD's fields --------------------------------------------------------------------------- */

static uint64_t mng_rd(struct world *w, struct test_td *td, uint64_t id, uint64_t *value)
{
	struct ss_regs r = { .rax = SS_LEAF_TDH_MNG_RD, .rcx = td->tdr, .rdx = id };
	uint64_t status = call_regs(w, 0, &r);

	assert_int_equal(r.rdx, id);	/* version 0 leaves RDX alone */
	*value = r.r8;
	return status;
}

static void expect_td(struct world *w, struct test_td *td, uint64_t id, uint64_t want)
{
	uint64_t value;

	OK(mng_rd(w, td, id, &value));
	assert_int_equal(value, want);
}

static void expect_digest(struct world *w, struct test_td *td, uint64_t id, const uint8_t *want)
{
	uint64_t word;
	uint32_t i;

	for (i = 0; i < 6; i++) {
		memcpy(&word, want + 8 * (size_t)i, 8);
		expect_td(w, td, id + i, word);
	}
}

/* A TD with one of everything, not finalized: the TDR, and 6 + 6 + 3 other pages. */
static void begin_td(struct world *w, struct test_td *td)
{
	uint32_t i;

	world_boot(w, 2, 1, "1.5.06");
	td_create(w, td);
	for (i = 0; i < SIM_TDCS_PAGES; i++) {
		td->tdcx[i] = td_frame(w);
		OK(CALL(w, 0, MNG_ADDCX, td->tdcx[i], td->tdr));
	}
	td_params(w, 3);
	w->page[3] = 0x10;		/* ATTRIBUTES: SEPT_VE_DISABLE */
	w->page[8] = 7;
	w->page[32] = 4;		/* CONFIG_FLAGS: NO_RBP_MOD */
	memset(w->page + 80, 0x11, 48);
	memset(w->page + 128, 0x22, 48);
	memset(w->page + 176, 0x33, 48);
	OK(CALL(w, 0, MNG_INIT, td->tdr, w->page_pa));
	td_vcpu(w, td, 1);
	td_tables(w, td);
}

void test_td_fields(void **state)
{
	uint8_t digest[48];
	struct test_td td;
	struct world w;
	uint64_t value;
	uint32_t i;

	(void)state;
	begin_td(&w, &td);
	expect_td(&w, &td, 0x8010000000000001, 0);		/* FATAL */
	expect_td(&w, &td, 0x8010000200000002, 6);		/* NUM_TDCX */
	expect_td(&w, &td, 0x8010000300000004, 6 + 6 + 3);	/* CHLDCNT */
	expect_td(&w, &td, 0x8010000200000005, SIM_KEYS_CONFIGURED);
	for (i = 0; i < 6; i++)
		expect_td(&w, &td, 0x8010000300000010 + i, td.tdcx[i]);
	expect_td(&w, &td, 0x8110000100000001, td.hkid);
	expect_td(&w, &td, 0x8110000300000002, 1);		/* PKG_CONFIG_BITMAP */
	expect_td(&w, &td, 0x8210000100000000, 0);		/* HANDOFF_VERSION */
	expect_td(&w, &td, 0x8210000300000001, 1);		/* SEAMDB_INDEX */
	expect_td(&w, &td, 0x9010000200000001, 1);		/* NUM_VCPUS */
	expect_td(&w, &td, 0x9010000200000002, 1);		/* NUM_ASSOC_VCPUS */
	expect_td(&w, &td, 0x9010000200000004, SIM_INITIALIZED);
	expect_td(&w, &td, 0x9010000100000005, 0);		/* NUM_L2_VMS */
	expect_td(&w, &td, 0x1110000300000000, 0x10000000);	/* ATTRIBUTES */
	expect_td(&w, &td, 0x1110000300000001, 7);		/* XFAM */
	expect_td(&w, &td, 0x1110000200000002, 3);		/* MAX_VCPUS */
	expect_td(&w, &td, 0x1110000000000003, 0);		/* GPAW */
	expect_td(&w, &td, 0x1110000300000004, td.tdcx[3] | 0x1e);
	expect_td(&w, &td, 0x111000010000000c, 40);		/* TSC_FREQUENCY */
	expect_td(&w, &td, 0x911000020000000f, 576 + 256);	/* XSAVE area with AVX */
	expect_td(&w, &td, 0x9110000300000016, 4);		/* CONFIG_FLAGS */
	expect_td(&w, &td, 0x9110000000000019, 0);	/* no topology: VP.INIT version 0 */
	expect_td(&w, &td, 0x9110000200000802, 576);		/* AVX comes first in it */
	expect_td(&w, &td, 0x9110000200000805, 0);
	expect_td(&w, &td, 0x9210000300000000, 1);		/* TD_EPOCH */
	OK(CALL(&w, 0, MEM_TRACK, td.tdr, 0));
	expect_td(&w, &td, 0x9210000300000000, 2);
	expect_td(&w, &td, 0x9210000100000001, 0);		/* REFCOUNT */
	memset(digest, 0x11, sizeof(digest));
	expect_digest(&w, &td, 0x1310000300000010, digest);
	memset(digest, 0x22, sizeof(digest));
	expect_digest(&w, &td, 0x1310000300000018, digest);
	memset(digest, 0x33, sizeof(digest));
	expect_digest(&w, &td, 0x1310000300000020, digest);
	/* An attempt to initialise a vCPU counts even if the clock makes it fail. */
	sim_set_lp(w.f.sim, 0, &(struct sim_lp_state){ .tsc_adjust = 1 });
	td.vcpu[1] = td_frame(&w);
	OK(CALL(&w, 0, VP_CREATE, td.vcpu[1], td.tdr));
	for (i = 0; i < 5; i++)
		OK(CALL(&w, 0, VP_ADDCX, td_frame(&w), td.vcpu[1]));
	EXPECT(CALL(&w, 0, VP_INIT, td.vcpu[1], 0), WITH(INCONSISTENT_MSR, 0x3b));
	expect_td(&w, &td, 0x9010000200000001, 2);
	EXPECT(mng_rd(&w, &td, 0x9010000200000003, &value), STATUS(METADATA_FIELD_ID_INCORRECT));
	world_destroy(&w);

	/* The same after the end of the build. */
	begin(&w, &td, 1);
	expect_td(&w, &td, 0x9010000200000004, SIM_RUNNABLE);
	expect_digest(&w, &td, 0x1310000300000000, td.mrtd);
	end(&w, &td);
}

/*
 * Counts the fields of a TD that a host can read, one after the other. Without TOPOLOGY_ENUM 638:
 * 21 of the TDR, 4 + 16 + 19 of management and execution, 3 of TLB tracking, 24 of measurements, 16
 * of migration, 23 of service TDs, 512 links.
 */
static uint32_t count_fields(const char *version)
{
	struct ss_regs r;
	struct test_td td;
	struct world w;
	uint32_t n = 0;

	world_boot(&w, 1, 1, version);
	td_build(&w, &td, 1, 1);
	r = (struct ss_regs){ .rax = MNG_RD_V1, .rcx = td.tdr, .rdx = UINT64_MAX };
	EXPECT(call_regs(&w, 0, &r), STATUS(METADATA_FIRST_FIELD_ID_IN_CONTEXT));
	assert_int_equal(r.rdx, 0x8010000000000001);
	for (; r.rdx != UINT64_MAX; n++) {
		r = (struct ss_regs){ .rax = MNG_RD_V1, .rcx = td.tdr, .rdx = r.rdx };
		OK(call_regs(&w, 0, &r));
	}
	end(&w, &td);
	return n;
}

void test_td_field_ids(void **state)
{
	static const uint64_t hidden[] = {
		0x8210000300000002, 0x111000030000000d, 0x9110000300000010, 0x9110000300000017,
		0x9110000000000080, 0x91100000000000cf, 0x1310000300000040, 0x1310000300000057,
		0x961000030000010a, 0x9610000300000480, 0x9610000300000493, 0x9810000300000010,
		0x2010000300000000, 0x21100003000001ff,
	};
	static const uint64_t none[] = {
		0x8010000000000000, 0x8010000300000019, 0x91100000000000d0, 0x1310000300000006,
		0x9610000300000481, 0x9a10000300000200, 0x8010000400000001,
	};
	struct test_td td;
	struct world w;
	uint64_t value;
	size_t i;

	(void)state;
	assert_int_equal(count_fields("1.5.01"), 638);
	/* With VIRT_MAXPA, TOPOLOGY_ENUM_CONFIGURED and 576 x2APIC IDs. */
	assert_int_equal(count_fields("1.5.06"), 638 + 2 + 576);
	begin(&w, &td, 1);
	for (i = 0; i < SS_ARRAY_SIZE(hidden); i++)
		EXPECT(mng_rd(&w, &td, hidden[i], &value), STATUS(METADATA_FIELD_NOT_READABLE));
	for (i = 0; i < SS_ARRAY_SIZE(none); i++)
		EXPECT(mng_rd(&w, &td, none[i], &value), STATUS(METADATA_FIELD_ID_INCORRECT));
	EXPECT(call(&w, 0, SS_LEAF_TDH_MNG_RD | SS_LEAF_VERSION(2), td.tdr, 0, 0, 0),
	       ABOUT(OPERAND_INVALID, RAX));
	end(&w, &td);
}

#define CPUID(leaf, element) \
	(0x9410000300000000 | ((leaf) >> 31) << 16 | ((leaf) & 0x7f) << 9 | 0x1fe | (element))

/* By leaf: EAX and EBX, ECX and EDX. */
void test_td_cpuid(void **state)
{
	struct test_td td;
	struct world w;
	uint64_t value;
	uint32_t i;

	(void)state;
	begin(&w, &td, 1);
	expect_td(&w, &td, CPUID(1ULL, 0), 0x806f8);		/* the CPU's own */
	expect_td(&w, &td, CPUID(1ULL, 1), 0);
	expect_td(&w, &td, CPUID(0x80000008ULL, 0), 48 << 8 | 52);
	EXPECT(mng_rd(&w, &td, CPUID(2ULL, 0), &value), STATUS(METADATA_FIELD_ID_INCORRECT));
	/* The leaf without subleaves does not exist, and a bit is reserved. */
	EXPECT(mng_rd(&w, &td, 0x9410000300000200, &value), STATUS(METADATA_FIELD_ID_INCORRECT));
	EXPECT(mng_rd(&w, &td, CPUID(1ULL, 0) | 1 << 17, &value),
	       STATUS(METADATA_FIELD_ID_INCORRECT));
	td_forget(&td);
	td_create(&w, &td);
	for (i = 0; i < 6; i++)
		OK(CALL(&w, 0, MNG_ADDCX, td_frame(&w), td.tdr));
	td_params(&w, 1);
	w.page[256] = 0x70;	/* EAX of leaf 1 */
	w.page[402] = 46;	/* bits 23:16 of EAX of leaf 0x80000008, the tenth */
	OK(CALL(&w, 0, MNG_INIT, td.tdr, w.page_pa));
	expect_td(&w, &td, CPUID(1ULL, 0), 0x70);
	expect_td(&w, &td, CPUID(0x80000008ULL, 0), 46 << 16 | 48 << 8 | 52);
	world_destroy(&w);
}

/* A TD's clock begins at 0 when the TD is initialised. KVM reads both numbers by these IDs. */
void test_td_clock(void **state)
{
	uint64_t before, after, offset, multiplier;
	struct test_td td;
	struct world w;

	(void)state;
	world_boot(&w, 1, 1, "1.5.06");
	td_create(&w, &td);
	before = ss_now_ns();
	td_init(&w, &td);
	after = ss_now_ns();
	OK(mng_rd(&w, &td, 0x110000000000000a, &offset));
	OK(mng_rd(&w, &td, 0x110000000000000b, &multiplier));
	/* 40 times 25 MHz, on a machine whose clock counts nanoseconds. */
	assert_int_equal(multiplier, 1ULL << 48);
	assert_true(before <= 0 - offset && 0 - offset <= after);
	td_vcpu(&w, &td, 0);
	expect_vp(&w, &td, 0x2010, offset);
	expect_vp(&w, &td, 0x2032, multiplier);
	td_forget(&td);
	world_destroy(&w);
}
