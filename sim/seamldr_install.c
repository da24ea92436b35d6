// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * SEAMLDR.INSTALL (specification 5.2): a session of one call an LP, of which the last does the work.
 *
 * Row labels A1 to G2 are the specification's. They come in its order, because which of two
 * errors is reported is part of the interface. Up to D2 every failure is recoverable: nothing but
 * SEAMEXTEND has been changed, and that is restored. From there on the old module is gone.
 */
#include "formats.h"
#include "internal.h"

#define PAGES_MAX	SS_MODULE_MAX_PAGES
#define MIB		(1ULL << 20)
#define GIB		(1ULL << 30)

static uint32_t scenario(const struct sim_seamldr *l)
{
	return get32(l->params + PARAMS_SCENARIO);
}

static bool is_update(const struct sim_seamldr *l)
{
	return scenario(l) == SCENARIO_UPDATE;
}

/* From A5 on in range. */
static uint64_t nr_pages(const struct sim_seamldr *l)
{
	return get64(l->params + PARAMS_NR_PAGES);
}

static uint64_t image_bytes(const struct sim_seamldr *l)
{
	return nr_pages(l) * SS_PAGE;
}

static const void *module_page(const struct sim *s, uint64_t i)
{
	return sim_seamldr_map(s, get64(s->seamldr->params + PARAMS_PAGES + 8 * i), SS_PAGE);
}

/* ---- A: the parameters ------------------------------------------------------------------- */

static bool read_params(struct sim *s, uint64_t pa)
{
	const void *p = sim_seamldr_map(s, pa, SS_PAGE);

	if (p)
		memcpy(s->seamldr->params, p, SS_PAGE);
	return p;
}

static bool read_sigstruct(struct sim *s)
{
	struct sim_seamldr *l = s->seamldr;
	const void *p = sim_seamldr_map(s, get64(l->params + PARAMS_SIGSTRUCT_PA), SS_PAGE);

	if (p)
		memcpy(l->sig, p, SS_SIGSTRUCT_BYTES);
	return p;
}

/* An address at which the machine has no memory is no shared address either. */
static uint64_t check_params(struct sim *s, uint64_t pa)
{
	const struct sim_seamldr *l = s->seamldr;
	uint64_t i;

	/* A1 */
	if (!read_params(s, pa))
		return SS_PSEAMLDR_EBADPARAM;
	/* A2 */
	if (get32(l->params + PARAMS_VERSION))
		return SS_PSEAMLDR_EBADPARAM;
	/* A3 */
	if (!all_zero(l->params + PARAMS_RESERVED, PARAMS_NR_PAGES - PARAMS_RESERVED))
		return SS_PSEAMLDR_EBADPARAM;
	/* A4 */
	if (scenario(l) != SCENARIO_LOAD && scenario(l) != SCENARIO_UPDATE)
		return SS_PSEAMLDR_EBADPARAM;
	/* A5 */
	if (nr_pages(l) > PAGES_MAX)
		return SS_PSEAMLDR_EBADPARAM;
	/* A6 */
	for (i = 0; i < nr_pages(l); i++) {
		if (!module_page(s, i))
			return SS_PSEAMLDR_EBADPARAM;
	}
	/* A7 */
	if (!read_sigstruct(s))
		return SS_PSEAMLDR_EBADPARAM;
	/* A8 */
	if (is_update(l) && !l->snapshot.seam_ready)
		return SS_PSEAMLDR_EBADPARAM;
	return SS_TDX_SUCCESS;
}

/* ---- B: the sigstruct -------------------------------------------------------------------- */

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
	if (get32(sig + SIG_HEADER_TYPE) != 6 || get32(sig + SIG_HEADER_LENGTH) != 0xe1 ||
	    get32(sig + SIG_HEADER_VERSION) != 0x10000)
		return SS_PSEAMLDR_EBADSIG;
	/* B3 */
	if (get32(sig + SIG_KEY_SIZE) != 0x60 || get32(sig + SIG_MODULUS_SIZE) != 0x60 ||
	    get32(sig + SIG_EXPONENT_SIZE) != 1)
		return SS_PSEAMLDR_EBADSIG;
	/* B4 */
	if (get32(sig + SIG_VENDOR) != SEAM_VENDOR ||
	    (get32(sig + SIG_MODULE_TYPE) & ~SIG_DEBUG) || get64(sig + SIG_ATTRIBUTES))
		return SS_PSEAMLDR_EBADSIG;
	/* B5 */
	if (get32(sig + SIG_SIZE) != 0x200)
		return SS_PSEAMLDR_EBADSIG;
	/* B6 */
	if (get32(sig + SIG_NR_FMS) > SS_SIGSTRUCT_MAX_FMS)
		return SS_PSEAMLDR_EBADSIG;
	/* B7 */
	if (get32(sig + SIG_EXPONENT) != 65537)
		return SS_PSEAMLDR_EBADSIG;
	/* B8 */
	if (get16(sig + SIG_MIN_UPDATE_HV) > get16(sig + SIG_MODULE_HV))
		return SS_PSEAMLDR_EBADSIG;
	/* B9 */
	if (get32(sig + SIG_GDT_IDT) % SS_PAGE)
		return SS_PSEAMLDR_EBADSIG;
	/* B10 */
	if (!get32(sig + SIG_GDT_IDT) != !get32(sig + SIG_FAULT_WRAPPER))
		return SS_PSEAMLDR_EBADSIG;
	return SS_TDX_SUCCESS;
}

static bool debug_signed(const uint8_t *sig)
{
	return get32(sig + SIG_MODULE_TYPE) & SIG_DEBUG;
}

/* Who signed it, and may it follow the module that was ready when the session began? */
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

	for (i = 0; i < get32(sig + SIG_NR_FMS); i++) {
		/* Whatever the stepping. */
		if (!((get32(sig + SIG_FMS + 4 * i) ^ fms) & ~0xfu))
			return true;
	}
	return false;
}

/* Does it fit the image, and this machine? */
static uint64_t check_fit(struct sim *s)
{
	const struct sim_seamldr *l = s->seamldr;
	uint64_t gdt_idt = get32(l->sig + SIG_GDT_IDT);
	uint64_t fault_wrapper = get32(l->sig + SIG_FAULT_WRAPPER);
	uint32_t i;

	/* B15 */
	if (gdt_idt && gdt_idt + 4096 > image_bytes(l))
		return SS_PSEAMLDR_EBADSIG;
	/* B16 */
	if (fault_wrapper && fault_wrapper + 512 > image_bytes(l))
		return SS_PSEAMLDR_EBADSIG;
	/* B17 */
	for (i = 0; i < s->config.sockets && get32(l->sig + SIG_NR_FMS); i++) {
		if (!fms_is_listed(l->sig, s->config.fms[i]))
			return SS_PSEAMLDR_EUNSUPCPU;
	}
	/* B18 */
	if (!debug_signed(l->sig) && !get32(l->sig + SIG_NR_FMS))
		return SS_PSEAMLDR_EBADSIG;
	return SS_TDX_SUCCESS;
}

static void reverse(uint8_t *out, const uint8_t *in)
{
	uint32_t i;

	for (i = 0; i < SS_RSA3072_BYTES; i++)
		out[i] = in[SS_RSA3072_BYTES - 1 - i];
}

/* B19, see 4.5. */
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

/* ---- C: room ----------------------------------------------------------------------------- */

/* Pages of page tables that map @bytes, but for the root. */
static uint64_t table_pages(uint64_t bytes)
{
	uint64_t entries_a_page = SS_PAGE / 8;

	return (bytes / SS_PAGE + entries_a_page - 1) / entries_a_page +
	       (bytes / (2 * MIB) + entries_a_page - 1) / entries_a_page +
	       (bytes / GIB + entries_a_page - 1) / entries_a_page;
}

/* The formula of C2, name by name. */
static uint64_t bytes_needed(const struct sim *s)
{
	const uint8_t *sig = s->seamldr->sig;
	uint64_t n = s->addressable_lps;
	uint64_t handoff = sig[SIG_SVN_MAJOR] ? 4096ull * (get16(sig + SIG_HANDOFF_PAGES) + 1) : 0;
	uint64_t stacks = n * (4096 + 4096 * (sig[SIG_STACK_PAGES] + 1ull));
	uint64_t data = n * 4096 * (sig[SIG_TLS_PAGES] + 1ull) +
			4096 * (get16(sig + SIG_GLOBAL_DATA_PAGES) + 1ull) + handoff;
	uint64_t keyholes = n * 4096 * (get16(sig + SIG_KEYHOLE_PAGES) + 1ull);
	uint64_t keyedit = (keyholes / 4096 * 8 + 4095) / 4096 * 4096;
	uint64_t tables = 4096 * (1 + table_pages(4096) + table_pages(stacks) + table_pages(data) +
				  table_pages(keyholes) + table_pages(keyedit) +
				  table_pages(image_bytes(s->seamldr)));

	return 4096 * (1 + n) + stacks + data + tables + 2 * MIB;
}

static uint64_t check_room(struct sim *s, uint32_t lp)
{
	/* C1 */
	if (!sim_seamldr_entropy(s, lp))
		return SS_PSEAMLDR_ENOENTROPY;
	/* C2 */
	if (s->config.seam_bytes && bytes_needed(s) > s->config.seam_bytes)
		return SS_PSEAMLDR_ENOMEM;
	return SS_TDX_SUCCESS;
}

/* ---- D: the old module goes -------------------------------------------------------------- */

static bool preserves_tds(const struct sim_seamldr *l)
{
	return is_update(l) && l->sig[SIG_SVN_MAJOR];
}

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
	    h->hv < get16(l->sig + SIG_MIN_UPDATE_HV) || h->hv > get16(l->sig + SIG_MODULE_HV))
		return SS_PSEAMLDR_EBADHANDOFF;
	return SS_TDX_SUCCESS;
}

static void clear_seamdb(struct sim *s)
{
	s->seamdb_count = 0;
	s->seamdb_nonce++;
	sim_seamldr_read_remaining(s);
}

/*
 * Nobody is inside the module in an orderly update. Here is where it shows if somebody was: the gates
 * were closed, and the fence orders that before the busy flags are read. An LP sets its flag, then
 * looks at the gates, with a fence in between too, so it is seen here or finds them closed.
 */
static void count_lps_inside(struct sim *s)
{
	uint32_t lp;

	ss_fence();
	for (lp = 0; lp < s->config.nr_lps; lp++) {
		if (ss_load_acquire(&s->lps[lp].busy))
			ss_add(&s->erased_under_lp, 1);
	}
}

static void erase_module_range(struct sim *s, bool keep_tds)
{
	count_lps_inside(s);
	if (!keep_tds)
		memset(s->handoff, 0, sizeof(*s->handoff));
	memset(&s->installed, 0, sizeof(s->installed));
	sim_module_erase(s, keep_tds);
	s->seamldr->module_range_initialised = true;
}

static void pass_point_of_no_return(struct sim *s)
{
	/* D-LOAD */
	if (!preserves_tds(s->seamldr)) {
		clear_seamdb(s);
		erase_module_range(s, false);
		return;
	}
	/* D3 */
	erase_module_range(s, true);
}

/* ---- E: the new image -------------------------------------------------------------------- */

/* The pages are copied before they are hashed, so what was hashed is what is installed. */
static uint64_t copy_image(struct sim *s)
{
	struct sim_seamldr *l = s->seamldr;
	uint8_t hash[SS_SHA384_BYTES];
	uint64_t i;

	sim_sha384_init(&l->sha);
	for (i = 0; i < nr_pages(l); i++) {
		uint8_t *copy = s->image + i * SS_PAGE;
		const void *page = module_page(s, i);

		if (page)
			memcpy(copy, page, SS_PAGE);
		else	/* memory that was there in A6 */
			memset(copy, 0xff, SS_PAGE);
		sim_sha384_update(&l->sha, copy, SS_PAGE);
	}
	sim_sha384_final(&l->sha, hash);
	if (memcmp(hash, l->sig + SIG_SEAMHASH, sizeof(hash)))
		return SS_PSEAMLDR_EBADHASH;
	return SS_TDX_SUCCESS;
}

/* True if @bytes at @offset lie within @size, whatever the numbers. */
static bool within(uint64_t offset, uint64_t bytes, uint64_t size)
{
	return bytes <= size && offset <= size - bytes;
}

/* Nothing runs the image, so its pointers are checked and left as they are. */
static bool relocations_are_valid(const uint8_t *image, uint64_t size, uint64_t at, uint64_t nr,
				  uint64_t entry_bytes)
{
	uint64_t k;

	for (k = 0; k < nr; k++, at += entry_bytes) {
		if (!within(at, 24, size) ||
		    !within(get64(image + at), 8, size) ||	/* r_offset */
		    get64(image + at + 8) != 8 ||		/* r_info */
		    get64(image + at + 16) >= size)		/* r_addend */
			return false;
	}
	return true;
}

static bool section_is_valid(const uint8_t *image, uint64_t size, const uint8_t *section)
{
	const uint32_t sht_rela = 4;
	uint64_t entry_bytes = get64(section + 56);

	if (get32(section + 4) != sht_rela)
		return true;
	return entry_bytes && relocations_are_valid(image, size, get64(section + 16),
						    get64(section + 32) / entry_bytes, entry_bytes);
}

static uint64_t check_elf(const struct sim *s)
{
	static const uint8_t ident[] = { 0x7f, 0x45, 0x4c, 0x46, 2, 1, 1 };
	const uint8_t *image = s->image;
	uint64_t size = image_bytes(s->seamldr), at;
	uint32_t i;

	if (!size || memcmp(image, ident, sizeof(ident)))
		return SS_PSEAMLDR_EBADPARAM;
	at = get64(image + 40);					/* e_shoff */
	for (i = 0; i < get16(image + 60); i++) {		/* e_shnum */
		if (!within(at, 64, size) || !section_is_valid(image, size, image + at))
			return SS_PSEAMLDR_EBADPARAM;
		at += get16(image + 58);			/* e_shentsize */
	}
	return SS_TDX_SUCCESS;
}

static uint64_t load_image(struct sim *s)
{
	uint64_t status;

	/* E1: the model maps nothing, and C2 has counted the page tables. */
	/* E2 */
	status = copy_image(s);
	/* E3 */
	if (!status)
		status = check_elf(s);
	return status;
}

/* ---- F, G: the new module comes ---------------------------------------------------------- */

static bool insert_into_seamdb(struct sim *s)
{
	if (s->seamdb_count == s->seamdb_size)
		return false;
	s->seamdb_count++;
	return true;
}

/* Identity of the module in l->sig, not ready. */
static void write_identity(struct sim *s)
{
	const uint8_t *sig = s->seamldr->sig;
	struct sim_seamextend *e = &s->seamextend;

	memset(e, 0, sizeof(*e));
	e->p_seamldr_ready = 1;
	e->valid = 0x1ff;
	e->svn_minor = sig[SIG_SVN_MINOR];
	e->svn_major = sig[SIG_SVN_MAJOR];
	memcpy(e->mrseam, sig + SIG_SEAMHASH, sizeof(e->mrseam));
}

static uint64_t start_module(struct sim *s)
{
	struct sim_seamldr *l = s->seamldr;
	uint32_t tries = 5;

	/* F, and what G2 adds to SYS_INFO. */
	sim_module_describe(s->image, (uint32_t)nr_pages(l), l->sig, &s->installed);
	/* G1 */
	write_identity(s);
	while (!insert_into_seamdb(s)) {
		if (!--tries)
			return SS_PSEAMLDR_ENOENTROPY;
	}
	/* G2 */
	s->seamextend.seam_ready = 1;
	l->remaining--;
	ss_add(&s->installs, 1);
	sim_seamldr_set_gates(s);
	return SS_TDX_SUCCESS;
}

/* ---- the session ------------------------------------------------------------------------- */

static void open_session(struct sim *s)
{
	s->seamldr->snapshot = s->seamextend;
	s->seamextend.seam_ready = 0;
	sim_seamldr_set_gates(s);
}

static void close_session(struct sim_seamldr *l)
{
	memset(l->in_update, 0, sizeof(l->in_update));
	l->lps_in_update = 0;
}

/* A recoverable failure: all is as before the session. */
static void restore(struct sim *s)
{
	s->seamextend = s->seamldr->snapshot;
	sim_seamldr_set_gates(s);
}

/*
 * An unrecoverable one. Only a LOAD can bring a module back from here, and a LOAD forgets all TDs, so
 * they are lost already. G1 alone leaves the identity of the module that did not come up.
 */
static void lose_module(struct sim *s, uint64_t status)
{
	if (status != SS_PSEAMLDR_ENOENTROPY) {
		memset(&s->seamextend, 0, sizeof(s->seamextend));
		s->seamextend.p_seamldr_ready = 1;
	}
	memset(&s->installed, 0, sizeof(s->installed));
	sim_module_erase(s, false);
	sim_seamldr_set_gates(s);
}

static uint64_t refuse(struct sim *s, uint32_t lp, uint64_t params_pa)
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

static uint64_t replace(struct sim *s)
{
	uint64_t status;

	pass_point_of_no_return(s);
	status = load_image(s);
	if (!status)
		status = start_module(s);
	return status;
}

static uint64_t complete_session(struct sim *s, uint32_t lp, struct ss_regs *r)
{
	uint64_t status = refuse(s, lp, r->rcx);

	if (status) {
		restore(s);
	} else {
		status = replace(s);
		if (status) {
			lose_module(s, status);
			r->rdx = 1;
		}
	}
	close_session(s->seamldr);
	return status;
}

uint64_t sim_seamldr_install(struct sim *s, uint32_t lp, struct ss_regs *r)
{
	struct sim_seamldr *l = s->seamldr;

	/* 1 */
	if (lp >= sim_seamldr_lp_limit(s))
		return SS_PSEAMLDR_EUNSPECERR;
	/* 2 */
	if (l->lps_in_shutdown)
		return SS_PSEAMLDR_EBADCALL;
	/* 3 */
	if (l->in_update[lp])
		return SS_PSEAMLDR_EBADCALL;
	l->in_update[lp] = 1;
	/* 4 */
	if (!l->lps_in_update)
		open_session(s);
	/* 5; SEAM VMCSs are not part of the model. */
	l->lps_in_update++;
	/* 6 */
	if (l->lps_in_update < s->config.nr_lps)
		return SS_TDX_SUCCESS;
	return complete_session(s, lp, r);
}

bool sim_seamldr_is_last(const struct sim *s, uint32_t lp)
{
	const struct sim_seamldr *l = s->seamldr;

	return lp < sim_seamldr_lp_limit(s) && !l->lps_in_shutdown && !l->in_update[lp] &&
	       l->lps_in_update + 1 == s->config.nr_lps;
}

void sim_seamldr_fail_install(struct sim *s, uint32_t lp, uint64_t params_pa, uint64_t status,
			      uint64_t rdx)
{
	/* Refused by the prologue: not this LP's call of the session. EUNSPECERR always is. */
	if (!sim_seamldr_is_last(s, lp) || status == SS_PSEAMLDR_EUNSPECERR)
		return;
	if (!s->seamldr->lps_in_update)
		open_session(s);
	if (!rdx) {
		restore(s);
	} else {
		/* Nobody has checked the parameters, so this goes only as far as they can be read. */
		memset(s->seamldr->sig, 0, sizeof(s->seamldr->sig));
		if (read_params(s, params_pa) && read_sigstruct(s))
			pass_point_of_no_return(s);
		write_identity(s);
		lose_module(s, status);
	}
	close_session(s->seamldr);
}
