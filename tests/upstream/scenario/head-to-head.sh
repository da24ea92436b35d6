# SPDX-License-Identifier: MIT OR GPL-2.0-only
# One cell of the head to head: an update in the situation of its row, and another attempt once the cause is gone. This
# script only checks that the attempts ran, and that the driver met each fault of the row. On the second serial port it
# reports how many faults have struck and the state of the TDs.
#
# On the kernel's command line: row=NAME by=mainline | seamstep | tool. With "tool" the seamstep command drives the
# kernel's own update.
. /lib.sh

tds=4
tab=$(printf '\t')

# ---- the row -----------------------------------------------------------------------------------

set -f
IFS=$tab
set -- $(grep "^$row$tab" /head-to-head.tsv)
unset IFS
set +f
image=$2 wanted=$3 before=$4 fallbacks=$6 faults=$7
[ $# = 7 ]
ok "the row $row" || finish

# The header alone; and a header that announces no pages.
head -c 4096 $images/1.5.16.bin > $images/header-only.bin
{
	printf '\000\002\000\000TDX-BLOB'
	head -c 4084 /dev/zero
} > $images/no-pages.bin

# ---- the updater -------------------------------------------------------------------------------

# attempt FILE VERSION: sets "done" to 1 if the update reports success, and "message" to the message for the operator.
case $by in
mainline)
	host=/sys/devices/faux/tdx_host
	insmod /modules/tdx-host.ko
	attempt()
	{
		error=$(update "$1")
		[ -n "$error" ] && done=0 || done=1
		message=$error$(dmesg | tail -n +$((seen + 1)) |
			sed -n 's/^\[[^]]*\] \(virt\/tdx\|seamldr\): \([^R]\)/; \1: \2/p' | head -n 1)
	}
	;;
seamstep)
	load_driver
	attempt()
	{
		error=$(update "$1")
		[ -n "$error" ] && done=0 || done=1
		message=$error${error:+; $(last_error text)}
		case $(attribute seamstep/verdict) in recovered) message="$message (recovered)" ;; esac
	}
	;;
tool)
	host=/sys/devices/faux/tdx_host
	insmod /modules/tdx-host.ko
	attempt()
	{
		done=0
		seamstep update --yes --repo /repo --signer $images/signer.pub.pem --to "$2" \
			"$images/$1" > /tmp/out 2> /tmp/err && done=1
		message=$(sed -n 's/^seamstep: //p' /tmp/err | tail -n 1)
		# The command says what it cannot know. In this row that is the cause of the failure.
		[ "$before" != build ] || message=$(sed -n 's/^ *unknown *td-build *//p' /tmp/err)
		sed 's/^/# /' /tmp/out /tmp/err
	}
	;;
esac
ok "the driver of $by loads" || finish
run_tds $tds
ok "$tds TDs run" || finish

# ---- before ------------------------------------------------------------------------------------

# TD builds cannot be seen here: the kernel has no kprobes, and the module lacks bit 47. So the driver needs td_build
# "ignore". The exception is the row with a TD build, whose module has bit 47.
if [ "$by" = seamstep ]; then
	echo ignore > $host/seamstep/td_build
	case $fallbacks in *own*) keep 1.5.09.bin ;; esac
	case $fallbacks in *sibling*) keep 1.5.17.bin ;; esac
fi
case $before in
offline)
	echo 0 > /sys/devices/system/cpu/cpu1/online
	;;
build)
	# 1.5.24 has bit 47. The next module has another crypto library.
	is "an update to 1.5.24" "" "$(update 1.5.24.bin)" || finish
	[ "$by" != seamstep ] || echo refuse > $host/seamstep/td_build
	echo 1 > $model/stall
	until [ "$(model status builds_stalled)" = 1 ]; do usleep 100000; done
	;;
esac

# ---- the update, and another -------------------------------------------------------------------

# Wait until each TD has made progress or is dead.
settle()
{
	tds progress > /tmp/before
	tries=0
	while [ $tries -lt 300 ]; do
		tds progress > /tmp/now
		tds alive | paste /tmp/before /tmp/now - |
			awk '$3 == 1 && $2 <= $1 { waits = 1 } END { exit waits }' && return 0
		tries=$((tries + 1))
		usleep 100000
	done
	return 1
}

# report WHEN
report()
{
	settle
	ok "$1: every TD runs or is dead"
	version=$(attribute version 2> /dev/null) || version=none
	text=$(echo "$message" | tr '\t\n' '  ')
	printf 'cell\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$row" "$by" "$1" "$done" "$(count_alive)" \
		$tds "$(total guest_errors)" "$(spoilt)" "$version" "$struck" "$text" > /dev/ttyS1
}

# spoilt: the number of TDs whose measurement differs from that without an update. At most one TD is being built. If it
# is spoilt, all later TDs differ from it.
spoilt()
{
	found=$(sed -n 's/^churn=.*mismeasured=\([0-9]*\).*/\1/p' $model/tds)
	[ "${found:-0}" = 0 ] && echo 0 || echo 1
}

seen=$(dmesg | wc -l)
where=faults
[ "$by" != seamstep ] || where=window_faults
inject "$faults" $where
attempt "$image" "$wanted"
struck=$(grep -c ' struck=[1-9]' $model/$where)/$(grep -c '^fault=' $model/$where)
# A fault that the kernel's own update never meets is an outcome too. The document has it.
[ "$by" = seamstep ] || injected=-
inject - $where
case $before in
offline)
	echo 1 > /sys/devices/system/cpu/cpu1/online
	;;
build)
	# The stalled TD is finished, and later TDs are built to compare with.
	echo 0 > $model/stall
	tries=0
	until grep -q '^churn=.*lives=[3-9]' $model/tds || [ $tries -gt 100 ]; do
		tries=$((tries + 1))
		usleep 100000
	done
	echo 0 > $model/churn
	;;
esac
report first
seen=$(dmesg | wc -l)
if [ "$before" = build ]; then
	attempt 1.5.25.bin 1.5.25
else
	attempt 1.5.16.bin 1.5.16
fi
report again
finish
