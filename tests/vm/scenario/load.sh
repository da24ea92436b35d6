# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Load and unload both modules a hundred times. Nothing of them may stay: no object of any slab cache, no
# mapping, no device, no probe.
. /lib.sh

# in_use: the resources in use, one "NAME COUNT" a line. Caches are emptied of objects that are only kept for later.
in_use()
{
	sync
	echo 3 > /proc/sys/vm/drop_caches
	for cache in /sys/kernel/slab/*/shrink; do echo 1 > "$cache"; done 2> /dev/null
	awk 'NR > 2 { print "slab:" $1, $2 }' /proc/slabinfo
	# The kernel frees unmapped mappings later, many at once.
	grep -v unpurged /proc/vmallocinfo > /tmp/vmallocinfo
	echo "vmalloc $(wc -l < /tmp/vmallocinfo)"
	echo "vmalloc-pages $(awk '/ pages=/ { sub(/.* pages=/, ""); n += $1 } END { print n + 0 }' /tmp/vmallocinfo)"
	echo "devices $(find /sys/devices -name uevent | wc -l)"
	echo "classes $(find /sys/class -maxdepth 2 | wc -l)"
	echo "debugfs $(find /sys/kernel/debug -maxdepth 1 | wc -l)"
	echo "modules $(wc -l < /proc/modules)"
	echo "probes $(wc -l < /sys/kernel/debug/kprobes/list)"
	awk '/^(Percpu|PageTables|KernelStack):/ { print $1, $2 }' /proc/meminfo
}

# grown BEFORE AFTER BY: the names of counts that have grown by BY or more. The caches of files change by
# themselves. The descriptors of mappings are counted separately.
grown()
{
	awk -v by="$3" 'NR == FNR { was[$1] = $2; next }
		$1 !~ /dentry|inode_cache|radix_tree_node|vmap_area/ && $2 - was[$1] >= by { print $1 }' "$1" "$2" |
		sort
}

# leaks NAME N COMMAND: run COMMAND twice N times. A cache counts objects that lie ready on a CPU as in use. So a count
# may jump by a slab once, but not twice. A leak of one object a run grows by N both times.
leaks()
{
	done=0
	in_use > /tmp/use.0
	repeat "$2" "$3"
	in_use > /tmp/use.1
	repeat "$2" "$3"
	in_use > /tmp/use.2
	is "$1" $((2 * $2)) $done
	grown /tmp/use.0 /tmp/use.1 "$2" > /tmp/grown.1
	grown /tmp/use.1 /tmp/use.2 "$2" > /tmp/grown.2
	grep -Fxf /tmp/grown.1 /tmp/grown.2 > /tmp/grown
	[ ! -s /tmp/grown ]
	ok "$1: nothing has grown by $2 twice" || while read -r what; do
		note "$what: $(awk -v n="$what" '$1 == n { print $2 }' /tmp/use.0 /tmp/use.1 /tmp/use.2 | xargs)"
	done < /tmp/grown
	for kind in devices classes debugfs modules probes; do
		is "$1: $kind" "$(grep "^$kind " /tmp/use.0)" "$(grep "^$kind " /tmp/use.2)"
	done
}

# A load that fails must clean up too.
failing_cycle()
{
	! insmod /modules/seamstep.ko 2> /dev/null && ! insmod /modules/seamsim.ko 2> /dev/null &&
		! insmod /modules/seamsim.ko "signer=$(cat $images/signer)" image=none 2> /dev/null
}

# The hash refuses this image, so the whole image was copied and read.
bad_upload()
{
	[ "$(update bad-hash.bin)" = preparing:firmware-invalid ]
}

# A leak that the check must see.
leak()
{
	sleep 1000 &
}

dmesg -n 4
cycle && cycle && bare_cycle && failing_cycle
ok "once, to warm caches up"
leaks "come and go" 50 bare_cycle
leaks "with an update each time" 25 cycle
leaks "load fails" 25 failing_cycle
! grep seams /proc/vmallocinfo | grep -v unpurged | grep .
ok "no mapping of the modules is left"
power_on && load_driver && bad_upload
ok "once more"
leaks "an image is refused" 25 bad_upload
power_off
ok "both modules unload"

in_use > /tmp/use.0
repeat 25 leak
in_use > /tmp/use.1
grown /tmp/use.0 /tmp/use.1 25 | grep -q '^slab:task_struct'
ok "the check sees a leak of one object a run"
kill $(jobs -p)
finish
