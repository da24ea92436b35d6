# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Ten updates in a row by the kernel's own driver, with the same two TDs all the time.
. /host.sh

load_kvm && load_mainline
ok "KVM and tdx-host load" || finish
start_td td1 --vcpus 2 --memory 8
start_td td2
runs td1 && runs td2
ok "two TDs run" || { show_tds; finish; }
memory td1 > /tmp/memory
seam_tds mrtd > /tmp/mrtd
# 1.5.16 and 1.5.17 have the same SVN, so either may follow the other.
for to in 1.5.13 1.5.16 1.5.17 1.5.16 1.5.17 1.5.16 1.5.17 1.5.24 1.5.25 1.5.25; do
	is "update to $to" "" "$(update $to.bin)"
	is "version" $to "$(attribute version)"
	well td1 && well td2
	ok "$to: both TDs run on" || show_tds
done
is "installs: the BIOS's, and ten" 11 "$(seam_status installs)"
memory td1 | cmp -s - /tmp/memory
ok "the guest's checksums are those of its start"
seam_tds mrtd | cmp -s - /tmp/mrtd
ok "the measurements are those of the start"
is "no LP was in the module when it was erased" 0 "$(seam_status erased-under-lps)"
for name in td1 td2; do
	note "$(grep 'report: ' /tmp/td/$name | head -n 1)"
	note "$(grep 'report: ' /tmp/td/$name | tail -n 1)"
done
stop_td td1 && stop_td td2
ok "both TDs end"
! said "SEAMCALL ("
ok "no SEAMCALL of the kernel has failed"
finish
