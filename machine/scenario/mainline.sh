# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The kernel's own update from power-on on: its files, updates while TDs come and go, images that it refuses, CPUs that go
# offline in between. The machine's kernel is the packaged one, so this also tests the model against code that is not ours.
. /host.sh

load_kvm && load_mainline
ok "KVM and tdx-host load" || finish
[ -d $upload ]
ok "tdx-host offers updates" || finish
is "mode of version" 444 "$(stat -c %a $host/version)"
is "mode of seamldr_version" 400 "$(stat -c %a $host/seamldr_version)"
is "mode of num_remaining_updates" 400 "$(stat -c %a $host/num_remaining_updates)"
is "version" 1.5.09 "$(attribute version)"
is "version of the P-SEAMLDR" 1.5.00 "$(attribute seamldr_version)"
is "updates left" 15 "$(attribute num_remaining_updates)"

start_two_tds
mrtd=$(seam_tds mrtd | sort -u)
is "both are measured alike" 1 "$(echo "$mrtd" | wc -l)"

# TDs that come and go, one after the other, until /tmp/stop is there. Their outputs are kept.
come_and_go()
{
	round=0
	while [ ! -e /tmp/stop ]; do
		start_td td3 --memory 2 --tick 100
		until_true grep -q 'counts 2' /tmp/td/td3 || echo "td3 does not count"
		stop_td td3 || echo "td3 failed: $?"
		round=$((round + 1))
		cat /tmp/td/td3
	done > /tmp/td/come-and-go 2>&1
	echo $round > /tmp/rounds
}

# well_after: what must hold after every update
well_after()
{
	well td1 && well td2 && [ "$(seam_status erased-under-lps) $(seam_status lost) $(seam_status session-open)" = "0 0 0" ] &&
		[ "$(seam_status state)" = ready ] && [ "$(seam_tds mrtd | grep -cx "$mrtd")" -ge 2 ] && return 0
	seam get status | sed 's/^/# /'
	return 1
}

# update_to VERSION LEFT
update_to()
{
	is "update to $1" "" "$(update "$1.bin")"
	is "$1: version" "$1" "$(attribute version)"
	is "$1: updates left" "$2" "$(attribute num_remaining_updates)"
	well_after
	ok "$1: both TDs run on, memory and measurements as before"
}

come_and_go &
churn=$!
update_to 1.5.13 14
update_to 1.5.16 13

head -c 8192 /dev/zero > $images/zeros.bin
(cat $images/1.5.17.bin; echo) > $images/longer.bin
for image in 1.5.17.0100 zeros longer truncated; do
	is "refused: $image" transferring:firmware-invalid "$(update $image.bin)"
	is "refused: $image: version" 1.5.16 "$(attribute version)"
done
is "refused: updates left" 13 "$(attribute num_remaining_updates)"
well_after
ok "refused: both TDs run on"

for cpu in /sys/devices/system/cpu/cpu[1-3]; do
	echo 0 > "$cpu/online" && usleep 100000 && echo 1 > "$cpu/online"
	ok "$(basename "$cpu") goes offline and comes back"
done
well_after
ok "both TDs run on"
update_to 1.5.17 12
echo 0 > /sys/devices/system/cpu/cpu1/online && echo 1 > /sys/devices/system/cpu/cpu1/online
ok "cpu1 goes offline and comes back, after an update"
update_to 1.5.24 11

# No build may be under way when the crypto library changes: the kernel does not check for builds.
touch /tmp/stop
wait $churn
[ "$(cat /tmp/rounds)" -gt 3 ]
ok "TDs came and went: $(cat /tmp/rounds)"
! grep -E '\[vmm\] error|errors [1-9]|failed|dead|does not count' /tmp/td/come-and-go
ok "none of them failed"
is "their measurement is that of the others" 1 \
	"$(cat /tmp/td/come-and-go /tmp/td/td1 | sed -n 's/.*report: MRTD \([0-9a-f]*\).*/\1/p' | sort -u | wc -l)"
update_to 1.5.25 10
stop_td td1 && stop_td td2
ok "both TDs end"
is "the module knows no TD" 0 "$(seam_status tds)"
! said "SEAMCALL ("
ok "no SEAMCALL of the kernel has failed" || dmesg | grep -F "SEAMCALL (" | sed 's/^/# /'
finish
