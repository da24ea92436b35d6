#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# A lab from its creation to its removal: every verb, every verdict, every exit status of a lab.
. "$(dirname "$0")/lib.sh"

new_lab a
expect 0 "$seamstep" status --host "lab:$lab"
says '1\.5\.09, SVN 1\.8'
expect 3 "$seamstep" status --host "lab:$lab" --detailed-exitcode
expect 0 "$seamstep" status --host "lab:$lab" --json
json '.module.version == "1.5.09" and .updates_left == 15 and .lps.online == 8 and .exit.code == 0'
expect 0 "$seamstep" list --host "lab:$lab" -n -r -o VERSION,VERDICT
says '^1\.5\.16 ok$'
says '^1\.5\.28 route$'
says '^2\.0\.04 no$'
expect 0 "$seamstep" list --host "lab:$lab" -P -o version,updates
says 'VERSION="1\.5\.28" UPDATES="2"'
expect 0 "$seamstep" list --list-columns
expect 2 "$seamstep" list --host "lab:$lab" -o NONSENSE
expect 3 "$seamstep" list --host "lab:$lab" --detailed-exitcode --json
json '.images | length == 15'
json '[.images[] | select(.verdict == "no")] | all(.refused | length > 0)'
expect 0 "$seamstep" list --host "lab:$lab" "$lab/repo-bad"
says 'malformed'
expect 0 "$seamstep" route --host "lab:$lab" --json
json '.to == "1.5.28" and .updates == 2 and .hops[0].fallback == "1.5.09"'
expect 0 "$seamstep" route --host "lab:$lab" --small-steps --json
json '.updates == 6'
expect 0 "$seamstep" route --host "lab:$lab" --small-steps --left 3 --json
json '.updates == 3'
expect 8 "$seamstep" route --host "lab:$lab" --left 1 --to 1.5.28
expect 6 "$seamstep" route --host "lab:$lab" --to 2.0.04
expect 6 "$seamstep" route --host "lab:$lab" --to 1.5.99
expect 2 "$seamstep" route --host "lab:$lab" --to nonsense

# Dry run, update, and a second update, which changes nothing.
expect 0 "$seamstep" update --host "lab:$lab" 1.5.16 --dry-run --json
json '.dry_run and (.changed | not) and .running == "1.5.09" and (.preflight | length == 22)'
expect 3 "$seamstep" update --host "lab:$lab" 1.5.16 --dry-run --detailed-exitcode
[ ! -e "$lab/journal.jsonl" ] || bad "a dry run wrote a journal"
expect 0 "$seamstep" update --host "lab:$lab" --to 1.5.16 --json
json '.changed and .verdict == "updated" and .running == "1.5.16" and .updates_left == 14'
json '.hops[0].tds.alive == 16 and .hops[0].window_ns > 0'
expect 0 "$seamstep" update --host "lab:$lab" --to 1.5.16 --json
json '(.changed | not) and .verdict == "nothing-to-do" and .updates_left == 14'
[ "$(wc -l <"$lab/journal.jsonl")" = 2 ] || bad "the second run wrote to the journal"
expect 0 "$seamstep" update --host "lab:$lab" --to 1.5.16 --reinstall
expect 0 "$seamstep" history --host "lab:$lab" -n -r -o FROM,TO,VERDICT,LEFT,WAIVED
says '^1\.5\.09 1\.5\.16 updated 14 '
says '^1\.5\.16 1\.5\.16 updated 13 reinstall$'
expect 0 "$seamstep" check --host "lab:$lab" --verify
expect 0 "$seamstep" check --host "lab:$lab" --to 1.5.16
expect 3 "$seamstep" check --host "lab:$lab"
expect 12 "$seamstep" check --host "lab:$lab" --to 1.5.17 --verify
expect 0 "$seamstep" metrics --host "lab:$lab" --output "$work/m.prom"
grep -q '^seamstep_updates_left 13$' "$work/m.prom" || bad "metrics: updates left"
# The metrics are no JSON, and the command does not promise JSON.
for option in --json -J; do
	expect 2 "$seamstep" metrics --host "lab:$lab" $option
	says "metrics: --json: the metrics are text for node_exporter"
	json '.exit.code == 2'
done
expect 0 "$seamstep" metrics --help
checks=$((checks + 1))
! grep -q json "$work/out" || bad "the help of metrics has --json"

# The newest version is two updates away, and the command makes both.
expect 0 "$seamstep" update --host "lab:$lab" --json
json '.running == "1.5.28" and (.hops | length == 2) and .updates_left == 11'
expect 0 "$seamstep" update --host "lab:$lab"
[ ! -s "$work/out" ] || bad 'a success without a change is not silent'
expect 0 "$seamstep" update -v --host "lab:$lab"
says 'nothing to do'

# Each refusal.
new_lab b
expect 0 "$seamstep" status --host "lab:$lab"
says '^Inhibited  *no$'
expect 0 "$seamstep" inhibit --host "lab:$lab" --reason 'customer demo' --who ops
expect 0 "$seamstep" status --host "lab:$lab"
says '^Inhibited  *by ops: customer demo$'
expect 7 "$seamstep" update --host "lab:$lab" 1.5.16
says 'inhibited: updates are forbidden by ops: customer demo'
expect 0 "$seamstep" update --host "lab:$lab" 1.5.13 --waive inhibited --json
json '.waived == ["inhibited"]'
cp "$lab/inhibit.json" "$work/inhibit.json"
jq '. + [{who: "fleet", reason: "a \u001b[2J", since: "?"}]' "$work/inhibit.json" >"$lab/inhibit.json"
expect 0 "$seamstep" status --host "lab:$lab"
says '^Inhibited  *by ops: customer demo; by fleet: a \\x1b\[2J$'
echo '[' >"$lab/inhibit.json"
expect 0 "$seamstep" status --host "lab:$lab"
says '^Inhibited  *unknown \(.*inhibit\.json'
cp "$work/inhibit.json" "$lab/inhibit.json"
expect 0 "$seamstep" uninhibit --host "lab:$lab" --who ops
# Texts are stored as they are, and escaped once where a person reads them.
expect 0 "$seamstep" inhibit --host "lab:$lab" --reason $'a \e[2J\\ \xc3\xa4' --who $'o\aps' --json
json '.inhibited[0] | .who == "o\u0007ps" and .reason == "a \u001b[2J\\ ä"'
expect 0 "$seamstep" status --host "lab:$lab"
says '^Inhibited  *by o\\x07ps: a \\x1b\[2J\\x5c \\xc3\\xa4$'
expect 7 "$seamstep" update --host "lab:$lab" 1.5.16
says 'inhibited: updates are forbidden by o\\x07ps: a \\x1b\[2J\\x5c \\xc3\\xa4'
expect 1 "$seamstep" inhibit --host "lab:$lab" --reason $'\xff'
says 'expected UTF-8'
expect 0 "$seamstep" uninhibit --host "lab:$lab" --who $'o\aps' --json
json '.inhibited == []'
expect 2 "$seamstep" update --host "lab:$lab" 1.5.16 --waive lps
says 'cannot be waived'
expect 2 "$seamstep" update --host "lab:$lab" 1.5.16 --waive nonsense
expect 0 "$seamstep" lab set "$lab" offline=1
expect 7 "$seamstep" update --host "lab:$lab" 1.5.16
says 'lps: 7 of 8'
expect 0 "$seamstep" lab set "$lab" offline=0 builds=2
expect 7 "$seamstep" update --host "lab:$lab" 1.5.16 --td-build refuse
expect 7 "$seamstep" update --host "lab:$lab" 1.5.16 --td-build wait --timeout 0
says 'TD builds'
expect 0 "$seamstep" lab set "$lab" builds=0
expect 6 "$seamstep" update --host "lab:$lab" 1.5.08
says 'FAILED +svn'
expect 6 "$seamstep" update --host "lab:$lab" 2.0.08
says 'FAILED +cpu'
expect 0 "$seamstep" lab set "$lab" updates_left=0
expect 8 "$seamstep" update --host "lab:$lab" 1.5.16
expect 0 "$seamstep" lab set "$lab" updates_left=1
expect 0 "$seamstep" update --host "lab:$lab" 1.5.16 --dry-run
says 'no update is left for a fallback'
expect 0 "$seamstep" lab reboot "$lab"
refused() {	# CODE IMAGE CHECK REASON: by this check for this reason, and by no other
	expect "$1" "$seamstep" update --host "lab:$lab" --to 1.5.13 "$lab/repo-bad/$2.blob"
	says "^ *FAILED +$3 .*$4"
	[ "$(cat "$work/out" "$work/err" | grep -c FAILED)" = 1 ] || bad "$2 is refused by more than $3"
}
refused 5 bad-hash signature 'SHA-384 is not the signed one'
refused 5 bad-signature signature 'RSA signature is not valid'
refused 5 wrong-signer signature 'signed by another key'
refused 5 truncated image 'ends too early'
refused 5 no-pages image 'expected 1 to 496 whole pages'
refused 6 low-svn svn 'minor SVN is below'
refused 6 handoff-window handoff 'no handoff version is accepted'
refused 6 wrong-cpu cpu 'not made for a CPU of this host'
refused 6 debug-signed seamldr 'debug-signed'
expect 2 "$seamstep" update --host "lab:$lab" "$lab/repo-bad/low-svn.blob"
says "does not tell its version"
expect 1 "$seamstep" update --host "lab:$lab" "$lab/no-such-file.blob"
rm "$lab/repo/joined_files/1.5/tdx_module_1.5.09.blob" "$lab/repo/separate_files/1.5/tdx_module_1.5.09".*
expect 6 "$seamstep" update --host "lab:$lab" 1.5.16 --require-fallback
expect 6 "$seamstep" route --host "lab:$lab" --to 1.5.16 --require-fallback --json
json '.result == "fallback"'

# Memory: 8 LPs that run 1.5.09 take 613 pages of MODULE_RANGE. more-memory takes 8 more, and the
# P-SEAMLDR's early check misses 7 of them. Sources: specification 5.2 C2, and Intel's P-SEAMLDR.
new_lab m
more=(update --host "lab:$lab" --to 1.5.13 "$lab/repo-bad/more-memory.blob")
memory() {	# PAGES RESULT: of the check, where the lab has so many; 0: nobody tells
	expect 0 "$seamstep" lab set "$lab" "seam_bytes=$(($1 * 4096))"
	case $2 in failed) code=6 ;; *) code=0 ;; esac
	expect $code "$seamstep" "${more[@]}" --dry-run --json
	json "[.preflight[] | select(.check == \"memory\").result] == [\"$2\"]"
}
memory 0 warning
json '.preflight[] | select(.check == "memory").text | test("needs 2543616 bytes, the running module needs 2510848")'
memory 613 failed
json '.preflight[] | select(.check == "memory").text | test("more memory than the P-SEAMLDR has.*needs 2514944 bytes, the P-SEAMLDR has 2510848")'
memory 614 failed
json '.preflight[] | select(.check == "memory").text | test("lack page tables.*needs 2543616 bytes, the P-SEAMLDR has 2514944")'
json '.error | test("^memory: ")'
memory 620 failed
memory 621 ok
# No update of the repository needs more memory than the running module, so a tight range is enough.
expect 0 "$seamstep" lab set "$lab" seam_bytes=$((613 * 4096))
expect 0 "$seamstep" list --host "lab:$lab" -n -r -o VERSION,VERDICT
says '^1\.5\.16 ok$'
expect 0 "$seamstep" update --host "lab:$lab" 1.5.16 --dry-run --json
json '.preflight[] | select(.check == "memory").result == "ok"'
# In the margin the update is refused and touches nothing. The reason's name waives it; the journal keeps the name.
expect 0 "$seamstep" lab set "$lab" seam_bytes=$((614 * 4096))
expect 6 "$seamstep" "${more[@]}" --json
json '.running == "1.5.09" and (.changed | not) and .updates_left == 15'
[ ! -e "$lab/journal.jsonl" ] || bad "a refused update is in the journal"
expect 0 "$seamstep" "${more[@]}" --waive memory --dry-run --json
json '.waived == ["memory"] and ([.preflight[] | select(.result == "waived").check] == ["memory"])'
"$seamstep" "${more[@]}" --waive memory >"$work/out" 2>"$work/err"
checks=$((checks + 1))
[ "$(head -n 1 "$lab/journal.jsonl" | jq -c '[.event, .waived]')" = '["intent",["memory"]]' ] ||
	bad "the journal does not say that the check of memory was waived"
[ "$(tail -n 1 "$lab/journal.jsonl" | jq -c '[.event, .tried]')" = '["outcome",true]' ] ||
	bad "the check of memory was waived, and yet the update was not tried"
# In place of the own image of a version, where no route leads: the same reason.
rm "$lab/journal.jsonl"
expect 0 "$seamstep" lab set "$lab" running=1.5.09 tds_alive=16
cp "$lab/repo-bad/more-memory.blob" "$lab/repo/joined_files/1.5/tdx_module_1.5.13.blob"
expect 0 "$seamstep" list --host "lab:$lab" --json
json '[.images[] | select(.version == "1.5.13").refused[].name] == ["memory-margin"]'
expect 6 "$seamstep" update --host "lab:$lab" 1.5.13
says 'FAILED +memory +the P-SEAMLDR would take the image'
expect 0 "$seamstep" update --host "lab:$lab" 1.5.13 --waive memory --dry-run
expect 2 "$seamstep" lab set "$lab" seam_bytes=-1
expect 2 "$seamstep" lab set "$lab" seam_bytes=$((1020 * 1048576 + 1))
new_lab n --lps 8 --seam-bytes $((614 * 4096))
expect 6 "$seamstep" update --host "lab:$lab" --to 1.5.13 "$lab/repo-bad/more-memory.blob" --dry-run
expect 2 "$seamstep" lab create --seam-bytes 0 "$work/none"

# Each verdict.
new_lab c
expect 0 "$seamstep" lab fault "$lab" 'TDH.SYS.SHUTDOWN+=TDX_SYS_BUSY'
expect 9 "$seamstep" update --host "lab:$lab" 1.5.16 --json
json '.verdict == "unchanged" and .running == "1.5.09" and (.changed | not)'
json '.hops[0].failure.leaf == "TDH.SYS.SHUTDOWN"'
expect 0 "$seamstep" lab fault --clear "$lab"
expect 0 "$seamstep" lab fault "$lab" 'SEAMLDR.INSTALL@last=EBADSIG'
expect 10 "$seamstep" update --host "lab:$lab" 1.5.16 --json
json '.verdict == "recovered" and .hops[0].tds.alive == 16'
expect 0 "$seamstep" check --host "lab:$lab" --to 1.5.09
expect 0 "$seamstep" lab fault "$lab" 'SEAMLDR.INSTALL@last+=EBADHASH/1'
expect 11 "$seamstep" update --host "lab:$lab" 1.5.16 --json
json '.verdict == "lost" and .hops[0].tds.alive == 0'
expect 0 "$seamstep" lab set "$lab" running=
expect 11 "$seamstep" check --host "lab:$lab"
expect 4 "$seamstep" update --host "lab:$lab" 1.5.16
expect 0 "$seamstep" lab fault --clear "$lab"
expect 0 "$seamstep" lab reboot "$lab"
expect 0 "$seamstep" update --host "lab:$lab" 1.5.16
expect 0 "$seamstep" history --host "lab:$lab" --json
json '[.updates[].outcome.verdict] == ["unchanged", "recovered", "lost", "updated"]'

# Images: pack and convert.
parts=$lab/repo/separate_files/1.5/tdx_module_1.5.16
expect 0 "$seamstep" pack --sigstruct "$parts.sigstruct" --module "$parts.bin" "$work/p.blob"
expect 1 "$seamstep" pack --sigstruct "$parts.sigstruct" --module "$parts.bin" "$work/p.blob"
says 'there already'
expect 0 "$seamstep" convert --container 0x100 "$work/p.blob" "$work/v1.blob"
cmp -s "$work/v1.blob" "$lab/repo/joined_files/1.5/tdx_module_1.5.16.blob" || bad "convert: other bytes"
expect 0 "$seamstep" verify --host "lab:$lab" "$work/p.blob"
expect 0 "$seamstep" inspect "$work/p.blob"
expect 5 "$seamstep" convert "$lab/repo-bad/truncated.blob" "$work/t.blob"
[ ! -e "$work/t.blob" ] || bad "convert wrote a malformed image"

# The printed story has every verb.
verbs=$("$seamstep" --help | sed -n 's/^  \([a-z]*\)  *.*/\1/p')
for verb in status list route update check history metrics lab simulate; do
	echo "$verbs" | grep -qx "$verb" || bad "--help does not name $verb in the form that this test reads"
done
for verb in $verbs; do
	checks=$((checks + 1))
	grep -Eq "^run \"?seamstep $verb( |\$)" "$here/../../scripts/story" || bad "scripts/story does not use $verb"
done

# Labs.
expect 0 "$seamstep" lab show "$lab"
says 'running +1\.5\.16'
expect 2 "$seamstep" lab set "$lab" lps=5000
expect 2 "$seamstep" lab fault "$lab" 'NONSENSE=1'
expect 4 "$seamstep" status --host "lab:$work/nowhere"
expect 2 "$seamstep" status --host nonsense
touch "$lab/mine"
expect 1 "$seamstep" lab remove "$lab"
rm "$lab/mine"
expect 0 "$seamstep" lab remove "$lab"
[ ! -e "$lab" ] || bad "lab remove left something"

# No input, no environment, and output without a reader.
new_lab d
expect 0 env -i "$seamstep" update --host "lab:$lab" 1.5.16
"$seamstep" completion bash >"$work/completion" && bash -n "$work/completion" || bad "completion"
for check in $("$seamstep" update --help | grep -A1 -e '--waive' | tail -1); do
	grep -q -e "--waive) words='.*$check " "$work/completion" || bad "completion of --waive lacks $check"
done
expect 2 "$seamstep" completion fish
# The committed page has the same commands with the same ends. Keys, dates and times differ.
ends() {
	grep -E '^\$ |^\[exit ' "$1"
}
checks=$((checks + 1))
"$here/../../scripts/story" "$seamstep" >"$work/story.md" 2>&1
ends "$work/story.md" >"$work/ends"
ends "$here/../../docs/story.md" | diff - "$work/ends" >"$work/out" ||
	bad "docs/story.md is old: scripts/story SEAMSTEP > docs/story.md"

finish
