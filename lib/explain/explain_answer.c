// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Parts of an answer that several kinds of answers share. */
#include "explain_internal.h"

#include <string.h>

#define MUST_BE_ZERO	0x0fff000000000000ULL	/* bits 59:48 of a status */
#define PSEAMLDR	0x80000000u		/* the upper half of the P-SEAMLDR's statuses */

bool explain_is_status(uint64_t value)
{
	uint64_t top = value >> 60;

	if (value <= UINT32_MAX || value & MUST_BE_ZERO)
		return false;
	return !top || top == 4 || top == 6 || (top >= 8 && top != 0xa && top != 0xb);
}

uint64_t explain_speaker(uint64_t status)
{
	/* Any leaf of the firmware will do for the tables. */
	return status >> 32 == PSEAMLDR ? SS_LEAF_SEAMLDR_INFO : SS_LEAF_TDH_SYS_RD;
}

enum seamstep_explain_whose explain_owner(uint64_t leaf)
{
	return leaf & SS_LEAF_SEAMLDR ? SEAMSTEP_EXPLAIN_BY_PSEAMLDR : SEAMSTEP_EXPLAIN_BY_MODULE;
}

void explain_add(struct seamstep_explain_answer *a, const char *what, uint64_t value,
		 const char *name)
{
	if (a->nr_details < SEAMSTEP_EXPLAIN_DETAILS_MAX)
		a->detail[a->nr_details++] = (struct seamstep_explain_detail){ what, value, name };
}

/* Escapes whole bytes only: the end of a long line never cuts a \xNN. */
void explain_show(struct seamstep_explain_answer *a, const char *line, size_t n)
{
	static const char hex[] = "0123456789abcdef";
	char *p = a->shown, *end = a->shown + sizeof(a->shown) - 4;
	size_t i;

	for (i = 0; i < n && p < end - 4; i++) {
		unsigned char c = (unsigned char)line[i];

		if (c >= 0x20 && c < 0x7f && c != '\\') {
			*p++ = (char)c;
		} else if (c == '\t') {
			*p++ = ' ';
		} else {
			*p++ = '\\';
			*p++ = 'x';
			*p++ = hex[c >> 4];
			*p++ = hex[c & 15];
		}
	}
	if (i < n) {
		memcpy(p, "...", 3);
		p += 3;
	}
	*p = '\0';
}

const char *seamstep_explain_kind_name(enum seamstep_explain_kind kind)
{
	static const char *const names[] = {
		[SEAMSTEP_EXPLAIN_STATUS] = "status",
		[SEAMSTEP_EXPLAIN_LEAF] = "leaf",
		[SEAMSTEP_EXPLAIN_FIELD] = "field",
		[SEAMSTEP_EXPLAIN_OPERAND] = "operand",
		[SEAMSTEP_EXPLAIN_MSR] = "msr",
		[SEAMSTEP_EXPLAIN_MRSEAM] = "mrseam",
		[SEAMSTEP_EXPLAIN_TCB_SVN] = "tee-tcb-svn",
		[SEAMSTEP_EXPLAIN_UPLOAD] = "upload-error",
		[SEAMSTEP_EXPLAIN_EXIT_STATUS] = "exit-status",
		[SEAMSTEP_EXPLAIN_EXIT_REASON] = "exit-reason",
		[SEAMSTEP_EXPLAIN_MESSAGE] = "message",
	};

	return (size_t)kind < SS_ARRAY_SIZE(names) ? names[kind] : "";
}

const char *seamstep_explain_whose_name(enum seamstep_explain_whose whose)
{
	static const char *const names[] = {
		[SEAMSTEP_EXPLAIN_BY_PSEAMLDR] = "P-SEAMLDR",
		[SEAMSTEP_EXPLAIN_BY_MODULE] = "TDX Module",
		[SEAMSTEP_EXPLAIN_BY_CPU] = "CPU",
		[SEAMSTEP_EXPLAIN_BY_KERNEL] = "kernel",
		[SEAMSTEP_EXPLAIN_BY_HYPERVISOR] = "hypervisor",
		[SEAMSTEP_EXPLAIN_BY_REPORT] = "TD report",
		[SEAMSTEP_EXPLAIN_BY_SEAMSTEP] = "seamstep",
	};

	return (size_t)whose < SS_ARRAY_SIZE(names) ? names[whose] : "";
}
