#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# "apply" brings a host to the configured state, within the rules, and is quiet where nothing changes; "check" asks for
# the same state; "bucket" deals hosts.
. "$(dirname "$0")/lib.sh"
new_lab a
conf=$SEAMSTEP_CONFIG
export SEAMSTEP_HOST=lab:$lab TZ=UTC

conf() {
	printf '%s\n' "$@" >"$conf"
}

silent() {	# the last command printed nothing at all
	checks=$((checks + 1))
	[ ! -s "$work/out" ] && [ ! -s "$work/err" ] || bad "expected no word"
}

line() {	# PATTERN: the last command printed one line on stdout, and nothing else
	checks=$((checks + 1))
	[ "$(wc -l <"$work/out") $(wc -c <"$work/err")" = '1 0' ] && grep -Eq "$1" "$work/out" || bad "expected one line: $1"
}

# fresh: the lab as it was made, but for options of "lab set".
fresh() {
	rm -rf "$lab"
	cp -r "$work/pattern" "$lab"
	[ $# = 0 ] || "$seamstep" lab set "$lab" "$@" || bad "lab set $*"
}

# No target.
expect 1 "$seamstep" apply
says 'no target is configured: name one with target= in /etc/seamstep.conf'
expect 0 "$seamstep" apply --boot
silent
expect 2 "$seamstep" apply --target 1.x
says -- '--target: expected a version as 1.5.16'
expect 2 "$seamstep" apply --max-updates 0
expect 2 "$seamstep" apply --at 2026-01-01
says 'expected --dry-run too'

# Each kind of target; what is there already is no reason for a word.
conf target=1.5.16
expect 3 "$seamstep" apply --dry-run
line '^lab:.*: would update 1.5.09 -> 1.5.16 by 1 update$'
expect 3 "$seamstep" check
says 'pending: 1.5.16 is available, 1 update away'
expect 0 "$seamstep" apply
line '^lab:.*: updated 1.5.09 -> 1.5.16 by 1 update, 16 of 16 TDs alive, updates left 14$'
expect 0 "$seamstep" apply
silent
expect 0 "$seamstep" check
silent
expect 0 "$seamstep" apply --verbose
line '^lab:.*: nothing to do: 1.5.16 is the running version$'
expect 0 "$seamstep" status --json
json '.updates_left == 14'
conf target=1.5
expect 3 "$seamstep" check
says 'pending: 1.5.28 is available, 2 updates away'
expect 0 "$seamstep" apply --json
json '.changed and .answer == "updates" and .updates_made == 2 and .running == "1.5.28" and .target == "1.5"'
expect 0 "$seamstep" apply --json
json '.changed == false and .answer == "nothing-to-do" and .release == "1.5.28" and .verdict == "none"'
expect 0 "$seamstep" check
fresh
conf 'target=newest'
expect 3 "$seamstep" apply --max-updates 1
line 'updated 1.5.09 -> 1.5.25 by 1 update, 16 of 16 TDs alive, updates left 14; 1 more to 1.5.28$'
fresh
conf 'target=newest 1.5' max-updates=1
expect 3 "$seamstep" apply --dry-run
line 'would update 1.5.09 -> 1.5.28 by 2 updates, 1 of them now$'
expect 3 "$seamstep" apply --json
json '.running == "1.5.25" and .updates_needed == 2 and .updates_made == 1 and .exit.name == "pending"'
expect 0 "$seamstep" apply
line 'updated 1.5.25 -> 1.5.28 by 1 update'
# The option is nearer than the file.
fresh
expect 0 "$seamstep" apply --target 1.5.17 --max-updates 5
line 'updated 1.5.09 -> 1.5.17'

# The bar of TCB Info moves overnight.
fresh
conf target=tcb=UpToDate
expect 0 "$seamstep" apply
silent
expect 0 "$seamstep" check
"$seamstep" lab tcb --move "$lab" >"$work/out"
expect 3 "$seamstep" check
says '1.5.09 \(SVN 1.8\) is OutOfDate under set 20; 1.5.25 is UpToDate, 1 update away'
expect 0 "$seamstep" apply
line 'updated 1.5.09 -> 1.5.25 by 1 update, 16 of 16'
expect 0 "$seamstep" check
expect 1 "$seamstep" apply --dry-run --at 2020-01-01
says 'not-yet-valid'
expect 1 "$seamstep" apply --tcb-info "$work/nowhere"
says 'nowhere: No such file'

# A target that cannot be reached: the exit status says how, and a sentence why.
fresh
unreachable() {	# CODE TARGET PATTERN
	conf "target=$2"
	expect "$1" "$seamstep" apply
	says "$3"
	checks=$((checks + 1))
	[ ! -s "$work/out" ] && [ "$(wc -l <"$work/err")" = 1 ] || bad "expected one line"
}
# A repository that cannot be used knows no newest version: what runs is not called the newest by it.
mkdir "$work/malformed" "$work/empty"
head -c 5000 /dev/zero >"$work/malformed/tdx_module_1.5.99.blob"
cp -r "$lab/repo" "$work/mapping"
echo '{' >"$work/mapping/mapping_file.json"
for target in 'newest' 'newest 1.5' '1.5'; do
	while IFS=: read -r code repo why; do
		conf "target=$target"
		for verb in check 'apply --dry-run' apply; do
			# shellcheck disable=SC2086
			expect "$code" "$seamstep" $verb --repo "$repo"
			says "$why"
		done
		lacking=$(jq -r .running "$lab/lab.json")
		checks=$((checks + 1))
		[ "$lacking" = 1.5.09 ] || bad "updated to $lacking"
	done <<-END
		1:$work/nowhere:nowhere: No such file
		5:$work/malformed:newer versions are unknown: none of the 1 images in .* is well-formed
		1:$work/mapping:newer versions are unknown: the mapping file in .* is damaged
	END
	# An image of the running version need not be there.
	for repo in "$work/empty" "$lab/repo-bad"; do
		expect 0 "$seamstep" check -v --repo "$repo"
		expect 0 "$seamstep" apply -v --repo "$repo"
		says 'nothing to do: 1.5.09 runs, and the repository has nothing newer'
	done
done
for verb in update 'update --dry-run' route; do
	# shellcheck disable=SC2086
	expect 5 "$seamstep" $verb --repo "$work/malformed"
	says 'none of the 1 images in .* is well-formed'
done
# Nor is an image the newest that the configuration forbids.
conf target=1.5 "blocked=$("$seamstep" list -n -r -o VERSION,HASH | sed -n 's/^1\.5\.28 //p')"
expect 3 "$seamstep" check
says '1.5.25 is available, 1 update away'

unreachable 6 1.5.08 'target 1.5.08: .*the image is older than the running module'
unreachable 6 2.0.08 'target 2.0.08: .*not made for a CPU of this host'
unreachable 6 1.5.99 'target 1.5.99: the repository .* has no well-formed image of version 1.5.99'
unreachable 6 2.0 'target 2.0: no version of line 2.0 can follow 1.5.09'
expect 6 "$seamstep" check
fresh updates_left=1
unreachable 8 1.5.28 'target 1.5.28: .*more updates than are left before a reboot'
fresh running=
unreachable 4 1.5.16 'no TDX Module runs; a reboot brings TDX back'
expect 11 "$seamstep" check
conf target=1.5.16
expect 1 "$seamstep" apply --repo "$work/nowhere"
says "^seamstep: the repository cannot be read: $work/nowhere"
expect 4 "$seamstep" apply --sysroot "$here/../sysroot/mainline" --repo "$lab/repo"
says 'a recorded tree cannot be updated'

# Never what a preflight refuses.
fresh offline=1
expect 7 "$seamstep" apply
says '^seamstep: lps: 7 of 8 LPs are online'
expect 7 "$seamstep" apply --verbose
says 'FAILED +lps'
fresh
"$seamstep" inhibit --reason x --who ops
expect 7 "$seamstep" apply
says 'inhibited: updates are forbidden by ops'
fresh
mkdir "$work/one"
cp "$lab/repo/joined_files/1.5/tdx_module_1.5.16.blob" "$work/one/"
conf target=1.5.16 "repo=$work/nowhere"
export SEAMSTEP_REPO=$work/one
expect 6 "$seamstep" apply
says 'fallback: the repository has no image of the running version'
expect 6 "$seamstep" apply --boot
says 'note: TDs are alive: the rules of run time hold'
says 'fallback: the repository has no image of the running version'
# Before the first TD the lack of a fallback costs none. The journal has the reason.
"$seamstep" lab set "$lab" tds_alive=0
expect 0 "$seamstep" apply --boot
line 'updated 1.5.09 -> 1.5.16 by 1 update, updates left 14$'
head -n 1 "$lab/journal.jsonl" | jq -e '.event == "intent" and .waived == ["fallback"]' >"$work/out" || bad "the journal: $(cat "$lab/journal.jsonl")"
unset SEAMSTEP_REPO
conf target=1.5.16
fresh tds_alive=0
expect 0 "$seamstep" apply --boot
head -n 1 "$lab/journal.jsonl" | jq -e '.waived == [] and (.fallbacks | length) == 2' >"$work/out" ||
	bad "the journal: $(cat "$lab/journal.jsonl")"
# An offline LP would cost the module itself: no TD could start.
fresh offline=1 tds_alive=0
expect 7 "$seamstep" apply --boot
says 'lps: 7 of 8 LPs are online'
fresh builds=1 tds_alive=0
expect 7 "$seamstep" apply --boot --timeout 0
says 'the rules of run time hold'

# A failure says what runs, and changes no exit status of an update.
fresh
"$seamstep" lab fault "$lab" 'SEAMLDR.INSTALL@last=EBADSIG'
expect 10 "$seamstep" apply
says 'running now: 1.5.09'
expect 0 "$seamstep" history --json
json '[.updates[].outcome.verdict] == ["recovered"]'

# The maintenance window, in local time: 2026-11-27 is a Friday.
fresh
conf target=1.5.16 'window=Fri 22:00-02:00; Sun 10:00-12:00'
at() {	# CODE TIME [NEXT]
	expect "$1" "$seamstep" apply --dry-run --at "$2" --json
	json ".window_opens == ${3:-null}"
}
at 7 2026-11-27T21:59:59Z '"Fri 2026-11-27 22:00"'
at 3 2026-11-27T22:00:00Z
at 3 2026-11-28T01:59:59Z
at 7 2026-11-28T02:00:00Z '"Sun 2026-11-29 10:00"'
at 7 2026-11-27T01:00:00Z '"Fri 2026-11-27 22:00"'
at 3 2026-11-29T11:59:59Z
at 7 2026-11-29T12:00:00Z '"Fri 2026-12-04 22:00"'
json '.answer == "window-closed" and .exit.name == "not-now" and .changed == false'
TZ=UTC-3 at 3 2026-11-27T19:00:00Z
TZ=UTC-3 at 7 2026-11-27T23:00:00Z '"Sun 2026-11-29 10:00"'
expect 7 "$seamstep" apply --dry-run --at 2026-11-26 --verbose
line '1.5.16 waits for the maintenance window, which opens Fri 2026-11-27 22:00$'
expect 7 "$seamstep" apply --dry-run --at 2026-11-26
silent
# The boot needs no window, unless TDs are alive.
expect 7 "$seamstep" apply --boot --dry-run --at 2026-11-26
"$seamstep" lab reboot --early "$lab"
expect 3 "$seamstep" apply --boot --dry-run --at 2026-11-26
line 'would update 1.5.09 -> 1.5.16'

# Buckets: the digest by another program. The rollout comes to a host by its bucket.
expected=$(printf '%s %s' "lab:$lab" 1.5.16 | sha384sum | cut -c1-16)
expected=$(printf '%u\n' "$(( (0x${expected:0:8} % 7 * (4294967296 % 7) + 0x${expected:8:8} % 7) % 7 ))")
expect 0 "$seamstep" bucket --release 1.5.16 --of 7
line "^$expected\$"
expect 0 "$seamstep" bucket --release 1.5.16 --of 7 --in $((expected + 1))
expect 7 "$seamstep" bucket --release 1.5.16 --of 7 --in "$expected" --json
json ".bucket == $expected and .of == 7 and .in == $expected and .release == \"1.5.16\""
expect 0 "$seamstep" bucket --release x --of 1
line '^0$'
expect 2 "$seamstep" bucket --of 7
expect 2 "$seamstep" bucket --release x
expect 2 "$seamstep" bucket --release x --of 0
expect 4 "$seamstep" bucket --release x --of 2 --sysroot "$work"
says 'no machine-id'
conf target=1.5.16 "bucket=$expected/7"
expect 7 "$seamstep" apply
silent
expect 7 "$seamstep" apply --verbose
line "1.5.16 waits: this host is in bucket $expected of 7, and the rollout is for those below $expected"
conf target=1.5.16 "bucket=$((expected + 1))/7"
expect 0 "$seamstep" apply
line 'updated 1.5.09 -> 1.5.16'

# An update that was interrupted is settled first.
jq -c 'select(.event == "intent")' "$lab/journal.jsonl" >"$work/intent"
cp "$work/intent" "$lab/journal.jsonl"
expect 13 "$seamstep" check
expect 0 "$seamstep" apply
says 'note: the update 1.5.09 -> 1.5.16 of .* was interrupted; it is settled as updated: 1.5.16 runs'
expect 0 "$seamstep" check
finish
