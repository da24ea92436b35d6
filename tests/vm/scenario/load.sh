# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Both modules come and go a hundred times, and nothing of them stays.
. /lib.sh

# Kernel memory that is in use for good, KiB
kernel_memory()
{
	awk '/^(SUnreclaim|VmallocUsed|Percpu):/ { n += $2 } END { print n }' /proc/meminfo
}

cycle()
{
	power_on && load_driver && run_tds 2 && error=$(update 1.5.13.bin) && [ "$error" = "" ] &&
		echo 0 > $model/run && power_off
}

cycle && cycle
ok "twice, to warm caches up"
before=$(kernel_memory)
i=0
while [ $i -lt 20 ] && cycle; do
	i=$((i + 1))
done
is "with an update each time" 20 $i
i=0
while [ $i -lt 100 ] && power_on && load_driver && power_off; do
	i=$((i + 1))
done
is "without" 100 $i
after=$(kernel_memory)
# One leaked page a cycle would be 480 KiB; a leaked image 50 MiB.
[ $((after - before)) -lt 400 ]
ok "kernel memory in use as before: $before KiB, $after KiB"
insmod /modules/seamstep.ko 2> /dev/null
[ $? != 0 ]
ok "without a SEAM the driver does not load"
finish
