#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Kills an update at every change of a file. The lab is then as before or as after the update, and works.
preload=$2
set -- "$1"
. "$(dirname "$0")/lib.sh"
preload=$(realpath "$preload")
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
	*interrupted*) expect 13 "$seamstep" check --host "lab:$work/run" ;;
	esac
	# The next run works.
	expect 0 "$seamstep" update --host "lab:$work/run" 1.5.16
	expect 0 "$seamstep" status --host "lab:$work/run" --json
	json '.module.version == "1.5.16" and .updates_left == 14 and .tds.alive == 16'
done
[ $rc = 0 ] || bad "the update was never let through"
[ $at -gt 8 ] || bad "only $at changes were seen: is the preloaded library at work?"
# Some of these updates died before the update itself, and some after it.
for end in '1.5.09 []' '1.5.09 ["interrupted"]' '1.5.16 ["interrupted"]'; do
	checks=$((checks + 1))
	grep -qxF "$end" "$work/ends" || bad "no death left $end"
done
echo "killed at each of $((at - 1)) changes"
finish
