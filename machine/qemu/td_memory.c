/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A TD's second stage of translation. Private addresses go through the secure EPT, which is the
 * model's. Shared ones go through the host's EPT.
 */
#include "qemu/osdep.h"
#include "cpu.h"
#include "exec/exec-all.h"
#include "tcg/helper-tcg.h"
#include "parts.h"

#define EPT_ADDRESS	0x000ffffffffff000ULL
#define EPT_PRESENT	7u
#define EPT_LARGE	(1u << 7)
#define EPT_NO_VE	(1ULL << 63)

/* Exit qualification: the access, and what kind of address it had. */
#define ACCESS_READ	1u
#define ACCESS_WRITE	2u
#define ACCESS_FETCH	4u
/* Extended exit qualification. */
#define QUALIFIER_ACCEPT	1u
#define QUALIFIER_PENDING	6u

static bool is_shared(const struct sim_guest *guest, uint64_t gpa)
{
	return gpa >> guest->gpa_bits & 1;
}

/* Where an entry of level @level, counted from 1, leads for @gpa. */
static uint64_t target(uint64_t entry, uint32_t level, uint64_t gpa)
{
	uint64_t offset = (1ULL << (3 + 9 * level)) - 1;

	return ((entry & EPT_ADDRESS & ~offset) | (gpa & offset)) & ~(SS_PAGE - 1ULL);
}

/*
 * Walks the host's EPT: five levels where addresses have more than 48 bits. @entry: the last one
 * that was read. Returns false if it is not present.
 */
static bool walk_shared(const struct sim_guest *guest, uint64_t gpa, uint64_t *pa, uint64_t *entry)
{
	uint64_t table = guest->shared_eptp & EPT_ADDRESS, *p;
	uint32_t level;

	for (level = guest->gpa_bits > 47 ? 5 : 4; level; level--) {
		p = seam_map(NULL, table, SS_PAGE);
		*entry = p ? qatomic_read(&p[gpa >> (3 + 9 * level) & 511]) : 0;
		if (!(*entry & EPT_PRESENT))
			return false;
		if (level == 1 || *entry & EPT_LARGE)
			break;
		table = *entry & EPT_ADDRESS;
	}
	*pa = target(*entry, level, gpa);
	return true;
}

/* A TD does not execute shared memory. */
static int shared_prot(uint64_t entry)
{
	return (entry & ACCESS_READ ? PAGE_READ : 0) | (entry & ACCESS_WRITE ? PAGE_WRITE : 0);
}

bool seam_td_translate(CPUX86State *env, uint64_t gpa, int access, hwaddr *pa, int *prot)
{
	const struct sim_guest *guest = &seam_lp(env)->guest;
	uint64_t entry;

	if (!is_shared(guest, gpa)) {
		*prot = PAGE_READ | PAGE_WRITE | PAGE_EXEC;
		return sim_guest_translate(seam_model(), env_cpu(env)->cpu_index, gpa, pa) ==
		       SIM_GUEST_MAPPED && !seam_is_damaged(NULL, *pa);
	}
	if (!guest->shared_eptp || !walk_shared(guest, gpa, pa, &entry))
		return false;
	*prot = shared_prot(entry);
	if (!(*prot & (1 << access)))
		return false;
	seam_guard(env, access == MMU_DATA_STORE, pa, prot);
	return true;
}

/* ---- where it leads nowhere ------------------------------------------------------------------ */

static uint32_t access_of(int error_code)
{
	return error_code & PG_ERROR_W_MASK ? ACCESS_WRITE :
	       error_code & PG_ERROR_I_D_MASK ? ACCESS_FETCH : ACCESS_READ;
}

/* Memory that is not there, and whose EPT entry allows it, is a device to the guest: #VE. */
static bool shared_ve(const struct sim_guest *guest, uint64_t gpa)
{
	uint64_t pa, entry = 0;

	return guest->shared_eptp && !walk_shared(guest, gpa, &pa, &entry) && !(entry & EPT_NO_VE);
}

/* A guest that emulates an access looks where in its own address space the access was. */
static G_NORETURN void memory_ve(CPUX86State *env, uint64_t gla, uint64_t gpa, uint32_t access,
				 uintptr_t ra)
{
	struct seam_ve ve = {
		.reason = SEAM_EXIT_EPT_VIOLATION, .qualification = access, .gla = gla, .gpa = gpa,
	};

	seam_td_ve(env, &ve, ra);
}

static void private_violation(CPUX86State *env, uint64_t gla, uint64_t gpa, uint32_t access,
			      struct ss_regs *r, uintptr_t ra)
{
	uint64_t pa;

	switch (sim_guest_translate(seam_model(), env_cpu(env)->cpu_index, gpa, &pa)) {
	case SIM_GUEST_MAPPED:	/* damaged */
		seam_td_dies(env, SEAM_EXIT_MACHINE_CHECK, ra);
	case SIM_GUEST_PENDING:
		if (seam_lp(env)->guest.pending_ve)
			memory_ve(env, gla, gpa, access, ra);
		r->rdx = QUALIFIER_PENDING;
		break;
	default:
		break;
	}
	/* The host does not learn where in the page a private access was. */
	r->r8 = gpa & ~(SS_PAGE - 1ULL);
}

void seam_td_violation(CPUX86State *env, uint64_t gla, uint64_t gpa, int error_code, uintptr_t ra)
{
	const struct sim_guest *guest = &seam_lp(env)->guest;
	uint32_t access = access_of(error_code);
	struct ss_regs r = { .rax = SEAM_EXIT_EPT_VIOLATION, .rcx = access, .r8 = gpa };

	if (!is_shared(guest, gpa))
		private_violation(env, gla, gpa, access, &r, ra);
	else if (shared_ve(guest, gpa))
		memory_ve(env, gla, gpa, access, ra);
	if (ra)
		cpu_restore_state(env_cpu(env), ra);
	seam_td_exit(env, &r, 0);
}

/* TDG.MEM.PAGE.ACCEPT found no page. The instruction is repeated when the host has given one. */
void seam_td_accept_violation(CPUX86State *env, uint64_t where, uintptr_t ra)
{
	struct ss_regs r = {
		.rax = SEAM_EXIT_EPT_VIOLATION, .rcx = ACCESS_WRITE,
		.rdx = QUALIFIER_ACCEPT | (where & 7) << 32, .r8 = where & ~(SS_PAGE - 1ULL),
	};

	cpu_restore_state(env_cpu(env), ra);
	seam_td_exit(env, &r, 0);
}
