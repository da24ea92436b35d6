#!/bin/sh
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# core/ and sim/ compile with no header but the compiler's own, and need nothing but mem*() and the place.
set -eu
cc=${1:-cc}
cd "$(dirname "$0")/.."
command -v "$cc" >/dev/null || { echo "no $cc here"; exit 77; }
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

own=$($cc -print-file-name=include)
for f in core/*.c sim/*.c; do
	$cc -std=gnu11 -O2 -ffreestanding -nostdinc -isystem "$own" -Wall -Wextra -Werror -Wshadow \
		-Wno-missing-field-initializers -Wframe-larger-than=1024 -I. -Iplace/thread \
		-c "$f" -o "$tmp/$(echo "$f" | tr / _).o"
done
ld -r -o "$tmp/all.o" "$tmp"/*.o
nm -u "$tmp/all.o" >"$tmp/needs"
# core/ cannot do without these: a list that lacks them is none.
for name in ss_publish ss_wait memcpy; do
	grep -qw $name "$tmp/needs" || { echo "nm does not say that $name is needed"; exit 1; }
done
needs=$(awk '{ print $2 }' "$tmp/needs" |
	grep -vxE 'memcpy|memmove|memset|memcmp|ss_(wait|wake|publish|now_ns|expired|broken)|_GLOBAL_OFFSET_TABLE_' || true)
[ -z "$needs" ] || { echo "core/ and sim/ need more than the place gives:" $needs; exit 1; }
echo "$(ls core/*.c sim/*.c | wc -l) files"
