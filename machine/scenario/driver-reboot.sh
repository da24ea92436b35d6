# SPDX-License-Identifier: MIT OR GPL-2.0-only
# "seamstep driver use" over reboots of a Debian with systemd, on its disk, with KVM's TDs. Which driver comes up is the work of
# udev, systemd-modules-load and modprobe, and of the two files that the command has written.
. /host.sh

files="/etc/modprobe.d/seamstep-driver.conf /etc/modules-load.d/seamstep-driver.conf"
boot=$(cat /var/lib/boot 2> /dev/null || echo 0)

# next_boot: only if all tests have passed
next_boot()
{
	[ $failures = 0 ] || finish
	note "reboot"
	echo $((boot + 1)) > /var/lib/boot
	will_reboot
	kill -39 1	# SIGRTMIN+5: systemd's reboot.target
	sleep 1000
}

show_drivers()
{
	note "loaded: $(lsmod | awk 'NR > 1 { print $1 }' | sort | tr '\n' ' ')"
	seamstep driver | sed 's/^/# seamstep driver: /'
}

tds_of_boot()
{
	start_two_tds
	is "both TDs are measured alike" 1 "$(seam_tds mrtd | sort -u | wc -l)"
}

# A Debian as it is installed
first()
{
	loaded kvm_intel && [ "$(cat /sys/module/kvm_intel/parameters/tdx)" = Y ]
	ok "udev has loaded KVM" || finish
	loaded tdx_host && ! loaded seamstep
	ok "udev has loaded the kernel's driver"
	tds_of_boot
	seam_tds mrtd | sort -u > /var/lib/mrtd
	driver 3 seamstep
	note "$(cat /tmp/out)"
	loaded tdx_host && ! loaded seamstep
	ok "the kernel's driver holds itself until the reboot"
	tail -n +2 $files | sed 's/^/# /'
	stop_td td1 && stop_td td2
	ok "both TDs end"
	next_boot
}

second()
{
	loaded kvm_intel
	ok "udev has loaded KVM"
	loaded seamstep && ! loaded tdx_host
	ok "seamstep.ko drives, and udev has not loaded tdx_host"
	/sbin/modprobe tdx_host && ! loaded tdx_host
	ok "modprobe tdx_host finds seamstep.ko in its place"
	is "the BIOS's module" "1.5.09 ready" "$(seam_status version) $(seam_status state)"
	seamstep driver | grep -q '^after a reboot: seamstep.ko'
	ok "the command says so too"
	echo 10000 > $host/seamstep/arrival_ms
	tds_of_boot
	is "they are measured as before the reboot" "$(cat /var/lib/mrtd)" "$(seam_tds mrtd | sort -u)"
	is "a fallback is kept" "" "$(keep 1.5.09.bin)"
	inject SEAMLDR.INSTALL@last=EBADSIG/0
	is "INSTALL fails" transferring:firmware-invalid "$(update 1.5.13.bin)"
	is "the fault has struck" 1 "$(seam_status faults-struck)"
	inject -
	is "verdict" recovered "$(attribute seamstep/verdict)"
	is "the module is the old one" "1.5.09 ready" "$(seam_status version) $(seam_status state)"
	well td1 && well td2
	ok "both TDs run on, their memory as before" || show_tds
	is "an update by ours" "" "$(update 1.5.13.bin)"
	is "version" "1.5.13 ready" "$(seam_status version) $(seam_status state)"
	well td1 && well td2
	ok "both TDs run on, their memory as before" || show_tds
	start_td td3
	well td3
	ok "a TD is built" || show_tds
	is "all are measured as before the reboot" "$(cat /var/lib/mrtd)" "$(seam_tds mrtd | sort -u)"
	driver 0 kernel
	loaded tdx_host && ! loaded seamstep && ! ls $files 2> /dev/null
	ok "the kernel's driver drives, and both files are gone"
	stop_td td1 && stop_td td2 && stop_td td3
	ok "the TDs end"
	next_boot
}

third()
{
	loaded tdx_host && ! loaded seamstep
	ok "udev has loaded the kernel's driver, and nothing has loaded seamstep.ko"
	is "the BIOS's module" "1.5.09 ready" "$(seam_status version) $(seam_status state)"
	tds_of_boot
	is "an update by theirs" "" "$(update 1.5.13.bin)"
	is "version" "1.5.13 1.5.13 ready" "$(attribute version) $(seam_status version) $(seam_status state)"
	well td1 && well td2
	ok "both TDs run on, their memory as before" || show_tds
	is "they are measured as before the reboots" "$(cat /var/lib/mrtd)" "$(seam_tds mrtd | sort -u)"
	stop_td td1 && stop_td td2
	ok "both TDs end"
	driver 3 seamstep
	note "$(cat /tmp/out)"
	rm "$(find /lib/modules/ -name seamstep.ko)" && /sbin/depmod 2> /dev/null
	ok "seamstep.ko is gone"
	next_boot
}

# seamstep.ko is chosen, but gone, as where DKMS has built none for a new kernel
fourth()
{
	loaded tdx_host && ! loaded seamstep
	ok "udev has loaded the kernel's driver in the place of a seamstep.ko that does not load"
	seamstep driver | grep -q '^after a reboot: .*there is no module seamstep for this kernel'
	ok "the command says so too"
	tds_of_boot
	is "an update by theirs" "" "$(update 1.5.13.bin)"
	well td1 && well td2
	ok "both TDs run on, their memory as before" || show_tds
	stop_td td1 && stop_td td2
	ok "both TDs end"
	finish
}

udevadm settle
[ $boot = 0 ] || rebooted
ok "boot $((boot + 1)) is the reboot of this scenario, and not that of a panic" || finish
show_drivers
! said "Call Trace"
ok "the kernel does not complain"
case $boot in
0) first ;;
1) second ;;
2) third ;;
*) fourth ;;
esac
