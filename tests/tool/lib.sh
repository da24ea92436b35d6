# SPDX-License-Identifier: MIT OR GPL-2.0-only
# What the tests of the operator's tool share. Each test's $1 is the command, $2 is the command over the fake kernel.
set -u
# Under nohup SIGHUP is ignored, in the background of a script SIGINT: the last two bits of this number. A shell cannot undo that.
grep -q '^SigIgn:.*[048c]$' /proc/$$/status || exec env --default-signal=HUP,INT "$0" "$@"
seamstep=$(realpath "$1")
fake=$(realpath "${2:-$1}")
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset SEAMSTEP_HOST SEAMSTEP_REPO SEAMSTEP_TCB_INFO SEAMSTEP_TCB_ROOT SEAMSTEP_CONFIG SEAMSTEP_HOOKS FAKE_KERNEL
export SEAMSTEP_CONFIG=$work/no-config LC_ALL=C
: >"$SEAMSTEP_CONFIG"
failed=0
checks=0
command -v jq >/dev/null || { echo "no jq here"; exit 77; }
# A version manager's python3 is a shell script, which takes ten times as long to start, and has not Debian's modules. (A function of
# this name would not do: to end one in the background ends its shell, and Python lives on.)
if [ -x /usr/bin/python3 ]; then
	mkdir "$work/debian"
	ln -s /usr/bin/python3 "$work/debian/"
	export PATH=$work/debian:$PATH
fi

bad() {
	failed=$((failed + 1))
	echo "not ok: $*"
	[ ! -s "$work/out" ] || sed 's/^/    out: /' "$work/out" | tail -n 15
	[ ! -s "$work/err" ] || sed 's/^/    err: /' "$work/err" | tail -n 25
}

# expect CODE COMMAND...: runs COMMAND and keeps its output in out and err.
expect() {
	want=$1
	shift
	checks=$((checks + 1))
	"$@" >"$work/out" 2>"$work/err" </dev/null
	got=$?
	[ "$got" = "$want" ] || bad "expected exit $want, found $got: $*"
}

# says PATTERN: the last command printed PATTERN on stdout or stderr.
says() {
	checks=$((checks + 1))
	cat "$work/out" "$work/err" | grep -Eq -e "$1" || bad "nothing says '$1'"
}

# json FILTER: the last command's document fulfils FILTER.
json() {
	checks=$((checks + 1))
	jq -e "$1" "$work/out" >/dev/null 2>&1 || bad "the JSON does not fulfil $1"
}

# The tests make one lab and copy it: making the key takes a second.
new_lab() {	# NAME [lab create options]
	name=$1
	shift
	if [ $# = 0 ]; then
		[ -d "$work/pattern" ] || "$seamstep" lab create --lps 8 "$work/pattern" >/dev/null
		cp -r "$work/pattern" "$work/$name"
	else
		"$seamstep" lab create "$@" "$work/$name" >/dev/null
	fi
	lab=$work/$name
}

finish() {
	[ $checks != 0 ] || bad "nothing was checked"
	echo "$checks checks, $failed failed"
	[ "$failed" = 0 ]
	exit
}
