#!/bin/sh
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Each file says its licence: in a line of its own where it can carry a comment, else in .reuse/dep5.
set -eu
cd "$(dirname "$0")/.."
git rev-parse --git-dir >/dev/null 2>&1 || { echo "no checkout here, so the list of files is not known"; exit 77; }

tag=SPDX-License	# in two parts, or this file would seem to say its licence here
silent=$(git ls-files | grep -vE '\.(json|jsonl|txt|bin|pem|blob|abi|tsv-golden)$|^tests/(sysroot|corpus|tool/corpus)/|^LICENSES/|^\.reuse/|^\.gitignore$' |
	grep -vE '^docs/(story|head-to-head)\.md$|^tests/vm/(bad-words|wanted\.config)$' |
	grep -vE '^packaging/debian/(changelog|control|copyright|.*\.(install|docs|examples|symbols)|source/format)$' |
	while read -r file; do
		[ -f "$file" ] || continue	# a link to a folder
		head -n 6 "$file" | grep -q "$tag-Identifier: " || echo "$file"
	done)
[ -z "$silent" ] || { echo "these files do not say their licence:" $silent; exit 1; }

command -v reuse >/dev/null || { echo "no reuse here: its own check was not made"; exit 77; }
reuse lint | tail -n 3
reuse lint -q
