#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# A rollout over eight labs whose goal is UpToDate. It stops at the first red verdict; the report tells who waits for what.
. "$(dirname "$0")/fleet_lib.sh"

rollout() {	# CODE
	expect "$1" "$fleet/rollout" -i "$work/hosts" -f 4 -e seamstep_tcb=UpToDate -e "$batches"
}
report() {
	expect 0 ansible-playbook -i "$work/hosts" -f 4 -e seamstep_tcb=UpToDate "$fleet/report.yml"
}
runs() {	# old|new HOST...: does it clear the bar, by its SVN?
	want=$1
	shift
	for i; do
		checks=$((checks + 1))
		case $want/$(jq -r .running "$work/lab$i/lab.json") in
		old/1.5.09 | new/1.5.2[45] | new/1.5.1[67]) ;;
		*) bad "host$i runs $(jq -r .running "$work/lab$i/lab.json"), expected: $want" ;;
		esac
	done
}

# Under set 19 all hosts are UpToDate. Then the bar moves.
report
says "$NR of $NR hosts are at the goal --tcb UpToDate, 0 wait"
expect 0 "$seamstep" lab tcb --move "$lab"
report
says "0 of $NR hosts are at the goal --tcb UpToDate, $NR wait"
says 'host01 waits for its update: pending: 1.5.09 \(SVN 1.8\) is OutOfDate under set 20; 1.5.2[45] is UpToDate, 1 update away'

# A host without updates left is named before any host is touched.
"$seamstep" lab set "$work/lab$last" updates_left=0 >/dev/null
rollout 2
says "host$last waits for a reboot, which gives new updates: exhausted: "
# shellcheck disable=SC2086
runs old $all
"$seamstep" lab reboot "$work/lab$last" >/dev/null

# host05 falls back, host06 loses its TDs: both in the third batch. The fourth is not touched.
"$seamstep" lab fault "$work/lab05" 'SEAMLDR.INSTALL@last=EBADSIG' >/dev/null
"$seamstep" lab fault "$work/lab06" 'SEAMLDR.INSTALL@last+=EBADHASH/1' >/dev/null
"$seamstep" inhibit --host "lab:$work/lab03" --who ops --reason 'customer demo' >/dev/null
rollout 2
says 'host05: recovered: '
says 'host06: lost: '
runs new 01 02 04
# shellcheck disable=SC2086
runs old 03 05 $later
for i in $later; do
	[ ! -e "$work/lab$i/journal.jsonl" ] || bad "host$i, of a later batch, was touched"
done
says "3 of $NR hosts are at the goal --tcb UpToDate, $((NR - 3)) wait"
says 'host01 is at the goal: the running module \(SVN 1.1[12]\) is UpToDate'
says 'host03 waits for ops \(customer demo\): pending: '
says 'host05 waits for .*1.5.09'
says 'host06 waits for a reboot: lost: '
says 'host07 waits for its update: pending: '

# After a repair the rollout goes on, and ends with all hosts at the goal.
"$seamstep" lab fault --clear "$work/lab06" >/dev/null
"$seamstep" lab reboot "$work/lab06" >/dev/null
"$seamstep" uninhibit --host "lab:$work/lab03" --who ops
rollout 0
# shellcheck disable=SC2086
runs new $all
says "$NR of $NR hosts are at the goal --tcb UpToDate, 0 wait"
for i in 01 07 "$last"; do
	checks=$((checks + 1))
	[ "$(grep -c '"event":"intent"' "$work/lab$i/journal.jsonl")" = 1 ] || bad "host$i was updated twice"
done

# A host whose document cannot be believed is not called clear, and is not updated by guess.
"$seamstep" lab tcb --move "$lab" >/dev/null
jq '.signature = (.signature | gsub("[1-9a-f]"; "0"))' "$lab/tcb/standard.json" >"$work/broken"
cp "$work/broken" "$lab/tcb/standard.json"
rollout 2
says "0 of $NR hosts are at the goal --tcb UpToDate, $NR wait"
says 'host01 waits for somebody who looks at it: error: '
# shellcheck disable=SC2086
runs new $all
finish
