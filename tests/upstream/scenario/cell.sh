# SPDX-License-Identifier: MIT OR GPL-2.0-only
# One cell of the head to head: one update under one fault, by the kernel's own driver or by seamstep.ko, and another
# attempt without the fault. It judges nothing: it says what became of the TDs.
#
# On the kernel's command line, which makes them variables here:
#   by=mainline | seamstep    image=FILE    faults=FAULTS    fallbacks=none | own | own,sibling
#   before=nothing | offline | build | exhausted
. /lib.sh

tds=4

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
if [ "$by" = seamstep ]; then
	case $fallbacks in *own*) keep 1.5.09.bin ;; esac
	case $fallbacks in *sibling*) keep 1.5.17.bin ;; esac
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
	# Siblings follow each other as often as there are updates left.
	next=1.5.16
	while [ "$(attribute num_remaining_updates)" != 0 ]; do
		error=$(update $next.bin)
		[ -z "$error" ] || break
		[ $next = 1.5.16 ] && next=1.5.17 || next=1.5.16
	done
	;;
esac

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
		usleep 100000
	done
	return 1
}

# What the kernel said since the last time: of the drivers only, and not how it felt about it.
messages()
{
	dmesg | tail -n +$((seen + 1)) | sed 's/^\[[^]]*\] //' |
		grep -E '^(seamldr|virt/tdx|seamstep|tdx_host)' | tr '\n' '|'
	seen=$(dmesg | wc -l)
}

# outcome NAME ERROR
outcome()
{
	settle
	version=$(attribute version 2> /dev/null) || version=none
	verdict=
	[ "$by" = mainline ] || verdict=$(attribute seamstep/verdict)
	left=$(attribute num_remaining_updates 2> /dev/null) || left=unknown
	echo "# $1 by=$by alive=$(count_alive)/$tds errors=$(total guest_errors) version=$version" \
		"state=$(model audit state) session_open=$(model audit session_open) left=$left" \
		"error=${2:-none} verdict=${verdict:-none} messages=$(messages)"
}

seen=$(dmesg | wc -l)
if [ "$by" = mainline ]; then
	echo "$faults" > $model/faults
else
	inject "$faults"
fi
outcome first "$(update "$image")"

# ---- what is needed afterwards --------------------------------------------------------------------------

echo - > $model/faults
inject - 2> /dev/null
case $before in
offline) echo 1 > /sys/devices/system/cpu/cpu1/online ;;
build) echo 0 > $model/stall ;;
esac
outcome again "$(update 1.5.16.bin)"
ok "the cell has an outcome"
finish
