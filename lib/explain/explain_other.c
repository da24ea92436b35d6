// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Answers that are no status of a SEAMCALL. */
#include "explain_internal.h"

#include <string.h>

/* ---- SEAMCALLs, operands, MSRs, fields ------------------------------------------------------- */

void explain_leaf(struct seamstep_explain_answer *a)
{
	uint64_t version = a->value >> 16 & 0xff;

	a->kind = SEAMSTEP_EXPLAIN_LEAF;
	a->known = explain_leaf_is_known(a->value);
	a->name = a->known ? ss_leaf_name(a->value) : NULL;
	if (version)
		explain_add(a, "version of the call", version, NULL);
	a->whose = explain_owner(a->value);
	a->meaning = explain_purpose(a->value);
}

void explain_operand(struct seamstep_explain_answer *a)
{
	a->kind = SEAMSTEP_EXPLAIN_OPERAND;
	a->name = explain_operand_name(a->value);
	a->known = a->name != NULL;
	a->whose = SEAMSTEP_EXPLAIN_BY_MODULE;
	a->meaning = "the operand that a TDX Module's status names in its low half";
}

void explain_msr(struct seamstep_explain_answer *a)
{
	a->kind = SEAMSTEP_EXPLAIN_MSR;
	a->name = explain_msr_name(a->value);
	a->known = a->name != NULL;
	a->whose = SEAMSTEP_EXPLAIN_BY_CPU;
	a->meaning = "an MSR, as TDX_INCORRECT_MSR_VALUE and TDX_INCONSISTENT_MSR name it in their low half";
}

/* Specification 7. */
void explain_field(struct seamstep_explain_answer *a)
{
	static const char *const contexts[] = { "the system", "a TD", "a vCPU" };
	uint64_t context = a->value >> 52 & 7;
	uint32_t element = 0;

	a->kind = SEAMSTEP_EXPLAIN_FIELD;
	a->name = explain_field_name(a->value, &element);
	a->known = a->name != NULL;
	a->whose = SEAMSTEP_EXPLAIN_BY_MODULE;
	a->meaning = "a metadata field, which TDH.SYS.RD, TDH.MNG.RD or TDH.VP.RD reads";
	explain_add(a, "context", context, context < SS_ARRAY_SIZE(contexts) ? contexts[context] : NULL);
	explain_add(a, "class", a->value >> 56 & 0x3f, NULL);
	explain_add(a, "code", a->value & 0xffffff, NULL);
	explain_add(a, "bytes", 1u << (a->value >> 32 & 3), NULL);
	if (element)
		explain_add(a, "element of the field", element, NULL);
}

/* ---- virtual machines and seamstep ----------------------------------------------------------- */

void explain_exit_reason(struct seamstep_explain_answer *a)
{
	a->kind = SEAMSTEP_EXPLAIN_EXIT_REASON;
	a->known = true;
	a->name = "VM exit reason";
	a->whose = SEAMSTEP_EXPLAIN_BY_HYPERVISOR;
	explain_add(a, "basic exit reason", a->value & 0xffff, NULL);
	a->meaning = "not the status of a SEAMCALL, which has 64 bits: the reason for which a virtual "
		     "machine left guest mode, and which this hypervisor does not know";
	a->tds = "this virtual machine stops; others are not affected";
	a->action = "look in the kernel's log of the same time for a line with SEAMCALL; else report the "
		    "line to the maintainers of the hypervisor";
}

void explain_exit_status(struct seamstep_explain_answer *a)
{
	a->kind = SEAMSTEP_EXPLAIN_EXIT_STATUS;
	a->whose = SEAMSTEP_EXPLAIN_BY_SEAMSTEP;
	a->meaning = "an exit status of seamstep; 'man seamstep' has the table";
}

/* ---- firmware uploads ------------------------------------------------------------------------ */

#define MAINLINE "Linux 7.2 and later say this for every failure, from a bad header to the loss of " \
		 "all TDs; "

/* The names are those of the kernel's firmware upload interface; the rows, of seamstep.ko. */
static const struct {
	const char *phase, *error, *meaning, *tds, *action;
} uploads[] = {
	{ "preparing", "firmware-invalid", "the image is bad, or does not fit this host",
	  "alive: nothing was touched", "check the image: 'seamstep verify' and 'seamstep list'" },
	{ "preparing", "device-busy", "a CPU is offline, another update runs, or a TD may be under "
	  "construction", "alive: nothing was touched", "bring all CPUs online, then try again" },
	{ "preparing", "flash-wearout", "no updates are left", "alive: nothing was touched",
	  "reboot: that refills the updates" },
	{ "preparing", "hw-error", "the firmware gives no valid answer, or an earlier update lost the "
	  "module", "not told: read 'seamstep status'", "ask 'seamstep status'; reboot if no module runs" },
	{ "transferring", "firmware-invalid", "the update failed",
	  MAINLINE "with seamstep.ko a fallback runs and all are alive",
	  "read 'seamstep status': a version that cannot be read means that no module runs; then reboot; "
	  "a SEAMCALL line of the kernel's log names the cause" },
	{ "transferring", "device-busy", "the module is busy, or a TD is under construction",
	  "alive: the old module runs", "try again later" },
	{ "transferring", "user-abort", "cancelled while it waited", "alive: the old module runs",
	  "try again" },
	{ "transferring", "timeout", "a CPU did not arrive in time", "alive: the old module runs",
	  "find what kept the CPU, which the kernel's log names, then try again" },
	{ "transferring", "read-write-error", "a failure that left the old module running",
	  "alive: the old module runs", "read the kernel's log for the cause" },
	{ "transferring", "hw-error", "the module is lost", "lost: none runs any more", "reboot" },
	{ NULL, "hw-error", "the firmware failed", NULL, NULL },
	{ NULL, "timeout", "the driver took too long", NULL, NULL },
	{ NULL, "user-abort", "the upload was cancelled", NULL, NULL },
	{ NULL, "device-busy", "the driver cannot take an image now", NULL, NULL },
	{ NULL, "invalid-file-size", "the driver does not take a file of this size", NULL, NULL },
	{ NULL, "read-write-error", "reading or writing failed in the driver", NULL, NULL },
	{ NULL, "flash-wearout", "the device takes no more updates", NULL, NULL },
	{ NULL, "firmware-invalid", "the driver did not take the image", NULL, NULL },
};

static bool is_phase(const char *text, size_t n)
{
	static const char *const phases[] = {
		"idle", "receiving", "preparing", "transferring", "programming"
	};
	size_t i;

	for (i = 0; i < SS_ARRAY_SIZE(phases); i++)
		if (strlen(phases[i]) == n && !memcmp(phases[i], text, n))
			return true;
	return false;
}

bool explain_upload(struct seamstep_explain_answer *a, const char *error)
{
	const char *colon = strchr(error, ':');
	const char *word = colon ? colon + 1 : error;
	size_t i, phase = colon ? (size_t)(colon - error) : 0;

	if (colon && !is_phase(error, phase))
		return false;
	for (i = 0; i < SS_ARRAY_SIZE(uploads); i++) {
		if (strcmp(uploads[i].error, word) ||
		    (uploads[i].phase && (!colon || strlen(uploads[i].phase) != phase ||
					  memcmp(uploads[i].phase, error, phase))))
			continue;
		a->kind = SEAMSTEP_EXPLAIN_UPLOAD;
		a->known = true;
		a->whose = SEAMSTEP_EXPLAIN_BY_KERNEL;
		a->name = uploads[i].error;
		a->meaning = uploads[i].meaning;
		a->tds = uploads[i].tds ? uploads[i].tds :
			 "not told: 'seamstep status' says whether a module runs";
		a->action = uploads[i].action ? uploads[i].action :
			    "read the kernel's log of that time, and 'seamstep status'";
		return true;
	}
	return false;
}

/* ---- what a TD reports ----------------------------------------------------------------------- */

static uint32_t byte_at(const char *digits, uint32_t i)
{
	return (uint32_t)explain_read_hex(digits + 2 * i, 2);
}

void explain_tcb_svn(struct seamstep_explain_answer *a, const char *digits)
{
	a->kind = SEAMSTEP_EXPLAIN_TCB_SVN;
	a->known = true;
	a->name = "TEE_TCB_SVN";
	a->whose = SEAMSTEP_EXPLAIN_BY_REPORT;
	a->has_value = true;
	a->value = byte_at(digits, 1) << 8 | byte_at(digits, 0);
	explain_add(a, "major SVN of the TDX Module", byte_at(digits, 1),
		    byte_at(digits, 1) == 1 ? "TDX_01, the 1.5 line" :
		    byte_at(digits, 1) == 3 ? "TDX_03, the 2.0 line" : NULL);
	explain_add(a, "minor SVN of the TDX Module", byte_at(digits, 0), NULL);
	explain_add(a, "component of the platform", byte_at(digits, 2), NULL);
	a->meaning = "the security version numbers of a TD's report";
	a->tds = "whether a verifier takes them: a TCB Info document of Intel says which SVN is UpToDate";
	a->action = "compare with a TCB Info document; an image with a higher minor SVN and the same "
		    "major SVN raises it at run time, for TDs that are started afterwards";
}

bool explain_mrseam(struct seamstep_explain_answer *a, const char *text, size_t n)
{
	size_t head = 0, tail = 0, dots = 0, i;

	while (head < n && explain_is_hex(text[head]))
		head++;
	while (head + dots < n && text[head + dots] == '.')
		dots++;
	while (tail < n - head - dots && explain_is_hex(text[n - 1 - tail]))
		tail++;
	if (head + dots + tail != n || head + tail > SEAMSTEP_EXPLAIN_HASH_DIGITS)
		return false;
	if (dots ? dots < 2 || head < 8 : head != SEAMSTEP_EXPLAIN_HASH_DIGITS)
		return false;
	memset(a->hash, '.', SEAMSTEP_EXPLAIN_HASH_DIGITS);
	for (i = 0; i < head; i++)
		a->hash[i] = (char)(text[i] >= 'A' ? text[i] | 0x20 : text[i]);
	for (i = 0; i < tail; i++)
		a->hash[SEAMSTEP_EXPLAIN_HASH_DIGITS - 1 - i] =
			(char)(text[n - 1 - i] >= 'A' ? text[n - 1 - i] | 0x20 : text[n - 1 - i]);
	a->hash_head = (uint32_t)head;
	a->hash_tail = (uint32_t)tail;
	a->kind = SEAMSTEP_EXPLAIN_MRSEAM;
	a->known = true;
	a->name = "MRSEAM";
	a->whose = SEAMSTEP_EXPLAIN_BY_REPORT;
	a->meaning = "the SHA-384 of a TDX Module, which tells its release";
	a->action = "look for the image with this hash; without one the module came with a BIOS, or was "
		    "never published";
	return true;
}

/* ---- sentences of kernels -------------------------------------------------------------------- */

#define UPGRADE "run a newer module: from the BIOS, or by an update at run time"

static const struct {
	const char *needs;	/* also in the line; or NULL */
	const char *words;
	enum seamstep_explain_whose whose;
	const char *name, *meaning, *tds, *action;
} messages[] = {
	{ "tdx", "module not loaded", SEAMSTEP_EXPLAIN_BY_CPU, "TDX_SEAMCALL_VMFAILINVALID",
	  "no TDX Module answered (VMfailInvalid)",
	  "none runs while no module answers; after a failed update they are lost",
	  "ask 'seamstep status' whether a module runs; if none does after an update, reboot; if none "
	  "ever ran, enable TDX in the BIOS or update the BIOS" },
	{ "tdx", "module is not loaded", SEAMSTEP_EXPLAIN_BY_CPU, "TDX_SEAMCALL_VMFAILINVALID",
	  "no TDX Module answered (VMfailInvalid)", "none can be started on this host",
	  "enable TDX in the BIOS or update the BIOS" },
	{ "tdx", "not enabled by BIOS", SEAMSTEP_EXPLAIN_BY_CPU, "TDX_SEAMCALL_GP", "SEAM is not enabled",
	  "none can be started on this host", "enable TDX in the BIOS" },
	{ "SEAMCALL", "is not in VMX operation", SEAMSTEP_EXPLAIN_BY_CPU, "TDX_SEAMCALL_UD",
	  "the CPU was not in VMX operation", "none can be started or entered on this CPU",
	  "enable virtualisation in the BIOS, and load kvm_intel with tdx=1" },
	{ NULL, "TDX module is outdated", SEAMSTEP_EXPLAIN_BY_MODULE, "TDX_INCORRECT_CPUID_VALUE",
	  "TDH.SYS.INIT found a CPUID value that this module does not know",
	  "none can be started on this host", "update the BIOS: it brings the first module" },
	{ "tdx", "frame pointer (RBP) clobber bug", SEAMSTEP_EXPLAIN_BY_KERNEL, "NO_RBP_MOD",
	  "the module lacks the feature NO_RBP_MOD (bit 18 of TDX_FEATURES0), which this kernel needs",
	  "none can be started on this host", UPGRADE },
	{ "tdx", "too few private KeyIDs", SEAMSTEP_EXPLAIN_BY_KERNEL, "key IDs",
	  "TDX needs one key ID for itself and one a TD", "none can be started on this host",
	  "give TDX more key IDs in the BIOS" },
	{ "tdx", "Hibernation support is enabled", SEAMSTEP_EXPLAIN_BY_KERNEL, "hibernation",
	  "the kernel does not use TDX where it may hibernate", "none can be started on this host",
	  "boot with nohibernate" },
	{ "tdx", "TDMRs exhausted", SEAMSTEP_EXPLAIN_BY_KERNEL, "TDMRs",
	  "memory is in more pieces than the module has regions for",
	  "none can be started on this host", "report the line to the kernel's maintainers" },
	{ "HKID", "is leaked", SEAMSTEP_EXPLAIN_BY_KERNEL, "leaked key ID",
	  "a call that ends a TD failed; the line before names it", "the TD was ending; others are not "
	  "affected, but one key ID less is there for new ones", "a reboot gives the key ID back" },
	{ NULL, "TDX private memory error", SEAMSTEP_EXPLAIN_BY_CPU, "machine check",
	  "something but the TD wrote to a TD's memory, which spoilt it",
	  "the TD that owns the memory may be lost; others are not affected",
	  "report the lines around it to the kernel's maintainers" },
};

bool explain_message(struct seamstep_explain_answer *a, const char *line)
{
	size_t i;

	for (i = 0; i < SS_ARRAY_SIZE(messages); i++) {
		if (!strstr(line, messages[i].words) ||
		    (messages[i].needs && !strcasestr(line, messages[i].needs)))
			continue;
		a->kind = SEAMSTEP_EXPLAIN_MESSAGE;
		a->known = true;
		a->whose = messages[i].whose;
		a->name = messages[i].name;
		a->meaning = messages[i].meaning;
		a->tds = messages[i].tds;
		a->action = messages[i].action;
		return true;
	}
	return false;
}
