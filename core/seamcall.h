/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* SEAMCALL: leaves, registers and status codes, each as one table. */
#ifndef SS_CORE_SEAMCALL_H
#define SS_CORE_SEAMCALL_H

#include "platform.h"

/*
 * Every GPR that a SEAMCALL may read or write. RAX is the leaf on the way in, the status on
 * the way out.
 */
struct ss_regs {
	uint64_t rax, rcx, rdx, rbx, rsi, rdi;
	uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
};

#define SS_LEAF_SEAMLDR	(1ULL << 63)	/* the call goes to the P-SEAMLDR */
#define SS_LEAF_VERSION(v)	((uint64_t)(v) << 16)

/* X(name, value, text); all of specification 3. */
#define SS_LEAVES(X) \
	X(SEAMLDR_INFO, SS_LEAF_SEAMLDR | 0, "SEAMLDR.INFO") \
	X(SEAMLDR_INSTALL, SS_LEAF_SEAMLDR | 1, "SEAMLDR.INSTALL") \
	X(SEAMLDR_SHUTDOWN, SS_LEAF_SEAMLDR | 2, "SEAMLDR.SHUTDOWN") \
	X(SEAMLDR_SEAMINFO, SS_LEAF_SEAMLDR | 3, "SEAMLDR.SEAMINFO") \
	X(TDH_VP_ENTER, 0ULL, "TDH.VP.ENTER") \
	X(TDH_MNG_ADDCX, 1ULL, "TDH.MNG.ADDCX") \
	X(TDH_MEM_PAGE_ADD, 2ULL, "TDH.MEM.PAGE.ADD") \
	X(TDH_MEM_SEPT_ADD, 3ULL, "TDH.MEM.SEPT.ADD") \
	X(TDH_VP_ADDCX, 4ULL, "TDH.VP.ADDCX") \
	X(TDH_MEM_PAGE_RELOCATE, 5ULL, "TDH.MEM.PAGE.RELOCATE") \
	X(TDH_MEM_PAGE_AUG, 6ULL, "TDH.MEM.PAGE.AUG") \
	X(TDH_MEM_RANGE_BLOCK, 7ULL, "TDH.MEM.RANGE.BLOCK") \
	X(TDH_MNG_KEY_CONFIG, 8ULL, "TDH.MNG.KEY.CONFIG") \
	X(TDH_MNG_CREATE, 9ULL, "TDH.MNG.CREATE") \
	X(TDH_VP_CREATE, 10ULL, "TDH.VP.CREATE") \
	X(TDH_MNG_RD, 11ULL, "TDH.MNG.RD") \
	X(TDH_MEM_RD, 12ULL, "TDH.MEM.RD") \
	X(TDH_MNG_WR, 13ULL, "TDH.MNG.WR") \
	X(TDH_MEM_WR, 14ULL, "TDH.MEM.WR") \
	X(TDH_MEM_PAGE_DEMOTE, 15ULL, "TDH.MEM.PAGE.DEMOTE") \
	X(TDH_MR_EXTEND, 16ULL, "TDH.MR.EXTEND") \
	X(TDH_MR_FINALIZE, 17ULL, "TDH.MR.FINALIZE") \
	X(TDH_VP_FLUSH, 18ULL, "TDH.VP.FLUSH") \
	X(TDH_MNG_VPFLUSHDONE, 19ULL, "TDH.MNG.VPFLUSHDONE") \
	X(TDH_MNG_KEY_FREEID, 20ULL, "TDH.MNG.KEY.FREEID") \
	X(TDH_MNG_INIT, 21ULL, "TDH.MNG.INIT") \
	X(TDH_VP_INIT, 22ULL, "TDH.VP.INIT") \
	X(TDH_MEM_PAGE_PROMOTE, 23ULL, "TDH.MEM.PAGE.PROMOTE") \
	X(TDH_PHYMEM_PAGE_RDMD, 24ULL, "TDH.PHYMEM.PAGE.RDMD") \
	X(TDH_MEM_SEPT_RD, 25ULL, "TDH.MEM.SEPT.RD") \
	X(TDH_VP_RD, 26ULL, "TDH.VP.RD") \
	X(TDH_MNG_KEY_RECLAIMID, 27ULL, "TDH.MNG.KEY.RECLAIMID") \
	X(TDH_PHYMEM_PAGE_RECLAIM, 28ULL, "TDH.PHYMEM.PAGE.RECLAIM") \
	X(TDH_MEM_PAGE_REMOVE, 29ULL, "TDH.MEM.PAGE.REMOVE") \
	X(TDH_MEM_SEPT_REMOVE, 30ULL, "TDH.MEM.SEPT.REMOVE") \
	X(TDH_SYS_KEY_CONFIG, 31ULL, "TDH.SYS.KEY.CONFIG") \
	X(TDH_SYS_INFO, 32ULL, "TDH.SYS.INFO") \
	X(TDH_SYS_INIT, 33ULL, "TDH.SYS.INIT") \
	X(TDH_SYS_RD, 34ULL, "TDH.SYS.RD") \
	X(TDH_SYS_LP_INIT, 35ULL, "TDH.SYS.LP.INIT") \
	X(TDH_SYS_TDMR_INIT, 36ULL, "TDH.SYS.TDMR.INIT") \
	X(TDH_SYS_RDALL, 37ULL, "TDH.SYS.RDALL") \
	X(TDH_MEM_TRACK, 38ULL, "TDH.MEM.TRACK") \
	X(TDH_MEM_RANGE_UNBLOCK, 39ULL, "TDH.MEM.RANGE.UNBLOCK") \
	X(TDH_PHYMEM_CACHE_WB, 40ULL, "TDH.PHYMEM.CACHE.WB") \
	X(TDH_PHYMEM_PAGE_WBINVD, 41ULL, "TDH.PHYMEM.PAGE.WBINVD") \
	X(TDH_MEM_SEPT_WR, 42ULL, "TDH.MEM.SEPT.WR") \
	X(TDH_VP_WR, 43ULL, "TDH.VP.WR") \
	X(TDH_SYS_LP_SHUTDOWN, 44ULL, "TDH.SYS.LP.SHUTDOWN") \
	X(TDH_SYS_CONFIG, 45ULL, "TDH.SYS.CONFIG") \
	X(TDH_SERVTD_BIND, 48ULL, "TDH.SERVTD.BIND") \
	X(TDH_SERVTD_PREBIND, 49ULL, "TDH.SERVTD.PREBIND") \
	X(TDH_SYS_SHUTDOWN, 52ULL, "TDH.SYS.SHUTDOWN") \
	X(TDH_SYS_UPDATE, 53ULL, "TDH.SYS.UPDATE") \
	X(TDH_PHYMEM_PAMT_ADD, 58ULL, "TDH.PHYMEM.PAMT.ADD") \
	X(TDH_PHYMEM_PAMT_REMOVE, 59ULL, "TDH.PHYMEM.PAMT.REMOVE") \
	X(TDH_EXPORT_ABORT, 64ULL, "TDH.EXPORT.ABORT") \
	X(TDH_EXPORT_BLOCKW, 65ULL, "TDH.EXPORT.BLOCKW") \
	X(TDH_EXPORT_RESTORE, 66ULL, "TDH.EXPORT.RESTORE") \
	X(TDH_EXPORT_MEM, 68ULL, "TDH.EXPORT.MEM") \
	X(TDH_SYS_DISABLE, 69ULL, "TDH.SYS.DISABLE") \
	X(TDH_EXPORT_PAUSE, 70ULL, "TDH.EXPORT.PAUSE") \
	X(TDH_EXPORT_TRACK, 71ULL, "TDH.EXPORT.TRACK") \
	X(TDH_EXPORT_STATE_IMMUTABLE, 72ULL, "TDH.EXPORT.STATE.IMMUTABLE") \
	X(TDH_EXPORT_STATE_TD, 73ULL, "TDH.EXPORT.STATE.TD") \
	X(TDH_EXPORT_STATE_VP, 74ULL, "TDH.EXPORT.STATE.VP") \
	X(TDH_EXPORT_UNBLOCKW, 75ULL, "TDH.EXPORT.UNBLOCKW") \
	X(TDH_IMPORT_ABORT, 80ULL, "TDH.IMPORT.ABORT") \
	X(TDH_IMPORT_END, 81ULL, "TDH.IMPORT.END") \
	X(TDH_IMPORT_COMMIT, 82ULL, "TDH.IMPORT.COMMIT") \
	X(TDH_IMPORT_MEM, 83ULL, "TDH.IMPORT.MEM") \
	X(TDH_IMPORT_TRACK, 84ULL, "TDH.IMPORT.TRACK") \
	X(TDH_IMPORT_STATE_IMMUTABLE, 85ULL, "TDH.IMPORT.STATE.IMMUTABLE") \
	X(TDH_IMPORT_STATE_TD, 86ULL, "TDH.IMPORT.STATE.TD") \
	X(TDH_IMPORT_STATE_VP, 87ULL, "TDH.IMPORT.STATE.VP") \
	X(TDH_MEM_SCAN_RANGE, 92ULL, "TDH.MEM.SCAN.RANGE") \
	X(TDH_MEM_SCAN_COMP, 93ULL, "TDH.MEM.SCAN.COMP") \
	X(TDH_MEM_SCAN_CONFIG, 94ULL, "TDH.MEM.SCAN.CONFIG") \
	X(TDH_MEM_SCAN_RESET, 95ULL, "TDH.MEM.SCAN.RESET") \
	X(TDH_MIG_STREAM_CREATE, 96ULL, "TDH.MIG.STREAM.CREATE") \
	X(TDH_SERVTD_REBIND, 97ULL, "TDH.SERVTD.REBIND") \
	X(TDH_IOMMU_SETREG, 128ULL, "TDH.IOMMU.SETREG") \
	X(TDH_IOMMU_GETREG, 129ULL, "TDH.IOMMU.GETREG") \
	X(TDH_SPDM_CREATE, 130ULL, "TDH.SPDM.CREATE") \
	X(TDH_SPDM_DELETE, 131ULL, "TDH.SPDM.DELETE") \
	X(TDH_IDE_STREAM_CREATE, 132ULL, "TDH.IDE.STREAM.CREATE") \
	X(TDH_IDE_STREAM_BLOCK, 133ULL, "TDH.IDE.STREAM.BLOCK") \
	X(TDH_IDE_STREAM_DELETE, 134ULL, "TDH.IDE.STREAM.DELETE") \
	X(TDH_IDE_STREAM_IDEKMREQ, 135ULL, "TDH.IDE.STREAM.IDEKMREQ") \
	X(TDH_IDE_STREAM_IDEKMRSP, 136ULL, "TDH.IDE.STREAM.IDEKMRSP") \
	X(TDH_DEVIF_CREATE, 137ULL, "TDH.DEVIF.CREATE") \
	X(TDH_DEVIF_REMOVE, 138ULL, "TDH.DEVIF.REMOVE") \
	X(TDH_DEVIF_REQUEST, 139ULL, "TDH.DEVIF.REQUEST") \
	X(TDH_DEVIF_RESPONSE, 140ULL, "TDH.DEVIF.RESPONSE") \
	X(TDH_DMAR_ADD, 150ULL, "TDH.DMAR.ADD") \
	X(TDH_DMAR_BLOCK, 151ULL, "TDH.DMAR.BLOCK") \
	X(TDH_DMAR_READ, 152ULL, "TDH.DMAR.READ") \
	X(TDH_DMAR_REMOVE, 153ULL, "TDH.DMAR.REMOVE") \
	X(TDH_MMIO_MT_ADD, 154ULL, "TDH.MMIO.MT.ADD") \
	X(TDH_MMIO_MT_SET, 155ULL, "TDH.MMIO.MT.SET") \
	X(TDH_MMIO_MT_RD, 156ULL, "TDH.MMIO.MT.RD") \
	X(TDH_MMIO_MT_REMOVE, 157ULL, "TDH.MMIO.MT.REMOVE") \
	X(TDH_MMIO_MAP, 158ULL, "TDH.MMIO.MAP") \
	X(TDH_MMIO_BLOCK, 159ULL, "TDH.MMIO.BLOCK") \
	X(TDH_MMIO_UNMAP, 160ULL, "TDH.MMIO.UNMAP") \
	X(TDH_IQ_INV_REQUEST, 161ULL, "TDH.IQ.INV.REQUEST") \
	X(TDH_IQ_INV_PROCESS, 162ULL, "TDH.IQ.INV.PROCESS") \
	X(TDH_MEM_SHARED_SEPT_WR, 163ULL, "TDH.MEM.SHARED.SEPT.WR") \
	X(TDH_DEVIF_MT_ADD, 164ULL, "TDH.DEVIF.MT.ADD") \
	X(TDH_DEVIF_MT_REMOVE, 165ULL, "TDH.DEVIF.MT.REMOVE") \
	X(TDH_DEVIF_MT_RD, 166ULL, "TDH.DEVIF.MT.RD")

/*
 * X(name, value, class, meaning); the low half of a TDX status is detail. The meaning says what
 * happened and, where something can be done about it, what. Specification 2.5.
 */
#define SS_STATUS_TDX(X) \
	X(TDX_SUCCESS, 0x0000000000000000ULL, OK, "done") \
	X(TDX_NON_RECOVERABLE_VCPU, 0x4000000100000000ULL, DEAD, \
	  "the vCPU can't go on; only tearing it down is left") \
	X(TDX_NON_RECOVERABLE_TD, 0x6000000200000000ULL, DEAD, \
	  "the TD can't go on; only tearing it down is left") \
	X(TDX_INTERRUPTED_RESUMABLE, 0x8000000300000000ULL, NOW, \
	  "interrupted with its progress kept; call again in the resume form") \
	X(TDX_INTERRUPTED_RESTARTABLE, 0x8000000400000000ULL, NOW, \
	  "interrupted with nothing done; call again from the start") \
	X(TDX_NON_RECOVERABLE_TD_NON_ACCESSIBLE, 0x6000000500000000ULL, DEAD, \
	  "the TD can't go on and its memory can't be read; tear it down") \
	X(TDX_INVALID_RESUMPTION, 0xc000000600000000ULL, CALLER, \
	  "asked to resume a call that was not interrupted; start it afresh") \
	X(TDX_NON_RECOVERABLE_TD_WRONG_APIC_MODE, 0xe000000700000000ULL, DEAD, \
	  "the TD runs in the wrong APIC mode; tear it down") \
	X(TDX_CROSS_TD_FAULT, 0x8000000800000000ULL, LATER, \
	  "a service TD's access to its client failed; the service TD must look into it") \
	X(TDX_CROSS_TD_TRAP, 0x9000000900000000ULL, LATER, \
	  "a service TD's access to its client was trapped; the service TD must look into it") \
	X(TDX_NON_RECOVERABLE_TD_CORRUPTED_MD, 0x6000000a00000000ULL, DEAD, \
	  "the TD's control structures are corrupt; tear it down") \
	X(TDX_OPERAND_INVALID, 0xc000010000000000ULL, CALLER, \
	  "an operand, or the leaf itself, is not known to this module; correct the call") \
	X(TDX_OPERAND_ADDR_RANGE_ERROR, 0xc000010100000000ULL, CALLER, \
	  "an address is in no memory that the module was given; correct the call") \
	X(TDX_OPERAND_BUSY, 0x8000020000000000ULL, NOW, \
	  "another LP uses the same object; repeat the call") \
	X(TDX_PREVIOUS_TLB_EPOCH_BUSY, 0x8000020100000000ULL, LATER, \
	  "vCPUs of the epoch before still run; kick them out of guest mode first") \
	X(TDX_SYS_BUSY, 0x8000020200000000ULL, NOW, \
	  "another LP holds the module, or is inside it or a guest; let it finish and repeat") \
	X(TDX_RND_NO_ENTROPY, 0x8000020300000000ULL, NOW, \
	  "the CPU had no random number to give; repeat the call") \
	X(TDX_OPERAND_BUSY_HOST_PRIORITY, 0x8000020400000000ULL, NOW, \
	  "the host waits for the same object and goes first; repeat the call") \
	X(TDX_HOST_PRIORITY_BUSY_TIMEOUT, 0x9000020500000000ULL, LATER, \
	  "a guest was held off for too long by the host; let the guest run") \
	X(TDX_INTERRUPTED_BUSY, 0x8000020600000000ULL, NOW, \
	  "interrupted while an object was busy; repeat the call") \
	X(TDX_PAGE_METADATA_INCORRECT, 0xc000030000000000ULL, CALLER, \
	  "a page is of another type or size than the call needs; pass the right page") \
	X(TDX_PAGE_ALREADY_FREE, 0x0000030100000000ULL, OK, "the page was free already") \
	X(TDX_PAGE_NOT_OWNED_BY_TD, 0xc000030200000000ULL, CALLER, \
	  "the page belongs to another TD or to none; pass one of this TD") \
	X(TDX_PAGE_NOT_FREE, 0xc000030300000000ULL, CALLER, \
	  "the page is in use; reclaim it first or pass another") \
	X(TDX_HPA_RANGE_NOT_FREE, 0xc000030400000000ULL, CALLER, \
	  "the range has pages in use; reclaim them first or pass another") \
	X(TDX_NO_PAMT_PAGE_PAIR, 0xc000030500000000ULL, CALLER, \
	  "no pair of metadata pages was added for this range; there is none to remove") \
	X(TDX_PAMT_PAGE_NOT_EMPTY, 0xc000030600000000ULL, CALLER, \
	  "the metadata pages still describe pages in use; reclaim those first") \
	X(TDX_INTERRUPTED_PAMT, 0x8000030700000000ULL, NOW, \
	  "interrupted at the page metadata; repeat the call") \
	X(TDX_MISSING_PAMT_PAGE_PAIR, 0x8000030800000000ULL, LATER, \
	  "the page metadata lacks memory for this range; add a page pair first") \
	X(TDX_TD_ASSOCIATED_PAGES_EXIST, 0xc000040000000000ULL, LATER, \
	  "the TD still owns pages; reclaim all others before its root page") \
	X(TDX_SYS_INIT_NOT_PENDING, 0xc000050000000000ULL, CALLER, \
	  "the module was initialised already") \
	X(TDX_SYS_LP_INIT_NOT_DONE, 0xc000050200000000ULL, LATER, \
	  "this LP has not run TDH.SYS.LP.INIT; run it first") \
	X(TDX_SYS_LP_INIT_DONE, 0xc000050300000000ULL, OK, "this LP was initialised already") \
	X(TDX_SYS_NOT_READY, 0xc000050500000000ULL, LATER, \
	  "the module is not ready yet; finish its initialisation first") \
	X(TDX_SYS_SHUTDOWN, 0xc000050600000000ULL, LATER, \
	  "the module is shut down, or about to be; only SEAMLDR.INSTALL leads on from there") \
	X(TDX_SYS_KEY_CONFIG_NOT_PENDING, 0xc000050700000000ULL, CALLER, \
	  "the module does not wait for its keys; TDH.SYS.CONFIG comes first") \
	X(TDX_SYS_STATE_INCORRECT, 0xc000050800000000ULL, LATER, \
	  "the module is in another state, or LPs are not initialised; finish them first") \
	X(TDX_SYS_INVALID_HANDOFF, 0xc000050900000000ULL, CALLER, \
	  "the module can't read what its predecessor handed over; install another image") \
	X(TDX_SYS_INCOMPATIBLE_SIGSTRUCT, 0xc000050a00000000ULL, CALLER, \
	  "the sigstruct contradicts the module it came with; install another image") \
	X(TDX_SYS_LP_INIT_NOT_PENDING, 0xc000050b00000000ULL, LATER, \
	  "the module does not wait for LPs; TDH.SYS.INIT comes first") \
	X(TDX_SYS_CONFIG_NOT_PENDING, 0xc000050c00000000ULL, LATER, \
	  "the module is in another state, or LPs are not initialised; finish them first") \
	X(TDX_INCOMPATIBLE_SEAM_CAPABILITIES, 0xc000050d00000000ULL, CALLER, \
	  "the CPUs can't preserve TDs, or differ in it; no update is possible") \
	X(TDX_CRYPTO_SELF_TEST_FAILED, 0xc000051100000000ULL, CALLER, \
	  "the module's crypto library failed its self-test; install another image") \
	X(TDX_UPDATE_COMPATIBILITY_SENSITIVE, 0x8000051200000000ULL, LATER, \
	  "TDs are being built or migrated; let them finish, then repeat") \
	X(TDX_TD_FATAL, 0xe000060400000000ULL, DEAD, "the TD has met a fatal error; tear it down") \
	X(TDX_TD_NON_DEBUG, 0xc000060500000000ULL, CALLER, "only debuggable TDs allow this") \
	X(TDX_TDCS_NOT_ALLOCATED, 0xc000060600000000ULL, CALLER, \
	  "the TD lacks control pages; add them with TDH.MNG.ADDCX first") \
	X(TDX_LIFECYCLE_STATE_INCORRECT, 0xc000060700000000ULL, CALLER, \
	  "the TD is at another point of its life; correct the order of calls") \
	X(TDX_OP_STATE_INCORRECT, 0xc000060800000000ULL, CALLER, \
	  "the TD's operation state does not allow this; correct the order of calls") \
	X(TDX_NO_VCPUS, 0xc000060900000000ULL, CALLER, "the TD has no vCPU; create one first") \
	X(TDX_TDCX_NUM_INCORRECT, 0xc000061000000000ULL, CALLER, \
	  "too many or too few control pages; correct their number") \
	X(TDX_X2APIC_ID_NOT_UNIQUE, 0xc000062100000000ULL, CALLER, \
	  "another vCPU of the TD has this x2APIC ID; choose another") \
	X(TDX_INCOMPATIBLE_MRTD_CONTEXT, 0xc000062200000000ULL, CALLER, \
	  "an update came between the steps of the TD's build; build it again") \
	X(TDX_VCPU_STATE_INCORRECT, 0xc000070000000000ULL, CALLER, \
	  "the vCPU's state does not allow this; correct the order of calls") \
	X(TDX_VCPU_ASSOCIATED, 0x8000070100000000ULL, LATER, \
	  "the vCPU belongs to another LP; flush it there with TDH.VP.FLUSH first") \
	X(TDX_VCPU_NOT_ASSOCIATED, 0x8000070200000000ULL, OK, \
	  "the vCPU belongs to no LP, or not to this one; nothing to flush") \
	X(TDX_NO_VALID_VE_INFO, 0xc000070400000000ULL, CALLER, \
	  "the guest asked for a virtualisation exception that it does not have") \
	X(TDX_MAX_VCPUS_EXCEEDED, 0xc000070500000000ULL, CALLER, \
	  "the TD has as many vCPUs as it was configured for") \
	X(TDX_TSC_ROLLBACK, 0xc000070600000000ULL, CALLER, \
	  "the time stamp counter went backwards; restore it on this LP") \
	X(TDX_INTERRUPTIBILITY_BLOCKED, 0xc000070700000000ULL, LATER, \
	  "the vCPU can't take interrupts now; let it run first") \
	X(TDX_TD_VMCS_FIELD_NOT_INITIALIZED, 0xc000073000000000ULL, CALLER, \
	  "a field of the vCPU's state was never set; set it first") \
	X(TDX_KEY_GENERATION_FAILED, 0x8000080000000000ULL, NOW, \
	  "the CPU had no random number for a key; repeat the call") \
	X(TDX_TD_KEYS_NOT_CONFIGURED, 0x8000081000000000ULL, LATER, \
	  "the TD's key is not configured on all packages; configure it first") \
	X(TDX_KEY_STATE_INCORRECT, 0xc000081100000000ULL, CALLER, \
	  "the key ID is in another state; correct the order of calls") \
	X(TDX_KEY_CONFIGURED, 0x0000081500000000ULL, OK, \
	  "this package's key was configured already") \
	X(TDX_WBCACHE_NOT_COMPLETE, 0x8000081700000000ULL, LATER, \
	  "not all packages have written their caches back; do that first") \
	X(TDX_HKID_NOT_FREE, 0xc000082000000000ULL, CALLER, \
	  "the key ID is in use; choose another") \
	X(TDX_NO_HKID_READY_TO_WBCACHE, 0x0000082100000000ULL, OK, \
	  "no key ID waits for a cache write-back") \
	X(TDX_WBCACHE_RESUME_ERROR, 0xc000082300000000ULL, CALLER, \
	  "asked to resume a cache write-back that was not interrupted; start it afresh") \
	X(TDX_FLUSHVP_NOT_DONE, 0x8000082400000000ULL, LATER, \
	  "vCPUs of the TD still belong to LPs; flush them with TDH.VP.FLUSH first") \
	X(TDX_NUM_ACTIVATED_HKIDS_NOT_SUPPORTED, 0xc000082500000000ULL, CALLER, \
	  "the BIOS activated more than 2048 key IDs; lower their number") \
	X(TDX_INCORRECT_CPUID_VALUE, 0xc000090000000000ULL, CALLER, \
	  "a CPUID value is not what the module needs; RCX, RDX and R8 to R10 name it") \
	X(TDX_LIMIT_CPUID_MAXVAL_SET, 0xc000090100000000ULL, LATER, \
	  "IA32_MISC_ENABLE bit 22 is set on this LP; clear it and repeat") \
	X(TDX_INCONSISTENT_CPUID_FIELD, 0xc000090200000000ULL, CALLER, \
	  "a CPUID value differs between LPs; RCX, RDX and R8 name it") \
	X(TDX_CPUID_MAX_SUBLEAVES_UNRECOGNIZED, 0xc000090300000000ULL, CALLER, \
	  "CPUID has more subleaves than the module knows; it does not fit the CPU") \
	X(TDX_CPUID_LEAF_1F_FORMAT_UNRECOGNIZED, 0xc000090400000000ULL, CALLER, \
	  "CPUID leaf 0x1f has levels unknown to the module; it does not fit the CPU") \
	X(TDX_INVALID_WBINVD_SCOPE, 0xc000090500000000ULL, CALLER, \
	  "the scope of a cache write-back is unknown to the module; it does not fit the CPU") \
	X(TDX_INVALID_PKG_ID, 0xc000090600000000ULL, CALLER, \
	  "the LP's package number is above 7, which the module can't handle") \
	X(TDX_ENABLE_MONITOR_FSM_NOT_SET, 0xc000090700000000ULL, LATER, \
	  "MONITOR is disabled on this LP; enable it in IA32_MISC_ENABLE and repeat") \
	X(TDX_CPUID_LEAF_NOT_SUPPORTED, 0xc000090800000000ULL, CALLER, \
	  "the CPU lacks a CPUID leaf that the module needs") \
	X(TDX_SMRR_NOT_LOCKED, 0xc000091000000000ULL, CALLER, \
	  "the BIOS left an SMM range register unlocked; update the BIOS") \
	X(TDX_INVALID_SMRR_CONFIGURATION, 0xc000091100000000ULL, CALLER, \
	  "the BIOS set an SMM range register wrongly; update the BIOS") \
	X(TDX_SMRR_OVERLAPS_CMR, 0xc000091200000000ULL, CALLER, \
	  "the BIOS let the SMM range overlap convertible memory; update the BIOS") \
	X(TDX_SMRR_LOCK_NOT_SUPPORTED, 0xc000091300000000ULL, CALLER, \
	  "the CPU can't lock the SMM range registers") \
	X(TDX_SMRR_NOT_SUPPORTED, 0xc000091400000000ULL, CALLER, \
	  "the CPU has no SMM range registers") \
	X(TDX_INCONSISTENT_MSR, 0xc000092000000000ULL, LATER, \
	  "an MSR differs between LPs, the low half says which; set it right on this LP") \
	X(TDX_INCORRECT_MSR_VALUE, 0xc000092100000000ULL, LATER, \
	  "an MSR is not as the module needs it, the low half says which; set it right") \
	X(TDX_SEAMREPORT_NOT_AVAILABLE, 0xc000093000000000ULL, CALLER, \
	  "the CPU can't make SEAM reports; update its microcode") \
	X(TDX_SEAMDB_GETREF_NOT_AVAILABLE, 0xc000093100000000ULL, CALLER, \
	  "the CPU can't read its module log; update its microcode") \
	X(TDX_SEAMDB_REPORT_NOT_AVAILABLE, 0xc000093200000000ULL, CALLER, \
	  "the CPU can't report from its module log; update its microcode") \
	X(TDX_SEAMVERIFYREPORT_NOT_AVAILABLE, 0xc000093300000000ULL, CALLER, \
	  "the CPU can't verify SEAM reports; update its microcode") \
	X(TDX_INVALID_TDMR, 0xc0000a0000000000ULL, CALLER, \
	  "a memory region is misaligned or too large; correct the list") \
	X(TDX_NON_ORDERED_TDMR, 0xc0000a0100000000ULL, CALLER, \
	  "memory regions overlap or are out of order; correct the list") \
	X(TDX_TDMR_OUTSIDE_CMRS, 0xc0000a0200000000ULL, CALLER, \
	  "a memory region is not all in convertible memory; correct the list") \
	X(TDX_TDMR_ALREADY_INITIALIZED, 0x00000a0300000000ULL, OK, \
	  "the memory region was initialised already") \
	X(TDX_INVALID_PAMT, 0xc0000a1000000000ULL, CALLER, \
	  "an area for page metadata is misaligned or too small; correct the list") \
	X(TDX_PAMT_OUTSIDE_CMRS, 0xc0000a1100000000ULL, CALLER, \
	  "an area for page metadata is not in convertible memory; correct the list") \
	X(TDX_PAMT_OVERLAP, 0xc0000a1200000000ULL, CALLER, \
	  "an area for page metadata overlaps other memory in use; correct the list") \
	X(TDX_INVALID_RESERVED_IN_TDMR, 0xc0000a2000000000ULL, CALLER, \
	  "a reserved area is misaligned or outside its region; correct the list") \
	X(TDX_NON_ORDERED_RESERVED_IN_TDMR, 0xc0000a2100000000ULL, CALLER, \
	  "reserved areas overlap or are out of order; correct the list") \
	X(TDX_CMR_LIST_INVALID, 0xc0000a2200000000ULL, CALLER, \
	  "the BIOS's list of convertible memory is not valid; update the BIOS") \
	X(TDX_EPT_WALK_FAILED, 0xc0000b0000000000ULL, CALLER, \
	  "the guest address has no such page table entry; RCX and RDX say how far it got") \
	X(TDX_EPT_ENTRY_FREE, 0xc0000b0100000000ULL, CALLER, "the guest address is not mapped") \
	X(TDX_EPT_ENTRY_NOT_FREE, 0xc0000b0200000000ULL, CALLER, \
	  "the guest address is mapped already") \
	X(TDX_EPT_ENTRY_NOT_PRESENT, 0xc0000b0300000000ULL, CALLER, \
	  "the guest address is mapped but its entry is not present") \
	X(TDX_EPT_ENTRY_NOT_LEAF, 0xc0000b0400000000ULL, CALLER, \
	  "the entry refers to a page table, not to a page; choose a lower level") \
	X(TDX_EPT_ENTRY_LEAF, 0xc0000b0500000000ULL, CALLER, \
	  "the entry refers to a page, not to a page table; choose a higher level") \
	X(TDX_GPA_RANGE_NOT_BLOCKED, 0xc0000b0600000000ULL, CALLER, \
	  "the guest range is not blocked; call TDH.MEM.RANGE.BLOCK first") \
	X(TDX_GPA_RANGE_ALREADY_BLOCKED, 0x00000b0700000000ULL, OK, \
	  "the guest range was blocked already") \
	X(TDX_TLB_TRACKING_NOT_DONE, 0xc0000b0800000000ULL, LATER, \
	  "old translations may be cached; call TDH.MEM.TRACK and kick the vCPUs first") \
	X(TDX_EPT_INVALID_PROMOTE_CONDITIONS, 0xc0000b0900000000ULL, CALLER, \
	  "the small pages don't make up one large page; correct the call") \
	X(TDX_PAGE_ALREADY_ACCEPTED, 0x00000b0a00000000ULL, OK, \
	  "the guest had accepted the page already") \
	X(TDX_PAGE_SIZE_MISMATCH, 0xc0000b0b00000000ULL, CALLER, \
	  "the page is mapped in another size; use that size") \
	X(TDX_GPA_RANGE_BLOCKED, 0xc0000b0c00000000ULL, CALLER, \
	  "the guest range is blocked; unblock it first") \
	X(TDX_EPT_ENTRY_STATE_INCORRECT, 0xc0000b0d00000000ULL, CALLER, \
	  "the entry's state does not allow this; RCX and RDX say what it is") \
	X(TDX_EPT_PAGE_NOT_FREE, 0xc0000b0e00000000ULL, CALLER, \
	  "the page table still has entries; remove them first") \
	X(TDX_METADATA_FIELD_ID_INCORRECT, 0xc0000c0000000000ULL, CALLER, \
	  "this module does not know the field") \
	X(TDX_METADATA_FIELD_NOT_WRITABLE, 0xc0000c0100000000ULL, CALLER, \
	  "the field can't be written") \
	X(TDX_METADATA_FIELD_NOT_READABLE, 0xc0000c0200000000ULL, CALLER, \
	  "the field can't be read") \
	X(TDX_METADATA_FIELD_VALUE_NOT_VALID, 0xc0000c0300000000ULL, CALLER, \
	  "the field can't take this value; correct it") \
	X(TDX_METADATA_FIRST_FIELD_ID_IN_CONTEXT, 0x00000c0b00000000ULL, OK, \
	  "this is the first field; go on from there") \
	X(TDX_METADATA_FIELD_SKIP, 0x00000c0c00000000ULL, OK, "the field was left out") \
	X(TDX_INCOMPATIBLE_MBMD_MAC_CONTEXT, 0xc0000e2200000000ULL, CALLER, \
	  "an update came in the middle of a migration; start the migration again")

/*
 * Specification 2.6. The same status comes with RDX = 0 and with RDX = 1 (the old module is gone).
 * EUNSPECERR is worth repeating: no entropy for the loader's own stack canary is its likely cause.
 */
#define SS_STATUS_PSEAMLDR(X) \
	X(PSEAMLDR_SUCCESS, 0x0000000000000000ULL, OK, "done") \
	X(PSEAMLDR_EBADPARAM, 0x8000000000000000ULL, CALLER, \
	  "bad parameters, no running module to update, or (RDX=1) a bad ELF image") \
	X(PSEAMLDR_EBADCALL, 0x8000000000000003ULL, CALLER, \
	  "refused: LP already called, other major SVN, no updates left, or SEAM is shut down") \
	X(PSEAMLDR_EBADHANDOFF, 0x8000000000000004ULL, CALLER, \
	  "no handoff data that the new module can read; shut down with a version both know") \
	X(PSEAMLDR_ENOMEM, 0x8000000000010002ULL, CALLER, \
	  "the module does not fit in its memory range; use another image") \
	X(PSEAMLDR_EUNSPECERR, 0x8000000000010003ULL, NOW, \
	  "the LP had no random number to give (repeat), or its x2APIC ID is above 1023") \
	X(PSEAMLDR_EUNSUPCPU, 0x8000000000010004ULL, CALLER, \
	  "the image is not made for a CPU of this host; use another") \
	X(PSEAMLDR_EBADSIG, 0x8000000000020000ULL, CALLER, \
	  "the sigstruct is malformed, not signed by the right key, or its minor SVN is too low") \
	X(PSEAMLDR_EBADHASH, 0x8000000000020001ULL, CALLER, \
	  "the module is not the one that was signed; the old module is gone") \
	X(PSEAMLDR_EINTERRUPT, 0x8000000000030000ULL, NOW, "interrupted; repeat the call") \
	X(PSEAMLDR_ENOENTROPY, 0x8000000000030001ULL, NOW, \
	  "no random number (RDX=0: repeat), or the module log refused the new module (RDX=1)")

/* Made by the caller when the SEAM firmware was not entered (RFLAGS.CF, #UD, #GP). */
#define SS_STATUS_SOFTWARE(X) \
	X(TDX_SEAMCALL_VMFAILINVALID, 0x8000ff00ffff0000ULL, SOFTWARE, \
	  "no SEAM firmware answered: not loaded, blocked by an open INSTALL session, or busy") \
	X(TDX_SEAMCALL_UD, 0x8000ff0000000006ULL, SOFTWARE, \
	  "the LP is not in VMX operation; enable virtualisation on it first") \
	X(TDX_SEAMCALL_GP, 0x8000ff000000000dULL, SOFTWARE, \
	  "SEAM is not enabled; enable TDX in the BIOS")

#define SS_STATUSES(X) SS_STATUS_TDX(X) SS_STATUS_PSEAMLDR(X) SS_STATUS_SOFTWARE(X)

/* gnu11 lets an enum hold 64-bit values; both compilers and the kernel rely on it. */
#define SS_LEAF_ENUM(name, value, text) SS_LEAF_##name = (value),
enum ss_leaf { SS_LEAVES(SS_LEAF_ENUM) };
#undef SS_LEAF_ENUM

#define SS_STATUS_ENUM(name, value, class, text) SS_##name = (value),
enum ss_status { SS_STATUSES(SS_STATUS_ENUM) };
#undef SS_STATUS_ENUM

/* What a caller can do about a status. */
enum ss_status_class {
	SS_CLASS_OK,		/* success or information */
	SS_CLASS_NOW,		/* repeat the same call on the same LP */
	SS_CLASS_LATER,		/* something else must change first */
	SS_CLASS_CALLER,	/* repeating the call is useless */
	SS_CLASS_DEAD,		/* a TD or vCPU is dead */
	SS_CLASS_SOFTWARE,	/* the SEAM firmware was not entered */
	SS_CLASS_NR
};

/**
 * ss_status_eq - is @status the status @want, whatever its detail?
 * @status: RAX as it came back
 * @want:   one of enum ss_status
 *
 * TDX Module statuses carry details in their low half, P-SEAMLDR's and the
 * software-defined ones do not and are compared whole.
 *
 * Context: any. Source: specification 2.4, 2.6.
 */
bool ss_status_eq(uint64_t status, uint64_t want);

/**
 * ss_status_name - the name of a status, "PSEAMLDR_EBADSIG" or "TDX_SYS_BUSY"
 * @leaf:   the leaf that returned it: bit 63 tells the two firmwares apart,
 *          whose status values overlap in form
 * @status: RAX as it came back
 *
 * Context: any. Returns a static string, "unknown status" if not in the table.
 */
const char *ss_status_name(uint64_t leaf, uint64_t status);
/* As above: one clause on what it means, and what a caller can do about it. */
const char *ss_status_text(uint64_t leaf, uint64_t status);
enum ss_status_class ss_status_class(uint64_t leaf, uint64_t status);

/**
 * ss_status_is_done - does @status say that @leaf has done its work?
 * @leaf:   RAX on the way in; its version does not matter
 * @status: RAX as it came back, all 64 bits
 *
 * True for TDX_SUCCESS and PSEAMLDR_SUCCESS, which are 0, and for what else the specification calls
 * good for this very leaf: TDH.SYS.INIT and TDH.SYS.LP.INIT have been done before. Every other
 * value is a failure, also one of a class that is harmless elsewhere, and one without an error bit.
 * Not for TDH.VP.ENTER, which returns an exit reason in the low half.
 *
 * Context: any. Source: specification 2.5, 2.6, 6.2, 6.3, 6.5.
 */
bool ss_status_is_done(uint64_t leaf, uint64_t status);

/*
 * "SEAMLDR.INSTALL", "TDH.SYS.INIT"; a version in bits 23:16 is ignored. "unknown leaf" if
 * not in the table.
 */
const char *ss_leaf_name(uint64_t leaf);

/*
 * ss_status_by_name, ss_leaf_by_name - the way back
 * @name:   the name, without regard to case; a "TDX_" or "PSEAMLDR_" prefix of a
 *          status may be left out ("SYS_BUSY", "EBADSIG", "VMFAILINVALID")
 * @leaf:   decides between the firmwares where only the short name was given
 * @out:    set on success only
 *
 * Context: any. Returns false if there is no such name.
 */
bool ss_status_by_name(uint64_t leaf, const char *name, uint64_t *out);
bool ss_leaf_by_name(const char *name, uint64_t *out);

#endif
