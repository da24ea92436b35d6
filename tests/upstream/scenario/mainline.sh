# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The kernel's own TDX code from power-on to a third update, on the model.
. /lib.sh

host=/sys/devices/faux/tdx_host

said()
{
	dmesg | grep -qF "$1"
}

said "virt/tdx: Module version: 1.5.09"
ok "boot: the kernel reads the module's version"
said "virt/tdx: TDX-Module initialized"
ok "boot: the kernel brings the module up"
said "virt/tdx: BIOS enabled: private KeyID range [64, 128)"
ok "boot: key IDs"
dmesg | grep -q 'virt/tdx: [1-9][0-9]* KB allocated for PAMT'
ok "boot: PAMT in the kernel's own memory"
is "the model is ready" 1 "$(model audit seam_ready)"

insmod /modules/tdx-host.ko
ok "tdx_host loads"
[ -d $upload ]
ok "tdx_host offers updates" || finish
is "mode of version" 444 "$(stat -c %a $host/version)"
is "mode of seamldr_version" 400 "$(stat -c %a $host/seamldr_version)"
is "mode of num_remaining_updates" 400 "$(stat -c %a $host/num_remaining_updates)"
is "version" 1.5.09 "$(attribute version)"
is "updates left" 15 "$(attribute num_remaining_updates)"

# update_to VERSION LEFT
update_to()
{
	is "update to $1" "" "$(update "$1.bin")"
	is "version after it" "$1" "$(attribute version)"
	is "updates left after it" "$2" "$(attribute num_remaining_updates)"
}

update_to 1.5.13 14
update_to 1.5.16 13

is "a container of version 0x100" transferring:firmware-invalid "$(update 1.5.17.0100.bin)"
is "version after it" 1.5.16 "$(attribute version)"

for cpu in /sys/devices/system/cpu/cpu[1-3]; do
	echo 0 > "$cpu/online" && echo 1 > "$cpu/online"
	ok "$(basename "$cpu") goes offline and comes back"
done
update_to 1.5.17 12
! said "SEAMCALL ("
ok "no SEAMCALL failed" || dmesg | grep -F "SEAMCALL (" | sed 's/^/# /'
finish
