#!/bin/sh
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Two programs that are not the command list a repository and update a lab: in C, and in Python.
# examples.sh SEAMSTEP LIST_AND_UPDATE LIBRARY
set -eu
seamstep=$1 program=$2 library=$3
examples=$(cd "$(dirname "$0")/../../examples" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
LD_LIBRARY_PATH=$(cd "$(dirname "$library")" && pwd)
export LD_LIBRARY_PATH
bad=0
complain() { echo "$name: $*"; bad=1; }

# NAME PROGRAM...
check() {
	name=$1
	shift
	lab=$work/$name
	host=lab:$lab
	"$seamstep" lab create --lps 4 "$lab" >/dev/null
	"$seamstep" list --host "$host" --output VERSION,VERDICT --noheadings | sed 's/ *$//' >"$work/list"
	"$@" "$host" >"$work/out" 2>"$work/err" || complain "ended with $?: $(cat "$work/err")"
	[ ! -s "$work/err" ] || complain "printed $(cat "$work/err")"
	sed 's/^\([^ ]*\)  *\([^ ]*\).*/\1 \2/' "$work/out" | head -"$(wc -l <"$work/list")" | tr -s ' ' >"$work/out.list"
	tr -s ' ' <"$work/list" | diff - "$work/out.list" || complain "lists other verdicts than the command"
	grep -q '^updated 1.5.09 -> 1.5.25' "$work/out" || complain "did not report the first update"
	grep -q '^ *8/9 updating' "$work/out" || complain "showed no progress"
	"$seamstep" check --host "$host" --to 1.5.28 --verify || complain "the lab does not run 1.5.28"
	[ "$(grep -c '"event":"outcome".*"verdict":"updated"' "$lab/journal.jsonl")" = 2 ] ||
		complain "the journal does not have two updates"
	"$@" "$host" | grep -q '^nothing to do: 1.5.28 runs' || complain "updates again"
	# An error is a status and one sentence; the lab stays as it is.
	"$seamstep" lab set "$lab" running=1.5.09 >/dev/null
	"$seamstep" inhibit --host "$host" --who nobody --reason "a test"
	rc=0
	"$@" "$host" >"$work/out" 2>"$work/err" || rc=$?
	[ $rc = 7 ] || complain "expected status 7 where updates are held off, found $rc"
	[ "$(cat "$work/err")" = "not-now: inhibited: by nobody: a test" ] || complain "says '$(cat "$work/err")'"
	"$seamstep" status --host "$host" | grep -q "^TDX Module  *1.5.09" || complain "the lab was touched"
	rc=0
	"$@" lab:/nowhere 2>"$work/err" || rc=$?
	[ $rc = 4 ] || complain "expected status 4 for no lab, found $rc"
}

check c "$program"
if nm -D "$library" | grep -q "__[atu]b*san_"; then
	echo "a library with sanitizers: Python cannot load it"
elif command -v python3 >/dev/null; then
	check python python3 "$examples/list-and-update.py"
else
	echo "no python3 here: the script was not run"
fi
exit $bad
