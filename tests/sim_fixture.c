// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* A simulated machine for tests: shared memory, a signer, signed images, sessions, boot. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "../explore/signer.h"
#include "bytes.h"
#include "sim_fixture.h"

#define PARAMS_SCENARIO		4
#define PARAMS_SIGSTRUCT	8
#define PARAMS_NR_PAGES		120
#define PARAMS_PAGES		128
#define SIG_SEAMHASH		900

#define REQUIRE(x) \
	do { \
		if (!(x)) { \
			fprintf(stderr, "%s:%d: %s: failed\n", __FILE__, __LINE__, #x); \
			abort(); \
		} \
	} while (0)

/* ---- the signer ------------------------------------------------------------------------------ */

EVP_PKEY *fixture_key(void)
{
	static EVP_PKEY *key;

	if (!key)
		key = EVP_RSA_gen(3072);
	REQUIRE(key);
	return key;
}

static void sha384(const void *data, size_t n, uint8_t out[SS_SHA384_BYTES])
{
	REQUIRE(EVP_Q_digest(NULL, "SHA384", NULL, data, n, out, NULL));
}

static struct check_signer signer_with(EVP_PKEY *key)
{
	struct check_signer signer;

	REQUIRE(signer_use(&signer, key));
	return signer;
}

void fixture_signer(uint8_t signer[SS_SHA384_BYTES])
{
	memcpy(signer, signer_with(fixture_key()).signer, SS_SHA384_BYTES);
}

void fixture_rehash(struct fixture_image *image)
{
	sha384(image->module, (size_t)image->info.module_pages * SS_PAGE,
	       image->sigstruct + SIG_SEAMHASH);
}

void fixture_sign_with(struct fixture_image *image, EVP_PKEY *key)
{
	struct check_signer signer = signer_with(key);

	REQUIRE(signer.sign(key, image->sigstruct));
}

void fixture_sign(struct fixture_image *image)
{
	fixture_sign_with(image, fixture_key());
}

/* ---- the machine ----------------------------------------------------------------------------- */

static void *map_shared(void *ctx, uint64_t pa, size_t bytes)
{
	struct fixture *f = ctx;

	if (pa < FIXTURE_PA || bytes > FIXTURE_BYTES || pa - FIXTURE_PA > FIXTURE_BYTES - bytes)
		return NULL;
	return f->arena + (pa - FIXTURE_PA);
}

static bool interrupted(void *ctx, uint32_t lp)
{
	struct fixture *f = ctx;

	(void)lp;
	return !ss_load_acquire(&f->guests_run);
}

static void *anonymous_memory(size_t bytes)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	REQUIRE(p != MAP_FAILED);
	return p;
}

void fixture_config(struct fixture *f, uint32_t nr_lps, uint32_t sockets)
{
	uint32_t i;

	memset(f, 0, sizeof(*f));
	f->arena = anonymous_memory(FIXTURE_BYTES);
	f->scratch.bytes = 4 * SS_PAGE;
	f->scratch.va = fixture_alloc(f, f->scratch.bytes, SS_PAGE, &f->scratch.pa);
	f->config.nr_lps = nr_lps;
	f->config.sockets = sockets;
	for (i = 0; i < SIM_MAX_SOCKETS; i++)
		f->config.fms[i] = 0x806f8;
	f->config.updates = 10;
	fixture_signer(f->config.signer);
	f->config.private_pages = 4096;
	f->config.private_hkids = 64;
	f->config.ctx = f;
	f->config.map = map_shared;
	f->config.interrupted = interrupted;
}

void fixture_power_on(struct fixture *f)
{
	size_t bytes = sim_bytes(&f->config);

	REQUIRE(bytes);
	f->mem = anonymous_memory(bytes);
	f->sim = sim_init(f->mem, &f->config);
	REQUIRE(f->sim);
}

void fixture_create(struct fixture *f, uint32_t nr_lps, uint32_t sockets)
{
	fixture_config(f, nr_lps, sockets);
	fixture_power_on(f);
}

void fixture_destroy(struct fixture *f)
{
	if (f->mem)
		munmap(f->mem, sim_bytes(&f->config));
	munmap(f->arena, FIXTURE_BYTES);
	memset(f, 0, sizeof(*f));
}

void *fixture_alloc(struct fixture *f, size_t bytes, size_t align, uint64_t *pa)
{
	size_t start = (f->used + align - 1) & ~(align - 1);

	REQUIRE(start <= FIXTURE_BYTES && bytes <= FIXTURE_BYTES - start);
	f->used = start + bytes;
	if (pa)
		*pa = FIXTURE_PA + start;
	return f->arena + start;
}

void *fixture_va(struct fixture *f, uint64_t pa)
{
	void *p = map_shared(f, pa, 1);

	REQUIRE(p);
	return p;
}

/* ---- images ---------------------------------------------------------------------------------- */

static void fill_params(struct fixture_image *image, enum fixture_scenario scenario)
{
	uint32_t i;

	put_le(image->params + PARAMS_SCENARIO, scenario, 4);
	put_le(image->params + PARAMS_SIGSTRUCT, image->sigstruct_pa, 8);
	put_le(image->params + PARAMS_NR_PAGES, image->info.module_pages, 8);
	for (i = 0; i < image->info.module_pages; i++)
		put_le(image->params + PARAMS_PAGES + 8 * i,
		    image->module_pa + (uint64_t)i * SS_PAGE, 8);
}

void fixture_image_of(struct fixture *f, const struct sim_module_info *info,
		      enum fixture_scenario scenario, struct fixture_image *image)
{
	uint8_t hash[SS_SHA384_BYTES];
	size_t bytes = (size_t)info->module_pages * SS_PAGE;

	image->info = *info;
	image->params = fixture_alloc(f, SS_PAGE, SS_PAGE, &image->params_pa);
	image->sigstruct = fixture_alloc(f, SS_PAGE, SS_PAGE, &image->sigstruct_pa);
	image->module = fixture_alloc(f, bytes, SS_PAGE, &image->module_pa);
	sim_module_build(info, image->module);
	sha384(image->module, bytes, hash);
	sim_sigstruct_build(info, hash, image->sigstruct);
	fixture_sign(image);
	fill_params(image, scenario);
}

void fixture_image(struct fixture *f, const char *version, enum fixture_scenario scenario,
		   struct fixture_image *image)
{
	const struct sim_module_info *info = sim_ladder_find(version);

	REQUIRE(info);
	fixture_image_of(f, info, scenario, image);
}

void fixture_update_image(struct fixture *f, const char *version, struct ss_update_image *out)
{
	struct fixture_image image;

	fixture_image(f, version, FIXTURE_UPDATE, &image);
	out->name = version;
	out->params_pa = image.params_pa;
	out->svn_minor = image.info.svn_minor;
	out->svn_major = image.info.svn_major;
	out->module_hv = image.info.module_hv;
	out->min_update_hv = image.info.min_update_hv;
}

/* ---- calls ----------------------------------------------------------------------------------- */

uint64_t fixture_regs(struct fixture *f, uint32_t lp, struct ss_regs *regs)
{
	return sim_seamcall(f->sim, lp, regs, f->flags);
}

uint64_t fixture_call(struct fixture *f, uint32_t lp, uint64_t leaf, uint64_t rcx)
{
	struct ss_regs regs = { .rax = leaf, .rcx = rcx };

	return fixture_regs(f, lp, &regs);
}

uint64_t fixture_install(struct fixture *f, uint64_t params_pa, uint64_t *rdx)
{
	uint64_t status = 0;
	struct ss_regs regs = { 0 };
	uint32_t lp;

	for (lp = 0; lp < f->config.nr_lps && !status; lp++) {
		regs.rax = SS_LEAF_SEAMLDR_INSTALL;
		regs.rcx = params_pa;
		status = fixture_regs(f, lp, &regs);
	}
	if (rdx)
		*rdx = regs.rdx;
	return status;
}

void fixture_boot(struct fixture *f, const char *version)
{
	struct fixture_image image;
	uint64_t status, leaf = 0;

	fixture_image(f, version, FIXTURE_LOAD, &image);
	status = sim_boot(f->sim, image.params_pa, f->scratch, &leaf);
	if (status)
		fprintf(stderr, "boot: leaf %#llx: status %#llx\n", (unsigned long long)leaf,
			(unsigned long long)status);
	REQUIRE(!status);
}

uint64_t fixture_update(struct fixture *f, uint64_t params_pa)
{
	uint64_t status = fixture_install(f, params_pa, NULL);
	uint32_t lp;

	if (!status)
		status = fixture_call(f, 0, SS_LEAF_TDH_SYS_INIT, 0);
	for (lp = 0; lp < f->config.nr_lps && !status; lp++)
		status = fixture_call(f, lp, SS_LEAF_TDH_SYS_LP_INIT, 0);
	if (!status)
		status = fixture_call(f, 0, SS_LEAF_TDH_SYS_UPDATE, 0);
	return status;
}

/* ---- random numbers -------------------------------------------------------------------------- */

uint64_t fixture_seed(void)
{
	const char *text = getenv("SEAMSTEP_TEST_SEED");
	uint64_t seed = FIXTURE_SEED;
	char *end;

	if (text) {
		seed = strtoull(text, &end, 0);
		REQUIRE(*text && !*end);
	}
	printf("# SEAMSTEP_TEST_SEED=%#llx\n", (unsigned long long)seed);
	return seed;
}
