#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# update --events: what an update tells while it runs, and that no reader can hold it up.
. "$(dirname "$0")/lib.sh"
umask 022
schemas=$here/../../schemas
up() {	# CODE OPTIONS...: the events go to $work/events
	code=$1
	shift
	expect "$code" "$seamstep" update --host "lab:$lab" --events 7 "$@" 7>"$work/events"
	checks=$((checks + 1))
	jq -e . "$work/events" >/dev/null || bad "not one JSON object a line: $(cat "$work/events")"
	python3 "$here/validate.py" "$schemas" --lines "$work/events" >"$work/why" 2>&1
	got=$?
	[ $got = 0 ] || [ $got = 77 ] || bad "events: $(cat "$work/why")"
}
events() {	# FILTER of the array of events
	checks=$((checks + 1))
	jq -s -e "$1" "$work/events" >/dev/null || bad "the events do not fulfil $1: $(cat "$work/events")"
}

new_lab a
up 0 1.5.28 --small-steps
events 'map(.sequence) == [range(length)]'
events 'map(.event) | first == "plan" and last == "end"'
events '.[0] | .host == "lab:'"$lab"'" and .from == "1.5.09" and .to == "1.5.28" and .updates > 2 and (.dry_run | not)'
events '(.[0].updates) as $n | (map(select(.event == "begin") | .update) == [range(1; $n + 1)]) and (map(select(.event == "outcome" and .verdict == "updated")) | length == $n)'
events 'map(select(.event == "committed")) | length > 2'
events 'map(select(.event == "outcome")) | last | .running == "1.5.28" and .tds_alive == .tds_total and .window_ns > 0'
events 'last | .exit == {code: 0, name: "ok"} and .verdict == "updated" and .error == null'
# Between the begin and the outcome of each hop lies its point of no return.
events 'map(.event | select(. == "begin" or . == "committed" or . == "outcome")) | [_nwise(3)] | all(. == ["begin", "committed", "outcome"])'

new_lab b
up 0 1.5.16 --dry-run --json
json '.dry_run'
events 'map(.event) | unique == ["check", "end", "plan"]'
events 'map(select(.check == "svn")) | .[0].result == "ok"'
up 6 1.5.01
events 'last | .exit.name == "incompatible" and (.error | test("1.5.01|older|SVN"))'
up 2 --nonsense
[ ! -s "$work/events" ] || bad "events of a command line that is wrong"
mkdir "$work/hooks"
printf '#!/bin/sh\nexit 3\n' >"$work/hooks/stop"
chmod 755 "$work/hooks/stop"
up 1 1.5.16 --hooks "$work/hooks"
events 'map(select(.event == "hook")) | map([.phase, .name, .failure]) == [["before", "stop", "exit status 3"], ["after", "stop", "exit status 3"]]'
events 'map(select(.event == "begin")) == []'
"$seamstep" lab fault "$lab" 'SEAMLDR.INSTALL@last+=EBADHASH/1'
up 11 1.5.16
events 'map(select(.event == "outcome")) | .[0].verdict == "lost" and (.[0].detail | length > 10)'
events 'last.exit.name == "lost"'
up 4 1.5.16
events 'last.exit.name == "unsupported" and last.verdict == "none"'

# ---- readers ------------------------------------------------------------------------------------
# A reader that has gone, one that reads nothing, and a disk that is full.
new_lab c
mkfifo "$work/fifo"
exec 8<>"$work/fifo"
head -c 61440 /dev/zero >&8	# a pipe holds 64 KiB
expect 0 timeout 60 "$seamstep" update --host "lab:$lab" --events 8 1.5.28 --small-steps
says 'updated .* -> 1.5.28'
exec 8>&-
new_lab d
expect 0 bash -c "exec 7> >(:); sleep 0.3; exec '$seamstep' update --host 'lab:$lab' --events 7 1.5.16"
says 'updated 1.5.09 -> 1.5.16'
new_lab e
if [ -w /dev/full ]; then
	expect 0 "$seamstep" update --host "lab:$lab" --events 7 1.5.16 7>/dev/full
	says 'updated 1.5.09 -> 1.5.16'
fi
# Descriptors that are none.
for fd in 0 1 2 -1 x 99999999; do
	expect 2 "$seamstep" update --host "lab:$lab" --events "$fd" 1.5.16
done
expect 2 "$seamstep" update --host "lab:$lab" --events 9 1.5.16 9<&-
says 'open for writing'
expect 2 "$seamstep" update --host "lab:$lab" --events 9 1.5.16 9</dev/null
finish
