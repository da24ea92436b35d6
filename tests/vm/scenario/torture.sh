# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Minutes of everything at once: updates and faults by chance, CPUs that come and go, TDs that are
# built and torn down, readers that never rest.
. /lib.sh

minutes=${MINUTES:-3}
SEED=${SEED:-$(date +%s)}
RANDOM=$SEED
note "$minutes minutes, seed $SEED"
last=$((minutes * 60))
uptime_s() { cut -d. -f1 /proc/uptime; }
begin=$(uptime_s)
time_left() { [ $(($(uptime_s) - begin)) -lt $last ]; }

# ---- what never rests ------------------------------------------------------------------------

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

# A version that never was is one that was read half before and half after an update.
readers()
{
	while [ -e /tmp/storm ]; do
		v=$(cat "$host/version" 2> /dev/null)
		case $v in
		'' | 1.5.09 | 1.5.13 | 1.5.16 | 1.5.17 | 1.5.24 | 1.5.25) ;;
		*) echo "$v" >> /tmp/torn ;;
		esac
		cat "$host/seamldr_version" "$host/num_remaining_updates" > /dev/null 2>&1
		usleep 5000
	done
}

# ---- one machine, from power on to the top of the ladder -------------------------------------------

# A row of the table that does not lose TDs, or none. Sets $faults.
choose_fault()
{
	faults=-
	[ $((RANDOM % 2)) = 0 ] || return
	n=$((RANDOM % $(wc -l < /tmp/rows) + 1))
	faults=$(sed -n "${n}p" /tmp/rows)
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
	keep 1.5.09.bin > /dev/null
	for version in 1.5.13 1.5.16 1.5.17 1.5.24 1.5.25; do
		tries=0
		while [ "$(attribute version)" != $version ] && [ $tries -lt 20 ] && time_left; do
			choose_fault
			inject "$faults"
			error=$(update $version.bin)
			verdict=$(attribute seamstep/verdict)
			echo "$verdict" >> /tmp/verdicts
			inject -
			tries=$((tries + 1))
			[ "$verdict" != lost ] || break 2
			# Only what an update can be refused for: a CPU that is away, a TD build.
			[ "$verdict" != unchanged ] || usleep 100000
		done
	done
	rm /tmp/storm
	wait $storm $reading
	echo 0 > $model/noise
	echo 0 > $model/churn
	[ "$verdict" != lost ] || note "lost after $faults: $(attribute seamstep/last_error | tr '\n' ' ')"
	[ "$verdict" != lost ] && tds_are_well 4 && wait_progress &&
		! grep '^churn=' $model/tds | grep -v 'failed=0'
	well=$?
	echo 0 > $model/run
	power_off && return $well
}

# Faults that no fallback is needed for, with LPs that every machine has.
awk -F'\t' '!/^#/ && $4 == "updated" && $3 !~ /@[1-9]/ && $3 != "-" { print $3 }' /failures.tsv > /tmp/rows
[ -s /tmp/rows ]
ok "faults to choose from"
machines=0
while time_left && climb; do
	machines=$((machines + 1))
	note "machine $machines: $(sort /tmp/verdicts | uniq -c | tr '\n' ' ')"
done
! time_left
ok "$machines machines lived through everything" || sed 's/^/# /' /tmp/verdicts | tail -n 3
grep -q updated /tmp/verdicts
ok "updates took place"
[ ! -e /tmp/torn ]
ok "no version was read in halves" || note "$(cat /tmp/torn)"
finish
