# SPDX-License-Identifier: MIT OR GPL-2.0-only
# seamstep.ko in place of the kernel's own driver. The same failure, and the TDs live on: the running module is kept as
# a fallback. Then the update succeeds.
. /host.sh

load_kvm && load_seamstep
ok "KVM and seamstep.ko load" || finish
is "a fallback is kept" "" "$(keep 1.5.09.bin)"
start_two_tds
seam_tds mrtd > /tmp/mrtd

inject SEAMLDR.INSTALL@last=EBADSIG/0
[ -n "$(update 1.5.16.bin)" ]
ok "the update fails"
is "the fault has struck" 1 "$(seam_status faults-struck)"
inject -
is "verdict" recovered "$(attribute seamstep/verdict)"
note "$(last_error text)"
is "version" 1.5.09 "$(attribute version)"
well td1 && well td2
ok "both TDs run on, their memory as before" || show_tds

is "the update succeeds" "" "$(update 1.5.16.bin)"
is "version" 1.5.16 "$(attribute version)"
is "the machine says so too" "1.5.16 ready" "$(seam_status version) $(seam_status state)"
well td1 && well td2
ok "both TDs run on, their memory as before" || show_tds
is "no LP was in the module when it was erased" 0 "$(seam_status erased-under-lps)"
seam_tds mrtd | cmp -s - /tmp/mrtd
ok "the TDs' measurements are as before"
stop_td td1 && stop_td td2
ok "both TDs end"
is "the module knows no TD" 0 "$(seam_status tds)"
finish
