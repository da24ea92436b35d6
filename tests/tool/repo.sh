#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# repo check: one answer about a whole repository.
. "$(dirname "$0")/lib.sh"
schemas=$here/../../schemas
new_lab a
c() {	# CODE OPTION...: as text, then as JSON
	code=$1
	shift
	expect "$code" "$seamstep" repo check "$@" --json
	json ".exit.code == $code"
	python3 "$here/validate.py" "$schemas" "$work/out" >"$work/why" 2>&1
	got=$?
	[ $got = 0 ] || [ $got = 77 ] || bad "the document: $(cat "$work/why")"
	expect "$code" "$seamstep" repo check "$@"
}
c 0 --host "lab:$lab"
says '^.*/repo: all 1[0-9] images are in order$'
checks=$((checks + 1))
[ "$(wc -l <"$work/out")" = 1 ] && [ ! -s "$work/err" ] || bad "success takes one line"
c 0 --signer "$lab/signer.pub.pem" "$lab/repo"
c 0 --signer any --repo "$lab/repo"
SEAMSTEP_REPO=$lab/repo c 0 --signer any
# Another signer: none of these images is Intel's.
c 5 "$lab/repo"
says 'tdx_module_1.5.16.blob: .*signed by another key'
says '1[0-9] of 1[0-9] images are bad'
# Each bad image is named with its fault, the others are not.
c 5 --host "lab:$lab" "$lab/repo-bad"
for fault in bad-hash:seamhash bad-signature:signature truncated:'ends too early' wrong-signer:'another key' debug-signed:debug-signed; do
	says "^${fault%%:*}.blob: .*${fault#*:}"
done
grep -q '^more-memory.blob' "$work/out" && bad "a good image is called bad"
c 5 --host "lab:$lab" --allow-debug "$lab/repo-bad"
grep -q '^debug-signed' "$work/out" && bad "--allow-debug does not count"
# One byte of one image.
cp -r "$lab/repo" "$work/one"
blob=$work/one/joined_files/1.5/tdx_module_1.5.16.blob
printf X | dd of="$blob" bs=1 seek=300000 conv=notrunc 2>/dev/null
c 5 --host "lab:$lab" "$work/one"
says '1.5.16.blob: '
says ': 1 of 1[0-9] images are bad, 0 contradictions'
# All images are good, but files contradict each other.
cp -r "$lab/repo" "$work/two"
mv "$work/two/joined_files/1.5/tdx_module_1.5.16.blob" "$work/two/joined_files/1.5/tdx_module_1.5.99.blob"
c 1 --host "lab:$lab" "$work/two"
says '1.5.99.blob: the name says 1.5.99, but the module is that of 1.5.16'
echo '{' >"$work/two/mapping_file.json"
c 1 --host "lab:$lab" "$work/two"
says 'the mapping file is damaged: .*line 2'
mkdir "$work/none"
c 1 "$work/none"
says 'there is no image'
c 1 "$work/nowhere"
mkfifo "$work/none/x.blob"
ln -s /dev/zero "$work/none/y.blob"
truncate -s 1G "$work/none/z.blob"
expect 1 timeout 60 "$seamstep" repo check "$work/none" --signer any
c 2
c 2 a b
expect 2 "$seamstep" repo
says "expected 'repo check'"
expect 2 "$seamstep" repo chekc "$lab/repo"
expect 2 "$seamstep" repo check --nonsense
finish
