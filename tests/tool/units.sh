#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The systemd units: systemd finds no fault in them, no options in them are unknown to the command, and what may start a
# TD comes after the work at boot. (tests/vm/systemd boots with them.)
. "$(dirname "$0")/lib.sh"
units=$here/../../packaging/systemd
command -v systemd-analyze >/dev/null || { echo "no systemd-analyze here"; exit 77; }

mkdir "$work/units"
for unit in "$units"/*; do
	sed "s|/usr/bin/seamstep|$seamstep|" "$unit" >"$work/units/$(basename "$unit")"
done
# Units of other packages, which need not be installed here.
for other in libvirtd.service kubelet.service; do
	printf '[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n' >"$work/units/$other"
done
cd "$work/units" || exit 1
expect 0 env SYSTEMD_LOG_LEVEL=warning SYSTEMD_UNIT_PATH="$work/units:" systemd-analyze verify --man=no ./*
checks=$((checks + 1))
[ ! -s "$work/err" ] && [ ! -s "$work/out" ] || bad "systemd-analyze says: $(cat "$work/out" "$work/err")"

# Each command line is one that the command takes: on a lab, with the help of nothing else.
new_lab a
export SEAMSTEP_HOST=lab:$lab
for unit in seamstep-boot.service seamstep-apply.service; do
	line=$(sed -n 's/^ExecStart=//p' "$unit")
	echo target=1.5.16 >"$SEAMSTEP_CONFIG"
	# shellcheck disable=SC2086
	expect 0 $line
	"$seamstep" lab reboot "$lab"
done

# Nothing requires the work at boot, and it is bounded in time.
checks=$((checks + 3))
! grep -rq '^\(Requires\|Requisite\|BindsTo\|RequiredBy\)=.*seamstep' . || bad "a unit requires one of these units"
grep -q '^TimeoutStartSec=[1-9][0-9]*$' seamstep-boot.service || bad "seamstep-boot.service has no bound of time"
for other in libvirtd.service virtqemud.service virtqemud.socket kubelet.service containerd.service; do
	checks=$((checks + 1))
	grep '^Before=' seamstep-ready.target | grep -qw "$other" || bad "seamstep-ready.target does not come before $other"
done
grep -q '^Before=.*seamstep-ready.target' seamstep-boot.service || bad "seamstep-boot.service comes after the target"
# The timer is off until somebody enables it: no unit wants it, and the package does not enable it.
checks=$((checks + 2))
! grep -rq '^\(Wants\|Also\)=.*seamstep-apply' . || bad "a unit wants seamstep-apply"
grep -q 'dh_installsystemd --no-enable --no-start --name=seamstep-apply$' "$here/../../packaging/debian/rules" ||
	bad "the package enables seamstep-apply"
grep -q '^RandomizedDelaySec=' seamstep-apply.timer || bad "all hosts update at the same time"
finish
