# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Two updates in a row by plain shell, with eight TDs and with SEAMCALLs from interrupts.
. /lib.sh

power_on && load_driver
ok "the model boots and the driver finds it"
is "version" 1.5.09 "$(attribute version)"
is "updates left" 15 "$(attribute num_remaining_updates)"
run_tds 8
ok "8 TDs run"
echo 200 > $model/noise
trace=/sys/kernel/tracing
mount -t tracefs tracefs $trace
echo 1 > $trace/events/seamstep/enable

is "update to 1.5.13" "" "$(update 1.5.13.bin)"
is "version" 1.5.13 "$(attribute version)"
is "updates left" 14 "$(attribute num_remaining_updates)"
is "verdict" updated "$(attribute seamstep/verdict)"
tds_are_well 8
ok "all TDs alive, memory and measurements as before, no foreign SEAMCALL" || finish
wait_progress
ok "all TDs run on"

is "update to 1.5.16" "" "$(update 1.5.16.bin)"
is "version" 1.5.16 "$(attribute version)"
is "updates left" 13 "$(attribute num_remaining_updates)"
is "windows in which a TD was compared, of 8 TDs" 16 "$(total windows)"
tds_are_well 8
ok "all TDs alive, memory and measurements as before, no foreign SEAMCALL" || finish
wait_progress
ok "all TDs run on"
echo 0 > $model/noise

cpus=$(nproc)
is "SEAMLDR.INSTALL traced, on each CPU in each update" $((2 * cpus)) \
	"$(grep -c 'seamstep_seamcall_end.*leaf=SEAMLDR.INSTALL status=0x0 ' $trace/trace)"
is "steps that began" "$(grep -c seamstep_step_begin $trace/trace)" \
	"$(grep -c seamstep_step_end $trace/trace)"
echo 0 > $trace/events/seamstep/enable
umount $trace

grep -q "^verify 0 0 " $details/timeline
ok "the timeline goes from begin to end"
note "$(dmesg | grep -F 'TDX Module' | grep -F -- '->' | sed 's/^.*seamstep: //')"
echo 0 > $model/run
power_off
ok "both modules unload"
finish
