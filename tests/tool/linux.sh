#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Recorded hosts of each kind, and a kernel that fails at each point of the conversation.
. "$(dirname "$0")/lib.sh"
new_lab images
repo=$lab/repo
tree=$here/../sysroot
signer=$lab/signer.pub.pem

# ---- recorded trees
on() {	# TREE VERB...: on a recorded host
	t=$1 verb=$2
	shift 2
	"$seamstep" "$verb" --sysroot "$tree/$t" --repo "$repo" "$@"
}

expect 0 on mainline status --json
json '.interface == "tdx-host" and .module.version == "1.5.06" and .seamldr == "1.5.00" and .updates_left == 15'
json '.lps == {platform: 192, online: 192} and (.cpus | length) == 2 and .missing == {} and .recorded'
expect 3 on mainline list --detailed-exitcode
expect 0 on mainline route --to 1.5.28
expect 0 on mainline update --dry-run --signer "$signer" 1.5.16
says 'this kernel cannot fall back'
expect 5 on mainline update --dry-run 1.5.16
says 'another key'
expect 4 on mainline update --signer "$signer" 1.5.16
says 'recorded tree cannot be updated'
expect 0 on mainline-user status --json
json '.updates_left == null and .missing == {seamldr: "needs root", updates_left: "needs root"}'
expect 0 on mainline-user update --dry-run --signer "$signer" 1.5.16
says 'unknown +seamldr .*needs root'
expect 7 on mainline-offline update --dry-run --signer "$signer" 1.5.16
says 'bring CPU 190-191 online first'
expect 7 on mainline-busy update --dry-run --signer "$signer" 1.5.16
says "found 'receiving'"
expect 0 on mainline-lost status --json
json '.module.lost and .module.version == null'
expect 11 on mainline-lost check
expect 4 on mainline-lost update --dry-run --signer "$signer" 1.5.16
expect 6 on two-steppings update --dry-run --signer "$signer" 1.5.16
says 'FAILED +cpu .*0xa06d1'
expect 4 on erratum update --dry-run --signer "$signer" 1.5.16
says 'seamret_invd_vmcs'
expect 0 on seamstep-ko update --dry-run --signer "$signer" 1.5.16
says 'ok +fallback'
expect 0 on seamldr-upload status --json
json '.interface == "seamldr-upload" and .seamldr == "1.5.00" and .updates_left == 9'
expect 4 on no-tdx status
expect 4 on no-tdx update --dry-run --signer "$signer" 1.5.16
for verb in status list route check metrics history; do
	on hostile $verb >"$work/out" 2>"$work/err" </dev/null
	got=$?
	checks=$((checks + 1))
	# The tool's own exit status, no signal.
	[ $got -lt 14 ] || bad "hostile $verb: exit $got"
	if LC_ALL=C grep -q '[^[:print:][:space:]]' "$work/out" "$work/err"; then
		bad "hostile $verb: unprintable output"
	fi
done

# ---- a simulated kernel
n=0
play() {	# SETTINGS COMMAND...: a fresh host each time
	n=$((n + 1))
	settings=$1 verb=$2
	shift 2
	SEAMSTEP_STATE_DIR=$work/state.$n FAKE_KERNEL="root=$tree/mainline,state=$work/module.$n,$settings" \
		"$fake" "$verb" --host linux --repo "$repo" "$@"
}
again() {	# the same host once more
	n=$((n - 1))
	play "$@"
}
up() {
	settings=$1
	shift
	play "$settings" update --signer "$signer" 1.5.16 --json "$@"
}

expect 0 up ''
json '.changed and .verdict == "updated" and .running == "1.5.16" and .updates_left == 14'
expect 0 again 'to=1.5.99' update --signer "$signer" 1.5.16 --json
json '(.changed | not) and .updates_left == 14'
expect 0 again '' history --json
json '.updates | length == 1 and (.[0] | .from == "1.5.06" and .outcome.running == "1.5.16" and .state == "done")'

# A process that was killed before it wrote the outcome: what runs tells it, at no cost of an update.
killed() {	# VERDICT CODE PATTERN
	sed -i '/"event":"outcome"/d' "$work/state.$n/journal.jsonl"
	[ "$1" = lost ] || expect 13 again '' check --to 1.5.16
	expect 0 again '' reconcile --json
	json ".settled | test(\"1.5.06 -> 1.5.16 .* settled as $1: $3\")"
	expect "$2" again '' check --to 1.5.16
	expect 0 again '' history --json
	json ".updates[0].outcome | .settled and .verdict == \"$1\""
}
cp "$work/module.$n" "$work/before"
killed updated 0 '1.5.16 runs'
cmp -s "$work/before" "$work/module.$n" || bad "reconcile changed the module"
# In another boot nobody can tell any more.
sed -i '/"event":"outcome"/d; s/"boot_id":"[^"]*"/"boot_id":"another"/' "$work/state.$n/journal.jsonl"
expect 0 again '' reconcile --json
json '.settled == null'

# Before the point of no return the update touches nothing.
expect 4 up 'fail=read:status:ENOENT:1'
expect 7 up 'fail=write:loading:EBUSY:1'
json '.error | test("busy")'
expect 1 up 'fail=write:loading:EACCES:1'
json '.error | test("root")'
expect 1 up 'fail=write:data:ENOMEM:1'
json '.error | test("nothing was touched")'
expect 1 up 'fail=write:data:EIO:1'
expect 4 up 'fail=write:loading:ENODEV:2'
expect 1 up 'fail=write:loading:EINVAL:2'
expect 1 up 'signal=before'
json '.error | test("cancelled")'
json '.running == "1.5.06"'

# After the point of no return.
expect 0 up 'signal=after'
says 'past the point of no return'
expect 9 up 'result=unchanged,error=transferring:hw-error'
json '.verdict == "unchanged" and (.changed | not) and .running == "1.5.06"'
killed unchanged 3 '1.5.06 runs'
expect 9 up 'result=unchanged,error=preparing:user-abort'
expect 11 up 'result=lost,error=transferring:firmware-invalid'
json '.verdict == "lost" and .running == null'
expect 11 up 'result=lost'
killed lost 11 'no TDX Module runs'
expect 12 up 'result=silent'
json '.error | test("expected version 1.5.16, found 1.5.06")'
expect 12 up 'to=1.5.13'
expect 12 up 'error=transferring:read-write-error'
expect 13 up 'polls=0' --timeout 3
json '.verdict == "unknown" and (.error | test("no outcome within 3000 ms"))'
expect 13 up 'fail=late:status:ENOENT:2'
json '.error | test("node has gone")'
expect 13 up 'fail=late:error:EIO:1'
expect 13 up 'fail=late:version:EIO:1'

# A kernel with seamstep.ko gets the fallbacks that preflight names, and no others.
ko() {	# SETTINGS [OPTIONS]: the last root= counts
	settings=$1
	shift
	rm -f "$work/written"
	up "root=$tree/seamstep-ko,written=$work/written,$settings" "$@"
}
written() {	# WORDS...: what the driver was given, in this order
	checks=$((checks + 1))
	printf '%s\n' "$@" | diff - "$work/written" >"$work/out" 2>&1 || bad "the driver got other input"
}
policy=('td_build wait' 'rehearse 0' 'fallbacks none')
target='target 20250219 1.11'
expect 0 ko '' --fallback 1.5.06 --fallback 1.5.17
json '.changed and .running == "1.5.16" and (.hops[0].fallbacks | length == 2)'
written "${policy[@]}" 'fallback 20240407 1.6' 'fallback 20250321 1.11' "$target"
expect 0 ko ''
json '.hops[0].fallbacks[0] | test("1.5.06")'
json '.preflight[] | select(.check == "fallback") | .result == "ok"'
[ "$(grep -c ^fallback\  "$work/written")" -ge 1 ] || bad "the driver was given no fallback"
expect 0 ko '' --no-fallback
written "${policy[@]}" "$target"
# The driver gets the waiver of the memory reason. A driver without a memory policy gets no request.
memory=$work/memory
cp -r "$tree/seamstep-ko" "$memory"
echo refuse >"$memory/sys/devices/faux/tdx_host/seamstep/memory"
expect 0 ko "root=$memory" --no-fallback
written 'td_build wait' 'rehearse 0' 'memory refuse' 'fallbacks none' "$target"
expect 0 ko "root=$memory" --no-fallback --waive memory
written 'td_build wait' 'rehearse 0' 'memory ignore' 'fallbacks none' "$target"
expect 1 ko "root=$memory,fail=write:memory:EACCES:1" --no-fallback --waive memory
json '.error | test("memory: Permission denied.*nothing was touched")'
expect 0 ko '' --no-fallback --waive memory
written "${policy[@]}" "$target"
expect 5 ko 'refuse=preparing:firmware-invalid' --fallback 1.5.06
json '.running == "1.5.06" and (.changed | not) and (.error | test("refuses the fallback .*1.5.06.*nothing was touched"))'
written "${policy[@]}" 'fallback 20240407 1.6'
expect 7 ko 'refuse=preparing:device-busy' --fallback 1.5.06
expect 7 ko 'fail=write:fallback-loading:EBUSY:1' --fallback 1.5.06
expect 1 ko 'fail=write:fallback-data:ENOMEM:1' --fallback 1.5.06
expect 1 ko 'fail=write:fallback-loading:EINVAL:2' --fallback 1.5.06
expect 1 ko 'fail=write:fallbacks:EACCES:1' --fallback 1.5.06
expect 1 ko 'fail=read:fallback-error:EIO:1' --fallback 1.5.06
json '.error | test("tdx_module_fallback/error.*nothing was touched")'
expect 10 ko 'result=recovered' --fallback 1.5.06
json '.error | test("install on LP 7: the P-SEAMLDR did not install it")'
# The command reports no good end that the driver could not confirm.
expect 13 ko 'seen=unknown' --fallback 1.5.06
json '(.hops[0].confirmed | not) and (.error | test("does not confirm it"))'
expect 13 ko 'result=recovered,seen=unknown' --fallback 1.5.06
expect 11 ko 'result=lost,seen=unknown' --fallback 1.5.06
# seamstep.ko answers ENXIO for the version where the module did not tell it. Only its verdict says that the module is lost.
for settings in 'seen=unknown' ''; do
	expect 13 ko "$settings,fail=late:version:ENXIO:1" --fallback 1.5.06
	json '.verdict == "unknown" and (.error | test("reports success, but the version cannot be read"))'
done
expect 13 ko 'last=none,error=transferring:hw-error,fail=late:version:ENXIO:1' --fallback 1.5.06
json '.verdict == "unknown"'
expect 13 ko 'polls=0,fail=late:version:ENXIO:1' --fallback 1.5.06 --timeout 3
json '.error | test("none runs") | not'
expect 10 ko 'result=recovered,fail=late:version:ENXIO:1' --fallback 1.5.06
expect 11 ko 'result=lost,fail=late:version:ENXIO:1' --fallback 1.5.06
expect 11 up 'fail=late:version:ENXIO:1'
silent="root=$tree/seamstep-ko,written=$work/written,fail=read:version:ENXIO:1"
expect 13 play "$silent,last=updated" check
says 'the module did not tell'
expect 0 play "$silent,last=updated" status --json
json '(.module.lost | not) and .missing["module.version"] == "the module did not tell"'
expect 11 play "$silent,last=lost" check
expect 0 ko '' --fallback 1.5.06
json '.hops[0].confirmed'
expect 9 ko 'result=unchanged,last=recovered,error=preparing:device-busy' --fallback 1.5.06
json '.verdict == "unchanged"'
expect 0 ko 'fail=read:fallback-status:ENOENT:1'
json '.preflight[] | select(.check == "fallback") | .result == "warning"'
written "${policy[@]}" "$target"

# Without a writable journal the command tries nothing (full.sh has a full disk).
expect 1 env SEAMSTEP_STATE_DIR=/proc/nowhere FAKE_KERNEL="root=$tree/mainline,state=$work/module.x" \
	"$fake" update --repo "$repo" --signer "$signer" 1.5.16
says 'the journal and the lock belong there'
expect 0 env SEAMSTEP_STATE_DIR="$work/j" FAKE_KERNEL="root=$tree/mainline,state=$work/module.y" \
	"$fake" update --repo "$repo" --signer "$signer" 1.5.16
# A journal that takes the intent and no byte of the outcome: the update was made, and its status says so.
intent=$(head -n 1 "$work/j/journal.jsonl" | wc -c)
for verb in update apply; do
	printf '%0*d\n' $((8192 - intent - 1)) 0 >"$work/j/journal.jsonl"	# a damaged line
	rm "$work/module.y"
	[ $verb = update ] && args=(1.5.16 --signer "$signer") || args=(--boot --target 1.5.16)
	printf 'signer = %s\n' "$signer" >"$SEAMSTEP_CONFIG"
	expect 0 env SEAMSTEP_STATE_DIR="$work/j" FAKE_KERNEL="root=$tree/mainline,state=$work/module.y" \
		bash -c 'ulimit -f 8; exec "$@"' - "$fake" $verb --repo "$repo" "${args[@]}"
	says 'updated 1.5.06 -> 1.5.16'
	says 'note: the journal has no outcome of this update: .*File too large'
done
: >"$SEAMSTEP_CONFIG"

# Flags win over a configuration file.
printf '# defaults\nrepo = %s\n' "$repo" >"$work/config"
expect 0 env SEAMSTEP_CONFIG="$work/config" "$seamstep" list --sysroot "$tree/mainline"
expect 1 env SEAMSTEP_CONFIG="$work/config" "$seamstep" list --sysroot "$tree/mainline" --repo /nowhere
expect 1 "$seamstep" status --sysroot "$work/nowhere"
says 'nowhere: No such file or directory; expected a recorded tree'
finish
