#!/bin/sh
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Stops the command as soon as it runs.
while sleep 0.01; do
	for process in /proc/[0-9]*; do
		[ "$(cat "$process/comm" 2> /dev/null)" != seamstep ] || kill -STOP "${process#/proc/}"
	done
done
