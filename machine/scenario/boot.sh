# SPDX-License-Identifier: MIT OR GPL-2.0-only
# An unmodified kernel brings TDX up on the machine and loads KVM.
. /host.sh

keys=$(seam get private-keyids | sed -n 's/^value=//p')
said "virt/tdx: BIOS enabled: private KeyID range [64, $((64 + keys)))"
ok "the kernel finds the key IDs, $keys of them"
said "virt/tdx: Module version: 1.5.09"
ok "it reads the module's version"
said "virt/tdx: TDX-Module initialized"
ok "it brings the module up"
dmesg | grep -q 'virt/tdx: [1-9][0-9]* KB allocated for PAMT'
ok "page metadata lies in its memory"
note "$(dmesg | grep 'allocated for PAMT')"
is "the machine says so too" "1.5.09 ready" "$(seam_status version) $(seam_status state)"

load_kvm
ok "kvm_intel loads with tdx=1"
is "kvm_intel knows TDs" Y "$(cat /sys/module/kvm_intel/parameters/tdx)"
load_mainline
ok "tdx-host loads"
is "version" 1.5.09 "$(attribute version)"
is "updates left" "$(seam_status updates-left)" "$(attribute num_remaining_updates)"
line=$(seam get seamldr-line | sed -n 's/^value=//p')
case $(attribute seamldr_version):$line in
1.5.*:0 | 2.0.*:2) ;;
*) false ;;
esac
ok "the P-SEAMLDR is of line $([ $line = 0 ] && echo 1.5 || echo 2.0)" || note "$(attribute seamldr_version)"
is "packages" "$(grep -o 'packages=[0-9]*' /proc/cmdline | cut -d = -f 2 | grep . || echo 1)" \
	"$(cat /sys/devices/system/cpu/cpu*/topology/physical_package_id | sort -u | wc -l)"
! said "SEAMCALL ("
ok "no SEAMCALL of the kernel has failed"
note "$(cut -d ' ' -f 1 /proc/uptime) s of the machine's time, $(seam_status seamcalls) SEAMCALLs"
finish
