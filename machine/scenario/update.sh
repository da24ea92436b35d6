# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The kernel's own update under KVM's TDs, driven by the seamstep command.
. /host.sh

# operate EXPECTED-STATUS VERB...
operate()
{
	expected=$1
	shift
	seamstep "$@" > /tmp/out 2>&1
	is "seamstep $1: exit status" "$expected" $? || sed 's/^/# /' /tmp/out
}

load_kvm && load_mainline
ok "KVM and tdx-host load" || finish
start_two_tds
seam_tds mrtd > /tmp/mrtd
for to in 1.5.13 1.5.16; do
	operate 0 update --yes --repo /repo --signer $images/signer.pub.pem --to $to
	is "version" $to "$(attribute version)"
	is "the machine says so too" "$to ready" "$(seam_status version) $(seam_status state)"
	well td1 && well td2
	ok "both TDs run on, their memory as before" || show_tds
done
is "no LP was in the module when it was erased" 0 "$(seam_status erased-under-lps)"
seam_tds mrtd | cmp -s - /tmp/mrtd
ok "the TDs' measurements are as before"
start_td td3
well td3
ok "a TD is built on the new module" || show_tds
stop_td td1 && stop_td td2 && stop_td td3
ok "all TDs end"
is "the module knows no TD" 0 "$(seam_status tds)"
! said "SEAMCALL ("
ok "no SEAMCALL of the kernel has failed"
finish
