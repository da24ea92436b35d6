# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The kernel's own TDX code on the model, from power-on to a fifth update, with TDs in the kernel's own memory.
. /lib.sh

host=/sys/devices/faux/tdx_host

said()
{
	dmesg | grep -qF "$1"
}

# ---- power-on ------------------------------------------------------------------------------------------

said "virt/tdx: BIOS enabled: private KeyID range [64, 128)"
ok "boot: the kernel finds the key IDs"
said "virt/tdx: Module version: 1.5.09"
ok "boot: it reads the module's version"
said "virt/tdx: TDX-Module initialized"
ok "boot: it brings the module up"
dmesg | grep -q 'virt/tdx: [1-9][0-9]* KB allocated for PAMT'
ok "boot: page metadata lies in its memory"
note "$(dmesg | grep 'allocated for PAMT')"
is "the model is ready" $ready "$(model audit state)"

# ---- the interface -------------------------------------------------------------------------------------

insmod /modules/tdx-host.ko
ok "tdx_host loads"
[ -d $upload ]
ok "tdx_host offers updates" || finish
is "mode of version" 444 "$(stat -c %a $host/version)"
is "mode of seamldr_version" 400 "$(stat -c %a $host/seamldr_version)"
is "mode of num_remaining_updates" 400 "$(stat -c %a $host/num_remaining_updates)"
is "version" 1.5.09 "$(attribute version)"
is "version of the P-SEAMLDR" 1.5.00 "$(attribute seamldr_version)"
is "updates left" 15 "$(attribute num_remaining_updates)"

# ---- TDs -----------------------------------------------------------------------------------------------

echo "4 2" > $model/run
run_tds 4
ok "4 TDs run on the kernel's TDMRs"
tds mrtd > /tmp/mrtd
echo 2 > $model/churn

# well: what must hold after every update
well()
{
	tds mrtd | cmp -s - /tmp/mrtd && [ "$(count_alive)" = 4 ] && [ "$(total guest_errors)" = 0 ] &&
		[ "$(model audit erased_under_lp)" = 0 ] && [ "$(model audit fatal)" = 0 ] &&
		[ "$(model audit session_open)" = 0 ] && [ "$(model audit state)" = $ready ] &&
		wait_progress && return 0
	sed 's/^/# /' $model/tds $model/audit
	return 1
}

# ---- updates -------------------------------------------------------------------------------------------

# update_to VERSION LEFT
update_to()
{
	is "update to $1" "" "$(update "$1.bin")"
	is "$1: version" "$1" "$(attribute version)"
	is "$1: updates left" "$2" "$(attribute num_remaining_updates)"
	well
	ok "$1: all TDs run on, memory and measurements as before"
}

update_to 1.5.13 14
update_to 1.5.16 13

head -c 8192 /dev/zero > $images/zeros.bin
(cat $images/1.5.17.bin; echo) > $images/longer.bin
for image in 1.5.17.0100 zeros longer truncated; do
	is "refused: $image" transferring:firmware-invalid "$(update $image.bin)"
	is "refused: $image: version" 1.5.16 "$(attribute version)"
done
is "refused: updates left" 13 "$(attribute num_remaining_updates)"
well
ok "refused: all TDs run on"

for cpu in /sys/devices/system/cpu/cpu[1-3]; do
	echo 0 > "$cpu/online" && usleep 100000 && echo 1 > "$cpu/online"
	ok "$(basename "$cpu") goes offline and comes back"
done
well
ok "all TDs run on"
update_to 1.5.17 12
echo 0 > /sys/devices/system/cpu/cpu1/online && echo 1 > /sys/devices/system/cpu/cpu1/online
ok "cpu1 goes offline and comes back, after an update"
update_to 1.5.24 11

# No build may be under way when the crypto library changes: the kernel does not check for builds.
echo 0 > $model/churn
grep -q '^churn=.* failed=0' $model/tds
ok "no TD that came and went has failed" || note "$(grep '^churn' $model/tds)"
update_to 1.5.25 10

! said "SEAMCALL ("
ok "no SEAMCALL of the kernel has failed" || dmesg | grep -F "SEAMCALL (" | sed 's/^/# /'
finish
