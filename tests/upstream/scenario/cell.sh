# SPDX-License-Identifier: MIT OR GPL-2.0-only
# One cell of the head to head: one update under one fault, by the kernel's own driver or by seamstep.ko, and another
# attempt without the fault. It judges nothing: it says what became of the TDs.
#
# On the kernel's command line, which makes them variables here:
#   by=mainline | seamstep    image=FILE    faults=FAULTS    fallbacks=none | own | own,sibling
#   before=nothing | offline | build | exhausted    from=VERSION
. /lib.sh

tds=2

# ---- set up --------------------------------------------------------------------------------------------

if [ "$by" = mainline ]; then
	host=/sys/devices/faux/tdx_host
	insmod /modules/tdx-host.ko
else
	load_driver
fi
ok "the driver of $by loads" || finish
run_tds $tds
ok "$tds TDs run" || finish
# A header that promises nothing, and keeps it.
(head -c 12 $images/1.5.16.bin; head -c 4084 /dev/zero) > /tmp/header-only.bin
ln -s /tmp/header-only.bin $images/
if [ "$from" != 1.5.09 ]; then
	is "update to $from first" "" "$(update "$from.bin")"
fi

case $before in
offline)
	echo 0 > /sys/devices/system/cpu/cpu1/online
	;;
build)
	echo 1 > $model/stall
	until [ "$(model status builds_stalled)" = 1 ]; do usleep 100000; done
	;;
exhausted)
	# Siblings follow each other for as long as there are updates.
	next=1.5.16
	while [ "$(attribute num_remaining_updates)" != 0 ]; do
		error=$(update $next.bin)
		[ -z "$error" ] || break
		[ $next = 1.5.16 ] && next=1.5.17 || next=1.5.16
	done
	;;
esac
if [ "$by" = seamstep ]; then
	echo none > "$host/seamstep/fallbacks"
	case $fallbacks in *own*) keep "$(attribute version).bin" > /dev/null ;; esac
	case $fallbacks in *sibling*) keep 1.5.17.bin > /dev/null ;; esac
fi

# ---- the update ----------------------------------------------------------------------------------------

# settle: until each TD either has run on or is dead
settle()
{
	tds progress > /tmp/progress
	tries=0
	while [ $tries -lt 300 ]; do
		tds progress > /tmp/now
		tds alive | paste /tmp/progress /tmp/now - |
			awk '$3 == 1 && $2 <= $1 { waits = 1 } END { exit waits }' && return 0
		tries=$((tries + 1))
		usleep 20000
	done
	return 1
}

# What the drivers said since the last time.
messages()
{
	dmesg -c | sed 's/^\[[^]]*\] //' | grep -E '^(seamldr|virt/tdx|seamstep|tdx_host)' | tr '\n' '|'
}

# outcome NAME ERROR
outcome()
{
	settle || echo "# a TD neither runs nor is dead"
	version=$(attribute version 2> /dev/null) || version=none
	verdict=
	[ "$by" = mainline ] || verdict=$(attribute seamstep/verdict)
	left=$(attribute num_remaining_updates 2> /dev/null) || left=unknown
	echo "# $1 alive=$(count_alive)/$tds guest_errors=$(total guest_errors) version=$version" \
		"state=$(model audit state) session_open=$(model audit session_open) left=$left" \
		"builds=$(sed -n 's/^churn=.* failed=//p' $model/tds | tr ' ' '_')" \
		"error=${2:-none} verdict=${verdict:-none} messages=$(messages)"
}

dmesg -c > /dev/null
if [ "$by" = mainline ]; then
	echo "$faults" > $model/faults
else
	inject "$faults"
fi
error=$(update "$image")
# A build that waited goes on, and whether it can is a part of the outcome.
echo 0 > $model/stall
[ "$before" != build ] || sleep 2
outcome first "$error"

# ---- what is needed afterwards --------------------------------------------------------------------------

echo - > $model/faults
inject -
[ "$before" != offline ] || echo 1 > /sys/devices/system/cpu/cpu1/online
again=1.5.16.bin
[ "$from" = 1.5.09 ] || again=1.5.25.bin
outcome again "$(update $again)"
ok "the cell has an outcome"
finish
