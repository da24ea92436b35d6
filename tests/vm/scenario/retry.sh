# SPDX-License-Identifier: MIT OR GPL-2.0-only
# After a failed update the next one succeeds, once the cause is gone. A module with bit 47 holds an update off
# while a TD is being built.
. /lib.sh

power_on updates=255 && load_driver && run_tds 4
ok "machine with 4 TDs"
keep 1.5.09.bin > /dev/null

inject TDH.SYS.SHUTDOWN=OPERAND_INVALID
is "SHUTDOWN refused" transferring:read-write-error "$(update 1.5.13.bin)"
is "verdict" unchanged "$(attribute seamstep/verdict)"
is "last_error names the leaf" TDH.SYS.SHUTDOWN "$(last_error leaf)"
is "last_error names the status" TDX_OPERAND_INVALID "$(last_error status)"

inject SEAMLDR.INSTALL@last=EBADSIG/0
is "INSTALL refused" transferring:firmware-invalid "$(update 1.5.13.bin)"
is "verdict" recovered "$(attribute seamstep/verdict)"
is "version" 1.5.09 "$(attribute version)"
tds_are_well 4
ok "all TDs alive after the recovery"

inject -
rmmod seamstep && load_driver && tds_are_well 4 && wait_progress
ok "the driver is unloaded and loaded after the recovery, TDs run on"
echo 1 > "$host/seamstep/rehearse"
is "without the fault, rehearsed" "" "$(update 1.5.13.bin)"
echo 0 > "$host/seamstep/rehearse"
is "version" 1.5.13 "$(attribute version)"
is "nothing is left of the error" "" "$(attribute seamstep/last_error)"
grep -q '^rehearse ' $details/timeline
ok "the rehearsal is in the timeline"
for cpu in /sys/devices/system/cpu/cpu[1-9]*/online; do
	echo 0 > "$cpu" && echo 1 > "$cpu"
done
tds_are_well 4 && wait_progress
ok "CPUs go offline and online after an update, TDs run on"

keep 1.5.17.bin > /dev/null
inject TDH.SYS.UPDATE=SYS_INVALID_HANDOFF
is "UPDATE refused" transferring:firmware-invalid "$(update 1.5.16.bin)"
is "the fallback of the same SVN took over" 1.5.17 "$(attribute version)"
keep 1.5.16.bin > /dev/null && keep 1.5.17.bin > /dev/null
inject SEAMLDR.INSTALL@last=EBADSIG/0
is "INSTALL refused" transferring:firmware-invalid "$(update 1.5.24.bin)"
is "of two fallbacks that could follow, that of the running module did" 1.5.17 "$(attribute version)"
inject -
is "on to 1.5.24" "" "$(update 1.5.24.bin)"

# 1.5.24 has bit 47. The builders build all the time, so that some build is always under way.
echo 1 > $model/stall
until_true stalled 1
ok "a TD in the middle of its build"
echo refuse > "$host/seamstep/td_build"
is "refused while a TD is being built" transferring:device-busy "$(update 1.5.25.bin)"
is "reason" td-build "$(last_error reason)"
is "version" 1.5.24 "$(attribute version)"
echo wait > "$host/seamstep/td_build"
echo 200 > "$host/seamstep/td_build_wait_ms"
is "the wait has a limit" transferring:device-busy "$(update 1.5.25.bin)"
echo 20000 > "$host/seamstep/td_build_wait_ms"
{ sleep 1; echo 0 > $model/stall; } &
is "waits until the TD is built" "" "$(update 1.5.25.bin)"
wait
is "version" 1.5.25 "$(attribute version)"
tds_are_well 4 && wait_progress
ok "all TDs alive and running"
echo 0 > $model/run
power_off
ok "both modules unload"
finish
