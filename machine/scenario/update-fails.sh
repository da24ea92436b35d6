# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The kernel's own update, and the P-SEAMLDR refuses the new module's signature: all TDs are lost, as KVM sees it.
. /host.sh

load_kvm && load_mainline
ok "KVM and tdx-host load" || finish
start_two_tds

inject SEAMLDR.INSTALL@last=EBADSIG/0
is "the update fails" transferring:firmware-invalid "$(update 1.5.16.bin)"
is "the fault has struck" 1 "$(seam_status faults-struck)"
inject -
! attribute version 2> /dev/null
ok "the kernel knows no version"
until_true died td1 && until_true died td2
ok "KVM gives both TDs up" || show_tds
grep -h 'vCPU [0-9]* died' /tmp/td/td1 /tmp/td/td2 | sed 's/^/# /'
is "the update again" transferring:firmware-invalid "$(update 1.5.16.bin)"
said "is leaked"
ok "their key IDs are lost to the host" || note "$(dmesg | tail -n 5)"
note "$(dmesg | grep -F 'is leaked' | head -n 1)"
start_td td3
refused() { grep -q 'error: KVM_TDX_INIT_VM' /tmp/td/$1; }
until_true refused td3
ok "no TD can be built any more"
sed 's/^/# /' /tmp/td/td3
[ "$(seam_status private-writes)" -gt 0 ]
ok "the host uses pages again that the dead TDs still own"
finish
