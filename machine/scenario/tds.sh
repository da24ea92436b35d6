# SPDX-License-Identifier: MIT OR GPL-2.0-only
# KVM builds TDs with real guests, by its ioctls; they run, end, and leave nothing behind.
. /host.sh

load_kvm
ok "KVM loads" || finish
start_td td1 --vcpus 1
start_td td2 --vcpus 2 --memory 8
until_true grep -q built /tmp/td/td1 && until_true grep -q built /tmp/td/td2
ok "KVM builds two TDs" || { show_tds; finish; }
runs td1 && runs td2
ok "their guests count" || show_tds
sed -n 's/^td1: hello/# td1: hello/p' /tmp/td/td1
well td1 && well td2
ok "their memory is what they wrote"
is "the module knows two TDs" 2 "$(seam_status tds)"
is "both are alive" "1 1" "$(echo $(seam_tds alive))"
is "measured alike: the same image" 2 "$(seam_tds mrtd | sort | uniq -c | awk '{ print $1; exit }')"
mrtd=$(seam_tds mrtd | head -n 1)

for cpu in /sys/devices/system/cpu/cpu[1-9]*; do
	echo 0 > "$cpu/online" && usleep 50000 && echo 1 > "$cpu/online"
	ok "$(basename "$cpu") goes offline and comes back"
done
well td1 && well td2
ok "the TDs run on"

stop_td td1
ok "a TD ends" || show_tds
well td2
ok "the other one runs on"
start_td td3
until_true grep -q built /tmp/td/td3 && well td3
ok "a TD that is built later runs" || show_tds
is "and is measured like the first" "$mrtd" "$(seam_tds mrtd | sort -u)"
stop_td td2 && stop_td td3
ok "all TDs end" || show_tds
# The guest writes this word, and its VMM reads it.
is "both vCPUs of td2 have written to shared memory" 2 "$(grep -c 'rounds, by its word in shared memory' /tmp/td/td2)"
note "$(grep -m 1 'rounds, by its word' /tmp/td/td2)"
grep -q 'the guest gave [1-9][0-9]* pages back' /tmp/td/td2
ok "td2 has given pages back, and taken others" || show_tds
start_td td4 --seconds 4 --tick 100
until_true grep -q 'ended alive' /tmp/td/td4
ok "a TD with --seconds ends by itself" || show_tds
[ "$(grep -c ' counts ' /tmp/td/td4)" -ge 10 ]
ok "ten ticks or more in its 4 seconds, with --tick 100" || show_tds
stop_td td4
ok "its VMM has succeeded"
is "the module knows no TD" 0 "$(seam_status tds)"
! said "SEAMCALL ("
ok "no SEAMCALL of the kernel has failed"
finish
