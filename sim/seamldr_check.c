// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * SEAMLDR.INSTALL: the checks before the old module goes (specification 5.2, rows A1 to D2).
 *
 * Labels and order are the specification's, because the choice between two errors is part of the
 * interface. Every failure here is recoverable: nothing has been changed.
 */
#include "seamldr.h"

/* ---- A: the parameters ----------------------------------------------------------------------- */

bool sim_seamldr_read_params(struct sim *s, uint64_t pa)
{
	if (!sim_shared_pa(pa, SS_PAGE))
		return false;
	sim_seamldr_read(s, pa, s->seamldr->params, PARAMS_BYTES);
	return true;
}

bool sim_seamldr_read_sigstruct(struct sim *s)
{
	struct sim_seamldr *l = s->seamldr;
	uint64_t pa = ss_get64(l->params + PARAMS_SIGSTRUCT_PA);

	if (!sim_shared_pa(pa, SS_PAGE))
		return false;
	sim_seamldr_read(s, pa, l->sig, SIG_BYTES);
	return true;
}

static uint64_t check_params(struct sim *s, uint64_t pa)
{
	const struct sim_seamldr *l = s->seamldr;
	uint64_t i;

	/* A1 */
	if (!sim_seamldr_read_params(s, pa))
		return SS_PSEAMLDR_EBADPARAM;
	/* A2 */
	if (ss_get32(l->params + PARAMS_VERSION))
		return SS_PSEAMLDR_EBADPARAM;
	/* A3 */
	if (!all_zero(l->params + PARAMS_RESERVED, PARAMS_NR_PAGES - PARAMS_RESERVED))
		return SS_PSEAMLDR_EBADPARAM;
	/* A4 */
	if (scenario(l) != SCENARIO_LOAD && scenario(l) != SCENARIO_UPDATE)
		return SS_PSEAMLDR_EBADPARAM;
	/* A5 */
	if (nr_pages(l) > SS_MODULE_MAX_PAGES)
		return SS_PSEAMLDR_EBADPARAM;
	/* A6 */
	for (i = 0; i < nr_pages(l); i++) {
		if (!sim_shared_pa(module_page_pa(l, i), SS_PAGE))
			return SS_PSEAMLDR_EBADPARAM;
	}
	/* A7 */
	if (!sim_seamldr_read_sigstruct(s))
		return SS_PSEAMLDR_EBADPARAM;
	/* A8 */
	if (is_update(l) && !l->snapshot.seam_ready)
		return SS_PSEAMLDR_EBADPARAM;
	return SS_TDX_SUCCESS;
}

/* ---- B: the sigstruct ------------------------------------------------------------------------ */

static bool reserved_is_zero(const struct sim *s, const uint8_t *sig)
{
	return all_zero(sig + SIG_RESERVED0, SIG_MODULUS - SIG_RESERVED0) &&
	       all_zero(sig + SIG_RESERVED1, SIG_MODULE_HV - SIG_RESERVED1) &&
	       !sig[SIG_RESERVED2] &&
	       (s->config.seamldr_line == 2 ||
		all_zero(sig + SIG_RESERVED3, SIG_NR_FMS - SIG_RESERVED3));
}

static uint64_t check_form(struct sim *s)
{
	const uint8_t *sig = s->seamldr->sig;

	/* B1 */
	if (!reserved_is_zero(s, sig))
		return SS_PSEAMLDR_EBADSIG;
	/* B2 */
	if (ss_get32(sig + SIG_HEADER_TYPE) != 6 || ss_get32(sig + SIG_HEADER_LENGTH) != 0xe1 ||
	    ss_get32(sig + SIG_HEADER_VERSION) != 0x10000)
		return SS_PSEAMLDR_EBADSIG;
	/* B3 */
	if (ss_get32(sig + SIG_KEY_SIZE) != 0x60 || ss_get32(sig + SIG_MODULUS_SIZE) != 0x60 ||
	    ss_get32(sig + SIG_EXPONENT_SIZE) != 1)
		return SS_PSEAMLDR_EBADSIG;
	/* B4 */
	if (ss_get32(sig + SIG_VENDOR) != SEAM_VENDOR ||
	    (ss_get32(sig + SIG_MODULE_TYPE) & ~SIG_DEBUG) || ss_get64(sig + SIG_ATTRIBUTES))
		return SS_PSEAMLDR_EBADSIG;
	/* B5 */
	if (ss_get32(sig + SIG_SIZE) != 0x200)
		return SS_PSEAMLDR_EBADSIG;
	/* B6 */
	if (ss_get32(sig + SIG_NR_FMS) > SS_SIGSTRUCT_MAX_FMS)
		return SS_PSEAMLDR_EBADSIG;
	/* B7 */
	if (ss_get32(sig + SIG_EXPONENT) != 65537)
		return SS_PSEAMLDR_EBADSIG;
	/* B8 */
	if (ss_get16(sig + SIG_MIN_UPDATE_HV) > ss_get16(sig + SIG_MODULE_HV))
		return SS_PSEAMLDR_EBADSIG;
	/* B9 */
	if (ss_get32(sig + SIG_GDT_IDT) % SS_PAGE)
		return SS_PSEAMLDR_EBADSIG;
	/* B10 */
	if (!ss_get32(sig + SIG_GDT_IDT) != !ss_get32(sig + SIG_FAULT_WRAPPER))
		return SS_PSEAMLDR_EBADSIG;
	return SS_TDX_SUCCESS;
}

static bool debug_signed(const uint8_t *sig)
{
	return ss_get32(sig + SIG_MODULE_TYPE) & SIG_DEBUG;
}

/* May this signer's module follow the module that was ready when the session began? */
static uint64_t check_origin(struct sim *s)
{
	struct sim_seamldr *l = s->seamldr;
	uint8_t signer[SS_SHA384_BYTES];

	/* B11 */
	sim_sha384_init(&l->sha);
	sim_sha384_update(&l->sha, l->sig + SIG_MODULUS, SS_RSA3072_BYTES);
	sim_sha384_final(&l->sha, signer);
	if (memcmp(signer, s->config.signer, sizeof(signer)))
		return SS_PSEAMLDR_EBADSIG;
	/* B12 */
	if (debug_signed(l->sig) && !s->config.debug_unlocked)
		return SS_PSEAMLDR_EBADSIG;
	/* B13 */
	if (is_update(l) && l->sig[SIG_SVN_MAJOR] != l->snapshot.svn_major)
		return SS_PSEAMLDR_EBADCALL;
	/* B14 */
	if (is_update(l) && l->sig[SIG_SVN_MINOR] < l->snapshot.svn_minor)
		return SS_PSEAMLDR_EBADSIG;
	return SS_TDX_SUCCESS;
}

static bool fms_is_listed(const uint8_t *sig, uint32_t fms)
{
	uint32_t i;

	for (i = 0; i < ss_get32(sig + SIG_NR_FMS); i++) {
		/* The stepping does not matter. */
		if (!((ss_get32(sig + SIG_FMS + 4 * i) ^ fms) & ~0xfu))
			return true;
	}
	return false;
}

/*
 * Does the sigstruct fit the image and this machine? The subtractions have 32 bits. They wrap
 * around if the image has no page: such an image passes, and only its hash stops it (E2).
 */
static uint64_t check_fit(struct sim *s)
{
	const struct sim_seamldr *l = s->seamldr;
	uint32_t bytes = (uint32_t)image_bytes(l), i;

	/* B15 */
	if (ss_get32(l->sig + SIG_GDT_IDT) && ss_get32(l->sig + SIG_GDT_IDT) > bytes - 4096)
		return SS_PSEAMLDR_EBADSIG;
	/* B16 */
	if (ss_get32(l->sig + SIG_FAULT_WRAPPER) &&
	    ss_get32(l->sig + SIG_FAULT_WRAPPER) > bytes - 512)
		return SS_PSEAMLDR_EBADSIG;
	/* B17 */
	for (i = 0; i < s->config.sockets && ss_get32(l->sig + SIG_NR_FMS); i++) {
		if (!fms_is_listed(l->sig, s->config.fms[i]))
			return SS_PSEAMLDR_EUNSUPCPU;
	}
	/* B18 */
	if (!debug_signed(l->sig) && !ss_get32(l->sig + SIG_NR_FMS))
		return SS_PSEAMLDR_EBADSIG;
	return SS_TDX_SUCCESS;
}

static void reverse(uint8_t *out, const uint8_t *in)
{
	uint32_t i;

	for (i = 0; i < SS_RSA3072_BYTES; i++)
		out[i] = in[SS_RSA3072_BYTES - 1 - i];
}

/* B19; see 4.5. */
static uint64_t check_signature(struct sim *s)
{
	struct sim_seamldr *l = s->seamldr;
	uint8_t *modulus = l->big_endian[0], *signature = l->big_endian[1];
	uint8_t digest[SS_SHA384_BYTES];

	sim_sha384_init(&l->sha);
	sim_sha384_update(&l->sha, l->sig, SIG_MODULUS);
	sim_sha384_update(&l->sha, l->sig + SIG_SEAMHASH, SS_SIGSTRUCT_BYTES - SIG_SEAMHASH);
	sim_sha384_final(&l->sha, digest);
	reverse(modulus, l->sig + SIG_MODULUS);
	reverse(signature, l->sig + SIG_SIGNATURE);
	if (!sim_rsa3072_verify(modulus, signature, digest, l->rsa_work))
		return SS_PSEAMLDR_EBADSIG;
	return SS_TDX_SUCCESS;
}

/* ---- C: room --------------------------------------------------------------------------------- */

static uint64_t check_room(struct sim *s, uint32_t lp)
{
	/* C1 */
	if (!sim_seamldr_entropy(s, lp))
		return SS_PSEAMLDR_ENOENTROPY;
	/* C2 */
	if (!sim_seamldr_has_room(s))
		return SS_PSEAMLDR_ENOMEM;
	return SS_TDX_SUCCESS;
}

/* ---- D: the data that the old module left ---------------------------------------------------- */

static uint64_t check_handoff(struct sim *s)
{
	const struct sim_seamldr *l = s->seamldr;
	const struct sim_handoff *h = s->handoff;

	if (!preserves_tds(l))
		return SS_TDX_SUCCESS;
	/* D1 */
	if (!l->remaining)
		return SS_PSEAMLDR_EBADCALL;
	/* D2 */
	if (!h->valid || h->size + 8ull > s->installed.handoff_pages * 4096ull ||
	    h->hv < ss_get16(l->sig + SIG_MIN_UPDATE_HV) ||
	    h->hv > ss_get16(l->sig + SIG_MODULE_HV))
		return SS_PSEAMLDR_EBADHANDOFF;
	return SS_TDX_SUCCESS;
}

uint64_t sim_seamldr_check(struct sim *s, uint32_t lp, uint64_t params_pa)
{
	uint64_t status = check_params(s, params_pa);

	if (!status)
		status = check_form(s);
	if (!status)
		status = check_origin(s);
	if (!status)
		status = check_fit(s);
	if (!status)
		status = check_signature(s);
	if (!status)
		status = check_room(s, lp);
	if (!status)
		status = check_handoff(s);
	return status;
}
