#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Kills an update at every change of a file. The lab is then as before or as after the update, and works.
. "$(dirname "$0")/lib.sh"
preload=$(realpath "$2")
LD_PRELOAD=$preload "$seamstep" --version >"$work/out" 2>"$work/err" ||
	{ echo "cannot preload anything here (a sanitizer comes first)"; exit 77; }
new_lab pattern2 --lps 2

at=0
while [ $at -lt 200 ]; do
	at=$((at + 1))
	rm -rf "$work/run"
	cp -r "$lab" "$work/run"
	{ DIE_AT=$at LD_PRELOAD=$preload "$seamstep" update --host "lab:$work/run" 1.5.16 \
		>"$work/out" 2>"$work/err" </dev/null; } 2>/dev/null
	rc=$?
	expect 0 "$seamstep" status --host "lab:$work/run" --json
	version=$(jq -r .module.version "$work/out")
	left=$(jq -r .updates_left "$work/out")
	case "$version $left" in
	'1.5.09 15' | '1.5.16 14') ;;
	*) bad "killed at $at: neither old nor new: $version, $left left" ;;
	esac
	[ $rc != 0 ] || break
	[ $rc = 137 ] || bad "killed at $at: exit $rc"
	# The journal must not contradict the state, and must record every update.
	expect 0 "$seamstep" history --host "lab:$work/run" --json
	states=$(jq -c '[.updates[].state]' "$work/out")
	case "$version $states" in
	'1.5.09 []' | '1.5.09 ["interrupted"]' | '1.5.16 ["interrupted"]' | '1.5.16 ["done"]')
		echo "$version $states" >>"$work/ends" ;;
	*) bad "killed at $at: $version, but the journal says $states" ;;
	esac
	case $states in
	*interrupted*)
		expect 13 "$seamstep" check --host "lab:$work/run"
		# In a copy, "reconcile" settles the record by what runs, at no cost.
		rm -rf "$work/settled"
		cp -r "$work/run" "$work/settled"
		expect 0 "$seamstep" reconcile --host "lab:$work/settled"
		says "was interrupted; it is settled as $([ "$version" = 1.5.16 ] && echo updated || echo unchanged): $version runs"
		expect 0 "$seamstep" reconcile --host "lab:$work/settled" --json
		json ".settled == null and .running == \"$version\""
		expect 0 "$seamstep" check --host "lab:$work/settled" --to "$version"
		expect 0 "$seamstep" status --host "lab:$work/settled" --json
		json ".updates_left == $left" ;;
	esac
	# The next run settles the record, and works.
	expect 0 "$seamstep" update --host "lab:$work/run" 1.5.16
	expect 0 "$seamstep" status --host "lab:$work/run" --json
	json '.module.version == "1.5.16" and .updates_left == 14 and .tds.alive == 16'
	expect 0 "$seamstep" check --host "lab:$work/run" --to 1.5.16
done
[ $rc = 0 ] || bad "the update was never let through"
[ $at -gt 8 ] || bad "only $at changes were seen: is the preloaded library at work?"
# Some of these updates died before the update itself, and some after it.
for end in '1.5.09 []' '1.5.09 ["interrupted"]' '1.5.16 ["interrupted"]'; do
	checks=$((checks + 1))
	grep -qxF "$end" "$work/ends" || bad "no death left $end"
done
echo "killed at each of $((at - 1)) changes"

# An interrupt at every change of a file, while two updates are made: the exit status and the document tell what is so.
at=0
: >"$work/ends"
while [ $at -lt 200 ]; do
	at=$((at + 1))
	rm -rf "$work/run"
	cp -r "$lab" "$work/run"
	INT_AT=$at LD_PRELOAD=$preload "$seamstep" update --host "lab:$work/run" 1.5.28 --json \
		>"$work/out" 2>"$work/err" </dev/null
	rc=$?
	if [ $rc = 130 ]; then	# the signal came before the lock was held, and ended the command
		checks=$((checks + 1))
		[ ! -s "$work/out" ] && cmp -s "$lab/lab.json" "$work/run/lab.json" && [ ! -e "$work/run/journal.jsonl" ] ||
			bad "interrupted at $at: the command was killed after it had touched the host"
		echo "killed" >>"$work/ends"
		continue
	fi
	version=$(jq -r .running "$work/out")
	echo "$version $rc $(jq -c '[.changed, .verdict, .exit.name]' "$work/out")" >>"$work/ends"
	[ "$version" = "$(jq -r .running "$work/run/lab.json")" ] || bad "interrupted at $at: $version does not run"
	checks=$((checks + 1))
	case "$version $rc" in
	'1.5.09 1') json '.changed == false and .verdict == "none"' ;;
	'1.5.25 3') json '.changed and .verdict == "updated" and (.error | test("made 1 of 2 updates: 1.5.25 runs$"))' ;;
	'1.5.28 0') json '.changed and .verdict == "updated"' ;;
	*) bad "interrupted at $at: $version runs, exit $rc" ;;
	esac
	! grep -q 'nothing was tried' "$work/err" || [ "$version" = 1.5.09 ] || bad "interrupted at $at: nothing was tried?"
	grep -q '^{"event":"outcome"' "$work/run/journal.jsonl" 2>/dev/null &&
		[ "$(grep -c intent "$work/run/journal.jsonl")" != "$(grep -c outcome "$work/run/journal.jsonl")" ] &&
		bad "interrupted at $at: an outcome is missing"
	[ $at -le 30 ] || break
done
for end in '1.5.09 1' '1.5.25 3' '1.5.28 0'; do
	checks=$((checks + 1))
	grep -q "^$end " "$work/ends" || bad "no interrupt led to $end: $(sort "$work/ends" | uniq -c)"
done
finish
