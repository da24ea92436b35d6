// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* What a failed SEAMCALL means for TDs, and what an operator can do: tables. */
#include "explain_internal.h"

/* ---- what a call is for, and what its failure means for TDs ---------------------------------- */

enum purpose {
	UNNAMED, LOADER_READ, LOADER_INSTALL, LOADER_SHUTDOWN, SHUTDOWN, UPDATE, INIT, CONFIG, READ,
	BUILD, RUN, TEARDOWN, MIGRATION, CONNECT, NOTHING, PURPOSES
};

/* Leaves from..to, specification 3.2. */
static const struct {
	uint8_t from, to, purpose;
} purposes[] = {
	{ 0, 0, RUN }, { 1, 2, BUILD }, { 3, 3, RUN }, { 4, 4, BUILD }, { 5, 7, RUN },
	{ 8, 10, BUILD }, { 11, 15, RUN }, { 16, 17, BUILD }, { 18, 20, TEARDOWN },
	{ 21, 22, BUILD }, { 23, 26, RUN }, { 27, 28, TEARDOWN }, { 29, 30, RUN },
	{ 31, 31, CONFIG }, { 32, 32, READ }, { 33, 33, INIT }, { 34, 34, READ }, { 35, 35, INIT },
	{ 36, 36, CONFIG }, { 37, 37, READ }, { 38, 39, RUN }, { 40, 41, TEARDOWN },
	{ 42, 43, RUN }, { 44, 44, NOTHING }, { 45, 45, CONFIG }, { 48, 49, MIGRATION },
	{ 52, 52, SHUTDOWN }, { 53, 53, UPDATE }, { 58, 59, RUN }, { 64, 68, MIGRATION },
	{ 69, 69, NOTHING }, { 70, 97, MIGRATION }, { 128, 166, CONNECT },
};

static const char *const tds_of_failure[PURPOSES] = {
	[UNNAMED] = "not told: it depends on the call, which is not named",
	[LOADER_READ] = "none: the call only reads",
	[LOADER_INSTALL] = "RDX of the call decides: with 0 another SEAMLDR.INSTALL can still save them, "
		"with 1 they are lost; a kernel without recovery loses them either way",
	[LOADER_SHUTDOWN] = "none runs any more: this call ends SEAM until the next boot",
	[SHUTDOWN] = "alive: the module refused to shut down and goes on",
	[UPDATE] = "stopped, but not lost yet: their state is kept until the call succeeds; "
		"a kernel without recovery gives up here and loses them",
	[INIT] = "at boot: none can be started; in an update: stopped, but not lost yet, "
		"and a kernel without recovery gives up here and loses them",
	[CONFIG] = "none exist yet: the kernel sets the module up; none can be started on this host",
	[READ] = "those that run go on; at boot the kernel may give TDX up, and none can be started",
	[BUILD] = "the TD under construction does not start; others are not affected",
	[RUN] = "the TD that the call was for may stop; others are not affected",
	[TEARDOWN] = "the TD was ending; its pages or its key may stay in use until a reboot; "
		"others are not affected",
	[MIGRATION] = "the migration of one TD fails; others are not affected",
	[CONNECT] = "a device of one TD does not work; others are not affected",
	[NOTHING] = "none",
};

static const char *const texts[PURPOSES] = {
	[UNNAMED] = "no SEAMCALL that is known",
	[LOADER_READ] = "a SEAMCALL that reads what the P-SEAMLDR knows",
	[LOADER_INSTALL] = "the SEAMCALL that installs a TDX Module, on every CPU",
	[LOADER_SHUTDOWN] = "the SEAMCALL that ends SEAM until the next boot",
	[SHUTDOWN] = "the SEAMCALL that begins an update: the module writes down its state and stops",
	[UPDATE] = "the SEAMCALL that ends an update: the new module takes the state over",
	[INIT] = "a SEAMCALL of a module's start, at boot and in an update",
	[CONFIG] = "a SEAMCALL that sets the module up at boot",
	[READ] = "a SEAMCALL that reads what the module says of itself",
	[BUILD] = "a SEAMCALL that builds a TD",
	[RUN] = "a SEAMCALL of a TD's life: its vCPUs, its memory",
	[TEARDOWN] = "a SEAMCALL that ends a TD",
	[MIGRATION] = "a SEAMCALL for the migration of TDs, or for service TDs",
	[CONNECT] = "a SEAMCALL for devices of TDs (TDX Connect)",
	[NOTHING] = "a SEAMCALL of a module's end",
};

static enum purpose purpose_of(uint64_t leaf)
{
	size_t i;

	leaf &= ~SS_LEAF_VERSION(0xff);
	if (leaf & SS_LEAF_SEAMLDR)
		return leaf == SS_LEAF_SEAMLDR_INSTALL ? LOADER_INSTALL :
		       leaf == SS_LEAF_SEAMLDR_SHUTDOWN ? LOADER_SHUTDOWN : LOADER_READ;
	for (i = 0; i < SS_ARRAY_SIZE(purposes); i++)
		if (leaf >= purposes[i].from && leaf <= purposes[i].to)
			return purposes[i].purpose;
	return UNNAMED;
}

/* ---- what it means for TDs, and what to do: by the status ------------------------------------ */

#define ANY_LEAF	UINT64_MAX
#define SPECIFICALLY(leaf, status) SS_LEAF_##leaf, SS_##status
#define ALWAYS(status) ANY_LEAF, SS_##status

#define BIOS		"update the BIOS; if it is the newest, undo its settings that the meaning names"
#define MICROCODE	"update the microcode, or the BIOS with it"
#define OTHER_IMAGE	"install an image that 'seamstep list' calls ok; 'seamstep update' looks for " \
			"this before it touches anything"
#define ADDRESS		"report the line to the maintainers of the kernel or hypervisor: it passed a " \
			"page that the module does not take there"
#define INTACT		"stopped, but not lost yet: the old module is intact, and another SEAMLDR.INSTALL can " \
			"still save them; a kernel without recovery loses them"
#define LOOK_AND_BOOT	"ask 'seamstep status' whether a module runs; if none does after an update, " \
			"reboot"

/* @tds: NULL: by the purpose of the call. */
static const struct advice {
	uint64_t leaf, status;
	const char *tds, *action;
} advices[] = {
	/* What people met, and what helped. */
	{ SPECIFICALLY(TDH_SYS_RD, TDX_SYS_NOT_READY), NULL,
	  "get a newer module from a newer BIOS: modules of the 1.0 line answer kernels for 1.5 so, as "
	  "they cannot read this field before they are ready" },
	{ SPECIFICALLY(TDH_SYS_RD, TDX_METADATA_FIELD_ID_INCORRECT), NULL,
	  "run a newer module, from the BIOS or by an update at run time, or a kernel that does not ask "
	  "for this field" },
	{ SPECIFICALLY(TDH_MNG_INIT, TDX_OPERAND_INVALID), NULL,
	  "correct the TD's definition in the hypervisor: the operand says which part of it this module "
	  "does not take" },
	{ SPECIFICALLY(TDH_PHYMEM_PAGE_RECLAIM, TDX_PAGE_METADATA_INCORRECT), NULL,
	  "report the line to the kernel's maintainers: kernel and module disagree about the page, which "
	  "stays out of use until a reboot" },
	{ SPECIFICALLY(TDH_SYS_SHUTDOWN, TDX_OPERAND_INVALID), NULL,
	  "choose an image whose handoff versions the running module knows; 'seamstep list' names the "
	  "reason" },
	{ SPECIFICALLY(TDH_SYS_SHUTDOWN, TDX_SYS_BUSY), NULL,
	  "try the update again: a CPU was inside the module or a TD" },
	{ SPECIFICALLY(TDH_SYS_SHUTDOWN, TDX_SYS_SHUTDOWN),
	  "stopped since an update before: they are lost on a kernel without recovery", LOOK_AND_BOOT },
	/* The platform. */
	{ ALWAYS(TDX_INCORRECT_CPUID_VALUE), NULL, BIOS },
	{ ALWAYS(TDX_INCONSISTENT_CPUID_FIELD), NULL, BIOS },
	{ ALWAYS(TDX_CPUID_LEAF_NOT_SUPPORTED), NULL, BIOS },
	{ ALWAYS(TDX_LIMIT_CPUID_MAXVAL_SET), NULL,
	  "switch the BIOS's limit of the CPUID maximum off" },
	{ ALWAYS(TDX_ENABLE_MONITOR_FSM_NOT_SET), NULL, "switch MONITOR/MWAIT on in the BIOS" },
	{ ALWAYS(TDX_INCORRECT_MSR_VALUE), NULL,
	  "set the MSR as the module needs it: in the BIOS, or by the kernel's command line where the "
	  "kernel writes this MSR" },
	{ ALWAYS(TDX_INCONSISTENT_MSR), NULL,
	  "give the MSR one value on all CPUs: update the BIOS, and look for tools that write it" },
	{ ALWAYS(TDX_SMRR_NOT_LOCKED), NULL, BIOS },
	{ ALWAYS(TDX_INVALID_SMRR_CONFIGURATION), NULL, BIOS },
	{ ALWAYS(TDX_SMRR_OVERLAPS_CMR), NULL, BIOS },
	{ ALWAYS(TDX_CMR_LIST_INVALID), NULL, BIOS },
	{ ALWAYS(TDX_NUM_ACTIVATED_HKIDS_NOT_SUPPORTED), NULL,
	  "lower the number of TDX key IDs in the BIOS" },
	{ ALWAYS(TDX_INCOMPATIBLE_SEAM_CAPABILITIES), NULL, MICROCODE },
	{ ALWAYS(TDX_SEAMREPORT_NOT_AVAILABLE), NULL, MICROCODE },
	{ ALWAYS(TDX_SEAMDB_GETREF_NOT_AVAILABLE), NULL, MICROCODE },
	{ ALWAYS(TDX_SEAMDB_REPORT_NOT_AVAILABLE), NULL, MICROCODE },
	{ ALWAYS(TDX_SEAMVERIFYREPORT_NOT_AVAILABLE), NULL, MICROCODE },
	/* The module as a whole. */
	{ ALWAYS(TDX_SYS_SHUTDOWN),
	  "none runs until another module takes over; after a failed update they are lost on a kernel "
	  "without recovery",
	  LOOK_AND_BOOT },
	{ ALWAYS(TDX_SYS_NOT_READY), NULL, LOOK_AND_BOOT },
	{ ALWAYS(TDX_SYS_INVALID_HANDOFF), NULL, OTHER_IMAGE },
	{ ALWAYS(TDX_SYS_INCOMPATIBLE_SIGSTRUCT), NULL, OTHER_IMAGE },
	{ ALWAYS(TDX_CRYPTO_SELF_TEST_FAILED), NULL, OTHER_IMAGE },
	{ ALWAYS(TDX_UPDATE_COMPATIBILITY_SENSITIVE), "alive: nothing was touched",
	  "let TDs under construction start and migrations end, start no others, and try the update again" },
	/* One TD. */
	{ ALWAYS(TDX_INCOMPATIBLE_MRTD_CONTEXT),
	  "the TD under construction cannot be completed; others are not affected",
	  "start that TD again; next time start none during an update" },
	{ ALWAYS(TDX_INCOMPATIBLE_MBMD_MAC_CONTEXT),
	  "that migration cannot be completed; others are not affected",
	  "start the migration again; next time start none during an update" },
	{ ALWAYS(TDX_NON_RECOVERABLE_VCPU), "this TD is lost, as one of its vCPUs cannot go on; others live",
	  NULL },
	{ ALWAYS(TDX_HKID_NOT_FREE), NULL,
	  "end TDs, or give TDX more key IDs in the BIOS; keys that leaked come back at a reboot" },
	{ ALWAYS(TDX_OPERAND_INVALID), NULL,
	  "report the line to the maintainers of the kernel or hypervisor; operand RAX means that the "
	  "module does not know the call, which a newer module may" },
	{ ALWAYS(TDX_OPERAND_ADDR_RANGE_ERROR), NULL, ADDRESS },
	{ ALWAYS(TDX_PAGE_METADATA_INCORRECT), NULL, ADDRESS },
	/* The P-SEAMLDR. */
	{ ALWAYS(PSEAMLDR_EBADPARAM), NULL,
	  "if no module runs any more, reboot; else check the image with 'seamstep verify'" },
	{ ALWAYS(PSEAMLDR_EBADCALL), INTACT,
	  "ask 'seamstep status' for the updates left and for CPUs that are offline; a reboot refills "
	  "the updates" },
	{ ALWAYS(PSEAMLDR_EBADHANDOFF), INTACT, OTHER_IMAGE },
	{ ALWAYS(PSEAMLDR_ENOMEM), NULL, OTHER_IMAGE },
	{ ALWAYS(PSEAMLDR_EUNSUPCPU), INTACT, OTHER_IMAGE },
	{ ALWAYS(PSEAMLDR_EBADSIG), INTACT,
	  "check the image with 'seamstep verify' and its SVN with 'seamstep list': an older SVN is "
	  "refused like a bad signature" },
	{ ALWAYS(PSEAMLDR_EBADHASH), "lost: the old module was erased before the hash was looked at",
	  "reboot; get the image from its publisher anew and check it with 'seamstep verify'" },
	/* Nobody home. */
	{ ALWAYS(TDX_SEAMCALL_VMFAILINVALID),
	  "none runs while no module answers; after a failed update they are lost",
	  LOOK_AND_BOOT "; if none ever ran, enable TDX in the BIOS or update the BIOS" },
	{ ALWAYS(TDX_SEAMCALL_UD), "none can be started or entered on this CPU",
	  "enable virtualisation in the BIOS, and load kvm_intel with tdx=1" },
	{ ALWAYS(TDX_SEAMCALL_GP), "none can be started on this host", "enable TDX in the BIOS" },
};

static const char *const action_of_class[SS_CLASS_NR] = {
	[SS_CLASS_OK] = "nothing",
	[SS_CLASS_NOW] = "nothing, if it is rare: kernels repeat such calls; if it comes often, report "
		"the lines around it",
	[SS_CLASS_LATER] = "change what the meaning names, then try again",
	[SS_CLASS_CALLER] = "report the line to the maintainers of the kernel or hypervisor that made "
		"the call",
	[SS_CLASS_DEAD] = "end that TD and start it again; keep the lines around it for a report",
	[SS_CLASS_SOFTWARE] = LOOK_AND_BOOT,
};

static const struct advice *find(const struct seamstep_explain_answer *a)
{
	uint64_t leaf = a->leaf & ~SS_LEAF_VERSION(0xff);
	size_t i;

	for (i = 0; i < SS_ARRAY_SIZE(advices); i++)
		if ((advices[i].leaf == ANY_LEAF || (a->has_leaf && advices[i].leaf == leaf)) &&
		    ss_status_eq(a->value, advices[i].status))
			return &advices[i];
	return NULL;
}

const char *explain_purpose(uint64_t leaf)
{
	return texts[purpose_of(leaf)];
}

/* RDX of an INSTALL that failed settles what became of TDs. */
static const char *tds_of_install(const struct seamstep_explain_answer *a)
{
	if (!a->has_leaf || a->leaf != SS_LEAF_SEAMLDR_INSTALL || !(a->has_register & 1u << 2))
		return NULL;
	return a->reg[2] ? "lost: the old module is erased" :
			   "stopped, but not lost yet: another SEAMLDR.INSTALL can still save them";
}

/* Most statuses of the P-SEAMLDR are those of one call. */
static enum purpose purpose_of_answer(const struct seamstep_explain_answer *a)
{
	if (a->has_leaf)
		return purpose_of(a->leaf);
	return explain_speaker(a->value) == SS_LEAF_SEAMLDR_INFO &&
	       a->value != SS_PSEAMLDR_EBADPARAM ? LOADER_INSTALL : UNNAMED;
}

void explain_advise(struct seamstep_explain_answer *a, enum ss_status_class class)
{
	const struct advice *advice = find(a);
	const char *install = tds_of_install(a);

	if (class == SS_CLASS_OK)
		a->tds = "none: no error";
	else if (install)
		a->tds = install;
	else if (advice && advice->tds)
		a->tds = advice->tds;
	else if (class == SS_CLASS_DEAD)
		a->tds = "this TD is lost; others live";
	else
		a->tds = tds_of_failure[purpose_of_answer(a)];
	a->action = advice && advice->action ? advice->action : action_of_class[class];
}
