// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* A TD's memory: TDH.MEM.* (8.4). */
#include "test_td.h"
#include "world.h"

#define PT_BYTES	(2ULL << 20)	/* covered by one table of 4 KiB pages */
#define SUPPRESS_VE	(1ULL << 63)	/* in an entry of an EPT */
#define LEAF		0xf0u		/* write-back, without PAT, a page */
#define NO_PAGE		UINT64_MAX

static uint64_t sept_add(struct world *w, struct test_td *td, uint64_t where, uint64_t page)
{
	return call(w, 0, SS_LEAF_TDH_MEM_SEPT_ADD, where, td->tdr, page, 0);
}

static uint64_t page_add(struct world *w, struct test_td *td, uint64_t where, uint64_t page,
			 uint64_t source)
{
	return call(w, 0, SS_LEAF_TDH_MEM_PAGE_ADD, where, td->tdr, page, source);
}

static uint64_t page_aug(struct world *w, struct test_td *td, uint64_t where, uint64_t page)
{
	return call(w, 0, SS_LEAF_TDH_MEM_PAGE_AUG, where, td->tdr, page, 0);
}

/* A TD with memory of its own that is still to be built. */
static void begin(struct world *w, struct test_td *td)
{
	world_boot(w, 2, 1, "1.5.06");
	td_create(w, td);
	td_init(w, td);
}

static void end(struct world *w, struct test_td *td)
{
	td_forget(td);
	world_destroy(w);
}

void test_sept_add(void **state)
{
	const uint64_t leaf = SS_LEAF_TDH_MEM_SEPT_ADD;
	struct ss_regs r;
	struct test_td td;
	struct world w;
	uint64_t page;

	(void)state;
	begin(&w, &td);
	page = td_frame(&w);
	/* The level of pages, and one level above the root. */
	EXPECT(sept_add(&w, &td, 0, page), ABOUT(OPERAND_INVALID, RCX));
	EXPECT(sept_add(&w, &td, 4, page), ABOUT(OPERAND_INVALID, RCX));
	EXPECT(sept_add(&w, &td, SS_PAGE | 3, page), ABOUT(OPERAND_INVALID, RCX));
	EXPECT(sept_add(&w, &td, 1ULL << 47 | 3, page), ABOUT(OPERAND_INVALID, RCX));
	EXPECT(sept_add(&w, &td, 8 | 3, page), ABOUT(OPERAND_INVALID, RCX));
	EXPECT(call(&w, 0, leaf, 3, td.tdr | 2, page, 0), ABOUT(OPERAND_INVALID, RDX));
	EXPECT(sept_add(&w, &td, 3, NO_PAGE), ABOUT(OPERAND_INVALID, R8));
	EXPECT(sept_add(&w, &td, 3, page | 1ULL << 63), ABOUT(OPERAND_INVALID, R8));
	EXPECT(sept_add(&w, &td, 3, td.tdr), ABOUT(OPERAND_BUSY, R8));
	EXPECT(sept_add(&w, &td, 3, td.tdcx[0]), ABOUT(PAGE_METADATA_INCORRECT, R8));
	/* The walk ends at the root's entry. The entry is checked before the page. */
	r = (struct ss_regs){ .rax = leaf, .rcx = 1, .rdx = td.tdr, .r8 = 1 };
	EXPECT(call_regs(&w, 0, &r), ABOUT(EPT_WALK_FAILED, RCX));
	assert_true(r.rcx == SUPPRESS_VE && r.rdx == 3);
	OK(sept_add(&w, &td, 3, page));
	EXPECT(sept_add(&w, &td, 3, 1), ABOUT(EPT_ENTRY_STATE_INCORRECT, RCX));
	/* Both versions can accept an existing table; the page stays free. */
	page = td_frame(&w);
	OK(call(&w, 0, leaf, 3, td.tdr | 1, page, 0));
	EXPECT(call(&w, 0, leaf | SS_LEAF_VERSION(2), 3, td.tdr | 1, page, 0),
	       ABOUT(OPERAND_INVALID, RAX));
	OK(sept_add(&w, &td, 2, page));
	end(&w, &td);
}

static struct ss_regs v1_regs(struct test_td *td, uint64_t where, uint64_t flags, uint64_t page)
{
	return (struct ss_regs){
		.rax = SS_LEAF_TDH_MEM_SEPT_ADD | SS_LEAF_VERSION(1), .rcx = where,
		.rdx = td->tdr | flags, .r8 = page, .r9 = NO_PAGE, .r10 = NO_PAGE, .r11 = NO_PAGE,
	};
}

/* Version 1 takes pages for L2 VMs too, and reports the pages that it has not used. */
void test_sept_add_version_1(void **state)
{
	const uint64_t unused = 1ULL << 63;
	struct ss_regs r;
	struct test_td td;
	struct world w;
	uint64_t page;

	(void)state;
	begin(&w, &td);
	page = td_frame(&w);
	r = v1_regs(&td, 3, 0, page);
	r.r9 = page;
	EXPECT(call_regs(&w, 0, &r), ABOUT(OPERAND_INVALID, R9));
	assert_true(r.r8 == page && r.r9 == page && r.r10 == NO_PAGE && r.r11 == NO_PAGE);
	r = v1_regs(&td, 3, 0, page);
	r.r11 = page;
	EXPECT(call_regs(&w, 0, &r), WITH(OPERAND_INVALID, 11));
	/* Without a page there must be a table. */
	r = v1_regs(&td, 3, 1, NO_PAGE);
	EXPECT(call_regs(&w, 0, &r), ABOUT(EPT_ENTRY_STATE_INCORRECT, RCX));
	/* A host may hand in again what an earlier call returned. */
	r = v1_regs(&td, 3, 0, page | unused);
	OK(call_regs(&w, 0, &r));
	assert_true(r.r8 == NO_PAGE && r.r9 == NO_PAGE && r.rcx == 0 && r.rdx == 0);
	page = td_frame(&w);
	r = v1_regs(&td, 3, 0, page);
	EXPECT(call_regs(&w, 0, &r), ABOUT(EPT_ENTRY_STATE_INCORRECT, RCX));
	assert_true(r.r8 == page && r.rcx == 7 && r.rdx == (3 | 0x84 << 8));
	r = v1_regs(&td, 3, 1, page);
	OK(call_regs(&w, 0, &r));
	assert_int_equal(r.r8, page | unused);
	r = v1_regs(&td, 3, 0, NO_PAGE);
	OK(call_regs(&w, 0, &r));
	assert_int_equal(r.r8, NO_PAGE);
	end(&w, &td);
}

void test_page_add(void **state)
{
	struct ss_regs r;
	struct test_td td;
	struct world w;
	uint64_t page;

	(void)state;
	begin(&w, &td);
	page = td_frame(&w);
	EXPECT(page_add(&w, &td, 1, page, w.page_pa), ABOUT(OPERAND_INVALID, RCX));
	EXPECT(page_add(&w, &td, 0, page, w.page_pa), ABOUT(EPT_WALK_FAILED, RCX));
	td_tables(&w, &td);
	EXPECT(page_add(&w, &td, PT_BYTES, page, w.page_pa), ABOUT(EPT_WALK_FAILED, RCX));
	EXPECT(page_add(&w, &td, 0, page + 1, w.page_pa + 1), ABOUT(OPERAND_INVALID, R9));
	EXPECT(page_add(&w, &td, 0, page + 1, 1ULL << 39), ABOUT(OPERAND_INVALID, R9));
	EXPECT(page_add(&w, &td, 0, page + 1, w.page_pa), ABOUT(OPERAND_INVALID, R8));
	EXPECT(page_add(&w, &td, 0, td.tdcx[0], w.page_pa), ABOUT(PAGE_METADATA_INCORRECT, R8));
	/* After each refusal the entry is free and unlocked. */
	memset(w.page, 0x5a, SS_PAGE);
	OK(page_add(&w, &td, 0, page, w.page_pa));
	assert_memory_equal(world_frame(&w, page), w.page, SS_PAGE);
	r = (struct ss_regs){ .rax = SS_LEAF_TDH_MEM_PAGE_ADD, .rdx = td.tdr, .r8 = td_frame(&w),
			      .r9 = w.page_pa };
	EXPECT(call_regs(&w, 0, &r), ABOUT(EPT_ENTRY_STATE_INCORRECT, RCX));
	assert_true(r.rcx == (page | SUPPRESS_VE | LEAF | 7) && r.rdx == 4 << 8);
	end(&w, &td);
}

void test_page_aug(void **state)
{
	struct test_td td;
	struct world w;
	uint64_t page;

	(void)state;
	begin(&w, &td);
	td_tables(&w, &td);
	page = td_frame(&w);
	EXPECT(page_aug(&w, &td, 1, page), ABOUT(OPERAND_INVALID, RCX));	/* no large pages */
	/* The entry is checked before the page. */
	EXPECT(page_aug(&w, &td, PT_BYTES, page + 8), ABOUT(EPT_WALK_FAILED, RCX));
	EXPECT(page_aug(&w, &td, 0, page + 8), ABOUT(OPERAND_INVALID, R8));
	EXPECT(page_aug(&w, &td, 0, SIM_TDMR_BASE + SIM_GIB), ABOUT(OPERAND_ADDR_RANGE_ERROR, R8));
	OK(page_aug(&w, &td, 0, page));
	EXPECT(page_aug(&w, &td, 0, page + 8), ABOUT(EPT_ENTRY_STATE_INCORRECT, RCX));
	EXPECT(page_aug(&w, &td, SS_PAGE, page), ABOUT(PAGE_METADATA_INCORRECT, R8));
	end(&w, &td);
}

void test_block_track_remove(void **state)
{
	struct ss_regs r;
	struct test_td td;
	struct world w;

	(void)state;
	world_boot(&w, 2, 1, "1.5.06");
	td_build(&w, &td, 1, 2);
	EXPECT(CALL(&w, 0, MEM_RANGE_BLOCK, 8 * SS_PAGE, td.tdr),
	       ABOUT(EPT_ENTRY_STATE_INCORRECT, RCX));
	EXPECT(CALL(&w, 0, MEM_RANGE_BLOCK, PT_BYTES, td.tdr), ABOUT(EPT_WALK_FAILED, RCX));
	EXPECT(CALL(&w, 0, MEM_RANGE_BLOCK, 4, td.tdr), ABOUT(OPERAND_INVALID, RCX));
	EXPECT(CALL(&w, 0, MEM_PAGE_REMOVE, 0, td.tdr), ABOUT(GPA_RANGE_NOT_BLOCKED, RCX));
	EXPECT(CALL(&w, 0, MEM_PAGE_REMOVE, 8 * SS_PAGE, td.tdr),
	       ABOUT(EPT_ENTRY_STATE_INCORRECT, RCX));
	EXPECT(CALL(&w, 0, MEM_RANGE_UNBLOCK, 0, td.tdr), ABOUT(EPT_ENTRY_STATE_INCORRECT, RCX));
	EXPECT(CALL(&w, 0, MEM_RANGE_UNBLOCK, 8 * SS_PAGE, td.tdr),
	       ABOUT(EPT_ENTRY_STATE_INCORRECT, RCX));
	OK(CALL(&w, 0, MEM_RANGE_BLOCK, 0, td.tdr));
	EXPECT(CALL(&w, 0, MEM_RANGE_BLOCK, 0, td.tdr), ABOUT(GPA_RANGE_ALREADY_BLOCKED, RCX));
	EXPECT(CALL(&w, 0, MEM_PAGE_REMOVE, 0, td.tdr), ABOUT(TLB_TRACKING_NOT_DONE, RCX));
	EXPECT(CALL(&w, 0, MEM_RANGE_UNBLOCK, 0, td.tdr), ABOUT(TLB_TRACKING_NOT_DONE, SEPT_TREE));
	OK(CALL(&w, 0, MEM_TRACK, td.tdr, 0));
	OK(CALL(&w, 0, MEM_RANGE_UNBLOCK, 0, td.tdr));
	td_run(&w, &td, 0, 4);
	OK(CALL(&w, 0, MEM_RANGE_BLOCK, 0, td.tdr));
	EXPECT(CALL(&w, 0, MEM_PAGE_REMOVE, 0, td.tdr), ABOUT(TLB_TRACKING_NOT_DONE, RCX));
	/* The page's metadata is locked before the TLBs are checked. */
	WHILE_LOCKED(&world_pamt(&w, td.page[0])->lock,
		     EXPECT(CALL(&w, 0, MEM_PAGE_REMOVE, 0, td.tdr), ABOUT(OPERAND_BUSY, RCX)));
	OK(CALL(&w, 0, MEM_TRACK, td.tdr, 0));
	r = (struct ss_regs){ .rax = SS_LEAF_TDH_MEM_PAGE_REMOVE, .rdx = td.tdr };
	OK(call_regs(&w, 0, &r));
	assert_true(r.rcx == td.page[0] && r.rdx == 0);
	/* The page is free, and so is the entry. */
	OK(page_aug(&w, &td, 0, td.page[0]));
	/* A page that the guest has not accepted yet is blocked and removed in the same way. */
	OK(CALL(&w, 0, MEM_RANGE_BLOCK, 0, td.tdr));
	OK(CALL(&w, 0, MEM_TRACK, td.tdr, 0));
	OK(CALL(&w, 0, MEM_RANGE_UNBLOCK, 0, td.tdr));
	OK(CALL(&w, 0, MEM_RANGE_BLOCK, 0, td.tdr));
	OK(CALL(&w, 0, MEM_TRACK, td.tdr, 0));
	OK(CALL(&w, 0, MEM_PAGE_REMOVE, 0, td.tdr));
	end(&w, &td);
}

/* ---- TLB tracking with a vCPU in guest mode -------------------------------------------------- */

static struct test_td *runner;

static void block_and_track(struct world *w)
{
	OK(CALL(w, 1, MEM_RANGE_BLOCK, 0, runner->tdr));
	EXPECT(CALL(w, 1, MEM_PAGE_REMOVE, 0, runner->tdr), ABOUT(TLB_TRACKING_NOT_DONE, RCX));
	OK(CALL(w, 1, MEM_TRACK, runner->tdr, 0));
	/* The vCPU from before still runs: the host must kick it. */
	EXPECT(CALL(w, 1, MEM_PAGE_REMOVE, 0, runner->tdr), ABOUT(TLB_TRACKING_NOT_DONE, RCX));
	EXPECT(CALL(w, 1, MEM_TRACK, runner->tdr, 0), STATUS(PREVIOUS_TLB_EPOCH_BUSY));
	w->seen[0]++;
}

static void remove_now(struct world *w)
{
	/* This vCPU has entered after the TRACK. */
	OK(CALL(w, 1, MEM_PAGE_REMOVE, 0, runner->tdr));
	w->seen[0]++;
}

void test_track_epochs(void **state)
{
	struct test_td td;
	struct world w;

	(void)state;
	world_boot(&w, 2, 1, "1.5.06");
	td_build(&w, &td, 1, 2);
	runner = &td;
	w.in_guest = block_and_track;
	EXPECT(td_enter(&w, &td, 0, 0), SIM_EXIT_INTERRUPT);
	w.in_guest = remove_now;
	EXPECT(td_enter(&w, &td, 0, 0), SIM_EXIT_INTERRUPT);
	assert_int_equal(w.seen[0], 2);
	end(&w, &td);
}

void test_sept_remove(void **state)
{
	const uint64_t leaf = SS_LEAF_TDH_MEM_SEPT_REMOVE;
	struct ss_regs r;
	struct test_td td;
	struct world w;

	(void)state;
	world_boot(&w, 2, 1, "1.5.06");
	td_build(&w, &td, 1, 1);
	EXPECT(call(&w, 0, leaf, 0, td.tdr, 0, 0), ABOUT(OPERAND_INVALID, RCX));
	EXPECT(call(&w, 0, leaf | SS_LEAF_VERSION(2), 1, td.tdr, 0, 0),
	       ABOUT(OPERAND_INVALID, RAX));
	EXPECT(call(&w, 0, leaf, PT_BYTES | 1, td.tdr, 0, 0),
	       ABOUT(EPT_ENTRY_STATE_INCORRECT, RCX));
	/* A table in use is checked before everything else. */
	EXPECT(call(&w, 0, leaf, 1, td.tdr, 0, 0), ABOUT(EPT_PAGE_NOT_FREE, RCX));
	OK(CALL(&w, 0, MEM_RANGE_BLOCK, 1, td.tdr));
	EXPECT(CALL(&w, 0, MEM_RANGE_BLOCK, 0, td.tdr), ABOUT(EPT_WALK_FAILED, RCX));
	EXPECT(call(&w, 0, leaf, 1, td.tdr, 0, 0), ABOUT(EPT_PAGE_NOT_FREE, RCX));
	OK(CALL(&w, 0, MEM_TRACK, td.tdr, 0));
	OK(CALL(&w, 0, MEM_RANGE_UNBLOCK, 1, td.tdr));
	OK(CALL(&w, 0, MEM_RANGE_BLOCK, 0, td.tdr));
	OK(CALL(&w, 0, MEM_TRACK, td.tdr, 0));
	OK(CALL(&w, 0, MEM_PAGE_REMOVE, 0, td.tdr));
	EXPECT(call(&w, 0, leaf, 1, td.tdr, 0, 0), ABOUT(GPA_RANGE_NOT_BLOCKED, RCX));
	OK(CALL(&w, 0, MEM_RANGE_BLOCK, 1, td.tdr));
	EXPECT(call(&w, 0, leaf, 1, td.tdr, 0, 0), ABOUT(TLB_TRACKING_NOT_DONE, RCX));
	OK(CALL(&w, 0, MEM_TRACK, td.tdr, 0));
	r = (struct ss_regs){ .rax = leaf, .rcx = 1, .rdx = td.tdr };
	OK(call_regs(&w, 0, &r));
	assert_true(r.rcx == td.table[2] && r.rdx == 0);
	EXPECT(page_aug(&w, &td, 0, td.page[0]), ABOUT(EPT_WALK_FAILED, RCX));
	OK(sept_add(&w, &td, 1, td.table[2]));
	OK(page_aug(&w, &td, 0, td.page[0]));
	end(&w, &td);
}

/* While a TD is built no TLB can hold its pages, so a host need not block and track. */
void test_remove_while_built(void **state)
{
	struct test_td td;
	struct world w;

	(void)state;
	begin(&w, &td);
	td_tables(&w, &td);
	td_page_add(&w, &td);
	OK(CALL(&w, 0, MEM_RANGE_BLOCK, 0, td.tdr));
	OK(CALL(&w, 0, MEM_RANGE_UNBLOCK, 0, td.tdr));
	OK(CALL(&w, 0, MEM_PAGE_REMOVE, 0, td.tdr));
	OK(page_add(&w, &td, 0, td.page[0], w.page_pa));
	OK(CALL(&w, 0, MEM_RANGE_BLOCK, 0, td.tdr));
	OK(CALL(&w, 0, MEM_PAGE_REMOVE, 0, td.tdr));
	OK(CALL(&w, 0, MEM_SEPT_REMOVE, 1, td.tdr));
	OK(CALL(&w, 0, MEM_SEPT_REMOVE, 2, td.tdr));
	OK(CALL(&w, 0, MEM_SEPT_REMOVE, 3, td.tdr));
	OK(sept_add(&w, &td, 3, td.table[0]));
	end(&w, &td);
}

static void expect_entry(struct world *w, struct test_td *td, uint64_t gpa, uint64_t entry,
			 uint64_t state_and_level)
{
	struct ss_regs r = {
		.rax = SS_LEAF_TDH_MEM_PAGE_ADD, .rcx = gpa, .rdx = td->tdr, .r8 = td_frame(w),
		.r9 = w->page_pa,
	};

	assert_true(ss_status_eq(call_regs(w, 0, &r), state_and_level & 7 ?
				 STATUS(EPT_WALK_FAILED) : STATUS(EPT_ENTRY_STATE_INCORRECT)));
	assert_int_equal(r.rcx, entry);
	assert_int_equal(r.rdx, state_and_level);
}

/* A host sees an entry in a wrong state as hardware finds it. */
void test_entries_described(void **state)
{
	struct ss_regs r;
	struct test_td td;
	struct world w;
	struct sim_sept *entry;

	(void)state;
	begin(&w, &td);
	td_tables(&w, &td);
	td_page_add(&w, &td);
	td_page_aug(&w, &td);
	expect_entry(&w, &td, PT_BYTES, SUPPRESS_VE, 1);
	expect_entry(&w, &td, 0, td.page[0] | SUPPRESS_VE | LEAF | 7, 4 << 8);
	expect_entry(&w, &td, SS_PAGE, td.page[1] | SUPPRESS_VE | LEAF, 2 << 8);
	OK(CALL(&w, 0, MEM_RANGE_BLOCK, 0, td.tdr));
	OK(CALL(&w, 0, MEM_RANGE_BLOCK, SS_PAGE, td.tdr));
	expect_entry(&w, &td, 0, td.page[0] | SUPPRESS_VE | LEAF, 1 << 8);
	expect_entry(&w, &td, SS_PAGE, td.page[1] | SUPPRESS_VE | LEAF, 3 << 8);
	OK(CALL(&w, 0, MEM_RANGE_BLOCK, 1, td.tdr));
	expect_entry(&w, &td, 0, 0, 1 | 0x81 << 8);
	OK(CALL(&w, 0, MEM_RANGE_UNBLOCK, 1, td.tdr));
	/* An entry that another LP has locked is described too. */
	entry = world_frame(&w, td.table[2]);
	ss_store(&entry->word, ss_load(&entry->word) | SIM_SEPT_LOCK);
	r = (struct ss_regs){ .rax = SS_LEAF_TDH_MEM_PAGE_REMOVE, .rdx = td.tdr };
	EXPECT(call_regs(&w, 0, &r), ABOUT(OPERAND_BUSY, RCX));
	assert_true(r.rcx == (td.page[0] | SUPPRESS_VE | LEAF) && r.rdx == 1 << 8);
	end(&w, &td);
}

/* ---- locks ----------------------------------------------------------------------------------- */

void test_memory_locks(void **state)
{
	struct sim_sept *entry;
	struct ss_word *tree, *tdr;
	struct test_td td;
	struct world w;
	uint64_t page;

	(void)state;
	begin(&w, &td);
	td_tables(&w, &td);
	td_page_add(&w, &td);
	page = td_frame(&w);
	tdr = &world_pamt(&w, td.tdr)->lock;
	tree = &world_tdcs(&w, &td)->sept_lock;
	entry = world_frame(&w, td.table[2]);

	WHILE_LOCKED(tdr, EXPECT(page_aug(&w, &td, SS_PAGE, page), ABOUT(OPERAND_BUSY, RDX)));
	WHILE_LOCKED(tdr, EXPECT(CALL(&w, 0, MEM_TRACK, td.tdr, 0), ABOUT(OPERAND_BUSY, RCX)));
	/* PAGE.ADD takes the TD exclusively, PAGE.AUG does not. */
	ss_store(tdr, 1);
	EXPECT(page_add(&w, &td, SS_PAGE, page, w.page_pa), ABOUT(OPERAND_BUSY, RDX));
	OK(page_aug(&w, &td, SS_PAGE, page));
	ss_store(tdr, 0);
	page = td_frame(&w);
	WHILE_LOCKED(tree, EXPECT(page_aug(&w, &td, 2 * SS_PAGE, page),
				  ABOUT(OPERAND_BUSY, SEPT_TREE)));
	WHILE_LOCKED(tree, EXPECT(CALL(&w, 0, MEM_RANGE_BLOCK, 0, td.tdr),
				  ABOUT(OPERAND_BUSY, SEPT_TREE)));
	WHILE_LOCKED(tree, EXPECT(CALL(&w, 0, MEM_PAGE_REMOVE, 0, td.tdr),
				  ABOUT(OPERAND_BUSY, SEPT_TREE)));
	/* These leaves take the tree exclusively, others share it. */
	ss_store(tree, 1);
	EXPECT(CALL(&w, 0, MEM_SEPT_REMOVE, 1, td.tdr), ABOUT(OPERAND_BUSY, SEPT_TREE));
	EXPECT(CALL(&w, 0, MEM_RANGE_BLOCK, 0, td.tdr), ABOUT(OPERAND_BUSY, SEPT_TREE));
	EXPECT(CALL(&w, 0, MEM_RANGE_UNBLOCK, 0, td.tdr), ABOUT(OPERAND_BUSY, SEPT_TREE));
	OK(page_aug(&w, &td, 2 * SS_PAGE, page));
	ss_store(tree, 0);
	ss_store(&entry->word, ss_load(&entry->word) | SIM_SEPT_LOCK);
	EXPECT(CALL(&w, 0, MEM_RANGE_BLOCK, 0, td.tdr), ABOUT(OPERAND_BUSY, RCX));
	ss_store(&entry->word, ss_load(&entry->word) & ~SIM_SEPT_LOCK);
	WHILE_LOCKED(&world_tdcs(&w, &td)->epoch_lock,
		     EXPECT(CALL(&w, 0, MEM_TRACK, td.tdr, 0), ABOUT(OPERAND_BUSY, TD_EPOCH)));
	OK(CALL(&w, 0, MEM_RANGE_BLOCK, 0, td.tdr));
	end(&w, &td);
}

void test_five_levels(void **state)
{
	const uint64_t gpa = 1ULL << 50;
	struct sim_td_audit audit;
	struct test_td td;
	struct world w;
	uint64_t level;
	uint32_t i;

	(void)state;
	world_boot(&w, 1, 1, "1.5.06");
	td_create(&w, &td);
	for (i = 0; i < 6; i++)
		OK(CALL(&w, 0, MNG_ADDCX, td_frame(&w), td.tdr));
	td_params(&w, 1);
	w.page[24] = 6 | 4 << 3;
	w.page[32] = 1;
	OK(CALL(&w, 0, MNG_INIT, td.tdr, w.page_pa));
	for (level = 4; level >= 1; level--)
		OK(sept_add(&w, &td, gpa | level, td_frame(&w)));
	EXPECT(sept_add(&w, &td, gpa | 5, td_frame(&w)), ABOUT(OPERAND_INVALID, RCX));
	OK(page_add(&w, &td, gpa, td_frame(&w), w.page_pa));
	EXPECT(page_add(&w, &td, 1ULL << 51, td_frame(&w), w.page_pa),
	       ABOUT(OPERAND_INVALID, RCX));
	td_audit(&w, &td, &audit);
	assert_int_equal(audit.pages, 1);
	world_destroy(&w);
}
