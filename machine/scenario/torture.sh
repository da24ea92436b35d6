# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Minutes of everything at once: TDs that are built, run and end, and give pages back and take them again; CPUs that go off
# and on line; updates that succeed, and such that fail at any place from which a fallback can recover; readers of sysfs. No
# TD may be lost. The kernel's command line has minutes=N (10) and seed=N (1). Needs the machine's option updates=255.
. /host.sh

minutes=${MINUTES:-10}
SEED=${SEED:-1}
RANDOM=$SEED
begin=$(cut -d. -f1 /proc/uptime)

# An update that succeeded, and one that was recovered. Chance may need more time for both.
both_seen() { grep -q updated /tmp/verdicts && grep -q recovered /tmp/verdicts; }

time_left()
{
	elapsed=$(($(cut -d. -f1 /proc/uptime) - begin))
	[ $elapsed -lt $((60 * minutes)) ] || { [ $elapsed -lt $((240 * minutes)) ] && ! both_seen; }
}

# broken WORD...: what must not be
broken()
{
	echo "$*" >> /tmp/broken
	note "$*"
}

# ---- what goes on beside the updates --------------------------------------------------------------------------------

# Each worker has one TD after the other.
tds()
{
	RANDOM=$((SEED + $1))
	while [ -e /tmp/storm ]; do
		log=/tmp/td/worker$1
		vmm --name "w$1" --vcpus $((1 + RANDOM % 3)) --memory $((3 + RANDOM % 6)) --seconds $((1 + RANDOM % 20)) \
			--tick $((50 + RANDOM % 500)) /guest.img > $log 2>&1
		status=$?
		[ $status = 0 ] && ! grep -q 'errors [1-9]' $log && grep -q 'ended alive' $log ||
			broken "a TD ends with status $status: $(tail -n 6 $log | tr '\n' ';')"
		grep -c ' counts ' $log >> /tmp/ended
		usleep $((RANDOM * 20))
	done
}

# CPU 0 stays. While an update is under way the kernel answers "busy".
hotplug()
{
	RANDOM=$((SEED + 100))
	while [ -e /tmp/storm ]; do
		cpu=/sys/devices/system/cpu/cpu$((1 + RANDOM % (cpus - 1)))/online
		echo 0 > $cpu && echo . >> /tmp/offlined
		usleep $((RANDOM * 20))
		echo 1 > $cpu
		usleep $((RANDOM * 200))
	done 2> /dev/null
}

# A version that does not exist was read half before and half after an update.
readers()
{
	while [ -e /tmp/storm ]; do
		case $(cat "$host/version" 2> /dev/null) in
		"" | 1.5.09 | 1.5.16 | 1.5.17) ;;
		*) broken "a torn version" ;;
		esac
		cat "$host"/* "$host"/seamstep/* $upload/* > /dev/null 2>&1
		echo . >> /tmp/reads
		usleep 20000
	done
}

# ---- one update -----------------------------------------------------------------------------------------------------

# choose_fault: a row of the table that a fallback can save, or none. Sets $row and $faults.
choose_fault()
{
	row=none faults=-
	[ $((RANDOM % 3)) != 0 ] || return 0
	IFS='	' read -r row needs faults promised reason << END
$(sed -n "$((RANDOM % $(wc -l < /tmp/rows) + 1))p" /tmp/rows)
END
}

# The driver may refuse, as when a CPU is off line or a TD is being built; the TDs must live.
one_update()
{
	before=$(attribute version)
	target=1.5.16
	[ "$before" != 1.5.16 ] || target=1.5.17
	other=1.5.17
	[ "$target" != 1.5.17 ] || other=1.5.16
	choose_fault
	echo none > "$host/seamstep/fallbacks"
	keep "$before.bin" > /dev/null
	[ "$other" = "$before" ] || keep "$other.bin" > /dev/null
	inject "$faults"
	struck=$(seam_status faults-struck)
	error=$(update "$target.bin")
	verdict=$(attribute seamstep/verdict)
	[ "$(seam_status faults-struck)" = "$struck" ] || echo "$row" >> /tmp/struck
	inject -
	echo "${verdict:-refused}" >> /tmp/verdicts
	case $verdict in
	lost | "") broken "$before to $target, row $row: '$verdict', '$error', $(attribute seamstep/last_error | tr '\n' ' ')" ;;
	esac
}

# ---- minutes --------------------------------------------------------------------------------------------------------

load_kvm && load_seamstep
ok "KVM and seamstep.ko load" || finish
echo wait > "$host/seamstep/td_build"
echo 5000 > "$host/seamstep/td_build_wait_ms"
grep -v '^#' /failures.tsv | awk -F '\t' '$2 != "none" && $4 != "lost"' > /tmp/rows
note "$minutes minutes, seed $SEED, $(wc -l < /tmp/rows) rows of faults"
: > /tmp/storm > /tmp/broken > /tmp/ended > /tmp/offlined > /tmp/reads > /tmp/struck > /tmp/verdicts
for worker in 1 2 3 4; do
	tds $worker &
done
hotplug &
readers &
while time_left && [ ! -s /tmp/broken ]; do
	if [ "$(seam_status updates-left)" -gt 8 ]; then
		one_update
	fi
	usleep $((RANDOM * 50))
done
rm /tmp/storm
wait
for cpu in /sys/devices/system/cpu/cpu[1-9]*/online; do
	until [ "$(cat "$cpu")" = 1 ] || echo 1 > "$cpu"; do usleep 10000; done 2> /dev/null
done

# ---- what came of it ------------------------------------------------------------------------------------------------

note "$(wc -l < /tmp/ended) TDs ended, $(awk '{ n += $1 } END { print n + 0 }' /tmp/ended) lines of their consoles"
note "$(wc -l < /tmp/offlined) times a CPU went off line, $(wc -l < /tmp/reads) rounds of readers"
note "updates: $(sort /tmp/verdicts | uniq -c | tr -s ' \n' ' ')"
note "rows of faults that struck: $(sort -u /tmp/struck | wc -l)"
[ ! -s /tmp/broken ]
ok "no TD was lost, and no reader misled"
[ -s /tmp/ended ] && [ -s /tmp/offlined ] && both_seen
ok "TDs ended, CPUs went off line, updates succeeded and were recovered"
is "no LP was in the module when it was erased" 0 "$(seam_status erased-under-lps)"
is "the module was never lost" 0 "$(seam_status lost)"
is "the module knows no TD" 0 "$(seam_status tds)"
start_td td1 --vcpus 2
well td1
ok "a TD is built and runs" || show_tds
before=$(attribute version)
target=1.5.16
[ "$before" != 1.5.16 ] || target=1.5.17
is "an update succeeds" "" "$(update $target.bin)"
well td1
ok "under the TD" || show_tds
stop_td td1
ok "which ends"
finish
