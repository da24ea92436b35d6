#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# A disk without room for the journal: the command tries nothing. The test must mount a file system.
. "$(dirname "$0")/lib.sh"
mkdir -p "$work/full"
mount -t tmpfs -o size=4k none "$work/full" 2>"$work/err" || { echo "cannot mount a tmpfs here"; exit 77; }
trap 'umount "$work/full"; rm -rf "$work"' EXIT
new_lab images
tree=$here/../sysroot

update() {
	expect "$1" env SEAMSTEP_STATE_DIR="$work/full" FAKE_KERNEL="root=$tree/mainline,state=$work/module" \
		"$fake" update --repo "$lab/repo" --signer "$lab/signer.pub.pem" 1.5.16
}

head -c 4096 /dev/zero >"$work/full/filler" 2>/dev/null
update 1
says 'No space left'
[ ! -e "$work/module" ] || bad "an update without a journal"

# The last page has room for a part of a line: the journal stays as it was.
rm "$work/full/filler"
{ printf '{"schema":"seamstep.journal/1","text":"'; head -c 3900 /dev/zero | tr '\0' a; echo '"}'; } >"$work/full/journal.jsonl"
cp "$work/full/journal.jsonl" "$work/before"
update 1
says 'No space left'
cmp -s "$work/before" "$work/full/journal.jsonl" || bad "a part of a line is in the journal"
[ ! -e "$work/module" ] || bad "an update without a journal"
: >"$work/full/filler"

# With room the same update succeeds: no other reason held it off.
mount -o remount,size=1m "$work/full"
rm "$work/full/filler"
update 0
[ -s "$work/module" ] || bad "the update was not made"
finish
