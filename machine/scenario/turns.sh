# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Updates by seamstep.ko and by the kernel's own driver in turns, on a pristine kernel, with KVM's TDs: what the kernel's TDX core
# remembers of the module does no harm (docs/linux.md, "What the kernel remembers"). "turns=" on the kernel's command line
# says what comes after what: ours, theirs, kexec. After the last one KVM is loaded anew, and the machine is switched off.
. /host.sh

export SEAMSTEP_STATE_DIR=/tmp/state
turns=ours-theirs-kexec-ours
! grep -q ' turns=' /proc/cmdline || turns=$(sed 's/.* turns=\([a-z-]*\).*/\1/' /proc/cmdline)

# The version that the kernel has read when it booted
boot_version() { dmesg | sed -n 's/.*virt\/tdx: Module version: //p'; }

no_complaint()
{
	! said "Call Trace" && ! said "SEAMCALL ("
	ok "$1: the kernel does not complain, and no SEAMCALL of it has failed" || dmesg | grep -F "SEAMCALL (" | sed 's/^/# /'
}

# updated WHO: an update by the driver that is loaded, and all that the kernel does with a module that is not the one it knows.
# Each version has TDH.SYS.DISABLE, so that the next kernel can bring the module up.
updated()
{
	next=1.5.24
	[ "$(seam_status version)" != 1.5.24 ] || next=1.5.25
	is "$1: update to $next" "" "$(update $next.bin)"
	is "$1: the machine's own words" "$next ready 0 0 0" "$(seam_status version) $(seam_status state) $(seam_status session-open) \
$(seam_status erased-under-lps) $(seam_status foreign-calls)"
	is "$1: version" $next "$(attribute version)"
	well td1 && well td2
	ok "$1: both TDs run on, their memory as before" || show_tds
	traced hotplug
	ok "$1: CPUs go offline and come back"
	is "$1: no CPU initialises the module again" 0 "$(calls 'TDH.SYS.*INIT')"
	start_td td3
	well td3 && well td1 && well td2
	ok "$1: a TD is built with the sizes of the boot's module" || show_tds
	is "$1: all TDs are measured alike" 1 "$(seam_tds mrtd | sort -u | wc -l)"
	stop_td td3
	ok "$1: it ends"
	no_complaint "$1"
}

ours()
{
	driver 0 seamstep
	is "ours: a fallback is kept" "" "$(keep "$(seam_status version).bin")"
	updated ours
}

theirs()
{
	driver 0 kernel
	is "theirs: the kernel shows the version of its boot" "$(boot_version)" "$(attribute version)"
	note "it shows $(attribute version), the module is $(seam_status version)"
	updated theirs
}

drivers_for_modprobe && load_kvm && insmod /modules/seamkey.ko "signer=$(cat $images/signer)"
ok "KVM loads" || finish
if [ $stage != 0 ]; then
	said "virt/tdx: Module version: $(seam_value note)" && said "virt/tdx: TDX-Module initialized"
	ok "kernel $((stage + 1)) brings up the module of the last update, $(seam_value note)"
	is "the module knows no TD" 0 "$(seam_status tds)"
	memory_is_usable
fi
start_two_tds

while [ -n "$turns" ]; do
	turn=${turns%%-*}
	turns=${turns#"$turn"}
	turns=${turns#-}
	case $turn in
	ours | theirs) $turn ;;
	kexec)
		seam set note "$(seam_status version)"
		next_kernel "turns=$turns"
		;;
	*) false; ok "turns=$turn" ;;
	esac
done

stop_td td1 && stop_td td2
ok "both TDs end"
is "the module knows no TD" 0 "$(seam_status tds)"
rmmod kvm_intel && insmod /modules/kvm-intel.ko tdx=1
ok "KVM is loaded anew"
start_td td1
well td1
ok "it builds a TD" || show_tds
stop_td td1
ok "the TD ends"
no_complaint "the end"
note "off, after $(seam_status installs) installs, with $(seam_status version)"
# machine/check looks at what is traced from here on.
seam set trace on
finish
