# SPDX-License-Identifier: MIT OR GPL-2.0-only
# A module without TDH.SYS.DISABLE, as all published ones are, stays up over a kexec, and the next kernel cannot use it. A
# reboot helps: the BIOS loads its own module. In the end the machine is switched off while TDs run, of which KVM complains.
. /host.sh

# no_complaint: the kernel's log has no stack trace
no_complaint()
{
	! said "Call Trace"
	ok "this kernel does not complain"
}

first()
{
	load_kvm && load_mainline
	ok "KVM and tdx-host load" || finish
	start_td td1
	runs td1
	ok "a TD runs" || { show_tds; finish; }
	is "update to 1.5.13" "" "$(update 1.5.13.bin)"
	well td1
	ok "it runs on" || show_tds
	no_complaint
	next_kernel
}

second()
{
	! said "virt/tdx: TDX-Module initialized"
	ok "the next kernel cannot bring the module up"
	said "virt/tdx: SEAMCALL (0x0000000000000021) failed: 0xc000050000000000"
	ok "TDH.SYS.INIT is refused: none is due"
	note "$(dmesg | grep 'virt/tdx' | tail -n 3 | sed 's/.*virt/virt/' | tr '\n' ';')"
	is "the module is up, as before" "1.5.13 ready" "$(seam_status version) $(seam_status state)"
	memory_is_usable
	load_kvm
	ok "KVM loads"
	is "and knows no TDs" N "$(cat /sys/module/kvm_intel/parameters/tdx)"
	no_complaint
	[ $failures = 0 ] || finish
	note "reboot"
	will_reboot
	reboot -f
	sleep 1000
}

third()
{
	rebooted
	ok "the machine's reset was the reboot, and not a panic's" || finish
	is "the BIOS's module is back" "1.5.09 ready" "$(seam_status version) $(seam_status state)"
	is "all updates are left" 15 "$(seam_status updates-left)"
	load_kvm && load_mainline
	ok "KVM and tdx-host load" || finish
	is "version" 1.5.09 "$(attribute version)"
	start_td td1
	start_td td2 --vcpus 2
	well td1 && well td2
	ok "TDs are built and run" || { show_tds; finish; }
	is "update to 1.5.13" "" "$(update 1.5.13.bin)"
	well td1 && well td2
	ok "and live over an update" || show_tds
	no_complaint
	note "off, with two TDs"
	finish
}

resets=$(seam_value resets)
note "kernel $((stage + 1)) after $resets resets"
if [ "$resets" != 0 ]; then
	third
elif [ $stage = 0 ]; then
	first
else
	second
fi
