#!/bin/sh
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Stands for libvirt: says what runs when the first TD may start, and starts TDs.
echo "first TD under $(cat /sys/devices/*/tdx_host/version)" > /dev/ttyS1
[ "$(systemctl is-active seamstep-ready.target)" != active ] || echo "ready before libvirtd" > /dev/ttyS1
if [ -e /test/vmm ]; then
	# A TD of KVM.
	/test/vmm --name td1 /test/guest.img > /run/td1 2>&1 < /dev/null &
	echo $! > /run/td1.pid
	for try in $(seq 300); do
		! grep -q ' counts ' /run/td1 || break
		sleep 0.2
	done
	echo "the TD says: $(grep -m 1 ' counts ' /run/td1 || tail -n 1 /run/td1)" > /dev/ttyS1
else
	echo 2 > /sys/kernel/debug/seamsim/run
fi
