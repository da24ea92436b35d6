#!/bin/sh
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Stands for libvirt: says what runs when the first TD may start, and starts TDs.
echo "first TD under $(cat /sys/devices/*/tdx_host/version)" > /dev/ttyS1
[ "$(systemctl is-active seamstep-ready.target)" != active ] || echo "ready before libvirtd" > /dev/ttyS1
echo 2 > /sys/kernel/debug/seamsim/run
