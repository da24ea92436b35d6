#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Hooks before and after an update: who runs when, what a hook is told, what a bad hook cannot do.
. "$(dirname "$0")/lib.sh"
umask 022
schemas=$here/../../schemas
hooks=$work/hooks
mkdir "$hooks"

hook() {	# NAME: the text of the script is on stdin
	{ echo '#!/bin/sh'; cat; } >"$hooks/$1"
	chmod 755 "$hooks/$1"
}
up() {	# CODE OPTIONS...: update the lab to 1.5.16
	code=$1
	shift
	expect "$code" "$seamstep" update --host "lab:$lab" --hooks "$hooks" 1.5.16 "$@"
}
order() {	# WORDS...: what the hooks wrote
	checks=$((checks + 1))
	[ "$(tr '\n' ' ' <"$work/calls")" = "$* " ] || bad "the hooks ran as: $(tr '\n' ' ' <"$work/calls"), expected: $*"
}
untouched() {
	checks=$((checks + 1))
	[ "$(jq -r .running "$lab/lab.json")" = 1.5.09 ] && [ ! -e "$lab/journal.jsonl" ] || bad "the lab was touched: $*"
}
export CALLS=$work/calls

# ---- order and arguments ------------------------------------------------------------------------
for n in 20-b 10-a 30-c; do
	hook $n <<-'END'
		echo "${0##*/}:$SEAMSTEP_PHASE" >>"$CALLS"
		cat >"$CALLS.${0##*/}.$SEAMSTEP_PHASE"
		env | grep ^SEAMSTEP_ >"$CALLS-env.$SEAMSTEP_PHASE"
		echo "hello from $SEAMSTEP_PHASE"
	END
done
echo 'echo no >>"$CALLS"' >"$hooks/README"
cp "$hooks/10-a" "$hooks/15-a.bak"
cp "$hooks/10-a" "$hooks/.hidden"
cp "$hooks/10-a" "$hooks/editor~"
mkdir "$hooks/subdir"
new_lab a
up 0 --dry-run
[ ! -e "$work/calls" ] || bad "a dry run ran hooks"
up 0
order 10-a:before 20-b:before 30-c:before 30-c:after 20-b:after 10-a:after
says '^hook 20-b: hello from before'
says 'the hook .*README is not executable'
for line in PHASE=before "HOST=lab:$lab" FROM=1.5.09 TO=1.5.16 UPDATES=1 RUNNING=1.5.09 VERDICT= EXIT=; do
	grep -qx "SEAMSTEP_$line" "$work/calls-env.before" || bad "before: no SEAMSTEP_$line"
done
for line in PHASE=after RUNNING=1.5.16 VERDICT=updated EXIT=ok; do
	grep -qx "SEAMSTEP_$line" "$work/calls-env.after" || bad "after: no SEAMSTEP_$line"
done
cp "$work/calls.10-a.after" "$work/out"
json '.phase == "after" and .from == "1.5.09" and .to == "1.5.16" and .running == "1.5.16" and .verdict == "updated" and .exit == "ok"'
python3 "$here/validate.py" "$schemas" "$work"/calls.*.before "$work"/calls.*.after >"$work/why" 2>&1
got=$?
checks=$((checks + 1))
[ $got = 0 ] || [ $got = 77 ] || bad "what hooks read: $(cat "$work/why")"
# Nothing to do: no hook runs.
rm -f "$work/calls"
up 0
[ ! -e "$work/calls" ] || bad "hooks ran where there was nothing to do"
# A failed update: the hooks are told how it ended.
new_lab lost
"$seamstep" lab fault "$lab" 'SEAMLDR.INSTALL@last+=EBADHASH/1'
up 11 --json
json '.hooks | map(.name) == ["10-a", "20-b", "30-c"] and all(.[]; .before == "ok" and .after == "ok")'
grep -qx SEAMSTEP_VERDICT=lost "$work/calls-env.after" || bad "after: the verdict is not lost"
grep -qx SEAMSTEP_EXIT=lost "$work/calls-env.after" || bad "after: the exit status is not lost"

# ---- a hook that fails before -------------------------------------------------------------------
new_lab b
rm "$work/calls"
hook 20-b <<-'END'
	echo "20-b:$SEAMSTEP_PHASE" >>"$CALLS"
	[ "$SEAMSTEP_PHASE" = after ]
END
up 1
says 'the hook 20-b failed before the update: exit status 1; nothing was touched'
order 10-a:before 20-b:before 20-b:after 10-a:after
untouched 'a hook failed'
up 1 --json
json '.hooks[1] | .name == "20-b" and .before == "exit status 1" and .after == "ok"'
json '.hooks[2] | .before == "not run" and .after == "not run"'
json '.verdict == "none" and (.changed | not)'
up 0 --no-hooks --dry-run
# A hook that fails after the update changes no verdict.
hook 20-b <<-'END'
	[ "$SEAMSTEP_PHASE" = before ] || kill -9 $$
END
up 0
says 'updated 1.5.09 -> 1.5.16'
says 'the hook 20-b failed after the update: ended by signal 9'

# Whoever starts this command may ignore SIGCHLD: then the kernel keeps no exit status of a child.
new_lab deaf
hook 20-b <<-'END'
	sleep 0.2
	exit 5
END
expect 1 env --ignore-signal=CHLD "$seamstep" update --host "lab:$lab" --hooks "$hooks" 1.5.16
says 'the hook 20-b failed before the update: exit status 5'
untouched 'a hook failed, and SIGCHLD was ignored'
# A hook does not begin with it, nor with SIGPIPE (13): the last bits of the fifth and of the fourth digit from the right.
hook 20-b <<-'END'
	grep -q '^SigIgn:.*[02468ace][02468ace][0-9a-f]\{3\}$' /proc/self/status
END
expect 0 env --ignore-signal=CHLD "$seamstep" update --host "lab:$lab" --hooks "$hooks" 1.5.16

# What is ignored from the start stays so: with nohup the terminal may go away.
hook 20-b <<-'END'
	[ "$SEAMSTEP_PHASE" = after ] || kill -HUP $PPID
END
new_lab nohup
expect 0 env --ignore-signal=HUP "$seamstep" update --host "lab:$lab" --hooks "$hooks" 1.5.16
says 'updated 1.5.09 -> 1.5.16'
new_lab terminal
up 1
untouched 'the terminal went away'

# ---- hooks that hang, flood, and leave processes behind ------------------------------------------
rm "$hooks"/[0-9]*
new_lab c
hook 10-hang <<-'END'
	[ "$SEAMSTEP_PHASE" = before ] || exit 0
	trap '' TERM
	sleep 600 & echo $! >"$CALLS.child"
	while :; do sleep 1; done
END
up 1 --hook-timeout 1
says '10-hang failed before the update: its time was over, and it was killed'
untouched 'a hook hung'
gone() {	# PID: within five seconds. Whoever inherits the process may leave it a zombie.
	for _ in $(seq 50); do
		[ -d "/proc/$1" ] && ! grep -q '^State:.*Z' "/proc/$1/status" || return 0
		sleep 0.1
	done
	return 1
}
checks=$((checks + 1))
gone "$(cat "$work/calls.child")" || bad "a process of the hook is alive"
# Ctrl-C while a hook runs.
timeout -s INT 1 "$seamstep" update --host "lab:$lab" --hooks "$hooks" 1.5.16 >"$work/out" 2>"$work/err" </dev/null
says 'killed, since this command was told to end'
untouched 'interrupted in a hook'
rm "$hooks/10-hang"
hook 10-flood <<-'END'
	i=0
	while [ $i -lt 400 ]; do echo "line $i of many"; i=$((i + 1)); done
	head -c 100000 /dev/zero | tr '\0' x
	printf '\033]0;owned\a\n'
	sleep 600 &
	exec </dev/null
END
up 0
says '^hook 10-flood: line 49 of many$'
says '^hook 10-flood: more output is left out$'
checks=$((checks + 1))
[ "$(grep -c '^hook 10-flood' "$work/err")" = 102 ] || bad "the output of hooks is not bounded"
! grep -q '[^[:print:][:space:]]' "$work/err" || bad "unprintable output"

# ---- hooks that nobody should run ---------------------------------------------------------------
rm "$hooks/10-flood"
new_lab d
refused() {	# PATTERN
	rm -f "$work/calls"
	up 1
	says "$1"
	says 'nothing was touched'
	up 1 --dry-run
	untouched "$1"
	[ ! -e "$work/calls" ] || bad "a hook ran all the same: $1"
}
hook 05-good <<-'END'
	echo ran >>"$CALLS"
END
hook 10-bad <<-'END'
	echo ran >>"$CALLS"
END
chmod g+w "$hooks/10-bad"
refused '10-bad: expected a file of root'
chmod 757 "$hooks/10-bad"
refused '10-bad: expected a file of root'
if [ "$(id -u)" = 0 ]; then
	chmod 755 "$hooks/10-bad"
	chown 1 "$hooks/10-bad"
	refused '10-bad: expected a file of root'
fi
rm "$hooks/10-bad"
ln -s 05-good "$hooks/10-bad"
refused '10-bad: expected a regular file'
rm "$hooks/10-bad"
mkfifo "$hooks/10-bad"
refused '10-bad: expected a regular file'
rm "$hooks/10-bad"
chmod g+w "$hooks"
refused 'hooks: expected a file of root'
chmod 755 "$hooks"
mkdir -m 777 "$work/open"
cp -r "$hooks" "$work/open/"
hooks=$work/open/hooks refused 'open: expected a file of root'
hooks=$work/nowhere refused 'nowhere: No such file'
hooks=$lab/lab.json refused 'expected a directory'
printf '\177ELF' >"$hooks/20-elf"
chmod 755 "$hooks/20-elf"
# A hook that cannot be started: which, and why.
up 1
says 'the hook 20-elf failed before the update: it cannot be started: Exec format error'
untouched 'a hook cannot be run'
rm "$hooks/20-elf"
printf '#!/nowhere/interpreter\n' >"$hooks/20-nowhere"
chmod 755 "$hooks/20-nowhere"
up 1 --json
json '.error | test("the hook 20-nowhere failed before the update: it cannot be started: No such file or directory \\(the interpreter")'
json '.hooks | map(select(.name == "20-nowhere")) | .[0].before | test("cannot be started")'
printf '#!%s\n' "$work" >"$hooks/20-nowhere"
up 1
says 'the hook 20-nowhere failed before the update: it cannot be started: Permission denied'
rm "$hooks/20-nowhere"
# A hook that is gone when its turn comes; one that ends with 127 was started.
hook 05-good <<-'END'
	echo ran >>"$CALLS"
	[ "$SEAMSTEP_PHASE" = after ] || rm "${0%/*}/10-gone"
END
hook 10-gone <<-'END'
	exit 127
END
up 1
says 'the hook 10-gone failed before the update: it cannot be started: No such file or directory; nothing'
hook 05-good <<-'END'
	echo ran >>"$CALLS"
END
hook 10-gone <<-'END'
	exit 127
END
up 1
says 'the hook 10-gone failed before the update: exit status 127'
untouched 'hooks that cannot be started'
rm "$hooks/10-gone"
# The environment names the directory too; the option is nearer. A lab has no hooks of its own.
rm -f "$work/calls"
SEAMSTEP_HOOKS=$work/nowhere up 0 --dry-run
SEAMSTEP_HOOKS=$work/nowhere expect 1 "$seamstep" update --host "lab:$lab" --dry-run 1.5.16
SEAMSTEP_HOOKS= expect 0 "$seamstep" update --host "lab:$lab" --dry-run 1.5.16
SEAMSTEP_HOOKS=$hooks expect 0 "$seamstep" update --host "lab:$lab" 1.5.16
order ran ran
up 2 --hook-timeout 0

# ---- apply, and the configuration ---------------------------------------------------------------
new_lab e
rm -f "$work/calls"
export SEAMSTEP_HOOKS=$hooks
expect 0 "$seamstep" apply --host "lab:$lab" --target 1.5.16 --boot --wait 1
# TDs are alive here, so even --boot runs the hooks.
order ran ran
new_lab f
"$seamstep" lab set "$lab" tds=0 >/dev/null
rm -f "$work/calls"
expect 0 "$seamstep" apply --host "lab:$lab" --target 1.5.16 --boot
[ ! -e "$work/calls" ] || bad "hooks ran at boot, before any TD"
expect 0 "$seamstep" apply --host "lab:$lab" --target 1.5.17
order ran ran
hook 10-hang <<-'END'
	[ "$SEAMSTEP_PHASE" = after ] || exec sleep 600
END
echo 'hook-timeout = 1' >"$SEAMSTEP_CONFIG"
new_lab g
expect 1 "$seamstep" apply --host "lab:$lab" --target 1.5.16
says '10-hang failed before the update: its time was over'
untouched 'apply with a hook that hangs'
# The configuration's directory is for this machine: here a kernel that the test plays. A lab is none.
unset SEAMSTEP_HOOKS
printf 'hooks = %s\nhook-timeout = 1\n' "$hooks" >"$SEAMSTEP_CONFIG"
expect 1 env SEAMSTEP_STATE_DIR="$work/state" FAKE_KERNEL="root=$here/../sysroot/mainline,state=$work/module" \
	"$fake" update --host linux --repo "$lab/repo" --signer "$lab/signer.pub.pem" 1.5.16
says '10-hang failed before the update: its time was over'
[ ! -e "$work/state/journal.jsonl" ] || bad "this machine was touched"
expect 0 "$seamstep" update --host "lab:$lab" 1.5.16
echo 'hook-timeout = 0' >"$SEAMSTEP_CONFIG"
expect 1 "$seamstep" status --host "lab:$lab"
says 'expected a number of seconds from 1 to 3600'
finish
