# SPDX-License-Identifier: MIT OR GPL-2.0-only
# An operator's work with the seamstep command on the driver, and the output of the command.
. /lib.sh

export SEAMSTEP_HOST=linux SEAMSTEP_REPO=/lab/repo SEAMSTEP_STATE_DIR=/tmp/state
signer=/lab/signer.pub.pem

# says EXIT TEXT COMMAND...: the command exits with EXIT, and a line of its output matches TEXT (-: any output, or none).
says()
{
	wanted=$1
	text=$2
	shift 2
	"$@" > /tmp/said 2>&1 < /dev/null
	status=$?
	[ $status = "$wanted" ] && { [ "$text" = - ] || grep -qE -e "$text" /tmp/said; }
	ok "$* (exit $wanted)" || { note "exit $status, expected '$text' in:"; sed 's/^/#   /' /tmp/said; }
}

# untouched EXIT TEXT COMMAND...: as says, and nothing was installed.
untouched()
{
	installs=$(model audit installs)
	says "$@"
	is "nothing was installed" "$installs" "$(model audit installs)"
}

all_alive()
{
	tds_are_well 8 && wait_progress
	ok "all TDs alive and running"
}

power_on && load_driver && run_tds 8
ok "machine with 8 TDs"

says 0 'TDX Module +1\.5\.09' seamstep status
says 0 'Updates left +15' seamstep status
says 0 '^1\.5\.16 +ok' seamstep list -o VERSION,VERDICT
says 0 '1\.5\.25 +1\.5\.28' seamstep route --to 1.5.28
says 3 . seamstep check
says 0 - seamstep check --to 1.5.09

untouched 0 'would make 1 update; nothing' seamstep update --signer $signer --dry-run 1.5.16
untouched 5 'bad-image' seamstep update 1.5.16
untouched 5 'bad-image' seamstep update --signer $signer --to 1.5.13 /lab/repo-bad/bad-hash.blob
untouched 6 'incompatible' seamstep update --signer $signer --to 1.5.13 /lab/repo-bad/wrong-cpu.blob
echo 0 > /sys/devices/system/cpu/cpu1/online
untouched 7 'bring CPU 1 online first' seamstep update --signer $signer 1.5.16
echo 1 > /sys/devices/system/cpu/cpu1/online

says 0 '^updated 1\.5\.09 -> 1\.5\.16: updates left 14' seamstep update --signer $signer 1.5.16
is "version" 1.5.16 "$(attribute version)"
all_alive
is "the driver has the two fallbacks of preflight, and the running image" 3 \
	"$(grep -c . "$host/seamstep/fallbacks")"
says 0 '^updated 1\.5\.16 -> 1\.5\.24: updates left 13' seamstep update --signer $signer 1.5.24
is "version" 1.5.24 "$(attribute version)"
all_alive
says 0 - seamstep check --verify --to 1.5.24
untouched 0 'nothing to do' seamstep update -v --signer $signer 1.5.24

inject SEAMLDR.INSTALL@last=EBADSIG/0
says 10 'SEAMLDR.INSTALL returned PSEAMLDR_EBADSIG.*recovered' seamstep update --signer $signer 1.5.25
is "the fallback runs" 1.5.24 "$(attribute version)"
all_alive
inject TDH.SYS.SHUTDOWN=OPERAND_INVALID
says 9 'TDH.SYS.SHUTDOWN returned' seamstep update --signer $signer 1.5.25
is "version" 1.5.24 "$(attribute version)"
all_alive
inject -
says 0 '^updated 1\.5\.24 -> 1\.5\.25' seamstep update --signer $signer 1.5.25
all_alive
says 0 'recovered' seamstep history

inject SEAMLDR.INSTALL@last=EBADHASH/1
says 11 'lost' seamstep update --signer $signer 1.5.28
inject -
says 11 'lost' seamstep check
untouched 4 'no TDX Module runs' seamstep update --signer $signer 1.5.28
echo 0 > $model/run
power_off
ok "both modules unload"
finish
