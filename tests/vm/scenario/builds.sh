# SPDX-License-Identifier: MIT OR GPL-2.0-only
# TDs in the middle of their build, on modules without bit 47. The probes see the builds, and the driver waits for
# them. Without protection a measurement is spoilt. Updates go from 1.5.09 to 1.5.25,
# whose crypto library keeps hashes in another format.
. /lib.sh

# load_with PARAMETER...
load_with()
{
	insmod /modules/seamstep.ko "$@" && host=$(echo /sys/devices/*/tdx_host) &&
		echo 10000 > "$host/seamstep/arrival_ms"
}

# builds KEY: the value of KEY in td_builds of debugfs
builds()
{
	sed -n "s/^$1=//p" $details/td_builds
}

# churn KEY: a total over the builders, which build all the time
churn()
{
	sed -n "s/^churn=.* $1=\([0-9]*\).*/\1/p" $model/tds
}

lives_beyond() { [ "$(churn lives)" -gt "$1" ]; }
waiting() { [ "$(cat $upload/status)" = transferring ]; }
known() { [ "$(builds noted)" = "$1" ]; }
more_lives() { until_true lives_beyond $(($(churn lives) + $1)); }

# stall WHERE: the first builder's build stalls there. An earlier TD of this builder gives the measurement to compare with
stall()
{
	echo 1 > $model/churn
	until_true lives_beyond 1 && echo "$1" > $model/stall && until_true stalled 1
}

# ---- refused ------------------------------------------------------------------------------------

power_on updates=255 && load_with && run_tds 4 && stall 1
ok "machine with 4 TDs, and one in the middle of its build"
is "probes are placed" seamsim "$(builds probes)"
is "one build is known" 1 "$(builds noted)"
installs=$(model audit installs)
is "refused while a TD is being built" transferring:device-busy "$(update 1.5.25.bin)"
is "reason" td-build "$(last_error reason)"
is "how many" 1 "$(last_error td_builds)"
is "the driver found it, so no SEAMCALL is said to have failed" "" "$(last_error leaf)$(last_error status)"
! attribute seamstep/last_error | grep TDH.SYS.SHUTDOWN
ok "also in the attribute: $(attribute seamstep/last_error)"
is "verdict" unchanged "$(attribute seamstep/verdict)"
is "version" 1.5.09 "$(attribute version)"
is "nothing was installed" "$installs" "$(model audit installs)"
tds_are_well 4 && wait_progress
ok "all TDs alive and running"

echo 0 > /sys/kernel/debug/kprobes/enabled
is "with probes switched off" preparing:device-busy "$(update 1.5.25.bin)"
echo 1 > /sys/kernel/debug/kprobes/enabled
note "$(last_error text)"
is "nothing was changed" "1.5.09 $installs" "$(attribute version) $(model audit installs)"

# A step in the handler of another probe: the kernel runs no second probe there.
is "no step was missed" 0 "$(attribute seamstep/td_builds_missed)"
echo 0 > $model/stall
more_lives 1 && insmod /modules/blind_probe.ko && more_lives 3 && echo 1 > $model/stall && until_true stalled 1
ok "TDs are built with steps that no probe can see"
steps=$(cat /sys/module/blind_probe/parameters/steps)
rmmod blind_probe
[ "$steps" -ge 3 ]
ok "$steps steps"
is "as many are counted" "$steps $steps" "$(attribute seamstep/td_builds_missed) $(builds missed)"
is "then an update is refused" preparing:device-busy "$(update 1.5.25.bin)"
last_error text | grep -q td_builds_missed
ok "and says where to look: $(last_error text)"
is "version" 1.5.09 "$(attribute version)"
echo 0 > "$host/seamstep/td_builds_missed"
is "an operator says that none is" 0 "$(attribute seamstep/td_builds_missed)"

# A setting that is written while an image is being checked is for the next update.
insmod /modules/slow.ko functions=seamstep:step_image_load ms=500
update 1.5.25.bin > /tmp/error &
until_true has_begun && echo ignore > "$host/seamstep/td_build"
wait
rmmod slow
is "the update goes by the setting that it began with" "transferring:device-busy ignore" \
	"$(cat /tmp/error) $(attribute seamstep/td_build)"
is "version" 1.5.09 "$(attribute version)"

# ---- waiting ------------------------------------------------------------------------------------

echo wait > "$host/seamstep/td_build"
echo 500 > "$host/seamstep/td_build_wait_ms"
is "the wait has a limit" transferring:device-busy "$(update 1.5.25.bin)"
is "reason" td-build "$(last_error reason)"
is "version" 1.5.09 "$(attribute version)"
tds_are_well 4 && [ "$(churn failed)" = 0 ]
ok "no TD is harmed"

echo 600000 > "$host/seamstep/td_build_wait_ms"
update 1.5.25.bin > /tmp/error &
until_true waiting && echo 1 > $upload/cancel
wait
is "the wait can be cancelled" transferring:user-abort "$(cat /tmp/error)"
is "version" 1.5.09 "$(attribute version)"
echo 1 > "$host/seamstep/rehearse"
windows=$(model audit windows)
had_window() { [ "$(model audit windows)" -gt "$windows" ]; }
can_go() { (echo 0 > /sys/devices/system/cpu/cpu1/online) 2> /dev/null; }
update 1.5.25.bin > /tmp/error &
until_true had_window && until_true can_go && echo 0 > $model/stall
wait
echo 1 > /sys/devices/system/cpu/cpu1/online
is "without all CPUs no other window is opened" transferring:device-busy "$(cat /tmp/error)"
last_error text | grep -q 'CPUs are online now'
ok "the refusal says so: $(last_error text)"
is "windows" 1 "$(last_error windows)"
grep -q '^rehearse ' $details/timeline
ok "the timeline is of the one window that this update opened"
is "version" 1.5.09 "$(attribute version)"
echo 0 > "$host/seamstep/rehearse" && stall 1
ok "again a TD is in the middle of its build"
update bad-hash.bin > /dev/null
last=$(cat $details/report)
update 1.5.25.bin > /tmp/error &
until_true waiting
ok "the update waits"
is "until it ends, the report is that of the update before it" "$last" "$(cat $details/report)"
is "also in the attributes" "unchanged " "$(attribute seamstep/verdict) $(attribute seamstep/image)"
is "it waits" 1.5.09 "$(attribute version)"
rmmod seamstep 2> /dev/null
[ $? != 0 ] && [ -d /sys/module/seamstep ]
ok "the driver cannot be unloaded meanwhile"
is "a fallback cannot be given to it" preparing:device-busy "$(keep 1.5.09.bin)"
is "state" preflight "$(attribute seamstep/state)"
echo refuse > "$host/seamstep/td_build" && [ "$(attribute seamstep/fallbacks)" = "" ]
ok "settings can be read, and changed for the next update"
(echo none > "$host/seamstep/fallbacks") 2> /dev/null
[ $? != 0 ]
ok "but fallbacks cannot be removed"
echo 0 > /sys/devices/system/cpu/cpu1/online && echo 1 > /sys/devices/system/cpu/cpu1/online
ok "a CPU can go offline meanwhile, and come back"
echo 0 > $model/stall
wait
is "the update succeeds when the build is done" "" "$(cat /tmp/error)"
is "version" 1.5.25 "$(attribute version)"
echo 3 > $model/churn
more_lives 5
ok "builds go on"
is "no measurement was spoilt" 0 "$(churn mismeasured)"
is "no builder failed" 0 "$(churn failed)"
tds_are_well 4 && wait_progress
ok "all TDs alive and running"
echo 0 > $model/run
power_off
ok "both modules unload"

# ---- probes that stop to see during the wait --------------------------------------------------------

power_on updates=255 && load_with && stall 1 && echo wait > "$host/seamstep/td_build"
ok "a machine, and a TD in the middle of its build"
update 1.5.25.bin > /tmp/error &
until_true waiting
ok "the update waits"
echo 0 > /sys/kernel/debug/kprobes/enabled
echo 0 > $model/stall
wait
echo 1 > /sys/kernel/debug/kprobes/enabled
is "an update does not go on when builds can go unseen" transferring:device-busy "$(cat /tmp/error)"
last_error text | grep -q 'kprobes are switched off'
ok "and says why: $(last_error text)"
is "nothing was changed" "unchanged 1.5.09" "$(attribute seamstep/verdict) $(attribute version)"
is "no measurement was spoilt" 0 "$(churn mismeasured)"
power_off
ok "both modules unload"

# ---- a build that began before the driver was there -----------------------------------------------

power_on updates=255 && stall 1 && load_with
ok "a build under way when the driver is loaded"
is "the driver does not know the build" 0 "$(builds noted)"
echo 2 > $model/stall
until_true known 1 && until_true stalled 1
ok "the driver knows the build once it adds a page"
is "then an update is refused" transferring:device-busy "$(update 1.5.25.bin)"
is "version" 1.5.09 "$(attribute version)"
echo 3 > $model/churn
echo wait > "$host/seamstep/td_build"
echo 2000 > "$host/seamstep/td_build_wait_ms"
lives=$(churn lives)
is "an update waits in vain" transferring:device-busy "$(update 1.5.25.bin)"
[ "$(churn lives)" -gt "$lives" ]
ok "meanwhile other TDs are built"
is "the driver changes no function of the kernel: no build was refused" 0 "$(model status creates_refused)"
echo 0 > $model/stall
more_lives 2
is "the measurement is right" 0 "$(churn mismeasured)"
power_off
ok "both modules unload"

# ---- without probes ------------------------------------------------------------------------------

power_on updates=255 && load_with probes=none && run_tds 2 && stall 1
ok "a driver without probes"
is "td_builds says so" none "$(builds probes)"
note "$(builds why)"
is "refuses an update with td_build=refuse" preparing:device-busy "$(update 1.5.25.bin)"
note "$(last_error text)"
is "refuses an update with td_build=wait" preparing:device-busy \
	"$(echo wait > "$host/seamstep/td_build"; update 1.5.25.bin)"
is "version" 1.5.09 "$(attribute version)"
echo ignore > "$host/seamstep/td_build"
is "goes on when told to ignore builds" "" "$(update 1.5.25.bin)"
echo 0 > $model/stall
more_lives 2
is "the TD that was being built has a wrong measurement" 1 "$(churn mismeasured)"
is "no call reported the wrong measurement" 0 "$(churn failed)"
tds_are_well 2
ok "the other TDs are well"
echo 0 > $model/run
power_off
ok "both modules unload"

# ---- more builds than the driver can note -----------------------------------------------------------

power_on updates=255 && load_with
ok "machine"
# The model's TDMR memory begins at 1 TiB. Its TDs have less than the first 2048 pages.
insmod /modules/many_builds.ko nr=1030 pfn=$(((1 << 40 >> 12) + 2048)) && rmmod many_builds
ok "1030 TDs take a step of their build"
is "the driver notes 1024, and counts the others" "1024 6 6" \
	"$(builds noted) $(builds missed) $(attribute seamstep/td_builds_missed)"
is "then an update is refused" preparing:device-busy "$(update 1.5.25.bin)"
last_error text | grep -q td_builds_missed
ok "and says where to look: $(last_error text)"
is "version" 1.5.09 "$(attribute version)"
echo 0 > "$host/seamstep/td_builds_missed"
is "an operator says that none is being built" "1024 0" "$(builds noted) $(builds missed)"
is "then an update succeeds" "" "$(update 1.5.25.bin)"
is "the module has said that none of those noted is being built" 0 "$(builds noted)"
stall 1
is "the next build is noted, none was missed" "1 0" "$(builds noted) $(builds missed)"
echo 0 > $model/stall
power_off
ok "both modules unload"

# ---- without functions to probe ---------------------------------------------------------------------

power_on && load_with probes=vmlinux
ok "a kernel without the functions"
is "td_builds says so" none "$(builds probes)"
note "$(builds why)"
power_off
power_on && load_with probes=nowhere
is "a module that is not there" none "$(builds probes)"
note "$(builds why)"
power_off
ok "both modules unload"

# ---- functions in a module that goes -----------------------------------------------------------------

power_on && insmod /modules/td_functions.ko && load_with
ok "functions that build TDs, in a module of their own"
is "probes are placed" td_functions "$(builds probes)"
rmmod td_functions
ok "this module unloads"
is "then an update is refused" preparing:device-busy "$(update 1.5.25.bin)"
last_error text | grep -q 'was unloaded; reload seamstep'
ok "and says why: $(last_error text)"
is "version" 1.5.09 "$(attribute version)"
rmmod seamstep && load_with
ok "the driver is reloaded"
is "probes are placed in the model" seamsim "$(builds probes)"
is "an update succeeds" "" "$(update 1.5.25.bin)"
power_off
ok "both modules unload"
finish
