#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Approved and blocked images: in each verb that would install one, as target, on the way, and as a fallback.
. "$(dirname "$0")/lib.sh"
new_lab a
conf=$SEAMSTEP_CONFIG
export SEAMSTEP_HOST=lab:$lab

# The digest of a version's module, from the image itself: the sigstruct has it at its offset 0x384.
digest() {
	od -An -tx1 -v -j $((4096 + 0x384)) -N 48 "$lab/repo/joined_files/1.5/tdx_module_$1.blob" | tr -d ' \n'
}
expect 0 "$seamstep" list -n -r -o VERSION,HASH
says "^1.5.25 $(digest 1.5.25)$"

# One that is blocked is no target, and is on no way.
echo "blocked=$(digest 1.5.25 | tr a-f A-F)" >"$conf"
expect 0 "$seamstep" list --json
json '[.images[] | select(.version == "1.5.25")] | length > 0 and all(.verdict == "no" and (.forbidden | test("blocks")))'
json '[.images[] | select(.version == "1.5.24")] | all(.verdict == "ok" and .forbidden == null)'
expect 0 "$seamstep" list -n -r -o VERSION,VERDICT,REASON
says '^1.5.25 no the\\x20configuration\\x20blocks\\x20the\\x20image$'
expect 6 "$seamstep" route 1.5.25
says 'the direct update is refused: the configuration blocks the image'
expect 6 "$seamstep" update 1.5.25
says 'FAILED +allowed +.*1.5.25.blob: the configuration blocks the image'
expect 6 "$seamstep" update --to 1.5.25 "$lab/repo/joined_files/1.5/tdx_module_1.5.25.blob"
says 'allowed: .*the configuration blocks the image'
expect 2 "$seamstep" update 1.5.25 --waive allowed
says 'cannot be waived: the configuration decides'
expect 0 "$seamstep" route 1.5.28 --json
json '[.hops[].to] == ["1.5.24", "1.5.28"] and .hops[0].fallback_after == null'
expect 0 "$seamstep" update 1.5.28 --dry-run --json
json '[.hops[].to] == ["1.5.24", "1.5.28"] and ([.hops[].fallbacks[]] | all(test("1.5.25") | not))'
json '[.preflight[] | select(.check == "allowed").result] == ["ok"]'
expect 6 "$seamstep" update 1.5.24 --fallback 1.5.25
says 'FAILED +allowed +.*1.5.25.blob: the configuration blocks the image'

# The running version's image, blocked, is no fallback; and it is not installed again.
printf 'blocked=%s\nblocked=%s\n' "$(digest 1.5.09)" "$(digest 1.5.25)" >"$conf"
expect 6 "$seamstep" update 1.5.24
says 'FAILED +fallback +the configuration allows no image of the running version'
expect 0 "$seamstep" update 1.5.24 --no-fallback --dry-run
# An image that can follow the new version is a fallback still.
expect 0 "$seamstep" update 1.5.16 --dry-run --json
json '[.hops[].fallbacks[]] == ["joined_files/1.5/tdx_module_1.5.17.blob"]'
expect 0 "$seamstep" update -v 1.5.09
says 'nothing to do: 1.5.09 is the running version'
expect 6 "$seamstep" update 1.5.09 --reinstall --no-fallback
says 'FAILED +allowed'
expect 0 "$seamstep" list --json
json '[.images[] | select(.version == "1.5.09")] | any(.verdict == "running")'

# Nothing newer is allowed: that is no error, and is said.
{ for v in 1.5.13 1.5.16 1.5.17 1.5.24 1.5.25 1.5.28; do echo "$(digest $v)  $v"; done; echo '# end'; } >"$work/list"
echo "blocked=$work/list" >"$conf"
expect 0 "$seamstep" update -v
says 'nothing newer for it that the configuration allows'
expect 6 "$seamstep" route --tcb UpToDate --tcb-info "$lab/tcb/early.json"
says 'but the configuration blocks the image'

# A list of approved images allows these alone, and what is blocked stays so.
printf 'approved=%s\napproved=%s\n' "$(digest 1.5.09)" "$(digest 1.5.24)" >"$conf"
expect 0 "$seamstep" list --json
json '[.images[] | select(.verdict == "ok").version] | unique == ["1.5.24"]'
json '[.images[] | select(.version == "1.5.16").forbidden] | all(. == "the image is not among those that the configuration approves")'
expect 0 "$seamstep" update --json
json '.running == "1.5.24" and [.hops[].fallbacks[]] == ["joined_files/1.5/tdx_module_1.5.09.blob"]'
echo "blocked=$(digest 1.5.24)" >>"$conf"
expect 0 "$seamstep" list --json
json '[.images[] | select(.version == "1.5.24").forbidden] | all(test("blocks"))'

# The key that must have signed: the option before the configuration before the lab's own.
"$seamstep" lab create --lps 2 "$work/other" >"$work/out"
echo "signer=$work/other/signer.pub.pem" >"$conf"
fresh=$work/fresh
cp -r "$work/pattern" "$fresh"
expect 5 "$seamstep" update --host "lab:$fresh" 1.5.16
says 'signed by another key'
expect 5 "$seamstep" apply --host "lab:$fresh" --target 1.5.16
says 'signed by another key'
expect 0 "$seamstep" update --host "lab:$fresh" 1.5.16 --signer "$lab/signer.pub.pem"

# Lists that cannot be understood allow nothing, by their place.
bad_list() {	# TEXT PATTERN
	printf '%b' "$1" >"$work/list"
	expect 1 "$seamstep" update
	says "$2"
}
echo "approved=$work/list" >"$conf"
bad_list '' '/list: expected a digest, found none'
bad_list '# none\n' '/list: expected a digest, found none'
bad_list "$(digest 1.5.24)\n12345 x\n" "/list:2: expected 96 hexadecimal digits, found '12345'"
bad_list "$(digest 1.5.24)\n\0" '/list: expected text, found a NUL byte'
rm "$work/list"
expect 1 "$seamstep" update
says '/list: the digests cannot be read: No such file'
mkfifo "$work/list"
expect 1 timeout 10 "$seamstep" update
says '/list: the digests cannot be read: it is no file'
finish
