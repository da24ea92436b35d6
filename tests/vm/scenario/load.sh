# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Both modules come and go a hundred times, and nothing of them stays.
. /lib.sh

cycles=100

# What is in use, one "NAME COUNT" a line. Slab caches are emptied of what is only kept for later.
in_use()
{
	sync
	echo 3 > /proc/sys/vm/drop_caches
	for cache in /sys/kernel/slab/*/shrink; do echo 1 > "$cache"; done 2> /dev/null
	awk 'NR > 2 { print "slab:" $1, $2 }' /proc/slabinfo
	echo "vmalloc $(wc -l < /proc/vmallocinfo)"
	echo "vmalloc-pages $(awk '/ pages=/ { sub(/.* pages=/, ""); n += $1 } END { print n + 0 }' /proc/vmallocinfo)"
	echo "devices $(find /sys/devices -name uevent | wc -l)"
	echo "classes $(find /sys/class -maxdepth 2 | wc -l)"
	echo "debugfs $(find /sys/kernel/debug -maxdepth 1 | wc -l)"
	echo "threads $(ls -d /proc/[0-9]* | wc -l)"
	echo "modules $(wc -l < /proc/modules)"
	awk '/^(Percpu|PageTables|KernelStack):/ { print $1, $2 }' /proc/meminfo
}

# grown BEFORE AFTER BY: what has grown by so much or more. Files that are remembered come and go as they like.
grown()
{
	awk -v by="$3" 'NR == FNR { was[$1] = $2; next }
		$1 !~ /dentry|inode_cache|radix_tree_node/ && $2 - was[$1] >= by {
			print $1 ": " was[$1] + 0 " -> " $2 }' "$1" "$2"
}

cycle()
{
	power_on && load_driver && run_tds 2 && error=$(update 1.5.13.bin) && [ "$error" = "" ] &&
		echo 0 > $model/run && power_off
}

bare_cycle()
{
	power_on && load_driver && power_off
}

# A driver that finds nothing to drive has to clean up after itself too.
failing_cycle()
{
	! insmod /modules/seamstep.ko 2> /dev/null && ! insmod /modules/seamsim.ko 2> /dev/null &&
		! insmod /modules/seamsim.ko "signer=$(cat $images/signer)" image=none 2> /dev/null
}

# By its hash, so that all of it was copied and looked at.
bad_upload()
{
	[ "$(update bad-hash.bin)" = preparing:firmware-invalid ]
}

# repeat NAME N COMMAND
repeat()
{
	i=0
	while [ $i -lt "$2" ] && $3; do
		i=$((i + 1))
	done
	is "$1" "$2" $i
}

# no_leaks NAME N: of so many cycles none may leave an object of any kind behind
no_leaks()
{
	in_use > /tmp/after
	grown /tmp/before /tmp/after "$2" > /tmp/grown
	[ ! -s /tmp/grown ]
	ok "$1: nothing has grown by $2" || sed 's/^/# /' /tmp/grown
	grown /tmp/before /tmp/after 5 | sed 's/^/# /' | head -n 12
	for kind in devices classes debugfs modules; do
		is "$1: $kind" "$(grep "^$kind " /tmp/before)" "$(grep "^$kind " /tmp/after)"
	done
	[ "$(grep -c seams /proc/vmallocinfo)" = 0 ] && [ "$(grep -c seams /sys/kernel/debug/kprobes/list)" = 0 ]
	ok "$1: no memory and no probe is in their names"
}

dmesg -n 4
cycle && cycle && bare_cycle && failing_cycle
ok "once, to warm caches up"
in_use > /tmp/before
repeat "come and go" $cycles bare_cycle
no_leaks "come and go" $cycles

in_use > /tmp/before
repeat "with an update each time" $cycles cycle
no_leaks "with an update each time" $cycles

in_use > /tmp/before
repeat "load fails" $cycles failing_cycle
no_leaks "load fails" $cycles

power_on && load_driver
ok "once more"
bad_upload && bad_upload
in_use > /tmp/before
repeat "an image is refused" $cycles bad_upload
no_leaks "an image is refused" $cycles
power_off

# The yardstick itself: processes, of which each takes an object.
in_use > /tmp/before
i=0
while [ $i -lt $cycles ]; do
	sleep 1000 &
	i=$((i + 1))
done
in_use > /tmp/after
[ "$(grown /tmp/before /tmp/after $cycles)" != "" ]
ok "one object a cycle would have been seen: $(grown /tmp/before /tmp/after $cycles | head -n 1)"
kill $(jobs -p)
finish
