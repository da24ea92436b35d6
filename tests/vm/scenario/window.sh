# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Windows of updates by the driver and by a step machine like Linux 7.3's, in turns; then steps without work.
# Nothing else runs. Each measurement prints a line "# WAY window_ns=N waiting_ns=N", or "# WAY empty steps=N ns=N".
. /lib.sh

runs=${RUNS:-5}
bench=/sys/kernel/debug/seambench
steps=1000

# summary FILE: the length of a timeline, from the lead's arrival to the end of the last work, and the part of it in
# which no LP worked. Work times overlap when LPs work at the same time.
summary()
{
	grep -v '^#' "$1" | sort -n -k 4 | awk '
		$4 > end { waiting += $4 - end }
		$5 > end { end = $5 }
		END { printf "window_ns=%.0f waiting_ns=%.0f\n", end, waiting }'
}

# one WAY VERSION
one()
{
	if [ "$1" = ours ]; then
		# The driver keeps what it saw last, and sees nothing of the other one's updates.
		rmmod seamstep && load_driver || return 1
		error=$(update "$2.bin")
		timeline=$details/timeline
	else
		cp "$images/$2.bin" /lib/firmware/seamstep/target.bin
		echo seamstep/target.bin > $bench/update
		error=$?
		error=${error#0}
		timeline=$bench/timeline
	fi
	[ -z "$error" ] && [ "$(model status version)" = "$2" ] &&
		[ "$(grep -c '^install ' "$timeline")" = "$(nproc)" ] || return 1
	note "$1 $(summary "$timeline")"
}

other()
{
	[ "$1" = ours ] && echo theirs || echo ours
}

# The images differ, so both ways install each image equally often: in two climbs of a ladder of five versions,
# an odd number.
insmod /modules/seambench.ko
ok "the measuring module loads"
note "clocksource $(cat /sys/devices/system/clocksource/clocksource0/current_clocksource)"
way=ours
done=0
failed=
while [ -z "$failed" ] && { [ $done -lt $((2 * runs)) ] || [ $((done % 10)) != 0 ]; }; do
	power_on updates=255 && load_driver || failed="power on"
	for version in 1.5.13 1.5.16 1.5.17 1.5.24 1.5.25; do
		[ -z "$failed" ] || break
		one $way $version || failed="$way $version"
		way=$(other $way)
		done=$((done + 1))
	done
	is "SEAMCALLs from elsewhere in a window" 0 "$(model audit foreign)" || failed=audit
	is "VMCSs lost" 0 "$(model audit vmcs_lost)" || failed=audit
	power_off || failed="power off"
done
is "$done updates" "" "$failed"

done=0
while [ $done -lt $runs ]; do
	for way in ours theirs; do
		echo "$way $steps" > $bench/empty && note "$way empty steps=$steps ns=$(cat $bench/empty)"
	done
	done=$((done + 1))
done
rmmod seambench
ok "the measuring module unloads"
finish
