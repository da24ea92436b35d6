# SPDX-License-Identifier: GPL-2.0-only
# What of the processor is played in arch/x86/virt/vmx/tdx/tdx.c: two MSRs, which QEMU answers with 0 and without a
# fault, so that nothing else could answer them. Everything else is answered as the kernel asks for it.

# 64 private key IDs after 63 of MKTME, as the model has them.
s/rdmsrq_safe(MSR_IA32_MKTME_KEYID_PARTITIONING, &val\.q)/(val.q = 64ULL << 32 | 63, 0)/

# IA32_VMX_BASIC: the P-SEAMLDR leaves the current VMCS alone.
s/rdmsrq(MSR_IA32_VMX_BASIC, basic_msr)/basic_msr = VMX_BASIC_NO_SEAMRET_INVD_VMCS/
