// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* A simulated machine from power-on to the end: memory, images, boot, TDs. */
#include "internal.h"

#include <stdlib.h>
#include <sys/mman.h>

#include "core/seamldr.h"

#define IMAGES_SHARED_PAGES	(16u * (SS_MODULE_MAX_PAGES + 8u))
#define TD_SHARED_PAGES		1u
#define OTHER_SHARED_PAGES	64u
#define SPARE_PRIVATE_PAGES	64u
#define SCRATCH_PAGES		4u	/* of sim_boot() */
#define TREE_ARITY		4u
#define MIN_TD_PAGES		4u
#define MAX_TD_PAGES		256u	/* memory operations use the other half of the 2 MiB */
#define MAX_VCPUS		64u
#define MAX_TDS			1024u

static bool host_call_error(struct rig_error *err, uint32_t lp, uint64_t leaf,
			    uint64_t status, const char *what)
{
	return rig_fail(err, lp, leaf, status, "%s: %s on LP %u returned %s (0x%016llx)", what,
			ss_leaf_name(leaf), lp, ss_status_name(leaf, status),
			(unsigned long long)status);
}

void rig_config_init(struct rig_config *config)
{
	*config = (struct rig_config){
		.nr_lps = 8, .sockets = 1, .threads_per_core = 2,
		.nr_tds = 8, .vcpus = 2, .td_pages = MIN_TD_PAGES,
		.builders = 2, .memory_ops = true, .migrate = true, .irq_hz = 2000,
		.seed = 1, .updates = 10, .fms = 0x806f8,
	};
	memcpy(config->signer, ss_signer_intel, sizeof(config->signer));
}

/* ---- numbers --------------------------------------------------------------------------------- */

struct range {
	const char *name;
	uint64_t value, min, max;
};

static bool in_ranges(const struct range *ranges, uint32_t nr, struct rig_error *err)
{
	uint32_t i;

	for (i = 0; i < nr; i++) {
		if (ranges[i].value >= ranges[i].min && ranges[i].value <= ranges[i].max)
			continue;
		return rig_fail(err, 0, 0, 0, "%s is %llu; it must be from %llu to %llu",
				ranges[i].name, (unsigned long long)ranges[i].value,
				(unsigned long long)ranges[i].min,
				(unsigned long long)ranges[i].max);
	}
	return true;
}

static bool config_good(const struct rig_config *c, struct rig_error *err)
{
	const struct range ranges[] = {
		{ "the number of LPs", c->nr_lps, 1, RIG_MAX_LPS },
		{ "the number of sockets", c->sockets, 1, SIM_MAX_SOCKETS },
		{ "the number of LPs per socket", c->nr_lps / (c->sockets ? c->sockets : 1), 1,
		  RIG_MAX_LPS },
		{ "the number of threads per core", c->threads_per_core, 1, RIG_MAX_LPS },
		{ "the number of TDs", c->nr_tds, 0, MAX_TDS },
		{ "the number of builders", c->builders, 0, MAX_TDS },
		{ "the number of vCPUs per TD", c->vcpus, 1, MAX_VCPUS },
		{ "the number of data pages per TD", c->td_pages, MIN_TD_PAGES, MAX_TD_PAGES },
		{ "the number of interrupts per second", c->irq_hz, 0, 1000000 },
		{ "the number of updates", c->updates, 0, 255 },
	};

	return in_ranges(ranges, SS_ARRAY_SIZE(ranges), err);
}

/* Sets the numbers that the caller left at 0. */
static void complete_config(struct rig_config *c)
{
	uint32_t tds = c->nr_tds + c->builders;

	if (!c->private_pages)
		c->private_pages = tds * rig_td_max_pages(c) + SPARE_PRIVATE_PAGES;
	if (!c->shared_pages)
		c->shared_pages = IMAGES_SHARED_PAGES + tds * TD_SHARED_PAGES + OTHER_SHARED_PAGES;
	if (!c->private_hkids)
		c->private_hkids = tds + 1;
}

/* ---- power on -------------------------------------------------------------------------------- */

static uint64_t machine_seamcall(void *ctx, uint32_t lp, struct ss_regs *regs)
{
	struct rig *h = ctx;

	return rig_lp_seamcall(&h->lps[lp], regs, SIM_FROM_UPDATE);
}

/* The faults of an LP that a host can repair from outside: specification 10.4. */
static bool machine_repair(void *ctx, uint32_t lp, uint64_t leaf, uint64_t status)
{
	struct rig *h = ctx;
	struct sim_lp_state state, lead;

	(void)leaf;
	if (!ss_status_eq(status, SS_TDX_LIMIT_CPUID_MAXVAL_SET) &&
	    !ss_status_eq(status, SS_TDX_INCORRECT_MSR_VALUE) &&
	    !ss_status_eq(status, SS_TDX_INCONSISTENT_MSR))
		return false;
	sim_get_lp(h->sim, lp, &state);
	sim_get_lp(h->sim, 0, &lead);
	state.limit_cpuid = false;
	state.odd_msr = 0;
	state.tsc_adjust = lead.tsc_adjust;
	sim_set_lp(h->sim, lp, &state);
	count_add(&h->lps[lp].repairs, 1);
	return true;
}

static void *map_shared(void *ctx, uint64_t pa, size_t bytes)
{
	struct rig *h = ctx;

	return rig_arena_map(&h->arena, pa, bytes);
}

static struct sim_config sim_config_of(struct rig *h)
{
	const struct rig_config *c = &h->config;
	struct sim_config config = {
		.nr_lps = c->nr_lps, .x2apic_limit = c->x2apic_limit, .sockets = c->sockets,
		.updates = c->updates, .debug_unlocked = c->debug_unlocked,
		.seam_bytes = c->seam_bytes,
		.private_pages = c->private_pages, .private_hkids = c->private_hkids,
		.ctx = h, .map = map_shared, .interrupted = rig_lp_guest_must_leave,
	};
	uint32_t i;

	for (i = 0; i < c->sockets; i++)
		config.fms[i] = c->fms;
	memcpy(config.signer, c->signer, sizeof(config.signer));
	return config;
}

/* The mapping reads as zeros and takes no memory until its first access. */
static void *map_zeroed(size_t bytes)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

static bool create_sim(struct rig *h, struct rig_error *err)
{
	struct sim_config config = sim_config_of(h);

	h->sim_bytes = sim_bytes(&config);
	if (!h->sim_bytes)
		return rig_fail(err, 0, 0, 0, "the model cannot have %u LPs, %u pages of TD "
				"memory, %u private key IDs", config.nr_lps, config.private_pages,
				config.private_hkids);
	h->sim_mem = map_zeroed(h->sim_bytes);
	if (h->sim_mem)
		h->sim = sim_init(h->sim_mem, &config);
	return h->sim || rig_fail(err, 0, 0, 0, "no memory for the model: it needs %zu bytes",
				  h->sim_bytes);
}

static bool create_lps(struct rig *h)
{
	const struct rig_config *c = &h->config;
	uint64_t random = c->seed;
	struct rig_lp *lp;
	uint32_t i;

	for (i = 0; i < c->nr_lps; i++) {
		lp = &h->lps[i];
		lp->host = h;
		lp->id = i;
		lp->random = sim_random(&random);
		lp->irq_random = sim_random(&random);
		h->cores[i] = i / c->threads_per_core;
		/* The same distribution as the model's. */
		h->sockets[i] = (uint32_t)((uint64_t)i * c->sockets / c->nr_lps);
	}
	return ss_lockstep_init_topology(&h->lockstep, h->lockstep_lps, c->nr_lps, TREE_ARITY,
					 h->cores, h->sockets);
}

static void *alloc_lines(size_t nr, size_t bytes)
{
	size_t total = (nr * bytes + 63) / 64 * 64;
	void *p = aligned_alloc(64, total);

	return p ? memset(p, 0, total) : NULL;
}

static bool create_tables(struct rig *h)
{
	const struct rig_config *c = &h->config;

	h->nr_tds = c->nr_tds + c->builders;
	h->lps = alloc_lines(c->nr_lps, sizeof(*h->lps));
	h->lockstep_lps = alloc_lines(c->nr_lps, sizeof(*h->lockstep_lps));
	h->update_lps = alloc_lines(c->nr_lps, sizeof(*h->update_lps));
	h->cores = calloc(c->nr_lps, sizeof(*h->cores));
	h->sockets = calloc(c->nr_lps, sizeof(*h->sockets));
	h->tds = calloc(h->nr_tds + 1, sizeof(*h->tds));
	h->wanted = calloc(c->nr_tds + 1, sizeof(*h->wanted));
	return h->lps && h->lockstep_lps && h->update_lps && h->cores && h->sockets && h->tds &&
	       h->wanted;
}

static bool create_tds(struct rig *h)
{
	uint32_t i;

	for (i = 0; i < h->nr_tds; i++) {
		if (!rig_td_alloc(&h->tds[i], h, i))
			return false;
	}
	return true;
}

static bool create(struct rig *h, struct rig_error *err)
{
	const struct rig_config *c = &h->config;

	if (!create_tables(h) || !rig_arena_init(&h->arena, c->shared_pages, c->private_pages) ||
	    !rig_bitmap_init(&h->hkids, c->private_hkids) || !create_tds(h) ||
	    !rig_workload_create(h))
		return rig_fail(err, 0, 0, 0, "no memory for a machine of %u LPs and %u TDs",
				c->nr_lps, h->nr_tds);
	rig_bitmap_take(&h->hkids, 1);		/* the global key ID */
	h->machine = (struct ss_machine){
		.ctx = h, .nr_lps = c->nr_lps, .seamcall = machine_seamcall,
		.repair = machine_repair,
	};
	h->delayed_lp = NO_LP;
	if (!create_lps(h))
		return rig_fail(err, 0, 0, 0, "cannot build a tree of %u LPs", c->nr_lps);
	return create_sim(h, err);
}

struct rig *rig_create(const struct rig_config *config, struct rig_error *err)
{
	struct rig *h;

	if (!config_good(config, err))
		return NULL;
	h = alloc_lines(1, sizeof(*h));
	if (!h) {
		rig_fail(err, 0, 0, 0, "no memory for a machine");
		return NULL;
	}
	h->config = *config;
	complete_config(&h->config);
	if (create(h, err))
		return h;
	rig_destroy(h);
	return NULL;
}

void rig_destroy(struct rig *h)
{
	uint32_t i;

	if (!h)
		return;
	rig_lps_finish(h);
	for (i = 0; h->tds && i < h->nr_tds; i++)
		rig_td_free(&h->tds[i]);
	if (h->sim_mem)
		munmap(h->sim_mem, h->sim_bytes);
	rig_bitmap_release(&h->hkids);
	rig_arena_release(&h->arena);
	free(h->tasks);
	free(h->wanted);
	free(h->tds);
	free(h->sockets);
	free(h->cores);
	free(h->update_lps);
	free(h->lockstep_lps);
	free(h->lps);
	free(h);
}

/* ---- what the caller may read ---------------------------------------------------------------- */

const struct rig_config *rig_config(const struct rig *h)
{
	return &h->config;
}

struct sim *rig_sim(struct rig *h)
{
	return h->sim;
}

const struct ss_machine *rig_machine(const struct rig *h)
{
	return &h->machine;
}

const uint32_t *rig_cores(const struct rig *h)
{
	return h->cores;
}

const uint32_t *rig_sockets(const struct rig *h)
{
	return h->sockets;
}

struct ss_buffer rig_alloc(struct rig *h, uint32_t bytes)
{
	return rig_arena_alloc(&h->arena, (bytes + SS_PAGE - 1) / SS_PAGE);
}

/* ---- images and boot ------------------------------------------------------------------------- */

static void describe(const struct ss_image *image, const char *name, uint64_t params_pa,
		     struct ss_update_image *out)
{
	*out = (struct ss_update_image){
		.name = name, .params_pa = params_pa,
		.svn_minor = image->sig.svn_minor, .svn_major = image->sig.svn_major,
		.module_hv = image->sig.module_hv, .min_update_hv = image->sig.min_update_hv,
	};
}

/* One run of pages holds params, sigstruct and module. */
bool rig_image(struct rig *h, const struct ss_image *image, const char *name,
	       enum rig_scenario scenario, struct ss_update_image *out,
	       struct rig_error *err)
{
	struct ss_buffer pages = rig_arena_alloc(&h->arena, 2 + image->module_pages);
	uint64_t module_pa[SS_MODULE_MAX_PAGES];
	uint32_t i;

	if (!pages.va)
		return rig_fail(err, 0, 0, 0, "no shared memory left for image %s: it needs %u "
				"pages in a row", name, 2 + image->module_pages);
	memcpy(pages.va + SS_PAGE, image->sig.raw.p, image->sig.raw.n);
	memcpy(pages.va + 2 * SS_PAGE, image->module.p, image->module.n);
	for (i = 0; i < image->module_pages; i++)
		module_pa[i] = pages.pa + (2 + i) * SS_PAGE;
	if (!ss_seamldr_params_build(pages.va, scenario, pages.pa + SS_PAGE, module_pa,
				     image->module_pages))
		return rig_fail(err, 0, 0, 0, "image %s has %u module pages, and no P-SEAMLDR "
				"accepts that number", name, image->module_pages);
	describe(image, name, pages.pa, out);
	return true;
}

bool rig_boot(struct rig *h, uint64_t params_pa, struct rig_error *err)
{
	struct ss_buffer scratch = rig_arena_alloc(&h->arena, SCRATCH_PAGES);
	uint64_t leaf = 0, status;

	if (!scratch.va)
		return rig_fail(err, 0, 0, 0, "no shared memory left to boot with");
	status = sim_boot(h->sim, params_pa, scratch, &leaf);
	rig_arena_free(&h->arena, scratch);
	return !status || host_call_error(err, 0, leaf, status, "the machine does not boot");
}

/* ---- TDs ------------------------------------------------------------------------------------- */

/* Steps the TD up to @until, each step on the LP that it needs. vCPU n starts on LP n. */
static bool drive_td(struct rig *h, struct rig_td *td, enum sim_host_phase until,
		     struct rig_error *err)
{
	const struct sim_host_td *life = &td->life;
	uint32_t lp;

	while (life->phase != until) {
		lp = (td->number * life->nr_vcpus + life->vcpu) % h->config.nr_lps;
		if (rig_td_step(td, &h->lps[rig_td_step_lp(td, lp)]) != SIM_HOST_KILL)
			continue;
		return host_call_error(err, life->dead_lp, life->dead_leaf, life->dead_status,
				       until == SIM_HOST_LIVE ? "a TD cannot be built"
							: "a TD cannot be torn down");
	}
	return true;
}

bool rig_build_tds(struct rig *h, struct rig_error *err)
{
	uint32_t i;

	for (i = 0; i < h->config.nr_tds; i++) {
		sim_host_begin_build(&h->tds[i].life);
		if (!drive_td(h, &h->tds[i], SIM_HOST_LIVE, err))
			return false;
	}
	return true;
}

bool rig_remove_tds(struct rig *h, struct rig_error *err)
{
	uint32_t i;

	rig_workload_settle_pages(h);
	for (i = 0; i < h->nr_tds; i++) {
		sim_host_begin_teardown(&h->tds[i].life);
		if (!drive_td(h, &h->tds[i], SIM_HOST_NONE, err))
			return false;
	}
	return true;
}

bool rig_start(struct rig *h, struct rig_error *err)
{
	if (!h->dealt)
		rig_workload_start(h);
	h->dealt = true;
	return rig_lps_start(h, err);
}

void rig_finish(struct rig *h)
{
	rig_lps_finish(h);
}

/* ---- calls ----------------------------------------------------------------------------------- */

struct seamcall_job {
	struct rig *host;
	struct ss_regs *regs;
	uint64_t status;
};

static void seamcall_on_lp(void *arg, uint32_t lp)
{
	struct seamcall_job *job = arg;

	job->status = rig_lp_seamcall(&job->host->lps[lp], job->regs, 0);
}

uint64_t rig_seamcall(struct rig *h, uint32_t lp, struct ss_regs *regs)
{
	struct seamcall_job job = { .host = h, .regs = regs };

	rig_call(h, lp, seamcall_on_lp, &job);
	return job.status;
}
