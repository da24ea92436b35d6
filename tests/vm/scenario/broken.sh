# SPDX-License-Identifier: MIT OR GPL-2.0-only
# An assertion of the core fails with the machine stopped. All CPUs leave by the failure path, the log has a line, and
# the machine continues, even if a warning would cause a panic.
. /lib.sh

# on_all VERDICT: prints VERDICT once a CPU, in the form of verdicts
on_all()
{
	seq "$(nproc)" | sed "s/.*/$1/" | paste -sd , -
}

# walk OUTCOME VERDICT TEXT: the last CPU's step returns OUTCOME. Every CPU must return VERDICT, and the log must have TEXT.
walk()
{
	dmesg -c > /dev/null
	insmod /modules/seambroken.ko "outcome=$1"
	ok "outcome $1: the machine has started again"
	is "outcome $1: verdict of each CPU" "$(on_all "$2")" "$(cat /sys/module/seambroken/parameters/verdicts)"
	dmesg | grep 'assertion failed' > /tmp/said
	if [ -z "$3" ]; then
		is "outcome $1: no assertion failed" "" "$(cat /tmp/said)"
	else
		grep -Eq "] seamstep: .*core/lockstep\.c:[0-9]*: assertion failed: $3\$" /tmp/said
		ok "outcome $1: $(head -n 1 /tmp/said)"
	fi
	rmmod seambroken
}

echo 1 > /proc/sys/kernel/panic_on_warn
power_on && load_driver
ok "model and driver load"
run_tds 2
ok "2 TDs run"

walk 0 5 ''
walk 1 101 'step->next\[outcome\]'
walk 6 101 'outcome < (SS_OUTCOMES|6)'

is "no oops and no warning" 0 $(($(cat /proc/sys/kernel/tainted) & (128 | 512)))
tds_are_well 2 && wait_progress
ok "all TDs alive and running"
is "an update afterwards succeeds" "" "$(update 1.5.16.bin)"
is "version" 1.5.16 "$(attribute version)"
tds_are_well 2 && wait_progress
ok "all TDs alive and running"
echo 0 > $model/run
power_off
ok "both modules unload"
finish
