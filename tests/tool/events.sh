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

# ---- children -----------------------------------------------------------------------------------
# No child has the stream: a reader that waits for its end must not wait for them. A program that this
# command runs beside itself, here in the place of the one that predicts windows, looks what it was given.
tool=$work/tool
mkdir "$tool"
cp "$seamstep" "$tool/seamstep"
cat >"$tool/look" <<'END'
#!/bin/bash
stream=
[ ! -e /proc/self/fd/7 ] || stream=' has the stream'
echo "${0##*/}$stream" >>"$LOOKED"
exec "$BUILD/${0##*/}" "$@"
END
chmod 755 "$tool/look"
ln -s look "$tool/seamstep-bench"
ln -s look "$tool/seamstep-bundle"
export LOOKED=$work/looked BUILD=$work/build
mkdir "$BUILD"
ln -s "$(dirname "$seamstep")/../bench/seamstep-bench" "$(dirname "$seamstep")/seamstep-bundle" "$BUILD/"
beside() {	# CODE OPTIONS...: with the looking programs beside it
	code=$1
	shift
	expect "$code" env LD_LIBRARY_PATH="$(dirname "$seamstep")/../lib" "$tool/seamstep" update --events 7 "$@" 7>"$work/events"
}
new_lab g
"$seamstep" report --sysroot "$here/../sysroot/mainline" -o "$work/report.tar.zst" >/dev/null 2>&1
beside 0 --dry-run --host "lab:$lab" 1.5.16
beside 0 --dry-run --sysroot "$work/report.tar.zst" --repo "$lab/repo" --signer "$lab/signer.pub.pem" 1.5.16
checks=$((checks + 1))
[ "$(sort -u "$LOOKED" | tr '\n' ' ')" = 'seamstep-bench seamstep-bundle ' ] || bad "children: $(tr '\n' ' ' <"$LOOKED")"

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
told_once() {
	says 'events are no longer written: Broken pipe'
	checks=$((checks + 1))
	[ "$(grep -c 'no longer written' "$work/err")" = 1 ] || bad "said more than once"
}
told_once
# SIGPIPE is another matter for a plan, which catches no signals.
new_lab h
expect 0 bash -c "exec 7> >(:); sleep 0.3; exec '$seamstep' update --host 'lab:$lab' --events 7 --dry-run 1.5.16"
says 'would make 1 update'
told_once
expect 0 bash -c "exec 7> >(:); sleep 0.3; exec '$seamstep' update --host 'lab:$lab' --events 7 --json 1.5.16"
json '.changed and .exit.name == "ok"'
told_once
new_lab e
if [ -w /dev/full ]; then
	expect 0 "$seamstep" update --host "lab:$lab" --events 7 1.5.16 7>/dev/full
	says 'updated 1.5.09 -> 1.5.16'
	says 'events are no longer written: No space left on device'
fi
# Descriptors that are none.
for fd in 0 1 2 -1 x 99999999; do
	expect 2 "$seamstep" update --host "lab:$lab" --events "$fd" 1.5.16
done
expect 2 "$seamstep" update --host "lab:$lab" --events 9 1.5.16 9<&-
says 'open for writing'
expect 2 "$seamstep" update --host "lab:$lab" --events 9 1.5.16 9</dev/null
finish
