# SPDX-License-Identifier: MIT OR GPL-2.0-only
# SEAM outlives a kexec. After an update to a module that has TDH.SYS.DISABLE the next kernel brings the same module up again.
# After a failed update it finds one that has shut down. In both cases the next kernel can use all memory.
. /host.sh

# The first kernel: a good update, and a TD that is there to the end.
first()
{
	load_kvm && load_mainline
	ok "KVM and tdx-host load" || finish
	start_td td1
	runs td1
	ok "a TD runs" || { show_tds; finish; }
	is "update to 1.5.24" "" "$(update 1.5.24.bin)"
	well td1
	ok "it runs on" || show_tds
	next_kernel
}

# The second kernel: the module from before, then an update that fails.
second()
{
	said "virt/tdx: Module version: 1.5.24"
	ok "the next kernel finds the module of the update"
	said "virt/tdx: TDX-Module initialized"
	ok "it brings the module up"
	is "SEAM has lived on: the BIOS's install, and the update's" 2 "$(seam_status installs)"
	is "the module knows no TD" 0 "$(seam_status tds)"
	memory_is_usable
	load_kvm && load_mainline
	ok "KVM and tdx-host load" || finish
	start_td td1
	start_td td2 --vcpus 2
	well td1 && well td2
	ok "TDs are built and run" || { show_tds; finish; }
	inject SEAMLDR.INSTALL@last=EBADSIG/0
	is "an update fails" transferring:firmware-invalid "$(update 1.5.25.bin)"
	is "the fault has struck" 1 "$(seam_status faults-struck)"
	inject -
	until_true died td1 && until_true died td2
	ok "both TDs are lost" || show_tds
	next_kernel
}

# The third kernel: the module before the update, which has shut down.
third()
{
	! said "virt/tdx: TDX-Module initialized"
	ok "the next kernel has no module"
	said "virt/tdx: SEAMCALL (0x0000000000000021) failed: 0xc000050600000000"
	ok "TDH.SYS.INIT is refused: the module has shut down"
	is "the machine says so too" "1.5.24 shutdown" "$(seam_status version) $(seam_status state)"
	memory_is_usable
	load_kvm
	ok "KVM loads"
	is "and knows no TDs" N "$(cat /sys/module/kvm_intel/parameters/tdx)"
	! said 'Call Trace'
	ok "this kernel does not complain"
	! load_mainline 2> /dev/null || [ ! -e $host/version ]
	ok "there is no version to read"
	finish
}

note "kernel $((stage + 1)) of this run"
case $stage in
0) first ;;
1) second ;;
*) third ;;
esac
