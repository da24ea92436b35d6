// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * SEAMLDR.INSTALL, rows A1 to D2 (specification 5.2): each status, that it does no harm, and which
 * of two errors is reported. The offsets are a second copy of the specification's (4.1, 4.4).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/rsa.h>

#include "../sim/pamt.h"
#include "bytes.h"
#include "sim_fixture.h"

#define LPS	4u
/*
 * C2's formula for 1.5.08 on this machine (4 addressable LPs), computed by hand; the size that is
 * also enough for E1 (test_seamldr_room.c).
 */
#define NEED_1_5_08	2379776u
#define ROOM_1_5_08	(NEED_1_5_08 + 7 * 4096u)

/* An INSTALL session to be tried, and its defects. */
struct attempt {
	struct fixture *f;
	struct fixture_image *image;
	uint64_t params_pa;
	EVP_PKEY *signer;
	bool break_signature;
};

enum where { NOTHING, PARAMS, SIGSTRUCT };

/* One way to fail. If one changed number is enough, @where, @at, @bytes and @value tell it. */
struct defect {
	const char *name;	/* row first */
	uint64_t status;
	enum where where;
	uint32_t at, bytes;
	uint64_t value;
	void (*apply)(struct attempt *a);
	char clash;	/* two defects with the same letter do not go together */
};

/* ---- defects of more than one number --------------------------------------------------------- */

static void a1_misaligned(struct attempt *a)
{
	a->params_pa += 2048;
}

static void a1_private(struct attempt *a)
{
	a->params_pa |= (uint64_t)SIM_FIRST_PRIVATE_HKID << SIM_HKID_SHIFT;
}

static void a1_too_high(struct attempt *a)
{
	a->params_pa |= 1ULL << SIM_MAXPA;
}

static void a1_in_seamrr(struct attempt *a)
{
	a->params_pa = SIM_SEAMRR_BASE + SIM_SEAMRR_BYTES - SS_PAGE;
}

static void a1_no_memory(struct attempt *a)
{
	a->params_pa = FIXTURE_PA - SS_PAGE;
}

static void a8_no_module(struct attempt *a)
{
	a->f->sim->seamextend.seam_ready = 0;
	sim_seamldr_set_gates(a->f->sim);
}

static void b11_other_signer(struct attempt *a)
{
	static EVP_PKEY *other;

	if (!other)
		other = EVP_RSA_gen(3072);
	a->signer = other;
}

static void b17_one_socket_not_listed(struct attempt *a)
{
	a->f->sim->config.fms[1] = 0xb06f8;
}

static void b17_first_socket_not_listed(struct attempt *a)
{
	a->f->sim->config.fms[0] = 0xb06f8;
}

static void b17_listed_behind_the_end(struct attempt *a)
{
	a->f->sim->config.fms[1] = 0xb06f8;
	put_le(a->image->sigstruct + 1028 + 4 * 3, 0xb06f8, 4);
}

static void b17_none_listed(struct attempt *a)
{
	memset(a->image->sigstruct + 1028, 0, 12);
}

static void b19_signature(struct attempt *a)
{
	a->break_signature = true;
}

static void c1_entropy(struct attempt *a)
{
	struct sim_lp_state state = { .entropy_failures = 1 };

	sim_set_lp(a->f->sim, LPS - 1, &state);
}

static void c2_small_range(struct attempt *a)
{
	a->f->sim->config.seam_bytes = NEED_1_5_08 - 1;
}

static void d1_exhausted(struct attempt *a)
{
	a->f->sim->seamldr->remaining = 0;
}

static void d2_no_handoff(struct attempt *a)
{
	a->f->sim->handoff->valid = 0;
}

static void d2_too_big(struct attempt *a)
{
	a->f->sim->handoff->size = 14 * 4096 - 7;
}

static void d2_hv_above(struct attempt *a)
{
	a->f->sim->handoff->hv = 1;
}

static void d2_hv_below(struct attempt *a)
{
	put_le(a->image->sigstruct + 984, 2, 2);
	put_le(a->image->sigstruct + 986, 1, 2);
}

/* ---- all recoverable errors, in the order of the rows ---------------------------------------- */

#define EBADPARAM	SS_PSEAMLDR_EBADPARAM
#define EBADSIG		SS_PSEAMLDR_EBADSIG

static const struct defect defects[] = {
	{ "A1 params misaligned", EBADPARAM, .apply = a1_misaligned },
	{ "A1 params with a private key ID", EBADPARAM, .apply = a1_private },
	{ "A1 params above MAXPA", EBADPARAM, .apply = a1_too_high },
	{ "A1 params inside SEAMRR", EBADPARAM, .apply = a1_in_seamrr },
	{ "A1 params where no memory is", EBADPARAM, .apply = a1_no_memory },
	{ "A2 params version", EBADPARAM, PARAMS, 0, 4, 1 },
	{ "A3 reserved, first byte", EBADPARAM, PARAMS, 16, 1, 1 },
	{ "A3 reserved, last byte", EBADPARAM, PARAMS, 119, 1, 0x80 },
	{ "A4 scenario", EBADPARAM, PARAMS, 4, 4, 2 },
	{ "A5 497 pages", EBADPARAM, PARAMS, 120, 8, 497 },
	{ "A5 2^32 pages", EBADPARAM, PARAMS, 120, 8, 1ULL << 32 },
	{ "A6 first page misaligned", EBADPARAM, PARAMS, 128, 8, FIXTURE_PA + 512 },
	{ "A6 last page with a private key ID", EBADPARAM, PARAMS, 128 + 8 * 100 + 5, 1, 0x80 },
	{ "A7 sigstruct misaligned", EBADPARAM, PARAMS, 8, 8, FIXTURE_PA + 2048, .clash = 's' },
	{ "A7 sigstruct above MAXPA", EBADPARAM, PARAMS, 15, 1, 0x10, .clash = 's' },
	{ "A8 no module", EBADPARAM, .apply = a8_no_module },
	/* The sigstruct reads as FF. */
	{ "B1 sigstruct where no memory is", EBADSIG, PARAMS, 8, 8, FIXTURE_PA - SS_PAGE,
	  .clash = 's' },
	{ "B1 reserved0, first byte", EBADSIG, SIGSTRUCT, 40, 1, 1 },
	{ "B1 reserved0, last byte", EBADSIG, SIGSTRUCT, 127, 1, 1 },
	{ "B1 reserved1", EBADSIG, SIGSTRUCT, 983, 1, 1 },
	{ "B1 reserved2", EBADSIG, SIGSTRUCT, 989, 1, 1 },
	{ "B1 reserved3, as modules 2.0.x use it", EBADSIG, SIGSTRUCT, 1000, 4, 0x02000002 },
	{ "B1 reserved3, last byte", EBADSIG, SIGSTRUCT, 1023, 1, 1 },
	{ "B2 header type", EBADSIG, SIGSTRUCT, 0, 4, 7 },
	{ "B2 header length", EBADSIG, SIGSTRUCT, 4, 4, 0xe0 },
	{ "B2 header version", EBADSIG, SIGSTRUCT, 8, 4, 0x20000 },
	{ "B3 key size", EBADSIG, SIGSTRUCT, 28, 4, 0x40 },
	{ "B3 modulus size", EBADSIG, SIGSTRUCT, 32, 4, 0x40 },
	{ "B3 exponent size", EBADSIG, SIGSTRUCT, 36, 4, 2 },
	{ "B4 vendor", EBADSIG, SIGSTRUCT, 16, 4, 0x8087 },
	{ "B4 module type", EBADSIG, SIGSTRUCT, 12, 4, 1 },
	{ "B4 attributes", EBADSIG, SIGSTRUCT, 957, 1, 1 },
	{ "B5 size", EBADSIG, SIGSTRUCT, 24, 4, 0x1ff },
	{ "B6 256 CPUs", EBADSIG, SIGSTRUCT, 1024, 4, 256, .clash = 'c' },
	{ "B7 exponent", EBADSIG, SIGSTRUCT, 512, 4, 3 },
	{ "B8 handoff window upside down", EBADSIG, SIGSTRUCT, 986, 2, 1, .clash = 'h' },
	{ "B9 gdt_idt_offset inside a page", EBADSIG, SIGSTRUCT, 992, 4, 0x3800 },
	{ "B10 gdt_idt_offset alone is zero", EBADSIG, SIGSTRUCT, 992, 4, 0 },
	{ "B10 fault_wrapper_offset alone is zero", EBADSIG, SIGSTRUCT, 996, 4, 0 },
	{ "B11 another signer", EBADSIG, .apply = b11_other_signer },
	{ "B12 debug-signed", EBADSIG, SIGSTRUCT, 15, 1, 0x80 },
	{ "B13 major SVN above", SS_PSEAMLDR_EBADCALL, SIGSTRUCT, 949, 1, 2 },
	{ "B13 major SVN below", SS_PSEAMLDR_EBADCALL, SIGSTRUCT, 949, 1, 0 },
	{ "B14 minor SVN below", EBADSIG, SIGSTRUCT, 948, 1, 5 },
	{ "B15 gdt_idt_offset behind the image", EBADSIG, SIGSTRUCT, 992, 4, 101 * 4096 },
	{ "B15 gdt_idt_offset, largest", EBADSIG, SIGSTRUCT, 992, 4, 0xfffff000 },
	{ "B16 fault_wrapper_offset one too far", EBADSIG, SIGSTRUCT, 996, 4, 101 * 4096 - 511 },
	{ "B16 fault_wrapper_offset, largest", EBADSIG, SIGSTRUCT, 996, 4, 0xffffffff },
	{ "B17 no socket's CPU listed", SS_PSEAMLDR_EUNSUPCPU, .apply = b17_none_listed,
	  .clash = 'c' },
	{ "B17 one socket's CPU not listed", SS_PSEAMLDR_EUNSUPCPU,
	  .apply = b17_one_socket_not_listed, .clash = 'c' },
	{ "B17 the first socket's CPU not listed", SS_PSEAMLDR_EUNSUPCPU,
	  .apply = b17_first_socket_not_listed, .clash = 'c' },
	{ "B17 listed behind the end of the list", SS_PSEAMLDR_EUNSUPCPU,
	  .apply = b17_listed_behind_the_end, .clash = 'c' },
	{ "B18 production module without CPUs", EBADSIG, SIGSTRUCT, 1024, 4, 0, .clash = 'c' },
	{ "B19 signature", EBADSIG, .apply = b19_signature },
	{ "C1 entropy", SS_PSEAMLDR_ENOENTROPY, .apply = c1_entropy },
	{ "C2 module range a byte too small", SS_PSEAMLDR_ENOMEM, .apply = c2_small_range },
	{ "D1 no updates left", SS_PSEAMLDR_EBADCALL, .apply = d1_exhausted },
	{ "D2 no handoff data", SS_PSEAMLDR_EBADHANDOFF, .apply = d2_no_handoff },
	{ "D2 more than the old module has room for", SS_PSEAMLDR_EBADHANDOFF,
	  .apply = d2_too_big },
	{ "D2 handoff version above the window", SS_PSEAMLDR_EBADHANDOFF, .apply = d2_hv_above },
	{ "D2 handoff version below the window", SS_PSEAMLDR_EBADHANDOFF, .apply = d2_hv_below,
	  .clash = 'h' },
};

/* ---- the machine, and its repair ------------------------------------------------------------- */

static struct fixture machine;
static struct fixture_image good;
static uint8_t good_params[SS_PAGE], good_sigstruct[SS_SIGSTRUCT_BYTES];

/* 1.5.06 shut down with valid handoff data, and an image of 1.5.08 to follow it. */
static int make_machine(void **state)
{
	(void)state;
	fixture_create(&machine, LPS, 2);
	fixture_boot(&machine, "1.5.06");
	assert_int_equal(fixture_call(&machine, 1, SS_LEAF_TDH_SYS_SHUTDOWN, 0), 0);
	fixture_image(&machine, "1.5.08", FIXTURE_UPDATE, &good);
	memcpy(good_params, good.params, sizeof(good_params));
	memcpy(good_sigstruct, good.sigstruct, sizeof(good_sigstruct));
	return 0;
}

static int remove_machine(void **state)
{
	(void)state;
	fixture_destroy(&machine);
	return 0;
}

/* A recoverable failure must leave these unchanged; compared as a whole. */
struct world {
	struct sim_seamextend seamextend;
	struct sim_installed installed;
	struct sim_audit audit;
	uint32_t gates, seamdb_count, seamdb_nonce;
	uint8_t handoff[256];
};

static void look(struct fixture *f, struct world *w)
{
	memset(w, 0, sizeof(*w));
	w->seamextend = f->sim->seamextend;
	w->installed = f->sim->installed;
	sim_audit(f->sim, &w->audit);
	w->audit.calls = 0;
	w->gates = ss_load(&f->sim->gates);
	w->seamdb_count = f->sim->seamdb_count;
	w->seamdb_nonce = f->sim->seamdb_nonce;
	memcpy(w->handoff, f->sim->handoff, sizeof(w->handoff));
}

static void apply(const struct defect *d, struct attempt *a)
{
	if (d->where == PARAMS)
		put_le(a->image->params + d->at, d->value, d->bytes);
	if (d->where == SIGSTRUCT)
		put_le(a->image->sigstruct + d->at, d->value, d->bytes);
	if (d->apply)
		d->apply(a);
}

static uint64_t try_install(struct attempt *a, uint64_t *rdx)
{
	fixture_sign_with(a->image, a->signer);
	if (a->break_signature)
		a->image->sigstruct[516 + 100] ^= 1;
	return fixture_install(a->f, a->params_pa, rdx);
}

/* Undoes the defects of the shared machine. */
static void mend(void)
{
	static const struct sim_lp_state good_lp;
	struct sim *s = machine.sim;

	memcpy(good.params, good_params, sizeof(good_params));
	memcpy(good.sigstruct, good_sigstruct, sizeof(good_sigstruct));
	s->seamextend.seam_ready = 1;
	s->config.fms[0] = 0x806f8;
	s->config.fms[1] = 0x806f8;
	s->config.seam_bytes = 0;
	s->seamldr->remaining = s->seamdb_size - s->seamdb_count;
	s->handoff->valid = 1;
	s->handoff->size = 53386;
	s->handoff->hv = 0;
	sim_set_lp(s, LPS - 1, &good_lp);
	sim_seamldr_set_gates(s);
}

static void expect_refused(const struct defect *const *d, uint32_t nr, uint64_t status)
{
	struct attempt a = { &machine, &good, good.params_pa, fixture_key(), false };
	struct world before, after;
	uint64_t rdx = 99, got;
	uint32_t i;

	for (i = 0; i < nr; i++)
		apply(d[i], &a);
	look(&machine, &before);
	got = try_install(&a, &rdx);
	look(&machine, &after);
	mend();
	if (got != status)
		fail_msg("%s, %s: %s instead of %s", d[0]->name, nr > 1 ? d[1]->name : "alone",
			 ss_status_name(SS_LEAF_SEAMLDR_INSTALL, got),
			 ss_status_name(SS_LEAF_SEAMLDR_INSTALL, status));
	assert_int_equal(rdx, 0);
	assert_memory_equal(&before, &after, sizeof(before));
	assert_false(after.audit.session_open);
}

static void one_defect(void **state)
{
	const struct defect *d = *state;

	expect_refused(&d, 1, d->status);
}

/* Of any two errors the one of the earlier row is reported. */
static void two_defects(void **state)
{
	const struct defect *d[2];
	size_t i, k;
	uint32_t tried = 0;

	(void)state;
	for (i = 0; i < SS_ARRAY_SIZE(defects); i++) {
		for (k = i + 1; k < SS_ARRAY_SIZE(defects); k++) {
			d[0] = &defects[i];
			d[1] = &defects[k];
			/* If both have the same status, the test cannot tell them apart. */
			if (d[0]->status == d[1]->status ||
			    (d[0]->clash && d[0]->clash == d[1]->clash))
				continue;
			expect_refused(d, 2, d[0]->status);
			tried++;
		}
	}
	printf("# %u pairs of errors\n", tried);
}

/* All these checks come before the module's hash: a bad image does no harm then. */
static void checks_before_hash(void **state)
{
	const struct defect *d;
	size_t i;

	(void)state;
	good.module[3] = 'f';
	for (i = 0; i < SS_ARRAY_SIZE(defects); i++) {
		d = &defects[i];
		expect_refused(&d, 1, d->status);
	}
	good.module[3] = 'F';
}

/* Changes when TD memory is lost. */
static uint32_t keys_of_tds(const struct fixture *f)
{
	return ss_load(&f->sim->memory->key_generation);
}

/* After all these refusals a correct session succeeds, and the TDs' module goes on. */
static void good_after_all(void **state)
{
	struct attempt a = { &machine, &good, good.params_pa, fixture_key(), false };
	uint32_t remaining = machine.sim->seamldr->remaining, keys = keys_of_tds(&machine);
	struct sim_audit audit;
	uint64_t rdx = 99;

	(void)state;
	/* C2, D2, E1: the largest sizes that fit. */
	machine.sim->config.seam_bytes = ROOM_1_5_08;
	machine.sim->handoff->size = 14 * 4096 - 8;
	assert_int_equal(try_install(&a, &rdx), 0);
	assert_int_equal(rdx, 0);
	sim_audit(machine.sim, &audit);
	assert_string_equal(audit.version, "1.5.08");
	assert_int_equal(audit.svn_minor, 7);
	assert_int_equal(keys_of_tds(&machine), keys);
	assert_int_equal(audit.remaining_updates, remaining - 1);
	assert_int_equal(audit.installs, 2);
	assert_int_equal(audit.state, SIM_SYSINIT_PENDING);
	assert_true(audit.seam_ready);
	assert_true(audit.handoff_valid);
	assert_false(audit.session_open);
	assert_memory_equal(machine.sim->seamextend.mrseam, good.sigstruct + 900, 48);
	assert_int_equal(fixture_call(&machine, 0, SS_LEAF_TDH_SYS_INIT, 0), 0);
}

/* ---- limits that are still allowed ----------------------------------------------------------- */

static uint64_t install_edited(uint32_t at, uint32_t bytes, uint64_t value)
{
	struct attempt a = { .signer = fixture_key() };
	struct fixture_image image;
	struct fixture f;
	uint64_t status;

	fixture_create(&f, LPS, 2);
	fixture_boot(&f, "1.5.06");
	assert_int_equal(fixture_call(&f, 1, SS_LEAF_TDH_SYS_SHUTDOWN, 0), 0);
	fixture_image(&f, "1.5.08", FIXTURE_UPDATE, &image);
	a.f = &f;
	a.image = &image;
	a.params_pa = image.params_pa;
	put_le(image.sigstruct + at, value, bytes);
	status = try_install(&a, NULL);
	fixture_destroy(&f);
	return status;
}

static void limits_are_allowed(void **state)
{
	(void)state;
	/* B6: as many CPUs as the table holds. */
	assert_int_equal(install_edited(1024, 4, 255), 0);
	/* B9, B15, B16: the last page, the last 512 bytes. */
	assert_int_equal(install_edited(992, 4, 100 * 4096), 0);
	assert_int_equal(install_edited(996, 4, 101 * 4096 - 512), 0);
	/* B10: both zero. */
	assert_int_equal(install_edited(992, 8, 0), 0);
	/* B14: the same minor SVN. */
	assert_int_equal(install_edited(948, 1, 6), 0);
	/* B17: another stepping. */
	assert_int_equal(install_edited(1028, 4, 0x806f1), 0);
	/* Not checked: date, entry, sizes of TDMR metadata. */
	assert_int_equal(install_edited(20, 4, 0), 0);
	assert_int_equal(install_edited(958, 4, 0xffffffff), 0);
	assert_int_equal(install_edited(968, 8, ~0ULL), 0);
}

/* A5: as many pages as the parameters hold. */
static void a_module_of_496_pages(void **state)
{
	struct sim_module_info info = *sim_ladder_find("1.5.06");
	struct fixture_image image;
	struct fixture f;

	(void)state;
	info.module_pages = 496;
	fixture_create(&f, LPS, 2);
	fixture_image_of(&f, &info, FIXTURE_LOAD, &image);
	assert_int_equal(sim_boot(f.sim, image.params_pa, f.scratch, NULL), 0);
	fixture_destroy(&f);
}

/* B12: a debug-signed module needs an unlocked platform and no list of CPUs (B18). */
static void debug_signed_where_unlocked(void **state)
{
	struct fixture_image image;
	struct fixture f;

	(void)state;
	fixture_config(&f, LPS, 2);
	f.config.debug_unlocked = true;
	fixture_power_on(&f);
	fixture_image(&f, "1.5.06", FIXTURE_LOAD, &image);
	image.sigstruct[15] = 0x80;
	put_le(image.sigstruct + 1024, 0, 4);
	fixture_sign(&image);
	assert_int_equal(fixture_install(&f, image.params_pa, NULL), 0);
	fixture_destroy(&f);
}

/* B1 for a P-SEAMLDR 2.0: modules of line 2.0 keep their version in reserved3. */
static void reserved3_on_line_2_0(void **state)
{
	struct fixture_image image;
	struct fixture f;
	uint32_t line;

	(void)state;
	for (line = 0; line <= 2; line += 2) {
		fixture_config(&f, 2, 1);
		f.config.fms[0] = 0xa06d1;
		f.config.seamldr_line = line;
		fixture_power_on(&f);
		fixture_image(&f, "2.0.08", FIXTURE_LOAD, &image);
		assert_int_equal(fixture_install(&f, image.params_pa, NULL),
				 line ? 0 : SS_PSEAMLDR_EBADSIG);
		fixture_destroy(&f);
	}
}

/* ---- all of them ----------------------------------------------------------------------------- */

int main(void)
{
	static struct CMUnitTest tests[SS_ARRAY_SIZE(defects) + 16];
	const struct CMUnitTest more[] = {
		cmocka_unit_test(two_defects),
		cmocka_unit_test(checks_before_hash),
		cmocka_unit_test(good_after_all),
		cmocka_unit_test(limits_are_allowed),
		cmocka_unit_test(a_module_of_496_pages),
		cmocka_unit_test(debug_signed_where_unlocked),
		cmocka_unit_test(reserved3_on_line_2_0),
	};
	size_t i, nr = 0;

	for (i = 0; i < SS_ARRAY_SIZE(defects); i++) {
		tests[nr].name = defects[i].name;
		tests[nr].initial_state = (void *)&defects[i];
		tests[nr++].test_func = one_defect;
	}
	for (i = 0; i < SS_ARRAY_SIZE(more); i++)
		tests[nr++] = more[i];
	return _cmocka_run_group_tests("seamldr", tests, nr, make_machine, remove_machine);
}
