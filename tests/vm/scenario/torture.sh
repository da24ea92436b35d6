# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Minutes of everything at once: updates, random faults and fallbacks, CPUs that go offline and online, TDs that
# are built and torn down, readers that read all the time. A machine that lost its TDs starts anew.
. /lib.sh

minutes=${MINUTES:-3}
SEED=${SEED:-1}
RANDOM=$SEED
note "$minutes minutes, seed $SEED"
last=$((minutes * 60))
uptime_s() { cut -d. -f1 /proc/uptime; }
begin=$(uptime_s)

# An update that succeeded, and one that did not. Chance may need more time for both.
both_seen() { grep -q updated /tmp/verdicts && grep -q 'recovered\|lost' /tmp/verdicts; }

time_left()
{
	elapsed=$(($(uptime_s) - begin))
	[ $elapsed -lt $last ] || { [ $elapsed -lt $((3 * last)) ] && ! both_seen; }
}

# ---- background load -------------------------------------------------------------------------

# Hotplug storms. CPU 0 stays. While an update is under way the kernel answers "busy".
hotplug()
{
	n=$(nproc --all)
	while [ -e /tmp/storm ]; do
		cpu=/sys/devices/system/cpu/cpu$((1 + RANDOM % (n - 1)))/online
		echo 0 2> /dev/null > $cpu
		usleep $((RANDOM * 10))
		echo 1 2> /dev/null > $cpu
		usleep $((RANDOM * 40))
	done 2> /dev/null
	for cpu in /sys/devices/system/cpu/cpu[1-9]*/online; do
		until echo 1 > "$cpu" || [ "$(cat "$cpu")" = 1 ]; do usleep 10000; done
	done 2> /dev/null
}

# A version that does not exist was read half before and half after an update.
readers()
{
	while [ -e /tmp/storm ]; do
		v=$(cat "$host/version" 2> /dev/null)
		case $v in
		"" | 1.5.09 | 1.5.13 | 1.5.16 | 1.5.17 | 1.5.24 | 1.5.25) ;;
		*) echo "$v" >> /tmp/torn ;;
		esac
		cat "$host/seamldr_version" "$host/num_remaining_updates" > /dev/null 2>&1
		usleep 5000
	done
}

# ---- one update --------------------------------------------------------------------------------

# after VERSION: the version after VERSION, if there is one.
after()
{
	case $1 in
	1.5.09) echo 1.5.13 ;;
	1.5.13) echo 1.5.16 ;;
	1.5.16) echo 1.5.17 ;;
	1.5.17) echo 1.5.24 ;;
	1.5.24) echo 1.5.25 ;;
	esac
}

# choose_fault: a row of the table of failures, or none. Sets $row, $needs, $faults and $promised.
choose_fault()
{
	row=none needs=none faults=- promised=updated
	[ $((RANDOM % 3)) != 0 ] || return 0
	n=$((RANDOM % $(wc -l < /tmp/rows) + 1))
	IFS='	' read -r row needs faults promised reason << END
$(sed -n "${n}p" /tmp/rows)
END
}

# choose_fallbacks: every possible fallback, or none. Sets $given.
choose_fallbacks()
{
	echo none > "$host/seamstep/fallbacks"
	given=none
	[ $((RANDOM % 4)) != 0 ] || return 0
	given=own
	error=$(keep "$before.bin")
	[ "$error" = "" ] || return 1
	sibling=$(after "$target")
	[ "$sibling" != "" ] || return 0
	given=own,sibling
	error=$(keep "$sibling.bin")
	[ "$error" = "" ]
}

# TDs may be lost only if the table says so, or if the row needs a fallback that was not given.
may_lose()
{
	[ "$promised" != lost ] || return 0
	for fallback in own sibling; do
		case ,$needs, in
		*,$fallback,*) case ,$given, in *,$fallback,*) ;; *) return 0 ;; esac ;;
		esac
	done
	return 1
}

# Does the state of the machine confirm the driver's verdict?
verdict_is_true()
{
	now=$(attribute version 2> /dev/null)
	case $verdict in
	updated) [ "$error" = "" ] && [ "$now" = "$target" ] ;;
	unchanged) [ "$error" != "" ] && [ "$now" = "$before" ] ;;
	recovered) [ "$error" != "" ] && { [ "$now" = "$before" ] || [ "$now" = "$sibling" ]; } ;;
	lost) [ "$error" = transferring:hw-error ] && [ "$now" = "" ] && may_lose &&
		[ "$(update "$target.bin")" = preparing:hw-error ] && return ;;
	esac && tds_are_well 4
}

one_update()
{
	choose_fault
	choose_fallbacks || { note "fallback $before or $sibling: $error"; return 1; }
	# A refused update meets no fault. An update without a fallback meets no second fault. The model knows which
	# faults have struck.
	echo "$faults" > $model/window_faults
	error=$(update "$target.bin")
	verdict=$(attribute seamstep/verdict)
	! grep -q ' struck=[1-9]' $model/window_faults || echo "$row" >> /tmp/struck
	echo - > $model/window_faults
	echo "$verdict" >> /tmp/verdicts
	verdict_is_true && return
	note "$before -> $target, row $row, fallbacks $given: '$verdict', error '$error', runs '$now'"
	note "$(attribute seamstep/last_error | tr '\n' ' ')"
	return 1
}

# ---- one machine, from power on to the top of the ladder, or to its loss -----------------------------

# After a good end TDs run on, and no TD that was built or torn down meanwhile was harmed.
ends_well()
{
	[ "$verdict" != lost ] || return 0
	wait_progress && ! grep '^churn=' $model/tds | grep -v 'failed=0'
}

climb()
{
	power_on private_pages=8192 updates=255 && load_driver && run_tds 4 || return 1
	echo wait > "$host/seamstep/td_build"
	echo 50 > $model/noise
	echo 2 > $model/churn
	touch /tmp/storm
	hotplug &
	storm=$!
	readers &
	reading=$!
	before=1.5.09 verdict=none well=0
	while [ $well = 0 ] && [ "$verdict" != lost ] && time_left; do
		target=$(after "$before")
		[ "$target" != "" ] || break
		one_update
		well=$?
		before=$now
		# Wait for the cause of a refusal to pass: an offline CPU, a TD build.
		[ "$verdict" != unchanged ] || usleep 100000
	done
	rm /tmp/storm
	wait $storm $reading
	echo 0 > $model/noise
	echo 0 > $model/churn
	if [ $well = 0 ]; then
		ends_well
		well=$?
	fi
	echo 0 > $model/run
	power_off && return $well
}

grep -v '^#' /failures.tsv | grep . > /tmp/rows
[ "$(wc -l < /tmp/rows)" -gt 50 ]
ok "faults to choose from"
machines=0 well=0
: > /tmp/verdicts
: > /tmp/struck
while [ $well = 0 ] && time_left; do
	climb
	well=$?
	machines=$((machines + 1))
	note "machine $machines: $(sort /tmp/verdicts | uniq -c | tr '\n' ' ')"
done
[ $well = 0 ]
ok "$machines machines survived, or lost only TDs that nothing could have saved"
both_seen
ok "some updates succeeded, and some did not"
[ -s /tmp/struck ]
ok "faults of $(sort -u /tmp/struck | wc -l) of $(wc -l < /tmp/rows) rows of the table struck"
[ ! -e /tmp/torn ]
ok "no version was read in halves" || note "$(cat /tmp/torn)"
finish
