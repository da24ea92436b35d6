# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Updates that the driver must refuse: nothing is stopped, nothing is installed, TDs run on.
. /lib.sh

# refused NAME FILE ERROR
refused()
{
	installs=$(model audit installs)
	error=$(put $upload "$2")
	[ "$error" = "$3" ] && [ "$(attribute seamstep/verdict)" = unchanged ] &&
		[ "$(last_error reason)" = refused ] && [ "$(attribute version)" = 1.5.09 ] &&
		[ "$(model audit installs)" = "$installs" ] && tds_are_well 4
	ok "$1 refused: $(last_error text)" || note "error '$error', verdict $(attribute seamstep/verdict)"
}

# A refused image must not be tried at all. The model counts the SEAMCALLs that change something.
power_on && load_driver && run_tds 4
ok "machine with 4 TDs"

head -c 4096 $images/1.5.16.bin > /tmp/header-only.bin
head -c 4096 /dev/zero > /tmp/zeros.bin
head -c 5000000 /dev/zero > /tmp/huge.bin
echo text > /tmp/text.bin
{ cat $images/1.5.16.bin; echo; } > /tmp/longer.bin

# The header alone, with page counts of zero. Linux 7.2 and 7.3 continue to INSTALL with this file.
{
	printf '\000\002\000\000TDX-BLOB'
	head -c 4084 /dev/zero
} > /tmp/no-pages.bin

refused "header only" /tmp/header-only.bin preparing:firmware-invalid
refused "header with no pages" /tmp/no-pages.bin preparing:firmware-invalid
refused "zeros" /tmp/zeros.bin preparing:firmware-invalid
refused "text" /tmp/text.bin preparing:firmware-invalid
refused "too long" /tmp/longer.bin preparing:firmware-invalid
refused "too big" /tmp/huge.bin preparing:firmware-invalid
refused "container 0x100" $images/1.5.16.0100.bin preparing:firmware-invalid
refused "running version" $images/1.5.09.bin preparing:firmware-invalid
refused "older version" $images/1.5.08.bin preparing:firmware-invalid
refused "other line" $images/2.0.08.bin preparing:firmware-invalid
for bad in bad-hash bad-signature debug-signed handoff-window low-svn truncated wrong-cpu \
	wrong-signer; do
	refused $bad $images/$bad.bin preparing:firmware-invalid
done

if [ "$(nproc)" -gt 1 ]; then
	echo 0 > /sys/devices/system/cpu/cpu1/online
	refused "offline CPU" $images/1.5.16.bin preparing:device-busy
	echo 1 > /sys/devices/system/cpu/cpu1/online
fi

# unanswered ERROR: an update to a good image ends with ERROR, because the firmware does not answer. Nothing is changed.
unanswered()
{
	installs=$(model audit installs)
	error=$(update 1.5.16.bin)
	inject - faults
	[ "$error" = "$1" ] && [ "$(attribute seamstep/verdict)" = unchanged ] &&
		[ "$(attribute version)" = 1.5.09 ] && [ "$(model audit installs)" = "$installs" ] &&
		tds_are_well 4
	ok "firmware that does not answer: $(attribute seamstep/last_error)" || note "error '$error'"
}

inject TDH.SYS.RD+=VMFAILINVALID faults
unanswered preparing:hw-error
# These CPUs have the VMCS erratum. So only the load of the driver and windows ask the P-SEAMLDR.
left=$(attribute num_remaining_updates)
inject SEAMLDR.INFO+=VMFAILINVALID faults
is "reading asks nobody" "1.5.00 $left" "$(attribute seamldr_version) $(attribute num_remaining_updates)"
unanswered transferring:read-write-error
for leaf in SEAMLDR.INFO SEAMLDR.SEAMINFO; do
	rmmod seamstep && inject $leaf+=VMFAILINVALID faults && load_driver
	ok "the driver is loaded while nobody answers $leaf"
	unanswered preparing:hw-error
done
rmmod seamstep && inject SEAMLDR.INFO=EUNSPECERR faults && load_driver
is "a call that had no random number is repeated" 1.5.00 "$(attribute seamldr_version)"
inject - faults

# Emulated CPUs do not tell the base of SEAMRR, so the memory for a module is unknown.
keep 1.5.09.bin > /dev/null
dmesg -c > /dev/null
is "an image that needs more memory" "" "$(update more-memory.bin)"
dmesg | grep -q 'seamstep: image .* needs more memory than the running module'
ok "the log warns: $(dmesg | sed -n 's/.*seamstep: \(image .*\)/\1/p' | head -n 1)"

is "the same host takes a good image" "" "$(update 1.5.16.bin)"
is "version" 1.5.16 "$(attribute version)"
tds_are_well 4 && wait_progress
ok "all TDs alive and running"

# Only root may make the P-SEAMLDR work.
is "mode of version" 444 "$(stat -c %a "$host/version")"
is "mode of seamldr_version" 400 "$(stat -c %a "$host/seamldr_version")"
is "mode of num_remaining_updates" 400 "$(stat -c %a "$host/num_remaining_updates")"
power_off
ok "both modules unload"
finish
