#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# What is missing or damaged stops no verb that does not need it, and hides nothing beside it.
. "$(dirname "$0")/lib.sh"
tree=$here/../sysroot
new_lab a
export SEAMSTEP_HOST=lab:$lab

# A repository that is gone: only its own question stays open.
gone=(--repo "$work/gone")
expect 0 "$seamstep" status "${gone[@]}"
says '^TDX Module  *1\.5\.09'
says '^Available  *unknown \(the repository cannot be read: .*gone'
expect 0 "$seamstep" status "${gone[@]}" --json
json '.available == null and (.available_known | not) and (.available_why | contains("gone"))'
expect 0 "$seamstep" history "${gone[@]}"
expect 0 "$seamstep" metrics "${gone[@]}"
says '^seamstep_module_lost 0'
says '^seamstep_repository_bad 1'
grep -q seamstep_update_available "$work/out" && bad 'a number of updates that nobody knows'
expect 0 "$seamstep" inhibit "${gone[@]}" --reason x --who a
expect 0 "$seamstep" uninhibit "${gone[@]}" --who a
expect 0 "$seamstep" tcb "${gone[@]}"
says '^1\.5\.09 runs'
expect 1 "$seamstep" check "${gone[@]}"
says 'newer versions are unknown: the repository cannot be read'
expect 0 "$seamstep" check "${gone[@]}" --to 1.5.09
expect 0 "$seamstep" check "${gone[@]}" --ready
expect 1 "$seamstep" list "${gone[@]}"
expect 1 "$seamstep" route "${gone[@]}"
expect 1 "$seamstep" update "${gone[@]}"
says 'the repository cannot be read'
expect 11 "$seamstep" check --sysroot "$tree/mainline-lost" "${gone[@]}"
expect 0 "$seamstep" metrics --sysroot "$tree/mainline-lost" "${gone[@]}"
says '^seamstep_module_lost 1'

# NUL bytes in the journal hide no record, neither on lines of their own nor before a record.
expect 0 "$seamstep" update 1.5.13
printf '\0\0\0\0' >>"$lab/journal.jsonl"
expect 0 "$seamstep" update 1.5.16
expect 0 "$seamstep" history --json
json '(.updates | length) == 2 and .damaged_lines == 1 and .updates[1].state == "done"'
python3 - "$lab/journal.jsonl" <<'PY' || exit 77
import sys
lines = [l for l in open(sys.argv[1], 'rb').read().split(b'\n') if l.strip(b'\0')]
# A hole before a record; an intent that is damaged; an update without an outcome.
lines[1] = b'\0' * 9 + lines[1]
lines[2] = lines[2][:40]
lines.append(lines[0].replace(b'"id":"', b'"id":"f'))
open(sys.argv[1], 'wb').write(b'\n'.join(lines) + b'\n')
PY
expect 0 "$seamstep" history --json
json '[.updates[].state] == ["done", "done", "interrupted"] and .damaged_lines == 2'
json '.updates[1].outcome.running == "1.5.16"'
expect 13 "$seamstep" check
expect 0 "$seamstep" metrics
says '^seamstep_journal_bad 1'
rm "$lab/journal.jsonl"
mkdir "$lab/journal.jsonl"
expect 1 "$seamstep" check
says 'the journal cannot be read'
rmdir "$lab/journal.jsonl"
expect 1 "$seamstep" check --verify
says 'no update to compare with'
expect 0 "$seamstep" check --verify --to 1.5.16

# A damaged mapping file refuses its images, unless it is waived by name.
new_lab b
export SEAMSTEP_HOST=lab:$lab
cp "$lab/repo/mapping_file.json" "$work/mapping"
for damage in 's/min_seamldr_versions/min_seamldr_versionz/' '9,$d'; do
	sed "$damage" "$work/mapping" >"$lab/repo/mapping_file.json"
	expect 6 "$seamstep" update 1.5.13 --dry-run
	says 'FAILED +mapping +the mapping file is damaged'
	expect 1 "$seamstep" check
	says 'the mapping file in .* is damaged'
	expect 6 "$seamstep" route 1.5.13
	expect 0 "$seamstep" list
	says 'the mapping file is damaged: .*mapping_file.json'
	grep -q ' ok ' "$work/out" && bad 'an image is ok by rules that nobody can read'
	expect 0 "$seamstep" update 1.5.13 --dry-run --waive mapping
	says 'waived +mapping'
done
cp "$work/mapping" "$lab/repo/mapping_file.json"

# More images than a repository takes: the oldest go, whatever the order of the files, in one line.
for i in $(seq 20 99); do
	cp "$lab/repo/joined_files/1.5/tdx_module_1.5.01.blob" "$lab/repo/joined_files/1.5/tdx_module_1.4.$i.blob"
done
expect 0 "$seamstep" update 1.5.28 --dry-run
expect 0 "$seamstep" list
[ "$(grep -c 'left out' "$work/err")" = 1 ] || bad 'not one line about images that are left out'
rm "$lab"/repo/joined_files/1.5/tdx_module_1.4.*

# A name that lies: the module is another version's.
cp "$lab/repo/joined_files/1.5/tdx_module_1.5.16.blob" "$lab/repo/joined_files/1.5/tdx_module_1.5.30.blob"
expect 0 "$seamstep" list
says 'tdx_module_1.5.30.blob: the name says 1\.5\.30, but the module is that of 1\.5\.16'
expect 0 "$seamstep" update --dry-run --json
json '.to == "1.5.28"'
expect 0 "$seamstep" update --dry-run "$lab/repo/joined_files/1.5/tdx_module_1.5.30.blob" --to 1.5.30
says 'warning +image .*its module is that of 1\.5\.16'
mkdir "$work/bad"
echo x >"$work/bad/tdx_module_1.5.16.blob"
expect 5 "$seamstep" check --repo "$work/bad"
says 'none of the 1 images'

# Parts that do not belong together.
parts=$lab/repo/separate_files/1.5/tdx_module_1.5
expect 5 "$seamstep" pack --sigstruct ${parts}.16.sigstruct --module ${parts}.13.bin "$work/x.blob"
says 'do not belong together'
[ ! -e "$work/x.blob" ] || bad 'an image was written'
expect 5 "$seamstep" convert "$lab/repo-bad/bad-hash.blob" "$work/x.blob"
expect 0 "$seamstep" convert --no-hash-check "$lab/repo-bad/bad-hash.blob" "$work/x.blob"

# A pipe in place of a file: an error, and no wait.
mkfifo "$work/fifo"
rm -f "$lab/journal.jsonl"
mkfifo "$lab/journal.jsonl" "$lab/inhibit.json"
for verb in history status check "update 1.5.13" "inhibit --reason x" metrics; do
	timeout 60 "$seamstep" $verb >"$work/out" 2>"$work/err" </dev/null
	[ $? != 124 ] || bad "$verb waits for a pipe"
	checks=$((checks + 1))
done
expect 1 "$seamstep" history
says 'journal.jsonl: not a regular file'
rm "$lab/journal.jsonl" "$lab/inhibit.json"
for verb in inspect verify explain "update --to 1.5.16" "update 1.5.16 --signer" "tcb --quote" "convert --force"; do
	extra=
	[ "${verb%% *}" != convert ] || extra=$work/y.blob
	timeout 60 "$seamstep" $verb "$work/fifo" $extra >"$work/out" 2>"$work/err" </dev/null
	[ $? != 124 ] || bad "$verb waits for a pipe"
	checks=$((checks + 1))
done
expect 1 "$seamstep" inspect "$work/fifo"
says 'a pipe without a writer'
finish
