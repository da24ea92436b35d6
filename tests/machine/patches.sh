#!/bin/sh
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The series of machine/patches beside the kernel's source: "git am" takes what machine/patch writes, the kernel's own checkpatch has
# nothing to say of it, and no patch is left out. That each patch builds is for "machine/kernel patched" to show.
#
# usage: tests/machine/patches.sh
# Exits with 77 if the kernel's source has not been fetched: machine/kernel does that.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
source=$root/.cache/machine/linux/source
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

fail() {
	echo "not ok - $*"
	exit 1
}

GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@example.org GIT_COMMITTER_NAME=A GIT_COMMITTER_EMAIL=a@example.org
export GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL
"$root/machine/patch" "$dir/series" > "$dir/files" || exit $?
total=$(ls "$root"/machine/patches/0* | wc -l)
[ "$(wc -l < "$dir/files")" = "$total" ] || fail "of $total patches $(wc -l < "$dir/files") were written"
echo "ok - the series applies: $total patches"

sed -n 's/^diff --git a\/\([^ ]*\) .*/\1/p' "$dir"/series/*.patch | sort -u > "$dir/changed"
mkdir "$dir/tree"
(cd "$source" && xargs cp --parents -t "$dir/tree" < "$dir/changed")
cd "$dir/tree"
git init -q . && git add . && git commit -qm pristine
git am -q "$dir"/series/*.patch > "$dir/said" 2>&1 || fail "git am: $(tail -n 3 "$dir/said")"
[ "$(git log --format=%s | wc -l)" = $((total + 1)) ] || fail "git am made other commits than $total"
echo "ok - git am takes it"

for file in "$dir"/series/*.patch; do
	perl "$source/scripts/checkpatch.pl" -q --strict --no-signoff --root="$source" "$file" > "$dir/said" 2>&1 &&
		[ ! -s "$dir/said" ] || fail "checkpatch: ${file##*/}: $(grep -v '^$' "$dir/said" | head -n 3)"
	name=${file##*/}
	sed -n 's/^Subject: \[[^]]*\] //p' "$file" | grep -qE '^(x86/virt/tdx|virt: tdx-host): [A-Z].{0,70}[^.]$' ||
		fail "the subject of $name is not as a maintainer wants it"
done
echo "ok - checkpatch --strict is silent"
