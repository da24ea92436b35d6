# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The kernel's own update with no updates left (the machine has updates=3), as docs/findings-mainline.md describes.
. /host.sh

load_kvm && load_mainline
ok "KVM and tdx-host load" || finish
start_two_tds
is "updates left" 2 "$(attribute num_remaining_updates)"
is "update to 1.5.13" "" "$(update 1.5.13.bin)"
is "update to 1.5.16" "" "$(update 1.5.16.bin)"
is "updates left" 0 "$(attribute num_remaining_updates)"
well td1 && well td2
ok "both TDs run on"
is "an update all the same" transferring:firmware-invalid "$(update 1.5.17.bin)"
! attribute version 2> /dev/null
ok "the kernel knows no version"
until_true died td1 && until_true died td2
ok "KVM gives both TDs up" || show_tds
is "TDs alive, by the machine" 0 "$(seam_tds alive | grep -c '^1$')"
finish
