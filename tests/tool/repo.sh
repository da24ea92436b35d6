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
# ---- each contradiction, and what is none -------------------------------------------------------
# image FILE [OFFSET=HEX...]: image 1.5.16 with other bytes in its sigstruct (specification 4.4), so nobody has signed it.
image() {
	python3 - "$lab/repo/separate_files/1.5/tdx_module_1.5.16.sigstruct" "$work/changed" "${@:2}" <<-'END'
		import sys
		bytes_ = bytearray(open(sys.argv[1], 'rb').read())
		for change in sys.argv[3:]:
		    at, value = change.split('=')
		    bytes_[int(at):int(at) + len(value) // 2] = bytes.fromhex(value)
		open(sys.argv[2], 'wb').write(bytes_)
	END
	mkdir -p "$(dirname "$dir/$1")"
	"$seamstep" pack --no-hash-check --sigstruct "$work/changed" \
		--module "$lab/repo/separate_files/1.5/tdx_module_1.5.16.bin" "$dir/$1" >"$work/out" 2>"$work/err" || bad "no image $1"
}
contradictions() {	# SENTENCE...: these and no others, whatever is wrong with the images
	checks=$((checks + 1))
	"$seamstep" repo check "$dir" --signer any --json >"$work/out" 2>"$work/err"
	{ [ $# = 0 ] || printf '%s\n' "$@"; } >"$work/expected"
	jq -r '.contradictions[]' "$work/out" | diff "$work/expected" - >"$work/why" || bad "contradictions: $(cat "$work/why")"
}
fresh() {
	dir=$work/c$((n += 1))
	mkdir "$dir"
}
n=0
svn=948 date=20 hash=900 own=1000	# SVN: minor, then major

fresh; image a_1.5.16.blob; image b_1.5.17.blob $hash=00 $svn=0a
contradictions 'b_1.5.17.blob is newer than a_1.5.16.blob, but its SVN 1.10 cannot follow SVN 1.11'
c 5 --signer any "$dir"
says ': 1 of 2 images are bad, 1 contradiction$'
fresh; image a_1.5.16.blob; image b_1.5.17.blob $hash=00 $svn=0b02
contradictions 'b_1.5.17.blob is newer than a_1.5.16.blob, but its SVN 2.11 cannot follow SVN 1.11'
fresh; image a_1.5.16.blob; image b_1.5.17.blob $hash=00; image c_1.5.24.blob $hash=01 $svn=0c
contradictions
# Of another line, and of a malformed image, nothing follows.
fresh; image a_1.5.16.blob; image b_1.4.17.blob $hash=00 $svn=0b02; image c_2.5.00.blob $hash=01 $svn=01
contradictions
fresh; image a_1.5.16.blob; image b_1.5.17.blob $hash=00 $svn=0a; truncate -s 9000 "$dir/a_1.5.16.blob"
contradictions
fresh; head -c 5000 /dev/zero | tee "$dir/a_1.5.16.blob" >"$dir/b_1.5.17.blob"
contradictions
fresh; image a_1.5.16.blob $hash=00
c 5 --signer any "$dir"
says ': 1 of 1 image is bad, 0 contradictions$'
fresh; image a_1.5.16.blob $date=20052025; image b_1.5.17.blob $hash=00 $date=19052025; image c_1.5.18.blob $hash=01 $date=19052025
contradictions 'b_1.5.17.blob is newer than a_1.5.16.blob by its name, but older by its date: one of the names may lie'
fresh; image a_1.5.16.blob; image b_1.5.16.blob $hash=00
contradictions 'a_1.5.16.blob and b_1.5.16.blob have one version, but are different modules'
fresh; image a_1.5.16.blob; image b_1.5.16.blob; image without-version.blob
contradictions
# One module under two names: the mapping file is believed first, then the lower version.
fresh; image a_1.5.16.blob; image b_1.5.17.blob
contradictions 'b_1.5.17.blob: the name says 1.5.17, but the module is that of 1.5.16, a_1.5.16.blob; the image counts as one without a version'
rule() {	# VERSION FOLLOWS SEAMLDR: a rule of the mapping file
	printf '{"version": "%s", "min_module_version_for_td_preserving": "%s", "min_seamldr_versions": ["%s"], "tdx_feature0": "0x1"}' "$@"
}
rules() {	# RULE...
	(IFS=,; printf '{"tdx_module_releases": [%s]}' "$*") >"$dir/mapping_file.json"
}
rules "$(rule 1.5.17 1.5.01 1.5.00)"
contradictions 'a_1.5.16.blob: the name says 1.5.16, but the module is that of 1.5.17, b_1.5.17.blob; the image counts as one without a version'
rules "$(rule 1.5.99 1.5.01 1.5.00)"
contradictions 'b_1.5.17.blob: the name says 1.5.17, but the module is that of 1.5.16, a_1.5.16.blob; the image counts as one without a version' \
	'a_1.5.16.blob: the mapping file does not know version 1.5.16'
# Two that it does not know are not compared with each other first.
fresh; image a_1.5.17.blob; image b_1.5.15.blob; image c_1.5.16.blob
rules "$(rule 1.5.16 1.5.01 1.5.00)"
contradictions 'a_1.5.17.blob: the name says 1.5.17, but the module is that of 1.5.16, c_1.5.16.blob; the image counts as one without a version' \
	'b_1.5.15.blob: the name says 1.5.15, but the module is that of 1.5.16, c_1.5.16.blob; the image counts as one without a version'
# The version that a sigstruct has of itself, and the folder's.
fresh; image a_2.0.05.blob $own=05000002; image b_2.0.06.blob $hash=00 $own=05000002; image c_2.0.07.blob $hash=01
contradictions "b_2.0.06.blob: the file's name says 2.0.06, but the sigstruct says 2.0.05"
fresh; image a_2.0.05.blob $own=05000003; image b_1.1.05.blob $hash=00 $own=05000001
contradictions "b_1.1.05.blob: the file's name says 1.1.05, but the sigstruct says 1.0.05" \
	"a_2.0.05.blob: the file's name says 2.0.05, but the sigstruct says 3.0.05"
fresh; image joined_files/1.5/a_1.5.16.blob; image joined_files/1.5/b_1.6.01.blob $hash=00
contradictions "joined_files/1.5/b_1.6.01.blob: the image's version is not of the line that the folder names"
# Rules that no image of its line could keep.
fresh; image a_1.5.16.blob; image b_2.5.17.blob $hash=00 $svn=0b02
rules "$(rule 1.5.16 1.5.16 1.5.00)" "$(rule 2.5.17 2.5.01 2.5.00)"
contradictions
rules "$(rule 1.5.16 1.5.17 1.5.00)" "$(rule 2.5.17 1.5.01 2.5.00)"
contradictions 'a_1.5.16.blob: the mapping file says that this image follows 1.5.17 or newer, which is no earlier version of the same line' \
	'b_2.5.17.blob: the mapping file says that this image follows 1.5.01 or newer, which is no earlier version of the same line'
rules "$(rule 1.5.16 1.4.17 1.5.00)" "$(rule 2.5.17 2.5.01 1.5.00)"
contradictions 'a_1.5.16.blob: the mapping file says that this image follows 1.4.17 or newer, which is no earlier version of the same line' \
	"b_2.5.17.blob: the mapping file allows P-SEAMLDR 1.5, but the image's major SVN is 2"
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
c 2 --repo "$lab/repo" "$lab/repo"
# A signer that is named counts before the lab's, and only a lab has one of its own.
c 5 --host "lab:$lab" --signer intel
says 'signed by another key'
c 5 --host linux "$lab/repo"
says 'signed by another key'
expect 2 "$seamstep" repo
says "expected 'repo check'"
expect 2 "$seamstep" repo chekc "$lab/repo"
expect 2 "$seamstep" repo check --nonsense
finish
