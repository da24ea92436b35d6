#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The configuration: what its files may say, which file wins, and what is nearer than the files.
. "$(dirname "$0")/lib.sh"
tree=$here/../sysroot
new_lab a
conf=$work/seamstep.conf
export SEAMSTEP_CONFIG=$conf

# refused TEXT PATTERN: a file with this text is refused by its line, and nothing else is printed.
refused() {
	printf '%b' "$1" >"$conf"
	expect 1 "$seamstep" status --json
	json '.error | test("^[^ ]*/seamstep.conf[^ ]*:[0-9]+: ")'
	says "$2"
}
refused 'repo=/x\ntargt=1.5\n' "seamstep.conf:2: there is no key 'targt'; did you mean 'target'"
refused '\n# c\n  nonsense\n' "seamstep.conf:3: expected NAME=VALUE, found 'nonsense'"
refused '[main]\n' "seamstep.conf:1: expected NAME=VALUE, found '\[main\]'; there are no sections"
refused 'repo=\n' 'seamstep.conf:1: repo: the value is missing'
refused 'repo=/a\nhost=linux\nrepo=/a\n' "seamstep.conf:3: line 1 has a value for 'repo' already"
refused 'repo=/a\n\0repo' 'seamstep.conf:2: expected text, found a NUL byte'
refused 'host=windows\n' 'host: expected linux or lab:DIR'
refused 'a\x1b[2Jb=1\n' "there is no key 'a.x1b\[2Jb'"
for value in 1 1.5.6.7 '1.5 newest' tcb=Revoked tcb= newestest 'newest 1'; do
	refused "target=$value\n" 'target: expected a version as 1.5.16, a line as 1.5, newest, or tcb=UpToDate'
done
for value in 0 65 -1 x; do
	refused "max-updates=$value\n" 'max-updates: expected a number from 1 to 64'
done
for value in '22:00' '22:00-22:00' '24:00-01:00' '22:00-24:01' '22:60-23:00' 'Mon-Foo 1:00-2:00' 'Mon,22:00-23:00' \
	'Mon 22:00-23:00;' 'Mon 22:00-23:00, Tue 22:00-23:00' '22:00-23:00 x' 'Mon 2:00-23:00' '22:00-23:0'; do
	refused "window=$value\n" 'window: expected days and times'
done
refused "window=$(yes '22:00-23:00;' | head -n 17 | tr -d '\n')22:00-23:00\n" 'window: expected 16 spans'
for value in 5 3/2 x/2 1/0 1/10001 -1/3; do
	refused "bucket=$value\n" 'bucket: expected a share of the hosts'
done
refused 'blocked=1234\n' 'blocked: expected the SHA-384 of a module'
refused "$(yes 'blocked=/x' | head -n 257)\n" 'seamstep.conf:257: expected 256 values at most'

# What is good is read, with blanks and comments.
printf ' # comment\n\n  repo =  %s \n host=lab:%s\ntarget= newest 1.5\nwindow=Fri-Mon 22:00-04:00; 00:00-24:00\nmax-updates=1\nbucket=0/1' \
	"$lab/repo" "$lab" >"$conf"
expect 0 "$seamstep" status --json
json '.host == "lab:'"$lab"'"'

# A file that the environment names must be there; the default may be absent.
rm "$conf"
expect 1 "$seamstep" status --host "lab:$lab"
says 'seamstep.conf: the configuration cannot be read: No such file'
expect 1 env SEAMSTEP_CONFIG="$work" "$seamstep" status --host "lab:$lab"
says 'cannot be read: Is a directory'
mkfifo "$work/fifo"
expect 1 timeout 10 env SEAMSTEP_CONFIG="$work/fifo" "$seamstep" status --host "lab:$lab"
says 'cannot be read: it is no file'
[ -e /etc/seamstep.conf ] || expect 0 env SEAMSTEP_CONFIG= "$seamstep" status --host "lab:$lab"
head -c 70000 /dev/zero | tr '\0' '\n' >"$conf"
expect 1 "$seamstep" status --host "lab:$lab"
says 'cannot be read: File too large'

# Drop-ins, in the order of their names: the last value wins. Other names are not read.
mkdir "$conf.d"
echo "host=lab:$work/nowhere" >"$conf"
echo "host=lab:$lab" >"$conf.d/50-host.conf"
echo "host=lab:$work/nowhere" >"$conf.d/10-host.conf"
echo nonsense >"$conf.d/60-host.conf~"
echo nonsense >"$conf.d/.60-host.conf"
expect 0 "$seamstep" status --json
json '.host == "lab:'"$lab"'"'
echo nonsense >"$conf.d/70-host.conf"
expect 1 "$seamstep" status --json
says '^seamstep: .*/seamstep.conf.d/70-host.conf:1: expected NAME=VALUE'
rm "$conf.d/70-host.conf"
mkdir "$conf.d/70-host.conf"
expect 1 "$seamstep" status
says '70-host.conf: the configuration cannot be read: Is a directory'
rmdir "$conf.d/70-host.conf"

# Option, environment, file: what is nearer wins, and what is empty is not there.
cp -r "$lab" "$work/b"
host() {	# NAME: the last command spoke of this host
	json ".host == \"$1\""
}
expect 0 env SEAMSTEP_HOST="lab:$work/b" "$seamstep" status --json
host "lab:$work/b"
expect 0 env SEAMSTEP_HOST="lab:$work/b" "$seamstep" status --json --host "lab:$lab"
host "lab:$lab"
expect 0 env SEAMSTEP_HOST="lab:$work/b" "$seamstep" status --json --sysroot "$tree/mainline"
host "sysroot:$tree/mainline"
expect 0 env SEAMSTEP_HOST= SEAMSTEP_REPO= SEAMSTEP_TCB_INFO= SEAMSTEP_TCB_ROOT= "$seamstep" status --json
host "lab:$lab"
repository() {
	json ".repository == \"$1\""
}
mkdir "$work/env" "$work/option"
echo "repo=$work/none" >>"$conf.d/50-host.conf"
expect 0 "$seamstep" list --json --sysroot "$tree/mainline" --repo "$work/option"
repository "$work/option"
expect 0 env SEAMSTEP_REPO="$work/env" "$seamstep" list --json --repo "$work/option"
repository "$work/option"
expect 0 env SEAMSTEP_REPO="$work/env" "$seamstep" list --json
repository "$work/env"
expect 0 "$seamstep" list --json
repository "$lab/repo"
expect 1 "$seamstep" list --json --sysroot "$tree/mainline"
says "$work/none"
finish
