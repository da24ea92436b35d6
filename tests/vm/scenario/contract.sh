# SPDX-License-Identifier: MIT OR GPL-2.0-only
# What the driver promises beside the update itself: a report says what happened last and to what; looking changes
# nothing; a cancel is not lost; nothing stops the machine more often than a bound says; what only a reboot ends
# outlives a reload; a broken cipher is not a bad image.
. /lib.sh

trace=/sys/kernel/tracing

# ---- looking changes nothing ------------------------------------------------------------------------

power_on updates=255 && load_driver
ok "machine"
calls=$(model audit calls)
for time in 1 2 3 4 5 6 7 8 9 10; do
	attribute version > /dev/null
done
for file in "$host"/version "$host"/seamstep/* $details/*; do
	cat "$file" > /dev/null
done
is "reading what everybody may read makes no SEAMCALL" "$calls" "$(model audit calls)"

# ---- a report says what happened last, and to what --------------------------------------------------

is "no update yet" "none none" "$(attribute seamstep/verdict) $(attribute seamstep/confirmed)"
keep 1.5.09.bin > /dev/null
is "the fallback is kept" "" "$(attribute seamstep/fallback_error)"
inject SEAMLDR.INSTALL@last=EBADSIG/0
update 1.5.13.bin > /dev/null
is "verdict" recovered "$(attribute seamstep/verdict)"
error=$(attribute seamstep/last_error) image=$(attribute seamstep/image)
echo "$error" | grep -q 'SEAMLDR.INSTALL.*EBADSIG'
ok "the error in one line: $error"
attribute seamstep/image | grep -q '^[0-9a-f]\{8\}-[0-9a-f]\{8\}$'
ok "the image: $image"
inject -
keep bad-hash.bin > /dev/null
is "a refused fallback leaves the report of the update" "recovered $error $image" \
	"$(attribute seamstep/verdict) $(attribute seamstep/last_error) $(attribute seamstep/image)"
[ -n "$(attribute seamstep/fallback_error)" ]
ok "and has a report of its own: $(attribute seamstep/fallback_error)"
keep 1.5.09.bin > /dev/null
is "which the next fallback ends" "" "$(attribute seamstep/fallback_error)"
update bad-hash.bin > /dev/null
is "a file that is no image leaves no name of another" "unchanged " \
	"$(attribute seamstep/verdict) $(attribute seamstep/image)"

# A verdict that nothing confirms: the log says so, and points to no file that is empty.
dmesg -c > /dev/null
inject TDH.SYS.RD+=OPERAND_INVALID
update 1.5.13.bin > /dev/null
is "what cannot be looked at is not confirmed" "updated no" \
	"$(attribute seamstep/verdict) $(attribute seamstep/confirmed)"
inject -
dmesg | grep 'verdict is not confirmed' > /tmp/unconfirmed
ok "$(sed 's/.*seamstep: //' /tmp/unconfirmed)"
! grep last_error /tmp/unconfirmed || [ "$(attribute seamstep/last_error)" != "" ]
ok "which points to no file that says nothing"
power_off && power_on updates=255 && load_driver
ok "a new machine"

# ---- a cancel is not lost; caches are written back once, after a window only, and before a CPU can go ------

mount -t tracefs none $trace 2> /dev/null
printf 'p:%s\n' 'hold cpu_hotplug_disable' 'stop stop_machine' 'writeback wbinvd_on_all_cpus' 'allow cpu_hotplug_enable' \
	> $trace/kprobe_events && echo 1 > $trace/events/kprobes/enable
ok "probes see write-backs of caches, and whether CPUs can go"
written() { grep -c ' writeback: ' $trace/trace; }

# cancelled FILE: cancel while the driver checks the image.
cancelled()
{
	insmod /modules/slow.ko functions=seamstep:step_image_load ms=500
	echo 1 > $upload/loading
	cat "$images/$1" > $upload/data
	echo 0 > $upload/loading
	until_true has_begun && echo 1 > $upload/cancel
	wait_idle $upload
	rmmod slow
	cat $upload/error
}
windows=$(model audit windows)
is "cancelled while the image is checked" transferring:user-abort "$(cancelled 1.5.16.bin)"
is "no window was opened" "$windows" "$(model audit windows)"
is "version" 1.5.09 "$(attribute version)"
is "no write-back without a window" 0 "$(written)"
(echo 1 > $upload/cancel) 2> /dev/null
[ $? != 0 ]
ok "nothing is under way that could be cancelled"
echo > $trace/trace
is "the next update is not cancelled" "" "$(update 1.5.16.bin)"
is "one write-back after the window" 1 "$(written)"
# The preflight holds the CPUs too, for itself.
is "while no CPU can go" "hold allow hold stop writeback allow" "$(sed -n 's/.* \([a-z]*\): (.*/\1/p' $trace/trace | xargs)"

# ---- a CPU that comes late -------------------------------------------------------------------------------

# late CPU
late()
{
	insmod /modules/slow.ko functions=seamstep:ss_update_run "cpu=$1" ms=50 && echo 10 > "$host/seamstep/arrival_ms"
	dmesg -c > /dev/null
	is "CPU $1 comes too late" transferring:timeout "$(update 1.5.17.bin)"
	echo 10000 > "$host/seamstep/arrival_ms"
	rmmod slow
	is "verdict" "unchanged yes" "$(attribute seamstep/verdict) $(attribute seamstep/confirmed)"
	is "the report names it" "not-arrived $1" "$(last_error reason) $(last_error lp)"
	is "and no SEAMCALL, as none was made" "" "$(last_error leaf)$(attribute seamstep/last_error | grep returned)"
	dmesg | grep -q "seamstep: CPU $1 arrived [0-9]\{5\} us after the first CPU; the limit is 10000 us"
	ok "so does the log: $(dmesg | sed -n 's/.*seamstep: \(CPU .*\)/\1/p')"
}
late 1
late 0
is "no write-back, as nothing was written" 1 "$(written)"
echo 0 > $trace/events/kprobes/enable
echo > $trace/kprobe_events

# ---- the model is as strict as the processor ----------------------------------------------------------------

insmod /modules/read_only.ko && rmmod read_only
ok "VMPTRST does not write to what cannot be written"

# ---- a broken cipher ------------------------------------------------------------------------------------

insmod /modules/fake_return.ko function=rsa_enc value=-5
ok "the kernel's RSA fails"
is "an update is refused, and not for its image" preparing:hw-error "$(update 1.5.17.bin)"
note "$(last_error text)"
[ "$(cat /sys/module/fake_return/parameters/struck)" -gt 0 ] && rmmod fake_return
ok "it has failed"
is "with RSA the image is good" "" "$(update 1.5.17.bin)"
power_off
ok "both modules unload"

# ---- the machine is not stopped again and again -----------------------------------------------------------

# 1.5.24 has bit 47, so each look at a build that the probes do not see needs a window.
power_on updates=255 && load_driver && run_tds 2 && [ "$(update 1.5.24.bin)" = "" ]
ok "a module with bit 47"
rmmod seamstep && insmod /modules/seamstep.ko probes=none && echo 10000 > "$host/seamstep/arrival_ms"
ok "a driver without probes"
echo 1 > $model/stall
until_true stalled 1
ok "a TD in the middle of its build"
echo 0 > $model/run
echo wait > "$host/seamstep/td_build"
echo 60000 > "$host/seamstep/td_build_wait_ms"
echo 1 > "$host/seamstep/rehearse"
echo 'leaf=="SEAMLDR.INSTALL"' > $trace/events/seamstep/seamstep_seamcall_begin/filter
echo 1 > $trace/events/seamstep/seamstep_seamcall_begin/enable
windows=$(model audit windows)
is "a minute of waiting" transferring:device-busy "$(update 1.5.25.bin)"
windows=$(($(model audit windows) - windows))
is "the report counts the windows" $windows "$(last_error windows)"
[ $windows -ge 3 ] && [ $windows -le 15 ]
ok "$windows windows in a minute"
is "but each CPU rehearses once" "$(nproc)" "$(grep -c 'seamcall_begin.*INSTALL' $trace/trace)"
echo 0 > $trace/events/seamstep/seamstep_seamcall_begin/enable
echo 0 > $model/stall
power_off
ok "both modules unload"

# ---- what only a reboot ends outlives a reload --------------------------------------------------------------

power_on && load_driver
inject TDH.SYS.UPDATE+=SYS_INVALID_HANDOFF
update 1.5.13.bin > /dev/null
is "an update that loses the module" lost "$(attribute seamstep/verdict)"
is "there is no version then" "" "$(attribute version 2> /dev/null)"
inject -
rmmod seamstep
dmesg -c > /dev/null
! insmod /modules/seamstep.ko 2> /dev/null && [ ! -d /sys/module/seamstep ]
ok "the driver does not load again"
dmesg | grep -q 'seamstep: .*reboot'
ok "and says why: $(dmesg | sed -n 's/.*seamstep: //p' | head -n 1)"
rmmod seamsim
power_on && load_driver
ok "after a reboot it loads"
power_off
ok "both modules unload"
finish
