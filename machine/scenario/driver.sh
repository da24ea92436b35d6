# SPDX-License-Identifier: MIT OR GPL-2.0-only
# "seamstep driver" on a pristine kernel, with KVM's TDs: seamstep.ko in the place of tdx-host, which is a module. A failed
# INSTALL ends recovered. CPUs go offline and come back. Then the kernel's own driver updates the module that ours has
# installed, then ours could take over again only after a reboot: the kernel's driver holds itself.
. /host.sh

export SEAMSTEP_STATE_DIR=/tmp/state

drivers_for_modprobe
ok "modules" || finish
load_kvm && insmod /modules/seamkey.ko "signer=$(cat $images/signer)"
ok "KVM loads" || finish
start_two_tds

# ---- ours ---------------------------------------------------------------------------------------------

driver 0 seamstep
loaded seamstep && ! loaded tdx_host && [ -e /etc/modprobe.d/seamstep-driver.conf ]
ok "seamstep.ko drives: $(seamstep driver | head -n 1)"
! insmod /modules/tdx-host.ko 2> /dev/null && ! loaded tdx_host
ok "nobody else can call the P-SEAMLDR: the kernel's driver does not load beside ours"
fail_and_recover
well td1 && well td2
ok "both TDs run on" || show_tds
is "an update by ours" "" "$(update 1.5.13.bin)"
is "version" 1.5.13 "$(attribute version)"
hotplug
ok "CPUs go offline and come back"
well td1 && well td2
ok "both TDs run on" || show_tds

# ---- the kernel's ---------------------------------------------------------------------------------------

driver 0 kernel
loaded tdx_host && ! loaded seamstep && [ ! -e /etc/modprobe.d/seamstep-driver.conf ]
ok "the kernel's driver drives: $(seamstep driver | head -n 1)"
note "the version that the kernel shows: $(attribute version); the module's: $(seam_status version)"
is "an update by theirs" "" "$(update 1.5.16.bin)"
is "the machine says so too" "1.5.16 ready" "$(seam_status version) $(seam_status state)"
hotplug
ok "CPUs go offline and come back"
well td1 && well td2
ok "both TDs run on, their memory as before" || show_tds

driver 3 seamstep
grep -q 'after the next reboot' /tmp/out && loaded tdx_host && [ -e /etc/modules-load.d/seamstep-driver.conf ]
ok "the kernel's driver holds itself; ours drives after a reboot: $(tail -n 1 /tmp/out)"
is "an update by theirs once more" "" "$(update 1.5.17.bin)"
stop_td td1 && stop_td td2
ok "both TDs end"
is "the module knows no TD" 0 "$(seam_status tds)"
finish
