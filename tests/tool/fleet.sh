#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# A rollout over eight labs, two of them broken in different ways. It stops at these two and touches no later batch.
. "$(dirname "$0")/fleet_lib.sh"

rollout() {	# CODE OPTION...
	want=$1
	shift
	expect "$want" ansible-playbook -i "$work/hosts" -f 4 "$fleet/update.yml" -e seamstep_to=1.5.16 \
		-e "$batches" "$@"
}

is() {	# VERSION HOST...
	v=$1
	shift
	for i; do
		checks=$((checks + 1))
		[ "$(jq -r .running "$work/lab$i/lab.json")" = "$v" ] || bad "host$i does not run $v"
	done
}

# shellcheck disable=SC2086
is_all() { is "$1" $all; }

# In check mode nothing changes.
rollout 0 --check
is_all 1.5.09

# host05 falls back, host06 loses its TDs; both are in the third batch (4 to 6). The rollout does not touch the fourth.
"$seamstep" lab fault "$work/lab05" 'SEAMLDR.INSTALL@last+=EBADSIG' 'SEAMLDR.INSTALL@last#2=EBADSIG'
"$seamstep" lab fault --clear "$work/lab05"
"$seamstep" lab fault "$work/lab05" 'SEAMLDR.INSTALL@last=EBADSIG'
"$seamstep" lab fault "$work/lab06" 'SEAMLDR.INSTALL@last+=EBADHASH/1'
"$seamstep" inhibit --host "lab:$work/lab03" --who ops --reason 'customer demo'
rollout 2
says 'host05: recovered: '
says 'host06: lost: '
says 'host03 is held off by ops: customer demo'
is 1.5.16 01 02 04
# shellcheck disable=SC2086
is 1.5.09 03 05 $later
for i in $later; do
	[ ! -e "$work/lab$i/journal.jsonl" ] || bad "host$i, of a later batch, was touched"
done

# After a repair the rollout goes on from there: it updates no host twice.
"$seamstep" lab fault --clear "$work/lab06"
"$seamstep" lab reboot "$work/lab06"
"$seamstep" uninhibit --host "lab:$work/lab03" --who ops
rollout 0
is_all 1.5.16
for i in 01 02 04 07 "$last"; do
	checks=$((checks + 1))
	[ "$(grep -c '"event":"intent"' "$work/lab$i/journal.jsonl")" = 1 ] || bad "host$i was updated twice"
done

# Another run changes nothing.
rollout 0
says 'changed=0'
grep -q 'changed=[1-9]' "$work/out" && bad "a second rollout changed something"

# One host has no updates left: the rollout touches no host.
"$seamstep" lab set "$work/lab$last" running=1.5.13 updates_left=0
rollout 2 -e seamstep_to=1.5.17
is 1.5.16 01 02 07
finish
