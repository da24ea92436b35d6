#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Two updates at once: one holds the lock, and the other names the holder.
. "$(dirname "$0")/lib.sh"
new_lab a

# The first update holds the lock while it waits for TD builds that do not end.
"$seamstep" lab set "$lab" builds=1
"$seamstep" update --host "lab:$lab" 1.5.16 --timeout 60 >"$work/first" 2>&1 </dev/null &
pid=$!
for _ in $(seq 600); do
	grep -q "\"pid\":$pid" "$lab/lock" 2>/dev/null && break
	sleep 0.05
done
expect 7 "$seamstep" update --host "lab:$lab" 1.5.13
says "pid $pid \(seamstep update .*1\.5\.16"
expect 7 "$seamstep" update --host "lab:$lab" 1.5.13 --wait 1
expect 7 "$seamstep" lab set "$lab" tds=4
expect 0 "$seamstep" status --host "lab:$lab" --json
json '.busy'
expect 0 "$seamstep" update --host "lab:$lab" 1.5.13 --dry-run

# Looking needs no lock; history shows the running update.
for _ in $(seq 600); do
	"$seamstep" history --host "lab:$lab" --json | jq -e '.updates[0].state == "running"' >/dev/null && break
	sleep 0.05
done
expect 0 "$seamstep" history --host "lab:$lab" --json
json '.updates[0].state == "running"'

# The build ends: the first update goes on, then the waiting one. The first is stopped while its file changes.
kill -STOP $pid
jq '.builds = 0' "$lab/lab.json" >"$lab/lab.json.new" && mv "$lab/lab.json.new" "$lab/lab.json" ||
	bad "lab.json cannot be changed"
kill -CONT $pid
expect 0 "$seamstep" update --host "lab:$lab" 1.5.16 --wait 60
wait $pid || bad "the first update failed: $(cat "$work/first")"
expect 0 "$seamstep" history --host "lab:$lab" --json
json '[.updates[].state] == ["done"]'
finish
