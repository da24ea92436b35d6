# SPDX-License-Identifier: GPL-2.0-only
# Changes to the kernel's sources for features of the processor that QEMU cannot be made to emulate: two MSRs, which QEMU
# reads as 0 without a fault, and a bit of CR4, on which QEMU hangs. The model answers everything else at run time.

# arch/x86/virt/vmx/tdx/tdx.c. 64 private key IDs after 63 of MKTME, as the model has them.
s/rdmsrq_safe(MSR_IA32_MKTME_KEYID_PARTITIONING, &val\.q)/(val.q = 64ULL << 32 | 63, 0)/

# The same. IA32_VMX_BASIC: the P-SEAMLDR leaves the current VMCS alone.
s/rdmsrq(MSR_IA32_VMX_BASIC, basic_msr);$/basic_msr = 1ULL << 60;/

# arch/x86/virt/hw.c. CR4.VMXE stays off; the model emulates VMXON and VMXOFF.
s/^\tcr4_set_bits(X86_CR4_VMXE);$/\t;/
