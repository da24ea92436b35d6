// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Running a TD: TDH.VP.ENTER, FLUSH, RD, WR (8.4), and the guest inside. */
#include "test_td.h"
#include "world.h"

#define HINT		(1ULL << 52)
#define RESUME_L1	(1ULL << 53)

static struct test_td *runner;

static struct sim_tdvps *vps_of(struct world *w, struct test_td *td)
{
	return world_frame(w, td->vcpu[0]);
}

static void begin(struct world *w, struct test_td *td, uint32_t vcpus, uint32_t pages)
{
	world_boot(w, 2, 1, "1.5.06");
	td_build(w, td, vcpus, pages);
	runner = td;
}

static void end(struct world *w, struct test_td *td)
{
	td_forget(td);
	world_destroy(w);
}

void test_enter(void **state)
{
	struct ss_regs r;
	struct test_td td;
	struct world w;
	uint32_t round;

	(void)state;
	begin(&w, &td, 1, 1);
	EXPECT(CALL(&w, 0, VP_ENTER, td.vcpu[0] | 1, 0), ABOUT(OPERAND_INVALID, RCX));
	EXPECT(CALL(&w, 0, VP_ENTER, td.vcpu[0] | 1ULL << 54, 0), ABOUT(OPERAND_INVALID, RCX));
	EXPECT(CALL(&w, 0, VP_ENTER, td.tdr, 0), ABOUT(PAGE_METADATA_INCORRECT, RCX));
	/* The flags are for trap-like exits and for exits from L2 VMs, not for the first entry. */
	for (round = 0; round < 2; round++) {
		EXPECT(CALL(&w, 0, VP_ENTER, td.vcpu[0] | HINT, 0), ABOUT(OPERAND_INVALID, RCX));
		EXPECT(CALL(&w, 0, VP_ENTER, td.vcpu[0] | RESUME_L1, 0),
		       ABOUT(OPERAND_INVALID, RCX));
		EXPECT(CALL(&w, 0, VP_ENTER, td.vcpu[0], 0), SIM_EXIT_INTERRUPT);
	}
	/* Without interrupts a guest calls its host now and then. */
	ss_store(&w.f.guests_run, 1);
	r = (struct ss_regs){ .rax = SS_LEAF_TDH_VP_ENTER, .rcx = td.vcpu[0], .r10 = 5, .rbx = 6 };
	EXPECT(call_regs(&w, 0, &r), SIM_EXIT_TDVMCALL);
	assert_true(r.r10 == 0 && r.r11 == 12 && r.rbx == 6);
	end(&w, &td);
}

/* Does an exit clear the host's values in the registers? */
static void expect_clear(const struct ss_regs *r)
{
	assert_true(!r->rdx && !r->rbx && !r->rsi && !r->rdi && !r->r10 && !r->r11 && !r->r12);
	assert_true(!r->r13 && !r->r14 && !r->r15);
}

static uint64_t enter_with_registers(struct world *w, struct test_td *td, struct ss_regs *r)
{
	uint64_t status;

	memset(r, 0x5a, sizeof(*r));
	r->rax = SS_LEAF_TDH_VP_ENTER;
	r->rcx = td->vcpu[0];
	status = call_regs(w, 0, r);
	expect_clear(r);
	return status;
}

/* An exit that the guest did not ask for gives its reason in RCX, R8 and R9 only. */
void test_exit_registers(void **state)
{
	struct ss_regs r;
	struct test_td td;
	struct world w;

	(void)state;
	begin(&w, &td, 1, 2);
	EXPECT(enter_with_registers(&w, &td, &r), SIM_EXIT_INTERRUPT);
	/* Valid, an external interrupt, its vector. */
	assert_true(r.rcx == 0 && r.r8 == 0 && r.r9 == (1ULL << 31 | SIM_INTERRUPT_VECTOR));
	OK(CALL(&w, 1, MEM_RANGE_BLOCK, SS_PAGE, td.tdr));
	EXPECT(enter_with_registers(&w, &td, &r), SIM_EXIT_EPT_VIOLATION);
	/* The guest read data there, and no event was in progress. */
	assert_true(r.rcx == 1 && r.r8 == SS_PAGE && r.r9 == 0);
	world_pamt(&w, td.page[0])->owner++;
	EXPECT(enter_with_registers(&w, &td, &r), STATUS(NON_RECOVERABLE_TD_CORRUPTED_MD));
	end(&w, &td);
}

void test_enter_platform(void **state)
{
	struct test_td td;
	struct world w;

	(void)state;
	begin(&w, &td, 1, 1);
	sim_set_lp(w.f.sim, 0, &(struct sim_lp_state){ .limit_cpuid = true });
	EXPECT(td_enter(&w, &td, 0, 0), STATUS(LIMIT_CPUID_MAXVAL_SET));
	/* VP.ENTER checks the LP's TSC_ADJUST before the TSC's rollback. */
	vps_of(&w, &td)->tsc += 1ULL << 40;
	sim_set_lp(w.f.sim, 0, &(struct sim_lp_state){ .tsc_adjust = 0 - (1ULL << 40) });
	EXPECT(td_enter(&w, &td, 0, 0), WITH(INCONSISTENT_MSR, 0x3b));
	sim_set_lp(w.f.sim, 0, &(struct sim_lp_state){ 0 });
	EXPECT(td_enter(&w, &td, 0, 0), STATUS(TSC_ROLLBACK));
	vps_of(&w, &td)->tsc -= 1ULL << 40;
	WHILE_LOCKED(&world_tdcs(&w, &td)->epoch_lock,
		     EXPECT(td_enter(&w, &td, 0, 0), ABOUT(OPERAND_BUSY, TD_EPOCH)));
	/* An exclusive lock on the tree does not stop the guest. */
	WHILE_LOCKED(&world_tdcs(&w, &td)->sept_lock,
		     EXPECT(td_enter(&w, &td, 0, 0), SIM_EXIT_INTERRUPT));
	WHILE_LOCKED(&world_pamt(&w, td.vcpu[0])->lock,
		     EXPECT(td_enter(&w, &td, 0, 0), ABOUT(OPERAND_BUSY, RCX)));
	WHILE_LOCKED(&world_pamt(&w, td.tdr)->lock,
		     EXPECT(td_enter(&w, &td, 0, 0), ABOUT(OPERAND_BUSY, TDR)));
	/* After all these calls the vCPU is still READY. */
	td_run(&w, &td, 0, 1);
	ss_store(&vps_of(&w, &td)->life, SIM_VCPU_DISABLED);
	EXPECT(td_enter(&w, &td, 0, 0), STATUS(VCPU_STATE_INCORRECT));
	end(&w, &td);
}

/* A vCPU belongs to the LP that initialised or last entered it, until VP.FLUSH on that LP. */
void test_association(void **state)
{
	struct test_td td;
	struct world w;

	(void)state;
	begin(&w, &td, 1, 1);
	EXPECT(td_enter(&w, &td, 0, 1), STATUS(VCPU_ASSOCIATED));
	EXPECT(CALL(&w, 1, VP_FLUSH, td.vcpu[0], 0), STATUS(VCPU_NOT_ASSOCIATED));
	OK(CALL(&w, 0, VP_FLUSH, td.vcpu[0], 0));
	EXPECT(td_enter(&w, &td, 0, 1), SIM_EXIT_INTERRUPT);
	EXPECT(td_enter(&w, &td, 0, 0), STATUS(VCPU_ASSOCIATED));
	OK(CALL(&w, 1, VP_FLUSH, td.vcpu[0], 0));
	/* An entry that was refused for another reason has made the vCPU this LP's. */
	EXPECT(CALL(&w, 0, VP_ENTER, td.vcpu[0] | HINT, 0), ABOUT(OPERAND_INVALID, RCX));
	EXPECT(CALL(&w, 0, MNG_VPFLUSHDONE, td.tdr, 0), STATUS(FLUSHVP_NOT_DONE));
	OK(CALL(&w, 0, VP_FLUSH, td.vcpu[0], 0));
	OK(CALL(&w, 0, MNG_VPFLUSHDONE, td.tdr, 0));
	end(&w, &td);
}

static void while_it_runs(struct world *w)
{
	EXPECT(td_enter(w, runner, 0, 1), STATUS(VCPU_STATE_INCORRECT));
	EXPECT(CALL(w, 1, VP_FLUSH, runner->vcpu[0], 0), ABOUT(OPERAND_BUSY, RCX));
	EXPECT(CALL(w, 1, MNG_KEY_CONFIG, runner->tdr, 0), ABOUT(OPERAND_BUSY, RCX));
	EXPECT(CALL(w, 1, MNG_VPFLUSHDONE, runner->tdr, 0), ABOUT(OPERAND_BUSY, RCX));
	EXPECT(CALL(w, 1, MR_FINALIZE, runner->tdr, 0), ABOUT(OPERAND_BUSY, RCX));
	EXPECT(call(w, 1, SS_LEAF_TDH_MEM_PAGE_ADD, 0, runner->tdr, 0, 0),
	       ABOUT(OPERAND_BUSY, RDX));
	/* Calls that share the TD go on, and so does another vCPU. */
	EXPECT(td_enter(w, runner, 1, 1), SIM_EXIT_INTERRUPT);
	OK(call(w, 1, SS_LEAF_TDH_MNG_RD, runner->tdr, 0x9010000200000004, 0, 0));
	assert_int_equal(ss_load(&w->f.sim->lps[0].busy), 1);
	w->seen[0]++;
}

void test_running_holds_locks(void **state)
{
	struct test_td td;
	struct world w;

	(void)state;
	begin(&w, &td, 2, 1);
	w.in_guest = while_it_runs;
	EXPECT(td_enter(&w, &td, 0, 0), SIM_EXIT_INTERRUPT);
	assert_int_equal(w.seen[0], 1);
	assert_int_equal(ss_load(&w.f.sim->lps[0].busy), 0);
	end(&w, &td);
}

/* ---- the guest ------------------------------------------------------------------------------- */

void test_guest_accepts(void **state)
{
	struct sim_td_audit before, after;
	struct test_td td;
	struct world w;

	(void)state;
	begin(&w, &td, 1, 2);
	td_page_aug(&w, &td);
	td_page_aug(&w, &td);
	td_audit(&w, &td, &before);
	assert_int_equal(before.pages, 2);
	td_run(&w, &td, 0, 4);
	td_audit(&w, &td, &after);
	assert_int_equal(after.pages, 4);
	assert_int_equal(ss_load(&world_tdcs(&w, &td)->accepted), 2);
	assert_int_equal(after.progress, before.progress + 4);
	assert_memory_not_equal(before.digest, after.digest, sizeof(after.digest));
	/* Without running, nothing changes. */
	td_audit(&w, &td, &before);
	assert_memory_equal(before.digest, after.digest, sizeof(after.digest));
	end(&w, &td);
}

/* A bit flips in a place that the guest has written: one error on the next visit, not two. */
void test_guest_notices(void **state)
{
	static const uint32_t places[] = { 0, 63, 1344, 2751, 4032, 4095 };
	struct sim_td_audit audit;
	struct test_td td;
	struct world w;
	size_t i;

	(void)state;
	begin(&w, &td, 2, 3);
	td_run(&w, &td, 0, 9);
	for (i = 0; i < SS_ARRAY_SIZE(places); i++) {
		((uint8_t *)world_frame(&w, td.page[i % 3]))[places[i]] ^= 0x10;
		td_run(&w, &td, 0, 6);
		td_audit(&w, &td, &audit);
		assert_int_equal(audit.guest_errors, i + 1);
	}
	/* The other vCPU writes what this one expects. */
	EXPECT(td_enter(&w, &td, 1, 1), SIM_EXIT_INTERRUPT);
	td_run(&w, &td, 0, 3);
	td_audit(&w, &td, &audit);
	assert_int_equal(audit.guest_errors, i);
	end(&w, &td);
}

static uint64_t enter_gpa(struct world *w, struct test_td *td, uint64_t *gpa)
{
	struct ss_regs r = { .rax = SS_LEAF_TDH_VP_ENTER, .rcx = td->vcpu[0] };
	uint64_t status = call_regs(w, 0, &r);

	*gpa = r.r8;
	return status;
}

/* A blocked page, a missing page, and a table. */
void test_guest_faults(void **state)
{
	struct sim_td_audit audit;
	struct test_td td;
	struct world w;
	uint64_t gpa;

	(void)state;
	begin(&w, &td, 1, 2);
	td_run(&w, &td, 0, 4);		/* the next page is the first one again */
	OK(CALL(&w, 1, MEM_RANGE_BLOCK, SS_PAGE, td.tdr));
	td_run(&w, &td, 0, 1);
	EXPECT(enter_gpa(&w, &td, &gpa), SIM_EXIT_EPT_VIOLATION);
	assert_int_equal(gpa, SS_PAGE);
	td_run(&w, &td, 0, 1);		/* the guest goes on with others, */
	EXPECT(enter_gpa(&w, &td, &gpa), SIM_EXIT_EPT_VIOLATION);	/* and tries again */
	OK(CALL(&w, 1, MEM_TRACK, td.tdr, 0));
	OK(CALL(&w, 1, MEM_PAGE_REMOVE, SS_PAGE, td.tdr));
	td_run(&w, &td, 0, 1);
	EXPECT(enter_gpa(&w, &td, &gpa), SIM_EXIT_EPT_VIOLATION);
	assert_int_equal(gpa, SS_PAGE);
	/* The guest misses a removed page once. Then a new page comes. */
	td_run(&w, &td, 0, 4);
	OK(call(&w, 1, SS_LEAF_TDH_MEM_PAGE_AUG, SS_PAGE, td.tdr, td.page[1], 0));
	td_run(&w, &td, 0, 4);
	OK(CALL(&w, 1, MEM_RANGE_BLOCK, 1, td.tdr));
	EXPECT(enter_gpa(&w, &td, &gpa), SIM_EXIT_EPT_VIOLATION);
	OK(CALL(&w, 1, MEM_TRACK, td.tdr, 0));
	OK(CALL(&w, 1, MEM_RANGE_UNBLOCK, 1, td.tdr));
	td_run(&w, &td, 0, 4);
	td_audit(&w, &td, &audit);
	assert_int_equal(audit.guest_errors, 0);
	assert_int_equal(audit.pages, 2);
	end(&w, &td);
}

/* The metadata names another TD for the page: this TD is dead from here on. */
void test_corrupted_metadata(void **state)
{
	struct sim_td_audit audit;
	struct test_td td;
	struct world w;

	(void)state;
	begin(&w, &td, 1, 1);
	td_run(&w, &td, 0, 1);
	world_pamt(&w, td.page[0])->owner++;
	EXPECT(td_enter(&w, &td, 0, 0), STATUS(NON_RECOVERABLE_TD_CORRUPTED_MD));
	EXPECT(td_enter(&w, &td, 0, 0), STATUS(TD_FATAL));
	EXPECT(CALL(&w, 0, MEM_TRACK, td.tdr, 0), STATUS(TD_FATAL));
	EXPECT(CALL(&w, 0, MNG_KEY_CONFIG, td.tdr, 0), STATUS(TD_FATAL));
	EXPECT(CALL(&w, 0, MNG_ADDCX, td_frame(&w), td.tdr), STATUS(TD_FATAL));
	td_audit(&w, &td, &audit);
	assert_false(audit.alive);
	end(&w, &td);
}

/* ---- pages ----------------------------------------------------------------------------------- */

static void expect_page(struct world *w, uint64_t pa, enum sim_page_type type, uint64_t owner,
			uint64_t blocked_epoch)
{
	struct ss_regs r = {
		.rax = SS_LEAF_TDH_PHYMEM_PAGE_RDMD, .rcx = pa,
		.r8 = 9, .r9 = 9, .r10 = 9, .r11 = 9,
	};

	OK(call_regs(w, 0, &r));
	assert_true(r.rcx == type && r.rdx == owner && r.r8 == 0);
	assert_true(r.r9 == blocked_epoch && r.r10 == 0 && r.r11 == 0);
}

/* The types of all kinds of pages. A TDR has no owner. */
void test_rdmd(void **state)
{
	struct test_td td;
	struct world w;

	(void)state;
	begin(&w, &td, 1, 2);
	expect_page(&w, td.tdr, SIM_PAGE_TDR, 0, 0);
	expect_page(&w, td.tdcx[5], SIM_PAGE_TDCX, td.tdr, 0);
	expect_page(&w, td.vcpu[0], SIM_PAGE_TDVPR, td.tdr, 0);
	expect_page(&w, td.vcpu_cx[0][0], SIM_PAGE_TDCX, td.tdr, 0);
	expect_page(&w, td.table[0], SIM_PAGE_EPT, td.tdr, 0);
	expect_page(&w, td.page[0], SIM_PAGE_REG, td.tdr, 0);
	expect_page(&w, td_frame(&w), SIM_PAGE_NDA, 0, 0);
	WHILE_LOCKED(&world_pamt(&w, td.page[0])->lock,
		     EXPECT(CALL(&w, 0, PHYMEM_PAGE_RDMD, td.page[0], 0),
			    ABOUT(OPERAND_BUSY, RCX)));
	EXPECT(CALL(&w, 0, PHYMEM_PAGE_RDMD, SIM_TDMR_BASE + SIM_GIB, 0),
	       ABOUT(OPERAND_ADDR_RANGE_ERROR, RCX));
	/* The epoch of the blocking, for pages that can be blocked. */
	OK(CALL(&w, 0, MEM_TRACK, td.tdr, 0));
	OK(CALL(&w, 0, MEM_RANGE_BLOCK, SS_PAGE, td.tdr));
	expect_page(&w, td.page[1], SIM_PAGE_REG, td.tdr, 2);
	OK(CALL(&w, 0, MEM_TRACK, td.tdr, 0));
	OK(CALL(&w, 0, MEM_RANGE_BLOCK, 1, td.tdr));
	expect_page(&w, td.table[2], SIM_PAGE_EPT, td.tdr, 3);
	end(&w, &td);
}
