# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Functions that scenarios share: KTAP output, and actions on the machine.

model=/sys/kernel/debug/seamsim
details=/sys/kernel/debug/seamstep
images=/images
upload=/sys/class/firmware/tdx_module
fallback=/sys/class/firmware/tdx_module_fallback
tests=0
failures=0

# ---- KTAP --------------------------------------------------------------------------------------

note()
{
	echo "# $*"
}

# ok NAME: the last command's status decides.
ok()
{
	result=$?
	tests=$((tests + 1))
	if [ $result = 0 ]; then
		echo "ok $tests $*"
	else
		echo "not ok $tests $*"
		failures=$((failures + 1))
	fi
	return $result
}

# is NAME EXPECTED FOUND
is()
{
	[ "$2" = "$3" ]
	ok "$1" && return
	note "expected '$2', found '$3'"
	return 1
}

# until_true COMMAND...: repeat until COMMAND succeeds, for two minutes of the machine's time
until_true()
{
	tries=0
	until "$@"; do
		tries=$((tries + 1))
		[ $tries -lt 1200 ] || return 1
		usleep 100000
	done
}

# finish: a scenario ends with this call.
finish()
{
	[ "${injected:--}" = - ]
	ok "no fault is left untested"
	if [ -e /sys/kernel/debug/kcsan ]; then
		[ "$(sed -n 's/^setup_watchpoints: //p' /sys/kernel/debug/kcsan)" -gt 0 ]
		ok "KCSAN was on: $(grep -E '^(setup_watchpoints|data_races|races_unknown)' /sys/kernel/debug/kcsan | xargs)"
	fi
	echo "1..$tests"
	note "$failures of $tests failed; backend: ${backend:-model in a kernel}"
	[ $failures = 0 ]
	exit
}

# ---- modules -----------------------------------------------------------------------------------

# power_on [PARAMETER...]: the model boots 1.5.09.
power_on()
{
	insmod /modules/seamsim.ko "signer=$(cat $images/signer)" "image=seamstep/boot.bin" "$@"
}

# The CPUs of a test machine are threads that share a few real CPUs, so they may arrive late.
load_driver()
{
	insmod "/modules/${driver:-seamstep}.ko" && host=$(echo /sys/devices/*/tdx_host) &&
		echo 10000 > "$host/seamstep/arrival_ms"
}

power_off()
{
	rmmod "${driver:-seamstep}" && rmmod seamsim
}

bare_cycle()
{
	power_on && load_driver && power_off
}

# cycle: a machine whose TDs survive an update
cycle()
{
	power_on && load_driver && run_tds 2 && error=$(update 1.5.13.bin) && [ "$error" = "" ] &&
		echo 0 > $model/run && power_off
}

# repeat N COMMAND: adds to $done
repeat()
{
	i=0
	while [ $i -lt "$1" ] && $2; do
		i=$((i + 1))
	done
	done=$((done + i))
}

# ---- the driver --------------------------------------------------------------------------------

attribute()
{
	cat "$host/$1"
}

# last_error KEY
last_error()
{
	sed -n "s/^$1=//p" $details/report
}

is_idle() { [ "$(cat "$1/status")" = idle ]; }

# wait_idle NODE: wait until the upload is over
wait_idle()
{
	until_true is_idle "$1"
}

# put NODE FILE: upload as the kernel's documentation describes. Prints the error, or nothing after success.
put()
{
	echo 1 > "$1/loading"
	cat "$2" > "$1/data"
	echo 0 > "$1/loading"
	wait_idle "$1" || echo "still $(cat "$1/status")"
	cat "$1/error"
}

# update FILE: update to FILE. keep FILE: keep FILE as a fallback
update()
{
	put $upload "$images/$1"
}

# has_begun: the update under way has begun; it checks the image, looks at the host, or waits
has_begun() { [ "$(attribute seamstep/state)" = preflight ]; }

keep()
{
	put $fallback "$images/$1"
}

# ---- the model ---------------------------------------------------------------------------------

# The value of "model audit state" for a module in SYS_READY (specification 6.1).
ready=3

# model FILE KEY: such as "model audit foreign"
model()
{
	sed -n "s/^$2=//p" "$model/$1"
}

# all_struck: each fault that was injected last has struck. A fault that has not struck has tested nothing.
all_struck()
{
	wanted=$(echo "$injected" | tr ',' '\n' | grep -c =)
	[ "$(grep -c ' struck=[1-9]' $model/$injected_into)" = "$wanted" ] && return 0
	sed "s/^/# $injected: /" $model/$injected_into
	return 1
}

# inject FAULTS [FILE]: FAULTS strike in update windows from now on or, if FILE is "faults", at once. "-" means no faults.
# The function first tests that all earlier faults have struck.
inject()
{
	if [ "${injected:--}" != - ]; then
		all_struck
		ok "struck: $injected"
	fi
	injected=$1 injected_into=${2:-window_faults}
	echo "$injected" > $model/$injected_into
}

# tds KEY: the value of KEY of each TD, one a line
tds()
{
	sed -n "/^td=/s/.* $1=\([^ ]*\).*/\1/p" $model/tds
}

count_alive()
{
	tds alive | grep -c '^1$'
}

total()
{
	tds "$1" | awk '{ n += $1 } END { print n + 0 }'
}

alive() { [ "$(count_alive)" = "$1" ]; }

# run_tds N: start N TDs, and wait until all of them run
run_tds()
{
	echo "$1" > $model/run
	until_true alive "$1"
}

progressed() { tds progress | paste /tmp/progress - | awk '$2 <= $1 { stuck = 1 } END { exit stuck }'; }

# wait_progress: wait until every TD has made progress
wait_progress()
{
	tds progress > /tmp/progress
	until_true progressed
}

# stalled N: N builds stall, see stall of the model
stalled() { [ "$(model status builds_stalled)" = "$1" ]; }

# after_VERDICT ERROR: does the machine, which had two TDs under 1.5.09, confirm the verdict of an update to 1.5.16 with
# the fallbacks 1.5.09 and 1.5.17? ERROR is what the upload node says.
after_updated()
{
	[ "$1" = "" ] && [ "$(attribute version)" = 1.5.16 ] && tds_are_well 2
}

after_unchanged()
{
	[ "$1" != "" ] && [ "$(attribute version)" = 1.5.09 ] && tds_are_well 2
}

after_recovered()
{
	case $(attribute version) in 1.5.09 | 1.5.17) ;; *) return 1 ;; esac
	[ "$1" != "" ] && tds_are_well 2
}

after_lost()
{
	[ "$1" != "" ] && ! attribute version 2> /dev/null
}

# tds_are_well N: what must hold after every update that did not lose the TDs.
tds_are_well()
{
	[ "$(count_alive)" = "$1" ] && [ "$(total guest_errors)" = 0 ] &&
		[ "$(total memory_changed)" = 0 ] && [ "$(total measurement_changed)" = 0 ] &&
		[ "$(model audit foreign)" = 0 ] && [ "$(model audit erased_under_lp)" = 0 ] &&
		[ "$(model audit vmcs_lost)" = 0 ] && [ "$(model audit fatal)" = 0 ] && return 0
	sed 's/^/# /' $model/tds $model/audit
	return 1
}
