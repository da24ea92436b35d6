// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* For tests of the software TDX Module: a machine, its TDs, and events inside a call. */
#include "world.h"

#include "../sim/module.h"

#define MAX_REACHED	256u
#define CHUNK_BYTES	256u

static uint64_t reached[MAX_REACHED];
static size_t nr_reached;

/* ---- the machine ----------------------------------------------------------------------------- */

static void *map_and_tell(void *ctx, uint64_t pa, size_t bytes)
{
	struct world *w = ctx;
	void (*hook)(struct world *) = w->in_map;

	if (hook) {
		w->in_map = NULL;
		hook(w);
	}
	return w->fixture_map(&w->f, pa, bytes);
}

static bool interrupted_and_tell(void *ctx, uint32_t lp)
{
	struct world *w = ctx;
	void (*hook)(struct world *) = w->in_guest;

	if (hook) {
		w->in_guest = NULL;
		hook(w);
	}
	return w->fixture_interrupted(&w->f, lp);
}

void world_config(struct world *w, uint32_t nr_lps, uint32_t sockets)
{
	memset(w, 0, sizeof(*w));
	fixture_config(&w->f, nr_lps, sockets);
	w->fixture_map = w->f.config.map;
	w->fixture_interrupted = w->f.config.interrupted;
	w->f.config.map = map_and_tell;
	w->f.config.interrupted = interrupted_and_tell;
	w->f.config.ctx = w;
	w->next_pa = SIM_TDMR_BASE;
	w->end_pa = SIM_TDMR_BASE + (uint64_t)w->f.config.private_pages * SS_PAGE;
	w->next_hkid = SIM_FIRST_PRIVATE_HKID + 1;
	w->page = fixture_alloc(&w->f, SS_PAGE, SS_PAGE, &w->page_pa);
}

void world_create(struct world *w, uint32_t nr_lps, uint32_t sockets)
{
	world_config(w, nr_lps, sockets);
	fixture_power_on(&w->f);
}

void world_boot(struct world *w, uint32_t nr_lps, uint32_t sockets, const char *version)
{
	world_create(w, nr_lps, sockets);
	fixture_boot(&w->f, version);
}

void world_destroy(struct world *w)
{
	fixture_destroy(&w->f);
}

struct sim_module_info world_info(const char *version, uint8_t svn_minor)
{
	struct sim_module_info info = *sim_ladder_find("1.5.06");

	memset(info.version, 0, sizeof(info.version));
	snprintf(info.version, sizeof(info.version), "%s", version);
	info.svn_minor = svn_minor;
	info.features0 = FEATURES_PLAIN;
	return info;
}

void world_install(struct world *w, const struct sim_module_info *info,
		   enum fixture_scenario scenario)
{
	struct fixture_image image;

	fixture_image_of(&w->f, info, scenario, &image);
	OK(fixture_install(&w->f, image.params_pa, NULL));
}

void world_init(struct world *w)
{
	uint32_t lp;

	OK(CALL(w, 0, SYS_INIT, 0, 0));
	for (lp = 0; lp < w->f.config.nr_lps; lp++)
		OK(CALL(w, lp, SYS_LP_INIT, 0, 0));
}

/* One TDMR of 1 GiB, with its page metadata behind it. */
uint8_t *world_tdmr_info(struct world *w)
{
	uint8_t *info = w->f.scratch.va + SS_PAGE;
	uint64_t at = SIM_TDMR_BASE + SIM_GIB, bytes;
	uint32_t i;

	memset(info, 0, 512);
	put_le(info, SIM_TDMR_BASE, 8);
	put_le(info + 8, SIM_GIB, 8);
	for (i = 0; i < 3; i++) {
		bytes = (SIM_GIB >> (30 - 9 * i)) * 16;
		bytes = (bytes + SS_PAGE - 1) & ~(uint64_t)(SS_PAGE - 1);
		put_le(info + 16 + 16 * i, at, 8);
		put_le(info + 24 + 16 * i, bytes, 8);
		at += bytes;
	}
	put_le(w->f.scratch.va, w->f.scratch.pa + SS_PAGE, 8);
	return info;
}

void world_config_regs(struct world *w, struct ss_regs *r)
{
	memset(r, 0, sizeof(*r));
	world_tdmr_info(w);
	r->rax = SS_LEAF_TDH_SYS_CONFIG;
	r->rcx = w->f.scratch.pa;
	r->rdx = 1;
	r->r8 = SIM_FIRST_PRIVATE_HKID;
}

/* The first LP of a package. */
static uint32_t lp_of_package(const struct world *w, uint32_t package)
{
	uint32_t n = w->f.config.nr_lps, sockets = w->f.config.sockets;

	return (package * n + sockets - 1) / sockets;
}

void world_ready(struct world *w)
{
	struct ss_regs r;
	uint32_t i;

	world_init(w);
	world_config_regs(w, &r);
	OK(call_regs(w, 0, &r));
	for (i = 0; i < w->f.config.sockets; i++)
		OK(CALL(w, lp_of_package(w, i), SYS_KEY_CONFIG, 0, 0));
	for (i = 0; i < SIM_GIB / SIM_TDMR_INIT_BYTES; i++)
		OK(CALL(w, 0, SYS_TDMR_INIT, SIM_TDMR_BASE, 0));
}

void world_boot_info(struct world *w, const struct sim_module_info *info)
{
	world_install(w, info, FIXTURE_LOAD);
	world_ready(w);
}

void world_update(struct world *w, const struct sim_module_info *info, uint64_t hv)
{
	OK(CALL(w, 0, SYS_SHUTDOWN, hv, 0));
	world_install(w, info, FIXTURE_UPDATE);
	world_init(w);
	OK(CALL(w, 0, SYS_UPDATE, 0, 0));
}

enum sim_state world_state(struct world *w)
{
	return sim_module_state(w->f.sim);
}

/* ---- calls ----------------------------------------------------------------------------------- */

void world_count_status(uint64_t status)
{
	size_t i;

	/* The upper half holds the name, except for statuses that software makes. */
	if (status >> 32 != SS_TDX_SEAMCALL_VMFAILINVALID >> 32)
		status = status >> 32 << 32;
	for (i = 0; i < nr_reached; i++)
		if (reached[i] == status)
			return;
	assert_true(nr_reached < MAX_REACHED);
	reached[nr_reached++] = status;
}

uint64_t call_regs(struct world *w, uint32_t lp, struct ss_regs *r)
{
	uint64_t status = fixture_regs(&w->f, lp, r);

	world_count_status(status);
	return status;
}

uint64_t call(struct world *w, uint32_t lp, uint64_t leaf, uint64_t rcx, uint64_t rdx, uint64_t r8,
	      uint64_t r9)
{
	struct ss_regs r = { .rax = leaf, .rcx = rcx, .rdx = rdx, .r8 = r8, .r9 = r9 };

	return call_regs(w, lp, &r);
}

void check_status(uint64_t got, uint64_t want, const char *what, const char *file, int line)
{
	if (got == want)
		return;
	print_error("%s\n  returned %s (%#llx),\n  expected %s (%#llx)\n", what,
		    ss_status_name(0, got), (unsigned long long)got, ss_status_name(0, want),
		    (unsigned long long)want);
	_fail(file, line);
}

static bool was_reached(uint64_t status)
{
	size_t i;

	for (i = 0; i < nr_reached; i++)
		if (reached[i] == status)
			return true;
	return false;
}

void check_all_reached(const uint64_t *statuses, size_t nr)
{
	size_t i, missing = 0;

	for (i = 0; i < nr; i++) {
		if (was_reached(statuses[i]))
			continue;
		print_error("no test has reached %s\n", ss_status_name(0, statuses[i]));
		missing++;
	}
	assert_int_equal(missing, 0);
}

/* ---- TDs ------------------------------------------------------------------------------------- */

uint64_t td_frame(struct world *w)
{
	uint64_t pa = w->next_pa;

	assert_true(pa < w->end_pa);
	w->next_pa += SS_PAGE;
	return pa;
}

uint16_t td_hkid(struct world *w)
{
	assert_true(w->next_hkid < SIM_FIRST_PRIVATE_HKID + w->f.config.private_hkids);
	return w->next_hkid++;
}

uint64_t td_params(struct world *w, uint16_t max_vcpus)
{
	memset(w->page, 0, SS_PAGE);
	put_le(w->page + 8, 3, 8);			/* XFAM */
	put_le(w->page + 16, max_vcpus, 2);
	put_le(w->page + 24, 6 | 3 << 3, 8);	/* EPTP_CONTROLS: write-back, 4 levels */
	put_le(w->page + 40, 40, 2);		/* TSC: 1 GHz */
	return w->page_pa;
}

void td_create(struct world *w, struct test_td *td)
{
	uint32_t i;

	memset(td, 0, sizeof(*td));
	td->tdr = td_frame(w);
	td->hkid = td_hkid(w);
	OK(CALL(w, 0, MNG_CREATE, td->tdr, td->hkid));
	for (i = 0; i < w->f.config.sockets; i++)
		OK(CALL(w, lp_of_package(w, i), MNG_KEY_CONFIG, td->tdr, 0));
}

void td_init(struct world *w, struct test_td *td)
{
	uint32_t i;

	for (i = 0; i < SIM_TDCS_PAGES; i++) {
		td->tdcx[i] = td_frame(w);
		OK(CALL(w, 0, MNG_ADDCX, td->tdcx[i], td->tdr));
	}
	OK(CALL(w, 0, MNG_INIT, td->tdr, td_params(w, WORLD_MAX_VCPUS)));
	td->md = EVP_MD_CTX_new();
	assert_int_equal(EVP_DigestInit(td->md, EVP_sha384()), 1);
}

void td_tables(struct world *w, struct test_td *td)
{
	uint32_t level;

	for (level = 3; level >= 1; level--) {
		td->table[3 - level] = td_frame(w);
		OK(call(w, 0, SS_LEAF_TDH_MEM_SEPT_ADD, level, td->tdr, td->table[3 - level], 0));
	}
}

void td_vcpu(struct world *w, struct test_td *td, uint32_t lp)
{
	uint32_t n = td->nr_vcpus++, i;

	td->vcpu[n] = td_frame(w);
	OK(CALL(w, lp, VP_CREATE, td->vcpu[n], td->tdr));
	for (i = 0; i < SIM_TDVPS_PAGES - 1; i++) {
		td->vcpu_cx[n][i] = td_frame(w);
		OK(CALL(w, lp, VP_ADDCX, td->vcpu_cx[n][i], td->vcpu[n]));
	}
	OK(CALL(w, lp, VP_INIT, td->vcpu[n], 0));
}

/* The block that both measuring leaves hash, made anew from the specification's words. */
static void measure(struct test_td *td, const char *what, uint64_t gpa)
{
	uint8_t block[128] = { 0 };

	memcpy(block, what, strlen(what));
	put_le(block + 16, gpa, 8);
	assert_int_equal(EVP_DigestUpdate(td->md, block, sizeof(block)), 1);
}

static void fill_source(struct world *w, struct test_td *td, uint32_t page)
{
	uint32_t i;

	for (i = 0; i < SS_PAGE; i++)
		w->page[i] = (uint8_t)(i * 7 + page * 13 + td->hkid);
}

void td_page_add(struct world *w, struct test_td *td)
{
	uint64_t gpa = (uint64_t)td->nr_pages * SS_PAGE;

	td->page[td->nr_pages] = td_frame(w);
	fill_source(w, td, td->nr_pages);
	OK(call(w, 0, SS_LEAF_TDH_MEM_PAGE_ADD, gpa, td->tdr, td->page[td->nr_pages], w->page_pa));
	measure(td, "MEM.PAGE.ADD", gpa);
	td->nr_pages++;
}

void td_extend(struct world *w, struct test_td *td, uint32_t page)
{
	uint64_t gpa = (uint64_t)page * SS_PAGE;
	uint32_t at;

	fill_source(w, td, page);
	for (at = 0; at < SS_PAGE; at += CHUNK_BYTES) {
		OK(CALL(w, 0, MR_EXTEND, gpa + at, td->tdr));
		measure(td, "MR.EXTEND", gpa + at);
		assert_int_equal(EVP_DigestUpdate(td->md, w->page + at, CHUNK_BYTES), 1);
	}
}

void td_page_aug(struct world *w, struct test_td *td)
{
	uint64_t gpa = (uint64_t)td->nr_pages * SS_PAGE;

	td->page[td->nr_pages] = td_frame(w);
	OK(call(w, 0, SS_LEAF_TDH_MEM_PAGE_AUG, gpa, td->tdr, td->page[td->nr_pages], 0));
	td->nr_pages++;
}

void td_finalize(struct world *w, struct test_td *td)
{
	OK(CALL(w, 0, MR_FINALIZE, td->tdr, 0));
	assert_int_equal(EVP_DigestFinal(td->md, td->mrtd, NULL), 1);
}

void td_build(struct world *w, struct test_td *td, uint32_t vcpus, uint32_t pages)
{
	uint32_t i;

	td_create(w, td);
	td_init(w, td);
	td_tables(w, td);
	for (i = 0; i < vcpus; i++)
		td_vcpu(w, td, i);
	for (i = 0; i < pages; i++) {
		td_page_add(w, td);
		td_extend(w, td, i);
	}
	td_finalize(w, td);
}

uint64_t td_enter(struct world *w, struct test_td *td, uint32_t vcpu, uint32_t lp)
{
	return CALL(w, lp, VP_ENTER, td->vcpu[vcpu], 0);
}

void td_run(struct world *w, struct test_td *td, uint32_t lp, uint32_t times)
{
	while (times--)
		EXPECT(td_enter(w, td, 0, lp), WITH(SUCCESS, SIM_EXIT_INTERRUPT));
}

void td_audit(struct world *w, struct test_td *td, struct sim_td_audit *audit)
{
	assert_true(sim_td_audit(w->f.sim, td->tdr, audit));
}

void td_kill(struct world *w, struct test_td *td)
{
	uint32_t i;

	for (i = 0; i < td->nr_vcpus; i++)
		OK(CALL(w, i, VP_FLUSH, td->vcpu[i], 0));
	OK(CALL(w, 0, MNG_VPFLUSHDONE, td->tdr, 0));
	ss_store(&w->f.guests_run, 1);
	for (i = 0; i < w->f.config.sockets; i++)
		OK(CALL(w, lp_of_package(w, i), PHYMEM_CACHE_WB, 0, 0));
	ss_store(&w->f.guests_run, 0);
	OK(CALL(w, 0, MNG_KEY_FREEID, td->tdr, 0));
}

static void reclaim(struct world *w, uint64_t pa)
{
	if (pa)
		OK(CALL(w, 0, PHYMEM_PAGE_RECLAIM, pa, 0));
}

void td_reclaim(struct world *w, struct test_td *td)
{
	uint32_t i, j;

	for (i = 0; i < td->nr_pages; i++)
		reclaim(w, td->page[i]);
	for (i = 0; i < 3; i++)
		reclaim(w, td->table[i]);
	for (i = 0; i < td->nr_vcpus; i++) {
		for (j = 0; j < SIM_TDVPS_PAGES - 1; j++)
			reclaim(w, td->vcpu_cx[i][j]);
		reclaim(w, td->vcpu[i]);
	}
	for (i = 0; i < SIM_TDCS_PAGES; i++)
		reclaim(w, td->tdcx[i]);
	reclaim(w, td->tdr);
	td_forget(td);
}

void td_forget(struct test_td *td)
{
	EVP_MD_CTX_free(td->md);
	td->md = NULL;
}
