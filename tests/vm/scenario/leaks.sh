# SPDX-License-Identifier: MIT OR GPL-2.0-only
# A hundred loads and fifty updates, and then the kernel searches all memory for what nothing points to. For kernels with
# kmemleak, booted with kmemleak=on: tests/vm/debug-kernel kasan. The word runs=N: 2 N loads, N updates.
. /lib.sh

leaks=/sys/kernel/debug/kmemleak

# scan: what nothing points to. An object counts if two scans find it, more than five seconds after it was allocated.
scan()
{
	for time in 1 2 3; do
		sleep 6
		echo scan > $leaks
	done
	cat $leaks > /tmp/leaks
}

echo clear > $leaks
ok "a kernel with kmemleak" || finish
cycle
ok "once, to warm up"
done=0
runs=${RUNS:-50}
repeat $runs bare_cycle
repeat $runs cycle
is "loads, half of them with an update" $((2 * runs)) $done
scan
is "what nothing points to" "" "$(grep '^unreferenced' /tmp/leaks)" || sed 's/^/# /' /tmp/leaks
power_on && load_driver && run_tds 2 && [ "$(update 1.5.13.bin)" = "" ]
ok "a machine"
scan
is "nothing while both modules are loaded either" "" "$(grep '^unreferenced' /tmp/leaks)" || sed 's/^/# /' /tmp/leaks
echo 0 > $model/run
power_off
ok "both modules unload"
insmod /modules/leak.ko
scan
is "a leak is found" 1 "$(grep -c '^unreferenced' /tmp/leaks)"
finish
