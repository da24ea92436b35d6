// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * SEAMLDR.INSTALL (specification 5.2): a session has one call per LP, and the last call does the
 * work.
 *
 * Up to row D2 every failure is recoverable: only SEAMEXTEND has been changed, and the failure
 * restores it. From there on the old module is gone, and a failure loses the TDs.
 */
#include "seamldr.h"

/* ---- D: the old module goes ------------------------------------------------------------------ */

static void clear_seamdb(struct sim *s)
{
	s->seamdb_count = 0;
	s->seamdb_nonce++;
	sim_seamldr_read_remaining(s);
}

/*
 * In an orderly update no LP is inside the module; this count finds the LPs that are. The gates
 * were closed before; the fence orders the closing before the reads of the busy flags. An LP sets
 * its flag, executes a fence, and then looks at the gates. So this count sees the LP, or the LP
 * finds the gates closed.
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
	sim_module_erase(s, keep_tds);
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

/* ---- E: the new image ------------------------------------------------------------------------ */

/* The pages are copied before they are hashed. So the hashed pages are the installed pages. */
static uint64_t copy_image(struct sim *s)
{
	struct sim_seamldr *l = s->seamldr;
	uint8_t hash[SS_SHA384_BYTES];
	uint64_t i;

	sim_sha384_init(&l->sha);
	for (i = 0; i < nr_pages(l); i++) {
		uint8_t *copy = s->image + i * SS_PAGE;

		sim_seamldr_read(s, module_page_pa(l, i), copy, SS_PAGE);
		sim_sha384_update(&l->sha, copy, SS_PAGE);
	}
	sim_sha384_final(&l->sha, hash);
	if (memcmp(hash, l->sig + SIG_SEAMHASH, sizeof(hash)))
		return SS_PSEAMLDR_EBADHASH;
	return SS_TDX_SUCCESS;
}

/* True if @bytes at @offset lie within @size, without overflow for any numbers. */
static bool within(uint64_t offset, uint64_t bytes, uint64_t size)
{
	return bytes <= size && offset <= size - bytes;
}

/* No CPU runs the image, so its pointers are checked and stay as they are. */
static bool relocations_are_valid(const uint8_t *image, uint64_t size, uint64_t at, uint64_t nr,
				  uint64_t entry_bytes)
{
	uint64_t k;

	for (k = 0; k < nr; k++, at += entry_bytes) {
		if (!within(at, 24, size) ||
		    !within(ss_get64(image + at), 8, size) ||	/* r_offset */
		    ss_get64(image + at + 8) != 8 ||		/* r_info */
		    ss_get64(image + at + 16) >= size)		/* r_addend */
			return false;
	}
	return true;
}

static bool section_is_valid(const uint8_t *image, uint64_t size, const uint8_t *section)
{
	const uint32_t sht_rela = 4;
	uint64_t entry_bytes = ss_get64(section + 56);

	if (ss_get32(section + 4) != sht_rela)
		return true;
	return entry_bytes &&
	       relocations_are_valid(image, size, ss_get64(section + 16),
				     ss_get64(section + 32) / entry_bytes, entry_bytes);
}

static uint64_t check_elf(const struct sim *s)
{
	static const uint8_t ident[] = { 0x7f, 0x45, 0x4c, 0x46, 2, 1, 1 };
	const uint8_t *image = s->image;
	uint64_t size = image_bytes(s->seamldr), at;
	uint32_t i;

	if (!size || memcmp(image, ident, sizeof(ident)))
		return SS_PSEAMLDR_EBADPARAM;
	at = ss_get64(image + 40);				/* e_shoff */
	for (i = 0; i < ss_get16(image + 60); i++) {		/* e_shnum */
		if (!within(at, 64, size) || !section_is_valid(image, size, image + at))
			return SS_PSEAMLDR_EBADPARAM;
		at += ss_get16(image + 58);			/* e_shentsize */
	}
	return SS_TDX_SUCCESS;
}

static uint64_t load_image(struct sim *s)
{
	uint64_t status;

	/* E1 */
	switch (sim_seamldr_map_module(s)) {
	case SIM_OUT_OF_PAGES:
		return SS_PSEAMLDR_ENOMEM;
	case SIM_OUT_OF_PAGES_IN_KEYHOLES:
		return sim_fatal(s);
	case SIM_MAPPED:
		break;
	}
	/* E2 */
	status = copy_image(s);
	/* E3 */
	if (!status)
		status = check_elf(s);
	return status;
}

/* ---- F, G: the new module comes -------------------------------------------------------------- */

/* Up to 5 tries while the CPU finds no entropy. Any other failure is a UD2 inside SEAM. */
static uint64_t insert_into_seamdb(struct sim *s, uint32_t lp)
{
	uint32_t *failures = &s->lps[lp].platform.seamdb_failures, tries = 5;

	for (; *failures && tries; tries--)
		--*failures;
	if (!tries)
		return SS_PSEAMLDR_ENOENTROPY;
	if (!ss_sound(s->seamdb_count <= s->seamdb_size) || s->seamdb_count == s->seamdb_size)
		return sim_fatal(s);
	s->seamdb_count++;
	return SS_TDX_SUCCESS;
}

/* Writes the identity of the module in l->sig, which is not ready. */
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

static uint64_t start_module(struct sim *s, uint32_t lp)
{
	struct sim_seamldr *l = s->seamldr;
	uint64_t status;

	/* F, and what G2 adds to SYS_INFO. */
	sim_module_describe(s->image, (uint32_t)nr_pages(l), l->sig, &s->installed);
	/* G1 */
	write_identity(s);
	status = insert_into_seamdb(s, lp);
	if (status)
		return status;
	/* G2 */
	if (!ss_sound(l->remaining))	/* D1, or D-LOAD and room for one more entry */
		return sim_fatal(s);
	s->seamextend.seam_ready = 1;
	l->remaining--;
	ss_add(&s->installs, 1);
	sim_seamldr_set_gates(s);
	return SS_TDX_SUCCESS;
}

/* ---- the session ----------------------------------------------------------------------------- */

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

/* A recoverable failure: the state before the session returns. */
static void restore(struct sim *s)
{
	s->seamextend = s->seamldr->snapshot;
	sim_seamldr_set_gates(s);
}

/*
 * An unrecoverable failure. Only a LOAD can bring a module back from here. A LOAD forgets all TDs,
 * so they are lost already. Only G1 leaves the identity of the module that did not come up.
 */
static void lose_module(struct sim *s, uint64_t status)
{
	if (status != SS_PSEAMLDR_ENOENTROPY) {
		memset(&s->seamextend, 0, sizeof(s->seamextend));
		s->seamextend.p_seamldr_ready = 1;
	}
	memset(&s->installed, 0, sizeof(s->installed));
	sim_module_erase(s, false);
}

static uint64_t replace(struct sim *s, uint32_t lp)
{
	uint64_t status;

	pass_point_of_no_return(s);
	status = load_image(s);
	if (!status)
		status = start_module(s, lp);
	return status;
}

static uint64_t complete_session(struct sim *s, uint32_t lp, struct ss_regs *r)
{
	uint64_t status = sim_seamldr_check(s, lp, r->rcx);

	if (status) {
		restore(s);
	} else {
		status = replace(s, lp);
		if (status) {
			lose_module(s, status);
			/* No call returns on a dead machine. */
			r->rdx = status != SS_TDX_SEAMCALL_VMFAILINVALID;
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
	/* 5. The model has no SEAM VMCSs. */
	if (!ss_sound(l->lps_in_update < s->config.nr_lps))
		return sim_fatal(s);
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
	/*
	 * The prologue refused the call, so it is not this LP's call of the session. EUNSPECERR
	 * always comes from the prologue.
	 */
	if (!sim_seamldr_is_last(s, lp) || status == SS_PSEAMLDR_EUNSPECERR)
		return;
	/* A lie: nothing has been done. */
	if (status == SS_PSEAMLDR_SUCCESS)
		return;
	if (!s->seamldr->lps_in_update)
		open_session(s);
	if (!rdx) {
		restore(s);
	} else {
		/* No check has seen the parameters: the model goes as far as it can read. */
		memset(s->seamldr->sig, 0, sizeof(s->seamldr->sig));
		if (sim_seamldr_read_params(s, params_pa) && sim_seamldr_read_sigstruct(s))
			pass_point_of_no_return(s);
		write_identity(s);
		lose_module(s, status);
	}
	close_session(s->seamldr);
}
