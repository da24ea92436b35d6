/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* A simulated machine for tests: shared memory, a signer, signed images, sessions, boot. */
#ifndef TESTS_SIM_FIXTURE_H
#define TESTS_SIM_FIXTURE_H

#include <openssl/evp.h>

#include "../core/update.h"
#include "../sim/random.h"
#include "../sim/sim.h"

#define FIXTURE_PA	(1ULL << 32)	/* shared memory starts here */
#define FIXTURE_BYTES	(64u << 20)	/* the kernel commits a page at its first access */

enum fixture_scenario { FIXTURE_LOAD, FIXTURE_UPDATE };

/* One machine. A test may read everything; only the functions below write. */
struct fixture {
	struct sim_config config;
	struct sim *sim;
	void *mem;
	uint8_t *arena;
	size_t used;
	struct ss_buffer scratch;	/* 16 KiB for sim_boot() */
	/*
	 * The answer of config.interrupted(): while it is not zero, guests run on. At zero (the
	 * default) guests leave at the first point where they can.
	 */
	struct ss_word guests_run;
	uint32_t flags;			/* for sim_seamcall(): SIM_FROM_UPDATE or 0 */
};

/* An image in shared memory, ready to be installed. A test may edit it and sign it again. */
struct fixture_image {
	struct sim_module_info info;
	uint64_t params_pa, sigstruct_pa, module_pa;
	uint8_t *params, *sigstruct, *module;
};

/*
 * fixture_config() fills in a plain machine: FMS 806F8, 10 updates, the fixture's signer, 16 MiB of
 * TD memory, 64 private key IDs. A test may change f->config before fixture_power_on().
 * fixture_create() does both. Each function aborts the test program on failure.
 */
void fixture_config(struct fixture *f, uint32_t nr_lps, uint32_t sockets);
void fixture_power_on(struct fixture *f);
void fixture_create(struct fixture *f, uint32_t nr_lps, uint32_t sockets);
void fixture_destroy(struct fixture *f);

/* The one RSA-3072 key of this run, made at its first use; SHA-384 of its modulus as stored. */
EVP_PKEY *fixture_key(void);
void fixture_signer(uint8_t signer[SS_SHA384_BYTES]);

/* Shared memory, zeroed and aligned to @align (a power of two). It is never freed. */
void *fixture_alloc(struct fixture *f, size_t bytes, size_t align, uint64_t *pa);
void *fixture_va(struct fixture *f, uint64_t pa);

/* Builds, signs and maps an image of a version of the ladder, or of any other module. */
void fixture_image(struct fixture *f, const char *version, enum fixture_scenario scenario,
		   struct fixture_image *image);
void fixture_image_of(struct fixture *f, const struct sim_module_info *info,
		      enum fixture_scenario scenario, struct fixture_image *image);
/* The same for a version of the ladder, in the form that an update needs. */
void fixture_update_image(struct fixture *f, const char *version, struct ss_update_image *out);
/* For use after an edit of module or sigstruct. fixture_sign() leaves the seamhash as it is. */
void fixture_rehash(struct fixture_image *image);
void fixture_sign(struct fixture_image *image);
/* Like fixture_sign(), with the caller's key. */
void fixture_sign_with(struct fixture_image *image, EVP_PKEY *key);

/* One SEAMCALL. @regs->rax is the leaf. Returns the status; outputs are in @regs. */
uint64_t fixture_regs(struct fixture *f, uint32_t lp, struct ss_regs *regs);
/* The same for leaves of which only the status matters. */
uint64_t fixture_call(struct fixture *f, uint32_t lp, uint64_t leaf, uint64_t rcx);

/*
 * A whole INSTALL session, on every LP from 0 on. Returns the first status that is no success; then
 * no further LP has called. @rdx (may be NULL): as the last call left it.
 */
uint64_t fixture_install(struct fixture *f, uint64_t params_pa, uint64_t *rdx);

/* sim_boot() with an image of @version, up to SYS_READY. Fails the test on error. */
void fixture_boot(struct fixture *f, const char *version);

/*
 * The part of an update after TDH.SYS.SHUTDOWN: INSTALL, SYS.INIT, LP.INIT on all LPs, SYS.UPDATE.
 * Returns the first status that is no success, or 0.
 */
uint64_t fixture_update(struct fixture *f, uint64_t params_pa);

/*
 * The seed of a test's sim_random(): SEAMSTEP_TEST_SEED, or FIXTURE_SEED without that variable, so
 * that a test does the same each time. The test prints its seed.
 */
#define FIXTURE_SEED	1u
uint64_t fixture_seed(void);

#endif
